import pytest
import torch

from paribus.errors import SpecError
from paribus.nets import Shape
from paribus.nets.building import build_net, count_parameters
from paribus.specs.nets import Plain


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


def test_an_image_too_small_to_be_halved_so_often_is_refused():
    build_net(Plain(widths=(4,) * 3), Shape(3, 8, 9, 2), 0)
    with pytest.raises(SpecError) as caught:
        build_net(Plain(widths=(4,) * 4), Shape(3, 8, 9, 2), 0)
    assert str(caught.value) == (
        "net 'plain' with 4 widths halves the image as often; 9 x 8 pixels allow 3. "
        'Name fewer widths, or set pooling = "none" or data.resize'
    )
    build_net(Plain(widths=(4,) * 4, pooling="none"), Shape(3, 8, 9, 2), 0)
