"""What people look at: one offline page, its charts and tables as files. No statistics, no torch."""

from paribus.report.comparison_texts import build_comparison_markdown
from paribus.report.figure_files import parse_formats, write_figures
from paribus.report.gathering import gather_report
from paribus.report.inputs import ReportInput
from paribus.report.notebook import build_fragment
from paribus.report.page import build_page
from paribus.report.texts import build_csv, build_latex, build_markdown
from paribus.report.writing import (
    refuse_other_comparisons,
    refuse_other_kinds,
    write_comparison,
    write_reports,
)

__all__ = [
    "ReportInput",
    "build_comparison_markdown",
    "build_csv",
    "build_fragment",
    "build_latex",
    "build_markdown",
    "build_page",
    "gather_report",
    "parse_formats",
    "refuse_other_comparisons",
    "refuse_other_kinds",
    "write_comparison",
    "write_figures",
    "write_reports",
]
