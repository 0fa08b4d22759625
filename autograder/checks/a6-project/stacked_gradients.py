"""∂J/∂θ of S networks at once, each with its own penalty, in the order of theta."""

from functools import cache

import numpy as np

from autograder.kit import Check

from . import SHAPES, networks, signals


def without_penalty(rng):
    """X (m, n), labels y (m,), theta (S, P), sizes, lam (S,) of zeros; in one case scores are large."""
    for label, S, m, sizes in (*SHAPES[:2], SHAPES[3]):
        yield label, (*networks(rng, S, m, sizes), sizes, np.zeros(S))
    X, y, theta = networks(rng, 2, 4, (2, 2, 2))
    theta[:, -2:] = rng.uniform(720, 900, size=(2, 2)).round(1) * [[1, -1], [-1, -0.2]]
    yield "scores up to 1000", (X, y, theta, (2, 2, 2), np.zeros(2))


def with_penalty(rng):
    """The same with lam up to 1, another one for each network."""
    for label, S, m, sizes in (SHAPES[2], *SHAPES[4:6]):
        yield f"{label}, with a penalty", (*networks(rng, S, m, sizes), sizes, rng.uniform(0.1, 1, size=S).round(2))


def cost(step, X, y, theta, sizes, lam):
    """The sum of the S networks' costs after a step: no network's parameters are in another one's cost."""
    theta = theta + step
    Z = signals(X, theta, sizes)[-1]
    cross_entropies = np.logaddexp.reduce(Z, axis=2) - Z[:, np.arange(len(y)), y]
    return cross_entropies.sum() / len(y) + lam @ theta**2 @ is_weight(sizes) / 2


@cache
def is_weight(sizes):
    """Of each parameter of a network: 1 for a weight, 0 for a bias."""
    return np.repeat([1, 0] * (len(sizes) - 1), sum(((n * k, k) for n, k in zip(sizes, sizes[1:])), ()))


check = Check(
    inputs={"∂J/∂θ without penalty": without_penalty, "∂J/∂θ with penalty": with_penalty},
    returns={"∂J/∂θ without penalty": 0.5, "∂J/∂θ with penalty": 0.5},
    derivative_of=cost,
)


# %% right: backward through stacks of matrices
def stacked_gradients(X, y, theta, sizes, lam):
    weights, activations, start = [], [X], 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        weights.append(theta[:, start : start + n * k].reshape(-1, n, k))
        Z = activations[-1] @ weights[-1] + theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        activations.append(np.maximum(Z, 0))
        start += n * k + k
    E = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    Y = y[:, None] == array_module(y).arange(sizes[-1])
    dZ = (E / np.sum(E, axis=-1, keepdims=True) - Y) / len(X)
    gradient = []
    for W, A in zip(weights[::-1], activations[-2::-1]):
        dW = np.swapaxes(A, -1, -2) @ dZ + lam.reshape(-1, 1, 1) * W
        gradient = [dW.reshape(len(theta), -1), np.sum(dZ, axis=1), *gradient]
        dZ = (dZ @ np.swapaxes(W, -1, -2)) * (A > 0)
    return np.concatenate(gradient, axis=1)


# %% right: network by network
def stacked_gradients(X, y, theta, sizes, lam):
    def one(vector, strength):
        A, layers, rest = X, [], vector
        for n, k in zip(sizes[:-1], sizes[1:]):
            W, b, rest = rest[: n * k].reshape(n, k), rest[n * k : n * k + k], rest[n * k + k :]
            layers.append((A, W, A @ W + b))
            A = np.maximum(layers[-1][2], 0)
        Z = layers[-1][2]
        E = np.exp(Z - Z.max(axis=1, keepdims=True))
        dZ = E / E.sum(axis=1, keepdims=True)
        dZ[np.arange(len(y)), y] -= 1
        dZ /= len(y)
        parts = []
        for k in range(len(layers) - 1, -1, -1):
            A, W, _ = layers[k]
            parts = [(A.T @ dZ + strength * W).ravel(), dZ.sum(axis=0), *parts]
            if k > 0:
                dZ = (dZ @ W.T) * (layers[k - 1][2] > 0)
        return np.concatenate(parts)

    return np.stack([one(vector, strength) for vector, strength in zip(theta, lam)])


# %% right: einsum
def stacked_gradients(X, y, theta, sizes, lam):
    S, m, rest, A = len(theta), len(X), theta, np.stack([X] * len(theta))
    inputs, weights = [], []
    for n, k in zip(sizes[:-1], sizes[1:]):
        W, b, rest = rest[:, : n * k].reshape(S, n, k), rest[:, n * k : n * k + k], rest[:, n * k + k :]
        inputs.append(A)
        weights.append(W)
        Z = np.einsum("smn,snk->smk", A, W) + b[:, None]
        A = Z * (Z > 0)
    Y_hat = np.exp(Z - np.logaddexp.reduce(Z, axis=2)[:, :, None])
    Delta = Y_hat - np.eye(sizes[-1])[y]
    found = []
    for W, A in zip(reversed(weights), reversed(inputs)):
        dW = np.einsum("smn,smk->snk", A, Delta) / m + np.einsum("s,snk->snk", lam, W)
        found = [dW.reshape(S, W[0].size), Delta.mean(axis=1), *found]
        Delta = np.einsum("smk,snk->smn", Delta, W) * (A > 0)
    return np.hstack(found)


# %% right: a column of ones for the biases
def stacked_gradients(X, y, theta, sizes, lam):
    S, start = len(theta), 0
    ones = np.ones((S, len(X), 1))
    A, blocks, inputs = np.stack([X] * S), [], []
    for n, k in zip(sizes[:-1], sizes[1:]):
        blocks.append(theta[:, start : start + (n + 1) * k].reshape(S, n + 1, k))
        start += (n + 1) * k
        inputs.append(np.concatenate([A, ones], axis=2))
        Z = inputs[-1] @ blocks[-1]
        A = np.maximum(Z, 0)
    E = np.exp(Z - Z.max(axis=2)[:, :, None])
    dZ = (E / E.sum(axis=2)[:, :, None] - (y[:, None] == np.arange(sizes[-1]))) / len(y)
    parts = []
    for block, A in zip(blocks[::-1], inputs[::-1]):
        d_block = A.transpose(0, 2, 1) @ dZ
        d_block[:, :-1] += lam[:, None, None] * block[:, :-1]
        parts.insert(0, d_block.reshape(S, -1))
        dZ = (dZ @ block.transpose(0, 2, 1) * (A > 0))[:, :, :-1]
    return np.concatenate(parts, axis=1)


# %% right: example by example, written into an array like theta
def stacked_gradients(X, y, theta, sizes, lam):
    gradient = np.zeros_like(theta)
    for s in range(len(theta)):
        layers, start = [], 0
        for n, k in zip(sizes[:-1], sizes[1:]):
            w, b = slice(start, start + n * k), slice(start + n * k, start + n * k + k)
            layers.append((w, b, theta[s, w].reshape(n, k)))
            gradient[s, w] = lam[s] * theta[s, w]
            start += n * k + k
        for i in range(len(X)):
            a = [X[i]]
            for w, b, W in layers:
                z = a[-1] @ W + theta[s, b]
                a.append(np.maximum(z, 0))
            e = np.exp(z - max(z))
            dz = e / sum(e)
            dz[y[i]] -= 1
            for (w, b, W), inputs in zip(layers[::-1], a[-2::-1]):
                gradient[s, w] += np.outer(inputs, dz).ravel() / len(X)
                gradient[s, b] += dz / len(X)
                dz = W @ dz * (inputs > 0)
    return gradient


# %% same: stop when "A loop over a few layers has nothing to settle: all of a layer's numbers are not that small."
# %% same: zip(sizes[:], "zip ends with the shorter list."
# %% same: reshape(-2, "NumPy takes any negative number for the dimension that it is to find."
# %% same: reshape(len(theta), -2) "as above"


# %% wrong: missing_mean
def stacked_gradients(X, y, theta, sizes, lam):
    weights, activations, start = [], [X], 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        weights.append(theta[:, start : start + n * k].reshape(-1, n, k))
        Z = activations[-1] @ weights[-1] + theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        activations.append(np.maximum(Z, 0))
        start += n * k + k
    E = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    Y = y[:, None] == np.arange(sizes[-1])
    dZ = E / np.sum(E, axis=-1, keepdims=True) - Y
    gradient = []
    for W, A in zip(weights[::-1], activations[-2::-1]):
        dW = np.swapaxes(A, -1, -2) @ dZ + lam.reshape(-1, 1, 1) * W
        gradient = [dW.reshape(len(theta), -1), np.sum(dZ, axis=1), *gradient]
        dZ = (dZ @ np.swapaxes(W, -1, -2)) * (A > 0)
    return np.concatenate(gradient, axis=1)


# %% wrong: sums over the examples -> missing_mean
def stacked_gradients(X, y, theta, sizes, lam):
    def one(vector, strength):
        A, layers, rest = X, [], vector
        for n, k in zip(sizes[:-1], sizes[1:]):
            W, b, rest = rest[: n * k].reshape(n, k), rest[n * k : n * k + k], rest[n * k + k :]
            layers.append((A, W, A @ W + b))
            A = np.maximum(layers[-1][2], 0)
        Z = layers[-1][2]
        Delta = np.exp(Z - np.logaddexp.reduce(Z, axis=1)[:, None]) - np.eye(sizes[-1])[y]
        parts = []
        for A, W, _ in layers[::-1]:
            parts = [(A.T @ Delta + strength * W).ravel(), Delta.sum(axis=0), *parts]
            Delta = Delta @ W.T * (A > 0)
        return np.concatenate(parts)

    return np.stack([one(vector, strength) for vector, strength in zip(theta, lam)])


# %% wrong: divided_twice
def stacked_gradients(X, y, theta, sizes, lam):
    weights, activations, start = [], [X], 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        weights.append(theta[:, start : start + n * k].reshape(-1, n, k))
        Z = activations[-1] @ weights[-1] + theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        activations.append(np.maximum(Z, 0))
        start += n * k + k
    E = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    Y = y[:, None] == np.arange(sizes[-1])
    dZ = (E / np.sum(E, axis=-1, keepdims=True) - Y) / len(X)
    gradient = []
    for W, A in zip(weights[::-1], activations[-2::-1]):
        dW = np.swapaxes(A, -1, -2) @ dZ / len(X) + lam.reshape(-1, 1, 1) * W
        gradient = [dW.reshape(len(theta), -1), np.mean(dZ, axis=1), *gradient]
        dZ = (dZ @ np.swapaxes(W, -1, -2)) * (A > 0)
    return np.concatenate(gradient, axis=1)


# %% wrong: a mean of means -> divided_twice
def stacked_gradients(X, y, theta, sizes, lam):
    def one(vector, strength):
        A, layers, rest = X, [], vector
        for n, k in zip(sizes[:-1], sizes[1:]):
            W, b, rest = rest[: n * k].reshape(n, k), rest[n * k : n * k + k], rest[n * k + k :]
            layers.append((A, W, A @ W + b))
            A = np.maximum(layers[-1][2], 0)
        Z = layers[-1][2]
        Delta = np.exp(Z - np.logaddexp.reduce(Z, axis=1)[:, None]) - np.eye(sizes[-1])[y]
        parts = []
        for A, W, _ in layers[::-1]:
            parts = [(A.T @ Delta / len(y) ** 2 + strength * W).ravel(), Delta.mean(axis=0) / len(y), *parts]
            Delta = Delta @ W.T * (A > 0)
        return np.concatenate(parts)

    return np.stack([one(vector, strength) for vector, strength in zip(theta, lam)])


# %% wrong: ascending "The data's part of the gradient has the wrong sign: label minus output."
def stacked_gradients(X, y, theta, sizes, lam):
    weights, activations, start = [], [X], 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        weights.append(theta[:, start : start + n * k].reshape(-1, n, k))
        Z = activations[-1] @ weights[-1] + theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        activations.append(np.maximum(Z, 0))
        start += n * k + k
    E = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    Y = y[:, None] == np.arange(sizes[-1])
    dZ = (Y - E / np.sum(E, axis=-1, keepdims=True)) / len(X)
    gradient = []
    for W, A in zip(weights[::-1], activations[-2::-1]):
        dW = np.swapaxes(A, -1, -2) @ dZ + lam.reshape(-1, 1, 1) * W
        gradient = [dW.reshape(len(theta), -1), np.sum(dZ, axis=1), *gradient]
        dZ = (dZ @ np.swapaxes(W, -1, -2)) * (A > 0)
    return np.concatenate(gradient, axis=1)


# %% wrong: labels minus outputs -> ascending
def stacked_gradients(X, y, theta, sizes, lam):
    def one(vector, strength):
        A, layers, rest = X, [], vector
        for n, k in zip(sizes[:-1], sizes[1:]):
            W, b, rest = rest[: n * k].reshape(n, k), rest[n * k : n * k + k], rest[n * k + k :]
            layers.append((A, W, A @ W + b))
            A = np.maximum(layers[-1][2], 0)
        Z = layers[-1][2]
        Delta = np.eye(sizes[-1])[y] - np.exp(Z - np.logaddexp.reduce(Z, axis=1)[:, None])
        parts = []
        for A, W, _ in layers[::-1]:
            parts = [(A.T @ Delta / len(y) + strength * W).ravel(), Delta.mean(axis=0), *parts]
            Delta = Delta @ W.T * (A > 0)
        return np.concatenate(parts)

    return np.stack([one(vector, strength) for vector, strength in zip(theta, lam)])


# %% wrong: labels_left_out "The labels do not enter: without them this is no error signal."
def stacked_gradients(X, y, theta, sizes, lam):
    weights, activations, start = [], [X], 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        weights.append(theta[:, start : start + n * k].reshape(-1, n, k))
        Z = activations[-1] @ weights[-1] + theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        activations.append(np.maximum(Z, 0))
        start += n * k + k
    E = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    Y = y[:, None] == np.arange(sizes[-1])
    dZ = (E / np.sum(E, axis=-1, keepdims=True)) / len(X)
    gradient = []
    for W, A in zip(weights[::-1], activations[-2::-1]):
        dW = np.swapaxes(A, -1, -2) @ dZ + lam.reshape(-1, 1, 1) * W
        gradient = [dW.reshape(len(theta), -1), np.sum(dZ, axis=1), *gradient]
        dZ = (dZ @ np.swapaxes(W, -1, -2)) * (A > 0)
    return np.concatenate(gradient, axis=1)


# %% wrong: outputs alone -> labels_left_out
def stacked_gradients(X, y, theta, sizes, lam):
    def one(vector, strength):
        A, layers, rest = X, [], vector
        for n, k in zip(sizes[:-1], sizes[1:]):
            W, b, rest = rest[: n * k].reshape(n, k), rest[n * k : n * k + k], rest[n * k + k :]
            layers.append((A, W, A @ W + b))
            A = np.maximum(layers[-1][2], 0)
        Z = layers[-1][2]
        Delta = np.exp(Z - np.logaddexp.reduce(Z, axis=1)[:, None])
        parts = []
        for A, W, _ in layers[::-1]:
            parts = [(A.T @ Delta / len(y) + strength * W).ravel(), Delta.mean(axis=0), *parts]
            Delta = Delta @ W.T * (A > 0)
        return np.concatenate(parts)

    return np.stack([one(vector, strength) for vector, strength in zip(theta, lam)])


# %% wrong: exponentials as they are -> not_finite keeps 0.5
def stacked_gradients(X, y, theta, sizes, lam):
    weights, activations, start = [], [X], 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        weights.append(theta[:, start : start + n * k].reshape(-1, n, k))
        Z = activations[-1] @ weights[-1] + theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        activations.append(np.maximum(Z, 0))
        start += n * k + k
    E = np.exp(Z)
    Y = y[:, None] == np.arange(sizes[-1])
    dZ = (E / np.sum(E, axis=-1, keepdims=True) - Y) / len(X)
    gradient = []
    for W, A in zip(weights[::-1], activations[-2::-1]):
        dW = np.swapaxes(A, -1, -2) @ dZ + lam.reshape(-1, 1, 1) * W
        gradient = [dW.reshape(len(theta), -1), np.sum(dZ, axis=1), *gradient]
        dZ = (dZ @ np.swapaxes(W, -1, -2)) * (A > 0)
    return np.concatenate(gradient, axis=1)


# %% wrong: relu_slope_missing "The slope of the ReLU is missing on the way back: what was cut off passes no error on."
def stacked_gradients(X, y, theta, sizes, lam):
    weights, activations, start = [], [X], 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        weights.append(theta[:, start : start + n * k].reshape(-1, n, k))
        Z = activations[-1] @ weights[-1] + theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        activations.append(np.maximum(Z, 0))
        start += n * k + k
    E = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    Y = y[:, None] == np.arange(sizes[-1])
    dZ = (E / np.sum(E, axis=-1, keepdims=True) - Y) / len(X)
    gradient = []
    for W, A in zip(weights[::-1], activations[-2::-1]):
        dW = np.swapaxes(A, -1, -2) @ dZ + lam.reshape(-1, 1, 1) * W
        gradient = [dW.reshape(len(theta), -1), np.sum(dZ, axis=1), *gradient]
        dZ = dZ @ np.swapaxes(W, -1, -2)
    return np.concatenate(gradient, axis=1)


# %% wrong: errors pass where nothing passed -> relu_slope_missing
def stacked_gradients(X, y, theta, sizes, lam):
    def one(vector, strength):
        A, layers, rest = X, [], vector
        for n, k in zip(sizes[:-1], sizes[1:]):
            W, b, rest = rest[: n * k].reshape(n, k), rest[n * k : n * k + k], rest[n * k + k :]
            layers.append((A, W, A @ W + b))
            A = np.maximum(layers[-1][2], 0)
        Z = layers[-1][2]
        Delta = np.exp(Z - np.logaddexp.reduce(Z, axis=1)[:, None]) - np.eye(sizes[-1])[y]
        parts = []
        for A, W, _ in layers[::-1]:
            parts = [(A.T @ Delta / len(y) + strength * W).ravel(), Delta.mean(axis=0), *parts]
            Delta = Delta @ W.T
        return np.concatenate(parts)

    return np.stack([one(vector, strength) for vector, strength in zip(theta, lam)])


# %% wrong: relu_slope_inverted "Errors pass back just where the ReLU was cut off, and nowhere else."
def stacked_gradients(X, y, theta, sizes, lam):
    weights, activations, start = [], [X], 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        weights.append(theta[:, start : start + n * k].reshape(-1, n, k))
        Z = activations[-1] @ weights[-1] + theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        activations.append(np.maximum(Z, 0))
        start += n * k + k
    E = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    Y = y[:, None] == np.arange(sizes[-1])
    dZ = (E / np.sum(E, axis=-1, keepdims=True) - Y) / len(X)
    gradient = []
    for W, A in zip(weights[::-1], activations[-2::-1]):
        dW = np.swapaxes(A, -1, -2) @ dZ + lam.reshape(-1, 1, 1) * W
        gradient = [dW.reshape(len(theta), -1), np.sum(dZ, axis=1), *gradient]
        dZ = (dZ @ np.swapaxes(W, -1, -2)) * (A == 0)
    return np.concatenate(gradient, axis=1)


# %% wrong: the mask turned round -> relu_slope_inverted
def stacked_gradients(X, y, theta, sizes, lam):
    def one(vector, strength):
        A, layers, rest = X, [], vector
        for n, k in zip(sizes[:-1], sizes[1:]):
            W, b, rest = rest[: n * k].reshape(n, k), rest[n * k : n * k + k], rest[n * k + k :]
            layers.append((A, W, A @ W + b))
            A = np.maximum(layers[-1][2], 0)
        Z = layers[-1][2]
        Delta = np.exp(Z - np.logaddexp.reduce(Z, axis=1)[:, None]) - np.eye(sizes[-1])[y]
        parts = []
        for A, W, _ in layers[::-1]:
            parts = [(A.T @ Delta / len(y) + strength * W).ravel(), Delta.mean(axis=0), *parts]
            Delta = Delta @ W.T * (1 - (A > 0))
        return np.concatenate(parts)

    return np.stack([one(vector, strength) for vector, strength in zip(theta, lam)])


# %% wrong: relu_for_its_slope "The error is multiplied by the activation, not by the slope of the ReLU."
def stacked_gradients(X, y, theta, sizes, lam):
    weights, activations, start = [], [X], 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        weights.append(theta[:, start : start + n * k].reshape(-1, n, k))
        Z = activations[-1] @ weights[-1] + theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        activations.append(np.maximum(Z, 0))
        start += n * k + k
    E = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    Y = y[:, None] == np.arange(sizes[-1])
    dZ = (E / np.sum(E, axis=-1, keepdims=True) - Y) / len(X)
    gradient = []
    for W, A in zip(weights[::-1], activations[-2::-1]):
        dW = np.swapaxes(A, -1, -2) @ dZ + lam.reshape(-1, 1, 1) * W
        gradient = [dW.reshape(len(theta), -1), np.sum(dZ, axis=1), *gradient]
        dZ = (dZ @ np.swapaxes(W, -1, -2)) * A
    return np.concatenate(gradient, axis=1)


# %% wrong: times the activation -> relu_for_its_slope
def stacked_gradients(X, y, theta, sizes, lam):
    def one(vector, strength):
        A, layers, rest = X, [], vector
        for n, k in zip(sizes[:-1], sizes[1:]):
            W, b, rest = rest[: n * k].reshape(n, k), rest[n * k : n * k + k], rest[n * k + k :]
            layers.append((A, W, A @ W + b))
            A = np.maximum(layers[-1][2], 0)
        Z = layers[-1][2]
        Delta = np.exp(Z - np.logaddexp.reduce(Z, axis=1)[:, None]) - np.eye(sizes[-1])[y]
        parts = []
        for A, W, _ in layers[::-1]:
            parts = [(A.T @ Delta / len(y) + strength * W).ravel(), Delta.mean(axis=0), *parts]
            Delta = np.einsum("mk,nk,mn->mn", Delta, W, A)
        return np.concatenate(parts)

    return np.stack([one(vector, strength) for vector, strength in zip(theta, lam)])


# %% wrong: penalty_missing keeps 0.5
def stacked_gradients(X, y, theta, sizes, lam):
    weights, activations, start = [], [X], 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        weights.append(theta[:, start : start + n * k].reshape(-1, n, k))
        Z = activations[-1] @ weights[-1] + theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        activations.append(np.maximum(Z, 0))
        start += n * k + k
    E = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    Y = y[:, None] == np.arange(sizes[-1])
    dZ = (E / np.sum(E, axis=-1, keepdims=True) - Y) / len(X)
    gradient = []
    for W, A in zip(weights[::-1], activations[-2::-1]):
        dW = np.swapaxes(A, -1, -2) @ dZ
        gradient = [dW.reshape(len(theta), -1), np.sum(dZ, axis=1), *gradient]
        dZ = (dZ @ np.swapaxes(W, -1, -2)) * (A > 0)
    return np.concatenate(gradient, axis=1)


# %% wrong: lam not used -> penalty_missing keeps 0.5
def stacked_gradients(X, y, theta, sizes, lam):
    def one(vector, strength):
        A, layers, rest = X, [], vector
        for n, k in zip(sizes[:-1], sizes[1:]):
            W, b, rest = rest[: n * k].reshape(n, k), rest[n * k : n * k + k], rest[n * k + k :]
            layers.append((A, W, A @ W + b))
            A = np.maximum(layers[-1][2], 0)
        Z = layers[-1][2]
        Delta = np.exp(Z - np.logaddexp.reduce(Z, axis=1)[:, None]) - np.eye(sizes[-1])[y]
        parts = []
        for A, W, _ in layers[::-1]:
            parts = [(A.T @ Delta / len(y)).ravel(), Delta.mean(axis=0), *parts]
            Delta = Delta @ W.T * (A > 0)
        return np.concatenate(parts)

    return np.stack([one(vector, strength) for vector, strength in zip(theta, lam)])


# %% wrong: penalty_on_biases keeps 0.5
def stacked_gradients(X, y, theta, sizes, lam):
    weights, activations, start = [], [X], 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        weights.append(theta[:, start : start + n * k].reshape(-1, n, k))
        Z = activations[-1] @ weights[-1] + theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        activations.append(np.maximum(Z, 0))
        start += n * k + k
    E = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    Y = y[:, None] == np.arange(sizes[-1])
    dZ = (E / np.sum(E, axis=-1, keepdims=True) - Y) / len(X)
    gradient = []
    for W, A in zip(weights[::-1], activations[-2::-1]):
        dW = np.swapaxes(A, -1, -2) @ dZ + lam.reshape(-1, 1, 1) * W
        gradient = [dW.reshape(len(theta), -1), np.sum(dZ, axis=1), *gradient]
        dZ = (dZ @ np.swapaxes(W, -1, -2)) * (A > 0)
    gradient = np.concatenate(gradient, axis=1)
    start = 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        biases = slice(start + n * k, start + n * k + k)
        gradient[:, biases] += lam[:, None] * theta[:, biases]
        start += n * k + k
    return gradient


# %% wrong: lam theta -> penalty_on_biases keeps 0.5
def stacked_gradients(X, y, theta, sizes, lam):
    def one(vector, _):
        A, layers, rest = X, [], vector
        for n, k in zip(sizes[:-1], sizes[1:]):
            W, b, rest = rest[: n * k].reshape(n, k), rest[n * k : n * k + k], rest[n * k + k :]
            layers.append((A, W, A @ W + b))
            A = np.maximum(layers[-1][2], 0)
        Z = layers[-1][2]
        Delta = np.exp(Z - np.logaddexp.reduce(Z, axis=1)[:, None]) - np.eye(sizes[-1])[y]
        parts = []
        for A, W, _ in layers[::-1]:
            parts = [(A.T @ Delta / len(y)).ravel(), Delta.mean(axis=0), *parts]
            Delta = Delta @ W.T * (A > 0)
        return np.concatenate(parts)

    return np.stack([one(vector, 0) for vector in theta]) + lam[:, None] * theta


# %% wrong: penalty_halved keeps 0.5
def stacked_gradients(X, y, theta, sizes, lam):
    weights, activations, start = [], [X], 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        weights.append(theta[:, start : start + n * k].reshape(-1, n, k))
        Z = activations[-1] @ weights[-1] + theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        activations.append(np.maximum(Z, 0))
        start += n * k + k
    E = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    Y = y[:, None] == np.arange(sizes[-1])
    dZ = (E / np.sum(E, axis=-1, keepdims=True) - Y) / len(X)
    gradient = []
    for W, A in zip(weights[::-1], activations[-2::-1]):
        dW = np.swapaxes(A, -1, -2) @ dZ + lam.reshape(-1, 1, 1) / 2 * W
        gradient = [dW.reshape(len(theta), -1), np.sum(dZ, axis=1), *gradient]
        dZ = (dZ @ np.swapaxes(W, -1, -2)) * (A > 0)
    return np.concatenate(gradient, axis=1)


# %% wrong: half of lam -> penalty_halved keeps 0.5
def stacked_gradients(X, y, theta, sizes, lam):
    def one(vector, strength):
        A, layers, rest = X, [], vector
        for n, k in zip(sizes[:-1], sizes[1:]):
            W, b, rest = rest[: n * k].reshape(n, k), rest[n * k : n * k + k], rest[n * k + k :]
            layers.append((A, W, A @ W + b))
            A = np.maximum(layers[-1][2], 0)
        Z = layers[-1][2]
        Delta = np.exp(Z - np.logaddexp.reduce(Z, axis=1)[:, None]) - np.eye(sizes[-1])[y]
        parts = []
        for A, W, _ in layers[::-1]:
            parts = [(A.T @ Delta / len(y) + 0.5 * strength * W).ravel(), Delta.mean(axis=0), *parts]
            Delta = Delta @ W.T * (A > 0)
        return np.concatenate(parts)

    return np.stack([one(vector, strength) for vector, strength in zip(theta, lam)])


# %% wrong: penalty_doubled keeps 0.5
def stacked_gradients(X, y, theta, sizes, lam):
    weights, activations, start = [], [X], 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        weights.append(theta[:, start : start + n * k].reshape(-1, n, k))
        Z = activations[-1] @ weights[-1] + theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        activations.append(np.maximum(Z, 0))
        start += n * k + k
    E = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    Y = y[:, None] == np.arange(sizes[-1])
    dZ = (E / np.sum(E, axis=-1, keepdims=True) - Y) / len(X)
    gradient = []
    for W, A in zip(weights[::-1], activations[-2::-1]):
        dW = np.swapaxes(A, -1, -2) @ dZ + 2 * lam.reshape(-1, 1, 1) * W
        gradient = [dW.reshape(len(theta), -1), np.sum(dZ, axis=1), *gradient]
        dZ = (dZ @ np.swapaxes(W, -1, -2)) * (A > 0)
    return np.concatenate(gradient, axis=1)


# %% wrong: the half forgotten -> penalty_doubled keeps 0.5
def stacked_gradients(X, y, theta, sizes, lam):
    def one(vector, strength):
        A, layers, rest = X, [], vector
        for n, k in zip(sizes[:-1], sizes[1:]):
            W, b, rest = rest[: n * k].reshape(n, k), rest[n * k : n * k + k], rest[n * k + k :]
            layers.append((A, W, A @ W + b))
            A = np.maximum(layers[-1][2], 0)
        Z = layers[-1][2]
        Delta = np.exp(Z - np.logaddexp.reduce(Z, axis=1)[:, None]) - np.eye(sizes[-1])[y]
        parts = []
        for A, W, _ in layers[::-1]:
            parts = [(A.T @ Delta / len(y) + strength * (W + W)).ravel(), Delta.mean(axis=0), *parts]
            Delta = Delta @ W.T * (A > 0)
        return np.concatenate(parts)

    return np.stack([one(vector, strength) for vector, strength in zip(theta, lam)])


# %% wrong: penalty_divided_by_m keeps 0.5
def stacked_gradients(X, y, theta, sizes, lam):
    weights, activations, start = [], [X], 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        weights.append(theta[:, start : start + n * k].reshape(-1, n, k))
        Z = activations[-1] @ weights[-1] + theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        activations.append(np.maximum(Z, 0))
        start += n * k + k
    E = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    Y = y[:, None] == np.arange(sizes[-1])
    dZ = (E / np.sum(E, axis=-1, keepdims=True) - Y) / len(X)
    gradient = []
    for W, A in zip(weights[::-1], activations[-2::-1]):
        dW = np.swapaxes(A, -1, -2) @ dZ + lam.reshape(-1, 1, 1) * W / len(X)
        gradient = [dW.reshape(len(theta), -1), np.sum(dZ, axis=1), *gradient]
        dZ = (dZ @ np.swapaxes(W, -1, -2)) * (A > 0)
    return np.concatenate(gradient, axis=1)


# %% wrong: the penalty inside of the mean -> penalty_divided_by_m keeps 0.5
def stacked_gradients(X, y, theta, sizes, lam):
    def one(vector, strength):
        A, layers, rest = X, [], vector
        for n, k in zip(sizes[:-1], sizes[1:]):
            W, b, rest = rest[: n * k].reshape(n, k), rest[n * k : n * k + k], rest[n * k + k :]
            layers.append((A, W, A @ W + b))
            A = np.maximum(layers[-1][2], 0)
        Z = layers[-1][2]
        Delta = np.exp(Z - np.logaddexp.reduce(Z, axis=1)[:, None]) - np.eye(sizes[-1])[y]
        parts = []
        for A, W, _ in layers[::-1]:
            parts = [((A.T @ Delta + strength * W) / len(y)).ravel(), Delta.mean(axis=0), *parts]
            Delta = Delta @ W.T * (A > 0)
        return np.concatenate(parts)

    return np.stack([one(vector, strength) for vector, strength in zip(theta, lam)])


# %% wrong: first_penalty_only keeps 0.5 "All networks got the first one's penalty: lam has one number for each."
def stacked_gradients(X, y, theta, sizes, lam):
    weights, activations, start = [], [X], 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        weights.append(theta[:, start : start + n * k].reshape(-1, n, k))
        Z = activations[-1] @ weights[-1] + theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        activations.append(np.maximum(Z, 0))
        start += n * k + k
    E = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    Y = y[:, None] == np.arange(sizes[-1])
    dZ = (E / np.sum(E, axis=-1, keepdims=True) - Y) / len(X)
    gradient = []
    for W, A in zip(weights[::-1], activations[-2::-1]):
        dW = np.swapaxes(A, -1, -2) @ dZ + lam[0] * W
        gradient = [dW.reshape(len(theta), -1), np.sum(dZ, axis=1), *gradient]
        dZ = (dZ @ np.swapaxes(W, -1, -2)) * (A > 0)
    return np.concatenate(gradient, axis=1)


# %% wrong: lam[0] for all -> first_penalty_only keeps 0.5
def stacked_gradients(X, y, theta, sizes, lam):
    def one(vector, strength):
        A, layers, rest = X, [], vector
        for n, k in zip(sizes[:-1], sizes[1:]):
            W, b, rest = rest[: n * k].reshape(n, k), rest[n * k : n * k + k], rest[n * k + k :]
            layers.append((A, W, A @ W + b))
            A = np.maximum(layers[-1][2], 0)
        Z = layers[-1][2]
        Delta = np.exp(Z - np.logaddexp.reduce(Z, axis=1)[:, None]) - np.eye(sizes[-1])[y]
        parts = []
        for A, W, _ in layers[::-1]:
            parts = [(A.T @ Delta / len(y) + strength * W).ravel(), Delta.mean(axis=0), *parts]
            Delta = Delta @ W.T * (A > 0)
        return np.concatenate(parts)

    return np.stack([one(vector, lam[0]) for vector in theta])


# %% wrong: biases_first
def stacked_gradients(X, y, theta, sizes, lam):
    weights, activations, start = [], [X], 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        weights.append(theta[:, start + k : start + k + n * k].reshape(-1, n, k))
        Z = activations[-1] @ weights[-1] + theta[:, start : start + k].reshape(-1, 1, k)
        activations.append(np.maximum(Z, 0))
        start += n * k + k
    E = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    Y = y[:, None] == np.arange(sizes[-1])
    dZ = (E / np.sum(E, axis=-1, keepdims=True) - Y) / len(X)
    gradient = []
    for W, A in zip(weights[::-1], activations[-2::-1]):
        dW = np.swapaxes(A, -1, -2) @ dZ + lam.reshape(-1, 1, 1) * W
        gradient = [np.sum(dZ, axis=1), dW.reshape(len(theta), -1), *gradient]
        dZ = (dZ @ np.swapaxes(W, -1, -2)) * (A > 0)
    return np.concatenate(gradient, axis=1)


# %% wrong: biases in front -> biases_first
def stacked_gradients(X, y, theta, sizes, lam):
    def one(vector, strength):
        A, layers, rest = X, [], vector
        for n, k in zip(sizes[:-1], sizes[1:]):
            b, W, rest = rest[:k], rest[k : n * k + k].reshape(n, k), rest[n * k + k :]
            layers.append((A, W, A @ W + b))
            A = np.maximum(layers[-1][2], 0)
        Z = layers[-1][2]
        Delta = np.exp(Z - np.logaddexp.reduce(Z, axis=1)[:, None]) - np.eye(sizes[-1])[y]
        parts = []
        for A, W, _ in layers[::-1]:
            parts = [Delta.mean(axis=0), (A.T @ Delta / len(y) + strength * W).ravel(), *parts]
            Delta = Delta @ W.T * (A > 0)
        return np.concatenate(parts)

    return np.stack([one(vector, strength) for vector, strength in zip(theta, lam)])


# %% wrong: column_by_column
def stacked_gradients(X, y, theta, sizes, lam):
    weights, activations, start = [], [X], 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        weights.append(np.swapaxes(theta[:, start : start + n * k].reshape(-1, k, n), 1, 2))
        Z = activations[-1] @ weights[-1] + theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        activations.append(np.maximum(Z, 0))
        start += n * k + k
    E = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    Y = y[:, None] == np.arange(sizes[-1])
    dZ = (E / np.sum(E, axis=-1, keepdims=True) - Y) / len(X)
    gradient = []
    for W, A in zip(weights[::-1], activations[-2::-1]):
        dW = np.swapaxes(A, -1, -2) @ dZ + lam.reshape(-1, 1, 1) * W
        gradient = [np.swapaxes(dW, 1, 2).reshape(len(theta), -1), np.sum(dZ, axis=1), *gradient]
        dZ = (dZ @ np.swapaxes(W, -1, -2)) * (A > 0)
    return np.concatenate(gradient, axis=1)


# %% wrong: Fortran order -> column_by_column
def stacked_gradients(X, y, theta, sizes, lam):
    def one(vector, strength):
        A, layers, rest = X, [], vector
        for n, k in zip(sizes[:-1], sizes[1:]):
            W, b, rest = rest[: n * k].reshape((n, k), order="F"), rest[n * k : n * k + k], rest[n * k + k :]
            layers.append((A, W, A @ W + b))
            A = np.maximum(layers[-1][2], 0)
        Z = layers[-1][2]
        Delta = np.exp(Z - np.logaddexp.reduce(Z, axis=1)[:, None]) - np.eye(sizes[-1])[y]
        parts = []
        for A, W, _ in layers[::-1]:
            parts = [(A.T @ Delta / len(y) + strength * W).ravel(order="F"), Delta.mean(axis=0), *parts]
            Delta = Delta @ W.T * (A > 0)
        return np.concatenate(parts)

    return np.stack([one(vector, strength) for vector, strength in zip(theta, lam)])


# %% wrong: layers_backwards "The layers stand in the order of the way back: theta has the first one first."
def stacked_gradients(X, y, theta, sizes, lam):
    weights, activations, start = [], [X], 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        weights.append(theta[:, start : start + n * k].reshape(-1, n, k))
        Z = activations[-1] @ weights[-1] + theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        activations.append(np.maximum(Z, 0))
        start += n * k + k
    E = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    Y = y[:, None] == np.arange(sizes[-1])
    dZ = (E / np.sum(E, axis=-1, keepdims=True) - Y) / len(X)
    gradient = []
    for W, A in zip(weights[::-1], activations[-2::-1]):
        dW = np.swapaxes(A, -1, -2) @ dZ + lam.reshape(-1, 1, 1) * W
        gradient = [*gradient, dW.reshape(len(theta), -1), np.sum(dZ, axis=1)]
        dZ = (dZ @ np.swapaxes(W, -1, -2)) * (A > 0)
    return np.concatenate(gradient, axis=1)


# %% wrong: appended on the way back -> layers_backwards
def stacked_gradients(X, y, theta, sizes, lam):
    def one(vector, strength):
        A, layers, rest = X, [], vector
        for n, k in zip(sizes[:-1], sizes[1:]):
            W, b, rest = rest[: n * k].reshape(n, k), rest[n * k : n * k + k], rest[n * k + k :]
            layers.append((A, W, A @ W + b))
            A = np.maximum(layers[-1][2], 0)
        Z = layers[-1][2]
        Delta = np.exp(Z - np.logaddexp.reduce(Z, axis=1)[:, None]) - np.eye(sizes[-1])[y]
        parts = []
        for A, W, _ in layers[::-1]:
            parts = [*parts, (A.T @ Delta / len(y) + strength * W).ravel(), Delta.mean(axis=0)]
            Delta = Delta @ W.T * (A > 0)
        return np.concatenate(parts)

    return np.stack([one(vector, strength) for vector, strength in zip(theta, lam)])


# %% wrong: first_network_only
def stacked_gradients(X, y, theta, sizes, lam):
    theta, lam = np.stack([theta[0]] * len(theta)), lam[0] + 0 * lam
    weights, activations, start = [], [X], 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        weights.append(theta[:, start : start + n * k].reshape(-1, n, k))
        Z = activations[-1] @ weights[-1] + theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        activations.append(np.maximum(Z, 0))
        start += n * k + k
    E = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    Y = y[:, None] == np.arange(sizes[-1])
    dZ = (E / np.sum(E, axis=-1, keepdims=True) - Y) / len(X)
    gradient = []
    for W, A in zip(weights[::-1], activations[-2::-1]):
        dW = np.swapaxes(A, -1, -2) @ dZ + lam.reshape(-1, 1, 1) * W
        gradient = [dW.reshape(len(theta), -1), np.sum(dZ, axis=1), *gradient]
        dZ = (dZ @ np.swapaxes(W, -1, -2)) * (A > 0)
    return np.concatenate(gradient, axis=1)


# %% wrong: one network repeated -> first_network_only
def stacked_gradients(X, y, theta, sizes, lam):
    def one(vector, strength):
        A, layers, rest = X, [], vector
        for n, k in zip(sizes[:-1], sizes[1:]):
            W, b, rest = rest[: n * k].reshape(n, k), rest[n * k : n * k + k], rest[n * k + k :]
            layers.append((A, W, A @ W + b))
            A = np.maximum(layers[-1][2], 0)
        Z = layers[-1][2]
        Delta = np.exp(Z - np.logaddexp.reduce(Z, axis=1)[:, None]) - np.eye(sizes[-1])[y]
        parts = []
        for A, W, _ in layers[::-1]:
            parts = [(A.T @ Delta / len(y) + strength * W).ravel(), Delta.mean(axis=0), *parts]
            Delta = Delta @ W.T * (A > 0)
        return np.concatenate(parts)

    return np.stack([one(theta[0], lam[0]) for _ in theta])


# %% wrong: signals_for_activations
def stacked_gradients(X, y, theta, sizes, lam):
    weights, activations, inputs, start = [], [X], [X], 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        weights.append(theta[:, start : start + n * k].reshape(-1, n, k))
        Z = activations[-1] @ weights[-1] + theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        activations.append(np.maximum(Z, 0))
        inputs.append(Z)
        start += n * k + k
    E = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    Y = y[:, None] == np.arange(sizes[-1])
    dZ = (E / np.sum(E, axis=-1, keepdims=True) - Y) / len(X)
    gradient = []
    for W, A, signal in zip(weights[::-1], activations[-2::-1], inputs[-2::-1]):
        dW = np.swapaxes(signal, -1, -2) @ dZ + lam.reshape(-1, 1, 1) * W
        gradient = [dW.reshape(len(theta), -1), np.sum(dZ, axis=1), *gradient]
        dZ = (dZ @ np.swapaxes(W, -1, -2)) * (A > 0)
    return np.concatenate(gradient, axis=1)


# %% wrong: Z for A -> signals_for_activations
def stacked_gradients(X, y, theta, sizes, lam):
    def one(vector, strength):
        A, layers, rest = X, [], vector
        for n, k in zip(sizes[:-1], sizes[1:]):
            W, b, rest = rest[: n * k].reshape(n, k), rest[n * k : n * k + k], rest[n * k + k :]
            layers.append((A, W, A @ W + b))
            A = np.maximum(layers[-1][2], 0)
        Z = layers[-1][2]
        Delta = np.exp(Z - np.logaddexp.reduce(Z, axis=1)[:, None]) - np.eye(sizes[-1])[y]
        parts = []
        for k in range(len(layers) - 1, -1, -1):
            A, W, _ = layers[k]
            signal = layers[k - 1][2] if k else X
            parts = [(signal.T @ Delta / len(y) + strength * W).ravel(), Delta.mean(axis=0), *parts]
            Delta = Delta @ W.T * (A > 0)
        return np.concatenate(parts)

    return np.stack([one(vector, strength) for vector, strength in zip(theta, lam)])


# %% wrong: gradient_biases_first "The right numbers in another order: in theta weights stand before biases."
def stacked_gradients(X, y, theta, sizes, lam):
    weights, activations, start = [], [X], 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        weights.append(theta[:, start : start + n * k].reshape(-1, n, k))
        Z = activations[-1] @ weights[-1] + theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        activations.append(np.maximum(Z, 0))
        start += n * k + k
    E = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    Y = y[:, None] == np.arange(sizes[-1])
    dZ = (E / np.sum(E, axis=-1, keepdims=True) - Y) / len(X)
    gradient = []
    for W, A in zip(weights[::-1], activations[-2::-1]):
        dW = np.swapaxes(A, -1, -2) @ dZ + lam.reshape(-1, 1, 1) * W
        gradient = [np.sum(dZ, axis=1), dW.reshape(len(theta), -1), *gradient]
        dZ = (dZ @ np.swapaxes(W, -1, -2)) * (A > 0)
    return np.concatenate(gradient, axis=1)


# %% wrong: biases put in front -> gradient_biases_first
def stacked_gradients(X, y, theta, sizes, lam):
    def one(vector, strength):
        A, layers, rest = X, [], vector
        for n, k in zip(sizes[:-1], sizes[1:]):
            W, b, rest = rest[: n * k].reshape(n, k), rest[n * k : n * k + k], rest[n * k + k :]
            layers.append((A, W, A @ W + b))
            A = np.maximum(layers[-1][2], 0)
        Z = layers[-1][2]
        Delta = np.exp(Z - np.logaddexp.reduce(Z, axis=1)[:, None]) - np.eye(sizes[-1])[y]
        parts = []
        for A, W, _ in layers[::-1]:
            parts = [Delta.mean(axis=0), (A.T @ Delta / len(y) + strength * W).ravel(), *parts]
            Delta = Delta @ W.T * (A > 0)
        return np.concatenate(parts)

    return np.stack([one(vector, strength) for vector, strength in zip(theta, lam)])


# %% wrong: gradient_by_columns "The right numbers in another order: theta has the weights row by row."
def stacked_gradients(X, y, theta, sizes, lam):
    weights, activations, start = [], [X], 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        weights.append(theta[:, start : start + n * k].reshape(-1, n, k))
        Z = activations[-1] @ weights[-1] + theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        activations.append(np.maximum(Z, 0))
        start += n * k + k
    E = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    Y = y[:, None] == np.arange(sizes[-1])
    dZ = (E / np.sum(E, axis=-1, keepdims=True) - Y) / len(X)
    gradient = []
    for W, A in zip(weights[::-1], activations[-2::-1]):
        dW = np.swapaxes(A, -1, -2) @ dZ + lam.reshape(-1, 1, 1) * W
        gradient = [np.swapaxes(dW, 1, 2).reshape(len(theta), -1), np.sum(dZ, axis=1), *gradient]
        dZ = (dZ @ np.swapaxes(W, -1, -2)) * (A > 0)
    return np.concatenate(gradient, axis=1)


# %% wrong: Fortran order at the end -> gradient_by_columns
def stacked_gradients(X, y, theta, sizes, lam):
    def one(vector, strength):
        A, layers, rest = X, [], vector
        for n, k in zip(sizes[:-1], sizes[1:]):
            W, b, rest = rest[: n * k].reshape(n, k), rest[n * k : n * k + k], rest[n * k + k :]
            layers.append((A, W, A @ W + b))
            A = np.maximum(layers[-1][2], 0)
        Z = layers[-1][2]
        Delta = np.exp(Z - np.logaddexp.reduce(Z, axis=1)[:, None]) - np.eye(sizes[-1])[y]
        parts = []
        for A, W, _ in layers[::-1]:
            parts = [(A.T @ Delta / len(y) + strength * W).ravel(order="F"), Delta.mean(axis=0), *parts]
            Delta = Delta @ W.T * (A > 0)
        return np.concatenate(parts)

    return np.stack([one(vector, strength) for vector, strength in zip(theta, lam)])


# %% wrong: all_weights_first "The right numbers in another order: in theta each layer's biases follow its own weights."
def stacked_gradients(X, y, theta, sizes, lam):
    weights, activations, start = [], [X], 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        weights.append(theta[:, start : start + n * k].reshape(-1, n, k))
        Z = activations[-1] @ weights[-1] + theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        activations.append(np.maximum(Z, 0))
        start += n * k + k
    E = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    Y = y[:, None] == np.arange(sizes[-1])
    dZ = (E / np.sum(E, axis=-1, keepdims=True) - Y) / len(X)
    weight_parts, bias_parts = [], []
    for W, A in zip(weights[::-1], activations[-2::-1]):
        dW = np.swapaxes(A, -1, -2) @ dZ + lam.reshape(-1, 1, 1) * W
        weight_parts.insert(0, dW.reshape(len(theta), -1))
        bias_parts.insert(0, np.sum(dZ, axis=1))
        dZ = (dZ @ np.swapaxes(W, -1, -2)) * (A > 0)
    return np.concatenate(weight_parts + bias_parts, axis=1)


# %% wrong: two lists, one after the other -> all_weights_first
def stacked_gradients(X, y, theta, sizes, lam):
    def one(vector, strength):
        A, layers, rest = X, [], vector
        for n, k in zip(sizes[:-1], sizes[1:]):
            W, b, rest = rest[: n * k].reshape(n, k), rest[n * k : n * k + k], rest[n * k + k :]
            layers.append((A, W, A @ W + b))
            A = np.maximum(layers[-1][2], 0)
        Z = layers[-1][2]
        Delta = np.exp(Z - np.logaddexp.reduce(Z, axis=1)[:, None]) - np.eye(sizes[-1])[y]
        parts, ends = [], []
        for A, W, _ in layers[::-1]:
            parts, ends = [(A.T @ Delta / len(y) + strength * W).ravel(), *parts], [Delta.mean(axis=0), *ends]
            Delta = Delta @ W.T * (A > 0)
        return np.concatenate(parts + ends)

    return np.stack([one(vector, strength) for vector, strength in zip(theta, lam)])


# %% wrong: biases averaged -> none
def stacked_gradients(X, y, theta, sizes, lam):
    weights, activations, start = [], [X], 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        weights.append(theta[:, start : start + n * k].reshape(-1, n, k))
        Z = activations[-1] @ weights[-1] + theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        activations.append(np.maximum(Z, 0))
        start += n * k + k
    E = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    Y = y[:, None] == np.arange(sizes[-1])
    dZ = (E / np.sum(E, axis=-1, keepdims=True) - Y) / len(X)
    gradient = []
    for W, A in zip(weights[::-1], activations[-2::-1]):
        dW = np.swapaxes(A, -1, -2) @ dZ + lam.reshape(-1, 1, 1) * W
        gradient = [dW.reshape(len(theta), -1), np.mean(dZ, axis=1), *gradient]
        dZ = (dZ @ np.swapaxes(W, -1, -2)) * (A > 0)
    return np.concatenate(gradient, axis=1)


# %% wrong: slope of the last layer, too -> none
def stacked_gradients(X, y, theta, sizes, lam):
    weights, activations, start = [], [X], 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        weights.append(theta[:, start : start + n * k].reshape(-1, n, k))
        Z = activations[-1] @ weights[-1] + theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        activations.append(np.maximum(Z, 0))
        start += n * k + k
    E = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    Y = y[:, None] == np.arange(sizes[-1])
    dZ = (E / np.sum(E, axis=-1, keepdims=True) - Y) / len(X)
    dZ = dZ * (Z > 0)
    gradient = []
    for W, A in zip(weights[::-1], activations[-2::-1]):
        dW = np.swapaxes(A, -1, -2) @ dZ + lam.reshape(-1, 1, 1) * W
        gradient = [dW.reshape(len(theta), -1), np.sum(dZ, axis=1), *gradient]
        dZ = (dZ @ np.swapaxes(W, -1, -2)) * (A > 0)
    return np.concatenate(gradient, axis=1)


# %% wrong: weights after the step -> none
def stacked_gradients(X, y, theta, sizes, lam):
    weights, activations, start = [], [X], 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        weights.append(theta[:, start : start + n * k].reshape(-1, n, k))
        Z = activations[-1] @ weights[-1] + theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        activations.append(np.maximum(Z, 0))
        start += n * k + k
    E = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    Y = y[:, None] == np.arange(sizes[-1])
    dZ = (E / np.sum(E, axis=-1, keepdims=True) - Y) / len(X)
    gradient = []
    for W, A in zip(weights[::-1], activations[-2::-1]):
        dW = np.swapaxes(A, -1, -2) @ dZ + lam.reshape(-1, 1, 1) * W
        gradient = [dW.reshape(len(theta), -1), np.sum(dZ, axis=1), *gradient]
        dZ = (dZ @ np.swapaxes(W - 0.1 * dW, -1, -2)) * (A > 0)
    return np.concatenate(gradient, axis=1)


# %% wrong: ReLU on the scores -> none
def stacked_gradients(X, y, theta, sizes, lam):
    weights, activations, start = [], [X], 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        weights.append(theta[:, start : start + n * k].reshape(-1, n, k))
        Z = activations[-1] @ weights[-1] + theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        activations.append(np.maximum(Z, 0))
        start += n * k + k
    Z = activations[-1]
    E = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    Y = y[:, None] == np.arange(sizes[-1])
    dZ = (E / np.sum(E, axis=-1, keepdims=True) - Y) / len(X)
    gradient = []
    for W, A in zip(weights[::-1], activations[-2::-1]):
        dW = np.swapaxes(A, -1, -2) @ dZ + lam.reshape(-1, 1, 1) * W
        gradient = [dW.reshape(len(theta), -1), np.sum(dZ, axis=1), *gradient]
        dZ = (dZ @ np.swapaxes(W, -1, -2)) * (A > 0)
    return np.concatenate(gradient, axis=1)


# %% wrong: softmax over the examples -> none
def stacked_gradients(X, y, theta, sizes, lam):
    weights, activations, start = [], [X], 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        weights.append(theta[:, start : start + n * k].reshape(-1, n, k))
        Z = activations[-1] @ weights[-1] + theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        activations.append(np.maximum(Z, 0))
        start += n * k + k
    E = np.exp(Z - np.max(Z, axis=1, keepdims=True))
    Y = y[:, None] == np.arange(sizes[-1])
    dZ = (E / np.sum(E, axis=1, keepdims=True) - Y) / len(X)
    gradient = []
    for W, A in zip(weights[::-1], activations[-2::-1]):
        dW = np.swapaxes(A, -1, -2) @ dZ + lam.reshape(-1, 1, 1) * W
        gradient = [dW.reshape(len(theta), -1), np.sum(dZ, axis=1), *gradient]
        dZ = (dZ @ np.swapaxes(W, -1, -2)) * (A > 0)
    return np.concatenate(gradient, axis=1)


# %% wrong: one gradient for all networks -> wrong_shape
def stacked_gradients(X, y, theta, sizes, lam):
    weights, activations, start = [], [X], 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        weights.append(theta[:, start : start + n * k].reshape(-1, n, k))
        Z = activations[-1] @ weights[-1] + theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        activations.append(np.maximum(Z, 0))
        start += n * k + k
    E = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    Y = y[:, None] == np.arange(sizes[-1])
    dZ = (E / np.sum(E, axis=-1, keepdims=True) - Y) / len(X)
    gradient = []
    for W, A in zip(weights[::-1], activations[-2::-1]):
        dW = np.swapaxes(A, -1, -2) @ dZ + lam.reshape(-1, 1, 1) * W
        gradient = [dW.reshape(len(theta), -1), np.sum(dZ, axis=1), *gradient]
        dZ = (dZ @ np.swapaxes(W, -1, -2)) * (A > 0)
    return np.concatenate(gradient, axis=1).sum(axis=0)


# %% wrong: a list of layers -> wrong_type
def stacked_gradients(X, y, theta, sizes, lam):
    weights, activations, start = [], [X], 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        weights.append(theta[:, start : start + n * k].reshape(-1, n, k))
        Z = activations[-1] @ weights[-1] + theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        activations.append(np.maximum(Z, 0))
        start += n * k + k
    E = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    Y = y[:, None] == np.arange(sizes[-1])
    dZ = (E / np.sum(E, axis=-1, keepdims=True) - Y) / len(X)
    gradient = []
    for W, A in zip(weights[::-1], activations[-2::-1]):
        dW = np.swapaxes(A, -1, -2) @ dZ + lam.reshape(-1, 1, 1) * W
        gradient = [dW.reshape(len(theta), -1), np.sum(dZ, axis=1), *gradient]
        dZ = (dZ @ np.swapaxes(W, -1, -2)) * (A > 0)
    return gradient


# %% wrong: weights without their biases -> wrong_shape
def stacked_gradients(X, y, theta, sizes, lam):
    weights, activations, start = [], [X], 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        weights.append(theta[:, start : start + n * k].reshape(-1, n, k))
        Z = activations[-1] @ weights[-1] + theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        activations.append(np.maximum(Z, 0))
        start += n * k + k
    E = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    Y = y[:, None] == np.arange(sizes[-1])
    dZ = (E / np.sum(E, axis=-1, keepdims=True) - Y) / len(X)
    gradient = []
    for W, A in zip(weights[::-1], activations[-2::-1]):
        dW = np.swapaxes(A, -1, -2) @ dZ + lam.reshape(-1, 1, 1) * W
        gradient = [dW.reshape(len(theta), -1), *gradient]
        dZ = (dZ @ np.swapaxes(W, -1, -2)) * (A > 0)
    return np.concatenate(gradient, axis=1)


# %% wrong: not transposed on the way back -> raised
def stacked_gradients(X, y, theta, sizes, lam):
    weights, activations, start = [], [X], 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        weights.append(theta[:, start : start + n * k].reshape(-1, n, k))
        Z = activations[-1] @ weights[-1] + theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        activations.append(np.maximum(Z, 0))
        start += n * k + k
    E = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    Y = y[:, None] == np.arange(sizes[-1])
    dZ = (E / np.sum(E, axis=-1, keepdims=True) - Y) / len(X)
    gradient = []
    for W, A in zip(weights[::-1], activations[-2::-1]):
        dW = np.swapaxes(A, -1, -2) @ dZ + lam.reshape(-1, 1, 1) * W
        gradient = [dW.reshape(len(theta), -1), np.sum(dZ, axis=1), *gradient]
        dZ = (dZ @ W) * (A > 0)
    return np.concatenate(gradient, axis=1)


# %% wrong: labels not as rows -> raised
def stacked_gradients(X, y, theta, sizes, lam):
    weights, activations, start = [], [X], 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        weights.append(theta[:, start : start + n * k].reshape(-1, n, k))
        Z = activations[-1] @ weights[-1] + theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        activations.append(np.maximum(Z, 0))
        start += n * k + k
    E = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    Y = y
    dZ = (E / np.sum(E, axis=-1, keepdims=True) - Y) / len(X)
    gradient = []
    for W, A in zip(weights[::-1], activations[-2::-1]):
        dW = np.swapaxes(A, -1, -2) @ dZ + lam.reshape(-1, 1, 1) * W
        gradient = [dW.reshape(len(theta), -1), np.sum(dZ, axis=1), *gradient]
        dZ = (dZ @ np.swapaxes(W, -1, -2)) * (A > 0)
    return np.concatenate(gradient, axis=1)


# %% wrong: central differences -> inaccurate
def stacked_gradients(X, y, theta, sizes, lam):
    def J(theta):
        A, start, penalty = X, 0, 0
        for n, k in zip(sizes[:-1], sizes[1:]):
            W = theta[:, start : start + n * k].reshape(-1, n, k)
            Z = A @ W + theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
            A, start, penalty = np.maximum(Z, 0), start + n * k + k, penalty + (W**2).sum(axis=(1, 2))
        losses = np.logaddexp.reduce(Z, axis=2) - np.stack([Z[:, i, y[i]] for i in range(len(y))], axis=1)
        return losses.mean(axis=1) + lam / 2 * penalty

    gradient, h = np.zeros(theta.shape), 6e-6
    for p in range(theta.shape[1]):
        e = np.zeros(theta.shape)
        e[:, p] = h
        gradient[:, p] = (J(theta + e) - J(theta - e)) / (2 * h)
    return gradient
