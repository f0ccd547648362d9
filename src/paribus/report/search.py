"""The section on what a search tried, what it found, and how much of that was luck."""

from paribus.analysis.search_results import SearchResult, TrialRow
from paribus.analysis.search_sentences import say_search
from paribus.report.colours import GRAY, ArmStyle
from paribus.report.figures import Figure
from paribus.report.inputs import ReportInput
from paribus.report.markup import Html, element, escape, join, write_name
from paribus.report.numerals import NOTHING, as_count, as_duration, as_list, as_percent, count_of
from paribus.report.search_charts import (
    draw_expected,
    draw_setting,
    draw_trials,
    frame_search,
    say_row,
)
from paribus.report.tables import write_table

LONG = 12  # trials: a longer table is folded
EXPECTED = (
    "What the best of so many random trials is expected to score in the search (Dodge et al. 2019); band: "
    "one standard deviation of it, within what was seen. Flat at its end: more trials would find little more."
)
TOLD = 12  # trials that are told to who cannot see them


def write_search(report: ReportInput, styles: dict[str, ArmStyle]) -> Html:
    """The section with its title; nothing for a study without a search, and no figure before any ends."""
    search = report.conclusion.search
    if search is None or not search.rows:
        return Html("")
    heading = element("h2", "The search", id="search-title")
    said = [element("p", sentence, dir="auto") for sentence in say_search(search, report.conclusion.split)]
    if all(row.state == "waiting" for row in search.rows):
        return element("section", heading, *said, aria_labelledby="search-title")
    first, *others = draw_search_figures(report, styles)
    small = element("div", *(figure.write() for figure in others), class_="pair") if others else Html("")
    return element(
        "section",
        heading,
        *said,
        first.write(),
        small,
        _write_settings(search, report.control.name),
        _write_trials(search),
        aria_labelledby="search-title",
    )


def draw_search_figures(report: ReportInput, styles: dict[str, ArmStyle]) -> list[Figure]:
    """Scores by trial; then the expected best, where it can be told; then scores over each setting."""
    search = report.conclusion.search
    assert search is not None, "there is a search to draw"
    colour = styles[search.arm].colour if search.arm in styles else GRAY
    frame = frame_search(search)
    title = f"validation {report.conclusion.metric.replace('_', ' ')}, %"
    figures = [
        Figure(
            "search-trials",
            draw_trials(search, frame, colour, title),
            _tell_trials(search),
            _say_trials(search, frame.low),
        )
    ]
    if search.expected:
        figures.append(
            Figure(
                "search-expected",
                draw_expected(search.expected, title),
                _tell_expected(search),
                EXPECTED,
            )
        )
    for place, name in enumerate(search.dimensions):
        spec = draw_setting(search, name, frame, colour, title)
        log = ", on a log axis" if name in search.logs else ""
        caption = f"The same scores over {name}{log}. The other settings vary too."
        figures.append(Figure(f"search-{place + 1}", spec, f"Scores over {name}", caption))
    return figures


def _say_trials(search: SearchResult, floor: float) -> str:
    seeds = count_of(len(search.seeds), "seed")
    said = [f"Each dot a trial, with {seeds} that the study's own runs never have. Line: the best so far."]
    if search.method == "halving":
        said.append("Trials of later rungs are trained anew, for longer, each with its whole schedule.")
    if search.best is not None and search.arm is not None:
        said.append("Large: the winner.")
    if search.confirmed is not None:
        said.append(
            f"Dashed: the mean of the arm {search.arm} over {count_of(search.confirmed_seeds, 'other seed')}."
        )
    if any(row.score is not None and 100 * row.score < floor for row in search.rows):
        said.append("Triangle: off the scale, on that side.")
    if any(row.state == "diverged" for row in search.rows):
        said.append("Cross: diverged, and so the worst.")
    return " ".join(said)


def _tell_trials(search: SearchResult) -> str:
    ended = [row for row in search.rows if row.state != "waiting"]
    best = sorted(ended, key=lambda row: -1.0 if row.score is None else row.score, reverse=True)
    told = "; ".join(say_row(search, row) for row in best[:TOLD])
    return f"Scores of {count_of(len(ended), 'trial')}, the best first. {told}"


def _tell_expected(search: SearchResult) -> str:
    told = [f"{one.trials}: {100 * one.mean:.1f} %" for one in search.expected]
    return f"Expected best by number of trials. {as_list(told)}"


def _write_settings(search: SearchResult, control: str) -> Html:
    """What the winner has where the control has something else."""
    if not search.settings or search.arm is None:
        return Html("")
    rows = [
        element(
            "tr",
            element("th", write_name(place), scope="row"),
            element("td", element("bdi", ours)),
            element("td", element("bdi", found)),
        )
        for place, ours, found in search.settings
    ]
    titles = {"setting": "", f"control, {control}": "", search.arm: ""}
    return join(
        element("h3", "The winner's settings"),
        write_table("settings", titles, rows, label="The winner's settings beside the control's"),
    )


def _write_trials(search: SearchResult) -> Html:
    halves = search.method == "halving"
    titles = {
        "trial": "number",
        **({"epochs": "number"} if halves else {}),
        **dict.fromkeys(search.dimensions, ""),
        "search score, %": "number",
        "parameters": "number",
        "time": "number",
        "run": "",
    }
    rows = [_write_row(search, row, halves=halves) for row in search.rows]
    table = write_table("trials", titles, rows, label="Trials", caption=_caption(search))
    if len(rows) > LONG:
        table = element("details", element("summary", count_of(len(rows), "trial")), table)
    return join(element("h3", "Its trials"), table)


def _caption(search: SearchResult) -> str:
    refused = ""
    if search.refused:
        refused = f" {count_of(search.refused, 'point was', 'points were')} refused and count as no trials, "
        refused += f"such as: {search.refused_such_as}."
    again = f" {count_of(search.again, 'point')} came again and cost nothing." if search.again else ""
    seeds = as_list([str(seed) for seed in search.seeds])
    return (
        f"On validation images, with seed{'s' * (len(search.seeds) != 1)} {seeds}. Points: "
        f"{as_list(list(search.proposers))}.{refused}{again}"
    )


def _write_row(search: SearchResult, row: TrialRow, *, halves: bool) -> Html:
    best = search.best is not None and search.rows[search.best] == row and search.arm is not None
    score = row.state if row.score is None else as_percent(row.score, 2)
    values = [element("td", element("bdi", value)) for value in row.values.values()]
    lengths = [element("td", NOTHING if row.epochs is None else str(row.epochs), class_="number")]
    runs = join(*(element("code", name[:12]) for name in row.runs.values()), by=" ")
    return element(
        "tr",
        element("th", escape(f"{row.number}{' (winner)' if best else ''}"), scope="row", class_="number"),
        *(lengths if halves else []),
        *values,
        element("td", score, class_="number", data_value=row.score),
        element("td", as_count(row.parameters), class_="number"),
        element("td", as_duration(row.seconds), class_="number", data_value=row.seconds),
        element("td", runs),
    )
