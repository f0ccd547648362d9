"""Tables as LaTeX: booktabs, figures to the right, every text escaped."""

from collections.abc import Sequence

_ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "`": r"\textasciigrave{}",
    "\N{MINUS SIGN}": "$-$",
    "\N{PLUS-MINUS SIGN}": r"$\pm$",
    "\N{MULTIPLICATION SIGN}": r"$\times$",
    "\N{EN DASH}": "--",
    "\N{MIDDLE DOT}": r"\textperiodcentered{}",
    "\N{NO-BREAK SPACE}": "~",
}
NEEDS = r"% needs \usepackage{booktabs}, and for quotes \usepackage[T1]{fontenc}"


def escape_latex(text: str) -> str:
    """One line in which nothing is a command."""
    return "".join(_ESCAPES.get(character, character) for character in " ".join(text.split()))


def write_latex_table(
    titles: Sequence[str],
    numeric: Sequence[bool],
    rows: Sequence[Sequence[str]],
    *,
    caption: str = "",
    label: str = "",
) -> str:
    """`numeric` says of each column whether it holds figures."""
    columns = "".join("r" if figures else "l" for figures in numeric)
    return "\n".join(
        [
            NEEDS,
            r"\begin{table}",
            r"\centering",
            *([rf"\caption{{{escape_latex(caption)}}}"] if caption else []),
            *([rf"\label{{tab:{label}}}"] if label else []),
            rf"\begin{{tabular}}{{@{{}}{columns}@{{}}}}",
            r"\toprule",
            _write_row(titles),
            r"\midrule",
            *(_write_row(row) for row in rows),
            r"\bottomrule",
            r"\end{tabular}",
            r"\end{table}",
            "",
        ]
    )


def _write_row(cells: Sequence[str]) -> str:
    r"""A row that begins with a bracket would be read as an option of the `\\` before it."""
    line = " & ".join(map(escape_latex, cells))
    return ("{}" if line.startswith(("[", "*")) else "") + line + r" \\"
