"""Every study that ships runs in seconds on drawn images, through the parts that run it in full."""

import html

import pytest

from paribus.executors import Execution, make_executor
from paribus.executors.ordering import plan_again
from paribus.store import open_ledger
from paribus.studies import BLOCKS, list_shipped
from paribus.workbench import Study


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """All of them in one ledger, their runs in one warm pool; by their full names."""
    folder = tmp_path_factory.mktemp("smoke")
    execution = Execution(slots=2, device="cpu")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        studies = {one.full_name: Study.load(one.name, profile="smoke") for one in list_shipped()}
    jobs = {}
    for study in studies.values():
        study.check()
        with open_ledger(study.store) as ledger:
            study.register(ledger)
            jobs |= {run.fingerprint: study._job(run, execution) for run in plan_again(ledger, study.plan)}
    with make_executor(execution) as executor:
        ended = [event.facts["state"] for event in executor.carry_out(list(jobs.values()))
                 if event.kind == "ended"]  # fmt: skip
    assert len(ended) == len(jobs)
    for study in studies.values():
        if study.search is not None:  # what it asks for next follows from what it has seen
            study.run(execution)
    return folder, studies


def _others(study):
    return [arm.name for arm in study.plan.arms if arm.name != study.plan.control]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_study_ends_with_each_of_its_runs(ran):
    _, studies = ran
    for name, study in studies.items():
        conclusion = study.conclude()
        assert conclusion.complete, name
        assert [arm.name for arm in conclusion.arms] == [study.plan.control, *_others(study)], name


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_reports_have_the_sections_that_the_table_of_blocks_names(ran):
    folder, studies = ran
    named = {(block.study, block.section) for block in BLOCKS.values() if block.section}
    assert named
    for name, section in named:
        page = folder / f"{studies[name].file.stem}.html"
        studies[name].write_report(page)
        assert f">{html.escape(section)}</h2>" in page.read_text(encoding="utf-8"), (name, section)
