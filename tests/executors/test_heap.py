"""Memory that one step gave back serves the next."""

import platform
import subprocess
import sys

import pytest

STEPS = """
import resource, sys
import numpy as np
from paribus.executors.heap import keep_freed_memory

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

def step():
    arrays = [np.ones(12_000_000) for _ in range(3)]  # of 96 MB, more than glibc ever keeps by itself

if sys.argv[1] == "keep":
    keep_freed_memory()
step()
before = faults()
for _ in range(5):
    step()
print(faults() - before)
"""


def faults(how: str) -> int:
    ran = subprocess.run([sys.executable, "-c", STEPS, how], capture_output=True, text=True, check=True)
    return int(ran.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another allocator")
def test_a_step_finds_the_memory_of_the_one_before():
    assert faults("keep") < 0.05 * faults("leave")
