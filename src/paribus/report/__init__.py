"""What people look at: one offline page, a Markdown table, a CSV. Computes no statistics; knows no torch."""

from paribus.report.gathering import gather_report
from paribus.report.inputs import ReportInput
from paribus.report.page import build_page
from paribus.report.texts import build_csv, build_markdown
from paribus.report.writing import refuse_other_kinds, write_reports

__all__ = [
    "ReportInput",
    "build_csv",
    "build_markdown",
    "build_page",
    "gather_report",
    "refuse_other_kinds",
    "write_reports",
]
