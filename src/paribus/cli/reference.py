"""The commands as a document: `python -m paribus.cli.reference` prints docs/commands.md."""

import click

from paribus.cli import VERBS, import_verb

_WIDTH = 100
_HEAD = """# The commands

Made from the help texts; `paribus VERB --help` says the same.

Exit codes: 0 done; 1 done, but runs failed; 2 something that you can mend, told in one line; 130 interrupted.
"""


def commands_page() -> str:
    """Every verb's help, in the order of a study's life."""
    parts = [_HEAD]
    for verb in VERBS:
        parts += _parts(verb, import_verb(verb))
    return "\n".join(parts)


def _parts(name: str, command: click.Command) -> list[str]:
    """A command's help, and that of the commands under it."""
    context = click.Context(
        command, info_name=f"paribus {name}", max_content_width=_WIDTH, terminal_width=_WIDTH
    )
    parts = [f"## {name}\n\n```\n{command.get_help(context).strip()}\n```\n"]
    if isinstance(command, click.Group):
        for under in command.list_commands(context):
            found = command.get_command(context, under)
            assert found is not None
            parts += _parts(f"{name} {under}", found)
    return parts


if __name__ == "__main__":
    click.echo(commands_page(), nl=False)
