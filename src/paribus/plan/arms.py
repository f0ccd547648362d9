"""The arms of a study: the grid of its factors, its named arms, and which of them is the control."""

import itertools
import re
import tomllib
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from paribus.errors import SpecError
from paribus.plan.stages import Stage, refuse_idle, split_changes, stages_of
from paribus.specs import BASE_ARM, RecipeSpec, StudySpec, canonical, digest, value_toml
from paribus.specs.base import NEW
from paribus.specs.merging import merged
from paribus.specs.messages import error_lines
from paribus.specs.study import places_of, unknown_arm

Level = tuple[str, dict[str, Any]]  # how one value of one factor is named, and what it changes


@dataclass(frozen=True)
class Arm:
    """One combination of settings; its recipe still has seed 0."""

    name: str
    recipe: RecipeSpec
    changes: dict[str, Any]
    stages: tuple[Stage, ...] = ()  # that its runs start from, the first first

    @property
    def chain(self) -> list[RecipeSpec]:
        """Its stages' recipes in their order, then its own."""
        return [*(stage.recipe for stage in self.stages), self.recipe]


def expand_arms(spec: StudySpec, *, where: str = "study") -> tuple[Arm, ...]:
    """Every arm, the grid first, in the file's order. Raises SpecError with one line a fault."""
    arms: list[Arm] = []
    faults: list[str] = []
    for place, name, changes in _all_changes(spec, where):
        try:
            arms.append(make_arm(spec, name, changes, where=where, place=place))
        except SpecError as error:
            faults += str(error).split("\n")
    if faults:
        raise SpecError("\n".join(dict.fromkeys(faults)))
    trained = list(arms)
    if spec.study.control == BASE_ARM or spec.search:  # whose trials start as the recipe of [run] does
        itself = make_arm(spec, BASE_ARM, {}, where=where, place="run")
        trained.append(itself)
        if spec.study.control == BASE_ARM and not any(_is_base(arm, itself) for arm in arms):
            arms.insert(0, itself)
    for stage in sorted(spec.search.stages) if spec.search else ():
        begins = {"start": False, "start.stage": stage}
        trained.append(make_arm(spec, stage, begins, where=where, place="search.space"))
    _refuse_twins(arms, where)
    refuse_idle(spec, {stage.name for arm in trained for stage in arm.stages}, where)
    return tuple(arms)


def make_arm(spec: StudySpec, name: str, changes: dict[str, Any], *, where: str, place: str) -> Arm:
    """What the changes make of [run]; `place` is where they stand. Raises SpecError."""
    of_run, of_stages = split_changes(changes)
    try:
        recipe = RecipeSpec.model_validate(merged(canonical(spec.run), of_run), context=NEW)
    except ValidationError as error:
        raise SpecError("\n".join(error_lines(error, where, under=f"{place}: run"))) from error
    except SpecError as error:
        raise SpecError(f"{where}: {place}: run.{error}") from error
    return Arm(name, recipe, changes, stages_of(spec, recipe, of_stages, where))


def find_control(spec: StudySpec, arms: tuple[Arm, ...], *, where: str = "study") -> str:
    """The name of the arm that the others are compared with: as named, else the base recipe's."""
    names = [arm.name for arm in arms]
    if spec.study.control == BASE_ARM and BASE_ARM not in names:
        itself = Arm(BASE_ARM, spec.run, {}, stages_of(spec, spec.run, {}, where))
        return next(arm.name for arm in arms if _is_base(arm, itself))
    for candidate in (spec.study.control, _respelt(spec.study.control)):
        if candidate in names:
            return candidate
    raise SpecError(f"{where}: study.control: {unknown_arm(spec.study.control, names)}")


def _all_changes(spec: StudySpec, where: str) -> list[tuple[str, str, dict[str, Any]]]:
    """(place in the file, arm's name, what it changes) for each arm."""
    grid = itertools.product(*[_levels(factor, values, where) for factor, values in spec.factors.items()])
    found = [("factors", ",".join(name for name, _ in levels), _joined(levels)) for levels in grid if levels]
    found += [(f"arms.{name}", name, changes) for name, changes in spec.arms.items()]
    return found or [("run", BASE_ARM, {})]


def _is_base(arm: Arm, itself: Arm) -> bool:
    return arm.name == BASE_ARM or _all_that_runs(arm) == _all_that_runs(itself)


def _joined(levels: tuple[Level, ...]) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for _, level in levels:
        changes |= level
    return changes


def _levels(factor: str, values: tuple[Any, ...], where: str) -> list[Level]:
    places = places_of(factor)
    levels = []
    for value in values:
        together = value if len(places) > 1 else [value]
        named = [name_level(place, v, where) for place, v in zip(places, together, strict=True)]
        levels.append((",".join(n for n, _ in named), {p: v for _, (p, v) in named}))
    return levels


def name_level(place: str, value: Any, where: str) -> tuple[str, tuple[str, Any]]:
    """`place=value` with TOML's spelling; a table goes by its label."""
    if isinstance(value, dict):
        if "label" not in value:
            raise SpecError(
                f"{where}: factors.{place}: a table as a value needs a label, "
                'such as { label = "small", name = "plain" }'
            )
        rest = {key: v for key, v in value.items() if key != "label"}
        return f"{place}={value['label']}", (place, rest)
    text = value if isinstance(value, str) else value_toml(value)
    return f"{place}={text}", (place, value)


def _respelt(control: str) -> str:
    """`optimizer.lr=1e-3` as the arm is named, `optimizer.lr=0.001`."""
    parts = []
    for part in re.split(r",(?=[^,\[\]{}]+=)", control):  # not at the commas of a list
        place, _, text = part.partition("=")
        try:
            value = tomllib.loads(f"value = {text}")["value"]
            parts.append(f"{place.strip()}={value if isinstance(value, str) else value_toml(value)}")
        except tomllib.TOMLDecodeError:
            parts.append(part.strip())
    return ",".join(parts)


def _refuse_twins(arms: list[Arm], where: str) -> None:
    names: set[str] = set()
    by_recipe: dict[str, str] = {}
    for arm in arms:
        if arm.name in names:
            raise SpecError(f"{where}: two arms are called '{arm.name}'")
        names.add(arm.name)
        other = by_recipe.setdefault(_all_that_runs(arm), arm.name)
        if other == BASE_ARM and arm.name != BASE_ARM:
            raise SpecError(
                f"{where}: arm '{arm.name}' is the recipe of [run] itself, the arm 'base'; "
                f"set study.control = '{arm.name}', or remove it"
            )
        if other != arm.name:
            raise SpecError(f"{where}: arms '{other}' and '{arm.name}' are the same recipe; remove one")


def _all_that_runs(arm: Arm) -> str:
    """Equal for arms whose runs are the same, the stages before them too."""
    stages = [[stage.name, stage.held, canonical(stage.recipe)] for stage in arm.stages]
    return digest([canonical(arm.recipe), stages])
