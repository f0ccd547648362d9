"""What this machine's processors are called, how many there are for us, and what they do. Needs no torch."""

import os
import platform
from functools import cache
from pathlib import Path

_BF16 = {"avx512_bf16", "amx_bf16", "bf16"}  # flags of x86, and of ARM

SLOW_BF16 = "this processor has no bf16 instructions: precision = 'bf16' works on it, slowly"


@cache
def processor_name() -> str:
    return _lines_of_cpuinfo().get("model name") or platform.processor() or platform.machine()


def count_processors() -> int:
    """Those that this process may use: a batch system or `taskset` may allow it a few of many."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # a system that knows no such thing
        return os.cpu_count() or 1


@cache
def computes_bf16() -> bool | None:
    """None where the system does not say."""
    found = _lines_of_cpuinfo()
    flags = found.get("flags") or found.get("Features")
    return None if flags is None else bool(_BF16 & set(flags.split()))


def _lines_of_cpuinfo(path: Path = Path("/proc/cpuinfo")) -> dict[str, str]:
    """Of the first processor, as Linux has them."""
    try:
        lines = path.read_text(encoding="utf-8").partition("\n\n")[0].splitlines()
    except OSError:
        return {}
    pairs = (line.partition(":") for line in lines)
    return {name.strip(): value.strip() for name, _, value in pairs}
