"""What a report is made from, out of the ledger."""

import time
from collections.abc import Mapping

from paribus import __version__
from paribus.analysis import conclude, gather_evidence, judge_ensembles
from paribus.data import DataSet
from paribus.report.inputs import ReportInput
from paribus.report.passport import gather_data
from paribus.specs import study_toml
from paribus.store import Ledger, RunRecord, StudyRecord, read_epochs


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
    cells = study.cells
    return ReportInput(
        conclusion=conclude(evidence),
        runs={arm: {s: evidence.runs[f] for s, f in row.items()} for arm, row in cells.items()},
        histories={
            arm: {seed: read_epochs(ledger, name) for seed, name in row.items()} for arm, row in cells.items()
        },
        study_toml=study_toml(evidence.spec),
        command=command,
        facts=_facts(study, evidence.runs),
        made=time.time(),
        data=gather_data(ledger, evidence, data or {}, images=images),
        ensembles=judge_ensembles(evidence),
    )


def _facts(study: StudyRecord, runs: Mapping[str, RunRecord]) -> dict[str, str]:
    """What a reader needs to trust or repeat the study."""
    machines = [run.machine for run in runs.values() if run.machine]
    facts = {"paribus": __version__, "revision": study.revision}
    for key in ("torch", "python", "system", "processor", "device", "threads"):
        facts[key] = ", ".join(sorted({str(machine[key]) for machine in machines if key in machine})) or "-"
    return facts
