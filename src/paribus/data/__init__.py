"""Images with labels, read or drawn, once, into a mapped cache. Knows nothing of torch or training."""

from paribus.data.cache import DataSet, reopen
from paribus.data.images import Images, Split
from paribus.data.opening import open_data
from paribus.data.splitting import Portion, Selection, select_test, select_training

__all__ = [
    "DataSet",
    "Images",
    "Portion",
    "Selection",
    "Split",
    "open_data",
    "reopen",
    "select_test",
    "select_training",
]
