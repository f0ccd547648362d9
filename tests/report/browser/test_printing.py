import re

import pytest

pytestmark = pytest.mark.browser

A4 = 718  # CSS pixels between Chromium's own margins


def count_pages(pdf):
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


def test_the_page_prints_over_several_sheets_with_every_chart(browser):
    assert browser.ask("CHARTS.some(({ view }) => !view)")
    pdf = browser.print()
    assert pdf.startswith(b"%PDF")
    assert 3 <= count_pages(pdf) <= 12
    assert browser.ask("CHARTS.every(({ view }) => view)")
    assert len(browser.find_all("svg.marks")) == browser.ask("CHARTS.length")


def test_what_is_folded_is_printed_and_folded_again_but_not_what_is_for_looking_up(browser):
    folds = "[...document.querySelectorAll('details%s')].map((fold) => fold.open)"
    reading, reference = folds % ":not(.save, .reference)", folds % ".reference"
    before = browser.ask(reading)
    assert not all(before)
    browser.driver.execute_script("dispatchEvent(new Event('beforeprint'))")
    assert all(browser.ask(reading))
    assert len(browser.ask(reference)) >= 3
    assert not any(browser.ask(reference))
    browser.driver.execute_script("dispatchEvent(new Event('afterprint'))")
    assert browser.ask(reading) == before


def test_on_paper_nothing_is_cut_and_nothing_is_there_to_press(chromium, page_file):
    chromium.open(page_file, width=A4, height=1000)
    chromium.draw_all()
    chromium.emulate(media="print")
    wide = (
        "[...document.querySelectorAll('main *')]"
        ".filter((e) => e.getBoundingClientRect().right > innerWidth + 1)"
        ".map((e) => `${e.tagName} ${e.className.baseVal ?? e.className}`)"
    )
    assert chromium.ask(wide) == []
    for selector in (".controls", ".slider", ".save"):
        assert not chromium.find(selector).is_displayed()
