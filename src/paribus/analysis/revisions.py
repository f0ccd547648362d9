"""The revisions of a study in its ledger, and which of them speaks for it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from paribus.errors import ParibusError, StoreError
from paribus.specs import StudyFile
from paribus.store import LEDGER_FILE, Ledger, StudyRecord, open_ledger, read_study_record


class Revisions:
    """Of one study, called `name` in its ledger. `given` tells the revision that it is as it is given."""

    def __init__(self, file: StudyFile, store: Path, name: str, given: Callable[[], str]) -> None:
        self._file, self._store, self._name, self._given = file, store, name, given

    # -- the ledger ---------------------------------------------------------------------------------------

    @property
    def has_ledger(self) -> bool:
        return (self._store / LEDGER_FILE).exists()

    def reading(self) -> Ledger:
        """The ledger, to read; refused where nothing was run."""
        if not self.has_ledger:
            raise self.not_run()
        return open_ledger(self._store, create=False)

    @contextmanager
    def reading_if_any(self) -> Iterator[Ledger | None]:
        """None where nothing was run yet."""
        if not self.has_ledger:
            yield None
            return
        with open_ledger(self._store, create=False) as ledger:
            yield ledger

    # -- what speaks --------------------------------------------------------------------------------------

    def speaking(self, ledger: Ledger) -> StudyRecord:
        """The study as it is given, where that was run; else what was last run under its name."""
        try:
            found = self.as_given(ledger) or self.last(ledger)
        except ParibusError:  # its data were moved or removed: what was run stands without them
            found = self.last(ledger)
        if found is None:
            raise self.not_run()
        return found

    def last(self, ledger: Ledger) -> StudyRecord | None:
        """What was last run under its name, whatever it says now."""
        return read_study_record(ledger, self._name)

    def as_given(self, ledger: Ledger) -> StudyRecord | None:
        return read_study_record(ledger, self._name, self._given())

    def say_otherwise(self) -> str:
        """Where it was not run as it is given, what differs in what speaks for it; else nothing."""
        with self.reading() as ledger:
            spoken = self.speaking(ledger)
            try:
                if self.as_given(ledger) is not None:
                    return ""
            except ParibusError as error:
                return f"This is the revision that was last run; as it is given it cannot be: {error}"
        return f"This is the revision that was last run; {self._file.say_differing(spoken.spec)}"

    # -- refusals -----------------------------------------------------------------------------------------

    def to_test(self, ledger: Ledger) -> StudyRecord:
        """A look is for good, so it is at the study as it is given, and at no other revision."""
        found, last, file = self.as_given(ledger), self.last(ledger), self._file
        if last is None:
            raise self.not_run()
        if found is None:
            raise StoreError(
                f"{file.where}: has not been run as it is given, so its test set stays shut: since the "
                f"last run {file.say_differing(last.spec)}. Do first: {file.run_command}"
            )
        return found

    def not_run(self) -> StoreError:
        return StoreError(f"{self._file.where}: has not been run; '{self._file.run_command}' does")
