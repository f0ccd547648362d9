"""Networks. Knows neither data nor training; the table of names and options is `specs.nets.NETS`.

What a net costs is remembered, so that asking again imports no torch.
"""

from paribus.nets.counts import measure_net
from paribus.nets.layer_table import LayerTable, NetSize
from paribus.nets.shapes import Shape

__all__ = ["LayerTable", "NetSize", "Shape", "measure_net"]
