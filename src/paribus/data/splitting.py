"""Which images train and which validate: stratified by class, looked up by seed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from paribus import chance
from paribus.data.cache import DataSet
from paribus.data.images import Split
from paribus.errors import DataError
from paribus.specs import DataOptions
from paribus.specs.words import did_you_mean, known

Positions = NDArray[np.int64]


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
    labels: NDArray[np.int64], share: float, seed: int, purpose: str
) -> tuple[Positions, Positions]:
    """Positions of (the rest, the share): of each class about `share`, at least one, never all."""
    shuffled = chance.permutation(len(labels), seed, purpose)
    taken = np.zeros(len(labels), bool)
    for label in np.unique(labels):
        members = shuffled[labels[shuffled] == label]
        count = min(max(round(share * len(members)), 1), len(members) - 1)
        taken[members[:count]] = True
    return np.flatnonzero(~taken), np.flatnonzero(taken)


def select_training(options: DataOptions, data: DataSet, seed: int) -> Selection:
    """The images that train and validate; `seed` is that of the stream `split`."""
    chosen = chosen_classes(options.classes, data.classes)
    train = _of_classes(data, "train", chosen)
    if options.per_class is not None:
        train = _few_of_each(train, options.per_class, seed)
    _refuse_small_classes(train, tuple(data.classes[old] for old in chosen))
    if "validation" in data.counts:
        validation = _of_classes(data, "validation", chosen)
    else:
        rest, held = stratified(train.labels, options.validation, seed, "validation split")
        validation = Portion("train", train.positions[held], train.labels[held])
        train = Portion("train", train.positions[rest], train.labels[rest])
    return Selection(tuple(data.classes[old] for old in chosen), train, validation)


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


def _few_of_each(portion: Portion, count: int, seed: int) -> Portion:
    shuffled = chance.permutation(len(portion.labels), seed, "images per class")
    kept = np.sort(np.concatenate([
        shuffled[portion.labels[shuffled] == label][:count] for label in np.unique(portion.labels)
    ]))  # fmt: skip
    return Portion(portion.split, portion.positions[kept], portion.labels[kept])


def _refuse_small_classes(portion: Portion, classes: tuple[str, ...]) -> None:
    counts = np.bincount(portion.labels, minlength=len(classes))
    for name, count in zip(classes, counts.tolist(), strict=True):
        if count < 2:
            raise DataError(
                f"class '{name}' has {count} training image{'s' * (count != 1)}; expected at least 2, "
                "one to train and one to validate. Add images, or leave it out with data.classes"
            )
