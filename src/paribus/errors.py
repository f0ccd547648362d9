"""Every error that paribus raises for its user to read.

    ParibusError
    ├── SpecError           a study or recipe asks for something that cannot be
    ├── DataError           images or labels cannot be used
    │   └── SizesDiffer     images of different sizes, and no size was asked for
    ├── StoreError          the ledger or an artifact cannot be read or written
    │   ├── LedgerTooNew    written by a newer paribus
    │   ├── ArtifactDamaged a file does not have the SHA-256 that stands beside it
    │   └── ClaimLost       another process has taken this run over
    ├── ExecutionError      runs could not be carried out
    └── MissingExtra        an optional package is needed and not installed

A message says where, what was given, what is allowed, and what to do. The command line prints it in
one line and exits with 2.

StopRequested is no error: it is Ctrl-C from elsewhere, and whatever meets that meets this.
"""


class ParibusError(Exception):
    """Something that the user can mend; its text is the whole message."""


class SpecError(ParibusError):
    """A study or recipe asks for something that cannot be."""


class DataError(ParibusError):
    """Images or labels cannot be used."""


class SizesDiffer(DataError):
    """Images of different sizes, and no size was asked for."""


class StoreError(ParibusError):
    """The ledger or an artifact cannot be read or written."""


class LedgerTooNew(StoreError):
    """The ledger was written by a newer paribus."""


class ArtifactDamaged(StoreError):
    """A file does not have the SHA-256 that stands beside it."""


class ClaimLost(StoreError):
    """Another process has taken this run over; nothing more may be written for it."""


class ExecutionError(ParibusError):
    """Runs could not be carried out."""


class MissingExtra(ParibusError):
    """An optional package is needed and not installed."""

    def __init__(self, package: str, extra: str, purpose: str) -> None:
        super().__init__(
            f"{purpose} needs the package '{package}', which is not installed. "
            f"Do: pip install 'paribus[{extra}]'"
        )


class StopRequested(KeyboardInterrupt):
    """Somebody asked, through the ledger, that the command at work on a study stop."""
