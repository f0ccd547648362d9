import numpy as np
import pytest
from selenium.webdriver.common.keys import Keys

from paribus.report import build_page
from paribus.report.smoothing import smooth
from tests.report.reading import Page

pytestmark = pytest.mark.browser

PANEL = "accuracy-of-arm-1"
CHART = f"CHARTS.find(({{ name }}) => name === '{PANEL}')"


@pytest.fixture(scope="module")
def specs(report):
    page = Page(build_page(report))
    return dict(zip(page.names, page.specs, strict=True))


@pytest.fixture
def curves(browser):
    """The curves on the screen."""
    browser.driver.execute_script(f"{CHART}.box.scrollIntoView({{ block: 'center' }})")
    browser.wait(f"{CHART}.view !== null")
    browser.settle()
    return browser


def shown_rows(browser, data, chart=CHART):
    return browser.ask(f"{chart}.view.data('{data}')")


def slide(browser, window):
    """As a person drags it."""
    browser.driver.execute_script(
        "const slider = document.querySelector('.slider input'); slider.value = arguments[0];"
        "slider.dispatchEvent(new Event('input', { bubbles: true }))",
        window,
    )
    browser.settle()


@pytest.mark.parametrize("window", [1, 2, 3, 4, 5, 7, 20, 21, 51, 301, 999])
def test_the_page_smooths_number_for_number_as_python_does(browser, window):
    random = np.random.default_rng(window)
    for points in (0, 1, 2, 6, 7, 60, 301):
        values = random.normal(size=points).cumsum() + 3
        found = browser.ask("smooth(arguments[0], arguments[1])", values.tolist(), window)
        np.testing.assert_allclose(found, smooth(values, window), rtol=1e-10, atol=1e-10)


def test_the_slider_starts_at_what_python_chose_and_changes_the_lines(curves, specs):
    spec = specs[PANEL]
    chosen = spec["usermeta"]["window"]
    assert curves.find(".slider input").get_attribute("value") == str(chosen) != "1"
    raw = [row["y"] for row in spec["datasets"]["raw"]]
    for row, values in zip(spec["datasets"]["smooth"], raw, strict=True):
        np.testing.assert_allclose(row["y"], smooth(np.array(values), chosen), rtol=2e-4)
    before = curves.find(".panel[data-arm='1'] svg").get_attribute("innerHTML")
    slide(curves, 51)
    assert curves.find(".panel[data-arm='1'] svg").get_attribute("innerHTML") != before
    for row, values in zip(shown_rows(curves, "smooth"), raw, strict=True):
        np.testing.assert_allclose(row["y"], smooth(np.array(values), 51), rtol=1e-9)
    (mean,) = shown_rows(curves, "train")
    np.testing.assert_allclose(mean["y"], smooth(np.mean(raw, axis=0), 51), rtol=1e-9)


def test_a_window_of_one_shows_the_raw_lines_and_every_place_says_so(curves, specs):
    slide(curves, 1)
    raw = [row["y"] for row in specs[PANEL]["datasets"]["raw"]]
    assert [row["y"] for row in shown_rows(curves, "smooth")] == raw
    sliders = curves.find_all(".slider input")
    assert [slider.get_attribute("value") for slider in sliders] == ["1", "1"]
    assert {output.text for output in curves.find_all(".slider output")} == {"none"}
    assert {span.text for span in curves.find_all("figcaption .window")} == {"none"}


def test_the_slider_obeys_the_keyboard_and_says_steps(curves, specs):
    slider = curves.find(".slider input")
    start, block = int(slider.get_attribute("value")), int(slider.get_attribute("data-block"))
    slider.send_keys(Keys.ARROW_RIGHT)
    assert int(slider.get_attribute("value")) == start + 2
    assert slider.get_attribute("aria-valuetext") == f"{(start + 2) * block} steps"


def test_what_comes_near_later_is_smoothed_too(curves, specs):
    slide(curves, 51)
    last = "CHARTS.find(({ name }) => name === 'loss-of-arm-0')"
    curves.driver.execute_script(f"{last}.box.scrollIntoView({{ block: 'center' }})")
    curves.wait(f"{last}.view && !{last}.stale")
    raw = np.array(specs["loss-of-arm-0"]["datasets"]["raw"][0]["y"])
    np.testing.assert_allclose(shown_rows(curves, "smooth", last)[0]["y"], smooth(raw, 51), rtol=1e-9)


def test_by_steps_each_point_stands_at_its_step(curves, specs):
    curves.find("button[data-axis='steps']").click()
    curves.settle()
    steps = shown_rows(curves, "raw")[0]["x"]
    assert steps == list(range(2, 5 * 120 + 1, 2))  # each point is the mean of two
    assert shown_rows(curves, "validation")[0]["x"] == [120 * k for k in (1, 2, 3, 4, 5)]
    texts = curves.ask(f"[...{CHART}.box.querySelectorAll('text')].map((t) => t.textContent)")
    assert "step" in texts
    assert "600" in texts
    curves.find("button[data-axis='epochs']").click()
    curves.settle()
    assert shown_rows(curves, "validation")[0]["x"] == [1, 2, 3, 4, 5]


def test_an_arm_switched_off_leaves_the_charts_and_comes_back(curves):
    curves.driver.execute_script("document.querySelector('.controls').scrollIntoView()")
    overview = "CHARTS.find(({ name }) => name === 'accuracy-by-epoch')"
    curves.wait(f"{overview}.view !== null")
    labels = f"[...{overview}.box.querySelectorAll('text')].map((t) => t.textContent)"
    assert "0.003" in curves.ask(labels)
    switch = curves.find("button[data-arm='1']")
    switch.send_keys(Keys.SPACE)
    curves.settle()
    assert switch.get_attribute("aria-pressed") == "false"
    assert "0.003" not in curves.ask(labels)
    assert {row["name"] for row in shown_rows(curves, "means", overview)} == {
        *("optimizer.lr=0.001", "optimizer.lr=0.0005", "optimizer.lr=0.01")
    }
    assert [panel.is_displayed() for panel in curves.find_all(".panel[data-arm='1']")] == [False, False]
    switch.click()
    curves.settle()
    assert "0.003" in curves.ask(labels)
    assert curves.find(".panel[data-arm='1']").is_displayed()


def test_the_control_switched_off_leaves_every_panel(curves):
    assert shown_rows(curves, "control")
    curves.find("button[data-arm='0']").click()
    curves.driver.execute_script(f"{CHART}.box.scrollIntoView({{ block: 'center' }})")
    curves.wait(f"!{CHART}.stale")
    curves.settle()
    assert shown_rows(curves, "control") == []


def test_each_best_epoch_has_a_ring(curves, report):
    arm = report.conclusion.arms[1].name
    rings = {point["name"]: (point["x"], point["y"]) for point in shown_rows(curves, "best")}
    assert len(rings) == 8
    for seed, run in report.runs[arm].items():
        epoch, value = rings[f"seed {seed}"]
        assert epoch == run.best_epoch
        history = report.histories[arm][seed]
        assert value == pytest.approx(100 * history[epoch - 1].validation_accuracy, rel=1e-4)
