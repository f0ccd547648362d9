import threading
import warnings
import zlib

import numpy as np
import pytest
from PIL import Image

from paribus.data import open_data
from paribus.data.fitting import Fit
from paribus.errors import DataError
from paribus.serving.pictures import decode_picture
from paribus.specs.datasets import Folder
from tests.serving.made_models import encoded, noise


def palette_with_transparency() -> bytes:
    return encoded(noise().quantize(16), "PNG", transparency=bytes(range(16)))


def sixteen_bits() -> bytes:
    values = np.random.default_rng(1).integers(0, 65_536, (30, 40), np.uint16)
    return encoded(Image.fromarray(values), "PNG")


def turned(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encoded(noise(40, 30), "PNG", exif=exif)


PICTURES = {
    "a small one": encoded(noise(5, 7)),
    "a large one": encoded(noise(300, 200)),
    "one of the right size": encoded(noise(16, 16)),
    "gray": encoded(noise(40, 30, "L")),
    "transparent": encoded(noise(40, 30, "RGBA")),
    "gray and transparent": encoded(noise(40, 30, "LA")),
    "a palette": encoded(noise(40, 30).quantize(7), "PNG"),
    "a palette with transparency": palette_with_transparency(),
    "black and white": encoded(noise(40, 30).convert("1")),
    "16 bits": sixteen_bits(),
    "CMYK": encoded(noise(40, 30, "CMYK"), "JPEG"),
    "JPEG": encoded(noise(200, 100), "JPEG"),
    "WebP": encoded(noise(40, 30), "WEBP"),
    "BMP": encoded(noise(40, 30), "BMP"),
    "GIF": encoded(noise(40, 30), "GIF"),
    "TIFF": encoded(noise(40, 30), "TIFF"),
    "several frames": encoded(
        noise(40, 30), "GIF", save_all=True, append_images=[noise(40, 30, seed=1)], duration=50
    ),
} | {f"turned {orientation}": turned(orientation) for orientation in range(1, 9)}


@pytest.fixture(scope="module")
def read_by_training(tmp_path_factory):
    """name -> [3, 16, 16]: what the reader of image folders makes of each."""
    root = tmp_path_factory.mktemp("read") / "pictures"
    for split in ("train", "test"):
        for label in ("a", "b"):
            (root / split / label).mkdir(parents=True)
            (root / split / label / "x.png").write_bytes(PICTURES["gray"])
    for position, content in enumerate(PICTURES.values()):
        (root / "train" / "a" / f"p{position:03}.png").write_bytes(content)
    data = open_data(Folder(path=str(root), resize=16), root)
    pixels = data.split("train").pixels
    assert len(pixels) == len(PICTURES) + 2
    return dict(zip(PICTURES, pixels, strict=False))


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_seen_as_training_saw_it(name, read_by_training):
    found = decode_picture(PICTURES[name], Fit((16, 16)))
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, read_by_training[name])


def test_the_turned_pictures_differ_so_that_turning_is_tested():
    assert len({decode_picture(turned(way), Fit((16, 16))).tobytes() for way in range(1, 9)}) == 8


def test_a_gray_model_sees_gray():
    found = decode_picture(encoded(noise(12, 10)), Fit((12, 10), gray=True))
    expected = np.asarray(noise(12, 10).convert("L"), np.float32)
    np.testing.assert_array_equal(found, expected[None])


def test_width_and_height_are_not_confused():
    assert decode_picture(encoded(noise(50, 20)), Fit((9, 7))).shape == (3, 7, 9)


def png_that_claims(width: int, height: int) -> bytes:
    """Few bytes, many pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4)

    header = width.to_bytes(4) + height.to_bytes(4) + bytes([8, 2, 0, 0, 0])
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(99)))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("width", "height", "told"),
    [
        (10_000, 5_001, "claims 10000 x 5001 pixels; at most 50,000,000 are allowed"),
        (10_000, 10_000, "claims 10000 x 10000 pixels; at most 50,000,000 are allowed"),  # Pillow warns
        (60_000, 60_000, "claims more than 50,000,000 pixels, which are allowed"),  # Pillow refuses
    ],
)
def test_a_small_file_that_claims_to_be_huge_is_refused_before_it_is_decoded(width, height, told, recwarn):
    content = png_that_claims(width, height)
    assert len(content) < 100
    with pytest.raises(DataError) as caught:
        decode_picture(content, Fit((12, 10)))
    assert str(caught.value) == told
    assert not recwarn.list


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty; expected a picture"),
        (b"no picture at all", "is no picture that can be read; known: JPEG, PNG, WEBP, BMP, GIF, TIFF"),
        (bytes(10_000), "is no picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is no picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "is no picture"),
        (b"P6 2 2 255\n" + bytes(12), "is no picture"),  # a format that Pillow knows and nobody sends
        (encoded(noise())[:-60], "cannot be decoded"),
        (encoded(noise(200, 100), "JPEG")[:2000], "cannot be decoded"),
        (encoded(Image.fromarray(np.ones((3, 3), np.float32)), "TIFF"), "holds 32-bit values"),
    ],
)
def test_what_is_no_picture_is_refused_with_a_reason(content, told):
    with pytest.raises(DataError, match=told) as caught:
        decode_picture(content, Fit((12, 10)))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF"])
def test_broken_bytes_give_an_answer_or_a_reason_and_nothing_else(kind, recwarn):
    whole = encoded(noise(40, 30), kind)
    draw = np.random.default_rng(len(whole))
    refused = 0
    for _ in range(150):
        content = bytearray(whole)
        for place in draw.integers(0, len(content), 4):
            content[place] = draw.integers(256)
        try:
            assert decode_picture(
                bytes(content[: draw.integers(1, len(content) + 1)]), Fit((12, 10))
            ).shape == (
                3,
                10,
                12,
            )
        except DataError:
            refused += 1
    assert refused > 50
    assert not recwarn.list


def test_many_threads_leave_the_warnings_as_they_were():
    before = list(warnings.filters)
    content = encoded(noise(900, 700).quantize(64), "PNG", transparency=bytes(range(64)))  # takes a while
    threads = [threading.Thread(target=decode_picture, args=(content, Fit((12, 10)))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert warnings.filters == before
