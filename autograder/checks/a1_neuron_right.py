"""What right answers to a1-neuron compute. Rows are examples, a cost is the mean over them, step(0) = 0.

`perceptron`, `row_gradients` and `gradient_step` stand in for wrong prerequisites, with the statement's parameters.
"""

import numpy as np

from nnlib.activations import sigmoid, step
from nnlib.losses import log_loss_from_logits

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
TABLES = {"AND": np.array([0, 0, 0, 1]), "OR": np.array([0, 1, 1, 1]), "NAND": np.array([1, 1, 1, 0])}


def perceptron(X, w, theta):
    return step(X @ w - theta)


def layers(X, given, first, second, last):
    """The output of the gate `last` of `given` on the outputs of two gates of the first layer."""
    hidden = [perceptron(X, *given[name]) for name in (first, second)]
    return perceptron(np.column_stack(hidden), *given[last])


def xor(X, given):
    return layers(X, given, "NAND", "OR", "AND")


def weighted_sums(X, delta, share):
    """(∂J/∂w, ∂J/∂b) = (Xᵀ(share ∘ δ), shareᵀδ) for rows X (m, n)."""
    return X.T @ (share * delta), share @ delta


def row_gradients(X, delta):
    return weighted_sums(X, delta, np.full(len(X), 1 / len(X)))


def gradient_step(w, b, dw, db, lr):
    return w - lr * dw, b - lr * db


def log_loss_signal(y, z):
    """∂(log loss of one example)/∂z = σ(z) - y."""
    return sigmoid(z) - y


def train(X, y, lr, steps, mixed=False, with_bias=True, signal=log_loss_signal, cost=log_loss_from_logits):
    """(w, b, costs) of full-batch gradient descent from zero along the error signals `signal(y, z)`.

    The rest is for mistakes: `mixed` updates w before the gradient of b is taken, without `with_bias` b stays 0, and
    `cost(y, z)` is what is noted down before each step.
    """
    w, b, costs = np.zeros(X.shape[1]), 0.0, []
    for _ in range(steps):
        z = X @ w + b
        costs.append(cost(y, z))
        delta = signal(y, z)
        w = w - lr * X.T @ delta / len(y)
        if mixed:
            delta = signal(y, X @ w + b)
        b = b - lr * delta.mean() if with_bias else b
    return w, b, np.array(costs)
