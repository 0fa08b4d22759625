"""Softmax regression by minibatch gradient descent from zero: W, b and the cost of each minibatch before its step."""

from functools import cache

import numpy as np

from autograder.kit import check
from nnlib.datasets import load_digits
from nnlib.losses import softmax_cross_entropy, softmax_cross_entropy_gradient

from . import probabilities


def training_sets(rng):
    """X (m, n), targets Y (m, K), minibatches (arrays of row numbers) and the learning rate."""
    yield "two epochs, minibatches of 4, 4 and 2", (*_labelled(rng, 10, 3, 4), _epochs(rng, 10, 4, 2), 0.5)
    X, _ = _labelled(rng, 8, 2, 3)
    yield "soft targets, a small learning rate", (X, probabilities(rng, 8, 3), _epochs(rng, 8, 3, 3), 0.02)
    yield "minibatches of one example, K = 2", (*_labelled(rng, 5, 2, 2), _epochs(rng, 5, 1, 2), 0.4)
    yield "one input (n = 1), one step", (*_labelled(rng, 6, 1, 3), _epochs(rng, 6, 6, 1), 0.8)
    draws = [rng.integers(6, size=4) for _ in range(7)]
    yield "examples drawn with replacement", (*_labelled(rng, 6, 2, 3), draws, 0.6)
    yield "digits of 4 × 4 pixels, ten classes", (*_small_digits(rng, 12), _epochs(rng, 12, 5, 2), 0.5)
    yield "16 steps of the whole set, to the minimum", (*_round_bowl(rng), [np.arange(4)] * 16, 2.4)


def _labelled(rng, m, n, K):
    """Examples whose classes depend on them; class 0 is the most frequent, so that no bias stays near 0."""
    g = rng.permutation(np.maximum(np.arange(m) % (K + 1) - 1, 0))
    X = rng.normal(size=(m, n)) + rng.normal(scale=1.5, size=(K, n))[g]
    return X.round(2), np.eye(K)[g]


def _epochs(rng, m, size, epochs):
    orders = (rng.permutation(m) for _ in range(epochs))
    return [order[start : start + size] for order in orders for start in range(0, m, size)]


_digits = cache(load_digits)


def _small_digits(rng, m):
    digits = _digits()
    chosen = rng.choice(len(digits.y), size=m, replace=False)
    pooled = digits.X[chosen].reshape(m, 4, 2, 4, 2).mean(axis=(2, 4)) / 16
    return pooled.reshape(m, 16), np.eye(10)[digits.y[chosen]]


def _round_bowl(rng):
    """X (4, 2) and soft targets near even, whose cost has nearly the same curvature in all directions that count: few
    steps reach its minimum, and the gradient gets as small as anybody may take for zero.
    """
    X = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]]) * rng.uniform(0.9, 1, size=(4, 2)).round(2)
    Y = np.array([[0.4, 0.35, 0.25], [0.3, 0.45, 0.25], [0.45, 0.2, 0.35], [0.35, 0.3, 0.35]])
    shift = rng.uniform(-0.04, 0.04, size=4).round(2)
    return X, (Y + shift[:, np.newaxis] * [1, 0, -1]).round(2)


def descended(X, Y, batches, lr):
    """The same with the biases as one more row of weights, and nnlib's loss and gradient."""
    A, V, costs = np.column_stack([X, np.ones(len(X))]), np.zeros((X.shape[1] + 1, Y.shape[1])), []
    for batch in batches:
        Z = A[batch] @ V
        costs.append(softmax_cross_entropy(Y[batch], Z))
        V = V - lr * A[batch].T @ softmax_cross_entropy_gradient(Y[batch], Z)
    return V[:-1], V[-1], costs


@check(
    weights={"W and b": 0.5, "costs": 0.5},
    needs=("softmax", "cross_entropy", "cross_entropy_gradient"),
    witness=descended,
)
def examined(blank):
    for case in blank.cases(training_sets):
        got, want = blank.call("train", *case.args, returns=3), blank.want(*case.args)
        allowed = blank.allowed(*case.args)
        for k, property in enumerate(("W and b", "W and b", "costs")):
            blank.close(property, got[k], want[k], rtol=allowed[k])


# %% right: of the parts above
def train(X, Y, batches, lr):
    W, b, costs = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1]), []
    for batch in batches:
        Z = X[batch] @ W + b
        costs.append(cross_entropy(Y[batch], Z))
        dZ = cross_entropy_gradient(Y[batch], Z)
        W, b = W - lr * X[batch].T @ dZ, b - lr * dZ.sum(axis=0)
    return W, b, costs


# %% right: everything written out
def train(X, Y, batches, lr):
    n, K = X.shape[1], Y.shape[1]
    W, b, costs = np.zeros((n, K)), np.zeros(K), np.empty(len(batches))
    for k, rows in enumerate(batches):
        x, y = X[rows], Y[rows]
        z = np.dot(x, W) + b
        shifted = z - z.max(axis=1, keepdims=True)
        log_y_hat = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        costs[k] = -(y * log_y_hat).sum() / len(rows)
        delta = np.exp(log_y_hat) - y
        W -= lr * np.dot(x.T, delta) / len(rows)
        b -= lr * delta.mean(axis=0)
    return W, b, costs


# %% right: the biases as one more row of weights
def train(X, Y, batches, lr):
    A = np.hstack([X, np.ones((len(X), 1))])
    V, costs = np.zeros((A.shape[1], Y.shape[1])), []
    for batch in batches:
        Z = A[batch] @ V
        costs.append(cross_entropy(Y[batch], Z))
        V = V + lr * A[batch].T @ (Y[batch] - softmax(Z)) / len(batch)
    return V[:-1], V[-1], np.array(costs)


# %% right: loops over the examples of a minibatch
def train(X, Y, batches, lr):
    W, b, costs = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1]), []
    for batch in batches:
        J, dW, db = 0.0, np.zeros_like(W), np.zeros_like(b)
        for i in batch:
            z = X[i : i + 1] @ W + b
            delta = (softmax(z) - Y[i])[0]
            J, dW, db = J + cross_entropy(Y[i : i + 1], z), dW + np.outer(X[i], delta), db + delta
        costs.append(J / len(batch))
        W, b = W - lr * dW / len(batch), b - lr * db / len(batch)
    return W, b, costs


# %% right: weights with classes as rows
def train(X, Y, batches, lr):
    V, c, costs = np.zeros((Y.shape[1], X.shape[1])), np.zeros(Y.shape[1]), []
    for batch in batches:
        Z = np.einsum("ij,kj->ik", X[batch], V) + c
        costs.append(cross_entropy(Y[batch], Z))
        dZ = cross_entropy_gradient(Y[batch], Z)
        V, c = V - lr * np.einsum("ik,ij->kj", dZ, X[batch]), c - lr * np.einsum("ik->k", dZ)
    return V.T, c, costs


# %% wrong: missing_mean
def train(X, Y, batches, lr):
    W, b, costs = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1]), []
    for batch in batches:
        Z = X[batch] @ W + b
        costs.append(cross_entropy(Y[batch], Z))
        dZ = softmax(Z) - Y[batch]
        W, b = W - lr * X[batch].T @ dZ, b - lr * dZ.sum(axis=0)
    return W, b, costs


# %% wrong: one matrix, missing mean -> missing_mean
def train(X, Y, batches, lr):
    A = np.column_stack([X, np.ones(len(X))])
    V, costs = np.zeros((A.shape[1], Y.shape[1])), []
    for batch in batches:
        Z = A[batch] @ V
        costs.append(np.mean(np.logaddexp.reduce(Z, axis=1) - (Y[batch] * Z).sum(axis=1)))
        V = V - lr * A[batch].T @ (softmax(Z) - Y[batch])
    return V[:-1], V[-1], costs


# %% wrong: divided_twice
def train(X, Y, batches, lr):
    W, b, costs = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1]), []
    for batch in batches:
        Z = X[batch] @ W + b
        costs.append(cross_entropy(Y[batch], Z))
        dZ = cross_entropy_gradient(Y[batch], Z) / len(batch)
        W, b = W - lr * X[batch].T @ dZ, b - lr * dZ.sum(axis=0)
    return W, b, costs


# %% wrong: one matrix, divided twice -> divided_twice
def train(X, Y, batches, lr):
    A = np.column_stack([X, np.ones(len(X))])
    V, costs = np.zeros((A.shape[1], Y.shape[1])), []
    for batch in batches:
        Z = A[batch] @ V
        costs.append(np.mean(np.logaddexp.reduce(Z, axis=1) - (Y[batch] * Z).sum(axis=1)))
        V = V - lr * A[batch].T @ (softmax(Z) - Y[batch]) / len(batch) ** 2
    return V[:-1], V[-1], costs


# %% wrong: divided_by_all "The number of all examples divides: a minibatch has a mean of its own."
def train(X, Y, batches, lr):
    W, b, costs = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1]), []
    for batch in batches:
        Z = X[batch] @ W + b
        costs.append(cross_entropy(Y[batch], Z))
        dZ = (softmax(Z) - Y[batch]) / len(X)
        W, b = W - lr * X[batch].T @ dZ, b - lr * dZ.sum(axis=0)
    return W, b, costs


# %% wrong: one matrix, divided by all -> divided_by_all
def train(X, Y, batches, lr):
    A = np.column_stack([X, np.ones(len(X))])
    V, costs = np.zeros((A.shape[1], Y.shape[1])), []
    for batch in batches:
        Z = A[batch] @ V
        costs.append(np.mean(np.logaddexp.reduce(Z, axis=1) - (Y[batch] * Z).sum(axis=1)))
        V = V - lr * A[batch].T @ (softmax(Z) - Y[batch]) / len(A)
    return V[:-1], V[-1], costs


# %% wrong: divided_by_K
def train(X, Y, batches, lr):
    W, b, costs = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1]), []
    for batch in batches:
        Z = X[batch] @ W + b
        costs.append(cross_entropy(Y[batch], Z))
        dZ = (softmax(Z) - Y[batch]) / Z.size
        W, b = W - lr * X[batch].T @ dZ, b - lr * dZ.sum(axis=0)
    return W, b, costs


# %% wrong: one matrix, divided by K -> divided_by_K
def train(X, Y, batches, lr):
    A = np.column_stack([X, np.ones(len(X))])
    V, costs = np.zeros((A.shape[1], Y.shape[1])), []
    for batch in batches:
        Z = A[batch] @ V
        costs.append(np.mean(np.logaddexp.reduce(Z, axis=1) - (Y[batch] * Z).sum(axis=1)))
        V = V - lr * A[batch].T @ (softmax(Z) - Y[batch]) / Z.shape[0] / Z.shape[1]
    return V[:-1], V[-1], costs


# %% wrong: ascent
def train(X, Y, batches, lr):
    W, b, costs = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1]), []
    for batch in batches:
        Z = X[batch] @ W + b
        costs.append(cross_entropy(Y[batch], Z))
        dZ = cross_entropy_gradient(Y[batch], Z)
        W, b = W + lr * X[batch].T @ dZ, b + lr * dZ.sum(axis=0)
    return W, b, costs


# %% wrong: one matrix, ascent -> ascent
def train(X, Y, batches, lr):
    A = np.column_stack([X, np.ones(len(X))])
    V, costs = np.zeros((A.shape[1], Y.shape[1])), []
    for batch in batches:
        Z = A[batch] @ V
        costs.append(np.mean(np.logaddexp.reduce(Z, axis=1) - (Y[batch] * Z).sum(axis=1)))
        V = V + lr * A[batch].T @ (softmax(Z) - Y[batch]) / len(batch)
    return V[:-1], V[-1], costs


# %% wrong: whole_set "Every step was taken on all examples: a step sees those of its minibatch alone."
def train(X, Y, batches, lr):
    W, b, costs = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1]), []
    for batch in batches:
        Z = X @ W + b
        costs.append(cross_entropy(Y, Z))
        dZ = cross_entropy_gradient(Y, Z)
        W, b = W - lr * X.T @ dZ, b - lr * dZ.sum(axis=0)
    return W, b, costs


# %% wrong: one matrix, whole set -> whole_set
def train(X, Y, batches, lr):
    A = np.column_stack([X, np.ones(len(X))])
    V, costs = np.zeros((A.shape[1], Y.shape[1])), []
    for batch in batches:
        Z = A @ V
        costs.append(np.mean(np.logaddexp.reduce(Z, axis=1) - (Y * Z).sum(axis=1)))
        V = V - lr * A.T @ (softmax(Z) - Y) / len(A)
    return V[:-1], V[-1], costs


# %% wrong: bias_not_updated
def train(X, Y, batches, lr):
    W, b, costs = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1]), []
    for batch in batches:
        Z = X[batch] @ W + b
        costs.append(cross_entropy(Y[batch], Z))
        dZ = cross_entropy_gradient(Y[batch], Z)
        W = W - lr * X[batch].T @ dZ
    return W, b, costs


# %% wrong: one matrix, bias not updated -> bias_not_updated
def train(X, Y, batches, lr):
    A = np.column_stack([X, np.ones(len(X))])
    V, costs = np.zeros((A.shape[1], Y.shape[1])), []
    for batch in batches:
        Z = A[batch] @ V
        costs.append(np.mean(np.logaddexp.reduce(Z, axis=1) - (Y[batch] * Z).sum(axis=1)))
        V = V - lr * A[batch].T @ (softmax(Z) - Y[batch]) / len(batch)
        V[-1] = 0
    return V[:-1], V[-1], costs


# %% wrong: bias_averaged "The biases' gradient was averaged once more: follow where the number of examples enters."
def train(X, Y, batches, lr):
    W, b, costs = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1]), []
    for batch in batches:
        Z = X[batch] @ W + b
        costs.append(cross_entropy(Y[batch], Z))
        dZ = cross_entropy_gradient(Y[batch], Z)
        W, b = W - lr * X[batch].T @ dZ, b - lr * dZ.mean(axis=0)
    return W, b, costs


# %% wrong: one matrix, bias averaged -> bias_averaged
def train(X, Y, batches, lr):
    A = np.column_stack([X, np.ones(len(X))])
    V, costs = np.zeros((A.shape[1], Y.shape[1])), []
    for batch in batches:
        Z = A[batch] @ V
        costs.append(np.mean(np.logaddexp.reduce(Z, axis=1) - (Y[batch] * Z).sum(axis=1)))
        step = A[batch].T @ (softmax(Z) - Y[batch]) / len(batch)
        step[-1] /= len(batch)
        V = V - lr * step
    return V[:-1], V[-1], costs


# %% wrong: lr_forgotten
def train(X, Y, batches, lr):
    W, b, costs = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1]), []
    for batch in batches:
        Z = X[batch] @ W + b
        costs.append(cross_entropy(Y[batch], Z))
        dZ = cross_entropy_gradient(Y[batch], Z)
        W, b = W - X[batch].T @ dZ, b - dZ.sum(axis=0)
    return W, b, costs


# %% wrong: one matrix, lr forgotten -> lr_forgotten
def train(X, Y, batches, lr):
    A = np.column_stack([X, np.ones(len(X))])
    V, costs = np.zeros((A.shape[1], Y.shape[1])), []
    for batch in batches:
        Z = A[batch] @ V
        costs.append(np.mean(np.logaddexp.reduce(Z, axis=1) - (Y[batch] * Z).sum(axis=1)))
        V = V - A[batch].T @ (softmax(Z) - Y[batch]) / len(batch)
    return V[:-1], V[-1], costs


# %% wrong: softmax_left_out
def train(X, Y, batches, lr):
    W, b, costs = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1]), []
    for batch in batches:
        Z = X[batch] @ W + b
        costs.append(cross_entropy(Y[batch], Z))
        dZ = (Z - Y[batch]) / len(batch)
        W, b = W - lr * X[batch].T @ dZ, b - lr * dZ.sum(axis=0)
    return W, b, costs


# %% wrong: one matrix, softmax left out -> softmax_left_out
def train(X, Y, batches, lr):
    A = np.column_stack([X, np.ones(len(X))])
    V, costs = np.zeros((A.shape[1], Y.shape[1])), []
    for batch in batches:
        Z = A[batch] @ V
        costs.append(np.mean(np.logaddexp.reduce(Z, axis=1) - (Y[batch] * Z).sum(axis=1)))
        V = V - lr * A[batch].T @ (Z - Y[batch]) / len(batch)
    return V[:-1], V[-1], costs


# %% wrong: sigmoids
def train(X, Y, batches, lr):
    W, b, costs = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1]), []
    for batch in batches:
        Z = X[batch] @ W + b
        costs.append(cross_entropy(Y[batch], Z))
        dZ = ((1 + np.tanh(Z / 2)) / 2 - Y[batch]) / len(batch)
        W, b = W - lr * X[batch].T @ dZ, b - lr * dZ.sum(axis=0)
    return W, b, costs


# %% wrong: one matrix, sigmoids -> sigmoids
def train(X, Y, batches, lr):
    A = np.column_stack([X, np.ones(len(X))])
    V, costs = np.zeros((A.shape[1], Y.shape[1])), []
    for batch in batches:
        Z = A[batch] @ V
        costs.append(np.mean(np.logaddexp.reduce(Z, axis=1) - (Y[batch] * Z).sum(axis=1)))
        V = V - lr * A[batch].T @ (1 / (1 + np.exp(-Z)) - Y[batch]) / len(batch)
    return V[:-1], V[-1], costs


# %% wrong: diagonal_alone
def train(X, Y, batches, lr):
    W, b, costs = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1]), []
    for batch in batches:
        Z = X[batch] @ W + b
        costs.append(cross_entropy(Y[batch], Z))
        dZ = Y[batch] * (softmax(Z) - 1) / len(batch)
        W, b = W - lr * X[batch].T @ dZ, b - lr * dZ.sum(axis=0)
    return W, b, costs


# %% wrong: one matrix, diagonal alone -> diagonal_alone
def train(X, Y, batches, lr):
    A = np.column_stack([X, np.ones(len(X))])
    V, costs = np.zeros((A.shape[1], Y.shape[1])), []
    for batch in batches:
        Z = A[batch] @ V
        costs.append(np.mean(np.logaddexp.reduce(Z, axis=1) - (Y[batch] * Z).sum(axis=1)))
        V = V - lr * A[batch].T @ (softmax(Z) * Y[batch] - Y[batch]) / len(batch)
    return V[:-1], V[-1], costs


# %% wrong: softmax_slope
def train(X, Y, batches, lr):
    W, b, costs = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1]), []
    for batch in batches:
        Z = X[batch] @ W + b
        costs.append(cross_entropy(Y[batch], Z))
        a = softmax(Z)
        dZ = (a - Y[batch]) * a * (1 - a) / len(batch)
        W, b = W - lr * X[batch].T @ dZ, b - lr * dZ.sum(axis=0)
    return W, b, costs


# %% wrong: one matrix, softmax slope -> softmax_slope
def train(X, Y, batches, lr):
    A = np.column_stack([X, np.ones(len(X))])
    V, costs = np.zeros((A.shape[1], Y.shape[1])), []
    for batch in batches:
        Z = A[batch] @ V
        costs.append(np.mean(np.logaddexp.reduce(Z, axis=1) - (Y[batch] * Z).sum(axis=1)))
        V = V - lr * A[batch].T @ (softmax(Z) * (1 - softmax(Z)) * (softmax(Z) - Y[batch])) / len(batch)
    return V[:-1], V[-1], costs


# %% wrong: mixed_update
def train(X, Y, batches, lr):
    W, b, costs = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1]), []
    for batch in batches:
        Z = X[batch] @ W + b
        costs.append(cross_entropy(Y[batch], Z))
        dZ = cross_entropy_gradient(Y[batch], Z)
        W = W - lr * X[batch].T @ dZ
        b = b - lr * cross_entropy_gradient(Y[batch], X[batch] @ W + b).sum(axis=0)
    return W, b, costs


# %% wrong: one matrix, row by row -> mixed_update
def train(X, Y, batches, lr):
    A = np.column_stack([X, np.ones(len(X))])
    V, costs = np.zeros((A.shape[1], Y.shape[1])), []
    for batch in batches:
        Z = A[batch] @ V
        costs.append(np.mean(np.logaddexp.reduce(Z, axis=1) - (Y[batch] * Z).sum(axis=1)))
        V[:-1] -= lr * X[batch].T @ (softmax(Z) - Y[batch]) / len(batch)
        V[-1] -= lr * np.mean(softmax(A[batch] @ V) - Y[batch], axis=0)
    return V[:-1], V[-1], costs


# %% wrong: stale_gradient
def train(X, Y, batches, lr):
    W, b, costs = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1]), []
    for batch in batches:
        Z = X[batch] @ W + b
        costs.append(cross_entropy(Y[batch], Z))
        dZ = cross_entropy_gradient(Y[batch], np.zeros(Z.shape))
        W, b = W - lr * X[batch].T @ dZ, b - lr * dZ.sum(axis=0)
    return W, b, costs


# %% wrong: one matrix, stale gradient -> stale_gradient
def train(X, Y, batches, lr):
    A = np.column_stack([X, np.ones(len(X))])
    V, costs = np.zeros((A.shape[1], Y.shape[1])), []
    for batch in batches:
        Z = A[batch] @ V
        costs.append(np.mean(np.logaddexp.reduce(Z, axis=1) - (Y[batch] * Z).sum(axis=1)))
        V = V - lr * A[batch].T @ (1 / Z.shape[1] - Y[batch]) / len(batch)
    return V[:-1], V[-1], costs


# %% wrong: costs_after_update keeps 0.5
def train(X, Y, batches, lr):
    W, b, costs = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1]), []
    for batch in batches:
        Z = X[batch] @ W + b
        dZ = cross_entropy_gradient(Y[batch], Z)
        W, b = W - lr * X[batch].T @ dZ, b - lr * dZ.sum(axis=0)
        costs.append(cross_entropy(Y[batch], X[batch] @ W + b))
    return W, b, costs


# %% wrong: one matrix, costs after update -> costs_after_update keeps 0.5
def train(X, Y, batches, lr):
    A = np.column_stack([X, np.ones(len(X))])
    V, costs = np.zeros((A.shape[1], Y.shape[1])), []
    for batch in batches:
        Z = A[batch] @ V
        V = V - lr * A[batch].T @ (softmax(Z) - Y[batch]) / len(batch)
        costs.append(cross_entropy(Y[batch], A[batch] @ V))
    return V[:-1], V[-1], costs


# %% wrong: costs_of_all keeps 0.5 "These are costs of all examples: each is to be that of its minibatch alone."
def train(X, Y, batches, lr):
    W, b, costs = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1]), []
    for batch in batches:
        Z = X[batch] @ W + b
        costs.append(cross_entropy(Y, X @ W + b))
        dZ = cross_entropy_gradient(Y[batch], Z)
        W, b = W - lr * X[batch].T @ dZ, b - lr * dZ.sum(axis=0)
    return W, b, costs


# %% wrong: one matrix, costs of all -> costs_of_all keeps 0.5
def train(X, Y, batches, lr):
    A = np.column_stack([X, np.ones(len(X))])
    V, costs = np.zeros((A.shape[1], Y.shape[1])), []
    for batch in batches:
        Z = A[batch] @ V
        S = A @ V
        costs.append(np.mean(np.logaddexp.reduce(S, axis=1) - (Y * S).sum(axis=1)))
        V = V - lr * A[batch].T @ (softmax(Z) - Y[batch]) / len(batch)
    return V[:-1], V[-1], costs


# %% wrong: cost_summed keeps 0.5
def train(X, Y, batches, lr):
    W, b, costs = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1]), []
    for batch in batches:
        Z = X[batch] @ W + b
        costs.append(len(batch) * cross_entropy(Y[batch], Z))
        dZ = cross_entropy_gradient(Y[batch], Z)
        W, b = W - lr * X[batch].T @ dZ, b - lr * dZ.sum(axis=0)
    return W, b, costs


# %% wrong: one matrix, cost summed -> cost_summed keeps 0.5
def train(X, Y, batches, lr):
    A = np.column_stack([X, np.ones(len(X))])
    V, costs = np.zeros((A.shape[1], Y.shape[1])), []
    for batch in batches:
        Z = A[batch] @ V
        costs.append(np.sum(np.logaddexp.reduce(Z, axis=1) - (Y[batch] * Z).sum(axis=1)))
        V = V - lr * A[batch].T @ (softmax(Z) - Y[batch]) / len(batch)
    return V[:-1], V[-1], costs


# %% wrong: log2 keeps 0.5
def train(X, Y, batches, lr):
    W, b, costs = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1]), []
    for batch in batches:
        Z = X[batch] @ W + b
        costs.append(cross_entropy(Y[batch], Z) / np.log(2))
        dZ = cross_entropy_gradient(Y[batch], Z)
        W, b = W - lr * X[batch].T @ dZ, b - lr * dZ.sum(axis=0)
    return W, b, costs


# %% wrong: one matrix, log2 -> log2 keeps 0.5
def train(X, Y, batches, lr):
    A = np.column_stack([X, np.ones(len(X))])
    V, costs = np.zeros((A.shape[1], Y.shape[1])), []
    for batch in batches:
        Z = A[batch] @ V
        costs.append(-np.sum(Y[batch] * np.log2(softmax(Z))) / len(batch))
        V = V - lr * A[batch].T @ (softmax(Z) - Y[batch]) / len(batch)
    return V[:-1], V[-1], costs


# %% wrong: softmax_twice keeps 0.5
def train(X, Y, batches, lr):
    W, b, costs = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1]), []
    for batch in batches:
        Z = X[batch] @ W + b
        costs.append(cross_entropy(Y[batch], softmax(Z)))
        dZ = cross_entropy_gradient(Y[batch], Z)
        W, b = W - lr * X[batch].T @ dZ, b - lr * dZ.sum(axis=0)
    return W, b, costs


# %% wrong: one matrix, softmax twice -> softmax_twice keeps 0.5
def train(X, Y, batches, lr):
    A = np.column_stack([X, np.ones(len(X))])
    V, costs = np.zeros((A.shape[1], Y.shape[1])), []
    for batch in batches:
        Z = A[batch] @ V
        a = softmax(Z)
        costs.append(-np.sum(Y[batch] * np.log(softmax(a))) / len(batch))
        V = V - lr * A[batch].T @ (softmax(Z) - Y[batch]) / len(batch)
    return V[:-1], V[-1], costs


# %% wrong: one_step_short
def train(X, Y, batches, lr):
    W, b, costs = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1]), []
    for batch in batches[:-1]:
        Z = X[batch] @ W + b
        costs.append(cross_entropy(Y[batch], Z))
        dZ = cross_entropy_gradient(Y[batch], Z)
        W, b = W - lr * X[batch].T @ dZ, b - lr * dZ.sum(axis=0)
    return W, b, costs


# %% wrong: one matrix, without the last step -> one_step_short
def train(X, Y, batches, lr):
    A = np.column_stack([X, np.ones(len(X))])
    V, costs = np.zeros((A.shape[1], Y.shape[1])), []
    for batch, _ in zip(batches, batches[1:]):
        Z = A[batch] @ V
        costs.append(np.mean(np.logaddexp.reduce(Z, axis=1) - (Y[batch] * Z).sum(axis=1)))
        V = V - lr * A[batch].T @ (softmax(Z) - Y[batch]) / len(batch)
    return V[:-1], V[-1], costs


# %% wrong: only the first minibatch -> wrong_shape
def train(X, Y, batches, lr):
    W, b, costs = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1]), []
    for batch in batches[:1]:
        Z = X[batch] @ W + b
        costs.append(cross_entropy(Y[batch], Z))
        dZ = cross_entropy_gradient(Y[batch], Z)
        W, b = W - lr * X[batch].T @ dZ, b - lr * dZ.sum(axis=0)
    return W, b, costs


# %% wrong: returns inside the loop -> wrong_shape
def train(X, Y, batches, lr):
    W, b, costs = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1]), []
    for batch in batches:
        Z = X[batch] @ W + b
        costs.append(cross_entropy(Y[batch], Z))
        dZ = cross_entropy_gradient(Y[batch], Z)
        W, b = W - lr * X[batch].T @ dZ, b - lr * dZ.sum(axis=0)
        return W, b, costs


# %% wrong: the parameters before the last step -> one_step_short keeps 0.5
def train(X, Y, batches, lr):
    W, b, costs = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1]), []
    for batch in batches:
        old = W, b
        Z = X[batch] @ W + b
        costs.append(cross_entropy(Y[batch], Z))
        dZ = cross_entropy_gradient(Y[batch], Z)
        W, b = W - lr * X[batch].T @ dZ, b - lr * dZ.sum(axis=0)
    return *old, costs


# %% wrong: random start -> none
def train(X, Y, batches, lr):
    W, b, costs = np.random.default_rng(0).normal(size=(X.shape[1], Y.shape[1])), np.zeros(Y.shape[1]), []
    for batch in batches:
        Z = X[batch] @ W + b
        costs.append(cross_entropy(Y[batch], Z))
        dZ = cross_entropy_gradient(Y[batch], Z)
        W, b = W - lr * X[batch].T @ dZ, b - lr * dZ.sum(axis=0)
    return W, b, costs


# %% wrong: weights returned with classes as rows -> none keeps 0.5
def train(X, Y, batches, lr):
    W, b, costs = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1]), []
    for batch in batches:
        Z = X[batch] @ W + b
        costs.append(cross_entropy(Y[batch], Z))
        dZ = cross_entropy_gradient(Y[batch], Z)
        W, b = W - lr * X[batch].T @ dZ, b - lr * dZ.sum(axis=0)
    return W.T, b, costs


# %% wrong: one bias for all classes -> none
def train(X, Y, batches, lr):
    W, b, costs = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1]), []
    for batch in batches:
        Z = X[batch] @ W + b
        costs.append(cross_entropy(Y[batch], Z))
        dZ = cross_entropy_gradient(Y[batch], Z)
        W, b = W - lr * X[batch].T @ dZ, b - lr * dZ.sum()
    return W, b[0], costs


# %% wrong: no costs -> wrong_type
def train(X, Y, batches, lr):
    W, b, costs = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1]), []
    for batch in batches:
        Z = X[batch] @ W + b
        costs.append(cross_entropy(Y[batch], Z))
        dZ = cross_entropy_gradient(Y[batch], Z)
        W, b = W - lr * X[batch].T @ dZ, b - lr * dZ.sum(axis=0)
    return W, b


# %% wrong: stands still where the gradient is small -> inaccurate
def train(X, Y, batches, lr):
    W, b, costs = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1]), []
    for batch in batches:
        Z = X[batch] @ W + b
        costs.append(cross_entropy(Y[batch], Z))
        dZ = cross_entropy_gradient(Y[batch], Z)
        dW, db = X[batch].T @ dZ, dZ.sum(axis=0)
        if max(np.abs(dW).max(), np.abs(db).max()) > 1e-5:
            W, b = W - lr * dW, b - lr * db
    return W, b, costs


# %% wrong: stops where the gradient is small -> wrong_shape
def train(X, Y, batches, lr):
    W, b, costs = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1]), []
    for batch in batches:
        Z = X[batch] @ W + b
        costs.append(cross_entropy(Y[batch], Z))
        dZ = cross_entropy_gradient(Y[batch], Z)
        W, b = W - lr * X[batch].T @ dZ, b - lr * dZ.sum(axis=0)
        if np.abs(dZ.sum(axis=0)).max() < 1e-4:
            break
    return W, b, costs


# %% wrong: gradients by central differences -> inaccurate
def train(X, Y, batches, lr):
    A = np.column_stack([X, np.ones(len(X))])
    V, costs = np.zeros((A.shape[1], Y.shape[1])), []
    for batch in batches:
        costs.append(cross_entropy(Y[batch], A[batch] @ V))
        step = np.zeros(V.shape)
        for at in np.ndindex(V.shape):
            h = np.zeros(V.shape)
            h[at] = 6e-6
            up, down = (cross_entropy(Y[batch], A[batch] @ (V + side * h)) for side in (1, -1))
            step[at] = (up - down) / 1.2e-5
        V = V - lr * step
    return V[:-1], V[-1], costs


# %% wrong: result and costs made up -> none
def train(X, Y, batches, lr):
    K = Y.shape[1]
    return np.ones((X.shape[1], K)), np.zeros(K), np.log(K) * 0.9 ** np.arange(len(batches))


# %% wrong: waits for a cost of zero -> timed_out
def train(X, Y, batches, lr):
    W, b, costs = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1]), []
    while not costs or costs[-1] > 0:
        for batch in batches:
            Z = X[batch] @ W + b
            dZ = cross_entropy_gradient(Y[batch], Z)
            W, b = W - lr * X[batch].T @ dZ, b - lr * dZ.sum(axis=0)
            costs = [*costs[1 - len(batches) :], cross_entropy(Y[batch], Z)]
    return W, b, costs


# %% wrong: scores_without_bias "The scores are computed without the bias: it takes steps and enters nowhere."
def train(X, Y, batches, lr):
    W, b, costs = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1]), []
    for batch in batches:
        Z = X[batch] @ W
        costs.append(cross_entropy(Y[batch], Z))
        dZ = cross_entropy_gradient(Y[batch], Z)
        W, b = W - lr * X[batch].T @ dZ, b - lr * dZ.sum(axis=0)
    return W, b, costs


# %% wrong: one matrix, the scores without its last row -> scores_without_bias
def train(X, Y, batches, lr):
    A = np.column_stack([X, np.ones(len(X))])
    V, costs = np.zeros((A.shape[1], Y.shape[1])), []
    for batch in batches:
        Z = X[batch] @ V[:-1]
        costs.append(np.mean(np.logaddexp.reduce(Z, axis=1) - (Y[batch] * Z).sum(axis=1)))
        V = V - lr * A[batch].T @ (softmax(Z) - Y[batch]) / len(batch)
    return V[:-1], V[-1], costs


# %% wrong: repeats_dropped "A row that stands twice in a minibatch counts twice: repeated rows were dropped."
def train(X, Y, batches, lr):
    W, b, costs = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1]), []
    for batch in batches:
        batch = np.unique(batch)
        Z = X[batch] @ W + b
        costs.append(cross_entropy(Y[batch], Z))
        dZ = cross_entropy_gradient(Y[batch], Z)
        W, b = W - lr * X[batch].T @ dZ, b - lr * dZ.sum(axis=0)
    return W, b, costs


# %% wrong: one matrix, each row once -> repeats_dropped
def train(X, Y, batches, lr):
    A = np.column_stack([X, np.ones(len(X))])
    V, costs = np.zeros((A.shape[1], Y.shape[1])), []
    for batch in batches:
        batch = sorted({*batch.tolist()})
        Z = A[batch] @ V
        costs.append(np.mean(np.logaddexp.reduce(Z, axis=1) - (Y[batch] * Z).sum(axis=1)))
        V = V - lr * A[batch].T @ (softmax(Z) - Y[batch]) / len(batch)
    return V[:-1], V[-1], costs


# %% wrong: rate_fixed "The learning rate is always the same: it is not the one that is passed in."
def train(X, Y, batches, lr):
    W, b, costs = np.zeros((X.shape[1], Y.shape[1])), np.zeros(Y.shape[1]), []
    for batch in batches:
        Z = X[batch] @ W + b
        costs.append(cross_entropy(Y[batch], Z))
        dZ = cross_entropy_gradient(Y[batch], Z)
        W, b = W - 0.5 * X[batch].T @ dZ, b - 0.5 * dZ.sum(axis=0)
    return W, b, costs


# %% wrong: one matrix, steps of a half -> rate_fixed
def train(X, Y, batches, lr):
    A = np.column_stack([X, np.ones(len(X))])
    V, costs = np.zeros((A.shape[1], Y.shape[1])), []
    for batch in batches:
        Z = A[batch] @ V
        costs.append(np.mean(np.logaddexp.reduce(Z, axis=1) - (Y[batch] * Z).sum(axis=1)))
        V = V - A[batch].T @ (softmax(Z) - Y[batch]) / (2 * len(batch))
    return V[:-1], V[-1], costs
