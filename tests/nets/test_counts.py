import dataclasses
import json
import subprocess
import sys

import pytest

from paribus.nets import NetSize, Shape, measure_net
from paribus.specs.nets import Lenet5, Linear, Plain
from paribus.specs.tables import UserOptions

COLOUR = Shape(3, 32, 32, 10)

# Counts in a process of its own, and says whether torch was needed.
COUNT = """
import sys
from pathlib import Path
from paribus.nets import NetSize, Shape, measure_net
from paribus.specs.nets import Lenet5
from paribus.specs.tables import UserOptions
sys.path.insert(0, sys.argv[2])
options = UserOptions(name="counted_net:Own") if sys.argv[3] == "own" else Lenet5()
print(measure_net(options, Shape(3, 32, 32, 10), Path(sys.argv[1])).parameters, "torch" in sys.modules)
"""


def count_elsewhere(memory, folder, kind="lenet5"):
    done = subprocess.run(
        [sys.executable, "-c", COUNT, str(memory), str(folder), kind],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_the_second_count_imports_no_torch(tmp_path):
    memory = tmp_path / "deep" / "counts.json"
    assert count_elsewhere(memory, tmp_path) == "62006 True"
    assert count_elsewhere(memory, tmp_path) == "62006 False"


def test_a_users_net_is_counted_again_when_its_source_changes(tmp_path):
    memory, source = tmp_path / "counts.json", tmp_path / "counted_net.py"
    net = "from torch import nn\ndef Own(classes): return nn.Sequential(*layers(classes))\n"
    net += "def layers(classes):\n"
    net += "    return [nn.AdaptiveAvgPool2d({}), nn.Flatten(), nn.Linear(3 * {} ** 2, classes)]\n"
    source.write_text(net.format(1, 1))
    assert count_elsewhere(memory, tmp_path, "own") == "40 True"
    assert count_elsewhere(memory, tmp_path, "own") == "40 False"
    source.write_text(net.format(2, 2))
    assert count_elsewhere(memory, tmp_path, "own") == "130 True"


LINEAR = NetSize(30_730, 61_440, 122_920, (("last", 30_730),))


def test_parameters_flops_bytes_and_the_biggest_layers_are_remembered(tmp_path):
    memory = tmp_path / "nets.json"
    assert measure_net(Linear(), COLOUR, memory) == LINEAR
    assert measure_net(Linear(), COLOUR, memory) == LINEAR
    memory.write_text(memory.read_text().replace("61440", "7"))
    assert measure_net(Linear(), COLOUR, memory) == dataclasses.replace(LINEAR, flops=7)


def test_options_and_shapes_are_measured_apart(tmp_path):
    memory = tmp_path / "nets.json"
    asked = [
        (Linear(), COLOUR), (Lenet5(), COLOUR), (Plain(), COLOUR), (Plain(kernel=5), COLOUR),
        (Plain(batch_norm=True), COLOUR), (Linear(), Shape(3, 64, 64, 10)), (Linear(), Shape(3, 32, 32, 5)),
    ]  # fmt: skip
    sizes = [measure_net(options, shape, memory) for options, shape in asked]
    assert sizes == [measure_net(options, shape, memory) for options, shape in asked]
    assert len(set(sizes)) == len(asked) == len(json.loads(memory.read_text()))


@pytest.mark.parametrize("damage", ["", "{", "5", "[1]", "null", "values"])
def test_a_damaged_memory_is_written_anew(tmp_path, damage):
    memory = tmp_path / "nets.json"
    measure_net(Linear(), COLOUR, memory)
    [key] = json.loads(memory.read_text())
    memory.write_text(json.dumps({key: 30_730}) if damage == "values" else damage)
    assert measure_net(Linear(), COLOUR, memory) == LINEAR
    assert json.loads(memory.read_text())[key]["flops"] == 61_440


def test_where_nothing_can_be_remembered_measuring_goes_on(tmp_path):
    (tmp_path / "file").write_text("")
    assert measure_net(Linear(), COLOUR, tmp_path / "file" / "nets.json") == LINEAR


def test_a_users_module_that_is_not_there_is_refused_before_torch(tmp_path):
    with pytest.raises(Exception, match="no module 'nowhere_at_all' is found"):
        measure_net(UserOptions(name="nowhere_at_all:Net"), COLOUR, tmp_path / "nets.json")
