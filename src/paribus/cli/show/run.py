"""`paribus show run`: one run, from its recipe to its files."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from paribus.cli.options import store_option

if TYPE_CHECKING:
    from rich.console import Console

    from paribus.cli.places import Place
    from paribus.store import EpochRecord, Ledger, RunRecord

_SHORTEST = 4  # letters that name a run
_EPOCHS_SHOWN = 24  # more are thinned out
_SPARK = 40


@click.command("run")
@click.argument("run", metavar="RUN")
@store_option(".paribus here")
@click.option("--json", "as_json", is_flag=True, help="Print all of it as JSON, every epoch included.")
def command(run: str, store: Path | None, as_json: bool) -> None:
    """Show one RUN: recipe, epochs, what it trained, why it ended, where its files lie.

    RUN is how its fingerprint begins, as `paribus runs` prints it. Scores are on validation images; the test
    set stays shut.
    """
    from paribus.cli.places import Place, place_runs
    from paribus.cli.tables import console
    from paribus.store import find_store, list_studies, open_ledger, read_epoch_means, read_runs

    with open_ledger(find_store(None, store), create=False) as ledger:
        record = _find(ledger, run)
        place = place_runs(ledger, read_runs(ledger), list_studies(ledger)).get(record.fingerprint, Place())
        epochs = read_epoch_means(ledger, record.fingerprint)
        folder = ledger.run_folder(record.fingerprint)
    if as_json:
        click.echo(json.dumps(_plain(record, place, epochs, folder), indent=1))
        return
    out = console()
    _tell_outcome(out, record, place)
    _tell_epochs(out, epochs, record.best_epoch)
    _tell_rest(out, record, folder)


def _find(ledger: "Ledger", beginning: str) -> "RunRecord":
    from paribus.errors import SpecError
    from paribus.store import find_runs, read_runs

    given = beginning.strip().lower()
    if len(given) < _SHORTEST:
        raise SpecError(
            f"RUN {beginning}: expected at least {_SHORTEST} letters of a fingerprint; "
            "'paribus runs' lists them"
        )
    found = find_runs(ledger, given)
    if not found:
        raise SpecError(f"RUN {beginning}: no run's fingerprint begins so; 'paribus runs' lists them")
    if len(found) > 1:
        some = ", ".join(name[: len(given) + 4] for name in sorted(found)[:5])
        raise SpecError(f"RUN {beginning}: {len(found)} fingerprints begin so: {some}; give more letters")
    return read_runs(ledger, found)[found[0]]


def _tell_outcome(out: "Console", record: "RunRecord", place: "Place") -> None:
    from paribus.cli.tables import duration, percent, say

    who = (
        "a run of no study here" if place.study is None else f"{place.study}: {place.arm}, seed {place.seed}"
    )
    say(out, who)
    say(out, f"{record.fingerprint}")
    why = f": {record.reason}" if record.reason and record.state != "finished" else ""
    took = f" in {duration(record.seconds)}" if record.seconds is not None else ""
    again = f", after {record.attempts} attempts" if record.attempts > 1 else ""
    say(out, f"{record.state}{took}{again}{why}")
    if record.last_epoch is not None:
        best = f"; best {percent(record.best_score, 2)} at {record.best_epoch}" if record.best_epoch else ""
        say(out, f"validation: {percent(record.last_score, 2)} at epoch {record.last_epoch}{best}")
    if record.traceback:
        out.print()
        out.print(record.traceback.rstrip(), soft_wrap=True)


def _tell_epochs(out: "Console", epochs: "list[EpochRecord]", best: int | None) -> None:
    from paribus.cli.fitting import sparkline
    from paribus.cli.tables import duration, plain_table, say

    if not epochs:
        return
    course = [epoch.validation_accuracy for epoch in epochs]
    out.print()
    say(out, f"validation accuracy  {sparkline(course, _SPARK, min(course), max(course))}")
    every = -(-len(epochs) // _EPOCHS_SHOWN)
    shown = [
        epoch for at, epoch in enumerate(epochs) if (len(epochs) - 1 - at) % every == 0 or epoch.epoch == best
    ]
    columns = ("epoch", "train loss", "train", "validation loss", "validation", "rate", "time", "")
    rows = [
        (
            str(epoch.epoch),
            f"{epoch.train_loss:.4f}",
            f"{100 * epoch.train_accuracy:.2f} %",
            f"{epoch.validation_loss:.4f}",
            f"{100 * epoch.validation_accuracy:.2f} %",
            f"{epoch.learning_rate:.3g}",
            duration(epoch.seconds),
            "best" if epoch.epoch == best else "",
        )
        for epoch in shown
    ]
    out.print(plain_table(columns, rows, right=tuple(range(7))))


def _tell_rest(out: "Console", record: "RunRecord", folder: Path) -> None:
    from paribus.cli.tables import say
    from paribus.specs.files import value_toml

    out.print()
    recipe = {name: value for name, value in record.recipe.items() if value is not None}
    for name, value in recipe.items():
        say(out, f"{name} = {value_toml(_without_nothing(value))}")
    out.print()
    start = (record.facts or {}).get("start") or {}
    if record.parent:
        say(out, f"Starts from {record.parent[:12]}; {start.get('told', 'not begun')}")
    if record.parameters is not None:
        say(out, f"{record.parameters:,} parameters")
    if record.machine:
        said = ", ".join(f"{name} {value}" for name, value in record.machine.items())
        say(out, f"Trained on {said}")
    if record.artifacts:
        say(out, f"Files in {folder}:")
        for name, digest in sorted(record.artifacts.items()):
            out.print(f"  {digest[:16]}  {name}", soft_wrap=True)


def _without_nothing(value: Any) -> Any:
    """TOML has no word for nothing."""
    if isinstance(value, dict):
        return {name: _without_nothing(one) for name, one in value.items() if one is not None}
    if isinstance(value, list | tuple):
        return [_without_nothing(one) for one in value if one is not None]
    return value


def _plain(record: "RunRecord", place: "Place", epochs: "list[EpochRecord]", folder: Path) -> dict[str, Any]:
    named = ("epoch", "train_loss", "train_accuracy", "validation_loss", "validation_accuracy")
    timed = ("learning_rate", "seconds")
    return {
        "study": place.study,
        "arm": place.arm,
        "seed": place.seed,
        **vars(record),
        "folder": str(folder),
        "epochs": [{name: getattr(epoch, name) for name in (*named, *timed)} for epoch in epochs],
    }
