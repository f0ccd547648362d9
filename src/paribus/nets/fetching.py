"""Published weights on this machine: downloaded once, checked against the sum that their makers state.

Knows neither nets nor libraries. Nothing is unpacked here.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from urllib.request import Request, build_opener

from paribus.errors import SpecError
from paribus.nets.asides import aside_of
from paribus.nets.published import Published

_BLOCK_BYTES = 1 << 20
_TIMEOUT_SECONDS = 30.0
Tell = Callable[[int, int | None], None]  # bytes so far, of all where that is known


def fetch_published(published: Published, folder: Path, tell: Tell = lambda _done, _all: None) -> Path:
    """The file of the published weights, in the folder; downloaded if it is not there."""
    path = folder / published.file
    if not path.is_file():
        aside = aside_of(path)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _download(published.url, aside, tell)
            _refuse_other_sum(published, aside)
            aside.replace(path)
        except OSError as error:
            why = " ".join(str(getattr(error, "reason", None) or error.strerror or error).split())
            raise SpecError(
                f"start.weights: {published.name} cannot be downloaded ({why}). "
                f"Fetch {published.url} where there is a network, and put it at {path}"
            ) from error
        finally:
            aside.unlink(missing_ok=True)
    _refuse_other_sum(published, path)
    return path


def _download(url: str, path: Path, tell: Tell) -> None:
    """Raises OSError, as all errors of urllib are."""
    asked = Request(url, headers={"User-Agent": "paribus"})  # noqa: S310  from the libraries' own tables
    with build_opener().open(asked, timeout=_TIMEOUT_SECONDS) as answer, path.open("wb") as file:
        offered = answer.headers.get("Content-Length", "")
        size = int(offered) if offered.isdecimal() else None
        while block := answer.read(_BLOCK_BYTES):
            file.write(block)
            tell(file.tell(), size)
        if size is not None and file.tell() != size:
            raise OSError(f"the connection broke after {file.tell():,} of {size:,} bytes")


def _refuse_other_sum(published: Published, path: Path) -> None:
    with path.open("rb") as file:
        found = hashlib.file_digest(file, hashlib.sha256).hexdigest()
    if not found.startswith(published.sha256):
        raise SpecError(
            f"start.weights: {path} is not what its makers published: its SHA-256 begins with "
            f"{found[: len(published.sha256)]}, theirs with {published.sha256}. Remove it and fetch "
            f"{published.url}"
        )
