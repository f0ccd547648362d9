"""Commands from a process that has imported everything and forks for each: importing anew takes seconds.

A command is a process of its own all the same, with its own folder, environment, output and end. As a script
this is that process: an order a line comes in, and the exit code goes out, as `subprocess` tells it.
"""

import gc
import importlib
import json
import os
import runpy
import signal
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

_IMPORTED = (
    "scipy.special",
    "torch",
    "paribus.analysis.held_out",
    "paribus.cli.progress",
    "paribus.cli.verdicts",
    "paribus.executors.worker",
    "paribus.report",
    "paribus.watching",
    "paribus.workbench",
)


@cache
def _prepared() -> "subprocess.Popen[str]":
    """The process; it ends with this one, for its input ends then."""
    return subprocess.Popen(
        [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )


def run_prepared(folder: Path, words: tuple[str, ...], timeout: int) -> "subprocess.CompletedProcess[str]":
    """`paribus ...` in `folder`, ended by SIGALRM after `timeout` seconds."""
    process = _prepared()
    assert process.stdin is not None
    assert process.stdout is not None
    with tempfile.NamedTemporaryFile() as out, tempfile.NamedTemporaryFile() as err:
        order = {
            "folder": str(folder),
            "words": words,
            "environment": dict(os.environ),
            "streams": [os.devnull, out.name, err.name],
            "timeout": timeout,
        }
        process.stdin.write(json.dumps(order) + "\n")
        code = int(process.stdout.readline())
        said = Path(out.name).read_text(encoding="utf-8"), Path(err.name).read_text(encoding="utf-8")
    return subprocess.CompletedProcess(["paribus", *words], code, *said)


def _become_commands() -> None:
    """Returns in each process that is to be a command, and in the first one never."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            return _become(json.loads(line))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)
    os._exit(0)


def _become(order: dict[str, Any]) -> None:
    signal.alarm(order["timeout"])
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    for stream, place in enumerate(order["streams"]):
        os.dup2(os.open(place, os.O_RDWR), stream)
    sys.argv = ["paribus", *order["words"]]
    sys.path[0] = order["folder"]


if __name__ == "__main__":
    for name in _IMPORTED:
        importlib.import_module(name)
    gc.freeze()
    _become_commands()
    runpy.run_module("paribus", run_name="__main__", alter_sys=True)
