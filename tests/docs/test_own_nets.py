"""The page on one's own nets: its example runs, and what it says of calling and identity holds."""

import re
from pathlib import Path

import pytest

from tests.docs.blocks import find_block
from tests.functional.commands import paribus

PAGE = (Path(__file__).parents[2] / "docs" / "own-nets.md").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "nets.py").write_text(find_block(PAGE, "python", "class Small"), encoding="utf-8")
    (tmp_path / "study.toml").write_text(find_block(PAGE, "toml", "nets:Small"), encoding="utf-8")
    return tmp_path


def test_the_example_passes_its_check_and_trains(folder):
    quick = ("--set", "epochs=1", "--seeds", "1")
    assert "2 to train" in " ".join(paribus(folder, "check", "study.toml", *quick).stdout.split())
    printed = paribus(folder, "run", "study.toml", *quick).stdout
    assert re.search(r"^net=narrow \(control\) .* 1 of 1 ", printed, re.MULTILINE)
    assert re.search(r"^net=wide .* 1 of 1 ", printed, re.MULTILINE)


def test_a_changed_source_makes_other_runs_and_a_changed_import_does_not(folder):
    quick = ("--set", "epochs=1", "--seeds", "1")
    (folder / "parts.py").write_text("WIDTH = 1\n", encoding="utf-8")
    with (folder / "nets.py").open("a", encoding="utf-8") as source:
        source.write("\n\nimport parts\n")
    paribus(folder, "run", "study.toml", *quick)
    (folder / "parts.py").write_text("WIDTH = 2\n", encoding="utf-8")
    assert "0 to train" in " ".join(paribus(folder, "check", "study.toml", *quick).stdout.split())
    with (folder / "nets.py").open("a", encoding="utf-8") as source:
        source.write("# a comment will do\n")
    assert "2 to train" in " ".join(paribus(folder, "check", "study.toml", *quick).stdout.split())
