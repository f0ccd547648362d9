"""Networks. Knows neither data nor training; the table of names and options is `specs.nets.NETS`."""

from paribus.nets.building import build_net, count_parameters
from paribus.nets.shapes import Shape

__all__ = ["Shape", "build_net", "count_parameters"]
