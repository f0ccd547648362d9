import os
import shutil
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from paribus.data.pictures.folder import read_folder
from paribus.data.progress import tell_nobody
from paribus.errors import DataError
from paribus.specs.datasets import Folder
from tests.data.made import make_classes, make_old, picture, put, read, read_source, source

SUFFIXES = ".jpg, .jpeg, .jfif, .png, .webp, .bmp, .gif, .tif, .tiff"


def pixels_of(array):
    return array.transpose(2, 0, 1)


def one_of(reading, label):
    """The only image of a class, wherever it was put."""
    wanted = reading.classes.index(label)
    (found,) = [
        image
        for images in reading.splits.values()
        for image, own in zip(images.pixels, images.labels, strict=True)
        if own == wanted
    ]
    return found


def read_one(root, **options):
    """The image that `put` laid under train/one; the rest is there to make a data set of it."""
    for label in ("one", "two"):
        put(root / "test" / label / "0.png", picture(0))
    put(root / "train" / "two" / "0.png", picture(0))
    reading = read(root, **options)
    images = reading.splits["train"]
    return images.pixels[images.labels.tolist().index(reading.classes.index("one"))]


# --- layouts


def test_a_folder_a_class_is_read_in_the_order_of_paths_and_a_test_set_is_carved(tmp_path):
    reading = read(make_classes(tmp_path, names=("dog", "cat", "Ant"), images=10))
    assert reading.classes == ("Ant", "cat", "dog")
    train, test = reading.splits["train"], reading.splits["test"]
    assert list(reading.splits) == ["train", "test"]
    assert np.bincount(train.labels).tolist() == [8, 8, 8]
    assert np.bincount(test.labels).tolist() == [2, 2, 2]
    assert train.pixels.shape == (24, 3, 6, 8)
    assert train.pixels.dtype == np.uint8
    laid = {
        pixels_of(picture((0, n, *label.encode()))).tobytes(): label
        for label in reading.classes
        for n in range(10)
    }
    for images in (train, test):
        for image, label in zip(images.pixels, images.labels, strict=True):
            assert laid.pop(image.tobytes()) == reading.classes[label]
    assert not laid


@pytest.mark.parametrize("validation", [None, "val", "valid", "validation", "Val"])
def test_split_folders_are_used_as_they_are(tmp_path, validation):
    folders = {"train": 4, "test": 2} | ({validation: 3} if validation else {})
    for seed, (split, images) in enumerate(folders.items()):
        make_classes(tmp_path / split, images=images, seed=seed)
    reading = read(tmp_path)
    expected = {"train": 8, "test": 4} | ({"validation": 6} if validation else {})
    assert {name: len(images) for name, images in reading.splits.items()} == expected
    assert reading.splits["test"].labels.tolist() == [0, 0, 1, 1]
    assert np.array_equal(reading.splits["test"].pixels[0], pixels_of(picture((1, 0, *b"cat"))))


def test_train_without_test_gives_up_a_share_of_its_own(tmp_path):
    make_classes(tmp_path / "train", images=10)
    make_classes(tmp_path / "val", images=5, seed=1)
    reading = read(tmp_path, test=0.3)
    assert {name: len(images) for name, images in reading.splits.items()} == {
        "train": 14, "validation": 10, "test": 6,
    }  # fmt: skip


def test_capital_letters_make_no_classes_of_the_splits(tmp_path):
    make_classes(tmp_path / "Train", images=3)
    make_classes(tmp_path / "TEST", images=2)
    assert read(tmp_path).classes == ("cat", "dog")


def test_two_folders_for_one_split_are_refused(tmp_path):
    for split in ("train", "val", "valid"):
        make_classes(tmp_path / split)
    with pytest.raises(DataError) as caught:
        source(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}: holds both 'val' and 'valid'; expected one folder with the validation images"
    )


def test_images_deeper_in_a_class_belong_to_it(tmp_path):
    make_classes(tmp_path)
    put(tmp_path / "cat" / "indoors" / "by.night.jpg" / "9.PNG", picture(9))
    reading = read(tmp_path)
    assert sum(len(images) for images in reading.splits.values()) == 7
    assert reading.classes == ("cat", "dog")


def test_what_is_hidden_or_no_image_is_passed_over(tmp_path):
    make_classes(tmp_path)
    for hidden in (".DS_Store/0.png", "cat/.0.png", "cat/._1.jpg", "cat/.ipynb_checkpoints/0.png"):
        put(tmp_path / hidden, picture(1))
    (tmp_path / "cat" / "readme.txt").write_text("cats")
    (tmp_path / "labels.csv").write_text("0,cat")
    put(tmp_path / "cover.png", picture(1))
    reading = read(tmp_path)
    assert sum(len(images) for images in reading.splits.values()) == 6
    assert reading.skipped == ()


def test_a_folder_that_is_none_is_refused(tmp_path):
    with pytest.raises(DataError) as caught:
        source(tmp_path / "nowhere")
    assert str(caught.value) == (
        f"{tmp_path / 'nowhere'}: no such folder; expected one with a folder for each class, "
        "or an archive of it"
    )


@pytest.mark.parametrize(("names", "count"), [((), "0 classes"), (("cat",), "1 class, 'cat'")])
def test_fewer_than_two_classes_are_refused(tmp_path, names, count):
    make_classes(tmp_path, names=names)
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError) as caught:
        source(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}: holds images of {count}; expected at least two folders, one for each class, "
        f"with images inside ({SUFFIXES}), under train/ or directly"
    )


def test_a_class_with_one_image_keeps_it_to_train_where_a_test_set_is_carved(tmp_path):
    make_classes(tmp_path)
    make_classes(tmp_path, names=("yak",), images=1)
    data = read(tmp_path)
    yak = data.classes.index("yak")
    assert [(data.splits[split].labels == yak).sum() for split in ("train", "test")] == [1, 0]


# --- formats and modes


@pytest.mark.parametrize(
    ("suffix", "options", "tolerance"),
    [
        (".png", {}, 0),
        (".bmp", {}, 0),
        (".tif", {}, 0),
        (".tiff", {"compression": "tiff_deflate"}, 0),
        (".webp", {"lossless": True}, 0),
        (".jpg", {"quality": 98, "subsampling": 0}, 6),
        (".JPEG", {"quality": 98, "subsampling": 0}, 6),
        (".gif", {}, 3),
    ],
)
def test_every_format_gives_the_pixels_that_were_put_in(tmp_path, suffix, options, tolerance):
    expected = picture(3)
    put(tmp_path / "train" / "one" / f"0{suffix}", expected, **options)
    found = read_one(tmp_path).transpose(1, 2, 0)
    assert np.abs(found.astype(int) - expected).max() <= tolerance


def gray(values):
    return np.repeat(values[..., None], 3, axis=2)


def modes():
    colour, values = picture(5), picture(6, channels=1)[..., 0]
    alpha = np.concatenate([colour, np.full_like(colour[..., :1], 128)], axis=2)
    palette = Image.fromarray(colour).quantize(16)
    shown = np.asarray(palette.convert("RGB"))
    deep = values.astype(np.uint16) * 256 + 77
    yield "gray.png", Image.fromarray(values), {}, gray(values)
    yield "gray-alpha.png", Image.fromarray(np.stack([values, 255 - values], 2)), {}, gray(values)
    yield "alpha.png", Image.fromarray(alpha), {}, colour
    yield "palette.png", palette, {}, shown
    yield "palette-alpha.png", palette, {"transparency": bytes(range(16))}, shown
    yield "palette-one-clear.gif", palette, {"transparency": 3}, shown
    yield (
        "one-bit.png",
        Image.fromarray(values > values.mean()),
        {},
        gray((values > values.mean()) * np.uint8(255)),
    )
    yield "sixteen.png", Image.fromarray(deep), {}, gray(values)
    yield "sixteen.tif", Image.fromarray(deep), {}, gray(values)
    yield "sixteen-big.tif", Image.fromarray(deep.astype(">u2")), {}, gray(values)
    inks = Image.fromarray(colour).convert("CMYK")
    yield "inks.tif", inks, {}, np.asarray(inks.convert("RGB"))


@pytest.mark.parametrize(
    ("name", "image", "options", "expected"), list(modes()), ids=[name for name, *_ in modes()]
)
def test_every_mode_becomes_colour_with_eight_bits(tmp_path, name, image, options, expected):
    path = tmp_path / "train" / "one" / name
    path.parent.mkdir(parents=True)
    image.save(path, **options)
    assert np.array_equal(read_one(tmp_path).transpose(1, 2, 0), expected)


def test_cmyk_jpegs_are_read(tmp_path):
    expected = picture(5)
    path = tmp_path / "train" / "one" / "0.jpg"
    path.parent.mkdir(parents=True)
    Image.fromarray(expected).convert("CMYK").save(path, quality=98)
    assert np.abs(read_one(tmp_path).transpose(1, 2, 0).astype(int) - expected).max() <= 12


@pytest.mark.parametrize("kind", [np.int32, np.float32])
def test_values_of_32_bits_are_refused_rather_than_cut(tmp_path, kind):
    path = tmp_path / "train" / "one" / "0.tif"
    path.parent.mkdir(parents=True)
    Image.fromarray(picture(0, channels=1)[..., 0].astype(kind) * 300).save(path)
    with pytest.raises(DataError, match="holds 32-bit values; expected 8 or 16 bits a channel"):
        read_one(tmp_path)


# How the picture must be turned for a viewer, by the number in its EXIF data.
TURNS = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.transpose(1, 0, 2),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: np.rot90(a, 2).transpose(1, 0, 2),
    8: lambda a: np.rot90(a, 1),
}


@pytest.mark.parametrize("orientation", TURNS)
def test_the_camera_says_which_side_is_up(tmp_path, orientation):
    taken = picture(4, width=6)
    taken[0, :3] = 255  # no two turns look alike
    exif = Image.Exif()
    exif[0x0112] = orientation
    put(tmp_path / "train" / "one" / "0.png", taken, exif=exif)
    for label in ("one", "two"):
        put(tmp_path / "test" / label / "0.png", picture(0, width=6))
    put(tmp_path / "train" / "two" / "0.png", picture(0, width=6))
    assert np.array_equal(read(tmp_path).splits["train"].pixels[0], pixels_of(TURNS[orientation](taken)))


# --- sizes


def test_differing_sizes_are_refused_with_both_and_resizing_mends_it(tmp_path):
    make_classes(tmp_path)
    put(tmp_path / "dog" / "large.png", picture(1, width=20, height=10))
    with pytest.raises(DataError) as caught:
        read(tmp_path)
    assert str(caught.value) == (
        "images differ in size: 8 x 6 (0.png) and 20 x 10 (large.png). Set data.resize, such as resize = 64"
    )
    reading = read(tmp_path, resize=5)
    assert {images.pixels.shape[1:] for images in reading.splits.values()} == {(3, 5, 5)}


def test_resizing_is_pillows(tmp_path):
    put(tmp_path / "train" / "one" / "0.png", picture(1))
    expected = Image.fromarray(picture(1)).resize((4, 4), Image.Resampling.BILINEAR)
    assert np.array_equal(read_one(tmp_path, resize=4).transpose(1, 2, 0), np.asarray(expected))


# --- broken files


def huge_png(side):
    """A few bytes that claim to be a very large picture."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def put_text(path):
    path.write_text("no picture at all")


def put_truncated(path):
    random = np.random.default_rng(0).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    Image.fromarray(random).save(path)
    path.write_bytes(path.read_bytes()[:900])


BROKEN = {
    "empty": (lambda path: path.write_bytes(b""), "is no picture that can be read"),
    "text": (put_text, "is no picture that can be read"),
    "truncated": (put_truncated, "cannot be decoded: "),
    "large": (
        lambda path: path.write_bytes(huge_png(7500)),
        "claims 7500 x 7500 pixels; at most 50,000,000 are allowed",
    ),
    "bomb": (
        lambda path: path.write_bytes(huge_png(30_000)),
        "claims more than 50,000,000 pixels, which are allowed",
    ),
    "link": (lambda path: path.symlink_to("nowhere.png"), "cannot be read: No such file"),
    "loop": (lambda path: path.symlink_to(path.name), "cannot be read: Too many levels"),
}


@pytest.mark.parametrize("kind", BROKEN)
@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_a_broken_file_is_named_in_one_line_or_skipped_and_listed(tmp_path, kind, suffix):
    make_classes(tmp_path)
    path = tmp_path / "dog" / f"1-broken{suffix}"
    break_it, reason = BROKEN[kind]
    break_it(path)
    with pytest.raises(DataError) as caught:
        read(tmp_path)
    assert str(caught.value).startswith(f"{path}: {reason}")
    assert str(caught.value).endswith('. Mend or remove it, or set data.on_bad = "skip" to go on without')
    assert "\n" not in str(caught.value)
    reading = read(tmp_path, on_bad="skip")
    assert sum(len(images) for images in reading.splits.values()) == 6
    (skipped,) = reading.skipped
    assert skipped.startswith(f"dog/{path.name}: {reason}")


def test_the_first_broken_file_is_named_and_the_others_are_counted(tmp_path):
    make_classes(tmp_path)
    for label, number in [("dog", 2), ("cat", 1), ("dog", 0)]:
        (tmp_path / label / f"{number}.png").write_bytes(b"")
    with pytest.raises(DataError) as caught:
        read(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}/cat/1.png: is no picture that can be read; known: JPEG, PNG, WEBP, BMP, GIF, TIFF "
        "(2 more such files). "
        'Mend or remove it, or set data.on_bad = "skip" to go on without'
    )


def test_a_folder_named_like_an_image_is_none(tmp_path):
    make_classes(tmp_path)
    (tmp_path / "dog" / "x.jpg").mkdir()
    reading = read(tmp_path)
    assert reading.skipped == ()
    assert sum(len(images) for images in reading.splits.values()) == 6


def test_names_that_are_no_text_can_be_read_and_shown(tmp_path):
    make_classes(tmp_path)
    for number in range(3):
        put(tmp_path / os.fsdecode(b"caf\xe9") / f"{number}.png", picture(number))
    broken = tmp_path / "cat" / os.fsdecode(b"\xff.png")
    broken.write_bytes(b"")
    reading = read(tmp_path, on_bad="skip")
    assert reading.classes == ("caf\\udce9", "cat", "dog")
    assert reading.skipped == (
        "cat/\\udcff.png: is no picture that can be read; known: JPEG, PNG, WEBP, BMP, GIF, TIFF",
    )
    with pytest.raises(DataError) as caught:
        read(tmp_path)
    str(caught.value).encode()  # could not be printed otherwise


def test_where_all_are_skipped_there_are_no_classes(tmp_path):
    make_classes(tmp_path)
    for number in range(3):
        (tmp_path / "dog" / f"{number}.png").write_bytes(b"")
    with pytest.raises(DataError, match="holds images of 1 class, 'cat'"):
        read(tmp_path, on_bad="skip")
    for number in range(3):
        (tmp_path / "cat" / f"{number}.png").write_bytes(b"")
    with pytest.raises(DataError, match="holds images of 0 classes"):
        read(tmp_path, on_bad="skip")


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".gif", ".bmp", ".tif", ".webp"])
def test_no_damage_to_a_file_does_more_than_have_it_refused(tmp_path, suffix):
    make_classes(tmp_path)
    path = tmp_path / "dog" / f"3{suffix}"
    put(path, picture(3))
    whole, random = path.read_bytes(), np.random.default_rng(0)
    refused = []
    for _ in range(60):
        damaged = bytearray(whole)
        for place in random.integers(0, len(whole), 3):
            damaged[place] ^= 1 << int(random.integers(8))
        path.write_bytes(
            damaged[: int(random.integers(0, len(whole) + 1))] if random.random() < 0.3 else damaged
        )
        try:
            read(tmp_path, resize=6)
        except DataError as error:
            refused.append(str(error))
    assert len(refused) > 10
    assert all(line.startswith(f"{path}: ") and "\n" not in line for line in refused)


# --- fingerprint


def fingerprint(root, **options):
    return source(root, **options).fingerprint


def test_the_fingerprint_is_of_names_and_content_not_of_place_and_time(tmp_path):
    first = make_classes(tmp_path / "first")
    make_old(first)
    (tmp_path / "deeper").mkdir()
    second = shutil.copytree(first, tmp_path / "deeper" / "second", copy_function=shutil.copy)
    assert fingerprint(first) == fingerprint(second)
    assert source(first).key == source(first).fingerprint


def test_the_order_in_which_files_were_made_does_not_matter(tmp_path):
    for name, order in {"a": ("train", "val", "test"), "b": ("test", "val", "train")}.items():
        for split in order:
            make_classes(tmp_path / name / split)
    assert fingerprint(tmp_path / "a") == fingerprint(tmp_path / "b")


def change_byte(root):
    path = root / "cat" / "1.png"
    content = path.read_bytes()
    path.write_bytes(content[:-20] + bytes([content[-20] ^ 1]) + content[-19:])


@pytest.mark.parametrize(
    "change",
    [
        change_byte,
        lambda root: (root / "cat" / "1.png").rename(root / "cat" / "9.png"),
        lambda root: (root / "cat").rename(root / "cow"),
        lambda root: (root / "cat" / "1.png").unlink(),
        lambda root: put(root / "cat" / "9.png", picture(1)),
        lambda root: (root / "cat" / "1.png").rename(root / "dog" / "9.png"),
    ],
    ids=["byte", "name", "class", "less", "more", "moved"],
)
def test_the_fingerprint_changes_with_every_change(tmp_path, change):
    make_classes(tmp_path, images=5)
    before = fingerprint(tmp_path)
    assert fingerprint(tmp_path) == before
    change(tmp_path)
    assert fingerprint(tmp_path) != before


def test_the_fingerprint_changes_with_what_becomes_of_the_files(tmp_path):
    make_classes(tmp_path, images=10)
    assert (
        len({fingerprint(tmp_path), fingerprint(tmp_path, test=0.4), fingerprint(tmp_path, on_bad="skip")})
        == 2
    )


def test_several_paths_are_the_splits_that_they_are_called(tmp_path):
    for split, images in {"train": 4, "val": 2, "test": 3}.items():
        make_classes(tmp_path / split, images=images, seed=images)
    options = Folder(path=tuple(str(tmp_path / split) for split in ("train", "val", "test")))
    found = read_source(read_folder(options, tell_nobody), options)
    assert {split: len(images) for split, images in found.splits.items()} == {
        "train": 8, "validation": 4, "test": 6,
    }  # fmt: skip


def test_numbers_are_classes_in_the_order_of_their_values(tmp_path):
    assert read(make_classes(tmp_path, names=("10", "9", "2"))).classes == ("2", "9", "10")


def test_a_file_that_could_be_read_when_it_was_hashed_is_not_remembered_as_broken(tmp_path):
    found = source(make_classes(tmp_path))
    (tmp_path / "cat" / "1.png").unlink()
    options = Folder(path=str(tmp_path), on_bad="skip")
    with pytest.raises(DataError, match=r"1\.png: cannot be read: No such file or directory, though it"):
        read_source(found, options)


def test_control_characters_in_names_are_spelt_out(tmp_path):
    make_classes(tmp_path)
    (tmp_path / "cat" / "bad\nnew\x1b[31mline.png").write_bytes(b"")
    (line,) = read(tmp_path, on_bad="skip").skipped
    assert line.startswith("cat/bad\\nnew\\x1b[31mline.png: ")
