"""`paribus find-batch`: how fast and how large an arm's training steps are at each batch size."""

import json
from typing import TYPE_CHECKING, Any

import click

from paribus.cli.options import device_options, study_options

if TYPE_CHECKING:
    from rich.console import Console

    from paribus.executors import Execution
    from paribus.executors.finding import BatchFinding
    from paribus.training.batch_sizes import BatchSpeed
    from paribus.workbench import Study

_MEBIBYTE = 2**20


@click.command("find-batch")
@study_options
@device_options
@click.option("--arm", metavar="NAME", help="Whose recipe.  [default: the control's]")
@click.option("--from", "first", type=click.IntRange(1, 65_536), default=16, show_default=True, metavar="N",
              help="The first size; each next one is twice as large.")  # fmt: skip
@click.option("--to", "last", type=click.IntRange(1, 65_536), metavar="N",
              help="The largest size.  [default: until memory ends or speed no longer grows]")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print what was measured as JSON, and nothing else.")
def command(
    asked: "Study", execution: "Execution", *, arm: str | None, first: int, last: int | None, as_json: bool
) -> None:
    """Measure training steps of growing batches, and suggest the smallest that is nearly as fast as any.

    Each size is a few real training steps of the arm's recipe; the median counts. Memory is the most that
    this process held (on a CPU, with its data and torch itself) or that the device gave to tensors. Speed is
    no reason by itself: another batch size is another recipe, and wants another learning rate. Nothing is
    kept.

    \b
    paribus find-batch study.toml
    paribus find-batch study.toml --arm wide --from 1 --to 4096
    """
    from paribus.cli.reading import showing, telling
    from paribus.cli.tables import console
    from paribus.data.progress import Progress
    from paribus.errors import SpecError

    if last is not None and last < first:
        raise SpecError(f"--from {first} --to {last}: expected the first size to be the smaller one")
    out = console(stderr=as_json)
    with telling(asked, out):
        name = arm or asked.plan.control
        job = asked.job_of(arm, asked.file.spec.study.seeds[0], execution)
    from paribus.executors.finding import find_batch

    with showing(out) as tell:
        found = find_batch(
            job, first=first, last=last,
            tell=lambda done, total: tell(Progress("Batch sizes", done, total, "sizes")),
        )  # fmt: skip
    if as_json:
        click.echo(json.dumps(_as_plain(name, found), indent=1))
    else:
        _print(name, found, asked.file.in_command, out)


def _as_plain(name: str, found: "BatchFinding") -> dict[str, Any]:
    from dataclasses import asdict

    suggested = found.suggested
    return {
        "arm": name,
        "batch_size": found.asked,
        "suggested": suggested.size if suggested else None,
        "ended": found.ended,
        "sizes": [asdict(speed) for speed in found.speeds],
    }


def _print(name: str, found: "BatchFinding", study: str, out: "Console") -> None:
    from paribus.cli.tables import plain_table, say

    out.print(f"{name}: training steps by batch size", style="bold", soft_wrap=True)
    rows = [
        (
            f"{speed.size:,}" + (" (now)" if speed.size == found.asked else ""),
            f"{speed.images_per_second:,.0f}" if speed.images_per_second else "-",
            f"{speed.memory_bytes / _MEBIBYTE:,.0f} MiB" if speed.memory_bytes else "-",
            f"{speed.steps_per_epoch:,}",
            speed.trouble,
        )
        for speed in found.speeds
    ]
    columns = ("batch", "images/s", "peak memory", "steps an epoch", "")
    out.print(plain_table(columns, rows, right=(0, 1, 2, 3)))
    out.print()
    for sentence in _advise(found, study):
        say(out, sentence)


def _advise(found: "BatchFinding", study: str) -> list[str]:
    suggested = found.suggested
    if suggested is None:
        return ["No size could be trained."]
    ran = [speed for speed in found.speeds if speed.images_per_second]
    fastest = max(ran, key=lambda speed: speed.images_per_second or 0.0)
    told = [
        _suggest(suggested, fastest),
        f"The largest that ran: {ran[-1].size:,}; {found.ended}.",
    ]
    now = next((speed for speed in ran if speed.size == found.asked), None)
    if now is not None and suggested.size != now.size:
        told.insert(1, _compare(now, suggested))
        rate = f"paribus find-lr {study} --set batch_size={suggested.size}"
        told.append(f"Another size is another recipe. A rate that fits it: {rate}")
    return told


def _suggest(suggested: "BatchSpeed", fastest: "BatchSpeed") -> str:
    if suggested.size == fastest.size:
        return f"Suggested: batch_size = {suggested.size}, the fastest; none smaller comes within 5 % of it."
    return (
        f"Suggested: batch_size = {suggested.size}, the smallest within 5 % of the fastest, "
        f"{fastest.size:,} ({fastest.images_per_second:,.0f} images/s)."
    )


def _compare(now: "BatchSpeed", then: "BatchSpeed") -> str:
    times = (then.images_per_second or 0.0) / (now.images_per_second or 1.0)
    told = f"An epoch has {then.steps_per_epoch:,} steps instead of {now.steps_per_epoch:,}"
    if then.size > now.size:
        return (
            f"{told}, {times:.2g} times as fast: more epochs or a higher rate may be needed to learn as much."
        )
    return f"{told}, {times:.2g} times as fast."
