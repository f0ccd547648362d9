"""Drawn house numbers: a stand-in for SVHN that needs no download."""

from paribus.data.streetnumbers.drawing import draw_streetnumbers

__all__ = ["draw_streetnumbers"]
