"""What attacks aim at in each assignment."""

from typing import NamedTuple

import pytest

from tests import a1_judged


class Victim(NamedTuple):
    """A blank that returns several values, an answer to it that is worth nothing, and what a right one returns.

    `zeros`, of the right shapes, and `right` are expressions of its arguments `args`; `parts` are a helper and a right
    answer that calls it.
    """

    assignment: str
    blank: str
    wrong: dict[str, str]
    zeros: str
    right: str
    parts: tuple[str, str]
    points: int


A1 = Victim(
    "a1-neuron",
    "row_gradients",
    a1_judged.WRONG,
    "(np.zeros(args[0].shape[1]), np.zeros(()))",
    "(args[0].T @ args[1] / len(args[1]), args[1].mean())",
    (
        "def mean(a):\n    return a.sum(axis=0) / len(a)",
        "def row_gradients(X, delta):\n    return mean(X * delta[:, None]), mean(delta)",
    ),
    40,
)
A4 = Victim(
    "a4-mlp",
    "linear_backward",
    {
        "linear_backward": "def linear_backward(dout, X, W):\n"
        "    return X.T @ dout / len(X), dout.mean(axis=0), dout @ W.T / len(X)"
    },
    "(np.zeros(args[2].shape), np.zeros(args[2].shape[1]), np.zeros(args[1].shape))",
    "(args[1].T @ args[0], args[0].sum(axis=0), args[0] @ args[2].T)",
    (
        "def total(a):\n    return a.sum(axis=0)",
        "def linear_backward(dout, X, W):\n    return X.T @ dout, total(dout), dout @ W.T",
    ),
    50,
)
each_victim = pytest.mark.parametrize("victim", [A1, A4], indirect=True, ids=lambda victim: victim.assignment)
