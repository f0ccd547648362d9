import pytest
import torch

from paribus.nets import Shape
from paribus.nets.building import build_net
from paribus.specs.nets import Linear

from .counting import count_parameters


@pytest.mark.parametrize(
    ("shape", "parameters"),
    [(Shape(3, 32, 32, 10), 30_730), (Shape(3, 64, 64, 10), 122_890), (Shape(1, 5, 7, 2), 72)],
)
def test_parameters_are_those_counted_by_hand(shape, parameters):
    assert count_parameters(Linear(), shape) == parameters


def test_it_is_one_matrix_on_the_pixels():
    net, images = build_net(Linear(), Shape(3, 4, 5, 6), 0), torch.rand(2, 3, 4, 5)
    state = net.state_dict()
    expected = images.flatten(1) @ state["last.weight"].T + state["last.bias"]
    assert torch.allclose(net(images), expected, atol=1e-6)
