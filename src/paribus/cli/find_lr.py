"""`paribus find-lr`: a learning-rate range test on an arm's own recipe."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from paribus.cli.options import device_options, study_options

if TYPE_CHECKING:
    from rich.console import Console

    from paribus.executors import Execution
    from paribus.executors.finding import RateFinding
    from paribus.report.chart_files import Chart
    from paribus.workbench import Study

_SHOWN_ABOVE = 1.3  # times the first loss: what is higher leaves the picture


@click.command("find-lr")
@study_options
@device_options
@click.option("--arm", metavar="NAME", help="Whose recipe.  [default: the control's]")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), metavar="N",
              help="As the run with this seed begins.  [default: the study's first]")  # fmt: skip
@click.option("--repeat", type=click.IntRange(1, 100), default=1, show_default=True, metavar="N",
              help="With so many seeds, from that one on; the mean of their losses decides.")  # fmt: skip
@click.option("--from", "first", type=float, default=1e-6, show_default=True, metavar="RATE",
              help="The rate of the first step.")  # fmt: skip
@click.option("--to", "last", type=float, default=10.0, show_default=True, metavar="RATE",
              help="The rate of the last step.")  # fmt: skip
@click.option("--steps", type=click.IntRange(10, 100_000), metavar="N",
              help="How many steps.  [default: 100, or 400, or 1600, until the net learns]")  # fmt: skip
@click.option("--save", type=click.Path(path_type=Path), metavar="FILE",
              help="Write the picture too, ending in .svg, .png, .pdf or .html.")  # fmt: skip
@click.option(
    "--json", "as_json", is_flag=True, help="Print losses and suggestion as JSON, and nothing else."
)
def command(
    asked: "Study",
    execution: "Execution",
    *,
    arm: str | None,
    seed: int | None,
    repeat: int,
    first: float,
    last: float,
    steps: int | None,
    save: Path | None,
    as_json: bool,
) -> None:
    """Suggest a learning rate: a short training whose rate grows with every step.

    It is the arm's own training, with its data, augmentation, batch size and optimizer; only the schedule is
    another. The suggestion is a fifth of the rate at which the loss is lowest, and comes with its reason;
    where the losses say nothing, so does the answer, and tells which way to look. Nothing is kept: no run, no
    weights, and the same command gives the same numbers.

    \b
    paribus find-lr study.toml
    paribus find-lr study.toml --arm sgd --repeat 3 --save rates.svg
    paribus find-lr study.toml --set batch_size=512 --from 1e-5 --to 1
    """
    from paribus.cli.reading import showing, telling
    from paribus.cli.tables import console
    from paribus.data.progress import Progress
    from paribus.report.chart_files import refuse_other_charts, write_chart_file
    from paribus.store import refuse_unwritable

    _refuse_empty_range(first, last)
    if save is not None:
        refuse_other_charts(save)
        refuse_unwritable(save)
    out = console(stderr=as_json)
    with telling(asked, out):
        name = arm or asked.plan.control
        start = asked.file.spec.study.seeds[0] if seed is None else seed
        jobs = [asked.job_of(arm, start + k, execution) for k in range(repeat)]
    from paribus.executors.finding import find_rate

    with showing(out) as tell:
        found = find_rate(
            jobs, first=first, last=last, steps=steps,
            tell=lambda done, total: tell(Progress("Range test", done, total, "steps")),
        )  # fmt: skip
    if as_json:
        click.echo(json.dumps(_as_plain(name, found), indent=1))
    else:
        _print(name, found, out)
    if save is not None:
        write_chart_file(_chart(name, found), save)
        out.print(f"Picture: {save}", soft_wrap=True)


def _refuse_empty_range(first: float, last: float) -> None:
    from paribus.errors import SpecError

    if not 0 < first < last < float("inf"):
        raise SpecError(f"--from {first:g} --to {last:g}: expected two rates above 0, the first one lower")


def _as_plain(name: str, found: "RateFinding") -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "arm": name,
        "seeds": list(found.seeds),
        "steps": found.steps,
        "suggestion": asdict(found.together),
        "alone": [{"seed": s, "rate": one.rate, "verdict": one.verdict, "reason": one.reason}
                  for s, one in zip(found.seeds, found.alone, strict=True)],
        "sweeps": [[asdict(step) for step in sweep] for sweep in found.sweeps],
    }  # fmt: skip


# -- in the terminal --------------------------------------------------------------------------------------


def _print(name: str, found: "RateFinding", out: "Console") -> None:
    from paribus.cli.plots import Axis, draw_plot
    from paribus.cli.tables import say

    together = found.together
    curve = list(zip(together.rates, together.smoothed, strict=True))
    top = _top(found)
    lows = [loss for loss in together.smoothed if loss <= top]
    marks = [] if together.rate is None else [together.rate]
    out.print(f"{name}: loss by learning rate, {_say_sweeps(found)}", style="bold", soft_wrap=True)
    shown = [point for point in curve if point[1] <= top]
    x, y = Axis(together.rates[0], together.rates[-1], log=True), Axis(min(lows), max(lows))
    out.print(draw_plot([shown], x, y, marks=marks), soft_wrap=True)
    out.print()
    say(out, _answer(found))
    if len(found.seeds) > 1:
        say(out, _say_spread(found))


def _top(found: "RateFinding") -> float:
    """What is higher is left out, unless all of it is."""
    return max(_SHOWN_ABOVE * found.together.began, found.together.lowest)


def _say_sweeps(found: "RateFinding") -> str:
    seeds = ", ".join(map(str, found.seeds))
    return f"{found.steps} steps, seed{'s' * (len(found.seeds) > 1)} {seeds}, smoothed"


def _answer(found: "RateFinding") -> str:
    together = found.together
    if together.rate is None:
        return f"No suggestion: {together.reason}."
    return f"Suggested: optimizer.lr = {together.rate:g}, {together.reason}."


def _say_spread(found: "RateFinding") -> str:
    """What each seed alone would have said."""
    rates = [one.rate for one in found.alone if one.rate is not None]
    silent = len(found.alone) - len(rates)
    if not rates:
        return "No seed alone suggests a rate."
    told = f"Each seed alone: {', '.join(f'{rate:g}' for rate in rates)}"
    told += f", a factor of {max(rates) / min(rates):.1f} between them" if len(rates) > 1 else ""
    return f"{told}; {silent} without a suggestion." if silent else f"{told}."


def _chart(name: str, found: "RateFinding") -> "Chart":
    from paribus.report.chart_files import Chart
    from paribus.report.rate_charts import draw_range_test

    together, top = found.together, _top(found)
    raw = [[(step.rate, step.loss) for step in sweep if step.loss <= top] for sweep in found.sweeps]
    smoothed = list(zip(together.rates, together.smoothed, strict=True))
    spec = draw_range_test(raw, smoothed, top, together.rate)
    note = f"Dots: one batch each; line: smoothed ({_say_sweeps(found)})."
    return Chart(f"Learning-rate range test of {name}", spec, _answer(found), [_answer(found), note])
