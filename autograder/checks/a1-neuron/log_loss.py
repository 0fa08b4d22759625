"""The log loss J of logits z and labels y, soft ones too: a mean, in nats."""

import numpy as np

from autograder.kit import Check
from nnlib.losses import log_loss_from_logits


def labelled_logits(rng):
    """Labels y and logits z of ordinary size; only of the last kind could z be taken for a probability."""
    for label, m in (("soft labels, m = 8", 8), ("one example (m = 1) with a soft label", 1)):
        yield label, (rng.uniform(0.1, 0.9, size=m).round(2), _logits(rng, m))
    for label, m in (("labels 0 and 1, m = 12", 12), ("two examples", 2)):
        yield label, (np.arange(m) % 2.0, _logits(rng, m))
    y, z = rng.uniform(0.1, 0.9, size=(2, 6))
    yield "z between 0 and 1", (y.round(2), z.round(3))


def _logits(rng, m):
    return (rng.uniform(1.1, 5, size=m) * rng.choice([-1, 1], size=m)).round(3)


def sure_logits(rng):
    """Predictions so sure that σ(z) rounds to 0 or 1, some of them wrong: the loss is then about |z|."""
    z = rng.uniform(750, 1000, size=8).round(1)
    z[::2] *= -1
    hard = (z > 0).astype(float)
    yield "sure and right, labels 0 and 1", (hard, z)
    yield "sure, one of them wrong", (np.r_[1 - hard[:1], hard[1:]], z)
    yield "sure, soft labels", (rng.uniform(0.1, 0.9, size=8).round(2), z)


check = Check(
    inputs={"J": labelled_logits, "J for large |z|": sure_logits},
    returns={"J": 0.5, "J for large |z|": 0.5},
    witness=log_loss_from_logits,
)


# %% right: two softpluses
def log_loss(y, z):
    return np.mean(y * np.logaddexp(0, -z) + (1 - y) * np.logaddexp(0, z))


# %% right: softplus minus the linear term
def log_loss(y, z):
    softplus = np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))
    return (softplus - y * z).sum() / len(z)


# %% right: loop
import math


def log_loss(y, z):
    total = 0.0
    for y_i, z_i in zip(y, z):
        total += max(z_i, 0) - y_i * z_i + math.log(1 + math.exp(-abs(z_i)))
    return total / len(y)


# %% right: a dot product
def log_loss(y, z):
    y, z = np.asarray(y), np.asarray(z)
    log_a, log_not_a = -np.logaddexp(0, -z), -np.logaddexp(0, z)
    return -(y @ log_a + (1 - y) @ log_not_a) / y.size


# %% right: the positive and the negative part of z
def log_loss(y, z):
    rest = np.log1p(np.exp(-np.abs(z)))
    return np.average((1 - y) * np.maximum(z, 0) - y * np.minimum(z, 0) + rest)


# %% wrong: missing_mean
def log_loss(y, z):
    return np.sum(y * np.logaddexp(0, -z) + (1 - y) * np.logaddexp(0, z))


# %% wrong: a dot product, missing mean -> missing_mean
def log_loss(y, z):
    return y @ np.logaddexp(0, -z) + (1 - y) @ np.logaddexp(0, z)


# %% wrong: not_summed
def log_loss(y, z):
    return y * np.logaddexp(0, -z) + (1 - y) * np.logaddexp(0, z)


# %% wrong: softplus minus the linear term, one each -> not_summed
def log_loss(y, z):
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z))) - y * z


# %% wrong: wrong_sign
def log_loss(y, z):
    return np.mean(-y * np.logaddexp(0, -z) - (1 - y) * np.logaddexp(0, z))


# %% wrong: the log likelihood -> wrong_sign
def log_loss(y, z):
    return np.mean(y * z - np.maximum(z, 0) - np.log1p(np.exp(-np.abs(z))))


# %% wrong: log2
def log_loss(y, z):
    return np.mean(y * np.logaddexp(0, -z) + (1 - y) * np.logaddexp(0, z)) / np.log(2)


# %% wrong: bits -> log2
def log_loss(y, z):
    softplus = np.logaddexp2(0, z / np.log(2))
    return np.mean(softplus - y * z / np.log(2))


# %% wrong: labels_rounded
def log_loss(y, z):
    return np.mean(np.where(y == 1, np.logaddexp(0, -z), np.logaddexp(0, z)))


# %% wrong: a sign for the label -> labels_rounded
def log_loss(y, z):
    return np.mean(np.logaddexp(0, (1 - 2 * (y == 1)) * z))


# %% wrong: one_term_only
def log_loss(y, z):
    return np.mean(y * np.logaddexp(0, -z))


# %% wrong: a dot product, one term only -> one_term_only
def log_loss(y, z):
    return -(y @ (np.minimum(z, 0) - np.log1p(np.exp(-np.abs(z))))) / len(y)


# %% wrong: labels_exchanged
def log_loss(y, z):
    return np.mean((1 - y) * np.logaddexp(0, -z) + y * np.logaddexp(0, z))


# %% wrong: the other linear term -> labels_exchanged
def log_loss(y, z):
    return np.mean(np.logaddexp(0, z) - (1 - y) * z)


# %% wrong: probabilities_clipped keeps 0.5
def log_loss(y, z):
    a = np.clip(sigmoid(z), 1e-15, 1 - 1e-15)
    return -np.mean(y * np.log(a) + (1 - y) * np.log(1 - a))


# %% wrong: a floor and a ceiling -> probabilities_clipped keeps 0.5
def log_loss(y, z):
    a = np.minimum(np.maximum(1 / (1 + np.exp(-z)), 1e-15), 1 - 1e-15)
    return -(y @ np.log(a) + (1 - y) @ np.log(1 - a)) / len(y)


# %% wrong: log_of_zero keeps 0.5
def log_loss(y, z):
    a = sigmoid(z)
    return -np.mean(y * np.log(a) + (1 - y) * np.log(1 - a))


# %% wrong: a sum over m -> log_of_zero keeps 0.5
def log_loss(y, z):
    a = (1 + np.tanh(z / 2)) / 2
    return np.sum(-y * np.log(a) - (1 - y) * np.log(1 - a)) / len(y)


# %% wrong: naive softplus -> not_finite keeps 0.5
def log_loss(y, z):
    return np.mean(np.log(1 + np.exp(z)) - y * z)


# %% wrong: logits_as_probabilities
def log_loss(y, z):
    return -np.mean(y * np.log(z) + (1 - y) * np.log(1 - z))


# %% wrong: log1p -> logits_as_probabilities
def log_loss(y, z):
    return np.mean(-y * np.log(z) - (1 - y) * np.log1p(-z))


# %% wrong: a floor inside the logarithm -> inaccurate
def log_loss(y, z):
    a = sigmoid(z)
    return -np.mean(y * np.log(a + 1e-8) + (1 - y) * np.log(1 - a + 1e-8))


# %% wrong: squared_error
def log_loss(y, z):
    return np.mean((sigmoid(z) - y) ** 2) / 2


# %% wrong: a dot product, squared error -> squared_error
def log_loss(y, z):
    e = y - 1 / (1 + np.exp(-z))
    return e @ e / (2 * len(y))


# %% wrong: the corner that softplus has only from afar -> none keeps 0.5
def log_loss(y, z):
    return np.mean(np.maximum(z, 0) - y * z)


# %% wrong: tanh for the probability -> not_finite
def log_loss(y, z):
    a = np.tanh(z)
    return -np.mean(y * np.log(a) + (1 - y) * np.log(1 - a))


# %% wrong: arguments for columns -> raised
def log_loss(y, z):
    return np.mean(np.logaddexp(0, z) - y * z, axis=1)
