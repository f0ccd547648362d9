import json

import pytest
from click.testing import CliRunner

from paribus import Execution, Study
from paribus.cli.runs import command as list_runs
from paribus.cli.show.run import command
from paribus.errors import SpecError, StoreError

STUDY = """
[study]
title = "Which rate?"
control = "calm"
seeds = [3]
[run]
data = { name = "digits", per_class = 10 }
net = "linear"
epochs = 30
[arms]
calm = {}
wild = { optimizer = { name = "sgd", lr = 1e9 }, "divergence_loss" = 5 }
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    path = tmp_path_factory.mktemp("one-run") / "study.toml"
    path.write_text(STUDY)
    Study.load(path).run(Execution(executor="inline", device="cpu"))
    return path


def ask(command, *words):
    return CliRunner().invoke(command, list(map(str, words)), catch_exceptions=False).output


def fingerprint(study, arm):
    rows = json.loads(ask(list_runs, study, "--json"))
    return next(row["fingerprint"] for row in rows if row["arm"] == arm)


def test_a_finished_run_tells_its_outcome_epochs_recipe_and_files(study):
    name = fingerprint(study, "calm")
    told = ask(command, name[:8], "--store", study.parent / ".paribus")
    lines = told.splitlines()
    assert lines[:2] == ["study: calm, seed 3", name]
    assert lines[2].startswith("finished in ")
    record = json.loads(ask(command, name, "--store", study.parent / ".paribus", "--json"))
    assert f"validation: {100 * record['last_score']:.2f} % at epoch 30" in told
    assert 'net = { name = "linear" }' in lines
    digest = record["artifacts"]["last.safetensors"]
    assert f"  {digest[:16]}  last.safetensors" in lines


def test_long_histories_are_thinned_but_the_best_and_the_last_epoch_stay(study):
    name = fingerprint(study, "calm")
    record = json.loads(ask(command, name, "--store", study.parent / ".paribus", "--json"))
    assert [epoch["epoch"] for epoch in record["epochs"]] == list(range(1, 31))
    told = ask(command, name, "--store", study.parent / ".paribus")
    rows = [line.split() for line in told.splitlines()]
    shown = [words for words in rows if len(words) > 7 and words[0].isdigit()]
    numbers = [int(words[0]) for words in shown]
    assert len(numbers) in {15, 16}
    assert numbers[-1] == 30
    assert [int(words[0]) for words in shown if words[-1] == "best"] == [record["best_epoch"]]
    last = record["epochs"][-1]
    assert shown[-1][1] == f"{last['train_loss']:.4f}"


def test_a_diverged_run_says_why(study):
    told = ask(command, fingerprint(study, "wild")[:8], "--store", study.parent / ".paribus")
    assert told.splitlines()[2].startswith("diverged")
    assert "step" in told.splitlines()[2]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("abc", "RUN abc: expected at least 4 letters of a fingerprint; 'paribus runs' lists them"),
        ("%%%%", "RUN %%%%: no run's fingerprint begins so; 'paribus runs' lists them"),
    ],
    ids=["short", "unknown"],
)
def test_what_names_no_run_is_refused(study, given, said):
    with pytest.raises(SpecError) as refused:
        ask(command, given, "--store", study.parent / ".paribus")
    assert str(refused.value) == said


def test_without_a_ledger_it_says_so(tmp_path):
    with pytest.raises(StoreError, match="no ledger here yet"):
        ask(command, "abcd1234", "--store", tmp_path)
