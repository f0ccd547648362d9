"""What every executor promises, whatever it runs on. A class per executor inherits it."""

import time

import pytest

from paribus import Execution, Study
from paribus.errors import StopRequested
from paribus.executors import make_executor
from paribus.store import ask_to_stop, open_ledger, read_epochs, read_runs, read_sittings


def small_study(folder, *, seeds=2, **run):
    settings = {"data": "digits", "net": "linear", "epochs": 2, "batch_size": 256} | run
    return Study(
        "t", seeds=seeds, run=settings, arms={"a": {}, "b": {"epochs": 1}}, control="a", folder=folder
    )


def states_of(study):
    with open_ledger(study.store) as ledger:
        return sorted(run.state for run in read_runs(ledger).values())


class ExecutorContract:
    name: str

    @pytest.fixture
    def execution(self):
        return Execution(executor=self.name, slots=2)

    def test_every_run_starts_and_ends_and_its_epochs_are_told(self, execution, tmp_path):
        study = small_study(tmp_path)
        events = list(study.carry_out(execution))
        for planned in study.plan.runs:
            kinds = [event.kind for event in events if event.fingerprint == planned.fingerprint]
            assert kinds == ["started", *["epoch"] * planned.recipe.epochs, "ended"]
        assert states_of(study) == ["finished"] * 4

    def test_what_it_tells_is_what_the_ledger_holds(self, execution, tmp_path):
        study = small_study(tmp_path)
        told = {
            (event.fingerprint, event.facts["epoch"]): event.facts["accuracy"]
            for event in study.carry_out(execution)
            if event.kind == "epoch"
        }
        with open_ledger(study.store) as ledger:
            held = {
                (name, record.epoch): record.validation_accuracy
                for name in read_runs(ledger)
                for record in read_epochs(ledger, name)
            }
        assert told == held

    def test_nothing_is_done_twice(self, execution, tmp_path):
        study = small_study(tmp_path)
        list(study.carry_out(execution))
        assert list(study.carry_out(execution)) == []

    def test_leaving_the_iteration_early_leaves_runs_that_go_on(self, execution, tmp_path):
        study = small_study(tmp_path, epochs=60, batch_size=32)
        events = study.carry_out(execution)
        next(event for event in events if event.kind == "epoch")
        events.close()
        assert "running" not in states_of(study)
        list(study.carry_out(execution))
        assert states_of(study) == ["finished"] * 4

    def test_a_stop_that_is_asked_for_stops_this_command_and_not_the_next(self, execution, tmp_path):
        study = small_study(tmp_path, epochs=60, batch_size=32)
        kinds = []

        def carry_out_and_ask():
            for event in study.carry_out(execution):
                if not kinds:
                    with open_ledger(study.store) as ledger:
                        assert ask_to_stop(ledger, study.known_as) == 1
                    time.sleep(1.2)  # the ledger is looked at twice a second
                kinds.append(event.kind)

        with pytest.raises(StopRequested):
            carry_out_and_ask()
        assert kinds[-1] == "stopping"
        assert "running" not in states_of(study)
        assert states_of(study) != ["finished"] * 4
        with open_ledger(study.store) as ledger:
            assert read_sittings(ledger, study.known_as)[0].ended
        list(study.carry_out(execution))
        assert states_of(study) == ["finished"] * 4

    def test_the_test_set_is_evaluated_for_every_finished_run(self, execution, tmp_path):
        study = small_study(tmp_path)
        list(study.carry_out(execution))
        tested = {event.fingerprint for event in study.open_test(execution) if event.kind == "tested"}
        assert tested == {run.fingerprint for run in study.plan.runs}
        assert study.conclude().split == "test"

    def test_no_jobs_are_no_events(self):
        with make_executor(Execution(executor=self.name, slots=2)) as executor:
            assert list(executor.carry_out([])) == []
