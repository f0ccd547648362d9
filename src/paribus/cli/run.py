"""`paribus run`: train what is not trained yet, conclude, and write the report."""

import json
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from paribus.cli.options import execution_options, study_options
from paribus.errors import StoreError

if TYPE_CHECKING:
    from rich.console import Console

    from paribus.executors import Execution
    from paribus.workbench import Study


@click.command("run")
@study_options
@execution_options
@click.option("--report", "report", type=click.Path(path_type=Path), metavar="FILE",
              help="Where the report goes, folder and all.  [default: .html beside the study]")  # fmt: skip
@click.option("--without-images", is_flag=True, help="Leave pictures of the data out of the report.")
@click.option("--json", "as_json", is_flag=True, help="Print the conclusion as JSON, and nothing else.")
def command(
    asked: "Study",
    execution: "Execution",
    report: Path | None,
    without_images: bool,
    as_json: bool,
) -> None:
    """Train what is not trained yet, conclude, and write the report.

    Runs are known by what they are: one that was trained before, for this study or another in the same
    ledger, is not trained again. Ctrl-C stops within seconds, and the same command goes on where it stopped,
    with the same bits as if nothing had happened. Several such commands may run at once.
    'paribus watch' shows them on a page, and can stop them too. Where the study has a [search], its trials
    are trained first, batch by batch; then its winner, with the other arms.

    The conclusion is drawn on validation images; see 'paribus test' for the test set.

    \b
    Exit codes: 0 done; 1 done, but runs failed or are missing; 2 an error that you can mend; 130 interrupted.
    """
    from paribus.cli.tables import console, say
    from paribus.cli.verdicts import print_conclusion
    from paribus.report import refuse_other_kinds
    from paribus.store import refuse_unwritable

    out = console()
    page = report or asked.file.folder / f"{asked.file.stem}.html"
    refuse_other_kinds(page)
    if report is not None:
        refuse_unwritable(report)
    _carry_out(asked, execution, out, quiet=as_json)
    conclusion = asked.conclude()
    if as_json:
        click.echo(json.dumps(asdict(conclusion), indent=1))
    else:
        print_conclusion(conclusion, out)
    try:
        asked.write_report(page, images=not without_images)
    except StoreError as error:
        raise StoreError(f"{error}. The result stands: 'paribus report' writes it anywhere") from error
    if not as_json:
        say(out, f"Report: {page}")
    if not conclusion.complete:
        raise click.exceptions.Exit(1)


def _carry_out(asked: "Study", execution: "Execution", out: "Console", *, quiet: bool) -> None:
    """Trains, showing how it goes."""
    from paribus.cli.progress import Told, name_runs, shown
    from paribus.cli.reading import telling
    from paribus.cli.searches import say_plan
    from paribus.cli.tables import say
    from paribus.cli.used_images import tell_data
    from paribus.watching import Watcher

    if quiet:
        for _ in asked.carry_out(execution):
            pass
        return
    with telling(asked, out):
        foresight = asked.check()
        leaks = asked.say_leaks()
    names, done = name_runs(asked.plan, foresight.idle), foresight.done
    to_come = 0
    if foresight.search is not None and asked.search is not None:
        say(out, say_plan(foresight.search))
        names, done = asked.search.names | names, asked.search.done | done
        to_come = foresight.search.runs_unknown + foresight.seeds * (foresight.search.winner is None)
    total, todo = len(names) + to_come, len(names.keys() - done) + to_come
    tell_data(out, asked)
    for sentence in leaks:
        say(out, f"{sentence} 'paribus show data {asked.file.in_command}' shows them.")
    say(out, f"{total} runs, {len(done)} cached, {todo} to train")
    watcher = Watcher(asked.store, asked.known_as)
    told = Told(names, done & names.keys(), watcher.seconds_left, total)
    try:
        with closing(watcher), _acknowledged(out), shown(told, watcher, out) as follow:
            for event in asked.carry_out(execution):
                follow(event)
    except KeyboardInterrupt:
        say(out, "Stopped. What was done is kept; the same command goes on from here.")
        raise
    if todo:
        out.print()


@contextmanager
def _acknowledged(out: "Console") -> Iterator[None]:
    """Ctrl-C is answered at once, though saving what runs may take seconds; a second one does not wait."""
    from paribus.cli.progress import STOPPING

    def answer(_signal: int, _frame: object) -> None:
        signal.signal(signal.SIGINT, before)
        out.print(STOPPING)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, answer)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
