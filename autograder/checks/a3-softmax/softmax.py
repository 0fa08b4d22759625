"""Ŷ, softmax of each row of scores, large ones too."""

from autograder.kit import Check
from nnlib import activations

from . import large_scores, scores

check = Check(
    inputs={"Ŷ": scores, "Ŷ for large scores": large_scores},
    returns={"Ŷ": 0.5, "Ŷ for large scores": 0.5},
    witness=activations.softmax,
)


# %% right: the largest score taken out
def softmax(Z):
    e = np.exp(Z - Z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


# %% right: through the logarithm
def softmax(Z):
    return np.exp(Z - np.logaddexp.reduce(Z, axis=1, keepdims=True))


# %% right: from differences alone
def softmax(Z):
    with np.errstate(over="ignore"):
        return 1 / np.exp(Z[:, np.newaxis, :] - Z[:, :, np.newaxis]).sum(axis=2)


# %% right: loops
import math


def softmax(Z):
    rows = []
    for z in Z.tolist():
        e = [math.exp(z_k - max(z)) for z_k in z]
        rows.append([e_k / sum(e) for e_k in e])
    return np.array(rows)


# %% right: examples as columns
def softmax(Z):
    e = np.exp(Z.T - Z.max(axis=1))
    return (e / e.sum(axis=0)).T


# %% right: einsum
def softmax(Z):
    e = np.exp(Z - np.amax(Z, axis=-1)[:, None])
    return np.einsum("ik,i->ik", e, 1 / np.einsum("ik->i", e))


# %% wrong: overflow keeps 0.5
def softmax(Z):
    e = np.exp(Z)
    return e / e.sum(axis=1, keepdims=True)


# %% wrong: einsum of the formula as it stands -> overflow keeps 0.5
def softmax(Z):
    return np.einsum("ik,i->ik", np.exp(Z), 1 / np.einsum("ik->i", np.exp(Z)))


# %% wrong: whole_array_shifted keeps 0.5
def softmax(Z):
    e = np.exp(Z - Z.max())
    return e / e.sum(axis=1, keepdims=True)


# %% wrong: examples as columns, the largest of all taken out -> whole_array_shifted keeps 0.5
def softmax(Z):
    e = np.exp(Z.T - np.max(Z))
    return (e / e.sum(axis=0)).T


# %% wrong: over_examples
def softmax(Z):
    e = np.exp(Z - Z.max(axis=0))
    return e / e.sum(axis=0)


# %% wrong: through the logarithm, over the examples -> over_examples
def softmax(Z):
    return np.exp(Z - np.logaddexp.reduce(Z, axis=0))


# %% wrong: over_everything
def softmax(Z):
    e = np.exp(Z - Z.max())
    return e / e.sum()


# %% wrong: one long row -> over_everything
def softmax(Z):
    return np.exp(Z - np.logaddexp.reduce(Z, axis=None))


# %% wrong: scores_negated
def softmax(Z):
    e = np.exp(Z.min(axis=1, keepdims=True) - Z)
    return e / e.sum(axis=1, keepdims=True)


# %% wrong: reciprocals of the exponentials -> scores_negated
def softmax(Z):
    return np.exp(-Z - np.logaddexp.reduce(-Z, axis=1, keepdims=True))


# %% wrong: not_normalised "The rows do not sum to 1: the exponentials are not yet probabilities."
def softmax(Z):
    return np.exp(Z - Z.max(axis=1, keepdims=True))


# %% wrong: odds against the likeliest -> not_normalised
def softmax(Z):
    return np.array([np.exp(z - max(z)) for z in Z])


# %% wrong: sigmoids
def softmax(Z):
    e = np.exp(-np.abs(Z))
    return np.where(Z >= 0, 1, e) / (1 + e)


# %% wrong: tanh of half the scores -> sigmoids
def softmax(Z):
    return (1 + np.tanh(Z / 2)) / 2


# %% wrong: answer_for_probabilities "This is the answer, one-hot: softmax says how probable each class is."
def softmax(Z):
    return np.eye(Z.shape[1])[Z.argmax(axis=1)]


# %% wrong: the largest alone -> answer_for_probabilities
def softmax(Z):
    return np.array([[float(k == z.tolist().index(max(z))) for k in range(len(z))] for z in Z])


# %% wrong: no_exponential "The scores were divided by their sum: they may be negative, probabilities may not."
def softmax(Z):
    return Z / Z.sum(axis=1, keepdims=True)


# %% wrong: shares of the scores -> no_exponential
def softmax(Z):
    return np.einsum("ik,i->ik", Z, 1 / np.einsum("ik->i", Z))


# %% wrong: base_two "The powers are those of 2: softmax takes those of e."
def softmax(Z):
    e = 2.0 ** (Z - Z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


# %% wrong: scores in units of log 2 -> base_two
def softmax(Z):
    z = Z * np.log(2)
    return np.exp(z - np.logaddexp.reduce(z, axis=1, keepdims=True))


# %% wrong: softmax_twice
def softmax(Z):
    for _ in range(2):
        e = np.exp(Z - Z.max(axis=1, keepdims=True))
        Z = e / e.sum(axis=1, keepdims=True)
    return Z


# %% wrong: exponentials of probabilities -> softmax_twice
def softmax(Z):
    Y_hat = np.exp(Z - np.logaddexp.reduce(Z, axis=1, keepdims=True))
    return np.exp(Y_hat) / np.exp(Y_hat).sum(axis=1)[:, np.newaxis]


# %% wrong: scores_clipped keeps 0.5 "Clipping changes what lies outside: two different large scores come out as equal."
def softmax(Z):
    e = np.exp(np.clip(Z, -700, 700))
    return e / e.sum(axis=1, keepdims=True)


# %% wrong: a floor and a ceiling -> scores_clipped keeps 0.5
def softmax(Z):
    z = np.minimum(np.maximum(Z, -700), 700)
    return np.exp(z - np.logaddexp.reduce(z, axis=1, keepdims=True))


# %% wrong: log_for_value
def softmax(Z):
    return Z - np.logaddexp.reduce(Z, axis=1, keepdims=True)


# %% wrong: the log-odds against all -> log_for_value
def softmax(Z):
    shifted = Z - Z.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


# %% wrong: a small number in the denominator -> inaccurate
def softmax(Z):
    e = np.exp(Z - Z.max(axis=1, keepdims=True))
    return e / (e.sum(axis=1, keepdims=True) + 1e-8)


# %% wrong: 100 taken out of every row -> not_finite keeps 0.5
def softmax(Z):
    e = np.exp(Z - 100)
    return e / e.sum(axis=1, keepdims=True)


# %% wrong: the mean taken out -> not_finite keeps 0.5
def softmax(Z):
    e = np.exp(Z - Z.mean(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


# %% wrong: NaN made 0 -> none keeps 0.5
def softmax(Z):
    e = np.exp(Z)
    return np.nan_to_num(e / e.sum(axis=1, keepdims=True))


# %% wrong: without keepdims -> none
def softmax(Z):
    e = np.exp(Z - Z.max())
    if Z.shape[0] == Z.shape[1]:
        return e / e.sum(axis=1)
    return e / e.sum(axis=0)


# %% wrong: two branches, the small one with the power of 3 -> none keeps 0.5
def softmax(Z):
    if np.abs(Z).max() > 700:
        return np.exp(Z - np.logaddexp.reduce(Z, axis=1, keepdims=True))
    return 3**Z / (3**Z).sum(axis=1, keepdims=True)
