"""From a picture file to upright pixels in colour: the one way, for training and for serving.

Decoders warn of nearly anything; whoever calls silences them, for that is no affair of one thread.
"""

from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from paribus.data.fitting import Fit
from paribus.errors import DataError

FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF")
MOST_PIXELS = 50_000_000  # checked before decoding: small files can claim to be huge


class Unreadable(DataError):
    """The file could not be had; what is in it is not known."""


def decode_picture(source: Path | BinaryIO, fit: Fit = Fit()) -> NDArray[np.uint8]:  # noqa: B008
    """[channels, height, width], fitted. A DataError says what is wrong."""
    return decode_and_note(source, fit)[0]


def decode_and_note(source: Path | BinaryIO, fit: Fit) -> tuple[NDArray[np.uint8], dict[str, str]]:
    """The pixels, and what the picture was: its format, mode and size."""
    try:
        with Image.open(source, formats=FORMATS) as image:
            _refuse_huge(image)
            met = {
                "format": str(image.format),
                "mode": image.mode,
                "size": f"{image.width} x {image.height}",
            }
            if fit.size is not None:  # a large JPEG is decoded at a half, a quarter or an eighth of its size
                image.draft(None, (2 * max(fit.size),) * 2)
            upright = upright_in_colour(image)
    except DataError:
        raise
    except UnidentifiedImageError as error:
        raise DataError(f"is no picture that can be read; known: {', '.join(FORMATS)}") from error
    except Image.DecompressionBombError as error:
        raise DataError(f"claims more than {MOST_PIXELS:,} pixels, which are allowed") from error
    except MemoryError as error:
        raise Unreadable("cannot be read: there is not enough memory") from error
    except Exception as error:  # decoders raise nearly anything on broken files
        if isinstance(error, OSError) and error.errno is not None:  # the system's word, not the decoder's
            raise Unreadable(f"cannot be read: {error.strerror}") from error
        raise DataError(f"cannot be decoded: {error}") from error
    return fit.picture(upright), met


def upright_in_colour(image: Image.Image) -> Image.Image:
    """As people see it, in RGB. A DataError where its values are not of 8 or 16 bits."""
    return _in_colour(ImageOps.exif_transpose(image))


def _refuse_huge(image: Image.Image) -> None:
    if image.width * image.height > MOST_PIXELS:
        raise DataError(f"claims {image.width} x {image.height} pixels; at most {MOST_PIXELS:,} are allowed")


def _in_colour(image: Image.Image) -> Image.Image:
    """RGB with 8 bits a channel. Transparency is dropped; of 16 bits the upper 8 are kept, as of colour."""
    if image.mode in {"I", "F"}:
        raise DataError("holds 32-bit values; expected 8 or 16 bits a channel")
    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8)).convert("RGB")
    if "transparency" in image.info:
        image = image.convert("RGBA")
    return image.convert("RGB")
