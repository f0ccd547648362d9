"""What of a data set is looked at: its passport, and the few images that a page shows."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from paribus.analysis import LeakResult
from paribus.data import DataSet, Split
from paribus.data.passport import Doubt, Passport, Twin, choose_samples

Place = tuple[Split, int]

MOST_CLASSES = 200  # whose samples are shown
_MOST_PAIRS = 24  # of each kind: under two labels, across splits, inside one
_MOST_DOUBTS = 48


@dataclass(frozen=True)
class DataView:
    """`pictures` is empty where none may be shown."""

    passport: Passport
    labels: dict[Place, int]  # of each image that is spoken of; -1 where nobody knows
    names: dict[Place, str]  # such as its file, where the data know any
    samples: tuple[tuple[Place, ...], ...]  # by class
    pairs: tuple[tuple[str, tuple[Twin, ...], int], ...]  # title, those shown, how many there are
    doubts: tuple[Doubt, ...]
    pictures: dict[Place, NDArray[np.uint8]] = field(default_factory=dict)  # [channels, height, width]

    def class_of(self, place: Place) -> str:
        label = self.labels[place]
        return self.passport.counts.classes[label] if label >= 0 else "no label"


def view_data(
    data: DataSet,
    passport: Passport,
    *,
    images: bool = True,
    pairs: int = _MOST_PAIRS,
    classes: int = MOST_CLASSES,
) -> DataView:
    """At most so many pairs of each kind, and samples of so many classes."""
    chosen = choose_samples(data)[:classes]
    places: tuple[tuple[Place, ...], ...] = tuple(
        tuple(("train", int(position)) for position in found) for found in chosen
    )
    kinds = tuple((title, _varied(of_kind, pairs), len(of_kind)) for title, of_kind in _kinds(passport))
    doubts = passport.doubts[:_MOST_DOUBTS]
    spoken = {place for row in places for place in row}
    spoken |= {place for _, shown, _ in kinds for twin in shown for place in (twin.first, twin.second)}
    spoken |= {(doubt.split, doubt.position) for doubt in doubts}
    names: dict[Place, str] = {}
    labels: dict[Place, int] = {}
    pictures: dict[Place, NDArray[np.uint8]] = {}
    for split in {split for split, _ in spoken}:
        of_split, known = data.split(split), data.names(split)
        for place in sorted(place for place in spoken if place[0] == split):
            labels[place] = int(of_split.labels[place[1]])
            if known is not None:
                names[place] = known[place[1]]
            if images:
                pictures[place] = np.array(of_split.pixels[place[1]])
    return DataView(passport, labels, names, places, kinds, doubts, pictures)


def _kinds(passport: Passport) -> list[tuple[str, Sequence[Twin]]]:
    """Pairs by what they mean, the gravest first; each pair once."""
    two = passport.pairs[: passport.two_labels]
    others = passport.pairs[passport.two_labels :]
    across = [pair for pair in others if pair.first[0] != pair.second[0]]
    inside = [pair for pair in others if pair.first[0] == pair.second[0]]
    kinds = [("Under two labels", two), ("Across splits", across), ("Inside one split", inside)]
    return [(title, pairs) for title, pairs in kinds if pairs]


def _varied(pairs: Sequence[Twin], count: int) -> tuple[Twin, ...]:
    """So many of them; as far as can be, no image twice."""
    seen: set[Place] = set()
    fresh: list[Twin] = []
    for pair in pairs:
        if len(fresh) < count and not {pair.first, pair.second} & seen:
            fresh.append(pair)
            seen |= {pair.first, pair.second}
    chosen = set(fresh)
    rest = [pair for pair in pairs if pair not in chosen] if len(fresh) < count else []
    return tuple([*fresh, *rest][:count])


@dataclass(frozen=True)
class DataSection:
    """What a report says of its data."""

    views: tuple[tuple[tuple[str, ...], DataView], ...]  # arms, and the data that they use
    split: str  # that the conclusion is drawn on
    leak: LeakResult | None = None
    seen: tuple[tuple[tuple[str, ...], bytes], ...] = ()  # arms, and as PNG what augmentation made of images
    left_out: int = 0  # more such pictures, for which there was no room
