"""∂J/∂X of the largest entry of each row; of equal entries the first gets all."""

import numpy as np

from autograder.kit import Check
from nnlib import graph


def untied(rng):
    """dout (m,) and X (m, n) whose rows have one largest entry each; it is positive, negative, in any column."""
    for label, m, n in (
        ("m = 4, n = 3", 4, 3),
        ("as many rows as columns (m = n = 3)", 3, 3),
        ("one row (m = 1)", 1, 4),
        ("one column (n = 1)", 3, 1),
        ("two columns (n = 2)", 5, 2),
        ("all entries negative", 4, 3),
    ):
        X = np.stack([rng.permutation(np.arange(n) + rng.uniform(0.1, 0.9)) for _ in range(m)]).round(2)
        if label == "all entries negative":
            X = X - 9.5
        yield label, (_messages(rng, m), X)


def tied(rng):
    """The same, but in every row two or more entries are equal and largest."""
    for label, largest, other in (("ties", 2.5, -1.0), ("ties at 0", 0.0, -2.0), ("all entries equal", 1.5, 1.5)):
        X = np.full((5, 4), other)
        for row in X:
            row[rng.choice(4, size=rng.integers(2, 4), replace=False)] = largest
        yield label, (_messages(rng, 5), X)


def _messages(rng, m):
    return (rng.choice([-1, 1], size=m) * rng.uniform(0.3, 1.5, size=m)).round(3)


def on_a_graph(dout, X):
    """The same by nnlib's graph."""
    x = graph.variable(X)
    return graph.gradients(graph.max(x, axis=1), [x], dout)[0]


check = Check(
    inputs={"∂J/∂X": untied, "∂J/∂X where entries are equal": tied},
    returns={"∂J/∂X": 0.5, "∂J/∂X where entries are equal": 0.5},
    witness=on_a_graph,
)


# %% right: a mask of the first largest
def max_backward(dout, X):
    wins = np.arange(X.shape[1]) == np.argmax(X, axis=1)[:, np.newaxis]
    return np.where(wins, dout[:, np.newaxis], 0.0)


# %% right: written where the largest stand
def max_backward(dout, X):
    dX = np.zeros(X.shape)
    dX[np.arange(len(X)), X.argmax(axis=1)] = dout
    return dX


# %% right: loops
def max_backward(dout, X):
    dX = np.zeros_like(X)
    for i, row in enumerate(X):
        best = 0
        for j in range(1, len(row)):
            if row[j] > row[best]:
                best = j
        dX[i, best] = dout[i]
    return dX


# %% right: row by row, as in the lecture
def max_backward(dout, X):
    return np.array([np.where(np.arange(len(x)) == np.argmax(x), d, 0.0) for d, x in zip(dout, X)])


# %% right: one-hot rows
def max_backward(dout, X):
    return dout[:, None] * np.eye(X.shape[1])[np.argmax(X, axis=1)]


# %% right: all of the largest, less those that come later
def max_backward(dout, X):
    largest = X == X.max(axis=1, keepdims=True)
    first = largest & (np.cumsum(largest, axis=1) == 1)
    return (first.T * dout).T


# %% right: put_along_axis
def max_backward(dout, X):
    dX = 0.0 * X
    np.put_along_axis(dX, np.argmax(X, axis=1, keepdims=True), np.reshape(dout, (-1, 1)), axis=1)
    return dX


# %% wrong: ties_all_win keeps 0.5 "Of equal entries each got all of dout: only the first of them may."
def max_backward(dout, X):
    return dout[:, None] * (X == X.max(axis=1, keepdims=True))


# %% wrong: not smaller than any other -> ties_all_win keeps 0.5
def max_backward(dout, X):
    return np.array([[d * all(x >= other for other in row) for x in row] for d, row in zip(dout, X)])


# %% wrong: tie_shared keeps 0.5 "Equal entries share dout: in this course the first of them gets all of it."
def max_backward(dout, X):
    wins = X == X.max(axis=1, keepdims=True)
    return dout[:, None] * wins / wins.sum(axis=1, keepdims=True)


# %% wrong: divided by the number of winners -> tie_shared keeps 0.5
def max_backward(dout, X):
    dX = np.zeros(X.shape)
    for i, row in enumerate(X):
        winners = np.flatnonzero(row == max(row))
        dX[i, winners] = dout[i] / len(winners)
    return dX


# %% wrong: last_of_equal keeps 0.5 "Of equal entries the last one wins: it must be the first."
def max_backward(dout, X):
    last = X.shape[1] - 1 - np.argmax(X[:, ::-1], axis=1)
    return dout[:, None] * (np.arange(X.shape[1]) == last[:, None])


# %% wrong: not smaller than the best so far -> last_of_equal keeps 0.5
def max_backward(dout, X):
    dX = np.zeros(X.shape)
    for i, row in enumerate(X):
        best = 0
        for j in range(len(row)):
            if row[j] >= row[best]:
                best = j
        dX[i, best] = dout[i]
    return dX


# %% wrong: ties_get_nothing keeps 0.5 "Where entries are equal nobody gets dout: the first of them must."
def max_backward(dout, X):
    wins = X == X.max(axis=1, keepdims=True)
    return dout[:, None] * (wins & (wins.sum(axis=1, keepdims=True) == 1))


# %% wrong: larger than every other -> ties_get_nothing keeps 0.5
def max_backward(dout, X):
    m, n = X.shape
    wins = [[all(X[i, j] > X[i, k] for k in range(n) if k != j) for j in range(n)] for i in range(m)]
    return np.array(wins) * dout.reshape(m, 1)


# %% wrong: dout_missing
def max_backward(dout, X):
    return np.where(np.arange(X.shape[1]) == np.argmax(X, axis=1)[:, None], 1.0, 0.0)


# %% wrong: one-hot rows alone -> dout_missing
def max_backward(dout, X):
    return np.eye(X.shape[1])[np.argmax(X, axis=1)]


# %% wrong: copied_to_all "Every entry of a row got dout: which of them does the output depend on?"
def max_backward(dout, X):
    return dout[:, None] * np.ones(X.shape)


# %% wrong: as a sum gate -> copied_to_all
def max_backward(dout, X):
    return np.repeat(dout, X.shape[1]).reshape(X.shape)


# %% wrong: value_enters "The largest value itself enters: the local gradient is 1 or 0."
def max_backward(dout, X):
    wins = np.arange(X.shape[1]) == np.argmax(X, axis=1)[:, None]
    return dout[:, None] * X * wins


# %% wrong: the maximum times dout -> value_enters
def max_backward(dout, X):
    return (dout * X.max(axis=1))[:, None] * np.eye(X.shape[1])[np.argmax(X, axis=1)]


# %% wrong: min_for_max "The smallest entry of each row got dout."
def max_backward(dout, X):
    return dout[:, None] * np.eye(X.shape[1])[np.argmin(X, axis=1)]


# %% wrong: the largest of minus X -> min_for_max
def max_backward(dout, X):
    dX = np.zeros(X.shape)
    dX[np.arange(len(X)), np.argmax(-X, axis=1)] = dout
    return dX


# %% wrong: relu_for_max "Entries above 0 got dout: that is the gate of another function."
def max_backward(dout, X):
    return dout[:, None] * (X > 0)


# %% wrong: where the sign is positive -> relu_for_max
def max_backward(dout, X):
    return np.where(np.sign(X) == 1, dout[:, None], 0.0)


# %% wrong: demultiplexer the wrong way round -> none
def max_backward(dout, X):
    wins = np.arange(X.shape[1]) == np.argmax(X, axis=1)[:, None]
    return np.where(wins, 0.0, dout[:, None])


# %% wrong: only the row with the largest of all -> none
def max_backward(dout, X):
    dX = np.zeros(X.shape)
    i, j = np.unravel_index(np.argmax(X), X.shape)
    dX[i, j] = dout[i]
    return dX


# %% wrong: one message a row -> wrong_shape
def max_backward(dout, X):
    return dout * (X.max(axis=1) == np.sort(X, axis=1)[:, -1])


# %% wrong: down the columns -> raised
def max_backward(dout, X):
    return np.where(X == X.max(axis=0), dout, 0.0) * np.ones((len(X), len(dout))) @ np.ones((len(X), X.shape[1]))


# %% wrong: the winner's column -> wrong_shape
def max_backward(dout, X):
    return np.argmax(X, axis=1)


# %% wrong: right in ties, sign lost without -> none keeps 0.5
def max_backward(dout, X):
    tied = (X == X.max(axis=1, keepdims=True)).sum(axis=1) > 1
    return np.where(tied, dout, np.abs(dout))[:, None] * np.eye(X.shape[1])[np.argmax(X, axis=1)]
