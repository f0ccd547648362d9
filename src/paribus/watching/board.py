"""The latest message of each kind, and everybody who follows them. Belongs to one event loop."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

Messages = list[tuple[str, bytes]]  # (kind, text)

_FIRST = b"retry: 1000\n\n"  # milliseconds until a browser that lost the server tries again


class Board:
    """A follower gets what is newer than what it has: who is slow misses only what is out of date by then."""

    def __init__(self) -> None:
        self._latest: dict[str, tuple[int, bytes]] = {}  # kind -> (number, message)
        self._number = 0
        self._news = asyncio.Event()
        self._closed = False
        self.followers = 0

    def post(self, messages: Messages) -> None:
        """All of them at once. A message that says what the one before said is none."""
        fresh = [(kind, text) for kind, text in messages if text != self._latest.get(kind, (0, b""))[1]]
        for kind, text in fresh:
            self._number += 1
            self._latest[kind] = (self._number, text)
        if fresh:
            self._tell()

    async def follow(self) -> AsyncIterator[bytes]:
        """Server-sent events, from everything that is up by now until the board is closed."""
        self.followers += 1
        seen = 0
        try:
            yield _FIRST
            while True:
                news = self._news
                fresh = sorted(message for message in self._latest.values() if message[0] > seen)
                if fresh:
                    seen = fresh[-1][0]
                    yield b"".join(message for _, message in fresh)
                elif self._closed:
                    return
                else:
                    await news.wait()
        finally:
            self.followers -= 1

    def close(self) -> None:
        self._closed = True
        self._tell()

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()


def write_message(kind: str, content: Any) -> bytes:
    """As a stream has it: JSON has no line breaks of its own."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return f"event: {kind}\ndata: {text}\n\n".encode()
