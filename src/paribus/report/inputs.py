"""What a report is made from, and the few questions that every part of it asks."""

from dataclasses import dataclass, field

from paribus.analysis.effects import EffectsResult
from paribus.analysis.ensembles import EnsembleResult
from paribus.analysis.grids import GridResult
from paribus.analysis.pairs import PairsResult
from paribus.analysis.results import ArmResult, Conclusion, ContrastResult
from paribus.nets.layer_table import LayerTable
from paribus.report.images.views import ImagesSection
from paribus.report.passport.views import DataSection
from paribus.store import EpochRecord, RunRecord


@dataclass(frozen=True)
class Model:
    """A net, and the arms that train it."""

    arms: tuple[str, ...]
    table: LayerTable


@dataclass(frozen=True)
class ReportInput:
    """Everything that a report shows. The same input always gives the same bytes."""

    conclusion: Conclusion
    runs: dict[str, dict[int, RunRecord]]  # arm -> seed -> the run
    histories: dict[str, dict[int, list[EpochRecord]]]  # arm -> seed -> its epochs
    study_toml: str  # the study file as it was parsed
    command: str  # what reproduces it
    facts: dict[str, str]  # versions, machine, data fingerprint, revision
    made: float  # seconds since 1970
    stages: dict[str, list[RunRecord]] = field(default_factory=dict)  # that those start from
    trials: tuple[RunRecord, ...] = ()  # of its search
    data: DataSection | None = None  # None where the data are not there any more
    models: tuple[Model, ...] = ()  # each different net, the control's first
    ensembles: tuple[EnsembleResult, ...] = ()  # of arms with two finished runs and more
    images: ImagesSection | None = None  # what the nets say of images; None where no run has finished
    grid: GridResult | None = None  # None where no factor varies
    effects: EffectsResult | None = None  # None under two factors
    pairs: PairsResult | None = None  # None under three arms that finished

    @property
    def control(self) -> ArmResult:
        return next(arm for arm in self.conclusion.arms if arm.is_control)

    def contrast_of(self, arm: str) -> ContrastResult | None:
        return next((c for c in self.conclusion.contrasts if c.arm == arm), None)

    def number_of(self, arm: str) -> int:
        """The arm's place in the study, from 0: its colour and the address of its row follow from it."""
        return [a.name for a in self.conclusion.arms].index(arm)

    def outcome_of(self, arm: str) -> str:
        """The word of an arm's contrast, or why it has none."""
        contrast = self.contrast_of(arm)
        if contrast is None:
            return "control"
        if contrast.word:
            return contrast.word
        result = self.conclusion.arms[self.number_of(arm)]
        if result.diverged:
            return f"{result.diverged} of {len(result.states)} diverged"
        return "no verdict" if contrast.pairs else "no pairs yet"

    def distinct_runs(self) -> list[RunRecord]:
        """Each run once, though two arms may share it."""
        of_arms = (run for seeds in self.runs.values() for run in seeds.values())
        of_stages = (run for runs in self.stages.values() for run in runs)
        every = (*of_stages, *self.trials, *of_arms)
        return list({run.fingerprint: run for run in every}.values())


def pair_differences(arm: ArmResult, control: ArmResult) -> dict[int, float]:
    """Arm minus control for each seed that has both, as shares."""
    return {
        seed: score - other
        for seed, score in arm.scores.items()
        if score is not None and (other := control.scores.get(seed)) is not None
    }


def row_id(number: int) -> str:
    """Where an arm's row of the table stands in the page."""
    return f"arm-{number}"
