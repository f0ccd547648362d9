import hashlib

import numpy as np
import pytest

from paribus.data.streetnumbers import draw_streetnumbers, fonts, glyphs, lettering
from paribus.data.streetnumbers.draws import BLOCK, Draws


@pytest.fixture(scope="module")
def thousand():
    return draw_streetnumbers(1000, split="train")


def digests(pixels):
    return {hashlib.sha256(image.tobytes()).digest() for image in pixels}


def brightness(pixels):
    return pixels.astype(np.float64).mean(axis=1)


def test_the_same_call_draws_the_same_bytes(thousand):
    again, labels = draw_streetnumbers(1000, split="train")
    assert np.array_equal(again, thousand[0])
    assert np.array_equal(labels, thousand[1])


def test_every_machine_draws_these_pixels():
    """A drawn set's fingerprint is its pixels, so processor, BLAS and NumPy must not matter."""
    whole = hashlib.sha256()
    for split in ("train", "test", "extra"):
        whole.update(draw_streetnumbers(128, split=split)[0].tobytes())
    assert whole.hexdigest()[:16] == "7c276e12f2d8ff28"


@pytest.mark.parametrize("count", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 300])
def test_asking_for_more_only_adds_images(thousand, count):
    pixels, labels = draw_streetnumbers(count, split="train")
    assert np.array_equal(pixels, thousand[0][:count])
    assert np.array_equal(labels, thousand[1][:count])


def test_splits_and_seeds_share_no_image(thousand):
    others = [
        draw_streetnumbers(1000, split="test")[0],
        draw_streetnumbers(1000, split="extra")[0],
        draw_streetnumbers(1000, split="train", seed=1)[0],
    ]
    sets = [digests(pixels) for pixels in [thousand[0], *others]]
    assert [len(one) for one in sets] == [1000] * 4
    assert len(set.union(*sets)) == 4000


@pytest.mark.parametrize("size", [16, 32, 48, 64])
def test_pixels_are_bytes_of_the_asked_size_and_labels_whole_numbers(size):
    pixels, labels = draw_streetnumbers(70, split="test", size=size)
    assert pixels.shape == (70, 3, size, size)
    assert pixels.dtype == np.uint8
    assert labels.shape == (70,)
    assert labels.dtype == np.int64


def test_a_larger_picture_shows_the_same_scene():
    small = brightness(draw_streetnumbers(200, split="extra", size=16)[0]).reshape(200, -1)
    large = brightness(draw_streetnumbers(200, split="extra", size=48)[0])
    shrunk = large.reshape(200, 16, 3, 16, 3).mean(axis=(2, 4)).reshape(200, -1)
    likeness = [np.corrcoef(a, b)[0, 1] for a, b in zip(small, shrunk, strict=True)]
    assert np.median(likeness) > 0.95


def test_labels_come_in_the_shares_of_svhn():
    labels = draw_streetnumbers(12_000, split="train", size=8)[1]
    counts = np.array([4948, 13861, 10585, 8497, 7458, 6882, 5727, 5595, 5045, 4659])  # its train split
    shares = np.bincount(labels, minlength=10) / len(labels)
    # four standard errors of a share near 0.19
    assert np.abs(shares - counts / counts.sum()).max() < 0.014


def test_most_images_have_contrast_and_none_is_empty(thousand):
    grey = brightness(thousand[0]).reshape(1000, -1)
    spread = np.percentile(grey, 97, axis=1) - np.percentile(grey, 3, axis=1)
    assert spread.min() > 12
    assert np.median(spread) > 70
    assert 90 < grey.mean() < 150
    assert thousand[0].min() == 0
    assert thousand[0].max() == 255


def test_images_are_coloured(thousand):
    pixels = thousand[0].astype(np.int64)
    assert np.abs(pixels[:, 0] - pixels[:, 2]).mean() > 15


def test_extra_has_more_contrast_and_less_noise_than_train(thousand):
    extra = draw_streetnumbers(1000, split="extra")[0]

    def contrast(pixels):
        return np.median(brightness(pixels).std(axis=(1, 2)))

    def roughness(pixels):
        # noise of single pixels: what a second difference along the picture's rim leaves
        rim = brightness(pixels)[:, :2]
        return np.median(np.abs(np.diff(rim, n=2, axis=2)))

    assert contrast(extra) > 1.1 * contrast(thousand[0])
    assert roughness(extra) < 0.8 * roughness(thousand[0])


def test_an_image_does_not_depend_on_its_neighbours_in_the_block(thousand):
    """Neighbouring images are no more alike than distant ones, also across the edge of a block."""
    grey = brightness(thousand[0]).reshape(1000, -1)
    grey -= grey.mean(axis=1, keepdims=True)
    grey /= np.linalg.norm(grey, axis=1, keepdims=True)
    for distance in (1, BLOCK):
        likeness = (grey[:-distance] * grey[distance:]).sum(axis=1).mean()
        assert abs(likeness - (grey[:-321] * grey[321:]).sum(axis=1).mean()) < 0.05


def test_every_font_has_ten_digits_with_ink_inside_the_atlas():
    table = glyphs.atlas()
    inked = table.distances[:-1] < 0
    share = inked.mean(axis=(1, 2))
    assert len(share) == 10 * len(fonts.FONTS)
    assert (share > 0.02).all()
    assert (share < 0.30).all()
    rim = np.concatenate([inked[:, 0], inked[:, -1], inked[:, :, 0], inked[:, :, -1]], axis=1)
    assert not rim.any()


def test_the_ten_digits_of_a_font_differ_also_when_turned_over():
    shapes = (glyphs.atlas().distances[:-1] < 0).reshape(len(fonts.FONTS), 10, -1)
    for digits in shapes.astype(np.float64):
        apart = np.abs(digits[:, None] - digits).sum(axis=2) + np.eye(10) * 1e9
        assert apart.min() > 80
    sided = [2, 3, 4, 5, 6, 7, 9]
    mirrored = shapes.reshape(-1, 10, glyphs.SIDE, glyphs.SIDE)[..., ::-1].reshape(shapes.shape)
    assert (shapes != mirrored)[:, sided].sum(axis=2).min() > 150


def test_every_digit_of_every_font_is_drawn():
    drawn = set[int]()
    for block in range(120):
        drawn |= set(lettering.choose_number(_draws(block)).shapes[:, 1].tolist())
    assert drawn == set(range(glyphs.BLANK))


def _draws(block):

    return Draws(0, "train", block, 1.0)


def test_an_unknown_split_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="unknown split 'valid'; known: train, test, extra"):
        draw_streetnumbers(1, split="valid")
