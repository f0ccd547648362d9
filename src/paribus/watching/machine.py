"""How much memory the runs of this machine take, asked of the system by process."""

from typing import Any

import psutil

from paribus.store import host_name
from paribus.watching.views import StudyView

KEY_LETTERS = 16  # of a fingerprint: enough to tell runs apart
_MEGABYTE = 1 << 20
_STEP = 8  # MiB: what changes by less is no news


def measure_memory(view: StudyView) -> dict[str, Any]:
    """In MiB: each running run of this host by its fingerprint, and the machine's own."""
    memory = psutil.virtual_memory()
    used = {
        run.fingerprint[:KEY_LETTERS]: taken
        for _, run in view.running
        if run.signs.host == host_name()
        and (taken := _resident(run.signs.pid, run.signs.pid_started)) is not None
    }
    return {"runs": used, "free": _rounded(memory.available), "all": _rounded(memory.total)}


def _resident(pid: int | None, started: float | None) -> int | None:
    """None where the process is gone, or another one has its number."""
    if pid is None or started is None:
        return None
    try:
        process = psutil.Process(pid)
        same = abs(process.create_time() - started) < 1.0
        return _rounded(process.memory_info().rss) if same else None
    except psutil.Error:
        return None


def _rounded(size_bytes: int) -> int:
    return round(size_bytes / _MEGABYTE / _STEP) * _STEP
