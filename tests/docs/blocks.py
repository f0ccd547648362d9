"""The fenced blocks of a document, so that tests run what readers copy."""

import re


def find_block(page, language, containing):
    """The one fenced block of that language that holds the text."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    found = [code for code in blocks if containing in code]
    assert len(found) == 1, f"{len(found)} blocks hold {containing!r}"
    return found[0]
