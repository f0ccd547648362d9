"""The worst mistakes and the greatest doubts of the arm that leads, as pictures."""

from collections.abc import Mapping, Sequence

from paribus.analysis.mistakes import JudgedImage
from paribus.report.colours import ArmStyle
from paribus.report.images.cards import write_card, write_cards
from paribus.report.images.views import ImagesSection, MistakesView
from paribus.report.markup import Html, element, escape, join, write_name
from paribus.report.numerals import as_percent, count_of
from paribus.report.tables import swatch

_WAYS = {
    "grad-cam": "the maps of {layer}, each weighted by how much the guess gains by it (Grad-CAM)",
    "gradient": "what each pixel adds to the guess, its value times its gradient, for this net has no maps",
}


def write_mistakes(section: ImagesSection, styles: Mapping[str, ArmStyle]) -> Html:
    view = section.mistakes
    if view is None:
        return Html("")
    found = view.result
    share = as_percent(found.wrong / found.images)
    told = element(
        "p",
        swatch(styles[found.arm]),
        write_name(found.arm),
        escape(
            f" takes {found.wrong:,} of {found.images:,} {section.split} images for what they are not, "
            f"{share} %, by the mean of its seeds' probabilities."
        ),
    )
    parts = [told, *(element("p", line, class_="note") for line in _notes(view))]
    if found.worst:
        parts += [element("h3", "The surest mistakes"), _write(view, found.worst, doubt=False)]
    if found.doubtful:
        parts += [element("h3", "The greatest doubts"), _write(view, found.doubtful, doubt=True)]
    return join(*parts)


def _notes(view: MistakesView) -> list[str]:
    """How the maps came about, or why there are none."""
    if view.pictures.why_none:
        return [view.pictures.why_none]
    looks = view.looks
    if looks.why_none:
        return [looks.why_none]
    way = _WAYS.get(looks.way, "where a run looked").format(layer=looks.layer or "the net")
    told = (
        f"Beside an image, it again in the light of what spoke for the guess: {way}. It is that of one run "
        "that guesses so, and coarse. Where there is none, no such run kept it, or nothing spoke for it."
    )
    return [told]


def _write(view: MistakesView, images: Sequence[JudgedImage], *, doubt: bool) -> Html:
    cards = [
        write_card(
            view.pictures,
            image.position,
            view.classes[image.label],
            _say(view, image, doubt=doubt),
            heat=view.looks.maps.get(image.position),
            lit=True,
        )
        for image in images
    ]
    return write_cards(cards, "judged")


def _say(view: MistakesView, image: JudgedImage, *, doubt: bool) -> list[Html]:
    guess = [_name(view, image.guessed, image.probability)]
    if doubt:
        guess += [escape(" or "), _name(view, image.next, image.next_probability)]
    else:
        guess = [escape("taken for "), *guess]
    right = image.guessed == image.label
    agree = f"{image.agree} of {count_of(image.runs, 'seed')} {'guesses' if image.agree == 1 else 'guess'} so"
    return [
        element("p", *guess, class_=None if doubt and right else "said"),
        element("p", agree, class_="quiet"),
    ]


def _name(view: MistakesView, label: int, share: float) -> Html:
    return join(write_name(view.classes[label]), f" at {as_percent(share)} %")
