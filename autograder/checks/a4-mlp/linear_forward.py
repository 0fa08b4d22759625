"""The signals of a linear layer for m examples in rows."""

import numpy as np

from autograder.kit import Check
from nnlib.layers import Linear

from . import SHAPES, drawn


def layers(rng):
    """X (m, n), W (n, k) and b (k,) in each of SHAPES."""
    for label, m, n, k in SHAPES:
        yield label, (drawn(rng, m, n), drawn(rng, n, k), drawn(rng, k))


def single_units(rng):
    """The same for layers of one unit."""
    yield "one unit, inputs in the thousands", (1000 * drawn(rng, 4, 3), drawn(rng, 3, 1), drawn(rng, 1))
    yield "one unit, one example", (drawn(rng, 1, 3), drawn(rng, 3, 1), drawn(rng, 1))


def by_layer(X, W, b):
    """The same by nnlib's layer, its vector of parameters set."""
    layer = Linear(*W.shape, rng=np.random.default_rng(0))
    layer.theta = np.concatenate([W.ravel(), b])
    return layer.forward(X)


check = Check(
    inputs={"Z": layers, "Z of a single unit": single_units},
    returns={"Z": 0.5, "Z of a single unit": 0.5},
    witness=by_layer,
)


# %% right: matrix product
def linear_forward(X, W, b):
    return X @ W + b


# %% right: einsum
def linear_forward(X, W, b):
    return np.einsum("ij,jk->ik", X, W) + b[np.newaxis, :]


# %% right: loops
def linear_forward(X, W, b):
    Z = np.empty((len(X), len(b)))
    for i in range(len(X)):
        for j in range(len(b)):
            Z[i, j] = sum(X[i, k] * W[k, j] for k in range(len(W))) + b[j]
    return Z


# %% right: the biases as one more row of weights
def linear_forward(X, W, b):
    return np.hstack([X, np.ones((len(X), 1))]) @ np.vstack([W, b])


# %% right: in columns
def linear_forward(X, W, b):
    return (np.dot(W.T, X.T) + b.reshape(-1, 1)).T


# %% right: one example after the other
def linear_forward(X, W, b):
    return np.array([x @ W + b for x in X])


# %% wrong: bias_left_out
def linear_forward(X, W, b):
    return X @ W


# %% wrong: einsum without biases -> bias_left_out
def linear_forward(X, W, b):
    return np.einsum("ij,jk->ik", X, W) + 0 * b


# %% wrong: one_bias_for_all keeps 0.5 "One bias was added to all units: each unit has its own."
def linear_forward(X, W, b):
    return X @ W + b[0]


# %% wrong: the first bias for each -> one_bias_for_all keeps 0.5
def linear_forward(X, W, b):
    return np.array([[x @ w + b[0] for w in W.T] for x in X])


# %% wrong: bias_subtracted "The biases are subtracted: mind their sign."
def linear_forward(X, W, b):
    return X @ W - b


# %% wrong: the bias as a threshold -> bias_subtracted
def linear_forward(X, W, b):
    return np.einsum("ij,jk->ik", X, W) + -1 * b


# %% wrong: activated "An activation was applied: asked are the signals themselves."
def linear_forward(X, W, b):
    return np.tanh(X @ W + b)


# %% wrong: tanh by exponentials -> activated
def linear_forward(X, W, b):
    e = np.exp(-2 * np.abs(X @ W + b))
    return np.sign(X @ W + b) * (1 - e) / (1 + e)


# %% wrong: a ReLU on top -> none
def linear_forward(X, W, b):
    return np.maximum(0, X @ W + b)


# %% wrong: averaged_over_inputs "The weighted sum was divided by the number of inputs."
def linear_forward(X, W, b):
    return X @ W / len(W) + b


# %% wrong: a weighted mean -> averaged_over_inputs
def linear_forward(X, W, b):
    return np.array([np.mean(x[:, np.newaxis] * W, axis=0) + b for x in X])


# %% wrong: averaged_over_examples "The result was divided by the number of examples: these are no gradients."
def linear_forward(X, W, b):
    return (X @ W + b) / len(X)


# %% wrong: by m, in two parts -> averaged_over_examples
def linear_forward(X, W, b):
    m = X.shape[0]
    return np.einsum("ij,jk->ik", X / m, W) + b / m


# %% wrong: the mean of the biases -> none keeps 0.5
def linear_forward(X, W, b):
    return X @ W + b.mean()


# %% wrong: weights from unit to input -> raised
def linear_forward(X, W, b):
    return X @ W.T + b


# %% wrong: square weights transposed -> none keeps 0.5
def linear_forward(X, W, b):
    return X @ (W.T if W.shape[0] == W.shape[1] > 1 else W) + b


# %% wrong: entry by entry -> raised
def linear_forward(X, W, b):
    return X * W + b


# %% wrong: biases down the rows -> raised
def linear_forward(X, W, b):
    return X @ W + b.reshape(-1, 1)


# %% wrong: a vector for one unit -> wrong_shape keeps 0.5
def linear_forward(X, W, b):
    return X @ W[:, 0] + b[0] if len(b) == 1 else X @ W + b


# %% wrong: examples in columns -> wrong_shape
def linear_forward(X, W, b):
    return (X @ W + b).T


# %% wrong: rounded -> inaccurate
def linear_forward(X, W, b):
    return np.round(X @ W + b, 4)
