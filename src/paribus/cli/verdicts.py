"""A conclusion as text for the terminal: the verdicts, the claims, then the table of arms."""

from rich.console import Console

from paribus.analysis import ArmResult, Conclusion
from paribus.analysis.claim_sentences import count_words, say_other_splits, say_published
from paribus.cli.fitting import plain
from paribus.cli.tables import duration, percent, plain_table, say

_NARROW = 64  # columns of the terminal


def print_conclusion(conclusion: Conclusion, console: Console) -> None:
    console.print(conclusion.title, style="bold")
    for contrast in conclusion.contrasts:
        say(console, f"  {contrast.sentence}")
    print_claims(conclusion, console)
    console.print()
    console.print(_arms(conclusion, console.width))
    console.print()
    for note in conclusion.notes:
        say(console, note)


def print_claims(conclusion: Conclusion, console: Console) -> None:
    """What was claimed, what was published, and what became of it; nothing where nothing was claimed."""
    if not conclusion.claims:
        return
    console.print()
    say(console, count_words(conclusion.claims))
    for claim in conclusion.claims:
        published = say_published(claim)
        said = f"\u201c{claim.claim}\u201d" + (f" (published: {published})" if published else "")
        say(console, f"  {plain(said)}")
        say(console, f"    {plain(claim.sentence)}")
    if other := say_other_splits(conclusion.claims, conclusion.split):
        say(console, other)


def _arms(conclusion: Conclusion, width: int) -> object:
    """In a narrow terminal only what cannot be missed; the report has the rest."""
    words = {contrast.arm: contrast.word or "" for contrast in conclusion.contrasts}
    rows = [
        (
            arm.name + (" (control)" if arm.is_control else ""),
            percent(arm.mean),
            _interval(arm),
            _seeds(arm),
            words.get(arm.name, ""),
            f"{arm.parameters:,}" if arm.parameters else "-",
            duration(arm.seconds),
        )
        for arm in conclusion.arms
    ]
    columns = ("arm", conclusion.metric.replace("_", " "), "95 %", "seeds", "verdict", "parameters", "time")
    if width < _NARROW:
        shown = (0, 1, 4)
        return plain_table([columns[k] for k in shown], [[row[k] for k in shown] for row in rows], right=(1,))
    return plain_table(columns, rows, right=(1, 5, 6))


def _interval(arm: ArmResult) -> str:
    if arm.low is None or arm.high is None:
        return ""
    return f"{100 * arm.low:.1f} to {100 * arm.high:.1f}"


def _seeds(arm: ArmResult) -> str:
    text = f"{arm.finished} of {len(arm.states)}"
    return f"{text}, {arm.diverged} diverged" if arm.diverged else text
