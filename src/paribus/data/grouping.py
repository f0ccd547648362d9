"""Which images belong together, being of one person or object: they never stand on both sides of a split."""

import re
from collections.abc import Sequence

from paribus.errors import DataError
from paribus.specs.words import quoted


def group_names(names: Sequence[str], pattern: str, *, must_match: bool = True) -> list[str]:
    """What the pattern's group holds in each name; an image that does not match is a group of its own."""
    compiled = re.compile(pattern)
    found = [compiled.search(name) for name in names]
    if must_match and not any(found):
        raise DataError(
            f"data.groups: {quoted(pattern)} matches none of {len(names):,} names; "
            f"the first is {quoted(names[0])}"
        )
    return [
        f"match {match[1]}" if match else f"name {name}" for match, name in zip(found, names, strict=True)
    ]
