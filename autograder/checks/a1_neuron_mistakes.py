"""What the usual mistakes give in a1-neuron: for one input, a mapping of names of the catalogue to wrong values.

Each function is named like its blank; the gradients of columns and of rows go wrong in the same ways.
"""

from functools import partial

import numpy as np

from autograder.checks import a1_neuron_right as right
from nnlib import activations
from nnlib.activations import softplus, step
from nnlib.losses import log_loss_from_logits

# perceptron, gates, XOR


def perceptron(X, w, theta):
    z = X @ w - theta
    return {
        "fires_at_threshold": z >= 0,
        "inverted": z <= 0,
        "threshold_ignored": X @ w > 0,
        "threshold_added": X @ w + theta > 0,
        "plus_minus_one": np.where(z > 0, 1, -1),
        "no_step": z,
    }


def gate_weights(name):
    """The outputs of the gate on the four corners."""
    other = {"AND": "OR", "OR": "AND"}.get(name, name)
    return {
        "gates_swapped": right.TABLES[other],
        "nand_not_negated": right.TABLES["AND" if name == "NAND" else name],
        "threshold_sign": np.full(4, name != "NAND"),
        "inverted": 1 - right.TABLES[name],
    }


def xor(X, given):
    return {
        "or_for_xor": right.perceptron(X, *given["OR"]),
        "and_for_xor": right.perceptron(X, *given["AND"]),
        "always_on": right.layers(X, given, "AND", "NAND", "OR"),
        "inverted": 1 - right.xor(X, given),
        "not_composed": X[:, 0] != X[:, 1],
    }


# sigmoid and log loss


def sigmoid(z):
    return {
        "overflow": np.where(z > 700, np.nan, activations.sigmoid(z)),
        "sign_of_z": activations.sigmoid(-z),
        "tanh_for_sigmoid": np.tanh(z),
        "twice_too_steep": activations.sigmoid(2 * z),
        "step_for_sigmoid": step(z),
    }


def sigmoid_derivative(z):
    a, derivative = activations.sigmoid(z), activations.sigmoid_derivative(z)
    return {
        "overflow": np.where(z < -700, np.nan, derivative),
        "activation_for_preactivation": z * (1 - z),
        "sigmoid_twice": activations.sigmoid_derivative(a),
        "value_for_derivative": a,
        "missing_factor": 1 - a,
        "tanh_derivative": 1 - a**2,
        "wrong_sign": -derivative,
    }


def log_loss(y, z, large):
    """`large`: some |z| are so large that a logarithm of z itself is NaN, as after any other accident."""
    a = activations.sigmoid(z)
    unsquashed = {} if large else {"logits_as_probabilities": _cross_entropy(y, z)}
    return unsquashed | {
        "missing_mean": log_loss_from_logits(y, z) * len(y),
        "not_summed": y * softplus(-z) + (1 - y) * softplus(z),
        "wrong_sign": -log_loss_from_logits(y, z),
        "log2": log_loss_from_logits(y, z) / np.log(2),
        "labels_rounded": np.mean(np.where(y == 1, softplus(-z), softplus(z))),
        "one_term_only": np.mean(y * softplus(-z)),
        "labels_exchanged": log_loss_from_logits(1 - y, z),
        "probabilities_clipped": _cross_entropy(y, np.clip(a, 1e-15, 1 - 1e-15)),
        "log_of_zero": _cross_entropy(y, a),
        "squared_error": np.mean((a - y) ** 2) / 2,
    }


def _cross_entropy(y, a):
    """The log loss of probabilities a, as it comes out: NaN or infinity where a logarithm is not finite."""
    with np.errstate(all="ignore"):
        return -np.mean(y * np.log(a) + (1 - y) * np.log(1 - a))


# gradients: of rows X (m, n) the wrong ∂J/∂w, of X = 1 the wrong ∂J/∂b


def mean_gradients(delta, n, X):
    m = len(delta)
    return {
        "missing_mean": X.T @ delta,
        "divided_twice": X.T @ delta / m**2,
        "divided_by_n": X.T @ delta / n,
        "averaged_separately": X.mean(axis=0) * delta.mean(),
        "not_summed": (X.T * delta / m).T,
        "wrong_sign": -X.T @ delta / m,
        "missing_upstream": X.mean(axis=0),
        "delta_squared": X.T @ delta**2 / m,
        "doubled": 2 * X.T @ delta / m,
        "halved": X.T @ delta / (2 * m),
    }


def weighted_gradients(delta, s, X):
    m, total = len(delta), s.sum()
    return {
        "weights_ignored": X.T @ delta / m,
        "unnormalised_weights": X.T @ (s * delta),
        "weights_divided_by_m": X.T @ (s * delta) / m,
        "weights_squared": X.T @ (s**2 * delta) / total,
        "weights_normalised_twice": X.T @ (s * delta) / total / m,
        "not_summed": (X.T * (s * delta) / total).T,
        "wrong_sign": -X.T @ (s * delta) / total,
        "missing_upstream": X.T @ s / total,
    }


# gradient descent


def gradient_step(old, gradient, lr):
    """The new value of one parameter."""
    return {
        "ascent": old + lr * gradient,
        "lr_forgotten": old - gradient,
        "lr_divides": old - gradient / lr,
        "not_updated": old,
        "step_only": -lr * gradient,
    }


def train(X, y, lr, steps):
    """All three values returned: (w, b, costs)."""
    descend = partial(_descend, X, y, lr, steps)
    w, b, costs = right.train(X, y, lr, steps)
    longer = right.train(X, y, lr, steps + 1)
    return {
        "missing_mean": right.train(X, y, lr * len(y), steps),
        "ascent": right.train(X, y, -lr, steps),
        "lr_forgotten": right.train(X, y, 1.0, steps),
        "bias_not_updated": descend(with_bias=False),
        "mixed_update": descend(mixed=True),
        "costs_after_update": (w, b, longer[2][1:]),
        "one_step_short": right.train(X, y, lr, steps - 1),
        "one_step_too_many": longer,
        "sigmoid_left_out": right.train(X, y, lr, steps, sigmoid=lambda z: z),
        "squared_error_signal": descend(signal=_squared_error_signal),
        "stale_gradient": right.train(X, y, lr, steps, sigmoid=lambda z: 0.5),  # at w = 0, b = 0 every a is ½
        "cost_of_activation": right.train(X, y, lr, steps, log_loss=_cost_of_activation),
        "cost_summed": (w, b, costs * len(y)),
        "log2": (w, b, costs / np.log(2)),
    }


def _log_loss_signal(y, z):
    return activations.sigmoid(z) - y


def _squared_error_signal(y, z):
    return (activations.sigmoid(z) - y) * activations.sigmoid_derivative(z)


def _cost_of_activation(y, z):
    """The loss when it is given a = σ(z) where it expects z."""
    return log_loss_from_logits(y, activations.sigmoid(z))


def _descend(X, y, lr, steps, mixed=False, with_bias=True, signal=_log_loss_signal):
    """`right.train` gone wrong: `mixed` updates w before the gradient of b is taken, without `with_bias` b stays 0, and
    `signal(y, z)` are the error signals.
    """
    w, b, costs = np.zeros(X.shape[1]), 0.0, []
    for _ in range(steps):
        z = X @ w + b
        costs.append(log_loss_from_logits(y, z))
        delta = signal(y, z)
        w = w - lr * X.T @ delta / len(y)
        if mixed:
            delta = signal(y, X @ w + b)
        b = b - lr * delta.mean() if with_bias else b
    return w, b, np.array(costs)
