"""The page on finding rates and batch sizes: its study and commands run, its sentence is the one printed."""

import re
from pathlib import Path

import pytest

from paribus.training.suggesting import LEAST_FALL, LEFT_OF_LOWEST, SURE
from tests.docs.blocks import find_block
from tests.functional.commands import paribus

PAGE = (Path(__file__).parents[2] / "docs" / "finding.md").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "wide.toml").write_text(find_block(PAGE, "toml", "How wide?"), encoding="utf-8")
    return tmp_path


def shape(text):
    """Words, whatever the figures: these may differ on another kind of processor."""
    return re.sub(r"\d[\d.]*(e[+-]\d+)?", "0", text).strip()


def test_the_suggestion_of_the_page_is_what_is_printed(folder):
    printed = paribus(folder, "find-lr", "wide.toml").stdout.splitlines()[-1]
    shown = find_block(PAGE, "text", "Suggested: optimizer.lr")
    assert shape(printed) == shape(shown)


def test_every_command_of_the_page_runs(folder):
    commands = re.findall(r"`paribus ([^`]*wide\.toml[^`]*)`", PAGE)
    assert len(commands) == 4
    for command in commands:
        assert paribus(folder, *command.split()).stdout


def test_the_page_has_the_share_that_is_used():
    assert (LEFT_OF_LOWEST, SURE, LEAST_FALL) == (5.0, 4.0, 0.1)
    assert "**a fifth of the rate at which they" in PAGE
    assert "less than four standard errors" in PAGE
