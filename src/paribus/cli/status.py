"""`paribus status`: how far a study is, out of the ledger alone."""

import json
import time
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from paribus.cli.options import study_options

if TYPE_CHECKING:
    from rich.console import Console

    from paribus.specs import StudyFile
    from paribus.watching import ArmView, RunView, StudyView
    from paribus.workbench import Study


@click.command("status")
@study_options
@click.option("--json", "as_json", is_flag=True, help="Print counts, and what is known of each run, as JSON.")
def command(
    asked: "Study",
    as_json: bool,
) -> None:
    """Show how far a study is: the picture that 'paribus run' shows while it trains, once.

    A mark for each seed: ● finished, ◐ running, ○ stopped, ✕ diverged, ! failed, · planned. Then the mean
    so far and its course over the epochs, on validation images. Under the arms stand failures, and what to
    do about them. Of a complete study it also says what became of its claims.

    Speaks of the revision that was last run. Reads the ledger only, so it may be asked while runs go on.
    """
    from paribus.cli.tables import console
    from paribus.watching import Watcher

    with asked.revisions.reading() as ledger:
        record = asked.revisions.last(ledger) or asked.revisions.speaking(ledger)
    watcher = Watcher(asked.store, asked.known_as)
    view = watcher.look()
    watcher.close()
    assert view is not None
    conclusion = asked.conclude(record) if view.pace == "complete" and record.spec.get("claims") else None
    if as_json:
        claims = [asdict(claim) for claim in conclusion.claims] if conclusion else []
        click.echo(json.dumps(_as_plain(view) | {"claims": claims}, indent=1))
        return
    out = console()
    _print(view, asked.file, record.spec, out)
    if conclusion:
        from paribus.cli.verdicts import print_claims

        print_claims(conclusion, out)


def _print(view: "StudyView", file: "StudyFile", spoken: dict[str, Any], out: "Console") -> None:
    from paribus.cli.fitting import plain
    from paribus.cli.picture import draw_arms, draw_progress, say_trouble
    from paribus.cli.tables import say

    out.print(plain(view.title), style="bold")
    out.print(draw_arms(view, out.width))
    out.print()
    out.print(draw_progress(view, out.width))
    say(out, _say_pace(view, file.in_command))
    for arm, run in view.troubled:
        say(out, plain(say_trouble(arm, run)))
    if any(run.state == "failed" for _, run in view.troubled):
        again = f"'paribus run {file.in_command}' tries what failed again"
        say(out, f"{again}; 'paribus runs --json' has the tracebacks.")
    if file.find_differing(spoken):
        say(out, f"This is the revision that was last run; {file.say_differing(spoken)}")


def _say_pace(view: "StudyView", study: str) -> str:
    """Whether anything goes on, and what to do."""
    from paribus.cli.tables import duration

    heard = f", last sign of life {duration(max(time.time() - view.heard, 0))} ago" if view.heard else ""
    match view.pace:
        case "running":
            at = ", ".join(f"process {sitting.pid}" for sitting in view.living)
            return f"Running{f' ({at})' if at else ''}{heard}."
        case "stopping":
            return f"Stopping, as was asked for{heard}."
        case "complete":
            return f"Complete. 'paribus report {study}' writes the report."
        case "gone":
            return f"Its command is gone without a word{heard}. 'paribus run {study}' goes on from there."
        case _:
            return f"Nothing is running. 'paribus run {study}' goes on from here."


def _as_plain(view: "StudyView") -> dict[str, Any]:
    return {
        "study": view.name,
        "revision": view.revision,
        "pace": view.pace,
        "seconds_left": view.seconds_left,
        "slots": view.slots,
        "heard": view.heard,
        "arms": {arm.name: _count(arm) for arm in view.arms if not arm.is_aside},
        "stages": {arm.name: _count(arm) for arm in view.arms if arm.is_stage},
        "search": next((_count(arm) | {"to_come": view.to_come} for arm in view.arms if arm.is_search), None),
        "runs": [_run_as_plain(arm, run) for arm in view.arms for run in arm.runs],
    }


def _count(arm: "ArmView") -> dict[str, int]:
    return dict(Counter(run.state for run in arm.runs))


def _run_as_plain(arm: "ArmView", run: "RunView") -> dict[str, Any]:
    """`score` is the validation accuracy of the epoch that speaks for the run, or of the last one so far."""
    return {
        "stage" if arm.is_stage else "arm": arm.name,
        "trial" if arm.is_search else "seed": run.seed,
        "fingerprint": run.fingerprint,
        "state": run.state,
        "epoch": run.epoch,
        "epochs": run.epochs,
        "score": run.score,
        "reason": run.signs.reason,
        "traceback": run.signs.traceback,
    }
