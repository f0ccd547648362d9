"""Runs, studies and test looks in a database, artifacts in a folder. Knows no statistics and no torch."""

from paribus.store.checkpoints import read_checkpoint, remove_checkpoints, write_checkpoint
from paribus.store.claims import Claim, beat, claim_run, host_name
from paribus.store.files import Arrays, read_arrays, read_facts, write_arrays
from paribus.store.ledger import LEDGER_FILE, Ledger, open_ledger, run_folder
from paribus.store.looks import read_looks, read_test_scores, record_test_look
from paribus.store.records import (
    ENDED,
    EpochRecord,
    LookRecord,
    RecipeEntry,
    RunRecord,
    State,
    StudyEntry,
    StudyRecord,
    TestScore,
)
from paribus.store.runs import (
    append_epochs,
    fail_run,
    find_runs,
    finish_run,
    note_facts,
    read_epochs,
    read_runs,
    read_states,
    release_run,
    reopen_run,
)
from paribus.store.studies import list_studies, read_study_record, register_study

__all__ = [
    "ENDED",
    "LEDGER_FILE",
    "Arrays",
    "Claim",
    "EpochRecord",
    "Ledger",
    "LookRecord",
    "RecipeEntry",
    "RunRecord",
    "State",
    "StudyEntry",
    "StudyRecord",
    "TestScore",
    "append_epochs",
    "beat",
    "claim_run",
    "fail_run",
    "find_runs",
    "finish_run",
    "host_name",
    "list_studies",
    "note_facts",
    "open_ledger",
    "read_arrays",
    "read_checkpoint",
    "read_epochs",
    "read_facts",
    "read_looks",
    "read_runs",
    "read_states",
    "read_study_record",
    "read_test_scores",
    "record_test_look",
    "register_study",
    "release_run",
    "remove_checkpoints",
    "reopen_run",
    "run_folder",
    "write_arrays",
    "write_checkpoint",
]
