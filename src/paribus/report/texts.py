"""The same conclusion as plain text: Markdown and LaTeX to paste, CSV for machines."""

import csv
import io
import re

from paribus.analysis.claim_sentences import count_words
from paribus.report.claims import CLAIM_TITLES, describe_claim, say_claims_caption
from paribus.report.ensembles import describe_ensemble, say_caption
from paribus.report.inputs import ReportInput
from paribus.report.latex import write_latex_table
from paribus.report.markdown import escape_markdown, write_lines
from paribus.report.numerals import (
    as_count,
    as_duration,
    as_interval,
    as_percent,
    as_points,
    as_range,
    choose_decimals,
)
from paribus.report.published import SPLITS, beside, say_published
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
    "published",
    "published_train",
    "published_validation",
    "published_test",
    "ensemble",
    "ensemble_gain_low",
    "ensemble_gain_high",
)
KINDS = {  # columns of the table of arms, and whether they hold figures; {} is the metric
    "arm": False,
    "{}, %": True,
    "95 % interval": False,
    "minus control, points": True,
    "interval": False,
    "verdict": False,
    "published, %": True,
    "parameters": True,
    "time a run": True,
}


def build_markdown(report: ReportInput) -> str:
    """Verdict sentences, the table of arms, and what averaging its seeds gives."""
    conclusion = report.conclusion
    sentences = [escape_markdown(contrast.sentence) for contrast in conclusion.contrasts]
    rows = [[escape_markdown(name), *cells] for name, *cells in _write_rows(report)]
    columns = _name_columns(report)
    table = write_lines([*columns], [*columns.values()], rows)
    title = f"# {escape_markdown(conclusion.title)}"
    notes = " ".join(map(escape_markdown, conclusion.notes))
    said = f"{conclusion.about}\n\n{conclusion.note}"
    about = [escape_markdown(part) for part in re.split(r"\n\s*\n", said) if part.strip()]
    claims = _write_claims(report)
    cost = f"{say_cost(report)} {notes}"
    parts = [title, *about, *sentences, *claims, table, *_write_ensembles(report), cost]
    return "\n\n".join(parts) + "\n"


def build_latex(report: ReportInput) -> str:
    """The table of arms with the title as its caption, and that of claims where there are any."""
    conclusion = report.conclusion
    verdicts = " ".join(contrast.sentence for contrast in conclusion.contrasts)
    columns = _name_columns(report)
    caption = f"{conclusion.title} {verdicts}"
    arms = write_latex_table(
        [*columns], [*columns.values()], _write_rows(report), caption=caption, label="arms"
    )
    if not conclusion.claims:
        return arms
    rows = [describe_claim(claim)[:-1] for claim in conclusion.claims]
    said = " ".join([count_words(conclusion.claims), *(claim.sentence for claim in conclusion.claims)])
    numeric = [kind == "number" for kind in CLAIM_TITLES.values()][:-1]
    return f"{arms}\n{write_latex_table([*CLAIM_TITLES][:-1], numeric, rows, caption=said, label='claims')}"


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
        figures = [
            arm.parameters,
            arm.seconds,
            beside(arm, report.conclusion.split),
            *(arm.published.get(split) for split in SPLITS),
            *_list_ensemble(report, arm.name),
        ]
        writer.writerow([*own, *contrast, *figures, *scores])
    return out.getvalue()


def _write_claims(report: ReportInput) -> list[str]:
    """How many hold, then a table; nothing where nothing was claimed."""
    conclusion = report.conclusion
    if not conclusion.claims:
        return []
    rows = [[*map(escape_markdown, describe_claim(claim))] for claim in conclusion.claims]
    table = write_lines([*CLAIM_TITLES], [kind == "number" for kind in CLAIM_TITLES.values()], rows)
    return [
        "## Claims",
        f"{count_words(conclusion.claims)} {say_claims_caption(conclusion)}",
        table,
        "## Arms",
    ]


def _write_ensembles(report: ReportInput) -> list[str]:
    """A table with its caption, of the arms where it can be told; nothing where it can of none."""
    told = [result for result in report.ensembles if result.together is not None]
    if not told:
        return []
    titles = ["arm", "members", "images", "one alone, %", "together, %", "gain, points", "interval"]
    rows = [[escape_markdown(result.arm), *describe_ensemble(result)] for result in told]
    return [say_caption(report), write_lines(titles, [False, *[True] * 5, False], rows)]


def _list_ensemble(report: ReportInput, arm: str) -> list[float | None]:
    """The score of the ensemble, and the ends of its gain's interval."""
    result = next((result for result in report.ensembles if result.arm == arm), None)
    return [None] * 3 if result is None else [result.together, result.low, result.high]


def _name_columns(report: ReportInput) -> dict[str, bool]:
    """Titles, and whether figures stand below them; that of published ones only where there are any."""
    metric = report.conclusion.metric.replace("_", " ")
    published = any(say_published(arm, report.conclusion.split) for arm in report.conclusion.arms)
    kinds = {title.format(metric): figures for title, figures in KINDS.items()}
    return {title: figures for title, figures in kinds.items() if published or title != "published, %"}


def _write_rows(report: ReportInput) -> list[list[str]]:
    published = "published, %" in _name_columns(report)
    return [_write_row(report, arm.name, published=published) for arm in report.conclusion.arms]


def _write_row(report: ReportInput, name: str, *, published: bool) -> list[str]:
    decimals = choose_decimals(report.conclusion)
    arm = report.conclusion.arms[report.number_of(name)]
    c = report.contrast_of(name)
    return [
        name,
        as_percent(arm.mean, decimals),
        as_range(arm.low, arm.high, decimals),
        as_points(c.difference) if c else "",
        as_interval(c.low, c.high) if c else "",
        report.outcome_of(name),
        *([say_published(arm, report.conclusion.split)] if published else []),
        as_count(arm.parameters),
        as_duration(arm.seconds),
    ]
