import os

import pytest
import torch

from paribus.executors import Execution
from paribus.executors.processor import (
    _lines_of_cpuinfo,
    computes_bf16,
    count_processors,
    processor_name,
)

X86 = "processor\t: 0\nmodel name\t: Some CPU @ 2 GHz\nflags\t\t: fpu avx512f avx512_bf16\n\nprocessor\t: 1\n"


@pytest.mark.parametrize(
    ("content", "name", "flags"),
    [(X86, "Some CPU @ 2 GHz", "fpu avx512f avx512_bf16"), ("Features\t: fp asimd bf16\n", None, None),
     ("", None, None)],
)  # fmt: skip
def test_what_linux_says_of_its_processor_is_read_line_by_line(content, name, flags, tmp_path):
    path = tmp_path / "cpuinfo"
    path.write_text(content)
    found = _lines_of_cpuinfo(path)
    assert (found.get("model name"), found.get("flags")) == (name, flags)
    assert found.get("Features") == ("fp asimd bf16" if "asimd" in content else None)


def test_where_nothing_is_said_nothing_is_known(tmp_path):
    assert _lines_of_cpuinfo(tmp_path / "missing") == {}


def test_it_agrees_with_torch_on_this_machine():
    assert processor_name()
    if (found := computes_bf16()) is not None:
        assert found == torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system pins no process")
def test_slots_are_as_many_as_the_processors_that_one_may_use():
    before = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(before)})
        assert count_processors() == Execution().slot_count == 1
        assert Execution(threads=2).slot_count == 1
    finally:
        os.sched_setaffinity(0, before)
    assert count_processors() == len(before)
