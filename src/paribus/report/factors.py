"""The section on what varies against what comes out."""

from paribus.analysis.grids import FactorResult, GridResult
from paribus.report.colours import ArmStyle
from paribus.report.effects import write_effects
from paribus.report.factor_charts import Control, draw_factor
from paribus.report.factor_lines import choose_axes, draw_factor_lines
from paribus.report.factor_rows import draw_factor_rows
from paribus.report.figures import Figure
from paribus.report.heat_map import draw_heat_map
from paribus.report.inputs import ReportInput
from paribus.report.level_marks import describe_levels, frame_rows, say_scores
from paribus.report.markup import Html, element, join
from paribus.report.numerals import as_list, count_of
from paribus.report.spacing import choose_spacing

ALONE_PIXELS, SMALL_PIXELS = 300, 190
AT_THE_EDGE = "best, and at the edge: a better one may lie beyond"
_SPACED = {"log": ", on a log axis", "linear": "", "even": ", at equal distances whatever their size"}


def write_factors(report: ReportInput, styles: dict[str, ArmStyle]) -> Html:
    """The section with its title; nothing where no factor varies or no arm of the grid has a score."""
    figures = draw_factor_figures(report, styles)
    if not figures:
        return Html("")
    written = [figure.write() for figure in figures]
    many = report.grid is not None and len(report.grid.factors) > 2
    content = element("div", *written, class_="pair") if many else join(*written)
    heading = element("h2", "What varied, and what came out", id="factors-title")
    effects = write_effects(report.effects)
    return element("section", heading, content, _say_beside(report), effects, aria_labelledby="factors-title")


def draw_factor_figures(report: ReportInput, styles: dict[str, ArmStyle]) -> list[Figure]:
    grid = report.grid
    if grid is None or all(arm.mean is None for arm in report.conclusion.arms if arm.name in grid.cells):
        return []
    if len(grid.factors) == 1:
        return [_draw_one(report, grid, styles)]
    if len(grid.factors) == 2:
        return _draw_two(report, grid)
    return [_draw_small(report, grid, factor, styles) for factor in grid.factors if factor.averaged]


def _say_beside(report: ReportInput) -> Html:
    grid = report.grid
    assert grid is not None
    said = [edge.sentence for edge in grid.edges] if len(grid.factors) > 1 else []
    beside = [arm for arm in grid.beside if arm != report.conclusion.control]
    if beside:
        arms, stand = ("arm", "stands") if len(beside) == 1 else ("arms", "stand")
        said.append(f"The {arms} {as_list(beside)} {stand} beside the grid, and not in these charts.")
    return element("p", " ".join(said), class_="note", dir="auto") if said else Html("")


def _metric(report: ReportInput) -> str:
    return f"{report.conclusion.split} {report.conclusion.metric.replace('_', ' ')}"


def _title_y(report: ReportInput, factor: FactorResult) -> str:
    counts = [len(level.scores) for level in factor.levels if level.scores]
    n = f"{min(counts)}" if min(counts) == max(counts) else f"{min(counts)} to {max(counts)}"
    return f"{_metric(report)}, % (n = {n} seeds)"


def _draw_one(report: ReportInput, grid: GridResult, styles: dict[str, ArmStyle]) -> Figure:
    """One factor: each level is an arm, and has its colour."""
    (factor,) = grid.factors
    rows = describe_levels(report, factor, styles)
    control = _control_beside(report, grid)
    frame = frame_rows(rows, [control.mean] if control else [])
    title = _title_y(report, factor)
    numbers = [level.number for level in factor.levels if level.number is not None]
    spaced = ""
    if len(numbers) == len(factor.levels):
        spacing = choose_spacing(numbers)
        spaced = _SPACED[spacing]
        spec = draw_factor(
            rows,
            frame,
            spacing,
            titles=(factor.name, title),
            height=ALONE_PIXELS,
            control=control,
            edge=_edge_of(grid, factor),
        )
    else:
        spec = draw_factor_rows(rows, frame, title, control)
    return Figure("factor", spec, _tell(report, factor), _caption(report, factor, spec, control, spaced))


def _edge_of(grid: GridResult, factor: FactorResult) -> tuple[int, str] | None:
    arms = [edge.arm for edge in grid.edges if edge.factor == factor.name]
    return next(
        ((k, AT_THE_EDGE) for k, level in enumerate(factor.levels) if arms and arms[0] in level.arms), None
    )


def _control_beside(report: ReportInput, grid: GridResult) -> Control | None:
    control = report.control
    if control.name not in grid.beside or control.mean is None:
        return None
    return Control(round(100 * control.mean, 3), f"control, {control.name}")


def _tell(report: ReportInput, factor: FactorResult) -> str:
    levels = "; ".join(f"{level.label}: {say_scores(level)}" for level in factor.levels)
    return f"{_metric(report).capitalize()} by {factor.name}. {levels}"


def _caption(
    report: ReportInput, factor: FactorResult, spec: dict[str, object], control: Control | None, spaced: str
) -> str:
    rows = spec["datasets"]["rows"]  # type: ignore[index]
    said = [f"{_metric(report).capitalize()} by {factor.name}{spaced}."]
    said.append("Line: 95 % interval of the mean; large dot: the mean; small dots: one seed each.")
    if any(level.holds_control for level in factor.levels) or control:
        said.append("Gray: the control.")
    if any(row["published"] is not None for row in rows):
        said.append("Hollow: published.")
    if any(level.diverged for level in factor.levels):
        said.append("Cross: runs that diverged and have no score, of all.")
    if any(row["_off"] for row in rows):
        said.append("Triangle: off the scale, on that side.")
    return " ".join(said)


def _draw_two(report: ReportInput, grid: GridResult) -> list[Figure]:
    names = [factor.name for factor in grid.factors]
    arms = [arm for arm in report.conclusion.arms if arm.name in grid.cells]
    scores = "; ".join(
        f"{arm.name}: {'no score' if arm.mean is None else f'{100 * arm.mean:.1f} %'}" for arm in arms
    )
    lost = " A cross, or a count: runs that diverged." if any(arm.diverged for arm in arms) else ""
    seeds = len(report.conclusion.seeds)
    caption = (
        f"{_metric(report).capitalize()}, %, by {names[0]} and {names[1]}: mean and 95 % interval of "
        f"{count_of(seeds, 'seed')}. The fuller the colour, the fewer errors, on a log "
        f"scale. Framed: the best; in gray: the control.{lost}"
    )
    told = f"{_metric(report).capitalize()} by {names[0]} and {names[1]}. {scores}"
    figures = [Figure("factors", draw_heat_map(report, grid), told, caption)]
    if axes := choose_axes(grid):
        along, other = (grid.factors[k].name for k in axes)
        spec = draw_factor_lines(report, grid, axes, f"{_metric(report)}, % (n = {seeds} seeds)")
        caption = (
            f"The same over {along}, a line for each {other}, named at its end. Upright: 95 % interval. "
            "Lines side by side: the one setting does as much whatever the other is."
        )
        figures.append(Figure("factor-lines", spec, told, caption))
    return figures


def _draw_small(
    report: ReportInput, grid: GridResult, factor: FactorResult, styles: dict[str, ArmStyle]
) -> Figure:
    """Of three factors and more: one factor, averaged over the others; all on one axis."""
    every = [row for f in grid.factors if f.averaged for row in describe_levels(report, f, styles)]
    rows, frame = describe_levels(report, factor, styles), frame_rows(every)
    title = _title_y(report, factor)
    numbers = [level.number for level in factor.levels if level.number is not None]
    if len(numbers) == len(factor.levels):
        spacing = choose_spacing(numbers)
        spec = draw_factor(rows, frame, spacing, titles=(factor.name, title), height=SMALL_PIXELS)
    else:
        spec = draw_factor_rows(rows, frame, title)
    left = f", {factor.left_out} more left out for want of a score" if factor.left_out else ""
    caption = (
        f"{factor.name}, averaged over {count_of(factor.averaged, 'combination')} of the other factors, "
        f"the same for every value{left}. Gray: the value that the control has."
    )
    return Figure(f"factor-{grid.factors.index(factor) + 1}", spec, _tell(report, factor), caption)
