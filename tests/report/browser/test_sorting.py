import pytest
from selenium.webdriver.common.keys import Keys

from paribus.report.markup import Html
from paribus.report.shell import write_shell
from paribus.report.tables import write_table

pytestmark = pytest.mark.browser

# Each column as it stands, and as it stands from the lowest to the highest; what is no number stays last.
COLUMNS = {
    "scores": (
        ["9.5", "86.05", "\N{EN DASH}", "+1.3", "\N{MINUS SIGN}0.4"],
        ["\N{MINUS SIGN}0.4", "+1.3", "9.5", "86.05", "\N{EN DASH}"],
    ),
    "intervals": (
        [
            "[\N{MINUS SIGN}0.2, +0.3]",
            "[+0.9, +1.3]",
            "",
            "[\N{MINUS SIGN}1.5, +4]",
            "[\N{MINUS SIGN}0.2, +0.1]",
        ],
        [
            "[\N{MINUS SIGN}1.5, +4]",
            "[\N{MINUS SIGN}0.2, +0.1]",
            "[\N{MINUS SIGN}0.2, +0.3]",
            "[+0.9, +1.3]",
            "",
        ],
    ),
    "times": (
        ["2.6 min", "31 s", "1.5 h", "2.0 s", "\N{EN DASH}"],
        ["2.0 s", "31 s", "2.6 min", "1.5 h", "\N{EN DASH}"],
    ),
    "counts": (
        ["124,180", "9,999", "1,000,000", "no score", "8"],
        ["8", "9,999", "124,180", "1,000,000", "no score"],
    ),
    "amounts": (
        ["1.20 M", "890 k", "3.1 G", "12", "off the scale"],
        ["12", "890 k", "1.20 M", "3.1 G", "off the scale"],
    ),
    "sizes": (
        ["1.2 MB", "980 kB", "12.0 kB", "3 B", "\N{EN DASH}"],
        ["3 B", "12.0 kB", "980 kB", "1.2 MB", "\N{EN DASH}"],
    ),
    "shares": (
        ["3 of 8 (38 %)", "10 of 12", "3 of 9", "0.5 of 8", ""],
        ["0.5 of 8", "3 of 8 (38 %)", "3 of 9", "10 of 12", ""],
    ),
    "chances": (
        ["0.31", "< 0.001", "0.049", "1e-05", "\N{EN DASH}"],
        ["1e-05", "< 0.001", "0.049", "0.31", "\N{EN DASH}"],
    ),
    "shapes": (
        ["32 x 16 x 16", "32 x 8 x 8", "10", "128 x 2 x 2", "-"],
        ["10", "32 x 8 x 8", "32 x 16 x 16", "128 x 2 x 2", "-"],
    ),
    "names": (
        ["lr=0.1", "lr=0.01", "Batch=16", "batch=8", "lr=1e-05"],
        ["batch=8", "Batch=16", "lr=1e-05", "lr=0.01", "lr=0.1"],
    ),
}


def column(browser, name, number):
    return browser.ask(
        "[...document.querySelectorAll(`table.${arguments[0]} tbody tr`)]"
        ".map((row) => row.cells[arguments[1]].textContent)",
        name,
        number,
    )


def press(browser, name, number):
    browser.find_all(f"table.{name} thead button")[number].click()


@pytest.fixture(scope="module")
def sheet(tmp_path_factory):
    """A table of all kinds of columns."""
    rows = [
        Html(
            "<tr>"
            + "".join(f"<td>{texts[k].replace('<', '&lt;')}</td>" for texts, _ in COLUMNS.values())
            + "</tr>"
        )
        for k in range(5)
    ]
    table = write_table("all", dict.fromkeys(COLUMNS, ""), rows, label="All")
    path = tmp_path_factory.mktemp("sheet") / "sheet.html"
    path.write_text(write_shell("A sheet", table, charts=True), encoding="utf-8")
    return path


@pytest.mark.parametrize("title", COLUMNS)
def test_a_column_sorts_by_value_and_what_has_none_stays_last(chromium, sheet, title):
    chromium.open(sheet)
    number = list(COLUMNS).index(title)
    given, ascending = COLUMNS[title]
    empty = [text for text in ascending if text in {"", "\N{EN DASH}", "-", "no score", "off the scale"}]
    descending = [text for text in reversed(ascending) if text not in empty] + empty
    turns = [ascending, descending] if title == "names" else [descending, ascending]
    for turn in (*turns, given):
        press(chromium, "all", number)
        assert column(chromium, "all", number) == turn
    assert chromium.messages() == []


def test_the_table_of_arms_sorts_by_click_and_key_and_says_so(browser, report):
    arms = [arm.name for arm in report.conclusion.arms]
    means = {arm.name: arm.mean for arm in report.conclusion.arms}
    title = browser.find("table.arms thead th:nth-child(3)")
    assert title.get_attribute("aria-sort") is None
    title.find_element("css selector", "button").click()
    assert title.get_attribute("aria-sort") == "descending"
    assert column(browser, "arms", 0) == sorted(arms, key=lambda arm: -means[arm])
    browser.driver.switch_to.active_element.send_keys(Keys.ENTER)
    assert title.get_attribute("aria-sort") == "ascending"
    assert column(browser, "arms", 0) == sorted(arms, key=means.get)
    browser.driver.switch_to.active_element.send_keys(Keys.SPACE)
    assert title.get_attribute("aria-sort") is None
    assert column(browser, "arms", 0) == arms


def test_another_column_takes_over_and_equal_values_keep_the_studys_order(browser, report):
    arms = [arm.name for arm in report.conclusion.arms]
    titles = browser.ask("[...document.querySelectorAll('table.arms thead th')].map((t) => t.textContent)")
    press(browser, "arms", 2)
    parameters = browser.find_all("table.arms thead th")[titles.index("parameters")]
    parameters.find_element("css selector", "button").click()  # all arms have the same
    assert column(browser, "arms", 0) == arms
    assert len(browser.find_all("table.arms thead th[aria-sort]")) == 1


def test_a_column_of_pictures_is_not_sorted_and_other_tables_are(browser):
    titles = browser.find_all("table.arms thead th")
    strips = next(title for title in titles if title.text == "each seed")
    assert not strips.find_elements("css selector", "button")
    for name in ("seeds", "tests", "plan", "runs"):
        assert browser.find_all(f"table.{name} thead button"), name
