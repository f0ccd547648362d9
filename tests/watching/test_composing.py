"""Messages from a view to the board, without a server."""

import json

import pytest

from paribus.errors import StoreError
from paribus.watching.composing import Composer

from .made import NAN, make_arm, make_sitting, make_view

HOSTILE = "</script><img src=x onerror=alert(1)> \"' שלום 😀 \u202e" + "x" * 200


class Shown:
    """Gives the views that it was given, as a watcher would."""

    def __init__(self, *views):
        self.views = list(views)

    def look(self):
        view = self.views.pop(0) if len(self.views) > 1 else self.views[0]
        if isinstance(view, Exception):
            raise view
        return view


def read(messages):
    return {
        kind: json.loads(message.decode().split("\n")[1].removeprefix("data: ")) for kind, message in messages
    }


def compose(*views, **facts):
    composer = Composer(Shown(*views))
    return [read(composer.compose(**facts)) for _ in views]


def running(*scores, **facts):
    return make_view(
        make_arm("a", ("running", *scores), "planned", is_control=True), sittings=(make_sitting(),), **facts
    )


def test_a_new_epoch_makes_a_new_state_and_new_charts():
    first, second = compose(running(0.5), running(0.5, 0.6))
    assert first.keys() >= {"study", "state", "troubles", "happened", "charts", "panels", "memory", "clock"}
    assert first["state"]["headline"] == "0 of 2 runs, about 8.0 s left, 1 of 2 slots in use"
    assert second["state"]["arms"][0]["runs"][0] | {"key": ""} == {
        "state": "running", "epoch": 2, "score": 0.6, "heard": 1000.0, "key": "", "process": None,
    }  # fmt: skip


def test_where_nothing_is_new_nothing_is_said():
    view = running(0.5)
    assert compose(view, view)[1] == {}


def test_while_nobody_looks_nothing_is_drawn():
    [told] = compose(running(0.5), followed=False)
    assert "state" in told
    assert not told.keys() & {"charts", "panels", "memory"}


def test_charts_wait_and_are_drawn_when_they_are_due():
    composer = Composer(Shown(running(0.5), running(0.5, 0.6)))
    assert "charts" in read(composer.compose())
    assert "charts" not in read(composer.compose())  # too soon
    composer._due["charts"] = 0.0
    assert "charts" in read(composer.compose())
    composer._due["charts"] = 0.0
    assert "charts" not in read(composer.compose())  # nothing new


def test_a_study_that_is_not_there_yet_comes():
    absent, there = compose(None, running(0.5))
    assert absent["state"] == {"pace": "absent", "headline": ""}
    assert there["state"]["pace"] == "running"


def test_a_ledger_that_cannot_be_read_is_said_and_gets_over():
    composer = Composer(Shown(view := running(0.5), StoreError("disk I/O error"), view))
    composer.compose()
    assert read(composer.compose())["state"] == {"pace": "unreadable", "headline": "disk I/O error"}
    assert read(composer.compose())["state"]["pace"] == "running"


def test_what_is_no_number_is_none():
    [told] = compose(make_view(make_arm("a", ("running", 0.5, NAN))))
    assert told["state"]["arms"][0]["runs"][0]["score"] is None


def test_names_reasons_and_tracebacks_pass_as_they_are():
    arm = make_arm(HOSTILE, "failed", is_control=True)
    [told] = compose(make_view(arm, title=HOSTILE))
    assert told["study"]["title"] == told["study"]["arms"][0]["name"] == HOSTILE
    assert told["troubles"][0]["arm"] == HOSTILE


@pytest.mark.parametrize(("before", "after", "said"), [
    ("planned", "running", None),
    ("running", "finished", "finished"),
    ("stopped", "running", "taken up again by process None"),
    ("running", "failed", "failed"),
])  # fmt: skip
def test_what_happened_is_told_where_the_table_does_not_show_it(before, after, said):
    views = [make_view(make_arm("a", state)) for state in (before, after)]
    happened = compose(*views)[1]["happened"]
    assert [event["said"] for event in happened] == ([said] if said else [])


def test_a_command_that_was_killed_is_told():
    views = [
        make_view(make_arm("a", "planned"), sittings=(make_sitting(lives=lives),)) for lives in (True, False)
    ]
    told = compose(*views)[1]
    assert told["state"]["pace"] == "gone"
    assert told["happened"][0]["said"] == (
        "The command of process 100 is gone without a word: it was killed, or crashed"
    )
