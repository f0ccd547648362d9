"""The command line as a user drives it: processes and files of its own."""

import subprocess
import sys
from pathlib import Path

from .prepared import run_prepared

SMALL = """
[study]
title = "Which rate?"
control = "optimizer.lr=0.01"
seeds = 2

[run]
data = "digits"
net = { name = "mlp", hidden = [32] }
batch_size = 128
epochs = 2

[factors]
"optimizer.lr" = [0.01, 0.001]
"""


def write_study(folder: Path, text: str = SMALL, name: str = "study.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def paribus(
    folder: Path, *words: str, code: int = 0, timeout: int = 200, workers: bool = False
) -> "subprocess.CompletedProcess[str]":
    """Runs `paribus ...` in `folder`, and insists on the exit code.

    Unless `workers` are to train, or an executor is named, the command does so itself: the bits are the same.
    """
    if words[0] in {"run", "test"} and not workers and "--executor" not in words:
        words += ("--executor", "inline")
    run = run_prepared if sys.platform == "linux" else _run_anew
    done = run(folder, words, timeout)
    assert done.returncode == code, f"{words}: exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


def _run_anew(folder: Path, words: tuple[str, ...], timeout: int) -> "subprocess.CompletedProcess[str]":
    """Where a process that has loaded torch may not fork."""
    return subprocess.run(
        [sys.executable, "-m", "paribus", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=timeout,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))
