"""Which arms cannot be told from the best, and all pairs in a folded table."""

from paribus.analysis.pairs import PairResult, PairsResult
from paribus.report.inputs import ReportInput
from paribus.report.markup import Html, element, join, write_name
from paribus.report.numerals import as_interval, as_list, as_points, as_probability, count_of
from paribus.report.tables import write_table

NAMED = 4  # arms in the sentence; the table has all
TITLES = {
    "arm": "",
    "minus arm": "",
    "points": "number",
    "interval, points": "",
    "p, Holm": "number",
    "one seed, the other way": "number",
}


def write_pairs(report: ReportInput) -> Html:
    """Nothing under three arms that finished."""
    found = report.pairs
    if found is None:
        return Html("")
    rows = [_write_row(pair) for pair in found.pairs]
    table = write_table("pairs", TITLES, rows, label="All pairs of arms", caption=_say_caption(found))
    title = element("summary", f"All {count_of(len(rows), 'pair')} of arms")
    return join(element("p", say_best(found), dir="auto"), element("details", title, table))


def say_best(found: PairsResult) -> str:
    """Who may be the best, in one sentence."""
    if found.possible is None:
        return f"{found.best} has the highest mean; under five seeds that says little of who is the best."
    others = [name for name in found.possible if name != found.best]
    if not others:
        return f"{found.best} is the best of the arms: with these seeds every other is clearly behind it."
    return (
        f"{found.best} has the highest mean, and these seeds cannot tell it from "
        f"{as_list(others, most=NAMED)}. "
        f"In {100 * (1 - found.alpha):g} of 100 such studies, or more, the truly best arm is among these."
    )


def _say_caption(found: PairsResult) -> str:
    left = (
        f" Left out, for they diverged or have no score: {as_list(list(found.left_out))}."
        if found.left_out
        else ""
    )
    return (
        f"Paired over {count_of(found.seeds, 'seed')}; intervals and p corrected for all "
        f"{count_of(len(found.pairs), 'pair')}. Not registered before the runs, so without a word.{left}"
    )


def _write_row(pair: PairResult) -> Html:
    cells = [
        as_points(pair.difference),
        as_interval(pair.low, pair.high),
        as_probability(pair.p_holm),
        f"{100 * pair.other_way_share:.0f} %",
    ]
    kinds = list(TITLES.values())[2:]
    return element(
        "tr",
        element("th", write_name(pair.second), scope="row"),
        element("td", write_name(pair.first)),
        *(element("td", cell, class_=kind or None) for cell, kind in zip(cells, kinds, strict=True)),
    )
