"""The list of a page's sections, for who comes for one of them."""

import re

from paribus.report.markup import Html, element, join

PLACE = '<nav class="contents"></nav>'  # of a template; no text of anybody's can read so, for it is escaped
_HEADING = re.compile(r'<h2 id="([a-z-]+)">(.*?)</h2>', re.DOTALL)


def insert_contents(body: str) -> str:
    """The page with its list of sections, each a link to its heading."""
    links = [element("a", Html(title), href=f"#{name}") for name, title in _HEADING.findall(body)]
    items = join(*(element("li", link) for link in links))
    return body.replace(
        PLACE, element("nav", element("ul", items), class_="contents", aria_label="Sections"), 1
    )
