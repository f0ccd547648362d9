"""How the intervals were made, what they cover, and what more seeds would buy."""

from paribus.analysis.results import Conclusion, ContrastResult, DivergenceResult
from paribus.report.colours import ArmStyle
from paribus.report.inputs import ReportInput
from paribus.report.markup import Html, element, join, write_name
from paribus.report.numerals import (
    NOTHING,
    as_interval,
    as_level,
    as_points,
    as_probability,
    count_of,
)
from paribus.report.tables import name_cell, write_table
from paribus.stats import FEWEST_SEEDS, pairing_threshold

COVERAGE = (
    "Intervals are Student's t intervals of the paired differences (the same seed in both arms), not BCa "
    "bootstrap intervals: with 6 pairs a nominal 95 % BCa interval covers 82 to 86 %, the t interval 95 % "
    "for normal differences, 96 % with heavy tails and about 88 % with strong skew."
)
SIGN_FLIP = (
    "The sign-flip test stands beside as a second opinion and never decides: its smallest p is 2 to the "
    "power 1 \N{MINUS SIGN} n, so with few seeds it cannot reach significance."
)
DECIDED = ("better", "worse", "equivalent")
TITLES = (
    "arm",
    "pairs",
    "95 % alone",
    "interval shown",
    "its level",
    "p, t test",
    "p, sign-flip",
    "detectable",
    "seeds to decide",
    "correlation",
    "new images too",
)


def write_fine_print(report: ReportInput, styles: dict[str, ArmStyle]) -> Html:
    contrasts = report.conclusion.contrasts
    if not contrasts:
        return element("p", "Nothing was compared.")
    rows = [_write_row(contrast, styles[contrast.arm]) for contrast in contrasts]
    caption = (
        "Differences in points; p not yet corrected. Detectable: the smallest difference that these seeds "
        "find in four studies of five. Seeds to decide: to find one as large as the margin. New images "
        "too: whether the verdict would hold on other images of the same kind."
        f"{_say_pairing(max(contrast.pairs for contrast in contrasts))}"
    )
    table = write_table("tests", dict.fromkeys(TITLES, ""), rows, label="Tests", caption=caption)
    return join(element("p", COVERAGE), element("p", _say_rule(report)), table, *_say_divergence(report))


def _say_pairing(pairs: int) -> str:
    threshold = pairing_threshold(pairs) if pairs else None
    if threshold is None:
        return ""
    return (
        " Correlation: of the two arms' scores over the seeds; of "
        f"{count_of(pairs, 'pair')}, pairing narrows the interval above {threshold:.2f}."
    )


def _say_rule(report: ReportInput) -> str:
    """Holm, the words and their rule; no words where too few seeds allow none."""
    conclusion = report.conclusion
    many = count_of(len(conclusion.contrasts), "contrast")
    if not any(contrast.word for contrast in conclusion.contrasts):
        return f"The intervals are corrected for {many}. {_say_none(conclusion)} {SIGN_FLIP}"
    margin = (
        f" Equivalent: the interval lies within \N{PLUS-MINUS SIGN}{100 * conclusion.margin:g} points."
        if conclusion.margin
        else " No margin was stated, so no arm can be called equivalent."
    )
    none = "" if all(contrast.word for contrast in conclusion.contrasts) else f" {_say_none(conclusion)}"
    return (
        f"Better and worse: the t test survives Holm's correction over {many} at "
        f"{100 * conclusion.alpha:g} %; the interval shown follows the same rule and never disagrees."
        f"{margin} Every other verdict is undecided.{none} {SIGN_FLIP}"
    )


def _say_none(conclusion: Conclusion) -> str:
    """Why a contrast may stand without a word."""
    few = any(contrast.pairs < FEWEST_SEEDS for contrast in conclusion.contrasts)
    if few and not any(contrast.pairs >= FEWEST_SEEDS for contrast in conclusion.contrasts):
        return f"Verdicts start at {FEWEST_SEEDS} seeds."
    return (
        f"There is no verdict under {FEWEST_SEEDS} seeds, while runs are missing, "
        "where runs diverged, or where all differences are the same."
    )


def _write_row(contrast: ContrastResult, style: ArmStyle) -> Html:
    cells = (
        str(contrast.pairs),
        as_interval(contrast.pointwise_low, contrast.pointwise_high) or NOTHING,
        as_interval(contrast.low, contrast.high) or NOTHING,
        as_level(contrast.level),
        as_probability(contrast.p),
        as_probability(contrast.p_signflip),
        as_points(contrast.detectable).strip("+"),
        NOTHING if contrast.word in DECIDED else _say_seeds(contrast.seeds_needed),
        NOTHING
        if contrast.correlation is None
        else f"{contrast.correlation:.2f}".replace("-", "\N{MINUS SIGN}"),
        {None: NOTHING, True: "no", False: "yes"}[contrast.these_images_only if contrast.word else None],
    )
    return element("tr", name_cell(contrast.arm, style), *(element("td", cell) for cell in cells))


def _say_seeds(needed: tuple[int | None, int | None] | None) -> str:
    """A range; an end is None where it lies beyond what was tried."""
    if needed is None:
        return NOTHING
    low, high = needed
    if low is None:
        return "too many"
    if high is None:
        return f"{low:,} or more"
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def _say_divergence(report: ReportInput) -> list[Html]:
    """Fisher's exact test, for each contrast in which runs diverged."""
    return [
        element("p", write_name(contrast.arm), f": {_count_diverged(contrast.divergence, contrast.waiting)}")
        for contrast in report.conclusion.contrasts
        if contrast.divergence is not None
    ]


def _count_diverged(result: DivergenceResult, waiting: int) -> str:
    tested = (
        f"Fisher's exact test {_say_p(result.p)}, {'a' if result.differs else 'no'} difference after Holm"
    )
    if min(result.arm_runs, result.control_runs) < FEWEST_SEEDS:
        tested = f"under {FEWEST_SEEDS} runs: no test"
    elif waiting:
        tested = "no test before all runs have ended"
    return (
        f"{result.arm_diverged} of {result.arm_runs} runs diverged, "
        f"{result.control_diverged} of {result.control_runs} of the control's; "
        f"{tested}. "
        "The figures of this arm are those of its finished runs only."
    )


def _say_p(p: float) -> str:
    said = as_probability(p)
    return f"p {said}" if said.startswith("<") else f"p = {said}"
