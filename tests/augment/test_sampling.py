from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy import ndimage

from paribus.augment import Size
from paribus.augment.operations import Geometric
from paribus.augment.sampling import Moves
from paribus.augment.shifting import Shifts

from .small import images, size_of

PLAIN, MIRRORED = Geometric(lambda p: p), Geometric(lambda p: p, reflects=True)


def affine_maps(count, seed=0):
    """Turned, stretched, sheared and moved, at random."""
    random = np.random.default_rng(seed)
    maps = np.eye(3)[None].repeat(count, 0)
    maps[:, :2, :2] += random.uniform(-0.6, 0.6, (count, 2, 2))
    maps[:, :2, 2] = random.uniform(-6, 6, (count, 2))
    return torch.from_numpy(maps.astype(np.float32))


def resample(pixels, maps, *, reflect=False, affine=True):
    deed = Geometric(lambda p: p, reflects=reflect, affine=affine)
    return Moves.of(maps, [deed], Size(*pixels.shape[1:]), "cpu").carry_out(pixels, slice(0, len(pixels)))


def shift(pixels, maps, *, reflect):
    deed = Geometric(lambda p: p, reflects=reflect, whole_pixels=True)
    return Shifts.of(maps, [deed], Size(*pixels.shape[1:]), "cpu").carry_out(pixels, slice(0, len(pixels)))


def by_scipy(image, matrix, mode):
    """One channel; scipy counts rows first and from the corner."""
    linear = matrix[:2, :2][::-1, ::-1].astype(np.float64)
    centre = (np.array(image.shape) - 1) / 2
    offset = centre - linear @ centre + matrix[:2, 2][::-1]
    return ndimage.affine_transform(image.astype(np.float64), linear, offset, order=1, mode=mode, cval=0)


@pytest.mark.parametrize(("height", "width"), [(8, 8), (31, 31), (20, 33), (64, 64)])
@pytest.mark.parametrize(("reflect", "mode"), [(False, "grid-constant"), (True, "mirror")])
def test_any_map_agrees_with_scipys_linear_interpolation(height, width, reflect, mode):
    pixels, maps = images(height, width, 2, 5), affine_maps(5)
    found = resample(pixels, maps, reflect=reflect)
    for image, result, matrix in zip(pixels.numpy(), found.numpy(), maps.numpy(), strict=True):
        for channel, seen in zip(image, result, strict=True):
            assert np.abs(seen - by_scipy(channel, matrix, mode)).max() < 0.05


@pytest.mark.parametrize("reflect", [False, True])
@pytest.mark.parametrize(("height", "width"), [(8, 8), (31, 31), (20, 33)])
def test_resampling_whole_pixel_maps_is_shifting(height, width, reflect):
    pixels = images(height, width, 2, 5)
    maps = torch.eye(3).repeat(5, 1, 1)
    maps[:, :2, 2] = torch.tensor([[0, 0], [3, -2], [-7, 7], [1, 0], [0, -19]])
    maps[3:, 0, 0] = -1
    shifted = shift(pixels, maps, reflect=reflect)
    assert torch.allclose(resample(pixels, maps, reflect=reflect), shifted.float(), atol=0.02)


@pytest.mark.parametrize("kind", [torch.uint8, torch.float32])
def test_shifting_keeps_the_type_and_leaves_what_went_in(kind):
    pixels = images(6, 7, 2, 5).to(kind)
    before = pixels.clone()
    maps = torch.eye(3).repeat(5, 1, 1)
    maps[:, 0, 2] = 2
    found = shift(pixels, maps, reflect=False)
    assert found.dtype == kind
    assert torch.equal(found[..., :-2], pixels[..., 2:])
    assert not found[..., -2:].any()
    assert torch.equal(pixels, before)


@pytest.mark.parametrize("size", [8, 16, 32, 64])
def test_the_identity_changes_no_bit_where_sides_are_powers_of_two(size):
    pixels, maps = images(size, size, 2, 5), torch.eye(3).repeat(5, 1, 1)
    assert torch.equal(resample(pixels, maps), pixels.float())
    assert torch.equal(resample(pixels, maps, affine=False), pixels.float())
    assert torch.equal(shift(pixels, maps, reflect=True), pixels)


def test_images_of_one_pixel_are_black_or_themselves():
    pixels, maps = images(1, 1, 2, 5), torch.eye(3).repeat(5, 1, 1)
    maps[:, 0, 2] = torch.arange(5)
    assert not shift(pixels, maps, reflect=False)[1:].any()
    assert torch.equal(shift(pixels, maps, reflect=True), pixels)
    assert torch.equal(resample(pixels, maps, reflect=True), pixels.float())


def test_a_map_with_perspective_divides_and_what_is_behind_the_eye_is_black():
    pixels = images(16, 16, 1, 1).clamp(min=1)
    maps = torch.eye(3)[None].clone()
    maps[0, 2, 0] = 0.25  # the horizon is 4 pixels left of the middle
    found = resample(pixels, maps, affine=False)[0, 0]
    x = torch.arange(16) - 7.5
    assert not found[:, x < -4].any()
    column = 12  # x = 4.5: from 4.5 / 2.125 = 2.118 and the row from y / 2.125
    place = (x[column] / (1 + 0.25 * x[column]) + 7.5).item()
    rows = (x / (1 + 0.25 * x[column]) + 7.5).numpy()
    expected = ndimage.map_coordinates(
        pixels[0, 0].numpy().astype(float), [rows, np.full(16, place)], order=1
    )
    assert np.abs(found[:, column].numpy() - expected).max() < 0.01


# --- shrinking


@pytest.mark.parametrize(("factor", "fold"), [(0.6, 1), (0.51, 1), (0.45, 2), (0.26, 2), (0.2, 4), (0.1, 4)])
def test_what_shrinks_by_more_than_two_is_averaged_first(factor, fold):
    maps = torch.diag(torch.tensor([1 / factor, 1 / factor, 1.0]))[None]
    folds = Moves.of(maps, [PLAIN], Size(1, 32, 32), "cpu").folds
    assert (1 if folds is None else int(folds[0])) == fold


@pytest.mark.parametrize("factor", [0.4, 0.3, 0.2, 0.15])
def test_a_shrunken_picture_is_nearer_to_the_mean_of_its_areas(factor):
    """Noise, against each result pixel's area, from 16 places a side in it; and against bilinear alone."""
    pixels = images(64, 64, 1, 20)
    maps = torch.diag(torch.tensor([1 / factor, 1 / factor, 1.0])).repeat(20, 1, 1)
    moves = Moves.of(maps, [PLAIN], size_of(pixels), "cpu")
    found, plain = (
        each.carry_out(pixels, slice(0, 20))[:, 0].numpy() for each in (moves, replace(moves, folds=None))
    )
    places = ((np.arange(64 * 16) + 0.5) / 16 - 0.5 - 31.5) / factor + 31.5
    nearest = np.clip(np.round(places), 0, 63).astype(int)
    inside = np.flatnonzero(np.abs(np.arange(64) - 31.5) < 30 * factor)
    square = np.ix_(range(20), inside, inside)
    fine = pixels[:, 0].numpy().astype(float)[:, nearest][:, :, nearest]
    truth = fine.reshape(20, 64, 16, 64, 16).mean((2, 4))
    assert np.abs(found - truth)[square].mean() < 0.6 * np.abs(plain - truth)[square].mean()


@pytest.mark.parametrize(("height", "width"), [(31, 31), (20, 33), (9, 7)])
@pytest.mark.parametrize("deed", [PLAIN, MIRRORED])
def test_a_shrunken_picture_stays_in_its_place(height, width, deed):
    """A slope keeps its height everywhere, whether its sides divide by two and four or not."""
    y, x = np.mgrid[:height, :width]
    slope = torch.from_numpy(
        (100 + 2.0 * (x - (width - 1) / 2) + (y - (height - 1) / 2)).round().astype(np.uint8)
    )
    pixels = slope.expand(2, 1, height, width)
    maps = torch.diag_embed(torch.tensor([[2.5, 2.5, 1.0], [4.5, 4.5, 1.0]]))
    found = Moves.of(maps, [deed], Size(1, height, width), "cpu").carry_out(pixels, slice(0, 2))
    for result, by in zip(found[:, 0].numpy(), (2.5, 4.5), strict=True):
        middle = np.abs(x - (width - 1) / 2) * by < width / 2 - 3
        middle &= np.abs(y - (height - 1) / 2) * by < height / 2 - 3
        expected = 100 + by * (2.0 * (x - (width - 1) / 2) + (y - (height - 1) / 2))
        if middle.any():
            assert np.abs(result - expected)[middle].max() < 2.5
