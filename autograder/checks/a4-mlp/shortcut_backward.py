"""∂J/∂W, ∂J/∂b and ∂J/∂X of a layer with a shortcut, A = X + tanh(XW + b)."""

import numpy as np

from autograder.kit import Check

from . import drawn, errors


def layers(rng):
    """dout (m, n), X (m, n), W (n, n) and b (n,)."""
    sizes = (("m = 4, 2 units", 4, 2), ("as many examples as units (m = 3)", 3, 3), ("one example (m = 1)", 1, 3))
    for label, m, n in (*sizes, ("one unit", 4, 1)):
        while True:  # until no sum over the examples nearly cancels
            W, b = (rng.normal(size=(n, n)) / np.sqrt(n)).round(3), rng.uniform(-1, 1, n).round(3)
            dout, X = errors(rng, m, n), drawn(rng, m, n)
            dZ = dout * (1 - np.tanh(X @ W + b) ** 2)
            if min(np.abs(X.T @ dZ).max(), np.abs(dZ.sum(axis=0)).max()) > 0.2:
                break
        yield label, (dout, X, W, b)


def carried(dW, db, dX, dout, X, W, b):
    """A cost whose derivative with respect to the outputs is dout."""
    return np.sum(dout * (X + dX + np.tanh((X + dX) @ (W + dW) + b + db)))


PARAMETERS, INPUTS = "∂J/∂W[i, j] and ∂J/∂b[j]", "∂J/∂X"
check = Check(
    inputs=layers,
    returns={PARAMETERS: 0.5, INPUTS: 0.5},
    values=(PARAMETERS, PARAMETERS, INPUTS),
    derivative_of=carried,
    needs=("linear_forward", "tanh_backward", "linear_backward"),
)


# %% right: of the parts above
def shortcut_backward(dout, X, W, b):
    dZ = tanh_backward(dout, linear_forward(X, W, b))
    dW, db, dX = linear_backward(dZ, X, W)
    return dW, db, dX + dout


# %% right: everything written out
def shortcut_backward(dout, X, W, b):
    dZ = dout * (1 - np.tanh(X @ W + b) ** 2)
    return X.T @ dZ, dZ.sum(axis=0), dZ @ W.T + dout


# %% right: einsum
def shortcut_backward(dout, X, W, b):
    T = np.tanh(np.einsum("ij,jk->ik", X, W) + b)
    dZ = dout * (1 - T) * (1 + T)
    return np.einsum("ij,ik->jk", X, dZ), np.einsum("ij->j", dZ), dout + np.einsum("ik,jk->ij", dZ, W)


# %% right: one Jacobian an example
def shortcut_backward(dout, X, W, b):
    dW, db, dX = np.zeros(W.shape), np.zeros(len(b)), np.zeros(X.shape)
    for i, x in enumerate(X):
        slope = 1 / np.cosh(x @ W + b) ** 2
        dX[i] = (np.eye(len(b)) + W * slope) @ dout[i]
        dW += np.outer(x, slope * dout[i])
        db += slope * dout[i]
    return dW, db, dX


# %% right: in columns
def shortcut_backward(dout, X, W, b):
    T = np.tanh(W.T @ X.T + b[:, np.newaxis])
    D = dout.T * (1 - T * T)
    return (D @ X).T, D.sum(axis=1), (dout.T + W @ D).T


# %% right: the shortcut as a second layer of weights 1
def shortcut_backward(dout, X, W, b):
    dZ = tanh_backward(dout, X @ W + b)
    both = np.hstack([dZ, dout]) @ np.hstack([W, np.eye(len(b))]).T
    return X.T @ dZ, dZ.sum(axis=0), both


# %% wrong: shortcut_left_out keeps 0.5 "The shortcut hands nothing back: in how many ways do inputs reach the cost?"
def shortcut_backward(dout, X, W, b):
    return linear_backward(tanh_backward(dout, linear_forward(X, W, b)), X, W)


# %% wrong: a layer without a shortcut -> shortcut_left_out keeps 0.5
def shortcut_backward(dout, X, W, b):
    dZ = dout * (1 - np.tanh(X @ W + b) ** 2)
    return X.T @ dZ, sum(dZ), np.array([W @ d for d in dZ])


# %% wrong: shortcut_alone keeps 0.5 "Only the shortcut hands something back: inputs act through the layer, too."
def shortcut_backward(dout, X, W, b):
    dW, db, _ = linear_backward(tanh_backward(dout, linear_forward(X, W, b)), X, W)
    return dW, db, dout.copy()


# %% wrong: the way past the layer alone -> shortcut_alone keeps 0.5
def shortcut_backward(dout, X, W, b):
    dZ = dout * (1 - np.tanh(X @ W + b) ** 2)
    return X.T @ dZ, sum(dZ), 1.0 * dout


# %% wrong: sloped_shortcut keeps 0.5 "The shortcut was led through the slope of the tanh: it passes the tanh by."
def shortcut_backward(dout, X, W, b):
    dZ = tanh_backward(dout, linear_forward(X, W, b))
    dW, db, dX = linear_backward(dZ, X, W)
    return dW, db, dX + dZ


# %% wrong: both ways from the signals -> sloped_shortcut keeps 0.5
def shortcut_backward(dout, X, W, b):
    dZ = dout * (1 - np.tanh(X @ W + b) ** 2)
    return X.T @ dZ, sum(dZ), dZ @ (W + np.eye(len(b))).T


# %% wrong: weighted_shortcut keeps 0.5 "The shortcut was led through the weights: it passes them by."
def shortcut_backward(dout, X, W, b):
    dZ = tanh_backward(dout, linear_forward(X, W, b))
    dW, db, dX = linear_backward(dZ, X, W)
    return dW, db, dX + dout @ W.T


# %% wrong: both ways through the weights -> weighted_shortcut keeps 0.5
def shortcut_backward(dout, X, W, b):
    dZ = dout * (1 - np.tanh(X @ W + b) ** 2)
    return X.T @ dZ, sum(dZ), np.array([W @ (d + e) for d, e in zip(dout, dZ)])


# %% wrong: slope_of_the_sum "The slope was taken from the output of the layer, which holds the shortcut as well."
def shortcut_backward(dout, X, W, b):
    dZ = dout * (1 - (X + np.tanh(X @ W + b)) ** 2)
    return X.T @ dZ, dZ.sum(axis=0), dZ @ W.T + dout


# %% wrong: one less the square of the output -> slope_of_the_sum
def shortcut_backward(dout, X, W, b):
    A = X + np.tanh(linear_forward(X, W, b))
    dW, db, dX = linear_backward(dout * (1 - A) * (1 + A), X, W)
    return dW, db, dout + dX


# %% wrong: shortcut_in_signals "The shortcut was added before the tanh: read again what the layer computes."
def shortcut_backward(dout, X, W, b):
    dZ = tanh_backward(dout, X + linear_forward(X, W, b))
    dW, db, dX = linear_backward(dZ, X, W)
    return dW, db, dX + dZ


# %% wrong: an identity among the weights -> shortcut_in_signals
def shortcut_backward(dout, X, W, b):
    W = W + np.eye(len(b))
    dZ = dout * (1 - np.tanh(X @ W + b) ** 2)
    return X.T @ dZ, sum(dZ), dZ @ W.T


# %% wrong: slope_left_out
def shortcut_backward(dout, X, W, b):
    return X.T @ dout, dout.sum(axis=0), dout @ W.T + dout


# %% wrong: a linear layer -> slope_left_out
def shortcut_backward(dout, X, W, b):
    dW, db, dX = linear_backward(dout, X, W)
    return dW, db, dout + dX


# %% wrong: tanh_twice
def shortcut_backward(dout, X, W, b):
    dZ = tanh_backward(dout, np.tanh(linear_forward(X, W, b)))
    dW, db, dX = linear_backward(dZ, X, W)
    return dW, db, dX + dout


# %% wrong: the slope at the activation -> tanh_twice
def shortcut_backward(dout, X, W, b):
    dZ = dout / np.cosh(np.tanh(X @ W + b)) ** 2
    return X.T @ dZ, sum(dZ), dZ @ W.T + dout


# %% wrong: divided_twice keeps 0.5
def shortcut_backward(dout, X, W, b):
    dZ = tanh_backward(dout, linear_forward(X, W, b))
    dW, db, dX = linear_backward(dZ, X, W)
    return dW / len(X), db / len(X), dX + dout


# %% wrong: means over the examples -> divided_twice keeps 0.5
def shortcut_backward(dout, X, W, b):
    dZ = dout * (1 - np.tanh(X @ W + b) ** 2)
    return np.einsum("ij,ik->jk", X, dZ) / len(X), dZ.mean(axis=0), dZ @ W.T + dout


# %% wrong: wrong_sign
def shortcut_backward(dout, X, W, b):
    dZ = tanh_backward(-dout, linear_forward(X, W, b))
    dW, db, dX = linear_backward(dZ, X, W)
    return dW, db, dX - dout


# %% wrong: everything downhill -> wrong_sign
def shortcut_backward(dout, X, W, b):
    dZ = dout * (np.tanh(X @ W + b) ** 2 - 1)
    return X.T @ dZ, sum(dZ), dZ @ W.T - dout


# %% wrong: bias_forgotten keeps 0.5
def shortcut_backward(dout, X, W, b):
    dZ = tanh_backward(dout, linear_forward(X, W, b))
    dW, db, dX = linear_backward(dZ, X, W)
    return dW, np.zeros(len(b)), dX + dout


# %% wrong: no signal for the biases -> bias_forgotten keeps 0.5
def shortcut_backward(dout, X, W, b):
    dZ = dout * (1 - np.tanh(X @ W + b) ** 2)
    return X.T @ dZ, 0 * sum(dZ), dZ @ W.T + dout


# %% wrong: bias_left_out
def shortcut_backward(dout, X, W, b):
    dZ = tanh_backward(dout, X @ W)
    dW, db, dX = linear_backward(dZ, X, W)
    return dW, db, dX + dout


# %% wrong: signals without biases -> bias_left_out
def shortcut_backward(dout, X, W, b):
    dZ = dout / np.cosh(X @ W) ** 2
    return np.einsum("ij,ik->jk", X, dZ), sum(dZ), dZ @ W.T + dout


# %% wrong: the shortcut twice -> none keeps 0.5
def shortcut_backward(dout, X, W, b):
    dZ = tanh_backward(dout, linear_forward(X, W, b))
    dW, db, dX = linear_backward(dZ, X, W)
    return dW, db, dX + 2 * dout


# %% wrong: the parameters see the shortcut -> slope_left_out keeps 0.5
def shortcut_backward(dout, X, W, b):
    dZ = tanh_backward(dout, linear_forward(X, W, b))
    return X.T @ dout, dout.sum(axis=0), dZ @ W.T + dout


# %% wrong: the shortcut adds the inputs -> none keeps 0.5
def shortcut_backward(dout, X, W, b):
    dZ = tanh_backward(dout, linear_forward(X, W, b))
    dW, db, dX = linear_backward(dZ, X, W)
    return dW, db, dX + X


# %% wrong: weights not transposed -> none keeps 0.5
def shortcut_backward(dout, X, W, b):
    dZ = tanh_backward(dout, linear_forward(X, W, b))
    return X.T @ dZ, dZ.sum(axis=0), dZ @ W + dout
