"""A study of small pictures, run at once."""

from pathlib import Path

from paribus import Execution, Study

NET = {"name": "plain", "widths": [6, 8], "batch_norm": True, "dropout": 0.1}


def train(pictures: Path, folder: Path, **changes: object) -> Study:
    run = {"data": {"name": "folder", "path": str(pictures)}, "net": NET, "epochs": 2, "batch_size": 8}
    study = Study("Red or blue?", run=run | changes, seeds=1, folder=folder)
    study.run(Execution(executor="inline"))
    return study
