"""J, the mean cross entropy in nats, from targets and scores."""

import numpy as np

from autograder.kit import Check
from nnlib.losses import softmax_cross_entropy

from . import targets_and_large_scores, targets_and_scores

check = Check(
    inputs={"J": targets_and_scores, "J for large scores": targets_and_large_scores},
    returns={"J": 0.5, "J for large scores": 0.5},
    witness=softmax_cross_entropy,
    needs=("log_softmax",),
)


# %% right: of the logarithms above
def cross_entropy(Y, Z):
    return -np.sum(Y * log_softmax(Z)) / len(Z)


# %% right: log-sum-exp less what the targets pick
def cross_entropy(Y, Z):
    return np.mean(np.logaddexp.reduce(Z, axis=1) - (Y * Z).sum(axis=1))


# %% right: loops
import math


def cross_entropy(Y, Z):
    J = 0.0
    for y, z in zip(Y, Z):
        c = max(z)
        lse = c + math.log(sum(math.exp(z_k - c) for z_k in z))
        J -= sum(y_k * (z_k - lse) for y_k, z_k in zip(y, z))
    return J / len(Y)


# %% right: einsum
def cross_entropy(Y, Z):
    shifted = Z - Z.max(axis=1, keepdims=True)
    log_Y_hat = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -np.einsum("ik,ik->", Y, log_Y_hat) / Y.shape[0]


# %% right: a dot product
def cross_entropy(Y, Z):
    return float(np.vdot(Y, -log_softmax(Z)) / len(Y))


# %% right: from differences alone
def cross_entropy(Y, Z):
    surprise = np.logaddexp.reduce(Z[:, None, :] - Z[:, :, None], axis=2)
    return (Y * surprise).sum(axis=1).mean()


# %% wrong: missing_mean
def cross_entropy(Y, Z):
    return -np.sum(Y * log_softmax(Z))


# %% wrong: a dot product without the mean -> missing_mean
def cross_entropy(Y, Z):
    return np.logaddexp.reduce(Z, axis=1).sum() - np.vdot(Y, Z)


# %% wrong: divided_by_K
def cross_entropy(Y, Z):
    return -np.mean(Y * log_softmax(Z))


# %% wrong: a mean over all entries -> divided_by_K
def cross_entropy(Y, Z):
    return np.mean(np.logaddexp.reduce(Z, axis=1) - (Y * Z).sum(axis=1)) / Z.shape[1]


# %% wrong: not_summed
def cross_entropy(Y, Z):
    return -(Y * log_softmax(Z)).sum(axis=1)


# %% wrong: one each, by log-sum-exp -> not_summed
def cross_entropy(Y, Z):
    return np.logaddexp.reduce(Z, axis=1) - np.einsum("ik,ik->i", Y, Z)


# %% wrong: wrong_sign
def cross_entropy(Y, Z):
    return np.sum(Y * log_softmax(Z)) / len(Z)


# %% wrong: the log-likelihood -> wrong_sign
def cross_entropy(Y, Z):
    return np.mean((Y * Z).sum(axis=1) - np.logaddexp.reduce(Z, axis=1))


# %% wrong: log2
def cross_entropy(Y, Z):
    return -np.sum(Y * log_softmax(Z)) / len(Z) / np.log(2)


# %% wrong: bits -> log2
def cross_entropy(Y, Z):
    z = Z / np.log(2)
    return np.mean(np.logaddexp2.reduce(z, axis=1) - (Y * z).sum(axis=1))


# %% wrong: log_of_zero keeps 0.5
def cross_entropy(Y, Z):
    return -np.sum(Y * np.log(softmax(Z))) / len(Z)


# %% wrong: a dot product with logarithms of shares -> log_of_zero keeps 0.5
def cross_entropy(Y, Z):
    e = np.exp(Z.T - Z.max(axis=1))
    return -np.einsum("ik,ki->", Y, np.log(e / e.sum(axis=0))) / len(Y)


# %% wrong: probabilities_clipped keeps 0.5
def cross_entropy(Y, Z):
    return -np.sum(Y * np.log(np.clip(softmax(Z), 1e-15, 1))) / len(Z)


# %% wrong: a floor for the logarithm -> probabilities_clipped keeps 0.5
def cross_entropy(Y, Z):
    return -np.sum(Y * np.maximum(log_softmax(Z), -15 * np.log(10))) / len(Z)


# %% wrong: overflow keeps 0.5
def cross_entropy(Y, Z):
    return np.mean(np.log(np.exp(Z).sum(axis=1)) - (Y * Z).sum(axis=1))


# %% wrong: loops without the largest taken out -> overflow keeps 0.5
def cross_entropy(Y, Z):
    return sum(np.log(sum(np.exp(z))) - y @ z for y, z in zip(Y, Z)) / len(Y)


# %% wrong: likeliest_alone "Right for one-hot targets alone: a soft one has a part in every class."
def cross_entropy(Y, Z):
    rows = np.arange(len(Y))
    return -np.mean(log_softmax(Z)[rows, Y.argmax(axis=1)])


# %% wrong: the target rounded -> likeliest_alone
def cross_entropy(Y, Z):
    hard = np.eye(Y.shape[1])[np.argmax(Y, axis=1)]
    return np.mean(np.logaddexp.reduce(Z, axis=1) - (hard * Z).sum(axis=1))


# %% wrong: softmax_twice
def cross_entropy(Y, Z):
    return -np.sum(Y * log_softmax(softmax(Z))) / len(Z)


# %% wrong: the log-sum-exp of probabilities -> softmax_twice
def cross_entropy(Y, Z):
    a = np.exp(log_softmax(Z))
    return np.mean(np.log(np.exp(a).sum(axis=1)) - (Y * a).sum(axis=1))


# %% wrong: sigmoids
def cross_entropy(Y, Z):
    return np.sum(np.logaddexp(0, Z) - Y * Z) / len(Z)


# %% wrong: a log loss for each class -> sigmoids
def cross_entropy(Y, Z):
    return np.mean(np.sum(Y * np.logaddexp(0, -Z) + (1 - Y) * np.logaddexp(0, Z), axis=1))


# %% wrong: logits_as_probabilities
def cross_entropy(Y, Z):
    return -np.sum(Y * np.log(Z)) / len(Z)


# %% wrong: a dot product of scores' logarithms -> logits_as_probabilities
def cross_entropy(Y, Z):
    return -np.einsum("ik,ik->", Y, np.log(Z)) / len(Z)


# %% wrong: normaliser_left_out "The scores were taken for logarithms of probabilities: their rows are not normalised."
def cross_entropy(Y, Z):
    return -np.sum(Y * Z) / len(Z)


# %% wrong: a dot product of the two -> normaliser_left_out
def cross_entropy(Y, Z):
    return -np.vdot(Y, Z) / Y.shape[0]


# %% wrong: squared_error
def cross_entropy(Y, Z):
    return np.sum((softmax(Z) - Y) ** 2) / (2 * len(Z))


# %% wrong: half a squared norm -> squared_error
def cross_entropy(Y, Z):
    e = np.exp(log_softmax(Z)) - Y
    return 0.5 * np.mean(np.einsum("ik,ik->i", e, e))


# %% wrong: arguments_exchanged "Targets and predictions are exchanged: the logarithm is that of the predictions."
def cross_entropy(Y, Z):
    return -np.sum(softmax(Z) * np.log(Y)) / len(Z)


# %% wrong: a dot product, exchanged -> arguments_exchanged
def cross_entropy(Y, Z):
    return -np.einsum("ik,ik->", np.exp(log_softmax(Z)), np.log(Y)) / len(Y)


# %% wrong: the other classes, too -> none
def cross_entropy(Y, Z):
    a = np.clip(softmax(Z), 1e-12, 1 - 1e-12)
    return -np.sum(Y * np.log(a) + (1 - Y) * np.log(1 - a)) / len(Z)


# %% wrong: number_in_the_log
def cross_entropy(Y, Z):
    return -np.sum(Y * np.log(softmax(Z) + 1e-8)) / len(Z)


# %% wrong: a zero for what is no number -> none keeps 0.5
def cross_entropy(Y, Z):
    with np.errstate(divide="ignore", invalid="ignore"):
        return -np.nansum(Y * np.nan_to_num(np.log(softmax(Z)), neginf=0)) / len(Z)


# %% wrong: less the targets' entropy -> none
def cross_entropy(Y, Z):
    return np.sum(Y * (np.log(Y) - log_softmax(Z))) / len(Z)


# %% wrong: two branches, the small one divided by m + 1 -> none keeps 0.5
def cross_entropy(Y, Z):
    if np.abs(Z).max() > 700:
        return -np.sum(Y * log_softmax(Z)) / len(Z)
    return -np.sum(Y * np.log(softmax(Z))) / (1 + len(Z))


# %% wrong: added to the exponential of the logarithm -> number_in_the_log
def cross_entropy(Y, Z):
    return np.mean(-np.einsum("ik,ik->i", Y, np.log(np.exp(log_softmax(Z)) + 1e-8)))


# %% wrong: tiny_number_in_the_log keeps 0.5
def cross_entropy(Y, Z):
    return -np.sum(Y * np.log(softmax(Z) + 1e-12)) / len(Z)


# %% wrong: a tiny number beside each share -> tiny_number_in_the_log keeps 0.5
def cross_entropy(Y, Z):
    e = np.exp(Z.T - Z.max(axis=1))
    return -np.einsum("ik,ki->", Y, np.log(e / e.sum(axis=0) + 1e-12)) / len(Y)
