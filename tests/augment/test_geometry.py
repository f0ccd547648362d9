import numpy as np
import pytest
import torch
from PIL import Image
from scipy import ndimage

from paribus.augment import Chain
from paribus.augment.geometry import rotate, shift_crop
from paribus.specs.augments import Flip, Rotate, ShiftCrop

SIZES = [(8, 8), (31, 31), (32, 32), (64, 64), (20, 33), (33, 20)]


def images(height, width, channels=3, count=6):
    shape = (count, channels, height, width)
    return torch.from_numpy(np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8))


def smooth(height, width, count=6):
    """Few waves a side, so that two ways to interpolate agree."""
    random = np.random.default_rng(1)
    y, x = np.mgrid[:height, :width]
    waves = [
        128 + 100 * np.sin(2 * np.pi * (a * x / width + b * y / height) + c)
        for a, b, c in random.uniform(-1, 1, (count, 3))
    ]
    return torch.from_numpy(np.round(waves).astype(np.uint8)[:, None])


def shifted(image, right, down, padding):
    """numpy: pads all around, then cuts the old size out so far from the middle."""
    size = max(abs(right), abs(down), 1)
    padded = np.pad(image, ((0, 0), (size, size), (size, size)), mode=padding)
    height, width = image.shape[1:]
    return padded[:, size + down : size + down + height, size + right : size + right + width]


@pytest.mark.parametrize(("height", "width"), SIZES)
@pytest.mark.parametrize("channels", [1, 3])
def test_flip_mirrors_the_images_that_it_touches(height, width, channels):
    pixels = images(height, width, channels)
    draws = torch.tensor([[0.0], [0.499], [0.5], [0.999], [0.2], [0.8]])
    found = Chain([Flip(probability=0.5)]).apply(pixels, {"flip": draws})
    touched = [True, True, False, False, True, False]
    for image, result, turned in zip(pixels.numpy(), found.numpy(), touched, strict=True):
        assert np.array_equal(result, image[:, :, ::-1] if turned else image)
    assert found.dtype == torch.uint8


@pytest.mark.parametrize(("height", "width"), SIZES)
@pytest.mark.parametrize(("padding", "numpys"), [("zero", "constant"), ("reflect", "reflect")])
@pytest.mark.parametrize("amount", [1, 4, 7])
def test_shift_crop_cuts_out_of_the_padded_image(height, width, padding, numpys, amount):
    pixels = images(height, width, count=12)
    operation = ShiftCrop(pixels=amount, padding=padding)
    draws = Chain([operation]).draw(12, 0, 0)
    found = Chain([operation]).apply(pixels, draws)
    right, down = (np.floor(draws["shift-crop"][:, :2].numpy() * (2 * amount + 1)).astype(int) - amount).T
    assert len(set(right)) > 2
    for image, result, x, y in zip(pixels.numpy(), found.numpy(), right, down, strict=True):
        assert np.array_equal(result, shifted(image, x, y, numpys))
    assert found.dtype == torch.uint8


@pytest.mark.parametrize(("draw", "expected"), [(0.0, -4), (0.5, 0), (1 - 2**-24, 4)])
def test_shifts_reach_both_ends_and_no_further(draw, expected):
    pixels = images(16, 16)
    draws = torch.tensor([[draw, 0.5, 0.0]]).repeat(6, 1)
    found = Chain([ShiftCrop(pixels=4)]).apply(pixels, {"shift-crop": draws})
    for image, result in zip(pixels.numpy(), found.numpy(), strict=True):
        assert np.array_equal(result, shifted(image, expected, 0, "constant"))


def test_the_largest_draw_is_the_largest_shift_for_every_amount():
    for amount in range(1, 129):
        maps = shift_crop(ShiftCrop(pixels=amount)).maps(torch.tensor([[1 - 2**-24, 0.0, 0.0]]))
        assert maps[0, :2, 2].tolist() == [amount, -amount]


def test_a_shift_beyond_the_image_is_black_or_mirrored_as_often_as_needed():
    pixels = images(8, 8)
    draws = torch.tensor([[1 - 2**-24, 0.0, 0.0]]).repeat(6, 1)
    assert not Chain([ShiftCrop(pixels=20)]).apply(pixels, {"shift-crop": draws}).any()
    found = Chain([ShiftCrop(pixels=20, padding="reflect")]).apply(pixels, {"shift-crop": draws})
    for image, result in zip(pixels.numpy(), found.numpy(), strict=True):
        assert np.array_equal(result, shifted(image, 20, -20, "reflect"))


def turned(pixels, angles, **operation):
    draws = torch.tensor([[angle / 360 + 0.5, 0.0] for angle in angles])
    return Chain([Rotate(degrees=180, **operation)]).apply(pixels, {"rotate": draws})


@pytest.mark.parametrize("size", [8, 31, 32])
def test_quarter_turns_move_whole_pixels(size):
    pixels = images(size, size)
    found = turned(pixels, [-90, 90, -180, 0, -90, 90])
    for image, result, quarters in zip(pixels.numpy(), found.numpy(), [-1, 1, 2, 0, -1, 1], strict=True):
        assert np.abs(result - np.rot90(image, quarters, axes=(1, 2))).max() < 0.02


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_rotation_agrees_with_scipys_linear_interpolation(height, width):
    pixels = smooth(height, width)
    angles = [-170, -33, -5, 2.5, 60, 100]
    found = turned(pixels, angles)
    for image, result, angle in zip(pixels.numpy(), found.numpy(), angles, strict=True):
        expected = ndimage.rotate(
            image[0].astype(float), angle, reshape=False, order=1, mode="grid-constant", cval=0
        )
        assert np.abs(result[0] - expected).max() < 0.1


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_rotation_agrees_with_pillow_away_from_the_border(height, width):
    pixels = smooth(height, width)
    angles = [-20, -11, -3, 4, 13, 30]
    found = turned(pixels, angles)
    inside = turned(torch.full_like(pixels, 255), angles).numpy()[:, 0] > 254
    for image, result, angle, seen in zip(pixels.numpy(), found.numpy(), angles, inside, strict=True):
        expected = np.asarray(Image.fromarray(image[0]).rotate(angle, Image.Resampling.BILINEAR))
        assert seen.mean() > 0.4
        assert np.abs(result[0] - expected)[seen].max() <= 1.1  # Pillow rounds to whole numbers


def test_corners_become_black_when_turned():
    found = turned(torch.full((1, 1, 16, 16), 255, dtype=torch.uint8), [45])
    assert not found[0, 0, [0, 0, -1, -1], [0, -1, 0, -1]].any()
    assert (found[0, 0, 6:10, 6:10] > 254.9).all()


def test_angles_are_spread_evenly_between_both_ends():
    draws = Chain([Rotate(degrees=30)]).draw(20_000, 0, 0)["rotate"]
    maps = rotate(Rotate(degrees=30)).maps(draws)
    degrees = torch.rad2deg(torch.atan2(maps[:, 1, 0], maps[:, 0, 0])).numpy()
    assert -30.001 < degrees.min() < -29.9
    assert 29.9 < degrees.max() < 30.001
    assert abs(degrees.mean()) < 5 * 30 / np.sqrt(3 * 20_000)


def test_an_untouched_image_is_not_turned():
    pixels = images(32, 32)
    draws = torch.tensor([[0.9, 0.6]]).repeat(6, 1)
    found = Chain([Rotate(degrees=90, probability=0.5)]).apply(pixels, {"rotate": draws})
    assert torch.equal(found, pixels.float())
