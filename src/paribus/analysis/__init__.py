"""Records become a conclusion. Knows no files, no pages and no torch."""

from paribus.analysis.conclude import conclude
from paribus.analysis.evidence import Evidence
from paribus.analysis.metrics import Predictions, score
from paribus.analysis.results import ArmResult, Conclusion, ContrastResult, DivergenceResult, Word

__all__ = [
    "ArmResult",
    "Conclusion",
    "ContrastResult",
    "DivergenceResult",
    "Evidence",
    "Predictions",
    "Word",
    "conclude",
    "score",
]
