import torch
from torch import nn

from paribus.nets import Shape
from paribus.nets.building import build_net
from paribus.nets.filters import first_of, possible_filters
from paribus.specs.nets import Linear, Mlp, Plain

SHAPE = Shape(3, 8, 8, 5)


def found_in(net, shape=SHAPE):
    return first_of(net, shape, possible_filters(net, shape))


def test_the_first_convolution_is_found_and_its_filters_are_its_weights():
    net = build_net(Plain(name="plain", widths=[8, 12]), SHAPE, 0)
    found = found_in(net)
    assert (found.layer, found.kind, found.total) == ("conv1", "Conv2d", 8)
    assert torch.equal(found.values, net.conv1.weight)


def test_they_are_copies_that_training_does_not_change():
    net = build_net(Plain(name="plain", widths=[8]), SHAPE, 0)
    before = possible_filters(net, SHAPE)["conv1"].values
    kept = before.clone()
    with torch.no_grad():
        net.conv1.weight += 1
    assert torch.equal(before, kept)
    assert torch.equal(first_of(net, SHAPE, {"conv1": None}).values, kept + 1)


def test_a_linear_layer_of_pixels_has_filters_of_the_images_shape():
    net = build_net(Mlp(name="mlp", hidden=[7]), SHAPE, 0)
    found = found_in(net)
    assert (found.kind, found.total, found.values.shape) == ("Linear", 7, (7, 3, 8, 8))
    assert torch.equal(found.values.flatten(1), net.linear1.weight)


def test_only_the_first_are_kept_and_fewer_of_large_ones():
    wide = found_in(build_net(Plain(name="plain", widths=[100]), SHAPE, 0))
    assert (wide.total, len(wide.values)) == (100, 64)
    large = found_in(build_net(Mlp(name="mlp", hidden=[50]), Shape(3, 32, 32, 5), 0), Shape(3, 32, 32, 5))
    assert (large.total, len(large.values)) == (50, 32)
    larger = found_in(build_net(Linear(name="linear"), Shape(3, 120, 120, 9), 0), Shape(3, 120, 120, 9))
    assert (larger.total, len(larger.values)) == (9, 4)


class Crossed(nn.Module):
    """Its layers are not named in the order of their calls."""

    calls = 0

    def __init__(self):
        super().__init__()
        self.second, self.first = nn.Conv2d(3, 3, 3), nn.Conv2d(3, 3, 5, padding=1)
        self.last = nn.Linear(3, 5)

    def forward(self, x):
        Crossed.calls += 1
        return self.last(self.second(self.first(x)).mean((2, 3)))


def test_the_first_is_the_one_that_is_called_first_and_nobody_calls_the_net_before_training():
    net = Crossed()
    possible = possible_filters(net, SHAPE)
    assert list(possible) == ["second", "first"]
    assert Crossed.calls == 0
    assert first_of(net, SHAPE, possible).layer == "first"


class Folded(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.last = nn.Linear(24, 6), nn.Linear(48, 5)

    def forward(self, x):
        return self.last(self.first(x.transpose(1, 2).flatten(2)).flatten(1))


def test_a_net_whose_first_layer_sees_no_whole_images_has_none():
    assert found_in(Folded()) is None


def test_a_net_of_the_zoo_that_repeats_gray_has_filters_of_three_channels():
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(144, 5))
    net.register_forward_pre_hook(lambda _net, images: (images[0].expand(-1, 3, -1, -1),))
    assert found_in(net, Shape(1, 8, 8, 5)).values.shape == (4, 3, 3, 3)
