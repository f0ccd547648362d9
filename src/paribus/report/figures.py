"""A chart's place in the page: its box, its words for who cannot see it, its caption."""

from dataclasses import dataclass

from paribus.report.charts import Spec
from paribus.report.markup import Html, element, embed_json


@dataclass(frozen=True)
class Figure:
    """One chart. `told` says in words what it shows; the page's script draws the specification."""

    name: str  # what it is called as a file, without the ending; no two of a page share one
    spec: Spec
    told: str
    caption: str

    def write(self) -> Html:
        return element(
            "figure",
            write_chart(self.name, self.spec, self.told),
            element("figcaption", self.caption),
            class_="narrow",
        )


def write_chart(name: str, spec: Spec, told: str) -> Html:
    """A box to draw in, followed by the specification itself."""
    box = element(
        "div", class_="chart", role="img", aria_label=told, style=f"--height:{spec['height'] + 40}px"
    )
    script = element("script", embed_json(spec), type="application/json", class_="spec", data_name=name)
    return element("div", box, script, class_="drawing")
