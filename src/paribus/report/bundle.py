"""Vega, Vega-Lite and Vega-Embed as one script, kept in the user's cache.

Bundling takes 1 to 1.4 s and reading the kept copy 3 ms, so the copy is worth its 0.9 MB.
"""

import hashlib
import os
import tempfile
from importlib.metadata import version
from pathlib import Path

import platformdirs
import vl_convert

# Without Vega-Embed the bundle would be 0.6 MB, but vl-convert 1.9 then leaves `vega` and `vegaLite` null.
EXPORTS = "window.vegaEmbed = vegaEmbed;"


def read_bundle(cache: Path | None = None) -> str:
    """The script, from the cache if an undamaged copy of this version is there."""
    folder = cache or platformdirs.user_cache_path("paribus")
    kept = folder / f"vega-{version('vl-convert-python')}.js"
    try:
        digest, _, script = kept.read_text(encoding="utf-8").partition("\n")
    except (OSError, UnicodeDecodeError):
        digest, script = "", ""
    if digest == _digest(script):
        return script
    script = f"(() => {{{vl_convert.javascript_bundle(EXPORTS)}}})();"  # its own names stay inside
    _keep(kept, f"{_digest(script)}\n{script}")
    return script


def _digest(script: str) -> str:
    return hashlib.sha256(script.encode()).hexdigest()


def _keep(path: Path, text: str) -> None:
    """Write aside and rename, so that another process never reads half; a full disk is no reason to fail."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, aside = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(aside).replace(path)
    except OSError:
        return
