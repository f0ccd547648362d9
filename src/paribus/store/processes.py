"""By what a process is known again, from any process of the same boot of the same host."""

import os
import socket
import sys
from functools import cache
from pathlib import Path
from typing import Any

import psutil

_START_TICKS = 19  # its place after the name, which may hold blanks; the 22nd of all


def this_process() -> dict[str, Any]:
    """The columns by which `find_process` knows it."""
    pid = os.getpid()
    return {"host": host_name(), "pid": pid, "pid_started": _started(psutil.Process(pid))}


def find_process(host: str | None, pid: int | None, started: float | None) -> psutil.Process | None:
    """None where it is gone, or of another host; a number may be used again, but not with the same start."""
    if host != host_name() or pid is None or started is None:
        return None
    try:
        process = psutil.Process(pid)
        same = abs(_started(process) - started) < 1.0
        return process if same and process.status() != psutil.STATUS_ZOMBIE else None
    except (psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):
        return None


def _started(process: psutil.Process) -> float:
    """In seconds since the boot, where the system tells them: no setting of the clock moves those."""
    if sys.platform != "linux":
        return float(process.create_time())
    stat = Path(f"/proc/{process.pid}/stat")
    after_name = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    return int(after_name[_START_TICKS]) / os.sysconf("SC_CLK_TCK")


@cache
def host_name() -> str:
    """Names the host and this boot of it: process numbers mean nothing across either."""
    parts = [socket.gethostname()]
    for place, fallback in [
        (Path("/proc/sys/kernel/random/boot_id"), str(round(psutil.boot_time()))),
        (Path("/proc/self/ns/pid"), ""),  # containers on one host count processes apart
    ]:
        try:
            parts.append(str(place.readlink()) if place.is_symlink() else place.read_text().strip()[:12])
        except OSError:
            parts.append(fallback)
    return "/".join(filter(None, parts))
