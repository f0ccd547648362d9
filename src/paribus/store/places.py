"""Where people want a file: refused before anything is done for its sake; folders on the way are made."""

import os
from pathlib import Path

from paribus.errors import StoreError


def refuse_unwritable(*files: Path) -> None:
    """Raises StoreError where a file could not be written, as far as that can be said beforehand."""
    for file in files:
        if file.is_dir():
            raise StoreError(f"{file}: cannot be written: it is a folder; name a file in it")
        _refuse_beneath(file, file.absolute().parent, "written", "place")


def refuse_unwritable_folder(folder: Path) -> None:
    """As `refuse_unwritable`, of a folder that many files go into."""
    _refuse_beneath(folder, folder.absolute(), "made", "folder")


def _refuse_beneath(asked: Path, folder: Path, verb: str, other: str) -> None:
    """What is there already, of the folders on the way, must take something new."""
    there = next(place for place in (folder, *folder.parents) if os.path.lexists(place))
    if not there.is_dir():
        why = f"'{there}' is no folder"
    elif not os.access(there, os.W_OK | os.X_OK):
        why = f"nothing may be written into '{there}'"
    else:
        return
    raise StoreError(f"{asked}: cannot be {verb}: {why}; name another {other}")


def make_folder(folder: Path) -> None:
    """With the folders that it lies in; it may be there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"{folder}: cannot be made: {error.strerror}; name another folder") from error
