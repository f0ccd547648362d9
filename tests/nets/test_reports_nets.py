"""Every net of the reports, counted to the unit; `pytest -s` prints them as one table."""

import pytest
import torch
from torch.nn import functional

from paribus.nets.building import build_net, outline_net
from paribus.nets.layer_table import say_amount
from paribus.nets.layers import tabulate_net
from paribus.specs.nets import Separable

from .reports_nets import CIFAR10, REPORTS, STL10, STL_CNN

PRINTED = {"R2.4", "R3.3", "R3.5", "R4.1", "R4.3"}  # blocks whose parameters the reports print
BUDGET, THEIRS = 150_000, 124_180  # R0.9


def test_each_has_the_parameters_that_its_report_prints_or_arithmetic_gives():
    print(f"\n{'block':7}{'net':7}{'image':14}{'parameters':>12}{'FLOPs':>14}{'weights':>10}  counted")
    for one in REPORTS:
        table = tabulate_net(outline_net(one.options, one.shape), one.shape)
        shape = f"{one.shape.channels} x {one.shape.height} x {one.shape.width}"
        amounts = f"{say_amount(table.flops, 'FLOP'):>14}{say_amount(table.weights_bytes, 'B'):>10}"
        by = "in the report" if one.printed else "by hand"
        print(f"{one.block:7}{one.options.name:7}{shape:14}{table.parameters:12,}{amounts}  {by}")
        assert table.parameters == one.parameters, one.block
        assert sum(layer.parameters for layer in table.layers) == one.parameters, one.block
        assert sum(layer.flops for layer in table.layers) == table.flops, one.block
    assert {one.block for one in REPORTS if one.printed} == PRINTED
    assert len(REPORTS) == 21


@pytest.mark.parametrize("one", REPORTS, ids=lambda one: f"{one.block} {one.options.name}")
def test_each_goes_forward_and_backward(one):
    net = build_net(one.options, one.shape, 0)
    images = torch.rand(2, one.shape.channels, one.shape.height, one.shape.width)
    functional.cross_entropy(net(images), torch.tensor([0, 1])).backward()
    assert all(p.grad is not None and torch.isfinite(p.grad).all() for p in net.parameters())


class TestTheLayerTableOfTheFourthReport:
    """It prints what torchsummary said of its net at a batch of 128; that lists no flattening and no ReLU
    behind linear layers."""

    table = tabulate_net(outline_net(STL_CNN, STL10), STL10)
    listed = [
        layer for layer in table.layers if layer.name not in {"flatten", "linear1_relu", "linear2_relu"}
    ]

    def test_the_shapes_are_those_printed(self):
        sides = [layer.output[1] for layer in self.listed if layer.kind in {"Conv2d", "MaxPool2d"}]
        assert sides == [62, 30, 28, 13, 11, 5, 3, 1]
        assert [layer.output[0] for layer in self.listed] == [256] * 4 + [512] * 8 + [1000] * 4 + [
            512, 512, 256, 256, 10]  # fmt: skip

    def test_the_parameters_are_those_printed(self):
        counts = [layer.parameters for layer in self.listed if layer.parameters]
        assert counts == [7_168, 512, 1_180_160, 1_024, 2_359_808, 1_024, 4_609_000, 2_000,
                          512_512, 131_328, 2_570]  # fmt: skip
        by_name = {layer.name: layer.arithmetic for layer in self.listed}
        assert by_name["conv1"] == "3 x 256 x 3 x 3 + 256"
        assert by_name["linear1"] == "1000 x 512 + 512"

    def test_the_memory_is_that_printed(self):
        """Each output counts twice there, as itself and as its gradient, in units of 1,048,576 bytes."""
        megabytes = 2 * 128 * sum(layer.output_bytes for layer in self.listed) / 2**20
        assert round(megabytes, 2) == 4591.35
        assert round(sum(p * 4 for p in [self.table.parameters]) / 2**20, 2) == 33.60


def test_the_net_under_a_budget_is_near_the_published_one():
    table = tabulate_net(outline_net(Separable(), CIFAR10), CIFAR10)
    last_map = next(layer.output for layer in table.layers if layer.name == "group3_pool")
    assert last_map == (196, 3, 3)
    assert table.parameters == 124_002 <= BUDGET
    assert abs(table.parameters - THEIRS) / THEIRS < 0.002
    kernels = {
        layer.arithmetic.split(" x ")[-1].split(" ")[0] for layer in table.layers if "parallel" in layer.name
    }
    assert kernels == {"1", "3", "5", "7"}
