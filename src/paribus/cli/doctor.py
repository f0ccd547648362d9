"""`paribus doctor`: what this machine has, and whether paribus works on it."""

import json
import os
import platform
import shutil
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import click

from paribus import __version__

_EXTRAS = {"scikit-learn": "digits", "onnx": "export", "onnxruntime": "serve"}


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
def command(as_json: bool) -> None:
    """Show what this machine has, and whether paribus works on it: versions, device, memory, places.

    Exit code 1 when something is missing that paribus needs.
    """
    found, troubles = _examine()
    if as_json:
        click.echo(json.dumps({"found": found, "troubles": troubles}, indent=1))
    else:
        width = max(map(len, found))
        for name, value in found.items():
            click.echo(f"{name:<{width}}  {value}")
        for trouble in troubles:
            click.echo(f"trouble: {trouble}")
        if not troubles:
            click.echo("All is well.")
    if troubles:
        raise click.exceptions.Exit(1)


def _examine() -> tuple[dict[str, Any], list[str]]:
    import psutil

    from paribus.data.cache import cache_folder
    from paribus.executors.processor import (
        SLOW_BF16,
        computes_bf16,
        count_processors,
        processor_name,
    )

    troubles: list[str] = []
    found: dict[str, Any] = {
        "paribus": __version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "processor": processor_name(),
        "processors": count_processors(),
        "bf16": {True: "yes", False: SLOW_BF16, None: "unknown"}[computes_bf16()],
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
    }
    found |= _torch(troubles)
    for package, extra in _EXTRAS.items():
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = f"not installed; extra '{extra}'"
    for name, folder in [("cache", cache_folder()), ("here", Path.cwd())]:
        found[name] = _place(folder, troubles)
    return found, troubles


def _torch(troubles: list[str]) -> dict[str, Any]:
    try:
        import torch
    except Exception as error:  # noqa: BLE001  a broken installation raises anything
        troubles.append(f"torch cannot be imported: {error}")
        return {"torch": "broken"}
    cuda = torch.cuda.get_device_name() if torch.cuda.is_available() else "none"
    return {"torch": torch.__version__, "cuda": cuda, "threads of torch": torch.get_num_threads()}


def _place(folder: Path, troubles: list[str]) -> str:
    there = next(place for place in [folder, *folder.parents] if place.exists())
    free = shutil.disk_usage(there).free / 2**30
    if not os.access(there, os.W_OK):
        troubles.append(f"{folder} is not writable")
    return f"{folder}, {free:.0f} GiB free"
