"""Sheets of images: samples of each class, twins side by side, labels worth a look."""

from paribus.data import Split
from paribus.data.passport import Doubt, Twin
from paribus.report.markup import Html, element, escape, join, write_name
from paribus.report.numerals import count_of
from paribus.report.passport.pictures import SIDE, show_picture
from paribus.report.passport.views import DataView, Place

_LARGE = 96  # pixels on the page: twins are compared
_SPLITS: dict[Split, str] = {
    "train": "train",
    "validation": "validation",
    "test": "test",
    "unlabeled": "unlabeled",
}


def write_samples(view: DataView) -> Html:
    """A card for each class: what it looks like, how many there are."""
    counts = view.passport.counts
    cards = []
    for number, (name, places) in enumerate(zip(counts.classes, view.samples, strict=False)):
        told = " · ".join(f"{of[number]:,} {_SPLITS[split]}" for split, of in counts.by_class.items())
        cards.append(
            element(
                "div",
                element("p", *(_picture(view, place) for place in places), class_="strip-of-four"),
                element("p", write_name(name), class_="card-name"),
                element("p", told, class_="quiet"),
                class_="card",
            )
        )
    more = len(counts.classes) - len(cards)
    rest = (
        [element("p", f"{count_of(more, 'more class', 'more classes')}.", class_="note")] if more > 0 else []
    )
    return join(element("div", *cards, class_="cards"), *rest)


def write_pairs(view: DataView) -> Html:
    parts = []
    for title, shown, total in view.pairs:
        more = total - len(shown)
        parts += [
            element("h3", f"{title}: {count_of(total, 'pair')}"),
            element("div", *(_pair(view, twin) for twin in shown), class_="cards twins"),
            element(
                "p",
                f"{count_of(more, 'more pair')}; 'paribus show data ... --json' lists all.",
                class_="note",
            )
            if more
            else Html(""),
        ]
    return join(*parts)


def _pair(view: DataView, twin: Twin) -> Html:
    said = [
        "exact" if twin.exact else f"likeness {twin.likeness:.2f}",
        *(["mirrored"] if twin.mirrored else []),
    ]
    return element(
        "div",
        *(_half(view, place) for place in (twin.first, twin.second)),
        element("p", ", ".join(said), class_="quiet"),
        class_="card twin",
    )


def _half(view: DataView, place: Place) -> Html:
    return element("div", _picture(view, place, _LARGE), _caption(view, place))


def _caption(view: DataView, place: Place) -> Html:
    split, position = place
    return join(
        element("p", write_name(view.class_of(place)), class_="card-name"),
        element("p", f"{_SPLITS[split]} {position:,}", class_="quiet"),
        _file(view.names[place]) if place in view.names else Html(""),
    )


def _file(name: str) -> Html:
    """Its last part; the whole is read on touching it."""
    return element("p", element("bdi", name.rsplit("/", 1)[-1]), class_="quiet file", title=name)


def write_doubts(view: DataView) -> Html:
    cards = [_doubt(view, doubt) for doubt in view.doubts]
    more = len(view.passport.doubts) - len(cards)
    rest = (
        [element("p", f"{count_of(more, 'more')}.".replace("mores", "more"), class_="note")] if more else []
    )
    return join(element("div", *cards, class_="cards doubts"), *rest)


def _doubt(view: DataView, doubt: Doubt) -> Html:
    place = (doubt.split, doubt.position)
    said = view.passport.counts.classes[doubt.said]
    voices = f"{doubt.said_by} of {count_of(doubt.nets, 'net')}"
    return element(
        "div",
        _picture(view, place),
        _caption(view, place),
        element("p", escape(f"{voices}: "), write_name(said), class_="said"),
        element("p", f"probability of the label {100 * doubt.probability:.1f} %", class_="quiet"),
        class_="card",
    )


def _picture(view: DataView, place: Place, side: int = SIDE) -> Html:
    if place not in view.pictures:
        return Html("")
    split, position = place
    return show_picture(view.pictures[place], f"{view.class_of(place)}, {split} {position}", side)
