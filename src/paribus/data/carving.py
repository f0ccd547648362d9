"""A test set for data that come without one: carved once, the same for every seed and study."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from paribus.data.splitting import NO_GROUP_TO_SPARE, stratified
from paribus.errors import DataError


def carve_test(
    labels: NDArray[np.int64],
    share: float,
    where: str,
    groups: Sequence[str] | None = None,
) -> NDArray[np.bool_]:
    """[images]: which of them become the test set; those of a group go together.

    A class of one image keeps it for training; whether that is enough is asked of the classes that are used.
    """
    _, test = stratified(labels, share, 0, "test split", groups)
    if not len(test):
        why = "no class has an image to spare for the test set; expected at least 3 of each"
        raise DataError(f"{where}: {NO_GROUP_TO_SPARE if groups is not None else why}")
    carved = np.zeros(len(labels), bool)
    carved[test] = True
    return carved
