"""What all charts share. Charts are Vega-Lite, as plain values.

No text of the user ever stands in an expression or a field's name, only in data, where Vega draws it
as it is. Ink is `currentColor`, so that one chart serves the light page, the dark page and paper.
A field that begins with an underscore is for the page itself and no part of the chart saved as CSV.
"""

from typing import Any

Spec = dict[str, Any]

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"  # a name, never fetched
INK = "currentColor"
ACCENT = "#c8385f"  # seen on the light page and on the dark one; no arm has it
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', Arial, sans-serif"
THEME: Spec = {
    "background": None,
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "domain": False,
        "gridColor": INK,
        "gridOpacity": 0.1,
        "labelColor": INK,
        "labelFontSize": 11,
        "labelOpacity": 0.75,
        "labelPadding": 6,
        "ticks": False,
        "titleAnchor": "start",
        "titleColor": INK,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
        "titleOpacity": 0.75,
        "titlePadding": 8,
    },
    "text": {"fill": INK, "fontSize": 12},
    "rule": {"color": INK},
}


def draw_chart(height: int, **parts: Any) -> Spec:
    """A chart as wide as its place in the page."""
    return {
        "$schema": SCHEMA,
        "width": "container",
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "padding": 1,
        "config": THEME,
        **parts,
    }
