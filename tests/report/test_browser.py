import re
import shutil
import subprocess

import pytest

from paribus.report import build_page

from .example import make_report, with_text

pytestmark = pytest.mark.browser

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--enable-logging=stderr",
    "--v=0",
    "--virtual-time-budget=10000",
    "--dump-dom",
)


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
@pytest.mark.parametrize("text", [None, '</script><script>alert(1)</script> <!-- "quoted" שלום 😀 \u2028'])
def test_a_browser_draws_every_chart_and_has_nothing_to_complain_of(tmp_path, text):
    report = make_report() if text is None else with_text(make_report(), text)
    page = tmp_path / "report.html"
    page.write_text(build_page(report), encoding="utf-8")
    profile = f"--user-data-dir={tmp_path / 'profile'}"
    shown = subprocess.run(
        [CHROMIUM, *QUIET, profile, page.as_uri()], capture_output=True, text=True, timeout=120, check=True
    )
    assert not re.findall(r".*CONSOLE.*", shown.stderr)
    charts = re.findall(r'<div class="chart', shown.stdout)
    drawn = re.findall(r'<svg[^>]*class="marks"', shown.stdout)
    assert len(charts) == len(drawn) == 11
