import os

import pytest

from paribus.report import build_page
from tests.report.example import make_report

from .driving import CHROMEDRIVER, CHROMIUM, HOW_TO_GET, Browser


@pytest.fixture(scope="session")
def chromium(tmp_path_factory):
    """One browser for the whole session. CI must have one; a developer may go without."""
    if not (CHROMIUM and CHROMEDRIVER):
        if os.environ.get("CI") == "true":
            pytest.fail(HOW_TO_GET)
        pytest.skip(HOW_TO_GET)
    browser = Browser(tmp_path_factory.mktemp("browser"))
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def report():
    return make_report(steps=120)


@pytest.fixture(scope="session")
def page_file(report, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(build_page(report), encoding="utf-8")
    return path


@pytest.fixture
def browser(chromium, page_file):
    """At the example's page, which must end without a word in the console."""
    chromium.open(page_file)
    yield chromium
    assert chromium.messages() == []
