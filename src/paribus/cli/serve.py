"""`paribus serve`: an exported model on a web page."""

from pathlib import Path

import click


@click.command("serve")
@click.argument("model", type=click.Path(path_type=Path))
@click.option(
    "--host",
    metavar="ADDRESS",
    default="127.0.0.1",
    show_default=True,
    help="Where to listen. The default is reached from this machine alone.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8000,
    show_default=True,
    metavar="N",
    help="Which port; 0 is any free one, which is printed.",
)
def command(model: Path, host: str, port: int) -> None:
    """Serve an exported MODEL on a web page: choose a picture, see what the model makes of it.

    Programs ask by POST /classify, with the picture as the body; GET /model tells what the file says of
    itself. Ctrl-C ends it.
    """
    from paribus.errors import MissingExtra
    from paribus.serving import Classifier

    try:
        from paribus.serving.app import build_app
        from paribus.serving.listening import address_of, is_loopback, listen, serve
    except ModuleNotFoundError as error:
        raise MissingExtra(error.name or "starlette", "serve", "Serving a model") from error
    app = build_app(Classifier(model))
    with listen(host, port) as listening:
        if not is_loopback(host):
            click.echo(
                f"warning: listening on {host}: whoever reaches this machine may use the model. "
                "There is no password and no encryption",
                err=True,
            )
        click.echo(f"{model.name} answers at {address_of(listening)}   (Ctrl-C ends it)")
        try:
            serve(app, listening)
        except KeyboardInterrupt:
            click.echo("")
