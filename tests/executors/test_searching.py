"""A search from Python, with real runs on handwritten digits, in this process."""

from dataclasses import asdict
from pathlib import Path

import pytest

from paribus import Execution, Study
from paribus.errors import ExecutionError, SpecError
from paribus.store import open_ledger, read_runs, read_trials
from tests.functional.interruptions import remains

INLINE = Execution(executor="inline")
RUN = {"data": "digits", "net": {"name": "mlp", "hidden": [16]}, "epochs": 2, "batch_size": 256}
SPACE = {
    "optimizer.lr": {"low": 1e-4, "high": 0.3, "log": True},
    "net.hidden": [[8], [16], [24, 16]],
}
SEARCH = {"method": "tpe", "trials": 7, "startup": 3, "batch": 2, "space": SPACE}


def study_in(folder, search=SEARCH, **question):
    question = {"run": RUN, "seeds": 2, "folder": folder} | question
    return Study("Search", search=search, **question)


def trials_in(folder):
    with open_ledger(folder / ".paribus", create=False) as ledger:
        return read_trials(ledger, study_in(folder).plan.search)


@pytest.fixture(scope="module")
def calm(tmp_path_factory):
    """The folder of a search that nothing interrupted, and its study."""
    folder = tmp_path_factory.mktemp("calm")
    study = study_in(folder)
    study.run(INLINE)
    return folder, study


def test_the_winner_is_the_best_trial_and_stands_as_an_arm_beside_the_control(calm):
    _, study = calm
    trials = study.search.trials
    assert len(trials) == 7
    best = max(trials, key=lambda trial: trial.score)
    assert study.plan.winner == "winner"
    assert study.plan.arms[-1].changes == best.record.changes
    conclusion = study.conclude()
    assert [arm.name for arm in conclusion.arms] == ["base", "winner"]
    assert conclusion.complete
    assert [contrast.arm for contrast in conclusion.contrasts] == ["winner"]


def test_trials_never_see_the_study_s_seeds_nor_a_test_image(calm):
    folder, study = calm
    with open_ledger(folder / ".paribus", create=False) as ledger:
        runs = read_runs(ledger)
    cells = {name for trial in study.search.trials for name in trial.record.cells.values()}
    assert {runs[name].recipe["seed"] for name in cells} == {1000}
    assert {run.recipe["seed"] for name, run in runs.items() if name not in cells} == {0, 1}
    assert not [file for run in runs.values() for file in run.artifacts if file.startswith("test")]


def test_stopped_anywhere_it_ends_with_the_same_winner_and_the_same_bits(calm, tmp_path):
    stops = 0
    for most in range(1, 40):
        study = study_in(tmp_path)
        events = study.carry_out(Execution(executor="inline", checkpoint_seconds=0.0))
        stopped = any(k == most % 7 for k, _ in enumerate(events))
        events.close()
        if not stopped:
            break
        stops += 1
    assert stops > 3
    study.run(INLINE)
    folder, uninterrupted = calm
    assert remains(tmp_path / ".paribus") == remains(folder / ".paribus")
    assert trials_in(tmp_path) == trials_in(folder)
    assert study.plan.revision == uninterrupted.plan.revision
    assert study.plan.arms[-1] == uninterrupted.plan.arms[-1]


@pytest.mark.slow
@pytest.mark.parametrize("slots", [1, 3])
def test_how_many_run_at_a_time_changes_nothing(calm, tmp_path, slots):
    study_in(tmp_path).run(Execution(slots=slots))
    assert trials_in(tmp_path) == trials_in(calm[0])
    assert remains(tmp_path / ".paribus") == remains(calm[0] / ".paribus")


def test_a_search_that_is_over_costs_nothing_again_and_more_seeds_or_arms_leave_it_alone(calm):
    folder, study = calm
    assert [event.kind for event in study_in(folder).carry_out(INLINE)] == []
    more = study_in(folder, seeds=3, arms={"longer": {"epochs": 3}})
    assert more.plan.search == study.plan.search
    assert more.plan.revision != study.plan.revision
    foresight = more.check()
    assert foresight.search.is_over
    assert (foresight.runs, foresight.cached) == (7 + 9, 7 + 4)


def test_the_revision_and_the_family_of_contrasts_stand_before_there_is_a_winner(calm, tmp_path):
    study = study_in(tmp_path)
    assert study.plan.contrasts == ("winner",)
    assert study.plan.revision == calm[1].plan.revision
    other = study_in(tmp_path, SEARCH | {"trials": 8})
    assert other.plan.revision != study.plan.revision
    foresight = study.check()
    assert (foresight.contrasts, foresight.search.known, foresight.search.asked) == (1, 3, 3)
    assert foresight.runs == 7 + 2 + 2
    assert foresight.images == foresight.runs * 2 * 1295  # two epochs of nine tenths of the digits
    assert not list(tmp_path.iterdir())


def test_a_point_beyond_the_limits_is_no_trial_and_is_counted_with_its_reason(tmp_path):
    space = {"net.hidden": [[8], [16], [400], [800]]}
    search = {"method": "random", "trials": 2, "space": space}
    study = study_in(tmp_path, search, limits={"parameters": 5000})
    study.run(INLINE)
    assert {tuple(trial.record.changes["net.hidden"]) for trial in study.search.trials} == {(8,), (16,)}
    refused = [record for record in study.search.records if record.number is None]
    assert any("limits.parameters allows 5,000" in record.refused for record in refused)


def test_points_of_which_no_run_can_be_made_are_no_trials_and_are_refused_once(tmp_path):
    nets = ["linear", {"name": "mlp", "hidden": [8]}, {"name": "mlp", "hidden": [8, 8]}]
    search = {"method": "random", "trials": 2, "space": {"net": nets}}
    study = study_in(tmp_path, search, run=RUN | {"net": nets[2], "optimizer": "muon"})
    study.run(INLINE)
    told = [record.refused for record in study.search.records if record.number is None]
    assert len([reason for reason in told if "has none there" in reason]) == 2
    assert {reason for reason in told if "has none there" not in reason} <= {"tried before"}
    assert len(study.search.trials) == 1


def test_a_space_with_nothing_that_fits_is_refused_before_anything_is_trained(tmp_path):
    search = {"method": "random", "trials": 2, "space": {"optimizer.lr": SPACE["optimizer.lr"]}}
    study = study_in(tmp_path, search, limits={"parameters": 500}, control="small", arms=SMALL)
    with pytest.raises(
        SpecError, match=r"^search: search.space: None of 100 points in a row fits, such as: the net"
    ):
        study.check()
    misspelt = study_in(tmp_path, search | {"space": {"optimizer.rate": [0.1, 0.2]}})
    with pytest.raises(
        SpecError, match=r"No point of the space fits, such as: .*optimizer.rate: unknown key"
    ):
        misspelt.check()
    assert not list(tmp_path.iterdir())


SMALL = {"small": {"net": "linear", "data.resize": 4}}


def test_a_space_that_is_used_up_ends_the_search_with_fewer_trials(tmp_path):
    search = SEARCH | {"trials": 9, "space": {"net.hidden": [[8], [12], [16], [20]]}}
    study = study_in(tmp_path, search)
    study.run(INLINE)
    assert len(study.search.trials) == 4
    assert {record.refused for record in study.search.records if record.number is None} == {"tried before"}
    assert [event.kind for event in study_in(tmp_path, search).carry_out(INLINE)] == []


def test_a_winner_that_is_an_arm_already_is_that_arm(tmp_path):
    search = {"method": "random", "trials": 2, "space": {"optimizer.lr": [1e-6, 1e-2]}}
    arms = {"slow": {"optimizer.lr": 1e-4}, "ten": {"optimizer.lr": 1e-2}}
    claims = {"The search finds a quicker one": {"arm": "winner", "beats": "slow"}}
    study = study_in(tmp_path, search, control="slow", arms=arms, claims=claims, seeds=5)
    conclusion = study.run(INLINE).conclusion
    assert [claim.word for claim in conclusion.claims] == ["holds"]
    assert study.plan.winner == "ten"
    assert [arm.name for arm in conclusion.arms] == ["slow", "ten"]
    assert conclusion.complete


def test_a_trial_that_diverges_is_the_worst_and_a_search_of_such_alone_has_no_winner(tmp_path):
    run = RUN | {"optimizer": {"name": "sgd", "lr": 0.01}, "divergence_loss": 50.0}
    search = {"method": "random", "trials": 2, "space": {"optimizer.lr": [1e6, 0.01]}}
    study = study_in(tmp_path / "one", search, run=run, control="low", arms={"low": {"optimizer.lr": 0.001}})
    study.run(INLINE)
    assert [trial.diverged for trial in study.search.trials].count(True) == 1
    assert study.plan.arms[-1].changes == {"optimizer.lr": 0.01}
    search = search | {"space": {"optimizer.lr": [1e6, 1e7]}}
    with pytest.raises(ExecutionError, match="every trial diverged, so there is no winner; narrow"):
        study_in(tmp_path / "two", search, run=run).run(INLINE)


def test_halving_trains_each_rung_with_a_schedule_of_its_own_and_confirms_at_full_length(tmp_path):
    search = {"method": "halving", "trials": 4, "eta": 2, "space": SPACE}
    run = RUN | {"epochs": 4, "schedule": "one-cycle"}
    study = study_in(tmp_path, search, run=run)
    assert study.check().search.rungs == ((4, 1), (2, 2), (1, 4))
    study.run(INLINE)
    with open_ledger(tmp_path / ".paribus", create=False) as ledger:
        runs = read_runs(ledger)
    trials = study.search.trials
    assert [(t.record.rung, runs[t.record.cells[1000]].recipe["epochs"]) for t in trials] == [
        (0, 1), (0, 1), (0, 1), (0, 1), (1, 2), (1, 2), (2, 4),
    ]  # fmt: skip
    first = sorted(trials[:4], key=lambda trial: -trial.score)
    assert {t.record.number for t in trials[4:6]} == {t.record.number for t in first[:2]}
    assert study.plan.arms[-1].recipe.epochs == 4


def test_the_test_set_stays_shut_until_there_is_a_winner(tmp_path):
    study = study_in(tmp_path)
    for event in study.carry_out(INLINE):
        if event.kind == "ended":
            break
    with pytest.raises(
        ExecutionError, match="the search has no winner yet; the test set stays shut until it has"
    ):
        list(study.open_test(INLINE))


def test_a_search_that_has_no_winner_yet_concludes_provisionally(tmp_path):
    study = study_in(tmp_path)
    for event in study.carry_out(INLINE):
        if event.kind == "ended":
            break
    study_in(tmp_path).write_report(str(tmp_path / "page.html"), tmp_path / "table.csv")
    conclusion = study_in(tmp_path).conclude()
    assert not conclusion.complete
    assert [contrast.arm for contrast in conclusion.contrasts] == ["winner"]
    assert "winner" in asdict(conclusion)["arms"][-1]["name"]


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"damaged")])
def test_trials_whose_files_are_gone_or_damaged_are_trained_again_with_the_same_end(damage, calm, tmp_path):
    study = study_in(tmp_path)
    study.run(INLINE)
    with open_ledger(tmp_path / ".paribus") as ledger:
        name = study.search.trials[1].record.cells[1000]
        damage(ledger.run_folder(name) / "validation-last.safetensors")
    again = study_in(tmp_path)
    again.run(INLINE)
    assert remains(tmp_path / ".paribus") == remains(calm[0] / ".paribus")
    assert again.plan.arms[-1] == calm[1].plan.arms[-1]


def test_the_conclusion_tells_of_the_search_what_is_true_of_its_runs(calm):
    study = calm[1]
    conclusion = study.conclude()
    search, winner = conclusion.search, conclusion.arms[-1]
    assert (search.trials, search.asked, search.seeds, search.arm) == (7, 7, (1000,), "winner")
    assert search.best_score == max(row.score for row in search.rows)
    assert search.confirmed == winner.mean
    assert search.proposers == ("drawn", "optuna 5.0.0")
    assert search.expected == ()  # what learns is not drawn independently
    settings = {place: (control, found) for place, control, found in search.settings}
    assert settings["net.hidden"] == ("[16]", str(winner.changes["net.hidden"]))
    assert settings["optimizer.lr"] == ("0.001", f"{winner.changes['optimizer.lr']:g}")
    assert 0.05 < search.seen_before < 0.2  # a tenth of the images validates, drawn anew for each seed
    assert any("the best of 7 is optimistic" in note for note in conclusion.notes)


def test_random_search_tells_what_so_many_trials_are_expected_to_find(tmp_path):
    study = study_in(tmp_path, {"method": "random", "trials": 4, "space": SPACE})
    search = study.run(INLINE).conclusion.search
    scores = [row.score for row in search.rows]
    assert [expected.trials for expected in search.expected] == [1, 2, 3, 4]
    assert search.expected[0].mean == pytest.approx(sum(scores) / 4)


def test_a_search_of_more_trials_knows_beforehand_what_it_tried_already(calm):
    folder, _ = calm
    before = trials_in(folder)
    longer = study_in(folder, SEARCH | {"trials": 9})
    told = longer.check().search
    assert (told.known, told.cached, told.runs_unknown) == (9, 7, 0)
    assert trials_in(folder) == before  # nothing is written for being asked
    drawn = study_in(folder, {"method": "random", "trials": 5, "space": SPACE})
    drawn.run(INLINE)
    more = study_in(folder, {"method": "random", "trials": 8, "space": SPACE})
    told, again = more.check().search, more.check().search
    assert (told.known, told.cached, told.runs_unknown) == (again.known, again.cached, 0) == (8, 5, 0)
    assert [record.point for record in more.search.records][:5] == [r.point for r in drawn.search.records]
    shorter = study_in(folder, SEARCH | {"trials": 5}).check().search
    assert (shorter.cached, shorter.is_over) == (5, True)
