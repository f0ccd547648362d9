import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from paribus.cli.show.net import command
from paribus.errors import SpecError

STUDY = """
[study]
title = "Which net?"
control = "small"
[run]
data = { name = "digits", per_class = 20 }
net = { name = "mlp", hidden = [8] }
[arms]
small = {}
slow = { "optimizer.lr" = 1e-4 }
linear = { net = "linear" }
two = { net = "linear", "data.classes" = [0, 1] }
"""
LENET = '{ name = "lenet5", dropout = 0.1 }'


@pytest.fixture
def study(tmp_path):
    path = tmp_path / "study.toml"
    path.write_text(STUDY)
    return path


def show(*asked):
    return CliRunner().invoke(command, list(map(str, asked)), catch_exceptions=False)


def lines_of(*asked):
    return [line.rstrip() for line in show(*asked).stdout.splitlines()]


def test_a_net_is_shown_with_its_totals_first():
    lines = lines_of(LENET, "--batch", 10)
    assert lines[:4] == [
        "lenet5 on 3 x 32 x 32 images, 10 classes",
        "62,006 parameters, 248 kB on disk; 1.30 MFLOP an image.",
        "Training on 10 images keeps 589 kB of activations.",
        "",
    ]
    assert lines[4].split() == [
        "layer",
        "kind",
        "output",
        "parameters",
        "FLOPs",
        "memory",
        "parameters",
        "as",
    ]
    assert lines[5].split()[:9] == ["conv1", "Conv2d", "6", "x", "28", "x", "28", "456", "706"]
    assert lines[5].endswith("188 kB  3 x 6 x 5 x 5 + 6")
    assert len(lines) == 5 + 14


def test_the_table_fits_a_terminal_of_eighty_columns(monkeypatch):
    monkeypatch.setattr("paribus.cli.tables._WIDTH_OF_FILES", 80)
    for net in ("compact", LENET, "fast", "separable"):
        lines = lines_of(net, "--size", 96)
        assert max(map(len, lines)) <= 80
        assert "parameters as" not in lines[4]
        assert not [line for line in lines[5:] if line.startswith(" ")]  # none is folded


def test_size_channels_and_classes_are_those_asked_for():
    [plain] = json.loads(
        show("linear", "--size", "6x4", "--channels", 1, "--classes", 3, "--json", "--batch", 7).stdout
    )
    assert plain["shape"] == {"channels": 1, "height": 4, "width": 6, "classes": 3}
    assert (plain["parameters"], plain["flops"], plain["batch"]) == (75, 2 * 24 * 3, 7)
    assert [layer["name"] for layer in plain["layers"]] == ["flatten", "last"]
    assert plain["kept_bytes_at_batch"] == 7 * plain["kept_bytes"]


def test_each_net_of_a_study_is_shown_once_for_its_data(study):
    lines = lines_of(study)
    assert [line for line in lines if "images, " in line] == [
        "small, slow: mlp on 1 x 8 x 8 images, 10 classes",
        "linear: linear on 1 x 8 x 8 images, 10 classes",
        "two: linear on 1 x 8 x 8 images, 2 classes",
    ]
    found = json.loads(show(study, "--json").stdout)
    assert [one["arms"] for one in found] == [["small", "slow"], ["linear"], ["two"]]
    assert [one["parameters"] for one in found] == [64 * 8 + 8 + 90, 650, 130]


def test_a_net_of_ones_own_is_shown(tmp_path):
    (tmp_path / "shown_net.py").write_text(
        "from torch.nn import Flatten, Linear, Sequential\n"
        "def make(classes): return Sequential(Flatten(), Linear(192, classes))\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "paribus", "show", "net", "shown_net:make", "--size", "8"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.startswith("shown_net:make on 3 x 8 x 8 images, 10 classes\n1,930 parameters, ")


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (["lenet"], "net: name: unknown net 'lenet'; known: "),
        (["{ name = "], "net: '{ name = ' is no valid TOML: "),
        (["{ name = 'plain', kernel = 4 }"], "net: kernel: given 4; expected one of "),
        (["linear", "--size", "8x"], "--size 8x: expected pixels a side, such as 32, or WIDTHxHEIGHT"),
        (["linear", "--size", "0"], "--size 0: expected pixels a side"),
        (["lenet5", "--size", "8"], "net 'lenet5' takes images from 16 pixels a side; these have 8 x 8."),
        (["nowhere.toml"], "nowhere.toml: no such file."),
        (
            ["nowhere.toml", "--classes", "3"],
            "--classes: the data of nowhere.toml say it; name a net instead",
        ),
    ],
)
def test_what_cannot_be_shown_is_told_in_one_line(asked, message):
    with pytest.raises(SpecError) as caught:
        show(*asked)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
