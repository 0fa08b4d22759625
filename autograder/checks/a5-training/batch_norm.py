"""Batch normalisation of a minibatch in training: the output, and x̂."""

from statistics import fmean, pvariance

import numpy as np

from autograder.kit import Check

from . import batches


def by_columns(x, gamma, beta, epsilon):
    """With Python's statistics, column by column, number by number."""
    std = [(pvariance(column) + epsilon) ** 0.5 for column in x.T.tolist()]
    x_hat = [[(value - fmean(column)) / s for value in column] for column, s in zip(x.T.tolist(), std, strict=True)]
    out = [[g * value + b for value in column] for column, g, b in zip(x_hat, gamma, beta, strict=True)]
    return np.array(out).T, np.array(x_hat).T


check = Check(inputs=batches, returns={"out": 0.5, "x̂": 0.5}, witness=by_columns)


# %% right: the variance as a mean of squares
def batch_norm(x, gamma, beta, epsilon):
    centred = x - x.mean(axis=0)
    x_hat = centred / np.sqrt(np.mean(centred**2, axis=0) + epsilon)
    return gamma * x_hat + beta, x_hat


# %% right: means and variances of the columns
def batch_norm(x, gamma, beta, epsilon):
    x_hat = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + epsilon)
    return x_hat * gamma + beta, x_hat


# %% right: column by column
def batch_norm(x, gamma, beta, epsilon):
    out, x_hat, std = np.zeros(x.shape), np.zeros(x.shape), np.zeros(x.shape[1])
    for j in range(x.shape[1]):
        mean = sum(x[:, j]) / len(x)
        std[j] = np.sqrt(sum((x[:, j] - mean) ** 2) / len(x) + epsilon)
        x_hat[:, j] = (x[:, j] - mean) / std[j]
        out[:, j] = gamma[j] * x_hat[:, j] + beta[j]
    return out, x_hat


# %% right: a centring matrix
def batch_norm(x, gamma, beta, epsilon):
    m = len(x)
    C = np.eye(m) - np.ones((m, m)) / m
    std = np.sqrt(np.diag(x.T @ C @ x) / m + epsilon)
    x_hat = C @ x / std
    return x_hat @ np.diag(gamma) + beta, x_hat


# %% right: einsum
def batch_norm(x, gamma, beta, epsilon):
    m = x.shape[0]
    centred = x - np.einsum("ij->j", x) / m
    std = np.sqrt(np.einsum("ij,ij->j", centred, centred) / m + epsilon)
    x_hat = centred / std
    return np.einsum("ij,j->ij", x_hat, gamma) + beta, x_hat


# %% wrong: epsilon_forgotten
def batch_norm(x, gamma, beta, epsilon):
    std = x.std(axis=0)
    x_hat = (x - x.mean(axis=0)) / std
    return gamma * x_hat + beta, x_hat


# %% wrong: as two decks write it -> epsilon_forgotten
def batch_norm(x, gamma, beta, epsilon):
    centred = x - np.mean(x, axis=0)
    std = np.mean(centred**2, axis=0) ** 0.5
    return centred / std * gamma + beta, centred / std


# %% wrong: epsilon_beside_root "The small constant was added to the root: the statement has it under the root."
def batch_norm(x, gamma, beta, epsilon):
    std = x.std(axis=0) + epsilon
    x_hat = (x - x.mean(axis=0)) / std
    return gamma * x_hat + beta, x_hat


# %% wrong: a root and something -> epsilon_beside_root
def batch_norm(x, gamma, beta, epsilon):
    centred = x - np.mean(x, axis=0)
    std = epsilon + np.mean(centred**2, axis=0) ** 0.5
    return centred / std * gamma + beta, centred / std


# %% wrong: root_of_variance_left_out "The variance was divided by where its root should be."
def batch_norm(x, gamma, beta, epsilon):
    variance = x.var(axis=0) + epsilon
    x_hat = (x - x.mean(axis=0)) / variance
    return gamma * x_hat + beta, x_hat


# %% wrong: over the mean square -> root_of_variance_left_out
def batch_norm(x, gamma, beta, epsilon):
    centred = x - np.mean(x, axis=0)
    square = np.mean(centred * centred, axis=0) + epsilon
    return centred / square * gamma + beta, centred / square


# %% wrong: variance_unbiased "The variance was divided by one less than the number of examples: only running ones are."
def batch_norm(x, gamma, beta, epsilon):
    std = np.sqrt(x.var(axis=0, ddof=1) + epsilon)
    x_hat = (x - x.mean(axis=0)) / std
    return gamma * x_hat + beta, x_hat


# %% wrong: squares over m less 1 -> variance_unbiased
def batch_norm(x, gamma, beta, epsilon):
    centred = x - np.mean(x, axis=0)
    std = (np.sum(centred**2, axis=0) / np.float64(len(x) - 1) + epsilon) ** 0.5
    return centred / std * gamma + beta, centred / std


# %% wrong: one_for_all "One mean and one variance for all columns: each column has its own."
def batch_norm(x, gamma, beta, epsilon):
    std = np.full(x.shape[1], np.sqrt(x.var() + epsilon))
    x_hat = (x - x.mean()) / std
    return gamma * x_hat + beta, x_hat


# %% wrong: statistics of all numbers -> one_for_all
def batch_norm(x, gamma, beta, epsilon):
    centred = x - np.sum(x) / x.size
    std = np.ones(x.shape[1]) * (np.sum(centred**2) / x.size + epsilon) ** 0.5
    return centred / std * gamma + beta, centred / std


# %% wrong: not_centred "The mean was not subtracted."
def batch_norm(x, gamma, beta, epsilon):
    std = np.sqrt(x.var(axis=0) + epsilon)
    return gamma * x / std + beta, x / std


# %% wrong: scaled alone -> not_centred
def batch_norm(x, gamma, beta, epsilon):
    std = np.sqrt(np.mean((x - np.mean(x, axis=0)) ** 2, axis=0) + epsilon)
    x_hat = np.divide(x, std)
    return x_hat * gamma + beta, x_hat


# %% wrong: scale_and_shift_left_out keeps 0.5 "The output is x̂ itself: γ and β do not enter."
def batch_norm(x, gamma, beta, epsilon):
    std = np.sqrt(x.var(axis=0) + epsilon)
    x_hat = (x - x.mean(axis=0)) / std
    return x_hat, x_hat


# %% wrong: standardised -> scale_and_shift_left_out keeps 0.5
def batch_norm(x, gamma, beta, epsilon):
    centred = x - np.mean(x, axis=0)
    std = (np.mean(centred**2, axis=0) + epsilon) ** 0.5
    return centred / std, centred / std


# %% wrong: scale_and_shift_exchanged keeps 0.5 "The scale γ and the shift β have changed places: which one multiplies?"
def batch_norm(x, gamma, beta, epsilon):
    std = np.sqrt(x.var(axis=0) + epsilon)
    x_hat = (x - x.mean(axis=0)) / std
    return beta * x_hat + gamma, x_hat


# %% wrong: arguments in another order -> scale_and_shift_exchanged keeps 0.5
def batch_norm(x, beta, gamma, epsilon):
    centred = x - np.mean(x, axis=0)
    std = (np.mean(centred**2, axis=0) + epsilon) ** 0.5
    return centred / std * gamma + beta, centred / std


# %% wrong: β left out -> none keeps 0.5
def batch_norm(x, gamma, beta, epsilon):
    std = np.sqrt(x.var(axis=0) + epsilon)
    x_hat = (x - x.mean(axis=0)) / std
    return gamma * x_hat, x_hat


# %% wrong: shifted before it is scaled -> none keeps 0.5
def batch_norm(x, gamma, beta, epsilon):
    std = np.sqrt(x.var(axis=0) + epsilon)
    x_hat = (x - x.mean(axis=0)) / std
    return gamma * (x_hat + beta), x_hat


# %% wrong: the median for the mean -> none
def batch_norm(x, gamma, beta, epsilon):
    centred = x - np.median(x, axis=0)
    std = np.sqrt(np.mean(centred**2, axis=0) + epsilon)
    return gamma * centred / std + beta, centred / std


# %% wrong: divided by the range -> none
def batch_norm(x, gamma, beta, epsilon):
    width = x.max(axis=0) - x.min(axis=0) + epsilon
    x_hat = (x - x.mean(axis=0)) / width
    return gamma * x_hat + beta, x_hat


# %% wrong: statistics of the rows -> raised
def batch_norm(x, gamma, beta, epsilon):
    std = np.sqrt(x.var(axis=1) + epsilon)
    x_hat = (x - x.mean(axis=1)) / std
    return gamma * x_hat + beta, x_hat


# %% wrong: keeps an axis -> wrong_shape
def batch_norm(x, gamma, beta, epsilon):
    std = np.sqrt(x.var(axis=0, keepdims=True) + epsilon)
    x_hat = (x - x.mean(axis=0)) / std
    return (gamma * x_hat + beta)[None], x_hat[None]


# %% wrong: the output alone -> wrong_type
def batch_norm(x, gamma, beta, epsilon):
    x_hat = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + epsilon)
    return (gamma * x_hat + beta).tolist()
