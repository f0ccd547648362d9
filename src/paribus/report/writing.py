"""Reports as files: the ending says as what."""

from collections.abc import Iterable
from pathlib import Path

from paribus.analysis.comparing import ComparisonResult
from paribus.errors import ExecutionError
from paribus.report.comparison import build_comparison
from paribus.report.comparison_texts import build_comparison_csv, build_comparison_markdown
from paribus.report.inputs import ReportInput
from paribus.report.page import build_page
from paribus.report.saving import write_text
from paribus.report.texts import build_csv, build_latex, build_markdown

_COMPARISONS = {
    ".html": build_comparison,
    ".md": build_comparison_markdown,
    ".csv": build_comparison_csv,
}
_KINDS = {".html": build_page, ".md": build_markdown, ".csv": build_csv, ".tex": build_latex}


def refuse_other_kinds(*paths: Path) -> None:
    _refuse(paths, _KINDS, "a report")


def refuse_other_comparisons(*paths: Path) -> None:
    _refuse(paths, _COMPARISONS, "a report of several studies")


def _refuse(paths: Iterable[Path], kinds: Iterable[str], what: str) -> None:
    for path in paths:
        if path.suffix not in kinds:
            raise ExecutionError(f"{path}: {what} ends in {', '.join(kinds)}")


def write_reports(report: ReportInput, *paths: Path) -> None:
    for path in paths:
        write_text(path, _KINDS[path.suffix](report))


def write_comparison(result: ComparisonResult, *paths: Path) -> None:
    for path in paths:
        write_text(path, _COMPARISONS[path.suffix](result))
