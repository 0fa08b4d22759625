"""The held-out answers to a6-project that are its own: networks for digits that nobody has trained well."""

import numpy as np

SIZES = (64, 20, 10)
PARAMETERS = 65 * 20 + 21 * 10


def drawn(rng, X, y, seed):
    return rng.normal(size=PARAMETERS), SIZES


def tiny(rng, X, y, seed):
    return 1e-6 * rng.normal(size=PARAMETERS), SIZES


def one_class(rng, X, y, seed):
    return np.append(np.zeros(PARAMETERS - 10), np.arange(10) == rng.integers(10)), SIZES


def class_means(rng, X, y, seed):
    return np.append(np.array([X[y == k].mean(axis=0) for k in range(10)]).T.ravel(), np.zeros(10)), (64, 10)


def least_squares(rng, X, y, seed):
    Wb = np.linalg.lstsq(np.column_stack([X, np.ones(len(X))]), np.eye(10)[y], rcond=None)[0]
    return Wb.ravel(), (64, 10)


def dead_units(rng, X, y, seed):
    W1, b1, W2 = rng.normal(size=64 * 20), np.full(20, -1e3), rng.normal(size=200)
    return np.concatenate([W1, b1, W2, rng.normal(size=10)]), SIZES


GIVEN = {}
WRITTEN = {
    "train_network": {
        "drawn at random": drawn,
        "nearly zero": tiny,
        "one class for all": one_class,
        "the classes' means": class_means,
        "least squares": least_squares,
        "dead hidden units": dead_units,
    }
}
