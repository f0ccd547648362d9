import itertools

import numpy as np
import pytest
import torch
from scipy import stats

from paribus.augment import Size

from .small import carried_out, images, parts_of, size_of

SIZE = Size(3, 32, 32)
NAMED = 13  # operations that do something


def touched(asked, count=4000):
    """bool [slots, operations, images]."""
    found = torch.stack([part.touched for part in parts_of(asked, count, SIZE)])
    return found.view(-1, NAMED, count).numpy()


@pytest.mark.parametrize("operations", [1, 2, 5])
def test_each_image_picks_so_many_of_fourteen_with_even_odds(operations):
    found = touched({"name": "rand-augment", "operations": operations})
    assert found.shape[0] == operations
    assert found.sum(1).max() == 1
    for slot in found:
        counts = [*slot.sum(1), (~slot.any(0)).sum()]
        assert stats.chisquare(counts).pvalue > 1e-3
    picks = [np.where(slot.any(0), slot.argmax(0), NAMED) for slot in found]
    for one, other in itertools.pairwise(picks):  # chosen apart from each other
        assert stats.chi2_contingency(np.histogram2d(one, other, bins=NAMED + 1)[0]).pvalue > 1e-3


def test_only_so_many_images_are_touched():
    found = touched({"name": "trivial-augment", "probability": 0.3}).any((0, 1))
    assert abs(found.mean() - 0.3 * 13 / 14) < 0.03


def test_trivial_augment_draws_all_31_strengths_and_both_signs():
    turns = parts_of("trivial-augment", 20_000, SIZE)[4].parameters["degrees"]
    assert len(set(turns.tolist())) == 61
    assert float(turns.max()) == -float(turns.min()) == 135


def test_rand_augment_has_one_strength_and_both_signs():
    for magnitude, degrees in [(0, 0), (9, 9), (30, 30)]:
        parts = parts_of({"name": "rand-augment", "magnitude": magnitude}, 100, SIZE)
        assert set(parts[4].parameters["degrees"].tolist()) == {-degrees, degrees}


def test_what_an_image_picks_twice_happens_twice():
    pixels = images(32, 32, 3, 3000)
    parts = parts_of({"name": "rand-augment", "magnitude": 30}, 3000, size_of(pixels))
    both = (parts[3].touched & parts[3 + NAMED].touched).nonzero()[:, 0]
    assert len(both) > 3
    found = carried_out(parts, pixels)
    for image in both.tolist():
        down = sum(int(parts[at].parameters["y"][image]) for at in (3, 3 + NAMED))
        assert abs(down) in {0, 28}  # 14 of 32 pixels each time
        expected = torch.zeros(3, 32, 32)
        low, high = max(down, 0), min(32 + down, 32)
        expected[:, low:high] = pixels[image, :, low - down : high - down].float()
        assert torch.allclose(found[image], expected, atol=0.01)
