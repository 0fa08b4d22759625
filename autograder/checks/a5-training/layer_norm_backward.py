"""∂J/∂x and ∂J/∂γ of layer normalisation, whose statistics are those of each example."""

import numpy as np

from autograder.kit import Check

from . import signed


def cost(dx, dgamma, dout, x, gamma, epsilon):
    """What moves with x + dx and γ + dγ; β moves nothing but itself."""
    x = x + dx
    centred = (x.T - np.sum(x, axis=1) / x.shape[1]).T
    std = np.sqrt(np.sum(centred**2, axis=1) / x.shape[1] + epsilon)
    return np.sum(dout * (gamma + dgamma) * (centred.T / std).T)


def upstream(rng):
    """∂J/∂out (m, n), x (m, n), γ (n,) and ε₀."""
    kinds = ("m = 4, n = 3", 4, 3, 0.05), ("as many columns as examples (m = n = 3)", 3, 3, 0.2)
    kinds += ("one example (m = 1)", 1, 4, 0.3), ("one column (n = 1)", 4, 1, 0.1), ("two columns", 3, 2, 0.4)
    kinds += ("an example that is constant", 2, 3, 0.01), ("entries in the hundreds", 2, 3, 0.5)
    for label, m, n, epsilon in kinds:
        x = rng.normal(1, 2, size=(m, n)).round(2)
        x = 100 * x if "hundreds" in label else x
        if "constant" in label:
            x[1] = 0.5
        yield label, (rng.normal(size=x.shape).round(2), x, signed(rng, n), epsilon)


check = Check(inputs=upstream, returns={"∂J/∂x": 0.5, "∂J/∂γ": 0.5}, derivative_of=cost)


# %% right: closed form
def layer_norm_backward(dout, x, gamma, epsilon):
    std = np.sqrt(x.var(axis=1, keepdims=True) + epsilon)
    x_hat = (x - x.mean(axis=1, keepdims=True)) / std
    g = dout * gamma
    dx = (g - g.mean(axis=1, keepdims=True) - x_hat * (g * x_hat).mean(axis=1, keepdims=True)) / std
    return dx, (dout * x_hat).sum(axis=0)


# %% right: three paths
def layer_norm_backward(dout, x, gamma, epsilon):
    n = x.shape[1]
    centred = x - x.mean(axis=1)[:, None]
    std = np.sqrt(np.mean(centred**2, axis=1)[:, None] + epsilon)
    g = gamma * dout
    d_variance = -(g * centred).sum(axis=1)[:, None] / (2 * std**3)
    d_centred = g / std + 2 * centred * d_variance / n
    return d_centred - d_centred.mean(axis=1)[:, None], np.sum(dout * centred / std, axis=0)


# %% right: example by example
def layer_norm_backward(dout, x, gamma, epsilon):
    dx, d_gamma = np.zeros(x.shape), np.zeros(len(gamma))
    for i, row in enumerate(x):
        std = np.sqrt(row.var() + epsilon)
        x_hat, g = (row - row.mean()) / std, gamma * dout[i]
        dx[i] = (g - g.mean() - x_hat * (g @ x_hat) / len(row)) / std
        d_gamma += dout[i] * x_hat
    return dx, d_gamma


# %% right: turned, with columns
def layer_norm_backward(dout, x, gamma, epsilon):
    std = np.sqrt(x.T.var(axis=0) + epsilon)
    x_hat, g = (x.T - x.T.mean(axis=0)) / std, (dout * gamma).T
    dx = 1 / std * (g - (g.sum(axis=0) + x_hat * (g * x_hat).sum(axis=0)) / len(g))
    return dx.T, (dout.T * x_hat).sum(axis=1)


# %% right: the Jacobian of each example
def layer_norm_backward(dout, x, gamma, epsilon):
    m, n = x.shape
    dx, hats = [], []
    for i in range(m):
        std = (x[i].var() + epsilon) ** 0.5
        hats.append((x[i] - x[i].mean()) / std)
        jacobian = (np.eye(n) - np.full((n, n), 1 / n) - np.outer(hats[i], hats[i]) / n) / std
        dx.append(jacobian @ (gamma * dout[i]))
    return np.array(dx), np.einsum("ij,ij->j", dout, hats)


# %% wrong: wrong_axis
def layer_norm_backward(dout, x, gamma, epsilon):
    std = np.sqrt(x.var(axis=0) + epsilon)
    x_hat = (x - x.mean(axis=0)) / std
    d_beta, d_gamma = dout.sum(axis=0), (dout * x_hat).sum(axis=0)
    return gamma / std * (dout - (d_beta + x_hat * d_gamma) / len(x)), d_gamma


# %% wrong: batch normalisation's means -> wrong_axis
def layer_norm_backward(dout, x, gamma, epsilon):
    std = (np.var(x, axis=0) + epsilon) ** 0.5
    x_hat, g = (x - np.mean(x, axis=0)) / std, dout * gamma
    dx = (g - np.mean(g, axis=0) - x_hat * np.mean(g * x_hat, axis=0)) / std
    return dx, np.einsum("ij,ij->j", dout, x_hat)


# %% wrong: gamma_outside keeps 0.5 "The scale γ was taken out of the means: here it differs within what is averaged."
def layer_norm_backward(dout, x, gamma, epsilon):
    std = np.sqrt(x.var(axis=1, keepdims=True) + epsilon)
    x_hat = (x - x.mean(axis=1, keepdims=True)) / std
    inner = dout - dout.mean(axis=1, keepdims=True) - x_hat * (dout * x_hat).mean(axis=1, keepdims=True)
    return gamma / std * inner, (dout * x_hat).sum(axis=0)


# %% wrong: batch normalisation's formula, turned -> gamma_outside keeps 0.5
def layer_norm_backward(dout, x, gamma, epsilon):
    std = np.sqrt(x.T.var(axis=0) + epsilon)
    x_hat, d = (x.T - x.T.mean(axis=0)) / std, dout.T
    dx = (d - (d.sum(axis=0) + x_hat * (d * x_hat).sum(axis=0)) / len(d)) / std
    return dx.T * gamma, (d * x_hat).sum(axis=1)


# %% wrong: gamma_left_out keeps 0.5
def layer_norm_backward(dout, x, gamma, epsilon):
    std = np.sqrt(x.var(axis=1, keepdims=True) + epsilon)
    x_hat = (x - x.mean(axis=1, keepdims=True)) / std
    inner = dout - dout.mean(axis=1, keepdims=True) - x_hat * (dout * x_hat).mean(axis=1, keepdims=True)
    return inner / std, (dout * x_hat).sum(axis=0)


# %% wrong: turned, without γ -> gamma_left_out keeps 0.5
def layer_norm_backward(dout, x, gamma, epsilon):
    std = np.sqrt(x.T.var(axis=0) + epsilon)
    x_hat, d = (x.T - x.T.mean(axis=0)) / std, dout.T
    dx = (d - (d.sum(axis=0) + x_hat * (d * x_hat).sum(axis=0)) / len(d)) / std
    return dx.T, (d * x_hat).sum(axis=1)


# %% wrong: statistics_constant keeps 0.5
def layer_norm_backward(dout, x, gamma, epsilon):
    std = np.sqrt(x.var(axis=1, keepdims=True) + epsilon)
    x_hat = (x - x.mean(axis=1, keepdims=True)) / std
    return gamma * dout / std, (dout * x_hat).sum(axis=0)


# %% wrong: turned, the direct path alone -> statistics_constant keeps 0.5
def layer_norm_backward(dout, x, gamma, epsilon):
    std = np.sqrt(x.T.var(axis=0) + epsilon)
    x_hat = (x.T - x.T.mean(axis=0)) / std
    return ((dout * gamma).T / std).T, (dout.T * x_hat).sum(axis=1)


# %% wrong: variance_path_missing keeps 0.5
def layer_norm_backward(dout, x, gamma, epsilon):
    std = np.sqrt(x.var(axis=1, keepdims=True) + epsilon)
    x_hat, g = (x - x.mean(axis=1, keepdims=True)) / std, dout * gamma
    return (g - g.mean(axis=1, keepdims=True)) / std, (dout * x_hat).sum(axis=0)


# %% wrong: turned, centred alone -> variance_path_missing keeps 0.5
def layer_norm_backward(dout, x, gamma, epsilon):
    std = np.sqrt(x.T.var(axis=0) + epsilon)
    x_hat, g = (x.T - x.T.mean(axis=0)) / std, (dout * gamma).T
    return (g / std - g.mean(axis=0) / std).T, (dout.T * x_hat).sum(axis=1)


# %% wrong: mean_path_missing keeps 0.5
def layer_norm_backward(dout, x, gamma, epsilon):
    std = np.sqrt(x.var(axis=1, keepdims=True) + epsilon)
    x_hat, g = (x - x.mean(axis=1, keepdims=True)) / std, dout * gamma
    return (g - x_hat * (g * x_hat).mean(axis=1, keepdims=True)) / std, (dout * x_hat).sum(axis=0)


# %% wrong: turned, direct and over the variance -> mean_path_missing keeps 0.5
def layer_norm_backward(dout, x, gamma, epsilon):
    std = np.sqrt(x.T.var(axis=0) + epsilon)
    x_hat, g = (x.T - x.T.mean(axis=0)) / std, (dout * gamma).T
    return ((g - x_hat * (g * x_hat).sum(axis=0) / len(g)) / std).T, (dout.T * x_hat).sum(axis=1)


# %% wrong: means_over_examples keeps 0.5 "Sums were divided by the number of examples: means run over columns here."
def layer_norm_backward(dout, x, gamma, epsilon):
    std = np.sqrt(x.var(axis=1, keepdims=True) + epsilon)
    x_hat, g = (x - x.mean(axis=1, keepdims=True)) / std, dout * gamma
    paths = g.sum(axis=1, keepdims=True) + x_hat * (g * x_hat).sum(axis=1, keepdims=True)
    return (g - paths / len(x)) / std, (dout * x_hat).sum(axis=0)


# %% wrong: turned, over the other length -> means_over_examples keeps 0.5
def layer_norm_backward(dout, x, gamma, epsilon):
    std = np.sqrt(x.T.var(axis=0) + epsilon)
    x_hat, g = (x.T - x.T.mean(axis=0)) / std, (dout * gamma).T
    dx = (g - (g.sum(axis=0) + x_hat * (g * x_hat).sum(axis=0)) / g.shape[1]) / std
    return dx.T, (dout.T * x_hat).sum(axis=1)


# %% wrong: epsilon_forgotten
def layer_norm_backward(dout, x, gamma, epsilon):
    std = x.std(axis=1, keepdims=True)
    x_hat, g = (x - x.mean(axis=1, keepdims=True)) / std, dout * gamma
    dx = (g - g.mean(axis=1, keepdims=True) - x_hat * (g * x_hat).mean(axis=1, keepdims=True)) / std
    return dx, (dout * x_hat).sum(axis=0)


# %% wrong: turned, without the constant -> epsilon_forgotten
def layer_norm_backward(dout, x, gamma, epsilon):
    std = x.T.std(axis=0)
    x_hat, g = (x.T - x.T.mean(axis=0)) / std, (dout * gamma).T
    dx = (g - (g.sum(axis=0) + x_hat * (g * x_hat).sum(axis=0)) / len(g)) / std
    return dx.T, (dout.T * x_hat).sum(axis=1)


# %% wrong: gamma_squared keeps 0.5 "The scale γ enters twice."
def layer_norm_backward(dout, x, gamma, epsilon):
    std = np.sqrt(x.var(axis=1, keepdims=True) + epsilon)
    x_hat, g = (x - x.mean(axis=1, keepdims=True)) / std, dout * gamma
    inner = g - g.mean(axis=1, keepdims=True) - x_hat * (g * x_hat).mean(axis=1, keepdims=True)
    return gamma / std * inner, (dout * x_hat).sum(axis=0)


# %% wrong: turned, γ before and after -> gamma_squared keeps 0.5
def layer_norm_backward(dout, x, gamma, epsilon):
    std = np.sqrt(x.T.var(axis=0) + epsilon)
    x_hat, g = (x.T - x.T.mean(axis=0)) / std, (dout * gamma).T
    dx = (g - (g.sum(axis=0) + x_hat * (g * x_hat).sum(axis=0)) / len(g)) / std
    return gamma * dx.T, (dout.T * x_hat).sum(axis=1)


# %% wrong: γ's gradient has γ in it -> none keeps 0.5
def layer_norm_backward(dout, x, gamma, epsilon):
    std = np.sqrt(x.var(axis=1, keepdims=True) + epsilon)
    x_hat, g = (x - x.mean(axis=1, keepdims=True)) / std, dout * gamma
    dx = (g - g.mean(axis=1, keepdims=True) - x_hat * (g * x_hat).mean(axis=1, keepdims=True)) / std
    return dx, (g * x_hat).sum(axis=0)


# %% wrong: γ's gradient a mean -> none keeps 0.5
def layer_norm_backward(dout, x, gamma, epsilon):
    std = np.sqrt(x.var(axis=1, keepdims=True) + epsilon)
    x_hat, g = (x - x.mean(axis=1, keepdims=True)) / std, dout * gamma
    dx = (g - g.mean(axis=1, keepdims=True) - x_hat * (g * x_hat).mean(axis=1, keepdims=True)) / std
    return dx, (dout * x_hat).mean(axis=0) + 0.1


# %% wrong: statistics of all numbers together -> none
def layer_norm_backward(dout, x, gamma, epsilon):
    std = np.sqrt(x.var() + epsilon)
    x_hat, g = (x - x.mean()) / std, dout * gamma
    return (g - g.mean() - x_hat * (g * x_hat).mean()) / std, (dout * x_hat).sum(axis=0)


# %% wrong: γ's gradient summed along the row -> wrong_shape
def layer_norm_backward(dout, x, gamma, epsilon):
    std = np.sqrt(x.var(axis=1, keepdims=True) + epsilon)
    x_hat, g = (x - x.mean(axis=1, keepdims=True)) / std, dout * gamma
    return (g / std)[None], (dout * x_hat).sum(axis=1)[None]


# %% wrong: axes do not match -> raised
def layer_norm_backward(dout, x, gamma, epsilon):
    std = np.sqrt(x.var(axis=1) + epsilon)
    x_hat, g = (x - x.mean(axis=1)) / std, dout * gamma
    return (g - g.mean(axis=1) - x_hat * (g * x_hat).mean(axis=1)) / std, (dout * x_hat).sum(axis=0)


# %% wrong: the inputs alone -> wrong_type
def layer_norm_backward(dout, x, gamma, epsilon):
    std = np.sqrt(x.var(axis=1, keepdims=True) + epsilon)
    return [gamma / std * dout, dout, gamma]
