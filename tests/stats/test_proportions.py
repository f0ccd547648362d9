import pytest
from scipy.stats import binomtest

from paribus.stats import wilson_interval


@pytest.mark.parametrize(("hits", "n"), [(0, 1), (0, 20), (1, 7), (9, 18), (18, 18), (9_970, 10_000)])
@pytest.mark.parametrize("level", [0.9, 0.95, 0.9875])
def test_it_is_the_interval_of_scipy(hits, n, level):
    expected = binomtest(hits, n).proportion_ci(level, method="wilson")
    found = wilson_interval(hits, n, level)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-12)


@pytest.mark.parametrize(("hits", "n"), [(0, 0), (-1, 3), (4, 3)])
def test_what_is_no_share_is_refused(hits, n):
    with pytest.raises(ValueError, match="is no share"):
        wilson_interval(hits, n)
