"""Fisher's exact test: does one arm diverge more often than the other?"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln


def compare_divergence(diverged_arm: int, runs_arm: int, diverged_control: int, runs_control: int) -> float:
    """Two-sided p of k of n diverged in two arms.

    It sums the chances of all tables with the same totals that are no likelier than the one seen.
    """
    for diverged, runs in ((diverged_arm, runs_arm), (diverged_control, runs_control)):
        if not 0 <= diverged <= runs:
            raise ValueError(f"{diverged} of {runs} runs cannot have diverged")
    total = diverged_arm + diverged_control
    k = np.arange(max(0, total - runs_control), min(total, runs_arm) + 1)
    log_counts = _log_choose(runs_arm, k) + _log_choose(runs_control, total - k)
    likelihood = np.exp(log_counts - log_counts.max())
    seen = likelihood[diverged_arm - k[0]]
    # Equally likely tables differ by rounding; SciPy allows the same 1e-7.
    p = likelihood[likelihood <= seen * (1 + 1e-7)].sum() / likelihood.sum()
    return float(min(p, 1.0))


def _log_choose(n: int, k: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1), dtype=np.float64)
