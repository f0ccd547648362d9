"""Tables as all sections write them: a caption above a frame that scrolls on a phone, titles with a scope."""

from collections.abc import Iterable, Mapping

from paribus.report.colours import ArmStyle
from paribus.report.markup import BREAK, Html, element, join, write_name

SHORT_NAME, LONG_NAME = 16, 32  # letters; names up to the one stay whole, over the other they take lines
ENDLESS = 24  # letters without a joint; such names are broken anywhere


def write_table(
    name: str, titles: Mapping[str, str], rows: Iterable[Html], *, label: str, caption: str = ""
) -> Html:
    """`titles` maps each column's title to its class, such as "number"; `label` is read to who cannot see."""
    head = (element("th", title, scope="col", class_=kind or None) for title, kind in titles.items())
    table = element(
        "table",
        element("thead", element("tr", *head)),
        element("tbody", *rows),
        class_=name,
        aria_describedby=f"{name}-caption" if caption else None,
    )
    frame = element("div", table, class_="scrolling", role="region", aria_label=label, tabindex=0)
    # Above the frame, not a <caption> in it: that would be as wide as the table and scroll with it.
    above = element("p", caption, class_="caption", id=f"{name}-caption") if caption else Html("")
    return join(above, frame)


def name_cell(name: str, style: ArmStyle) -> Html:
    """A row's title: the arm's name beside a stroke of its colour."""
    titled = element("span", swatch(style), write_name(name), class_="name")
    return element("th", titled, scope="row", class_=_size_of(name))


def _size_of(name: str) -> str | None:
    longest = max(len(word) for piece in BREAK.split(name) for word in piece.split(" "))
    if longest > ENDLESS:
        return "endless"
    if len(name) > LONG_NAME:
        return "long"
    return None if len(name) <= SHORT_NAME else "middling"


def swatch(style: ArmStyle) -> Html:
    return element("span", class_="swatch dashed" if style.dash else "swatch", style=f"--arm:{style.colour}")
