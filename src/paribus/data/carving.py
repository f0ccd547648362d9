"""A test set for data that come without one: carved once, the same for every seed and study."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from paribus.data.splitting import NO_GROUP_TO_SPARE, stratified
from paribus.errors import DataError

_NEEDED = 3  # one to train, one to validate, one to test


def carve_test(
    labels: NDArray[np.int64],
    share: float,
    classes: tuple[str, ...],
    where: str,
    groups: Sequence[str] | None = None,
) -> NDArray[np.bool_]:
    """[images]: which of them become the test set; those of a group go together."""
    counts = np.bincount(labels, minlength=len(classes))
    for name, count in zip(classes, counts.tolist(), strict=True):
        if count < _NEEDED:
            raise DataError(
                f"{where}: class '{name}' has {count} image{'s' * (count != 1)}; expected at least "
                f"{_NEEDED}, one each to train, validate and test. Add images or remove the class"
            )
    _, test = stratified(labels, share, 0, "test split", groups)
    if not len(test):
        raise DataError(f"{where}: {NO_GROUP_TO_SPARE}")
    carved = np.zeros(len(labels), bool)
    carved[test] = True
    return carved
