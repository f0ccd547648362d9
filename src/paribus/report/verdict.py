"""The first screen: the question, the sentences that answer it, and the chart that carries them."""

import re
from collections import Counter
from collections.abc import Sequence

from paribus.analysis.results import ContrastResult
from paribus.report.claims import write_count
from paribus.report.colours import ArmStyle
from paribus.report.differences import draw_differences
from paribus.report.figures import Figure
from paribus.report.inputs import ReportInput, row_id
from paribus.report.markup import Html, element, escape, join, write_name
from paribus.report.numerals import (
    as_duration,
    as_interval,
    as_level,
    as_list,
    as_points,
    count_of,
)

FEW, FIRST = 6, 3  # verdicts that all stand open; of more, those that are not folded
NUMBER = re.compile(r"\[[^\[\]]*\d[^\[\]]*\]|(?<![\w.])[+\u2212-]?\d(?:[\d,]*\d)?(?:\.\d+)?(?:\s?%)?")


def write_about(about: str) -> Html:
    """What the study says of itself, below its title: a paragraph for each that is set apart."""
    parts = [" ".join(part.split()) for part in re.split(r"\n\s*\n", about)]
    return join(*(element("p", part, class_="about", dir="auto") for part in parts if part))


def write_verdict(report: ReportInput, styles: dict[str, ArmStyle]) -> Html:
    conclusion = report.conclusion
    sentences = [_write_sentence(report, contrast) for contrast in conclusion.contrasts]
    first = len(sentences) if len(sentences) <= FEW else FIRST
    chart = _show_differences(report, styles) if conclusion.contrasts else Html("")
    alone = element("p", "One arm alone: there is nothing to compare it with.", class_="verdict")
    return join(
        *(sentences[:first] or [alone]),
        _fold_rest(conclusion.contrasts[first:], sentences[first:]),
        write_count(report),
        chart,
        element("p", say_cost(report), class_="cost"),
        *(element("p", note, class_="note", dir="auto") for note in conclusion.notes),
    )


def _fold_rest(contrasts: Sequence[ContrastResult], sentences: Sequence[Html]) -> Html:
    """So that of many arms the chart is still on the first screen; the fold says how the rest came out."""
    if not sentences:
        return Html("")
    words = Counter(contrast.word or "without a verdict" for contrast in contrasts)
    said = as_list([f"{count} {word}" for word, count in words.items()])
    return element("details", element("summary", f"{len(sentences)} more: {said}"), *sentences)


def say_cost(report: ReportInput) -> str:
    """What was paid."""
    runs = report.distinct_runs()
    ended = [run for run in runs if run.state in {"finished", "diverged"}]
    spent = sum(run.seconds or 0.0 for run in runs)
    stages = sum(len(runs) for runs in report.stages.values())
    before = f" ({stages} of them stages that others start from)" if stages else ""
    if report.trials:
        before += f" ({len(report.trials)} of them trials of the search)"
    return f"{count_of(len(ended), 'run')}{before}, {as_duration(spent)} of training."


def _write_sentence(report: ReportInput, contrast: ContrastResult) -> Html:
    """The sentence, with each number a link to the row that it comes from."""
    address = f"#{row_id(report.number_of(contrast.arm))}"
    names = sorted({contrast.arm, report.conclusion.control}, key=len, reverse=True)
    pieces = re.split("|".join(f"({re.escape(name)})" for name in names), contrast.sentence)
    written = [
        write_name(piece, class_="arm" if piece == contrast.arm else None)
        if piece in names
        else _link_numbers(piece, address, contrast.word)
        for piece in pieces
        if piece
    ]
    return element("p", *written, class_="verdict", dir="auto")


def _link_numbers(text: str, address: str, word: str | None) -> Html:
    parts: list[str] = []
    end = 0
    for found in NUMBER.finditer(text):
        parts += [_stress(text[end : found.start()], word), element("a", found.group(), href=address)]
        end = found.end()
    return join(*parts, _stress(text[end:], word))


def _stress(text: str, word: str | None) -> Html:
    if not word or word not in text.lower():
        return escape(text)
    before, found, after = re.split(f"({word})", text, maxsplit=1, flags=re.IGNORECASE)
    return join(before, element("strong", found), after)


def _show_differences(report: ReportInput, styles: dict[str, ArmStyle]) -> Html:
    figures = [
        f"{c.arm}: {as_points(c.difference)} {as_interval(c.low, c.high)}, n = {c.pairs}"
        for c in report.conclusion.contrasts
    ]
    spec = draw_differences(report, styles)
    off = any(row["_off"] for row in spec["datasets"]["rows"])
    return Figure("differences", spec, "; ".join(figures), _write_caption(report, off=off)).write()


def _write_caption(report: ReportInput, *, off: bool) -> Html:
    contrasts, margin = report.conclusion.contrasts, report.conclusion.margin
    levels = sorted({as_level(c.level) for c in contrasts if c.level is not None})
    corrected = f"{as_list(levels)}, corrected for {count_of(len(contrasts), 'contrast')}"
    said = [
        f", in points. Line: the interval ({corrected})" if levels else ", in points. Line: the interval",
        "; large dot: the mean; small dots: one seed each.",
        _say_clear(contrasts),
        f" Shaded: differences under {100 * margin:g} points, which do not matter here." if margin else "",
        " Triangle: off the scale, on that side." if off else "",
    ]
    return join("Difference from ", write_name(report.conclusion.control), *said)


def _say_clear(contrasts: Sequence[ContrastResult]) -> str:
    """What a line clear of zero means: nothing where the contrast has no verdict."""
    if all(contrast.word for contrast in contrasts):
        return " A line clear of zero is a difference."
    if any(contrast.word for contrast in contrasts):
        return " A line clear of zero is a difference where a verdict stands beside it."
    return ""
