"""The learning rate over the steps of a run, as the schedule itself has it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from paribus.errors import ParibusError
from paribus.report.inputs import ReportInput
from paribus.schedules import Course, Validated, rate_factors
from paribus.specs import RecipeSpec
from paribus.specs.schedules import Plateau
from paribus.store import EpochRecord

MOST_POINTS = 400  # of one line


@dataclass(frozen=True)
class RateLine:
    """`rates[k]` is the rate of step `steps[k]`, counted from 0; not all of a run's steps."""

    steps: tuple[int, ...]
    rates: tuple[float, ...]
    steps_per_epoch: int
    total: int  # steps of the run

    @property
    def is_constant(self) -> bool:
        return min(self.rates) == max(self.rates)

    @property
    def peak(self) -> tuple[int, float]:
        """The first step with the highest rate, and that rate."""
        top = max(self.rates)
        return self.steps[self.rates.index(top)], top


def trace_rates(
    recipe: RecipeSpec, steps_per_epoch: int, history: Sequence[Validated] = (), epochs: int | None = None
) -> RateLine:
    """Over `epochs`, or all of the recipe's. A schedule that watches validation needs the history."""
    total = steps_per_epoch * recipe.epochs
    ended = steps_per_epoch * (recipe.epochs if epochs is None else epochs)
    chosen = _choose_steps(ended, steps_per_epoch)
    rates, factor, epoch = [], None, -1
    for step in chosen:
        if step // steps_per_epoch != epoch:
            epoch = step // steps_per_epoch
            factor = rate_factors(recipe.schedule, Course(total, recipe.epochs, history[:epoch]))
        assert factor is not None
        rates.append(recipe.optimizer.lr * factor(step))
    return RateLine(tuple(chosen), tuple(rates), steps_per_epoch, ended)


def depends_on_history(recipe: RecipeSpec) -> bool:
    return isinstance(recipe.schedule, Plateau)


def group_alike(lines: Iterable[tuple[str, RateLine]]) -> list[tuple[tuple[str, ...], RateLine]]:
    """Arms with the same rates at the same steps, together, in their order."""
    groups: dict[RateLine, list[str]] = {}
    for name, line in lines:
        groups.setdefault(line, []).append(name)
    return [(tuple(names), line) for line, names in groups.items()]


def trace_report(report: ReportInput) -> list[tuple[tuple[str, ...], RateLine]]:
    """One line for each way that rates went, as its arms' first run with a history had it."""
    found = []
    for arm in report.conclusion.arms:
        for seed, history in report.histories.get(arm.name, {}).items():
            line = _trace_run(report.runs[arm.name][seed].recipe, history) if history else None
            if line is not None:
                found.append((arm.name, line))
                break
    return group_alike(found)


def _trace_run(recipe: dict[str, object], history: Sequence[EpochRecord]) -> RateLine | None:
    """None where the recipe cannot be read any more, or its steps were not kept."""
    steps = len(history[0].step_losses)
    try:
        return trace_rates(RecipeSpec.model_validate(recipe), steps, history, len(history)) if steps else None
    except (ParibusError, ValueError):  # the user's own net is gone
        return None


def _choose_steps(total: int, steps_per_epoch: int) -> list[int]:
    """All, or so many at equal distances, with the ends of epochs as far as these are not more."""
    if total <= MOST_POINTS:
        return list(range(total))
    even = {round(k * (total - 1) / (MOST_POINTS - 1)) for k in range(MOST_POINTS)}
    epochs = total // steps_per_epoch
    ends = {step for k in range(epochs) for step in (k * steps_per_epoch, (k + 1) * steps_per_epoch - 1)}
    return sorted(even | ends if epochs <= MOST_POINTS // 4 else even)
