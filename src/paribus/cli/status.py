"""`paribus status`: how far a study is, out of the ledger alone."""

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from paribus.cli.options import study_options

if TYPE_CHECKING:
    from paribus.workbench import Study


@click.command("status")
@study_options
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def command(
    asked: "Study",
    as_json: bool,
) -> None:
    """Show how far a study is: for each arm, how many of its runs are planned, running, finished, failed.

    Speaks of the revision that was last run. Reads the ledger only, so it may be asked while runs go on.
    """
    from paribus.cli.tables import console, plain_table, say
    from paribus.store import read_runs

    with asked.reading() as ledger:
        record = asked.record(ledger)
        runs = read_runs(ledger, [*record.stage_runs, *record.cell_runs])
    states: dict[str, Counter[str]] = {
        arm: Counter(runs[name].state for name in cells.values()) for arm, cells in record.cells.items()
    }
    stages: dict[str, Counter[str]] = {
        stage: Counter(runs[name].state for name in names) for stage, names in record.stages.items()
    }
    if as_json:
        counted = {"arms": states, "stages": stages}
        click.echo(json.dumps({"study": record.name, "revision": record.revision} | counted, indent=1))
        return
    states = {f"stage {stage}": counts for stage, counts in stages.items()} | states
    out = console()
    out.print(record.title, style="bold")
    shown = [
        s for s in ("finished", "running", "planned", "stopped", "diverged", "failed") if _any(states, s)
    ]
    rows = [(arm, *(str(counts[state] or "") for state in shown)) for arm, counts in states.items()]
    out.print(plain_table(("arm", *shown), rows, right=range(1, len(shown) + 1)))
    for name, run in runs.items():
        if run.state == "failed":
            say(out, f"failed: run {name[:12]}: {run.reason}")
    if differing := _differing(record.spec, asked.file.spec.model_dump(mode="json")):
        told = f"This is the revision that was last run; {asked.file.where} now says otherwise in: "
        say(out, told + ", ".join(differing))


def _differing(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """The settings, two levels deep, in which two studies differ."""
    return [
        f"{table}.{key}"
        for table in one
        for key in sorted({*one[table], *other.get(table, {})})
        if one[table].get(key) != other.get(table, {}).get(key)
    ]


def _any(states: dict[str, Counter[str]], state: str) -> bool:
    return any(counts[state] for counts in states.values())
