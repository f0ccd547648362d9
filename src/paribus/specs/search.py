"""The table [search]: settings that are looked for by trials, before a study confirms what they found.

Knows what may be tried, not how it is chosen.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, field_validator, model_validator
from pydantic_core import PydanticCustomError

from paribus.specs.base import Plain, Sequence, Spec
from paribus.specs.merging import flat_places
from paribus.specs.words import quoted

WINNER = "winner"  # the arm that the best trial becomes
FIRST_SEED = 1000  # of trials: far from those of a study, which may grow without touching the search

Method = Literal["random", "tpe", "halving"]
Number = int | float
_EXPECTED = "a list of choices, or a range such as { low = 0.001, high = 0.1, log = true }"
_OWN = {"startup": "tpe", "eta": "halving", "shortest": "halving"}  # options of one method alone


class RangeSpec(Spec):
    """Numbers from `low` to `high`, both included; whole ones where the ends are whole."""

    low: Number
    high: Number
    log: bool = False  # drawn evenly over orders of magnitude
    step: Number | None = None  # only every so many from `low` on

    @model_validator(mode="after")
    def _refuse_what_cannot_be(self) -> "RangeSpec":
        if self.low >= self.high:
            raise _fault("high", self.high, f"a number above low, which is {self.low:g}")
        if self.log and self.low <= 0:
            raise _fault("low", self.low, "a number above 0, for log")
        if self.step is not None and self.log:
            raise _fault("step", self.step, "no step beside log")
        if self.step is not None and not 0 < self.step <= self.high - self.low:
            raise _fault("step", self.step, f"a number above 0, up to {self.high - self.low:g}")
        return self

    @property
    def is_whole(self) -> bool:
        return all(isinstance(number, int) for number in (self.low, self.high, self.step or 1))

    @property
    def count(self) -> int | None:
        """How many values it has; None where they are not counted."""
        step = self.step or (1 if self.is_whole else None)
        return None if step is None else math.floor((self.high - self.low) / step * (1 + 1e-12)) + 1

    def value_at(self, place: int) -> Number:
        """Of the values that are counted."""
        value = self.low + place * (self.step or 1)
        return value if self.is_whole else float(f"{value:.12g}")


def _fault(key: str, given: Any, expected: str) -> PydanticCustomError:
    told = {"key": key, "given": quoted(given), "expected": expected}
    return PydanticCustomError("range", "given {given}; expected {expected}", told)


def _list_or_range(given: Any) -> Any:
    if isinstance(given, list | tuple | dict | RangeSpec):
        return given
    raise PydanticCustomError(
        "dimension", "given {given}; expected {expected}", {"given": quoted(given), "expected": _EXPECTED}
    )


Choices = Annotated[Sequence[Plain], Field(min_length=1, max_length=1000)]
Dimension = Annotated[
    Annotated[RangeSpec, Tag("<range>")] | Annotated[Choices, Tag("<choices>")],
    Discriminator(lambda given: "<range>" if isinstance(given, dict | RangeSpec) else "<choices>"),
    BeforeValidator(_list_or_range),
]


@dataclass(frozen=True)
class Rung:
    """So many configurations are trained for so many epochs."""

    count: int
    epochs: int


class SearchSpec(Spec):
    """How many trials, how they are chosen, and from what. A trial varies the recipe of [run]."""

    method: Method = "tpe"
    trials: Annotated[int, Field(ge=2, le=10_000)]
    space: Annotated[dict[str, Dimension], Field(min_length=1)]  # what is tried, by place
    batch: Annotated[int, Field(ge=1, le=1000)] = 4  # trials that tpe asks for together
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0  # draws what is tried
    # what each trial is trained with: a number means so many from 1000 on
    seeds: Annotated[Sequence[Annotated[int, Field(ge=0, lt=2**31)]], Field(min_length=1, max_length=100)] = (
        FIRST_SEED,
    )
    startup: Annotated[int, Field(ge=1)] | None = (
        None  # of tpe: so many first trials are drawn, by default 10
    )
    eta: Annotated[int, Field(ge=2, le=100)] | None = None  # of halving: one in so many goes on, by default 3
    shortest: Annotated[int, Field(ge=1)] | None = None  # of halving: epochs of the first rung, at least

    @field_validator(
        "seeds",
        mode="before",
        json_schema_input_type=Annotated[int, Field(ge=1, le=100)]
        | Annotated[Sequence[int], Field(min_length=1, max_length=100)],
    )
    @classmethod
    def _a_number_means_so_many(cls, given: Any) -> Any:
        if isinstance(given, int) and not isinstance(given, bool) and 1 <= given <= 100:
            return tuple(range(FIRST_SEED, FIRST_SEED + given))
        if not isinstance(given, list | tuple):
            expected = f"a number from 1 to 100 (3 means {FIRST_SEED} to {FIRST_SEED + 2}) or a list of seeds"
            raise PydanticCustomError(
                "seeds", "given {given}; expected {expected}", {"given": quoted(given), "expected": expected}
            )
        return given

    @field_validator("seeds")
    @classmethod
    def _each_seed_once(cls, given: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(dict.fromkeys(given))

    @field_validator("space", mode="before", json_schema_input_type=dict[str, Dimension | dict[str, Any]])
    @classmethod
    def _places_may_go_without_quotes(cls, given: Any) -> Any:
        return dict(flat_places(given, RANGE_KEYS)) if isinstance(given, dict) else given

    @field_validator("space")
    @classmethod
    def _places_that_may_be_searched(cls, space: dict[str, Any]) -> dict[str, Any]:
        varied: set[str] = set()
        for name, dimension in space.items():
            places = places_in(name)
            for place in places:
                if why := _why_not(place):
                    raise PydanticCustomError("place", "{why}", {"key": name, "why": why})
                if place in varied:
                    raise PydanticCustomError(
                        "twice", "'{place}' is varied twice", {"key": name, "place": place}
                    )
                varied.add(place)
            _refuse_unfit(name, dimension, len(places))
        return space

    @model_validator(mode="after")
    def _options_of_its_method(self) -> "SearchSpec":
        for key, method in _OWN.items():
            if getattr(self, key) is not None and self.method != method:
                raise PydanticCustomError(
                    "option",
                    "only method '{method}' has it; this is '{mine}'. Leave it out",
                    {"key": key, "method": method, "mine": self.method},
                )
        if self.method == "tpe" and self.startup_trials >= self.trials:
            raise PydanticCustomError(
                "startup",
                "the first {startup} trials of tpe are drawn at random, so {trials} learn nothing; "
                "give more trials, a smaller 'startup', or method = 'random'",
                {"key": "trials", "startup": self.startup_trials, "trials": self.trials},
            )
        if self.method == "halving" and "epochs" in {p for name in self.space for p in places_in(name)}:
            raise PydanticCustomError(
                "epochs",
                "halving itself varies the length; run.epochs is that of the last rung. Leave it out here",
                {"key": "space.epochs"},
            )
        return self

    @property
    def startup_trials(self) -> int:
        return self.startup or 10

    @property
    def stages(self) -> set[str]:
        """Those that a choice starts from."""
        named = set()
        for name, dimension in self.space.items():
            places = places_in(name)
            for choice in () if isinstance(dimension, RangeSpec) else dimension:
                for place, value in zip(places, choice if len(places) > 1 else [choice], strict=True):
                    start = {"start": value, "start.stage": {"stage": value}}.get(place)
                    named.add(start.get("stage") if isinstance(start, Mapping) else None)
        return {stage for stage in named if isinstance(stage, str)}

    def rungs(self, epochs: int) -> tuple[Rung, ...]:
        """Of halving, the first one first; `epochs` is the length of the last."""
        eta, shortest = self.eta or 3, self.shortest or 1
        count = 1
        while self.trials >= eta**count and epochs / eta**count >= shortest:
            count += 1
        lengths = [max(round(epochs / eta ** (count - 1 - k)), shortest) for k in range(count)]
        return tuple(Rung(self.trials // eta**k, length) for k, length in enumerate(lengths))


def _why_not(place: str) -> str | None:
    """Why a setting cannot be searched for; None where it can."""
    if place == "seed":
        return "seeds are no setting; the trials' are in search.seeds"
    if place == "data" or place.startswith("data."):
        return (
            "trials are compared on the same images, so data cannot be searched; make it an arm or a factor"
        )
    return None


def _refuse_unfit(name: str, dimension: Any, count: int) -> None:
    """Values that do not go with the number of settings that vary together, and choices given twice."""
    if isinstance(dimension, RangeSpec):
        if count > 1:
            raise PydanticCustomError(
                "zip",
                "names {count} settings, which no range can vary together; "
                "expected a list of lists of {count}",
                {"key": name, "count": count},
            )
        return
    for value in dimension:
        if count > 1 and not (isinstance(value, list | tuple) and len(value) == count):
            raise PydanticCustomError(
                "zip",
                "names {count} settings, so each of its choices is a list of {count}; given {given}",
                {"key": name, "count": count, "given": quoted(value)},
            )
    for place, value in enumerate(dimension):
        if any(type(value) is type(other) and value == other for other in dimension[:place]):
            raise PydanticCustomError(
                "twice", "{given} is listed twice", {"key": name, "given": quoted(value)}
            )


RANGE_KEYS = frozenset(RangeSpec.model_fields)  # by which a range is told from a table of dimensions


def places_in(name: str) -> list[str]:
    """The settings that vary together: "a.b, c" is a.b and c."""
    return [place.strip() for place in name.split(",")]
