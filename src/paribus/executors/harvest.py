"""What testing runs brings, held back until the look at the test set is recorded."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from paribus.errors import ExecutionError
from paribus.executors.events import Event
from paribus.plan import PlannedRun
from paribus.specs import RecipeSpec, StudyFile
from paribus.store import ENDED, RunRecord, StudyRecord, TestScore


@dataclass
class Harvest:
    """The scores of `expected` runs, and the files that were kept with each."""

    expected: int
    scores: list[TestScore] = field(default_factory=list)
    files: dict[str, dict[str, tuple[str, int]]] = field(default_factory=dict)  # run -> name -> SHA-256, size

    def follow(self, events: Iterable[Event]) -> Iterator[Event]:
        """The events without what they found: nobody sees a score before the look is recorded.

        Raises ExecutionError where a run could not be tested.
        """
        reasons = []
        for event in events:
            facts = event.facts
            if event.kind == "tested":
                score = TestScore(event.fingerprint, facts["weights"], facts["accuracy"], facts["loss"])
                self.scores.append(score)
                self.files[event.fingerprint] = facts["files"]
                yield Event("tested", event.fingerprint)
            else:
                reasons.append(str(facts.get("reason", "")))
                yield event
        if left := self.expected - len(self.scores):
            why = f": {reasons[-1]}" if reasons else ""
            raise ExecutionError(f"{left} runs could not be tested; nothing is recorded{why}")


def refuse_unfinished(study: StudyRecord, runs: Mapping[str, RunRecord], file: StudyFile) -> None:
    """The test set is opened once, for all arms of a revision."""
    missing = sum(run.state not in ENDED for run in runs.values())
    what = f"{missing} of {len(runs)} runs have no result yet" if missing else ""
    if study.search is not None and study.winner is None:
        what = "the search has no winner yet"
    until = "it has" if "winner" in what else "all have"
    if what:
        raise ExecutionError(
            f"{file.where}: {what}; the test set stays shut until {until}. Do first: {file.run_command}"
        )


def planned_as(run: RunRecord) -> PlannedRun:
    """A run of the ledger as somebody planned it."""
    recipe = RecipeSpec.model_validate(run.recipe)
    return PlannedRun("", recipe.seed, recipe, run.fingerprint, run.parent)
