"""HTML as values: text is escaped unless it is already `Html`."""

import html
import json
import re
from typing import Any

VOID = {"br", "circle", "col", "img", "input", "line", "meta", "wbr"}
# After a comma, an equals sign or a dot, but never inside a number.
BREAK = re.compile(r"(?<=[,=])(?=.)|(?<=[^\W\d]\.)(?=\w)")


class Html(str):
    """Text that is safe to stand in a page as it is."""

    __slots__ = ()


def escape(text: str) -> Html:
    return text if isinstance(text, Html) else Html(html.escape(text))


def join(*parts: str, by: str = "") -> Html:
    return Html(escape(by).join(escape(part) for part in parts))


def element(tag: str, *children: str, **attributes: str | float | None) -> Html:
    """`element("td", "a < b", class_="number")`; an attribute that is None is left out.

    An underscore at a name's end is dropped, others become hyphens: `aria_label` is `aria-label`.
    """
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{html.escape(str(value))}"'
        for name, value in attributes.items()
        if value is not None
    )
    if tag in VOID:
        return Html(f"<{tag}{written}/>" if tag in {"circle", "line"} else f"<{tag}{written}>")
    return Html(f"<{tag}{written}>{join(*children)}</{tag}>")


def write_name(name: str, *, class_: str | None = None) -> Html:
    """A user's name, kept apart from the direction of the text around it.

    It is broken at its commas, and at other joints only where a part is wider than its place.
    """
    parts = [join(*BREAK.split(part), by=Html("<wbr>")) for part in re.split(r"(?<=,)(?=.)", name)]
    if len(parts) > 1:
        parts = [element("span", part, class_="part") for part in parts]
    return element("bdi", join(*parts, by=Html("<wbr>")), class_=class_)


def embed_json(value: Any) -> Html:
    """JSON that may stand inside a script element: nothing in it can end the script or open a comment."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Html(text)
