"""Reports as files: the ending says as what."""

from pathlib import Path

from paribus.errors import ExecutionError
from paribus.report.inputs import ReportInput
from paribus.report.page import build_page
from paribus.report.saving import write_text
from paribus.report.texts import build_csv, build_latex, build_markdown

_KINDS = {".html": build_page, ".md": build_markdown, ".csv": build_csv, ".tex": build_latex}


def refuse_other_kinds(*paths: Path) -> None:
    for path in paths:
        if path.suffix not in _KINDS:
            raise ExecutionError(f"{path}: a report ends in {', '.join(_KINDS)}")


def write_reports(report: ReportInput, *paths: Path) -> None:
    for path in paths:
        write_text(path, _KINDS[path.suffix](report))
