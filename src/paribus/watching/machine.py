"""How much memory the runs of this machine take, asked of the system by process."""

from typing import Any

import psutil

from paribus.store import RunSigns, find_process
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
        if (taken := _resident(run.signs)) is not None
    }
    return {"runs": used, "free": _rounded(memory.available), "all": _rounded(memory.total)}


def _resident(signs: RunSigns) -> int | None:
    """None where the process is gone, or none of this host's."""
    process = find_process(signs.host, signs.pid, signs.pid_started)
    try:
        return _rounded(process.memory_info().rss) if process else None
    except psutil.Error:
        return None


def _rounded(size_bytes: int) -> int:
    return round(size_bytes / _MEGABYTE / _STEP) * _STEP
