"""Scores of S networks at once, whose parameters are the rows of theta."""

import numpy as np

from autograder.kit import Check
from nnlib.layers import Linear, ReLU, Sequential

from . import SHAPES, networks


def alone(rng):
    """X (m, n), theta (1, P), sizes."""
    for _, _, m, sizes in (SHAPES[1], SHAPES[2], SHAPES[4]):
        X, _, theta = networks(rng, 1, m, sizes)
        yield f"one network (S = 1), m = {m}, sizes {sizes}", (X, theta, sizes)


def stacks(rng):
    """X (m, n), theta (S, P), sizes, in which S is 2 or 3."""
    for label, S, m, sizes in (SHAPES[0], *SHAPES[2:]):
        X, _, theta = networks(rng, S, m, sizes)
        yield label, (X, theta, sizes)


def by_nnlib(X, theta, sizes):
    """Each network as nnlib's layers, whose theta is W, then b, layer by layer, too."""
    rng, scores = np.random.default_rng(0), []
    for vector in theta:
        pairs = [(Linear(n, k, rng=rng), ReLU()) for n, k in zip(sizes, sizes[1:], strict=False)]
        model = Sequential(*[layer for pair in pairs for layer in pair][:-1])
        model.theta = vector
        scores.append(model.forward(X))
    return np.array(scores)


check = Check(
    inputs={"Z of one network": alone, "Z of several networks": stacks},
    returns={"Z of one network": 0.5, "Z of several networks": 0.5},
    witness=by_nnlib,
)


# %% right: slices of theta, a stack of products
def stacked_outputs(X, theta, sizes):
    A, start = X, 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        W = theta[:, start : start + n * k].reshape(-1, n, k)
        b = theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        start += n * k + k
        Z = A @ W + b
        A = np.maximum(Z, 0)
    return Z


# %% right: network by network
def stacked_outputs(X, theta, sizes):
    def one(vector):
        A = X
        for layer in range(len(sizes) - 1):
            n, k = sizes[layer], sizes[layer + 1]
            W, b, vector = vector[: n * k].reshape(n, k), vector[n * k : n * k + k], vector[n * k + k :]
            A = A @ W + b
            if layer < len(sizes) - 2:
                A = A * (A > 0)
        return A

    return np.stack([one(vector) for vector in theta])


# %% right: einsum
def stacked_outputs(X, theta, sizes):
    A, rest = np.stack([X] * len(theta)), theta
    for layer in range(1, len(sizes)):
        n, k = sizes[layer - 1 : layer + 1]
        W, b, rest = rest[:, : n * k], rest[:, n * k : (n + 1) * k], rest[:, (n + 1) * k :]
        Z = np.einsum("smn,snk->smk", A, W.reshape(len(theta), n, k)) + b[:, None]
        A = np.where(Z > 0, Z, 0)
    return Z


# %% right: a column of ones for the biases
def stacked_outputs(X, theta, sizes):
    A, start = np.stack([X] * len(theta)), 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        Wb = theta[:, start : start + (n + 1) * k].reshape(-1, n + 1, k)
        start += (n + 1) * k
        Z = np.concatenate([A, np.ones_like(A[:, :, :1])], axis=2) @ Wb
        A = np.maximum(Z, 0)
    return Z


# %% right: cut where numpy says
def stacked_outputs(X, theta, sizes):
    ends = np.cumsum([number for n, k in zip(sizes[:-1], sizes[1:]) for number in (n * k, k)])
    blocks = np.split(theta, [int(end) for end in ends[:-1]], axis=1)
    A = X
    for layer, (W, b) in enumerate(zip(blocks[::2], blocks[1::2])):
        A = A if layer == 0 else (A + abs(A)) / 2
        A = np.matmul(A, W.reshape(len(theta), sizes[layer], sizes[layer + 1])) + b[:, np.newaxis, :]
    return A


# %% right: example by example
def stacked_outputs(X, theta, sizes):
    scores = np.zeros((len(theta), len(X), sizes[-1]))
    for s in range(len(theta)):
        for i in range(len(X)):
            a, at = list(X[i]), 0
            for n, k in zip(sizes[:-1], sizes[1:]):
                W, b = theta[s, at : at + n * k].reshape(n, k), theta[s, at + n * k : at + n * k + k]
                z = [sum(a[p] * W[p, q] for p in range(n)) + b[q] for q in range(k)]
                a, at = [max(value, 0) for value in z], at + (n + 1) * k
            scores[s, i] = z
    return scores


# %% same: stop when "A loop over a few layers has nothing to settle: all of a layer's numbers are not that small."
# %% same: zip(sizes[:], "zip ends with the shorter list."
# %% same: reshape(-2, "NumPy takes any negative number for the dimension that it is to find."


# %% wrong: relu_on_output
def stacked_outputs(X, theta, sizes):
    A, start = X, 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        W = theta[:, start : start + n * k].reshape(-1, n, k)
        b = theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        start += n * k + k
        A = np.maximum(A @ W + b, 0)
    return A


# %% wrong: clipped at the end -> relu_on_output
def stacked_outputs(X, theta, sizes):
    A, rest = np.stack([X] * len(theta)), theta
    for n, k in zip(sizes[:-1], sizes[1:]):
        W, b, rest = rest[:, : n * k], rest[:, n * k : (n + 1) * k], rest[:, (n + 1) * k :]
        Z = np.einsum("smn,snk->smk", A, W.reshape(len(theta), n, k)) + b[:, None]
        A = Z * (Z > 0)
    return A


# %% wrong: relu_missing
def stacked_outputs(X, theta, sizes):
    A, start = X, 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        W = theta[:, start : start + n * k].reshape(-1, n, k)
        b = theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        start += n * k + k
        A = A @ W + b
    return A


# %% wrong: network by network, linear -> relu_missing
def stacked_outputs(X, theta, sizes):
    def one(A, vector):
        for n, k in zip(sizes[:-1], sizes[1:]):
            A, vector = A @ vector[: n * k].reshape(n, k) + vector[n * k : n * k + k], vector[n * k + k :]
        return A

    return np.stack([one(X, vector) for vector in theta])


# %% wrong: biases_first
def stacked_outputs(X, theta, sizes):
    A, start = X, 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        b = theta[:, start : start + k].reshape(-1, 1, k)
        W = theta[:, start + k : start + k + n * k].reshape(-1, n, k)
        start += n * k + k
        Z = A @ W + b
        A = np.maximum(Z, 0)
    return Z


# %% wrong: the column of ones stands first -> biases_first
def stacked_outputs(X, theta, sizes):
    A, rest = np.stack([X] * len(theta)), theta
    for n, k in zip(sizes[:-1], sizes[1:]):
        bW, rest = rest[:, : (n + 1) * k].reshape(len(theta), n + 1, k), rest[:, (n + 1) * k :]
        Z = np.concatenate([np.ones_like(A[:, :, :1]), A], axis=2) @ bW
        A = np.maximum(Z, 0)
    return Z


# %% wrong: column_by_column
def stacked_outputs(X, theta, sizes):
    A, start = X, 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        W = np.swapaxes(theta[:, start : start + n * k].reshape(-1, k, n), 1, 2)
        b = theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        start += n * k + k
        Z = A @ W + b
        A = np.maximum(Z, 0)
    return Z


# %% wrong: Fortran's order -> column_by_column
def stacked_outputs(X, theta, sizes):
    def one(A, vector):
        for n, k in zip(sizes[:-1], sizes[1:]):
            Z = A @ vector[: n * k].reshape(n, k, order="F") + vector[n * k : n * k + k]
            A, vector = np.maximum(Z, 0), vector[n * k + k :]
        return Z

    return np.stack([one(X, vector) for vector in theta])


# %% wrong: biases_left_out
def stacked_outputs(X, theta, sizes):
    A, start = X, 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        W = theta[:, start : start + n * k].reshape(-1, n, k)
        start += n * k + k
        Z = A @ W
        A = np.maximum(Z, 0)
    return Z


# %% wrong: weights alone, einsum -> biases_left_out
def stacked_outputs(X, theta, sizes):
    A, rest = np.stack([X] * len(theta)), theta
    for n, k in zip(sizes[:-1], sizes[1:]):
        Z = np.einsum("smn,snk->smk", A, rest[:, : n * k].reshape(len(theta), n, k))
        A, rest = Z * (Z > 0), rest[:, (n + 1) * k :]
    return Z


# %% wrong: first_network_only keeps 0.5
def stacked_outputs(X, theta, sizes):
    A, start = X, 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        W = theta[0, start : start + n * k].reshape(n, k)
        b = theta[0, start + n * k : start + n * k + k]
        start += n * k + k
        Z = A @ W + b
        A = np.maximum(Z, 0)
    return np.stack([Z] * len(theta))


# %% wrong: network by network, always the first -> first_network_only keeps 0.5
def stacked_outputs(X, theta, sizes):
    def one(A, vector):
        for n, k in zip(sizes[:-1], sizes[1:]):
            Z = A @ vector[: n * k].reshape(n, k) + vector[n * k : n * k + k]
            A, vector = np.where(Z > 0, Z, 0), vector[n * k + k :]
        return Z

    return np.array([one(X, theta[0]) for _ in theta])


# %% wrong: bias_after_relu "The bias is added after the ReLU: it belongs to the signal, on which the ReLU acts."
def stacked_outputs(X, theta, sizes):
    A, start = X, 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        W = theta[:, start : start + n * k].reshape(-1, n, k)
        b = theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        start += n * k + k
        Z = A @ W + b
        A = np.maximum(A @ W, 0) + b
    return Z


# %% wrong: network by network, then the bias -> bias_after_relu
def stacked_outputs(X, theta, sizes):
    def one(A, vector):
        last = len(sizes) - 2
        for layer, (n, k) in enumerate(zip(sizes[:-1], sizes[1:])):
            product, b, vector = A @ vector[: n * k].reshape(n, k), vector[n * k : n * k + k], vector[n * k + k :]
            A = (product if layer == last else np.maximum(product, 0)) + b
        return A

    return np.stack([one(X, vector) for vector in theta])


# %% wrong: relu_on_inputs "The ReLU acts on X, too: it stands between two linear layers, not before the first."
def stacked_outputs(X, theta, sizes):
    A, start = X, 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        W = theta[:, start : start + n * k].reshape(-1, n, k)
        b = theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        start += n * k + k
        A = np.maximum(A, 0) @ W + b
    return A


# %% wrong: negative inputs cut off, network by network -> relu_on_inputs
def stacked_outputs(X, theta, sizes):
    def one(A, vector):
        for n, k in zip(sizes[:-1], sizes[1:]):
            A, vector = A * (A > 0) @ vector[: n * k].reshape(n, k) + vector[n * k : n * k + k], vector[n * k + k :]
        return A

    return np.stack([one(X, vector) for vector in theta])


# %% wrong: probabilities_for_scores "These are probabilities: the scores before the softmax are asked for."
def stacked_outputs(X, theta, sizes):
    A, start = X, 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        W = theta[:, start : start + n * k].reshape(-1, n, k)
        b = theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        start += n * k + k
        Z = A @ W + b
        A = np.maximum(Z, 0)
    E = np.exp(Z - Z.max(axis=-1, keepdims=True))
    return E / E.sum(axis=-1, keepdims=True)


# %% wrong: softmax at the end, example by example -> probabilities_for_scores
def stacked_outputs(X, theta, sizes):
    def one(A, vector):
        for n, k in zip(sizes[:-1], sizes[1:]):
            Z = A @ vector[: n * k].reshape(n, k) + vector[n * k : n * k + k]
            A, vector = np.maximum(Z, 0), vector[n * k + k :]
        return [[1 / np.sum(np.exp(z - score)) for score in z] for z in Z]

    return np.array([one(X, vector) for vector in theta])


# %% wrong: tanh for the ReLU -> none
def stacked_outputs(X, theta, sizes):
    A, start = X, 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        W = theta[:, start : start + n * k].reshape(-1, n, k)
        b = theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        start += n * k + k
        Z = A @ W + b
        A = np.tanh(Z)
    return Z


# %% wrong: a leaky ReLU -> none
def stacked_outputs(X, theta, sizes):
    A, start = X, 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        W = theta[:, start : start + n * k].reshape(-1, n, k)
        b = theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        start += n * k + k
        Z = A @ W + b
        A = np.maximum(Z, 0.1 * Z)
    return Z


# %% wrong: the ReLU's mask for its value -> none
def stacked_outputs(X, theta, sizes):
    A, start = X, 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        W = theta[:, start : start + n * k].reshape(-1, n, k)
        b = theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        start += n * k + k
        Z = A @ W + b
        A = (Z > 0).astype(float)
    return Z


# %% wrong: the first layer's place for every layer -> none
def stacked_outputs(X, theta, sizes):
    A = X
    for n, k in zip(sizes[:-1], sizes[1:]):
        W = theta[:, : n * k].reshape(-1, n, k)
        Z = A @ W + theta[:, n * k : n * k + k].reshape(-1, 1, k)
        A = np.maximum(Z, 0)
    return Z


# %% wrong: examples in front -> wrong_shape
def stacked_outputs(X, theta, sizes):
    A, start = X, 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        W = theta[:, start : start + n * k].reshape(-1, n, k)
        b = theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        start += n * k + k
        Z = A @ W + b
        A = np.maximum(Z, 0)
    return np.swapaxes(Z, 0, 1)


# %% wrong: the mean of the networks -> wrong_shape
def stacked_outputs(X, theta, sizes):
    A, start = X, 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        W = theta[:, start : start + n * k].reshape(-1, n, k)
        b = theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        start += n * k + k
        Z = A @ W + b
        A = np.maximum(Z, 0)
    return Z.mean(axis=0)


# %% wrong: theta taken for one network -> raised
def stacked_outputs(X, theta, sizes):
    A, vector = X, theta
    for n, k in zip(sizes[:-1], sizes[1:]):
        Z = A @ vector[: n * k].reshape(n, k) + vector[n * k : n * k + k]
        A, vector = np.maximum(Z, 0), vector[n * k + k :]
    return Z


# %% wrong: one hidden layer only -> none
def stacked_outputs(X, theta, sizes):
    n, h, K = sizes[0], sizes[1], sizes[-1]
    W1, rest = theta[:, : n * h].reshape(-1, n, h), theta[:, n * h :]
    Z1 = X @ W1 + rest[:, None, :h]
    if len(sizes) == 2:
        return Z1
    return np.maximum(Z1, 0) @ rest[:, h : h + h * K].reshape(-1, h, K) + rest[:, None, h + h * K : h + h * K + K]


# %% wrong: no axis for one network -> wrong_shape keeps 0.5
def stacked_outputs(X, theta, sizes):
    A, start = X, 0
    for n, k in zip(sizes[:-1], sizes[1:]):
        W = theta[:, start : start + n * k].reshape(-1, n, k)
        b = theta[:, start + n * k : start + n * k + k].reshape(-1, 1, k)
        start += n * k + k
        Z = A @ W + b
        A = np.maximum(Z, 0)
    return Z[0] if len(Z) == 1 else Z
