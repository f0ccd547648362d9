"""Numbers as people read them: shares as per cent, differences in points, with no digit too many."""

from datetime import UTC, datetime

from paribus.analysis.results import Conclusion
from paribus.analysis.sentences import points

MINUS = "\N{MINUS SIGN}"
NOTHING = "\N{EN DASH}"


def choose_decimals(conclusion: Conclusion) -> int:
    """Of scores in per cent: one, or two where an arm's interval is narrower than one can show."""
    halves = [
        (arm.high - arm.low) / 2 for arm in conclusion.arms if arm.low is not None and arm.high is not None
    ]
    return 2 if any(0 < half < 0.001 for half in halves) else 1


def as_percent(share: float | None, decimals: int = 1) -> str:
    return NOTHING if share is None else f"{100 * share:.{decimals}f}".replace("-", MINUS)


def as_points(difference: float | None) -> str:
    """A difference in percentage points, digit for digit as the sentences have it."""
    return NOTHING if difference is None else points(difference)


def as_interval(low: float | None, high: float | None) -> str:
    """An interval of differences, in points."""
    return "" if low is None or high is None else f"[{as_points(low)}, {as_points(high)}]"


def as_range(low: float | None, high: float | None, decimals: int) -> str:
    """An interval of shares, in per cent."""
    known = low is not None and high is not None
    return f"[{as_percent(low, decimals)}, {as_percent(high, decimals)}]" if known else ""


def as_count(number: int | None) -> str:
    return NOTHING if number is None else f"{number:,}"


def as_duration(seconds: float | None) -> str:
    """Seconds, minutes or hours, with two or three figures."""
    if seconds is None:
        return NOTHING
    if seconds < 99.5:
        return f"{seconds:.0f} s" if seconds >= 9.95 else f"{seconds:.1f} s"
    if seconds < 5970:
        return f"{seconds / 60:.0f} min" if seconds >= 597 else f"{seconds / 60:.1f} min"
    return f"{seconds / 3600:.1f} h"


def as_probability(p: float | None) -> str:
    if p is None:
        return NOTHING
    if p < 0.001:
        return "< 0.001"
    return f"{p:.3f}" if p < 0.1 else f"{p:.2f}"


def as_level(level: float | None) -> str:
    """A confidence level such as 98.75 %, without trailing zeros."""
    return NOTHING if level is None else f"{100 * level:.2f}".rstrip("0").rstrip(".") + " %"


def count_of(number: int, singular: str, plural: str = "") -> str:
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def as_moment(seconds: float) -> str:
    """A time in seconds since 1970, the same wherever the reader is."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"


def as_list(parts: list[str], most: int = 12) -> str:
    """`1, 2 and 3`, cut after `most`."""
    if len(parts) > most:
        parts = [*parts[:most], f"{len(parts) - most} more"]
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
