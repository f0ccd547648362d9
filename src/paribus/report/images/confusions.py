"""Which class is taken for which: a matrix for each of two arms, and the most frequent mistakes in words."""

from collections.abc import Mapping

from paribus.analysis.confusions import Confusion, ConfusionsResult
from paribus.report.colours import ArmStyle
from paribus.report.figures import write_chart
from paribus.report.images.classes import write_group_title
from paribus.report.images.matrices import draw_matrix, paint_matrix
from paribus.report.images.views import Group, ImagesSection
from paribus.report.markup import Html, element, escape, join, write_name
from paribus.report.numerals import as_percent, count_of
from paribus.report.tables import swatch, write_table

FREQUENT = 12
READABLE = 20  # classes: of more, numbers would not be read, and the matrix is a picture


def write_confusions(section: ImagesSection, styles: Mapping[str, ArmStyle]) -> Html:
    return join(*(_write_group(section, number, styles) for number in range(len(section.groups))))


def _write_group(section: ImagesSection, number: int, styles: Mapping[str, ArmStyle]) -> Html:
    group = section.groups[number]
    readable = len(group.classes) <= READABLE
    panels = [
        element(
            "div",
            element("p", swatch(styles[found.arm]), write_name(found.arm), class_="panel-title"),
            _write_matrix(group, found, f"confusions-{number + 1}-{place + 1}", readable=readable),
            class_="panel",
        )
        for place, found in enumerate(group.confusions)
    ]
    return join(
        write_group_title(section, group, styles),
        element("p", *_say(group)),
        element(
            "figure",
            element("div", *panels, class_="matrices"),
            element("figcaption", _caption(section, readable=readable)),
        ),
        _write_frequent(group, f"confusions{f'-{number + 1}' if number else ''}"),
    )


def _write_matrix(group: Group, found: ConfusionsResult, name: str, *, readable: bool) -> Html:
    told = f"{found.arm}: {_tell(group, found)}"
    if readable:
        return write_chart(name, draw_matrix(group.classes, found), told)
    return paint_matrix(found, told)


def _tell(group: Group, found: ConfusionsResult) -> str:
    frequent = found.most_frequent(FREQUENT)
    if not frequent:
        return "no mistake at all"
    return "; ".join(
        f"{group.classes[one.actual]} taken for {group.classes[one.guessed]} {_say_share(one)}"
        for one in frequent
    )


def _say_share(one: Confusion) -> str:
    return f"{as_percent(one.share)} %"


def _caption(section: ImagesSection, *, readable: bool) -> str:
    what = (
        "In each cell the share of the row, in per cent" if readable else "Each dot is the share of the row"
    )
    order = "" if readable else " Classes stand in the order of the data, from the top and from the left."
    return (
        f"Rows are what {section.split} images are, columns what they are taken for, summed over seeds. "
        f"{what}: mistakes in colour, the fuller the more; what is right in gray.{order}"
    )


def _say(group: Group) -> list[Html]:
    found = group.confusions[-1]
    frequent = found.most_frequent(1)
    if not frequent:
        return [write_name(found.arm), escape(" makes no mistake on these images.")]
    [one] = frequent
    wrong = int(found.counts.sum() - found.counts.trace())
    return [
        write_name(found.arm),
        escape(" most often takes "),
        write_name(group.classes[one.actual]),
        escape(" for "),
        write_name(group.classes[one.guessed]),
        escape(
            f": {count_of(one.times, 'time')} of {wrong:,} mistakes, {_say_share(one)} of the judgements of "
            "images of that class."
        ),
    ]


def _write_frequent(group: Group, name: str) -> Html:
    """By the last of the arms; beside it the first."""
    lead = group.confusions[-1]
    frequent = lead.most_frequent(FREQUENT)
    if not frequent:
        return Html("")
    others = [found for found in group.confusions if found is not lead]
    titles = {"images of": "", "taken for": "", "times": "number", "of the class, %": "number"}
    titles |= {"times in the other": "number", "of the class there, %": "number"} if others else {}
    rows = []
    for one in frequent:
        cells = [f"{one.times:,}", as_percent(one.share)]
        for found in others:
            cells += [
                f"{found.counts[one.actual, one.guessed]:,}",
                as_percent(float(found.shares[one.actual, one.guessed])),
            ]
        rows.append(
            element(
                "tr",
                element("th", write_name(group.classes[one.actual]), scope="row"),
                element("td", write_name(group.classes[one.guessed])),
                *(element("td", text, class_="number") for text in cells),
            )
        )
    other = f" The other: {others[0].arm}." if others else ""
    caption = f"The most frequent mistakes of {lead.arm}, over {count_of(len(lead.seeds), 'seed')}.{other}"
    return write_table(name, titles, rows, label="Most frequent mistakes", caption=caption)
