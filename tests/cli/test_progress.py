import pytest

from paribus.cli.progress import Told, name_runs
from paribus.executors import Event
from paribus.plan import plan_study
from paribus.specs import parse_study


@pytest.fixture
def plan():
    spec = parse_study(
        {
            "study": {"title": "t", "control": "a", "seeds": 2},
            "run": {"data": "digits", "net": "linear", "epochs": 4},
            "arms": {"a": {}, "[b]": {"batch_size": 64}},
        }
    )
    return plan_study(spec, lambda _data: "d")


@pytest.fixture
def told(plan):
    return Told(name_runs(plan, set()), ended={plan.runs[0].fingerprint}, seconds_left=lambda: 20.0)


@pytest.fixture
def name(plan):
    return plan.runs[1].fingerprint


def started(name, *complaints):
    return Event("started", name, {"epoch": 0, "accuracy": None, "complaints": list(complaints)})


def test_an_end_is_worth_a_line_and_an_epoch_is_not(told, name):
    assert told.follow(started(name)) is None
    assert told.follow(Event("epoch", name, {"epoch": 1, "accuracy": 0.5})) is None
    line = told.follow(Event("ended", name, {"state": "finished", "epoch": 4, "accuracy": 0.5}))
    assert line == "[b], seed 0: 50.0 %   (2 of 4 runs, about 20 s left)"


def test_the_last_end_leaves_no_time(told, plan):
    ends = [Event("ended", run.fingerprint, {"state": "finished", "accuracy": 0.5}) for run in plan.runs]
    assert [told.follow(end) for end in ends][-1].endswith("(4 of 4 runs)")


@pytest.mark.parametrize("state", ["failed", "diverged"])
def test_trouble_is_told_with_its_reason(state, told, name):
    line = told.follow(Event("ended", name, {"state": state, "reason": "why"}))
    assert line == f"[b], seed 0: {state}: why"
    assert told.notes == []  # the table says it


def test_what_no_row_of_the_table_says_is_noted(told, name):
    told.follow(Event("died", name, {"reason": "killed"}))
    told.follow(started(name, "a file is damaged"))
    told.follow(Event("noted", name, {"line": "memory ran out"}))
    assert told.notes == [
        "[b], seed 0: killed; tried again from its checkpoint",
        "a file is damaged",
        "[b], seed 0: memory ran out",
    ]


def test_a_stop_that_somebody_asked_for_is_answered_at_once(told):
    assert told.follow(Event("stopping", "")) == "Stopping: the runs under way are being saved."


def test_runs_that_nothing_waits_for_are_not_named(plan):
    idle = plan.runs[0].fingerprint
    assert idle not in name_runs(plan, {idle})


def test_runs_that_a_search_asks_for_have_names_from_then_on_and_are_no_trouble(told):
    told.expected = 6
    line = told.follow(Event("planned", "", {"names": {"x" * 64: "trial 1, seed 1000"}, "line": "Search: 1"}))
    assert line == "Search: 1"
    assert told.notes == []
    ended = {"state": "finished", "epoch": 4, "accuracy": 0.5}
    line = told.follow(Event("ended", "x" * 64, ended))
    assert line == "trial 1, seed 1000: 50.0 %   (2 of 6 runs, about 20 s left)"
