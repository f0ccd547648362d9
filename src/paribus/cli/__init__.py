"""The command line: one file per verb, imported when called, so that help is instant. Alone prints and exits.

Exit codes: 0 done; 1 done, but runs failed; 2 something that the user can mend; 130 interrupted.
"""

import errno
import os
import sys
from importlib import import_module
from typing import Any, TextIO

import click

from paribus import __version__
from paribus.cli.streams import ready_streams
from paribus.errors import ParibusError

VERBS = {
    "study": "The studies that came with paribus: list them, or print one.",
    "new": "Write a commented study file to start from.",
    "show": "Look at data, and at what training makes of them.",
    "check": "Validate a study and show what it will cost and be able to show. Trains nothing.",
    "find-lr": "Suggest a learning rate, from a short training whose rate grows.",
    "find-batch": "Suggest a batch size, from the speed and memory of training steps.",
    "run": "Train what is not trained yet, conclude, and write the report.",
    "status": "Show how far a study is.",
    "watch": "Show a study while it runs, on a local page.",
    "report": "Write the report of a study that was run.",
    "runs": "List the runs in a ledger.",
    "test": "Open the test set: the one door to test scores. Every look is recorded.",
    "export": "Write a trained run as one ONNX file that needs no paribus.",
    "predict": "Show what an exported model makes of pictures.",
    "serve": "Serve an exported model on a web page.",
    "doctor": "Show what this machine has, and whether paribus works on it.",
}


_DISK_IS_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_BROKEN_PIPE = 141  # as a shell tells of a command whose reader went away


def import_verb(name: str) -> click.Command:
    """The verb in the file of its name."""
    command: click.Command = import_module(f"paribus.cli.{name.replace('-', '_')}").command
    return command


class _Verbs(click.Group):
    """Finds a verb in the file of its name."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in VERBS:
            return None
        return import_verb(name)

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        """From the table above: no verb is imported for it."""
        with formatter.section("Verbs, in the order of a study's life"):
            formatter.write_dl(list(VERBS.items()))

    def resolve_command(self, context: click.Context, args: list[str]) -> Any:
        from paribus.specs.words import did_you_mean, known

        if args and args[0] not in VERBS and not args[0].startswith("-"):
            raise click.UsageError(
                f"unknown verb '{args[0]}'; {known(VERBS)}.{did_you_mean(args[0], VERBS)}", context
            )
        return super().resolve_command(context, args)


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="paribus")
def _paribus() -> None:
    """All else being equal: controlled experiments on image classifiers.

    A study asks a question: a base recipe, what varies, a control, seeds. It is declared in one file,
    run by one command, and concluded with error bars.

    \b
    Start:   paribus new study.toml
             paribus run study.toml
    """


def main() -> None:
    """Runs the command; turns what users can mend into one line and exit code 2."""
    ready_streams()
    try:
        code = _paribus.main(standalone_mode=False)  # click returns the code that a verb leaves with
        sys.stdout.flush()
        sys.exit(code)
    except ParibusError as error:
        _leave(f"paribus: {error}", 2)
    except click.Abort:
        _leave("", 130)
    except KeyboardInterrupt:
        _leave("", 130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BrokenPipeError:
        _print_no_more(sys.stdout)
        sys.exit(_BROKEN_PIPE)
    except OSError as error:
        if error.errno not in _DISK_IS_FULL or error.filename is not None:
            raise
        _print_no_more(sys.stdout)
        _leave(f"paribus: what it has to say cannot be written: {error.strerror}; nothing is lost", 2)


def _print_no_more(stream: TextIO) -> None:
    """What waits to be printed would fail once more when Python ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _leave(line: str, code: int) -> None:
    try:
        if line:
            click.echo(line, err=True)
        sys.stdout.flush()
    except OSError:  # nobody reads it: the code still says it
        for stream in (sys.stdout, sys.stderr):
            _print_no_more(stream)
    sys.exit(code)
