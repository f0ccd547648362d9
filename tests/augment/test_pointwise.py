import itertools

import numpy as np
import pytest
import torch
from PIL import Image, ImageOps
from scipy import ndimage, stats

from paribus.augment.grain import PLACES, Grain
from paribus.augment.operations import Size
from paribus.augment.pointwise import AUTOCONTRAST, EQUALIZE, POSTERIZE, SHARPEN, SOLARIZE

from .small import SIZES, done, images, parameters_of, smooth, varied


def by_pillow(change, pixels):
    """Of gray images."""
    return np.stack([np.asarray(change(Image.fromarray(image[0]))) for image in pixels.numpy()])[:, None]


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_equalize_is_pillows(height, width):
    for pixels in (images(height, width, 1), smooth(height, width), images(height, width, 1) // 40):
        assert np.array_equal(done(EQUALIZE, pixels).numpy(), by_pillow(ImageOps.equalize, pixels))


@pytest.mark.parametrize("bits", range(1, 9))
def test_posterize_is_pillows(bits):
    pixels = images(16, 16, 1)
    expected = by_pillow(lambda image: ImageOps.posterize(image, bits), pixels)
    assert np.array_equal(done(POSTERIZE, pixels, bits=bits).numpy(), expected)


@pytest.mark.parametrize("threshold", [0, 1, 128, 200, 255])
def test_solarize_is_pillows(threshold):
    pixels = images(16, 16, 1)
    expected = by_pillow(lambda image: ImageOps.solarize(image, threshold), pixels)
    assert np.array_equal(done(SOLARIZE, pixels, threshold=threshold).numpy(), expected)


def test_autocontrast_stretches_each_channel_and_leaves_a_flat_one():
    pixels = images(9, 9, 3, 4) // 3 + 40
    pixels[:, 1] = 77
    found = done(AUTOCONTRAST, pixels)
    assert torch.equal(found[:, 1], pixels[:, 1].float())
    for channel in (0, 2):
        assert torch.allclose(found[:, channel].amin((1, 2)), torch.zeros(4), atol=1e-3)
        assert torch.allclose(found[:, channel].amax((1, 2)), torch.full((4,), 255.0), atol=1e-3)


def test_equalize_leaves_images_of_too_few_pixels():
    pixels = images(15, 15, 3)  # 225 pixels are less than the 255 steps
    assert torch.equal(done(EQUALIZE, pixels), pixels.float())


def test_sharpening_by_1_changes_nothing_and_the_border_never_changes():
    pixels = images(9, 11)
    assert torch.allclose(done(SHARPEN, pixels, factor=1), pixels.float(), atol=1e-3)
    sharp = done(SHARPEN, pixels, factor=4)
    for side in (np.s_[..., 0, :], np.s_[..., -1, :], np.s_[..., 0], np.s_[..., -1]):
        assert torch.equal(sharp[side], pixels.float()[side])
    assert (sharp - pixels)[..., 1:-1, 1:-1].abs().mean() > 10


@pytest.mark.parametrize(("height", "width"), [(31, 31), (40, 33)])
def test_blur_is_scipys(height, width):
    pixels, asked = images(height, width, 2), {"name": "blur", "sigma": [0.5, 2.5]}
    sigmas = parameters_of(asked, pixels)[1]["sigma"]
    found = varied([asked], pixels).numpy()
    for image, result, sigma in zip(pixels.numpy().astype(float), found, sigmas, strict=True):
        expected = ndimage.gaussian_filter(image, (0, sigma, sigma), mode="mirror", radius=(0, 8, 8))
        assert np.abs(result - expected).max() < 0.01


@pytest.mark.parametrize("side", [1, 2, 3])
def test_blur_of_the_smallest_images_reaches_as_far_as_they_do(side):
    flat = torch.full((3, 1, side, side), 90, dtype=torch.uint8)
    assert torch.allclose(varied([{"name": "blur", "sigma": [3, 3]}], flat), flat.float(), atol=1e-3)


# --- noise


def test_noise_is_normal_with_the_deviation_asked_for():
    pixels = torch.full((60, 3, 32, 32), 128, dtype=torch.uint8)
    found = (varied([{"name": "noise", "sigma": 0.1}], pixels) - 128) / 25.5
    assert abs(float(found.mean())) < 0.01
    assert abs(float(found.std()) - 1) < 0.01
    assert stats.kstest(found.flatten()[::7].numpy(), "norm").pvalue > 1e-3


def test_noise_differs_from_image_to_image_and_from_epoch_to_epoch():
    pixels, asked = torch.full((40, 3, 8, 8), 128, dtype=torch.uint8), ["noise"]
    first, second = (varied(asked, pixels, epoch=epoch).flatten(1) for epoch in (0, 1))
    between = np.corrcoef(torch.cat([first, second]))[np.triu_indices(80, 1)]
    assert np.abs(between).max() < 0.35
    assert abs(between.mean()) < 0.01
    assert not torch.equal(varied(asked, pixels, seed=1).flatten(1), first)


def test_the_grain_of_the_last_place_is_whole():
    grain, pixels = Grain("noise", Size(3, 9, 9), 0, 0), torch.zeros(2, 3, 9, 9)
    found = grain.of(torch.tensor([PLACES - 1, PLACES - 4]), pixels)
    assert torch.equal(found[0].flatten()[:-3], found[1].flatten()[3:])
    assert torch.isfinite(found).all()


def test_each_operation_seed_and_epoch_has_its_own_grain():
    keys = itertools.product(["noise", "erase"], [0, 1], [0, 1])
    places, pixels = torch.tensor([5]), torch.zeros(1, 1, 4, 4)
    grains = {
        tuple(Grain(name, Size(1, 4, 4), *rest).of(places, pixels).flatten().tolist()) for name, *rest in keys
    }
    assert len(grains) == 8


# --- erasing


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_erase_covers_its_rectangle_and_no_other_pixel(height, width):
    pixels, asked = images(height, width).clamp(min=1), {"name": "erase", "probability": 0.7}
    touched, drawn = parameters_of(asked, pixels)
    assert {True, False} == set(touched)
    for index, (image, result) in enumerate(zip(pixels.float(), varied([asked], pixels), strict=True)):
        top, left, h, w = (int(drawn[name][index]) for name in ("top", "left", "height", "width"))
        expected = image.clone()
        if touched[index]:
            assert 0.01 * height * width < h * w < 0.4 * height * width
            assert 0 <= top <= height - h
            assert 0 <= left <= width - w
            expected[:, top : top + h, left : left + w] = 0
        assert torch.equal(result, expected)


def test_what_is_erased_becomes_the_mean_colour_or_noise():
    pixels = images(32, 32, count=60)
    black, mean, noise = (
        varied([{"name": "erase", "probability": 1, "fill": fill}], pixels)
        for fill in ("zero", "mean", "noise")
    )
    inside = (black != pixels).any(1, keepdim=True).expand(-1, 3, -1, -1)
    expected = pixels.float().mean((2, 3), keepdim=True).expand_as(mean)
    assert torch.allclose(mean[inside], expected[inside], atol=1e-3)
    assert torch.equal(noise[~inside], pixels.float()[~inside])
    assert abs(float(noise[inside].mean()) - 127.5) < 2
    assert 60 < float(noise[inside].std()) < 75


@pytest.mark.parametrize("side", [1, 2])
def test_where_no_rectangle_fits_nothing_is_erased(side):
    """A share of at most a hundredth of four pixels rounds to none."""
    pixels = images(side, side)
    assert torch.equal(
        varied([{"name": "erase", "area": [0.002, 0.01], "probability": 1}], pixels), pixels.float()
    )
