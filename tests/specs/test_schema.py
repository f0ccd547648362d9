"""The JSON Schema by which editors check study files, against an independent validator."""

import json
import tomllib

import pytest
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator

from paribus.errors import SpecError
from paribus.specs import parse_study, study_toml
from paribus.specs.schema import SCHEMA_PATH, study_schema, write_schema

from .strategies import STUDIES
from .test_files import STUDY

VALIDATOR = Draft202012Validator(study_schema())


def is_welcome(study):
    """Whether an editor finds no fault in it."""
    return VALIDATOR.is_valid(json.loads(json.dumps(study)))


def parses(study):
    try:
        parse_study({table: content for table, content in study.items() if table != "profiles"})
    except SpecError:
        return False
    return True


def study_with(**tables):
    study = {"study": {"title": "t"}, "run": {"data": "digits", "net": "lenet5"}}
    return study | {table: content and study.get(table, {}) | content for table, content in tables.items()}


def test_the_schema_is_a_schema():
    Draft202012Validator.check_schema(study_schema())


def test_the_shipped_schema_is_fresh():
    """Where this fails: python -m paribus.specs.schema."""
    assert json.loads(SCHEMA_PATH.read_text(encoding="utf-8")) == study_schema()


def test_the_shipped_schema_is_what_writing_it_gives(tmp_path):
    write_schema(tmp_path / "schema.json")
    assert (tmp_path / "schema.json").read_bytes() == SCHEMA_PATH.read_bytes()


@given(STUDIES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_valid_study_is_welcome_as_given_as_json_and_as_toml(plain):
    spec = parse_study(plain)
    assert is_welcome(plain)
    assert is_welcome(spec.model_dump(mode="json"))
    assert is_welcome(tomllib.loads(study_toml(spec)))


def test_a_whole_file_with_profiles_is_welcome():
    assert is_welcome(tomllib.loads(STUDY))


@pytest.mark.parametrize(
    "run",
    [
        {"net": "plain"},
        {"net": "my.module:Net"},
        {"net": {"name": "my.module:Net", "anything": [1]}},
        {"stop": True},
        {"stop": False},
        {"stop": {"patience": 3}},
        {"augment": False},
        {"augment": ["flip", {"name": "rotate", "degrees": 5}]},
        {"optimizer": "sgd"},
        {"optimizer": {"lr": 0.1}},
        {"optimizer": {"name": "sgd", "momentum": 0.5}},
        {"data": {"train": 100}},
        {"data": {"name": "folder", "path": "here"}},
        {"data": {"name": "digits", "per_class": False}},
    ],
)
def test_shorthands_of_a_recipe_are_welcome_and_parse(run):
    assert is_welcome(study_with(run=run))
    assert parses(study_with(run=run))


@pytest.mark.parametrize(
    "tables",
    [
        {"study": {"seeds": 8}},
        {"study": {"seeds": [3, 1]}},
        {"study": {"margin": False}},
        {"limits": {"parameters": False}},
        {"factors": {"optimizer.lr": [0.1]}},
        {"factors": {"optimizer": {"lr": [0.1]}}},
        {"arms": {"big": {"net.widths": [64], "optimizer": {"lr": 0.1}}}},
        {"study": {"about": "Some sentences."}},
        {"reference": {"a": {"train": 0.9, "loss": 1.5}, "b": False}},
        {"reference": False},
        {"claims": {"a is better": {"arm": "a", "beats": "b"}, "no claim": False}},
        {"claims": {"as good": {"arm": "a", "equals": "b"}}, "study": {"margin": 0.01}},
        {"claims": {"best": {"best": "a"}, "good": {"arm": "a", "reaches": 0.8}}},
        {"claims": {"bad": {"arm": "a", "diverges": True}}},
        {"claims": False},
        {"profiles": {"smoke": {"epochs": 1, "net": {"widths": [3]}, "study.seeds": 1}}},
    ],
)
def test_shorthands_beside_the_recipe_are_welcome_and_parse(tables):
    assert is_welcome(study_with(**tables))
    assert parses(study_with(**tables))


@pytest.mark.parametrize(
    "tables",
    [
        {"stdy": {}},
        {"study": {"tittle": "t"}},
        {"study": {"seeds": 0}},
        {"study": {"seeds": True}},
        {"study": {"seeds": []}},
        {"limits": {"paramters": 3}},
        {"reference": {"a": {"test": 1, "sorce": "x"}}},
        {"reference": {"a": {"source": "x"}}},
        {"reference": {"a": {"value": 0.5}}},
        {"claims": {"s": {"arm": "a", "beat": "b"}}},
        {"claims": {"s": {"arm": "a"}}},
        {"claims": {"s": {"best": "a", "arm": "a"}}},
        {"claims": {"s": {"arm": "a", "reaches": 88}}},
        {"claims": {"s": {"arm": "a", "diverges": False}}},
        {"claims": {"s": "a beats b"}},
        {"factors": {"optimizer.lr": 0.1}},
        {"factors": {"optimizer.lr": []}},
        {"arms": {"big": 3}},
        {"run": {"epoch": 3}},
        {"run": {"epochs": "3"}},
        {"run": {"epochs": True}},
        {"run": {"net": "lenet"}},
        {"run": {"net": {"name": "lenet"}}},
        {"run": {"net": {"name": 3}}},
        {"run": {"net": {"widths": [3]}}},
        {"run": {"net": {"name": "plain", "width": [3]}}},
        {"run": {"net": {"name": "plain", "kernel": 4}}},
        {"run": {"net": {"name": "plain", "kernel": True}}},
        {"run": {"optimizer": {"name": "sgd", "beta1": 0.5}}},
        {"run": {"optimizer": {"momentum": 0.5}}},
        {"run": {"optimizer": {"lr": 0}}},
        {"run": {"data": {"name": "folder"}}},
        {"run": {"augment": True}},
        {"run": {"augment": ["flop"]}},
        {"run": {"augment": [{"name": "flip", "probabilty": 1}]}},
        {"run": {"stop": 3}},
        {"run": {"stop": {"patients": 3}}},
    ],
)
def test_what_does_not_parse_is_marked_by_editors_too(tables):
    assert not is_welcome(study_with(**tables))
    assert not parses(study_with(**tables))


@pytest.mark.parametrize("profiles", [{"smoke": 3}, 3])
def test_profiles_are_tables(profiles):
    assert not is_welcome({**study_with(), "profiles": profiles})
