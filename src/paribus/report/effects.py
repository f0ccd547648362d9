"""The table of main effects and interactions of a factorial."""

from paribus.analysis.effects import Effect, EffectsResult
from paribus.report.markup import Html, element, escape, join, write_name
from paribus.report.numerals import as_interval, as_level, as_list, as_points, as_probability, count_of
from paribus.report.tables import write_table

MOST_INTERACTIONS = 12  # rows; the clearest ones
TITLES = {"of": "", "effect": "", "points": "number", "interval, points": "", "p, Holm": "number"}


def write_effects(found: EffectsResult | None) -> Html:
    """Nothing under two factors; a sentence where the grid has a hole."""
    if found is None:
        return Html("")
    if not found.effects:
        why = (
            f"{count_of(found.holes, 'arm')} of the grid diverged or "
            f"{'is' if found.holes == 1 else 'are'} without a score"
            if found.holes
            else "too few seeds"
        )
        return element("p", f"No table of effects, which takes a full grid: {why}.", class_="note")
    mains = [effect for effect in found.effects if len(effect.factors) == 1]
    crossed = [effect for effect in found.effects if len(effect.factors) == 2]
    shown = sorted(crossed, key=lambda e: (-1 if e.p_holm is None else e.p_holm, -abs(e.difference)))
    rows = [_write_row(effect) for effect in (*mains, *shown[:MOST_INTERACTIONS])]
    cut = (
        f" Of {len(crossed)} interactions the {MOST_INTERACTIONS} clearest."
        if len(crossed) > MOST_INTERACTIONS
        else ""
    )
    levels = f" ({as_list([as_level(level) for level in found.levels])})" if found.levels else ""
    caption = (
        "Main effects: a value against the base value, the other factors averaged. Interactions: what two "
        f"values do together beyond the sum of each. Paired over {count_of(found.seeds, 'seed')}; "
        f"intervals{levels} and p are corrected for all {len(found.effects)} effects.{cut}"
    )
    heading = element("h3", "Main effects and interactions")
    return join(heading, write_table("effects", TITLES, rows, label="Effects", caption=caption))


def _write_row(effect: Effect) -> Html:
    names = join(*(write_name(name) for name in effect.factors), by=" \N{MULTIPLICATION SIGN} ")
    pairs = [
        join(write_name(value), " instead of ", write_name(base))
        for value, base in zip(effect.values, effect.bases, strict=True)
    ]
    cells = [
        ("number", as_points(effect.difference)),
        (None, as_interval(effect.low, effect.high)),
        ("number", as_probability(effect.p_holm)),
    ]
    return element(
        "tr",
        element("th", names, scope="row"),
        element("td", join(*pairs, by=escape(" with "))),
        *(element("td", cell, class_=kind) for kind, cell in cells),
    )
