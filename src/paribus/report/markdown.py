"""Tables as Markdown, in which no text becomes markup."""

from collections.abc import Sequence


def write_lines(titles: Sequence[str], numeric: Sequence[bool], rows: Sequence[Sequence[str]]) -> str:
    """`numeric` says of each column whether it holds figures. Texts stand as they are given."""
    rule = ["--:" if figures else "---" for figures in numeric]
    return "\n".join("| " + " | ".join(row) + " |" for row in (titles, rule, *rows))


def escape_markdown(text: str) -> str:
    """One line in which nothing is markup: names hold underscores, pipes and angle brackets."""
    flat = " ".join(text.split())
    return "".join(f"\\{character}" if character in r"\`*_[]<>|#" else character for character in flat)
