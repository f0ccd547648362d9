"""Arms and records become intervals, tests and verdicts, by the rules that were registered first.

The same code concludes on validation and on test; only the predictions differ.
"""

from typing import Literal

import numpy as np

from paribus.analysis.claim_sentences import write_claim_sentences
from paribus.analysis.claims import conclude_claims
from paribus.analysis.contrasts import judge_contrasts
from paribus.analysis.evidence import Evidence
from paribus.analysis.judged import confidence_of
from paribus.analysis.notes import write_notes
from paribus.analysis.results import ArmResult, Conclusion
from paribus.analysis.search_sentences import say_search
from paribus.analysis.searches import judge_search
from paribus.analysis.sentences import write_sentence
from paribus.specs.published import ReferenceSpec
from paribus.specs.search import WINNER
from paribus.stats import estimate_mean


def conclude(evidence: Evidence) -> Conclusion:
    """The conclusion of one revision on one split."""
    study, question = evidence.study, evidence.spec.study
    order = [study.control, *(name for name in study.arms if name != study.control)]
    arms = {name: _arm_result(evidence, name) for name in order}
    contrasts = judge_contrasts(evidence, arms)
    search = judge_search(evidence, arms)
    said = say_search(search, evidence.split) if search else ()
    found = {WINNER: study.winner} if study.winner else {}  # it may be an arm that was there already
    claims = conclude_claims(evidence, arms, found)
    return Conclusion(
        study=study.name,
        title=study.title,
        revision=study.revision,
        split=evidence.split,
        metric=question.metric,
        weights=_weights(evidence),
        alpha=question.alpha,
        margin=question.margin,
        control=study.control,
        seeds=question.seeds,
        arms=tuple(arms.values()),
        contrasts=tuple(write_sentence(result, study.control, evidence.split) for result in contrasts),
        notes=(*write_notes(evidence, list(arms.values())), *said),
        looks=tuple(evidence.looks),
        claims=tuple(write_claim_sentences(claims, evidence.split, question.alpha)),
        about=question.about or "",
        note=question.note or "",
        search=search,
    )


def _weights(evidence: Evidence) -> Literal["last", "best", "each"]:
    """Which epoch speaks: the same for all runs, or each run's own."""
    chosen = {evidence.spec.scored_epoch(run.recipe) for run in evidence.runs.values()}
    return chosen.pop() if len(chosen) == 1 else "each"


def _arm_result(evidence: Evidence, name: str) -> ArmResult:
    study = evidence.study
    runs = {seed: evidence.runs[fingerprint] for seed, fingerprint in study.cells[name].items()}
    scores = {seed: evidence.score_of(name, seed) for seed in runs}
    found = [value for value in scores.values() if value is not None]
    mean = estimate_mean(found) if found else None
    interval = mean.error_bar() if mean else None
    seconds = [run.seconds for run in runs.values() if run.seconds is not None]
    reference = evidence.spec.reference.get(name)
    return ArmResult(
        name=name,
        is_control=name == study.control,
        changes=study.changes[name],
        scores=scores,
        states={seed: run.state for seed, run in runs.items()},
        mean=mean.mean if mean else None,
        low=max(interval.low, 0.0) if interval else None,  # a share is never below 0 or above 1
        high=min(interval.high, 1.0) if interval else None,
        parameters=next((run.parameters for run in runs.values() if run.parameters), None),
        seconds=float(np.mean(seconds)) if seconds else None,
        loss=_loss(evidence, name) if reference and reference.loss is not None else None,
        published=_published(reference) if reference else {},
        published_source=reference.source if reference else "",
    )


def _loss(evidence: Evidence, name: str) -> float | None:
    """Mean cross-entropy over images, then over finished runs."""
    every = [evidence.predictions_of(name, seed) for seed in evidence.study.cells[name]]
    found = [float(np.mean(confidence_of(seen)[1])) for seen in every if seen is not None]
    return float(np.mean(found)) if found else None


def _published(reference: ReferenceSpec) -> dict[str, float]:
    found: dict[str, float] = dict(reference.by_split.items())
    return found if reference.loss is None else found | {"loss": reference.loss}
