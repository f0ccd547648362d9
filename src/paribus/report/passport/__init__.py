"""What people look at of a data set: its passport as a page, and the section on data of a report."""

from paribus.report.passport.page import build_passport_page, write_passport
from paribus.report.passport.views import DataView, view_data

__all__ = ["DataView", "build_passport_page", "view_data", "write_passport"]
