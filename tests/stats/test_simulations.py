"""The promises of docs/statistics.md, kept over 4,000 simulated studies each.

Each figure is held against the bar that was promised and against the figure that the page prints. The draws
are keyed by what they are for, all with seed 0: no seed was chosen.
"""

from pathlib import Path

import numpy as np
import pytest
from scipy.special import ndtr

from paribus import chance
from paribus.stats import (
    choose_word,
    compute_power,
    estimate_crossed,
    estimate_mean,
    judge_family,
    seeds_needed,
)

STUDIES = 4000
IMAGES = 300
PAGE = Path(__file__).parents[2] / "docs" / "statistics.md"


def read_page():
    """The figures of the page's tables by (name of the row, name of the column)."""
    figures, columns = {}, []
    for line in PAGE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|"):
            columns = []
        elif not columns:
            columns = cells
        else:
            figures |= {(cells[0], name): cell for name, cell in zip(columns, cells, strict=True)}
    return figures


def keep(promise, column, measured, low, high):
    """Hold a figure against its bar, and against the cell of the page that states it."""
    print(f"{promise} | {column} | {100 * measured:.1f}")
    assert low <= measured <= high
    printed = float(read_page()[promise, str(column)]) / 100
    assert measured == pytest.approx(printed, abs=0.015)  # about four standard errors


def judge_studies(scores, control, *, margin=None):
    """Answers `[study][contrast]` for scores `[study, arm, seed]`; words that contradict fail here."""
    studies = []
    for study in scores - control[:, None]:
        family = [estimate_mean(differences) for differences in study]
        results = judge_family(family, margin=margin)
        for result in results:
            low, high = result.interval.low, result.interval.high
            expected = "better" if low > 0 else "worse" if high < 0 else "undecided"
            within = margin is not None and -margin < low <= high < margin
            if expected == "undecided" and within:
                expected = "equivalent"
            assert (result.word, result.within_margin) == (expected, within)
            assert result.rejected == (result.p_holm <= 0.05) == (expected in {"better", "worse"})
            assert choose_word(result.interval, margin) == (result.word, result.within_margin)
        studies.append(results)
    assert len(studies) == STUDIES
    return studies


def draw_studies(purpose, arms, seeds):
    """Scores of arms and control, of sd 1 between runs, that share an effect of the seed."""
    generator = chance.generator(0, "simulation", purpose, arms, seeds)
    shared = generator.normal(size=(STUDIES, 1, seeds))
    own = generator.normal(size=(STUDIES, arms + 1, seeds))
    return (shared + own)[:, 1:], (shared + own)[:, 0]


def share(answers):
    return float(np.mean(list(answers)))


@pytest.mark.parametrize("seeds", [3, 5, 8, 12])
def test_t_intervals_hold_the_true_mean(seeds):
    generator = chance.generator(0, "simulation", "coverage", seeds)
    intervals = (
        estimate_mean(differences).interval(0.95)
        for differences in generator.normal(0.3, 1, (4 * STUDIES, seeds))
    )
    held = share(interval.low <= 0.3 <= interval.high for interval in intervals)
    keep("95 % interval holds the true mean", seeds, held, 0.94, 0.96)


@pytest.mark.parametrize(
    ("shape", "low", "high"),
    [("heavy tails", 0.94, 0.98), ("strong skew", 0.86, 0.90), ("very strong skew", 0.80, 0.85)],
)
def test_t_intervals_of_differences_that_are_not_normal_are_as_good_as_we_say(shape, low, high):
    generator = chance.generator(0, "simulation", shape)
    size = (4 * STUDIES, 6)
    draws = {
        "heavy tails": lambda: generator.standard_t(3, size),
        "strong skew": lambda: generator.exponential(1, size) - 1,
        "very strong skew": lambda: generator.lognormal(0, 1, size) - np.exp(0.5),
    }[shape]()
    intervals = (estimate_mean(differences).interval(0.95) for differences in draws)
    held = share(interval.low <= 0 <= interval.high for interval in intervals)
    keep(f"the same, differences with {shape}", 6, held, low, high)


@pytest.mark.parametrize("margin", [None, 1.0])
@pytest.mark.parametrize("seeds", [5, 8, 12])
def test_a_word_is_seldom_wrong_where_nothing_differs(seeds, margin):
    scores, control = draw_studies("null", 4, seeds)
    wrong = share(
        any(result.word in {"better", "worse"} for result in study)
        for study in judge_studies(scores, control, margin=margin)
    )
    keep("*better* or *worse* among 4 equal arms", seeds, wrong, 0, 0.055)


@pytest.mark.parametrize("seeds", [5, 8, 12])
def test_a_word_is_seldom_wrong_beside_arms_that_do_differ(seeds):
    scores, control = draw_studies("mixed", 4, seeds)
    scores[:, :2] += 5
    wrong = share(any(result.rejected for result in study[2:]) for study in judge_studies(scores, control))
    keep("the same for 2 equal arms beside 2 better ones", seeds, wrong, 0, 0.055)


@pytest.mark.parametrize("seeds", [5, 8, 12])
def test_the_margin_is_seldom_claimed_wrongly(seeds):
    # Every true difference is exactly the margin, so that it is never less than the margin.
    scores, control = draw_studies("margin", 4, seeds)
    wrong = share(
        any(result.within_margin or result.word == "worse" for result in study)
        for study in judge_studies(scores + 2, control, margin=2.0)
    )
    keep("less than the margin, said of 4 arms off by the margin", seeds, wrong, 0, 0.055)


@pytest.mark.parametrize("seeds", [5, 8, 12])
def test_all_claims_together_are_seldom_wrong(seeds):
    # Holm passes on what the two real effects did not need, and they may still claim the margin wrongly.
    scores, control = draw_studies("all claims", 4, seeds)
    scores[:, :2] += 5
    wrong = share(
        any(result.within_margin or result.word == "worse" for result in study[:2])
        or any(result.rejected for result in study[2:])
        for study in judge_studies(scores, control, margin=5.0)
    )
    keep("any false claim, 2 arms equal, 2 off by the margin", seeds, wrong, 0, 0.075)


@pytest.mark.parametrize("seeds", [8, 12])
def test_a_large_effect_is_found(seeds):
    scores, control = draw_studies("power", 3, seeds)
    scores[:, 0] += 2
    found = share(study[0].word == "better" for study in judge_studies(scores, control, margin=0.5))
    keep("*better* found where it is 2 run-deviations", seeds, found, 0.75, 1)


@pytest.mark.parametrize("contrasts", [1, 4])
def test_the_seeds_that_are_said_to_be_needed_are_enough(contrasts):
    # The sd of a paired difference is sqrt(2) run-deviations.
    seeds = seeds_needed(1.0, np.sqrt(2), sd_degrees=7, contrasts=contrasts).likely
    scores, control = draw_studies("needed", contrasts, seeds)
    scores[:, 0] += 1
    found = share(study[0].word == "better" for study in judge_studies(scores, control))
    assert found == pytest.approx(compute_power(1, np.sqrt(2), seeds, contrasts=contrasts), abs=0.03)
    keep("power with the seeds said to be needed", contrasts, found, 0.78, 0.84)


def test_the_range_of_seeds_needed_holds_the_true_number():
    needed = seeds_needed(0.6, 1.0, sd_degrees=7).likely
    draws = chance.generator(0, "simulation", "range").normal(size=(STUDIES // 8, 8))
    ranges = (seeds_needed(0.6, row.std(ddof=1), sd_degrees=7) for row in draws)
    held = share(each.low <= needed <= each.high for each in ranges)
    # 500 studies: a standard error of 1.8 points; whole seeds make the range a little wider.
    keep("range of seeds needed holds the true number", 8, held, 0.75, 0.87)


# Standard deviations of seed, image and residual, in what a single image contributes.
LAYOUTS = {
    "varying mostly with the seed": (0.05, 0.05, 0.3),
    "varying with both": (0.02, 0.25, 0.3),
    "varying with the image alone": (0.0, 0.3, 0.3),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("seeds", [5, 8, 10, 15])
def test_the_rule_for_new_images_holds_the_mean_over_all_seeds_and_images(seeds, layout):
    generator = chance.generator(0, "simulation", "crossed", layout, seeds)
    seed_sd, image_sd, residual_sd = LAYOUTS[layout]

    def draw():
        residual = generator.normal(0.1, residual_sd, (seeds, IMAGES))
        shared = generator.normal(0, image_sd, IMAGES)
        return residual + shared + generator.normal(0, seed_sd, (seeds, 1))

    intervals = (estimate_crossed(draw()).interval(0.95) for _ in range(STUDIES))
    held = share(interval.low <= 0.1 <= interval.high for interval in intervals)
    keep(f"new images, {layout}", seeds, held, 0.94, 1)


@pytest.mark.parametrize("seeds", [5, 8, 10, 15])
def test_the_rule_for_new_images_holds_for_right_and_wrong_answers(seeds):
    # An image is right where its latent score is above zero, so the true accuracies are known.
    generator = chance.generator(0, "simulation", "right or wrong", seeds)
    ease_sd, image_sd, seed_sd = 2.0, 1.0, 0.1
    total_sd = np.sqrt(1 + ease_sd**2 + image_sd**2 + seed_sd**2)
    levels = (3.0, 2.7)
    true = ndtr(levels[0] / total_sd) - ndtr(levels[1] / total_sd)

    def answer(level, ease):
        score = generator.standard_normal((seeds, IMAGES)) + level + ease
        score += generator.normal(0, image_sd, IMAGES) + generator.normal(0, seed_sd, (seeds, 1))
        return (score > 0).astype(np.int8)

    def draw():
        ease = generator.normal(0, ease_sd, IMAGES)
        return answer(levels[0], ease) - answer(levels[1], ease)

    intervals = (estimate_crossed(draw()).interval(0.95) for _ in range(STUDIES))
    held = share(interval.low <= true <= interval.high for interval in intervals)
    keep("new images, answers right or wrong", seeds, held, 0.94, 1)
