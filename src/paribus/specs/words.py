"""How a message names what was given, what is allowed, and what was probably meant."""

import difflib
import json
import unicodedata
from collections.abc import Iterable

_SHOWN_CHARACTERS = 60
_SHOWN_WORDS = 30  # more than any table has; a study may have a thousand arms


def quoted(value: object) -> str:
    """A value as the study file would spell it, cut when it is long."""
    if isinstance(value, str):
        text = f"'{value}'" if value.isprintable() else repr(value)
    else:
        try:
            text = json.dumps(value, ensure_ascii=False, default=str)
        except (TypeError, ValueError):
            text = repr(value)
    return text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"


def is_line(text: str) -> bool:
    """Whether it is something, and nothing in it moves a terminal's cursor or colours it."""
    return bool(text.strip()) and not any(unicodedata.category(letter) == "Cc" for letter in text)


def known(words: Iterable[str]) -> str:
    every = sorted(words)
    more = f" and {len(every) - _SHOWN_WORDS} more" if len(every) > _SHOWN_WORDS else ""
    return "known: " + (", ".join(every[:_SHOWN_WORDS]) or "none") + more


def with_article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def did_you_mean(given: str, words: Iterable[str]) -> str:
    """` Did you mean 'lenet5'?`, with its space, or nothing when no word is near."""
    folded = {word.lower(): word for word in words}
    near = difflib.get_close_matches(given.lower(), folded, n=1, cutoff=0.6)
    return f" Did you mean '{folded[near[0]]}'?" if near else ""
