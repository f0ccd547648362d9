"""The JSON Schema of study files, by which editors complete and check them.

`python -m paribus.specs.schema` writes it beside this module; a test keeps the shipped file fresh.
"""

import json
from pathlib import Path
from typing import Any

from paribus.specs.study import StudySpec

SCHEMA_PATH = Path(__file__).with_name("study.schema.json")


def study_schema() -> dict[str, Any]:
    schema = _with_false_for_none(StudySpec.model_json_schema())
    schema["properties"]["profiles"] = {
        "type": "object",
        "description": "settings to replace when a profile is asked for, by its name",
        "additionalProperties": {"type": "object"},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "paribus study",
        **{key: value for key, value in schema.items() if key != "title"},
    }


def _with_false_for_none(schema: Any) -> Any:
    """TOML has no null; what may be none is switched off by `false`."""
    if isinstance(schema, list):
        return [_with_false_for_none(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: _with_false_for_none(part) for key, part in schema.items()}
    if {"type": "null"} in plain.get("anyOf", []):
        plain["anyOf"].append({"const": False})
    return plain


def write_schema(path: Path = SCHEMA_PATH) -> None:
    path.write_text(json.dumps(study_schema(), indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_schema()
