import itertools

import numpy as np
import pytest
import torch

from paribus.specs.augments import (
    Contrast,
    Cutmix,
    Erase,
    Flip,
    Mixup,
    Noise,
    RandAugment,
    Rotate,
    ShiftCrop,
)
from paribus.specs.nets import Lenet5, Linear, Mlp, Plain
from paribus.specs.optimizers import Adam, AdamW, Lion, Muon, RmsProp, Sgd
from paribus.specs.recipe import StopSpec
from paribus.specs.schedules import Constant, Cosine, OneCycle, Plateau, Step
from paribus.specs.training import AverageSpec, LossSpec
from paribus.training import train

from .small import bits, clockless, make_data, make_recipe, make_state, restored, run, saved

NETS = [
    Linear(),
    Mlp(hidden=(12,), batch_norm=True, dropout=0.3),
    Lenet5(dropout=0.3),
    Plain(widths=(6, 4), batch_norm=True, dropout=0.2, fully_connected=(9,)),
    Plain(widths=(5,), global_pooling=True, pooling="average", kernel=1),
]
OPTIMIZERS = [Sgd(momentum=0.0), Sgd(nesterov=True, weight_decay=0.01), Adam(weight_decay=0.1), AdamW()]
LAYOUTS = ["channels-last", "contiguous"]
AUGMENTS = [
    [],
    [Flip(), ShiftCrop(), Mixup(), Cutmix()],
    [ShiftCrop(padding="reflect"), Rotate(), Contrast(), RandAugment(), Noise(), Erase(fill="noise")],
]
SCHEDULES = [Constant(), Cosine(warmup=0.3), OneCycle()]
STOPS = [None, StopSpec(patience=1), StopSpec(patience=2, watch="loss")]

TABLE = [
    {
        "net": net, "optimizer": optimizer, "layout": layout, "seed": number,
        "augment": AUGMENTS[number % 3], "schedule": SCHEDULES[number // 3 % 3],
        "stop": STOPS[number // 2 % 3], "normalise": number % 5 > 0,
    }
    for number, (net, optimizer, layout) in enumerate(itertools.product(NETS, OPTIMIZERS, LAYOUTS))
]  # fmt: skip


HARD = {"net": NETS[3], "augment": [Flip(), ShiftCrop()]}  # batch norm, dropout and two linear layers
FEATURES = {
    "rmsprop": {"optimizer": RmsProp(momentum=0.5, centred=True)},
    "lion": {"optimizer": Lion(weight_decay=0.1)},
    "muon": {"optimizer": Muon(weight_decay=0.1)},
    "muon-sgd-bf16": {"optimizer": Muon(rest="sgd"), "precision": "bf16"},
    "groups": {"optimizer": AdamW(decay="weights", clip=0.5, rates={"conv*": 0.1, "*.bias": 2.0})},
    "plateau": {"schedule": Plateau(patience=1, gamma=0.5, warmup=0.2), "epochs": 5},
    "step": {"schedule": Step(every=1.0, gamma=0.5, warmup=1.0)},
    "smoothed": {"loss": LossSpec(smoothing=0.1, balanced=True), "augment": [Mixup()]},
    "average": {"average": AverageSpec(decay=0.9)},
    "average-every-2-bf16": {"average": AverageSpec(decay=0.5, every=2), "precision": "bf16"},
    "bf16": {"precision": "bf16"},
    "bf16-contiguous": {"precision": "bf16", "layout": "contiguous", "test_time_flip": True},
}


def name(settings):
    return "-".join(
        [settings["net"].name, settings["optimizer"].name, settings["layout"], str(settings["seed"])]
    )


def test_the_table_meets_every_alternative():
    for key, alternatives in {"augment": AUGMENTS, "schedule": SCHEDULES, "stop": STOPS}.items():
        for alternative, net in itertools.product(alternatives, NETS):
            assert any(row[key] == alternative and row["net"] == net for row in TABLE)


@pytest.mark.parametrize(
    "settings",
    [*TABLE, *(HARD | feature for feature in FEATURES.values())],
    ids=[*map(name, TABLE), *FEATURES],
)
def test_a_run_resumed_at_any_step_ends_with_the_same_bits(settings):
    recipe, data = make_recipe(**settings), make_data()
    state = make_state(recipe, data)
    captures = [saved(state), *(saved(state) for _ in train(recipe, data, state))]
    end = bits(state)
    assert len(captures) == 3 * len(state.history) + 1
    assert state.best_weights
    for step, capture in enumerate(captures):
        torch.manual_seed(step)
        resumed = run(recipe, data, restored(recipe, data, capture))
        assert bits(resumed) == end, step
        assert all(torch.equal(v, resumed.net.state_dict()[k]) for k, v in state.net.state_dict().items())
        assert all(torch.equal(v, resumed.best_weights[k]) for k, v in state.best_weights.items())
        assert repr(clockless(resumed.history)) == repr(clockless(state.history))


def test_restoring_is_the_inverse_of_capturing():
    recipe, data = make_recipe(net=NETS[3], optimizer=Adam()), make_data()
    state = make_state(recipe, data)
    for _, _ in zip(range(5), train(recipe, data, state), strict=False):
        pass
    again = restored(recipe, data, saved(state))
    assert bits(again) == bits(state)
    assert (again.step, again.step_in_epoch, again.epoch, again.best_epoch) == (5, 2, 2, 1)
    assert again.seconds == state.seconds > 0


def test_what_was_captured_does_not_move_as_training_goes_on():
    recipe, data = make_recipe(net=NETS[3], optimizer=Adam()), make_data()
    state = make_state(recipe, data)
    moments = train(recipe, data, state)
    for _ in range(4):
        next(moments)
    arrays, facts = state.capture()
    before, told = {key: array.copy() for key, array in arrays.items()}, repr(facts)
    for _ in moments:
        pass
    assert repr(facts) == told
    assert all(np.array_equal(array, before[key]) for key, array in arrays.items())
    assert not np.array_equal(arrays["net/conv1.weight"], state.net.state_dict()["conv1.weight"].numpy())


def test_arrays_are_plain_and_contiguous_whatever_the_layout():
    recipe, data = make_recipe(net=NETS[3], optimizer=Adam()), make_data()
    state = run(recipe, data)
    assert state.net.conv1.weight.is_contiguous(memory_format=torch.channels_last)
    arrays, _ = state.capture()
    assert all(array.flags.c_contiguous for array in arrays.values())
    assert {array.dtype for array in arrays.values()} == {np.dtype(np.float32), np.dtype(np.int64)}


def test_a_restored_state_lies_in_memory_as_the_first_one_did():
    recipe, data = make_recipe(net=NETS[3], optimizer=Adam()), make_data()
    state = run(recipe, data)
    again = restored(recipe, data, saved(state))
    kept = [
        (one.stride(), other.stride())
        for was, now in zip(state.net.parameters(), again.net.parameters(), strict=True)
        for one, other in [(was, now), *((state.optimizer.state[was][key], again.optimizer.state[now][key])
                                         for key in ("exp_avg", "exp_avg_sq", "step"))]
    ]  # fmt: skip
    assert len(kept) == 4 * len(list(state.net.parameters()))
    assert all(one == other for one, other in kept)
    assert all(
        value.stride() == again.best_weights[key].stride() for key, value in state.best_weights.items()
    )


@pytest.mark.parametrize("feature", FEATURES)
def test_the_feature_is_on(feature):
    """Otherwise its resumption would show nothing."""
    on, off = (make_recipe(**HARD | settings | {"epochs": 5}) for settings in (FEATURES[feature], {}))
    data = make_data()
    assert bits(run(on, data)) != bits(run(off, data))


def test_best_weights_are_a_copy():
    recipe, data = make_recipe(net=NETS[0]), make_data()
    state = make_state(recipe, data)
    moments = train(recipe, data, state)
    record = next(moment.record for moment in moments if moment.record)
    assert (record.epoch, state.best_epoch) == (1, 1)
    kept = {key: value.clone() for key, value in state.best_weights.items()}
    next(moments)
    assert all(torch.equal(value, kept[key]) for key, value in state.best_weights.items())
    assert not torch.equal(state.net.state_dict()["last.weight"], kept["last.weight"])
