"""A few images of each class: the same ones at every look, spread over the class."""

from itertools import pairwise

import numpy as np

from paribus.data.cache import DataSet
from paribus.data.images import Split
from paribus.data.passport.thumbnails import Numbers

PER_CLASS = 4


def choose_samples(data: DataSet, split: Split = "train", count: int = PER_CLASS) -> list[Numbers]:
    """For each class the positions of at most so many images."""
    labels = data.split(split).labels
    order = np.argsort(labels, kind="stable")
    starts = np.searchsorted(labels[order], np.arange(len(data.classes) + 1))
    return [spread(order[low:high], count) for low, high in pairwise(starts)]


def spread(members: Numbers, count: int) -> Numbers:
    """So many of them, as far apart as can be."""
    if len(members) <= count:
        return members
    return members[(np.arange(count) * len(members)) // count]
