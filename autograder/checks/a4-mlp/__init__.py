"""What the blanks of a4-mlp (lectures 6 and 7) share."""

import numpy as np

TELL = "diagnose"  # at home; "tell": right or wrong alone; "none": nothing
ALLOWED = ("datasets", "gradcheck", "metrics", "plots", "preprocess")  # nnlib modules this assignment may import
SHAPES = (
    ("m = 5, 3 inputs, 2 units", 5, 3, 2),
    ("as many examples as inputs and units (m = 3)", 3, 3, 3),
    ("one example (m = 1)", 1, 3, 2),
    ("one input, more units than examples", 2, 1, 4),
)


def softmax(Z):
    """The rows of scores Z (m, K) as probabilities, as the notebook gives it to students."""
    e = np.exp(Z - Z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def drawn(rng, *shape):
    """Numbers of ordinary size that can be read."""
    return rng.normal(size=shape).round(3)


def errors(rng, m, n):
    """Error signals (m, n) whose columns do not nearly cancel when they are added up."""
    while True:
        signals = drawn(rng, m, n)
        if np.min(np.abs(signals.sum(axis=0))) > 0.1:
            return signals


def network(rng, *sizes):
    """W1, b1, W2, b2, … of a network with these layer sizes."""
    for n, k in zip(sizes, sizes[1:], strict=False):
        yield from ((rng.normal(size=(n, k)) / np.sqrt(n)).round(3), drawn(rng, k))
