"""The first look at a blank: fresh inputs alone, all of one loop in one message, up to the first failure."""

import numpy as np
import pytest

from autograder.author import KernelGuest
from autograder.judgement import Blank, StudentFault, check
from autograder.verdict import FAILED
from tests.autograder.test_judgement import numbers


class Many(KernelGuest):
    """Answers several calls in one message, as the sandbox does; remembers what it was asked."""

    def __init__(self, namespace):
        super().__init__(namespace)
        self.messages = []

    def call(self, name, args):
        self.messages.append((name, 1))
        return super().call(name, args)

    def calls(self, name, many):
        self.messages.append((name, len(many)))
        return [self._one(name, args) for args in many]

    def _one(self, name, args):
        try:
            return super().call(name, args)
        except StudentFault as fault:
            return fault


def three(rng):
    for k in range(3):
        yield f"case {k}", (rng.uniform(1, 2, size=k + 2),)


def test_fresh_inputs_of_one_loop_are_asked_for_in_one_message():
    @check(weights={"f": 0.5, "g": 0.5})
    def f(blank):
        """Twice, each value asked for twice; and the sum of what came."""
        for case in blank.cases(three):
            got = blank.call("f", *case.args)
            blank.close("f", got, 2 * case.args[0])
            blank.true("f", np.array_equal(got, blank.call("f", *case.args)), "another value")
        for case in blank.cases(three):
            blank.close("g", blank.call("g", 3 * case.args[0]), 3 * case.args[0].sum())

    right = {"f": lambda x: 2 * x, "g": np.sum}
    guest = Many(right)
    assert Blank(f, guest, b"s", fresh_only=True).verdict(1.0).score == 1.0
    assert guest.messages == [("f", 3), *[("f", 1)] * 3, *[("g", 1)] * 3]  # what a check made itself is asked singly
    calls = iter(range(100))
    restless = Many(right | {"f": lambda x: 2 * x + next(calls)})
    assert Blank(f, restless, b"s", fresh_only=True).verdict(1.0).outcome == FAILED


@pytest.mark.parametrize("bad", range(3))
@pytest.mark.parametrize("wrong", [lambda x: x, lambda x: None, lambda x: 1 / 0, lambda x: [[1], [2, 3]]])
def test_one_wrong_answer_of_several_is_seen_and_ends_the_look(wrong, bad):
    seen = []

    @check(weights={"f": 1.0})
    def f(blank):
        """Twice."""
        for case in blank.cases(three):
            seen.append(len(case.args[0]) - 2)
            blank.close("f", blank.call("f", *case.args), 2 * case.args[0])

    guest = Many({"f": lambda x: wrong(x) if len(x) == bad + 2 else 2 * x})
    verdict = Blank(f, guest, b"s", fresh_only=True).verdict(1.0)
    assert (verdict.outcome, verdict.score) == (FAILED, 0.0) and seen == [*range(bad + 1)]


def test_without_the_public_examples_only_fresh_inputs_are_asked():
    asked = []

    @check(weights={"f": 1.0})
    def f(blank):
        """Twice."""
        for case in blank.cases(numbers):
            asked.append(case.public)
            blank.close("f", blank.call("f", *case.args), 2 * case.args[0])

    guest = Many({"f": lambda x: 2 * x})
    assert Blank(f, guest, b"s").verdict(1.0).score == Blank(f, guest, b"s", fresh_only=True).verdict(1.0).score == 1.0
    assert asked == [True, False] * (len(asked) // 3) + [False] * (len(asked) // 3)
