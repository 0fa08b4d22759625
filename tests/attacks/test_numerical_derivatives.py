"""Derivatives by differences: what no tolerance can tell from a formula keeps its marks, and staff are told why."""

import pytest

STENCIL = """\
import math
def weights(order):
    half = order // 2
    return [2 * (-1) ** (k + 1) * math.factorial(half) ** 2 / (k * math.factorial(half - k) * math.factorial(half + k))
            for k in range(1, half + 1)]
def sigmoid_derivative(z):
    h = STEP
    terms = (c * (sigmoid(z + k * h) - sigmoid(z - k * h)) for k, c in enumerate(weights(ORDER), start=1))
    return sum(terms) / (2 * h)
"""
EXTENDED = """\
def exact(t):
    return np.exp(np.minimum(t, 0)) / (1 + np.exp(-np.abs(t)))
def sigmoid_derivative(z):
    z, h = z.astype(np.longdouble), np.longdouble(1e-4)
    near = 8 * (exact(z + h) - exact(z - h))
    return ((near - exact(z + 2 * h) + exact(z - 2 * h)) / (12 * h)).astype(float)
"""
DECIMAL = """\
from decimal import Decimal, getcontext
getcontext().prec = 60
def exact(t):
    return 1 / (1 + (-t).exp())
def sigmoid_derivative(z):
    h = Decimal("1e-15")
    slopes = [(exact(Decimal(t) + h) - exact(Decimal(t) - h)) / (2 * h) for t in z.ravel().tolist()]
    return np.array(slopes, dtype=float).reshape(z.shape)
"""


def stencil(order, step):
    return STENCIL.replace("ORDER", str(order)).replace("STEP", str(step))


def judged(attacked, code, **others):
    verdict = attacked.verdict({"sigmoid_derivative": code, **others}, solved=True)
    blank = next(blank for blank in verdict.blanks if blank.grade_id == "sigmoid_derivative")
    return blank.score / blank.points, verdict.staff_notes


@pytest.mark.parametrize(("order", "step"), [(2, 6e-6), (4, 1e-3), (6, 1e-2)])
def test_differences_of_low_order_lose_on_accuracy(attacked, order, step):
    share, _ = judged(attacked, stencil(order, step))
    assert share <= 0.5


@pytest.mark.parametrize(("code", "word"), [(EXTENDED, "extended precision"), (DECIMAL, "extended precision")])
def test_more_digits_than_float64_has_are_a_note_for_staff(attacked, code, word):
    """Where they come as near as the formula; those of fourth order may, to the last digit."""
    share, notes = judged(attacked, code)
    assert (share > 0 or code is EXTENDED) and [
        note for note in notes if note.startswith("sigmoid_derivative: ") and word in note
    ]


def test_shifted_calls_of_what_the_host_answers_for_are_a_note_for_staff(attacked):
    """The reference answers for a wrong sigmoid: here alone the host sees at which arguments it is called."""
    broken = "def sigmoid(z):\n    raise ValueError"
    _, notes = judged(attacked, stencil(8, 0.05), sigmoid=broken)
    assert [note for note in notes if "at shifted arguments" in note]
    _, notes = judged(attacked, "def sigmoid_derivative(z):\n    return sigmoid(z) * sigmoid(-z)", sigmoid=broken)
    assert notes == ()


def test_training_is_no_numerical_derivative(attacked):
    verdict = attacked.verdict({"sigmoid": "def sigmoid(z):\n    raise ValueError"}, solved=True)
    assert verdict.staff_notes == ()
