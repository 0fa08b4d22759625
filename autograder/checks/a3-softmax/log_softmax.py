"""log Ŷ, the logarithm of softmax of each row of scores, also where a probability rounds to 0."""

from autograder.kit import Check
from nnlib import activations

from . import large_scores, scores

check = Check(
    inputs={"log Ŷ": scores, "log Ŷ for large scores": large_scores},
    returns={"log Ŷ": 0.5, "log Ŷ for large scores": 0.5},
    witness=activations.log_softmax,
)


# %% right: the largest score taken out
def log_softmax(Z):
    shifted = Z - Z.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


# %% right: pair by pair
def log_softmax(Z):
    return Z - np.logaddexp.reduce(Z, axis=1, keepdims=True)


# %% right: log-sum-exp as a function
def log_sum_exp(Z):
    c = Z.max(axis=-1, keepdims=True)
    return c[..., 0] + np.log(np.exp(Z - c).sum(axis=-1))


def log_softmax(Z):
    return Z - log_sum_exp(Z)[:, np.newaxis]


# %% right: loops
import math


def log_softmax(Z):
    rows = []
    for z in Z.tolist():
        c = max(z)
        lse = c + math.log(sum(math.exp(z_k - c) for z_k in z))
        rows.append([z_k - lse for z_k in z])
    return np.array(rows)


# %% right: from differences alone
def log_softmax(Z):
    return -np.logaddexp.reduce(Z[:, np.newaxis, :] - Z[:, :, np.newaxis], axis=2)


# %% right: the largest leaves one, the others are added to it
def log_softmax(Z):
    k = Z.argmax(axis=1)[:, np.newaxis]
    shifted = Z - np.take_along_axis(Z, k, axis=1)
    e = np.exp(shifted)
    np.put_along_axis(e, k, 0.0, axis=1)
    return shifted - np.log1p(e.sum(axis=1, keepdims=True))


# %% wrong: log_of_zero keeps 0.5
def log_softmax(Z):
    return np.log(softmax(Z))


# %% wrong: the log of shares -> log_of_zero keeps 0.5
def log_softmax(Z):
    e = np.exp(Z.T - Z.max(axis=1))
    return np.log(e / e.sum(axis=0)).T


# %% wrong: probabilities_clipped keeps 0.5
def log_softmax(Z):
    return np.log(np.clip(softmax(Z), 1e-15, 1))


# %% wrong: a floor -> probabilities_clipped keeps 0.5
def log_softmax(Z):
    return np.maximum(Z - np.logaddexp.reduce(Z, axis=1, keepdims=True), -15 * np.log(10))


# %% wrong: overflow keeps 0.5
def log_softmax(Z):
    return Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))


# %% wrong: loops without the largest taken out -> overflow keeps 0.5
def log_softmax(Z):
    return np.array([z - np.log(sum(np.exp(z))) for z in Z])


# %% wrong: whole_array_shifted keeps 0.5
def log_softmax(Z):
    shifted = Z - Z.max()
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


# %% wrong: the largest of all put back -> whole_array_shifted keeps 0.5
def log_softmax(Z):
    c = np.max(Z)
    return Z - (c + np.log(np.exp(Z - c).sum(axis=1)))[:, np.newaxis]


# %% wrong: shift_not_put_back "What was taken out of the exponentials was not put back: each row is off by a number."
def log_softmax(Z):
    return Z - np.log(np.exp(Z - Z.max(axis=1, keepdims=True)).sum(axis=1, keepdims=True))


# %% wrong: the log-sum-exp less its largest -> shift_not_put_back
def log_softmax(Z):
    return Z - (np.logaddexp.reduce(Z, axis=1) - Z.max(axis=1))[:, np.newaxis]


# %% wrong: over_examples
def log_softmax(Z):
    return Z - np.logaddexp.reduce(Z, axis=0)


# %% wrong: columns shifted and summed -> over_examples
def log_softmax(Z):
    shifted = Z - Z.max(axis=0)
    return shifted - np.log(np.exp(shifted).sum(axis=0))


# %% wrong: over_everything
def log_softmax(Z):
    return Z - np.logaddexp.reduce(Z, axis=None)


# %% wrong: one sum of all -> over_everything
def log_softmax(Z):
    shifted = Z - Z.max()
    return shifted - np.log(np.exp(shifted).sum())


# %% wrong: wrong_sign
def log_softmax(Z):
    return np.logaddexp.reduce(Z, axis=1, keepdims=True) - Z


# %% wrong: the surprise -> wrong_sign
def log_softmax(Z):
    shifted = Z.max(axis=1, keepdims=True) - Z
    return shifted + np.log(np.exp(-shifted).sum(axis=1, keepdims=True))


# %% wrong: log2
def log_softmax(Z):
    return (Z - np.logaddexp.reduce(Z, axis=1, keepdims=True)) / np.log(2)


# %% wrong: bits -> log2
def log_softmax(Z):
    z = Z / np.log(2)
    return z - np.logaddexp2.reduce(z, axis=1, keepdims=True)


# %% wrong: divided_by_K
def log_softmax(Z):
    shifted = Z - Z.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).mean(axis=1, keepdims=True))


# %% wrong: log K too much -> divided_by_K
def log_softmax(Z):
    return Z - np.logaddexp.reduce(Z, axis=1, keepdims=True) + np.log(Z.shape[1])


# %% wrong: hard_maximum "The largest score alone was taken off: all scores of the row stand in the denominator."
def log_softmax(Z):
    return Z - Z.max(axis=1, keepdims=True)


# %% wrong: differences to the likeliest -> hard_maximum
def log_softmax(Z):
    return np.array([z - z[z.argmax()] for z in Z])


# %% wrong: the probabilities themselves -> none
def log_softmax(Z):
    return softmax(Z)


# %% wrong: exponentials of the right one -> none
def log_softmax(Z):
    return np.exp(Z - np.logaddexp.reduce(Z, axis=1, keepdims=True))


# %% wrong: number_in_the_log
def log_softmax(Z):
    return np.log(softmax(Z) + 1e-8)


# %% wrong: infinite made large -> none keeps 0.5
def log_softmax(Z):
    with np.errstate(divide="ignore"):
        return np.nan_to_num(np.log(softmax(Z)))


# %% wrong: logarithm of sigmoids -> none
def log_softmax(Z):
    return -np.logaddexp(0, -Z)


# %% wrong: one number a row -> wrong_shape
def log_softmax(Z):
    return Z.max(axis=1) - np.logaddexp.reduce(Z, axis=1)


# %% wrong: two branches, the small one with the power of 3 -> none keeps 0.5
def log_softmax(Z):
    if np.abs(Z).max() > 700:
        return Z - np.logaddexp.reduce(Z, axis=1, keepdims=True)
    return Z - np.log((3**Z).sum(axis=1, keepdims=True))


# %% wrong: added to the exponential of the right one -> number_in_the_log
def log_softmax(Z):
    return np.log(np.exp(Z - np.logaddexp.reduce(Z, axis=1, keepdims=True)) + 1e-8)


# %% wrong: tiny_number_in_the_log keeps 0.5
def log_softmax(Z):
    return np.log(softmax(Z) + 1e-12)


# %% wrong: a tiny number beside each share -> tiny_number_in_the_log keeps 0.5
def log_softmax(Z):
    e = np.exp(Z.T - Z.max(axis=1))
    return np.log(e / e.sum(axis=0) + 1e-12).T


# %% wrong: sum_without_logarithm "The sum itself was taken off: its logarithm is missing."
def log_softmax(Z):
    shifted = Z - Z.max(axis=1, keepdims=True)
    return shifted - np.exp(shifted).sum(axis=1, keepdims=True)


# %% wrong: row by row, without its logarithm -> sum_without_logarithm
def log_softmax(Z):
    return np.array([z - max(z) - sum(np.exp(z - max(z))) for z in Z])
