"""The training loop: read it top to bottom. It knows no ledger, no clock but its own, and no progress bar.

    for moment in train(recipe, data, state):
        if moment.record:  # an epoch ended
            ...

The caller decides what to keep and when to stop; between any two moments `state` can be captured.
"""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from paribus import chance
from paribus.schedules import Course, rate_factors
from paribus.specs import RecipeSpec
from paribus.store import EpochRecord
from paribus.training.batches import Feed, TrainingData
from paribus.training.compiling import Compiled
from paribus.training.evaluating import evaluate
from paribus.training.groups import set_rate, shorten_gradient
from paribus.training.pieces import Pieces
from paribus.training.state import TrainingState
from paribus.training.targets import Target

Forward = Callable[[Tensor], Tensor]  # images to logits

_LOOKED_AT_EVERY = 50  # steps between looks at the losses on an accelerator: each look waits for it


@dataclass(frozen=True)
class Moment:
    """What one step brought: perhaps the epoch that it ended, or the reason why nothing comes after it."""

    record: EpochRecord | None = None
    diverged: str | None = None


def train(recipe: RecipeSpec, data: TrainingData, state: TrainingState) -> Iterator[Moment]:
    """Goes on from where `state` stands to the recipe's end; yields after every step."""
    feed = Feed(recipe, data)
    net, optimizer = state.net.train(), state.optimizer
    pieces = Pieces(recipe, state)
    compiled = recipe.compile and state.head is None  # a head alone is not worth its start-up
    forward = Compiled(state, min(recipe.batch_size, len(data.train))) if compiled else state.head or net
    learn_some = partial(learn, forward, feed)
    dropout_seed, total_steps = recipe.seed_of("dropout"), feed.steps * recipe.epochs
    started = time.perf_counter() - state.seconds
    while not is_over(recipe, state.history):
        factor = rate_factors(recipe.schedule, Course(total_steps, recipe.epochs, state.history))
        for images, target in feed.epoch(state.epoch, first_step=state.step_in_epoch):
            rate = recipe.optimizer.lr * factor(state.step)
            set_rate(optimizer, rate)
            seed = chance.integer(dropout_seed, "step", state.step)
            loss, correct = pieces.learn(learn_some, images, target, seed)
            if recipe.optimizer.clip:
                shorten_gradient(optimizer, recipe.optimizer.clip)
            optimizer.step()

            state.step_losses[state.step_in_epoch] = loss
            state.step_correct[state.step_in_epoch] = correct
            state.step += 1
            state.step_in_epoch += 1
            if state.average:
                state.average.update(state.step)
            state.seconds = time.perf_counter() - started
            if diverged := find_divergence(recipe, state, feed.steps):
                yield Moment(diverged=diverged)
                return
            if state.step_in_epoch < feed.steps:
                yield Moment()
        record = end_epoch(recipe, data, feed, state, rate)
        state.seconds = time.perf_counter() - started
        diverged = find_divergence_after(record, state)
        yield Moment(record, diverged)
        if diverged:
            return


def learn(forward: Forward, feed: Feed, images: Tensor, target: Target) -> tuple[Tensor, Tensor]:
    """Adds to the gradients of the weights; gives the loss, and how many images are judged right."""
    with feed.computing:
        logits = forward(images).float()
    loss = target.loss(logits)
    loss.backward()  # type: ignore[no-untyped-call]
    return loss.detach(), target.correct(logits.detach())


def end_epoch(
    recipe: RecipeSpec, data: TrainingData, feed: Feed, state: TrainingState, rate: float
) -> EpochRecord:
    """Validates, and turns the epoch's sums into its record."""
    sizes = torch.full((feed.steps,), float(recipe.batch_size), dtype=torch.float64)
    sizes[-1] = len(data.train) - recipe.batch_size * (feed.steps - 1)
    losses, correct = state.step_losses.cpu(), state.step_correct.cpu()
    with state.judged() as net:
        seen = evaluate(net, feed, data.validation, state.head)
    before = sum(record.seconds for record in state.history)
    record = EpochRecord(
        epoch=state.epoch,
        train_loss=float((losses * sizes).sum() / len(data.train)),
        train_accuracy=float(correct.double().sum() / len(data.train)),
        validation_loss=seen.loss,
        validation_accuracy=seen.accuracy,
        learning_rate=rate,
        step_losses=losses.numpy().copy(),
        step_accuracies=(correct / sizes).float().numpy(),
        seconds=state.seconds - before,
    )
    if is_better(recipe, record, state.history):
        state.keep_best(record)
    state.history.append(record)
    state.step_in_epoch = 0
    return record


def is_over(recipe: RecipeSpec, history: list[EpochRecord]) -> bool:
    """All epochs done, or none better for as long as the recipe's patience."""
    if len(history) >= recipe.epochs:
        return True
    return recipe.stop is not None and len(history) - best_epoch(recipe, history) >= recipe.stop.patience


def best_epoch(recipe: RecipeSpec, history: list[EpochRecord]) -> int:
    """The number of the first of the best epochs; 0 before there is one."""
    if not history:
        return 0
    return max(history, key=lambda record: (_goodness(recipe, record), -record.epoch)).epoch


def is_better(recipe: RecipeSpec, record: EpochRecord, history: list[EpochRecord]) -> bool:
    return all(_goodness(recipe, record) > _goodness(recipe, other) for other in history)


def _goodness(recipe: RecipeSpec, record: EpochRecord) -> float:
    if recipe.stop is not None and recipe.stop.watch == "loss":
        return -record.validation_loss if math.isfinite(record.validation_loss) else -math.inf
    return record.validation_accuracy if math.isfinite(record.validation_loss) else -math.inf


def find_divergence(recipe: RecipeSpec, state: TrainingState, steps: int) -> str | None:
    """The first step whose loss is no number or beyond the bound. On an accelerator it looks rarely."""
    done = state.step_in_epoch
    on_cpu = state.step_losses.device.type == "cpu"
    if not on_cpu and done % _LOOKED_AT_EVERY and done < steps:
        return None
    first = done - 1 if on_cpu else 0
    for step, loss in enumerate(state.step_losses[first:done].tolist(), start=first):
        if not math.isfinite(loss) or loss > recipe.divergence_loss:
            taken = state.step - done + step + 1
            bound = f"bound {recipe.divergence_loss:g}"
            return f"loss {loss:.6g} at step {taken} (epoch {state.epoch}); {bound}"
    return None


def find_divergence_after(record: EpochRecord, state: TrainingState) -> str | None:
    """The last step of an epoch may ruin the weights with no later loss to show it."""
    if math.isfinite(record.validation_loss):
        return None
    return f"validation loss {record.validation_loss:.6g} after step {state.step} (epoch {record.epoch})"
