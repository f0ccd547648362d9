"""Names of files and classes, as people can read and expect them."""

from collections.abc import Iterable
from unicodedata import category

_BREAKS = {"Cc", "Zl", "Zp"}  # control characters, ends of lines and paragraphs


def legible(name: object) -> str:
    """In letters that every page and terminal can write on one line, whatever bytes it has on the disk."""
    text = str(name).encode("utf-8", "backslashreplace").decode()
    return "".join(
        letter.encode("unicode_escape").decode() if category(letter) in _BREAKS else letter for letter in text
    )


def in_class_order(labels: Iterable[str]) -> tuple[str, ...]:
    """Each once: numbers by value, names by their letters."""
    every = set(labels)
    if every and all(label.isascii() and label.isdigit() for label in every):
        return tuple(sorted(every, key=lambda label: (int(label), label)))
    return tuple(sorted(every))
