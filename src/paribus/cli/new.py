"""`paribus new`: a commented study file to start from, fitted to the data that it is for."""

import os
import shlex
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from paribus.errors import SpecError, StoreError

if TYPE_CHECKING:
    from paribus.cli.drafting import Draft


@click.command("new")
@click.argument("words", nargs=-1, metavar="[STUDY.toml] [DATA]...")
@click.option("--from", "source", metavar="STUDY", help="Copy a study, such as r4/dropout, comments and all.")
@click.option(
    "--data", "named", multiple=True, metavar="DATA", help="The same as DATA.  [default: streetnumbers]"
)
def command(words: tuple[str, ...], named: tuple[str, ...], source: str | None) -> None:
    """Write a commented study file, ready to run, with settings that fit its data.

    DATA is the name of a data set, a folder of images, an archive of one (.zip, .tar.gz, ...), a .csv of
    paths and labels, or an .npz; several paths are one set. It is read once, into the cache. STUDY.toml is
    where the study goes: study.toml where nothing is named, else called after the data. With --from it is a
    copy of another study, of those that 'paribus study list' names or a file, to change as you like.

    \b
    Examples:  paribus new
               paribus new digits.toml digits
               paribus new path/to/photos
               paribus new photos.toml train.zip test.zip
               paribus new --from r4/dropout
    """
    from paribus.cli.drafting import draft_study
    from paribus.store import refuse_unwritable

    studies = [word for word in words if word.endswith(".toml")]
    data = [word for word in words if not word.endswith(".toml")] + list(named)
    if len(studies) > 1:
        raise SpecError(f"{' '.join(studies)}: one study at a time; name one file ending in .toml")
    if source is not None:
        _copy(source, studies, data)
        return
    path = Path(studies[0]) if studies else _named_for(data)
    _refuse_existing(path)
    refuse_unwritable(path)
    text = draft_study(_in_shell(path.name), _draft(data or ["streetnumbers"], path))
    _write(path, text.encode())
    click.echo(f"Wrote {_in_shell(path)}. Next: paribus check {_in_shell(path)}")


def _copy(source: str, studies: list[str], data: list[str]) -> None:
    """To the file named, else to one of the source's own name here."""
    from paribus.store import refuse_unwritable
    from paribus.studies import find_shipped

    if data:
        raise SpecError(f"{data[0]}: a copy keeps the data of its source; name no data beside --from")
    shipped = find_shipped(source)
    original = shipped.path if shipped else Path(source)
    path = Path(studies[0]) if studies else Path(original.name)
    _refuse_existing(path)
    refuse_unwritable(path)
    try:
        content = original.read_bytes()
    except OSError as error:
        raise SpecError(f"--from {source}: cannot be read: {error.strerror}") from error
    _write(path, content)
    click.echo(f"Wrote {_in_shell(path)}. Next: paribus check {_in_shell(path)}")
    if shipped is None and (left := _left_behind(original, path)):
        click.echo(f"Its data lie beside the original, at {_in_shell(left)}: change data.path.", err=True)


def _left_behind(original: Path, copy: Path) -> Path | None:
    """A path of the original's data that leads nowhere from its copy."""
    from paribus.specs import read_study

    try:
        named = getattr(read_study(original).spec.run.data, "path", None) or ()
    except SpecError:
        return None  # 'check' tells what is wrong with it
    paths = (named,) if isinstance(named, str) else named
    folders = original.resolve().parent, copy.resolve().parent
    meant = [(folders[0] / path, folders[1] / path) for path in paths]
    return next((there for there, here in meant if there.exists() and not here.exists()), None)


def _refuse_existing(path: Path) -> None:
    if path.exists():
        raise StoreError(f"{path}: is there already; name another file")


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all."""
    from paribus.store import make_folder

    make_folder(path.parent)
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError:
        _refuse_existing(path)
    except OSError as error:
        with suppress(OSError):
            path.unlink()
        raise StoreError(f"{path}: cannot be written: {error.strerror}") from error


def _named_for(data: list[str]) -> Path:
    """photos.zip -> photos.toml, beside whoever asks; in letters that can be shown on one line."""
    if not data:
        return Path("study.toml")
    name = Path(data[0]).expanduser().resolve().name.split(".")[0]
    shown = "".join(letter if letter.isprintable() else "-" for letter in name).strip("- ")
    return Path(f"{shown or 'study'}.toml")


def _in_shell(path: Path | str) -> str:
    """As a shell takes it, on one line whatever its letters are."""
    text = str(path)
    if text.isprintable():
        return shlex.quote(text)
    plain = frozenset(range(32, 127)) - frozenset(b"\\'")
    return "$'" + "".join(chr(b) if b in plain else f"\\x{b:02x}" for b in os.fsencode(text)) + "'"


def _draft(words: list[str], study: Path) -> "Draft":
    from paribus.cli.drafting import draft_from, place_options
    from paribus.cli.reading import showing
    from paribus.cli.tables import console
    from paribus.data.guessing import guess_data
    from paribus.data.passport.admitting import admit_data

    here, folder = Path.cwd(), study.resolve().parent
    sys.path.append(str(here))  # where the user's own loader lies
    with showing(console()) as tell:
        guess = guess_data(words, here, tell)
        place_options(guess.options, folder, here)  # refuses before anything is read
        data, options, _ = admit_data(guess.options, here, tell, guess.if_sizes_differ)
    return draft_from(place_options(options, folder, here), data, guess.unused)
