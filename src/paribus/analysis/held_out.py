"""What the nets of a study say of images that they did not see in training: who doubts a label asks them."""

import numpy as np

from paribus.analysis.reading import read_predictions
from paribus.data import DataSet, Split
from paribus.data.passport import HeldOut
from paribus.data.splitting import chosen_classes
from paribus.errors import ParibusError
from paribus.specs import RecipeSpec, StudySpec, fingerprint
from paribus.store import Ledger, StudyRecord, read_runs


def gather_held_out(ledger: Ledger, study: StudyRecord, data: DataSet) -> list[HeldOut]:
    """One for each finished run on these very data; what cannot be read or is on other data is left out."""
    spec = StudySpec.model_validate(study.spec)
    runs = read_runs(ledger, [name for cells in study.cells.values() for name in cells.values()])
    split: Split = "validation" if "validation" in data.counts else "train"
    found = []
    for name, run in runs.items():
        if run.state != "finished":
            continue
        try:
            recipe = RecipeSpec.model_validate(run.recipe)
            if fingerprint(recipe, data.fingerprint, run.parent) != name:
                continue
            seen = read_predictions(ledger, name, f"validation-{spec.scored_epoch(run.recipe)}.safetensors")
        except (ParibusError, ValueError):  # the user's own net is gone, or a file is
            continue
        classes = np.array(chosen_classes(recipe.data.classes, data.classes), np.int64)
        found.append(HeldOut(split, seen.positions, seen.logits, classes))
    return found
