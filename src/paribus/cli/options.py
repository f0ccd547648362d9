"""Options that several verbs share, and the study that they name."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from paribus.errors import SpecError

if TYPE_CHECKING:
    from paribus.workbench import Study

Command = Callable[..., Any]
_WHAT = (
    "STUDY is a study file, study.toml where none is named; or one that ships, such as r4/dropout: "
    "'paribus study list' names them."
)


def store_option(default: str) -> Callable[[Command], Command]:
    """--store; `default` says where the ledger is without it."""
    return click.option(
        "--store",
        type=click.Path(path_type=Path),
        metavar="FOLDER",
        help=f"Where the ledger is.  [default: {default}, or PARIBUS_STORE]",
    )


_STUDY = (
    click.option("--profile", metavar="NAME", help="Merge [profiles.NAME] of the study into it."),
    click.option(
        "--set",
        "settings",
        multiple=True,
        metavar="PLACE=VALUE",
        help="Replace a setting, such as epochs=3 or study.margin=0.01. Repeatable.",
    ),
    click.option("--seeds", metavar="N", help="How many seeds, such as 8; or a list, such as 3,5,7."),
    store_option(".paribus beside the study, here for one that ships"),
)


def study_options(function: Command) -> Command:
    """STUDY, --profile, --set, --seeds and --store; the function gets the study that they name."""

    @wraps(function)
    def with_study(**given: Any) -> Any:
        names = ("study", "profile", "settings", "seeds", "store")
        asked = load_study(**{name: given.pop(name) for name in names})
        return function(asked, **given)

    with_study.__doc__ = f"{function.__doc__}\n\n    {_WHAT}"
    argument = click.argument("study", type=click.Path(path_type=Path), default=Path("study.toml"))
    return _decorated(with_study, argument, *_STUDY)


def several_studies_options(function: Command) -> Command:
    """As `study_options`, of one STUDY or more; the function gets a list."""

    @wraps(function)
    def with_studies(studies: tuple[Path, ...], **given: Any) -> Any:
        asked = {name: given.pop(name) for name in ("profile", "settings", "seeds", "store")}
        return function([load_study(study=study, **asked) for study in studies], **given)

    with_studies.__doc__ = f"{function.__doc__}\n\n    {_WHAT}"
    kind = click.Path(path_type=Path)
    argument = click.argument(
        "studies", nargs=-1, type=kind, default=(Path("study.toml"),), metavar="[STUDY]..."
    )
    return _decorated(with_studies, argument, *_STUDY)


_DEVICE = (
    click.option(
        "--threads",
        default=1,
        show_default=True,
        type=click.IntRange(1, 256),
        metavar="N",
        help="Threads of each run. Recorded; another number may give other bits.",
    ),
    click.option(
        "--device",
        default="auto",
        show_default=True,
        type=click.Choice(["auto", "cpu", "cuda"]),
        help="What to train on.",
    ),
)


def execution_options(function: Command) -> Command:
    """--slots, --threads, --device and --executor; the function gets the execution that they make."""

    @wraps(function)
    def with_execution(*asked: Any, **given: Any) -> Any:
        from paribus.executors import Execution

        names = ("slots", "threads", "device", "executor", "checkpoint_seconds")
        chosen = {name: given.pop(name) for name in names}
        return function(*asked, execution=Execution(**chosen), **given)

    return _decorated(
        with_execution,
        click.option(
            "--slots",
            type=click.IntRange(1, 1024),
            metavar="N",
            help="Runs at a time.  [default: processors / threads]",
        ),
        *_DEVICE,
        click.option(
            "--executor",
            default="local",
            show_default=True,
            metavar="NAME",
            help="Where runs happen: local (worker processes) or inline (this process).",
        ),
        click.option(
            "--checkpoint-seconds",
            default=10.0,
            show_default=True,
            type=click.FloatRange(0, 86_400),
            metavar="S",
            help="How often a run is saved, at the least.",
        ),
    )


def device_options(function: Command) -> Command:
    """--threads and --device, for verbs that train in this very process; the function gets an execution."""

    @wraps(function)
    def with_execution(*asked: Any, **given: Any) -> Any:
        from paribus.executors import Execution

        chosen = {name: given.pop(name) for name in ("threads", "device")}
        return function(*asked, execution=Execution(**chosen), **given)

    return _decorated(with_execution, *_DEVICE)


def load_study(
    *, study: Path, profile: str | None, settings: tuple[str, ...], seeds: str | None, store: Path | None
) -> "Study":
    from paribus.specs import parse_setting
    from paribus.workbench import Study

    changes = dict(parse_setting(text) for text in settings)
    if seeds is not None:
        changes["study.seeds"] = _parse_seeds(seeds)
    return Study.load(study, profile=profile, settings=changes, store=store)


def _decorated(function: Command, *decorators: Callable[[Command], Command]) -> Command:
    for decorate in reversed(decorators):
        function = decorate(function)
    return function


def _parse_seeds(text: str) -> int | list[int]:
    try:
        numbers = [int(part) for part in text.split(",")]
    except ValueError as error:
        raise SpecError(f"--seeds {text}: expected a number such as 8, or a list such as 3,5,7") from error
    return numbers if "," in text else numbers[0]
