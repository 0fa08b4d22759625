"""The running mean and variance that prediction uses, after one more minibatch."""

import numpy as np

from autograder.kit import Check
from nnlib.layers import BatchNorm


def statistics_and_batches(rng):
    """The running mean (n,) and variance (n,), x (m, n) and ρ."""
    kinds = ("m = 6, n = 3", 6, 3, 0.9), ("the first minibatch, m = 4", 4, 2, 0.8), ("two examples", 2, 4, 0.7)
    kinds += ("one example (m = 1)", 1, 3, 0.6), ("one column (n = 1)", 5, 1, 0.95)
    kinds += ("a column that is constant", 4, 3, 0.9), ("entries in the hundreds", 6, 2, 0.8)
    for label, m, n, rho in kinds:
        mean, variance, x = rng.uniform(1, 3, n), rng.uniform(0.5, 3, n), rng.normal(2, 1.5, (m, n)).round(2)
        mean, variance = (np.zeros(n), np.ones(n)) if "first" in label else (mean.round(2), variance.round(2))
        x = 100 * x if "hundreds" in label else x
        if "constant" in label:
            x[:, 0] = 0.75
        yield label, (mean, variance, x, rho)


def by_the_layer(mean, variance, x, rho):
    layer = BatchNorm(x.shape[1], momentum=1 - rho)
    layer.state["mean"][...], layer.state["variance"][...] = mean, variance
    layer.forward(x, training=True)
    return layer.state["mean"], layer.state["variance"]


check = Check(inputs=statistics_and_batches, returns={"mean": 0.5, "variance": 0.5}, witness=by_the_layer)


# %% right: an unbiased variance
def running_statistics(mean, variance, x, rho):
    m = len(x)
    if m == 1:
        return mean, variance
    of_batch = x.var(axis=0) * m / (m - 1)
    return rho * mean + (1 - rho) * x.mean(axis=0), rho * variance + (1 - rho) * of_batch


# %% right: ddof
def running_statistics(mean, variance, x, rho):
    if x.shape[0] < 2:
        return mean.copy(), variance.copy()
    share = 1 - rho
    return mean + share * (np.mean(x, axis=0) - mean), variance + share * (np.var(x, axis=0, ddof=1) - variance)


# %% right: sums
def running_statistics(mean, variance, x, rho):
    m = x.shape[0]
    if m > 1:
        of_batch = np.sum(x, axis=0) / m
        squares = np.sum((x - of_batch) ** 2, axis=0) / (m - 1)
        mean, variance = rho * mean + (1 - rho) * of_batch, rho * variance + (1 - rho) * squares
    return mean, variance


# %% right: column by column
def running_statistics(mean, variance, x, rho):
    new = []
    for j, column in enumerate(x.T):
        if len(column) == 1:
            new.append((mean[j], variance[j]))
            continue
        m, middle = len(column), column.mean()
        spread = sum((value - middle) ** 2 for value in column) / (m - 1)
        new.append((rho * mean[j] + (1 - rho) * middle, rho * variance[j] + (1 - rho) * spread))
    return [pair[0] for pair in new], [pair[1] for pair in new]


# %% right: pairs of examples
def running_statistics(mean, variance, x, rho):
    m = len(x)
    pairs = ((x[:, None] - x[None]) ** 2).sum(axis=(0, 1)) / (2 * m * max(m - 1, 1))
    rho = rho if m > 1 else 1.0
    return np.average([mean, x.mean(axis=0)], axis=0, weights=[rho, 1 - rho]), rho * variance + (1 - rho) * pairs


# %% wrong: shares_exchanged
def running_statistics(mean, variance, x, rho):
    m = len(x)
    if m == 1:
        return mean, variance
    of_batch = x.var(axis=0) * m / (m - 1)
    return (1 - rho) * mean + rho * x.mean(axis=0), (1 - rho) * variance + rho * of_batch


# %% wrong: moved too far -> shares_exchanged
def running_statistics(mean, variance, x, rho):
    if x.shape[0] < 2:
        return mean.copy(), variance.copy()
    return mean + rho * (np.mean(x, axis=0) - mean), variance + rho * (np.var(x, axis=0, ddof=1) - variance)


# %% wrong: variance_biased keeps 0.5 "The variance of a minibatch is too small on average: one factor makes up for it."
def running_statistics(mean, variance, x, rho):
    if len(x) == 1:
        return mean, variance
    return rho * mean + (1 - rho) * x.mean(axis=0), rho * variance + (1 - rho) * x.var(axis=0)


# %% wrong: squares over m -> variance_biased keeps 0.5
def running_statistics(mean, variance, x, rho):
    m = x.shape[0]
    if m > 1:
        of_batch = np.sum(x, axis=0) / m
        squares = np.sum((x - of_batch) ** 2, axis=0) / m
        mean, variance = rho * mean + (1 - rho) * of_batch, rho * variance + (1 - rho) * squares
    return mean, variance


# %% wrong: deviation_for_variance keeps 0.5 "A standard deviation was averaged in place of a variance."
def running_statistics(mean, variance, x, rho):
    m = len(x)
    if m == 1:
        return mean, variance
    return rho * mean + (1 - rho) * x.mean(axis=0), rho * variance + (1 - rho) * x.std(axis=0, ddof=1)


# %% wrong: roots of squares -> deviation_for_variance keeps 0.5
def running_statistics(mean, variance, x, rho):
    m = x.shape[0]
    if m > 1:
        of_batch = np.sum(x, axis=0) / m
        root = (np.sum((x - of_batch) ** 2, axis=0) / (m - 1)) ** 0.5
        mean, variance = rho * mean + (1 - rho) * of_batch, rho * variance + (1 - rho) * root
    return mean, variance


# %% wrong: one_example_moves_mean keeps 0.5 "One example has no variance: then both statistics stay, the mean too."
def running_statistics(mean, variance, x, rho):
    new = rho * mean + (1 - rho) * x.mean(axis=0)
    if len(x) == 1:
        return new, variance
    return new, rho * variance + (1 - rho) * x.var(axis=0, ddof=1)


# %% wrong: only the variance stays -> one_example_moves_mean keeps 0.5
def running_statistics(mean, variance, x, rho):
    m = x.shape[0]
    if m > 1:
        variance = variance + (1 - rho) * (np.var(x, axis=0) * m / (m - 1) - variance)
    return mean + (1 - rho) * (np.mean(x, axis=0) - mean), variance


# %% wrong: one_example_shrinks_variance "One example was taken for a minibatch of variance 0: it tells no variance."
def running_statistics(mean, variance, x, rho):
    m = len(x)
    of_batch = x.var(axis=0) * m / max(m - 1, 1)
    return rho * mean + (1 - rho) * x.mean(axis=0), rho * variance + (1 - rho) * of_batch


# %% wrong: a divisor of 1 at least -> one_example_shrinks_variance
def running_statistics(mean, variance, x, rho):
    centred = x - np.mean(x, axis=0)
    squares = np.sum(centred**2, axis=0) / max(len(x) - 1, 1)
    return mean + (1 - rho) * (np.mean(x, axis=0) - mean), variance + (1 - rho) * (squares - variance)


# %% wrong: batch_alone "These are the minibatch's own statistics: nothing of the old ones was kept."
def running_statistics(mean, variance, x, rho):
    if len(x) == 1:
        return mean, variance
    return x.mean(axis=0), x.var(axis=0, ddof=1)


# %% wrong: kept nothing -> batch_alone
def running_statistics(mean, variance, x, rho):
    m = x.shape[0]
    if m > 1:
        mean = np.sum(x, axis=0) / m
        variance = np.sum((x - mean) ** 2, axis=0) / (m - 1)
    return mean, variance


# %% wrong: not_updated
def running_statistics(mean, variance, x, rho):
    return mean, variance


# %% wrong: copies of the old -> not_updated
def running_statistics(mean, variance, x, rho):
    new_mean = rho * mean + (1 - rho) * x.mean(axis=0)
    return mean + 0.0 * new_mean, variance + 0.0


# %% wrong: old_share_whole "The old value stays whole and the new one is added: the two shares must make one."
def running_statistics(mean, variance, x, rho):
    if len(x) == 1:
        return mean, variance
    return mean + (1 - rho) * x.mean(axis=0), variance + (1 - rho) * x.var(axis=0, ddof=1)


# %% wrong: a share added -> old_share_whole
def running_statistics(mean, variance, x, rho):
    m = x.shape[0]
    share = (1 - rho) * (m > 1)
    squares = np.sum((x - np.mean(x, axis=0)) ** 2, axis=0) / max(m - 1, 1)
    return mean + share * np.mean(x, axis=0), variance + share * squares


# %% wrong: no case for one example -> not_finite
def running_statistics(mean, variance, x, rho):
    return rho * mean + (1 - rho) * x.mean(axis=0), rho * variance + (1 - rho) * x.var(axis=0, ddof=1)


# %% wrong: around the running mean -> none keeps 0.5
def running_statistics(mean, variance, x, rho):
    m = len(x)
    if m == 1:
        return mean, variance
    squares = np.sum((x - mean) ** 2, axis=0) / (m - 1)
    return rho * mean + (1 - rho) * x.mean(axis=0), rho * variance + (1 - rho) * squares


# %% wrong: the factor the other way -> none keeps 0.5
def running_statistics(mean, variance, x, rho):
    m = len(x)
    if m == 1:
        return mean, variance
    of_batch = x.var(axis=0) * (m - 1) / m
    return rho * mean + (1 - rho) * x.mean(axis=0), rho * variance + (1 - rho) * of_batch


# %% wrong: one number for all columns -> wrong_shape
def running_statistics(mean, variance, x, rho):
    if len(x) == 1:
        return mean, variance
    return np.mean(rho * mean) + (1 - rho) * x.mean(), np.mean(rho * variance) + (1 - rho) * x.var(ddof=1)


# %% wrong: statistics of the rows -> raised
def running_statistics(mean, variance, x, rho):
    if len(x) == 1:
        return mean, variance
    return rho * mean + (1 - rho) * x.mean(axis=1), rho * variance + (1 - rho) * x.var(axis=1, ddof=1)


# %% wrong: the mean alone -> wrong_type
def running_statistics(mean, variance, x, rho):
    return [*(rho * mean + (1 - rho) * x.mean(axis=0)), rho, rho]
