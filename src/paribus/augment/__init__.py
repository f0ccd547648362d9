"""Variations of training images, on whole batches. Knows no data set and no net."""

from paribus.augment.chain import Chain, Variations
from paribus.augment.colour_maps import Normalisation
from paribus.augment.operations import Size

__all__ = ["Chain", "Normalisation", "Size", "Variations"]
