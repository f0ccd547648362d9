"""Networks. Knows neither data nor training; the table of names and options is `specs.nets.NETS`.

Only `building` imports torch; how many parameters a net has is remembered, so that asking again does not.
"""

from paribus.nets.counts import counted_parameters
from paribus.nets.shapes import Shape

__all__ = ["Shape", "counted_parameters"]
