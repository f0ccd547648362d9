import numpy as np
import pytest
import torch
from PIL import Image
from scipy import ndimage

from paribus.augment import Size
from paribus.augment.geometry import SHIFT, TURN
from paribus.augment.operations import Draws

from .small import SIZES, built, done, images, parameters_of, smooth, varied


def shifted(image, right, down, padding):
    """numpy: pads all around, then cuts the old size out so that the picture moves right and down."""
    size = max(abs(right), abs(down), 1)
    padded = np.pad(image, ((0, 0), (size, size), (size, size)), mode=padding)
    height, width = image.shape[1:]
    return padded[:, size - down : size - down + height, size - right : size - right + width]


@pytest.mark.parametrize(("height", "width"), SIZES)
@pytest.mark.parametrize(("name", "axis"), [("flip", 2), ("flip-vertical", 1)])
def test_a_flip_mirrors_the_images_that_it_touches(name, axis, height, width):
    pixels = images(height, width)
    touched, _ = parameters_of(name, pixels)
    assert {True, False} == set(touched)
    for image, result, turned in zip(pixels.numpy(), varied([name], pixels).numpy(), touched, strict=True):
        assert np.array_equal(result, np.flip(image, axis) if turned else image)


@pytest.mark.parametrize(("height", "width"), SIZES)
@pytest.mark.parametrize(("padding", "numpys"), [("zero", "constant"), ("reflect", "reflect")])
@pytest.mark.parametrize("amount", [1, 4, 7])
def test_shift_crop_cuts_out_of_the_padded_image(height, width, padding, numpys, amount):
    pixels, asked = images(height, width), {"name": "shift-crop", "pixels": amount, "padding": padding}
    _, drawn = parameters_of(asked, pixels)
    assert len(set(drawn["x"])) > 2
    for image, result, x, y in zip(
        pixels.numpy(), varied([asked], pixels).numpy(), drawn["x"], drawn["y"], strict=True
    ):
        assert np.array_equal(result, shifted(image, int(x), int(y), numpys))


@pytest.mark.parametrize("amount", range(1, 129))
def test_the_smallest_and_the_largest_draw_are_the_largest_shifts(amount):
    operation = built({"name": "shift-crop", "pixels": amount})
    table = torch.tensor([[0.0, 1 - 2**-24, 0.0], [0.5, 0.5, 0.0]])
    (part,) = operation.parts(Draws(table, Size(3, 32, 32), 0, 0))
    assert part.parameters["x"].tolist() == [amount, 0]
    assert part.parameters["y"].tolist() == [-amount, 0]


def test_a_shift_beyond_the_image_is_black_or_mirrored_as_often_as_needed():
    pixels = images(8, 8)
    assert not done(SHIFT, pixels, x=20, y=-20).any()
    asked = {"name": "shift-crop", "pixels": 128, "padding": "reflect"}
    _, drawn = parameters_of(asked, pixels)
    assert np.abs(drawn["x"]).max() > 40
    for image, result, x, y in zip(
        pixels.numpy(), varied([asked], pixels).numpy(), drawn["x"], drawn["y"], strict=True
    ):
        assert np.array_equal(result, shifted(image, int(x), int(y), "reflect"))


@pytest.mark.parametrize("size", [8, 31, 32])
def test_quarter_turns_move_whole_pixels(size):
    pixels, angles = images(size, size, count=6), [-90, 90, -180, 0, -90, 90]
    found = done(TURN, pixels, degrees=angles)
    for image, result, quarters in zip(pixels.numpy(), found.numpy(), [-1, 1, 2, 0, -1, 1], strict=True):
        assert np.abs(result - np.rot90(image, quarters, axes=(1, 2))).max() < 0.02


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_rotation_agrees_with_scipys_linear_interpolation(height, width):
    pixels, angles = smooth(height, width), [-170, -33, -5, 2.5, 60, 100]
    found = done(TURN, pixels, degrees=angles)
    for image, result, angle in zip(pixels.numpy(), found.numpy(), angles, strict=True):
        expected = ndimage.rotate(
            image[0].astype(float), angle, reshape=False, order=1, mode="grid-constant", cval=0
        )
        assert np.abs(result[0] - expected).max() < 0.1


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_rotation_agrees_with_pillow_away_from_the_border(height, width):
    pixels, angles = smooth(height, width), [-20, -11, -3, 4, 13, 30]
    found = done(TURN, pixels, degrees=angles)
    inside = done(TURN, torch.full_like(pixels, 255), degrees=angles).numpy()[:, 0] > 254
    for image, result, angle, seen in zip(pixels.numpy(), found.numpy(), angles, inside, strict=True):
        expected = np.asarray(Image.fromarray(image[0]).rotate(angle, Image.Resampling.BILINEAR))
        assert seen.mean() > 0.4
        assert np.abs(result[0] - expected)[seen].max() <= 1.1  # Pillow rounds to whole numbers


def test_corners_become_black_when_turned():
    found = done(TURN, torch.full((1, 1, 16, 16), 255, dtype=torch.uint8), degrees=45)
    assert not found[0, 0, [0, 0, -1, -1], [0, -1, 0, -1]].any()
    assert (found[0, 0, 6:10, 6:10] > 254.9).all()


@pytest.mark.parametrize(
    ("degrees", "ends"), [(30, (-30, 30)), ([0, 20], (0, 20)), ([-5, -5], (-5, -5)), (0, (0, 0))]
)
def test_angles_are_spread_evenly_between_both_ends(degrees, ends):
    _, drawn = parameters_of({"name": "rotate", "degrees": degrees}, images(4, 4, 1, 20_000))
    angles, width = drawn["degrees"], ends[1] - ends[0]
    assert ends[0] <= angles.min() <= ends[0] + 0.01 * width
    assert ends[1] - 0.01 * width <= angles.max() <= ends[1]
    assert abs(angles.mean() - sum(ends) / 2) <= 5 * width / np.sqrt(12 * 20_000)


def test_an_untouched_image_is_not_turned():
    pixels, asked = images(32, 32), {"name": "rotate", "degrees": 90, "probability": 0.5}
    touched, _ = parameters_of(asked, pixels)
    found = varied([asked], pixels)
    assert {True, False} == set(touched)
    assert [torch.equal(*pair) for pair in zip(found, pixels.float(), strict=True)] == [
        not t for t in touched
    ]


@pytest.mark.parametrize("side", [1, 2, 4, 5])
def test_the_strongest_perspective_of_the_smallest_images_gives_numbers(side):
    """Corners may meet in a line there: no map does that, and such images stay."""
    found = varied(
        [{"name": "perspective", "distortion": 1, "probability": 1}], images(side, side, count=500)
    )
    assert torch.isfinite(found).all()
    assert 0 <= found.min() <= found.max() <= 255.01


def test_a_look_beyond_the_horizon_gives_numbers():
    white = torch.full((500, 1, 16, 16), 255, dtype=torch.uint8)
    asked = [
        {"name": "perspective", "distortion": 1, "probability": 1},
        {"name": "affine", "translate": 1, "scale": [0.1, 0.3]},
    ]
    found = varied(asked, white)
    assert torch.isfinite(found).all()
    assert 0 <= found.min() <= found.max() <= 255.01


def test_an_enlarged_rectangle_does_not_fade_at_the_images_border():
    white = torch.full((200, 1, 12, 17), 255, dtype=torch.uint8)
    assert varied(["resized-crop"], white).min() > 254.9


@pytest.mark.parametrize("ratio", [[0.01, 0.02], [50, 100]])
def test_where_no_rectangle_fits_the_largest_of_an_allowed_shape_in_the_middle_is_taken(ratio):
    pixels = images(16, 16, count=4)
    _, drawn = parameters_of({"name": "resized-crop", "scale": [0.9, 1], "ratio": ratio}, pixels)
    shape = {name: float(values[0]) for name, values in drawn.items()}
    longest = "height" if ratio[0] < 1 else "width"
    assert shape[longest] == 16
    assert min(shape["height"], shape["width"]) == 1
    assert {shape["left"], shape["top"]} == {0, 7}
