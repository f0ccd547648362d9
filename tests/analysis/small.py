"""Evidence as small as can be: predictions made to measure, in the shapes that the ledger gives."""

import numpy as np

from paribus.analysis import Evidence, Predictions
from paribus.specs import parse_study
from paribus.store import RunRecord, StudyRecord

IMAGES = 1000


def predictions(accuracy, positions=None, images=IMAGES):
    """The first share of the images is right, the rest wrong; two classes in turn."""
    labels = np.arange(images) % 2
    guessed = np.where(np.arange(images) < round(accuracy * images), labels, 1 - labels)
    logits = np.eye(2, dtype=np.float32)[guessed]
    return Predictions(np.arange(images) if positions is None else positions, labels, logits)


def evidence(
    scores,
    *,
    states=None,
    split="validation",
    looks=(),
    after_look=False,
    factors=None,
    claims=None,
    reference=None,
    **question,
):
    """`scores`: arm -> accuracy by seed, None where there is none. The first arm is the control.

    `factors` makes arms that are called as the cells of its grid.
    """
    control, seeds = next(iter(scores)), len(next(iter(scores.values())))
    spec = parse_study(
        {
            "study": {"title": "Which?", "control": control, "seeds": seeds} | question,
            "run": {"data": "digits", "net": "linear"},
            "factors": factors or {},
            "claims": claims or {},
            "reference": reference or {},
            "arms": {arm: {"epochs": 1 + n} for n, arm in enumerate(scores) if not factors or "=" not in arm},
        }
    )
    cells = {arm: {seed: f"{arm}/{seed}" for seed in range(seeds)} for arm in scores}
    states = states or {}
    runs, seen = {}, {}
    for arm, row in scores.items():
        for seed, score in enumerate(row):
            name = cells[arm][seed]
            state = states.get((arm, seed), "planned" if score is None else "finished")
            runs[name] = RunRecord(name, state, {}, seconds=2.0, parameters=650, last_score=score)
            if score is not None:
                # on validation each seed has images of its own; on test all have the same
                positions = np.arange(IMAGES) + (0 if split == "test" else 5000 * seed)
                seen[name] = predictions(score, positions)
    changes = {arm: {"epochs": 1 + number} for number, arm in enumerate(scores)}
    record = StudyRecord(1, "s", "r" * 64, "Which?", {}, control, changes, cells, after_look, 0.0)
    return Evidence(record, spec, split, runs, seen, looks)
