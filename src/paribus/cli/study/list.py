"""`paribus study list`: what ships, in the order of the reports."""

import json
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from paribus.studies import Block, Summary
    from paribus.studies.summaries import Cost

_SLOTS = 2  # that the times are told for
_INDENT = 12
_WIDTH = 80
_RULE = (
    "Times are estimates, at most so much where runs stop early, on two slots of one thread: an image "
    "trained on takes three forward passes, one that is judged or passes frozen layers one, at 50 GFLOP/s a "
    "thread, and augmentation 10 ns for each value of a pixel; beside that a run takes 0.2 s and the study "
    "10. A GPU takes a small part of it."
)
_NEXT = "'paribus run NAME --profile smoke' runs one here, 'paribus new --from NAME' copies it."


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print all that is known of each as JSON.")
def command(as_json: bool) -> None:
    """List the studies that came with paribus, in the order of the reports' blocks.

    For each: blocks, name, title; data, arms and seeds, the best published figure; how long each profile
    takes. A block that is no question of its own has the command and the part of a report that show it.
    """
    from paribus.studies import read_summaries

    summaries = {one.shipped.full_name: one for one in read_summaries()}
    if as_json:
        click.echo(json.dumps(_as_plain(list(summaries.values())), indent=1))
        return
    for report in dict.fromkeys(one.shipped.report for one in summaries.values()):
        _print_report(report, [one for one in summaries.values() if one.shipped.report == report])
        click.echo()
    for text in (_RULE, _NEXT):
        click.echo(textwrap.fill(text, _WIDTH))


def _print_report(report: str, summaries: list["Summary"]) -> None:
    """Its blocks in their order, then what is no block of it."""
    from paribus.studies import BLOCKS

    first = {one.blocks[0]: one for one in summaries if one.blocks}
    for name, block in BLOCKS.items():
        if name in first:
            _print(_joined(first[name].blocks), _lines(first[name]))
        elif block.command and name.startswith(f"{report}."):
            _print(name, _elsewhere(block))
    for summary in summaries:
        if not summary.blocks:
            _print(report, _lines(summary))


def _print(label: str, texts: Iterable[str]) -> None:
    """Under each other, beside the label."""
    lines = [line for text in texts for line in textwrap.wrap(text, _WIDTH - _INDENT)]
    for number, line in enumerate(lines):
        click.echo(f"{'' if number else label:<{_INDENT}}{line}")


def _lines(summary: "Summary") -> Iterator[str]:
    full = summary.profiles["full"]
    yield summary.shipped.name
    yield summary.title
    said = [" + ".join(full.data), f"{len(full.arms)} arm{'s' * (len(full.arms) != 1)} x {full.seeds} seeds"]
    if summary.published:
        said.append(f"published {100 * summary.published.value:.4g} % ({summary.published.split})")
    yield ", ".join(said)
    yield ", ".join(f"{name} {_time(cost)}" for name, cost in summary.profiles.items())


def _elsewhere(block: "Block") -> Iterator[str]:
    yield block.what
    yield f"{block.command}; in the report under '{block.section}'" if block.section else block.command


def _joined(blocks: list[str]) -> str:
    """R1.2 and R1.3 as `R1.2, 1.3`; three and more, which are neighbours, as `R2.1 to 2.4`."""
    first, *others = blocks
    if len(others) > 1:
        return f"{first} to {others[-1][1:]}"
    return ", ".join([first, *(name[1:] for name in others)])


def _time(cost: "Cost") -> str:
    from paribus.studies.summaries import STUDY_SECONDS

    seconds = cost.run_seconds / _SLOTS + STUDY_SECONDS
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h" if seconds < 72 * 3600 else f"{seconds / 86_400:.0f} days"


def _as_plain(summaries: list["Summary"]) -> dict[str, Any]:
    from paribus.studies import BLOCKS

    studies = [
        {
            "name": summary.shipped.name,
            "full_name": summary.shipped.full_name,
            "blocks": summary.blocks,
            "title": summary.title,
            "published": asdict(summary.published) if summary.published else None,
            "profiles": {
                name: asdict(cost) | {"seconds": round(cost.seconds)}
                for name, cost in summary.profiles.items()
            },
        }
        for summary in summaries
    ]
    return {"studies": studies, "blocks": {name: asdict(block) for name, block in BLOCKS.items()}}
