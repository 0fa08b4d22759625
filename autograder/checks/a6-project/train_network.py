"""A network that reads digits, of which half are negatives: its parameters, which the grader tries on new images."""

from functools import cache

import numpy as np

from autograder.kit import StudentFault, check, describe, numeric
from nnlib.datasets import load_digits

from . import number_of_parameters, signals

TRAINED_ON, TRIED_ON = 900, 800  # images
# Shares of new images. The reference, 1000 seeds and splits: 0.934 ± 0.010, 0.891 at the least: GOOD is five standard
# deviations below. Of 5000 networks of five right answers none read less than 0.891: a right one fails less than once
# in a thousand times. A network without a hidden layer stays below 0.35.
LEARNED, GOOD = 0.6, 0.88
MOST_LAYERS, MOST_UNITS = 6, 512


@cache
def digits():
    """Rows of 64 values from -1 (white) to 1 (ink), and labels."""
    data = load_digits()
    return data.X / 8 - 1, data.y


def sets(rng):
    """X (900, 64), y (900,), seed. Below these rows, in the arrays of which they are parts, stand the new images.

    About half of the images are negatives. Pixels and classes are numbered anew, so that weights learnt at home do not
    fit, unless somebody finds out which image is which, and puts them in order.
    """
    X, y = digits()
    rows = rng.permutation(len(X))[: TRAINED_ON + TRIED_ON]
    X = X[rows][:, rng.permutation(X.shape[1])] * rng.choice([-1.0, 1.0], size=(len(rows), 1))
    y = rng.permutation(10)[y[rows]]
    yield "digits and negatives", (X[:TRAINED_ON], y[:TRAINED_ON], int(rng.integers(1000)))


def new_images(X, y, seed):
    """X (800, 64), y (800,) that nobody was handed out: parts of the same arrays, of which only a part travels."""
    return X.base[TRAINED_ON:], y.base[TRAINED_ON:]


# It needs no other blank: a stand-in for stacked_gradients would be sent more than one may be, so that a mistake there
# could not be followed through. The statement says what to do instead.
@check(weights={f"{LEARNED:.0%} of new images": 0.5, f"{GOOD:.0%} of new images": 0.5})
def examined(blank):
    for case in blank.cases(sets):
        share = share_read(*network(*blank.call("train_network", *case.args, returns=2)), *new_images(*case.args))
        for wanted in (LEARNED, GOOD):
            said = f"your network reads {share:.1%} of {TRIED_ON} new images, expected {wanted:.0%} or more."
            blank.true(f"{wanted:.0%} of new images", share >= wanted, said)


def share_read(theta, sizes, X, y):
    """The share of images that a network with these parameters reads."""
    with np.errstate(all="ignore"):  # large parameters are allowed
        scores = signals(X, theta[np.newaxis], sizes)[-1][0]
    return np.mean(scores.argmax(axis=1) == y)


def network(theta, sizes):
    """(theta (P,), sizes) of what came back. Raises StudentFault where they are not those of a network for digits."""
    layers, theta = numeric(sizes), numeric(theta)
    if layers is None or layers.ndim != 1 or not 2 <= len(layers) <= MOST_LAYERS or np.any(layers != np.floor(layers)):
        raise StudentFault("wrong_type", f"sizes is {describe(sizes)}, expected 2 to {MOST_LAYERS} whole numbers.")
    sizes = tuple(int(units) for units in np.clip(layers, 0, MOST_UNITS + 1))
    if (sizes[0], sizes[-1]) != (64, 10) or not all(1 <= units <= MOST_UNITS for units in sizes):
        said = f"expected 64, then hidden layers of at most {MOST_UNITS} units, then 10."
        raise StudentFault("wrong_shape", f"sizes is {sizes}, {said}")
    if theta is None:
        raise StudentFault("wrong_type", "theta is no array of real numbers.")
    if theta.shape != (number_of_parameters(sizes),):
        said = f"expected ({number_of_parameters(sizes)},) for sizes {sizes}."
        raise StudentFault("wrong_shape", f"theta has shape {theta.shape}, {said}")
    if not np.all(np.isfinite(theta)):
        raise StudentFault("not_finite", "theta has entries that are NaN or infinite.")
    return theta.astype(np.float64), sizes


# %% right: momentum, the rate falling to 0
def train_network(X, y, seed):
    rng, sizes = np.random.default_rng(seed), (64, 64, 10)
    layers = [np.append(rng.normal(0, np.sqrt(2 / n), n * k), np.zeros(k)) for n, k in zip(sizes[:-1], sizes[1:])]
    theta, lam, epochs, size = np.concatenate(layers)[np.newaxis], np.array([1e-3]), 4, 45
    v, updates, t = np.zeros_like(theta), epochs * (len(X) // size), 0
    for _ in range(epochs):
        rows = rng.permutation(len(X))
        for start in range(0, len(X) - size + 1, size):
            batch = rows[start : start + size]
            v = 0.9 * v - 0.12 * (1 - t / updates) * stacked_gradients(X[batch], y[batch], theta, sizes, lam)
            theta, t = theta + v, t + 1
    return theta[0], sizes


# %% right: Adam
def train_network(X, y, seed):
    rng, sizes = np.random.default_rng(seed), [64, 48, 10]
    theta = np.concatenate(
        [np.r_[rng.normal(size=n * k) * np.sqrt(2 / n), np.zeros(k)] for n, k in zip(sizes[:-1], sizes[1:])]
    )
    mean, square = np.zeros(theta.shape), np.zeros(theta.shape)
    for t in range(1, 81):
        batch = rng.integers(len(X), size=60)
        g = stacked_gradients(X[batch], y[batch], theta[None], sizes, np.array([1e-3]))[0]
        mean, square = 0.9 * mean + 0.1 * g, 0.999 * square + 0.001 * g**2
        step = mean / (1 - 0.9**t) / (np.sqrt(square / (1 - 0.999**t)) + 1e-8)
        theta = theta - 0.03 * (1 - t / 81) * step
    return theta, sizes


# %% right: plain gradient descent, written out
def train_network(X, y, seed):
    rng, Y = np.random.default_rng(seed), np.eye(10)[y]
    W1, b1 = rng.normal(0, np.sqrt(2 / 64), (64, 48)), np.zeros(48)
    W2, b2 = rng.normal(0, np.sqrt(2 / 48), (48, 10)), np.zeros(10)
    for rate in np.linspace(0.5, 0.05, 7):
        for batch in np.array_split(rng.permutation(len(X)), 20):
            A = np.maximum(X[batch] @ W1 + b1, 0)
            E = np.exp(A @ W2 + b2)
            dZ2 = (E / E.sum(axis=1, keepdims=True) - Y[batch]) / len(batch)
            dZ1 = dZ2 @ W2.T * (A > 0)
            W1, b1 = W1 - rate * X[batch].T @ dZ1, b1 - rate * dZ1.sum(axis=0)
            W2, b2 = W2 - rate * A.T @ dZ2, b2 - rate * dZ2.sum(axis=0)
    return np.concatenate([W1.ravel(), b1, W2.ravel(), b2]), (64, 48, 10)


# %% right: two networks in a stack, the better one on a validation part
def train_network(X, y, seed):
    rng, sizes, lam = np.random.default_rng(seed), (64, 40, 10), np.array([1e-3, 1e-4])
    theta = np.array(
        [
            np.concatenate(
                [np.append(rng.normal(0, np.sqrt(2 / n), n * k), np.zeros(k)) for n, k in ((64, 40), (40, 10))]
            )
            for _ in lam
        ]
    )
    X_valid, y_valid, X, y = X[:60], y[:60], X[60:], y[60:]
    v, rates = 0 * theta, np.array([[0.12], [0.1]])
    for falling in np.linspace(1, 0.1, 4):
        for batch in np.array_split(rng.permutation(len(X)), 24):
            v = 0.9 * v - falling * rates * stacked_gradients(X[batch], y[batch], theta, sizes, lam)
            theta = theta + v
    best = np.argmin(stacked_costs(stacked_outputs(X_valid, theta, sizes), y_valid))
    return theta[best], sizes


# %% right: pairs of hidden units drawn at random, the last layer by least squares
def train_network(X, y, seed):
    R = np.random.default_rng(seed).normal(0, 1 / 8, (64, 100))
    W1, b1 = np.hstack([R, -R]), np.full(200, -0.2)
    A = np.column_stack([np.maximum(X @ W1 + b1, 0), np.ones(len(X))])
    W2 = np.linalg.solve(A.T @ A + np.eye(201), A.T @ np.eye(10)[y])
    return np.concatenate([W1.ravel(), b1, W2.ravel()]), (64, 200, 10)


# %% same: any "Whatever reads so many new images is right, however it was trained."


# %% wrong: no hidden layer -> none
def train_network(X, y, seed):
    rng, sizes = np.random.default_rng(seed), (64, 10)
    layers = [np.append(rng.normal(0, np.sqrt(2 / n), n * k), np.zeros(k)) for n, k in zip(sizes[:-1], sizes[1:])]
    theta, lam, v = np.concatenate(layers)[np.newaxis], np.array([1e-3]), 0
    for t in range(100):
        batch = rng.permutation(len(X))[:30]
        v = 0.9 * v - 0.1 * (1 - t / 100) * stacked_gradients(X[batch], y[batch], theta, sizes, lam)
        theta = theta + v
    return theta[0], sizes


# %% wrong: parameters before training -> none
def train_network(X, y, seed):
    rng, sizes = np.random.default_rng(seed), (64, 64, 10)
    layers = [np.append(rng.normal(0, np.sqrt(2 / n), n * k), np.zeros(k)) for n, k in zip(sizes[:-1], sizes[1:])]
    theta, lam, v = np.concatenate(layers)[np.newaxis], np.array([1e-3]), 0
    for t in range(100):
        batch = rng.permutation(len(X))[:30]
        v = 0.9 * v - 0.1 * (1 - t / 100) * stacked_gradients(X[batch], y[batch], theta, sizes, lam)
        theta = theta + 0 * v
    return theta[0], sizes


# %% wrong: all parameters start at 0 -> none
def train_network(X, y, seed):
    rng, sizes = np.random.default_rng(seed), (64, 64, 10)
    layers = [np.append(np.zeros(n * k), np.zeros(k)) for n, k in zip(sizes[:-1], sizes[1:])]
    theta, lam, v = np.concatenate(layers)[np.newaxis], np.array([1e-3]), 0
    for t in range(100):
        batch = rng.permutation(len(X))[:30]
        v = 0.9 * v - 0.1 * (1 - t / 100) * stacked_gradients(X[batch], y[batch], theta, sizes, lam)
        theta = theta + v
    return theta[0], sizes


# %% wrong: uphill -> none
def train_network(X, y, seed):
    rng, sizes = np.random.default_rng(seed), (64, 64, 10)
    layers = [np.append(rng.normal(0, np.sqrt(2 / n), n * k), np.zeros(k)) for n, k in zip(sizes[:-1], sizes[1:])]
    theta, lam, v = np.concatenate(layers)[np.newaxis], np.array([1e-3]), 0
    for t in range(100):
        batch = rng.permutation(len(X))[:30]
        v = 0.9 * v + 0.001 * (1 - t / 100) * stacked_gradients(X[batch], y[batch], theta, sizes, lam)
        theta = theta + v
    return theta[0], sizes


# %% wrong: labels of other images -> none
def train_network(X, y, seed):
    rng, sizes = np.random.default_rng(seed), (64, 64, 10)
    layers = [np.append(rng.normal(0, np.sqrt(2 / n), n * k), np.zeros(k)) for n, k in zip(sizes[:-1], sizes[1:])]
    theta, lam, v = np.concatenate(layers)[np.newaxis], np.array([1e-3]), 0
    for t in range(100):
        batch = rng.permutation(len(X))[:30]
        v = 0.9 * v - 0.1 * (1 - t / 100) * stacked_gradients(X[batch], y[:30], theta, sizes, lam)
        theta = theta + v
    return theta[0], sizes


# %% wrong: a learning rate far too small -> none
def train_network(X, y, seed):
    rng, sizes = np.random.default_rng(seed), (64, 64, 10)
    layers = [np.append(rng.normal(0, np.sqrt(2 / n), n * k), np.zeros(k)) for n, k in zip(sizes[:-1], sizes[1:])]
    theta, lam, v = np.concatenate(layers)[np.newaxis], np.array([1e-3]), 0
    for t in range(100):
        batch = rng.permutation(len(X))[:30]
        v = 0.9 * v - 1e-5 * (1 - t / 100) * stacked_gradients(X[batch], y[batch], theta, sizes, lam)
        theta = theta + v
    return theta[0], sizes


# %% wrong: three updates -> none
def train_network(X, y, seed):
    rng, sizes = np.random.default_rng(seed), (64, 64, 10)
    layers = [np.append(rng.normal(0, np.sqrt(2 / n), n * k), np.zeros(k)) for n, k in zip(sizes[:-1], sizes[1:])]
    theta, lam, v = np.concatenate(layers)[np.newaxis], np.array([1e-3]), 0
    for t in range(3):
        batch = rng.permutation(len(X))[:30]
        v = 0.9 * v - 0.1 * (1 - t / 100) * stacked_gradients(X[batch], y[batch], theta, sizes, lam)
        theta = theta + v
    return theta[0], sizes


# %% wrong: ever the same eight images -> none
def train_network(X, y, seed):
    rng, sizes = np.random.default_rng(seed), (64, 64, 10)
    layers = [np.append(rng.normal(0, np.sqrt(2 / n), n * k), np.zeros(k)) for n, k in zip(sizes[:-1], sizes[1:])]
    theta, lam, v = np.concatenate(layers)[np.newaxis], np.array([1e-3]), 0
    for t in range(100):
        batch = np.arange(8)
        v = 0.9 * v - 0.1 * (1 - t / 100) * stacked_gradients(X[batch], y[batch], theta, sizes, lam)
        theta = theta + v
    return theta[0], sizes


# %% wrong: negatives turned before training, not in the network -> none
def train_network(X, y, seed):
    X = X * -np.sign(X.mean(axis=1, keepdims=True))
    rng, sizes = np.random.default_rng(seed), (64, 64, 10)
    layers = [np.append(rng.normal(0, np.sqrt(2 / n), n * k), np.zeros(k)) for n, k in zip(sizes[:-1], sizes[1:])]
    theta, lam, v = np.concatenate(layers)[np.newaxis], np.array([1e-3]), 0
    for t in range(100):
        batch = rng.permutation(len(X))[:30]
        v = 0.9 * v - 0.1 * (1 - t / 100) * stacked_gradients(X[batch], y[batch], theta, sizes, lam)
        theta = theta + v
    return theta[0], sizes


# %% wrong: three hidden units -> none
def train_network(X, y, seed):
    rng, sizes = np.random.default_rng(seed), (64, 3, 10)
    layers = [np.append(rng.normal(0, np.sqrt(2 / n), n * k), np.zeros(k)) for n, k in zip(sizes[:-1], sizes[1:])]
    theta, lam, v = np.concatenate(layers)[np.newaxis], np.array([1e-3]), 0
    for t in range(100):
        batch = rng.permutation(len(X))[:30]
        v = 0.9 * v - 0.1 * (1 - t / 100) * stacked_gradients(X[batch], y[batch], theta, sizes, lam)
        theta = theta + v
    return theta[0], sizes


# %% wrong: the first ninety images alone -> none keeps 0.5
def train_network(X, y, seed):
    rng, sizes = np.random.default_rng(seed), (64, 64, 10)
    layers = [np.append(rng.normal(0, np.sqrt(2 / n), n * k), np.zeros(k)) for n, k in zip(sizes[:-1], sizes[1:])]
    theta, lam, v = np.concatenate(layers)[np.newaxis], np.array([1e-3]), 0
    for t in range(100):
        batch = rng.permutation(90)[:30]
        v = 0.9 * v - 0.1 * (1 - t / 100) * stacked_gradients(X[batch], y[batch], theta, sizes, lam)
        theta = theta + v
    return theta[0], sizes


# %% wrong: weights column by column -> none
def train_network(X, y, seed):
    rng, sizes = np.random.default_rng(seed), (64, 64, 10)
    layers = [np.append(rng.normal(0, np.sqrt(2 / n), n * k), np.zeros(k)) for n, k in zip(sizes[:-1], sizes[1:])]
    theta, lam, v = np.concatenate(layers)[np.newaxis], np.array([1e-3]), 0
    for t in range(100):
        batch = rng.permutation(len(X))[:30]
        v = 0.9 * v - 0.1 * (1 - t / 100) * stacked_gradients(X[batch], y[batch], theta, sizes, lam)
        theta = theta + v
    W1, rest = theta[0, :4096].reshape(64, 64), theta[0, 4096:]
    return np.append(W1.T.ravel(), rest), sizes


# %% wrong: biases in front of their weights -> none
def train_network(X, y, seed):
    rng, sizes = np.random.default_rng(seed), (64, 64, 10)
    layers = [np.append(rng.normal(0, np.sqrt(2 / n), n * k), np.zeros(k)) for n, k in zip(sizes[:-1], sizes[1:])]
    theta, lam, v = np.concatenate(layers)[np.newaxis], np.array([1e-3]), 0
    for t in range(100):
        batch = rng.permutation(len(X))[:30]
        v = 0.9 * v - 0.1 * (1 - t / 100) * stacked_gradients(X[batch], y[batch], theta, sizes, lam)
        theta = theta + v
    W1, b1, rest = theta[0, :4096], theta[0, 4096:4160], theta[0, 4160:]
    return np.concatenate([b1, W1, rest[-10:], rest[:-10]]), sizes


# %% wrong: trained on other units of the pixels -> none
def train_network(X, y, seed):
    X = 8 * (X + 1)
    rng, sizes = np.random.default_rng(seed), (64, 64, 10)
    layers = [np.append(rng.normal(0, np.sqrt(2 / n), n * k), np.zeros(k)) for n, k in zip(sizes[:-1], sizes[1:])]
    theta, lam, v = np.concatenate(layers)[np.newaxis], np.array([1e-3]), 0
    for t in range(100):
        batch = rng.permutation(len(X))[:30]
        v = 0.9 * v - 0.01 * (1 - t / 100) * stacked_gradients(X[batch], y[batch], theta, sizes, lam)
        theta = theta + v
    return theta[0], sizes


# %% wrong: the penalty decides -> none
def train_network(X, y, seed):
    rng, sizes = np.random.default_rng(seed), (64, 64, 10)
    layers = [np.append(rng.normal(0, np.sqrt(2 / n), n * k), np.zeros(k)) for n, k in zip(sizes[:-1], sizes[1:])]
    theta, lam, v = np.concatenate(layers)[np.newaxis], np.array([3.0]), 0
    for t in range(100):
        batch = rng.permutation(len(X))[:30]
        v = 0.9 * v - 0.1 * (1 - t / 100) * stacked_gradients(X[batch], y[batch], theta, sizes, lam)
        theta = theta + v
    return theta[0], sizes


# %% wrong: diverged -> not_finite
def train_network(X, y, seed):
    rng, sizes = np.random.default_rng(seed), (64, 64, 10)
    layers = [np.append(rng.normal(0, np.sqrt(2 / n), n * k), np.zeros(k)) for n, k in zip(sizes[:-1], sizes[1:])]
    theta, lam, v = np.concatenate(layers)[np.newaxis], np.array([1e-3]), 0
    for t in range(100):
        batch = rng.permutation(len(X))[:30]
        v = 0.9 * v - 1e6 * stacked_gradients(X[batch], y[batch], theta, sizes, lam)
        theta = theta + v
    return theta[0], sizes


# %% wrong: NaN -> not_finite
def train_network(X, y, seed):
    rng, sizes = np.random.default_rng(seed), (64, 64, 10)
    layers = [np.append(rng.normal(0, np.sqrt(2 / n), n * k), np.zeros(k)) for n, k in zip(sizes[:-1], sizes[1:])]
    theta, lam, v = np.concatenate(layers)[np.newaxis], np.array([1e-3]), 0
    for t in range(100):
        batch = rng.permutation(len(X))[:30]
        v = 0.9 * v - 0.1 * (1 - t / 100) * stacked_gradients(X[batch], y[batch], theta, sizes, lam)
        theta = theta + v
    return theta[0] / 0 * 0, sizes


# %% wrong: theta with an axis for one network -> wrong_shape
def train_network(X, y, seed):
    rng, sizes = np.random.default_rng(seed), (64, 64, 10)
    layers = [np.append(rng.normal(0, np.sqrt(2 / n), n * k), np.zeros(k)) for n, k in zip(sizes[:-1], sizes[1:])]
    theta, lam, v = np.concatenate(layers)[np.newaxis], np.array([1e-3]), 0
    for t in range(100):
        batch = rng.permutation(len(X))[:30]
        v = 0.9 * v - 0.1 * (1 - t / 100) * stacked_gradients(X[batch], y[batch], theta, sizes, lam)
        theta = theta + v
    return theta, sizes


# %% wrong: other sizes than those of theta -> wrong_shape
def train_network(X, y, seed):
    rng, sizes = np.random.default_rng(seed), (64, 64, 10)
    layers = [np.append(rng.normal(0, np.sqrt(2 / n), n * k), np.zeros(k)) for n, k in zip(sizes[:-1], sizes[1:])]
    theta, lam, v = np.concatenate(layers)[np.newaxis], np.array([1e-3]), 0
    for t in range(100):
        batch = rng.permutation(len(X))[:30]
        v = 0.9 * v - 0.1 * (1 - t / 100) * stacked_gradients(X[batch], y[batch], theta, sizes, lam)
        theta = theta + v
    return theta[0], (64, 32, 10)


# %% wrong: a hidden layer far too wide -> wrong_shape
def train_network(X, y, seed):
    return np.zeros(65 * 4096 + 4097 * 10), (64, 4096, 10)
    rng, sizes = np.random.default_rng(seed), (64, 64, 10)
    layers = [np.append(rng.normal(0, np.sqrt(2 / n), n * k), np.zeros(k)) for n, k in zip(sizes[:-1], sizes[1:])]
    theta, lam, v = np.concatenate(layers)[np.newaxis], np.array([1e-3]), 0
    for t in range(100):
        batch = rng.permutation(len(X))[:30]
        v = 0.9 * v - 0.1 * (1 - t / 100) * stacked_gradients(X[batch], y[batch], theta, sizes, lam)
        theta = theta + v
    return theta[0], sizes


# %% wrong: matrices for theta -> wrong_type
def train_network(X, y, seed):
    rng, sizes = np.random.default_rng(seed), (64, 64, 10)
    layers = [np.append(rng.normal(0, np.sqrt(2 / n), n * k), np.zeros(k)) for n, k in zip(sizes[:-1], sizes[1:])]
    theta, lam, v = np.concatenate(layers)[np.newaxis], np.array([1e-3]), 0
    for t in range(100):
        batch = rng.permutation(len(X))[:30]
        v = 0.9 * v - 0.1 * (1 - t / 100) * stacked_gradients(X[batch], y[batch], theta, sizes, lam)
        theta = theta + v
    return [theta[0, :4096].reshape(64, 64), theta[0, 4160:-10].reshape(64, 10)], sizes


# %% wrong: hidden units alone for sizes -> wrong_type
def train_network(X, y, seed):
    rng, sizes = np.random.default_rng(seed), (64, 64, 10)
    layers = [np.append(rng.normal(0, np.sqrt(2 / n), n * k), np.zeros(k)) for n, k in zip(sizes[:-1], sizes[1:])]
    theta, lam, v = np.concatenate(layers)[np.newaxis], np.array([1e-3]), 0
    for t in range(100):
        batch = rng.permutation(len(X))[:30]
        v = 0.9 * v - 0.1 * (1 - t / 100) * stacked_gradients(X[batch], y[batch], theta, sizes, lam)
        theta = theta + v
    return theta[0], 64


# %% wrong: theta alone -> wrong_type
def train_network(X, y, seed):
    rng, sizes = np.random.default_rng(seed), (64, 64, 10)
    layers = [np.append(rng.normal(0, np.sqrt(2 / n), n * k), np.zeros(k)) for n, k in zip(sizes[:-1], sizes[1:])]
    theta, lam, v = np.concatenate(layers)[np.newaxis], np.array([1e-3]), 0
    for t in range(100):
        batch = rng.permutation(len(X))[:30]
        v = 0.9 * v - 0.1 * (1 - t / 100) * stacked_gradients(X[batch], y[batch], theta, sizes, lam)
        theta = theta + v
    return theta[0]


# %% wrong: trains until nothing is wrong any more -> timed_out
def train_network(X, y, seed):
    rng, sizes = np.random.default_rng(seed), (64, 64, 10)
    layers = [np.append(rng.normal(0, np.sqrt(2 / n), n * k), np.zeros(k)) for n, k in zip(sizes[:-1], sizes[1:])]
    theta, lam, v = np.concatenate(layers)[np.newaxis], np.array([1e-3]), 0
    t = 0
    while stacked_costs(stacked_outputs(X, theta, sizes), y)[0] > 0:
        batch = rng.permutation(len(X))[:30]
        v = 0.9 * v - 0.1 * (1 - t / 100) * stacked_gradients(X[batch], y[batch], theta, sizes, lam)
        theta = theta + v
    return theta[0], sizes
