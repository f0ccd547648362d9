import numpy as np
import pytest
from scipy.stats import t

from paribus.stats import estimate_crossed
from paribus.stats.crossed import SUBTRACT_FROM


def slow_mean_squares(d):
    """Two-way layout without replication, written as the sums of a textbook."""
    n, images = d.shape
    mean = sum(d[i, j] for i in range(n) for j in range(images)) / (n * images)
    seeds = [sum(d[i, j] for j in range(images)) / images for i in range(n)]
    columns = [sum(d[i, j] for i in range(n)) / n for j in range(images)]
    ms_seed = images * sum((s - mean) ** 2 for s in seeds) / (n - 1)
    ms_image = n * sum((c - mean) ** 2 for c in columns) / (images - 1)
    residual = sum((d[i, j] - seeds[i] - columns[j] + mean) ** 2 for i in range(n) for j in range(images))
    return mean, ms_seed, ms_image, residual / ((n - 1) * (images - 1))


def draw(n, images, seed_sd=0.1, image_sd=0.5, residual_sd=0.3):
    rng = np.random.default_rng(n * 1000 + images)
    seeds, columns = rng.normal(0, seed_sd, (n, 1)), rng.normal(0, image_sd, images)
    return 0.1 + seeds + columns + rng.normal(0, residual_sd, (n, images))


@pytest.mark.parametrize("n", [2, 5, SUBTRACT_FROM - 1, SUBTRACT_FROM, 15])
def test_the_mean_squares_are_the_textbooks(n):
    d = draw(n, 20)
    mean, ms_seed, ms_image, ms_residual = slow_mean_squares(d)
    result = estimate_crossed(d)
    assert (result.mean, result.ms_seed, result.ms_image, result.ms_residual) == pytest.approx(
        (mean, ms_seed, ms_image, ms_residual)
    )
    if n < SUBTRACT_FROM:
        parts = {n - 1: ms_seed, 19: ms_image}
        total = ms_seed + ms_image
    else:
        parts = {n - 1: ms_seed, 19: ms_image, 19 * (n - 1): ms_residual}
        total = ms_seed + ms_image - ms_residual
    degrees = total**2 / sum(square**2 / free for free, square in parts.items())
    assert result.degrees == pytest.approx(degrees)
    assert result.standard_error == pytest.approx(np.sqrt(total / (n * 20)))
    assert result.p == pytest.approx(2 * t.sf(abs(mean) / result.standard_error, degrees))
    expected = t.interval(0.9, degrees, mean, result.standard_error)
    interval = result.interval(0.9)
    assert (interval.low, interval.high) == pytest.approx(expected)


def test_images_that_vary_less_than_their_residual_add_nothing():
    d = draw(12, 30, image_sd=0.0)
    d -= d.mean(axis=0)  # every image has the same mean
    result = estimate_crossed(d)
    assert result.ms_image < result.ms_residual
    assert result.standard_error == pytest.approx(np.sqrt(result.ms_seed / (12 * 30)))
    assert result.degrees == pytest.approx(11)


def test_new_images_widen_the_interval_over_seeds():
    d = draw(12, 100)
    result = estimate_crossed(d)
    assert result.standard_error > d.mean(axis=1).std(ddof=1) / np.sqrt(12)


@pytest.mark.parametrize("dtype", [np.int8, np.float32, np.float64])
def test_any_kind_of_number_will_do_and_stays_as_it_was(dtype):
    d = np.random.default_rng(0).integers(-1, 2, (6, 40)).astype(dtype)
    before = d.copy()
    assert estimate_crossed(d) == estimate_crossed(d.astype(np.float64))
    assert np.array_equal(d, before)


@pytest.mark.parametrize(("value", "p"), [(0, 1), (1, 0)])
@pytest.mark.parametrize("n", [5, 10])
def test_equal_differences_give_an_interval_of_no_width(value, p, n):
    result = estimate_crossed(np.full((n, 30), value, dtype=np.int8))
    interval = result.interval()
    assert (result.p, interval.low, interval.high) == (p, value, value)


@pytest.mark.parametrize("shape", [(1, 10), (10, 1)])
def test_one_seed_or_one_image_says_nothing_about_others(shape):
    assert estimate_crossed(np.ones(shape)) is None


@pytest.mark.parametrize("wrong", [np.ones(3), np.ones((0, 3)), np.full((2, 2), np.nan)])
def test_what_is_not_seeds_by_images_is_refused(wrong):
    with pytest.raises(ValueError, match=r"seeds by images|NaN or infinity"):
        estimate_crossed(wrong)
