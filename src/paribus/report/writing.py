"""Reports as files: the ending says as what."""

from pathlib import Path

from paribus.errors import ExecutionError, StoreError
from paribus.report.inputs import ReportInput
from paribus.report.page import build_page
from paribus.report.texts import build_csv, build_markdown

_KINDS = {".html": build_page, ".md": build_markdown, ".csv": build_csv}


def refuse_other_kinds(*paths: Path) -> None:
    for path in paths:
        if path.suffix not in _KINDS:
            raise ExecutionError(f"{path}: a report ends in {', '.join(_KINDS)}")


def write_reports(report: ReportInput, *paths: Path) -> None:
    for path in paths:
        write_text(path, _KINDS[path.suffix](report))


def write_text(path: Path, text: str) -> None:
    aside = path.with_name(f".{path.name}.part")
    try:
        aside.write_text(text, encoding="utf-8")
        aside.replace(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise StoreError(f"{path}: cannot be written: {error.strerror}; name another place") from error
