"""From the bytes of a picture, whoever sent them, to the pixels that a model takes: as training read them."""

import threading
import warnings
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from paribus.data.fitting import Fit
from paribus.data.pictures.decoding import FORMATS, MOST_PIXELS
from paribus.data.pictures.decoding import decode_picture as decode
from paribus.errors import DataError

__all__ = ["FORMATS", "MOST_PIXELS", "decode_picture"]

# One picture at a time: decoded, the largest takes 350 MB, and silencing the decoders' warnings is no affair
# of one thread.
_decoding = threading.Lock()


def decode_picture(content: bytes, fit: Fit) -> NDArray[np.float32]:
    """[channels, height, width], values 0 to 255. Raises DataError with what is wrong with the picture."""
    if not content:
        raise DataError("is empty; expected a picture")
    with _decoding, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return decode(BytesIO(content), fit).astype(np.float32)
