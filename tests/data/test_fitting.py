import numpy as np
import pytest
from PIL import Image

from paribus.data.fitting import Fit

SIZES = [(9, 12), (28, 28), (4, 8), (31, 17), (100, 3), (1, 1)]


def pixels(channels, height, width, count=5):
    return np.random.default_rng(0).integers(0, 256, (count, channels, height, width), dtype=np.uint8)


def as_picture(image):
    return Image.fromarray(image[0] if len(image) == 1 else image.transpose(1, 2, 0))


def test_images_of_the_right_size_are_not_touched():
    images = pixels(3, 8, 8)
    assert Fit((8, 8)).arrays(images) is images
    assert Fit().arrays(images) is images


@pytest.mark.parametrize(("height", "width"), SIZES)
@pytest.mark.parametrize("channels", [1, 3])
def test_squashing_is_pillows_antialiased_resizing(channels, height, width):
    images = pixels(channels, height, width)
    for image, small in zip(images, Fit((6, 5)).arrays(images), strict=True):
        expected = as_picture(image).resize((6, 5), Image.Resampling.BILINEAR, reducing_gap=3.0)
        assert np.array_equal(as_picture(small), expected)


@pytest.mark.parametrize(("height", "width"), SIZES)
@pytest.mark.parametrize("side", [4, 16, 40])
@pytest.mark.parametrize("rule", ["squash", "pad", "crop"])
@pytest.mark.parametrize("gray", [True, False])
def test_every_rule_gives_the_size_asked_for(height, width, side, rule, gray):
    found = Fit((side, side), rule, gray).arrays(pixels(3, height, width))
    assert found.shape == (5, 1 if gray else 3, side, side)
    assert found.dtype == np.uint8


@pytest.mark.parametrize("rule", ["squash", "pad", "crop"])
def test_a_square_image_is_fitted_alike_by_every_rule(rule):
    images = pixels(3, 20, 20)
    assert np.array_equal(Fit((8, 8), rule).arrays(images), Fit((8, 8)).arrays(images))


def test_padding_keeps_proportions_and_puts_black_bars_around_the_middle():
    wide = np.full((1, 3, 10, 20), 200, np.uint8)
    found = Fit((8, 8), "pad").arrays(wide)[0, 0]
    assert (found[:2] == 0).all()
    assert (found[2:6] == 200).all()
    assert (found[6:] == 0).all()
    tall = Fit((8, 8), "pad").arrays(wide.transpose(0, 1, 3, 2))[0, 0]
    assert np.array_equal(tall, found.T)


def test_cropping_keeps_proportions_and_cuts_off_what_lies_at_both_ends():
    wide = np.zeros((1, 1, 8, 24), np.uint8)
    wide[..., 8:16] = 200
    assert (Fit((8, 8), "crop").arrays(wide) == 200).all()
    assert (Fit((8, 8), "crop").arrays(wide.transpose(0, 1, 3, 2)) == 200).all()


def test_a_thin_line_keeps_a_pixel():
    assert Fit((8, 8), "pad").arrays(np.full((1, 1, 200, 1), 255, np.uint8)).max() > 0


def test_gray_weighs_the_channels_as_the_eye_does():
    colours = np.zeros((3, 3, 1, 1), np.uint8)
    colours[[0, 1, 2], [0, 1, 2]] = 255
    assert Fit(gray=True).arrays(colours)[:, 0, 0, 0].tolist() == [76, 150, 29]
