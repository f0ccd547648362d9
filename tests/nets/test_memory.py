import json
import subprocess
import sys

import pytest

from paribus.nets.memory import note, recall

NOTE = """
import sys
from pathlib import Path
from paribus.nets.memory import note
print("ready", flush=True)
sys.stdin.read()
for number in range(100):
    note(Path(sys.argv[1]), f"{sys.argv[2]}{number}", number)
"""


def test_what_was_noted_is_recalled_and_nothing_else(tmp_path):
    memory = tmp_path / "deep" / "memory.json"
    assert recall(memory, "a") is None
    note(memory, "a", [1, "b"])
    note(memory, "c", 2)
    assert (recall(memory, "a"), recall(memory, "c"), recall(memory, "b")) == ([1, "b"], 2, None)
    assert not list(memory.parent.glob("*.part"))


def test_processes_that_note_at_once_lose_nothing_of_each_other(tmp_path):
    memory = tmp_path / "memory.json"
    command, pipe = [sys.executable, "-c", NOTE, str(memory)], subprocess.PIPE
    each = [subprocess.Popen([*command, name], stdin=pipe, stdout=pipe, text=True) for name in "abc"]
    assert [process.stdout.readline() for process in each] == ["ready\n"] * 3
    for process in each:
        process.stdin.close()
    for process in each:
        with process:
            assert process.wait() == 0
    assert len(json.loads(memory.read_text())) == 3 * 100


@pytest.mark.parametrize("damage", ["", "{", "5", "[1]", "null"])
def test_a_damaged_memory_is_written_anew(tmp_path, damage):
    memory = tmp_path / "memory.json"
    memory.write_text(damage)
    assert recall(memory, "a") is None
    note(memory, "a", 1)
    assert json.loads(memory.read_text()) == {"a": 1}


def test_where_nothing_can_be_written_nothing_is_noted(tmp_path):
    (tmp_path / "file").write_text("")
    note(tmp_path / "file" / "memory.json", "a", 1)
    assert recall(tmp_path / "file" / "memory.json", "a") is None
