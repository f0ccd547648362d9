"""Where runs stand: in which study, as which arm, with which seed."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from paribus.store import Ledger, RunRecord, StudyRecord


class Place(NamedTuple):
    study: str | None = None
    arm: str | None = None
    seed: int | None = None


def place_runs(
    ledger: "Ledger", runs: Mapping[str, "RunRecord"], records: Sequence["StudyRecord"]
) -> dict[str, Place]:
    """By fingerprint; `records`, the latest first: of several that share a run the latest names it."""
    from paribus.store import read_trials

    places: dict[str, Place] = {}
    for record in reversed(records):
        for trial in read_trials(ledger, record.search) if record.search else []:
            called = f"trial {(trial.number or 0) + 1}"
            places |= {
                name: Place(record.name, called, seed)
                for name, seed in ((name, seed) for seed, name in trial.cells.items())
            }
        for stage, names in record.stages.items():
            places |= {
                name: Place(record.name, f"stage {stage}", runs[name].recipe["seed"])
                for name in names
                if name in runs
            }
        for arm, cells in record.cells.items():
            places |= {name: Place(record.name, arm, seed) for seed, name in cells.items()}
    return places
