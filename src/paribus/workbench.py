"""The story of a study: load, check, plan, run, conclude, report.

    study = Study.load("study.toml")
    for event in study.carry_out(): ...
    conclusion = study.conclude()

Python can say all that a study file can: `Study("Which rate?", run={...}, factors={...}).run().table()`.
"""

import itertools
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from paribus.analysis import (
    ChosenRun,
    ComparisonResult,
    Conclusion,
    Foresight,
    Revisions,
    StudySide,
    choose_run,
    compare,
    conclude,
    gather_evidence,
)
from paribus.data import DataSet
from paribus.data.passport import LEAKING, find_twins, is_cheap, say_leak
from paribus.data.progress import Progress, Tell, tell_nobody
from paribus.errors import DataError, ParibusError, SpecError
from paribus.executors import Event, Execution, Job, make_executor
from paribus.executors.foreseeing import foresee_plan
from paribus.executors.harvest import Harvest, planned_as, refuse_unfinished
from paribus.executors.materials import Materials
from paribus.executors.ordering import plan_again, read_standing
from paribus.executors.registering import make_entry
from paribus.executors.searching import Search
from paribus.executors.sitting import sitting
from paribus.plan import Arm, Plan, PlannedRun, add_winner, expand_arms, plan_run, plan_study
from paribus.report import (
    ReportInput,
    build_fragment,
    build_markdown,
    build_page,
    gather_report,
    refuse_other_kinds,
    write_figures,
    write_reports,
)
from paribus.specs import (
    RecipeSpec,
    StudyFile,
    StudySpec,
    parse_study,
    read_study,
)
from paribus.specs.plain import as_plain
from paribus.specs.study import unknown_arm
from paribus.store import (
    Ledger,
    RunRecord,
    StudyRecord,
    find_store,
    name_in,
    open_ledger,
    read_looks,
    read_runs,
    record_test_look,
    register_study,
)
from paribus.studies import find_shipped

if TYPE_CHECKING:
    from paribus.export import ExportResult


@dataclass(frozen=True)
class StudyResult:
    """What `Study.run` and `Study.result` give: the conclusion, and ways to look at it."""

    study: "Study"
    conclusion: Conclusion

    def table(self) -> str:
        """Verdicts and arms as Markdown."""
        return build_markdown(self.study.report_input())

    def save_report(self, path: Path | str = "report.html") -> None:
        self.study.write_report(path)

    def __str__(self) -> str:
        return self.table()

    def _repr_html_(self) -> str:
        """What a notebook shows by itself: verdicts, their chart, the table of arms."""
        return build_fragment(self.study.report_input(images=False))


class Study:
    """A study at its place: its file or values, the folder that its paths are relative to, its ledger."""

    on_progress: Tell = staticmethod(tell_nobody)  # is told how far the reading of data is
    _revision: str | None = None  # what this process ran

    def __init__(
        self,
        title: str,
        *,
        run: Mapping[str, Any] | RecipeSpec,
        factors: Mapping[str, Sequence[Any]] | None = None,
        arms: Mapping[str, Mapping[str, Any]] | None = None,
        stages: Mapping[str, Mapping[str, Any]] | None = None,
        limits: Mapping[str, Any] | None = None,
        reference: Mapping[str, Mapping[str, Any]] | None = None,
        claims: Mapping[str, Mapping[str, Any]] | None = None,
        search: Mapping[str, Any] | None = None,
        name: str | None = None,
        folder: Path | str = ".",
        store: Path | str | None = None,
        **question: Any,
    ) -> None:
        """`name`, by which the ledger knows the study, follows from the title where it is not given.

        `question` takes what the table [study] takes: control, seeds, metric, margin, ...
        """
        name = name or re.sub(r"[\W_]+", "-", title.lower()).strip("-") or "untitled"
        given = {
            "study": {"title": title} | question,
            "run": run,
            "factors": dict(factors or {}),
            "arms": dict(arms or {}),
            "stages": dict(stages or {}),
            "limits": dict(limits or {}),
            "reference": dict(reference or {}),
            "claims": dict(claims or {}),
            "search": dict(search) if search else False,
        }
        self.file = StudyFile(name, parse_study(as_plain(given), where=name), _folder(folder, name))
        self.store = find_store(self.file.folder / name, store)
        _admit_users_modules(self.file)

    @classmethod
    def load(
        cls,
        path: Path | str,
        *,
        profile: str | None = None,
        settings: Mapping[str, Any] | None = None,
        store: Path | str | None = None,
    ) -> Self:
        """The study of a file, or one that ships, such as "r4/dropout".

        Raises SpecError with one line for each fault.
        """
        study = cls.__new__(cls)
        shipped = find_shipped(path)
        file, name = (shipped.path, shipped.name) if shipped else (Path(path), None)
        if not isinstance(settings, Mapping | None) or not all(
            isinstance(place, str) for place in settings or ()
        ):
            raise SpecError(f'settings: given {settings!r}; expected a table, such as {{"epochs": 3}}')
        settings = as_plain(settings or {})
        study.file = read_study(file, profile=profile, settings=settings, ships_as=name, store=store)
        study.store = find_store(None if shipped else file, store)
        _admit_users_modules(study.file)
        return study

    @property
    def known_as(self) -> str:
        """Its name in the ledger; one that ships has the same in every ledger."""
        file = self.file
        return file.name if file.ships_as else name_in(self.store, file.name, file.folder)

    @cached_property
    def revisions(self) -> Revisions:
        return Revisions(self.file, self.store, self.known_as, lambda: self._revision or self._plan.revision)

    # -- plan ---------------------------------------------------------------------------------------------

    @cached_property
    def arms(self) -> tuple[Arm, ...]:
        return expand_arms(self.file.spec, where=self.file.where)

    @cached_property
    def materials(self) -> Materials:
        """What its runs are made of."""
        return Materials(self.arms, folder=self.file.folder, store=self.store, tell=self._tell)

    def _tell(self, progress: Progress) -> None:
        """Whoever watches by then."""
        self.on_progress(progress)

    @property
    def data(self) -> dict[str, DataSet]:
        """Each arm's data set, read into the cache the first time."""
        return {arm.name: self.materials.data_of(arm.recipe) for arm in self.arms}

    @property
    def plan(self) -> Plan:
        """With the winner of its search as an arm, once that is known."""
        found = self.search.winner if self.search is not None else None
        return add_winner(self._plan, found) if found is not None else self._plan

    @cached_property
    def search(self) -> Search | None:
        """As far as the ledger knows it."""
        if self._plan.search is None:
            return None
        search = Search(self.file.spec, self._plan.search, self.materials, self.file.where)
        with self.revisions.reading_if_any() as ledger:
            search.look(ledger)
        return search

    @cached_property
    def _plan(self) -> Plan:
        try:
            known = self.materials.knows_data, self.materials.knows_start
            return plan_study(self.file.spec, *known, where=self.file.where)
        except ParibusError as error:
            raise self._located(error) from error

    def _located(self, error: ParibusError) -> ParibusError:
        """With the name of the study's file, if it says none yet."""
        where = f"{self.file.where}: "
        return error if str(error).startswith(where) else type(error)(f"{where}{error}")

    def arm_called(self, name: str | None) -> Arm:
        """The arm of that name, or the control."""
        plan = self.plan
        wanted = name or plan.control
        found = next((arm for arm in plan.arms if arm.name == wanted), None)
        if found is None:
            raise SpecError(
                f"{self.file.where}: --arm: {unknown_arm(wanted, [arm.name for arm in plan.arms])}"
            )
        return found

    # -- check --------------------------------------------------------------------------------------------

    def check(self) -> Foresight:
        """What the study will be able to show and what it costs; refuses what cannot be. Writes nothing."""
        if self.file.faults:
            raise SpecError(self.file.faults)
        self._open_data()
        _ = self._plan  # what runs start from is found before any arm is looked at
        with self.revisions.reading_if_any() as ledger:
            if ledger and self.search is not None:
                self.search.look_ahead(ledger)
            plan = self.plan
            runs = read_standing(ledger, [run.fingerprint for run in plan.every_run]) if ledger else {}
        return foresee_plan(plan, self.materials, self.search, runs, self.file.where)

    def _open_data(self) -> None:
        """Reads what is not read yet: a fault of the data is no fault of an arm."""
        try:
            _ = self.data
        except DataError as error:
            raise DataError(f"{self.file.where}: run.data: {error}") from error

    # -- run ----------------------------------------------------------------------------------------------

    def carry_out(self, execution: Execution | None = None) -> Iterator[Event]:
        """Trains what is not trained yet; yields what happens. Leaving the iteration stops the workers.

        Raises StopRequested, which is a KeyboardInterrupt, where somebody asks through the ledger for a stop.
        """
        execution = execution or Execution()
        self.check()
        with open_ledger(self.store) as ledger:
            record = self.register(ledger)
            stretches = self._stretches(ledger)
            for first in stretches:  # where there is nothing to do, nobody sets to work
                with (
                    sitting(self.store, record, execution.slot_count) as stopping,
                    make_executor(execution, stopping) as executor,
                ):
                    for runs in itertools.chain([first], stretches):
                        if self.search is not None:
                            yield self.search.announce(runs)
                        yield from executor.carry_out([self._job(run, execution) for run in runs])

    def _stretches(self, ledger: Ledger) -> Iterator[list[PlannedRun]]:
        """What is left to train: a search batch by batch, for each follows from the one before; then arms."""
        if self.search is not None:
            yield from self.search.stretches(ledger)
            self.register(ledger)  # with the winner
        if left := plan_again(ledger, self.plan):
            yield left

    def run(self, execution: Execution | None = None) -> StudyResult:
        """Trains what is not trained yet and concludes, without a word."""
        for _ in self.carry_out(execution):
            pass
        return self.result()

    def job_of(self, arm: str | None, seed: int, execution: Execution) -> Job:
        """A run of an arm, the control's unless named, with any seed; for who only tries something out."""
        self._open_data()
        known = self.materials.knows_data, self.materials.knows_start
        return self._job(plan_run(self.arm_called(arm), seed, *known), execution)

    def _job(self, run: PlannedRun, execution: Execution, **more: Any) -> Job:
        return Job(
            fingerprint=run.fingerprint,
            recipe=run.recipe,
            store=self.store,
            folder=self.file.folder,
            device=execution.device,
            threads=execution.threads,
            checkpoint_seconds=execution.checkpoint_seconds,
            cached=self.materials.cached_as(run.recipe),
            parent=run.parent,
            weights=self.materials.weights_before(run),
            **more,
        )

    def register(self, ledger: Ledger) -> StudyRecord:
        """Pins the revision down before its first run."""
        entry = make_entry(self.plan, self.known_as, self.materials.data_of)
        self._revision = entry.revision  # what this process ran is what it concludes on
        return register_study(ledger, entry)

    # -- conclude -----------------------------------------------------------------------------------------

    def conclude(self, record: StudyRecord | None = None) -> Conclusion:
        """From what was recorded: on test once it was opened, else on validation."""
        with self.revisions.reading() as ledger:
            found = conclude(gather_evidence(ledger, record or self.revisions.speaking(ledger)))
        return found if record else self._noting(found)

    def _noting(self, conclusion: Conclusion) -> Conclusion:
        """With a note where it is of another revision than the study as it is given."""
        said = self.revisions.say_otherwise()
        return replace(conclusion, notes=(f"{said}.", *conclusion.notes)) if said else conclusion

    def result(self) -> StudyResult:
        """What there is by now. Trains nothing."""
        return StudyResult(self, self.conclude())

    # -- test ---------------------------------------------------------------------------------------------

    def count_looks(self) -> int:
        """How often the test set was opened for it, or for runs of it; refuses where its own stays shut."""
        with self.revisions.reading() as ledger:
            study, _ = self._to_test(ledger)
            return len(read_looks(ledger, study))

    def _to_test(self, ledger: Ledger) -> tuple[StudyRecord, dict[str, RunRecord]]:
        study = self.revisions.to_test(ledger)
        runs = read_runs(ledger, study.cell_runs)
        refuse_unfinished(study, runs, self.file)
        return study, runs

    def open_test(self, execution: Execution | None = None) -> Iterator[Event]:
        """The one door: evaluates every finished run of the revision once and records the look."""
        execution = execution or Execution()
        with self.revisions.reading() as ledger:
            study, runs = self._to_test(ledger)
            scored_epoch = StudySpec.model_validate(study.spec).scored_epoch
            here = {run.fingerprint: run for run in self.plan.runs}  # paths as this study has them
            jobs = [
                self._job(here.get(name) or planned_as(run), execution, test=scored_epoch(run.recipe))
                for name, run in runs.items()
                if run.state == "finished"
            ]
            harvest = Harvest(len(jobs))
            with make_executor(execution) as executor:
                yield from harvest.follow(executor.carry_out(jobs))
            record_test_look(ledger, study, harvest.scores, harvest.files)

    # -- report -------------------------------------------------------------------------------------------

    def report_input(self, *, images: bool = True) -> ReportInput:
        """What a report shows; `images`: pictures of the data too."""
        with self.revisions.reading() as ledger:
            record = self.revisions.speaking(ledger)
            try:
                data = self.data
            except ParibusError:  # they were moved or removed: the result stands without them
                data = {}
            command = f"paribus run {self.file.anywhere}"
            found = gather_report(ledger, record, command, data, images=images)
        return replace(found, conclusion=self._noting(found.conclusion))

    def write_report(self, *places: Path | str, images: bool = True) -> None:
        """Writes the report to each place; its ending says as what: .html, .md, .csv or .tex."""
        paths = [Path(place) for place in places]
        refuse_other_kinds(*paths)
        write_reports(self.report_input(images=images), *paths)

    def write_figures(self, folder: Path, formats: Sequence[str] = ("svg",)) -> list[Path]:
        """Writes every chart and every table of the report as files of their own."""
        return write_figures(build_page(self.report_input(images=False)), folder, formats)

    def say_leaks(self) -> list[str]:
        """A sentence for each split whose images stand in train too. Near twins where that is cheap."""
        sets = {data.fingerprint: data for data in self.data.values()}.values()
        found = [find_twins(data, self.on_progress, near=is_cheap(data)) for data in sets]
        said = [say_leak(twins, split) for twins in found for split in LEAKING]
        return [sentence for sentence in said if sentence]

    # -- export -------------------------------------------------------------------------------------------

    def export(
        self, target: Path | str, *, arm: str | None = None, seed: int | None = None
    ) -> tuple[ChosenRun, "ExportResult"]:
        """Writes one trained run as an ONNX file: the best arm's best seed on validation, unless named."""
        from paribus.export import export_run  # noqa: PLC0415  imports torch, which takes seconds

        with self.revisions.reading() as ledger:
            chosen = choose_run(ledger, self.revisions.speaking(ledger), arm, seed)
            weights = ledger.run_folder(chosen.fingerprint) / f"{chosen.weights}.safetensors"
        return chosen, export_run(weights, Path(target))


def compare_studies(studies: Sequence[Study]) -> ComparisonResult:
    """Studies that were run, side by side, each by the revision last run. Trains nothing."""
    sides = []
    for study in studies:
        with study.revisions.reading() as ledger:
            evidence = gather_evidence(ledger, study.revisions.speaking(ledger))
        sides.append(StudySide(study.file.name, evidence, conclude(evidence)))
    names = [side.name for side in sides]
    if len(set(names)) < len(names):  # then folders tell them apart
        known = [f"{study.file.folder.name}/{study.file.name}" for study in studies]
        sides = [replace(side, name=name) for side, name in zip(sides, known, strict=True)]
    for side, study in zip(sides, studies, strict=True):
        if sum(other.name == side.name for other in sides) > 1:
            raise SpecError(f"{study.file.where}: given twice; name other studies to compare it with")
    return compare(sides)


def _folder(given: Path | str, where: str) -> Path:
    folder = Path(given).resolve()
    if folder.exists() and not folder.is_dir():
        raise SpecError(f"{where}: folder: given '{given}'; expected a folder, not a file")
    return folder


def _admit_users_modules(file: StudyFile) -> None:
    """The user's own nets lie beside the study."""
    if str(file.folder) not in sys.path:
        sys.path.append(str(file.folder))
