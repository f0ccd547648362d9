import json

import pytest
import torch
from torch import nn
from torch.nn import functional

from paribus.errors import SpecError
from paribus.nets import Shape
from paribus.nets.building import build_net
from paribus.nets.layer_table import LayerTable, read_table, say_amount, say_shape
from paribus.nets.layers import tabulate_net
from paribus.specs.nets import Compact, Plain

SMALL, COLOUR = Shape(3, 8, 8, 5), Shape(3, 32, 32, 10)


def rows(net, shape=SMALL):
    table = tabulate_net(net, shape)
    return {layer.name: layer for layer in table.layers}, table


class UsesFunctions(nn.Module):
    """Convolves and multiplies without layers that would show it, and has a parameter of its own."""

    def __init__(self):
        super().__init__()
        self.kernel = nn.Parameter(torch.zeros(4, 3, 3, 3))
        self.last = nn.Linear(4, 5)

    def forward(self, images):
        maps = functional.relu(functional.conv2d(images, self.kernel)).mean((2, 3))
        return self.last(maps @ torch.ones(4, 4, device=maps.device))


class Shares(nn.Module):
    """One layer called twice, one whose weights are another's, one that is never called."""

    def __init__(self):
        super().__init__()
        self.twice = nn.Conv2d(3, 3, 1)
        self.one, self.other = nn.Linear(192, 5, bias=False), nn.Linear(192, 5, bias=False)
        self.other.weight = self.one.weight
        self.idle = nn.Linear(2, 2)

    def forward(self, images):
        maps = self.twice(self.twice(images)).flatten(1)
        return self.one(maps) + self.other(maps)


class LooksAtNumbers(nn.Module):
    """No meta tensor can answer what it asks."""

    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm2d(3)
        self.last = nn.Linear(3, 5)

    def forward(self, images):
        maps = self.norm(images).mean((2, 3))
        return self.last(maps * (2 if maps.sum().item() > 0 else 1))


def test_layers_stand_in_the_order_of_computation_with_shapes_parameters_and_flops():
    net = build_net(Plain(widths=(4, 6), batch_norm=True, fully_connected=(7,)), SMALL, 0)
    table = tabulate_net(net, SMALL)
    found = [(layer.name, layer.output, layer.parameters, layer.flops) for layer in table.layers]
    assert found == [
        ("conv1", (4, 8, 8), 112, 2 * 27 * 4 * 64), ("conv1_norm", (4, 8, 8), 8, 0),
        ("conv1_relu", (4, 8, 8), 0, 0), ("conv1_pool", (4, 4, 4), 0, 0),
        ("conv2", (6, 4, 4), 222, 2 * 36 * 6 * 16), ("conv2_norm", (6, 4, 4), 12, 0),
        ("conv2_relu", (6, 4, 4), 0, 0), ("conv2_pool", (6, 2, 2), 0, 0), ("flatten", (24,), 0, 0),
        ("linear1", (7,), 175, 2 * 24 * 7), ("linear1_relu", (7,), 0, 0), ("last", (5,), 40, 2 * 7 * 5),
    ]  # fmt: skip
    assert table.layers[0].arithmetic == "3 x 4 x 3 x 3 + 4"
    assert table.layers[1].arithmetic == "4 + 4"
    assert table.layers[0].output_bytes == 4 * 64 * 4
    assert table.size.biggest == (("conv2", 222), ("linear1", 175), ("conv1", 112))
    assert (table.size.parameters, table.size.flops) == (569, sum(layer.flops for layer in table.layers))


def test_bytes_on_disk_are_those_of_weights_and_buffers():
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(144, 5))
    floats = 112 + 8 + 725 + 8  # with the running mean and variance; the count of batches is an int64
    assert tabulate_net(net, SMALL).weights_bytes == 4 * floats + 8


@pytest.mark.parametrize("options", [Compact(), Plain(batch_norm=True, dropout=0.1)], ids=repr)
def test_what_training_keeps_is_what_the_backward_pass_holds_on_real_numbers(options):
    shape, images = Shape(3, 16, 16, 5), 6
    kept = {}

    def keep(tensor):
        kept[tensor.untyped_storage().data_ptr()] = tensor
        return tensor

    net = build_net(options, shape, 0)
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        net(torch.zeros(images, 3, 16, 16))
    weights = {value.untyped_storage().data_ptr() for value in net.state_dict().values()}
    measured = sum(v.untyped_storage().nbytes() for key, v in kept.items() if key not in weights)
    told = tabulate_net(net, shape).kept_bytes * images
    assert abs(told - measured) / measured < 0.01  # the few numbers of a norm do not grow with the batch


class TestNetsOfAnyKind:
    def test_what_a_forward_calls_as_a_function_counts(self):
        found, table = rows(UsesFunctions())
        assert found[""].flops == 2 * 27 * 4 * 36 + 2 * 4 * 4
        assert found[""].parameters == 108
        assert table.flops == found[""].flops + 2 * 4 * 5

    def test_shared_weights_count_once_and_each_call_computes(self):
        found, table = rows(Shares())
        assert (found["twice"].calls, found["twice"].parameters) == (2, 12)
        assert found["twice"].flops == 2 * (2 * 3 * 3 * 64)
        assert (found["one"].parameters, found["other"].parameters) == (960, 0)
        assert found["other"].flops == 2 * 192 * 5
        assert (found["idle"].calls, found["idle"].output, found["idle"].parameters) == (0, (), 6)
        assert table.parameters == 12 + 960 + 6 == sum(layer.parameters for layer in table.layers)

    def test_a_net_that_looks_at_numbers_is_followed_with_numbers(self):
        net = LooksAtNumbers()
        before = {name: value.clone() for name, value in net.state_dict().items()}
        found, table = rows(net)
        assert found["last"].flops == table.flops == 2 * 3 * 5
        assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())

    def test_frozen_parameters_are_told_apart(self):
        net = nn.Sequential(nn.Flatten(), nn.Linear(192, 5), nn.Linear(5, 5))
        net[1].requires_grad_(requires_grad=False)
        table = tabulate_net(net, SMALL)
        assert (table.trained, table.frozen, table.parameters) == (30, 965, 995)

    def test_a_net_that_fails_is_told_of_in_one_line(self):
        with pytest.raises(SpecError, match=r"its layers cannot be followed: RuntimeError: .*192"):
            tabulate_net(nn.Sequential(nn.Flatten(), nn.Linear(7, 5)), SMALL)


def test_what_only_passes_on_has_no_row():
    net = nn.Sequential(nn.Identity(), nn.Sequential(), nn.Flatten(), nn.Linear(192, 5))
    assert [layer.kind for layer in tabulate_net(net, SMALL).layers] == ["Flatten", "Linear"]


@pytest.mark.parametrize("options", [Compact(widths=(4, 6)), Plain(dropout=0.2, batch_norm=True)], ids=repr)
def test_with_numbers_the_table_is_the_same(options):
    net = build_net(options, COLOUR, 0).eval()  # as a run's net is at its end
    weights = {name: value.clone() for name, value in net.state_dict().items()}
    before = torch.get_rng_state()
    assert tabulate_net(net, COLOUR, numbers=True) == tabulate_net(net, COLOUR)
    assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(value, weights[name]) for name, value in net.state_dict().items())


def test_the_net_and_torchs_generator_stay_as_they_are():
    net = build_net(Plain(widths=(4,), batch_norm=True, dropout=0.5), SMALL, 0).eval()
    before, weights = torch.get_rng_state(), {k: v.clone() for k, v in net.state_dict().items()}
    tabulate_net(net, SMALL)
    assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(value, weights[name]) for name, value in net.state_dict().items())
    assert not net.training
    assert not net[0]._forward_hooks


def test_a_table_survives_json():
    table = tabulate_net(build_net(Plain(widths=(4,)), SMALL, 0), SMALL)
    assert isinstance(table, LayerTable)
    assert read_table(json.loads(json.dumps(table.as_plain()))) == table


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0 B"), (999, "999 B"), (999.6, "1.00 kB"), (1234, "1.23 kB"), (9_994, "9.99 kB"),
     (9_996, "10.0 kB"), (99_940, "99.9 kB"), (99_960, "100 kB"), (999_499, "999 kB"), (999_500, "1.00 MB"),
     (41_329_760, "41.3 MB"),
     (2.5e9, "2.50 GB"), (7e15, "7000 TB")],
)  # fmt: skip
def test_amounts_have_three_figures(number, said):
    assert say_amount(number, "B") == said


def test_shapes_are_said_with_crosses():
    assert say_shape((3, 32, 32)) == "3 x 32 x 32"
    assert say_shape(()) == "-"
