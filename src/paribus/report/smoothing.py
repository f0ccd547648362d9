"""Savitzky-Golay smoothing. The page does the same for other windows: scripts/smoothing.js.

SciPy has the same filter, but importing `scipy.signal` takes 0.6 s, and a report should feel instant;
the tests compare the two.
"""

import numpy as np
from numpy.typing import NDArray

ORDER = 2

Values = NDArray[np.float64]


def smooth(values: Values, window: int, order: int = ORDER) -> Values:
    """Fit a polynomial to each window of points and take its middle; at both ends, its outer part."""
    window = min(window, len(values))
    window -= 1 - window % 2
    if window <= order:
        return values.copy()
    half = window // 2
    powers = np.vander(np.arange(-half, half + 1) / half, order + 1)  # [window, order + 1]
    fit = np.linalg.pinv(powers)  # [order + 1, window]
    middle = np.convolve(values, fit[-1][::-1], mode="valid")
    first = powers[:half] @ (fit @ values[:window])
    last = powers[-half:] @ (fit @ values[-window:])
    return np.concatenate([first, middle, last])


def choose_window(points: int) -> int:
    """A fifteenth of the line, odd, and at least seven points; short lines stay as they are."""
    return max(7, points // 15) | 1 if points >= 30 else 1
