"""The net as torch.compile makes it, for batches of one size; others go through the net as it is.

So nothing is compiled twice within a run, and what is evaluated and kept is the net itself. Every run begins
with what this process compiled forgotten: after a number of nets torch gives up compiling, without a word.
"""

import os
import shutil
import sys
import time

import torch
from torch import Tensor

from paribus.errors import ExecutionError
from paribus.training.state import TrainingState

_COMPILERS = ("g++", "c++", "clang++")


class Compiled:
    """Called like the net."""

    def __init__(self, state: TrainingState, images: int) -> None:
        """`images`: of a whole batch."""
        refuse_without_compiler(state.step_losses.device)
        torch.compiler.reset()
        self._state, self._images = state, images
        self._compiled = torch.compile(state.net, dynamic=False)
        self._began: float | None = None

    def __call__(self, images: Tensor) -> Tensor:
        """Which way a batch goes follows from its size alone, so it is the same after an interruption."""
        state = self._state
        if self._began is not None and state.compile_seconds is None:
            state.compile_seconds = time.perf_counter() - self._began
            state.told.append(f"compiled: the first step took {state.compile_seconds:.1f} s")
        if len(images) != self._images // state.pieces:
            return state.net(images)  # type: ignore[no-any-return]
        self._began = self._began or time.perf_counter()
        return self._compiled(images)  # type: ignore[no-any-return]


def refuse_without_compiler(device: torch.device) -> None:
    """On a processor, torch.compile writes C++."""
    if device.type == "cpu" and not _has_compiler():
        raise ExecutionError(
            f"compile = true needs a C++ compiler, and here is none of {', '.join(_COMPILERS)}; "
            "install one, or leave compile away"
        )


def _has_compiler() -> bool:
    named = os.environ.get("CXX")
    return sys.platform == "win32" or any(shutil.which(name) for name in ([named] if named else _COMPILERS))
