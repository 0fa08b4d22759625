"""Batch normalisation over examples and positions, in training: the output, and x̂."""

from statistics import fmean, pvariance

import numpy as np

from autograder.kit import Check

from . import batches


def by_features(x, gamma, beta, epsilon):
    """With Python's statistics, feature by feature, number by number."""
    columns = np.reshape(x, (-1, len(gamma))).T.tolist()
    std = [(pvariance(column) + epsilon) ** 0.5 for column in columns]
    means = [fmean(column) for column in columns]
    x_hat = [[(value - mean) / s for value in column] for column, mean, s in zip(columns, means, std, strict=True)]
    out = [[g * value + b for value in column] for column, g, b in zip(x_hat, gamma, beta, strict=True)]
    return np.array(out).T.reshape(x.shape), np.array(x_hat).T.reshape(x.shape)


check = Check(inputs=batches, returns={"out": 0.5, "x̂": 0.5}, witness=by_features)


# %% right: the variance as a mean of squares
def batch_norm(x, gamma, beta, epsilon):
    centred = x - x.mean(axis=(0, 1))
    x_hat = centred / np.sqrt(np.mean(centred**2, axis=(0, 1)) + epsilon)
    return gamma * x_hat + beta, x_hat


# %% right: means and variances of the columns
def batch_norm(x, gamma, beta, epsilon):
    x_hat = (x - x.mean(axis=(0, 1))) / np.sqrt(x.var(axis=(0, 1)) + epsilon)
    return x_hat * gamma + beta, x_hat


# %% right: feature by feature
def batch_norm(x, gamma, beta, epsilon):
    out, x_hat = np.zeros(x.shape), np.zeros(x.shape)
    for j in range(len(gamma)):
        numbers = x[:, :, j].ravel()
        mean = sum(numbers) / len(numbers)
        std = np.sqrt(sum((numbers - mean) ** 2) / len(numbers) + epsilon)
        x_hat[:, :, j] = (x[:, :, j] - mean) / std
        out[:, :, j] = gamma[j] * x_hat[:, :, j] + beta[j]
    return out, x_hat


# %% right: a centring matrix for rows of all positions
def batch_norm(x, gamma, beta, epsilon):
    rows = x.reshape(-1, x.shape[-1])
    M = len(rows)
    C = np.eye(M) - np.ones((M, M)) / M
    std = np.sqrt(np.diag(rows.T @ C @ rows) / M + epsilon)
    x_hat = C @ rows / std
    return (x_hat @ np.diag(gamma) + beta).reshape(x.shape), x_hat.reshape(x.shape)


# %% right: einsum
def batch_norm(x, gamma, beta, epsilon):
    M = x.shape[0] * x.shape[1]
    centred = x - np.einsum("ikj->j", x) / M
    std = np.sqrt(np.einsum("ikj,ikj->j", centred, centred) / M + epsilon)
    x_hat = centred / std
    return np.einsum("ikj,j->ikj", x_hat, gamma) + beta, x_hat


# %% same: axis=(1, 0) "A sum over two axes is the same in either order."


# %% wrong: epsilon_forgotten
def batch_norm(x, gamma, beta, epsilon):
    std = x.std(axis=(0, 1))
    x_hat = (x - x.mean(axis=(0, 1))) / std
    return gamma * x_hat + beta, x_hat


# %% wrong: as two decks write it -> epsilon_forgotten
def batch_norm(x, gamma, beta, epsilon):
    centred = x - np.mean(x, axis=(0, 1))
    std = np.mean(centred**2, axis=(0, 1)) ** 0.5
    return centred / std * gamma + beta, centred / std


# %% wrong: epsilon_beside_root "The small constant was added to the root: the statement has it under the root."
def batch_norm(x, gamma, beta, epsilon):
    std = x.std(axis=(0, 1)) + epsilon
    x_hat = (x - x.mean(axis=(0, 1))) / std
    return gamma * x_hat + beta, x_hat


# %% wrong: a root and something -> epsilon_beside_root
def batch_norm(x, gamma, beta, epsilon):
    centred = x - np.mean(x, axis=(0, 1))
    std = epsilon + np.mean(centred**2, axis=(0, 1)) ** 0.5
    return centred / std * gamma + beta, centred / std


# %% wrong: root_of_variance_left_out "The variance was divided by where its root should be."
def batch_norm(x, gamma, beta, epsilon):
    variance = x.var(axis=(0, 1)) + epsilon
    x_hat = (x - x.mean(axis=(0, 1))) / variance
    return gamma * x_hat + beta, x_hat


# %% wrong: over the mean square -> root_of_variance_left_out
def batch_norm(x, gamma, beta, epsilon):
    centred = x - np.mean(x, axis=(0, 1))
    square = np.mean(centred * centred, axis=(0, 1)) + epsilon
    return centred / square * gamma + beta, centred / square


# %% wrong: variance_unbiased "The variance was divided by one less than there are numbers: only running ones are."
def batch_norm(x, gamma, beta, epsilon):
    M = np.float64(x[..., 0].size)
    std = np.sqrt(x.var(axis=(0, 1)) * M / (M - 1) + epsilon)
    x_hat = (x - x.mean(axis=(0, 1))) / std
    return gamma * x_hat + beta, x_hat


# %% wrong: squares over m less 1 -> variance_unbiased
def batch_norm(x, gamma, beta, epsilon):
    centred = x - np.mean(x, axis=(0, 1))
    std = (np.sum(centred**2, axis=(0, 1)) / np.float64(x[..., 0].size - 1) + epsilon) ** 0.5
    return centred / std * gamma + beta, centred / std


# %% wrong: one_for_all "One mean and one variance for all features: each feature has its own."
def batch_norm(x, gamma, beta, epsilon):
    std = np.full(x.shape[2], np.sqrt(x.var() + epsilon))
    x_hat = (x - x.mean()) / std
    return gamma * x_hat + beta, x_hat


# %% wrong: statistics of all numbers -> one_for_all
def batch_norm(x, gamma, beta, epsilon):
    centred = x - np.sum(x) / x.size
    std = np.ones(x.shape[2]) * (np.sum(centred**2) / x.size + epsilon) ** 0.5
    return centred / std * gamma + beta, centred / std


# %% wrong: positions_apart
def batch_norm(x, gamma, beta, epsilon):
    of_position = np.mean(x, axis=0), np.var(x, axis=0)
    x_hat = (x - of_position[0]) / np.sqrt(of_position[1] + epsilon)
    return np.multiply(gamma, x_hat) + beta, x_hat


# %% wrong: one position after the other -> positions_apart
def batch_norm(x, gamma, beta, epsilon):
    x_hat = np.zeros(x.shape)
    for k in range(x.shape[1]):
        centred = x[:, k] - np.mean(x[:, k], axis=0)
        x_hat[:, k] = centred / (np.mean(centred**2, axis=0) + epsilon) ** 0.5
    return x_hat * gamma + beta, x_hat


# %% wrong: examples_apart "Each example got statistics of its own: the others of the minibatch belong to them, too."
def batch_norm(x, gamma, beta, epsilon):
    std = np.sqrt(x.var(axis=1, keepdims=True) + epsilon)
    x_hat = (x - x.mean(axis=1, keepdims=True)) / std
    return gamma * x_hat + beta, x_hat


# %% wrong: one example after the other -> examples_apart
def batch_norm(x, gamma, beta, epsilon):
    x_hat = np.zeros(x.shape)
    for i, one in enumerate(x):
        centred = one - np.mean(one, axis=0)
        x_hat[i] = centred / (np.mean(centred**2, axis=0) + epsilon) ** 0.5
    return x_hat * gamma + beta, x_hat


# %% wrong: not_centred "The mean was not subtracted."
def batch_norm(x, gamma, beta, epsilon):
    std = np.sqrt(x.var(axis=(0, 1)) + epsilon)
    return gamma * x / std + beta, x / std


# %% wrong: scaled alone -> not_centred
def batch_norm(x, gamma, beta, epsilon):
    std = np.sqrt(np.mean((x - np.mean(x, axis=(0, 1))) ** 2, axis=(0, 1)) + epsilon)
    x_hat = np.divide(x, std)
    return x_hat * gamma + beta, x_hat


# %% wrong: scale_and_shift_left_out keeps 0.5 "The output is x̂ itself: γ and β do not enter."
def batch_norm(x, gamma, beta, epsilon):
    std = np.sqrt(x.var(axis=(0, 1)) + epsilon)
    x_hat = (x - x.mean(axis=(0, 1))) / std
    return x_hat, x_hat


# %% wrong: standardised -> scale_and_shift_left_out keeps 0.5
def batch_norm(x, gamma, beta, epsilon):
    centred = x - np.mean(x, axis=(0, 1))
    std = (np.mean(centred**2, axis=(0, 1)) + epsilon) ** 0.5
    return centred / std, centred / std


# %% wrong: scale_and_shift_exchanged keeps 0.5 "The scale γ and the shift β have changed places: which one multiplies?"
def batch_norm(x, gamma, beta, epsilon):
    std = np.sqrt(x.var(axis=(0, 1)) + epsilon)
    x_hat = (x - x.mean(axis=(0, 1))) / std
    return beta * x_hat + gamma, x_hat


# %% wrong: arguments in another order -> scale_and_shift_exchanged keeps 0.5
def batch_norm(x, beta, gamma, epsilon):
    centred = x - np.mean(x, axis=(0, 1))
    std = (np.mean(centred**2, axis=(0, 1)) + epsilon) ** 0.5
    return centred / std * gamma + beta, centred / std


# %% wrong: x̂ that is not scaled comes back -> none keeps 0.5
def batch_norm(x, gamma, beta, epsilon):
    centred = x - x.mean(axis=(0, 1))
    return gamma * centred / np.sqrt(x.var(axis=(0, 1)) + epsilon) + beta, centred


# %% wrong: β left out -> none keeps 0.5
def batch_norm(x, gamma, beta, epsilon):
    std = np.sqrt(x.var(axis=(0, 1)) + epsilon)
    x_hat = (x - x.mean(axis=(0, 1))) / std
    return gamma * x_hat, x_hat


# %% wrong: shifted before it is scaled -> none keeps 0.5
def batch_norm(x, gamma, beta, epsilon):
    std = np.sqrt(x.var(axis=(0, 1)) + epsilon)
    x_hat = (x - x.mean(axis=(0, 1))) / std
    return gamma * (x_hat + beta), x_hat


# %% wrong: the median for the mean -> none
def batch_norm(x, gamma, beta, epsilon):
    centred = x - np.median(x, axis=(0, 1))
    std = np.sqrt(np.mean(centred**2, axis=(0, 1)) + epsilon)
    return gamma * centred / std + beta, centred / std


# %% wrong: divided by the range -> none
def batch_norm(x, gamma, beta, epsilon):
    width = x.max(axis=(0, 1)) - x.min(axis=(0, 1)) + epsilon
    x_hat = (x - x.mean(axis=(0, 1))) / width
    return gamma * x_hat + beta, x_hat


# %% wrong: statistics over the features -> raised
def batch_norm(x, gamma, beta, epsilon):
    std = np.sqrt(x.var(axis=2) + epsilon)
    x_hat = (x - x.mean(axis=2)) / std
    return gamma * x_hat + beta, x_hat


# %% wrong: layer normalisation -> none
def batch_norm(x, gamma, beta, epsilon):
    std = np.sqrt(x.var(axis=-1, keepdims=True) + epsilon)
    x_hat = (x - x.mean(axis=-1, keepdims=True)) / std
    return gamma * x_hat + beta, x_hat


# %% wrong: rows of all positions come back -> wrong_shape
def batch_norm(x, gamma, beta, epsilon):
    rows = x.reshape(-1, x.shape[-1])
    x_hat = (rows - rows.mean(axis=0)) / np.sqrt(rows.var(axis=0) + epsilon)
    return gamma * x_hat + beta, x_hat


# %% wrong: keeps an axis -> wrong_shape
def batch_norm(x, gamma, beta, epsilon):
    std = np.sqrt(x.var(axis=(0, 1), keepdims=True) + epsilon)
    x_hat = (x - x.mean(axis=(0, 1))) / std
    return (gamma * x_hat + beta)[None], x_hat[None]


# %% wrong: the output alone -> wrong_type
def batch_norm(x, gamma, beta, epsilon):
    x_hat = (x - x.mean(axis=(0, 1))) / np.sqrt(x.var(axis=(0, 1)) + epsilon)
    return (gamma * x_hat + beta).tolist()
