import pytest

from paribus.nets import Shape
from paribus.nets.building import build_net
from paribus.specs.nets import Mlp

from .counting import count_parameters


@pytest.mark.parametrize(
    ("options", "shape", "parameters"),
    [
        (Mlp(), Shape(3, 32, 32, 10), 3072 * 512 + 512 + 5_130),
        (Mlp(hidden=(100, 50)), Shape(1, 28, 28, 10), 78_500 + 5_050 + 510),
        (Mlp(hidden=(100, 50), batch_norm=True), Shape(1, 28, 28, 10), 78_500 + 5_050 + 510 + 300),
        (Mlp(hidden=(1,), dropout=0.5), Shape(1, 4, 5, 2), 21 + 4),
    ],
)
def test_parameters_are_those_counted_by_hand(options, shape, parameters):
    assert count_parameters(options, shape) == parameters


def test_the_net_is_the_layers_that_it_says_in_their_order():
    net = build_net(Mlp(hidden=(5, 4), batch_norm=True, dropout=0.1), Shape(1, 4, 4, 2), 0)
    block = ["Linear", "BatchNorm1d", "ReLU", "Dropout"]
    assert [type(layer).__name__ for layer in net] == ["Flatten", *block, *block, "Linear"]
