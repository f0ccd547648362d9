"""Random numbers that are looked up by key, never carried from one draw to the next.

Every draw names what it is for: `uniforms((n, 3), seed, "augment", epoch)` is the same table whenever and
wherever it is asked for, so there is no generator state to save and a run resumed at step k starts at step k.
Philox is counter-based and its bit stream is fixed by its specification (Salmon et al. 2011); the numbers
are made from its raw words here, so they do not depend on the version of NumPy. This module does not know
what is drawn.
"""

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def _philox(seed: int, purpose: str, parts: Sequence[int | str]) -> np.random.Philox:
    text = "\x1f".join([str(seed), purpose, *map(str, parts)])
    digest = hashlib.blake2b(text.encode(), digest_size=16).digest()
    return np.random.Philox(key=np.frombuffer(digest, dtype="<u8").astype(np.uint64))


def words(count: int, seed: int, purpose: str, *parts: int | str) -> NDArray[np.uint64]:
    """`count` random 64-bit words."""
    return np.asarray(_philox(seed, purpose, parts).random_raw(count), dtype=np.uint64)


def uniforms(shape: tuple[int, ...], seed: int, purpose: str, *parts: int | str) -> NDArray[np.float32]:
    """Numbers in [0, 1) with 24 random bits each, so that float32 holds them exactly."""
    drawn = words(int(np.prod(shape)), seed, purpose, *parts) >> np.uint64(40)
    return (drawn.astype(np.float32) * np.float32(2.0**-24)).reshape(shape)


def permutation(count: int, seed: int, purpose: str, *parts: int | str) -> NDArray[np.int64]:
    """The numbers 0..count-1 in random order."""
    return np.argsort(words(count, seed, purpose, *parts), kind="stable").astype(np.int64)


def integer(seed: int, purpose: str, *parts: int | str) -> int:
    """One number in [0, 2**63): to seed a generator that is not ours."""
    return int(words(1, seed, purpose, *parts)[0] >> np.uint64(1))


def generator(seed: int, purpose: str, *parts: int | str) -> np.random.Generator:
    """A NumPy generator of its own, for drawing that needs many kinds of distribution."""
    return np.random.Generator(_philox(seed, purpose, parts))
