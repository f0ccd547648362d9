"""The section of a report on its data: counts, samples, twins, and the figures without leaked images."""

import base64
from collections.abc import Mapping

from paribus.analysis import LeakResult
from paribus.report.colours import ArmStyle
from paribus.report.markup import Html, element, escape, join, write_name
from paribus.report.numerals import NOTHING, as_list, as_percent, count_of
from paribus.report.passport.facts import say_kind, say_range, write_findings_list
from paribus.report.passport.sheets import write_pairs, write_samples
from paribus.report.passport.views import DataSection, DataView
from paribus.report.tables import name_cell, write_table


def write_data(section: DataSection | None, styles: Mapping[str, ArmStyle]) -> Html:
    if section is None:
        return Html("")
    several = len(section.views) > 1
    content = join(
        *(_write_view(arms if several else (), view) for arms, view in section.views),
        _write_leak(section, section.leak, styles) if section.leak else Html(""),
        _write_seen(section) if section.seen else Html(""),
        element("p", element("code", "paribus show data"), " with the study file tells more.", class_="note"),
    )
    title = element("h2", "Data", id="data-title")
    return element("section", title, content, aria_labelledby="data-title")


def _write_view(arms: tuple[str, ...], view: DataView) -> Html:
    passport = view.passport
    counts = passport.counts
    images = as_list([f"{count:,} {split}" for split, count in counts.images.items()])
    told = (
        f"{images} images, {count_of(len(counts.classes), 'class', 'classes')} with {say_range(passport)}, "
        f"{say_kind(passport)}."
    )
    return join(
        element("h3", *_names(arms)) if arms else Html(""),
        element("p", told),
        write_findings_list(passport, class_=None),
        write_samples(view) if view.pictures else Html(""),
        write_pairs(view) if view.pictures else Html(""),
    )


def _write_leak(section: DataSection, leak: LeakResult, styles: Mapping[str, ArmStyle]) -> Html:
    share = f"{leak.leaked:,} of {leak.images:,} {section.split} images"
    changed = [
        join(
            write_name(arm),
            f": {leak.words[arm][1] or 'no verdict'} instead of {leak.words[arm][0] or 'none'}",
        )
        for arm in leak.changed
    ]
    words = (
        join("Without them a verdict would be another. ", join(*changed, by="; "), ".")
        if changed
        else escape("Without them every verdict stays the same.")
    )
    rows = [
        element(
            "tr",
            name_cell(arm, styles[arm]),
            element("td", as_percent(with_them, 2), class_="number"),
            element("td", as_percent(without, 2), class_="number"),
            element("td", leak.words[arm][0] or NOTHING if arm in leak.words else "control"),
            element("td", leak.words[arm][1] or NOTHING if arm in leak.words else "control"),
        )
        for arm, (with_them, without) in leak.means.items()
    ]
    titles = {
        "arm": "",
        "with them, %": "number",
        "without, %": "number",
        "verdict": "",
        "verdict without": "",
    }
    caption = (
        f"{share} that the runs were judged by have a twin among the images that the set has for training. "
        "Of images carved from train, any twin elsewhere in train counts, whichever side it fell on."
        if section.split == "validation"
        else f"{share} have a twin in train."
    )
    return join(
        element("h3", "Judged without leaked images"),
        element("p", words),
        write_table("leaks", titles, rows, label="With and without leaked images", caption=caption),
    )


def _write_seen(section: DataSection) -> Html:
    figures = [
        element(
            "figure",
            element("figcaption", *_names(arms)),
            element(
                "img",
                src=f"data:image/png;base64,{base64.b64encode(content).decode()}",
                alt="Training images as they are, each beside what augmentation made of it",
                loading="lazy",
            ),
            class_="seen",
        )
        for arms, content in section.seen
    ]
    more = f"{count_of(section.left_out, 'more way', 'more ways')}: see 'paribus show augment'."
    rest = element("p", more, class_="note") if section.left_out else Html("")
    return join(element("h3", "What training saw"), element("div", *figures, class_="pair"), rest)


def _names(arms: tuple[str, ...]) -> list[Html]:
    return [join(*(write_name(arm) for arm in arms), by=", ")]
