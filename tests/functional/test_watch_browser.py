"""The live page in a real browser, beside a real study with names that no page should believe."""

import re
import signal

import pytest

from . import interruptions as rough
from .browsing import browse
from .commands import paribus
from .watching import watch

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]

HOSTILE = "<img src=x onerror=alert(1)> <script>alert(2)</script> שלום 😀 " + "x" * 60
NETS = """
from torch import nn

class Raises(nn.Sequential):
    def __init__(self, classes):
        super().__init__(nn.Flatten(), nn.Linear(3 * 32 * 32, classes))

    def forward(self, images):
        if self.training:
            raise RuntimeError("<b onmouseover=alert(3)>broken</b>")
        return super().forward(images)
"""


@pytest.fixture
def study(tmp_path):
    """The study that others interrupt, with a hostile title, an arm that always fails, and epochs of seconds.

    A page is told once a second: what it must be seen to show has to last longer, on a quick machine too.
    """
    path = rough.write_study(tmp_path)
    (tmp_path / "own_nets.py").write_text(NETS)
    text = path.read_text().replace("Does shifting help?", HOSTILE).replace("epochs = 4", "epochs = 12")
    text = text.replace('control = "augment=[]"', 'control = "plain"').partition("[factors]")[0]
    text = text.replace("train = 1500", "train = 6000").replace("stop = { patience = 3 }\n", "")
    arms = f'[arms]\nplain = {{}}\n"{HOSTILE}" = {{ net = "own_nets:Raises" }}\n'
    path.write_text(text.replace("seeds = 2", "seeds = 1") + arms)
    return path


def text_of(browser):
    return browser.text("main")


def is_text(browser):
    """Nothing of the study became a part of the page."""
    return browser.ask("return document.querySelectorAll('img, main script, b').length") == 0


def test_a_page_follows_a_study_says_what_was_killed_and_stops_it(study, tmp_path):
    with watch(tmp_path) as server, browse(tmp_path / "profile") as browser:
        port = server.port
        browser.open(server.address)
        browser.wait_for(lambda: "starts it; this page follows by itself" in text_of(browser))

        process = rough.start(study, 1)
        browser.wait_for(lambda: browser.text("h1") == HOSTILE)
        browser.wait_for(lambda: re.search(r"\b[1-9]\d* of 12", browser.text("#under-way")))
        browser.wait_for(
            lambda: browser.ask("return document.querySelectorAll('#curves svg.marks').length") >= 3
        )
        before = browser.text("#runs")
        browser.wait_for(lambda: browser.text("#runs") != before)

        process.send_signal(signal.SIGKILL)
        process.communicate()
        browser.wait_for(lambda: "it was killed, or crashed" in text_of(browser))

        process = rough.start(study, 1)
        browser.wait_for(lambda: browser.ask("return !document.getElementById('stop').hidden"))
        browser.click("#stop")
        assert "as if nothing had happened" in browser.text("#sure")
        browser.click("#yes")
        printed, _ = process.communicate(timeout=240)
        assert process.returncode == 130, printed
        browser.wait_for(lambda: browser.text("#pace") == "Not running.")
        assert browser.complaints() == []

        server.process.kill()
        browser.wait_for(lambda: "The server of this page does not answer" in text_of(browser))
        with watch(tmp_path, port=port):
            browser.wait_for(lambda: browser.text("#lost") == "" and browser.text("h1") == HOSTILE)
            browser.complaints()  # that nobody answered
            paribus(tmp_path, "run", code=1)
            browser.wait_for(
                lambda: "RuntimeError: <b onmouseover=alert(3)>broken</b>" in browser.text("#troubles")
            )
            browser.click("#trouble-list summary")
            assert "Traceback (most recent call last)" in browser.text("#troubles")
            assert HOSTILE in browser.text("#troubles")
            assert is_text(browser)
            assert browser.complaints() == []
