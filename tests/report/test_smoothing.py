import numpy as np
import pytest
from scipy.signal import savgol_filter

from paribus.report.smoothing import choose_window, smooth


@pytest.mark.parametrize(
    ("points", "window", "order"), [(50, 7, 2), (400, 41, 2), (31, 31, 3), (257, 85, 2), (9, 5, 0)]
)
def test_smoothing_is_savitzky_and_golays_as_scipy_has_it(points, window, order):
    values = np.random.default_rng(3).normal(size=points).cumsum()
    np.testing.assert_allclose(
        smooth(values, window, order), savgol_filter(values, window, order), rtol=1e-8, atol=1e-9
    )


def test_a_parabola_is_not_changed_anywhere():
    values = np.linspace(-1, 2, 60) ** 2
    np.testing.assert_allclose(smooth(values, 21), values, atol=1e-12)


@pytest.mark.parametrize("points", [0, 1, 2, 3])
def test_lines_too_short_to_smooth_stay_as_they_are(points):
    values = np.arange(points, dtype=float)
    np.testing.assert_allclose(smooth(values, 9), values, atol=1e-12)


def test_the_window_is_odd_and_grows_with_the_line():
    windows = [choose_window(n) for n in (10, 30, 300, 10_000)]
    assert windows == [1, 7, 21, 667]
