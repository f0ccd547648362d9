"""On a CUDA device: what it computes, that it goes on to the bit, and that its step waits for nothing."""

import pytest
import torch

from paribus.executors.preparing import settle_process
from paribus.nets import Shape
from paribus.nets.building import build_net
from paribus.schedules import steps_per_epoch
from paribus.specs.nets import Plain
from paribus.specs.optimizers import AdamW, Lion, Muon, Sgd
from paribus.specs.training import AverageSpec, LossSpec
from paribus.training import TrainingData, first_state, resident, train

from .small import bits, images, make_recipe, saved

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device"),
]

NET = Plain(widths=(8, 8, 8), batch_norm=True, dropout=0.1)
EVERYTHING = {
    "net": NET, "loss": LossSpec(smoothing=0.1, balanced=True), "average": AverageSpec(decay=0.9),
    "batch_size": 32,
}  # fmt: skip
OPTIMIZERS = [AdamW(clip=1.0, decay="weights", rates={"last.*": 2.0}), Sgd(nesterov=True), Lion(), Muon()]


@pytest.fixture(autouse=True)
def _as_a_worker_is_settled():
    settle_process("cuda", 1)
    yield
    torch.use_deterministic_algorithms(mode=False)


def data_on(device, count=200):
    parts = [resident(pixels, torch.arange(len(labels)).numpy(), labels, device)
             for pixels, labels in (images(count, 0), images(100, 1))]  # fmt: skip
    return TrainingData(*parts, (100.0, 90.0, 110.0), (50.0, 45.0, 55.0), tuple("abcd"))


def state_on(device, recipe, data):
    shape = Shape(3, 16, 16, 4)
    net = build_net(recipe.net, shape, 0)
    return first_state(recipe, net, shape, steps_per_epoch(len(data.train), recipe.batch_size), device)


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda options: options.name)
def test_a_run_goes_on_to_the_bit_in_the_middle_of_an_epoch(optimizer, precision):
    recipe, data = make_recipe(**EVERYTHING, optimizer=optimizer, precision=precision), data_on("cuda")
    state = state_on("cuda", recipe, data)
    captures = [saved(state) for _ in train(recipe, data, state)]
    again = state_on("cuda", recipe, data)
    again.restore(*captures[9])
    assert again.step_in_epoch == 3
    for _ in train(recipe, data, again):
        pass
    assert bits(again) == bits(state)


def test_it_computes_what_the_processor_computes_but_for_rounding():
    recipe = make_recipe(
        **(EVERYTHING | {"net": Plain(widths=(8, 8), batch_norm=True)}), optimizer=Sgd(lr=0.01)
    )
    losses = []
    for device in ("cpu", "cuda"):
        data = data_on(device)
        state = state_on(device, recipe, data)
        for _ in train(recipe, data, state):
            pass
        losses.append([record.train_loss for record in state.history])
    assert losses[1] == pytest.approx(losses[0], rel=1e-3)


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda options: options.name)
def test_a_step_waits_for_nothing(optimizer):
    """torch raises where the host waits; looks at losses and epochs' ends are left out."""
    recipe, data = make_recipe(**EVERYTHING, optimizer=optimizer), data_on("cuda")
    state = state_on("cuda", recipe, data)
    moments = train(recipe, data, state)
    next(moments)
    torch.cuda.set_sync_debug_mode("error")
    try:
        for _ in range(4):
            next(moments)
    finally:
        torch.cuda.set_sync_debug_mode("default")


def test_memory_that_really_ends_is_met_by_pieces():
    """A map of 4,096 images takes 256 MiB, and each layer keeps some."""
    recipe = make_recipe(
        net=Plain(widths=(64, 64), pooling="none", global_pooling=True), batch_size=4096, epochs=1
    )
    data = data_on("cuda", count=4096)
    state = state_on("cuda", recipe, data)
    _, whole = torch.cuda.mem_get_info()
    torch.cuda.set_per_process_memory_fraction(min(600 * 2**20 / whole, 1.0))
    try:
        for _ in train(recipe, data, state):
            pass
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
    assert state.pieces > 1
