"""A submission that keeps a processor busy, graded beside honest ones: it slows nobody but itself."""

import ctypes
import os
import subprocess
import sys

import pytest
from nbformat.v4 import new_code_cell

from tests.a1_class import ASSIGNMENT, UNCHECKED, environment, hand_in, hurried, released, solved, verdict

CLONE_NEWNET = 0x40000000
HOG = """
import os, time
wait, go = os.pipe()
for _ in range(58):
    if os.fork() == 0:
        os.setsid()  # the kernel gives each session a share of its own
        os.close(go)
        os.read(wait, 1)
        ends = time.monotonic() + 5  # longer than a cell may take
        while time.monotonic() < ends:
            pass
        os._exit(0)
os.close(go)
"""
LONG = """
import time
time.sleep(1)  # until the other is at its work
total = 0
for k in range(2_000_000):  # a tenth of the two seconds that a cell has here
    total += k
done = True
"""


def _with_cell(course, source, at, **answers):
    notebook = solved(course, **answers)
    notebook.cells.insert(at, new_code_cell(source))
    return notebook


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="there is one core for both")
def test_beside_58_busy_processes_an_honest_submission_loses_no_mark(root, tmp_path):
    course = released(root, tmp_path)
    answer = "def sigmoid_derivative(z):\n    return sigmoid(z) * (1 - sigmoid(z)) if done else None"
    hand_in(course, "honest", _with_cell(course, LONG, 1, sigmoid_derivative=answer))
    hand_in(course, "hog", _with_cell(course, HOG, 0))
    command = [sys.executable, "-m", "autograder", "grade", ASSIGNMENT, "--jobs", "2"]
    fast = environment(root, PYTHONPATH=hurried(root))
    run = subprocess.run(command, cwd=course.root, env=fast, preexec_fn=_alone, **UNCHECKED)
    assert run.returncode == 0, run.stderr
    assert verdict(course, "honest").score == 40.0
    assert all(blank.score is not None for blank in verdict(course, "hog").blanks)


def _alone():
    """In a network of its own, where root may have one: submissions of other tests then hold none of its cores."""
    ctypes.CDLL(None).unshare(CLONE_NEWNET)
