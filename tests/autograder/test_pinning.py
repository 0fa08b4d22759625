"""Each submission under way has a core of its own, where there are enough of them."""

import os
from collections import Counter
from contextlib import ExitStack

import pytest

from autograder.sandbox import pinning
from autograder.sandbox.pinning import allowed_cores, core_of_its_own
from autograder.sandbox.sandbox import Sandbox

ALLOWED = "import os\ndef probe():\n    return sorted(os.sched_getaffinity(0))"


@pytest.fixture(autouse=True)
def nobody_else(monkeypatch):
    """Other submissions of this machine hold nothing here."""
    monkeypatch.setattr(pinning, "NAME", f"test-core-{os.getpid()}")


def test_all_cores_are_held_before_one_is_shared_and_then_evenly():
    with ExitStack() as stack:
        cores = [stack.enter_context(core_of_its_own()) for _ in range(3 * len(allowed_cores()))]
    assert sorted(cores[: len(allowed_cores())]) == allowed_cores()
    assert set(Counter(cores).values()) == {3}


def test_a_core_is_free_again_when_its_submission_has_ended():
    with core_of_its_own() as first:
        pass
    with core_of_its_own() as second:
        assert first == second


def test_only_cores_that_the_grader_may_use_are_given():
    before = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {max(before)})
        with core_of_its_own() as one, core_of_its_own() as other:
            assert one == other == max(before)
    finally:
        os.sched_setaffinity(0, before)


def test_where_nothing_is_said_of_cores_there_is_none(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity")
    with core_of_its_own() as core:
        assert core is None


@pytest.mark.parametrize("unsafe", [False, True])
def test_submissions_at_once_run_on_cores_of_their_own(unsafe):
    with Sandbox(unsafe_no_sandbox=unsafe) as box, ExitStack() as stack:
        cores = []
        for _ in allowed_cores():
            session = stack.enter_context(box.session())
            session.run([{"source": ALLOWED, "isolated": False}])
            with session.fork() as fork:
                cores += fork.call("probe", ()).value
    assert sorted(cores) == allowed_cores()
