"""Tables as all sections write them: a caption, titles with a scope, and a frame that scrolls on a phone."""

from collections.abc import Iterable, Mapping

from paribus.report.colours import ArmStyle
from paribus.report.markup import Html, element

LONG_NAME = 32  # letters; longer names are broken into lines


def write_table(
    name: str, titles: Mapping[str, str], rows: Iterable[Html], *, label: str, caption: str = ""
) -> Html:
    """`titles` maps each column's title to its class, such as "number"; `label` is read to who cannot see."""
    head = (element("th", title, scope="col", class_=kind or None) for title, kind in titles.items())
    table = element(
        "table",
        element("caption", element("span", caption)) if caption else "",
        element("thead", element("tr", *head)),
        element("tbody", *rows),
        class_=name,
    )
    return element("div", table, class_="scrolling", role="region", aria_label=label, tabindex=0)


def name_cell(name: str, style: ArmStyle) -> Html:
    """A row's title: the arm's name beside a stroke of its colour."""
    long = "long" if len(name) > LONG_NAME else None
    return element("th", swatch(style), element("bdi", name), scope="row", class_=long)


def swatch(style: ArmStyle) -> Html:
    return element("span", class_="swatch dashed" if style.dash else "swatch", style=f"--arm:{style.colour}")
