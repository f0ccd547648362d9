"""`paribus runs`: what a ledger holds."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from paribus.cli.options import store_option

if TYPE_CHECKING:
    from paribus.store import Ledger, StudyRecord

_STATES = ("planned", "running", "finished", "diverged", "failed", "stopped")


@click.command("runs")
@click.argument("study", type=click.Path(path_type=Path), required=False)
@store_option(".paribus beside the study, or here")
@click.option("--profile", metavar="NAME", help="Only runs of the study under [profiles.NAME].")
@click.option("--state", type=click.Choice(_STATES), help="Only runs in this state.")
@click.option(
    "--tensorboard",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Write the steps and epochs of STUDY's runs as event files for TensorBoard instead.",
)
@click.option("--json", "as_json", is_flag=True, help="Print all that is known of each run as JSON.")
def command(
    study: Path | None,
    *,
    store: Path | None,
    profile: str | None,
    state: str | None,
    tensorboard: Path | None,
    as_json: bool,
) -> None:
    """List the runs in a ledger, or those of one STUDY: state, arm, seed, best and last epoch and score.

    Scores are accuracies on validation images, whatever the study's metric is. With --json also fingerprints,
    reasons and the SHA-256 of the weights.
    """
    from paribus.cli.tables import console, duration, percent, plain_table, say

    if tensorboard is not None:
        _write_events(study, profile, store, tensorboard)
        return
    rows = [row for row in _rows(study, profile, store) if state in {None, row["state"]}]
    if as_json:
        click.echo(json.dumps(rows, indent=1))
        return
    columns = ("run", "state", "arm", "seed", "epochs", "score", "best", "time")
    ordered = sorted(rows, key=lambda row: (row["study"] or "", row["arm"] or "", row["seed"] or 0))
    cells = [
        (
            row["fingerprint"][:8],
            row["state"],
            row["arm"] or "-",
            "-" if row["seed"] is None else str(row["seed"]),
            str(row["last_epoch"] or "-"),
            percent(row["last_score"]),
            f"{percent(row['best_score'])} at {row['best_epoch']}" if row["best_epoch"] else "-",
            duration(row["seconds"]),
        )
        for row in ordered
    ]
    out = console()
    out.print(plain_table(columns, cells, right=(3, 4, 5, 6, 7)))
    for row in ordered:
        if row["reason"] and row["state"] != "finished":
            say(out, f"{row['fingerprint'][:8]}: {row['reason']}")


@dataclass(frozen=True)
class _Wanted:
    """A study as the ledger knows it; its file need not be there any more."""

    known_as: str
    store: Path
    in_command: str
    is_there: bool  # as a study that can be run

    def records_in(self, ledger: "Ledger") -> list["StudyRecord"]:
        """Its revisions, the latest first."""
        from paribus.errors import StoreError
        from paribus.store import list_studies

        found = [record for record in list_studies(ledger) if record.name == self.known_as]
        if not found:
            if not self.is_there:
                raise StoreError(f"{self.in_command}: no such study, in the ledger or as a file")
            raise StoreError(f"{self.in_command}: has not been run; 'paribus run {self.in_command}' does")
        return found


def _find(study: Path, profile: str | None, store: Path | None) -> _Wanted:
    from paribus.store import find_store, name_in
    from paribus.studies import find_shipped

    shipped = find_shipped(study)
    place = find_store(None if shipped else study, store)
    name = (shipped.name if shipped else study.stem) + (f"-{profile}" if profile else "")
    known_as = name if shipped else name_in(place, name, study.resolve().parent)
    in_command = f"{study} --profile {profile}" if profile else str(study)
    return _Wanted(known_as, place, in_command, bool(shipped) or study.exists())


def _write_events(study: Path | None, profile: str | None, store: Path | None, folder: Path) -> None:
    from paribus.errors import SpecError
    from paribus.report.tensorboard import write_events
    from paribus.store import open_ledger, refuse_unwritable_folder

    if study is None:
        raise SpecError(
            f"--tensorboard {folder}: expected a STUDY too: paribus runs STUDY --tensorboard {folder}"
        )
    refuse_unwritable_folder(folder)
    wanted = _find(study, profile, store)
    with open_ledger(wanted.store, create=False) as ledger:
        written = write_events(ledger, wanted.records_in(ledger)[0], folder)
    click.echo(f"{len(written)} runs in {folder}; look: tensorboard --logdir {folder}")


def _rows(study: Path | None, profile: str | None, store: Path | None) -> list[dict[str, Any]]:
    from paribus.cli.places import Place, place_runs
    from paribus.errors import SpecError
    from paribus.store import find_store, list_studies, open_ledger, read_runs

    if study is None and profile is not None:
        raise SpecError(f"--profile {profile}: expected a STUDY too: paribus runs STUDY --profile {profile}")
    wanted = None if study is None else _find(study, profile, store)
    with open_ledger(wanted.store if wanted else find_store(None, store), create=False) as ledger:
        runs = read_runs(ledger)
        places = place_runs(ledger, runs, wanted.records_in(ledger) if wanted else list_studies(ledger))
    return [
        {
            "fingerprint": name,
            "state": run.state,
            "reason": run.reason,
            "traceback": run.traceback,
            "study": place.study,
            "arm": place.arm,
            "seed": place.seed,
            "last_epoch": run.last_epoch,
            "last_score": run.last_score,
            "best_epoch": run.best_epoch,
            "best_score": run.best_score,
            "parameters": run.parameters,
            "parent": run.parent,
            "facts": run.facts,
            "seconds": run.seconds,
            "weights": {kind: run.artifacts.get(f"{kind}.safetensors") for kind in ("last", "best")},
            "machine": run.machine,
        }
        for name, run in runs.items()
        for place in [places.get(name, Place())]
        if wanted is None or name in places
    ]
