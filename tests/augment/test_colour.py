import numpy as np
import pytest
import torch
from PIL import Image, ImageEnhance

from paribus.augment import Chain
from paribus.augment.colour import gray_of
from paribus.specs.augments import Brightness, Contrast

GRAY = np.array([0.299, 0.587, 0.114])


def images(channels=3, count=8, height=16, width=12):
    shape = (count, channels, height, width)
    return torch.from_numpy(np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8))


def factors(draws, strength, probability=1.0):
    drawn = draws.numpy().astype(np.float64)
    return np.where(drawn[:, -1] < probability, 1 + strength * (2 * drawn[:, 0] - 1), 1.0)


def gray_mean(image):
    """Of [channels, height, width]."""
    mean = image.astype(np.float64).mean((1, 2))
    return mean @ GRAY if len(mean) == 3 else mean.mean()


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("strength", [0.2, 1.0])
def test_brightness_multiplies(channels, strength):
    chain, pixels = Chain([Brightness(strength=strength)]), images(channels)
    draws = chain.draw(8, 0, 0)
    found = chain.apply(pixels, draws).numpy()
    for image, result, factor in zip(
        pixels.numpy(), found, factors(draws["brightness"], strength), strict=True
    ):
        assert np.abs(result - np.clip(image * factor, 0, 255)).max() < 1e-3


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("strength", [0.2, 1.0])
def test_contrast_scales_about_the_mean_gray(channels, strength):
    chain, pixels = Chain([Contrast(strength=strength)]), images(channels)
    draws = chain.draw(8, 0, 0)
    found = chain.apply(pixels, draws).numpy()
    for image, result, factor in zip(
        pixels.numpy(), found, factors(draws["contrast"], strength), strict=True
    ):
        gray = gray_mean(image)
        assert np.abs(result - np.clip(gray + factor * (image - gray), 0, 255)).max() < 1e-3


@pytest.mark.parametrize(
    ("operation", "enhancer"), [(Brightness, ImageEnhance.Brightness), (Contrast, ImageEnhance.Contrast)]
)
def test_both_agree_with_pillow(operation, enhancer):
    chain, pixels = Chain([operation(strength=0.8)]), images()
    draws = chain.draw(8, 0, 0)
    found = chain.apply(pixels, draws).numpy()
    for image, result, factor in zip(
        pixels.numpy(), found, factors(next(iter(draws.values())), 0.8), strict=True
    ):
        expected = np.asarray(enhancer(Image.fromarray(image.transpose(1, 2, 0))).enhance(factor))
        assert np.abs(result - expected.transpose(2, 0, 1)).max() < 2  # Pillow rounds the mean and the values


def test_only_so_many_images_are_touched():
    chain, pixels = Chain([Brightness(strength=0.5, probability=0.3)]), images(count=400)
    found = chain.apply(pixels, chain.draw(400, 0, 0))
    untouched = (found == pixels).all(dim=(1, 2, 3)).float().mean()
    assert abs(float(untouched) - 0.7) < 4 * np.sqrt(0.3 * 0.7 / 400)


@pytest.mark.parametrize("operation", [Brightness, Contrast])
def test_with_probability_0_even_the_smallest_draw_touches_nothing(operation):
    chain, pixels = Chain([operation(strength=1.0, probability=0.0)]), images()
    assert torch.equal(chain.apply(pixels, {operation().name: torch.zeros(8, 2)}), pixels.float())


def test_brightness_then_contrast_is_one_affine_map_clamped_once():
    """Clamped between, a bright image would lose what darkening brings back."""
    chain, pixels = Chain([Brightness(strength=1.0), Contrast(strength=1.0)]), images()
    draws = {
        "brightness": torch.tensor([[0.95, 0.0]]).repeat(8, 1),
        "contrast": torch.tensor([[0.1, 0.0]]).repeat(8, 1),
    }
    found = chain.apply(pixels, draws).numpy()
    bright, flat = factors(draws["brightness"], 1.0)[0], factors(draws["contrast"], 1.0)[0]
    for image, result in zip(pixels.numpy(), found, strict=True):
        lit = image * bright
        assert lit.max() > 255
        gray = gray_mean(lit)
        assert np.abs(result - np.clip(gray + flat * (lit - gray), 0, 255)).max() < 1e-3


def test_contrast_is_about_the_mean_that_brightness_left():
    """So the two commute: scaling about the image's own mean does not care how bright it is."""
    pixels, operations = images(), [Brightness(strength=1.0), Contrast(strength=1.0)]
    one, other = Chain(operations), Chain(operations[::-1])
    draws = one.draw(8, 0, 0)
    first, second = one.apply(pixels, draws), other.apply(pixels, draws)
    assert torch.allclose(first, second, atol=1e-2)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_gray_is_what_one_sees_of_three_channels_and_the_mean_of_others(channels):
    colour = torch.rand(5, channels, 1, generator=torch.Generator().manual_seed(0))
    expected = colour[:, :, 0].numpy() @ (GRAY if channels == 3 else np.full(channels, 1 / channels))
    assert np.allclose(gray_of(colour)[:, 0, 0].numpy(), expected, atol=1e-6)


def test_flat_black_and_white_images_stay_numbers():
    pixels = torch.stack([torch.zeros(3, 9, 9), torch.full((3, 9, 9), 255)]).to(torch.uint8)
    chain = Chain([Brightness(strength=1.0), Contrast(strength=1.0)])
    for epoch in range(20):
        found = chain.apply(pixels, chain.draw(2, 0, epoch))
        assert torch.isfinite(found).all()
        assert found.min() >= 0
        assert found.max() <= 255
