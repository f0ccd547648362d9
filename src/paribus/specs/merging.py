"""How one setting replaces another: profiles, `--set`, factors and arms all merge by these rules.

A dotted place reaches inside tables; a wide place is put before those inside it, and a name before what it
names, in whichever order they are given. A table merges key by key; a table with another `name`, or another
bare name, replaces the whole, for the options of a plain net mean nothing to an MLP. Works on plain values,
before they are validated.
"""

import copy
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from paribus.errors import SpecError


def merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with `changes`, whose keys may be dotted places; neither argument is altered.

    Only the outermost keys are places: the keys of a table inside are names as they stand, dots and all.
    """
    result = copy.deepcopy(dict(base))
    for place in sorted(changes, key=lambda place: (place.count("."), not place.endswith(".name"))):
        _put(result, place.split("."), changes[place], place)
    return result


def flat_places(
    tree: Mapping[str, Any], ends: Collection[str] = (), under: str = ""
) -> Iterator[tuple[str, Any]]:
    """Values by dotted place, for TOML reads `optimizer.lr = [0.1]` as a table in a table.

    A table that is empty, or has a key of `ends`, is a value itself.
    """
    for key, value in tree.items():
        if isinstance(value, dict) and value and not value.keys() & set(ends):
            yield from flat_places(value, ends, f"{under}{key}.")
        else:
            yield f"{under}{key}", value


def take_places(changes: dict[str, Any], table: str, ends: Collection[str] = ()) -> dict[str, Any]:
    """Takes out of the changes what they say inside a table whose keys are places, however it is spelled."""
    outer, _, key = table.rpartition(".")
    said = []
    if outer and isinstance(around := changes.get(outer), dict) and isinstance(around.get(key), dict):
        changes[outer] = {name: value for name, value in around.items() if name != key}
        said.append(around[key])
    if isinstance(changes.get(table), dict):
        said.append(changes.pop(table))
    narrow = [place for place in changes if place.startswith(f"{table}.")]
    said += [{place.removeprefix(f"{table}."): changes.pop(place)} for place in narrow]
    return {place: value for tree in said for place, value in flat_places(tree, ends)}


def without_outdone(tables: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Arms or stages, whose own keys are dotted places, without those that `changes` says anew.

    Else a narrow place that stood there before would be put after what was meant to replace it.
    """
    new = merged({}, changes)
    return {name: _without_outdone(table, new.get(name)) for name, table in tables.items()}


def _without_outdone(table: Any, new: Any) -> Any:
    if not isinstance(table, dict) or not isinstance(new, dict):
        return table
    said = set(_places(new))
    replaced = {place.removesuffix("name") for place in said if place.endswith(".name")}  # tables as a whole
    outdone = tuple(replaced | {f"{place}." for place in said})
    return {
        place: value
        for place, value in table.items()
        if "." not in place or not f"{place}.".startswith(outdone)
    }


def _places(table: Mapping[str, Any]) -> Iterator[str]:
    """Of every value inside, dotted."""
    for key, value in table.items():
        inside = _places(value) if isinstance(value, dict) else [""]
        yield from (f"{key}.{place}".removesuffix(".") for place in inside)


def _put(tree: dict[str, Any], path: list[str], value: Any, place: str) -> None:
    for depth, key in enumerate(path[:-1]):
        off = tree.get(key) is None or tree[key] is False
        tree[key] = {} if off else _as_table(tree[key])
        if isinstance(tree[key], list | tuple):  # a list of named tables is reached by name
            tree[key] = [_as_table(item) for item in tree[key]]
            return _put_in_list(tree[key], path[depth + 1 :], value, place)
        if not isinstance(tree[key], dict):
            raise SpecError(f"{place}: no such setting; '{'.'.join(path[: depth + 1])}' is no table")
        tree = tree[key]
    if path[-1] == "name" and len(path) > 1 and tree.get("name") != value:
        tree.clear()  # the options of another thing mean nothing to this one
    tree[path[-1]] = _merged_value(tree.get(path[-1]), value)
    return None


def _put_in_list(items: list[Any], path: list[str], value: Any, place: str) -> None:
    for item in items:
        if isinstance(item, dict) and item.get("name") == path[0] and len(path) > 1:
            return _put(item, path[1:], value, place)
    names = ", ".join(str(item.get("name")) for item in items if isinstance(item, dict)) or "empty"
    raise SpecError(f"{place}: no such setting; the list holds: {names}")


def _as_table(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


def _merged_value(old: Any, new: Any) -> Any:
    if isinstance(new, str) and isinstance(old, dict) and old.get("name") == new:
        return old  # the name that it has already
    if not isinstance(new, dict):
        return copy.deepcopy(new)
    old = _as_table(old)
    if not isinstance(old, dict) or ("name" in new and new["name"] != old.get("name")):
        old = {}
    return old | {key: _merged_value(old.get(key), value) for key, value in new.items()}
