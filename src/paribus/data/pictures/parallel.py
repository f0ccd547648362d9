"""Decoding many pictures: by threads where files are large. What becomes of the pixels is not known here."""

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from io import BytesIO
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from paribus.data.fitting import Fit
from paribus.data.pictures.decoding import Unreadable, decode_and_note
from paribus.data.trees import Content, Found
from paribus.errors import DataError

AT_ONCE = 64  # pictures decoded by one task
_LARGE_BYTES = 16_000  # of a file: on smaller ones two threads take 1.5 times as long as one

Decoded = tuple[NDArray[np.uint8], dict[str, str]]  # pixels, and what the picture was


def decode_all(contents: Iterator[Found], fit: Fit) -> Iterator[tuple[str, Decoded | DataError]]:
    """Each picture in its order; no more is held in memory than the threads are busy with."""
    threads = os.cpu_count() or 1
    with ThreadPoolExecutor(threads) as pool:
        under_way: deque[Future[list[tuple[str, Decoded | DataError]]]] = deque()
        while task := list(islice(contents, AT_ONCE)):
            if _are_large(task):
                under_way.append(pool.submit(_decode_task, task, fit))
                if len(under_way) > 2 * threads:
                    yield from under_way.popleft().result()
            else:
                yield from _decode_task(task, fit)
        for future in under_way:
            yield from future.result()


def _are_large(task: Sequence[Found]) -> bool:
    return sum(_size(content) for _, content in task) > _LARGE_BYTES * len(task)


def _size(content: Content | DataError) -> int:
    try:
        if isinstance(content, Path):
            return content.stat().st_size
        return len(content) if isinstance(content, bytes) else 0
    except OSError:
        return 0


def _decode_task(task: Sequence[Found], fit: Fit) -> list[tuple[str, Decoded | DataError]]:
    return [(name, _decode(content, fit)) for name, content in task]


def _decode(content: Content | DataError, fit: Fit) -> Decoded | DataError:
    if isinstance(content, DataError):
        return content
    if isinstance(content, Path) and content.exists() and not content.is_file():
        return Unreadable("is no regular file")  # a pipe or a device may never end
    try:
        return decode_and_note(content if isinstance(content, Path) else BytesIO(content), fit)
    except DataError as error:
        return error
