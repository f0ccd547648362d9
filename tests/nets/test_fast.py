import pytest
import torch
from torch import nn

from paribus.errors import SpecError
from paribus.nets import Shape
from paribus.nets.building import build_net
from paribus.specs.nets import Fast

from .counting import count_parameters

COLOUR = Shape(3, 32, 32, 10)


def by_hand(options, classes=10):
    total, channels = (3 * 4 + 1) * options.stem, options.stem
    for width in options.widths:
        total += 9 * channels * width + 9 * width * width + (2 + 2 * options.norm_scale) * width
        channels = width
    return total + channels * classes


@pytest.mark.parametrize(
    "options", [Fast(), Fast(norm_scale=True), Fast(residual=True), Fast(stem=5, widths=(4, 6))], ids=repr
)
def test_parameters_are_those_counted_by_hand(options):
    assert count_parameters(options, COLOUR) == by_hand(options)


def test_the_net_is_the_layers_that_it_says_in_their_order():
    net = build_net(Fast(widths=(4,), stem=3), COLOUR, 0)
    assert [type(layer).__name__ for layer in net] == [
        "Conv2d", "GELU", "PassingConv", "MaxPool2d", "BatchNorm2d", "GELU", "Sequential",
        "GlobalMax", "Scale", "Linear",
    ]  # fmt: skip
    assert [type(layer).__name__ for layer in net.group1_second] == ["PassingConv", "BatchNorm2d", "GELU"]
    relu = build_net(Fast(activation="relu"), COLOUR, 0)
    assert not [module for module in relu.modules() if isinstance(module, nn.GELU)]


def test_logits_are_scaled():
    images = torch.rand(2, 3, 32, 32)
    whole, ninth = (build_net(Fast(widths=(4,), logit_scale=scale), COLOUR, 0) for scale in (1, 1 / 9))
    assert torch.allclose(whole(images) / 9, ninth(images), atol=1e-6)


def test_a_residual_group_adds_to_what_it_is_given():
    plain, residual = (build_net(Fast(widths=(4,), residual=on), COLOUR, 0) for on in (False, True))
    maps = torch.rand(2, 4, 6, 6)
    added = residual.group1_second(maps) - maps
    assert torch.allclose(added, plain.group1_second(maps), atol=1e-6)


def test_a_scale_that_is_not_learnt_is_kept_with_the_weights_and_changes_nothing():
    fixed, learnt = (build_net(Fast(widths=(4,), norm_scale=on), COLOUR, 0) for on in (False, True))
    images = torch.rand(2, 3, 32, 32)
    assert torch.equal(fixed(images), learnt(images))
    assert set(fixed.state_dict()) == set(learnt.state_dict())
    extra = {name for name, _ in learnt.named_parameters()} - {name for name, _ in fixed.named_parameters()}
    assert extra == {"group1_norm.weight", "group1_second.norm.weight"}


@pytest.mark.parametrize(("height", "width"), [(9, 9), (32, 32), (64, 48)])
def test_images_of_any_size_from_nine_pixels_go_through(height, width):
    assert build_net(Fast(), Shape(1, height, width, 3), 0)(torch.rand(2, 1, height, width)).shape == (2, 3)


def test_an_image_too_small_is_refused():
    with pytest.raises(SpecError) as caught:
        build_net(Fast(), Shape(3, 8, 32, 10), 0)
    assert str(caught.value) == (
        "net 'fast' with 3 groups takes images from 9 pixels a side; these have 32 x 8. "
        "Name fewer widths, or set data.resize"
    )
