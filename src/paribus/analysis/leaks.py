"""What a conclusion would be without the images that stand in train as well."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from paribus.analysis.conclude import conclude
from paribus.analysis.evidence import Evidence
from paribus.analysis.metrics import Predictions

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class LeakResult:
    """The same study on the same runs, judged on fewer images."""

    images: int  # distinct ones that the runs were judged by
    leaked: int  # of these, how many have a twin in train
    means: dict[str, tuple[float | None, float | None]]  # arm -> its mean score with them and without
    words: dict[str, tuple[str | None, str | None]]  # arm -> its word with them and without

    @property
    def changed(self) -> list[str]:
        """Arms whose verdict would be another."""
        return [arm for arm, (before, after) in self.words.items() if before != after]


def judge_without(evidence: Evidence, leaked: Mapping[str, Flags]) -> LeakResult | None:
    """`leaked`: run -> for each position of its split, whether that image has a twin in train.

    None where no such image was judged by, or nothing would be left.
    """
    seen, dropped, kept = set(), set(), {}
    for name, found in evidence.predictions.items():
        bad = leaked[name][found.positions]
        seen |= set(found.positions.tolist())
        dropped |= set(found.positions[bad].tolist())
        if bad.all():
            return None
        kept[name] = Predictions(found.positions[~bad], found.labels[~bad], found.logits[~bad])
    if not dropped:
        return None
    before, after = conclude(evidence), conclude(replace(evidence, predictions=kept))
    return LeakResult(
        images=len(seen),
        leaked=len(dropped),
        means={a.name: (a.mean, b.mean) for a, b in zip(before.arms, after.arms, strict=True)},
        words={a.arm: (a.word, b.word) for a, b in zip(before.contrasts, after.contrasts, strict=True)},
    )
