"""One name, several revisions: what is given speaks, and what is for good is done to nothing else."""

import json

import numpy as np
import pytest
from PIL import Image

from .commands import SMALL, paribus, write_study

TRY = ("--set", "epochs=1", "--seeds", "1")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A study that was run, and tried once more with less."""
    place = tmp_path_factory.mktemp("tried")
    write_study(place)
    paribus(place, "run")
    paribus(place, "run", *TRY)
    return place


def shown(folder, *words):
    return paribus(folder, "report", "--markdown", *words)


def test_a_report_speaks_of_the_study_as_it_is_given(folder):
    assert "4 runs" in shown(folder).stdout
    assert "2 runs" in shown(folder, *TRY).stdout
    assert shown(folder).stderr == shown(folder, *TRY).stderr == ""


def test_where_it_was_not_run_so_the_last_revision_speaks_and_it_is_said(folder):
    told = shown(folder, "--set", "batch_size=7")
    assert "2 runs" in told.stdout
    assert told.stderr == (
        "paribus: This is the revision that was last run; study.toml now says otherwise in: "
        "study.seeds, run.batch_size, run.epochs\n"
    )


def test_a_report_names_the_command_that_makes_it_again(folder):
    paribus(folder, "report", *TRY, "-o", "tried.html")
    page = (folder / "tried.html").read_text(encoding="utf-8")
    assert "paribus run study.toml --set epochs=1 --set study.seeds=1<" in page


def test_the_test_set_is_opened_for_the_study_as_it_is_given_and_for_no_other(folder):
    refused = paribus(folder, "test", "--set", "batch_size=7", "--yes", code=2).stderr
    assert refused.startswith(
        "paribus: study.toml: has not been run as it is given, so its test set stays shut"
    )
    assert "study.toml now says otherwise in: study.seeds, run.batch_size, run.epochs. " in refused
    assert refused.endswith("Do first: paribus run study.toml --set batch_size=7\n")
    assert "4 runs tested." in paribus(folder, "test", "--yes").stdout
    tried = {run["arm"]: run["state"] for run in json.loads(paribus(folder, "runs", "--json").stdout)}
    assert set(tried.values()) == {"finished"}
    assert "has not been opened" not in shown(folder).stdout
    assert "not for this revision" in shown(folder, *TRY).stdout


def test_hints_name_the_study_from_where_one_stands(folder):
    told = paribus(folder.parent, "status", f"{folder.name}/study.toml", "--store", f"{folder.name}/.paribus")
    assert f"'paribus report {folder.name}/study.toml --store {folder.name}/.paribus' writes" in told.stdout


def test_runs_that_a_copy_shares_are_listed_under_both_names(folder, tmp_path):
    write_study(tmp_path)
    paribus(tmp_path, "run")
    write_study(tmp_path, name="copy.toml")
    assert "4 cached, 0 to train" in paribus(tmp_path, "run", "copy.toml").stdout
    listed = [
        json.loads(paribus(tmp_path, "runs", study, "--json").stdout) for study in ("study.toml", "copy.toml")
    ]
    assert [{run["study"] for run in runs} for runs in listed] == [{"study"}, {"copy"}]
    assert listed[0] != []
    assert [run["fingerprint"] for run in listed[0]] == [run["fingerprint"] for run in listed[1]]


def test_of_a_ledger_that_folders_share_each_lists_its_own(tmp_path):
    for place in ("a", "b"):
        (tmp_path / place).mkdir()
        write_study(tmp_path / place)
    paribus(tmp_path / "a", "run", "--store", "../all")
    assert len(json.loads(paribus(tmp_path, "runs", "a/study.toml", "--store", "all", "--json").stdout)) == 4
    refused = paribus(tmp_path, "runs", "b/study.toml", "--store", "all", code=2).stderr
    assert refused == "paribus: b/study.toml: has not been run; 'paribus run b/study.toml' does\n"


def test_runs_of_a_study_that_is_not_there_are_refused(folder):
    assert (
        "typo.toml: no such study, in the ledger or as a file"
        in paribus(folder, "runs", "typo.toml", code=2).stderr
    )


def test_what_was_run_stands_without_its_images_and_its_test_set_stays_shut(tmp_path):
    chance = np.random.default_rng(0)
    for place in (tmp_path / "pictures" / split / kind for split in ("train", "test") for kind in "ab"):
        place.mkdir(parents=True)
        for number in range(20):
            Image.fromarray(chance.integers(0, 255, (8, 8), np.uint8)).save(place / f"{number}.png")
    write_study(tmp_path, SMALL.replace('"digits"', '{ name = "folder", path = "pictures" }'))
    paribus(tmp_path, "run")
    (tmp_path / "pictures").rename(tmp_path / "moved")
    told = shown(tmp_path)
    assert "4 runs" in told.stdout
    assert told.stderr.startswith(
        "paribus: This is the revision that was last run; as it is given it cannot be: "
    )
    assert "pictures: no such" in told.stderr
    assert told.stderr.count("\n") == 1
    refused = paribus(tmp_path, "test", "--yes", code=2).stderr
    assert "pictures: no such" in refused
    assert refused.count("\n") == 1
