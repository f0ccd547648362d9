"""What a validation error looks like to the person who wrote the file: one line a fault."""

from typing import Any

from pydantic import ValidationError

from paribus.specs.words import quoted

_EXPECTED = {
    "int_type": "expected a whole number",
    "float_type": "expected a number",
    "bool_type": "expected true or false",
    "string_type": "expected a text in quotes",
    "tuple_type": "expected a list in brackets",
    "dict_type": "expected a table",
    "model_type": "expected a table",
    "finite_number": "expected a finite number",
}
_PYDANTIC_SPEAKS = {
    "greater_than": "must be greater than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "too_short": "must hold at least {min_length}",
    "too_long": "must hold at most {max_length}",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
    "literal_error": "known: {expected}",
}


def error_lines(error: ValidationError, where: str, under: str = "") -> list[str]:
    """`study.toml: run.net.name: unknown net 'lenet'; known: ...`, one for each fault."""
    faults = error.errors(include_url=False)
    return [_line(fault, where, under) for fault in faults if not _follows_from_another(fault, faults)]


def _follows_from_another(fault: Any, faults: list[Any]) -> bool:
    """A list whose only member is wrong also counts as too short."""
    place = fault["loc"]
    return fault["type"] == "too_short" and any(
        other["loc"][: len(place)] == place and len(other["loc"]) > len(place) for other in faults
    )


def _line(fault: Any, where: str, under: str) -> str:
    context = fault.get("ctx", {})
    steps = [str(step) for step in fault["loc"] if not str(step).startswith("<")]
    if "key" in context:
        steps.append(str(context["key"]))
    steps = [step if step.isprintable() else repr(step) for step in steps]
    place = ".".join(filter(None, [under, *steps]))
    return ": ".join(filter(None, [where, place, _what(fault, context)]))


def _what(fault: Any, context: dict[str, Any]) -> str:
    kind, given = fault["type"], quoted(fault["input"])
    if kind == "missing":
        return "missing; it must be given"
    if kind in _EXPECTED:
        return f"given {given}; {_EXPECTED[kind]}"
    if kind in _PYDANTIC_SPEAKS:
        return f"given {given}; {_PYDANTIC_SPEAKS[kind].format(**context)}"
    return str(fault["msg"])
