"""The levels of a factor as rows of data, and what the axis of their scores covers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from paribus.analysis.grids import FactorResult, LevelResult
from paribus.report.charts import INK, Spec
from paribus.report.colours import GRAY, ArmStyle
from paribus.report.inputs import ReportInput
from paribus.report.published import beside
from paribus.report.scale import choose_reach

ROOM = 0.06  # of the axis, above and below all figures


@dataclass(frozen=True)
class Frame:
    """The axis of scores, in per cent."""

    low: float
    high: float

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high


def describe_levels(report: ReportInput, factor: FactorResult, styles: dict[str, ArmStyle]) -> list[Spec]:
    """A row for each level: its figures in per cent, its dots, what became of runs without a score."""
    return [_describe(report, factor, k, styles) for k in range(len(factor.levels))]


def _describe(report: ReportInput, factor: FactorResult, place: int, styles: dict[str, ArmStyle]) -> Spec:
    level = factor.levels[place]
    alone = len(level.arms) == 1
    arm = report.conclusion.arms[report.number_of(level.arms[0])] if alone else None
    colour = styles[level.arms[0]].colour if alone else GRAY if level.holds_control else INK
    return {
        "_place": place,
        "number": level.number,
        "label": level.label,
        "colour": colour,
        "mean": as_score(level.mean),
        "low": as_score(level.low),
        "high": as_score(level.high),
        "lost": say_lost(level),
        "published": as_score(beside(arm, report.conclusion.split)) if arm else None,
        "_tip": f"{level.label}: {say_scores(level)}",
        "dots": [
            {"value": as_score(score), "_tip": f"{level.label}, seed {seed}: {100 * score:.1f} %"}
            for seed, score in level.scores.items()
        ],
    }


def as_score(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 3)


def say_lost(level: LevelResult) -> str:
    return f"{level.diverged} of {level.runs}" if level.diverged else ""


def say_scores(level: LevelResult) -> str:
    """Mean and interval in words, or that there is none."""
    lost = f", {say_lost(level)} runs diverged" if level.diverged else ""
    if level.mean is None:
        return f"no score{lost}"
    interval = (
        "" if level.low is None or level.high is None else f" [{100 * level.low:.1f}, {100 * level.high:.1f}]"
    )
    return f"{100 * level.mean:.1f} %{interval}, n = {len(level.scores)}{lost}"


def frame_rows(rows: Sequence[Spec], also: Sequence[float] = ()) -> Frame:
    """Over all levels but those far off, so that one that never learned squeezes no other."""
    means = [row["mean"] for row in rows if row["mean"] is not None]
    centre = float(np.median(means)) if means else 50.0
    extents = [max((abs(x - centre) for x in _figures(row)), default=0.0) for row in rows]
    reach = choose_reach(extents)
    shown = [x for row, extent in zip(rows, extents, strict=True) if extent <= reach for x in _figures(row)]
    shown += [x for x in also if abs(x - centre) <= 2 * reach]
    low, high = min(shown, default=0.0), max(shown, default=100.0)
    room = ROOM * (high - low) or 1.0
    return Frame(max(low - room, 0.0), min(high + room, 100.0))


def _figures(row: Spec) -> list[float]:
    found = [row["mean"], row["low"], row["high"], row["published"], *(dot["value"] for dot in row["dots"])]
    return [x for x in found if x is not None]
