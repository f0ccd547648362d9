"""Which images train and which validate, and what the training images are made to lack: looked up by seed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from paribus import chance
from paribus.data.cache import DataSet
from paribus.data.grouping import group_names
from paribus.data.images import Split
from paribus.errors import DataError
from paribus.specs import DataOptions
from paribus.specs.words import did_you_mean, known, quoted

Positions = NDArray[np.int64]
NO_GROUP_TO_SPARE = (
    "data.groups: no group can be held out without leaving a class nothing to train on; "
    "expected each class in several groups"
)


_JUDGING: tuple[Split, ...] = ("validation", "test")


@dataclass(frozen=True)
class Portion:
    """Some images of a split: where they stand in it, and their labels among the chosen classes."""

    split: Split
    positions: Positions  # [images]
    labels: NDArray[np.int64]  # [images]


@dataclass(frozen=True)
class Selection:
    """What a recipe's selections leave of a data set for one seed."""

    classes: tuple[str, ...]
    train: Portion
    validation: Portion


def stratified(
    labels: NDArray[np.int64], share: float, seed: int, purpose: str, groups: Sequence[str] | None = None
) -> tuple[Positions, Positions]:
    """Positions of (the rest, the share): of each class about `share`, at least one, never all.

    With groups, whole groups go to one side; then a class may be off its share by what its groups hold.
    """
    return _first_of_each(labels, share, chance.permutation(len(labels), seed, purpose), groups)


def _first_of_each(
    labels: NDArray[np.int64], share: float, shuffled: Positions, groups: Sequence[str] | None
) -> tuple[Positions, Positions]:
    taken = np.zeros(len(labels), bool)
    if groups is not None:
        taken = _whole_groups(labels, share, shuffled, groups)
        return np.flatnonzero(~taken), np.flatnonzero(taken)
    for label in np.unique(labels):
        members = shuffled[labels[shuffled] == label]
        count = min(max(round(share * len(members)), 1), len(members) - 1)
        taken[members[:count]] = True
    return np.flatnonzero(~taken), np.flatnonzero(taken)


def select_training(options: DataOptions, data: DataSet, seed: int) -> Selection:
    """The images that train and validate; `seed` is that of the stream `split`."""
    chosen = chosen_classes(options.classes, data.classes)
    classes = tuple(data.classes[old] for old in chosen)
    train = _of_classes(data, "train", chosen)
    _refuse_shared_groups(options, data)
    _refuse_small_classes(train, classes, needed=1 if "validation" in data.counts else 2)
    if "validation" in data.counts:
        validation = _of_classes(data, "validation", chosen)
    else:
        train, validation = _carve_validation(options, data, train, seed)
    if options.share is not None or options.per_class is not None:
        kept = _fewer_of_each(train.labels, options.share or 1.0, options.per_class, seed)
        train = replace(train, positions=train.positions[kept], labels=train.labels[kept])
    if options.label_noise:
        train = replace(train, labels=_mislabelled(train, options.label_noise, len(classes), seed))
    return Selection(classes, train, validation)


def select_test(options: DataOptions, data: DataSet) -> Portion:
    """The test images of the chosen classes: all of them."""
    return _of_classes(data, "test", chosen_classes(options.classes, data.classes))


def chosen_classes(wanted: Sequence[int | str] | None, classes: Sequence[str]) -> list[int]:
    """Which of the set's classes are used, in the order asked for."""
    if wanted is None:
        return list(range(len(classes)))
    chosen = [_class_position(one, classes) for one in wanted]
    if len(set(chosen)) < len(chosen):
        raise DataError(f"data.classes: a class is listed twice: {list(wanted)}")
    if len(chosen) < 2:
        raise DataError(f"data.classes: given {list(wanted)}; expected at least two classes")
    return chosen


def _class_position(one: int | str, classes: Sequence[str]) -> int:
    if isinstance(one, int):
        if 0 <= one < len(classes):
            return one
        raise DataError(
            f"data.classes: no class at position {one}; expected 0 to {len(classes) - 1}, "
            f"or names in quotes; {known(classes)}"
        )
    if one in classes:
        return list(classes).index(one)
    hint = did_you_mean(one, classes)
    raise DataError(f"data.classes: unknown class '{one}'; {known(classes)}.{hint}")


def _of_classes(data: DataSet, split: Split, chosen: list[int]) -> Portion:
    labels = data.split(split).labels
    new_label = np.full(len(data.classes), -1, np.int64)
    new_label[chosen] = np.arange(len(chosen))
    positions = np.flatnonzero(new_label[labels] >= 0)
    if not len(positions):
        raise DataError(f"the split '{split}' holds no image of the classes used; add some or use others")
    return Portion(split, positions, new_label[labels[positions]])


def _carve_validation(
    options: DataOptions, data: DataSet, train: Portion, seed: int
) -> tuple[Portion, Portion]:
    every = _groups_of(options, data, "train")
    groups = None if every is None else [every[position] for position in train.positions]
    # Shuffled with the classes that are not used: so those that are have the same images to validate them.
    places = chance.permutation(data.counts["train"], seed, "validation split")
    here = np.full(len(places), -1, np.int64)
    here[train.positions] = np.arange(len(train.positions))
    shuffled = here[places]
    rest, held = _first_of_each(train.labels, options.validation, shuffled[shuffled >= 0], groups)
    if not len(held):
        raise DataError(NO_GROUP_TO_SPARE)
    return (
        Portion("train", train.positions[rest], train.labels[rest]),
        Portion("train", train.positions[held], train.labels[held]),
    )


def _groups_of(options: DataOptions, data: DataSet, split: Split) -> list[str] | None:
    """The group of each image of a split: by the pattern of names, or as the data say."""
    if options.groups is None:
        return data.groups(split)
    names = data.names(split)
    if names is None:
        raise DataError(f"data.groups: the images of '{options.name}' have no names to group them by")
    return group_names(names, options.groups, must_match=split == "train")


def _refuse_shared_groups(options: DataOptions, data: DataSet) -> None:
    """Splits that the data name may share a group too; then what is measured is not what was meant."""
    train = set(_groups_of(options, data, "train") or ())
    if not train:
        return
    for split in data.counts:
        shared = train & set(_groups_of(options, data, split) or ()) if split in _JUDGING else set()
        if shared:
            raise DataError(
                f"data.groups: {len(shared):,} groups stand in train and in {split}, such as "
                f"{quoted(min(shared).partition(' ')[2])}; expected each on one side"
            )


def _whole_groups(
    labels: NDArray[np.int64], share: float, shuffled: Positions, groups: Sequence[str]
) -> NDArray[np.bool_]:
    """Group after group in random order, as long as it brings the classes nearer to their shares.

    None is taken that would leave a class nothing; where that is so of all, nothing is taken.
    """
    members: dict[str, list[int]] = {}
    for position in shuffled.tolist():
        members.setdefault(groups[position], []).append(position)
    left = np.bincount(labels)
    missing = share * left.astype(np.float64)
    brought = {name: np.bincount(labels[every], minlength=len(left)) for name, every in members.items()}
    taken = np.zeros(len(labels), bool)
    for name, counts in brought.items():
        nearer = np.abs(missing - counts).sum() < np.abs(missing).sum()
        if nearer and (left > counts)[counts > 0].all():
            taken[members[name]] = True
            missing, left = missing - counts, left - counts
    if not taken.any():  # every group is larger than the share: the smallest that may be is taken
        for name in sorted(members, key=lambda name: len(members[name])):
            if (left > brought[name])[brought[name] > 0].all():
                taken[members[name]] = True
                break
    return taken


def _fewer_of_each(labels: NDArray[np.int64], share: float, most: int | None, seed: int) -> Positions:
    """Of each class the first so many in one random order: a smaller choice lies within a larger one."""
    shuffled = chance.permutation(len(labels), seed, "fewer to train")
    kept = []
    for label in np.unique(labels):
        members = shuffled[labels[shuffled] == label]
        kept.append(members[: max(round(share * len(members)), 1)][:most])
    return np.sort(np.concatenate(kept))


def _mislabelled(portion: Portion, share: float, classes: int, seed: int) -> NDArray[np.int64]:
    """About `share` of the labels become another class, any with the same chance: keyed by image.

    A larger share makes the same labels wrong in the same way, and some more.
    """
    draws = chance.uniforms((int(portion.positions.max()) + 1, 2), seed, "label noise")[portion.positions]
    wrong = draws[:, 0] < share
    shift = 1 + (draws[:, 1] * (classes - 1)).astype(np.int64)
    return np.where(wrong, (portion.labels + shift) % classes, portion.labels)


def _refuse_small_classes(portion: Portion, classes: tuple[str, ...], needed: int) -> None:
    counts = np.bincount(portion.labels, minlength=len(classes))
    for name, count in zip(classes, counts.tolist(), strict=True):
        if count < needed:
            uses = "one to train and one to validate" if needed == 2 else "to train on"
            raise DataError(
                f"class '{name}' has {count} training image{'s' * (count != 1)}; expected at least {needed}, "
                f"{uses}. Add images, or leave it out with data.classes"
            )
