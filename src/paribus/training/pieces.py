"""A batch is learned whole; where memory runs out, in 2, 4, 8 pieces whose gradients add up to the whole's.

Equal up to rounding, but for what a layer draws or measures over the images that it sees at once: dropout
draws other masks, and batch norm takes the statistics of a piece, which is why it must be allowed.
"""

from collections.abc import Callable
from itertools import pairwise

import torch
from torch import Tensor
from torch.nn.modules.batchnorm import _BatchNorm

from paribus.errors import ExecutionError
from paribus.specs import RecipeSpec
from paribus.training.generators import seed_generators
from paribus.training.memory import is_out_of_memory, release_memory
from paribus.training.state import TrainingState
from paribus.training.targets import Target

Learn = Callable[[Tensor, Target], tuple[Tensor, Tensor]]  # adds to the gradients; gives loss and hits


class Pieces:
    """Learns the batches of one run, in as many pieces as its state says."""

    def __init__(self, recipe: RecipeSpec, state: TrainingState) -> None:
        self._recipe, self._state = recipe, state
        self._statistics = list(state.net.buffers())  # what a try that fails leaves changed
        self._is_first = True

    def learn(self, learn: Learn, images: Tensor, target: Target, seed: int) -> tuple[Tensor, Tensor]:
        """Loss and hits of a batch, whose gradients are in the weights then."""
        before = [statistic.clone() for statistic in self._statistics]
        while True:
            self._state.optimizer.zero_grad()
            seed_generators(images.device, seed)
            try:
                found = self._learn(learn, images, target)
                break
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
                reason = str(error).partition("\n")[0]
            self._split_further(len(images), reason)
            for statistic, value in zip(self._statistics, before, strict=True):
                statistic.copy_(value)
        if self._is_first and self._recipe.pieces == "auto" and _measures_batches(self._state):
            self._statistics = []  # there is no second try
        self._is_first = False
        return found

    def _learn(self, learn: Learn, images: Tensor, target: Target) -> tuple[Tensor, Tensor]:
        pieces = min(self._state.pieces, len(images))
        if pieces == 1:
            return learn(images, target)
        bounds = [number * len(images) // pieces for number in range(pieces + 1)]
        found = [learn(images[start:end], target.piece(start, end)) for start, end in pairwise(bounds)]
        losses, hits = zip(*found, strict=True)
        return torch.stack(losses).sum(), torch.stack(hits).sum()

    def _split_further(self, images: int, reason: str) -> None:
        """Twice as many pieces from now on, or a refusal."""
        state, measures = self._state, _measures_batches(self._state)
        where = f"memory ran out at step {state.step + 1}, in a batch of {images}"
        if measures and self._recipe.pieces == "auto":
            raise ExecutionError(
                f"{where}; in pieces, batch norm would measure fewer images at a time. Give a smaller "
                f"batch_size, or pieces = 'allowed' ({reason})"
            )
        if images < 2 * state.pieces * (2 if measures else 1):
            raise ExecutionError(
                f"{where}, and it cannot go in smaller pieces than {state.pieces} ({reason})"
            )
        state.pieces *= 2
        state.told.append(f"{where}: from there on, batches go in {state.pieces} pieces")
        release_memory()


def _measures_batches(state: TrainingState) -> bool:
    """Whether the net takes statistics over the images of a batch as it trains.

    Asked after a forward pass, before which norms that are held are put into evaluation mode. Where features
    go through the head alone, no pass of the net does so: there, the norms that run are those that train.
    """
    return any(
        isinstance(module, _BatchNorm)
        and module.training
        and (state.head is None or any(weight.requires_grad for weight in module.parameters()))
        for module in state.net.modules()
    )
