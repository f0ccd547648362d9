"""Image by image: the control against the best of the other arms."""

from collections.abc import Mapping, Sequence

from paribus.analysis.agreement import AgreementResult, Difference
from paribus.report.charts import INK, Spec, draw_chart
from paribus.report.colours import GRAY, ArmStyle
from paribus.report.figures import Figure
from paribus.report.images.cards import write_card, write_cards
from paribus.report.images.views import AgreementView, ImagesSection
from paribus.report.markup import Html, element, escape, join, write_name
from paribus.report.numerals import as_list, as_percent, count_of

PIXELS = 360
_MOST_DOTS = 121  # cells with a number of their own


def write_agreement(section: ImagesSection, styles: Mapping[str, ArmStyle]) -> Html:
    view = section.agreement
    if view is None:
        return Html("")
    found = view.result
    if found is None:
        names = write_name(view.control), escape(" and "), write_name(view.arm)
        return element("p", *names, escape(" judged no image in common under the same classes."))
    return join(
        element("p", *_say(section, view, found)),
        Figure(
            "agreement", _draw(found, styles[view.arm].colour), _tell(found), _caption(section, found)
        ).write(),
        *([element("p", view.pictures.why_none, class_="note")] if view.pictures.why_none else []),
        _write(view, found.gained, "Known to the arm, not to the control"),
        _write(view, found.lost, "Known to the control, not to the arm"),
    )


def _say(section: ImagesSection, view: AgreementView, found: AgreementResult) -> list[Html]:
    return [
        escape(f"Of {count_of(found.images, f'{section.split} image')}, judged by the same seeds, "),
        escape(f"both are right {as_percent(found.both)} % of the time, only "),
        write_name(view.arm),
        escape(f" {as_percent(found.only_arm)} %, only "),
        write_name(view.control),
        escape(f" {as_percent(found.only_control)} %, and none of them {as_percent(found.none)} %."),
    ]


def _caption(section: ImagesSection, found: AgreementResult) -> str:
    fewest, most = found.runs
    runs = f"{fewest}" if fewest == most else f"{fewest} to {most}"
    seeds = "seed" if most == 1 else "seeds"
    return (
        f"Each dot is the {section.split} images of which so large a share of seeds is right, with their "
        f"number: across in the control, up in the arm. An image is judged by {runs} {seeds} of each. Above "
        "the diagonal the arm knows more, below it the control."
    )


def _tell(found: AgreementResult) -> str:
    cells = sorted(found.cells, key=lambda cell: -cell[2])[:12]
    told = [
        f"{count:,} with {as_percent(control)} % of seeds right in the control, {as_percent(arm)} % in it"
        for control, arm, count in cells
    ]
    return f"Images by how many seeds are right: {as_list(told)}."


def _draw(found: AgreementResult, colour: str) -> Spec:
    rows: list[Spec] = [
        {
            "control": round(100 * control, 1),
            "arm": round(100 * arm, 1),
            "images": count,
            "text": f"{count:,}",
            "colour": INK if control == arm else colour if arm > control else GRAY,
        }
        for control, arm, count in found.cells
    ]
    scale = {"domain": [-8, 108], "nice": False}
    ticks = {"values": [0, 20, 40, 60, 80, 100], "grid": True}
    x = {
        "field": "control",
        "type": "quantitative",
        "scale": scale,
        "axis": {"title": "seeds right in the control, %", **ticks},
    }
    y = {
        "field": "arm",
        "type": "quantitative",
        "scale": scale,
        "axis": {
            "title": "seeds right in the arm, %",
            **ticks,
            "titleAngle": 0,
            "titleAlign": "left",
            "titleAnchor": "end",
            "titleY": -14,
            "titleX": 0,
        },
    }
    most = max(row["images"] for row in rows)
    size = {
        "field": "images",
        "type": "quantitative",
        "scale": {"domain": [0, most], "range": [12, 1800]},
        "legend": None,
    }
    tooltip = [{"field": name} for name in ("images", "control", "arm")]
    dots: Spec = {
        "mark": {"type": "circle", "opacity": 0.35},
        "encoding": {
            "size": size,
            "color": {"field": "colour", "type": "nominal", "scale": None},
            "tooltip": tooltip,
        },
    }
    numbers: Spec = {"mark": {"type": "text", "fontSize": 10}, "encoding": {"text": {"field": "text"}}}
    return draw_chart(
        PIXELS,
        padding={"top": 24, "left": 1, "right": 8, "bottom": 1},
        data={"values": rows},
        encoding={"x": x, "y": y},
        layer=[dots, *([numbers] if len(rows) <= _MOST_DOTS else [])],
    )


def _write(view: AgreementView, images: Sequence[Difference], title: str) -> Html:
    if not images:
        return Html("")
    cards = [
        write_card(
            view.pictures, image.position, view.classes[image.label], _say_image(view, image), lit=False
        )
        for image in images
    ]
    return join(element("h3", title), write_cards(cards, "differing"))


def _say_image(view: AgreementView, image: Difference) -> list[Html]:
    """What most seeds of each guess, and how many of them are right."""
    arms = [
        ("arm", image.arm_guess, image.arm_right),
        ("control", image.control_guess, image.control_right),
    ]
    return [
        element(
            "p",
            escape(f"{who}: "),
            write_name(view.classes[guess]),
            escape(f", {round(right * image.runs)} of {image.runs} right"),
            class_=None if guess == image.label else "said",
        )
        for who, guess, right in arms
    ]
