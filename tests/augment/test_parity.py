"""For the same parameters, each operation gives what torchvision gives."""

import numpy as np
import pytest
import torch

from paribus.augment.operations import Draws, draw_numbers
from paribus.augment.policies import rand_augment, trivial_augment
from paribus.nets.foreign import import_torchvision

from .small import SIZES, carried_out, images, operations, parameters_of, size_of, varied

import_torchvision("Testing parity")
from torchvision.transforms import v2  # noqa: E402
from torchvision.transforms.v2 import functional as F  # noqa: E402, N812

BILINEAR = F._geometry.InterpolationMode.BILINEAR
COUNT = 24


def turned(image, p):
    return F.rotate(image, float(p["degrees"]), BILINEAR)


def affine(image, angle=0.0, translate=(0, 0), scale=1.0, shear=(0.0, 0.0)):
    translate, shear = [int(t) for t in translate], [float(s) for s in shear]
    return F.affine(image, float(angle), translate, float(scale), shear, interpolation=BILINEAR)


def in_perspective(image, p):
    """torchvision counts a pixel's middle as a half, so corners are given from the image's edge."""
    middle = np.array([image.shape[2], image.shape[1]]) / 2
    starts, ends = ((p[name] + middle).tolist() for name in ("starts", "ends"))
    return F.perspective(image, starts, ends, BILINEAR)


def shifted(padding):
    def shift(image, p):
        reach, (x, y) = 5, (int(p["x"]), int(p["y"]))
        padded = F.pad(image, [reach], padding_mode=padding)
        return F.crop(padded, reach - y, reach - x, *image.shape[1:])

    return shift


def jittered(image, p):
    image = F.adjust_brightness(image, float(p["brightness"]))
    image = F.adjust_contrast(image, float(p["contrast"]))
    return F.adjust_saturation(image, float(p["saturation"]))


def erased(image, p):
    top, left, height, width = (int(p[name]) for name in ("top", "left", "height", "width"))
    return F.erase(image, top, left, height, width, torch.zeros(1))


GEOMETRY = {
    "flip": ({"name": "flip"}, lambda image, _: F.horizontal_flip(image)),
    "flip-vertical": ({"name": "flip-vertical"}, lambda image, _: F.vertical_flip(image)),
    "shift-crop": ({"name": "shift-crop", "pixels": 5}, shifted("constant")),
    "shift-crop, reflected": ({"name": "shift-crop", "pixels": 5, "padding": "reflect"}, shifted("reflect")),
    "rotate": ({"name": "rotate", "degrees": 180}, turned),
    "translate": (
        {"name": "translate", "share": 0.5},
        lambda image, p: affine(image, translate=(p["x"], p["y"])),
    ),
    "scale": ({"name": "scale", "factor": [0.55, 3]}, lambda image, p: affine(image, scale=p["factor"])),
    "shear": (
        {"name": "shear", "degrees": 40, "vertical": 30},
        lambda image, p: affine(image, shear=(p["x"], p["y"])),
    ),
    "affine": (
        {"name": "affine", "degrees": 90, "translate": 0.3, "scale": [0.6, 2], "shear": 30},
        lambda image, p: affine(
            image, -p["degrees"], (p["x"], p["y"]), p["factor"], (p["shear"], 0.0)
        ),
    ),
    "perspective": ({"name": "perspective", "distortion": 0.4}, in_perspective),
}  # fmt: skip
COLOUR = {
    "brightness": (
        {"name": "brightness", "strength": 0.9},
        lambda image, p: F.adjust_brightness(image, float(p["factor"])),
    ),
    "contrast": (
        {"name": "contrast", "strength": 0.9},
        lambda image, p: F.adjust_contrast(image, float(p["factor"])),
    ),
    "saturation": (
        {"name": "saturation", "strength": 0.9},
        lambda image, p: F.adjust_saturation(image, float(p["factor"])),
    ),
    "grayscale": ({"name": "grayscale"}, lambda image, _: F.rgb_to_grayscale(image, image.shape[0])),
    "invert": ({"name": "invert"}, lambda image, _: F.invert(image)),
}
POINTWISE = {
    "solarize": (
        {"name": "solarize", "threshold": 100},
        lambda image, p: F.solarize(image, float(p["threshold"])),
    ),
    "posterize": (
        {"name": "posterize", "bits": 3},
        lambda image, p: F.posterize(image, int(p["bits"])),
    ),
    "autocontrast": ({"name": "autocontrast"}, lambda image, _: F.autocontrast(image)),
    "equalize": ({"name": "equalize"}, lambda image, _: F.equalize(image)),
    "sharpen": (
        {"name": "sharpen", "factor": 3.5},
        lambda image, p: F.adjust_sharpness(image, float(p["factor"])),
    ),
    "erase": ({"name": "erase", "area": [0.05, 0.6]}, erased),
}


def compare(asked, theirs, pixels, convert=lambda image: image):
    """The largest difference, and how many of the images were touched."""
    touched, parameters = parameters_of(asked, pixels)
    found, differences = varied([asked], pixels), []
    for index, image in enumerate(pixels):
        here = {name: values[index] for name, values in parameters.items()}
        expected = theirs(convert(image), here) if touched[index] else convert(image)
        differences.append(float((found[index] - expected).abs().max()))
    return max(differences), sum(touched)


@pytest.mark.parametrize(("height", "width"), SIZES)
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", GEOMETRY)
def test_places(name, height, width, channels):
    """On noise, where a place off by a hundredth of a pixel makes a difference of one or two."""
    asked, theirs = GEOMETRY[name]
    pixels = images(height, width, channels, COUNT)
    difference, touched = compare(asked, theirs, pixels, torch.Tensor.float)
    assert touched > 5
    assert difference < 0.3


@pytest.mark.parametrize(("height", "width"), SIZES)
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", COLOUR)
def test_colours(name, height, width, channels):
    asked, theirs = COLOUR[name]
    pixels = images(height, width, channels, COUNT)
    difference, touched = compare(
        asked, lambda image, p: theirs(image / 255, p) * 255, pixels, torch.Tensor.float
    )
    assert touched > 0
    assert difference < 0.05  # torchvision's weights of gray sum to 0.9999


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_jitter_where_nothing_is_clamped(height, width):
    """torchvision clamps after each of its four steps, ours once."""
    asked = {"name": "colour-jitter", "brightness": 0.2, "contrast": 0.3, "saturation": 0.3, "hue": 0}
    pixels = images(height, width, 3, COUNT) // 4 + 80
    difference, touched = compare(
        asked, lambda image, p: jittered(image / 255, p) * 255, pixels, torch.Tensor.float
    )
    assert touched == COUNT
    assert difference < 0.05


@pytest.mark.parametrize(("height", "width"), SIZES)
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", POINTWISE)
def test_the_others(name, height, width, channels):
    """On bytes, which torchvision rounds."""
    asked, theirs = POINTWISE[name]
    pixels = images(height, width, channels, COUNT) // 2 + 50
    difference, touched = compare(asked, theirs, pixels)
    assert touched > 5
    assert difference <= (1.001 if name == "autocontrast" else 4 if name == "sharpen" else 0)


@pytest.mark.parametrize(("height", "width"), SIZES)
@pytest.mark.parametrize("sigma", [[0.3, 0.6], [0.5, 2.0]])
def test_blur(height, width, sigma):
    reach = min(int(np.ceil(3 * sigma[1])), min(height, width) - 1)

    def theirs(image, p):
        return F.gaussian_blur(image, [2 * reach + 1] * 2, [float(p["sigma"])] * 2)

    pixels = images(height, width, 3, COUNT)
    difference, _ = compare({"name": "blur", "sigma": sigma}, theirs, pixels, torch.Tensor.float)
    assert difference < 0.01


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_resized_crop_but_for_the_rectangles_border(height, width):
    """There torchvision repeats the rectangle's last pixel, ours looks at the one beyond it."""
    pixels = images(height, width, 2, COUNT)
    _, parameters = parameters_of("resized-crop", pixels)
    found, compared = varied(["resized-crop"], pixels), 0
    for index, image in enumerate(pixels.float()):
        p = {name: int(values[index]) for name, values in parameters.items()}
        expected = F.resized_crop(
            image, p["top"], p["left"], p["height"], p["width"], [height, width], BILINEAR, antialias=True
        )
        inside = np.ix_(within(p["top"], p["height"], height), within(p["left"], p["width"], width))
        difference = np.abs((found[index] - expected).numpy())
        compared += difference[:, inside[0], inside[1]].size
        assert difference[:, inside[0], inside[1]].max(initial=0) < 0.3
    assert compared > 0.5 * pixels.numel()


def within(start, length, side):
    """Result pixels that need none beyond the rectangle, or that lie at the image's own border."""
    places = start + (np.arange(side) + 0.5) * length / side - 0.5
    low = -1 if start == 0 else start
    high = side if start + length == side else start + length - 1
    return np.flatnonzero((places >= low) & (places <= high))


# --- policies: for each image that picked one operation, torchvision's of the same name and strength

PICKS = [
    "ShearX", "ShearY", "TranslateX", "TranslateY", "Rotate", "Brightness", "Color", "Contrast",
    "Sharpness", "Posterize", "Solarize", "AutoContrast", "Equalize",
]  # fmt: skip


def applied(policy, pick, image, strength):
    """torchvision's own, but for slants, which are about the corner there."""
    if pick.startswith("Shear"):
        slant = float(np.rad2deg(np.arctan(strength)))
        return affine(image.float(), shear=(slant, 0) if pick == "ShearX" else (0, slant))
    if pick in {"TranslateX", "TranslateY", "Rotate"}:
        image = image.float()
    return policy._apply_image_or_video_transform(
        image, pick, strength, BILINEAR, {torch.Tensor: None, "others": None}
    )


def exact(pick, steps, at):
    """Without the rounding by which 16 pixels are 15.999999 there, and cut to 15."""
    ends = float(steps[0]), float(steps[-1])
    return float(steps[at]) if pick == "Posterize" else ends[0] + (ends[1] - ends[0]) * at / 30


@pytest.mark.parametrize(("height", "width"), [(32, 32), (20, 33)])
@pytest.mark.parametrize("name", ["rand-augment", "trivial-augment"])
def test_policies(name, height, width):
    count = 600
    pixels = images(height, width, 3, count)
    if name == "rand-augment":
        asked, policy, build = (
            {"name": name, "operations": 1, "magnitude": 17},
            v2.RandAugment(),
            rand_augment,
        )
    else:
        asked, policy, build = {"name": name}, v2.TrivialAugmentWide(), trivial_augment
    (options,) = operations(asked)
    operation = build(options)
    table = draw_numbers(name, np.arange(count), operation.draws, 0, 0)
    parts = operation.parts(Draws(table, size_of(pixels), 0, 0))
    assert len(parts) == len(PICKS)
    found = carried_out(parts, pixels)
    seen = {}
    for pick, part in zip(PICKS, parts, strict=True):
        magnitudes, signed = policy._AUGMENTATION_SPACE[pick]
        steps = magnitudes(31, height, width)
        for index in part.touched.nonzero()[:, 0].tolist():
            at = 17 if name == "rand-augment" else min(int(table[index, 1] * 31), 30)
            strength = 0.0 if steps is None else exact(pick, steps, at)
            strength = -strength if signed and table[index, 2] < 0.5 else strength
            expected = applied(policy, pick, pixels[index], strength).float()
            difference = float((found[index] - expected).abs().max())
            seen[pick] = max(seen.get(pick, 0), difference)
    assert set(seen) == set(PICKS)
    untouched = ~torch.stack([part.touched for part in parts]).any(0)
    assert torch.allclose(found[untouched], pixels[untouched].float(), atol=0.05)
    assert 20 < int(untouched.sum()) < 70
    assert {pick: round(worst, 1) for pick, worst in seen.items() if worst > 4} == {}
