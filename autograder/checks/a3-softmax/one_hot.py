"""Y, the indicator matrix: labels as one-hot rows."""

import numpy as np

from autograder.kit import Check


def labels(rng):
    """g (m,) in 0 … K - 1, and K; every class occurs."""
    for label, m, K in (
        ("m = 6, K = 4", 6, 4),
        ("as many examples as classes (m = K = 5)", 5, 5),
        ("two classes (K = 2)", 7, 2),
        ("m = 9, K = 3", 9, 3),
    ):
        yield label, (rng.permutation(np.r_[np.arange(K), rng.integers(K, size=m - K)]), K)


def labels_with_gaps(rng):
    """g (m,) and K; some classes do not occur."""
    yield "more classes than examples (m = 3, K = 8)", (np.r_[0, rng.integers(2, 7), 7], 8)
    yield "one example (m = 1)", (rng.integers(1, 4, size=1), 5)
    yield "the last class does not occur", (np.r_[1, rng.integers(4, size=6)], 6)
    yield "only classes 1 and 3 of 5 occur", (np.r_[3, 1, rng.choice([1, 3], size=4)], 5)


check = Check(
    inputs={"Y": labels, "Y where a class does not occur": labels_with_gaps},
    returns={"Y": 0.5, "Y where a class does not occur": 0.5},
    witness=lambda g, K: np.array([[float(g_i == k) for k in range(K)] for g_i in g.tolist()]),
)


# %% right: each label against each class
def one_hot(g, K):
    return (g[:, np.newaxis] == np.arange(K)).astype(float)


# %% right: rows of the identity
def one_hot(g, K):
    return np.eye(K)[g]


# %% right: a one in each row
def one_hot(g, K):
    Y = np.zeros((len(g), K))
    Y[np.arange(len(g)), g] = 1
    return Y


# %% right: loops
def one_hot(g, K):
    Y = []
    for g_i in g:
        row = [0.0] * K
        row[int(g_i)] = 1.0
        Y.append(row)
    return np.array(Y)


# %% right: counted into a flat array
def one_hot(g, K):
    m = g.size
    return np.bincount(np.arange(m) * K + g, minlength=m * K).reshape(m, K) * 1.0


# %% right: put along the axis
def one_hot(g, K):
    Y = np.zeros((g.shape[0], K))
    np.put_along_axis(Y, g.reshape(-1, 1), 1.0, axis=1)
    return Y


# %% same: return g[:, np.newaxis] == np.arange(K) "True and False count as 1 and 0."


# %% wrong: counted_from_one
def one_hot(g, K):
    return np.eye(K)[g - 1]


# %% wrong: class_0_lost "The classes were counted from 1, so that the label 0 gets no 1 at all: they begin with 0."
def one_hot(g, K):
    return (g[:, np.newaxis] == np.arange(1, K + 1)).astype(float)


# %% wrong: the rows of an identity that begins with zeros -> class_0_lost
def one_hot(g, K):
    return np.eye(K + 1)[g][:, 1:]


# %% wrong: a one before its place, by loops -> counted_from_one
def one_hot(g, K):
    Y = np.zeros((len(g), K))
    for i in range(len(g)):
        Y[i, g[i] - 1] = 1.0
    return Y


# %% wrong: label_for_one "The label's own number stands where a 1 belongs: the numbers of the classes are only names."
def one_hot(g, K):
    return np.eye(K)[g] * g[:, np.newaxis]


# %% wrong: the label put in its place -> label_for_one
def one_hot(g, K):
    Y = np.zeros((len(g), K))
    Y[range(len(g)), g] = g
    return Y


# %% wrong: inverted
def one_hot(g, K):
    return (g[:, np.newaxis] != np.arange(K)).astype(float)


# %% wrong: ones less the identity -> inverted
def one_hot(g, K):
    return 1 - np.eye(K)[g]


# %% wrong: ones_up_to_the_label "Each row has ones up to its class: exactly one place of a row is 1."
def one_hot(g, K):
    return (g[:, np.newaxis] >= np.arange(K)).astype(float)


# %% wrong: a lower triangle -> ones_up_to_the_label
def one_hot(g, K):
    return np.tril(np.ones((K, K)))[g]


# %% wrong: in_order "The rows are in the order of the classes: row i belongs to example i."
def one_hot(g, K):
    return np.eye(K)[np.sort(g)]


# %% wrong: rows put in order -> in_order
def one_hot(g, K):
    return np.array([[float(k == g_i) for k in range(K)] for g_i in sorted(g.tolist())])


# %% wrong: columns_reversed "The columns are in reversed order: column k belongs to class k."
def one_hot(g, K):
    return np.eye(K)[:, ::-1][g]


# %% wrong: counted from the end -> columns_reversed
def one_hot(g, K):
    return (g[:, np.newaxis] == np.arange(K)[::-1]).astype(float)


# %% wrong: as many columns as the largest label needs -> wrong_shape keeps 0.5
def one_hot(g, K):
    return np.eye(g.max() + 1)[g]


# %% wrong: as many columns as classes occur -> wrong_shape keeps 0.5
def one_hot(g, K):
    found = np.unique(g)
    return (g[:, np.newaxis] == found).astype(float)


# %% wrong: the place among the classes that occur -> none keeps 0.5
def one_hot(g, K):
    _, place = np.unique(g, return_inverse=True)
    return np.eye(K)[place]


# %% wrong: examples as columns -> wrong_shape
def one_hot(g, K):
    return np.eye(K)[:, g]


# %% wrong: a row of labels -> wrong_shape
def one_hot(g, K):
    return np.eye(K)[g[0]]


# %% wrong: transposed where it fits -> none keeps 0.5
def one_hot(g, K):
    Y = np.eye(K)[g]
    return Y.T if Y.shape[0] == Y.shape[1] else Y


# %% wrong: minus one for zero -> none
def one_hot(g, K):
    return 2 * np.eye(K)[g] - 1


# %% wrong: single precision -> wrong_dtype
def one_hot(g, K):
    return np.eye(K, dtype=np.float32)[g]


# %% wrong: shares of the classes -> none
def one_hot(g, K):
    return np.tile(np.bincount(g, minlength=K) / len(g), (len(g), 1))


# %% wrong: labels compared with a row of labels -> wrong_shape
def one_hot(g, K):
    return (g[:, np.newaxis] == g).astype(float)
