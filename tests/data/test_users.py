import json
import sys

import numpy as np
import pytest
from PIL import Image

from paribus.data.opening import open_data
from paribus.errors import DataError, SpecError
from paribus.specs.datasets import UserData

from .made import picture, put

PAIRS = """
import numpy as np
from pathlib import Path
from PIL import Image

IMAGES = np.random.default_rng(0).integers(0, 256, (30, 6, 5, 3), dtype=np.uint8)
NAMES = ["dog", "ant", "cow"]
"""


@pytest.fixture
def write(tmp_path, monkeypatch, cache):
    """Writes the user's module; a name for each, for Python imports none twice."""
    monkeypatch.syspath_prepend(tmp_path)
    made = []

    def write_module(body, head=PAIRS):
        made.append(f"users_own_{len(made)}_{tmp_path.name}".replace("-", "_"))
        lines = (head + body).strip() + "\n"
        (tmp_path / f"{made[-1]}.py").write_text(lines)
        return made[-1]

    yield write_module
    for name in made:
        sys.modules.pop(name, None)


@pytest.fixture
def load(write, tmp_path):
    def open_module(body, **options):
        return open_data(UserData(name=f"{write(body)}:load", **options), tmp_path)

    return open_module


@pytest.fixture
def refusal(load):
    def told(body, **options):
        with pytest.raises(DataError) as caught:
            load(body, **options)
        assert "\n" not in str(caught.value)
        return str(caught.value).partition(":load: ")[2]

    return told


A_PAIR = "expected a pair of image and label, such as zip(images, labels) yields"
AN_IMAGE = "expected an array of uint8, a Pillow image, or a path"
SPARE = "no class has an image to spare for the test set; expected at least 3 of each"
RANDOM = np.random.default_rng(0)
IMAGES = RANDOM.integers(0, 256, (30, 6, 5, 3), dtype=np.uint8)


def test_pairs_become_a_train_and_a_carved_test_set(load):
    data = load("def load():\n  for n in range(30):\n    yield IMAGES[n], NAMES[n % 3]", test=0.2)
    assert data.classes == ("ant", "cow", "dog")
    assert data.counts == {"train": 24, "test": 6}
    order = {IMAGES[n].transpose(2, 0, 1).tobytes(): (n, ["dog", "ant", "cow"][n % 3]) for n in range(30)}
    seen = []
    for split in ("train", "test"):
        found = data.split(split)
        places = [order[image.tobytes()] for image in found.pixels]
        assert [data.classes[label] for label in found.labels] == [name for _, name in places]
        assert sorted(places) == places
        seen += [place for place, _ in places]
    assert sorted(seen) == list(range(30))
    assert np.bincount(data.split("test").labels).tolist() == [2, 2, 2]


def test_splits_are_kept_as_they_are_given(load):
    data = load(
        "def load():\n"
        "  part = lambda a, b: zip(IMAGES[a:b], np.arange(a, b) % 3)\n"
        "  return {'test': part(0, 6), 'train': list(part(6, 26)), 'validation': part(26, 30)}"
    )
    assert data.counts == {"train": 20, "validation": 4, "test": 6}
    assert data.classes == ("0", "1", "2")
    assert np.array_equal(data.split("train").pixels, IMAGES[6:26].transpose(0, 3, 1, 2))
    assert data.split("test").labels.tolist() == [0, 1, 2, 0, 1, 2]


def test_numbers_are_sorted_by_value_and_names_by_name(load):
    assert load("def load(): return zip(IMAGES, [10, 2, 9] * 10)").classes == ("2", "9", "10")
    assert load("def load(): return zip(IMAGES, ['10', '2', '9'] * 10)").classes == ("10", "2", "9")


@pytest.mark.parametrize(
    ("image", "shape"),
    [
        ("IMAGES[n]", (3, 6, 5)),
        ("IMAGES[n, :, :, 0]", (1, 6, 5)),
        ("IMAGES[n, :, :, :1]", (1, 6, 5)),
        ("Image.fromarray(IMAGES[n])", (3, 6, 5)),
        ("Image.fromarray(IMAGES[n, :, :, 0])", (3, 6, 5)),
    ],
)
def test_images_may_be_arrays_or_pillows(load, image, shape):
    data = load(f"def load():\n  for n in range(30):\n    yield {image}, n % 3")
    assert data.shape == shape
    reds = {image[0].tobytes() for split in ("train", "test") for image in data.split(split).pixels}
    assert reds == {image[:, :, 0].tobytes() for image in IMAGES}


def test_images_may_be_paths_and_are_called_by_them(load, tmp_path):
    for n in range(12):
        put(tmp_path / "photos" / f"p{n % 4}_{n}.png", picture(n))
    body = "def load():\n  for n in range(12):\n    yield f'photos/p{n % 4}_{n}.png', n % 2"
    data = load(body, groups=r"(p\d)_", test=0.3)
    assert data.shape == (3, 6, 8)
    names = data.names("train") + data.names("test")
    assert sorted(names) == sorted(f"photos/p{n % 4}_{n}.png" for n in range(12))
    people = [{name[7:9] for name in data.names(split)} for split in ("train", "test")]
    assert not people[0] & people[1]


def test_an_array_that_is_filled_again_and_again_is_copied(load):
    body = "def load():\n  one = IMAGES[0]\n  for n in range(30):\n    one[:] = n\n    yield one, n % 3"
    data = load(body)
    values = [int(image.min()) for split in ("train", "test") for image in data.split(split).pixels]
    assert sorted(values) == list(range(30))


def test_options_are_arguments_and_make_another_set(write, tmp_path):
    name = write("def load(count, deep=None): return zip(IMAGES[:count], [0, 1] * 15)")
    small = open_data(UserData(name=f"{name}:load", count=20), tmp_path)
    assert sum(small.counts.values()) == 20
    large = open_data(UserData(name=f"{name}:load", count=30, deep={"a": [1]}), tmp_path)
    assert sum(large.counts.values()) == 30
    assert large.fingerprint != small.fingerprint


def test_a_set_in_the_cache_imports_nothing(write, tmp_path):
    name = write("def load(): return zip(IMAGES, [0, 1] * 15)")
    first = open_data(UserData(name=f"{name}:load"), tmp_path)
    del sys.modules[name]
    assert open_data(UserData(name=f"{name}:load"), tmp_path) == first
    assert name not in sys.modules


def test_changed_data_are_seen_when_an_option_says_so(write, tmp_path):
    np.save(tmp_path / "images.npy", IMAGES)
    name = write(f"def load(version=1): return zip(np.load({str(tmp_path / 'images.npy')!r}), [0, 1] * 15)")
    first = open_data(UserData(name=f"{name}:load"), tmp_path)
    np.save(tmp_path / "images.npy", 255 - IMAGES)
    assert open_data(UserData(name=f"{name}:load"), tmp_path).fingerprint == first.fingerprint
    assert open_data(UserData(name=f"{name}:load", version=2), tmp_path).fingerprint != first.fingerprint


def test_a_path_is_relative_to_the_study(write, tmp_path):
    name = write("def load(path): return zip(np.load(path), [0, 1] * 15)")
    (tmp_path / "study").mkdir()
    np.save(tmp_path / "study" / "images.npy", IMAGES)
    data = open_data(UserData(name=f"{name}:load", path="images.npy"), tmp_path / "study")
    assert sum(data.counts.values()) == 30


def test_images_of_different_sizes_want_one(load):
    body = "def load():\n  for n in range(30):\n    yield IMAGES[n, : 4 + n % 3], n % 2"
    with pytest.raises(DataError, match=r"images differ in size: 3 x 4 x 5 and 3 x 5 x 5 .* data\.resize"):
        load(body)
    assert load(body, resize=8).shape == (3, 8, 8)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("def load(): return [1, 2]", f"image 0 of 'train': is a value of type int; {A_PAIR}"),
        ("def load(): return IMAGES, [0, 1]", f"image 0 of 'train': is a value of type ndarray; {A_PAIR}"),
        ("def load(): return zip(IMAGES / 255, [0, 1])",
         "image 0 of 'train': has type float64; expected uint8 values from 0 to 255"),
        ("def load(): return [(IMAGES[0], 0), (IMAGES, 1)]",
         "image 1 of 'train': has shape (30, 6, 5, 3); expected [height, width] or [..., 1 or 3]"),
        ("def load(): return [(b'', 1)]",
         f"image 0 of 'train': is a value of type bytes; {AN_IMAGE}"),
        ("def load(): return zip(IMAGES, [0.5])",
         "image 0 of 'train': has the label 0.5; expected a name or a whole number"),
        ("def load(): return zip(IMAGES, [True])",
         "image 0 of 'train': has the label true; expected a name or a whole number"),
        ("def load(): return zip(IMAGES, ['a', 1])",
         "has both names and numbers as labels; expected one kind"),
        ("def load(): return zip(IMAGES, [1, 1, 1])", "has images of 1 class; expected at least two"),
        ("def load(): return zip(IMAGES, [1, 2])", SPARE),
        ("def load(): return []", "'train' holds no image"),
        ("def load(): return {'train': zip(IMAGES, [1, 2]), 'test': []}", "'test' holds no image"),
        ("def load(): return {'test': []}",
         "gives no 'train'; expected it, and perhaps 'validation' and 'test'"),
        ("def load(): return {'training': []}",
         "gives a split 'training'; known: train, validation, test. Did you mean 'train'?"),
        ("def load(): return None", "TypeError: 'NoneType' object is not iterable"),
        ("def load(count): return []", "TypeError: load() missing 1 required positional argument: 'count'"),
        ("load = 3", "TypeError: 'int' object is not callable"),
    ],
)  # fmt: skip
def test_every_refusal_says_which_image_and_what_is_expected(refusal, body, message):
    assert refusal(body) == message


@pytest.mark.parametrize(
    "raised", ["ValueError('no\\nsuch table')", "SystemExit('no such table')", "KeyError(3)"]
)
@pytest.mark.parametrize("kind", ["return []", "yield IMAGES[0], 1"])
def test_what_the_users_code_raises_is_one_line_with_its_place(refusal, raised, kind):
    told = refusal(f"def deep():\n  raise {raised}\n\ndef load():\n  deep()\n  {kind}")
    line = PAIRS.strip().count("\n") + 3
    said = "3" if "Key" in raised else "no such table"
    assert told.startswith(f"{raised.partition('(')[0]}: {said} (users_own_0_")
    assert told.endswith(f".py, line {line})")


def test_a_module_that_cannot_be_imported_is_told_with_the_place(refusal, tmp_path):
    line = PAIRS.strip().count("\n") + 2
    told = refusal("raise RuntimeError('broken')")
    assert told.startswith("RuntimeError: broken (users_own_0_")
    assert told.endswith(f".py, line {line})")
    assert "has no attribute 'load'" in refusal("def lode(): pass")
    assert refusal("def load(:").startswith("SyntaxError: invalid syntax (users_own_")
    with pytest.raises(SpecError, match="no module 'nowhere' is found"):
        open_data(UserData(name="nowhere:load"), tmp_path)


def test_a_picture_that_cannot_be_read_is_named(refusal, tmp_path):
    (tmp_path / "a.png").write_bytes(b"no picture")
    told = refusal("def load(): return [('a.png', 1)]")
    assert told.startswith("image 0 of 'train' ('a.png'): is no picture that can be read; known: JPEG")
    told = refusal("def load(): return [(Path('b.png'), 1)]")
    assert told == "image 0 of 'train' ('b.png'): cannot be read: No such file or directory"


def test_the_options_are_those_of_a_study_file(write, tmp_path):
    """Tuples and lists are one: what a worker reads from JSON is the same set."""
    name = write("def load(sizes): return zip(IMAGES, [0, 1] * 15)")
    options = UserData(name=f"{name}:load", sizes=[1, 2])
    again = UserData.model_validate(json.loads(options.model_dump_json()))
    assert open_data(again, tmp_path) == open_data(options, tmp_path)


def test_pillow_pictures_are_turned_as_their_camera_says(load, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(IMAGES[0]).save(tmp_path / "turned.png", exif=exif)
    path = str(tmp_path / "turned.png")
    assert load(f"def load(): return [(Image.open({path!r}), n % 2) for n in range(8)]").shape == (3, 5, 6)


def test_what_the_users_code_prints_stays_out_of_what_machines_read(write, tmp_path, capsys):
    head = PAIRS + "print('imported')\n"
    body = "def load():\n  for n in range(30):\n    print('image', n)\n    yield IMAGES[n], n % 3"
    open_data(UserData(name=f"{write(body, head)}:load"), tmp_path)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == ["imported", *(f"image {n}" for n in range(30))]
