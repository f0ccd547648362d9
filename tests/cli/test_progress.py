import io

import pytest
from rich.console import Console

from paribus.cli.progress import Progress, shown
from paribus.executors import Event
from paribus.plan import plan_study
from paribus.specs import parse_study


@pytest.fixture
def progress():
    spec = parse_study(
        {
            "study": {"title": "t", "control": "a", "seeds": 2},
            "run": {"data": "digits", "net": "linear", "epochs": 4},
            "arms": {"a": {}, "[b]": {"batch_size": 64}},
        }
    )
    plan = plan_study(spec, lambda _data: "d")
    return Progress(plan, done_before={plan.runs[0].fingerprint})


def name_of(progress, number):
    return progress.plan.runs[number].fingerprint


def started(name, epoch=0):
    return Event("started", name, {"epoch": epoch, "accuracy": None, "complaints": []})


def epoch(name, number):
    return Event("epoch", name, {"epoch": number, "accuracy": 0.5})


def test_what_was_done_before_counts_as_done(progress):
    assert progress.ended == 1
    assert progress.seconds_left() is None


def test_the_time_left_follows_from_the_epochs_done(progress):
    progress.started -= 10
    name = name_of(progress, 1)
    progress.follow(started(name))
    progress.follow(epoch(name, 1))
    progress.follow(epoch(name, 2))
    assert progress.seconds_left() == pytest.approx(10 / 2 * 10, rel=0.05)  # 2 + 4 + 4 epochs to do


def test_epochs_of_an_earlier_time_do_not_make_this_one_look_fast(progress):
    progress.started -= 10
    name = name_of(progress, 1)
    progress.follow(started(name, epoch=3))
    assert progress.seconds_left() is None
    progress.follow(epoch(name, 4))
    assert progress.seconds_left() == pytest.approx(10 / 1 * 8, rel=0.05)


def test_an_end_is_worth_a_line_and_an_epoch_is_not(progress):
    name = name_of(progress, 1)
    assert progress.follow(started(name)) is None
    assert progress.follow(epoch(name, 1)) is None
    line = progress.follow(Event("ended", name, {"state": "finished", "epoch": 4, "accuracy": 0.5}))
    assert line.startswith("[b], seed 0: 50.0 %")
    assert "2 of 4 runs" in line


@pytest.mark.parametrize("state", ["failed", "diverged"])
def test_trouble_is_told_with_its_reason(progress, state):
    line = progress.follow(Event("ended", name_of(progress, 1), {"state": state, "reason": "why"}))
    assert line == f"[b], seed 0: {state}: why"
    assert progress.troubles == [line]


def test_a_death_says_that_it_is_tried_again(progress):
    line = progress.follow(Event("died", name_of(progress, 1), {"reason": "killed"}))
    assert line == "[b], seed 0: killed; tried again from its checkpoint"


def test_the_live_table_fits_80_columns_and_shows_every_arm(progress):
    name = name_of(progress, 1)
    progress.follow(started(name))
    progress.follow(epoch(name, 1))
    out = io.StringIO()
    Console(file=out, width=80).print(progress.view())
    printed = out.getvalue()
    assert "seed 0 epoch 1/4" in printed
    assert "[b]" in printed
    assert "1 of 4 runs" in printed
    assert max(map(len, printed.splitlines())) <= 80


def test_where_nobody_watches_it_prints_lines(progress):
    out = io.StringIO()
    with shown(progress, Console(file=out, width=100, markup=False, highlight=False)) as display:
        display.follow(started(name_of(progress, 1)))
        display.follow(Event("ended", name_of(progress, 1), {"state": "diverged", "reason": "loss nan"}))
    assert out.getvalue() == "[b], seed 0: diverged: loss nan\n"
