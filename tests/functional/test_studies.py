"""Shipped studies as a newcomer meets them: in an empty folder, by name, through every verb."""

import json
import subprocess
import sys

import pytest

from paribus.studies import BLOCKS, list_shipped

from .commands import files_in, paribus

SMOKE = ("r0/learning-rate", "--profile", "smoke")
NOT_RUN = "r0/learning-rate: has not been run; 'paribus run r0/learning-rate --profile smoke' does"


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """An empty folder in which a shipped study was run."""
    folder = tmp_path_factory.mktemp("here")
    told = paribus(folder, "run", *SMOKE).stdout
    return folder, told


def test_the_list_names_every_study_and_block_in_eighty_columns(tmp_path):
    lines = paribus(tmp_path, "study", "list").stdout.splitlines()
    assert max(map(len, lines)) <= 80
    told = " ".join(line.strip() for line in lines)
    for shipped in list_shipped():
        assert f" {shipped.name} " in told
    labels = [line[:12].rstrip() for line in lines if line.startswith("R") and line[1].isdigit()]
    assert {"R1.2, 1.3", "R2.1 to 2.4", "R4.6"} < set(labels)
    for name, block in BLOCKS.items():
        if block.command:
            assert f"{name} {block.what} {block.command}" in " ".join(told.split()), name
    assert "svhn, 5 arms x 6 seeds, published 86.05 % (test) full " in told


def test_the_list_as_json_has_more(tmp_path):
    plain = json.loads(paribus(tmp_path, "study", "list", "--json").stdout)
    [one] = [study for study in plain["studies"] if study["name"] == "r0/learning-rate"]
    assert one["full_name"] == "r0-svhn/learning-rate"
    assert one["blocks"] == ["R0.3"]
    assert one["published"] == {"arm": "optimizer.lr=0.001", "split": "test", "value": 0.8605}
    assert one["profiles"]["full"]["arms"]["optimizer.lr=0.1"] == 113_738
    assert one["profiles"]["smoke"]["data"] == ["streetnumbers"]
    assert one["profiles"]["full"]["seconds"] > one["profiles"]["cpu"]["seconds"] > 0
    assert list(plain["blocks"]) == list(BLOCKS)


def test_the_list_needs_no_torch():
    program = """
import sys
sys.argv = ["paribus", "study", "list"]
from paribus.cli import main
try:
    main()
except SystemExit:
    print("torch" in sys.modules, "numpy" in sys.modules, file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == "False False"


def test_a_study_is_printed_and_copied_as_it_is(tmp_path):
    shown = paribus(tmp_path, "study", "show", "r0/learning-rate").stdout
    assert shown.startswith("# R0.3: ")
    told = paribus(tmp_path, "new", "--from", "r0/learning-rate").stdout
    assert told == "Wrote learning-rate.toml. Next: paribus check learning-rate.toml\n"
    assert (tmp_path / "learning-rate.toml").read_text(encoding="utf-8") == shown
    paribus(tmp_path, "new", "mine.toml", "--from", "learning-rate.toml")  # a file will do too
    assert "10 to train" in paribus(tmp_path, "check", "mine.toml", "--profile", "smoke").stdout
    assert files_in(tmp_path) == ["learning-rate.toml", "mine.toml"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["run", "r0/learning-rates"], "Did you mean 'r0/learning-rate'?"),
        (["new", "--from", "r1/resnet"], "Did you mean 'r1/resnet18'?"),
        (["study", "show", "r0/budgt"], "Did you mean 'r0/budget'?"),
        (["show", "net", "r0/budgt"], "Did you mean 'r0/budget'?"),
        (["show", "data", "r0/budgt"], "Did you mean 'r0/budget'?"),
        (["runs", "r0/budgt"], "Did you mean 'r0/budget'?"),
        (["new", "--from", "r0/budget", "digits"], "digits: a copy keeps the data of its source; "),
        (["new", "--from", "gone.toml"], "--from gone.toml: cannot be read: No such file or directory"),
        (["show", "net", "plain", "--profile", "cpu"], "--profile cpu: a study has profiles; plain is none"),
        (
            ["show", "data", "digits", "--profile", "cpu"],
            "--profile cpu: a study has profiles; digits is none",
        ),
        (["runs", "--profile", "cpu"], "--profile cpu: expected a STUDY too"),
        (["check", "r0/budget", "--profile", "small"], "r0/budget: unknown profile 'small'; known: "),
        (["status", *SMOKE], NOT_RUN),
        (["report", *SMOKE], NOT_RUN),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_is_told_in_one_line(words, told, tmp_path):
    said = paribus(tmp_path, *words, code=2).stderr
    assert said.startswith("paribus: ")
    assert told in said
    assert len(said.splitlines()) == 1
    assert files_in(tmp_path) == []


def test_it_runs_in_an_empty_folder_and_leaves_ledger_and_report_there(ran):
    folder, told = ran
    assert "10 runs, 0 cached, 10 to train" in told
    assert "Report: " in told
    assert "r0-learning-rate-smoke.html" in files_in(folder)
    assert ".paribus" in files_in(folder)
    page = (folder / "r0-learning-rate-smoke.html").read_text(encoding="utf-8")
    assert "paribus run r0/learning-rate --profile smoke" in page


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["check"], "10 cached"),
        (["status"], "Complete. 'paribus report r0/learning-rate --profile smoke' writes the report."),
        (["report", "--markdown"], "optimizer.lr=0.0001"),
        (["show", "net"], "conv1"),
        (["show", "data"], "Data of r0/learning-rate: streetnumbers"),
        (["show", "filters"], "filters.png"),
        (["runs"], "optimizer.lr=0.005"),
        (["runs", "--tensorboard", "events"], "10 runs in events"),
        (["export"], "r0-learning-rate-smoke.onnx"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_every_verb_knows_it_by_that_name(words, told, ran):
    assert told in paribus(ran[0], *words, *SMOKE).stdout


def test_it_is_the_same_by_its_whole_name_and_from_another_folder_with_the_same_ledger(ran, tmp_path):
    store = str(ran[0] / ".paribus")
    words = ("r0-svhn/learning-rate", "--profile", "smoke", "--store", store)
    told = paribus(tmp_path, "status", *words).stdout
    assert "Complete." in told
    assert "10 cached, 0 to train" in paribus(tmp_path, "run", *words).stdout


def test_a_file_of_that_name_wins(tmp_path):
    (tmp_path / "r0").mkdir()
    study = '[study]\ntitle = "Mine"\nseeds = 2\n[run]\ndata = "digits"\nnet = "linear"\n'
    (tmp_path / "r0" / "baseline").write_text(study, encoding="utf-8")
    assert paribus(tmp_path, "check", "r0/baseline").stdout.startswith("Mine")
    (tmp_path / "r0" / "baseline").unlink()
    assert "small CNN" in paribus(tmp_path, "check", "r0/baseline", "--profile", "smoke").stdout
