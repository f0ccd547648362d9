import numpy as np
import pytest
import torch
from scipy import ndimage

from paribus.augment.sampling import gather_pixels, resample


def images(height, width, channels=2, count=5):
    shape = (count, channels, height, width)
    return torch.from_numpy(np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8))


def affine_maps(count, seed=0):
    """Turned, stretched, sheared and moved, at random."""
    random = np.random.default_rng(seed)
    maps = np.eye(3)[None].repeat(count, 0)
    maps[:, :2, :2] += random.uniform(-0.6, 0.6, (count, 2, 2))
    maps[:, :2, 2] = random.uniform(-6, 6, (count, 2))
    return torch.from_numpy(maps.astype(np.float32))


def by_scipy(image, matrix, mode):
    """One channel; scipy counts rows first and from the corner."""
    linear = matrix[:2, :2][::-1, ::-1].astype(np.float64)
    centre = (np.array(image.shape) - 1) / 2
    offset = centre - linear @ centre + matrix[:2, 2][::-1]
    return ndimage.affine_transform(image.astype(np.float64), linear, offset, order=1, mode=mode, cval=0)


@pytest.mark.parametrize(("height", "width"), [(8, 8), (31, 31), (20, 33), (64, 64)])
@pytest.mark.parametrize(("reflect", "mode"), [(False, "grid-constant"), (True, "mirror")])
def test_any_map_agrees_with_scipys_linear_interpolation(height, width, reflect, mode):
    pixels, maps = images(height, width), affine_maps(5)
    found = resample(pixels.float(), maps, reflect=reflect)
    for image, result, matrix in zip(pixels.numpy(), found.numpy(), maps.numpy(), strict=True):
        for channel, seen in zip(image, result, strict=True):
            assert np.abs(seen - by_scipy(channel, matrix, mode)).max() < 0.05


@pytest.mark.parametrize("reflect", [False, True])
@pytest.mark.parametrize(("height", "width"), [(8, 8), (31, 31), (20, 33)])
def test_resampling_whole_pixel_maps_is_gathering(height, width, reflect):
    pixels = images(height, width)
    maps = torch.eye(3).repeat(5, 1, 1)
    maps[:, :2, 2] = torch.tensor([[0, 0], [3, -2], [-7, 7], [1, 0], [0, -19]])
    maps[3:, 0, 0] = -1
    gathered = gather_pixels(pixels, maps, reflect=reflect)
    assert torch.allclose(resample(pixels.float(), maps, reflect=reflect), gathered.float(), atol=0.02)


@pytest.mark.parametrize("kind", [torch.uint8, torch.float32, torch.int64])
def test_gathering_keeps_the_type_and_leaves_what_went_in(kind):
    pixels = images(6, 7).to(kind)
    before = pixels.clone()
    maps = torch.eye(3).repeat(5, 1, 1)
    maps[:, 0, 2] = 2
    found = gather_pixels(pixels, maps, reflect=False)
    assert found.dtype == kind
    assert torch.equal(found[..., :-2], pixels[..., 2:])
    assert not found[..., -2:].any()
    assert torch.equal(pixels, before)


@pytest.mark.parametrize("reflect", [False, True])
@pytest.mark.parametrize("size", [8, 16, 32, 64])
def test_the_identity_changes_no_bit_where_sides_are_powers_of_two(size, reflect):
    pixels, maps = images(size, size), torch.eye(3).repeat(5, 1, 1)
    assert torch.equal(resample(pixels.float(), maps, reflect=reflect), pixels.float())
    assert torch.equal(gather_pixels(pixels, maps, reflect=reflect), pixels)


def test_images_of_one_pixel_are_black_or_themselves():
    pixels, maps = images(1, 1), torch.eye(3).repeat(5, 1, 1)
    maps[:, 0, 2] = torch.arange(5)
    assert not gather_pixels(pixels, maps, reflect=False)[1:].any()
    assert torch.equal(gather_pixels(pixels, maps, reflect=True), pixels)
