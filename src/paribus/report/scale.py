"""What a chart's axis covers when one arm is far from all others."""

from collections.abc import Sequence

FAR = 8.0  # times as far out as the next arm: then it is off the scale, and an arrow says so


def choose_reach(extents: Sequence[float], least: float = 0.0) -> float:
    """How far from zero the axis goes: to the last extent before a jump of `FAR` times.

    Without this rule one arm that never learned would squeeze all others onto the zero line.
    """
    known = sorted(extent for extent in extents if extent > 0)
    if not known:
        return least or 1.0
    reach = known[0]
    for extent in known[1:]:
        if extent > FAR * max(reach, least):
            break
        reach = extent
    return max(reach, least)
