"""Several studies side by side: what they share, how they differ, and which of their arms may be compared.

Nothing here was registered before the runs, so no word is said: intervals alone. Arms are paired only where
they ran with the same seeds and were judged by the same images.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from paribus.analysis.evidence import Evidence
from paribus.analysis.results import ArmResult, Conclusion
from paribus.specs import canonical, value_toml
from paribus.stats import estimate_mean

LEVEL = 0.95  # of all differences of one table together
Apart = Literal["the same runs", "other images", "no common seed", "one common seed"]


@dataclass(frozen=True)
class StudySide:
    """One of the studies, as it stands."""

    name: str  # by which the comparison calls it
    evidence: Evidence
    conclusion: Conclusion


@dataclass(frozen=True)
class ComparedArm:
    """An arm, and how it differs from the control of its table's first study."""

    study: str
    arm: ArmResult
    is_reference: bool
    pairs: int = 0
    difference: float | None = None
    low: float | None = None  # corrected for all differences of the table
    high: float | None = None
    apart: Apart | None = None  # why there is no difference


@dataclass(frozen=True)
class ComparedTable:
    """Arms with one metric on one split."""

    metric: str
    split: Literal["validation", "test"]
    level: float | None  # of its intervals of differences; None where it has none
    arms: tuple[ComparedArm, ...]

    @property
    def reference(self) -> ComparedArm:
        return next(arm for arm in self.arms if arm.is_reference)


@dataclass(frozen=True)
class ComparisonResult:
    studies: tuple[Conclusion, ...]
    names: tuple[str, ...]
    tables: tuple[ComparedTable, ...]
    settings: tuple[tuple[str, tuple[str, ...]], ...]  # place -> its value in each study, where these differ
    runs: tuple[int, ...]  # of each study
    shared: int  # runs that two studies or more have in common


def compare(sides: Sequence[StudySide]) -> ComparisonResult:
    """The first study's control is what others are compared with."""
    kinds = dict.fromkeys((side.conclusion.metric, side.conclusion.split) for side in sides)
    counted = Counter(name for side in sides for name in set(side.evidence.study.cell_runs))
    return ComparisonResult(
        studies=tuple(side.conclusion for side in sides),
        names=tuple(side.name for side in sides),
        tables=tuple(
            _make_table([side for side in sides if (side.conclusion.metric, side.conclusion.split) == kind])
            for kind in kinds
        ),
        settings=_list_settings(sides),
        runs=tuple(len(set(side.evidence.study.cell_runs)) for side in sides),
        shared=sum(count > 1 for count in counted.values()),
    )


def _make_table(sides: Sequence[StudySide]) -> ComparedTable:
    first = sides[0]
    arms = [_compare_arm(first, side, arm) for side in sides for arm in side.conclusion.arms]
    asked = [arm for arm in arms if arm.difference is not None]
    level = 1 - (1 - LEVEL) / len(asked) if asked else None
    if level is not None:
        arms = [_add_interval(first, arm, level) for arm in arms]
    return ComparedTable(first.conclusion.metric, first.conclusion.split, level, tuple(arms))


def _compare_arm(first: StudySide, side: StudySide, arm: ArmResult) -> ComparedArm:
    """Arms of the first study itself are compared in its own report."""
    bare = ComparedArm(side.name, arm, side is first and arm.is_control)
    if side is first:
        return bare
    seeds = _common_seeds(first, arm)
    control = first.conclusion.control
    cells, others = side.evidence.study.cells[arm.name], first.evidence.study.cells[control]
    if not seeds:
        return replace(bare, apart="no common seed")
    if all(cells[seed] == others[seed] for seed in seeds):
        return replace(bare, pairs=len(seeds), apart="the same runs")
    if not all(_same_images(first.evidence, others[seed], side.evidence, cells[seed]) for seed in seeds):
        return replace(bare, apart="other images")
    if len(seeds) == 1:
        return replace(bare, pairs=1, apart="one common seed")
    return replace(bare, pairs=len(seeds), difference=float(np.mean(_differences(first, arm))))


def _add_interval(first: StudySide, compared: ComparedArm, level: float) -> ComparedArm:
    if compared.difference is None:
        return compared
    mean = estimate_mean(_differences(first, compared.arm))
    interval = mean.error_bar(level)
    if interval is None:
        return compared
    return replace(compared, low=max(interval.low, -1.0), high=min(interval.high, 1.0))


def _common_seeds(first: StudySide, arm: ArmResult) -> list[int]:
    control = _control(first)
    return [
        seed
        for seed, score in arm.scores.items()
        if score is not None and control.scores.get(seed) is not None
    ]


def _differences(first: StudySide, arm: ArmResult) -> list[float]:
    control = _control(first).scores
    return [(arm.scores[seed] or 0.0) - (control[seed] or 0.0) for seed in _common_seeds(first, arm)]


def _control(side: StudySide) -> ArmResult:
    return next(arm for arm in side.conclusion.arms if arm.is_control)


def _same_images(one: Evidence, run: str, two: Evidence, other: str) -> bool:
    """Whether the two runs were judged by the same images of the same data, with the same labels."""
    if one.runs[run].data_fingerprint != two.runs[other].data_fingerprint:
        return False
    seen, also = one.predictions[run], two.predictions[other]
    return np.array_equal(seen.positions, also.positions) and np.array_equal(seen.labels, also.labels)


def _list_settings(sides: Sequence[StudySide]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Places of the base recipe and of the question that are not the same in all studies."""
    flat = [_flatten(_plain(side)) for side in sides]
    places = dict.fromkeys(place for settings in flat for place in settings)
    rows = [(place, tuple(settings.get(place, "") for settings in flat)) for place in places]
    return tuple((place, values) for place, values in rows if len(set(values)) > 1)


def _plain(side: StudySide) -> dict[str, Any]:
    spec = side.evidence.spec
    question = spec.study.model_dump(mode="json", exclude={"title"}, exclude_none=True)
    return {
        **canonical(spec.run),
        "study": question | {"seeds": list(spec.study.seeds)},
        "factors": {name: list(values) for name, values in spec.factors.items()},
        "arms": list(spec.arms),
    }


def _flatten(tree: Mapping[str, Any], under: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in tree.items():
        if isinstance(value, Mapping):
            found |= _flatten(value, f"{under}{key}.")
        elif value is not None and value != []:
            found[f"{under}{key}"] = _spell(value)
    return found


def _spell(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(_spell(item) for item in value)}]"
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{key} = {_spell(v)}' for key, v in value.items() if v is not None)} }}"
    return "none" if value is None else value_toml(value)
