"""Where everything came from: arms and what each changes, runs and their hashes, and how to do it again."""

import json

from paribus.report.colours import ArmStyle
from paribus.report.inputs import ReportInput
from paribus.report.markup import Html, element, escape, join, write_name
from paribus.report.numerals import as_duration, as_moment, as_percent, count_of
from paribus.report.tables import name_cell, write_table
from paribus.store import RunRecord

RUN_TITLES = (
    "arm",
    "seed",
    "state",
    "last epoch",
    "validation, %",
    "time",
    "fingerprint",
    "files, SHA-256",
)


def write_provenance(report: ReportInput, styles: dict[str, ArmStyle]) -> Html:
    return join(
        _write_plan(report, styles),
        *_write_troubles(report),
        *_write_looks(report),
        element("h3", "Facts"),
        element(
            "dl",
            *(
                join(element("dt", name), element("dd", value, dir="auto"))
                for name, value in report.facts.items()
            ),
        ),
        element("h3", "To reproduce"),
        element("pre", element("code", report.command)),
        _fold("The study file", element("pre", element("code", report.study_toml))),
        _write_recipe(report),
        _write_runs(report),
    )


def _write_plan(report: ReportInput, styles: dict[str, ArmStyle]) -> Html:
    rows = [
        element(
            "tr",
            name_cell(arm.name, styles[arm.name]),
            element("td", _say_changes(arm.changes), dir="auto"),
        )
        for arm in report.conclusion.arms
    ]
    titles = {"arm": "", "changes of the base recipe": ""}
    return write_table("plan", titles, rows, label="Arms and what each changes")


def _say_changes(changes: dict[str, object]) -> Html:
    said = [
        f"{place} = {json.dumps(value, ensure_ascii=False, default=str)}" for place, value in changes.items()
    ]
    return join(*(element("code", line, class_="change") for line in said)) if said else escape("nothing")


def _write_troubles(report: ReportInput) -> list[Html]:
    """Runs that failed or diverged, with the reason; the traceback is folded away."""
    troubled = [
        (arm, seed, run)
        for arm, seeds in report.runs.items()
        for seed, run in seeds.items()
        if run.state in {"failed", "diverged", "stopped"}
    ]
    if not troubled:
        return []
    items = []
    for arm, seed, run in troubled:
        where = join(write_name(arm), f", seed {seed} {run.state}")
        reason = join(": ", element("bdi", run.reason)) if run.reason else Html("")
        trace = _fold("Traceback", element("pre", run.traceback), printed=True) if run.traceback else Html("")
        items.append(element("li", where, reason, trace))
    return [element("h3", "Runs that did not finish"), element("ul", *items)]


def _write_looks(report: ReportInput) -> list[Html]:
    looks = [
        element(
            "li",
            f"{as_moment(look.looked)}, by ",
            element("bdi", look.who),
            ", for ",
            element("bdi", look.study),
            f", revision {look.revision[:12]}",
        )
        for look in report.conclusion.looks
    ]
    return [element("h3", "Looks at the test set"), element("ul", *looks)] if looks else []


def _write_recipe(report: ReportInput) -> Html:
    run = next(iter(report.runs.get(report.conclusion.control, {}).values()), None)
    if run is None:
        return Html("")
    text = json.dumps(run.recipe, indent=2, ensure_ascii=False, default=str)
    return _fold("The control's recipe, with every default filled in", element("pre", element("code", text)))


def _write_runs(report: ReportInput) -> Html:
    rows = [
        _write_run(f"stage {stage}", run.recipe["seed"], run)
        for stage, runs in report.stages.items()
        for run in runs
    ]
    rows += [
        _write_run(arm, seed, run)
        for arm, seeds in report.runs.items()
        for seed, run in sorted(seeds.items())
    ]
    table = write_table("runs", dict.fromkeys(RUN_TITLES, ""), rows, label="Runs")
    return _fold(f"{count_of(len(rows), 'run')}: fingerprints and hashes of their files", table)


def _write_run(arm: str, seed: int, run: RunRecord) -> Html:
    files = [join(f"{name} ", element("code", digest)) for name, digest in sorted(run.artifacts.items())]
    return element(
        "tr",
        element("th", write_name(arm), scope="row"),
        element("td", str(seed)),
        element("td", run.state),
        element("td", "" if run.last_epoch is None else str(run.last_epoch)),
        element("td", "" if run.last_score is None else as_percent(run.last_score, 2)),
        element("td", as_duration(run.seconds)),
        element("td", element("code", run.fingerprint)),
        element("td", join(*files, by=Html("<br>"))),
    )


def _fold(title: str, content: Html, *, printed: bool = False) -> Html:
    """What is for looking up is not `printed` unless it is open."""
    kind = None if printed else "reference"
    return element("details", element("summary", title), content, class_=kind)
