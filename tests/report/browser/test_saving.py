import csv
import io
import xml.etree.ElementTree as ET

import pytest
from PIL import Image
from selenium.webdriver.common.keys import Keys

from paribus.report import build_page
from paribus.report.charts import draw_chart
from paribus.report.figures import Figure
from paribus.report.shell import write_shell
from tests.report.reading import Page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(report):
    return Page(build_page(report))


def save(browser, name, kind):
    """By mouse, as anybody would; what was saved before is gone."""
    (browser.downloads / f"{name}.{kind.lower()}").unlink(missing_ok=True)
    menu = browser.driver.execute_script(
        "const chart = CHARTS.find(({ name }) => name === arguments[0]);"
        "chart.box.scrollIntoView({ block: 'center' }); return chart.place.querySelector('.save')",
        name,
    )
    menu.find_element("css selector", "summary").click()
    buttons = {button.text: button for button in menu.find_elements("css selector", "button")}
    assert list(buttons) == ["SVG", "PNG", "CSV"]
    buttons[kind].click()
    return browser.saved(f"{name}.{kind.lower()}")


def read_csv(path):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def test_every_chart_can_be_saved_and_says_which_it_is(browser, page):
    menus = browser.find_all(".save summary")
    assert [menu.get_attribute("aria-label") for menu in menus] == [
        f"Save the chart {name}" for name in page.names
    ]


def test_a_png_saved_from_the_page_is_a_picture_on_white_paper(browser):
    with Image.open(save(browser, "differences", "PNG")) as image:
        image.load()
    assert image.width == 2 * 640
    pixels = image.convert("RGB")
    assert pixels.getpixel((1, 1)) == (255, 255, 255)
    assert len(set(pixels.resize((200, 200)).get_flattened_data())) > 50


def test_an_svg_saved_from_the_page_is_whole_with_title_and_caption(browser):
    root = ET.parse(save(browser, "differences", "SVG")).getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    texts = [text for element in root.iter() if (text := (element.text or "").strip())]
    assert "Learning rate of the SVHN baseline" in texts
    said = " ".join(texts)
    assert "Shaded: differences under 0.5 points" in said
    assert "optimizer.lr=0.003" in said
    assert "currentColor" not in ET.tostring(root, encoding="unicode")


def test_a_csv_holds_the_data_of_the_chart_and_nothing_of_its_looks(browser, page):
    rows = read_csv(save(browser, "differences", "CSV"))
    spec = page.specs[page.names.index("differences")]
    given = spec["datasets"]
    assert set(rows[0]) == {"part", "row", "name", "mean", "low", "high", "word", "said", "value", "tip"}
    intervals = [row for row in rows if row["part"] == "rows"]
    assert [(row["name"], float(row["low"]), float(row["high"])) for row in intervals] == [
        (row["name"], row["low"], row["high"]) for row in given["rows"]
    ]
    dots = [row for row in rows if row["part"] == "dots"]
    assert [float(row["value"]) for row in dots] == [row["value"] for row in given["dots"]]


def test_the_csv_of_curves_has_a_row_for_each_point_under_the_names_of_its_axes(browser, page):
    rows = read_csv(save(browser, "accuracy-of-arm-1", "CSV"))
    given = page.specs[page.names.index("accuracy-of-arm-1")]["datasets"]
    assert set(rows[0]) == {"part", "name", "finished", "epoch", "accuracy, %"}
    for part in ("raw", "smooth", "train", "validation", "control", "best"):
        points = [
            (row["name"], float(row["epoch"]), float(row["accuracy, %"]))
            for row in rows
            if row["part"] == part
        ]
        listed = [
            row if isinstance(row["x"], list) else row | {"x": [row["x"]], "y": [row["y"]]}
            for row in given[part]
        ]
        assert points == [
            (row["name"], x, y) for row in listed for x, y in zip(row["x"], row["y"], strict=True)
        ]
        assert points


def test_what_is_saved_is_what_is_shown(browser):
    browser.find("button[data-arm='1']").click()
    names = {
        row["name"] for row in read_csv(save(browser, "accuracy-by-epoch", "CSV")) if row["part"] == "means"
    }
    assert names == {"optimizer.lr=0.001", "optimizer.lr=0.0005", "optimizer.lr=0.01"}


def test_saving_is_reached_by_the_keyboard_and_seen_when_it_is(browser):
    first = browser.find(".save")
    browser.driver.execute_script("arguments[0].querySelector('summary').focus()", first)
    assert browser.ask("getComputedStyle(arguments[0]).opacity", first) == "1"
    browser.driver.switch_to.active_element.send_keys(Keys.ENTER)
    assert first.get_attribute("open") is not None
    browser.driver.switch_to.active_element.send_keys(Keys.TAB, Keys.TAB)
    assert browser.driver.switch_to.active_element.text in {"SVG", "PNG"}
    browser.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert first.get_attribute("open") is None


def test_any_figure_can_be_saved_without_its_help(chromium, tmp_path):
    """Inline data, another mark, names that hold what CSV must quote."""
    rows = [{"kind": 'a, "b"', "value": 1.5}, {"kind": "=c\nd", "value": None}]
    encoding = {"x": {"field": "kind", "title": "Kind"}, "y": {"field": "value", "type": "quantitative"}}
    spec = draw_chart(90, data={"values": rows}, mark="bar", encoding=encoding)
    figure = Figure("bars", spec, "Two bars.", "Bars, such as they are.")
    path = tmp_path / "any.html"
    path.write_text(write_shell("Any", figure.write(), charts=True), encoding="utf-8")
    chromium.open(path)
    assert read_csv(save(chromium, "bars", "CSV")) == [
        {"Kind": 'a, "b"', "value": "1.5"},
        {"Kind": "=c\nd", "value": ""},
    ]
    assert "such as they are" in save(chromium, "bars", "SVG").read_text(encoding="utf-8")
    assert chromium.messages() == []
