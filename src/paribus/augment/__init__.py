"""Variations of training images, on whole batches. Knows no data set and no net."""

from paribus.augment.chain import Chain

__all__ = ["Chain"]
