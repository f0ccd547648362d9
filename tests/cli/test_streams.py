"""Terminals of another time, closed ones, and disks that are full: each command, in a process of its own."""

import subprocess
import sys

import pytest

from paribus.cli.streams import _PLAIN
from tests.functional.commands import paribus, write_study

TALKING = ["status study.toml", "runs study.toml", "check study.toml", "study list", "run study.toml"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    write_study(folder)
    paribus(folder, "run", "study.toml")
    return folder


def shell(folder, line, **environment):
    """What a shell makes of `paribus LINE`."""
    return subprocess.run(
        ["bash", "-c", f"{sys.executable} -m paribus {line}"],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), **environment},
        capture_output=True,
        check=False,
        timeout=200,
    )


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_that_knows_few_letters_gets_plain_ones(folder, encoding):
    (folder / "study.html").unlink(missing_ok=True)
    done = shell(folder, "run study.toml", PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "against optimizer.lr=0.01: -" in done.stdout.decode(encoding)
    assert (folder / "study.html").exists()


def test_every_letter_has_a_plain_one():
    assert all(plain.isascii() for plain in _PLAIN.values())


@pytest.mark.parametrize("line", TALKING)
def test_a_full_disk_is_said_in_one_line(folder, line):
    done = shell(folder, f"{line} > /dev/full")
    assert done.returncode == 2
    assert done.stderr == (
        b"paribus: what it has to say cannot be written: No space left on device; nothing is lost\n"
    )


@pytest.mark.parametrize("line", TALKING)
def test_nobody_has_to_listen(folder, line):
    done = shell(folder, f"{line} >&-")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.mark.parametrize(
    "line", ["test study.toml <&-", "run nosuch.toml 2> /dev/full", "run nosuch.toml 2>&-"]
)
def test_the_code_says_what_cannot_be_asked_or_said(folder, line):
    done = shell(folder, line)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
