"""The documents name only studies that ship, and verbs that there are."""

import re
import shlex
from pathlib import Path

import pytest

from paribus.cli import VERBS
from paribus.studies import find_shipped

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "studies.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("document", ["README.md", "CHANGELOG.md", "docs/studies.md", "docs/python.md"])
def test_every_study_that_a_document_names_ships(document):
    text = (ROOT / document).read_text(encoding="utf-8")
    named = re.findall(r"(?<![\w/])r\d(?:-[\w-]+)?/[a-z][\w-]+", text)
    assert named
    for name in named:
        assert find_shipped(name) is not None, name


def test_the_commands_of_the_page_are_commands():
    commands = [shlex.split(line, comments=True) for line in re.findall(r"^paribus .*", PAGE, re.MULTILINE)]
    assert len(commands) > 5
    for paribus, verb, *_ in commands:
        assert (paribus, verb in VERBS) == ("paribus", True)
