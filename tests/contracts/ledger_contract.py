"""What every ledger promises, whichever database it stands on.

A backend inherits `LedgerContract` and gives it a fixture `store`: the folder that `open_ledger` opens.
"""

import contextlib
import getpass
import math
import os
import platform
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import psutil
import pytest
from sqlalchemy import select, update

from paribus.errors import ClaimLost, StoreError
from paribus.store import (
    Claim,
    EpochRecord,
    RecipeEntry,
    StudyEntry,
    TestScore,
    append_epochs,
    beat,
    claim_run,
    fail_run,
    finish_run,
    host_name,
    list_studies,
    note_facts,
    open_ledger,
    read_epochs,
    read_looks,
    read_runs,
    read_states,
    read_study_record,
    read_test_scores,
    record_test_look,
    register_study,
    release_run,
    reopen_run,
)
from paribus.store.claims import SILENT_SECONDS
from paribus.store.schema import runs

MACHINE = {"device": "cpu"}

# What a process of its own does: opens the ledger, says so, waits for a line, and claims.
RACER = """
import sys, time
from pathlib import Path
from paribus.store import claim_run, open_ledger
with open_ledger(Path(sys.argv[1])) as ledger:
    print("ready", flush=True)
    for line in sys.stdin:
        won = [name for name in line.split() if claim_run(ledger, name, {})]
        print(" ".join(won), flush=True)
"""


def entry(revision="r1", *, name="study", seeds=2, arms=("a", "b"), title="Why?"):
    """A study whose runs are called after their arm and seed."""
    return StudyEntry(
        name=name,
        revision=revision,
        title=title,
        spec={"study": {"title": title}},
        control=arms[0],
        changes={arm: {"net": {"name": arm}} for arm in arms},
        cells={arm: {seed: f"{arm}{seed}" for seed in range(seeds)} for arm in arms},
        recipes={
            f"{arm}{seed}": RecipeEntry({"seed": seed}, "data") for arm in arms for seed in range(seeds)
        },
    )


def epoch(number, value=0.5):
    steps = np.array([value, value / 3], dtype=np.float32)
    return EpochRecord(number, value, 0.25, value, 0.75, 1e-3, steps, steps * 2, seconds=1.5)


def plain(record):
    """An epoch as a value that can be compared."""
    values = dict(record.__dict__)
    return values | {key: values[key].tolist() for key in ("step_losses", "step_accuracies")}


def finish(ledger, claim, **changes):
    results = {"last_epoch": 2, "last_score": 0.9, "best_epoch": 1, "best_score": 0.95, "seconds": 3.0}
    arguments = {"state": "finished", "epochs_kept": 2, "files": {"last": ("f" * 64, 10)}} | changes
    finish_run(ledger, claim, **arguments, **results)


@contextlib.contextmanager
def process_that_holds(store, *names):
    """Another process of this host, which has claimed these runs and lives."""
    with subprocess.Popen(
        [sys.executable, "-c", RACER, str(store)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "ready\n"
        process.stdin.write(" ".join(names) + "\n")
        process.stdin.flush()
        assert process.stdout.readline().split() == list(names)
        try:
            yield process
        finally:
            process.kill()


def killed_owner_of(store, *names):
    with process_that_holds(store, *names) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()


class LedgerContract:
    @pytest.fixture
    def ledger(self, store):
        with open_ledger(store) as ledger:
            register_study(ledger, entry())
            yield ledger

    # studies

    def test_a_study_reads_back_as_it_was_registered(self, ledger):
        record, asked = read_study_record(ledger, "study"), entry()
        for field in ("name", "revision", "title", "spec", "control", "changes", "cells"):
            assert getattr(record, field) == getattr(asked, field)
        assert record.arms == ("a", "b")
        assert record.after_look is False

    def test_registering_twice_is_registering_once(self, ledger):
        first = read_study_record(ledger, "study")
        assert register_study(ledger, entry()) == first
        assert list_studies(ledger) == [first]
        assert len(read_runs(ledger)) == 4

    def test_another_title_is_taken_on_without_another_revision(self, ledger):
        before = read_study_record(ledger, "study")
        after = register_study(ledger, entry(title="Better words"))
        assert (after.id, after.title, after.spec) == (
            before.id, "Better words", {"study": {"title": "Better words"}}
        )  # fmt: skip

    def test_another_seed_makes_a_revision_and_keeps_the_runs(self, ledger):
        finish(ledger, claim_run(ledger, "a0", MACHINE))
        register_study(ledger, entry("r2", seeds=3))
        states = read_states(ledger, entry("r2", seeds=3).recipes)
        assert states == {"a0": "finished"} | dict.fromkeys(["a1", "a2", "b0", "b1", "b2"], "planned")
        assert [study.revision for study in list_studies(ledger)] == ["r2", "r1"]

    def test_the_revision_last_asked_for_is_read(self, ledger):
        register_study(ledger, entry("r2", seeds=3))
        assert read_study_record(ledger, "study").revision == "r2"
        register_study(ledger, entry("r1"))
        assert read_study_record(ledger, "study").revision == "r1"

    def test_a_study_that_is_not_there_is_none(self, ledger):
        assert read_study_record(ledger, "other") is None

    def test_a_run_is_shared_by_every_study_that_asks_for_it(self, ledger):
        finish(ledger, claim_run(ledger, "a0", MACHINE))
        register_study(ledger, entry(name="other", arms=("a", "c")))
        assert set(read_runs(ledger)) == {"a0", "a1", "b0", "b1", "c0", "c1"}
        assert read_states(ledger, ["a0"]) == {"a0": "finished"}

    def test_a_thousand_runs_are_read_at_once(self, ledger):
        many = entry("r3", name="many", seeds=1000, arms=("m",))
        register_study(ledger, many)
        assert set(read_runs(ledger, many.recipes)) == set(many.recipes)
        assert set(read_states(ledger, many.recipes)) == set(many.recipes)
        assert len(read_runs(ledger, many.recipes)) == 1000

    def test_only_the_runs_asked_for_are_read_and_unknown_ones_are_left_out(self, ledger):
        assert set(read_runs(ledger, ["a0", "nobody"])) == {"a0"}
        assert read_runs(ledger, []) == {}
        assert read_states(ledger, ["nobody"]) == {}

    # claims

    def test_a_planned_run_can_be_claimed_and_its_row_says_by_whom(self, ledger):
        claim = claim_run(ledger, "a0", MACHINE)
        assert claim == Claim("a0", 1)
        record = read_runs(ledger, ["a0"])["a0"]
        assert (record.state, record.attempts, record.machine) == ("running", 1, MACHINE)
        assert record.started is not None

    def test_a_living_owners_run_cannot_be_claimed_not_even_by_itself(self, ledger, store):
        assert claim_run(ledger, "a0", MACHINE)
        assert claim_run(ledger, "a0", MACHINE) is None
        with process_that_holds(store, "a1"):
            assert claim_run(ledger, "a1", MACHINE) is None

    def test_a_killed_owners_run_can_be_claimed_under_a_higher_number(self, ledger, store):
        killed_owner_of(store, "a0")
        assert claim_run(ledger, "a0", MACHINE) == Claim("a0", 2)
        assert read_runs(ledger)["a0"].attempts == 2

    def test_an_owner_that_ended_but_was_not_waited_for_is_dead(self, ledger, store):
        with process_that_holds(store, "a0") as process:
            process.kill()
            while psutil.Process(process.pid).status() != psutil.STATUS_ZOMBIE:
                time.sleep(0.01)
            assert claim_run(ledger, "a0", MACHINE) == Claim("a0", 2)

    def test_a_process_number_that_was_used_again_names_no_owner(self, ledger):
        claim_run(ledger, "a0", MACHINE)
        with ledger.writing() as connection:
            connection.execute(update(runs).values(pid_started=runs.c.pid_started - 60))
        assert claim_run(ledger, "a0", MACHINE) == Claim("a0", 2)

    @pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a start is told by the clock of its day")
    def test_a_clock_that_is_set_makes_no_owner_dead(self, ledger, monkeypatch):
        claim_run(ledger, "a0", MACHINE)
        told = psutil.Process().create_time()
        monkeypatch.setattr(psutil.Process, "create_time", lambda _: told + 3600)
        assert claim_run(ledger, "a0", MACHINE) is None

    @pytest.mark.parametrize(
        ("silent_for", "taken_over"), [(0, False), (SILENT_SECONDS - 20, False), (SILENT_SECONDS + 1, True)]
    )
    def test_an_owner_on_another_host_is_judged_by_its_heartbeat(self, ledger, silent_for, taken_over):
        claim_run(ledger, "a0", MACHINE)
        with ledger.writing() as connection:
            elsewhere = {"host": f"not-{host_name()}", "heartbeat": time.time() - silent_for}
            connection.execute(update(runs).values(elsewhere))
        assert (claim_run(ledger, "a0", MACHINE) is not None) is taken_over

    def test_a_heartbeat_keeps_a_run_on_another_host(self, ledger):
        claim = claim_run(ledger, "a0", MACHINE)
        with ledger.writing() as connection:
            connection.execute(update(runs).values(host="elsewhere", heartbeat=0.0))
        beat(ledger, claim)
        assert claim_run(ledger, "a0", MACHINE) is None

    @pytest.mark.parametrize("state", ["finished", "diverged"])
    def test_a_result_cannot_be_claimed(self, ledger, state):
        finish(ledger, claim_run(ledger, "a0", MACHINE), state=state)
        assert claim_run(ledger, "a0", MACHINE) is None
        assert read_states(ledger, ["a0"]) == {"a0": state}

    @pytest.mark.parametrize("state", ["stopped", "failed"])
    def test_a_run_that_was_given_back_can_be_claimed_and_its_reason_goes(self, ledger, state):
        release_run(ledger, claim_run(ledger, "a0", MACHINE), state, reason="why", traceback="where")
        record = read_runs(ledger)["a0"]
        assert (record.state, record.reason, record.traceback) == (state, "why", "where")
        assert claim_run(ledger, "a0", MACHINE) == Claim("a0", 2)
        record = read_runs(ledger)["a0"]
        assert (record.state, record.reason, record.traceback) == ("running", None, None)

    def test_attempts_count_since_the_last_progress(self, ledger):
        for attempts in (1, 2, 3):
            claim = claim_run(ledger, "a0", MACHINE)
            assert read_runs(ledger)["a0"].attempts == attempts
            release_run(ledger, claim, "stopped", reason="")
        claim = claim_run(ledger, "a0", MACHINE)
        beat(ledger, claim)
        assert read_runs(ledger)["a0"].attempts == 4
        beat(ledger, claim, progressed=True)
        assert read_runs(ledger)["a0"].attempts == 1

    @pytest.mark.parametrize(
        "write",
        [
            lambda ledger, claim: append_epochs(ledger, claim, [epoch(1)]),
            finish,
            lambda ledger, claim: release_run(ledger, claim, "stopped", reason="late"),
            lambda ledger, claim: release_run(ledger, claim, "failed", reason="late", traceback="t"),
            lambda ledger, claim: note_facts(ledger, claim, parameters=7, facts={}),
            beat,
            lambda ledger, claim: beat(ledger, claim, progressed=True),
        ],
        ids=["epochs", "finish", "stop", "fail", "parameters", "beat", "progress"],
    )
    @pytest.mark.parametrize("since", ["taken over", "finished", "given back"])
    def test_a_sleeper_that_wakes_can_write_nothing_more(self, ledger, write, since):
        old = claim_run(ledger, "a0", MACHINE)
        if since == "given back":
            release_run(ledger, old, "stopped", reason="")
        else:
            with ledger.writing() as connection:
                connection.execute(update(runs).values(pid_started=0.0))
            new = claim_run(ledger, "a0", MACHINE)
            append_epochs(ledger, new, [epoch(1, 0.125)])
        if since == "finished":
            finish(ledger, new)
        before, epochs_before = read_runs(ledger), [plain(e) for e in read_epochs(ledger, "a0")]
        with pytest.raises(ClaimLost, match="run a0 was taken over by another process"):
            write(ledger, old)
        assert read_runs(ledger) == before
        assert [plain(e) for e in read_epochs(ledger, "a0")] == epochs_before

    def test_of_eight_threads_one_gets_each_run(self, store):
        with open_ledger(store) as ledger:
            race = entry(seeds=50, arms=("r",))
            register_study(ledger, race)
            won, start = [], threading.Barrier(8, timeout=60)

            def take_all():
                for name in race.recipes:
                    start.wait()
                    if claim_run(ledger, name, MACHINE):
                        won.append(name)

            threads = [threading.Thread(target=take_all) for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert sorted(won) == sorted(race.recipes)

    def test_of_four_processes_one_gets_each_run(self, store):
        names = [*entry(seeds=50, arms=("r",)).recipes]
        with open_ledger(store) as ledger:
            register_study(ledger, entry(seeds=50, arms=("r",)))
        with contextlib.ExitStack() as stack:
            racers = [
                stack.enter_context(
                    subprocess.Popen(
                        [sys.executable, "-c", RACER, str(store)],
                        stdin=subprocess.PIPE,
                        stdout=subprocess.PIPE,
                        text=True,
                    )
                )
                for _ in range(4)
            ]
            for racer in racers:
                assert racer.stdout.readline() == "ready\n"
            for racer in racers:  # each has read the ledger; now they start as one
                racer.stdin.write(" ".join(names) + "\n")
                racer.stdin.flush()
            won = [racer.stdout.readline().split() for racer in racers]
            for racer in racers:
                racer.stdin.close()
        assert sorted(name for names_won in won for name in names_won) == sorted(names)

    def test_four_processes_may_open_a_new_ledger_at_once(self, store):
        racers = [
            subprocess.Popen(
                [sys.executable, "-c", RACER, str(store)], stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            )
            for _ in range(4)
        ]  # fmt: skip
        assert [racer.communicate() for racer in racers] == [("ready\n", "")] * 4

    # what a run writes

    def test_epochs_read_back_bit_by_bit_and_in_order(self, ledger):
        claim = claim_run(ledger, "a0", MACHINE)
        append_epochs(ledger, claim, [epoch(2, 0.1), epoch(1, 1 / 3)])
        assert [plain(e) for e in read_epochs(ledger, "a0")] == [plain(epoch(1, 1 / 3)), plain(epoch(2, 0.1))]

    def test_an_epoch_that_is_there_already_is_replaced(self, ledger):
        claim = claim_run(ledger, "a0", MACHINE)
        append_epochs(ledger, claim, [epoch(1), epoch(2)])
        append_epochs(ledger, claim, [epoch(2, 0.25), epoch(3)])
        assert [(e.epoch, e.train_loss) for e in read_epochs(ledger, "a0")] == [(1, 0.5), (2, 0.25), (3, 0.5)]

    def test_a_loss_that_is_no_number_reads_back_as_such(self, ledger):
        append_epochs(ledger, claim_run(ledger, "a0", MACHINE), [epoch(1, math.nan), epoch(2, math.inf)])
        one, two = read_epochs(ledger, "a0")
        assert math.isnan(one.train_loss)
        assert np.isnan(one.step_losses).all()
        assert two.train_loss == math.inf

    def test_epochs_of_other_runs_are_left_alone(self, ledger):
        append_epochs(ledger, claim_run(ledger, "a0", MACHINE), [epoch(1)])
        claim = claim_run(ledger, "a1", MACHINE)
        append_epochs(ledger, claim, [epoch(1), epoch(2), epoch(3)])
        finish(ledger, claim, epochs_kept=1)
        assert len(read_epochs(ledger, "a0")) == 1

    def test_a_result_reads_back_and_history_beyond_it_is_removed(self, ledger):
        claim = claim_run(ledger, "a0", MACHINE)
        append_epochs(ledger, claim, [epoch(n) for n in (1, 2, 3, 4)])
        note_facts(ledger, claim, parameters=61_706, facts={"a": [1]})
        finish(ledger, claim, epochs_kept=2, files={"last": ("f" * 64, 10), "best": ("e" * 64, 12)})
        record = read_runs(ledger)["a0"]
        assert (record.state, record.last_epoch, record.last_score) == ("finished", 2, 0.9)
        assert (record.best_epoch, record.best_score, record.parameters) == (1, 0.95, 61_706)
        assert record.artifacts == {"last": "f" * 64, "best": "e" * 64}
        assert record.ended >= record.started
        assert [e.epoch for e in read_epochs(ledger, "a0")] == [1, 2]

    def test_a_result_is_written_whole_or_not_at_all(self, ledger):
        claim = claim_run(ledger, "a0", MACHINE)
        append_epochs(ledger, claim, [epoch(1), epoch(2), epoch(3)])
        with pytest.raises(StoreError):
            finish(ledger, claim, files={"last": (None, 10)})
        assert read_runs(ledger)["a0"].state == "running"
        assert read_runs(ledger)["a0"].last_score is None
        assert len(read_epochs(ledger, "a0")) == 3

    def test_a_run_whose_process_died_is_recorded_as_failed(self, ledger, store):
        killed_owner_of(store, "a0")
        fail_run(ledger, "a0", "its process was killed", "traceback")
        record = read_runs(ledger)["a0"]
        assert (record.state, record.reason, record.traceback) == (
            "failed", "its process was killed", "traceback"
        )  # fmt: skip
        assert claim_run(ledger, "a0", MACHINE) == Claim("a0", 2)

    def test_a_run_that_another_took_over_since_is_not_failed(self, ledger, store):
        killed_owner_of(store, "a0")
        with process_that_holds(store, "a0"):
            fail_run(ledger, "a0", "its process was killed")
            assert read_states(ledger, ["a0"]) == {"a0": "running"}

    def test_a_result_is_not_failed_either(self, ledger):
        finish(ledger, claim_run(ledger, "a0", MACHINE))
        fail_run(ledger, "a0", "its process was killed")
        assert read_states(ledger, ["a0"]) == {"a0": "finished"}

    # the one door to the test set

    def test_a_look_is_recorded_with_what_it_saw(self, ledger):
        study = read_study_record(ledger, "study")
        assert read_test_scores(ledger, study) == {}
        scores = [TestScore("a0", "last", 0.8, 0.5), TestScore("b0", "best", 0.9, math.inf)]
        finish(ledger, claim_run(ledger, "a0", MACHINE))
        record_test_look(
            ledger,
            study,
            scores,
            {"a0": {"predictions": ("d" * 64, 5), "maps": ("c" * 64, 2)}},
        )
        assert read_test_scores(ledger, study) == {score.fingerprint: score for score in scores}
        assert read_runs(ledger)["a0"].artifacts == {
            "last": "f" * 64,
            "predictions": "d" * 64,
            "maps": "c" * 64,
        }
        (look,) = read_looks(ledger, read_study_record(ledger, "study"))
        assert (look.who, look.revision) == (f"{getpass.getuser()}@{platform.node()}", "r1")

    @pytest.mark.parametrize("error", [KeyError, OSError])
    def test_who_has_a_number_and_no_name_may_look_too(self, ledger, monkeypatch, error):
        def nobody():
            raise error("getpwuid(): uid not found: 12345")

        monkeypatch.setattr(getpass, "getuser", nobody)
        study = register_study(ledger, entry())
        record_test_look(ledger, study, [TestScore("a0", "last", 0.5, 1)], {})
        [look] = read_looks(ledger, study)
        assert look.who == f"user {os.getuid()}@{platform.node()}"
        assert abs(look.looked - time.time()) < 60

    def test_a_test_loss_that_is_no_number_reads_back_as_such(self, ledger):
        study = read_study_record(ledger, "study")
        record_test_look(ledger, study, [TestScore("a0", "last", 0.1, math.nan)], {})
        assert math.isnan(read_test_scores(ledger, study)["a0"].loss)

    def test_every_look_is_counted_and_the_last_one_is_read(self, ledger):
        study = read_study_record(ledger, "study")
        for accuracy in (0.1, 0.2, 0.3):
            files = {"a0": {"predictions": (f"{accuracy}", 5)}}
            record_test_look(ledger, study, [TestScore("a0", "last", accuracy, 1)], files)
        assert len(read_looks(ledger, read_study_record(ledger, "study"))) == 3
        assert read_test_scores(ledger, study)["a0"].accuracy == 0.3
        assert read_runs(ledger)["a0"].artifacts == {"predictions": "0.3"}

    def test_a_look_belongs_to_its_study_and_revision(self, ledger):
        one = read_study_record(ledger, "study")
        record_test_look(ledger, one, [TestScore("a0", "last", 0.5, 1)], {})
        other = register_study(ledger, entry(name="other"))
        later = register_study(ledger, entry("r2", seeds=3))
        assert read_looks(ledger, other) == []
        assert read_test_scores(ledger, other) == read_test_scores(ledger, later) == {}
        assert [look.revision for look in read_looks(ledger, read_study_record(ledger, "study"))] == ["r1"]

    def test_two_arms_that_were_seen_were_seen_for_every_study_that_has_them(self, ledger):
        scores = [TestScore(name, "last", 0.5, 1) for name in ("a0", "b0")]
        record_test_look(ledger, read_study_record(ledger, "study"), scores, {})
        renamed = register_study(ledger, entry(name="renamed"))
        [look] = read_looks(ledger, renamed)
        assert (look.study, look.revision, renamed.after_look) == ("study", "r1", True)
        beside = register_study(ledger, entry(name="beside", arms=("a", "c")))  # shares the control alone
        assert (read_looks(ledger, beside), beside.after_look) == ([], False)

    @pytest.mark.parametrize("where", ["scores", "files"])
    def test_a_look_that_fails_half_way_leaves_nothing(self, ledger, where):
        study = read_study_record(ledger, "study")
        scores = [TestScore(name, "last", 0.5, 1) for name in ("a0", "nobody" if where == "scores" else "b0")]
        files = {name: {"p": ("d" * 64, 5)} for name in ("a0", "nobody" if where == "files" else "b0")}
        with pytest.raises(StoreError):
            record_test_look(ledger, study, scores, files)
        assert read_looks(ledger, read_study_record(ledger, "study")) == []
        assert read_test_scores(ledger, study) == {}
        assert read_runs(ledger)["a0"].artifacts == {}

    def test_what_is_registered_after_a_look_is_marked_so(self, ledger):
        first = read_study_record(ledger, "study")
        record_test_look(ledger, first, [TestScore("a0", "last", 0.5, 1)], {})
        assert register_study(ledger, entry("r2", seeds=3)).after_look is True
        assert register_study(ledger, entry("r1")).after_look is False
        assert register_study(ledger, entry(name="other")).after_look is False

    def test_a_result_that_is_made_again_was_known_since_the_first_time(self, ledger):
        finish(ledger, claim_run(ledger, "a0", MACHINE))
        first = read_runs(ledger)["a0"]
        assert first.known == first.ended
        reopen_run(ledger, "a0")
        finish(ledger, claim_run(ledger, "a0", MACHINE))
        again = read_runs(ledger)["a0"]
        assert again.known == first.known < again.ended

    # the whole

    def test_what_fails_half_way_leaves_nothing(self, ledger):
        def write_half():
            with ledger.writing() as connection:
                connection.execute(update(runs).values(state="failed"))
                raise RuntimeError

        with pytest.raises(RuntimeError):
            write_half()
        assert set(read_states(ledger, entry().recipes).values()) == {"planned"}

    def test_a_reader_does_not_wait_for_a_writer_and_sees_no_half_of_it(self, ledger, store):
        with open_ledger(store) as other, ledger.writing() as connection:
            connection.execute(update(runs).values(state="failed"))
            assert set(read_states(other, entry().recipes).values()) == {"planned"}

    def test_a_writer_does_not_wait_for_a_reader_who_keeps_one_view(self, ledger, store):
        states = select(runs.c.state).distinct()
        with open_ledger(store) as other, other.reading() as connection:
            assert connection.scalars(states).all() == ["planned"]
            with ledger.writing() as writing:
                writing.execute(update(runs).values(state="failed"))
            assert set(read_states(ledger, entry().recipes).values()) == {"failed"}
            assert connection.scalars(states).all() == ["planned"]

    def test_everything_is_there_when_it_is_opened_again(self, ledger, store):
        append_epochs(ledger, claim_run(ledger, "a0", MACHINE), [epoch(1)])
        ledger.close()
        with open_ledger(store) as again:
            assert len(read_epochs(again, "a0")) == 1
            assert read_study_record(again, "study").revision == "r1"
