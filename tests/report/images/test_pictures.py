"""Mistakes, differences and filters as pictures; views are made by hand, so that words may be hostile."""

import base64
import io
import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from paribus.analysis.agreement import judge_agreement
from paribus.analysis.mistakes import judge_mistakes
from paribus.report import build_page
from paribus.report.images.filter_sheets import draw_filters, encode_sheet, scale_of
from paribus.report.images.spotlights import say_place, show_pair
from paribus.report.images.views import AgreementView, FilterPair, Looks, MistakesView, Pictures
from tests.report.example import CONTROL, make_report
from tests.report.reading import Page

from .made import make_arms, make_section

HOSTILE = '</script><img src=x onerror=alert(1)> "&\u202e 😀'
CLASSES = (HOSTILE, "b" * 200, "שלום", "d")


def pixels(position, side=8, channels=3):
    return np.random.default_rng(position).integers(0, 256, (channels, side, side), dtype=np.uint8)


def pictures_of(positions, **kind):
    shown = {position: pixels(position, **kind) for position in positions}
    return Pictures("train", shown, {position: f"folder/{HOSTILE}-{position}.png" for position in positions})


@pytest.fixture
def made():
    """The report, its two arms, and the positions shown of mistakes."""
    report = make_report()
    names = [arm.name for arm in report.conclusion.arms]
    arms = make_arms(names[:2], skill=0.5)
    found = judge_mistakes(arms[1])
    shown = sorted({image.position for image in (*found.worst, *found.doubtful)})
    heats = {position: np.full((2, 2), 100, np.uint8) for position in shown[1:]}
    mistakes = MistakesView(found, CLASSES, pictures_of(shown), Looks(heats, "grad-cam", f"conv {HOSTILE}"))
    agreement = judge_agreement(arms[1], arms[0])
    differing = [one.position for one in (*agreement.gained, *agreement.lost)]
    section = make_section(
        arms,
        CLASSES,
        mistakes=mistakes,
        agreement=AgreementView(agreement, names[0], names[1], CLASSES, pictures_of(differing)),
        filters=(pair(names[0]), pair(names[1], channels=1)),
    )
    return replace(report, images=section), arms


def pair(arm, channels=3, count=5, side=3):
    random = np.random.default_rng(count)
    before, after = random.normal(size=(2, count, channels, side, side)).astype(np.float32)
    return FilterPair(arm, 3, "conv1", "Conv2d", 70, before, after)


def cards(html, title):
    """The cards under a title."""
    part = re.split(r"<h3|</section>", html.partition(f"<h3>{title}</h3>")[2])[0]
    return part.removesuffix("</div>").split('<div class="card">')[1:]


def words(text):
    """Without the places where a name may be broken."""
    return text.replace(" ", "")


def test_each_mistake_has_its_picture_what_it_is_what_it_is_taken_for_and_how_many_seeds_say_so(made):
    report, _ = made
    html = build_page(report)
    found = report.images.mistakes.result
    for image, card in zip(found.worst, cards(html, "The surest mistakes"), strict=True):
        page = Page(f"<div>{card}")
        assert words(CLASSES[image.label]) in words(page.text)
        assert f"at {100 * image.probability:.1f} %" in page.text
        assert f"{image.agree} of 5 seeds" in page.text
        assert f"train {image.position:,}" in page.text
        assert f"folder/{HOSTILE}-{image.position}.png" in page.labels
        lit = image.position in report.images.mistakes.looks.maps
        assert card.count("data:image/webp") == 1 + lit
    assert len(cards(html, "The greatest doubts")) == 12


def test_words_of_the_data_stay_words(made):
    report, _ = made
    html = build_page(report)
    assert "<img src=x" not in html
    assert "onerror=alert(1)&gt;" in html
    assert words(HOSTILE) in words(Page(html).text)


def test_without_pictures_the_words_stay_and_it_is_said_why(made):
    report, _ = made
    view = replace(
        report.images.mistakes, pictures=Pictures("train", why_none="They are gone."), looks=Looks()
    )
    agreement = replace(report.images.agreement, pictures=Pictures("train", why_none="They are gone."))
    html = build_page(
        replace(report, images=replace(report.images, mistakes=view, agreement=agreement, filters=()))
    )
    assert "data:image/webp" not in html
    assert html.count("They are gone.") == 2
    assert len(cards(html, "The surest mistakes")) == 12


def test_where_no_run_kept_where_it_looked_the_section_says_so(made):
    report, _ = made
    view = replace(report.images.mistakes, looks=Looks(why_none="Nobody kept it."))
    html = build_page(replace(report, images=replace(report.images, mistakes=view)))
    assert "Nobody kept it." in html
    assert all(card.count("data:image/webp") == 1 for card in cards(html, "The surest mistakes"))


def shown_pixels(html):
    found = re.findall(r'src="data:image/\w+;base64,([^"]+)"', html)
    return [np.asarray(Image.open(io.BytesIO(base64.b64decode(one))).convert("RGB")) for one in found]


def test_the_second_picture_is_the_first_in_the_light_of_the_map():
    image = np.full((3, 8, 8), 200, np.uint8)
    heat = np.array([[0, 0], [0, 255]], np.uint8)
    first, second = shown_pixels(show_pair(image, heat, "a"))
    assert (first == 200).all()
    assert second[7, 7].tolist() == [200] * 3
    assert second[0, 0].tolist() == [44] * 3
    assert len(shown_pixels(show_pair(image, np.zeros((2, 2), np.uint8), "a"))) == 1


@pytest.mark.parametrize(("channels", "side"), [(1, 28), (2, 9), (3, 300), (4, 20)])
def test_images_of_every_kind_are_shown(channels, side):
    image = pixels(1, side, channels)
    first, second = shown_pixels(show_pair(image, np.full((4, 4), 255, np.uint8), "a"))
    assert first.shape == second.shape == (min(side, 96), min(side, 96), 3)


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ((0, 0), "at the upper left"),
        ((1, 1), "at the middle"),
        ((2, 1), "at the lower part"),
        ((1, 2), "at the right"),
    ],
)
def test_where_a_net_looked_is_told_in_words(place, said):
    heat = np.zeros((3, 3), np.uint8)
    heat[place] = 9
    assert say_place(heat) == said


def test_the_four_shares_of_agreement_are_said_and_every_image_is_in_a_dot(made):
    report, _ = made
    page = Page(build_page(report))
    found = report.images.agreement.result
    rows = page.specs[page.names.index("agreement")]["data"]["values"]
    assert sum(row["images"] for row in rows) == found.images == 240
    assert f"both are right {100 * found.both:.1f} % of the time" in page.text
    gained = cards(build_page(report), "Known to the arm, not to the control")
    assert len(gained) == len(found.gained) > 0
    one = found.gained[0]
    assert f"{round(5 * one.arm_right)} of 5 right" in gained[0]


def test_arms_without_an_image_in_common_are_said_to_have_none(made):
    report, _ = made
    view = replace(report.images.agreement, result=None)
    page = Page(build_page(replace(report, images=replace(report.images, agreement=view))))
    assert "judged no image in common under the same classes" in page.text
    assert "agreement" not in page.names


def test_filters_stand_side_by_side_on_one_scale(made):
    report, _ = made
    html = build_page(report)
    part = html[html.index('id="filters-title"') :]
    part = part[: part.index("</section>")]
    assert part.count("data:image/png") == 4
    assert f"Filters of conv1 of {CONTROL}, before training" in part
    assert "the first 5 of 70 filters of 3 x 3, in colour, seed 3" in part


def test_a_weight_is_a_pixel_and_nothing_is_gray():
    values = np.zeros((2, 3, 2, 2), np.float32)
    values[0, 0, 0, 0], values[0, 2, 1, 1] = 1.0, -9.0
    pixels_shown = np.asarray(draw_filters(values, 1.0))
    assert pixels_shown.shape == (2, 5, 4)
    assert pixels_shown[0, 0].tolist() == [255, 128, 128, 255]
    assert pixels_shown[1, 1].tolist() == [128, 128, 0, 255]
    assert (pixels_shown[:, 2, 3] == 0).all()  # between two filters
    assert (pixels_shown[:, 3:, :3] == 128).all()


def test_the_scale_is_that_of_both_and_of_filters_that_are_nothing_too():
    values = np.arange(1000, dtype=np.float32).reshape(10, 1, 10, 10)
    assert scale_of(FilterPair("a", 0, "l", "k", 10, -values, values / 2)) == pytest.approx(990, rel=0.01)
    assert scale_of(FilterPair("a", 0, "l", "k", 10, 0 * values, 0 * values)) == 1.0


def test_a_sheet_is_a_png_with_a_row_for_each_arm():
    sheet = encode_sheet([pair("a" * 300), pair("b", channels=5, count=64)])
    assert encode_sheet([pair("a" * 300), pair("b", channels=5, count=64)]) == sheet
    with Image.open(io.BytesIO(sheet)) as picture:
        assert picture.format == "PNG"
        assert picture.height > 400
