"""A study with a search as a user drives it: real processes, real kills."""

import json
import re
import signal

import pytest

from paribus import Study
from paribus.store import open_ledger, read_trials

from .commands import paribus, write_study
from .interruptions import finish, interrupt, remains, start

SEARCH = """
[study]
title = "A rate for the digits"
seeds = 2

[run]
data = "digits"
net = { name = "mlp", hidden = [16] }
batch_size = 64
epochs = 3

[limits]
parameters = 3000

[search]
trials = 6
startup = 3
batch = 2

[search.space]
net.hidden = [[8], [16], [32, 16], [64], [400]]
optimizer.lr = { low = 1e-4, high = 0.3, log = true }
"""


@pytest.fixture(scope="module")
def calm(tmp_path_factory):
    folder = tmp_path_factory.mktemp("calm")
    study = write_study(folder, SEARCH)
    return folder, finish(start(study, 1))


def trials_in(folder):
    with open_ledger(folder / ".paribus", create=False) as ledger:
        return read_trials(ledger, Study.load(folder / "study.toml").plan.search)


def test_a_run_tells_of_trials_then_of_the_winner_then_of_its_confirmation(calm):
    _, printed = calm
    assert "Search: 6 trials, learned by TPE, with seed 1000." in printed
    assert "10 runs, 0 cached, 10 to train" in printed
    assert "Search: 3 of 6 trials asked for" in printed
    assert printed.index("trial 6, seed 1000: ") < printed.index(" of 6 wins with ")
    assert printed.index(" of 6 wins with ") < printed.index("winner, seed 1: ")
    assert "(10 of 10 runs)" in printed
    assert "is optimistic, for luck helped to choose it. On 2 other seeds it reaches" in printed


def test_check_tells_the_space_the_trials_and_the_cost_and_writes_nothing(tmp_path):
    write_study(tmp_path, SEARCH)
    printed = paribus(tmp_path, "check").stdout
    assert "optimizer.lr  0.0001 to 0.3, log" in printed
    assert "net.hidden    [8], [16], [32, 16], [64], [400]" in printed
    assert "3 trials are known by now" in printed
    assert "10 runs: 0 cached, 10 to train." in printed
    told = json.loads(paribus(tmp_path, "check", "--json").stdout)
    assert (told["search"]["trials"], told["search"]["runs"], told["search"]["winner"]) == (6, 6, None)
    assert [path.name for path in tmp_path.iterdir()] == ["study.toml"]


def test_check_refuses_a_search_that_cannot_be(tmp_path):
    write_study(tmp_path, SEARCH.replace("parameters = 3000", "parameters = 300"))
    told = paribus(tmp_path, "check", code=2).stderr
    assert "300" in told
    write_study(tmp_path, SEARCH.replace("optimizer.lr =", "optimizer.rate ="))
    told = paribus(tmp_path, "check", code=2).stderr
    assert told.startswith("paribus: study.toml: search.space: None of 100 points in a row fits, such as: ")
    assert "optimizer.rate: unknown key" in told
    assert told.count("\n") == 1


def test_status_and_runs_know_trials_by_their_numbers(calm):
    folder, _ = calm
    assert paribus(folder, "status").stdout.splitlines()[2].startswith("search          ●●●●●●")
    told = json.loads(paribus(folder, "status", "--json").stdout)
    assert told["pace"] == "complete"
    assert told["search"] == {"finished": 6, "to_come": 0}
    assert set(told["arms"]) == {"base", "winner"}
    runs = json.loads(paribus(folder, "runs", "--json").stdout)
    assert {run["arm"] for run in runs} == {*(f"trial {k}" for k in range(1, 7)), "base", "winner"}


def test_a_second_run_asks_for_nothing_and_trains_nothing(calm):
    folder, _ = calm
    printed = paribus(folder, "run").stdout
    assert "10 runs, 10 cached, 0 to train" in printed


def test_the_test_set_is_opened_for_the_arms_and_for_no_trial(calm):
    folder = calm[0]
    paribus(folder, "test", "--yes")
    runs = json.loads(paribus(folder, "runs", "--json").stdout)
    tested = {path.parent.name for path in (folder / ".paribus" / "runs").glob("*/test-last.safetensors")}
    arms = {run["fingerprint"][:16] for run in runs if run["arm"] in {"base", "winner"}}
    assert tested == arms
    assert "on test images" in paribus(folder, "report", "--markdown").stdout


def test_a_stopped_search_shows_how_far_it_is_and_what_is_to_come(tmp_path):
    study = write_study(tmp_path, SEARCH.replace("epochs = 3", "epochs = 100"))  # so that it is not over yet
    process = start(study, 1)
    for line in process.stdout:
        if line.startswith("trial"):
            break
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    told = json.loads(paribus(tmp_path, "status", "--json").stdout)
    assert told["pace"] == "resting"
    assert told["search"]["to_come"] >= 2
    assert "search " in paribus(tmp_path, "status").stdout
    printed = paribus(tmp_path, "report", "--markdown").stdout
    assert "The search goes on: " in printed
    assert "winner cannot be compared with base yet" in printed


@pytest.mark.slow
def test_killed_anywhere_a_search_ends_with_the_same_trials_winner_and_bits(calm, tmp_path):
    study = write_study(tmp_path, SEARCH)
    hit = interrupt(study, kills=5, slots=2, seed=3)
    assert hit > 0
    assert trials_in(tmp_path) == trials_in(calm[0])
    calm_runs = remains(calm[0] / ".paribus")
    rough = remains(tmp_path / ".paribus")
    assert rough.keys() == calm_runs.keys()
    for name, (state, scores, rows, files) in rough.items():
        kept = [file for file in calm_runs[name][3] if not file[0].startswith("test")]
        assert (state, scores, rows, files) == (*calm_runs[name][:3], kept)


@pytest.mark.slow
def test_two_commands_at_once_share_a_search(calm, tmp_path):
    study = write_study(tmp_path, SEARCH)
    both = [start(study, 1), start(study, 1)]
    printed = [finish(process) for process in both]
    assert any(" of 6 wins with " in text for text in printed)  # who comes late finds it won
    ends = [text.partition("\nA rate for the digits\n")[2].partition("Report:")[0] for text in printed]
    assert ends[0] == ends[1]
    assert "winner is the best of 6 trials" in ends[0]
    assert trials_in(tmp_path) == trials_in(calm[0])
    assert remains(tmp_path / ".paribus").keys() == remains(calm[0] / ".paribus").keys()


def test_a_trial_that_cannot_be_trained_ends_the_search_with_its_reason_and_may_be_tried_again(tmp_path):
    net = "from torch import nn\nclass Net(nn.Linear):\n"
    net += "    def __init__(self, classes, width=8):\n        super().__init__(64, classes)\n"
    net += "        self.width = width\n    def forward(self, x):\n"
    net += "        if self.training and self.width == 9:\n            raise RuntimeError('nine')\n"
    net += "        return super().forward(x.flatten(1))\n"
    (tmp_path / "mine.py").write_text(net)
    text = SEARCH.replace('{ name = "mlp", hidden = [16] }', '"mine:Net"').replace("trials = 6", "trials = 4")
    text = re.sub(r"net.hidden = .*", "net.width = [9, 10]", text)
    write_study(tmp_path, text)
    told = paribus(tmp_path, "run", code=2)
    assert re.search(r"trial \d, seed 1000: failed: RuntimeError: nine", told.stdout)
    assert re.search(r"search: trial \d has no result, and what is tried next follows from it", told.stderr)
    assert told.stderr.count("\n") == 1
    (tmp_path / "mine.py").write_text(net.replace("== 9", "== 99"))
    paribus(tmp_path, "run")


def test_status_says_that_a_search_was_added_since_the_last_run(tmp_path):
    write_study(tmp_path, SEARCH.partition("[search]")[0])
    paribus(tmp_path, "run", "--set", "epochs=1")
    write_study(tmp_path, SEARCH)
    told = paribus(tmp_path, "status", "--set", "epochs=1").stdout
    assert "study.toml now says otherwise in: search.batch, " in told
