"""From what a search has asked for, and what came of it, to its winner and how much of that was luck."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from paribus.analysis.evidence import Evidence
from paribus.analysis.results import ArmResult
from paribus.analysis.search_results import SearchEdge, SearchResult, TrialRow
from paribus.analysis.trials import TrialResult
from paribus.search import best_of, name_values
from paribus.search.edges import find_side, number_of
from paribus.specs.search import SearchSpec, places_in
from paribus.stats import ExpectedBest, expect_best
from paribus.store.records import AGAIN


def judge_search(evidence: Evidence, arms: Mapping[str, ArmResult]) -> SearchResult | None:
    """None for a study without one. What is not known yet is None."""
    search, study = evidence.spec.search, evidence.study
    if search is None or study.search is None:
        return None
    trials = evidence.trials
    found = best_of([trial.tried for trial in trials if trial.ended])
    best = next((k for k, trial in enumerate(trials) if trial.ended and trial.tried == found), None)
    winner = arms.get(study.winner) if study.winner else None
    refusals = [record.refused for record in evidence.asked if record.refused not in {None, AGAIN}]
    return SearchResult(
        method=search.method,
        asked=search.trials,
        seeds=search.seeds,
        dimensions=tuple(search.space),
        logs=tuple(name for name, dimension in search.space.items() if getattr(dimension, "log", False)),
        rows=tuple(_make_row(search, trial) for trial in trials),
        refused=len(refusals),
        refused_such_as=refusals[-1] if refusals else None,
        again=sum(record.refused == AGAIN for record in evidence.asked),
        proposers=tuple(dict.fromkeys(record.proposer for record in evidence.asked)),
        best=best,
        arm=study.winner,
        confirmed=winner.mean if winner else None,
        confirmed_seeds=winner.finished if winner else 0,
        settings=_compare_settings(evidence, search) if study.winner else (),
        expected=_expect(search, trials),
        edges=_find_edges(search, trials[best]) if best is not None and study.winner else (),
        seen_before=_share_seen(evidence) if winner else None,
    )


def _make_row(search: SearchSpec, trial: TrialResult) -> TrialRow:
    record = trial.record
    assert record.number is not None, "what was refused is no trial"
    state: Literal["finished", "diverged", "waiting"] = "finished" if trial.ended else "waiting"
    return TrialRow(
        number=record.number + 1,
        rung=record.rung + 1,
        epochs=trial.epochs,
        values=name_values(search, record.point),
        numbers={
            name: number_of(dimension, at)
            for (name, dimension), at in zip(search.space.items(), record.point, strict=True)
        },
        point=record.point,
        score=trial.score,
        state="diverged" if trial.diverged else state,
        parameters=record.parameters,
        seconds=trial.seconds,
        runs=record.cells,
    )


def _expect(search: SearchSpec, trials: Sequence[TrialResult]) -> tuple[ExpectedBest, ...]:
    """Of random search alone: elsewhere trials are not drawn independently of each other."""
    if search.method != "random" or not trials or not all(trial.ended for trial in trials):
        return ()
    return expect_best([0.0 if trial.score is None else trial.score for trial in trials])


def _find_edges(search: SearchSpec, best: TrialResult) -> tuple[SearchEdge, ...]:
    values = name_values(search, best.record.point)
    edges = []
    for (name, dimension), at in zip(search.space.items(), best.record.point, strict=True):
        if side := find_side(dimension, at):
            edges.append(SearchEdge(name, values[name], side))
    return tuple(edges)


def _share_seen(evidence: Evidence) -> float | None:
    """Of the images that judge the winner; on the test set none did."""
    judging = [
        seen.positions
        for seed in evidence.study.cells[evidence.study.winner or ""]
        if (seen := evidence.predictions_of(evidence.study.winner or "", seed)) is not None
    ]
    searched = [positions for trial in evidence.trials for positions in trial.judged_by]
    if evidence.split == "test" or not judging or not searched:
        return None
    before = np.unique(np.concatenate(searched))
    return float(np.isin(np.concatenate(judging), before).mean())


def _compare_settings(evidence: Evidence, search: SearchSpec) -> tuple[tuple[str, str, str], ...]:
    """Of each place that was searched, by the recipes that were run."""
    from_runs = []
    for arm in (evidence.study.control, evidence.study.winner or ""):
        names = evidence.study.cells[arm].values()
        from_runs.append(next((evidence.runs[name].recipe for name in names if name in evidence.runs), {}))
    control, winner = from_runs
    places = [place for name in search.space for place in places_in(name)]
    return tuple((place, _value_at(control, place), _value_at(winner, place)) for place in places)


def _value_at(recipe: Mapping[str, Any], place: str) -> str:
    found: Any = recipe
    for key in place.split("."):
        if isinstance(found, list):
            found = next((one for one in found if isinstance(one, dict) and one.get("name") == key), None)
        else:
            found = found.get(key) if isinstance(found, dict) else None
    return _say(found)


def _say(value: Any) -> str:
    if value is None:
        return "\N{EN DASH}"
    if isinstance(value, dict) and "name" in value:
        return str(value["name"])
    if isinstance(value, list):
        return f"[{', '.join(map(_say, value))}]"
    if isinstance(value, bool):
        return str(value).lower()  # as in a study file
    return f"{value:g}" if isinstance(value, float) else str(value)
