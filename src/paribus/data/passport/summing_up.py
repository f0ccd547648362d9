"""The passport as a whole: counts, twins and doubts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from paribus.data.cache import DataSet
from paribus.data.images import SPLITS, Split
from paribus.data.passport.counting import Counts, count_images
from paribus.data.passport.doubts import Doubt, HeldOut, doubt_labels, share_right
from paribus.data.passport.twins import Twin, Twins, find_twins
from paribus.data.progress import Tell, tell_nobody


@dataclass(frozen=True)
class Passport:
    """What is known of a data set."""

    name: str
    fingerprint: str
    counts: Counts
    twins: Twins
    pairs: tuple[Twin, ...]  # the telling ones first: two labels, then two splits, then the likest
    two_labels: int  # how many of the pairs stand under two labels
    doubts: tuple[Doubt, ...]
    nets: int  # that were asked; 0: none was
    nets_right: float  # share of images whose label they agree with
    note: str = ""  # what was done to the images to read them


def make_passport(
    data: DataSet,
    name: str,
    *,
    held_out: Sequence[HeldOut] = (),
    near: bool = True,
    tell: Tell = tell_nobody,
    note: str = "",
) -> Passport:
    twins = find_twins(data, tell, near=near)
    pairs = list(twins.pairs())
    labels = {split: data.split(split).labels for split in data.counts}
    differing = {pair for pair in pairs if _differ(pair, labels)}
    doubts = [
        doubt
        for split in data.counts
        if any(view.split == split for view in held_out)
        for doubt in doubt_labels(held_out, labels[split], split)
    ]
    return Passport(
        name=name,
        fingerprint=data.fingerprint,
        counts=count_images(data),
        twins=twins,
        pairs=tuple(sorted(pairs, key=lambda pair: (pair not in differing, pair.first[0] == pair.second[0]))),
        two_labels=len(differing),
        doubts=tuple(doubts),
        nets=len(held_out),
        nets_right=share_right(held_out, labels),
        note=note,
    )


def _differ(pair: Twin, labels: dict[Split, Any]) -> bool:
    """An image without a label contradicts nobody."""
    first, second = (int(labels[split][position]) for split, position in (pair.first, pair.second))
    return first != second and first >= 0 and second >= 0


def count_pairs(pairs: Sequence[Twin]) -> dict[tuple[Split, Split], tuple[int, int]]:
    """(split, split) -> exact and near pairs."""
    exact = Counter((pair.first[0], pair.second[0]) for pair in pairs if pair.exact)
    near = Counter((pair.first[0], pair.second[0]) for pair in pairs if not pair.exact)
    places = sorted({*exact, *near}, key=lambda place: [SPLITS.index(split) for split in place])
    return {place: (exact[place], near[place]) for place in places}
