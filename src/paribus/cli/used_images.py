"""Which images a study trains on and judges by, of how many that its data sets hold; in lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from paribus.cli.tables import say

if TYPE_CHECKING:
    from rich.console import Console

    from paribus.data import DataSet
    from paribus.plan import Arm
    from paribus.workbench import Study

_SKIPPED_SHOWN = 5
_ARMS_NAMED = 5
_FEW_IMAGES = 200  # fewer than these make steps of half a point and more


@dataclass(frozen=True)
class UsedImages:
    """What a run has of a data set; as many with each seed, unless groups stay together."""

    train: int
    validation: int
    test: int
    classes: int
    shape: tuple[int, int, int]


def count_used(arm: "Arm", data: "DataSet") -> UsedImages:
    from paribus.data import select_test, select_training

    options = arm.recipe.data
    chosen = select_training(options, data, arm.recipe.seed_of("split"))
    test = len(select_test(options, data).positions) if "test" in data.counts else 0
    train, validation = len(chosen.train.positions), len(chosen.validation.positions)
    return UsedImages(train, validation, test, len(chosen.classes), data.shape)


def tell_data(out: "Console", asked: "Study") -> None:
    """A line for arms that use the same images; behind it the whole set, with what was passed over."""
    alike: dict[tuple[str, UsedImages], list[str]] = {}
    counted: dict[object, UsedImages] = {}  # once for arms of the same options
    for arm in asked.arms:
        key = arm.recipe.data, arm.recipe.seed_of("split")
        used = counted.get(key) or counted.setdefault(key, count_used(arm, asked.data[arm.name]))
        alike.setdefault((asked.data[arm.name].fingerprint, used), []).append(arm.name)
    told = set()
    for (fingerprint, used), arms in alike.items():
        data = asked.data[arms[0]]
        whose = f" of {_some(arms)}" if len(alike) > 1 else ""
        whole = "" if fingerprint in told else f" {_say_whole(data, used)}"
        say(out, f"Data{whose}: {_say_used(used)}.{whole}")
        if fingerprint not in told:
            _tell_skipped(out, data)
        told.add(fingerprint)


def _say_used(used: UsedImages) -> str:
    height, width = used.shape[1:]
    parts = [f"{used.train:,} images train a run", f"{used.validation:,} validate"]
    if used.validation < _FEW_IMAGES:
        parts[-1] += f" (one of them is {100 / used.validation:.1f} points)"
    parts += [f"{used.test:,} test"] * bool(used.test)
    return f"{', '.join(parts)}; {used.classes} classes, {used.shape[0]} x {height} x {width}"


def _say_whole(data: "DataSet", used: UsedImages) -> str:
    classes = f" of {len(data.classes)} classes" if len(data.classes) > used.classes else ""
    counts = ", ".join(f"{count:,} {split}" for split, count in data.counts.items())
    return f"The whole set: {counts} images{classes}."


def _some(arms: Sequence[str]) -> str:
    more = f" and {len(arms) - _ARMS_NAMED} more" if len(arms) > _ARMS_NAMED else ""
    return ", ".join(arms[:_ARMS_NAMED]) + more


def _tell_skipped(out: "Console", data: "DataSet") -> None:
    for skipped in data.skipped[:_SKIPPED_SHOWN]:
        say(out, f"  skipped: {skipped}")
    if len(data.skipped) > _SKIPPED_SHOWN:
        say(out, f"  skipped: {len(data.skipped) - _SKIPPED_SHOWN:,} more")
