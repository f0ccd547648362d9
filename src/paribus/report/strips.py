"""Pictures of a word's size, drawn as SVG without any script: an arm's seeds on a line."""

from collections.abc import Mapping

from paribus.report.colours import ArmStyle
from paribus.report.inputs import ReportInput
from paribus.report.markup import Html, element
from paribus.report.scale import choose_reach

WIDTH, HEIGHT = 120, 16


def draw_strip(report: ReportInput, arm: str, style: ArmStyle) -> Html:
    """An arm's seeds, mean and interval on one scale for all arms; an arrow if it lies far off."""
    result = report.conclusion.arms[report.number_of(arm)]
    low, high = _strip_range(report)
    inside = [s for s in result.scores.values() if s is not None and low <= s <= high]
    if not inside:
        off = result.mean is not None
        return element("span", "off the scale" if off else "", class_="quiet")

    def place(score: float) -> float:
        return round(4 + (WIDTH - 8) * (min(max(score, low), high) - low) / (high - low), 1)

    parts = [_dot(place(score), 5, 2.6, style.colour, fill_opacity=0.55) for score in inside]
    if result.low is not None and result.high is not None:
        ends = {"x1": place(result.low), "x2": place(result.high)}
        line = element("line", y1=12, y2=12, stroke=style.colour, stroke_width=2, **ends)
        parts.append(line)
    return _svg(parts, WIDTH, HEIGHT)


def _strip_range(report: ReportInput) -> tuple[float, float]:
    arms = [arm for arm in report.conclusion.arms if arm.mean is not None]
    if not arms:
        return 0.0, 1.0
    centre = report.control.mean if report.control.mean is not None else arms[0].mean or 0.0
    extents = [max(abs(s - centre) for s in _known(arm.scores)) for arm in arms if _known(arm.scores)]
    reach = choose_reach(extents)
    near = [
        score
        for arm, extent in zip(arms, extents, strict=True)
        if extent <= reach
        for score in (*_known(arm.scores), *_known({0: arm.low, 1: arm.high}))
    ]
    low, high = min(near), max(near)
    return (low, high) if high > low else (low - 0.005, high + 0.005)


def _known(scores: Mapping[int, float | None]) -> list[float]:
    return [score for score in scores.values() if score is not None]


def _dot(x: float, y: float, radius: float, colour: str, **more: float) -> Html:
    return element("circle", cx=x, cy=y, r=radius, fill=colour, **more)


def _svg(parts: list[Html], width: float, height: float) -> Html:
    """Read to nobody: the table has the figures."""
    return element(
        "svg",
        *parts,
        width=width,
        height=height,
        viewBox=f"0 0 {width} {height}",
        aria_hidden="true",
    )
