"""A matrix of confusions: as a chart with numbers, or, of many classes, as a picture with a pixel a cell."""

from collections.abc import Sequence

import numpy as np
from PIL import Image

from paribus.analysis.confusions import ConfusionsResult
from paribus.report.charts import INK, Spec, draw_chart
from paribus.report.images.pngs import show_png
from paribus.report.markup import Html

CELL_PIXELS = 30
WRONG = "#D55E00"
_WRONG, _RIGHT = (213, 94, 0), (140, 140, 140)
_FULLEST = 0.6  # opacity: ink is read on it
_DIAGONAL = 0.22
_SIDE = 440  # pixels on the page, about


def draw_matrix(classes: Sequence[str], found: ConfusionsResult) -> Spec:
    shares = found.shares
    cells: list[Spec] = [
        {
            "is": classes[a],
            "said": classes[b],
            "share": round(100 * float(shares[a, b]), 2),
            "times": int(found.counts[a, b]),
            "text": _say_share(float(shares[a, b])),
            "right": a == b,
        }
        for a, b in np.argwhere(found.counts).tolist()
    ]
    most = max((cell["share"] for cell in cells if not cell["right"]), default=1.0)
    labels = {"labelLimit": 84, "title": None, "grid": False, "labelOpacity": 1}
    return draw_chart(
        CELL_PIXELS * len(classes),
        data={"values": cells},
        encoding={
            "y": {
                "field": "is",
                "type": "ordinal",
                "scale": {"domain": list(classes)},
                "axis": labels,
            },
            "x": {
                "field": "said",
                "type": "ordinal",
                "scale": {"domain": list(classes)},
                "axis": {**labels, "orient": "top", "labelAngle": -50, "labelAlign": "left"},
            },
            "tooltip": [{"field": name} for name in ("is", "said", "share", "times")],
        },
        layer=[
            {
                "transform": [{"filter": "datum.right"}],
                "mark": {"type": "rect", "color": INK, "opacity": _DIAGONAL / 2},
            },
            {
                "transform": [{"filter": "!datum.right"}],
                "mark": {"type": "rect", "color": WRONG},
                "encoding": {
                    "opacity": {
                        "field": "share",
                        "type": "quantitative",
                        "scale": {
                            "type": "sqrt",
                            "domain": [0, most],
                            "range": [0.04, _FULLEST],
                        },
                        "legend": None,
                    }
                },
            },
            {
                "mark": {"type": "text", "fontSize": 11, "clip": True},
                "encoding": {"text": {"field": "text"}},
            },
        ],
    )


def _say_share(share: float) -> str:
    """At most three letters."""
    percent = 100 * share
    if percent >= 9.95 or percent >= 99.5:
        return f"{percent:.0f}"
    return f"{percent:.1f}".removeprefix("0") if percent >= 0.05 else "."


def paint_matrix(found: ConfusionsResult, told: str) -> Html:
    """A pixel a cell, on nothing: the page's own paper shows through."""
    shares = found.shares
    classes = len(shares)
    right = np.eye(classes, dtype=bool)
    wrong = np.where(right, 0.0, shares)
    picture = np.zeros((classes, classes, 4), np.uint8)
    picture[..., :3] = np.where(right[..., None], _RIGHT, _WRONG)
    fullness = np.sqrt(wrong / (wrong.max() or 1.0)) * 0.95
    picture[..., 3] = np.round(255 * np.where(right, _DIAGONAL + 0.5 * shares, fullness))
    return show_png(Image.fromarray(picture), told, max(round(_SIDE / classes), 1))
