import itertools
import math

import numpy as np
import pytest

from paribus.stats import bin_by_mass, bin_by_width, calibration_error, chance_error, count_bins


def made(images=1000, seed=0, honest=True):
    random = np.random.default_rng(seed)
    confidence = random.beta(4, 1.5, images)
    return confidence, random.random(images) < (confidence if honest else confidence**2)


def plain_error(confidence, correct, edges):
    """The definition, image by image."""
    total = 0.0
    for low, high in itertools.pairwise(edges):
        sure = hits = count = 0.0
        for said, is_right in zip(confidence, correct, strict=True):
            if low < said <= high:
                sure, hits, count = sure + said, hits + is_right, count + 1
        if count:
            total += count / len(confidence) * abs(sure / count - hits / count)
    return total


def test_the_error_by_width_is_that_of_a_plain_loop():
    confidence, correct = made(honest=False)
    edges = [k / 15 for k in range(16)]
    found = calibration_error(bin_by_width(confidence, correct))
    assert found == pytest.approx(plain_error(confidence, correct, edges))
    assert found > 0.05


def test_the_error_by_mass_is_that_of_a_plain_loop():
    confidence, correct = made(990, honest=False)
    ranked = sorted(confidence)
    edges = [-1, *(ranked[66 * k - 1] for k in range(1, 15)), 2]
    bins = bin_by_mass(confidence, correct, 15)
    assert {one.images for one in bins} == {66}
    assert calibration_error(bins) == pytest.approx(plain_error(confidence, correct, edges))


def test_a_confidence_at_an_edge_belongs_to_the_bin_below_it_and_one_is_in_the_last():
    bins = bin_by_width(np.array([0.5, 1.0]), np.array([True, True]), 2)
    assert [one.images for one in bins] == [1, 1]


def test_what_chance_makes_of_the_error_is_what_a_simulation_finds():
    confidence, _ = made(600)
    random = np.random.default_rng(1)
    found = [
        calibration_error(bin_by_mass(confidence, random.random(600) < confidence, 15)) for _ in range(400)
    ]
    expected = chance_error(bin_by_mass(confidence, confidence > 2, 15))
    assert math.isclose(expected, np.mean(found), rel_tol=0.03)
    assert expected > 0.03


def test_few_images_have_few_bins():
    assert [count_bins(n) for n in (1, 39, 40, 299, 300, 10_000)] == [1, 1, 2, 14, 15, 15]
