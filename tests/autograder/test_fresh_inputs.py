"""How a blank is asked: a loop in one message, public examples before fresh inputs, and nothing is taken back."""

from dataclasses import replace

import numpy as np
import pytest

from autograder.authoring.kernel import KernelGuest
from autograder.course.verdict import FAILED, PASSED
from autograder.judging.blank import Blank, verdict_on
from autograder.judging.check import Check, check
from autograder.sandbox.fault import StudentFault
from practice.source import formula


class Many(KernelGuest):
    """Remembers what it was asked, and in how many messages."""

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


def asked(what, guest, *, public=False, singly=False):
    blank = Blank(what, b"s")
    blank.examine(guest, public=public, singly=singly)
    return blank


@pytest.mark.parametrize("public", [True, False])
def test_inputs_of_one_loop_are_asked_for_in_one_message(public):
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
    assert asked(f, guest, public=public).is_right
    assert guest.messages == [("f", 3), *[("f", 1)] * 3, *[("g", 1)] * 3]  # what a check made itself is asked singly
    guest.messages.clear()
    assert asked(f, guest, public=public, singly=True).is_right and len(guest.messages) == 9
    calls = iter(range(100))
    restless = Many(right | {"f": lambda x: 2 * x + next(calls)})
    assert not asked(f, restless, public=public).is_right


@check(weights={"f": 1.0})
def twice(blank):
    """Twice."""
    for case in blank.cases(three):
        blank.close("f", blank.call("f", *case.args), 2 * case.args[0])


@pytest.mark.parametrize("public", [True, False])
@pytest.mark.parametrize("bad", range(3))
@pytest.mark.parametrize("wrong", [lambda x: x, lambda x: None, lambda x: 1 / 0, lambda x: [[1], [2, 3]]])
def test_one_wrong_answer_of_several_is_seen(wrong, bad, public):
    guest = Many({"f": lambda x: wrong(x) if len(x) == bad + 2 else 2 * x})
    assert not asked(twice, guest, public=public).is_right


def test_fresh_inputs_are_others_each_time_and_a_value_that_came_stays():
    seen = []
    blank = Blank(twice, b"s")
    for factor in (2, 3, 2, 2):
        blank.examine(Many({"f": lambda x, factor=factor: seen.append(x.tolist()) or factor * x}), public=False)
    assert len({tuple(x) for x in seen}) == len(seen) == 12 and blank.shown == 4
    assert (blank.verdict(1.0).outcome, blank.share()) == (FAILED, 0.0)


@pytest.mark.parametrize(("diagnosis", "then"), [("died", PASSED), ("timed_out", PASSED), ("raised", PASSED)])
def test_what_gave_no_value_may_be_asked_again(diagnosis, then):
    class Ending(KernelGuest):
        def calls(self, name, many):
            raise StudentFault(diagnosis, "The call ended.")

    blank = asked(twice, Ending({}))
    assert blank.unanswered(public=False) == (diagnosis != "raised") and blank.verdict(1.0).diagnosis == diagnosis
    blank.examine(Many({"f": lambda x: 2 * x}), public=False)
    assert blank.verdict(1.0).outcome == then


def test_public_examples_are_asked_first_and_fresh_inputs_only_of_what_came_to_its_end():
    order = []

    @check(weights={"f": 1.0})
    def f(blank):
        """Twice."""
        for case in blank.cases(three):
            order.append(case.public)
            blank.close("f", blank.call("f", *case.args), 2 * case.args[0])

    assert verdict_on(f, Many({"f": lambda x: 2 * x}), b"s").score == 1.0
    half = len(order) // 2
    assert order == [True] * half + [False] * half
    order.clear()
    assert verdict_on(f, Many({"f": lambda x: 1 / 0}), b"s").score == 0.0 and order == [True]


# what is drawn is remembered for the next answer


def drawing(made):
    """A check of f that doubles, and the list to which its inputs add what `made(rng)` gives each time it is asked."""
    drawn = []

    def inputs(rng):
        drawn.append(made(rng))
        yield "case", (rng.uniform(1, 2, size=2), drawn[-1])

    @check(weights={"f": 1.0})
    def f(blank):
        for case in blank.cases(inputs):
            blank.close("f", blank.call("f", *case.args), 2 * case.args[0])

    return f, drawn


def test_a_set_of_inputs_is_drawn_once_whoever_answers_and_another_seed_draws_another():
    f, drawn = drawing(lambda rng: rng.uniform(size=3))

    def spoils(x, y):
        x *= 2
        y *= 0
        return x

    for _ in range(2):
        for answer in (spoils, lambda x, y: 2 * x, lambda x, y: np.add(x, x, out=x)):
            assert asked(f, Many({"f": answer})).is_right
            assert asked(f, Many({"f": answer}), public=True).is_right
    assert len(drawn) == 2 and np.all(drawn[0] > 0)
    Blank(f, b"another").examine(Many({"f": lambda x, y: 2 * x}), public=False)
    assert len(drawn) == 3 and not np.array_equal(drawn[0], drawn[2])


@pytest.mark.parametrize(("made", "times"), [(lambda rng: formula("lambda x: 2 * x"), 1), (lambda rng: [].append, 2)])
def test_a_formula_is_remembered_and_a_function_that_may_have_a_memory_is_made_anew(made, times):
    f, drawn = drawing(made)
    for _ in range(2):
        assert asked(f, Many({"f": lambda x, function: 2 * x})).is_right
    assert len(drawn) == times


def test_what_is_wanted_of_the_same_formula_is_computed_once():
    counted = []
    wanted = Check(returns={"y": 1.0}, inputs=three, witness=lambda f, x: counted.append(x) or f(x), name="y")
    wanted = replace(wanted, names={"y": lambda f, x: f(x)})
    for source in ("lambda x: 2 * x", "lambda x: 2 * x", "lambda x: 3 * x"):
        assert wanted.wanted((formula(source), 2.0)) == formula(source)(2.0)
    assert len(counted) == 2
    for _ in range(2):
        wanted.wanted((abs, 2.0))
    assert len(counted) == 4


@pytest.mark.parametrize("value", [1.5, np.float64(2), np.arange(6.0).reshape(2, 3).T, np.arange(4.0)[::2], 3, True])
def test_what_a_function_of_the_host_gets_in_this_process_is_what_the_wire_would_bring(value):
    came = []
    KernelGuest({"f": lambda g: g(value)}).call("f", (lambda x: came.append(x) or 0.0,))
    assert np.array_equal(came[0], value) and came[0] is not value
    assert np.asarray(came[0]).flags.c_contiguous and np.asarray(came[0]).dtype == np.float64
