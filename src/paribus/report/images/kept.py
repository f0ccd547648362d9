"""What runs kept for their reports, read back; what is gone, damaged or of an earlier version is told of."""

from collections.abc import Iterator, Mapping

import numpy as np

from paribus.analysis import Evidence, Predictions
from paribus.analysis.mistakes import JudgedImage, MistakesResult
from paribus.errors import ParibusError
from paribus.report.images.views import Bytes, FilterPair, Looks
from paribus.store import Arrays, Ledger, RunRecord, StudyRecord, read_arrays

FILTERS = "filters.safetensors"
_AGAIN = (
    "Without a run's folder in the store, 'paribus run' trains it anew, with the same bits, and keeps it."
)
_AGAIN_TEST = "'paribus test' makes it."


def read_filters(
    ledger: Ledger, study: StudyRecord, runs: Mapping[str, RunRecord], arm: str, seed: int | None = None
) -> FilterPair | None:
    """Of the arm's first run that kept them, or of that with the seed."""
    for number, name in study.cells[arm].items():
        if FILTERS not in runs[name].artifacts or seed not in {None, number}:
            continue
        try:
            arrays, facts = read_arrays(ledger.run_folder(name) / FILTERS)
            before, after = (arrays[key].astype(np.float32) for key in ("before", "after"))
            told = str(facts["layer"]), str(facts["kind"]), int(facts["total"])
        except (ParibusError, KeyError, TypeError, ValueError):
            continue
        if before.ndim == 4 and before.shape == after.shape and before.size:
            return FilterPair(arm, number, *told, before, after)
    return None


def say_why_no_filters(evidence: Evidence, arm: str) -> str:
    runs = [evidence.runs[name] for name in evidence.study.cells[arm].values()]
    kept = any(_looks_name(evidence, name) in evidence.runs[name].artifacts for name in evidence.predictions)
    if kept and not any(FILTERS in run.artifacts for run in runs):
        return "The first layer of these nets does not see whole images, so that it has no filters to show."
    return f"These runs kept no filters: an earlier version trained them, or the files are gone. {_AGAIN}"


def read_looks(ledger: Ledger, evidence: Evidence, found: MistakesResult) -> Looks:
    """For each image a map of a run that guesses as its arm does, of the surest of these."""
    wanted = {image.position: image for image in (*found.worst, *found.doubtful)}
    best: dict[int, tuple[float, Bytes]] = {}
    ways: list[tuple[str, str]] = []
    faults: list[str] = []
    for seen, arrays, facts in _kept_looks(ledger, evidence, found.arm):
        if "maps" not in arrays:
            faults.append(str(facts.get("why", "")))
            continue
        ways.append((str(facts.get("way", "")), str(facts.get("layer", ""))))
        for place, position in enumerate(arrays["positions"].tolist()):
            image = wanted.get(position)
            sure = None if image is None else _guess_alike(seen, image)
            if sure is not None and sure > best.get(position, (0.0,))[0]:
                best[position] = sure, arrays["maps"][place]
    if not ways:
        return Looks(why_none=_say_why(evidence, faults))
    return Looks({position: heat for position, (_, heat) in best.items()}, *ways[0])


def _say_why(evidence: Evidence, faults: list[str]) -> str:
    if faults:
        return f"Where these nets looked cannot be told: {faults[0]}."
    again = _AGAIN_TEST if evidence.split == "test" else _AGAIN
    return f"These runs did not keep where they looked: an earlier version judged these images. {again}"


def _guess_alike(seen: Predictions, image: JudgedImage) -> float | None:
    """How sure the run is, where it guesses as its arm does."""
    places = np.flatnonzero(seen.positions == image.position)
    if not len(places):
        return None
    logits = seen.logits[places[0]].astype(np.float64)
    shares = np.exp(logits - logits.max())
    return float(shares.max() / shares.sum()) if logits.argmax() == image.guessed else None


def _kept_looks(
    ledger: Ledger, evidence: Evidence, arm: str
) -> Iterator[tuple[Predictions, Arrays, dict[str, object]]]:
    for name in evidence.study.cells[arm].values():
        seen, file = evidence.predictions.get(name), _looks_name(evidence, name)
        if seen is None or file not in evidence.runs[name].artifacts:
            continue
        try:
            arrays, facts = read_arrays(ledger.run_folder(name) / file)
        except ParibusError:
            continue
        if "positions" in arrays and isinstance(facts, dict):
            yield seen, arrays, facts


def _looks_name(evidence: Evidence, run: str) -> str:
    epoch = evidence.spec.scored_epoch(evidence.runs[run].recipe)
    return f"{evidence.split}-saliency-{epoch}.safetensors"
