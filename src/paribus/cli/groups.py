"""A verb with things under it, each in the file of its name: imported when it is called, listed without."""

from collections.abc import Mapping
from importlib import import_module

import click


def group_of(package: str, heading: str, things: Mapping[str, str]) -> type[click.Group]:
    """The class of such a verb: `things` has a line of help for each."""

    class Things(click.Group):
        def list_commands(self, _context: click.Context) -> list[str]:
            return list(things)

        def get_command(self, _context: click.Context, name: str) -> click.Command | None:
            if name not in things:
                return None
            command: click.Command = import_module(f"{package}.{name}").command
            return command

        def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
            with formatter.section(heading):
                formatter.write_dl(list(things.items()))

    return Things
