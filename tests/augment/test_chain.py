import itertools

import numpy as np
import pytest
import torch

from paribus.augment import Chain
from paribus.specs.augments import Brightness, Contrast, Flip, Rotate, ShiftCrop

EVERY = [Flip(), ShiftCrop(), Rotate(), Brightness(), Contrast()]
SIZES = [(8, 8), (31, 31), (32, 32), (64, 64), (20, 33)]


def images(height=16, width=12, channels=3, count=12):
    shape = (count, channels, height, width)
    return torch.from_numpy(np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8))


def named(operations):
    return "+".join(operation.name for operation in operations)


@pytest.mark.parametrize(("height", "width"), SIZES)
@pytest.mark.parametrize("padding", ["zero", "reflect"])
@pytest.mark.parametrize("flip_first", [True, False])
def test_whole_pixel_steps_in_one_gather_are_those_steps_one_after_another(
    height, width, padding, flip_first
):
    steps = [Flip(), ShiftCrop(pixels=5, padding=padding)]
    steps = steps if flip_first else steps[::-1]
    pixels = images(height, width, count=40)
    draws = Chain(steps).draw(40, 0, 0)
    expected = pixels
    for step in steps:
        expected = Chain([step]).apply(expected, draws)
    found = Chain(steps).apply(pixels, draws)
    assert found.dtype == torch.uint8
    assert torch.equal(found, expected)


def test_flipping_after_a_shift_is_not_flipping_before():
    pixels = images()
    draws = {"flip": torch.zeros(12, 1), "shift-crop": torch.tensor([[0.9, 0.5, 0.0]]).repeat(12, 1)}
    shift_last = Chain([Flip(probability=1.0), ShiftCrop()]).apply(pixels, draws)
    flip_last = Chain([ShiftCrop(), Flip(probability=1.0)]).apply(pixels, draws)
    assert torch.equal(flip_last[..., 4:], pixels[..., 4:].flip(3)[..., : 12 - 4])
    assert not flip_last[..., :4].any()
    assert torch.equal(shift_last[..., : 12 - 4], pixels.flip(3)[..., 4:])
    assert not shift_last[..., 12 - 4 :].any()


@pytest.mark.parametrize(
    "steps", list(itertools.permutations([Flip(), ShiftCrop(pixels=3), Rotate(degrees=40)])), ids=named
)
def test_one_resampling_agrees_with_the_steps_one_after_another_inside(steps):
    """Away from the border: there one step after another cuts off what a later step would bring back."""
    y, x = torch.meshgrid(torch.linspace(0, 1, 32), torch.linspace(0, 1, 32), indexing="ij")
    pixels = (40 + 90 * x + 80 * y).repeat(12, 1, 1, 1).round().to(torch.uint8)
    draws = Chain(steps).draw(12, 0, 0)
    expected = pixels.float()
    for step in steps:
        expected = Chain([step]).apply(expected, draws).float()
    inside = Chain(steps).apply(torch.full_like(pixels, 255), draws)[:, :, 10:22, 10:22]
    assert (inside > 254).all()
    found = Chain(steps).apply(pixels, draws)
    assert (found - expected)[:, :, 10:22, 10:22].abs().max() < 1


def test_geometry_comes_before_colour_wherever_it_is_listed():
    pixels = images()
    one, other = Chain([Flip(), ShiftCrop(), Contrast()]), Chain([Contrast(), Flip(), ShiftCrop()])
    draws = one.draw(12, 0, 0)
    moved = Chain([Flip(), ShiftCrop()]).apply(pixels, draws)
    assert torch.equal(one.apply(pixels, draws), other.apply(pixels, draws))
    assert torch.equal(one.apply(pixels, draws), Chain([Contrast()]).apply(moved, draws))


@pytest.mark.parametrize(("height", "width"), SIZES)
@pytest.mark.parametrize("channels", [1, 3])
def test_any_chain_gives_numbers_from_0_to_255_in_the_same_shape(height, width, channels):
    pixels = images(height, width, channels)
    before = pixels.clone()
    for length in range(1, 6):
        for steps in itertools.combinations(EVERY, length):
            found = Chain(steps).apply(pixels, Chain(steps).draw(12, 0, 0))
            assert found.shape == pixels.shape
            assert torch.isfinite(found.float()).all()
            assert 0 <= found.min() <= found.max() <= 255.001
    assert torch.equal(pixels, before)


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_with_probability_0_every_chain_is_the_identity(height, width):
    pixels = images(height, width)
    chain = Chain([type(step)(probability=0.0) for step in EVERY])
    assert torch.allclose(chain.apply(pixels, chain.draw(12, 0, 0)), pixels.float(), atol=5e-3)


def test_without_operations_nothing_is_touched():
    pixels = images()
    assert Chain([]).draw(12, 0, 0) == {}
    assert Chain([]).apply(pixels, {}) is pixels


# --- what a draw depends on


def varied(steps, positions, seed=0, epoch=0):
    """The variations of the images at these positions of a split, as one batch."""
    chain = Chain(steps)
    draws = {name: table[positions] for name, table in chain.draw(12, seed, epoch).items()}
    return chain.apply(images()[positions], draws)


@pytest.mark.parametrize("steps", [[step] for step in EVERY] + [EVERY], ids=named)
def test_the_batch_does_not_change_how_an_image_is_varied(steps):
    whole = varied(steps, list(range(12)))
    assert torch.equal(varied(steps, list(range(11, -1, -1))), whole.flip(0))
    for position in range(12):
        assert torch.equal(varied(steps, [position])[0], whole[position])
    assert torch.equal(varied(steps, [3, 3, 7]), whole[[3, 3, 7]])


def test_a_larger_split_only_adds_draws():
    few, many = Chain(EVERY).draw(12, 0, 0), Chain(EVERY).draw(500, 0, 0)
    for name, table in few.items():
        assert torch.equal(many[name][:12], table)


def test_neither_order_nor_company_changes_what_an_operation_draws():
    every = Chain(EVERY).draw(12, 0, 0)
    assert set(every) == {"flip", "shift-crop", "rotate", "brightness", "contrast"}
    for step in EVERY:
        assert torch.equal(Chain([step]).draw(12, 0, 0)[step.name], every[step.name])
    reversed_ = Chain(EVERY[::-1]).draw(12, 0, 0)
    assert all(torch.equal(reversed_[name], table) for name, table in every.items())


def test_names_seeds_and_epochs_draw_differently():
    tables = [
        chain_draws[name][:, 0].tolist()
        for seed, epoch in [(0, 0), (1, 0), (0, 1), (1, 1)]
        for chain_draws in [Chain(EVERY).draw(12, seed, epoch)]
        for name in chain_draws
    ]
    assert len({tuple(table) for table in tables}) == 20


def test_the_same_call_gives_the_same_bits_whatever_the_global_generator():
    torch.manual_seed(1)
    first = varied(EVERY, list(range(12)))
    torch.manual_seed(2)
    state = torch.get_rng_state()
    assert torch.equal(varied(EVERY, list(range(12))), first)
    assert torch.equal(torch.get_rng_state(), state)
