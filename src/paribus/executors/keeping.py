"""What of a run outlives it: weights, what they say of each image, and a picture of what the run saw.

No clock: same run, same bytes.
"""

from pathlib import Path
from typing import Any

from torch import Tensor

from paribus.augment.preview import EPOCHS, Sample, describe_chain, pick_images, vary_sample
from paribus.augment.sheet import Section, encode_sheet
from paribus.executors.events import Job
from paribus.executors.preparing import Prepared
from paribus.specs import canonical
from paribus.store import write_arrays
from paribus.store.files import write_bytes
from paribus.training import Feed, evaluate

_PREVIEW_BYTES = 150_000  # a report carries one for each arm

Files = dict[str, tuple[str, int]]  # name -> (SHA-256, bytes)


def keep_results(job: Job, folder: Path, run: Prepared) -> Files:
    """Weights of the last and the best epoch, and their predictions for every validation image."""
    state, validation = run.state, run.seen.validation
    feed = Feed(job.recipe, run.seen)
    last = {name: value.clone() for name, value in state.weights.items()}
    files: Files = {}
    for name, weights, epoch in [
        ("last", last, len(state.history)),
        ("best", state.best_weights, state.best_epoch),
    ]:
        state.net.load_state_dict(weights)
        logits = evaluate(state.net, feed, validation).logits
        files |= _keep(folder, f"{name}.safetensors", weights, _model_facts(job, run) | {"epoch": epoch})
        files |= keep_predictions(folder, f"validation-{name}", validation.origins, validation.labels, logits)
    return files | _keep_preview(job, folder, run)


def keep_predictions(folder: Path, name: str, positions: Tensor, labels: Tensor, logits: Tensor) -> Files:
    """`positions` are those of the images in their split, so that runs can be compared image by image."""
    tensors = {"positions": positions, "labels": labels, "logits": logits}
    return _keep(folder, f"{name}.safetensors", tensors, None)


def _keep_preview(job: Job, folder: Path, run: Prepared) -> Files:
    """`seen.png`: a few images as they are and as the run's first epochs saw them; none where none vary."""
    recipe, train = job.recipe, run.seen.train
    if not recipe.augment:
        return {}
    at = pick_images(train.labels.cpu().numpy())
    sample = Sample(
        train.pixels[train.positions[at]].cpu().numpy(),
        train.origins.cpu().numpy()[at],
        tuple(run.seen.classes[label] for label in train.labels[at].tolist()),
    )
    epochs = min(EPOCHS, len(run.state.history))
    strips = vary_sample(recipe.augment, sample, recipe.seed_of("augment"), epochs)
    content = encode_sheet([Section("", describe_chain(recipe.augment), tuple(strips))], _PREVIEW_BYTES)
    return {"seen.png": (write_bytes(folder / "seen.png", content), len(content))}


def _keep(folder: Path, name: str, tensors: dict[str, Tensor], facts: Any) -> Files:
    arrays = {key: tensor.cpu().numpy() for key, tensor in tensors.items()}
    sha256 = write_arrays(folder / name, arrays, facts)
    return {name: (sha256, (folder / name).stat().st_size)}


def _model_facts(job: Job, run: Prepared) -> dict[str, Any]:
    """All that somebody needs who has only the weights."""
    return {
        "fingerprint": job.fingerprint,
        "recipe": canonical(job.recipe),
        "classes": run.seen.classes,
        "shape": run.data.shape,
        "mean": run.seen.mean,
        "deviation": run.seen.deviation,
    }
