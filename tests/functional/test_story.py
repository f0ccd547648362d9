"""A study from its first file to its report, as a newcomer lives it."""

import json
import shutil
from pathlib import Path

import pytest

from .commands import SMALL, paribus, write_study


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder where the small study was run once."""
    place = tmp_path_factory.mktemp("story")
    write_study(place)
    paribus(place, "run", workers=True)
    return place


def test_a_new_study_runs_as_it_is(tmp_path):
    paribus(tmp_path, "new")
    done = paribus(tmp_path, "run", "--profile", "smoke", "--set", "data.train=300", "--set", "data.test=100")
    assert "6 of 6 runs" in done.stdout
    assert (tmp_path / "study-smoke.html").exists()


def test_a_new_study_overwrites_nothing(tmp_path):
    write_study(tmp_path)
    assert "is there already" in paribus(tmp_path, "new", code=2).stderr
    assert (tmp_path / "study.toml").read_text() == SMALL


def test_check_writes_nothing_and_tells_the_plan(tmp_path):
    write_study(tmp_path)
    told = json.loads(paribus(tmp_path, "check", "--json").stdout)
    assert [p.name for p in tmp_path.iterdir()] == ["study.toml"]
    assert told["runs"] == 4
    assert told["cached"] == 0
    arm = told["arms"][0]
    assert arm["parameters"] == 64 * 32 + 32 + 32 * 10 + 10
    assert arm["recipe"]["optimizer"]["lr"] == 0.01
    assert len(arm["fingerprints"]["0"]) == 64
    assert arm["cached"] == {"0": False, "1": False}


def test_a_second_run_trains_nothing(folder):
    before = json.loads(paribus(folder, "runs", "--json").stdout)
    done = paribus(folder, "run")
    assert "4 cached, 0 to train" in done.stdout
    assert json.loads(paribus(folder, "runs", "--json").stdout) == before


def test_runs_are_known_in_full(folder):
    runs = json.loads(paribus(folder, "runs", "--json").stdout)
    assert len(runs) == 4
    assert {(run["arm"], run["seed"]) for run in runs} == {
        (f"optimizer.lr={rate}", seed) for rate in (0.01, 0.001) for seed in (0, 1)
    }
    for run in runs:
        assert run["state"] == "finished"
        assert run["last_epoch"] == 2
        assert 0 <= run["last_score"] <= run["best_score"] <= 1
        assert len(run["weights"]["last"]) == len(run["weights"]["best"]) == 64


def test_status_speaks_of_each_arm(folder):
    told = json.loads(paribus(folder, "status", "--json").stdout)
    assert told["arms"] == {"optimizer.lr=0.01": {"finished": 2}, "optimizer.lr=0.001": {"finished": 2}}


def test_under_five_seeds_no_verdict_word_is_printed(folder):
    printed = paribus(folder, "run").stdout
    for word in ("better", "worse", "equivalent", "undecided", "Undecided"):
        assert word not in printed
    assert "5 seeds are the least" in printed


def test_the_report_leaves_as_page_markdown_and_csv(folder, tmp_path):
    outputs = [str(tmp_path / f"r{ending}") for ending in (".html", ".md", ".csv")]
    paribus(folder, "report", *(word for path in outputs for word in ("-o", path)))
    assert "<!doctype html>" in (tmp_path / "r.html").read_text(encoding="utf-8").lower()
    assert "|" in (tmp_path / "r.md").read_text(encoding="utf-8")
    assert "optimizer.lr=0.001" in (tmp_path / "r.csv").read_text(encoding="utf-8")


def test_an_added_arm_or_seed_costs_that_arm_or_seed(folder):
    told = paribus(folder, "check", "--seeds", "3").stdout
    assert "6 runs: 4 cached, 2 to train" in told
    write_study(folder, SMALL.replace("[0.01, 0.001]", "[0.01, 0.001, 0.1]"))
    assert "4 cached, 2 to train" in paribus(folder, "run").stdout
    assert len(json.loads(paribus(folder, "runs", "--json").stdout)) == 6
    assert "6 cached, 3 to train" in paribus(folder, "run", "--seeds", "3").stdout
    write_study(folder)


def test_another_study_in_the_same_ledger_shares_its_runs(folder):
    write_study(folder, SMALL.replace("Which rate?", "Asked again?"), "again.toml")
    assert "4 cached, 0 to train" in paribus(folder, "check", "again.toml").stdout


def test_the_test_set_opens_by_its_one_door_and_every_look_is_recorded(tmp_path):
    write_study(tmp_path)
    paribus(tmp_path, "run")
    assert "has not been opened" in paribus(tmp_path, "report", "--markdown").stdout
    assert "the test set stays shut; --yes opens it unasked" in paribus(tmp_path, "test", code=2).stderr
    assert "has not been opened" in paribus(tmp_path, "report", "--markdown").stdout
    assert "4 runs tested" in paribus(tmp_path, "test", "--yes").stdout
    assert "opened once" in paribus(tmp_path, "report", "--markdown").stdout
    paribus(tmp_path, "test", "--yes")
    assert "opened twice" in paribus(tmp_path, "report", "--markdown").stdout
    paribus(tmp_path, "run", "--seeds", "3")
    told = paribus(tmp_path, "report", "--markdown", "--seeds", "3").stdout
    assert "validation" in told
    assert "after a look at the test set" in told


def test_what_was_seen_was_seen_under_another_name_too(tmp_path):
    path = write_study(tmp_path)
    paribus(tmp_path, "run")
    paribus(tmp_path, "test", "--yes")
    path.rename(tmp_path / "renamed.toml")
    told = paribus(tmp_path, "run", "renamed.toml").stdout
    assert "4 cached, 0 to train" in told
    assert "The test set was opened once, not for this revision." in told
    assert "registered after a look at the test set" in told
    assert "opened twice" in paribus(tmp_path, "test", "renamed.toml", "--yes").stdout


def test_what_is_gone_is_counted_before_it_is_trained_again(tmp_path):
    write_study(tmp_path)
    paribus(tmp_path, "run")
    shutil.rmtree(tmp_path / ".paribus" / "runs")
    refused = paribus(tmp_path, "report", code=2).stderr
    assert "No such file or directory; running the study again makes it" in refused
    assert "4 runs: 0 cached, 4 to train" in paribus(tmp_path, "check").stdout
    assert "4 runs, 0 cached, 4 to train" in paribus(tmp_path, "run").stdout


def test_an_unfinished_study_keeps_its_test_set_shut(tmp_path):
    write_study(tmp_path)
    assert "has not been run" in paribus(tmp_path, "test", "--yes", code=2).stderr


def test_doctor_finds_this_machine_well():
    told = json.loads(paribus(Path.cwd(), "doctor", "--json").stdout)
    assert told["troubles"] == []
    assert told["found"]["torch"].startswith("2.")
