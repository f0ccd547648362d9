"""What testing runs brings, held back until the look at the test set is recorded."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from paribus.errors import ExecutionError
from paribus.executors.events import Event
from paribus.store import TestScore


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
