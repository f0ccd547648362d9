"""Claims that were registered: does each hold, is it contradicted, or is it undecided with these seeds?

A claim is judged on an interval, and its word is read off the interval shown and off nothing else. Its p is
the smallest alpha at which there is a word; Holm corrects these over all claims, and the interval shown is
chosen as for contrasts (docs/decisions/0010 and 0022). What each kind asks of its data is in `claim_tests`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from paribus.stats.claim_tests import ClaimTest, Reading
from paribus.stats.families import correct_holm


@dataclass(frozen=True)
class ClaimResult:
    """The word of one claim among all."""

    reading: Reading
    p: float
    p_holm: float
    rule: Literal["bonferroni", "holm"]


def judge_claims(
    tests: Sequence[ClaimTest], *, alpha: float = 0.05, size: int | None = None
) -> list[ClaimResult]:
    """Each claim's word; one of them is wrong in alpha of all studies. `size`: how many were registered."""
    size = len(tests) if size is None else size
    corrected = correct_holm([test.p for test in tests], size)
    return [_judge(test, step, alpha, size) for test, step in zip(tests, corrected, strict=True)]


def _judge(test: ClaimTest, step: tuple[float, int], alpha: float, size: int) -> ClaimResult:
    """Bonferroni's interval, or that of Holm's own step where only it has a word, or has the better one."""
    p, (p_holm, factor) = test.p, step
    wide = test.read(alpha / size)
    if p_holm > alpha or factor == size or wide.word == "holds":
        return ClaimResult(wide, p, p_holm, "bonferroni")
    narrow = test.read(alpha / factor)
    if wide.word == "undecided" or narrow.word == "holds":
        return ClaimResult(narrow, p, p_holm, "holm")
    return ClaimResult(wide, p, p_holm, "bonferroni")
