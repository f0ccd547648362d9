"""What is known of pixels as soon as they are in the cache: mean, deviation, and a digest of each image.

Works through the mapped file in blocks, so that memory does not grow with the set.
"""

import hashlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

_BLOCK_BYTES = 4_000_000
_DIGEST_BYTES = 8  # by chance alone, two of a million images are one in 37 million such sets

Pixels = NDArray[np.uint8]  # [images, channels, height, width]


def blocks(pixels: Pixels) -> Iterator[Pixels]:
    """The images in their order, a few megabytes at a time."""
    at_once = max(1, _BLOCK_BYTES // pixels[:1].nbytes)
    for start in range(0, len(pixels), at_once):
        yield pixels[start : start + at_once]


def mean_and_deviation(pixels: Pixels) -> tuple[list[float], list[float]]:
    """By channel, from exact whole-number counts, so that they are the same on every machine."""
    counts = np.zeros((pixels.shape[1], 256), np.int64)
    for block in blocks(pixels):
        for channel in range(pixels.shape[1]):
            counts[channel] += np.bincount(block[:, channel].reshape(-1), minlength=256)
    values = np.arange(256, dtype=np.float64)
    means, deviations = [], []
    for seen in counts:
        mean = float((seen * values).sum() / seen.sum())
        variance = float((seen * (values - mean) ** 2).sum() / seen.sum())
        means.append(mean)
        deviations.append(max(variance**0.5, 1.0))  # a flat channel is not blown up
    return means, deviations


def digests(pixels: Pixels) -> NDArray[np.uint64]:
    """[images]: the same number for the same pixels."""
    found = b"".join(
        hashlib.blake2b(np.ascontiguousarray(image).data, digest_size=_DIGEST_BYTES).digest()
        for block in blocks(pixels)
        for image in block
    )
    return np.frombuffer(found, dtype="<u8").astype(np.uint64)


def pixels_digest(pixels: Pixels) -> str:
    """SHA-256 of all the pixels and their shape."""
    sha256 = hashlib.sha256(str(pixels.shape).encode())
    for block in blocks(pixels):
        sha256.update(np.ascontiguousarray(block).data)
    return sha256.hexdigest()
