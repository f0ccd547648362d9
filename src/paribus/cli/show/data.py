"""`paribus show data`: the passport of a data set."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console

    from paribus.data import DataSet
    from paribus.data.passport import HeldOut, Passport
    from paribus.data.progress import Tell

_CLASSES = 20  # that the terminal lists
_SHOWN = 8  # twins under two labels, and labels worth a look, that it lists
_NAME = 34  # letters


@click.command("data")
@click.argument("what", nargs=-1, required=True, metavar="WHAT...")
@click.option("--profile", metavar="NAME", help="Merge [profiles.NAME] of the study into it.")
@click.option("--save", type=click.Path(path_type=Path), metavar="FILE",
              help="Write it as a page with pictures too, ending in .html.")  # fmt: skip
@click.option("--without-images", is_flag=True, help="Leave the pictures out of the page.")
@click.option("--json", "as_json", is_flag=True, help="Print all that is known as JSON, and nothing else.")
def command(
    what: tuple[str, ...], *, profile: str | None, save: Path | None, without_images: bool, as_json: bool
) -> None:
    """Show the passport of a data set: counts, sizes, twins, leakage, labels worth a look.

    WHAT is the name of a data set, such as digits; a folder, archive, .csv or .npz, of which several are read
    as one set; or a study, whose base recipe names the data and whose runs say which labels are worth a
    look. Files that cannot be read are passed over and listed. The first look at a set takes some seconds for
    60,000 images; the next one is instant.

    \b
    paribus show data digits
    paribus show data photos/ --save photos.html
    paribus show data study.toml
    """
    from paribus.cli.reading import showing
    from paribus.cli.tables import console, say
    from paribus.data.passport import as_plain
    from paribus.errors import SpecError
    from paribus.report.passport import view_data, write_passport
    from paribus.store import refuse_unwritable

    if save is not None and save.suffix.lower() != ".html":
        raise SpecError(f"--save {save}: expected a name that ends in .html")
    if save is not None:
        refuse_unwritable(save)
    out = console(stderr=as_json)
    with showing(out) as tell:
        data, passport, unused = _look(what, profile, tell)
    if as_json:
        names = {split: data.names(split) for split in data.counts}
        click.echo(json.dumps(as_plain(passport, names) | {"not_used": list(unused)}, indent=1))
    else:
        _print(passport, data, out, unused)
    if save is not None:
        write_passport(view_data(data, passport, images=not without_images), save)
        say(out, f"Passport: {save}")


def _look(
    what: tuple[str, ...], profile: str | None, tell: "Tell"
) -> tuple["DataSet", "Passport", Sequence[str]]:
    """The set, its passport, and what lies beside its images and is not read."""
    from paribus.data.guessing import guess_data
    from paribus.data.passport import make_passport
    from paribus.data.passport.admitting import admit_data
    from paribus.errors import SpecError
    from paribus.studies.catalogue import is_study

    if len(what) == 1 and is_study(what[0]):
        return *_look_at_study(what[0], profile, tell), ()
    if profile is not None:
        raise SpecError(f"--profile {profile}: a study has profiles; {' '.join(what)} is none")
    here = Path.cwd()
    sys.path.append(str(here))  # where the user's own loader lies
    guess = guess_data(what, here, tell)
    data, _, note = admit_data(guess.options, here, tell, guess.if_sizes_differ)
    name = what[0] if len(what) == 1 else ", ".join(Path(one).name for one in what)
    return data, make_passport(data, name, tell=tell, note=note), guess.unused


def _look_at_study(study: str, profile: str | None, tell: "Tell") -> tuple["DataSet", "Passport"]:
    """The data of its base recipe, and what its runs say of labels."""
    from paribus.analysis import gather_held_out
    from paribus.data import open_data
    from paribus.data.passport import make_passport
    from paribus.data.passport.admitting import admit_data
    from paribus.errors import DataError, StoreError
    from paribus.workbench import Study

    asked = Study.load(study, profile=profile)
    asked.on_progress = tell
    options = asked.file.spec.run.data
    try:
        data, note = open_data(options, asked.file.folder, tell), ""  # as its runs saw them
    except DataError:
        data, _, note = admit_data(options, asked.file.folder, tell)
    held_out: list[HeldOut] = []
    if asked.revisions.has_ledger:
        try:
            with asked.revisions.reading() as ledger:
                held_out = gather_held_out(ledger, asked.revisions.speaking(ledger), data)
        except StoreError:
            held_out = []  # another study's ledger: this one was not run
    name = f"Data of {asked.file.where}: {options.name}"
    return data, make_passport(data, name, held_out=held_out, tell=tell, note=note)


# -- in the terminal --------------------------------------------------------------------------------------


def _print(passport: "Passport", data: "DataSet", out: "Console", unused: Sequence[str]) -> None:
    from paribus.cli.tables import plain_table, say
    from paribus.data.passport import write_findings
    from paribus.report.passport.facts import list_facts

    out.print(plain_table(("Passport", passport.name), list_facts(passport)))
    out.print()
    _print_classes(passport, out)
    for sentence in write_findings(passport) or ["Nothing stands out."]:
        say(out, sentence)
    if unused:
        say(out, f"Not used: {', '.join(unused)}.")
    _print_pairs(passport, data, out)
    _print_doubts(passport, data, out)
    for line in passport.counts.skipped[:_SHOWN]:
        say(out, f"  skipped: {line}")
    if len(passport.counts.skipped) > _SHOWN:
        say(out, f"  skipped: {len(passport.counts.skipped) - _SHOWN:,} more")


def _print_classes(passport: "Passport", out: "Console") -> None:
    from paribus.cli.tables import plain_table, say

    counts = passport.counts
    splits = list(counts.by_class)
    rows = [
        (_short(name), *(f"{counts.by_class[split][number]:,}" for split in splits))
        for number, name in enumerate(counts.classes[:_CLASSES])
    ]
    out.print(plain_table(("class", *splits), rows, right=tuple(range(1, len(splits) + 1))))
    if len(counts.classes) > _CLASSES:
        say(out, f"and {len(counts.classes) - _CLASSES:,} more classes")
    out.print()


def _print_pairs(passport: "Passport", data: "DataSet", out: "Console") -> None:
    from paribus.cli.tables import plain_table

    if not passport.two_labels:
        return
    shown = passport.pairs[: min(passport.two_labels, _SHOWN)]
    rows = [
        (*(_told(data, passport, place) for place in (pair.first, pair.second)), f"{pair.likeness:.2f}")
        for pair in shown
    ]
    out.print()
    out.print(plain_table(("one picture", "under two labels", "likeness"), rows, right=(2,)))


def _print_doubts(passport: "Passport", data: "DataSet", out: "Console") -> None:
    from paribus.cli.tables import percent, plain_table

    if not passport.doubts:
        return
    classes = passport.counts.classes
    rows = [
        (
            _told(data, passport, (doubt.split, doubt.position)),
            f"{_short(classes[doubt.said])} ({doubt.said_by} of {doubt.nets})",
            percent(doubt.probability),
        )
        for doubt in passport.doubts[:_SHOWN]
    ]
    out.print()
    out.print(plain_table(("label worth a look", "nets say", "of the label"), rows, right=(2,)))


def _told(data: "DataSet", passport: "Passport", place: Any) -> str:
    from paribus.cli.fitting import plain

    split, position = place
    label = int(data.split(split).labels[position])
    name = _short(passport.counts.classes[label]) if label >= 0 else "no label"
    files = data.names(split)
    return f"{name}, {split} {position}" + (f"\n{plain(files[position])}" if files else "")


def _short(name: str) -> str:
    return name if len(name) <= _NAME else f"{name[: _NAME - 1]}…"
