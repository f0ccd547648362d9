"""`paribus test`: the one door to test scores."""

import sys
from typing import TYPE_CHECKING

import click

from paribus.cli.options import execution_options, study_options
from paribus.errors import SpecError

if TYPE_CHECKING:
    from paribus.executors import Execution
    from paribus.workbench import Study


@click.command("test")
@study_options
@execution_options
@click.option("--yes", is_flag=True, help="Do not ask whether to open the test set.")
def command(
    asked: "Study",
    execution: "Execution",
    yes: bool,
) -> None:
    """Open the test set: evaluate every finished run of the study once, and conclude on test images.

    This is the one door to test scores. Each look is recorded with its time and shown in the report, for
    whoever chooses by test scores can no longer report them as proof; it counts for every study in the ledger
    of which it saw two arms, whatever that is called. A study must be complete before, and is taken as it is
    given: where it was last run with other settings, nothing is opened.
    """
    from paribus.cli.tables import console, say
    from paribus.cli.verdicts import print_conclusion

    out = console()
    looks = asked.count_looks()
    if not yes:
        times = f"{looks} time{'s' * (looks != 1)}"
        told = f"The test set was opened {times} for this study or its runs. This look is recorded. Open it?"
        _ask(told)
    tested = 0
    for event in asked.open_test(execution):
        tested += event.kind == "tested"
    say(out, f"{tested} runs tested.")
    print_conclusion(asked.conclude(), out)
    page = asked.file.folder / f"{asked.file.stem}.html"
    asked.write_report(page)
    say(out, f"Report: {page}")


def _ask(question: str) -> None:
    """Goes on where the answer is yes."""
    try:
        wanted = click.confirm(question)
    except click.Abort as error:
        if sys.stdin.isatty():  # Ctrl-C
            raise
        raise SpecError(
            "nobody is here to say yes, so the test set stays shut; --yes opens it unasked"
        ) from error
    if not wanted:
        click.echo("The test set stays shut.", err=True)
        raise click.exceptions.Exit(1)
