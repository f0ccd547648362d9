"""Settings that are drawn from a range: a number for how far either way, or both ends, `[low, high]`."""

import math
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from paribus.specs.words import quoted

Pair = tuple[float, float]
Range = float | Pair


@dataclass(frozen=True)
class Within:
    """The annotation of a range: its ends lie from `low` to `high`, the low one first.

    With `around`, a single number is welcome too: how far either way from there, as far as `low` allows.
    """

    low: float
    high: float
    around: float | None = None

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self._check)

    def __get_pydantic_json_schema__(
        self, _schema: CoreSchema, _handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        end = {"type": "number", "minimum": self.low, "maximum": self.high}
        pair = {"type": "array", "items": end, "minItems": 2, "maxItems": 2}
        if self.around is None:
            return pair
        return {"anyOf": [{"type": "number", "minimum": 0, "maximum": self.high - self.around}, pair]}

    def _check(self, given: Any) -> Range:
        """One message, where a union would have one for each kind that would do."""
        if self.around is not None and _is_number(given):
            if 0 <= given <= self.high - self.around:
                return float(given)
            raise self._fault(given, f"a number from 0 to {self.high - self.around:g}")
        if not isinstance(given, list | tuple) or len(given) != 2 or not all(map(_is_number, given)):
            raise self._fault(given, "[low, high]" if self.around is None else "a number or [low, high]")
        low, high = float(given[0]), float(given[1])
        if low > high:
            raise self._fault(given, "the low end first")
        if low < self.low or high > self.high:
            raise self._fault(given, f"both ends from {self.low:g} to {self.high:g}")
        return low, high

    @staticmethod
    def _fault(given: Any, expected: str) -> PydanticCustomError:
        return PydanticCustomError(
            "range", "given {given}; expected {expected}", {"given": quoted(given), "expected": expected}
        )


def both_ends(given: Range, around: float = 0.0) -> Pair:
    """[low, high] of a range that is around 0 or around 1; factors, those around 1, are never negative."""
    if isinstance(given, tuple):
        return given
    low = around - given
    return (max(low, 0.0) if around else low), around + given


def _is_number(given: Any) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool) and math.isfinite(given)
