"""The runs that others start from: what a stage's recipe is, for one arm, and in which order they go.

A stage has the settings of [run] with its own changes, by the rules of arms; but data that it names are its
own from the ground up. It always trains the net of the arm that starts from it, so that its weights fit; what
else the arm changes does not touch it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from paribus.errors import SpecError
from paribus.specs import RecipeSpec, StudySpec, canonical
from paribus.specs.base import NEW
from paribus.specs.merging import merged, without_outdone
from paribus.specs.messages import error_lines
from paribus.specs.words import did_you_mean, known

PREFIX = "stages."  # before the name of a stage, in the places that an arm changes


@dataclass(frozen=True)
class Stage:
    """A stage as one arm needs it."""

    name: str
    recipe: RecipeSpec
    held: bool  # whether it is trained with one seed for all runs: its own


def split_changes(changes: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(what an arm changes of its run, what of the stages), the latter by places under `stages`."""
    of_stages = {place: value for place, value in changes.items() if place.startswith(PREFIX)}
    of_run = {place: value for place, value in changes.items() if place not in of_stages}
    return of_run, {place.removeprefix(PREFIX): value for place, value in of_stages.items()}


def stages_of(
    spec: StudySpec, recipe: RecipeSpec, changes: Mapping[str, Any], where: str
) -> tuple[Stage, ...]:
    """The stages that a run of `recipe` needs, the first to be trained first. Raises SpecError."""
    _refuse_unknown(spec, changes, where)
    tables = merged(without_outdone(spec.stages, changes), changes)
    base = canonical(spec.run) | {"start": None, "net": canonical(recipe)["net"]}
    chain: dict[str, Stage] = {}
    for name, place in _walk(recipe, chain):
        if name in chain:
            raise SpecError(f"{where}: {place}: '{name}' starts, in the end, from itself")
        if name not in tables:
            hint = did_you_mean(name, tables)
            raise SpecError(f"{where}: {place}: no stage is called '{name}'; {known(tables)}.{hint}")
        try:
            template = RecipeSpec.model_validate(
                merged(_base_for(base, tables[name]), tables[name]), context=NEW
            )
        except ValidationError as error:
            raise SpecError("\n".join(error_lines(error, where, under=f"stages.{name}"))) from error
        except SpecError as error:
            raise SpecError(f"{where}: stages.{name}.{error}") from error
        chain[name] = Stage(name, template, held="seed" in tables[name])
    idle = [name for name in dict.fromkeys(_stage_in(place) for place in changes) if name not in chain]
    if idle:
        raise SpecError(
            f"{where}: stages.{idle[0]}: changed by an arm that does not start from it; leave that out there"
        )
    return tuple(reversed(chain.values()))


def _stage_in(place: str) -> str:
    return place.partition(".")[0]


def _refuse_unknown(spec: StudySpec, changes: Mapping[str, Any], where: str) -> None:
    for place in changes:
        name = _stage_in(place)
        if name not in spec.stages:
            there = f"{known(spec.stages)}.{did_you_mean(name, spec.stages)}"
            raise SpecError(f"{where}: {PREFIX}{place}: no stage is called '{name}'; {there}")


def _base_for(base: dict[str, Any], table: Mapping[str, Any]) -> dict[str, Any]:
    """Where the stage names its data, what [run] chooses of other data means nothing to it."""
    data = table.get("data")
    names_its_own = isinstance(data, str) or (isinstance(data, dict) and "name" in data)
    return {key: value for key, value in base.items() if key != "data"} if names_its_own else base


def _walk(recipe: RecipeSpec, chain: Mapping[str, Stage]) -> Iterator[tuple[str, str]]:
    """(stage, the place that names it), from the run back; `chain` grows meanwhile."""
    place = "run.start.stage"
    while recipe.start is not None and recipe.start.stage is not None:
        name = recipe.start.stage
        yield name, place
        recipe, place = chain[name].recipe, f"stages.{name}.start.stage"


def refuse_idle(spec: StudySpec, used: set[str], where: str) -> None:
    """A stage that nothing starts from is a mistake: it would be trained for nothing, or never."""
    for name in spec.stages:
        if name not in used:
            raise SpecError(
                f"{where}: stages.{name}: nothing starts from it; name it in run.start, such as "
                f'start = {{ stage = "{name}" }}, or remove it'
            )
