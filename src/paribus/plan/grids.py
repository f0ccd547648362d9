"""The grid of a study's factors: which arms are its cells, and which value each of them has."""

import itertools
from dataclasses import dataclass
from typing import Any

from paribus.plan.arms import name_level
from paribus.specs import StudySpec
from paribus.specs.study import places_of


@dataclass(frozen=True)
class Factor:
    """A setting that varies, or several that vary together; its levels in the file's order."""

    name: str  # as the study has it: "optimizer.lr", or "batch_size, optimizer.lr"
    labels: tuple[str, ...]
    numbers: tuple[float, ...] | None  # None where a level is anything but one number

    @property
    def places(self) -> list[str]:
        return places_of(self.name)


@dataclass(frozen=True)
class Grid:
    """Every combination of the factors' levels, each once."""

    factors: tuple[Factor, ...]
    cells: dict[str, tuple[int, ...]]  # arm -> its level of each factor


def find_grid(spec: StudySpec) -> Grid | None:
    """Of the factors that vary; None where none does."""
    names = {
        factor: [_name_places(factor, value) for value in values] for factor, values in spec.factors.items()
    }
    varying = [k for k, levels in enumerate(names.values()) if len(levels) > 1]
    if not varying:
        return None
    cells = {}
    for chosen in itertools.product(*(range(len(levels)) for levels in names.values())):
        named = (names[factor][k] for factor, k in zip(names, chosen, strict=True))
        arm = ",".join(text for places in named for text in places.values())
        cells[arm] = tuple(chosen[k] for k in varying)
    factors = [_make_factor(factor, levels, spec.factors[factor]) for factor, levels in names.items()]
    return Grid(tuple(factors[k] for k in varying), cells)


def _name_places(factor: str, value: Any) -> dict[str, str]:
    """For each place of a factor what an arm's name says of it: "optimizer.lr=0.1"."""
    places = places_of(factor)
    together = value if len(places) > 1 else [value]
    return {place: name_level(place, v, "study")[0] for place, v in zip(places, together, strict=True)}


def _make_factor(factor: str, levels: list[dict[str, str]], values: tuple[Any, ...]) -> Factor:
    labels = [
        ", ".join(text.removeprefix(f"{place}=") for place, text in places.items()) for places in levels
    ]
    numbers = [float(v) for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
    return Factor(factor, tuple(labels), tuple(numbers) if len(numbers) == len(values) else None)
