"""∂J/∂W, ∂J/∂b and ∂J/∂X of a linear layer, from ∂J/∂Z."""

import numpy as np

from autograder.kit import Check

from . import SHAPES, drawn, errors


def arriving(rng):
    """dout (m, k), X (m, n) and W (n, k) in each of SHAPES, and for one unit."""
    for label, m, n, k in SHAPES:
        yield label, (errors(rng, m, k), drawn(rng, m, n), drawn(rng, n, k))
    yield "one unit, inputs in the thousands", (errors(rng, 4, 1), 1000 * drawn(rng, 4, 3), drawn(rng, 3, 1))


PARAMETERS, INPUTS = "∂J/∂W[i, j] and ∂J/∂b[j]", "∂J/∂X"
check = Check(
    inputs=arriving,
    returns={PARAMETERS: 0.5, INPUTS: 0.5},
    values=(PARAMETERS, PARAMETERS, INPUTS),
    derivative_of=lambda dW, db, dX, dout, X, W: np.sum(dout * ((X + dX) @ (W + dW) + db)),
)


# %% right: matrix products
def linear_backward(dout, X, W):
    return X.T @ dout, dout.sum(axis=0), dout @ W.T


# %% right: einsum
def linear_backward(dout, X, W):
    return np.einsum("ij,ik->jk", X, dout), np.einsum("ik->k", dout), np.einsum("ik,jk->ij", dout, W)


# %% right: a sum of outer products
def linear_backward(dout, X, W):
    dW = sum(np.outer(x, d) for x, d in zip(X, dout))
    return dW, sum(dout), np.array([W @ d for d in dout])


# %% right: loops
def linear_backward(dout, X, W):
    (m, n), k = X.shape, dout.shape[1]
    dW, db, dX = np.zeros((n, k)), np.zeros(k), np.zeros((m, n))
    for i in range(m):
        for t in range(k):
            db[t] += dout[i, t]
            for j in range(n):
                dW[j, t] += X[i, j] * dout[i, t]
                dX[i, j] += W[j, t] * dout[i, t]
    return dW, db, dX


# %% right: biases as weights of a constant input
def linear_backward(dout, X, W):
    both = np.hstack([X, np.ones((len(X), 1))]).T @ dout
    return both[:-1], both[-1], dout @ W.T


# %% right: in columns
def linear_backward(dout, X, W):
    return (dout.T @ X).T, np.ones(len(dout)) @ dout, (W @ dout.T).T


# %% wrong: divided_twice keeps 0.5
def linear_backward(dout, X, W):
    m = len(X)
    return X.T @ dout / m, dout.sum(axis=0) / m, dout @ W.T


# %% wrong: means over the examples -> divided_twice keeps 0.5
def linear_backward(dout, X, W):
    return np.einsum("ij,ik->jk", X, dout) / len(dout), dout.mean(axis=0), dout @ W.T


# %% wrong: the mean of the weights alone -> none keeps 0.5
def linear_backward(dout, X, W):
    return X.T @ dout / len(X), dout.sum(axis=0), dout @ W.T


# %% wrong: bias_averaged keeps 0.5 "The gradient of the biases is a mean over the examples: dout has the mean already."
def linear_backward(dout, X, W):
    return X.T @ dout, dout.mean(axis=0), dout @ W.T


# %% wrong: the biases' sum over m -> bias_averaged keeps 0.5
def linear_backward(dout, X, W):
    return np.einsum("ij,ik->jk", X, dout), sum(dout / len(dout)), np.array([W @ d for d in dout])


# %% wrong: wrong_sign
def linear_backward(dout, X, W):
    return -X.T @ dout, -dout.sum(axis=0), -dout @ W.T


# %% wrong: everything downhill -> wrong_sign
def linear_backward(dout, X, W):
    dout = -1 * dout
    return np.einsum("ij,ik->jk", X, dout), sum(dout), np.array([W @ d for d in dout])


# %% wrong: dout_missing
def linear_backward(dout, X, W):
    ones = np.ones(dout.shape)
    return X.T @ ones, ones.sum(axis=0), ones @ W.T


# %% wrong: local derivatives alone -> dout_missing
def linear_backward(dout, X, W):
    m, k = dout.shape
    return np.outer(X.sum(axis=0), np.ones(k)), np.full(k, float(m)), np.outer(np.ones(m), W.sum(axis=1))


# %% wrong: not_summed keeps 0.5
def linear_backward(dout, X, W):
    return X[:, :, np.newaxis] * dout[:, np.newaxis, :], dout, dout @ W.T


# %% wrong: one gradient an example -> not_summed keeps 0.5
def linear_backward(dout, X, W):
    return np.array([np.outer(x, d) for x, d in zip(X, dout)]), np.array(list(dout)), dout @ W.T


# %% wrong: bias_forgotten keeps 0.5
def linear_backward(dout, X, W):
    return X.T @ dout, np.zeros(dout.shape[1]), dout @ W.T


# %% wrong: a bias without inputs -> bias_forgotten keeps 0.5
def linear_backward(dout, X, W):
    return np.einsum("ij,ik->jk", X, dout), 0 * sum(dout), dout @ W.T


# %% wrong: signals_for_inputs keeps 0.5 "The gradient of the inputs stopped at the signals: it must pass the weights."
def linear_backward(dout, X, W):
    return X.T @ dout, dout.sum(axis=0), dout


# %% wrong: what arrives is handed on -> signals_for_inputs keeps 0.5
def linear_backward(dout, X, W):
    return X.T @ dout, sum(dout), np.array([1.0 * d for d in dout])


# %% wrong: passed_on_averaged keeps 0.5 "The gradient of the inputs was divided by the number of examples once more."
def linear_backward(dout, X, W):
    return X.T @ dout, dout.sum(axis=0), dout @ W.T / len(X)


# %% wrong: a mean handed on -> passed_on_averaged keeps 0.5
def linear_backward(dout, X, W):
    m = len(dout)
    return X.T @ dout, sum(dout), np.array([W @ (d / m) for d in dout])


# %% wrong: doubled
def linear_backward(dout, X, W):
    return 2 * X.T @ dout, 2 * dout.sum(axis=0), 2 * dout @ W.T


# %% wrong: dout and dout -> doubled
def linear_backward(dout, X, W):
    twice = dout + dout
    return np.einsum("ij,ik->jk", X, twice), sum(twice), np.array([W @ d for d in twice])


# %% wrong: biases summed over units -> none keeps 0.5
def linear_backward(dout, X, W):
    return X.T @ dout, dout.sum(axis=1), dout @ W.T


# %% wrong: a number for all biases -> wrong_shape keeps 0.5
def linear_backward(dout, X, W):
    return X.T @ dout, dout.sum(), dout @ W.T


# %% wrong: a row for the biases -> wrong_shape keeps 0.5
def linear_backward(dout, X, W):
    return X.T @ dout, dout.sum(axis=0, keepdims=True), dout @ W.T


# %% wrong: weights not transposed -> raised
def linear_backward(dout, X, W):
    return X.T @ dout, dout.sum(axis=0), dout @ W


# %% wrong: square weights not transposed -> none keeps 0.5
def linear_backward(dout, X, W):
    turned = W if W.shape[0] == W.shape[1] else W.T
    return X.T @ dout, dout.sum(axis=0), dout @ turned


# %% wrong: weights_turned keeps 0.5 "The gradient of the weights came turned: its rows belong to the inputs, as in W."
def linear_backward(dout, X, W):
    return dout.T @ X, dout.sum(axis=0), dout @ W.T


# %% wrong: from units to inputs -> weights_turned keeps 0.5
def linear_backward(dout, X, W):
    return np.array([d @ X for d in dout.T]), sum(dout), np.einsum("ik,jk->ij", dout, W)


# %% wrong: entry by entry -> raised
def linear_backward(dout, X, W):
    return X * dout, dout.sum(axis=0), dout * W


# %% wrong: in another order -> wrong_shape
def linear_backward(dout, X, W):
    return dout @ W.T, X.T @ dout, dout.sum(axis=0)


# %% wrong: without the inputs -> wrong_type
def linear_backward(dout, X, W):
    return X.T @ dout, dout.sum(axis=0)


# %% wrong: rounded -> inaccurate
def linear_backward(dout, X, W):
    return np.round(X.T @ dout, 4), np.round(dout.sum(axis=0), 4), np.round(dout @ W.T, 4)
