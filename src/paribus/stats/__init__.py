"""Statistics as pure functions of arrays: intervals, tests, words, power.

This room knows nothing of studies, runs or the ledger, and imports neither torch nor scipy.stats.
"""

from paribus.stats.best import compare_all, find_possible_best
from paribus.stats.calibration import (
    Bin,
    bin_by_mass,
    bin_by_width,
    calibration_error,
    chance_error,
    count_bins,
)
from paribus.stats.claim_tests import (
    Beats,
    Best,
    ClaimTest,
    ClaimWord,
    Diverges,
    Equals,
    Reaches,
    Reading,
    runs_to_decide,
)
from paribus.stats.claims import ClaimResult, judge_claims
from paribus.stats.crossed import CrossedResult, estimate_crossed
from paribus.stats.divergence import compare_divergence
from paribus.stats.doubts import find_doubts, find_mistakes, margins
from paribus.stats.expected_best import ExpectedBest, expect_best
from paribus.stats.factorial import EffectResult, estimate_effects
from paribus.stats.families import (
    FEWEST_SEEDS,
    ContrastResult,
    Word,
    choose_word,
    correct_holm,
    judge_family,
)
from paribus.stats.intervals import IntervalResult, MeanResult, estimate_mean, t_interval
from paribus.stats.pairs import Pair
from paribus.stats.power import (
    SeedsResult,
    compute_power,
    detectable_difference,
    sd_range,
    seeds_needed,
)
from paribus.stats.proportions import exact_interval, exact_p_value, wilson_interval
from paribus.stats.signflip import flip_signs
from paribus.stats.single_seed import SingleSeedResult, compare_single_seeds, pairing_threshold

__all__ = [
    "FEWEST_SEEDS",
    "Beats",
    "Best",
    "Bin",
    "ClaimResult",
    "ClaimTest",
    "ClaimWord",
    "ContrastResult",
    "CrossedResult",
    "Diverges",
    "EffectResult",
    "Equals",
    "ExpectedBest",
    "IntervalResult",
    "MeanResult",
    "Pair",
    "Reaches",
    "Reading",
    "SeedsResult",
    "SingleSeedResult",
    "Word",
    "bin_by_mass",
    "bin_by_width",
    "calibration_error",
    "chance_error",
    "choose_word",
    "compare_all",
    "compare_divergence",
    "compare_single_seeds",
    "compute_power",
    "correct_holm",
    "count_bins",
    "detectable_difference",
    "estimate_crossed",
    "estimate_effects",
    "estimate_mean",
    "exact_interval",
    "exact_p_value",
    "expect_best",
    "find_doubts",
    "find_mistakes",
    "find_possible_best",
    "flip_signs",
    "judge_claims",
    "judge_family",
    "margins",
    "pairing_threshold",
    "runs_to_decide",
    "sd_range",
    "seeds_needed",
    "t_interval",
    "wilson_interval",
]
