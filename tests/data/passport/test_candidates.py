from concurrent.futures import ThreadPoolExecutor

import numpy as np

from paribus.data.passport.candidates import ALIKE, find_candidates, join, keep_likest, sketch
from paribus.data.passport.thumbnails import area_weights, brightness_of

from .planted import pictures


def sketched(images):
    return sketch(brightness_of(images.transpose(0, 3, 1, 2).astype(np.float32)))[0]


def test_every_pair_that_plain_comparing_finds_is_a_candidate_and_no_other():
    """Enough for several blocks, some of which are passed over by their boxes."""
    images = pictures(1500)
    images = np.concatenate([images, images[::3, :, ::-1], np.roll(images[::5], 2, axis=2)])
    sketches = sketched(images)
    even, odd = np.split(sketches, 2, axis=1)
    alike = even @ even.T + np.abs(odd @ odd.T)
    expected = {pair for pair in zip(*np.nonzero(alike > ALIKE), strict=True) if pair[0] < pair[1]}
    with ThreadPoolExecutor(2) as pool:
        pairs, mirrored, found = join([found for found, _ in find_candidates(sketches, pool)])
    assert set(zip(*pairs.tolist(), strict=True)) == expected
    assert len(expected) >= 500
    assert np.allclose(found, alike[pairs[0], pairs[1]], atol=1e-5)
    assert mirrored.sum() >= 450


def test_of_too_many_candidates_the_likest_are_kept():
    pairs = np.arange(20).reshape(2, 10)
    alike = np.linspace(0.8, 1, 10, dtype=np.float32)
    kept = keep_likest([(pairs, np.zeros(10, bool), alike)], 3)
    assert kept[0].tolist() == [[9, 8, 7], [19, 18, 17]]
    assert kept[2].min() > 0.9


def test_a_sketch_does_not_know_brightness_and_contrast_and_tells_a_picture_from_its_mirror_image():
    image = pictures(1)[0] * 0.5
    a, b, c = sketched(np.stack([image, image * 1.5 + 20, image[:, ::-1]]))
    assert a @ b > 0.99
    half = len(a) // 2
    assert np.allclose(a[:half], c[:half], atol=1e-5)
    assert np.allclose(a[half:], -c[half:], atol=1e-5)


def test_area_weights_share_each_pixel_out_by_area():
    assert np.allclose(area_weights(64), np.repeat(np.eye(32), 2, axis=1) / 2)
    assert np.allclose(area_weights(48, 32).sum(0), 2 / 3)
    assert np.allclose(area_weights(3, 2), [[2 / 3, 1 / 3, 0], [0, 1 / 3, 2 / 3]])
    assert np.allclose(area_weights(20) @ np.full(20, 7.0), 7)


def test_images_without_contrast_are_not_compared():
    flat = np.full((1, 32, 32, 3), 90.0)
    faint = flat + np.linspace(0, 4, 32)[None, :, None, None]
    images = np.concatenate([flat, faint, pictures(3)])
    usable = sketch(brightness_of(images.transpose(0, 3, 1, 2).astype(np.float32)))[1]
    assert usable.tolist() == [False, False, True, True, True]
