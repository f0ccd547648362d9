"""What each seed alone would have said, as a picture: a mark a seed, above the line or below it."""

from collections.abc import Sequence

from paribus.analysis.results import ContrastResult
from paribus.report.charts import ACCENT, INK, Spec, draw_chart
from paribus.report.inputs import ReportInput, pair_differences
from paribus.report.numerals import as_points, count_of
from paribus.report.rows import LINE_PIXELS, NAMES, ROW_PIXELS, WORDS, break_name, wide

STEP = 30  # pixels from seed to seed, where there is room
OFF = 10  # pixels of a mark from its line
SIDES = 46  # pixels for the words at a line's end
_X = {"field": "seed_number", "type": "quantitative"}


def draw_seed_marks(report: ReportInput, contrasts: Sequence[ContrastResult]) -> Spec:
    """Up: the arm is ahead of the control with that seed. Filled: all seeds together say the opposite."""
    rows = [_describe_row(contrast, k) for k, contrast in enumerate(contrasts)]
    marks = [mark for k, contrast in enumerate(contrasts) for mark in _list_marks(report, contrast, k)]
    most = max(contrast.pairs for contrast in contrasts)
    lines = max(len(row["label"]) for row in rows)
    y = {"field": "_row", "type": "ordinal", "axis": None, "scale": {"domain": [row["_row"] for row in rows]}}
    return draw_chart(
        (ROW_PIXELS + LINE_PIXELS * (lines - 1)) * len(rows),
        datasets={"rows": rows, "marks": marks},
        encoding={"y": y},
        layer=[*_draw_lines(most, lines), *_draw_marks(most, lines), *_draw_words(lines)],
    )


def count_misleading(contrast: ContrastResult) -> float:
    """Seeds that rank the two the other way; a tie counts half."""
    return sum(contrast.other_way.values())


def say_count(contrast: ContrastResult) -> str:
    wrong = count_misleading(contrast)
    return f"{f'{wrong:g}' if wrong else 'none'} of {count_of(contrast.pairs, 'seed')}"


def _describe_row(contrast: ContrastResult, row: int) -> Spec:
    return {
        "_row": row,
        "arm": contrast.arm,
        "label": break_name(contrast.arm),
        "misleading": count_misleading(contrast),
        "_count": say_count(contrast),
        "_first": 0,
        "_last": contrast.pairs - 1,
    }


def _list_marks(report: ReportInput, contrast: ContrastResult, row: int) -> list[Spec]:
    """The seeds in their order, wherever these numbers begin."""
    arm = report.conclusion.arms[report.number_of(contrast.arm)]
    differences = pair_differences(arm, report.control)
    return [
        {
            "_row": row,
            "arm": contrast.arm,
            "seed": seed,
            "seed_number": k,
            "difference": round(100 * differences[seed], 4),
            "misleads": contrast.other_way[seed],
            "_tip": f"{contrast.arm}, seed {seed}: {as_points(differences[seed])} points",
        }
        for k, seed in enumerate(sorted(contrast.other_way))
    ]


def _draw_lines(most: int, lines: int) -> list[Spec]:
    """What divides ahead from behind, and the words for the two at its end."""
    scale = {
        "domain": [0, max(1, most - 1)],
        "nice": False,
        "range": [
            wide(f"{NAMES} + 12", "12"),
            wide(
                f"min({max(1, most - 1) * STEP} + {NAMES} + 12, width - {WORDS + SIDES})",
                f"min({max(1, most - 1) * STEP} + 12, width - {SIDES})",
            ),
        ],
    }
    rows = {"data": {"name": "rows"}}
    place = _middle(lines)
    end = {"type": "text", "align": "left", "fontSize": 10, "opacity": 0.7, "dx": 16}
    x = {**_X, "field": "_last"}
    return [
        {
            **rows,
            "mark": {"type": "rule", "opacity": 0.35, "yOffset": place, "xOffset": -10, "x2Offset": 10},
            "encoding": {
                "x": {**_X, "field": "_first", "scale": scale, "axis": None},
                "x2": {"field": "_last"},
            },
        },
        {**rows, "mark": {**end, "text": "ahead", "yOffset": _middle(lines, -8)}, "encoding": {"x": x}},
        {**rows, "mark": {**end, "text": "behind", "yOffset": _middle(lines, 8)}, "encoding": {"x": x}},
    ]


def _draw_marks(most: int, lines: int) -> list[Spec]:
    """Triangles, and a diamond on the line for a tie. What misleads is filled: no colour is needed."""
    room = wide(f"width - {NAMES + WORDS + SIDES}", f"width - {SIDES}")["expr"]
    size = {"expr": f"clamp(pow(0.55 * ({room}) / {most}, 2), 20, 125)"}
    mark = {"type": "point", "size": size, "strokeWidth": 1.3, "opacity": 1, "strokeJoin": "round"}
    sides = {
        "datum.difference > 0": ("triangle-up", -OFF),
        "datum.difference < 0": ("triangle-down", OFF),
        "datum.difference == 0": ("diamond", 0),
    }
    return [
        {
            "data": {"name": "marks"},
            "transform": [{"filter": side}],
            "mark": {
                **mark,
                "shape": shape,
                "yOffset": _middle(lines, off),
                "fill": {"expr": f"datum.misleads > 0 ? '{ACCENT}' : 'transparent'"},
                "fillOpacity": {"expr": "datum.misleads"},
                "stroke": {"expr": f"datum.misleads > 0 ? '{ACCENT}' : '{INK}'"},
                "strokeOpacity": {"expr": "datum.misleads > 0 ? 1 : 0.6"},
            },
            "encoding": {"x": _X, "tooltip": {"field": "_tip"}},
        }
        for side, (shape, off) in sides.items()
    ]


def _middle(lines: int, more: int = 0) -> Spec:
    """On a phone the name stands above its line."""
    return wide(str(more), str(more + 12 + LINE_PIXELS // 2 * (lines - 1)))


def _draw_words(lines: int) -> list[Spec]:
    above = LINE_PIXELS // 2 * (lines - 1) - 16
    more = f"{LINE_PIXELS} * (datum.label.length - 1)"
    text: Spec = {"type": "text", "baseline": "middle"}
    right = {"align": wide("'left'", "'right'"), "x": wide(f"width - {WORDS - 20}", "width")}
    marks = {
        "label": {
            "align": "left",
            "fontWeight": 600,
            "lineHeight": LINE_PIXELS,
            "yOffset": wide(f"-{more} / 2", f"{above} - {more}"),
            "x": 0,
        },
        "_count": {**right, "fontWeight": 600, "yOffset": wide("-7", str(above))},
    }
    said = {**right, "opacity": wide("0.75", "0"), "yOffset": 8, "text": "alone would have misled"}
    return [
        *(
            {"data": {"name": "rows"}, "mark": {**text, **mark}, "encoding": {"text": {"field": field}}}
            for field, mark in marks.items()
        ),
        {"data": {"name": "rows"}, "mark": {**text, **said}},
    ]
