"""One file from the web: taken up where it was left, verified, and only then called by its name.

Knows no data set. What was fetched so far lies beside the file as `NAME.part`; a lock keeps two processes
from fetching the same. Nothing is unpacked here.
"""

import fcntl
import hashlib
import http.client
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, build_opener

from paribus.data.progress import Progress, Tell
from paribus.errors import DataError

_BLOCK_BYTES = 1 << 20
_MOST_TRIES = 50  # at one address, as long as each brings the file further


@dataclass(frozen=True)
class Remote:
    """A file that can be had from the web."""

    name: str
    size: int  # bytes
    sha256: str
    urls: tuple[str, ...]  # the same file at each; tried in this order


class _Refused(Exception):
    """An address did not give the file; the text says why."""


def fetch(remote: Remote, folder: Path, tell: Tell, timeout_seconds: float = 30.0) -> Path:
    """The file in the folder: the one that is there, whatever it holds, or else one that is downloaded."""
    path = folder / remote.name
    if path.exists():
        return path
    try:
        with _alone(path, tell):
            if not path.exists():  # another process may have fetched it while we waited
                _refuse_full_disk(remote, path)
                _download(remote, path, tell, timeout_seconds)
    except OSError as error:
        raise DataError(
            f"{folder}: cannot be written: {error.strerror or error}; make room or make it writable, "
            "or name another place in PARIBUS_DATA"
        ) from error
    return path


def part_of(path: Path) -> Path:
    """Where what was fetched so far lies."""
    return path.with_name(path.name + ".part")


@contextmanager
def _alone(path: Path, tell: Tell) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(path.name + ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell(Progress(f"Waiting for another process to download {path.name}", 0, None, "bytes"))
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _refuse_full_disk(remote: Remote, path: Path) -> None:
    part = part_of(path)
    needed = remote.size - (part.stat().st_size if part.exists() else 0)
    free = shutil.disk_usage(path.parent).free
    if needed > free:
        raise DataError(
            f"{path.parent}: {remote.name} needs {needed:,} bytes and there is room for {free:,}; make room, "
            "or name another place in PARIBUS_DATA"
        )


def _download(remote: Remote, path: Path, tell: Tell, timeout_seconds: float) -> None:
    refusals = []
    for url in remote.urls:
        try:
            _fetch_from(url, remote, part_of(path), tell, timeout_seconds)
        except _Refused as refused:
            refusals.append(f"{url} ({refused})")
        else:
            part_of(path).replace(path)
            return
    raise DataError(
        f"{remote.name} ({remote.size:,} bytes) could not be downloaded; tried: {', '.join(refusals)}. "
        f"Put it into {path.parent}, or say in data.path where it lies"
    )


def _fetch_from(url: str, remote: Remote, part: Path, tell: Tell, timeout_seconds: float) -> None:
    """Until the part is whole and right. What lay there before is mistrusted only if the whole is wrong."""
    if _size(part) > remote.size:
        part.unlink()
    resumed = part.exists()
    for _ in range(_MOST_TRIES):
        before = _size(part)
        if before < remote.size:
            why = _fetch_on(url, remote, part, tell, timeout_seconds)
            if _size(part) <= before:
                raise _Refused(why)
        if _size(part) == remote.size:
            if _is_right(remote, part):
                return
            part.unlink()
            if not resumed:
                raise _Refused("what it gives has another SHA-256, and was removed")
            resumed = False
    raise _Refused(f"its connection broke {_MOST_TRIES} times")


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


def _is_right(remote: Remote, part: Path) -> bool:
    with part.open("rb") as file:
        return hashlib.file_digest(file, hashlib.sha256).hexdigest() == remote.sha256


def _fetch_on(url: str, remote: Remote, part: Path, tell: Tell, timeout_seconds: float) -> str:
    """Adds what the address gives; says why it ended, if that was too early."""
    have = _size(part)
    try:
        with _ask(url, have, timeout_seconds) as answer:
            start = _start(answer, have, remote.size)
            with part.open("r+b" if have else "wb", buffering=0) as file:
                file.truncate(start)
                file.seek(start)
                for block in _blocks(answer, remote.size - start):
                    file.write(block)
                    tell(Progress(f"Downloading {remote.name}", file.tell(), remote.size, "bytes"))
    except _Refused as refused:
        return str(refused)
    return "its connection broke"


def _ask(url: str, have: int, timeout_seconds: float) -> http.client.HTTPResponse:
    headers = {"User-Agent": "paribus"} | ({"Range": f"bytes={have}-"} if have else {})
    try:
        asked = Request(url, headers=headers)  # noqa: S310  addresses come from our own table
        # an opener of its own: the one that urlopen keeps does not see when the proxy changes
        answer: http.client.HTTPResponse = build_opener().open(asked, timeout=timeout_seconds)
    except HTTPError as error:
        error.close()
        raise _Refused(f"answers {error.code} {error.reason}") from error
    except URLError as error:
        raise _Refused(_reason(error.reason)) from error
    except (OSError, http.client.HTTPException) as error:
        raise _Refused(_reason(error)) from error
    return answer


def _start(answer: http.client.HTTPResponse, have: int, size: int) -> int:
    """Where in the file the answer begins."""
    start = 0
    if answer.status == http.client.PARTIAL_CONTENT:
        start = have
        if not answer.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
            raise _Refused("answers with another part of the file")
    offered = answer.headers.get("Content-Length", "")
    if offered.isdecimal() and int(offered) != size - start:
        raise _Refused(f"offers {int(offered):,} bytes")
    return start


def _blocks(answer: http.client.HTTPResponse, left: int) -> Iterator[bytes]:
    try:
        while left and (block := answer.read1(min(_BLOCK_BYTES, left))):
            yield block
            left -= len(block)
    except (OSError, http.client.HTTPException) as error:
        raise _Refused(_reason(error)) from error


def _reason(error: object) -> str:
    if isinstance(error, TimeoutError):
        return "does not answer in time"
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(str(said).split())
