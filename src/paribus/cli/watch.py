"""`paribus watch`: a study while it runs, on a local page."""

import os
from typing import TYPE_CHECKING

import click

from paribus.cli.options import study_options

if TYPE_CHECKING:
    from paribus.workbench import Study

_NICENESS = 10  # the page gives way to whatever trains


@click.command("watch")
@study_options
@click.option(
    "--host",
    metavar="ADDRESS",
    default="127.0.0.1",
    show_default=True,
    help="Where to listen. The default is reached from this machine alone; others demand a token.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8001,
    show_default=True,
    metavar="N",
    help="Which port; 0 is any free one, which is printed.",
)
def command(asked: "Study", host: str, port: int) -> None:
    """Show a study while it runs, on a local page: its plan, each run, the curves as they grow, failures.

    Reads the ledger only, so it may be opened before the study is run, while it runs or afterwards, and
    however it runs. The page can ask 'paribus run' to stop, as Ctrl-C does. It shows validation, never test
    scores. Ctrl-C ends it; the study goes on.
    """
    from paribus.errors import MissingExtra

    try:
        from paribus.serving.listening import address_of, is_loopback, listen
        from paribus.watching.app import Watched
        from paribus.watching.site import serve_page
    except ModuleNotFoundError as error:
        raise MissingExtra(error.name or "starlette", "watch", "Watching a study") from error
    os.nice(_NICENESS)
    watched = Watched(asked.store, asked.known_as, asked.file.in_command)
    with listen(host, port) as listening:
        address = address_of(listening)
        if not is_loopback(host):
            address += f"?token={watched.token}"
            click.echo(
                f"warning: listening on {host}: whoever knows the address may see the study and stop it. "
                "There is no encryption",
                err=True,
            )
        click.echo(f"{asked.file.where} is shown at {address}   (Ctrl-C ends it)")
        try:
            serve_page(watched, listening, host)
        except KeyboardInterrupt:
            click.echo("")
