"""What checks are written with: `from autograder.kit import Check, …`, and the inputs that assignments share.

Every kind of input that a student should have thought of is drawn from the generator that is passed in. Entries are
rounded so that an example shown to a student can be read.
"""

import numpy as np

from autograder.judging.check import Check as Check
from autograder.judging.check import check as check
from autograder.sandbox.fault import StudentFault as StudentFault
from practice.comparing import EXACT as EXACT
from practice.faults import View as View
from practice.source import formula as formula
from practice.values import describe as describe
from practice.values import numeric as numeric

SHAPES = (
    ("m = 6, n = 3", 6, 3, 1),
    ("as many examples as inputs (m = n = 4)", 4, 4, 1),
    ("one example (m = 1)", 1, 3, 1),
    ("one input (n = 1)", 5, 1, 1),
    ("more inputs than examples (m = 2, n = 5)", 2, 5, 1),
    ("inputs in the thousands", 6, 3, 1000),
)


def minibatches(rng):
    """X (m, n) and error signals delta (m,)."""
    for label, X, delta, _ in weighted_minibatches(rng):
        yield label, (X, delta)


def weighted_minibatches(rng):
    """A label, X (m, n), delta (m,), and weights s (m,) of the examples, in each of SHAPES."""
    for label, m, n, scale in SHAPES:
        X, delta, s = minibatch(rng, m, n)
        yield label, scale * X, delta, s


def minibatch(rng, m, n, weights=None):
    """X, delta and s whose weighted sums do not nearly cancel, so that rounding stays far below EXACT."""
    while True:
        X, delta, s = rng.normal(size=(m, n)).round(3), rng.uniform(-1, 1, m).round(3), rng.uniform(0.2, 2, m).round(2)
        s = s if weights is None else weights
        sums = [(np.abs(X.T @ d).max(), abs(d.sum())) for d in (delta, s * delta, s, np.ones(m))]
        if np.min(sums) > 0.1 * m:
            return X, delta, s
