"""Files of weights: what is read, and what is refused in one line."""

import contextlib
import hashlib
import io
import os
import pickle
import random
import zipfile

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from paribus.errors import SpecError
from paribus.nets.weights import read_weights

TENSORS = {
    "conv.weight": torch.arange(54.0).view(2, 3, 3, 3),
    "conv.bias": torch.tensor([1.5, -2.0]),
    "norm.num_batches_tracked": torch.tensor(7),
}


def saved(path, held):
    torch.save(held, path)
    return path


def same(found, expected=TENSORS):
    return found.keys() == expected.keys() and all(
        torch.equal(found[name], expected[name]) for name in expected
    )


@pytest.mark.parametrize("name", ["w.safetensors", "w.pth", "w.pt", "w.bin"])
def test_tensors_are_read_from_each_kind_of_file(tmp_path, name):
    path = tmp_path / name
    save_file(TENSORS, path) if path.suffix == ".safetensors" else torch.save(TENSORS, path)
    assert same(read_weights(path))


def test_files_of_the_old_format_are_read(tmp_path):
    torch.save(TENSORS, tmp_path / "w.pth", _use_new_zipfile_serialization=False)
    assert same(read_weights(tmp_path / "w.pth"))


@pytest.mark.parametrize(
    "nest",
    [
        lambda held: {"state_dict": held, "epoch": 3, "optimizer": {"lr": 0.1, "state": [1, 2]}},
        lambda held: {"model": held, "ema": {"conv.bias": torch.zeros(2)}},
        lambda held: {"model_state": held},
        lambda held: {"model_state_dict": held, "loss": 0.5},
        lambda held: {"ema": {"module": held}},
        lambda held: {f"module.{name}": value for name, value in held.items()},
        lambda held: {"state_dict": {f"_orig_mod.module.{name}": value for name, value in held.items()}},
        lambda held: {f"module._orig_mod.{name}": value for name, value in held.items()},
        lambda held: held | {"conv.weight": nn.Parameter(held["conv.weight"])},
    ],
)  # fmt: skip
def test_common_nestings_and_prefixes_are_seen_through(tmp_path, nest):
    found = read_weights(saved(tmp_path / "w.pth", nest(TENSORS)))
    assert same(found)
    assert not any(value.requires_grad for value in found.values())


def test_a_table_that_holds_itself_is_refused(tmp_path):
    held = {"epoch": 3}
    held["model"] = held
    refused(saved(tmp_path / "w.pth", held), "'epoch' is a int; expected tensors only")


def test_a_prefix_that_only_some_names_have_is_a_name(tmp_path):
    held = {"module.weight": torch.ones(1), "last.weight": torch.ones(2)}
    assert same(read_weights(saved(tmp_path / "w.pth", held)), held)


class Bomb:
    """A pickle that would write a file when it is opened."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return (os.mkdir, (str(self.mark),))


@pytest.mark.parametrize("form", ["torch", "old", "pickle", "within"])
def test_code_in_a_file_is_refused_and_not_run(tmp_path, form):
    path, bomb = tmp_path / "w.pth", Bomb(tmp_path / "ran")
    if form == "pickle":
        path.write_bytes(pickle.dumps({"a": bomb}))
    elif form == "within":
        torch.save({"state_dict": TENSORS, "more": [bomb]}, path)
    else:
        torch.save(bomb, path, _use_new_zipfile_serialization=form == "torch")
    refused(path, "cannot be read as weights: damaged, or not only tensors (")
    assert not bomb.mark.exists()


def test_a_whole_module_is_refused(tmp_path):
    refused(
        saved(tmp_path / "w.pth", nn.Linear(2, 2)),
        "cannot be read as weights: damaged, or not only tensors (UnpicklingError: Unsupported global: ",
    )


def refused(path, message):
    with pytest.raises(SpecError) as caught:
        read_weights(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("held", "message"),
    [
        ([torch.ones(2)], "holds list; expected a table of tensors by name"),
        (torch.ones(2), "holds Tensor; expected a table of tensors by name"),
        ({}, "holds dict; expected a table of tensors by name"),
        (
            {"a": torch.ones(2), "b": 3},
            "'b' is a int; expected tensors only, perhaps within one of state_dict, ",
        ),
        ({"a": torch.ones(2).to_sparse()}, "'a' is no plain tensor of numbers"),
    ],
)
def test_what_is_no_table_of_tensors_is_refused(tmp_path, held, message):
    refused(saved(tmp_path / "w.pth", held), message)


def test_other_kinds_of_file_and_missing_ones_are_refused(tmp_path):
    refused(tmp_path / "none.pth", "no such file; expected weights (.safetensors, .pth, .pt, .bin)")
    (tmp_path / "w.h5").write_bytes(b"HDF")
    refused(tmp_path / "w.h5", "unknown kind of weights '.h5'; known: .safetensors, .pth, .pt, .bin")
    (tmp_path / "w.pth").write_bytes(b"")
    refused(tmp_path / "w.pth", "cannot be read as weights")


@pytest.mark.parametrize("name", ["w.safetensors", "w.pth"])
def test_a_file_cut_anywhere_is_refused(tmp_path, name):
    path = tmp_path / name
    save_file(TENSORS, path) if path.suffix == ".safetensors" else torch.save(TENSORS, path)
    whole = path.read_bytes()
    for length in range(0, len(whole), max(1, len(whole) // 40)):
        path.write_bytes(whole[:length])
        refused(path, "cannot be read as weights")


@pytest.mark.parametrize("name", ["w.safetensors", "w.pth"])
def test_a_flipped_bit_is_refused_or_changes_numbers_only(tmp_path, name):
    """Its SHA-256 makes it another file, and so another run; nothing but SpecError may come of it."""
    path = tmp_path / name
    save_file(TENSORS, path) if path.suffix == ".safetensors" else torch.save(TENSORS, path)
    whole, random_ = bytearray(path.read_bytes()), random.Random(0)
    refusals = 0
    for _ in range(300):
        place, bit = random_.randrange(len(whole)), 1 << random_.randrange(8)
        whole[place] ^= bit
        path.write_bytes(whole)
        with contextlib.suppress(SpecError):
            refusals += 1
            read_weights(path)
            refusals -= 1
        whole[place] ^= bit
    assert refusals > 20


def test_the_sum_beside_a_file_finds_any_flipped_bit(tmp_path):
    path = tmp_path / "w.safetensors"
    save_file(TENSORS, path)
    whole = path.read_bytes()
    path.with_name("w.safetensors.sha256").write_text(hashlib.sha256(whole).hexdigest() + "\n")
    assert same(read_weights(path))
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    refused(path, "does not have the SHA-256 that stands in w.safetensors.sha256; fetch or copy it again")


def test_a_packed_file_is_refused_before_it_grows(tmp_path):
    plain = io.BytesIO()
    torch.save({"a": torch.zeros(1000)}, plain)
    with (
        zipfile.ZipFile(plain) as source,
        zipfile.ZipFile(tmp_path / "w.pth", "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        for entry in source.infolist():
            packed.writestr(entry.filename, source.read(entry))
    refused(tmp_path / "w.pth", "its parts are compressed, as torch.save never writes them")


def test_a_file_beyond_all_bounds_is_not_opened(tmp_path):
    path = tmp_path / "w.safetensors"
    with path.open("wb") as file:
        file.truncate((8 << 30) + 1)  # a hole: takes no room
    refused(path, "8,589,934,593 bytes; weights of up to 8,589,934,592 are read")


def test_a_torch_that_was_bypassed_is_refused(tmp_path, monkeypatch):
    path = saved(tmp_path / "w.pth", TENSORS)
    monkeypatch.setattr(torch, "__version__", "2.9.1+cpu")
    refused(path, "torch 2.9.1+cpu can be made to run code by such a file; install torch 2.10 or later")
