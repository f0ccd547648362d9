"""From the bytes of a picture, whoever sent them, to the pixels that a model takes.

What comes out is what `data.folder` makes of the same file; a test holds the two together.
"""

import threading
import warnings
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from paribus.errors import DataError

FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF")
MOST_PIXELS = 50_000_000  # checked before decoding: small files can claim to be huge

# One picture at a time: decoded, the largest takes 350 MB, and silencing the decoders' warnings is no affair
# of one thread.
_decoding = threading.Lock()


def decode_picture(content: bytes, channels: int, height: int, width: int) -> NDArray[np.float32]:
    """[channels, height, width], values 0 to 255. Raises DataError with what is wrong with the picture."""
    with _decoding, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        upright = _upright(content)
        if upright.size != (width, height):
            upright = upright.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=3.0)
        pixels = np.asarray(upright if channels == 3 else upright.convert("L"), np.float32)
    return pixels.transpose(2, 0, 1) if channels == 3 else pixels[None]


def _upright(content: bytes) -> Image.Image:
    """The first frame in colour, turned as its camera was held."""
    if not content:
        raise DataError("is empty; expected a picture")
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as image:
            _refuse_huge(image)
            return _in_colour(ImageOps.exif_transpose(image))
    except DataError:
        raise
    except UnidentifiedImageError as error:
        raise DataError(f"is no picture that can be read; known: {', '.join(FORMATS)}") from error
    except Image.DecompressionBombError as error:
        raise DataError(f"claims more than {MOST_PIXELS:,} pixels, which are allowed") from error
    except Exception as error:  # decoders raise nearly anything on broken files
        raise DataError(f"cannot be decoded: {error}") from error


def _in_colour(image: Image.Image) -> Image.Image:
    """RGB with 8 bits a channel. Transparency is dropped; of 16 bits the upper 8 are kept, as of colour."""
    if image.mode in {"I", "F"}:
        raise DataError("holds 32-bit values; expected 8 or 16 bits a channel")
    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8)).convert("RGB")
    if "transparency" in image.info:
        image = image.convert("RGBA")
    return image.convert("RGB")


def _refuse_huge(image: Image.Image) -> None:
    if image.width * image.height > MOST_PIXELS:
        raise DataError(f"claims {image.width} x {image.height} pixels; at most {MOST_PIXELS:,} are allowed")
