"""What a reader must know beside the verdicts."""

from collections.abc import Sequence
from typing import Literal

from paribus.analysis.edges import find_edges
from paribus.analysis.evidence import Evidence
from paribus.analysis.results import ArmResult
from paribus.specs import StudySpec
from paribus.stats import FEWEST_SEEDS
from paribus.store import LookRecord, StudyRecord

_ARMS_NAMED = 5


def write_notes(evidence: Evidence, arms: Sequence[ArmResult]) -> tuple[str, ...]:
    """Each a sentence of its own."""
    notes = [
        _on_split(evidence.split, evidence.looks),
        _on_missing(arms),
        _on_other_images(evidence),
        _on_seeds(evidence.spec),
        _on_looks(evidence.study),
        *(edge.sentence for edge in find_edges(evidence.spec, arms)),
    ]
    return tuple(note for note in notes if note)


def _on_split(split: Literal["validation", "test"], looks: Sequence[LookRecord]) -> str:
    if split == "test":
        return f"Concluded on the test set, which was opened {_times(len(looks))}."
    if looks:
        return (
            f"Concluded on validation images. The test set was opened {_times(len(looks))}, "
            "not for this revision."
        )
    return "Concluded on validation images; the test set has not been opened."


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _on_missing(arms: Sequence[ArmResult]) -> str:
    states = [state for arm in arms for state in arm.states.values()]
    failed = states.count("failed")
    missing = sum(state not in {"finished", "diverged"} for state in states)
    if not missing:
        return ""
    told = f"{missing} of {len(states)} runs are missing"
    if failed:
        told += f", {failed} of them failed"
    return f"{told}; the conclusion is provisional. The same command runs them."


def _on_other_images(evidence: Evidence) -> str:
    arms = evidence.judged_otherwise()
    if not arms:
        return ""
    more = f" and {len(arms) - _ARMS_NAMED} more" if len(arms) > _ARMS_NAMED else ""
    return (
        f"Judged by other images than {evidence.study.control}: {', '.join(arms[:_ARMS_NAMED])}{more}. "
        "Such a difference is also one of the images, not of training alone."
    )


def _on_seeds(spec: StudySpec) -> str:
    seeds = len(spec.study.seeds)
    if seeds >= FEWEST_SEEDS:
        return ""
    return f"With {seeds} seed{'s' * (seeds != 1)} there are no verdicts; {FEWEST_SEEDS} seeds are the least."


def _on_looks(study: StudyRecord) -> str:
    if not study.after_look:
        return ""
    return (
        "This revision was registered after a look at the test set: read its test verdicts with that in mind."
    )
