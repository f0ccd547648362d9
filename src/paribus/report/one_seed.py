"""What one seed would have said: the experiment most people run, beside this one."""

from paribus.analysis.results import ContrastResult
from paribus.report.figures import Figure
from paribus.report.inputs import ReportInput
from paribus.report.markup import Html, element, join, write_name
from paribus.report.numerals import as_list
from paribus.report.seed_marks import count_misleading, draw_seed_marks, say_count


def write_one_seed(report: ReportInput) -> Html:
    told = [contrast for contrast in report.conclusion.contrasts if contrast.other_way]
    if not told:
        return element("p", "No arm has finished a seed together with the control yet.")
    return join(element("p", say_one_seed(told)), _show_marks(report, told))


def say_one_seed(contrasts: list[ContrastResult]) -> str:
    """The sentence that sums it up, over all contrasts; a tie counts half."""
    asked = sum(contrast.pairs for contrast in contrasts)
    wrong = sum(map(count_misleading, contrasts))
    if not wrong:
        return f"Each of {asked} comparisons by one seed alone ranks the two as all seeds together do."
    return (
        f"Of {asked} comparisons by one seed alone, {wrong:g} ({100 * wrong / asked:.0f} %) "
        "would have ranked the two the other way round."
    )


def _show_marks(report: ReportInput, contrasts: list[ContrastResult]) -> Html:
    told = "; ".join(
        f"{contrast.arm}: {say_count(contrast)}{_name_seeds(contrast)}" for contrast in contrasts
    )
    caption = join(
        "A mark is one seed: above the line the arm is ahead of ",
        write_name(report.conclusion.control),
        ", below it is behind. Filled: this seed alone ranks the two the other way round than all seeds "
        "together; on the line: a tie, which counts half.",
    )
    spec = draw_seed_marks(report, contrasts)
    return Figure("one-seed", spec, f"Seeds that alone would have misled. {told}", caption).write()


def _name_seeds(contrast: ContrastResult) -> str:
    seeds = [str(seed) for seed, wrong in sorted(contrast.other_way.items()) if wrong == 1]
    return f" ({as_list(seeds)})" if seeds else ""
