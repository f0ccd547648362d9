"""Pages as files: whole or absent. A folder that is not there is made."""

from pathlib import Path

from paribus.errors import StoreError
from paribus.store import make_folder


def write_text(path: Path, text: str) -> None:
    write_bytes(path, text.encode())


def write_bytes(path: Path, content: bytes) -> None:
    make_folder(path.parent)
    aside = path.with_name(f".{path.name}.part")
    try:
        aside.write_bytes(content)
        aside.replace(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise StoreError(f"{path}: cannot be written: {error.strerror}; name another place") from error
