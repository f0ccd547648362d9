"""The one style of all pages: the report's, and what pictures of data add to it."""

from importlib.resources import files


def read_style() -> str:
    ours = files("paribus.report.passport") / "passport.css"
    return (files("paribus.report") / "page.css").read_text(encoding="utf-8") + ours.read_text(
        encoding="utf-8"
    )
