import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image
from sqlalchemy import delete

from paribus import Execution, Study
from paribus.cli.show.filters import command
from paribus.errors import ParibusError, SpecError, StoreError
from paribus.store.schema import artifacts

STUDY = """
[study]
title = "Which net?"
control = "base"
seeds = [3, 4]
[run]
data = { name = "digits", per_class = 10 }
net = { name = "plain", widths = [4, 6] }
epochs = 1
[arms]
base = {}
faster = { "optimizer.lr" = 0.01 }
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    path = tmp_path_factory.mktemp("filters") / "study.toml"
    path.write_text(STUDY)
    Study.load(path).run(Execution(executor="inline", device="cpu"))
    return path


def show(*asked):
    return CliRunner().invoke(command, list(map(str, asked)), catch_exceptions=False)


def test_each_arm_is_drawn_and_told_the_control_first(study):
    lines = show(study).output.splitlines()
    assert lines == [
        "base: conv1, 4 filters of 3 x 3, in gray, seed 3",
        "faster: conv1, 4 filters of 3 x 3, in gray, seed 3",
        f"Filters: {study.parent / 'filters.png'}",
    ]
    with Image.open(study.parent / "filters.png") as picture:
        assert picture.format == "PNG"
        assert len(np.unique(np.asarray(picture))) > 10


def test_an_arm_and_a_seed_can_be_named(study, tmp_path):
    target = tmp_path / "one.png"
    lines = show(study, "--arm", "faster", "--seed", "4", "--save", target).output.splitlines()
    assert lines[0] == "faster: conv1, 4 filters of 3 x 3, in gray, seed 4"
    assert target.exists()


@pytest.mark.parametrize(
    ("asked", "kind", "said"),
    [
        (["--arm", "fast"], SpecError, "Did you mean 'faster'?"),
        (["--seed", "9"], SpecError, "--seed 9: no such run; seeds: 3, 4"),
        (["--save", "a.svg"], SpecError, "expected a name that ends in .png"),
    ],
)
def test_what_is_not_there_is_refused(study, asked, kind, said):
    with pytest.raises(kind, match=said):
        show(study, *asked)


def test_runs_that_kept_none_are_said_to_have_none(tmp_path):
    path = tmp_path / "study.toml"
    path.write_text(STUDY.replace("seeds = [3, 4]", "seeds = 1"))
    with pytest.raises(ParibusError, match="has not been run"):
        show(path)
    study = Study.load(path)
    study.run(Execution(executor="inline", device="cpu"))
    with study.revisions.reading() as ledger, ledger.writing() as connection:  # as an earlier version left it
        connection.execute(delete(artifacts).where(artifacts.c.name == "filters.safetensors"))
    with pytest.raises(StoreError, match="no run kept filters"):
        show(path)
