"""A test set for data that come without one: carved once, the same for every seed and study."""

import numpy as np

from paribus.data.images import Images, Split
from paribus.data.splitting import stratified
from paribus.errors import DataError

_NEEDED = 3  # one to train, one to validate, one to test


def carve_test(images: Images, share: float, classes: tuple[str, ...], where: str) -> dict[Split, Images]:
    """What is left to train, and the carved test set."""
    counts = np.bincount(images.labels, minlength=len(classes))
    for name, count in zip(classes, counts.tolist(), strict=True):
        if count < _NEEDED:
            raise DataError(
                f"{where}: class '{name}' has {count} image{'s' * (count != 1)}; expected at least "
                f"{_NEEDED}, one each to train, validate and test. Add images or remove the class"
            )
    rest, test = stratified(images.labels, share, 0, "test split")
    return {
        "train": Images(images.pixels[rest], images.labels[rest]),
        "test": Images(images.pixels[test], images.labels[test]),
    }
