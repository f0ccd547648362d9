"""What one seed would have said: the experiment most people run, beside this one."""

from paribus.analysis.results import ContrastResult
from paribus.report.colours import ArmStyle
from paribus.report.inputs import ReportInput
from paribus.report.markup import Html, element
from paribus.report.numerals import as_list
from paribus.report.strips import draw_seed_dots
from paribus.report.tables import name_cell, write_table


def write_one_seed(report: ReportInput, styles: dict[str, ArmStyle]) -> Html:
    rows = [
        _write_row(contrast, styles[contrast.arm])
        for contrast in report.conclusion.contrasts
        if contrast.other_way_share is not None
    ]
    if not rows:
        return element("p", "No arm has finished a seed together with the control yet.")
    caption = (
        "Filled: this seed alone ranks the arm and the control the other way round than all seeds together; "
        "half: a tie."
    )
    titles = dict.fromkeys(("arm against control", "seeds", "the other way"), "")
    return write_table("one-seed", titles, rows, label="Each seed alone", caption=caption)


def _write_row(contrast: ContrastResult, style: ArmStyle) -> Html:
    misleading = dict(sorted(contrast.other_way.items()))
    share = contrast.other_way_share or 0.0
    seeds = [str(seed) for seed, wrong in misleading.items() if wrong == 1]
    which = f"seed{'s' if len(seeds) > 1 else ''} {as_list(seeds)}" if seeds else "none"
    count = f"{share * contrast.pairs:g} of {contrast.pairs} ({100 * share:.0f} %)"
    return element(
        "tr",
        name_cell(contrast.arm, style),
        element("td", draw_seed_dots(misleading, f"the other way: {which}"), class_="dots"),
        element("td", count),
    )
