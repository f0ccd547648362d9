import time

from paribus import Execution, Study
from paribus.executors import preparing
from paribus.store import read_epochs, read_runs


def test_a_run_pays_for_its_features_in_its_first_epoch(tmp_path, monkeypatch):
    """Who compares what a frozen body costs with what a tuned one costs must see all of it."""

    def slowly(*given):
        time.sleep(0.5)
        return real(*given)

    real = preparing.with_features
    monkeypatch.setattr(preparing, "with_features", slowly)
    study = Study(
        "Frozen?",
        run={
            "data": {"name": "digits", "per_class": 10},
            "net": {"name": "plain", "widths": [4]},
            "epochs": 2,
            "start": {"stage": "before", "head": "new", "train": "head"},
        },
        stages={"before": {"start": False, "epochs": 1}},
        seeds=[0],
        folder=tmp_path,
    )
    study.run(Execution(executor="inline", device="cpu"))
    with study.revisions.reading() as ledger:
        (run,) = [run for run in read_runs(ledger).values() if run.parent]
        first, second = read_epochs(ledger, run.fingerprint)
    assert run.facts["start"]["features"]
    assert run.seconds >= 0.5
    assert first.seconds >= 0.5 > second.seconds
