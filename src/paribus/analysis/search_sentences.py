"""What is said of a search: how many trials, how lucky its winner was, and what may lie beyond."""

from paribus.analysis.search_results import SearchResult
from paribus.analysis.sentences import points
from paribus.specs.search import WINNER

_METHODS = {"random": "drawn at random", "tpe": "learned by TPE", "halving": "halved again and again"}
_ALL = 0.995  # of the images


def say_search(search: SearchResult, split: str) -> tuple[str, ...]:
    """Each a sentence or two of its own."""
    said = [_say_trials(search), _say_luck(search, split), _say_images(search)]
    said += [
        f"The search found the {edge.side} {edge.dimension} of its space best, {edge.value}: "
        "a better one may lie beyond."
        for edge in search.edges
    ]
    return tuple(sentence for sentence in said if sentence)


def _say_trials(search: SearchResult) -> str:
    left = f"; {_count(search.refused, 'point')} refused" if search.refused else ""
    if search.arm is None:
        done = len({row.number for row in search.rows if row.state != "waiting"})
        trials = f"{done} of {search.asked} trials have ended{left}"
        return f"The search goes on: {trials}. It has no winner yet."
    fewer = "; the space has no more" if search.trials < search.asked else ""
    trials = f"{_count(search.trials, 'trial')}, {_METHODS[search.method]}{left}{fewer}"
    if search.arm == WINNER:
        return f"winner is the best of {trials}."
    return f"The best of {trials}, has the settings of the arm {search.arm}."


def _say_luck(search: SearchResult, split: str) -> str:
    if search.arm is None or search.best_score is None:
        return ""
    told = (
        f"It scored {100 * search.best_score:.1f} % in the search, on {_count(len(search.seeds), 'seed')}; "
        f"the best of {search.trials} is optimistic, for luck helped to choose it."
    )
    if search.confirmed is None:
        return f"{told} It is not confirmed yet."
    lower = search.best_score - search.confirmed
    by = f"{points(abs(lower)).lstrip('+')} points {'lower' if lower > 0 else 'higher'}"
    others = _count(search.confirmed_seeds, "other seed")
    return f"{told} On {others} it reaches {100 * search.confirmed:.1f} % on {split} images, {by}."


def _say_images(search: SearchResult) -> str:
    """What the confirmation shares with the search after all."""
    if not search.seen_before:
        return ""
    if search.seen_before > _ALL:
        return "The same validation images judged the search; only test images are new to the winner."
    share = f"{100 * search.seen_before:.0f} %"
    return (
        f"Of the validation images that judge the winner, {share} judged the search too; "
        "only test images are all new to it."
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
