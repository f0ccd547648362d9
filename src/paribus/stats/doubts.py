"""Which images a net is most wrong about, and of which it is least sure. Of equals the first comes first."""

import numpy as np
from numpy.typing import NDArray

Shares = NDArray[np.floating]  # [images, classes]: probabilities


def find_mistakes(shares: Shares, labels: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """Places of the images that are guessed wrong, the most confident guess first."""
    guessed, sure = shares.argmax(1), shares.max(1)
    wrong = np.flatnonzero(guessed != labels)
    return wrong[np.argsort(-sure[wrong], kind="stable")][:most]


def find_doubts(shares: Shares, most: int) -> NDArray[np.int64]:
    """Places of the images whose two likeliest classes are nearest to each other, the nearest first."""
    return np.argsort(margins(shares), kind="stable")[:most]


def margins(shares: Shares) -> NDArray[np.float64]:
    """[images]: by how much the likeliest class leads the next."""
    two = np.partition(shares, -2, axis=1)[:, -2:]
    return np.asarray(two[:, 1] - two[:, 0], np.float64)
