"""Records become a conclusion. Knows no pages and no torch."""

from paribus.analysis.choosing import ChosenRun, choose_run
from paribus.analysis.comparing import ComparisonResult, StudySide, compare
from paribus.analysis.conclude import conclude
from paribus.analysis.edges import Edge
from paribus.analysis.effects import Effect, EffectsResult, judge_effects
from paribus.analysis.ensembles import EnsembleResult, judge_ensembles
from paribus.analysis.evidence import Evidence, gather_evidence
from paribus.analysis.foresight import ArmForesight, Cost, Foresight, foresee
from paribus.analysis.grids import FactorResult, GridResult, LevelResult, judge_grid
from paribus.analysis.held_out import gather_held_out
from paribus.analysis.leaks import LeakResult, judge_without
from paribus.analysis.metrics import Predictions, score
from paribus.analysis.pairs import PairResult, PairsResult, judge_pairs
from paribus.analysis.results import ArmResult, Conclusion, ContrastResult, DivergenceResult, Word
from paribus.analysis.revisions import Revisions

__all__ = [
    "ArmForesight",
    "ArmResult",
    "ChosenRun",
    "ComparisonResult",
    "Conclusion",
    "ContrastResult",
    "Cost",
    "DivergenceResult",
    "Edge",
    "Effect",
    "EffectsResult",
    "EnsembleResult",
    "Evidence",
    "FactorResult",
    "Foresight",
    "GridResult",
    "LeakResult",
    "LevelResult",
    "PairResult",
    "PairsResult",
    "Predictions",
    "Revisions",
    "StudySide",
    "Word",
    "choose_run",
    "compare",
    "conclude",
    "foresee",
    "gather_evidence",
    "gather_held_out",
    "judge_effects",
    "judge_ensembles",
    "judge_grid",
    "judge_pairs",
    "judge_without",
    "score",
]
