"""The commands as a document: `python -m paribus.cli.reference` prints docs/commands.md."""

from importlib import import_module

import click

from paribus.cli import VERBS

_WIDTH = 100
_HEAD = """# The commands

Made from the help texts; `paribus VERB --help` says the same.

Exit codes: 0 done; 1 done, but runs failed; 2 something that you can mend, told in one line; 130 interrupted.
"""


def commands_page() -> str:
    """Every verb's help, in the order of a study's life."""
    parts = [_HEAD]
    for verb in VERBS:
        command: click.Command = import_module(f"paribus.cli.{verb}").command
        context = click.Context(
            command, info_name=f"paribus {verb}", max_content_width=100, terminal_width=100
        )
        parts.append(f"## {verb}\n\n```\n{command.get_help(context).strip()}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    click.echo(commands_page(), nl=False)
