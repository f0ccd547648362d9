"""What a search tries next: points of a space, proposed from what earlier ones scored.

Knows neither runs nor ledgers. A proposal follows from the search and from the results of earlier batches
alone: never from time, from who was ready first, or from where a search was interrupted.
"""

from paribus.search.proposing import Batch, Tried, best_of, next_batch
from paribus.search.space import Point, count_points, find_changes, name_values, walk_points

__all__ = [
    "Batch",
    "Point",
    "Tried",
    "best_of",
    "count_points",
    "find_changes",
    "name_values",
    "next_batch",
    "walk_points",
]
