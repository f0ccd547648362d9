"""The page on nets: its tables of counts, its blocks and its example are what the program does."""

import json
import re
import shlex
import tomllib
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from paribus.nets import Shape
from paribus.nets.building import outline_net
from paribus.nets.layer_table import say_amount
from paribus.nets.layers import tabulate_net
from paribus.specs import NETS
from paribus.specs.nets import NetSpec
from paribus.specs.study import LimitsSpec
from tests.docs.blocks import find_block
from tests.functional.commands import paribus

PAGE = (Path(__file__).parents[2] / "docs" / "nets.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `(\S+)` \| ([\d,]+) \| (\S+ \S+) \|", PAGE, re.MULTILINE)
REPORTED = find_block(PAGE, "toml", "[stl10-cnn]")
HEADS = re.findall(r"^\[(\S+)\] +# (\d+) x (\d+), (\d+) classes: ([\d,]+) parameters", REPORTED, re.MULTILINE)


def measured(plain, shape):
    return tabulate_net(outline_net(TypeAdapter(NetSpec).validate_python(plain), shape), shape)


def test_every_net_is_in_the_table_with_its_parameters_and_flops():
    assert {name for name, _, _ in ROWS} == set(NETS)
    for name, parameters, flops in ROWS:
        found = measured(name, Shape(3, 32, 32, 10))
        assert (f"{found.parameters:,}", say_amount(found.flops, "").strip()) == (parameters, flops), name


def test_every_reported_net_has_the_parameters_that_stand_beside_it():
    nets = tomllib.loads(REPORTED)
    assert [head[0] for head in HEADS] == list(nets)
    for name, width, height, classes, parameters in HEADS:
        found = measured(nets[name], Shape(3, int(height), int(width), int(classes)))
        assert f"{found.parameters:,}" == parameters, name
    normed = nets["cifar10-plain"] | {"batch_norm": True}
    assert f"{measured(normed, Shape(3, 32, 32, 10)).parameters:,} with batch_norm" in REPORTED
    maps = [
        layer.output[1]
        for layer in measured(nets["stl10-cnn"], Shape(3, 64, 64, 10)).layers
        if layer.kind in {"Conv2d", "MaxPool2d"}
    ]
    assert f"maps of {'-'.join(map(str, maps))} pixels" in REPORTED


def test_the_limits_of_the_page_hold_compact_and_refuse_lenet_that_is_wider(tmp_path):
    limits = LimitsSpec.model_validate(tomllib.loads(find_block(PAGE, "toml", "[limits]"))["limits"])
    found = measured("compact", Shape(3, 32, 32, 10)).size
    assert found.parameters <= limits.parameters
    assert found.flops <= limits.flops
    assert found.weights_bytes <= limits.size == 600_000
    study = '[study]\ntitle = "t"\n[run]\ndata = "digits"\nnet = { name = "mlp", hidden = [2000] }\n'
    (tmp_path / "study.toml").write_text(study + find_block(PAGE, "toml", "[limits]"))
    told = paribus(tmp_path, "check", "study.toml", code=2).stderr
    assert told.count("\n") == 1
    assert "limits.parameters allows 150,000. Its biggest layers by parameters: linear1 130,000, last" in told


def test_the_command_of_the_page_prints_what_stands_under_it(tmp_path):
    block = find_block(PAGE, "console", "$ paribus show net")
    command, *shown = block.strip().split("\n")
    words = shlex.split(command.removeprefix("$ paribus "))
    assert paribus(tmp_path, *words).stdout.splitlines()[: len(shown)] == shown
    [plain] = json.loads(paribus(tmp_path, *words, "--json").stdout)
    assert plain["parameters"] == 8_807_106


@pytest.mark.parametrize("name", ["linear", "mlp"])
def test_nets_without_convolutions_are_contiguous_and_others_channels_last(name):
    assert NETS[name].layout == "contiguous"
    others = {entry.layout for other, entry in NETS.items() if other not in {"linear", "mlp"}}
    assert others == {"channels-last"}
