"""The page on searching: its study is run, and its sentences are those printed."""

import re
import tomllib
from pathlib import Path

import pytest

from paribus.executors.asking import MOST_MISSES
from paribus.search.space import DIGITS
from paribus.specs import parse_study
from paribus.specs.search import FIRST_SEED, SearchSpec
from tests.docs.blocks import find_block
from tests.functional.commands import paribus

PAGE = (Path(__file__).parents[2] / "docs" / "search.md").read_text(encoding="utf-8")


def shape(text):
    """Words, whatever the figures: these may differ on another kind of processor."""
    text = re.sub(r"points? refused", "points refused", re.sub(r"(lower|higher)\.", "lower.", text))
    return re.sub(r"[+\u2212]?\d[\d.]*", "0", text).strip()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("page")
    (place / "budget.toml").write_text(find_block(PAGE, "toml", "Which net under"), encoding="utf-8")
    return place


@pytest.mark.slow
def test_what_the_page_shows_is_what_is_printed(folder):
    printed = [shape(line) for line in paribus(folder, "run", "budget.toml").stdout.splitlines()]
    for line in find_block(PAGE, "text", "is the best of 16 trials").splitlines():
        assert shape(line) in printed


def test_check_of_the_page_s_study_tells_its_search(folder):
    assert (
        "Search: 16 trials, learned by TPE, with seed 1000." in paribus(folder, "check", "budget.toml").stdout
    )


def test_the_page_has_the_figures_that_are_used():
    search = SearchSpec(trials=16, space={"epochs": [1, 2]})
    assert (search.startup_trials, search.batch, search.eta or 3) == (10, 4, 3)
    assert "the first 10 (`startup`) are drawn; then four at a time (`batch`)" in PAGE
    assert "one in three (`eta`)" in PAGE
    assert (DIGITS, MOST_MISSES, FIRST_SEED) == (4, 100, 1000)
    assert "Drawn numbers have four digits" in PAGE
    assert "where 100 in a row do" in PAGE


def test_the_study_file_s_example_is_a_search():
    page = (Path(__file__).parents[2] / "docs" / "study-file.md").read_text(encoding="utf-8")
    block = find_block(page, "toml", "[search.space]")
    study = {"study": {"title": "t"}, "run": {"data": "digits", "net": "plain"}} | tomllib.loads(block)
    assert parse_study(study).search.trials == 24
    for option in SearchSpec.model_fields:
        assert f"| `{option}` |" in page
