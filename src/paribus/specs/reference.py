"""The options of every named thing as a document: `python -m paribus.specs.reference` prints docs/options.md.

What a thing is comes from its class's docstring, what an option means from the comment behind its field, what
it may be from its type. Knows the literal tables only, so a new entry is in the document by itself.
"""

import inspect
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from paribus.specs.augments import AUGMENTS, AugmentOptions
from paribus.specs.base import Options
from paribus.specs.datasets import DATASETS, DataOptions
from paribus.specs.files import value_toml
from paribus.specs.nets import NETS
from paribus.specs.optimizers import OPTIMIZERS, OptimizerOptions
from paribus.specs.schedules import SCHEDULES, ScheduleOptions
from paribus.specs.tables import Entry

_HEAD = """# What can be named, and its options

Made from the code: `python -m paribus.specs.reference`. [The study file](study-file.md) says where they go.

Each may be given by its name alone, or as a table with a name and options, such as
`{ name = "shift-crop", pixels = 2 }`. Any option may be a factor, such as `"optimizer.momentum"`.
"""


@dataclass(frozen=True)
class _Section:
    title: str
    setting: str  # where a study names one of them
    table: Mapping[str, Entry]
    shared: type[Options]  # whose options all of them have


_SECTIONS = (
    _Section("Data sets", "run.data", DATASETS, DataOptions),
    _Section("Augmentations", "run.augment", AUGMENTS, AugmentOptions),
    _Section("Nets", "run.net", NETS, Options),
    _Section("Optimizers", "run.optimizer", OPTIMIZERS, OptimizerOptions),
    _Section("Schedules", "run.schedule", SCHEDULES, ScheduleOptions),
)
_USERS_OWN = (
    'Or one of torchvision or timm, `"timm:resnet18"`: see [nets of others](zoo.md); '
    'or one of yours, `"my_module:MyNet"`: see [your own nets](own-nets.md).\n'
)


def options_page() -> str:
    return "\n".join([_HEAD, *(part for section in _SECTIONS for part in _section(section))])


def _section(section: _Section) -> Iterator[str]:
    yield f"## {section.title}: `{section.setting}`\n"
    if section.shared is Options:
        yield _USERS_OWN
    else:
        yield f"{inspect.getdoc(section.shared)}\n"
        yield _options_table(section.shared, Options)
    for name, entry in section.table.items():
        yield f"### {name}\n"
        yield f"{(inspect.getdoc(entry.options) or '').splitlines()[0]}\n"
        if own := _options_table(entry.options, section.shared):
            yield own


def _options_table(options: type[Options], beyond: type[Options]) -> str:
    """The options that `options` adds to those of `beyond`, or sets otherwise; empty where there are none."""
    classes = [kind for kind in options.__mro__ if issubclass(kind, beyond) and kind is not beyond]
    added = {field for kind in classes for field in inspect.get_annotations(kind)} - {"name"}
    if not added:
        return ""
    schema = options.model_json_schema()["properties"]
    rows = ["| option | may be | default | |", "|---|---|---|---|"]
    for name, field in options.model_fields.items():
        if name in added:
            default = "must be given" if field.is_required() else f"`{_default(field.default)}`"
            rows.append(f"| `{name}` | {_allowed(schema[name])} | {default} | {meaning(options, name)} |")
    return "\n".join(rows) + "\n"


def meaning(options: type[Options], field: str) -> str:
    """The comment behind the field, or behind the one that it replaces."""
    for kind in options.__mro__:
        if issubclass(kind, Options):
            found = re.search(rf"^    {field}: .*?  # (.+)$", inspect.getsource(kind), re.MULTILINE)
            if found:
                return found[1]
    raise LookupError(f"{options.__name__}.{field}: no comment behind it says what it means")


def _default(value: Any) -> str:
    return "false" if value is None else value_toml(value)


def _allowed(schema: Mapping[str, Any]) -> str:
    """A JSON Schema in words."""
    if "anyOf" in schema:
        choices = sorted(schema["anyOf"], key=lambda choice: choice.get("type") != "null")
        return " or ".join(_allowed(choice) for choice in choices)
    if "enum" in schema:
        return ", ".join(f"`{value_toml(value)}`" for value in schema["enum"])
    match schema["type"]:
        case "object":
            return f"a table, each {_allowed(schema['additionalProperties'])}"
        case "array":
            return f"a list{_length(schema)}, each {_allowed(schema['items'])}"
        case "integer":
            return f"a whole number{_bounds(schema)}"
        case "number":
            return f"a number{_bounds(schema)}"
        case kind:
            return {"boolean": "`true` or `false`", "string": "a text", "null": "`false`"}[kind]


def _bounds(schema: Mapping[str, Any]) -> str:
    words = {"minimum": " from {:,}", "exclusiveMinimum": " above {:,}", "exclusiveMaximum": ", below {:,}"}
    if "maximum" in schema:
        words["maximum"] = " to {:,}" if "minimum" in schema else ", up to {:,}"
    elif "minimum" in schema and "exclusiveMaximum" not in schema:
        words["minimum"] = " from {:,} up"
    return "".join(text.format(schema[key]) for key, text in words.items() if key in schema)


def _length(schema: Mapping[str, Any]) -> str:
    if "maxItems" in schema:
        least, most = schema.get("minItems", 0), schema["maxItems"]
        return f" of {most}" if least == most else f" of {least} to {most}"
    return f" of at least {schema['minItems']}" if "minItems" in schema else ""


if __name__ == "__main__":
    sys.stdout.write(options_page())
