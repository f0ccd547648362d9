"""From a plan to what is left to train: what has no result, and what that starts from, where it is gone."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from paribus.plan import Cells, PlannedRun
from paribus.store import ENDED, Ledger, RunRecord, is_whole, read_runs, reopen_run


def plan_again(ledger: Ledger, plan: Cells) -> list[PlannedRun]:
    """The runs to be carried out, each once, the ones that others start from first.

    A finished run whose files are gone or damaged is planned again: it ends with the same bits. A stage is
    there for the sake of what starts from it: where all of that has ended, its own files may be gone.
    """
    found = read_runs(ledger, [run.fingerprint for run in plan.every_run])
    runs = {run.fingerprint: run for run in plan.every_run}
    wanted: dict[str, PlannedRun] = {}

    def want(run: PlannedRun) -> None:
        parent = runs.get(run.parent or "")
        if parent is not None and not _stands(ledger, found[parent.fingerprint]):
            want(parent)
        wanted[run.fingerprint] = run

    for run in plan.runs:
        if not _stands(ledger, found[run.fingerprint]):
            want(run)
    for name in wanted:
        if found[name].state in ENDED:
            reopen_run(ledger, name)
    return list(wanted.values())


def read_standing(ledger: Ledger, fingerprints: Iterable[str]) -> dict[str, RunRecord]:
    """The runs that have a row; one whose files are gone or damaged as planned, as it will be."""
    found = read_runs(ledger, fingerprints)
    return {
        name: run if _stands(ledger, run) or run.state not in ENDED else replace(run, state="planned")
        for name, run in found.items()
    }


def _stands(ledger: Ledger, run: RunRecord) -> bool:
    """Whether a run has ended and its files are all there, those that it is judged by to the bit."""
    folder = ledger.run_folder(run.fingerprint)
    return run.state in ENDED and all(_is_there(folder / name) for name in run.artifacts)


def _is_there(file: Path) -> bool:
    if file.name.startswith("validation-"):
        return is_whole(file)
    return file.name.startswith("test-") or file.exists()
