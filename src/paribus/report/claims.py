"""The section on what was claimed before the first run, and what became of it."""

import re

from paribus.analysis.claim_sentences import count_words, say_other_splits, say_published, share
from paribus.analysis.results import ClaimResult, Conclusion
from paribus.report.inputs import ReportInput
from paribus.report.markup import Html, element
from paribus.report.numerals import NOTHING, as_interval, as_level, as_list, as_points, as_range, count_of
from paribus.report.tables import write_table

CLAIMS_ID = "claims"
_UNLESS = ", unless it says otherwise"
CLAIM_TITLES = {
    "claim": "",
    "outcome": "",
    "measured": "number",
    "interval": "",
    "published": "",
    "in words": "",
}


def write_claims(report: ReportInput) -> Html:
    """Nothing where nothing was claimed."""
    claims = report.conclusion.claims
    if not claims:
        return Html("")
    published = any(claim.published for claim in claims)
    titles = {title: kind for title, kind in CLAIM_TITLES.items() if title != "published" or published}
    rows = [_write_claim(claim, published=published) for claim in claims]
    table = write_table("claims", titles, rows, label="Claims", caption=say_claims_caption(report.conclusion))
    heading = element("h2", "Claims", id="claims-title")
    return element("section", heading, table, id=CLAIMS_ID, aria_labelledby="claims-title")


def write_count(report: ReportInput) -> Html:
    """One sentence for the first screen, which leads to the section."""
    if not report.conclusion.claims:
        return Html("")
    before, word, after = re.split("(claims?)", count_words(report.conclusion.claims), maxsplit=1)
    return element("p", before, element("a", word, href=f"#{CLAIMS_ID}"), after, class_="verdict")


def say_claims_caption(conclusion: Conclusion) -> str:
    """How the words were found."""
    claims = conclusion.claims
    late = any(claim.known_before for claim in claims)
    levels = sorted({as_level(claim.level) for claim in claims if claim.level is not None})
    said = [
        f"Claimed before any result of their arms{_UNLESS if late else ''}.",
        f"A word follows from the interval beside it ({as_list(levels)}), corrected for all claims."
        if levels
        else "",
        say_other_splits(claims, conclusion.split),
    ]
    return " ".join(text for text in said if text)


def describe_claim(claim: ClaimResult) -> list[str]:
    """Claim, outcome, measured, interval, published, and all of it in words."""
    return [
        claim.claim,
        say_outcome(claim),
        say_measured(claim),
        say_interval(claim),
        say_published(claim),
        claim.sentence,
    ]


def say_outcome(claim: ClaimResult) -> str:
    return f"undecided with {count_of(claim.seeds, 'seed')}" if claim.word == "undecided" else claim.word


def say_measured(claim: ClaimResult) -> str:
    """A difference in points, a share in per cent, or how many runs diverged."""
    if claim.kind == "diverges":
        lost, runs = claim.diverged.get(claim.arm, (0, claim.seeds))
        return f"{lost} of {runs}"
    if claim.estimate is None:
        return NOTHING
    return share(claim.estimate) if claim.kind == "reaches" else f"{as_points(claim.estimate)} points"


def say_interval(claim: ClaimResult) -> str:
    if claim.low is None or claim.high is None:
        return ""
    if claim.kind in {"reaches", "diverges"}:
        return as_range(claim.low, claim.high, 2 if claim.kind == "reaches" else 0)
    return as_interval(claim.low, claim.high)


def _write_claim(claim: ClaimResult, *, published: bool) -> Html:
    _, outcome, measured, interval, figures, words = describe_claim(claim)
    return element(
        "tr",
        element("th", claim.claim, scope="row", class_="long", dir="auto"),
        element("td", element("strong", outcome) if claim.word != "undecided" else outcome, class_="word"),
        element("td", measured, class_="number", data_value=claim.estimate),
        element("td", interval, class_="interval"),
        *([element("td", figures, class_="words", dir="auto")] if published else []),
        element("td", words, class_="words", dir="auto"),
    )
