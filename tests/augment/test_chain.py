import itertools

import numpy as np
import pytest
import torch

from paribus.augment import Chain, Size
from paribus.augment.operations import draw_numbers
from paribus.specs import AUGMENTS

from .small import SIZES, as_it_is, drawn, images, operations, varied

MIXING = ["cutmix", "mixup"]
EVERY = [name for name in AUGMENTS if name not in MIXING]
MANY = ["flip", {"name": "shift-crop", "padding": "reflect"}, "rotate", "perspective", "colour-jitter",
        "solarize", "noise", "erase", "rand-augment", "blur"]  # fmt: skip


def named(asked):
    return "+".join(each if isinstance(each, str) else each["name"] for each in asked)


# --- what one pass gives


@pytest.mark.parametrize(("height", "width"), SIZES)
@pytest.mark.parametrize("padding", ["zero", "reflect"])
@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_whole_pixel_steps_in_one_gather_are_those_steps_one_after_another(height, width, padding, order):
    steps = ["flip", {"name": "shift-crop", "pixels": 5, "padding": padding}, "flip-vertical"]
    steps = [steps[at] for at in order]
    pixels = images(height, width, count=40)
    expected = pixels
    for step in steps:
        expected = varied([step], expected).to(torch.uint8)
    assert torch.equal(varied(steps, pixels), expected.float())


@pytest.mark.parametrize(
    "steps",
    list(
        itertools.permutations(
            ["flip", {"name": "shift-crop", "pixels": 3}, {"name": "rotate", "degrees": 40}]
        )
    ),
    ids=named,
)
def test_one_resampling_agrees_with_the_steps_one_after_another_inside(steps):
    """Away from the border: there one step after another cuts off what a later step would bring back."""
    y, x = torch.meshgrid(torch.linspace(0, 1, 32), torch.linspace(0, 1, 32), indexing="ij")
    pixels = (40 + 90 * x + 80 * y).repeat(12, 1, 1, 1).round().to(torch.uint8)
    expected = pixels
    for step in steps:
        expected = varied([step], expected).round().to(torch.uint8)
    inside = varied(steps, torch.full_like(pixels, 255))[:, :, 10:22, 10:22]
    assert (inside > 254).all()
    assert (varied(steps, pixels) - expected)[:, :, 10:22, 10:22].abs().max() < 1.6


def test_one_resampling_is_sharper_and_nearer_to_the_truth_than_three():
    """A fine grating, turned, shifted by half a pixel's worth of turning, and turned again."""
    side, waves = 64, 2 * np.pi / 4.5
    middle = torch.arange(side) - (side - 1) / 2
    steps = [{"name": "rotate", "degrees": [9, 9]}, {"name": "scale", "factor": [1.15, 1.15]},
             {"name": "shear", "degrees": [8, 8]}]  # fmt: skip

    def grating(x):
        return 128 + 100 * torch.sin(waves * x)

    pixels = grating(middle).expand(1, 1, side, side).round().to(torch.uint8)
    variations = drawn(steps, pixels)
    places = variations._moves._places(variations._moves.maps, side, side)[0, 0] * side / 2
    truth = grating(places)[16:48, 16:48]
    once = varied(steps, pixels)[0, 0, 16:48, 16:48]
    thrice = pixels
    for step in steps:
        thrice = varied([step], thrice).round().to(torch.uint8)
    thrice = thrice[0, 0, 16:48, 16:48].float()
    assert once.std() > 1.15 * thrice.std()
    assert (once - truth).abs().mean() < 0.6 * (thrice - truth).abs().mean()


def test_geometry_comes_before_colour_and_both_before_the_others_wherever_listed():
    pixels = images()
    moved = varied(["flip", "shift-crop"], pixels).to(torch.uint8)
    coloured = varied(["contrast"], moved)
    expected = varied(["solarize"], coloured.round().to(torch.uint8))
    for asked in (
        ["flip", "shift-crop", "contrast", "solarize"],
        ["solarize", "contrast", "flip", "shift-crop"],
    ):
        assert (varied(asked, pixels) - expected).abs().max() <= 0.51


def test_the_others_come_in_the_order_listed():
    pixels = images()
    one, other = (
        {"name": "posterize", "bits": 1, "probability": 1},
        {"name": "solarize", "threshold": 100, "probability": 1},
    )
    after = varied([other], varied([one], pixels).to(torch.uint8))
    assert torch.equal(varied([one, other], pixels), after)
    assert not torch.equal(varied([other, one], pixels), after)


@pytest.mark.parametrize(("height", "width"), [(8, 8), (31, 31), (20, 33), (4, 5), (1, 1)])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_every_operation_gives_numbers_from_0_to_255_in_the_same_shape(height, width, channels):
    pixels = images(height, width, channels)
    before = pixels.clone()
    for asked in [*([name] for name in EVERY), EVERY]:
        found = varied(asked, pixels)
        assert found.shape == pixels.shape, asked
        assert torch.isfinite(found).all(), asked
        assert 0 <= found.min() <= found.max() <= 255.01, asked
    assert torch.equal(pixels, before)


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_with_probability_0_every_chain_is_the_identity(height, width):
    pixels = images(height, width)
    for asked in [*([name] for name in EVERY), EVERY]:
        never = [{"name": name, "probability": 0} for name in asked]
        assert torch.allclose(varied(never, pixels), pixels.float(), atol=0.05), asked


@pytest.mark.parametrize("name", EVERY)
def test_every_operation_does_something(name):
    pixels = images(32, 32, count=40) // 2 + 60
    assert (varied([{"name": name, "probability": 1}], pixels) - pixels).abs().mean() > 0.5


def test_without_operations_images_are_only_normalised():
    pixels = images()
    assert torch.equal(varied([], pixels), pixels.float())


# --- what a draw depends on


@pytest.mark.parametrize("asked", [*([name] for name in EVERY), MANY], ids=named)
def test_the_batch_does_not_change_how_an_image_is_varied(asked):
    pixels = images()
    whole = varied(asked, pixels)

    def some(positions):
        return varied(asked, pixels[positions], positions=positions)

    assert torch.allclose(some(list(range(11, -1, -1))), whole.flip(0), atol=1e-3)
    assert torch.allclose(some([3, 3, 7]), whole[[3, 3, 7]], atol=1e-3)
    for position in range(0, 12, 3):
        assert torch.allclose(some([position])[0], whole[position], atol=1e-3)


@pytest.mark.parametrize("asked", [MANY, ["mixup", "cutmix"]], ids=named)
def test_a_step_takes_its_own_rows(asked):
    pixels = images(count=30)
    variations, norm = drawn(asked, pixels), as_it_is(3)
    whole = variations.vary(pixels, norm)
    for first, last in [(0, 7), (7, 20), (20, 30)]:
        some = variations.vary(pixels[first:last], norm, first)
        assert torch.allclose(some, whole[first:last], atol=1e-3)
        kept = variations.mix(some, first)[1]
        assert (kept is None) == (asked is MANY)
        if kept is not None:
            assert torch.equal(kept, variations.mix(whole)[1][first:last])


def test_a_larger_split_only_adds_draws():
    few = draw_numbers("rotate", np.arange(12), 3, 0, 0)
    many = draw_numbers("rotate", np.arange(10_000), 3, 0, 0)
    assert torch.equal(many[:12], few)
    assert len(np.unique(many.numpy())) > 0.99 * 30_000


def test_numbers_are_looked_up_by_position_in_whatever_order():
    positions = np.random.default_rng(0).permutation(20_000)[:5000]
    found = draw_numbers("rotate", positions, 3, 0, 0)
    assert torch.equal(found, draw_numbers("rotate", np.arange(20_000), 3, 0, 0)[positions])


def test_many_images_are_drawn_as_few_are(monkeypatch):
    pixels = images(6, 6, count=50)
    asked = [*MANY, "noise"] if "noise" not in MANY else MANY
    expected = varied(asked, pixels)
    monkeypatch.setattr("paribus.augment.chain._AT_ONCE", 7)
    assert torch.allclose(varied(asked, pixels), expected, atol=1e-3)


def test_neither_order_nor_company_changes_what_an_operation_draws():
    size, positions = Size(3, 16, 12), np.arange(12)
    alone = {
        name: part.parameters
        for name in EVERY
        for part in Chain(operations(name))._operations[0].draw(positions, size, 0, 0)
    }
    for asked in (EVERY, EVERY[::-1]):
        for operation in Chain(operations(*asked))._operations:
            for part in operation.draw(positions, size, 0, 0):
                for key, values in part.parameters.items():
                    assert values.shape[0] == 12
                    if len(operation.draw(positions, size, 0, 0)) == 1:
                        assert torch.equal(values, alone[operation.options.name][key])


def test_names_seeds_and_epochs_draw_differently():
    tables = {
        tuple(draw_numbers(name, np.arange(12), 1, seed, epoch)[:, 0].tolist())
        for name in EVERY for seed in (0, 1) for epoch in (0, 1)
    }  # fmt: skip
    assert len(tables) == 4 * len(EVERY)


def test_the_same_call_gives_the_same_bits_whatever_the_global_generator():
    torch.manual_seed(1)
    first = varied(MANY, images())
    torch.manual_seed(2)
    state = torch.get_rng_state()
    assert torch.equal(varied(MANY, images()), first)
    assert torch.equal(torch.get_rng_state(), state)
