"""What a passport has found, in sentences: what it is, and what to do where there is something to do."""

from collections.abc import Sequence

from paribus.data.images import Split
from paribus.data.passport.counting import FEW, UNEVEN, Counts
from paribus.data.passport.summing_up import Passport, count_pairs
from paribus.data.passport.twins import SMALLEST_SIDE, Twins

RARE = 0.001  # share of images: fewer near twins than that are chance
MANY = 0.02  # share of images: more doubts than that tell of the nets, not of the labels
LEAKING: tuple[Split, ...] = ("validation", "test")
_NAMED = 5  # classes that a sentence names


def write_findings(passport: Passport) -> list[str]:
    """Each a sentence or two, the gravest first."""
    counts = passport.counts
    said = [
        *(say_leak(passport.twins, split) for split in LEAKING),
        _on_two_labels(passport),
        _on_inside(passport),
        _on_crowd(passport),
        _on_doubts(passport),
        *(_on_missing(split, names) for split, names in counts.missing.items()),
        _on_few(counts),
        _on_imbalance(counts),
        _on_gray(counts),
        _on_skipped(counts),
    ]
    return [sentence for sentence in said if sentence]


def count_leaked(twins: Twins, split: Split) -> tuple[int, int]:
    """Images of the split with a twin in train; and how many of them an exact one.

    Nothing where near ones alone are fewer than one image in a thousand: pictures of one kind are as like as
    that by chance.
    """
    here = twins.within(split)
    leaked = int(twins.standing_in("train")[here].sum())
    exact = int(twins.exactly_in("train")[here].sum())
    told = exact or leaked >= max(1, RARE * (here.stop - here.start))
    return (leaked, exact) if told else (0, 0)


def say_leak(twins: Twins, split: Split) -> str:
    """A sentence, or nothing."""
    leaked, exact = count_leaked(twins, split)
    if not leaked:
        return ""
    here = twins.within(split)
    total = here.stop - here.start
    which = f", {exact:,} of them an exact one" if 0 < exact < leaked else ""
    twin = "an exact twin" if exact == leaked else "a twin"
    share = f"{leaked:,} of {total:,} {split} images ({100 * leaked / total:.1f} %)"
    return f"{share} {_have(leaked)} {twin} in train{which}: a net may know {_them(leaked)} by heart."


def _on_two_labels(passport: Passport) -> str:
    if not passport.two_labels:
        return ""
    pairs = passport.two_labels
    return f"{_pairs(pairs)} stand{'s' * (pairs == 1)} under two labels: the same picture, called two things."


def _on_inside(passport: Passport) -> str:
    exact, near = count_pairs(passport.pairs).get(("train", "train"), (0, 0))
    if not exact and near < RARE * passport.counts.images["train"]:
        return ""
    told = f"{_pairs(exact + near)} of twins inside train"
    if exact and near:
        told += f", {exact:,} of them exact"
    elif exact:
        told += ", exact"
    return f"{told}: where validation is carved from train, one may train and the other validate."


def _on_crowd(passport: Passport) -> str:
    if not passport.twins.crowd:
        return ""
    return (
        f"{int(passport.twins.crowd):,} pairs look like near twins, more than there are images: images alike "
        "throughout, such as frames of a film or simple drawings, cannot be told from twins, so only exact "
        "ones count. If they are frames, keep each film on one side with data.groups."
    )


def _on_doubts(passport: Passport) -> str:
    count, right = len(passport.doubts), f"{100 * passport.nets_right:.0f} %"
    if not count:
        return ""
    if count > MANY * passport.counts.total:
        return (
            f"The labels most worth a look are listed; but the nets that doubt them are right on {right} of "
            "the images that they were not trained on, so most of these labels may well be right."
        )
    return (
        f"{count:,} label{'s are' if count != 1 else ' is'} worth a look: nets that were not trained on the "
        f"image, and are right on {right} of such, say something else."
    )


def _on_missing(split: Split, names: Sequence[str]) -> str:
    return f"No {split} image of {_named(names)}."


def _on_few(counts: Counts) -> str:
    few = [name for name in counts.few if name not in counts.missing.get("train", [])]
    if not few:
        return ""
    return f"Fewer than {FEW} training images: {_named(few)}. What is measured on them is mostly chance."


def _on_imbalance(counts: Counts) -> str:
    if counts.imbalance is None or counts.imbalance < UNEVEN:
        return ""
    return (
        f"The largest class has {counts.imbalance:.1f} times as many training images as the smallest: "
        'metric = "balanced_accuracy" weighs them alike.'
    )


def _on_gray(counts: Counts) -> str:
    if not counts.gray:
        return ""
    if counts.gray == counts.total:
        return "All images are gray, in three equal channels: data.gray = true makes them one."
    return f"{counts.gray:,} of {counts.total:,} images are gray, in three equal channels."


def _on_skipped(counts: Counts) -> str:
    count = len(counts.skipped)
    return f"{count:,} file{'s' * (count != 1)} could not be read." if count else ""


def _pairs(count: int) -> str:
    return f"{count:,} pair{'s' * (count != 1)}"


def _have(count: int) -> str:
    return "have" if count != 1 else "has"


def _them(count: int) -> str:
    return "them" if count != 1 else "it"


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def say_twins(passport: Passport) -> str:
    """How twins were looked for."""
    if passport.twins.searched:
        return "exact and near"
    if min(passport.counts.shape[1:]) < SMALLEST_SIDE:
        return f"exact only: under {SMALLEST_SIDE} pixels a side, near ones cannot be told"
    return "exact only"
