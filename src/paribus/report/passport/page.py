"""The passport as a page of its own: one file, nothing fetched, no scripts."""

import time
from pathlib import Path

from paribus.report.markup import Html, element, join
from paribus.report.numerals import as_moment, count_of
from paribus.report.passport.facts import (
    say_range,
    write_class_table,
    write_facts,
    write_findings_list,
    write_skipped,
)
from paribus.report.passport.sheets import write_doubts, write_pairs, write_samples
from paribus.report.passport.views import DataView
from paribus.report.saving import write_text
from paribus.report.shell import fill_part, write_shell

TWINS = (
    "Images that stand in the set more than once. Exact: the same pixels. Near: the same picture, a little "
    "brighter, shifted, compressed anew or mirrored. They are found by comparing pixels; larger crops and "
    "changes of colour are mostly missed, and about one near pair in twenty at the low end is a mistake."
)
DOUBTS = (
    "Labels that surprise nets which were not trained on the image, the most surprising first. The label may "
    "be right and the image hard: worth a look, no more."
)


def build_passport_page(view: DataView, made: float | None = None) -> str:
    passport = view.passport
    body = fill_part(
        "passport/page.html",
        title=passport.name,
        made=as_moment(time.time() if made is None else made),
        findings=write_findings_list(passport),
        facts=write_facts(passport),
        classes=join(
            element(
                "p", f"{count_of(len(passport.counts.classes), 'class', 'classes')}, {say_range(passport)}."
            ),
            write_samples(view),
            write_class_table(passport),
        ),
        more=join(*_sections(view)),
    )
    return write_shell(passport.name, body)


def write_passport(view: DataView, path: Path) -> None:
    write_text(path, build_passport_page(view))


def _sections(view: DataView) -> list[Html]:
    passport = view.passport
    nets = count_of(passport.nets, "net")
    parts = [
        ("Twins", join(element("p", TWINS), write_pairs(view)) if view.pairs else None),
        (
            "Labels worth a look",
            join(
                element(
                    "p", f"{DOUBTS} Asked: {nets}, right on {100 * passport.nets_right:.0f} % of such images."
                ),
                write_doubts(view),
            )
            if view.doubts
            else None,
        ),
        ("Files passed over", write_skipped(passport) if passport.counts.skipped else None),
    ]
    return [
        element("section", element("h2", title), content) for title, content in parts if content is not None
    ]
