"""The passport of a data set: what is known of it before anything is trained. Knows no pages and no runs."""

from paribus.data.passport.twins import Twin, Twins, find_twins, is_cheap

__all__ = ["Twin", "Twins", "find_twins", "is_cheap"]
