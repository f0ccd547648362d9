import pytest
import torch

from paribus.errors import SpecError
from paribus.nets import Shape
from paribus.nets.building import build_net
from paribus.specs.nets import Separable

from .counting import count_parameters

COLOUR = Shape(3, 32, 32, 10)


def by_hand(options, sides):
    widths, square = options.widths, options.kernel**2
    shares = len(options.parallel)
    total = sum(
        (3 * kernel**2 + 1) * (widths[0] // shares + (number < widths[0] % shares))
        for number, kernel in enumerate(options.parallel)
    )
    channels = widths[0]
    for group, width in enumerate(widths):
        for _ in range(options.depth - (group == 0)):
            total += channels * (square + 1) + (channels + 1) * width
            channels = width
    norms = 2 * options.depth * sum(widths) * options.batch_norm
    return total + norms + (channels * sides**2 + 1) * 10


@pytest.mark.parametrize(
    ("options", "sides"),
    [
        (Separable(), 3),
        (Separable(batch_norm=True, dropout=0), 3),
        (Separable(widths=(7, 9), depth=3, kernel=3, parallel=(3, 5)), 7),
        (Separable(widths=(5,), depth=1, parallel=(1, 3, 5)), 15),
    ],
)
def test_parameters_are_those_counted_by_hand(options, sides):
    assert count_parameters(options, COLOUR) == by_hand(options, sides)


def test_the_net_is_the_layers_that_it_says_in_their_order():
    net = build_net(Separable(widths=(8, 6), depth=2, batch_norm=True), COLOUR, 0)
    assert [name for name, _ in net.named_children()] == [
        "group1_1_parallel", "group1_1_norm", "group1_1_relu",
        "group1_2_depthwise", "group1_2_pointwise", "group1_2_norm", "group1_2_relu",
        "group1_pool", "group1_dropout",
        "group2_1_depthwise", "group2_1_pointwise", "group2_1_norm", "group2_1_relu",
        "group2_2_depthwise", "group2_2_pointwise", "group2_2_norm", "group2_2_relu",
        "group2_pool", "group2_dropout", "flatten", "last",
    ]  # fmt: skip
    assert net.group2_1_depthwise.groups == 8
    assert not [layer for layer in build_net(Separable(dropout=0), COLOUR, 0) if "Dropout" in str(layer)]


def test_parallel_filters_see_the_same_image_side_by_side():
    parallel = build_net(Separable(widths=(7, 6)), COLOUR, 0).group1_1_parallel
    images = torch.rand(2, 3, 9, 9)
    found = parallel(images)
    assert found.shape == (2, 7, 9, 9)
    assert [branch.kernel_size[0] for branch in parallel.children()] == [1, 3, 5, 7]
    assert [branch.out_channels for branch in parallel.children()] == [2, 2, 2, 1]
    assert torch.equal(found[:, 2:4], parallel.branch2(images))


@pytest.mark.parametrize(
    ("options", "shape", "message"),
    [
        (
            Separable(widths=(3, 6)),
            COLOUR,
            (
                "net 'separable': 3 filters cannot be shared among 4 parallel kernels. "
                "Set a greater first width, or fewer in parallel"
            ),
        ),
        (
            Separable(),
            Shape(3, 14, 20, 10),
            (
                "net 'separable' with 3 groups takes images from 15 pixels a side; these have 20 x 14. "
                "Name fewer widths, or set data.resize"
            ),
        ),
    ],
)
def test_what_cannot_be_is_refused(options, shape, message):
    with pytest.raises(SpecError) as caught:
        build_net(options, shape, 0)
    assert str(caught.value) == message


def test_the_smallest_image_goes_through():
    assert build_net(Separable(), Shape(3, 15, 15, 10), 0)(torch.rand(2, 3, 15, 15)).shape == (2, 10)
