"""`paribus new`: a commented study file to start from, fitted to the data that it is for."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from paribus.errors import SpecError, StoreError

if TYPE_CHECKING:
    from paribus.cli.drafting import Draft


@click.command("new")
@click.argument("words", nargs=-1, metavar="[STUDY.toml] [DATA]...")
@click.option(
    "--data", "named", multiple=True, metavar="DATA", help="The same as DATA.  [default: streetnumbers]"
)
def command(words: tuple[str, ...], named: tuple[str, ...]) -> None:
    """Write a commented study file, ready to run, with settings that fit its data.

    DATA is the name of a data set, a folder of images, an archive of one (.zip, .tar.gz, ...), a .csv of
    paths and labels, or an .npz; several paths are one set. It is read once, into the cache. STUDY.toml is
    where the study goes: study.toml where nothing is named, else called after the data.

    \b
    Examples:  paribus new
               paribus new digits.toml digits
               paribus new path/to/photos
               paribus new photos.toml train.zip test.zip
    """
    from paribus.cli.drafting import draft_study

    studies = [word for word in words if word.endswith(".toml")]
    data = [word for word in words if not word.endswith(".toml")] + list(named)
    if len(studies) > 1:
        raise SpecError(f"{' '.join(studies)}: one study at a time; name one file ending in .toml")
    path = Path(studies[0]) if studies else _named_for(data)
    _refuse_existing(path)
    text = draft_study(path.name, _draft(data or ["streetnumbers"], path))
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        _refuse_existing(path)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror}") from error
    click.echo(f"Wrote {path}. Next: paribus check {path}")


def _refuse_existing(path: Path) -> None:
    if path.exists():
        raise StoreError(f"{path}: is there already; name another file")


def _named_for(data: list[str]) -> Path:
    """photos.zip -> photos.toml, beside whoever asks."""
    if not data:
        return Path("study.toml")
    name = Path(data[0]).expanduser().resolve().name.split(".")[0]
    return Path(f"{name or 'study'}.toml")


def _draft(words: list[str], study: Path) -> "Draft":
    from paribus.cli.drafting import draft_from, place_options
    from paribus.cli.reading import showing
    from paribus.cli.tables import console
    from paribus.data import open_data
    from paribus.data.guessing import options_for

    here = Path.cwd()
    with showing(console()) as tell:
        options = options_for(words, here)
        data = open_data(options, here, tell)
    return draft_from(place_options(options, study.resolve().parent, here), data)
