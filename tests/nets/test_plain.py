import pytest
import torch
from torch import nn

from paribus.errors import SpecError
from paribus.nets import Shape
from paribus.nets.building import build_net
from paribus.specs.nets import Plain

from .counting import count_parameters


def by_hand(options, shape):
    """Parameters counted layer by layer with a pencil's arithmetic."""
    total, channels, side_y, side_x = 0, shape.channels, shape.height, shape.width
    for width in options.widths:
        total += width * (channels * options.kernel**2 + 1) + 2 * width * options.batch_norm
        channels = width
        if options.pooling != "none":
            side_y, side_x = side_y // 2, side_x // 2
    features = channels if options.global_pooling else channels * side_y * side_x
    for width in [*options.fully_connected, shape.classes]:
        total += width * (features + 1)
        features = width
    return total


COLOUR = Shape(3, 32, 32, 10)
REPORTS = (128, 512, 512, 512, 512)


@pytest.mark.parametrize(
    ("options", "shape", "parameters"),
    [
        (Plain(widths=REPORTS), COLOUR, 7_678_474),
        (Plain(widths=REPORTS, batch_norm=True), COLOUR, 7_682_826),
        (Plain(widths=REPORTS, dropout=0.3), COLOUR, 7_678_474),
        (Plain(), COLOUR, 896 + 18_496 + 73_856 + 20_490),
        (Plain(pooling="average"), COLOUR, 896 + 18_496 + 73_856 + 20_490),
        (Plain(batch_norm=True), COLOUR, 896 + 18_496 + 73_856 + 448 + 20_490),
        (Plain(global_pooling=True), COLOUR, 896 + 18_496 + 73_856 + 1_290),
        (Plain(fully_connected=(100, 50)), COLOUR, 896 + 18_496 + 73_856 + 204_900 + 5_050 + 510),
        (Plain(widths=(8,), kernel=1), COLOUR, 32 + 20_490),
        (Plain(widths=(8,), kernel=5), COLOUR, 608 + 20_490),
        (Plain(widths=(8,), kernel=7), COLOUR, 1_184 + 20_490),
        (Plain(widths=(8, 4), pooling="none"), Shape(1, 5, 3, 2), 80 + 292 + 122),
        (Plain(widths=(8, 4)), Shape(1, 13, 9, 2), 80 + 292 + 50),
    ],
)
def test_parameters_are_those_counted_by_hand(options, shape, parameters):
    assert by_hand(options, shape) == parameters
    assert count_parameters(options, shape) == parameters
    net = build_net(options, shape, 0)
    assert sum(parameter.numel() for parameter in net.parameters()) == parameters


@pytest.mark.parametrize("pooling", ["max", "average", "none"])
def test_the_net_is_the_layers_that_it_says_in_their_order(pooling):
    options = Plain(
        widths=(4, 6),
        batch_norm=True,
        dropout=0.2,
        pooling=pooling,
        fully_connected=(7,),
        global_pooling=True,
    )
    kinds = [type(layer).__name__ for layer in build_net(options, COLOUR, 0)]
    pool = {"max": ["MaxPool2d"], "average": ["AvgPool2d"], "none": []}[pooling]
    block = ["Conv2d", "BatchNorm2d", "ReLU", *pool, "Dropout2d"]
    assert kinds == [*block, *block, "AdaptiveAvgPool2d", "Flatten", "Linear", "ReLU", "Dropout", "Linear"]


def test_convolutions_keep_the_size():
    for kernel in (1, 3, 5, 7):
        net = build_net(Plain(widths=(4, 4), kernel=kernel, pooling="none"), Shape(3, 9, 6, 2), 0)
        assert net[:4](torch.zeros(1, 3, 9, 6)).shape == (1, 4, 9, 6)


@pytest.mark.parametrize(
    ("kernel", "stride", "padding", "sides"),
    [
        (3, 1, "same", (9, 6)),
        (5, 1, "none", (5, 2)),
        (3, 3, "none", (3, 2)),
        (3, 2, "same", (5, 3)),
        ((1, 3), (2, 1), ("none", "same"), (5, 3)),
        ((3, 3), (1, 1), ("none", "none"), (5, 2)),
    ],
)
def test_kernels_strides_and_padding_shrink_the_image_as_told(kernel, stride, padding, sides):
    widths = (4,) * (len(kernel) if isinstance(kernel, tuple) else 1)
    options = Plain(widths=widths, kernel=kernel, stride=stride, padding=padding, pooling="none")
    net = build_net(options, Shape(3, 9, 6, 2), 0)
    assert net[:-2](torch.zeros(1, 3, 9, 6)).shape == (1, 4, *sides)
    assert net(torch.zeros(1, 3, 9, 6)).shape == (1, 2)


def test_pooling_may_overlap_and_leave_convolutions_out():
    options = Plain(widths=(4, 4, 4), pooling=("none", "max", "average"), pooling_window=3, pooling_stride=2)
    net = build_net(options, Shape(3, 13, 9, 2), 0)
    kinds = [type(layer).__name__ for layer in net if "Pool" in str(layer)]
    assert kinds == ["MaxPool2d", "AvgPool2d"]
    assert net[:-2](torch.zeros(1, 3, 13, 9)).shape == (1, 4, 2, 1)
    assert net.last.in_features == 4 * 2 * 1


@pytest.mark.parametrize(
    ("where", "fully_connected", "names"),
    [
        ("all", (9, 8), ["conv1_dropout", "conv2_dropout", "linear1_dropout", "linear2_dropout"]),
        ("convolutions", (9, 8), ["conv1_dropout", "conv2_dropout"]),
        ("linear", (9, 8), ["linear1_dropout", "linear2_dropout"]),
        ("last", (9, 8), ["linear2_dropout"]),
        ("all", (), ["conv1_dropout", "conv2_dropout"]),
        ("linear", (), ["last_dropout"]),
        ("last", (), ["last_dropout"]),
    ],
)
def test_dropout_stands_where_it_is_asked_for(where, fully_connected, names):
    options = Plain(widths=(4, 4), dropout=0.3, dropout_in=where, fully_connected=fully_connected)
    net = build_net(options, COLOUR, 0)
    found = [name for name, layer in net.named_children() if isinstance(layer, nn.Dropout | nn.Dropout2d)]
    assert found == names
    assert all(net.get_submodule(name).p == 0.3 for name in names)


@pytest.mark.parametrize(
    ("options", "shape", "message"),
    [
        (
            Plain(widths=(4,) * 4),
            Shape(3, 8, 9, 2),
            "1 x 1 of 9 x 8 pixels are left for the pooling after convolution 4 (2 x 2). ",
        ),
        (
            Plain(widths=(4, 4), kernel=7, padding="none"),
            Shape(3, 16, 32, 2),
            "13 x 5 of 32 x 16 pixels are left for convolution 2 (7 x 7). ",
        ),
        (
            Plain(widths=(4, 4), padding="none", pooling_window=3, pooling_stride=2),
            Shape(3, 10, 10, 2),
            "1 x 1 of 10 x 10 pixels are left for the pooling after convolution 2 (3 x 3). ",
        ),
    ],
)
def test_an_image_of_which_nothing_would_be_left_is_refused(options, shape, message):
    with pytest.raises(SpecError) as caught:
        count_parameters(options, shape)
    assert str(caught.value) == (
        f"net 'plain': {message}"
        'Name fewer widths, set pooling = "none" where it may stay as it is, or data.resize'
    )
    larger = Shape(3, shape.height * 3, shape.width * 3, 2)
    assert build_net(options, larger, 0)(torch.zeros(1, 3, larger.height, larger.width)).shape == (1, 2)
