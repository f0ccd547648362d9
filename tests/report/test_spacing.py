import pytest

from paribus.report.spacing import choose_spacing


@pytest.mark.parametrize(
    ("numbers", "spacing"),
    [
        ([0.1, 0.01, 0.005, 0.001, 0.0001], "log"),
        ([16, 32, 64], "log"),
        ([1, 3, 10, 30], "log"),
        ([0.01, 0.001], "log"),
        ([32, 64], "linear"),
        ([10, 20, 30], "linear"),
        ([0.0, 0.25, 0.5], "linear"),
        ([-1, 0, 1], "linear"),
        ([-1, 20, 100], "linear"),
        ([0, 1e-5, 1e-4, 1e-3], "even"),
        ([0, 1, 1000, 1001], "even"),
        ([0.5], "linear"),
    ],
)
def test_the_axis_follows_the_spacing(numbers, spacing):
    assert choose_spacing(numbers) == spacing
    assert choose_spacing(numbers[::-1]) == spacing
