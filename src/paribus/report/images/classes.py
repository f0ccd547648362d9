"""How well each class is known: a chart, a table, and the other arms folded."""

from collections.abc import Mapping, Sequence

from paribus.analysis.classes import ClassesResult, ClassScore
from paribus.report.colours import ArmStyle
from paribus.report.figures import Figure
from paribus.report.images.class_chart import draw_classes
from paribus.report.images.views import Group, ImagesSection
from paribus.report.markup import Html, element, escape, join, write_name
from paribus.report.numerals import NOTHING, as_interval, as_list, as_percent, as_points, as_range, count_of
from paribus.report.tables import swatch, write_table

_NAMED = 5  # classes that the words name
MOST, END = 24, 12  # classes that are all shown; of more, so many worst and so many best
_CELLS = 8000  # of the folded table of other arms: more would make the page large


def write_classes(section: ImagesSection, styles: Mapping[str, ArmStyle]) -> Html:
    return join(*(_write_group(section, k, styles) for k in range(len(section.groups))))


def _write_group(section: ImagesSection, number: int, styles: Mapping[str, ArmStyle]) -> Html:
    group = section.groups[number]
    order = order_classes(group)
    cut = len(order) > MOST
    shown = [*order[:END], *order[-END:]] if cut else order
    suffix = f"-{number + 1}" if number else ""
    figure = Figure(
        f"classes{suffix}",
        draw_classes(group, shown, styles),
        _tell(group, shown),
        _caption(section, group, cut),
    )
    table = _write_table(section, group, order, f"classes{suffix}")
    return join(
        write_group_title(section, group, styles),
        element("p", *_say(group, order)),
        figure.write(),
        _fold(count_of(len(order), "class", "classes"), table) if cut else table,
        _write_others(group, order, f"other-classes{suffix}"),
    )


def order_classes(group: Group) -> list[int]:
    """Those with images, the worst known first, by the arm that is best or alone."""
    lead = group.of(group.best or group.first).scores
    known = [(score.accuracy, k) for k, score in enumerate(lead) if score.accuracy is not None]
    return [k for _, k in sorted(known)]


def write_group_title(section: ImagesSection, group: Group, styles: Mapping[str, ArmStyle]) -> Html:
    """Where arms know different classes, which these are."""
    if len(section.groups) == 1:
        return Html("")
    names = (join(swatch(styles[found.arm]), write_name(found.arm)) for found in group.arms)
    return element("h3", join(*names, by=", "))


def _say(group: Group, order: Sequence[int]) -> list[Html]:
    """The two ends, and where the arms differ."""
    lead = group.of(group.best or group.first)
    worst, best = order[0], order[-1]
    said = [
        write_name(lead.arm),
        escape(" knows "),
        write_name(group.classes[worst]),
        escape(f" least, {_score(lead.scores[worst])}, and "),
        write_name(group.classes[best]),
        escape(f" best, {_score(lead.scores[best])}. "),
    ]
    if group.best is None:
        return said
    apart = [k for k in order if _is_apart(lead.scores[k])]
    if not apart:
        return [
            *said,
            escape("For no class does the interval of its difference from "),
            write_name(group.first),
            escape(" leave zero out."),
        ]
    apart.sort(key=lambda k: -abs(lead.scores[k].difference or 0))
    named = [
        join(write_name(group.classes[k]), f" {as_points(lead.scores[k].difference)}") for k in apart[:_NAMED]
    ]
    more = [escape(f"{len(apart) - _NAMED} more")] if len(apart) > _NAMED else []
    return [
        *said,
        escape(
            f"Of {len(order)} classes {len(apart)} {'has' if len(apart) == 1 else 'have'} a difference from "
        ),
        write_name(group.first),
        escape(" whose own interval leaves zero out, in points: "),
        join(*named, *more, by=", "),
        escape("."),
    ]


def _is_apart(score: ClassScore) -> bool:
    low, high = score.difference_low, score.difference_high
    return low is not None and high is not None and (low > 0 or high < 0)


def _score(score: ClassScore) -> str:
    return f"{as_percent(score.accuracy)} % {as_range(score.low, score.high, 1)}"


def _caption(section: ImagesSection, group: Group, cut: bool) -> str:
    which = f" The {END} that are known worst, and the {END} best." if cut else ""
    gray = " Gray: the control." if group.best and group.first == section.control else ""
    stars = ""
    if group.best:
        stars = " At the right: the difference in points, with a star where its interval leaves zero out."
    return (
        f"Accuracy of each class on {section.split} images, the worst known first.{which} Lines: "
        f"{say_intervals(group.arms[:2])} Each stands for its class alone: of twenty such intervals one is "
        f"expected to miss.{gray}{stars}"
    )


def say_intervals(arms: Sequence[ClassesResult]) -> str:
    """What they are drawn over."""
    over = {score.over for arm in arms for score in arm.scores if score.over}
    seeds = sorted({len(arm.seeds) for arm in arms})
    n = as_list([str(one) for one in seeds])
    if over == {"images"}:
        return "95 %, Wilson's, over images: seeds show no spread."
    told = f"95 %, Student's, over {n} seeds."
    if "images" in over:
        told += " Where all seeds say the same, Wilson's over images."
    return told


def _tell(group: Group, shown: Sequence[int]) -> str:
    """The chart in words."""
    arms = [group.of(name) for name in (group.first, group.best) if name]
    parts = []
    for k in shown:
        told = ", ".join(
            f"{arm.arm} {_score(arm.scores[k])}" for arm in arms if arm.scores[k].accuracy is not None
        )
        parts.append(f"{group.classes[k]}: {told}")
    return "Accuracy by class. " + "; ".join(parts)


def _write_table(section: ImagesSection, group: Group, order: Sequence[int], name: str) -> Html:
    lead, first = group.of(group.best or group.first), group.of(group.first)
    base = "control" if group.first == section.control else "first arm"
    titles = {"class": "", "images": "number"}
    if group.best:
        titles |= {f"{base}, %": "number", "its interval": "", "arm, %": "number", "interval": ""}
        titles |= {f"minus {base}, points": "number", "interval, points": ""}
    else:
        titles |= {"accuracy, %": "number", "interval": ""}
    rows = []
    for k in order:
        arms = [first, lead] if group.best else [lead]
        cells = [cell for arm in arms for cell in _cells(arm.scores[k])]
        if group.best:
            own = lead.scores[k]
            cells += [
                element("td", as_points(own.difference), class_="number"),
                element("td", as_interval(own.difference_low, own.difference_high), class_="interval"),
            ]
        images = element("td", f"{lead.scores[k].images:,}", class_="number")
        rows.append(element("tr", element("th", write_name(group.classes[k]), scope="row"), images, *cells))
    names = (
        f" {base.capitalize()}: {group.first}; arm: {group.best}, of all others the best."
        if group.best
        else ""
    )
    caption = (
        f"Accuracy of each class on {section.split} images. Images: distinct ones of the class that the "
        f"runs of an arm judged.{names} Differences are paired by seed."
    )
    return write_table(name, titles, rows, label="Accuracy of each class", caption=caption)


def _cells(score: ClassScore) -> list[Html]:
    return [
        element("td", as_percent(score.accuracy), class_="number"),
        element("td", as_range(score.low, score.high, 1), class_="interval"),
    ]


def _write_others(group: Group, order: Sequence[int], name: str) -> Html:
    """Means of the other arms, folded."""
    others = group.arms[2:][: max(_CELLS // max(len(order), 1), 1)]
    if not others:
        return Html("")
    left = len(group.arms) - 2 - len(others)
    rows = [
        element(
            "tr",
            element("th", write_name(found.arm), scope="row"),
            *(element("td", as_percent(found.scores[k].accuracy), class_="number") for k in order),
        )
        for found in others
    ]
    titles: dict[str, str] = {"arm": "", **{write_name(group.classes[k]): "number" for k in order}}
    more = f" {count_of(left, 'more arm')} would make the page too large." if left else ""
    table = write_table(
        name,
        titles,
        rows,
        label="Accuracy of each class, other arms",
        caption=f"Accuracy of each class in per cent, means over seeds; {NOTHING}: no image of it.{more}",
    )
    return _fold(count_of(len(others), "more arm"), table)


def _fold(summary: str, content: Html) -> Html:
    return element("details", element("summary", summary), content)
