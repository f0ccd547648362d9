"""What makes two runs the same run, and what does not."""

import json
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paribus.errors import SpecError
from paribus.specs import RecipeSpec, canonical, digest, fingerprint
from paribus.specs.merging import merged

from .strategies import JSON_LIKE, RECIPES

FULL = {
    "data": {"name": "folder", "path": "here", "validation": 0.2, "classes": ["a", "b"], "per_class": 100,
             "share": 0.5, "label_noise": 0.0, "groups": "_(.*)", "resize": 32, "fit": "pad", "gray": False,
             "test": 0.25, "on_bad": "fail", "val": "validation"},
    "net": {"name": "plain", "widths": [8, 16], "kernel": 3, "stride": 1, "padding": "same",
            "batch_norm": False, "dropout": 0.1, "dropout_in": "all", "pooling": "max", "pooling_window": 2,
            "pooling_stride": 2, "global_pooling": False, "fully_connected": [32]},
    "augment": [{"name": "flip", "probability": 0.5},
                {"name": "shift-crop", "pixels": 4, "padding": "zero"}],
    "optimizer": {"name": "adam", "lr": 0.001, "weight_decay": 0.0, "beta1": 0.9, "beta2": 0.999,
                  "epsilon": 1e-8, "decay": "all", "clip": 1.0, "rates": {"last.*": 2.0}},
    "loss": {"smoothing": 0.1, "balanced": False, "class_weights": {"b": 2.0}},
    "average": {"decay": 0.99, "every": 2},
    "schedule": {"name": "one-cycle", "peak": 0.3, "start_divisor": 25.0, "final_divisor": 1e4},
    "batch_size": 128, "epochs": 10, "stop": {"patience": 10, "watch": "accuracy"}, "normalise": True,
    "test_time_flip": False, "divergence_loss": 1e4, "pieces": "auto", "compile": False,
    "precision": "fp32", "layout": "channels-last",
    "start": {"stage": "before", "epoch": "last", "head": "new", "hidden": [8], "train": ["head"],
              "norms": "frozen", "lr_scale": 0.1},
    "randomise": ["split", "weights"], "seed": 0,
}  # fmt: skip
CHANGES = {
    "data": {"name": "npz", "path": "here"}, "data.validation": 0.1, "data.classes": ["b", "a"],
    "data.per_class": 99, "data.resize": False, "data.test": 0.2, "data.on_bad": "skip",
    "data.share": 0.4, "data.label_noise": 0.1, "data.groups": "(.*)_", "data.fit": "crop", "data.gray": True,
    "data.val": "test",
    "net": "lenet5", "net.widths": [16, 8], "net.kernel": 5, "net.batch_norm": True, "net.dropout": 0.0,
    "net.stride": [1, 2], "net.padding": "none", "net.dropout_in": "last", "net.pooling_window": 3,
    "net.pooling_stride": False, "net.pooling": "average", "net.global_pooling": True,
    "net.fully_connected": [],
    "augment": [{"name": "shift-crop", "pixels": 4, "padding": "zero"}, {"name": "flip"}],
    "augment.flip.probability": 0.4, "augment.shift-crop.pixels": 3, "augment.shift-crop.padding": "reflect",
    "augment.shift-crop.probability": 0.5,
    "optimizer": {"name": "adamw", "weight_decay": 0.0}, "optimizer.lr": 0.002,
    "optimizer.weight_decay": 0.1, "optimizer.beta1": 0.8, "optimizer.beta2": 0.99,
    "optimizer.epsilon": 1e-7, "optimizer.decay": "weights", "optimizer.clip": False,
    "optimizer.rates": {"last.*": 3.0},
    "loss.smoothing": 0.0, "loss.class_weights": {"a": 2.0},
    "loss": {"balanced": True, "class_weights": False}, "average": False, "average.decay": 0.9,
    "average.every": 1, "precision": "bf16", "pieces": 2, "compile": True,
    "schedule": "cosine", "schedule.peak": 0.2, "schedule.start_divisor": 10,
    "schedule.final_divisor": 1e3,
    "batch_size": 64, "epochs": 11, "stop": False, "stop.patience": 9, "stop.watch": "loss",
    "normalise": False, "test_time_flip": True, "divergence_loss": 1e3, "layout": "contiguous",
    "start": False, "start.epoch": "best", "start.head": "auto", "start.hidden": [],
    "start.train": ["last:2"], "start.norms": "updated", "start.lr_scale": {"conv1*": 0.1},
    "randomise": ["split"], "seed": 1,
}  # fmt: skip


def identity(data="d" * 64, parent="e" * 64, **changes):
    return fingerprint(RecipeSpec.model_validate(merged(FULL, changes)), data, parent)


def test_the_list_of_changes_reaches_every_setting():
    """So that a setting added later is not forgotten here."""
    plain = canonical(RecipeSpec.model_validate(FULL))
    reached = {place.partition(".")[0] for place in CHANGES}
    assert reached == set(plain)
    inner = {
        f"{table}.{key}"
        for table in ("data", "net", "optimizer", "stop", "loss", "average", "start")
        for key in plain[table]
    }
    inner -= {"data.name", "net.name", "optimizer.name", "data.path", "loss.balanced"}
    inner -= {"start.stage", "start.run", "start.weights"}  # names of what the parent is
    assert inner <= set(CHANGES)


@pytest.mark.parametrize("place", CHANGES)
def test_any_other_setting_makes_another_run(place):
    assert identity(**{place: CHANGES[place]}) != identity()


def test_no_two_of_these_changes_make_the_same_run():
    identities = {place: identity(**{place: change}) for place, change in CHANGES.items()}
    assert len(set(identities.values())) == len(identities) == 71


def test_other_data_make_another_run():
    assert identity(data="e" * 64) != identity()


def test_another_parent_makes_another_run_and_its_name_does_not():
    assert identity(parent="f" * 64) != identity()
    assert identity(**{"start.stage": "earlier"}) == identity()
    assert identity(**{"start.stage": False, "start.run": "e" * 10}) == identity()


def test_where_the_data_lie_does_not_matter():
    assert identity(**{"data.path": "there"}) == identity()


def test_a_default_that_is_spelt_out_does_not_matter():
    short = RecipeSpec.model_validate({"data": "digits", "net": "plain", "optimizer": "adam"})
    spelt_out = RecipeSpec.model_validate(canonical(short))
    assert fingerprint(short, "d") == fingerprint(spelt_out, "d")


def test_a_number_is_the_same_however_it_is_written():
    assert identity(**{"optimizer.lr": 1}) == identity(**{"optimizer.lr": 1.0})


def is_ours(plain):
    net = plain["net"]
    return ":" not in (net if isinstance(net, str) else net["name"])


@given(RECIPES.filter(is_ours), st.randoms())
@settings(max_examples=50, deadline=None)
def test_the_order_of_keys_does_not_matter(plain, random):
    def shuffled(value):
        if isinstance(value, dict):
            return {key: shuffled(value[key]) for key in random.sample(list(value), len(value))}
        return [shuffled(v) for v in value] if isinstance(value, list) else value

    one, other = (RecipeSpec.model_validate(given) for given in (plain, shuffled(plain)))
    assert fingerprint(one, "d", "p") == fingerprint(other, "d", "p")


@given(JSON_LIKE, JSON_LIKE)
@settings(deadline=None)
def test_a_digest_tells_values_apart_as_their_json_does(one, other):
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (digest(one) == digest(other)) is same


def test_this_recipe_has_always_been_known_by_this_identity():
    """Pinned: where this fails, every ledger that exists has lost its runs.

    A change of identity that is meant raises a version: `SEMANTICS`, or that of an entry of a table.
    """
    assert identity() == "4268d9435157ff57b0f3b0a252072fa010bb31532de06d0801e3143ef8330549"


@pytest.fixture
def net_of_a_user(tmp_path, monkeypatch):
    """A module of the user's own, and a function that writes its source."""
    monkeypatch.syspath_prepend(tmp_path)

    def write(source):
        (tmp_path / "identity_net.py").write_text(source)

    write("class Net: pass\n")
    return write


def test_another_source_of_the_users_net_makes_another_run(net_of_a_user):
    before = identity(net="identity_net:Net")
    assert before == identity(net="identity_net:Net")
    net_of_a_user("class Net: x = 1\n")
    assert identity(net="identity_net:Net") != before


def test_other_options_of_the_users_net_make_another_run(net_of_a_user):
    one, other = ({"name": "identity_net:Net", "width": width} for width in (1, 2))
    assert identity(net=one) != identity(net=other)


def test_another_object_of_the_same_module_makes_another_run(net_of_a_user):
    assert identity(net="identity_net:Net") != identity(net="identity_net:Other")


def test_the_users_module_is_not_imported_to_know_it(net_of_a_user):
    net_of_a_user("raise RuntimeError('imported')\n")
    identity(net="identity_net:Net")
    assert "identity_net" not in sys.modules


@pytest.mark.parametrize("module", ["no_such_module", "no_such.module", "sys"])
def test_a_users_net_without_a_source_is_refused(module):
    with pytest.raises(SpecError) as caught:
        identity(net=f"{module}:Net")
    assert str(caught.value) == (
        f"'{module}:Net': no module '{module}' is found. Put its file beside the study file, or install it"
    )
