"""The passport of a data set: what is known of it before anything is trained. Knows no pages and no runs."""

from paribus.data.passport.counting import Counts, Sizes
from paribus.data.passport.doubts import Doubt, HeldOut
from paribus.data.passport.findings import LEAKING, count_leaked, say_leak, say_twins, write_findings
from paribus.data.passport.plain import as_plain
from paribus.data.passport.samples import choose_samples
from paribus.data.passport.summing_up import Passport, count_pairs, make_passport
from paribus.data.passport.twins import Twin, Twins, find_twins, is_cheap

__all__ = [
    "LEAKING",
    "Counts",
    "Doubt",
    "HeldOut",
    "Passport",
    "Sizes",
    "Twin",
    "Twins",
    "as_plain",
    "choose_samples",
    "count_leaked",
    "count_pairs",
    "find_twins",
    "is_cheap",
    "make_passport",
    "say_leak",
    "say_twins",
    "write_findings",
]
