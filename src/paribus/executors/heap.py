"""Memory that one step gave back serves the next. Needs no torch.

glibc hands large blocks back to the system when they are freed, and in the next step they come back empty,
page by page: up to a third of a step's time. A process that only trains loses nothing by keeping what it had.
"""

import ctypes

_TRIM_THRESHOLD, _MMAP_MAX = -1, -4  # glibc's numbers for these settings
_NEVER = 2**31 - 1


def keep_freed_memory() -> None:
    """For the rest of this process. Does nothing where the system has another allocator."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return
    mallopt(_TRIM_THRESHOLD, _NEVER)
    mallopt(_MMAP_MAX, 0)
