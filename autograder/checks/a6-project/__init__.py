"""What the blanks of a6-project (lectures 4 to 10) share."""

import numpy as np

from nnlib import activations as _activations
from nnlib.backend import array_module as array_module

TELL = "diagnose"
ALLOWED = ("datasets", "gradcheck", "initializers", "metrics", "optimizers", "plots", "stand_in")  # of nnlib

SHAPES = (  # kind of input in words, S networks, m examples, sizes of the layers
    ("S = 3 networks, m = 4, sizes (2, 3, 2)", 3, 4, (2, 3, 2)),
    ("one network (S = 1), sizes (3, 2, 2)", 1, 5, (3, 2, 2)),
    ("one example (m = 1)", 2, 1, (1, 3, 2)),
    ("no hidden layer, sizes (3, 2)", 2, 5, (3, 2)),
    ("two hidden layers, sizes (2, 2, 3, 2)", 2, 24, (2, 2, 3, 2)),
    ("one input (n = 1)", 2, 5, (1, 3, 2)),
    ("S = m = n = K = 2", 2, 2, (2, 2, 2)),
)


def number_of_parameters(sizes):
    """Weights and biases of one network."""
    return sum((n + 1) * k for n, k in zip(sizes, sizes[1:], strict=False))


def networks(rng, S, m, sizes):
    """X (m, n), labels y (m,) of which the last class has one, and theta (S, P): no hidden signal is near 0, nor are
    all error signals, for then rounding would count.
    """
    while True:
        X = rng.normal(size=(m, sizes[0])).round(2)
        y = np.append(rng.integers(sizes[-1], size=m - 1), sizes[-1] - 1)
        theta = rng.normal(0, 0.5, size=(S, number_of_parameters(sizes))).round(2)
        *hidden, Z = signals(X, theta, sizes)
        Delta = _activations.softmax(Z) - np.eye(sizes[-1])[y]
        if all(np.abs(signal).min() > 0.003 for signal in hidden) and np.abs(Delta).max(axis=(1, 2)).min() > 0.3:
            return X, y, theta


def signals(X, theta, sizes):
    """Z of each layer, (S, m, units)."""
    found, A, at = [], X, 0
    for n, k in zip(sizes, sizes[1:], strict=False):
        Wb = theta[:, at : at + (n + 1) * k].reshape(len(theta), n + 1, k)
        found.append(A @ Wb[:, :-1] + Wb[:, -1:])
        A, at = found[-1] * (found[-1] > 0), at + (n + 1) * k
    return found
