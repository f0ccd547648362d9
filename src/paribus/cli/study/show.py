"""`paribus study show`: one study's file."""

import click


@click.command("show")
@click.argument("name", metavar="NAME")
def command(name: str) -> None:
    """Print the file of a study that came with paribus, such as r4/dropout.

    'paribus new --from NAME' writes it to a file of yours.
    """
    from paribus.errors import SpecError
    from paribus.studies import find_shipped

    shipped = find_shipped(name)
    if shipped is None:
        raise SpecError(f"{name}: is a file; expected a study of those that 'paribus study list' names")
    click.echo(shipped.path.read_text(encoding="utf-8"), nl=False)
