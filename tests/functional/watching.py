"""`paribus watch` in a process of its own, and programs that follow its stream as pages do."""

import contextlib
import http.client
import json
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_READY_SECONDS = 120


class Server:
    """The process, and where it listens."""

    def __init__(self, process: "subprocess.Popen[str]", address: str) -> None:
        self.process, self.address = process, address
        self.port = urlsplit(address).port

    def get(self, path: str = "/", **headers: str) -> tuple[int, str]:
        return self._ask("GET", path, headers)

    def post(self, path: str, **headers: str) -> tuple[int, str]:
        return self._ask("POST", path, headers)

    def token(self) -> str:
        """As the page has it."""
        [token] = re.findall(r'data-token="([^"]+)"', self.get()[1])
        return token

    def stop_study(self) -> tuple[int, str]:
        """What the page's button does."""
        origin = f"http://127.0.0.1:{self.port}"
        return self.post("/stop", **{"origin": origin, "x-paribus-token": self.token()})

    def _ask(self, method: str, path: str, headers: dict[str, str]) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        with contextlib.closing(connection):
            connection.request(method, path, headers=headers)
            reply = connection.getresponse()
            return reply.status, reply.read().decode()


@contextmanager
def watch(folder: Path, *words: str, port: int = 0) -> Iterator[Server]:
    """`paribus watch ...` in `folder`, until the block ends."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "paribus", "watch", *words, "--port", str(port)],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if found := re.search(r"http://\S+", line):
                break
        else:
            raise AssertionError("".join(lines))
        server = Server(process, found[0])
        _wait_until_it_answers(server)
        yield server
    finally:
        process.kill()
        process.communicate()


def _wait_until_it_answers(server: Server) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while True:
        try:
            server.get("/favicon.ico")
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return


class Follower:
    """Follows the stream in a thread; keeps the latest message of each kind, and all of the text."""

    def __init__(self, server: Server) -> None:
        self.latest: dict[str, Any] = {}
        self.text = ""
        self.ended = threading.Event()
        self._news = threading.Condition()
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
        self._connection.connect()
        self._socket = self._connection.sock
        self._query = urlsplit(server.address).query
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def _follow(self) -> None:
        try:
            self._connection.request("GET", f"/events?{self._query}")
            with self._connection.getresponse() as reply:
                assert reply.status == 200, reply.read()
                self._take(reply)
        except (OSError, http.client.HTTPException):
            pass  # the server is gone, or the test is over
        finally:
            self._connection.close()
            self._socket.close()
            with self._news:
                self.ended.set()
                self._news.notify_all()

    def _take(self, lines: Iterable[bytes]) -> None:
        kind = ""
        for raw in lines:
            line = raw.decode().rstrip("\n")
            if line.startswith("event: "):
                kind = line.removeprefix("event: ")
            elif line.startswith("data: "):
                with self._news:
                    self.text += line
                    self.latest[kind] = json.loads(line.removeprefix("data: "))
                    self._news.notify_all()

    def wait_for(self, wanted: Callable[[dict[str, Any]], Any], seconds: float = 240) -> Any:
        """What `wanted` makes of the latest messages, once it is true."""
        deadline = time.monotonic() + seconds
        with self._news:
            while not (found := _tried(wanted, self.latest)):
                left = deadline - time.monotonic()
                assert left > 0, f"not seen in {seconds} s; the last that came: {self.latest}"
                assert not self.ended.is_set(), f"the stream ended; the last that came: {self.latest}"
                self._news.wait(left)
            return found

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(60)


def _tried(wanted: Callable[[dict[str, Any]], Any], latest: dict[str, Any]) -> Any:
    try:
        return wanted(latest)
    except KeyError:
        return None


def epochs_in(latest: dict[str, Any]) -> int:
    """How many epochs the stream shows of all runs together."""
    return sum(run["epoch"] for arm in latest["state"]["arms"] for run in arm["runs"])


def states_in(latest: dict[str, Any]) -> list[str]:
    return [run["state"] for arm in latest["state"]["arms"] for run in arm["runs"]]
