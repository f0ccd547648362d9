"""A card for one image: its picture, what it is, where it comes from, and what was said of it."""

from collections.abc import Sequence

from paribus.report.images.spotlights import show_one, show_pair
from paribus.report.images.views import Bytes, Pictures
from paribus.report.markup import Html, element, write_name


def write_card(
    pictures: Pictures,
    position: int,
    label: str,
    said: Sequence[Html],
    *,
    heat: Bytes | None = None,
    lit: bool,
) -> Html:
    """`lit`: with where the net looked beside it, where that is known."""
    pixels = pictures.pixels.get(position)
    alt = f"{label}, {pictures.split} {position}"
    shown: list[Html] = []
    if pixels is not None:
        picture = show_pair(pixels, heat, alt) if lit else show_one(pixels, alt)
        shown = [element("p", picture, class_="strip-of-four")]
    name = pictures.names.get(position)
    file = (
        [element("p", element("bdi", name.rsplit("/", 1)[-1]), class_="quiet file", title=name)]
        if name
        else []
    )
    return element(
        "div",
        *shown,
        element("p", write_name(label), class_="card-name"),
        *said,
        element("p", f"{pictures.split} {position:,}", class_="quiet"),
        *file,
        class_="card",
    )


def write_cards(cards: Sequence[Html], kind: str) -> Html:
    return element("div", *cards, class_=f"cards {kind}")
