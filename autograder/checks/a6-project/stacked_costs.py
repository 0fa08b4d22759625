"""The cross entropy of S networks at once, from scores that may be large."""

import numpy as np

from autograder.kit import Check
from nnlib.losses import softmax_cross_entropy

KINDS = (
    ("S = 3 networks, m = 5, K = 4", 3, 5, 4),
    ("one network (S = 1), K = 3", 1, 4, 3),
    ("one example (m = 1)", 3, 1, 3),
    ("two classes (K = 2)", 2, 6, 2),
    ("S = m = K = 3", 3, 3, 3),
)


def scores(rng):
    """Z (S, m, K) of ordinary size and labels y (m,); the last class has one."""
    for label, S, m, K in KINDS:
        y = np.append(rng.integers(K, size=m - 1), K - 1)
        yield label, (rng.normal(0, 1.5, size=(S, m, K)).round(3), y)


def large_scores(rng):
    """Scores up to 1000, hundreds apart: exponentials overflow. The one network is sure and right but in its
    first example, by 25; of the others the first label is so far below that its probability rounds to 0, and of the
    last example all scores are far below those of others.
    """
    for label, S, m, K in KINDS[:3]:
        y = np.append(rng.integers(K, size=m - 1), K - 1)
        hundreds = rng.permuted(np.tile(np.arange(-10, 7), (S, m, 1)), axis=2)[..., :K]
        hundreds[:, 0], hundreds[:, 0, (y[0] + 1) % K], hundreds[:, 0, y[0]] = np.arange(K), 8, -9
        if S == 1:
            hundreds[:, np.arange(1, m), y[1:]] = 8
        elif m > 1:
            hundreds[:, -1] = rng.permuted(np.tile(np.arange(K) - 10, (S, 1)), axis=1)
        Z = 100 * hundreds + rng.uniform(0, 40, size=(S, m, K))
        if S == 1:
            Z[:, 0, y[0]] = Z[:, 0].max() - rng.uniform(25, 27)
        yield f"{label}, scores up to 1000", (Z.round(1), y)


def by_nnlib(Z, y):
    return np.array([softmax_cross_entropy(y, scores) for scores in Z])


check = Check(
    inputs={"J": scores, "J of scores up to 1000": large_scores},
    returns={"J": 0.5, "J of scores up to 1000": 0.5},
    witness=by_nnlib,
)


# %% right: the labels' scores picked by a table
def stacked_costs(Z, y):
    Z = Z - np.max(Z, axis=2, keepdims=True)
    log_sum = np.log(np.sum(np.exp(Z), axis=2))
    Y = y[:, None] == array_module(y).arange(Z.shape[2])
    return np.mean(log_sum - np.sum(np.where(Y, Z, 0), axis=2), axis=1)


# %% right: the labels' scores taken along the last axis
def stacked_costs(Z, y):
    Z = Z - np.max(Z, axis=-1, keepdims=True)
    log_sum = np.log(np.sum(np.exp(Z), axis=-1))
    labels = np.broadcast_to(y[None, :, None], (*Z.shape[:2], 1))
    return np.mean(log_sum - np.take_along_axis(Z, labels, axis=-1)[..., 0], axis=1)


# %% right: network by network
def stacked_costs(Z, y):
    costs = []
    for scores in Z:
        scores = scores - scores.max(axis=1, keepdims=True)
        costs.append(np.mean(np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(len(y)), y]))
    return np.array(costs)


# %% right: differences to the label's score
def stacked_costs(Z, y):
    of_label = np.stack([Z[:, i, y[i]] for i in range(len(y))], axis=1)
    gaps = Z - of_label[..., None]
    largest = gaps.max(axis=2)
    return (largest + np.log(np.exp(gaps - largest[..., None]).sum(axis=2))).mean(axis=1)


# %% right: logaddexp
def stacked_costs(Z, y):
    return np.array([np.mean([np.logaddexp.reduce(z) - z[k] for z, k in zip(scores, y)]) for scores in Z])


# %% right: one-hot rows
def stacked_costs(Z, y):
    Y = np.eye(Z.shape[-1])[y]
    log_sum = np.logaddexp.reduce(Z, axis=-1)
    return (log_sum - np.einsum("smk,mk->sm", Z, Y)).mean(axis=-1)


# %% wrong: overflow keeps 0.5
def stacked_costs(Z, y):
    Y = np.eye(Z.shape[-1])[y]
    return (np.log(np.exp(Z).sum(axis=-1)) - (Z * Y).sum(axis=-1)).mean(axis=-1)


# %% wrong: exponentials as they are -> overflow keeps 0.5
def stacked_costs(Z, y):
    of_label = np.stack([Z[:, i, y[i]] for i in range(len(y))], axis=1)
    return np.mean(np.log(np.sum(np.exp(Z), axis=2)) - of_label, axis=1)


# %% wrong: log_of_zero keeps 0.5
def stacked_costs(Z, y):
    E = np.exp(Z - Z.max(axis=-1, keepdims=True))
    Y_hat = E / E.sum(axis=-1, keepdims=True)
    return np.mean([-np.log(Y_hat[:, i, y[i]]) for i in range(len(y))], axis=0)


# %% wrong: the logarithm of a rounded probability -> log_of_zero keeps 0.5
def stacked_costs(Z, y):
    E = np.exp(Z - Z.max(axis=2)[..., None])
    Y = y[:, None] == np.arange(Z.shape[2])
    return -np.log((E * Y).sum(axis=2) / E.sum(axis=2)).mean(axis=1)


# %% wrong: probabilities_clipped keeps 0.5
def stacked_costs(Z, y):
    E = np.exp(Z - Z.max(axis=-1, keepdims=True))
    Y_hat = np.maximum(E / E.sum(axis=-1, keepdims=True), 1e-12)
    return np.mean([-np.log(Y_hat[:, i, y[i]]) for i in range(len(y))], axis=0)


# %% wrong: never below a floor -> probabilities_clipped keeps 0.5
def stacked_costs(Z, y):
    E = np.exp(Z - Z.max(axis=2)[..., None])
    Y = y[:, None] == np.arange(Z.shape[2])
    return -np.log(((E * Y).sum(axis=2) / E.sum(axis=2)).clip(1e-12)).mean(axis=1)


# %% wrong: epsilon_added keeps 0.5 "A small number added inside the logarithm caps the cost: use the scores."
def stacked_costs(Z, y):
    E = np.exp(Z - Z.max(axis=-1, keepdims=True))
    Y_hat = E / E.sum(axis=-1, keepdims=True)
    return np.mean([-np.log(Y_hat[:, i, y[i]] + 1e-12) for i in range(len(y))], axis=0)


# %% wrong: the logarithm kept away from 0 -> epsilon_added keeps 0.5
def stacked_costs(Z, y):
    Y = y[:, None] == np.arange(Z.shape[2])
    Y_hat = np.exp(Z - np.logaddexp.reduce(Z, axis=2)[..., None])
    return -np.log(1e-12 + (Y_hat * Y).sum(axis=2)).mean(axis=1)


# %% wrong: missing_mean
def stacked_costs(Z, y):
    Y = np.eye(Z.shape[-1])[y]
    return (np.logaddexp.reduce(Z, axis=-1) - (Z * Y).sum(axis=-1)).sum(axis=-1)


# %% wrong: sums by network -> missing_mean
def stacked_costs(Z, y):
    return [sum(np.logaddexp.reduce(z) - z[k] for z, k in zip(scores, y)) for scores in Z]


# %% wrong: mean_over_classes "The mean runs over the classes, too: divide by the number of examples alone."
def stacked_costs(Z, y):
    Y = np.eye(Z.shape[-1])[y]
    log_Y_hat = Z - np.logaddexp.reduce(Z, axis=-1)[..., None]
    return -(Y * log_Y_hat).mean(axis=(1, 2))


# %% wrong: divided by m K -> mean_over_classes
def stacked_costs(Z, y):
    m, K = Z.shape[1:]
    return np.array([sum(np.logaddexp.reduce(z) - z[k] for z, k in zip(scores, y)) / (m * K) for scores in Z])


# %% wrong: wrong_sign
def stacked_costs(Z, y):
    Y = np.eye(Z.shape[-1])[y]
    return ((Z * Y).sum(axis=-1) - np.logaddexp.reduce(Z, axis=-1)).mean(axis=-1)


# %% wrong: a mean log-likelihood -> wrong_sign
def stacked_costs(Z, y):
    return [np.mean([z[k] - np.logaddexp.reduce(z) for z, k in zip(scores, y)]) for scores in Z]


# %% wrong: log2
def stacked_costs(Z, y):
    Y = np.eye(Z.shape[-1])[y]
    return (np.logaddexp.reduce(Z, axis=-1) - (Z * Y).sum(axis=-1)).mean(axis=-1) / np.log(2)


# %% wrong: logaddexp2 -> log2
def stacked_costs(Z, y):
    Z = Z / np.log(2)
    return [np.mean([np.logaddexp2.reduce(z) - z[k] for z, k in zip(scores, y)]) for scores in Z]


# %% wrong: log2_of_sum keeps 0.5 "The sum's logarithm has base 2, the score beside it is in nats: take the natural."
def stacked_costs(Z, y):
    Z = Z - Z.max(axis=-1, keepdims=True)
    Y = np.eye(Z.shape[-1])[y]
    return (np.log2(np.exp(Z).sum(axis=-1)) - (Z * Y).sum(axis=-1)).mean(axis=-1)


# %% wrong: the sum alone in bits -> log2_of_sum keeps 0.5
def stacked_costs(Z, y):
    costs = []
    for scores in Z:
        gaps = [z - max(z) for z in scores]
        costs.append(np.mean([np.logaddexp.reduce(gap) / np.log(2) - gap[k] for gap, k in zip(gaps, y)]))
    return np.array(costs)


# %% wrong: over_examples
def stacked_costs(Z, y):
    Y = np.eye(Z.shape[-1])[y]
    log_Y_hat = Z - np.logaddexp.reduce(Z, axis=1)[:, None, :]
    return -(Y * log_Y_hat).sum(axis=(1, 2)) / len(y)


# %% wrong: columns normalised -> over_examples
def stacked_costs(Z, y):
    sums = [[np.logaddexp.reduce(column) for column in scores.T] for scores in Z]
    return [np.mean([s[k] - z[k] for z, k in zip(scores, y)]) for scores, s in zip(Z, sums)]


# %% wrong: over_networks "The softmax runs over the networks: they have nothing to do with each other."
def stacked_costs(Z, y):
    Y = np.eye(Z.shape[-1])[y]
    log_Y_hat = Z - np.logaddexp.reduce(Z, axis=0)
    return -(Y * log_Y_hat).sum(axis=(1, 2)) / len(y)


# %% wrong: networks normalised -> over_networks
def stacked_costs(Z, y):
    shared = np.log(sum(np.exp(scores - Z.max(axis=0)) for scores in Z)) + Z.max(axis=0)
    return [np.mean([shared[i, k] - scores[i, k] for i, k in enumerate(y)]) for scores in Z]


# %% wrong: normaliser_missing "The other classes' scores do not enter: a score alone is no log-probability."
def stacked_costs(Z, y):
    return -np.mean([Z[:, i, y[i]] for i in range(len(y))], axis=0)


# %% wrong: minus the label's score -> normaliser_missing
def stacked_costs(Z, y):
    Y = np.eye(Z.shape[-1])[y]
    return -np.einsum("smk,mk->s", Z, Y) / len(y)


# %% wrong: one_minus_probability "This is one minus the label's probability, not its negative logarithm."
def stacked_costs(Z, y):
    E = np.exp(Z - Z.max(axis=-1, keepdims=True))
    Y_hat = E / E.sum(axis=-1, keepdims=True)
    return 1 - np.mean([Y_hat[:, i, y[i]] for i in range(len(y))], axis=0)


# %% wrong: probability of being wrong -> one_minus_probability
def stacked_costs(Z, y):
    Y_hat = np.exp(Z - np.logaddexp.reduce(Z, axis=2)[..., None])
    return np.sum(Y_hat * (1 - np.eye(Z.shape[2]))[y], axis=(1, 2)) / len(y)


# %% wrong: labels_from_one "The label is taken one class too low: classes are counted from 0."
def stacked_costs(Z, y):
    Y = np.eye(Z.shape[-1])[y - 1]
    return (np.logaddexp.reduce(Z, axis=-1) - (Z * Y).sum(axis=-1)).mean(axis=-1)


# %% wrong: the class before -> labels_from_one
def stacked_costs(Z, y):
    return [np.mean([np.logaddexp.reduce(z) - z[k - 1] for z, k in zip(scores, y)]) for scores in Z]


# %% wrong: squared error of probabilities -> none
def stacked_costs(Z, y):
    Y_hat = np.exp(Z - np.logaddexp.reduce(Z, axis=2)[..., None])
    return ((Y_hat - np.eye(Z.shape[2])[y]) ** 2).sum(axis=2).mean(axis=1)


# %% wrong: probabilities shifted by a hundredth -> none
def stacked_costs(Z, y):
    Y_hat = np.exp(Z - np.logaddexp.reduce(Z, axis=2)[..., None])
    return np.mean([-np.log(Y_hat[:, i, y[i]] + 1e-2) for i in range(len(y))], axis=0)


# %% wrong: a loss each -> wrong_shape
def stacked_costs(Z, y):
    Y = np.eye(Z.shape[-1])[y]
    return np.logaddexp.reduce(Z, axis=-1) - (Z * Y).sum(axis=-1)


# %% wrong: one number for all networks -> wrong_shape
def stacked_costs(Z, y):
    Y = np.eye(Z.shape[-1])[y]
    return (np.logaddexp.reduce(Z, axis=-1) - (Z * Y).sum(axis=-1)).mean()


# %% wrong: labels used as if they were rows -> raised
def stacked_costs(Z, y):
    return -(y[:, :, None] * (Z - np.logaddexp.reduce(Z, axis=-1)[..., None])).sum(axis=-1).mean(axis=1)


# %% wrong: largest_for_log_sum keeps 0.5 "The largest score stands for the log-sum-exp: other classes count, too."
def stacked_costs(Z, y):
    Y = np.eye(Z.shape[-1])[y]
    return (Z.max(axis=-1) - (Z * Y).sum(axis=-1)).mean(axis=-1)


# %% wrong: a margin for a loss -> largest_for_log_sum keeps 0.5
def stacked_costs(Z, y):
    return [np.mean([max(z - z[k]) for z, k in zip(scores, y)]) for scores in Z]
