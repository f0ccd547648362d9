"""The page on training: its study runs, and its tables name everything that there is."""

import re
from pathlib import Path

import pytest

from paribus.specs import NETS, OPTIMIZERS, SCHEDULES
from tests.docs.blocks import find_block
from tests.functional.commands import paribus

PAGE = (Path(__file__).parents[2] / "docs" / "training.md").read_text(encoding="utf-8")


def names_in_table(heading):
    """Everything between backquotes in the first column of the table under a heading."""
    section = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"`([\w-]+)`", " ".join(re.findall(r"^\|([^|]+)\|", section, re.MULTILINE)))


@pytest.mark.parametrize(("heading", "table"), [("Optimizers", OPTIMIZERS), ("Schedules", SCHEDULES)])
def test_its_tables_name_every_one_once(heading, table):
    assert sorted(names_in_table(heading)) == sorted(table)


def test_the_nets_whose_speed_it_tells_exist():
    assert set(names_in_table("Precision")) <= set(NETS)


def test_its_study_passes_its_check_and_trains(tmp_path):
    (tmp_path / "study.toml").write_text(
        find_block(PAGE, "toml", "an average of the weights"), encoding="utf-8"
    )
    quick = ("--seeds", "1", "--set", "epochs=2", "--set", "data.per_class=10")
    assert "2 to train" in " ".join(paribus(tmp_path, "check", "study.toml", *quick).stdout.split())
    printed = paribus(tmp_path, "run", "study.toml", *quick).stdout
    assert re.search(r"^plain \(control\) .* 1 of 1 ", printed, re.MULTILINE)
    assert re.search(r"^averaged .* 1 of 1 ", printed, re.MULTILINE)
