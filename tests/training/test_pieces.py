import subprocess
import sys

import pytest
import torch
from torch import nn

from paribus.errors import ExecutionError
from paribus.nets.starting import Started, hold_norms
from paribus.specs.augments import Mixup
from paribus.specs.nets import Mlp, Plain
from paribus.specs.optimizers import Sgd
from paribus.specs.training import LossSpec
from paribus.training import train
from paribus.training.memory import is_out_of_memory

from .small import bits, make_data, make_recipe, make_state, restored, run, saved


class Greedy(nn.Module):
    """Has memory for so many images at once; counts how many it was given."""

    def __init__(self, most, *, norm=False, draws=False, from_step=0):
        super().__init__()
        self.most, self.from_step, self.seen = most, from_step, []
        self.norm = nn.BatchNorm2d(3) if norm else nn.Identity()
        self.dropout = nn.Dropout(0.5) if draws else nn.Identity()
        self.last = nn.Linear(768, 4)
        torch.nn.init.zeros_(self.last.bias)
        torch.nn.init.constant_(self.last.weight, 0.01)

    def forward(self, images):
        found = self.last(self.dropout(self.norm(images)).flatten(1))
        if self.training:
            self.seen.append(len(images))
            if len(images) > self.most and len(self.seen) > self.from_step:
                raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB\nand more lines")
        return found


def trained(net, **settings):
    recipe, data = make_recipe(**({"optimizer": Sgd()} | settings)), make_data()
    return run(recipe, data, make_state(recipe, data, net))


@pytest.mark.parametrize("augment", [[], [Mixup()]], ids=["plain", "mixed"])
@pytest.mark.parametrize(
    "loss", [LossSpec(), LossSpec(smoothing=0.1, balanced=True)], ids=["plain", "weighed"]
)
def test_a_batch_in_pieces_is_the_whole_batch_but_for_rounding(augment, loss):
    settings = {"augment": augment, "loss": loss}
    whole, greedy = trained(Greedy(99), **settings), Greedy(5)
    pieced = trained(greedy, **settings)
    assert (whole.pieces, pieced.pieces) == (1, 4)
    for name, value in whole.net.state_dict().items():
        assert torch.allclose(value, pieced.net.state_dict()[name], atol=1e-5), name
    for one, other in zip(whole.history, pieced.history, strict=True):
        assert other.train_loss == pytest.approx(one.train_loss, rel=1e-4)
        assert other.step_accuracies.tolist() == one.step_accuracies.tolist()


def test_a_batch_is_halved_until_it_fits_and_stays_so():
    greedy = Greedy(5)
    state = trained(greedy, epochs=2)
    assert greedy.seen == [16, 8, 4, 4, 4, 4, 4, 4, 4, 4, 2, 2, 2, 2] + [4] * 8 + [2] * 4
    assert state.told == [
        "memory ran out at step 1, in a batch of 16: from there on, batches go in 2 pieces",
        "memory ran out at step 1, in a batch of 16: from there on, batches go in 4 pieces",
    ]
    assert state.facts == {"pieces": 4}


def test_pieces_that_are_asked_for_are_taken_from_the_first_step_on():
    greedy = Greedy(99)
    state = trained(greedy, pieces=3, epochs=1)
    assert greedy.seen == [5, 5, 6, 5, 5, 6, 2, 3, 3]
    assert state.told == []
    assert state.facts == {"pieces": 3}


def test_pieces_that_are_asked_for_are_halved_too_where_they_do_not_fit():
    assert trained(Greedy(4), pieces=3, epochs=1).pieces == 6


@pytest.mark.parametrize("pieces", ["auto", 2])
def test_a_run_whose_memory_ran_out_goes_on_with_its_pieces_to_the_same_bits(pieces):
    """Restored before, at and after the step at which it ran out, with dropout drawing."""
    recipe, data = make_recipe(optimizer=Sgd(), pieces=pieces), make_data()
    state = make_state(recipe, data, Greedy(7, draws=True, from_step=4))
    captures = [saved(state), *(saved(state) for _ in train(recipe, data, state))]
    assert {capture[1]["pieces"] for capture in captures} >= {state.pieces, 1 if pieces == "auto" else 2}
    for step, capture in enumerate(captures):
        left = Greedy(7, draws=True, from_step=max(4 - step * (1 if pieces == "auto" else 2), 0))
        assert bits(run(recipe, data, restored(recipe, data, capture, left))) == bits(state), step


def test_batch_norm_is_refused_pieces_unless_they_are_allowed():
    with pytest.raises(ExecutionError) as caught:
        trained(Greedy(5, norm=True))
    assert str(caught.value) == (
        "memory ran out at step 1, in a batch of 16; in pieces, batch norm would measure fewer images at a "
        "time. Give a smaller batch_size, or pieces = 'allowed' (CUDA out of memory. Tried to allocate 2 GiB)"
    )
    assert trained(Greedy(5, norm=True), pieces="allowed").pieces == 4


def test_a_norm_that_is_held_is_no_hindrance():
    class Held(Greedy):
        def train(self, mode=True):
            super().train(mode)
            self.norm.eval()
            return self

    assert trained(Held(5, norm=True)).pieces == 4


class Counting(Greedy):
    """Has a batch norm, and counts in a buffer how often it learned."""

    def __init__(self, most):
        super().__init__(most, norm=True)
        self.register_buffer("times", torch.zeros(()))

    def forward(self, images):
        self.times += self.training
        return super().forward(images)


def test_where_norms_are_held_from_the_first_pass_on_what_a_failed_try_changed_is_taken_back():
    """Three batches an epoch, in 4, 4 and 4 pieces; the two tries that failed do not count."""
    net = Counting(5)
    for parameter in net.norm.parameters():
        parameter.requires_grad_(False)
    held = Started(
        ("last.weight", "last.bias"), ("norm.weight", "norm.bias"), (), {}, ("norm",), (1, 2), (1, 2)
    )
    hold_norms(net, held)
    state = trained(net, epochs=1)
    assert (state.pieces, float(net.times)) == (4, 12)
    assert int(net.norm.num_batches_tracked) == 0


def test_a_norm_that_features_do_not_go_through_is_no_hindrance():
    """Only the head runs then, and no pass of the net that would hold its norms."""
    net = Greedy(99, norm=True)
    for parameter in net.norm.parameters():
        parameter.requires_grad_(False)
    narrow = Greedy(5)
    narrow.last = net.last
    recipe, data = make_recipe(optimizer=Sgd(), epochs=1), make_data()
    state = make_state(recipe, data, net)
    state.head = narrow
    assert run(recipe, data, state).pieces == 4


def test_what_a_failed_try_changed_is_taken_back():
    """Statistics after one step in two pieces: of two halves, and nothing of the whole batch before."""
    state = trained(Greedy(8, norm=True), pieces="allowed", epochs=1, batch_size=64)
    asked = trained(Greedy(99, norm=True), pieces=8, epochs=1, batch_size=64)
    assert state.pieces == 8
    assert torch.equal(state.net.norm.running_mean, asked.net.norm.running_mean)
    assert int(state.net.norm.num_batches_tracked) == 8


def test_a_net_that_cannot_take_one_image_is_refused():
    with pytest.raises(
        ExecutionError, match=r"and it cannot go in smaller pieces than 16 \(CUDA out of memory"
    ):
        trained(Greedy(0))


def test_another_fault_is_no_end_of_memory():
    class Faulty(Greedy):
        def forward(self, images):
            raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    with pytest.raises(RuntimeError, match="mat1 and mat2"):
        trained(Faulty(9))


def test_evaluation_takes_fewer_images_at_once_where_memory_runs_out():
    class Narrow(Greedy):
        def forward(self, images):
            if not self.training and len(images) > 8:
                raise torch.OutOfMemoryError("CUDA out of memory.")
            return super().forward(images)

    narrow, wide = trained(Narrow(99)), trained(Greedy(99))
    for one, other in zip(narrow.history, wide.history, strict=True):
        assert one.validation_loss == pytest.approx(other.validation_loss, rel=1e-6)


@pytest.mark.parametrize("net", [Mlp(hidden=(12,)), Plain(widths=(6, 4))])
def test_without_need_the_bits_are_those_of_the_whole(net):
    data = make_data()
    auto, one = (run(make_recipe(net=net, pieces=pieces), data) for pieces in ("auto", 1))
    assert bits(auto) == bits(one)


REALLY = """
import resource, sys
import torch
torch.set_num_threads(1)
sys.path.insert(0, {root!r})
from paribus.specs.nets import Plain
from paribus.specs.optimizers import Sgd
from tests.training.small import make_data, make_recipe, make_state, run

recipe = make_recipe(net=Plain(widths=(64, 64), pooling="none", global_pooling=True), optimizer=Sgd(lr=0.01),
                     epochs=1, batch_size=256)
data = make_data(256, 20, side=64)
state = make_state(recipe, data)
if sys.argv[1] == "tight":
    used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + 700 * 2**20,) * 2)
run(recipe, data, state)
print(state.pieces, state.history[0].train_loss, float(state.net.last.weight.double().sum()))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="limits address space as Linux does")
def test_a_process_whose_memory_is_really_limited_learns_in_pieces(pytestconfig):
    """A batch of 256 images of 64 x 64 keeps 64 MiB in each map of each layer."""
    code = REALLY.format(root=str(pytestconfig.rootpath))
    found = []
    for room in ("wide", "tight"):
        done = subprocess.run(
            [sys.executable, "-c", code, room], capture_output=True, text=True, check=False, timeout=250
        )
        assert done.returncode == 0, done.stderr[-2000:]
        found.append([float(part) for part in done.stdout.split()])
    (whole, *expected), (pieces, *values) = found
    assert whole == 1 < pieces
    assert values == pytest.approx(expected, rel=1e-4)


def test_the_end_of_memory_on_the_processor_is_known_by_its_words():
    with pytest.raises(RuntimeError) as caught:
        torch.empty(2**60, dtype=torch.uint8)
    assert is_out_of_memory(caught.value)
    assert is_out_of_memory(MemoryError())
    assert not is_out_of_memory(RuntimeError("something else"))
