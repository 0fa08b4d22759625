"""∂J/∂Z of the mean cross entropy of softmax."""

import numpy as np

from autograder.kit import Check
from nnlib.losses import softmax_cross_entropy

from . import targets_and_large_scores, targets_and_scores

check = Check(
    inputs={"∂J/∂Z": targets_and_scores, "∂J/∂Z for large scores": targets_and_large_scores},
    returns={"∂J/∂Z": 0.5, "∂J/∂Z for large scores": 0.5},
    derivative_of=lambda V, Y, Z: softmax_cross_entropy(Y, Z + V),
    needs=("softmax",),
    forward="cross_entropy",
    forward_at=1,
)


# %% right: prediction less target
def cross_entropy_gradient(Y, Z):
    return (softmax(Z) - Y) / len(Z)


# %% right: from differences alone
def cross_entropy_gradient(Y, Z):
    with np.errstate(over="ignore"):
        Y_hat = 1 / np.exp(Z[:, np.newaxis, :] - Z[:, :, np.newaxis]).sum(axis=2)
    return (Y_hat - Y) / Y.shape[0]


# %% right: loops
import math


def cross_entropy_gradient(Y, Z):
    dZ = []
    for y, z in zip(Y, Z):
        e = [math.exp(z_k - max(z)) for z_k in z]
        dZ.append([(e_k / sum(e) - y_k) / len(Z) for e_k, y_k in zip(e, y)])
    return np.array(dZ)


# %% right: one row at a time
def cross_entropy_gradient(Y, Z):
    m = len(Y)
    return np.vstack([(softmax(Z[i : i + 1]) - Y[i]) / m for i in range(m)])


# %% right: weighted with 1/m
def cross_entropy_gradient(Y, Z):
    e = np.exp(Z - np.max(Z, axis=1)[:, None])
    weights = np.full(len(Z), 1 / len(Z))
    return np.einsum("i,ik->ik", weights, e / np.einsum("ik->i", e)[:, None] - Y)


# %% right: less a share of the targets
def cross_entropy_gradient(Y, Z):
    m, K = Z.shape
    dZ = softmax(Z) / m
    dZ -= Y / m
    return dZ


# %% right: through the Jacobians, the target's log multiplied out
def cross_entropy_gradient(Y, Z):
    Y_hat, K = softmax(Z), Z.shape[1]
    through_the_log = np.einsum("ia,iab->ib", Y, Y_hat[:, np.newaxis, :] - np.eye(K))
    return through_the_log / len(Z)


# %% wrong: missing_mean
def cross_entropy_gradient(Y, Z):
    return softmax(Z) - Y


# %% wrong: the error signals -> missing_mean
def cross_entropy_gradient(Y, Z):
    e = np.exp(Z.T - Z.max(axis=1))
    return (e / e.sum(axis=0) - Y.T).T


# %% wrong: divided_by_K
def cross_entropy_gradient(Y, Z):
    return (softmax(Z) - Y) / Z.size


# %% wrong: by rows and columns -> divided_by_K
def cross_entropy_gradient(Y, Z):
    m, K = Z.shape
    return np.einsum("ik,->ik", softmax(Z) - Y, 1 / m / K)


# %% wrong: divided_twice
def cross_entropy_gradient(Y, Z):
    m = len(Z)
    return (softmax(Z) - Y) / m / m


# %% wrong: by m squared -> divided_twice
def cross_entropy_gradient(Y, Z):
    return (softmax(Z) - Y) * float(len(Y)) ** -2


# %% wrong: wrong_sign
def cross_entropy_gradient(Y, Z):
    return (Y - softmax(Z)) / len(Z)


# %% wrong: target less prediction -> wrong_sign
def cross_entropy_gradient(Y, Z):
    m = len(Z)
    return Y / m - softmax(Z) / m


# %% wrong: softmax_left_out
def cross_entropy_gradient(Y, Z):
    return (Z - Y) / len(Z)


# %% wrong: scores less targets -> softmax_left_out
def cross_entropy_gradient(Y, Z):
    return np.array([z - y for y, z in zip(Y, Z)]) * (1 / len(Z))


# %% wrong: sigmoids
def cross_entropy_gradient(Y, Z):
    return ((1 + np.tanh(Z / 2)) / 2 - Y) / len(Z)


# %% wrong: a log loss for each class -> sigmoids
def cross_entropy_gradient(Y, Z):
    e = np.exp(-np.abs(Z))
    return (np.where(Z >= 0, 1, e) / (1 + e) - Y) / Y.shape[0]


# %% wrong: diagonal_alone
def cross_entropy_gradient(Y, Z):
    return Y * (softmax(Z) - 1) / len(Z)


# %% wrong: through the log, by the diagonal -> diagonal_alone
def cross_entropy_gradient(Y, Z):
    return (Y * softmax(Z) - Y) / Y.shape[0]


# %% wrong: softmax_slope
def cross_entropy_gradient(Y, Z):
    a = softmax(Z)
    return a * (1 - a) * (a - Y) / len(Z)


# %% wrong: times the slope -> softmax_slope
def cross_entropy_gradient(Y, Z):
    a = softmax(Z)
    return np.einsum("ik,ik->ik", a - a**2, a - Y) / len(Z)


# %% wrong: gradient_of_the_squared_error "This is the gradient of the squared error: here the cost is another."
def cross_entropy_gradient(Y, Z):
    a = softmax(Z)
    return softmax_backward(a, (a - Y) / len(Z))


# %% wrong: an error through the Jacobian -> gradient_of_the_squared_error
def cross_entropy_gradient(Y, Z):
    a = softmax(Z)
    d = a - Y
    return a * (d - np.einsum("ik,ik->i", a, d)[:, None]) / len(Z)


# %% wrong: through_the_log_alone "This is the gradient with respect to the predictions: go on to the scores."
def cross_entropy_gradient(Y, Z):
    return -Y / softmax(Z) / len(Z)


# %% wrong: minus the ratio -> through_the_log_alone
def cross_entropy_gradient(Y, Z):
    e = np.exp(Z - Z.max(axis=1, keepdims=True))
    return np.divide(Y, e / e.sum(axis=1, keepdims=True)) / -len(Z)


# %% wrong: over_examples
def cross_entropy_gradient(Y, Z):
    e = np.exp(Z - Z.max(axis=0))
    return (e / e.sum(axis=0) - Y) / len(Z)


# %% wrong: through the logarithm, over the examples -> over_examples
def cross_entropy_gradient(Y, Z):
    return (np.exp(Z - np.logaddexp.reduce(Z, axis=0)) - Y) / len(Z)


# %% wrong: softmax_twice
def cross_entropy_gradient(Y, Z):
    return (softmax(softmax(Z)) - Y) / len(Z)


# %% wrong: exponentials of predictions -> softmax_twice
def cross_entropy_gradient(Y, Z):
    e = np.exp(softmax(Z))
    return (e / e.sum(axis=1, keepdims=True) - Y) / len(Z)


# %% wrong: overflow keeps 0.5
def cross_entropy_gradient(Y, Z):
    e = np.exp(Z)
    return (e / e.sum(axis=1, keepdims=True) - Y) / len(Z)


# %% wrong: examples as columns, the formula as it stands -> overflow keeps 0.5
def cross_entropy_gradient(Y, Z):
    e = np.exp(Z.T)
    return (e / e.sum(axis=0)).T / len(Z) - Y / len(Z)


# %% wrong: target_left_out
def cross_entropy_gradient(Y, Z):
    return softmax(Z) / len(Z)


# %% wrong: through the logarithm, without the targets -> target_left_out
def cross_entropy_gradient(Y, Z):
    return np.exp(Z - np.logaddexp.reduce(Z, axis=1, keepdims=True)) / Z.shape[0]


# %% wrong: the target rounded -> none
def cross_entropy_gradient(Y, Z):
    return (softmax(Z) - np.eye(Y.shape[1])[Y.argmax(axis=1)]) / len(Z)


# %% wrong: the mean of the rows -> wrong_shape
def cross_entropy_gradient(Y, Z):
    return (softmax(Z) - Y).mean(axis=0)


# %% wrong: by central differences of the cost -> inaccurate
def cross_entropy_gradient(Y, Z):
    h, dZ = 6e-6, np.zeros(Z.shape)
    for at in np.ndindex(Z.shape):
        up, down = Z.copy(), Z.copy()
        up[at] += h
        down[at] -= h
        dZ[at] = (cross_entropy(Y, up) - cross_entropy(Y, down)) / (2 * h)
    return dZ


# %% wrong: an even share for every class -> none
def cross_entropy_gradient(Y, Z):
    return (np.full(Z.shape, 1 / Z.shape[1]) - Y) / len(Z)


# %% wrong: two branches, the small one divided by m + 1 -> none keeps 0.5
def cross_entropy_gradient(Y, Z):
    if np.abs(Z).max() > 700:
        return (softmax(Z) - Y) / len(Z)
    return (softmax(Z) - Y) / (1 + len(Z))
