"""Whether a run can start as it should, looked at beforehand; torch is imported only for what is new."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from paribus.errors import SpecError
from paribus.executors.starts import Made, Origin
from paribus.nets.memory import code_behind, note, recall
from paribus.specs import RecipeSpec, StartSpec, digest
from paribus.specs.optimizers import Muon
from paribus.specs.start import PARENTS, NormaliseSpec


def refuse_other_channels(recipe: RecipeSpec, channels: int) -> None:
    """A stated normalisation has a number for each channel of the images."""
    stated = recipe.normalise
    if isinstance(stated, NormaliseSpec) and len(stated.mean) != channels:
        raise SpecError(
            f"normalise.mean: given {len(stated.mean)} numbers; the images have {channels} "
            f"channel{'s' * (channels != 1)}"
        )


def check_start(child: Made, start: StartSpec, before: Made | Origin, memory: Path) -> str:
    """What would be trained, in a sentence; tried once and remembered. Raises SpecError if it cannot be."""
    facts = [_known_as(child), start.model_dump(mode="json", exclude=set(PARENTS)), _known_as(before)]
    key = digest(facts)
    told = recall(memory, key)
    if not isinstance(told, str):
        from paribus.executors.rehearsing import rehearse  # noqa: PLC0415  imports torch, which takes seconds

        told = rehearse(child, start, before)
        note(memory, key, told)
    return told


def check_optimizer(child: Made, recipe: RecipeSpec, before: Made | Origin | None, memory: Path) -> None:
    """Raises SpecError where the optimizer asks for weights that are not trained; looked up once."""
    options, start = recipe.optimizer, recipe.start
    if not options.rates and not isinstance(options, Muon):
        return
    facts = ["optimizer", options.model_dump(mode="json"), _known_as(child)]
    if start is not None and before is not None:
        facts += [start.model_dump(mode="json", exclude=set(PARENTS)), _known_as(before)]
    key = digest(facts)
    if recall(memory, key) is None:
        from paribus.executors.rehearsing import rehearse_optimizer  # noqa: PLC0415  imports torch

        rehearse_optimizer(child, recipe, before)
        note(memory, key, "can be made")


def _known_as(thing: Made | Origin) -> list[Any]:
    if isinstance(thing, Origin):
        return [thing.known_by, thing.file.name]  # best and last of one run are two things
    made = [thing.net.model_dump(mode="json"), asdict(thing.shape), thing.classes, thing.hidden]
    return [*made, code_behind(thing.net)]
