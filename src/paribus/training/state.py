"""Where a run stands between two steps: all that a checkpoint holds, and nothing else.

Random numbers are looked up by step, so none are here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn, optim

from paribus.nets import Shape
from paribus.specs import OPTIMIZERS, RecipeSpec, builder_of
from paribus.store import Arrays, EpochRecord
from paribus.training.averaging import Average
from paribus.training.groups import parameter_groups

_NUMBERS = ("step", "step_in_epoch", "best_epoch", "pieces", "seconds")
_STEP_ARRAYS = ("step_losses", "step_accuracies")


@dataclass
class TrainingState:
    """Changes as the run goes on; `capture` and `restore` are each other's inverse, to the bit."""

    net: nn.Module
    optimizer: optim.Optimizer
    step_losses: Tensor  # [steps of an epoch], filled up to step_in_epoch
    step_correct: Tensor
    average: Average | None = None  # of the weights, where the recipe asks for one
    head: Callable[[Tensor], Tensor] | None = None  # of the net, where features take the place of images
    step: int = 0  # steps taken in all
    step_in_epoch: int = 0
    history: list[EpochRecord] = field(default_factory=list)
    best_epoch: int = 0
    best_weights: dict[str, Tensor] = field(default_factory=dict)
    pieces: int = 1  # in which a batch goes, because it was asked for or memory ran out
    seconds: float = 0.0  # clock: training time so far, over all attempts
    compile_seconds: float | None = None  # clock: of this attempt's first step, where the net is compiled
    told: list[str] = field(default_factory=list)  # lines on what happened; emptied by who tells them

    @property
    def epoch(self) -> int:
        """The epoch under way, from 1."""
        return len(self.history) + 1

    @property
    def weights(self) -> Mapping[str, Tensor]:
        """What is judged and kept: the net's own weights as they are, or their average."""
        return self.average.weights if self.average else self.net.state_dict()

    @contextmanager
    def judged(self) -> Iterator[nn.Module]:
        """The net, within with the weights that are judged."""
        with self.average.in_place() if self.average else nullcontext():
            yield self.net

    @property
    def facts(self) -> dict[str, Any]:
        """What a run tells of how it was carried out, beyond its recipe."""
        facts = {"pieces": self.pieces if self.pieces > 1 else None, "compile_seconds": self.compile_seconds}
        return {name: value for name, value in facts.items() if value is not None}

    def keep_best(self, record: EpochRecord) -> None:
        self.best_epoch = record.epoch
        self.best_weights = {name: value.clone() for name, value in self.weights.items()}

    def capture(self) -> tuple[Arrays, dict[str, Any]]:
        """Copies, which training may go on without: (arrays, plain facts)."""
        tensors = {f"net/{name}": value for name, value in self.net.state_dict().items()}
        if self.average:
            tensors |= {f"average/{name}": value for name, value in self.average.weights.items()}
        tensors |= {f"best/{name}": value for name, value in self.best_weights.items()}
        tensors |= {f"optimizer/{name}": value for name, value in _optimizer_tensors(self.optimizer)}
        tensors |= {"epoch/losses": self.step_losses, "epoch/correct": self.step_correct}
        arrays = {name: value.detach().cpu().numpy().copy() for name, value in tensors.items()}
        history = []
        for record in self.history:
            facts = asdict(record)
            for name in _STEP_ARRAYS:
                arrays[f"history/{record.epoch}/{name}"] = facts.pop(name)
            history.append(facts)
        return arrays, {"history": history} | {name: getattr(self, name) for name in _NUMBERS}

    def restore(self, arrays: Arrays, facts: dict[str, Any]) -> None:
        """Continues from what `capture` gave."""
        self.net.load_state_dict(tensors_of(arrays, "net/"))
        if self.average:
            for name, value in tensors_of(arrays, "average/").items():
                self.average.weights[name].copy_(value)
        best, now = tensors_of(arrays, "best/"), self.net.state_dict()
        self.best_weights = {name: torch.empty_like(now[name]).copy_(saved) for name, saved in best.items()}
        _restore_optimizer(self.optimizer, tensors_of(arrays, "optimizer/"))
        self.step_losses.copy_(torch.from_numpy(arrays["epoch/losses"]))
        self.step_correct.copy_(torch.from_numpy(arrays["epoch/correct"]))
        for values in facts["history"]:
            steps = {name: arrays[f"history/{values['epoch']}/{name}"] for name in _STEP_ARRAYS}
            self.history.append(EpochRecord(**(values | steps)))
        for name in _NUMBERS:
            setattr(self, name, facts[name])


def first_state(
    recipe: RecipeSpec,
    net: nn.Module,
    shape: Shape,
    steps: int,
    device: str,
    *,
    scales: Mapping[str, float] | None = None,
) -> TrainingState:
    """Before the first step; `steps` is how many an epoch has; `scales`: factors on the rate by parameter."""
    net = lay_out(net, recipe, device)
    groups = parameter_groups(net, recipe, shape, scales or {})
    return TrainingState(
        net,
        optimizer=builder_of(OPTIMIZERS, recipe.optimizer)(recipe.optimizer, groups),
        step_losses=torch.zeros(steps, device=device),
        step_correct=torch.zeros(steps, device=device),
        average=Average(net, recipe.average) if recipe.average else None,
        pieces=recipe.pieces if isinstance(recipe.pieces, int) else 1,
    )


def lay_out(net: nn.Module, recipe: RecipeSpec, device: str) -> nn.Module:
    """The net on its device, in the recipe's layout."""
    layout = torch.channels_last if recipe.memory_layout == "channels-last" else torch.contiguous_format
    return net.to(device=device).to(memory_format=layout)  # type: ignore[call-overload, no-any-return]


def without_clock(record: EpochRecord) -> EpochRecord:
    """The record as two runs of one recipe have it alike."""
    return replace(record, seconds=0.0)


def _optimizer_tensors(optimizer: optim.Optimizer) -> Iterable[tuple[str, Tensor]]:
    for parameter, value in _named(optimizer).items():
        for name, tensor in optimizer.state.get(value, {}).items():
            if isinstance(tensor, Tensor):
                yield f"{parameter}/{name}", tensor


def _restore_optimizer(optimizer: optim.Optimizer, saved: dict[str, Tensor]) -> None:
    """Into the parameters' own memory layout: the fused kernels walk both side by side."""
    named = _named(optimizer)
    for key, value in saved.items():
        of, _, name = key.rpartition("/")
        parameter = named[of]
        same_shape = value.shape == parameter.shape
        like = parameter.detach() if same_shape else value.to(parameter.device)
        optimizer.state[parameter][name] = torch.empty_like(like).copy_(value)


def _named(optimizer: optim.Optimizer) -> dict[str, Tensor]:
    """Each trained parameter by its name in the net, whichever group it is in."""
    return {
        name: parameter
        for group in optimizer.param_groups
        for name, parameter in zip(group["param_names"], group["params"], strict=True)
    }


def tensors_of(arrays: Arrays, prefix: str = "") -> dict[str, Tensor]:
    return {
        name.removeprefix(prefix): torch.from_numpy(np.array(value))
        for name, value in arrays.items()
        if name.startswith(prefix)
    }
