"""Weights that a net's makers offer by name, as files here; torch is imported only for what is new."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from paribus.nets.asides import write_aside
from paribus.nets.memory import code_behind, note, recall
from paribus.specs import digest
from paribus.specs.base import Options

KINDS = (".safetensors", ".pth", ".pt", ".bin")  # of files; what ends otherwise is a name
Tell = Callable[[int, int | None], None]  # bytes so far, of all where that is known


def find_offered(options: Options, name: str, folder: Path, tell: Tell) -> Path:
    """The file of the weights, downloaded where it is not in the folder yet, with its facts beside it."""
    memory = folder / "offered.json"
    key = digest([options.model_dump(mode="json"), name, code_behind(options)])
    known = recall(memory, key)
    if isinstance(known, str) and (folder / known).is_file() and facts_beside(folder / known) is not None:
        return folder / known
    from paribus.nets.fetching import fetch_published  # noqa: PLC0415  imports torch, which takes seconds
    from paribus.nets.published import find_published  # noqa: PLC0415

    published = find_published(options, name)
    file = fetch_published(published, folder, tell)
    facts = {"classes": published.classes, "name": published.name, "url": published.url}
    for what in ("mean", "deviation"):
        facts[what] = tuple(255 * value for value in getattr(published, what))
    write_aside(_beside(file), json.dumps(facts))
    note(memory, key, file.name)
    return file


def facts_beside(file: Path) -> dict[str, Any] | None:
    """What is known of published weights: classes, mean and deviation of values from 0 to 255."""
    try:
        facts = json.loads(_beside(file).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return facts if isinstance(facts, dict) else None


def _beside(file: Path) -> Path:
    return file.with_name(file.name + ".json")
