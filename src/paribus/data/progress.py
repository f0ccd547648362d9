"""How far long work on data is. Whoever asked for it shows it; nothing here prints."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """`total` is absent where nobody knows it beforehand."""

    what: str  # such as "Reading photos.zip"
    done: int
    total: int | None
    unit: str = "images"  # or "bytes"


Tell = Callable[[Progress], None]


def tell_nobody(_progress: Progress) -> None:
    """Where no one watches."""
