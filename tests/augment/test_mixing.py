import numpy as np
import pytest
import torch
from scipy import stats

from paribus.augment.mixing import beta_quantile

from .small import as_it_is, drawn, images


def mixed(asked, pixels, first=0, **keys):
    variations = drawn(asked, pixels, **keys)
    return variations.mix(variations.vary(pixels, as_it_is(pixels.shape[1])), first)


def test_without_mixing_an_image_keeps_its_label():
    pixels = images()
    found, shares = mixed(["flip"], pixels)
    assert shares is None
    assert found.shape == pixels.shape


def test_mixup_blends_with_the_image_before():
    pixels = images(count=50)
    found, shares = mixed(["mixup"], pixels)
    share = shares[:, None, None, None]
    expected = share * pixels + (1 - share) * pixels.roll(1, 0)
    assert torch.allclose(found, expected, atol=1e-3)
    assert len(set(shares.tolist())) == 50
    assert 0 <= shares.min() <= shares.max() <= 1


@pytest.mark.parametrize(("height", "width"), [(16, 12), (7, 31), (1, 1)])
def test_cutmix_pastes_a_rectangle_and_the_label_keeps_the_share_of_the_area(height, width):
    pixels = images(height, width, count=300)
    pixels[0::2] = pixels[0::2] // 2  # no value in two neighbours
    pixels[1::2] = pixels[1::2] // 2 + 128
    found, shares = mixed(["cutmix"], pixels)
    pasted = (found != pixels).any(1)
    assert torch.equal(found, torch.where(pasted[:, None], pixels.roll(1, 0), pixels).float())
    assert torch.allclose(1 - pasted.float().mean((1, 2)), shares, atol=1e-6)
    if height > 1:
        for rectangle in pasted[pasted.any((1, 2))]:
            rows, columns = rectangle.any(1).sum(), rectangle.any(0).sum()
            assert rows * columns == rectangle.sum()


def test_only_so_many_images_are_mixed():
    pixels = images(4, 4, count=1000)
    for name in ("mixup", "cutmix"):
        _, shares = mixed([{"name": name, "probability": 0.3, "alpha": 5}], pixels)
        assert abs(float((shares < 1).float().mean()) - 0.3) < 0.06, name


def test_where_both_are_listed_each_image_gets_one_of_them_with_even_odds():
    pixels = images(16, 16, count=1000)
    one, other = ({"name": name, "alpha": 8} for name in ("mixup", "cutmix"))
    both, shares = mixed([one, other], pixels)
    is_one, is_other = (
        torch.isclose(both, mixed([each], pixels)[0], atol=1e-3).flatten(1).all(1) for each in (one, other)
    )
    assert (is_one | is_other).all()
    assert abs(float(is_one.float().mean()) - 0.5) < 0.06
    for chosen, each in ((is_one, one), (is_other, other)):
        assert torch.equal(shares[chosen], mixed([each], pixels)[1][chosen])
    assert torch.equal(mixed([other, one], pixels)[1] < 1, shares < 1)


@pytest.mark.parametrize("alpha", [0.01, 0.2, 1.0, 4.0, 100.0])
def test_shares_follow_beta(alpha):
    draws = torch.from_numpy(np.random.default_rng(0).random(4000, dtype=np.float32))
    found = beta_quantile(draws, alpha).numpy()
    assert np.isfinite(found).all()
    assert 0 <= found.min() <= found.max() <= 1
    if alpha >= 0.2:
        assert stats.kstest(found.astype(np.float64), stats.beta(alpha, alpha).cdf).pvalue > 1e-3
    edge = beta_quantile(torch.tensor([0.0, 1 - 2**-24]), alpha)
    assert 0 <= edge[0] < edge[1] <= 1


def test_mixing_has_its_own_draws_for_each_seed_and_epoch():
    pixels = images(count=40)
    found = [mixed(["mixup"], pixels, seed=seed, epoch=epoch)[1] for seed in (0, 1) for epoch in (0, 1)]
    assert len({tuple(shares.tolist()) for shares in found}) == 4
    assert torch.equal(mixed(["flip", "mixup", "rotate"], pixels)[1], found[0])
