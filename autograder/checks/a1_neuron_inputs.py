"""Inputs for the checks of a1-neuron: every kind a student should have thought of, drawn from the generator passed in.

Entries are rounded so that an example shown to a student can be read.
"""

import numpy as np

# perceptron, gates, XOR


def real_rows(rng):
    """Rows whose weighted sums keep away from the threshold: entries have two decimals, theta ends in 5e-5."""
    for label, m, n in (("40 rows of 3 inputs", 40, 3), ("30 rows of one input", 30, 1), ("one row of 4 inputs", 1, 4)):
        X, w = rng.normal(size=(m, n)).round(2), rng.normal(size=n).round(2)
        yield label, (X, w, rng.choice([-1, 1]) * round(rng.uniform(0.3, 1), 2) + 5e-5)


def rows_on_the_threshold(rng):
    """Small whole numbers, so that sums are exact, and every fourth row exactly on the threshold."""
    X, w = rng.integers(-3, 4, size=(40, 3)).astype(float), rng.integers(1, 4, size=3).astype(float)
    X[::4] = X[0]
    yield "weighted sums equal to theta", (X, w, float(X[0] @ w))


def gates(rng):
    """The three gates; there is nothing to draw."""
    yield from ((f"{name} on the inputs 00, 01, 10, 11", (name,)) for name in ("AND", "OR", "NAND"))


def random_gates(rng):
    """Weights and thresholds of AND, OR and NAND, right for any inputs 0 and 1."""
    w, v = rng.uniform(0.5, 1.5, size=(2, 2)).round(2)
    share = rng.uniform(0.2, 0.8, size=2)
    theta_and, theta_or = round(w.max() + share[0] * w.min(), 3), round(share[1] * v.min(), 3)
    return {"AND": (w, theta_and), "OR": (v, theta_or), "NAND": (-w[::-1], -theta_and)}


def binary_rows(rng):
    """Truth tables with their rows repeated in a fresh order."""
    for label, m in (("rows of 0 and 1", 24), ("one row of 0 and 1", 1)):
        yield label, (rng.integers(0, 2, size=(m, 2)).astype(float), random_gates(rng))


def plane_rows(rng):
    """Points of the plane, which the first layer's two lines separate in a way only these gates do."""
    for label in ("real inputs", "real inputs and other gates"):
        yield label, (rng.uniform(-0.5, 1.5, size=(40, 2)).round(3), random_gates(rng))


# sigmoid and log loss


def preactivations(rng):
    """Weighted sums of ordinary size, in several shapes."""
    for label, shape in (("z of shape (9,)", 9), ("z of shape (4, 3)", (4, 3)), ("z of shape (1,)", 1)):
        yield label, (rng.uniform(-3, 3, size=shape).round(3),)
    yield "z near 0", (np.array([0.0, -1e-6, 1e-6, -0.01, 0.01]) * (1 + rng.uniform(size=5).round(3)),)


def saturated(rng):
    """Weighted sums so large that exp(|z|) is infinite in float64 (from 710 on), among ordinary ones."""
    for label, largest in (("|z| up to 800", 800), ("|z| up to 1000", 1000)):
        z = rng.uniform(750, largest, size=4).round(1) * [-1, 1, -1, 1]
        yield label, (np.r_[z, rng.uniform(-3, 3, size=4).round(3)],)


def labelled_logits(rng):
    """Labels y and logits z of ordinary size; only of the last kind could z be taken for a probability."""
    for label, m in (("soft labels, m = 8", 8), ("one example (m = 1) with a soft label", 1)):
        yield label, (rng.uniform(0.1, 0.9, size=m).round(2), _logits(rng, m))
    for label, m in (("labels 0 and 1, m = 12", 12), ("two examples", 2)):
        yield label, (np.arange(m) % 2.0, _logits(rng, m))
    y, z = rng.uniform(0.1, 0.9, size=(2, 6))
    yield "z between 0 and 1", (y.round(2), z.round(3))


def _logits(rng, m):
    return (rng.uniform(1.1, 5, size=m) * rng.choice([-1, 1], size=m)).round(3)


def sure_logits(rng):
    """Predictions so sure that σ(z) rounds to 0 or 1, some of them wrong: the loss is then about |z|."""
    z = rng.uniform(750, 1000, size=8).round(1)
    z[::2] *= -1
    hard = (z > 0).astype(float)
    yield "sure and right, labels 0 and 1", (hard, z)
    yield "sure, one of them wrong", (np.r_[1 - hard[:1], hard[1:]], z)
    yield "sure, soft labels", (rng.uniform(0.1, 0.9, size=8).round(2), z)


# gradients

SHAPES = (
    ("m = 6, n = 3", 6, 3, 1),
    ("as many examples as inputs (m = n = 4)", 4, 4, 1),
    ("one example (m = 1)", 1, 3, 1),
    ("one input (n = 1)", 5, 1, 1),
    ("more inputs than examples (m = 2, n = 5)", 2, 5, 1),
    ("inputs in the thousands", 6, 3, 1000),
)


def rows(rng):
    """X (m, n) and error signals delta (m,)."""
    for label, m, n, scale in SHAPES:
        X, delta, _ = _minibatch(rng, m, n)
        yield label, (scale * X, delta)


def columns(rng):
    """X (n, m) and error signals delta (m,)."""
    for label, (X, delta) in rows(rng):
        yield label, (X.T.copy(), delta)


def weighted_rows(rng):
    """X (m, n), delta (m,) and weights s (m,) of the examples."""
    for label, m, n, scale in SHAPES:
        X, delta, s = _minibatch(rng, m, n)
        yield label, (scale * X, delta, s)
    yield "one example with weight 0", _minibatch(rng, 4, 3, weights=np.array([0.0, 2.0, 1.0, 3.0]))


def _minibatch(rng, m, n, weights=None):
    """X, delta and s whose weighted sums do not nearly cancel, so that rounding stays far below EXACT."""
    while True:
        X, delta, s = rng.normal(size=(m, n)).round(3), rng.uniform(-1, 1, m).round(3), rng.uniform(0.2, 2, m).round(2)
        s = s if weights is None else weights
        sums = [(np.abs(X.T @ d).max(), abs(d.sum())) for d in (delta, s * delta, s, np.ones(m))]
        if np.min(sums) > 0.1 * m:
            return X, delta, s


# gradient descent


def updates(rng):
    """w, b, their gradients and a learning rate; the new b is never near 0, where rounding would count."""
    for label, n, lr, scale in (("n = 3", 3, 0.3, 1), ("n = 1", 1, 0.05, 1), ("n = 5, large gradients", 5, 0.5, 1000)):
        w, dw = rng.normal(size=(2, n)).round(3)
        b, db = round(rng.uniform(1, 2), 3), round(rng.uniform(0.1, 1), 3) * int(rng.choice([-1, 1]))
        yield label, (w, b, scale * dw, scale * db, lr)


def training_sets(rng):
    """X (m, n), labels y (m,), learning rate, number of steps.

    Labels lean to 1 and depend on X, so that neither w nor b stays near 0, where rounding would count.
    """
    yield "m = 12, n = 3, 20 steps", (*_labelled(rng, rng.permutation(np.arange(12) % 4 > 0), 3), 0.1, 20)
    yield "soft labels, 15 steps", (*_labelled(rng, rng.uniform(0.4, 1, size=8).round(2), 2), 0.15, 15)
    yield "one example (m = 1)", (*_labelled(rng, np.ones(1), 2), 0.2, 10)
    yield "one input (n = 1), one step", (*_labelled(rng, np.array([0, 1, 1, 0, 1]), 1), 0.8, 1)


def _labelled(rng, y, n):
    X = rng.normal(size=(len(y), n))
    X[:, 0] = (2 * y - 1) * rng.uniform(0.3, 2, size=len(y))
    return X.round(2), y.astype(float)
