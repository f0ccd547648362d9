"""The checkpoints of one run: the last two, by step. A damaged one is passed over for the one before."""

from pathlib import Path
from typing import Any

from paribus.errors import ArtifactDamaged
from paribus.store.files import Arrays, read_arrays, remove, write_arrays

_KEPT = 2


def write_checkpoint(run_folder: Path, step: int, arrays: Arrays, facts: Any) -> None:
    """Writes one, then removes all but the newest two."""
    write_arrays(run_folder / f"checkpoint-{step:010d}.safetensors", arrays, facts)
    for old in _newest_first(run_folder)[_KEPT:]:
        remove(old)


def read_checkpoint(run_folder: Path) -> tuple[Arrays, Any, list[str]] | None:
    """The newest whole checkpoint as (arrays, facts, complaints about damaged ones), if there is any."""
    complaints = []
    for path in _newest_first(run_folder):
        try:
            arrays, facts = read_arrays(path)
        except ArtifactDamaged as error:
            complaints.append(f"{error}; the one before is used")
        else:
            return arrays, facts, complaints
    return None


def remove_checkpoints(run_folder: Path) -> None:
    """And what a process that was killed while it wrote one has left."""
    for path in run_folder.glob("*checkpoint-*.safetensors*"):
        remove(path)


def _newest_first(run_folder: Path) -> list[Path]:
    return sorted(run_folder.glob("checkpoint-*.safetensors"), reverse=True)
