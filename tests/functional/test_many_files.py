"""A folder as people have them: 20,000 files, 50 of them broken in every way that files break."""

import io
import json
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from .commands import paribus

FILES, CLASSES = 20_000, 4
STUDY = """
[study]
title = "Many files"
seeds = 1
[run]
data = { name = "folder", path = "photos" }
net = "linear"
batch_size = 512
epochs = 1
"""


def encoded(kind, seed, size=(8, 8), **options):
    pixels = np.random.default_rng(seed).integers(0, 256, (*size, 3), dtype=np.uint8)
    written = io.BytesIO()
    Image.fromarray(pixels).save(written, kind, **options)
    return written.getvalue()


def png_that_claims(width, height):
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + chunk
        + struct.pack(">I", zlib.crc32(chunk))
        + bytes(20)
    )


def damaged(number):
    """The content of a broken file, each time in another way."""
    draw = np.random.default_rng(number)
    png, jpeg = encoded("PNG", number), encoded("JPEG", number)
    gif, tiff, webp = encoded("GIF", number), encoded("TIFF", number), encoded("WEBP", number, lossless=True)
    return [
        b"",
        b"no picture at all",
        b"<!doctype html><title>404</title>",
        png[: len(png) // 2],
        jpeg[: len(jpeg) // 3],
        gif[:20],
        tiff[:30],
        webp[: len(webp) // 2],
        png_that_claims(60_000, 60_000),
        png_that_claims(0, 5),
        bytes(draw.integers(0, 256, 500, dtype=np.uint8)),
        png[:8] + bytes(200),
        jpeg[:2] + jpeg[200:],
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xd9",
        encoded("PPM", number),  # a format that is not read
        png[:33] + png[60:],
    ][number % 17]


@pytest.mark.slow
def test_each_of_50_broken_files_among_20000_is_named_and_the_rest_is_trained(tmp_path, monkeypatch):
    monkeypatch.setenv("PARIBUS_CACHE", str(tmp_path / "cache"))
    broken = set(np.random.default_rng(1).choice(FILES, 50, replace=False).tolist())
    picture = [encoded("PNG", seed) for seed in range(40)]
    for number in range(FILES):
        path = (
            tmp_path / "photos" / f"class {number % CLASSES}" / f"{number}.{'png' if number % 3 else 'jpg'}"
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        content = damaged(sorted(broken).index(number)) if number in broken else picture[number % 40]
        path.write_bytes(content)
    dangling = tmp_path / "photos" / "class 0" / "gone.png"
    dangling.symlink_to(tmp_path / "nowhere.png")
    (tmp_path / "study.toml").write_text(STUDY)

    refused = paribus(tmp_path, "run", code=2).stderr
    assert len(refused.splitlines()) == 1
    assert '(50 more such files). Mend or remove it, or set data.on_bad = "skip" to go on without' in refused
    assert not (tmp_path / ".paribus").exists()

    told = paribus(tmp_path, "run", "--set", "data.on_bad='skip'", "--json").stdout
    assert json.loads(told)["arms"][0]["scores"]["0"] is not None

    shown = paribus(tmp_path, "check", "--set", "data.on_bad='skip'").stdout
    assert "skipped: 46 more" in shown
    counted = shown.split("The whole set: ")[1].split(" images")[0].replace(",", "").split()
    assert sum(int(word) for word in counted if word.isdigit()) == FILES - 50
    [path] = (tmp_path / "cache" / "images").glob("*/manifest.json")
    manifest = json.loads(path.read_text())
    named = {line.partition(": ")[0] for line in manifest["skipped"]}
    expected = {
        path.relative_to(tmp_path / "photos").as_posix()
        for path in tmp_path.glob("photos/*/*")
        if path.is_symlink() or int(path.stem) in broken
    }
    assert named == expected
    assert len({line.partition(": ")[2] for line in manifest["skipped"]}) >= 5
