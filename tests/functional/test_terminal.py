"""What `paribus run` and `status` look like in a terminal; elsewhere they print plain lines."""

import json
import re

import pytest
from rich.cells import cell_len

from .commands import SMALL, paribus, write_study
from .terminals import in_terminal, without_escapes

LONG = SMALL.replace("epochs = 2", "epochs = 30").replace("[0.01, 0.001]", "[0.01, 1e6]")
WIDTHS = (40, 80, 200)


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """What terminals of several widths saw of a study that ran in them, and the folder of the last."""
    shown = {}
    for width in WIDTHS:
        folder = tmp_path_factory.mktemp(f"wide{width}")
        write_study(folder, LONG)
        shown[width] = in_terminal(folder, "run", columns=width)
    return shown, folder


@pytest.mark.parametrize("width", WIDTHS)
def test_a_running_study_shows_its_arms_and_no_line_is_too_wide(width, seen):
    lines = without_escapes(seen[0][width])
    live = lines[: lines.index("Which rate?")]
    assert max(map(cell_len, live)) <= width
    assert any(re.search(r"4 of 4 runs", line) for line in live)
    arms = [line for line in live if line.startswith("opti")]
    assert any("●●" in line and "%" in line for line in arms)
    assert any("✕✕" in line for line in arms)
    assert any(re.search(r"[▁▂▃▄▅▆▇█]{6}", line) for line in arms) == (width >= 60)


def test_without_colour_nothing_is_coloured(tmp_path):
    write_study(tmp_path, LONG)
    seen = in_terminal(tmp_path, "run", NO_COLOR="1")
    assert "\x1b[2K" in seen  # the picture is drawn anew
    assert not re.findall(r"\x1b\[(?:\d+;)*[34]\d(?:;\d+)*m", seen)


def test_a_terminal_that_can_do_nothing_gets_lines(tmp_path):
    write_study(tmp_path)
    seen = in_terminal(tmp_path, "run", TERM="dumb")
    assert "\x1b" not in seen
    assert len(re.findall(r"^optimizer.lr=\S+, seed \d: \S+ %   \(\d of 4 runs", seen, re.MULTILINE)) == 4


@pytest.mark.parametrize("width", WIDTHS)
def test_status_shows_the_same_picture_once(width, seen):
    lines = without_escapes(in_terminal(seen[1], "status", columns=width))
    assert max(map(cell_len, lines)) <= width
    assert sum("●●" in line for line in lines) == 1
    assert any("4 of 4 runs" in line for line in lines)
    assert "Complete. 'paribus report study.toml'" in " ".join(lines)


def test_status_tells_failures_and_what_to_do(tmp_path):
    (tmp_path / "own_nets.py").write_text(
        "from torch import nn\n"
        "class Raises(nn.Sequential):\n"
        "    def __init__(self, classes):\n"
        "        super().__init__(nn.Flatten(), nn.Linear(64, classes))\n"
        "    def forward(self, images):\n"
        "        if self.training:\n"
        "            raise RuntimeError('always')\n"
        "        return super().forward(images)\n"
    )
    net = SMALL.replace('{ name = "mlp", hidden = [32] }', '"own_nets:Raises"')
    write_study(tmp_path, net.replace("seeds = 2", "seeds = 1"))
    paribus(tmp_path, "run", code=1)
    printed = paribus(tmp_path, "status").stdout
    assert "optimizer.lr=0.01, seed 0: failed: RuntimeError: always" in printed
    assert "'paribus run study.toml' tries what failed again" in printed
    told = json.loads(paribus(tmp_path, "status", "--json").stdout)
    assert told["pace"] == "resting"
    assert [run["state"] for run in told["runs"]] == ["failed", "failed"]
    assert "Traceback" in told["runs"][0]["traceback"]
