"""A passport as plain values, for machines."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from paribus.data.images import Split
from paribus.data.passport.findings import say_twins, write_findings
from paribus.data.passport.summing_up import Passport, count_pairs

Names = Mapping[Split, Sequence[str] | None]  # of the images, such as their paths, where known


def as_plain(passport: Passport, names: Names) -> dict[str, Any]:
    """Everything, as JSON can say it."""
    counts, classes = passport.counts, passport.counts.classes
    return {
        "name": passport.name,
        "fingerprint": passport.fingerprint,
        "note": passport.note,
        "findings": write_findings(passport),
        "classes": list(classes),
        "channels": counts.shape[0],
        "height": counts.shape[1],
        "width": counts.shape[2],
        "images": counts.images,
        "by_class": {s: dict(zip(classes, n, strict=True)) for s, n in counts.by_class.items()},
        "original_sizes": None if counts.sizes is None else vars(counts.sizes),
        "formats": counts.formats,
        "modes": counts.modes,
        "mean": list(counts.mean),
        "deviation": list(counts.deviation),
        "few": list(counts.few),
        "missing": counts.missing,
        "imbalance": counts.imbalance,
        "gray": counts.gray,
        "groups": counts.groups,
        "skipped": list(counts.skipped),
        "twins": _plain_twins(passport, names),
        "doubts": _plain_doubts(passport, names),
    }


def _plain_twins(passport: Passport, names: Names) -> dict[str, Any]:
    train_twins = passport.twins.standing_in("train")
    return {
        "searched": say_twins(passport),
        "pairs": [
            {"splits": list(s), "exact": e, "near": n} for s, (e, n) in count_pairs(passport.pairs).items()
        ],
        "two_labels": passport.two_labels,
        "too_many_to_tell": int(passport.twins.crowd),
        "with_twin_in_train": {
            split: int(np.count_nonzero(train_twins[passport.twins.within(split)]))
            for split in passport.counts.images
        },
        "list": [
            vars(pair) | {"names": [_name_of(place, names) for place in (pair.first, pair.second)]}
            for pair in passport.pairs
        ],
    }


def _plain_doubts(passport: Passport, names: Names) -> dict[str, Any]:
    classes = passport.counts.classes
    return {
        "nets": passport.nets,
        "nets_right": passport.nets_right,
        "list": [
            vars(doubt)
            | {
                "label": classes[doubt.label],
                "said": classes[doubt.said],
                "name": _name_of((doubt.split, doubt.position), names),
            }
            for doubt in passport.doubts
        ],
    }


def _name_of(place: tuple[Split, int], names: Names) -> str | None:
    known = names.get(place[0])
    return known[place[1]] if known else None
