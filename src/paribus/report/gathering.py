"""What a report is made from, out of the ledger."""

import json
import time
from collections.abc import Mapping

from paribus import __version__
from paribus.analysis import (
    Evidence,
    conclude,
    gather_evidence,
    judge_effects,
    judge_ensembles,
    judge_grid,
    judge_pairs,
)
from paribus.data import DataSet
from paribus.nets.layer_table import LayerTable, read_table
from paribus.report.images import gather_images
from paribus.report.inputs import Model, ReportInput
from paribus.report.passport import gather_data
from paribus.specs import study_toml
from paribus.store import Ledger, RunRecord, StudyRecord, read_epochs, read_runs


def gather_report(
    ledger: Ledger,
    study: StudyRecord,
    command: str,
    data: Mapping[str, DataSet] | None = None,
    *,
    images: bool = True,
) -> ReportInput:
    """`command` is what reproduces the study; `data`, by arm, what it was made from where that is there."""
    evidence = gather_evidence(ledger, study)
    cells, conclusion = study.cells, conclude(evidence)
    grid = judge_grid(evidence.spec, conclusion)
    return ReportInput(
        conclusion=conclusion,
        runs={arm: {s: evidence.runs[f] for s, f in row.items()} for arm, row in cells.items()},
        histories={
            arm: {seed: read_epochs(ledger, name) for seed, name in row.items()} for arm, row in cells.items()
        },
        stages=_gather_stages(ledger, study),
        trials=_gather_trials(ledger, evidence),
        study_toml=study_toml(evidence.spec),
        command=command,
        facts=_facts(study, evidence.runs),
        made=time.time(),
        data=gather_data(ledger, evidence, data or {}, images=images),
        models=_gather_models(ledger, evidence),
        ensembles=judge_ensembles(evidence),
        images=gather_images(ledger, evidence, conclusion, data or {}, images=images),
        grid=grid,
        effects=judge_effects(grid, conclusion),
        pairs=judge_pairs(conclusion),
    )


def _gather_stages(ledger: Ledger, study: StudyRecord) -> dict[str, list[RunRecord]]:
    runs = read_runs(ledger, study.stage_runs)
    return {stage: [runs[name] for name in names] for stage, names in study.stages.items()}


def _gather_trials(ledger: Ledger, evidence: Evidence) -> tuple[RunRecord, ...]:
    names = [name for trial in evidence.trials for name in trial.record.cells.values()]
    return tuple(read_runs(ledger, names).values())


def _gather_models(ledger: Ledger, evidence: Evidence) -> tuple[Model, ...]:
    """The layers of each arm's net, as the first of its runs that ended left them."""
    arms: dict[LayerTable, list[str]] = {}
    names = sorted(evidence.study.cells, key=lambda arm: arm != evidence.study.control)  # else as they stand
    for arm in names:
        runs = (evidence.runs[name] for name in evidence.study.cells[arm].values())
        tables = (_read_layers(ledger, run) for run in runs if "layers.json" in run.artifacts)
        if table := next(filter(None, tables), None):
            arms.setdefault(table, []).append(arm)
    return tuple(Model(tuple(names), table) for table, names in arms.items())


def _read_layers(ledger: Ledger, run: RunRecord) -> LayerTable | None:
    try:
        text = (ledger.run_folder(run.fingerprint) / "layers.json").read_text(encoding="utf-8")
        return read_table(json.loads(text))
    except (OSError, ValueError, TypeError, KeyError):
        return None  # it was removed or damaged: the result stands without it


def _facts(study: StudyRecord, runs: Mapping[str, RunRecord]) -> dict[str, str]:
    """What a reader needs to trust or repeat the study."""
    machines = [run.machine for run in runs.values() if run.machine]
    facts = {"paribus": __version__, "revision": study.revision}
    for key in ("torch", "python", "system", "processor", "device", "threads"):
        facts[key] = ", ".join(sorted({str(machine[key]) for machine in machines if key in machine})) or "-"
    return facts
