"""Help is for strangers, and instant."""

import subprocess
import sys

import pytest

from paribus.cli import VERBS

from .commands import SMALL, paribus, write_study

LIGHT = [["--help"], ["new", "other.toml"], ["status"], ["runs"], ["report"], ["check"]]


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_explains_itself(verb, tmp_path):
    told = paribus(tmp_path, verb, "--help").stdout
    assert told.startswith((f"Usage: paribus {verb}", f"Usage: python -m paribus {verb}"))
    assert "--help" in told
    assert len(told.splitlines()) > 6


def test_a_misspelt_verb_is_answered_with_the_nearest(tmp_path):
    assert "Did you mean 'status'?" in paribus(tmp_path, "statsu", code=2).stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("light")
    write_study(place, SMALL)
    paribus(place, "run")
    return place


@pytest.mark.parametrize("words", LIGHT, ids=lambda words: words[0])
def test_what_only_reads_does_not_import_torch(words, folder):
    """`check` may import it to count a net; this one was counted when it ran."""
    program = f"""
import sys
sys.argv = ["paribus", *{words!r}]
from paribus.cli import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print("torch" in sys.modules, "sklearn" in sys.modules, file=sys.stderr)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.stderr.strip() == "False False", done.stderr
