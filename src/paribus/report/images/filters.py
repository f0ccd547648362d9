"""The filters of the first layer before and after training, side by side."""

from collections.abc import Mapping

from paribus.report.colours import ArmStyle
from paribus.report.images.filter_sheets import COLUMNS, draw_filters, say_filters, scale_of
from paribus.report.images.pngs import show_png
from paribus.report.images.views import FilterPair, ImagesSection, Values
from paribus.report.markup import Html, element, join, write_name
from paribus.report.tables import swatch

_WIDE = 280  # pixels on the page, about
_MOST_PIXELS = 24_000  # of a sheet: noise does not pack


def write_first_layers(section: ImagesSection, styles: Mapping[str, ArmStyle]) -> Html:
    if not section.filters:
        return element("p", section.why_no_filters)
    caption = (
        "The weights of the first layer, a square a filter, before training and after the last epoch, on one "
        "scale for both: gray is nothing, bright is more of a colour, dark is less."
    )
    return element(
        "figure",
        *(_write_pair(pair, styles[pair.arm]) for pair in section.filters),
        element("figcaption", caption),
    )


def _write_pair(pair: FilterPair, style: ArmStyle) -> Html:
    scale, shown = scale_of(pair), _few_enough(pair)
    words = "before training", "after training"
    sheets = [
        element(
            "div",
            element("p", word, class_="quiet"),
            _show(values, scale, f"Filters of {pair.layer or 'the net'} of {pair.arm}, {word}"),
        )
        for word, values in zip(words, (shown.before, shown.after), strict=True)
    ]
    same = " They did not train." if pair.is_same else ""
    return join(
        element("p", swatch(style), write_name(pair.arm), class_="panel-title"),
        element("p", f"{say_filters(shown)}.{same}", class_="note"),
        element("div", *sheets, class_="before-after"),
    )


def _few_enough(pair: FilterPair) -> FilterPair:
    _, _, height, width = pair.before.shape
    count = max(_MOST_PIXELS // (height * width), 1)
    count -= count % COLUMNS if count > COLUMNS else 0
    return FilterPair(
        pair.arm, pair.seed, pair.layer, pair.kind, pair.total, pair.before[:count], pair.after[:count]
    )


def _show(values: Values, scale: float, alt: str) -> Html:
    sheet = draw_filters(values, scale)
    return show_png(sheet, alt, max(round(_WIDE / sheet.width), 1))
