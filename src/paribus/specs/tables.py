"""How a literal table of named things becomes a setting: `net = { name = "plain", widths = [32, 64] }`.

An entry of a table names the options of a thing (validated here, without torch) and its builder as
"module:function", which is imported only when it is used. `OneOf` turns the table into a type.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Literal

from pydantic import ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from paribus.errors import SpecError
from paribus.specs.base import Options, Plain
from paribus.specs.words import did_you_mean, known, quoted, with_article

Layout = Literal["channels-last", "contiguous"]


@dataclass(frozen=True)
class Entry:
    """One line of a table. `version` grows when the same options come to mean other bits."""

    options: type[Options]
    build: str
    version: int = 1
    layout: Layout = "channels-last"  # how images lie in memory where a net trains fastest: docs/nets.md


class FreeOptions(Options):
    """The options of a thing that is not ours; what they may be is its affair."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Plain] = Field(init=False)

    def arguments(self) -> dict[str, Any]:
        """The options without the name: keyword arguments of the thing."""
        return dict(self.model_extra or {})


class UserOptions(FreeOptions):
    """The options of the user's own thing, `"my_module:MyNet"`."""


@dataclass(frozen=True, eq=False)  # one is like no other: types that are annotated want a hash
class OneOf:
    """The annotation of a setting that is one entry of `table`, given as a table or a bare name."""

    noun: str
    table: Mapping[str, Entry]
    default: str | None = None  # the name that a table without one means
    users: type[Options] | None = None  # the options of "module:object", where that is welcome
    libraries: Mapping[str, type[Options]] = field(default_factory=dict)  # of "library:name", by library

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        choices = {_tag(name): handler.generate_schema(e.options) for name, e in self.table.items()}
        if self.users:
            choices[_tag("module:object")] = handler.generate_schema(self.users)
        choices |= {_tag(f"{name}:"): handler.generate_schema(o) for name, o in self.libraries.items()}
        union = core_schema.tagged_union_schema(choices, self._choose)
        return core_schema.no_info_before_validator_function(self._spell_out, union)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """One of the tables, which needs its name unless it is the default's, or a bare name."""
        tables: dict[str, CoreSchema] = schema["schema"]["choices"]
        choices: list[dict[str, Any]] = [{"enum": sorted(self.table)}]
        for tag, table in tables.items():
            choice = handler(table)
            if tag != _tag(self.default or ""):
                choice = {**choice, "required": sorted({"name", *choice.get("required", [])})}
            if pattern := self._pattern(tag):
                named = {"type": "string", "pattern": pattern}
                choices.append(named)
                choice = {**choice, "properties": {**choice.get("properties", {}), "name": named}}
            choices.append(choice)
        return {"oneOf": choices}

    def _pattern(self, tag: str) -> str | None:
        """What names have that are in no table, as an editor sees it; `is_user_object` looks closer."""
        if tag == _tag("module:object"):
            others = "".join(f"(?!{library}:)" for library in self.libraries)
            return f"^{others}[^:]+:[^:]+$"
        library = tag.strip("<>")
        return f"^{library}[^:]+$" if library.endswith(":") else None

    def _spell_out(self, given: Any) -> Any:
        """A bare name becomes a table; a name that nobody knows is refused here, with the nearest."""
        if isinstance(given, self._kinds()):
            return given
        if isinstance(given, str):
            given = {"name": given}
        if not isinstance(given, dict):
            raise PydanticCustomError(
                "no_table",
                "given {given}; expected the name of {noun} or a table with a name; {known}",
                {"given": quoted(given), "noun": with_article(self.noun), "known": known(self.table)},
            )
        name = given.get("name", self.default)
        if not isinstance(name, str) or not self._knows(name):
            raise PydanticCustomError(
                "unknown_name",
                "{what}; {known}{users}.{hint}",
                {
                    "key": "name",
                    "what": "missing" if name is None else f"unknown {self.noun} {quoted(name)}",
                    "known": known(self.table),
                    "users": self._others(),
                    "hint": did_you_mean(name, self.table) if isinstance(name, str) else "",
                },
            )
        return given | {"name": name}

    def _kinds(self) -> tuple[type[Options], ...]:
        kinds = tuple(entry.options for entry in self.table.values())
        kinds = (*kinds, *self.libraries.values())
        return (*kinds, self.users) if self.users else kinds

    def _others(self) -> str:
        libraries = "".join(f", '{library}:name'" for library in self.libraries)
        return libraries + (", or your own 'module:object'" if self.users else "")

    def _knows(self, name: str) -> bool:
        from_library = name.partition(":")[0] in self.libraries and ":" in name
        return name in self.table or from_library or (self.users is not None and is_user_object(name))

    def _choose(self, given: Any) -> str:
        name = given.name if isinstance(given, Options) else given["name"]
        library, colon, _ = name.partition(":")
        if colon and library in self.libraries:
            return _tag(f"{library}:")
        return _tag(name if name in self.table else "module:object")


def _tag(name: str) -> str:
    """Marked, so that a message can tell a chosen name from a key of the file."""
    return f"<{name}>"


def is_user_object(name: str) -> bool:
    module, colon, attribute = name.partition(":")
    return bool(colon) and all(part.isidentifier() for part in [*module.split("."), attribute])


def import_object(path: str) -> Any:
    """What "module:object" names."""
    module, _, attribute = path.partition(":")
    try:
        return getattr(import_module(module), attribute)
    except (Exception, SystemExit) as error:  # a user's module may raise anything
        raise SpecError(f"cannot import '{path}': {type(error).__name__}: {error}") from error


def builder_of(table: Mapping[str, Entry], options: Options) -> Any:
    """The function or class that makes what `options` ask for."""
    return import_object(table[options.name].build if options.name in table else options.name)
