import pytest
import torch
from torch import nn

from paribus.training.batch_sizes import free_memory_bytes, peak_memory_bytes, time_batches

from .small import bits, make_data, make_recipe, make_state

DATA = make_data()
CPU = torch.device("cpu")


def test_a_size_is_timed_and_weighed_and_nothing_changes():
    recipe = make_recipe(batch_size=8)
    state = make_state(recipe, DATA)
    before, generator = bits(state), torch.random.get_rng_state()
    found = time_batches(recipe, DATA, state, 16)
    assert (found.size, found.steps_per_epoch, found.trouble) == (16, 3, "")
    assert found.images_per_second > 100
    assert found.memory_bytes > 50 * 2**20  # torch alone is more
    assert bits(state) == before
    assert torch.equal(torch.random.get_rng_state(), generator)


def test_a_batch_larger_than_the_split_is_the_split():
    recipe = make_recipe()
    found = time_batches(recipe, DATA, make_state(recipe, DATA), 4096)
    assert found.steps_per_epoch == 1
    assert found.images_per_second > 100


def test_a_size_that_the_net_refuses_says_why():
    """Batch norm on one image has no deviation to divide by."""
    recipe = make_recipe()
    net = nn.Sequential(nn.Flatten(), nn.Linear(3 * 16 * 16, 4), nn.BatchNorm1d(4))
    found = time_batches(recipe, DATA, make_state(recipe, DATA, net), 1)
    assert (found.images_per_second, found.memory_bytes) == (None, None)
    assert found.trouble.startswith("Expected more than 1 value per channel when training")


class Greedy(nn.Module):
    """Has memory for eight images at once."""

    def __init__(self, *, norm):
        super().__init__()
        self.last = nn.Linear(3 * 16 * 16, 4)
        self.norm = nn.BatchNorm1d(4) if norm else nn.Identity()

    def forward(self, images):
        if len(images) > 8:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB\nand more lines")
        return self.norm(self.last(images.flatten(1)))


@pytest.mark.parametrize(
    ("norm", "why"),
    [
        (False, "memory ran out; it would go in 2 pieces"),
        (True, "memory ran out at step 1, in a batch of 16"),
    ],
)
def test_a_size_that_only_fits_in_pieces_does_not_fit(norm, why):
    recipe = make_recipe()
    state = make_state(recipe, DATA, Greedy(norm=norm))
    found = time_batches(recipe, DATA, state, 16)
    assert (found.images_per_second, found.memory_bytes) == (None, None)
    assert found.trouble.startswith(why)
    assert "\n" not in found.trouble
    assert time_batches(recipe, DATA, state, 8).images_per_second


def test_what_would_diverge_at_the_recipes_rate_is_timed_all_the_same():
    recipe = make_recipe(optimizer={"name": "sgd", "lr": 1e12}, divergence_loss=1.5)
    assert time_batches(recipe, DATA, make_state(recipe, DATA), 8).images_per_second


def test_the_peak_grows_with_what_is_held_and_stays():
    before = peak_memory_bytes(CPU)
    held = torch.ones(50 * 2**20 // 4 + before // 4)
    during = peak_memory_bytes(CPU)
    assert during > before + 40 * 2**20
    del held
    assert peak_memory_bytes(CPU) == pytest.approx(during, rel=0.01)
    assert 0 < free_memory_bytes(CPU) < 2**50
