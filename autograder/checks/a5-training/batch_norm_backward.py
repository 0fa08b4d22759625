"""∂J/∂x and ∂J/∂γ of batch normalisation over examples and positions, in training."""

import numpy as np

from autograder.kit import Check

from . import batches


def cost(dx, dgamma, dout, x, gamma, epsilon):
    """What moves with x + dx and γ + dγ; β moves nothing but itself."""
    x = (x + dx).reshape(-1, len(gamma))
    centred = x - x.sum(axis=0) / len(x)
    x_hat = centred / np.sqrt((centred * centred).sum(axis=0) / len(x) + epsilon)
    return (dout.reshape(x.shape) * x_hat * (gamma + dgamma)).sum()


def upstream(rng):
    """∂J/∂out (m, s, n), x (m, s, n), γ (n,) and ε₀."""
    for label, (x, gamma, _, epsilon) in batches(rng):
        yield label, (rng.normal(size=x.shape).round(2), x, gamma, epsilon)


check = Check(inputs=upstream, returns={"∂J/∂x": 0.5, "∂J/∂γ": 0.5}, derivative_of=cost)


# %% right: closed form
def batch_norm_backward(dout, x, gamma, epsilon):
    std = np.sqrt(x.var(axis=(0, 1)) + epsilon)
    x_hat = (x - x.mean(axis=(0, 1))) / std
    d_beta, d_gamma = dout.sum(axis=(0, 1)), (dout * x_hat).sum(axis=(0, 1))
    return gamma / std * (dout - (d_beta + x_hat * d_gamma) / (len(x) * x.shape[1])), d_gamma


# %% right: three paths
def batch_norm_backward(dout, x, gamma, epsilon):
    M, centred = x[..., 0].size, x - x.mean(axis=(0, 1))
    std = np.sqrt((centred**2).mean(axis=(0, 1)) + epsilon)
    g = gamma * dout
    d_variance = -0.5 * (g * centred).sum(axis=(0, 1)) / std**3
    d_centred = g / std + 2 / M * centred * d_variance
    return d_centred - d_centred.mean(axis=(0, 1)), (dout * centred / std).sum(axis=(0, 1))


# %% right: means
def batch_norm_backward(dout, x, gamma, epsilon):
    std = (np.var(x, axis=(0, 1)) + epsilon) ** 0.5
    x_hat, g = (x - np.mean(x, axis=(0, 1))) / std, dout * gamma
    dx = (g - np.mean(g, axis=(0, 1)) - x_hat * np.mean(g * x_hat, axis=(0, 1))) / std
    return dx, np.einsum("ikj,ikj->j", dout, x_hat)


# %% right: the Jacobian of each feature, of rows of all positions
def batch_norm_backward(dout, x, gamma, epsilon):
    n = x.shape[-1]
    shape, x, dout = x.shape, x.reshape(-1, n), dout.reshape(-1, n)
    M, dx, d_gamma = len(x), np.zeros(x.shape), np.zeros(n)
    for j in range(n):
        std = np.sqrt(x[:, j].var() + epsilon)
        x_hat = (x[:, j] - x[:, j].mean()) / std
        jacobian = (np.eye(M) - 1 / M - np.outer(x_hat, x_hat) / M) / std
        dx[:, j], d_gamma[j] = gamma[j] * jacobian @ dout[:, j], x_hat @ dout[:, j]
    return dx.reshape(shape), d_gamma


# %% right: the mean moves what is left
def batch_norm_backward(dout, x, gamma, epsilon):
    centred = x - x.mean(axis=(0, 1))
    variance = np.mean(centred * centred, axis=(0, 1)) + epsilon
    d_gamma = np.sum(dout * centred, axis=(0, 1)) / np.sqrt(variance)
    g = (dout - dout.mean(axis=(0, 1))) * gamma / np.sqrt(variance)
    return g - centred * np.mean(g * centred, axis=(0, 1)) / variance, d_gamma


# %% same: axis=(1, 0) "A sum over two axes is the same in either order."


# %% wrong: statistics_constant keeps 0.5
def batch_norm_backward(dout, x, gamma, epsilon):
    std = np.sqrt(x.var(axis=(0, 1)) + epsilon)
    x_hat = (x - x.mean(axis=(0, 1))) / std
    return gamma / std * dout, (dout * x_hat).sum(axis=(0, 1))


# %% wrong: the direct path alone -> statistics_constant keeps 0.5
def batch_norm_backward(dout, x, gamma, epsilon):
    std = (np.var(x, axis=(0, 1)) + epsilon) ** 0.5
    x_hat, g = (x - np.mean(x, axis=(0, 1))) / std, dout * gamma
    return g / std, np.einsum("ikj,ikj->j", dout, x_hat)


# %% wrong: variance_path_missing keeps 0.5
def batch_norm_backward(dout, x, gamma, epsilon):
    std = np.sqrt(x.var(axis=(0, 1)) + epsilon)
    x_hat = (x - x.mean(axis=(0, 1))) / std
    return gamma / std * (dout - dout.sum(axis=(0, 1)) / (len(x) * x.shape[1])), (dout * x_hat).sum(axis=(0, 1))


# %% wrong: centred alone -> variance_path_missing keeps 0.5
def batch_norm_backward(dout, x, gamma, epsilon):
    std = (np.var(x, axis=(0, 1)) + epsilon) ** 0.5
    x_hat, g = (x - np.mean(x, axis=(0, 1))) / std, dout * gamma / std
    return g - np.mean(g, axis=(0, 1)), np.einsum("ikj,ikj->j", dout, x_hat)


# %% wrong: mean_path_missing keeps 0.5
def batch_norm_backward(dout, x, gamma, epsilon):
    std = np.sqrt(x.var(axis=(0, 1)) + epsilon)
    x_hat = (x - x.mean(axis=(0, 1))) / std
    d_gamma = (dout * x_hat).sum(axis=(0, 1))
    return gamma / std * (dout - x_hat * d_gamma / (len(x) * x.shape[1])), d_gamma


# %% wrong: direct and over the variance -> mean_path_missing keeps 0.5
def batch_norm_backward(dout, x, gamma, epsilon):
    M, centred = x[..., 0].size, x - x.mean(axis=(0, 1))
    std = np.sqrt((centred**2).mean(axis=(0, 1)) + epsilon)
    g = gamma * dout
    d_variance = -0.5 * (g * centred).sum(axis=(0, 1)) / std**3
    return g / std + 2 / M * centred * d_variance, (dout * centred / std).sum(axis=(0, 1))


# %% wrong: positions_apart
def batch_norm_backward(dout, x, gamma, epsilon):
    root = np.sqrt(np.var(x, axis=0) + epsilon)
    x_hat, g = (x - np.mean(x, axis=0)) / root, dout * gamma / root
    return g - np.mean(g, axis=0) - x_hat * np.mean(g * x_hat, axis=0), np.einsum("ikj,ikj->j", dout, x_hat)


# %% wrong: one position after the other -> positions_apart
def batch_norm_backward(dout, x, gamma, epsilon):
    dx, d_gamma = np.zeros(x.shape), np.zeros(len(gamma))
    for k in range(x.shape[1]):
        centred, g = x[:, k] - np.mean(x[:, k], axis=0), gamma * dout[:, k]
        std = (np.mean(centred**2, axis=0) + epsilon) ** 0.5
        d_gamma += np.einsum("ij,ij->j", dout[:, k], centred / std)
        dx[:, k] = (g - np.mean(g, axis=0) - centred / std**2 * np.mean(g * centred, axis=0)) / std
    return dx, d_gamma


# %% wrong: examples_counted keeps 0.5 "The means are over the examples alone: how many numbers of a feature are there?"
def batch_norm_backward(dout, x, gamma, epsilon):
    std = np.sqrt(x.var(axis=(0, 1)) + epsilon)
    x_hat = (x - x.mean(axis=(0, 1))) / std
    d_beta, d_gamma = dout.sum(axis=(0, 1)), (dout * x_hat).sum(axis=(0, 1))
    return gamma / std * (dout - (d_beta + x_hat * d_gamma) / len(x)), d_gamma


# %% wrong: sums over the number of examples -> examples_counted keeps 0.5
def batch_norm_backward(dout, x, gamma, epsilon):
    std = (np.var(x, axis=(0, 1)) + epsilon) ** 0.5
    x_hat, g, m = (x - np.mean(x, axis=(0, 1))) / std, dout * gamma, x.shape[0]
    dx = (g - np.sum(g, axis=(0, 1)) / m - x_hat * np.sum(g * x_hat, axis=(0, 1)) / m) / std
    return dx, np.einsum("ikj,ikj->j", dout, x_hat)


# %% wrong: gamma_left_out keeps 0.5
def batch_norm_backward(dout, x, gamma, epsilon):
    std = np.sqrt(x.var(axis=(0, 1)) + epsilon)
    x_hat = (x - x.mean(axis=(0, 1))) / std
    d_gamma = (dout * x_hat).sum(axis=(0, 1))
    return (dout - (dout.sum(axis=(0, 1)) + x_hat * d_gamma) / (len(x) * x.shape[1])) / std, d_gamma


# %% wrong: means without γ -> gamma_left_out keeps 0.5
def batch_norm_backward(dout, x, gamma, epsilon):
    std = (np.var(x, axis=(0, 1)) + epsilon) ** 0.5
    x_hat = (x - np.mean(x, axis=(0, 1))) / std
    dx = (dout - np.mean(dout, axis=(0, 1)) - x_hat * np.mean(dout * x_hat, axis=(0, 1))) / std
    return dx, np.einsum("ikj,ikj->j", dout, x_hat)


# %% wrong: missing_mean keeps 0.5
def batch_norm_backward(dout, x, gamma, epsilon):
    std = np.sqrt(x.var(axis=(0, 1)) + epsilon)
    x_hat = (x - x.mean(axis=(0, 1))) / std
    d_gamma = (dout * x_hat).sum(axis=(0, 1))
    return gamma / std * (dout - dout.sum(axis=(0, 1)) - x_hat * d_gamma), d_gamma


# %% wrong: sums for means -> missing_mean keeps 0.5
def batch_norm_backward(dout, x, gamma, epsilon):
    std = (np.var(x, axis=(0, 1)) + epsilon) ** 0.5
    x_hat, g = (x - np.mean(x, axis=(0, 1))) / std, dout * gamma
    dx = (g - np.sum(g, axis=(0, 1)) - x_hat * np.sum(g * x_hat, axis=(0, 1))) / std
    return dx, np.einsum("ikj,ikj->j", dout, x_hat)


# %% wrong: epsilon_forgotten
def batch_norm_backward(dout, x, gamma, epsilon):
    std = x.std(axis=(0, 1))
    x_hat = (x - x.mean(axis=(0, 1))) / std
    d_beta, d_gamma = dout.sum(axis=(0, 1)), (dout * x_hat).sum(axis=(0, 1))
    return gamma / std * (dout - (d_beta + x_hat * d_gamma) / (len(x) * x.shape[1])), d_gamma


# %% wrong: means without the constant -> epsilon_forgotten
def batch_norm_backward(dout, x, gamma, epsilon):
    std = np.mean((x - np.mean(x, axis=(0, 1))) ** 2, axis=(0, 1)) ** 0.5
    x_hat, g = (x - np.mean(x, axis=(0, 1))) / std, dout * gamma
    dx = (g - np.mean(g, axis=(0, 1)) - x_hat * np.mean(g * x_hat, axis=(0, 1))) / std
    return dx, np.einsum("ikj,ikj->j", dout, x_hat)


# %% wrong: variance_for_root keeps 0.5 "The gradient was divided by the variance in place of its root."
def batch_norm_backward(dout, x, gamma, epsilon):
    variance = x.var(axis=(0, 1)) + epsilon
    x_hat = (x - x.mean(axis=(0, 1))) / np.sqrt(variance)
    d_beta, d_gamma = dout.sum(axis=(0, 1)), (dout * x_hat).sum(axis=(0, 1))
    return gamma / variance * (dout - (d_beta + x_hat * d_gamma) / (len(x) * x.shape[1])), d_gamma


# %% wrong: twice over the root -> variance_for_root keeps 0.5
def batch_norm_backward(dout, x, gamma, epsilon):
    std = (np.var(x, axis=(0, 1)) + epsilon) ** 0.5
    x_hat, g = (x - np.mean(x, axis=(0, 1))) / std, dout * gamma / std
    dx = (g - np.mean(g, axis=(0, 1)) - x_hat * np.mean(g * x_hat, axis=(0, 1))) / std
    return dx, np.einsum("ikj,ikj->j", dout, x_hat)


# %% wrong: path_added keeps 0.5 "Two paths have the wrong sign: those over mean and variance take away."
def batch_norm_backward(dout, x, gamma, epsilon):
    std = np.sqrt(x.var(axis=(0, 1)) + epsilon)
    x_hat = (x - x.mean(axis=(0, 1))) / std
    d_beta, d_gamma = dout.sum(axis=(0, 1)), (dout * x_hat).sum(axis=(0, 1))
    return gamma / std * (dout + (d_beta + x_hat * d_gamma) / (len(x) * x.shape[1])), d_gamma


# %% wrong: means added -> path_added keeps 0.5
def batch_norm_backward(dout, x, gamma, epsilon):
    std = (np.var(x, axis=(0, 1)) + epsilon) ** 0.5
    x_hat, g = (x - np.mean(x, axis=(0, 1))) / std, dout * gamma
    dx = (g + np.mean(g, axis=(0, 1)) + x_hat * np.mean(g * x_hat, axis=(0, 1))) / std
    return dx, np.einsum("ikj,ikj->j", dout, x_hat)


# %% wrong: scale_of_raw_inputs keeps 0.5 "The gradient of γ was taken with x itself: what does γ multiply?"
def batch_norm_backward(dout, x, gamma, epsilon):
    std = np.sqrt(x.var(axis=(0, 1)) + epsilon)
    x_hat = (x - x.mean(axis=(0, 1))) / std
    d_beta, d_gamma = dout.sum(axis=(0, 1)), (dout * x_hat).sum(axis=(0, 1))
    return gamma / std * (dout - (d_beta + x_hat * d_gamma) / (len(x) * x.shape[1])), (dout * x).sum(axis=(0, 1))


# %% wrong: upstream times inputs -> scale_of_raw_inputs keeps 0.5
def batch_norm_backward(dout, x, gamma, epsilon):
    std = (np.var(x, axis=(0, 1)) + epsilon) ** 0.5
    x_hat, g = (x - np.mean(x, axis=(0, 1))) / std, dout * gamma
    dx = (g - np.mean(g, axis=(0, 1)) - x_hat * np.mean(g * x_hat, axis=(0, 1))) / std
    return dx, np.einsum("ikj,ikj->j", dout, x)


# %% wrong: γ gets a mean -> none keeps 0.5
def batch_norm_backward(dout, x, gamma, epsilon):
    std = np.sqrt(x.var(axis=(0, 1)) + epsilon)
    x_hat = (x - x.mean(axis=(0, 1))) / std
    d_beta, d_gamma = dout.mean(axis=(0, 1)), (dout * x_hat).mean(axis=(0, 1))
    return gamma / std * (dout - d_beta - x_hat * d_gamma), d_gamma


# %% wrong: the unbiased variance -> none
def batch_norm_backward(dout, x, gamma, epsilon):
    std = np.sqrt(x.var(axis=(0, 1), ddof=min(1, x[..., 0].size - 1)) + epsilon)
    x_hat = (x - x.mean(axis=(0, 1))) / std
    d_beta, d_gamma = dout.sum(axis=(0, 1)), (dout * x_hat).sum(axis=(0, 1))
    return gamma / std * (dout - (d_beta + x_hat * d_gamma) / (len(x) * x.shape[1])), d_gamma


# %% wrong: γ divides -> none keeps 0.5
def batch_norm_backward(dout, x, gamma, epsilon):
    std = np.sqrt(x.var(axis=(0, 1)) + epsilon)
    x_hat = (x - x.mean(axis=(0, 1))) / std
    d_beta, d_gamma = dout.sum(axis=(0, 1)), (dout * x_hat).sum(axis=(0, 1))
    return (dout - (d_beta + x_hat * d_gamma) / (len(x) * x.shape[1])) / (gamma * std), d_gamma


# %% wrong: one gradient of γ an example -> wrong_shape keeps 0.5
def batch_norm_backward(dout, x, gamma, epsilon):
    std = np.sqrt(x.var(axis=(0, 1)) + epsilon)
    x_hat = (x - x.mean(axis=(0, 1))) / std
    d_beta, d_gamma = dout.sum(axis=(0, 1)), (dout * x_hat).sum(axis=(0, 1))
    return gamma / std * (dout - (d_beta + x_hat * d_gamma) / (len(x) * x.shape[1])), dout * x_hat


# %% wrong: statistics over the features -> raised
def batch_norm_backward(dout, x, gamma, epsilon):
    std = np.sqrt(x.var(axis=2) + epsilon)
    x_hat = (x - x.mean(axis=2)) / std
    d_beta, d_gamma = dout.sum(axis=(0, 1)), (dout * x_hat).sum(axis=(0, 1))
    return gamma / std * (dout - (d_beta + x_hat * d_gamma) / (len(x) * x.shape[1])), d_gamma


# %% wrong: the inputs alone -> wrong_type
def batch_norm_backward(dout, x, gamma, epsilon):
    std = np.sqrt(x.var(axis=(0, 1)) + epsilon)
    return [gamma / std * dout, dout, gamma]
