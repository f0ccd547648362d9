import dataclasses

import pytest

from paribus.errors import SpecError
from paribus.nets import NetSize
from paribus.nets.limits import refuse_beyond
from paribus.specs.study import LimitsSpec

SIZE = NetSize(123_456, 41_300_000, 496_008, (("conv2", 73_856), ("linear1", 20_490), ("", 30)))
BIGGEST = "Its biggest layers by parameters: conv2 73,856, linear1 20,490, its own 30"


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"parameters": 100_000}, "123,456 parameters; limits.parameters allows 100,000"),
        ({"flops": 41_299_999}, "41,300,000 FLOPs an image; limits.flops allows 41,299,999"),
        ({"size": "400 kB"}, "496,008 bytes of weights (496 kB); limits.size allows 400,000"),
        ({"parameters": 1, "flops": 1, "size": 1}, "123,456 parameters; limits.parameters allows 1"),
    ],
)
def test_what_exceeds_a_limit_is_refused_with_its_biggest_layers(limits, message):
    with pytest.raises(SpecError) as caught:
        refuse_beyond(LimitsSpec.model_validate(limits), SIZE)
    assert str(caught.value) == f"the net has {message}. {BIGGEST}"


@pytest.mark.parametrize(
    "limits",
    [{}, {"parameters": 123_456, "flops": 41_300_000, "size": 496_008}, {"size": "0.5 MB"}, {"size": False}],
)
def test_what_is_within_is_not(limits):
    refuse_beyond(LimitsSpec.model_validate(limits), SIZE)


def test_flops_that_are_not_known_are_refused_only_where_they_are_limited():
    unknown = dataclasses.replace(SIZE, flops=None, biggest=())
    refuse_beyond(LimitsSpec(parameters=123_456), unknown)
    with pytest.raises(SpecError, match="its FLOPs are not known"):
        refuse_beyond(LimitsSpec(flops=10**12), unknown)


@pytest.mark.parametrize(
    ("given", "size"), [("600 kB", 600_000), ("2.5MB", 2_500_000), ("1 GB", 10**9), ("7 B", 7), (12, 12)]
)
def test_sizes_may_be_written_with_a_unit(given, size):
    assert LimitsSpec.model_validate({"size": given}).size == size
