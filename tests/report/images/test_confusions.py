import base64
import io
import re

import numpy as np
from PIL import Image
from sklearn.metrics import confusion_matrix

from paribus.report import build_page
from tests.report.reading import Page

from .made import report_with


def counted(arm):
    return sum(
        confusion_matrix(s.labels, s.logits.argmax(1), labels=range(s.logits.shape[1]))
        for s in arm.seen.values()
    )


def test_the_matrices_of_the_control_and_the_best_arm_have_the_shares_of_rows():
    report, arms = report_with()
    page = Page(build_page(report))
    for place, arm in enumerate(arms[:2], start=1):
        cells = page.specs[page.names.index(f"confusions-1-{place}")]["data"]["values"]
        expected = counted(arm)
        assert len(cells) == np.count_nonzero(expected)
        for cell in cells:
            a, b = (int(cell[name][-1]) for name in ("is", "said"))
            assert cell["times"] == expected[a, b]
            assert cell["share"] == round(100 * expected[a, b] / expected[a].sum(), 2)
            assert cell["right"] == (a == b)


def test_the_twelve_most_frequent_mistakes_stand_in_words_beside_those_of_the_control():
    report, arms = report_with()
    _, *rows = Page(build_page(report)).tables["confusions"]
    assert len(rows) == 12
    mine, theirs = counted(arms[1]), counted(arms[0])
    times = []
    for actual, guessed, count, share, other, _ in rows:
        a, b = int(actual[-1]), int(guessed[-1])
        assert a != b
        assert (int(count), int(other)) == (mine[a, b], theirs[a, b])
        assert share == f"{100 * mine[a, b] / mine[a].sum():.1f}"
        times.append(int(count))
    assert times == sorted(times, reverse=True)


def test_of_many_classes_the_matrix_is_a_picture_with_a_pixel_a_cell():
    report, arms = report_with(classes=30, images=600)
    html = build_page(report)
    found = re.findall(
        r'<img src="data:image/png;base64,([^"]+)" width="450" height="450" alt="([^"]+)"', html
    )
    assert len(found) == 2
    with Image.open(io.BytesIO(base64.b64decode(found[1][0]))) as picture:
        pixels = np.asarray(picture.convert("RGBA"))
    expected = counted(arms[1])
    off = ~np.eye(30, dtype=bool)
    assert pixels.shape == (30, 30, 4)
    assert ((pixels[..., 3] > 0)[off] == (expected > 0)[off]).all()
    assert (pixels[..., :3][off] == (213, 94, 0)).all()
    assert "taken for" in found[1][1]
