import pytest

from paribus.errors import SpecError
from paribus.nets import Shape
from paribus.nets.building import build_net
from paribus.specs.nets import Lenet5

from .counting import count_parameters

AFTER = (120 + 1) * 84 + (84 + 1) * 10  # the two last layers


@pytest.mark.parametrize(
    ("shape", "parameters"),
    [
        (Shape(3, 32, 32, 10), 62_006),
        (Shape(1, 32, 32, 10), 61_706),
        (Shape(1, 28, 28, 10), 156 + 2_416 + (16 * 4 * 4 + 1) * 120 + AFTER),
        (Shape(3, 16, 16, 10), 456 + 2_416 + (16 + 1) * 120 + AFTER),
        (Shape(3, 16, 40, 10), 456 + 2_416 + (16 * 1 * 7 + 1) * 120 + AFTER),
    ],
)
def test_parameters_are_those_counted_by_hand(shape, parameters):
    assert count_parameters(Lenet5(), shape) == parameters
    assert count_parameters(Lenet5(dropout=0.5), shape) == parameters


def test_the_net_is_the_layers_that_it_says_in_their_order():
    block = ["Conv2d", "ReLU", "MaxPool2d"]
    linear = ["Linear", "ReLU", "Dropout"]
    net = build_net(Lenet5(dropout=0.5), Shape(3, 32, 32, 10), 0)
    assert [type(layer).__name__ for layer in net] == [*block, *block, "Flatten", *linear, *linear, "Linear"]
    assert not [layer for layer in build_net(Lenet5(), Shape(3, 32, 32, 10), 0) if "Dropout" in str(layer)]


@pytest.mark.parametrize(("height", "width"), [(15, 32), (32, 15), (8, 8)])
def test_an_image_too_small_is_refused(height, width):
    with pytest.raises(SpecError) as caught:
        build_net(Lenet5(), Shape(3, height, width, 10), 0)
    assert str(caught.value) == (
        f"net 'lenet5' takes images from 16 pixels a side; these have {width} x {height}. "
        "Set data.resize = 32, or choose another net"
    )
