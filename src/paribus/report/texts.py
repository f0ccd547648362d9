"""The same conclusion as plain text: Markdown to paste, CSV for machines."""

import csv
import io

from paribus.report.ensembles import describe_ensemble, say_caption
from paribus.report.inputs import ReportInput
from paribus.report.numerals import (
    as_count,
    as_duration,
    as_interval,
    as_percent,
    as_points,
    as_range,
    choose_decimals,
)
from paribus.report.verdict import say_cost

COLUMNS = (
    "arm",
    "control",
    "mean",
    "low",
    "high",
    "finished",
    "diverged",
    "runs",
    "difference",
    "difference_low",
    "difference_high",
    "difference_level",
    "pairs",
    "p",
    "word",
    "parameters",
    "seconds",
    "reference",
    "ensemble",
    "ensemble_gain_low",
    "ensemble_gain_high",
)


def build_markdown(report: ReportInput) -> str:
    """Verdict sentences, the table of arms, and what averaging its seeds gives."""
    conclusion = report.conclusion
    sentences = [_escape_markdown(contrast.sentence) for contrast in conclusion.contrasts]
    metric = conclusion.metric.replace("_", " ")
    titles = [
        "arm",
        f"{metric}, %",
        "95 % interval",
        "minus control, points",
        "interval",
        "verdict",
        "parameters",
        "time a run",
    ]
    rows = [_write_row(report, arm.name) for arm in conclusion.arms]
    table = _write_lines([titles, ["---", "--:", "---", "--:", "---", "---", "--:", "--:"], *rows])
    title = f"# {_escape_markdown(conclusion.title)}"
    notes = " ".join(map(_escape_markdown, conclusion.notes))
    parts = [title, *sentences, table, *_write_ensembles(report), f"{say_cost(report)} {notes}"]
    return "\n\n".join(parts) + "\n"


def build_csv(report: ReportInput) -> str:
    """The table of arms; shares from 0 to 1 in full precision, then one column for each seed."""
    seeds = report.conclusion.seeds
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*COLUMNS, *(f"seed_{seed}" for seed in seeds)])
    for arm in report.conclusion.arms:
        c = report.contrast_of(arm.name)
        contrast = [None] * 7 if c is None else [c.difference, c.low, c.high, c.level, c.pairs, c.p, c.word]
        own = [
            arm.name,
            arm.is_control,
            arm.mean,
            arm.low,
            arm.high,
            arm.finished,
            arm.diverged,
            len(arm.states),
        ]
        scores = [
            score if (score := arm.scores.get(seed)) is not None else arm.states.get(seed, "planned")
            for seed in seeds
        ]
        figures = [arm.parameters, arm.seconds, arm.reference, *_list_ensemble(report, arm.name)]
        writer.writerow([*own, *contrast, *figures, *scores])
    return out.getvalue()


def _write_lines(table: list[list[str]]) -> str:
    return "\n".join("| " + " | ".join(row) + " |" for row in table)


def _write_ensembles(report: ReportInput) -> list[str]:
    """A table with its caption, of the arms where it can be told; nothing where it can of none."""
    told = [result for result in report.ensembles if result.together is not None]
    if not told:
        return []
    titles = ["arm", "members", "images", "one alone, %", "together, %", "gain, points", "interval"]
    rows = [[_escape_markdown(result.arm), *describe_ensemble(result)] for result in told]
    return [say_caption(report), _write_lines([titles, ["---", *["--:"] * 5, "---"], *rows])]


def _list_ensemble(report: ReportInput, arm: str) -> list[float | None]:
    """The score of the ensemble, and the ends of its gain's interval."""
    result = next((result for result in report.ensembles if result.arm == arm), None)
    return [None] * 3 if result is None else [result.together, result.low, result.high]


def _write_row(report: ReportInput, name: str) -> list[str]:
    decimals = choose_decimals(report.conclusion)
    arm = report.conclusion.arms[report.number_of(name)]
    c = report.contrast_of(name)
    return [
        _escape_markdown(name),
        as_percent(arm.mean, decimals),
        as_range(arm.low, arm.high, decimals),
        as_points(c.difference) if c else "",
        as_interval(c.low, c.high) if c else "",
        report.outcome_of(name),
        as_count(arm.parameters),
        as_duration(arm.seconds),
    ]


def _escape_markdown(text: str) -> str:
    """One line in which nothing is markup: names hold underscores, pipes and angle brackets."""
    flat = " ".join(text.split())
    return "".join(f"\\{character}" if character in r"\`*_[]<>|#" else character for character in flat)
