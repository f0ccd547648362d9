"""A best value at the edge of its grid: the best may lie beyond."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from paribus.analysis.results import ArmResult
from paribus.specs import StudySpec
from paribus.specs.study import places_of
from paribus.stats import FEWEST_SEEDS


@dataclass(frozen=True)
class Edge:
    """The best arm's value of a setting is the lowest or the highest that was tried."""

    arm: str
    factor: str
    place: str
    value: float
    side: Literal["lowest", "highest"]

    @property
    def sentence(self) -> str:
        return (
            f"The best arm has the {self.side} {self.place} tried, {self.value}: a better one may lie beyond."
        )


def find_edges(spec: StudySpec, arms: Sequence[ArmResult]) -> list[Edge]:
    """Of factors with three values and more; none under the seeds that a verdict needs."""
    scored = [arm for arm in arms if arm.mean is not None]
    if not scored or len(spec.study.seeds) < FEWEST_SEEDS:
        return []
    best = max(scored, key=lambda arm: arm.mean or 0.0)
    edges = []
    for factor, values in spec.factors.items():
        for place in places_of(factor):
            numbers = sorted(_numbers(arm.changes.get(place) for arm in arms))
            value = best.changes.get(place)
            if len(values) >= 3 and numbers and value and value in (numbers[0], numbers[-1]):  # 0 is an end
                side: Literal["lowest", "highest"] = "lowest" if value == numbers[0] else "highest"
                edges.append(Edge(best.name, factor, place, value, side))
    return edges


def _numbers(values: Iterable[Any]) -> set[float]:
    return {value for value in values if isinstance(value, int | float) and not isinstance(value, bool)}
