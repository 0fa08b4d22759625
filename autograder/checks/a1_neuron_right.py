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


def layers(X, given, first, second, last, perceptron=perceptron):
    """The output of the gate `last` of `given` on the outputs of two gates of the first layer."""
    hidden = [perceptron(X, *given[name]) for name in (first, second)]
    return perceptron(np.column_stack(hidden), *given[last])


def xor(X, given, perceptron=perceptron):
    return layers(X, given, "NAND", "OR", "AND", perceptron)


def xor_or_first(X, given, perceptron=perceptron):
    return layers(X, given, "OR", "NAND", "AND", perceptron)


def derivative_by_activation(z, sigmoid):
    a = sigmoid(z)
    return a * (1 - a)


def derivative_by_tails(z, sigmoid):
    return sigmoid(z) * sigmoid(-z)


def derivative_by_symmetry(z, sigmoid):
    return derivative_by_activation(-np.abs(z), sigmoid)


def weighted_sums(X, delta, share):
    """(∂J/∂w, ∂J/∂b) = (Xᵀ(share ∘ δ), shareᵀδ) for rows X (m, n)."""
    return X.T @ (share * delta), share @ delta


def row_gradients(X, delta):
    return weighted_sums(X, delta, np.full(len(X), 1 / len(X)))


def gradient_step(w, b, dw, db, lr):
    return w - lr * dw, b - lr * db


def train(
    X,
    y,
    lr,
    steps,
    sigmoid=sigmoid,
    log_loss=log_loss_from_logits,
    row_gradients=row_gradients,
    gradient_step=gradient_step,
):
    """(w, b, costs) of full-batch gradient descent from zero; the costs are those before each step."""
    w, b, costs = np.zeros(X.shape[1]), 0.0, []
    for _ in range(steps):
        z = X @ w + b
        costs.append(log_loss(y, z))
        w, b = gradient_step(w, b, *row_gradients(X, sigmoid(z) - y), lr)
    return w, b, np.array(costs)
