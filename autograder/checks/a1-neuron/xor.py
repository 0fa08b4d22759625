"""XOR as two layers of the three gates."""

import numpy as np

from autograder.kit import Check
from nnlib.activations import step


def random_gates(rng):
    """Weights of two decimals and thresholds that end in 5e-5, of AND, OR and NAND, right for any inputs 0 and 1.

    Sums over inputs of two decimals keep away from such thresholds, so that no rounding decides.
    """
    w, v = rng.uniform(0.5, 1.5, size=(2, 2)).round(2)
    share = rng.uniform(0.2, 0.8, size=2)
    theta_and, theta_or = round(w.max() + share[0] * w.min(), 2) + 5e-5, round(share[1] * v.min(), 2) + 5e-5
    return {"AND": (w, theta_and), "OR": (v, theta_or), "NAND": (-w[::-1], -theta_and)}


def binary_rows(rng):
    """Truth tables with their rows repeated in a fresh order."""
    for label, m in (("rows of 0 and 1", 24), ("one row of 0 and 1", 1)):
        yield label, (rng.integers(0, 2, size=(m, 2)).astype(float), random_gates(rng))


def plane_rows(rng):
    """Points of the plane, which the first layer's two lines separate in a way only these gates do."""
    for label in ("real inputs", "real inputs and other gates"):
        yield label, (rng.uniform(-0.5, 1.5, size=(40, 2)).round(2), random_gates(rng))


def two_layers(X, gates):
    """The output of the gate AND on those of NAND and OR, gate by gate a step of a weighted sum."""
    nand, either = (step(np.sum(X * w, axis=1) - theta) for w, theta in (gates["NAND"], gates["OR"]))
    (w1, w2), theta = gates["AND"]
    return step(w1 * nand + w2 * either - theta)


check = Check(
    inputs={"truth table": binary_rows, "built of the gates": plane_rows},
    returns={"truth table": 0.5, "built of the gates": 0.5},
    witness=two_layers,
    needs=("perceptron",),
)


# %% right: AND of NAND and OR
def xor(X, gates):
    hidden = np.column_stack([perceptron(X, *gates["NAND"]), perceptron(X, *gates["OR"])])
    return perceptron(hidden, *gates["AND"])


# %% right: AND of OR and NAND
def xor(X, gates):
    hidden = np.column_stack([perceptron(X, *gates["OR"]), perceptron(X, *gates["NAND"])])
    return perceptron(hidden, *gates["AND"])


# %% right: the step written out
def xor(X, gates):
    (w_and, t_and), (w_or, t_or), (w_nand, t_nand) = gates["AND"], gates["OR"], gates["NAND"]
    H = np.array([X @ w_nand > t_nand, X @ w_or > t_or], dtype=float).T
    return np.where(H @ w_and > t_and, 1, 0)


# %% right: one weight matrix a layer
def xor(X, gates):
    W = np.stack([gates["NAND"][0], gates["OR"][0]], axis=1)
    H = np.heaviside(X @ W - [gates["NAND"][1], gates["OR"][1]], 0)
    return np.heaviside(H @ gates["AND"][0] - gates["AND"][1], 0)


# %% right: row by row
def xor(X, gates):
    def fires(x, gate):
        w, theta = gate
        return 1.0 if w[0] * x[0] + w[1] * x[1] > theta else 0.0

    return [fires([fires(x, gates["NAND"]), fires(x, gates["OR"])], gates["AND"]) for x in X]


# %% same: perceptron(X, *gates['OR']), perceptron(X, *gates['NAND']) "AND holds with its inputs exchanged"


# %% wrong: not_composed keeps 0.5
def xor(X, gates):
    return (X[:, 0] != X[:, 1]).astype(float)


# %% wrong: one minus equal -> not_composed keeps 0.5
def xor(X, gates):
    return 1 - (X[:, 0] == X[:, 1])


# %% wrong: rounding first -> none keeps 0.5
def xor(X, gates):
    bits = X > 0.5
    return (bits[:, 0] ^ bits[:, 1]).astype(float)


# %% wrong: or_for_xor
def xor(X, gates):
    return perceptron(X, *gates["OR"])


# %% wrong: OR of OR twice -> or_for_xor
def xor(X, gates):
    w, theta = gates["OR"]
    return np.where(X @ w > theta, 1.0, 0.0)


# %% wrong: and_for_xor
def xor(X, gates):
    return perceptron(X, *gates["AND"])


# %% wrong: AND written out -> and_for_xor
def xor(X, gates):
    w, theta = gates["AND"]
    return [float(w @ x > theta) for x in X]


# %% wrong: always_on
def xor(X, gates):
    hidden = np.column_stack([perceptron(X, *gates["AND"]), perceptron(X, *gates["NAND"])])
    return perceptron(hidden, *gates["OR"])


# %% wrong: the layers' gates exchanged -> always_on
def xor(X, gates):
    (w_and, t_and), (w_or, t_or), (w_nand, t_nand) = gates["AND"], gates["OR"], gates["NAND"]
    H = np.column_stack([X @ w_and > t_and, X @ w_nand > t_nand])
    return (H @ w_or > t_or).astype(float)


# %% wrong: inverted
def xor(X, gates):
    hidden = np.column_stack([perceptron(X, *gates["NAND"]), perceptron(X, *gates["OR"])])
    return 1 - perceptron(hidden, *gates["AND"])


# %% wrong: NAND at the end -> inverted
def xor(X, gates):
    (w_and, t_and), (w_or, t_or), (w_nand, t_nand) = gates["AND"], gates["OR"], gates["NAND"]
    H = np.column_stack([X @ w_nand > t_nand, X @ w_or > t_or])
    return (H @ w_and <= t_and).astype(float)


# %% wrong: a number for one row -> wrong_shape keeps 0.5
def xor(X, gates):
    hidden = np.column_stack([perceptron(X, *gates["NAND"]), perceptron(X, *gates["OR"])])
    return np.squeeze(perceptron(hidden, *gates["AND"]))


# %% wrong: own gates instead of the given -> none keeps 0.5
def xor(X, gates):
    nand, either = X @ [-0.5, -0.5] > -0.7, X @ [0.5, 0.5] > 0.2
    return np.logical_and(nand, either).astype(float)


# %% wrong: OR of AND and OR -> none
def xor(X, gates):
    hidden = np.column_stack([perceptron(X, *gates["AND"]), perceptron(X, *gates["OR"])])
    return perceptron(hidden, *gates["NAND"])


# %% wrong: layers not stacked into columns -> raised
def xor(X, gates):
    hidden = np.array([perceptron(X, *gates["NAND"]), perceptron(X, *gates["OR"])])
    return perceptron(hidden, *gates["AND"])


# %% wrong: wrong key -> raised
def xor(X, gates):
    return perceptron(X, *gates["XOR"])


# %% wrong: last row only -> wrong_shape
def xor(X, gates):
    for x in X:
        hidden = np.column_stack([perceptron(x[None], *gates["NAND"]), perceptron(x[None], *gates["OR"])])
        y_hat = perceptron(hidden, *gates["AND"])
    return float(y_hat[0])
