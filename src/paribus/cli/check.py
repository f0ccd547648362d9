"""`paribus check`: what a study is, what it will cost, and what it will be able to show."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from paribus.cli.options import study_options

if TYPE_CHECKING:
    from paribus.analysis import Foresight
    from paribus.specs import StudySpec
    from paribus.workbench import Study


@click.command("check")
@study_options
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON: arms, recipes, fingerprints.")
def command(
    asked: "Study",
    as_json: bool,
) -> None:
    """Validate a study and show what it will cost and be able to show. Trains nothing, writes nothing.

    Shows the arms with the parameters of their nets and the FLOPs of one image, how many runs are cached and
    how many are to be trained, and the smallest difference that so many seeds will find with 80 % power, so
    that you can change the number of seeds before you pay for them.
    """
    from paribus.cli.reading import telling
    from paribus.cli.tables import console

    with telling(asked, console(stderr=as_json)):
        foresight = asked.check()
    if as_json:
        click.echo(json.dumps(_as_plain(asked, foresight), indent=1))
    else:
        _print(asked, foresight)


def _as_plain(asked: "Study", foresight: "Foresight") -> dict[str, Any]:
    from paribus.cli.used_images import count_used
    from paribus.specs import canonical

    recipes = {arm.name: canonical(arm.recipe) for arm in asked.plan.arms}
    used = {arm.name: count_used(arm, asked.materials.data_of(arm.recipe)) for arm in asked.plan.arms}
    return {
        "study": asked.file.name,
        "title": asked.file.spec.study.title,
        "revision": asked.plan.revision,
        "control": asked.plan.control,
        "seeds": list(asked.file.spec.study.seeds),
        "runs": foresight.runs,
        "cached": foresight.cached,
        "detectable_in_deviations": foresight.detectable_in_deviations,
        "detectable": foresight.detectable,
        "seconds": foresight.seconds,
        "search": None if foresight.search is None else asdict(foresight.search),
        "arms": [
            {
                "name": arm.name,
                "recipe": recipes[arm.name],
                "images": asdict(used[arm.name]),
                "parameters": arm.parameters,
                "start": arm.start,
                "flops": arm.flops,
                "fingerprints": arm.fingerprints,
                "cached": arm.cached,
            }
            for arm in foresight.arms
        ],
        "stages": [
            {"name": stage.name, "cached": stage.cached, "images": stage.images} for stage in foresight.stages
        ],
    }


def _print(asked: "Study", foresight: "Foresight") -> None:
    from paribus.cli.searches import list_space, say_known, say_plan
    from paribus.cli.tables import console, duration, plain_table, say
    from paribus.cli.used_images import tell_data
    from paribus.executors.processor import SLOW_BF16, computes_bf16
    from paribus.nets.layer_table import say_amount

    out = console()
    out.print(asked.file.spec.study.title, style="bold")
    rows = [
        (
            arm.name + (" (control)" if arm.is_control else ""),
            f"{arm.parameters:,}",
            "-" if arm.flops is None else say_amount(arm.flops, "").strip(),
            f"{sum(arm.cached.values())} of {len(arm.cached)}",
            duration(arm.seconds_per_run),
        )
        for arm in foresight.arms
    ]
    out.print(plain_table(("arm", "parameters", "FLOPs", "cached", "time a run"), rows, right=(1, 2, 3, 4)))
    out.print()
    tell_data(out, asked)
    if foresight.search is not None and asked.file.spec.search is not None:
        out.print(list_space(asked.file.spec.search))
        out.print()
        say(out, say_plan(foresight.search))
        say(out, say_known(foresight.search))
    for arm in foresight.arms:
        if arm.start:
            say(out, f"{arm.name}: {arm.start}")
    for stage in foresight.stages:
        left = len(stage.cached) - sum(stage.cached.values())
        runs = f"{len(stage.cached)} run{'s' * (len(stage.cached) != 1)}"
        say(out, f"Stage {stage.name}, which runs start from: {runs}, {left} to train.")
    if any(arm.recipe.precision == "bf16" for arm in asked.arms) and computes_bf16() is False:
        say(out, f"Without a GPU: {SLOW_BF16}.")
    todo = foresight.runs - foresight.cached
    say(out, f"{foresight.runs} runs: {foresight.cached} cached, {todo} to train.")
    say(out, _price(foresight, todo))
    say(out, _power(foresight, asked.file.spec.study.margin))
    if asked.file.spec.claims:
        say(out, _say_claims(asked.file.spec))


def _price(foresight: "Foresight", todo: int) -> str:
    from paribus.cli.tables import duration

    if not todo:
        return "Nothing is left to train."
    images = f"To train: {foresight.images:,} images"
    if foresight.seconds is None:
        return f"{images}. How long that takes is known once a run has ended."
    return f"{images}, about {duration(foresight.seconds)} on one slot."


def _power(foresight: "Foresight", margin: float | None) -> str:
    if foresight.detectable_in_deviations is None:
        return "One seed shows no difference: it has no error bar."
    found = foresight.detectable_in_deviations
    told = (
        f"With {foresight.seeds} seeds and {foresight.contrasts} contrast{'s' * (foresight.contrasts != 1)}, "
    )
    if foresight.detectable is not None:
        told += f"four studies of five find a true difference of {100 * foresight.detectable:.1f} points, "
        told += "as far as the runs that ended show"
    else:
        told += (
            f"four studies of five find a true difference of {found:.1f} times its seed-to-seed deviation: "
        )
        told += f"{found:.1f} points where seeds scatter by 1 point"
    if margin is not None:
        told += f". Margin: {100 * margin:g} points"
    if foresight.seeds < foresight.fewest_seeds:
        told += f". Under {foresight.fewest_seeds} seeds there are intervals but no verdicts"
    return told + "."


def _say_claims(spec: "StudySpec") -> str:
    """How many will be registered, and which of them so many seeds cannot decide."""
    from paribus.specs.claims import DivergesClaim
    from paribus.stats import runs_to_decide

    count, seeds = len(spec.claims), len(spec.study.seeds)
    them = "it" if count == 1 else "them"
    told = f"{count} claim{'s' * (count != 1)}, registered by the first 'paribus run' that has {them}"
    needed = runs_to_decide(spec.study.alpha / count)
    if seeds < needed and any(isinstance(claim, DivergesClaim) for claim in spec.claims.values()):
        told += f". Whether an arm diverges may take {needed} seeds to say"
    return told + "."
