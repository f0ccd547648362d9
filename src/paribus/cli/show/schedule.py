"""`paribus show schedule`: the learning rate over the steps of a run, of each arm that has another."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from paribus.cli.options import study_options

if TYPE_CHECKING:
    from rich.console import Console

    from paribus.report.chart_files import Chart
    from paribus.report.rate_lines import RateLine
    from paribus.workbench import Study

    Group = tuple[tuple[str, ...], RateLine]  # arms whose rates are alike

_SAID = 8  # arms that the words of a picture describe


@click.command("schedule")
@study_options
@click.option("--save", type=click.Path(path_type=Path), metavar="FILE",
              help="Write the picture too, ending in .svg, .png, .pdf or .html.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print steps and rates as JSON, and nothing else.")
def command(asked: "Study", save: Path | None, as_json: bool) -> None:
    """Show the learning rate over the steps of a run, for each arm that has another one.

    Steps are those of the first seed, counted from 1. What a schedule does that waits for a plateau depends
    on the run: here it is shown as if none came, and in the report as it was.
    """
    from paribus.cli.reading import telling
    from paribus.cli.tables import console
    from paribus.report.chart_files import refuse_other_charts, write_chart_file
    from paribus.store import refuse_unwritable

    if save is not None:
        refuse_other_charts(save)
        refuse_unwritable(save)
    out = console(stderr=as_json)
    with telling(asked, out):
        groups, waiting = _trace(asked)
    if as_json:
        click.echo(json.dumps([_as_plain(arms, line) for arms, line in groups], indent=1))
    else:
        _print(groups, waiting, out)
    if save is not None:
        write_chart_file(_chart(asked, groups), save)
        out.print(f"Picture: {save}", soft_wrap=True)


def _trace(asked: "Study") -> tuple[list["Group"], list[str]]:
    """Arms with the same rates together; and which of all wait for a plateau."""
    from paribus.data import select_training
    from paribus.report.rate_lines import depends_on_history, group_alike, trace_rates
    from paribus.schedules import steps_per_epoch

    seed = asked.file.spec.study.seeds[0]
    lines = []
    for arm in asked.arms:
        recipe = arm.recipe.model_copy(update={"seed": seed})
        chosen = select_training(recipe.data, asked.data[arm.name], recipe.seed_of("split"))
        steps = steps_per_epoch(len(chosen.train.positions), recipe.batch_size)
        lines.append((arm.name, trace_rates(recipe, steps)))
    return group_alike(lines), [arm.name for arm in asked.arms if depends_on_history(arm.recipe)]


def _as_plain(arms: tuple[str, ...], line: "RateLine") -> dict[str, Any]:
    return {
        "arms": list(arms),
        "steps_per_epoch": line.steps_per_epoch,
        "total": line.total,
        "steps": [step + 1 for step in line.steps],
        "rates": list(line.rates),
    }


def _print(groups: list["Group"], waiting: list[str], out: "Console") -> None:
    from paribus.cli.plots import Axis, draw_plot
    from paribus.cli.tables import say

    for arms, line in groups:
        out.print(", ".join(arms), style="bold", soft_wrap=True)
        curve = [(step + 1.0, rate) for step, rate in zip(line.steps, line.rates, strict=True)]
        if not line.is_constant:
            x, y = Axis(1.0, float(line.total)), Axis(0.0, line.peak[1])
            out.print(draw_plot([curve], x, y), soft_wrap=True)
        say(out, _say_line(line))
        if any(arm in waiting for arm in arms):
            say(out, "It waits for a plateau of validation; shown is a run in which none comes.")
        out.print()


def _say_line(line: "RateLine") -> str:
    length = f"{line.total:,} steps, {line.steps_per_epoch:,} an epoch"
    if line.is_constant:
        return f"{line.rates[0]:.3g} throughout; {length}."
    step, top = line.peak
    return (
        f"{line.rates[0]:.3g} at first, highest {top:.3g} at step {step + 1:,}, "
        f"{line.rates[-1]:.3g} at last; {length}."
    )


def _chart(asked: "Study", groups: list["Group"]) -> "Chart":
    from paribus.report.chart_files import Chart
    from paribus.report.colours import style_arms
    from paribus.report.rate_charts import draw_schedules
    from paribus.report.schedules import name_group

    control = asked.plan.control
    styles = style_arms([arm.name for arm in asked.arms], control)
    chosen = {name_group(arms): styles[control if control in arms else arms[0]] for arms, _ in groups}
    lines = {
        name_group(arms): [(step + 1.0, rate) for step, rate in zip(line.steps, line.rates, strict=True)]
        for arms, line in groups
    }
    said = [f"{name_group(arms)}: {_say_line(line)}" for arms, line in groups]
    return Chart("Learning rate by step", draw_schedules(lines, chosen, "step"), " ".join(said), said[:_SAID])
