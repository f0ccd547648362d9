"""What people look at of a data set: its passport as a page, and the section on data of a report."""

from paribus.report.passport.gathering import gather_data
from paribus.report.passport.page import build_passport_page, write_passport
from paribus.report.passport.section import write_data
from paribus.report.passport.views import DataSection, DataView, view_data

__all__ = [
    "DataSection",
    "DataView",
    "build_passport_page",
    "gather_data",
    "view_data",
    "write_data",
    "write_passport",
]
