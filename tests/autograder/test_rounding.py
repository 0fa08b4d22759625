"""The tolerance follows the reference's own rounding: other orders of a sum pass, no numerical derivative does."""

from dataclasses import replace

import numpy as np
import pytest

from autograder.authoring.trials import is_right
from autograder.judging import rounding
from autograder.judging.rounding import EPS, LEAST, allowed
from tests.autograder.assignments import check

A1 = "a1-neuron"
EXACT = ("column_gradients", "row_gradients", "weighted_gradients", "sigmoid_derivative", "train")


def total(x):
    return np.sum(x)


def tolerance(reference, *args):
    (found,) = allowed(reference, args, (reference(*args),))
    return found


def test_where_nothing_is_lost_it_is_a_few_digits_of_the_last_place():
    x = np.random.default_rng(0).uniform(1, 2, 50)
    assert tolerance(lambda x: 3 * x, x) <= 8 * LEAST and tolerance(total, x) <= 8 * LEAST


@pytest.mark.parametrize("digits", [2, 4, 6])
def test_where_a_sum_cancels_it_grows_with_what_is_lost(digits):
    x = np.random.default_rng(1).uniform(1, 2, 50)
    x = np.r_[x, -x]
    x[0] += 10.0 ** (1 - digits)
    assert 10.0**digits * EPS < tolerance(total, x) < 10.0 ** (digits + 4) * EPS


def test_it_is_the_same_each_time_and_leaves_what_is_given():
    given = {"AND": (np.array([0.5, 0.25]), 0.7)}, [np.ones(3)], 2, "a", np.arange(3)
    reference = lambda gates, xs, k, name, whole: gates["AND"][0] * xs[0][0] * k + whole[1]  # noqa: E731
    assert tolerance(reference, *given) == tolerance(reference, *given)
    assert given[0]["AND"][0].tolist() == [0.5, 0.25] and given[1][0].tolist() == [1, 1, 1]


def test_what_is_not_finite_or_nothing_has_a_tolerance():
    assert tolerance(lambda x: x, np.array([np.inf, np.nan, 1.0])) <= 8 * LEAST
    assert tolerance(lambda x: x, np.zeros(0)) == LEAST == tolerance(lambda x: 0 * x, np.ones(3))


@pytest.mark.parametrize("blank", EXACT)
def test_right_answers_in_every_form_pass_and_a_digit_lost_does_not(blank):
    made = check(A1, blank)
    for variant in made.variants:
        if variant.right:
            assert all(is_right(made, variant.function(made.names), b"%d" % k) for k in range(20)), variant.label

    def off(*args):
        value = made.reference(*args)
        return tuple(_off(part) for part in value) if isinstance(value, tuple) else _off(value)

    assert not any(is_right(made, off, b"%d" % k) for k in range(20))


def _off(part):
    return np.asarray(part) * (1 + 1e-13)


@pytest.mark.parametrize(("times", "least"), [(1e4, rounding.LEAST), (8, 1e-12)])
def test_a_tolerance_ten_thousand_times_too_wide_is_seen(monkeypatch, times, least):
    monkeypatch.setattr(rounding, "TIMES", times)
    monkeypatch.setattr(rounding, "LEAST", least)
    made = replace(check(A1, "sigmoid_derivative"))  # which remembers nothing yet
    assert is_right(made, lambda z: _off(made.reference(z)), b"")
