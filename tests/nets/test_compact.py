import pytest
import torch
from torch.nn import functional

from paribus.errors import SpecError
from paribus.nets import Shape
from paribus.nets.building import build_net
from paribus.nets.layers import tabulate_net
from paribus.specs.nets import Compact

from .counting import count_parameters

COLOUR = Shape(3, 32, 32, 10)


def by_hand(widths, depth, shape):
    total, channels = 9 * shape.channels * widths[0] + 2 * widths[0], widths[0]
    for width in widths:
        for _ in range(depth):
            total += 9 * channels * width + 9 * width * width + 4 * width
            total += (channels + 2) * width * (channels != width)  # the shortcut's convolution and norm
            channels = width
    return total + (channels + 1) * shape.classes


@pytest.mark.parametrize("widths", [(16, 32, 56), (8,), (8, 8), (4, 8, 16, 32)])
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_parameters_are_those_counted_by_hand(widths, depth):
    assert count_parameters(Compact(widths=widths, depth=depth), COLOUR) == by_hand(widths, depth, COLOUR)


def test_it_keeps_to_the_budget_that_it_is_made_for():
    table = tabulate_net(build_net(Compact(), COLOUR, 0), COLOUR)
    assert 120_000 < table.parameters <= 150_000
    assert 15e6 <= table.flops / 2 <= 40e6  # multiply-adds


@pytest.mark.parametrize(("height", "width"), [(32, 32), (9, 5), (4, 4), (7, 96)])
def test_images_of_any_size_go_through(height, width):
    net = build_net(Compact(widths=(4, 6, 8), depth=2), Shape(3, height, width, 5), 0)
    assert net(torch.rand(2, 3, height, width)).shape == (2, 5)


def test_a_block_begins_as_its_shortcut():
    block = build_net(Compact(widths=(4, 4), depth=2), COLOUR, 0).group1_2
    maps = torch.rand(2, 4, 6, 6)
    assert torch.equal(block(maps), functional.relu(maps))
    block.norm2.weight.data.fill_(1)
    assert not torch.equal(block(maps), functional.relu(maps))


def test_every_layer_learns_after_the_first_step():
    net = build_net(Compact(widths=(4, 6)), COLOUR, 0)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    generator = torch.Generator().manual_seed(0)
    for _ in range(2):
        optimizer.zero_grad()
        loss = functional.cross_entropy(net(torch.rand(8, 3, 32, 32, generator=generator)), torch.arange(8))
        loss.backward()
        optimizer.step()
    assert all(parameter.grad.any() for parameter in net.parameters())


def test_an_image_too_small_is_refused():
    with pytest.raises(SpecError) as caught:
        build_net(Compact(), Shape(3, 32, 3, 5), 0)
    assert str(caught.value) == (
        "net 'compact' with 3 groups takes images from 4 pixels a side; these have 3 x 32. "
        "Name fewer widths, or set data.resize"
    )
