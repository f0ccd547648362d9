import io

import numpy as np
import pytest
import torch
from PIL import Image

from paribus.augment.preview import (
    EPOCHS,
    Sample,
    describe,
    describe_chain,
    pick_images,
    vary_alone,
    vary_sample,
)
from paribus.augment.sheet import Section, draw_sheet, encode_sheet
from paribus.specs import RecipeSpec
from paribus.training import Feed, TrainingData, resident

from .small import images, operations

MANY = ["shift-crop", {"name": "rotate", "degrees": [0, 20]}, "contrast", "noise", "erase"]


def sample(height=16, width=16, channels=3, count=3):
    positions = np.array([40, 7, 23, 11, 2, 5])[:count]
    return Sample(images(height, width, channels, count).numpy(), positions, tuple("abcdef"[:count]))


def test_variants_are_what_training_shows_in_its_first_epochs():
    """Against the batches of training itself, of a split in which these images stand."""
    pixels, positions = images(count=60).numpy(), np.arange(0, 60, 2)
    recipe = RecipeSpec(data={"name": "digits"}, net={"name": "linear"}, augment=operations(*MANY), seed=3)
    train = resident(pixels, positions, np.arange(30), "cpu")
    data = TrainingData(train, train, (100.0,) * 3, (50.0,) * 3, tuple(map(str, range(30))))
    shown = Sample(pixels[[8, 30]], np.array([8, 30]), ("a", "b"))
    strips = vary_sample(recipe.augment, shown, recipe.seed_of("augment"), 3)
    for epoch in range(1, 4):
        ((batch, target),) = Feed(recipe, data).epoch(epoch)
        seen = dict(zip(target.labels.tolist(), batch, strict=True))  # the label says which image it is
        for strip, label in zip(strips, (4, 15), strict=True):
            trained = (seen[label] * 50 + 100).round().to(torch.uint8).numpy()
            assert np.abs(trained.astype(int) - strip.variants[epoch - 1]).max() <= 1


def test_a_strip_is_the_image_and_a_variant_for_each_epoch():
    strips = vary_sample(operations(*MANY), sample(), 0)
    assert [strip.label for strip in strips] == ["a", "b", "c"]
    for strip, image in zip(strips, sample().pixels, strict=True):
        assert np.array_equal(strip.original, image)
        assert len({variant.tobytes() for variant in strip.variants}) == EPOCHS


def test_alone_an_operation_touches_the_image_in_every_epoch():
    chain = operations({"name": "invert", "probability": 0.1}, {"name": "flip", "probability": 0.0})
    inverted, flipped = vary_alone(chain, sample(), 0)
    assert all(np.array_equal(variant, 255 - sample().pixels[0]) for variant in inverted.variants)
    assert all(np.array_equal(variant, sample().pixels[0][..., ::-1]) for variant in flipped.variants)
    assert (inverted.label, flipped.label) == ("invert (probability 0.1)", "flip (probability 0)")


def test_a_mixed_row_holds_the_row_above():
    chain, shown = operations("mixup"), sample()
    strips = vary_sample(chain, shown, 0)
    for row, strip in enumerate(strips):
        both = np.stack([shown.pixels[row].ravel(), shown.pixels[row - 1].ravel()], 1).astype(float)
        for variant in strip.variants:
            shares, *_ = np.linalg.lstsq(both, variant.ravel().astype(float))
            assert abs(shares.sum() - 1) < 0.01
            assert np.abs(both @ shares - variant.ravel()).max() < 1.5
    assert "row above" in describe_chain(chain)
    assert "row above" not in describe_chain(operations("flip"))


@pytest.mark.parametrize(
    ("labels", "count", "expected"),
    [
        ([0, 0, 1, 1, 2], 3, [0, 2, 4]),
        ([2, 1, 0, 1], 3, [2, 1, 0]),
        ([0, 0, 1, 0], 4, [0, 2, 1, 3]),
        ([5, 5], 6, [0, 1]),
        (list(range(100)), 3, [0, 50, 99]),
        ([], 3, []),
    ],
)
def test_images_of_different_classes_are_picked(labels, count, expected):
    found = pick_images(np.array(labels, dtype=np.int64), count)
    assert found.tolist() == expected


def test_an_operation_is_described_by_what_is_not_by_default():
    chain = operations("flip", {"name": "rotate", "degrees": [0, 20]}, {"name": "erase", "fill": "mean"})
    assert describe_chain(chain) == "flip · rotate (degrees 0 to 20) · erase (fill mean)"
    assert describe(chain[0]) == "flip"


# --- the sheet


def sections(*samples):
    chain = operations(*MANY)
    return [
        Section("flip, seed 0", describe_chain(chain), tuple(vary_sample(chain, each, 0))) for each in samples
    ]


def pixels_of(content):
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))


def test_the_same_strips_give_the_same_bytes():
    assert encode_sheet(sections(sample())) == encode_sheet(sections(sample()))
    assert Image.open(io.BytesIO(encode_sheet(sections(sample())))).info == {}


def test_an_enlarged_image_has_its_own_pixels_and_no_others():
    strips = vary_sample(operations("flip"), sample(16, 16), 0)
    drawn = np.asarray(draw_sheet([Section("", "", tuple(strips))]))
    picture = strips[0].original.transpose(1, 2, 0).repeat(6, 0).repeat(6, 1)  # 16 pixels become 96
    found = [
        (y, x)
        for y, x in zip(*np.nonzero((drawn == picture[0, 0]).all(2)), strict=True)
        if drawn[y : y + 96, x : x + 96].shape == picture.shape
        and np.array_equal(drawn[y : y + 96, x : x + 96], picture)
    ]
    assert len(found) >= 1


@pytest.mark.parametrize(
    ("height", "width", "channels"),
    [(8, 8, 1), (32, 32, 3), (20, 33, 3), (200, 120, 3), (1, 1, 1), (9, 9, 2), (9, 9, 4)],
)
def test_images_of_any_size_and_channels_are_drawn(height, width, channels):
    drawn = pixels_of(encode_sheet(sections(sample(height, width, channels))))
    assert drawn.shape[1] > 400
    assert (drawn[:20] == 255).all()  # a margin
    assert (drawn[:, -20:] == 255).all()
    assert (drawn < 255).mean() > 0.01


def test_a_sheet_that_must_be_small_is_small():
    large = sections(sample(128, 128, count=6))
    assert len(encode_sheet(large)) > 300_000
    assert len(encode_sheet(large, 150_000)) <= 150_000


def test_a_small_sheet_keeps_all_its_colours():
    assert encode_sheet(sections(sample(8, 8)), 150_000) == encode_sheet(sections(sample(8, 8)))


def test_long_titles_and_labels_are_wrapped_and_stay_on_the_paper():
    names = ("a class with a very long name indeed", "b", "c")
    given = sample()
    strips = tuple(vary_sample(operations("flip"), Sample(given.pixels, given.positions, names), 0))
    drawn = np.asarray(draw_sheet([Section("arm " * 80, "caption " * 60, strips)]))
    assert (drawn[:, -20:] == 255).all()
    assert drawn.shape[0] > drawn.shape[1] / 4


def test_what_is_shown_is_not_normalised():
    (strip,) = vary_sample([], sample(count=1), 0, 1)
    assert np.array_equal(strip.variants[0], strip.original)
