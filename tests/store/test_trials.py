import sqlite3
from dataclasses import replace

import pytest

from paribus.store import note_trials, open_ledger, read_states, read_trials, register_study
from paribus.store.ledger import LEDGER_FILE
from paribus.store.records import RecipeEntry, TrialRecord
from tests.contracts.ledger_contract import entry


def trial(place, **values):
    made = TrialRecord(
        place=place,
        batch=place // 2,
        number=place,
        rung=0,
        point=(place, 0.5),
        changes={"optimizer.lr": 0.5, "net.widths": [8, place]},
        cells={1000: f"{place}" * 64},
        parameters=100,
        refused=None,
        proposer="drawn",
    )
    return replace(made, **values)


def recipes_of(*trials):
    return {name: RecipeEntry({"epochs": 1}, "d" * 64) for one in trials for name in one.cells.values()}


@pytest.fixture
def ledger(tmp_path):
    with open_ledger(tmp_path) as ledger:
        yield ledger


def test_trials_are_read_as_they_were_noted_and_their_runs_are_planned(ledger):
    noted = [trial(0), trial(1, number=None, cells={}, parameters=None, refused="too large"), trial(2)]
    note_trials(ledger, "a", noted, recipes_of(*noted))
    assert read_trials(ledger, "a") == noted
    assert read_trials(ledger, "b") == []
    assert read_states(ledger, ["0" * 64, "2" * 64]) == {"0" * 64: "planned", "2" * 64: "planned"}


def test_who_notes_the_same_again_takes_nothing_away_from_what_came_after(ledger):
    note_trials(ledger, "a", [trial(0), trial(1)], recipes_of(trial(0), trial(1)))
    note_trials(ledger, "a", [trial(2)], recipes_of(trial(2)))
    note_trials(ledger, "a", [trial(0), trial(1)], recipes_of(trial(0), trial(1)))
    assert [one.place for one in read_trials(ledger, "a")] == [0, 1, 2]


def test_what_is_noted_otherwise_replaces_all_that_followed_from_it(ledger):
    note_trials(ledger, "a", [trial(k) for k in range(4)], recipes_of(*map(trial, range(4))))
    note_trials(ledger, "b", [trial(3)], recipes_of(trial(3)))
    other = trial(1, cells={1000: "9" * 64})
    note_trials(ledger, "a", [trial(0), other], recipes_of(trial(0), other))
    assert read_trials(ledger, "a") == [trial(0), other]
    assert read_trials(ledger, "b") == [trial(3)]


def test_a_study_s_winner_is_written_into_the_revision_that_was_registered_before_it_was_known(ledger):
    before = replace(entry(), search="a")
    first = register_study(ledger, before)
    assert (first.search, first.winner) == ("a", None)
    cells = before.cells | {"winner": {0: "7" * 64}}
    changes = before.changes | {"winner": {"epochs": 2}}
    recipes = before.recipes | {"7" * 64: RecipeEntry({}, "d" * 64)}
    won = replace(before, cells=cells, changes=changes, recipes=recipes, winner="winner")
    known = register_study(ledger, won)
    assert (known.id, known.winner, known.cells["winner"]) == (first.id, "winner", {0: "7" * 64})
    again = register_study(ledger, before)  # by a process that does not know it yet
    assert again.winner == "winner"


def test_a_ledger_of_the_version_before_learns_of_searches(tmp_path):
    with open_ledger(tmp_path) as ledger:
        register_study(ledger, entry())
    with sqlite3.connect(tmp_path / LEDGER_FILE) as connection:
        connection.execute("DROP TABLE trials")
        connection.execute("UPDATE ledger_version SET version = 3")
    connection.close()
    with open_ledger(tmp_path) as ledger:
        note_trials(ledger, "a", [trial(0)], recipes_of(trial(0)))
        assert len(read_trials(ledger, "a")) == 1
