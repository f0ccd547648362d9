"""The studies that ship: each block of five published reports asked again, with seeds and a shut test set.

A folder for each report, a file for each question. `blocks` says which study answers which block, or what
else shows it; `catalogue` finds files by their names; `summaries` tells what each is and costs, from
`summaries.json`, which `counting` makes. No other room knows their names.
"""

from paribus.studies.blocks import BLOCKS, Block
from paribus.studies.catalogue import Shipped, find_shipped, list_shipped
from paribus.studies.summaries import Summary, read_summaries

__all__ = ["BLOCKS", "Block", "Shipped", "Summary", "find_shipped", "list_shipped", "read_summaries"]
