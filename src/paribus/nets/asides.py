"""Files that appear whole: written aside, under a name that no other process or thread has, then renamed."""

import os
from pathlib import Path
from threading import get_ident


def aside_of(file: Path) -> Path:
    """Where to write what becomes the file once it is whole."""
    return file.with_name(f"{file.name}.{os.getpid()}-{get_ident()}.part")


def write_aside(file: Path, text: str) -> None:
    """Whoever reads the file finds the old text or the new one. Raises OSError."""
    aside = aside_of(file)
    try:
        aside.write_text(text, encoding="utf-8")
        aside.replace(file)
    finally:
        aside.unlink(missing_ok=True)
