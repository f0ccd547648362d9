"""What was asked: frozen, validated, serialisable. Knows nothing of how it is carried out."""

from paribus.specs.augments import AUGMENTS, AugmentOptions
from paribus.specs.datasets import DATASETS, DataOptions
from paribus.specs.files import (
    StudyFile,
    parse_setting,
    parse_study,
    read_study,
    study_toml,
    value_toml,
)  # fmt: skip
from paribus.specs.identity import canonical, digest, fingerprint
from paribus.specs.nets import NETS
from paribus.specs.optimizers import OPTIMIZERS, OptimizerOptions
from paribus.specs.recipe import RecipeSpec, StopSpec
from paribus.specs.schedules import SCHEDULES, ScheduleOptions
from paribus.specs.start import StartSpec
from paribus.specs.study import BASE_ARM, StudySpec
from paribus.specs.tables import builder_of

__all__ = [
    "AUGMENTS",
    "BASE_ARM",
    "DATASETS",
    "NETS",
    "OPTIMIZERS",
    "SCHEDULES",
    "AugmentOptions",
    "DataOptions",
    "OptimizerOptions",
    "RecipeSpec",
    "ScheduleOptions",
    "StartSpec",
    "StopSpec",
    "StudyFile",
    "StudySpec",
    "builder_of",
    "canonical",
    "digest",
    "fingerprint",
    "parse_setting",
    "parse_study",
    "read_study",
    "study_toml",
    "value_toml",
]
