"""The page on data sets: its example of a loader runs, and every official set is in its table."""

import re
from pathlib import Path

import pytest

from paribus.data.official import remotes
from paribus.data.official.distributions import Wanted
from tests.docs.blocks import find_block
from tests.functional.commands import paribus

PAGE = (Path(__file__).parents[2] / "docs" / "data-sets.md").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "my_data.py").write_text(find_block(PAGE, "python", "def load"), encoding="utf-8")
    (tmp_path / "study.toml").write_text(find_block(PAGE, "toml", "my_data:load"), encoding="utf-8")
    return tmp_path


def test_the_loader_of_the_page_is_opened_and_trained_on(folder):
    quick = ("--set", "epochs=1", "--seeds", "1")
    assert "2 to train" in " ".join(paribus(folder, "check", "study.toml", *quick).stdout.split())
    printed = paribus(folder, "run", "study.toml", *quick).stdout
    assert re.search(r"^data.noise=40 \(control\) .* 1 of 1 ", printed, re.MULTILINE)
    assert re.search(r"^data.noise=120 .* 1 of 1 ", printed, re.MULTILINE)


def test_a_fault_of_the_loader_is_one_line_with_its_place(folder):
    source = folder / "my_data.py"
    source.write_text(source.read_text().replace("random.integers(0, noise", "random.integers(0, nose"))
    told = paribus(folder, "run", "study.toml", code=2).stderr
    assert told.count("\n") == 1
    assert "study.toml: run.data: my_data:load: NameError: name 'nose' is not defined" in told
    assert "(my_data.py, line 10)" in told


def test_every_official_file_or_its_archive_is_in_the_table():
    tables = [remotes.SVHN, remotes.MNIST, {"": remotes.CIFAR10}, {"": remotes.CIFAR100}, {"": remotes.STL10}]
    wanted = [one for table in tables for one in table.values() if isinstance(one, Wanted)]
    assert len(wanted) == 10
    shown = [name for one in wanted for name in (one.remote.name, *one.instead) if f"`{name}`" in PAGE]
    assert {"train_32x32.mat", "cifar-10-python.tar.gz", "cifar-100-python", "stl10_binary"} <= set(shown)
