import colorsys
import itertools

import numpy as np
import pytest
import torch
from PIL import Image, ImageEnhance

from paribus.augment import Normalisation, Size
from paribus.augment.colour import BRIGHTNESS, CONTRAST, HUE, JITTER, gray_weights
from paribus.augment.colour_maps import recolour
from paribus.augment.composing import compose

from .small import done, drawn, images, parameters_of, parts_of, varied

GRAY = np.array([0.299, 0.587, 0.114])


def gray_mean(image):
    """Of [channels, height, width]."""
    mean = image.astype(np.float64).mean((1, 2))
    return mean @ GRAY if len(mean) == 3 else mean.mean()


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("strength", [0.2, 1.0])
def test_brightness_multiplies(channels, strength):
    pixels, asked = images(channels=channels), {"name": "brightness", "strength": strength}
    factors = parameters_of(asked, pixels)[1]["factor"]
    for image, result, factor in zip(pixels.numpy(), varied([asked], pixels).numpy(), factors, strict=True):
        assert np.abs(result - np.clip(image * factor, 0, 255)).max() < 1e-3


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("strength", [0.2, 1.0])
def test_contrast_scales_about_the_mean_gray(channels, strength):
    pixels, asked = images(channels=channels), {"name": "contrast", "strength": strength}
    factors = parameters_of(asked, pixels)[1]["factor"]
    for image, result, factor in zip(pixels.numpy(), varied([asked], pixels).numpy(), factors, strict=True):
        gray = gray_mean(image)
        assert np.abs(result - np.clip(gray + factor * (image - gray), 0, 255)).max() < 1e-3


@pytest.mark.parametrize(
    ("name", "enhancer"),
    [
        ("brightness", ImageEnhance.Brightness),
        ("contrast", ImageEnhance.Contrast),
        ("saturation", ImageEnhance.Color),
    ],
)
def test_all_three_agree_with_pillow(name, enhancer):
    pixels, asked = images(), {"name": name, "strength": 0.8}
    factors = parameters_of(asked, pixels)[1]["factor"]
    for image, result, factor in zip(pixels.numpy(), varied([asked], pixels).numpy(), factors, strict=True):
        expected = np.asarray(enhancer(Image.fromarray(image.transpose(1, 2, 0))).enhance(factor))
        assert np.abs(result - expected.transpose(2, 0, 1)).max() < 2  # Pillow rounds the mean and the values


def test_only_so_many_images_are_touched():
    pixels = images(count=400)
    found = varied([{"name": "brightness", "strength": 0.5, "probability": 0.3}], pixels)
    untouched = (found == pixels).all(dim=(1, 2, 3)).float().mean()
    assert abs(float(untouched) - 0.7) < 4 * np.sqrt(0.3 * 0.7 / 400)


def test_brightness_then_contrast_is_one_affine_map_clamped_once():
    """Clamped between, a bright image would lose what darkening brings back."""
    pixels = images(count=400)
    asked = [{"name": name, "strength": 1.0} for name in ("brightness", "contrast")]
    bright, flat = (parameters_of(each, pixels)[1]["factor"] for each in asked)
    lost = 0
    for index, (image, result) in enumerate(zip(pixels.numpy(), varied(asked, pixels).numpy(), strict=True)):
        lit = image * bright[index]
        lost += lit.max() > 255
        gray = gray_mean(lit)
        assert np.abs(result - np.clip(gray + flat[index] * (lit - gray), 0, 255)).max() < 1e-3
    assert lost > 100


@pytest.mark.parametrize("order", ["hue", "contrast", "saturation"])
def test_brightness_contrast_saturation_and_hue_commute(order):
    """Each keeps the others' gray and scales about it, so which comes first makes no difference."""
    asked = [{"name": name, "strength": 0.5} for name in ("brightness", "contrast", "saturation", "hue")]
    first = sorted(asked, key=lambda each: each["name"] != order)
    pixels = images()
    assert torch.allclose(varied(asked, pixels), varied(first, pixels), atol=0.01)
    assert torch.allclose(varied(asked, pixels), varied(asked[::-1], pixels), atol=0.01)


def test_jitter_is_its_four_parts():
    pixels = images()
    chosen = {"brightness": 1.2, "contrast": 0.7, "saturation": 1.4, "turn": 0.1}
    shown = done(JITTER, pixels, **chosen)
    still = {"brightness": 1.0, "contrast": 1.0, "saturation": 1.0, "turn": 0.0}
    assert torch.allclose(done(JITTER, pixels, **still), pixels.float(), atol=1e-3)
    for name, deed in {"brightness": BRIGHTNESS, "contrast": CONTRAST}.items():
        alone = done(JITTER, pixels, **(still | {name: chosen[name]}))
        assert torch.allclose(alone, done(deed, pixels, factor=chosen[name]), atol=1e-3)
    assert not torch.allclose(shown, pixels.float(), atol=20)


def test_jitter_takes_the_ranges_of_torchvision():
    """A number is how far the factor may lie from 1, never below 0; hue is a share of the circle."""
    asked = {"name": "colour-jitter", "brightness": 1.5, "contrast": [0.5, 0.7], "saturation": 0, "hue": 0.2}
    _, found = parameters_of(asked, images(4, 4, 3, 20_000))
    ends = {name: (values.min(), values.max()) for name, values in found.items()}
    for name, expected in {
        "brightness": (0, 2.5),
        "contrast": (0.5, 0.7),
        "saturation": (1, 1),
        "turn": (-0.2, 0.2),
    }.items():
        assert np.allclose(ends[name], expected, atol=0.002), name


# --- hue


def chroma(colours):
    """[..., 3] -> gray, and colour as complex numbers: television's YIQ, by Python's own coefficients."""
    yiq = np.array([colorsys.rgb_to_yiq(*colour) for colour in colours.reshape(-1, 3)])
    return yiq[:, 0], yiq[:, 1] + 1j * yiq[:, 2]


def test_hue_turns_colour_and_keeps_gray_and_saturation():
    """Against Python's colorsys, whose coefficients have two digits."""
    random = np.random.default_rng(0)
    colours = (110 + 40 * random.random((1, 3, 9, 9))).round().astype(np.uint8)
    for turn in (-0.3, -0.1, 0.05, 0.25, 0.5):
        found = done(HUE, torch.from_numpy(colours), turn=turn).numpy()
        gray, before = chroma(colours[0].transpose(1, 2, 0) / 255)
        gray_after, after = chroma(found[0].transpose(1, 2, 0) / 255)
        assert np.abs(gray - gray_after).max() < 0.005
        assert np.abs(after - before * np.exp(-2j * np.pi * turn)).max() < 0.012


def test_hue_goes_round_from_red_over_yellow_to_green_as_in_hsv():
    red = torch.tensor([160, 90, 90], dtype=torch.uint8).view(1, 3, 1, 1)
    yellowish, green, blue = (done(HUE, red, turn=turn).view(3).tolist() for turn in (1 / 6, 1 / 3, -1 / 3))
    assert min(yellowish[:2]) > yellowish[2] + 20
    assert green.index(max(green)) == 1
    assert blue.index(max(blue)) == 2


def test_a_whole_turn_and_any_turn_of_gray_change_nothing():
    pixels = images()
    assert torch.allclose(done(HUE, pixels, turn=1.0), pixels.float(), atol=0.01)
    gray = pixels[:, :1].expand(-1, 3, -1, -1)
    assert torch.allclose(done(HUE, gray, turn=0.3), gray.float(), atol=0.05)


# --- images that have no three channels


@pytest.mark.parametrize("channels", [1, 2, 4])
@pytest.mark.parametrize("name", ["saturation", "hue", "grayscale"])
def test_what_has_no_colour_stays_as_it_is(name, channels):
    pixels = images(channels=channels)
    assert torch.equal(varied([{"name": name, "probability": 1}], pixels), pixels.float())


def test_jitter_of_gray_images_changes_brightness_and_contrast_only():
    pixels, asked = images(channels=1) // 4 + 80, {"name": "colour-jitter", "hue": 0.5, "saturation": 1}
    factors = parameters_of(asked, pixels)[1]
    for index, (image, result) in enumerate(
        zip(pixels.numpy(), varied([asked], pixels).numpy(), strict=True)
    ):
        lit = image * factors["brightness"][index]
        expected = lit.mean() + factors["contrast"][index] * (lit - lit.mean())
        assert np.abs(result - expected).max() < 0.01


@pytest.mark.parametrize("channels", [2, 3, 4])
def test_channel_drop_makes_each_channel_black_equally_often(channels):
    pixels = images(4, 4, channels, 3000).clamp(min=1)
    black = (varied([{"name": "channel-drop", "probability": 1}], pixels) == 0).all(dim=(2, 3))
    assert (black.sum(1) == 1).all()
    assert np.abs(black.float().mean(0).numpy() - 1 / channels).max() < 0.05


def test_an_only_channel_is_not_dropped():
    pixels = images(channels=1)
    assert torch.equal(varied([{"name": "channel-drop", "probability": 1}], pixels), pixels.float())


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_gray_is_what_one_sees_of_three_channels_and_the_mean_of_others(channels):
    expected = GRAY if channels == 3 else np.full(channels, 1 / channels)
    assert np.allclose(gray_weights(channels), expected)


def test_flat_black_and_white_images_stay_numbers():
    pixels = torch.stack([torch.zeros(3, 9, 9), torch.full((3, 9, 9), 255)]).to(torch.uint8)
    asked = [{"name": "brightness", "strength": 1}, {"name": "contrast", "strength": 1}, "hue", "saturation"]
    for epoch in range(20):
        found = varied(asked, pixels, epoch=epoch)
        assert torch.isfinite(found).all()
        assert found.min() >= 0
        assert found.max() <= 255


# --- one pass


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("length", [2, 3, 4])
def test_composed_maps_do_what_the_maps_do_one_after_another(length, channels):
    """Also where each needs the mean that the one before left. On colours far from both clamps."""
    names = ["contrast", "colour-jitter", "invert", "channel-drop", "saturation", "hue"]
    colours = 115 + 20 * torch.rand(8, channels, 6, 5, generator=torch.Generator().manual_seed(0))
    size = Size(channels, 6, 5)
    chains = list(itertools.permutations(names, length))[:: 5 if length == 4 else 1]
    for chain in chains:
        asked = [{"name": name, "probability": 0.8} for name in chain]
        expected = colours
        for one in asked:
            maps = compose(parts_of(one, 8, size), 8, size).colours
            expected = recolour(expected, maps, None, sees_mean=True)
        parts = [part for one in asked for part in parts_of(one, 8, size)]
        found = recolour(colours, compose(parts, 8, size).colours, None, sees_mean=True)
        inside = (expected > 1).all() and (expected < 254).all()
        if "channel-drop" not in chain or channels == 1:
            assert inside, chain
        if inside:
            assert torch.allclose(found, expected, atol=0.01), chain


@pytest.mark.parametrize(
    "asked", [["contrast"], ["contrast", "hue", "invert", "channel-drop"], ["rotate", "contrast"]]
)
def test_normalising_in_the_same_pass_is_normalising_after(asked):
    pixels = images()
    norm = Normalisation.by([100, 120, 140], [50, 60, 70])
    expected = norm.carry_out(varied(asked, pixels))
    assert torch.allclose(drawn(asked, pixels).vary(pixels, norm), expected, atol=1e-5)
