"""The perceptron: 1 where the weighted sum exceeds the threshold, else 0."""

import numpy as np

from autograder.kit import Check
from nnlib.activations import step


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


check = Check(
    inputs={"output": real_rows, "step(0) = 0": rows_on_the_threshold},
    returns={"output": 0.5, "step(0) = 0": 0.5},
    witness=lambda X, w, theta: step(np.sum(X * w, axis=1) - theta),
)


# %% right: comparison
def perceptron(X, w, theta):
    return (X @ w > theta).astype(float)


# %% right: heaviside
def perceptron(X, w, theta):
    return np.heaviside(np.einsum("ij,j->i", X, w) - theta, 0)


# %% right: loops and a list
def perceptron(X, w, theta):
    outputs = []
    for row in X:
        total = sum(w_j * x_j for w_j, x_j in zip(w, row))
        outputs.append(1 if total > theta else 0)
    return outputs


# %% right: bias as an extra weight
def perceptron(X, w, theta):
    extended = np.column_stack([np.ones(len(X)), X])
    return np.where(extended @ np.r_[-theta, w] > 0, 1.0, 0.0)


# %% right: booleans
def perceptron(X, w, theta):
    return np.dot(X, w) > theta


# %% same: return X @ w > theta "booleans are 0 and 1"


# %% wrong: fires_at_threshold keeps 0.5
def perceptron(X, w, theta):
    return (X @ w >= theta).astype(float)


# %% wrong: not below -> fires_at_threshold keeps 0.5
def perceptron(X, w, theta):
    return 1.0 - (X @ w < theta)


# %% wrong: threshold_ignored
def perceptron(X, w, theta):
    return (X @ w > 0).astype(float)


# %% wrong: the sign of the sum -> threshold_ignored
def perceptron(X, w, theta):
    return np.heaviside(np.sum(X * w, axis=1), 0)


# %% wrong: threshold_added
def perceptron(X, w, theta):
    return (X @ w + theta > 0).astype(float)


# %% wrong: above minus theta -> threshold_added
def perceptron(X, w, theta):
    return np.where(np.einsum("ij,j->i", X, w) > -theta, 1, 0)


# %% wrong: plus_minus_one
def perceptron(X, w, theta):
    return np.where(X @ w > theta, 1.0, -1.0)


# %% wrong: twice minus one -> plus_minus_one
def perceptron(X, w, theta):
    return 2 * (X @ w > theta) - 1.0


# %% wrong: no_step
def perceptron(X, w, theta):
    return X @ w - theta


# %% wrong: row by row -> no_step
def perceptron(X, w, theta):
    return [sum(w * x) - theta for x in X]


# %% wrong: inverted
def perceptron(X, w, theta):
    return (X @ w <= theta).astype(float)


# %% wrong: one minus the output -> inverted
def perceptron(X, w, theta):
    return 1 - np.heaviside(X @ w - theta, 0)


# %% wrong: step(0) = one half -> none keeps 0.5
def perceptron(X, w, theta):
    return np.heaviside(X @ w - theta, 0.5)


# %% wrong: inputs cut to whole numbers -> none keeps 0.5
def perceptron(X, w, theta):
    return (X.astype(int) @ w > theta).astype(float)


# %% wrong: one example only -> raised
def perceptron(X, w, theta):
    if X @ w > theta:
        return 1
    return 0


# %% wrong: column of outputs -> wrong_shape
def perceptron(X, w, theta):
    return (X @ w.reshape(-1, 1) > theta).astype(float)


# %% wrong: renamed -> not_defined
def perceptron_output(X, w, theta):
    return (X @ w > theta).astype(float)
