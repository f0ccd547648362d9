from dataclasses import replace

import numpy as np
import pytest
import torch

from paribus import chance
from paribus.augment import Chain, Normalisation, Size
from paribus.schedules import steps_per_epoch
from paribus.specs.augments import Brightness, Cutmix, Flip, Mixup, Noise, Rotate, ShiftCrop
from paribus.training import Feed, resident

from .small import images, make_data, make_recipe

EVERY = [Flip(), ShiftCrop(padding="reflect"), Rotate(), Brightness()]


@pytest.mark.parametrize(
    ("count", "batch_size", "steps"),
    [(40, 16, 3), (32, 16, 2), (33, 16, 2), (34, 16, 3), (5, 16, 1), (1, 16, 1), (17, 16, 1), (3, 2, 1),
     (2, 1, 2), (1, 1, 1)],
)  # fmt: skip
def test_a_short_last_batch_is_kept_and_a_single_image_joins_the_one_before(count, batch_size, steps):
    assert steps_per_epoch(count, batch_size) == steps
    sizes = [
        len(target.labels)
        for _, target in Feed(make_recipe(batch_size=batch_size), make_data(count)).epoch(1)
    ]
    assert len(sizes) == steps
    assert sum(sizes) == count
    assert min(sizes) > 1 or batch_size == 1 or count == 1
    assert set(sizes[:-1]) <= {batch_size}


@pytest.mark.parametrize("channels", [1, 3])
def test_a_batch_is_the_shuffled_images_normalised_by_channel(channels):
    data, recipe = make_data(channels=channels), make_recipe(seed=5)
    train = data.train
    order = chance.permutation(40, 5, "order", 2)
    mean = np.array(data.mean).reshape(1, -1, 1, 1)
    deviation = np.array(data.deviation).reshape(1, -1, 1, 1)
    for step, (pixels, target) in enumerate(Feed(recipe, data).epoch(2)):
        chosen = order[16 * step : 16 * (step + 1)]
        expected = (train.pixels[train.positions[chosen]].numpy() - mean) / deviation
        assert pixels.dtype == torch.float32
        assert np.abs(pixels.numpy() - expected).max() < 1e-5
        assert target.labels.tolist() == train.labels[chosen].tolist()


def test_every_epoch_shows_every_image_once_in_another_order():
    data = replace(make_data(), mean=(0.0,) * 3, deviation=(255.0,) * 3)
    feed = Feed(make_recipe(), data)
    every = sorted(image.numpy().tobytes() for image in data.train.pixels[data.train.positions] / 255)
    seen = [torch.cat([pixels for pixels, _ in feed.epoch(epoch)]) for epoch in (1, 2)]
    for epoch in seen:
        rounded = (epoch * 255).round() / 255
        assert sorted(image.numpy().tobytes() for image in rounded) == every
    assert not torch.equal(*seen)


def test_to_start_at_a_step_is_to_have_come_there():
    feed = Feed(make_recipe(augment=[*EVERY, Noise(), Mixup(), Cutmix()]), make_data())
    whole = list(feed.epoch(3))
    for first in range(len(whole) + 1):
        rest = list(feed.epoch(3, first_step=first))
        assert len(rest) == len(whole) - first
        for (pixels, target), (more, other) in zip(whole[first:], rest, strict=True):
            assert torch.equal(pixels, more)
            assert torch.equal(target.labels, other.labels)
            assert torch.equal(target.shares, other.shares)


def test_an_image_is_varied_by_its_position_in_its_split_whichever_others_are_used():
    """So arms with fewer images, or with other classes, vary those that they share alike."""
    pixels, labels = images(60, 0)
    batches = []
    for positions in (np.arange(60), np.arange(10, 60, 5)):
        data = make_data()
        train = resident(pixels, positions, labels[positions], "cpu")
        data = type(data)(train, data.validation, data.mean, data.deviation, data.classes)
        feed = Feed(make_recipe(augment=EVERY, batch_size=100), data)
        ((varied, _),) = feed.epoch(1)
        order = chance.permutation(len(positions), 0, "order", 1)
        batches.append({int(positions[at]): image for at, image in zip(order, varied, strict=True)})
    few, all_ = batches[1], batches[0]
    assert len(few) == 10
    assert all(torch.allclose(image, all_[position], atol=1e-5) for position, image in few.items())


def test_the_chain_is_carried_out_with_the_draws_of_seed_and_epoch():
    data, recipe = make_data(), make_recipe(augment=EVERY, seed=3, batch_size=64)
    ((varied, _),) = Feed(recipe, data).epoch(7)
    order = chance.permutation(40, 3, "order", 7)
    variations = Chain(EVERY).draw(data.train.origins.numpy()[order], Size(3, 16, 16), 3, 7)
    shown = data.train.pixels[data.train.positions[order]]
    assert torch.equal(varied, variations.vary(shown, Normalisation.by(data.mean, data.deviation)))


def test_a_mixed_batch_says_whose_labels_it_mixes():
    recipe = make_recipe(augment=[Mixup()], normalise=False, layout="contiguous")
    plain = make_recipe(normalise=False, layout="contiguous")
    pairs = zip(Feed(recipe, make_data()).epoch(1), Feed(plain, make_data()).epoch(1), strict=True)
    for (images_, target), (bare, labels) in pairs:
        assert torch.equal(target.labels, labels.labels)
        assert torch.equal(target.partners, labels.labels.roll(1))
        assert labels.shares is None
        share = target.shares[:, None, None, None]
        assert torch.allclose(images_, share * bare + (1 - share) * bare.roll(1, 0), atol=1e-5)


@pytest.mark.parametrize("layout", ["channels-last", "contiguous"])
@pytest.mark.parametrize("augment", [[], EVERY], ids=["plain", "varied"])
def test_batches_lie_in_the_layout_asked_for(layout, augment):
    feed = Feed(make_recipe(layout=layout, augment=augment), make_data())
    wanted = torch.channels_last if layout == "channels-last" else torch.contiguous_format
    shown = [pixels for pixels, _ in feed.epoch(1)] + list(feed.evaluated(make_data().validation))
    assert all(pixels.is_contiguous(memory_format=wanted) for pixels in shown)


def test_the_resident_images_are_not_changed_and_not_copied():
    pixels, labels = images(20, 0)
    before, positions = pixels.copy(), np.arange(20)
    used = resident(pixels, positions, labels, "cpu")
    assert used.pixels.data_ptr() == pixels.ctypes.data
    data = make_data()
    data = type(data)(used, data.validation, data.mean, data.deviation, data.classes)
    for augment in ([], EVERY, [Flip()]):
        list(Feed(make_recipe(augment=augment), data).epoch(1))
    assert np.array_equal(pixels, before)


def stream(name, seed, *, randomise):
    """Labels in their order, and pixels sorted back into one order, of an epoch."""
    recipe = make_recipe(augment=EVERY, seed=seed, randomise=randomise, batch_size=64)
    data = make_data()
    ((varied, target),) = Feed(recipe, data).epoch(1)
    order = chance.permutation(40, recipe.seed_of("order"), "order", 1)
    return {"order": target.labels.tolist(), "augment": varied[np.argsort(order)].numpy().tobytes()}[name]


@pytest.mark.parametrize("name", ["order", "augment"])
def test_a_stream_varies_with_the_seed_only_where_it_is_asked_to(name):
    other = {"order": "augment", "augment": "order"}[name]
    assert stream(name, 0, randomise=[name]) != stream(name, 1, randomise=[name])
    assert stream(name, 0, randomise=[other]) == stream(name, 1, randomise=[other])
    assert stream(name, 0, randomise=[other]) == stream(name, 0, randomise=[name])
