"""∂J/∂Z from the predictions Ŷ = softmax(Z) and the gradient dout of J with respect to them."""

import numpy as np

from autograder.kit import Check
from nnlib import activations

from . import predictions, single_predictions


def predictions_and_upstream(rng):
    """Ŷ (m, K) and dout (m, K)."""
    yield from _with_upstream(rng, predictions)
    Y_hat = np.array([[0.25, 0.25, 0.5], [0.125, 0.75, 0.125]])
    dout = np.vstack([rng.uniform(-1, 1, 3).round(2), [0.5, 0.5, 0.5]])
    yield "dout is the same for all classes of the second row", (Y_hat, dout)


def one_with_upstream(rng):
    """Ŷ (1, K) and dout (1, K)."""
    yield from _with_upstream(rng, single_predictions)


def _with_upstream(rng, make):
    for label, (Y_hat,) in make(rng):
        yield label, (Y_hat, rng.uniform(-1, 1, size=Y_hat.shape).round(3))


def upstream_cost(V, Y_hat, dout):
    """A cost that is linear in the predictions, dout its slopes; V is added to scores that give Ŷ."""
    with np.errstate(divide="ignore"):
        return np.sum(dout * activations.softmax(np.log(Y_hat) + V))


check = Check(
    inputs={"∂J/∂Z": predictions_and_upstream, "∂J/∂Z of one example": one_with_upstream},
    returns={"∂J/∂Z": 0.5, "∂J/∂Z of one example": 0.5},
    derivative_of=upstream_cost,
    needs=("jacobians",),
)


# %% right: einsum with the Jacobians
def softmax_backward(Y_hat, dout):
    return np.einsum("iab,ia->ib", jacobians(Y_hat), dout)


# %% right: less the weighted mean
def softmax_backward(Y_hat, dout):
    return Y_hat * (dout - (Y_hat * dout).sum(axis=1, keepdims=True))


# %% right: of the Jacobians
def softmax_backward(Y_hat, dout):
    return np.array([jacobian.T @ row for jacobian, row in zip(jacobians(Y_hat), dout)])


# %% right: each row by itself
def softmax_backward(Y_hat, dout):
    return np.array([(np.diag(y_hat) - np.outer(y_hat, y_hat)) @ d for y_hat, d in zip(Y_hat, dout)])


# %% right: a sum over the classes
def softmax_backward(Y_hat, dout):
    m, K = Y_hat.shape
    dZ = np.zeros((m, K))
    for i in range(m):
        for b in range(K):
            dZ[i, b] = sum(dout[i, a] * Y_hat[i, a] * ((a == b) - Y_hat[i, b]) for a in range(K))
    return dZ


# %% right: einsum
def softmax_backward(Y_hat, dout):
    return Y_hat * dout - np.einsum("ib,ia,ia->ib", Y_hat, Y_hat, dout)


# %% right: examples as columns
def softmax_backward(Y_hat, dout):
    A, D = Y_hat.T, dout.T
    return (A * (D - np.sum(A * D, axis=0))).T


# %% wrong: diagonal_alone
def softmax_backward(Y_hat, dout):
    return Y_hat * (1 - Y_hat) * dout


# %% wrong: the diagonals of the Jacobians -> diagonal_alone
def softmax_backward(Y_hat, dout):
    return np.einsum("iaa,ia->ia", jacobians(Y_hat), dout)


# %% wrong: denominator_forgotten
def softmax_backward(Y_hat, dout):
    return Y_hat * dout


# %% wrong: einsum of the two alone -> denominator_forgotten
def softmax_backward(Y_hat, dout):
    return np.array([np.diag(y_hat) @ d for y_hat, d in zip(Y_hat, dout)])


# %% wrong: mean_not_weighted "What is taken off each row is not weighted with the probabilities."
def softmax_backward(Y_hat, dout):
    return Y_hat * (dout - dout.sum(axis=1, keepdims=True))


# %% wrong: loops, without the weights -> mean_not_weighted
def softmax_backward(Y_hat, dout):
    return np.array([y_hat * d - y_hat * sum(d) for y_hat, d in zip(Y_hat, dout)])


# %% wrong: plain_mean "The plain mean of dout was taken off: which mean belongs to the probabilities?"
def softmax_backward(Y_hat, dout):
    return Y_hat * (dout - dout.mean(axis=1, keepdims=True))


# %% wrong: centred first -> plain_mean
def softmax_backward(Y_hat, dout):
    centred = dout - np.einsum("ik->i", dout)[:, None] / dout.shape[1]
    return np.einsum("ik,ik->ik", Y_hat, centred)


# %% wrong: factor_left_out "The factor in front is missing: a class with a probability near 0 hardly moves."
def softmax_backward(Y_hat, dout):
    return dout - (Y_hat * dout).sum(axis=1, keepdims=True)


# %% wrong: einsum, without the factor -> factor_left_out
def softmax_backward(Y_hat, dout):
    return dout - np.einsum("ik,ik->i", Y_hat, dout)[:, None]


# %% wrong: over_examples
def softmax_backward(Y_hat, dout):
    return Y_hat * (dout - (Y_hat * dout).sum(axis=0))


# %% wrong: einsum over the examples -> over_examples
def softmax_backward(Y_hat, dout):
    return Y_hat * dout - Y_hat * np.einsum("ik,ik->k", Y_hat, dout)


# %% wrong: over_everything keeps 0.5
def softmax_backward(Y_hat, dout):
    return Y_hat * (dout - (Y_hat * dout).sum())


# %% wrong: a dot product of all -> over_everything keeps 0.5
def softmax_backward(Y_hat, dout):
    return Y_hat * dout - np.vdot(Y_hat, dout) * Y_hat


# %% wrong: wrong_sign
def softmax_backward(Y_hat, dout):
    return Y_hat * ((Y_hat * dout).sum(axis=1, keepdims=True) - dout)


# %% wrong: by Jacobians, negated -> wrong_sign
def softmax_backward(Y_hat, dout):
    return -np.einsum("iab,ia->ib", jacobians(Y_hat), dout)


# %% wrong: mean_added "The sign between the two terms is wrong: check it with a dout that is the same for all classes."
def softmax_backward(Y_hat, dout):
    return Y_hat * (dout + (Y_hat * dout).sum(axis=1, keepdims=True))


# %% wrong: outer products added -> mean_added
def softmax_backward(Y_hat, dout):
    return np.array([(np.diag(y_hat) + np.outer(y_hat, y_hat)) @ d for y_hat, d in zip(Y_hat, dout)])


# %% wrong: softmax_twice
def softmax_backward(Y_hat, dout):
    a = softmax(Y_hat)
    return a * (dout - (a * dout).sum(axis=1, keepdims=True))


# %% wrong: Jacobians of what it becomes -> softmax_twice
def softmax_backward(Y_hat, dout):
    return np.einsum("iab,ia->ib", jacobians(np.exp(Y_hat) / np.exp(Y_hat).sum(axis=1)[:, None]), dout)


# %% wrong: divided_twice keeps 0.5
def softmax_backward(Y_hat, dout):
    return Y_hat * (dout - (Y_hat * dout).sum(axis=1, keepdims=True)) / len(Y_hat)


# %% wrong: a mean of the Jacobians' products -> divided_twice keeps 0.5
def softmax_backward(Y_hat, dout):
    return np.einsum("iab,ia->ib", jacobians(Y_hat), dout / len(dout))


# %% wrong: an axis of length 1 dropped -> wrong_shape keeps 0.5
def softmax_backward(Y_hat, dout):
    return np.squeeze(np.einsum("iab,ia->ib", jacobians(Y_hat), dout))


# %% wrong: dout ignored -> none
def softmax_backward(Y_hat, dout):
    return jacobians(Y_hat).sum(axis=1)


# %% wrong: less the label, for any cost -> none
def softmax_backward(Y_hat, dout):
    return Y_hat - dout


# %% wrong: a row of all examples -> wrong_shape
def softmax_backward(Y_hat, dout):
    return np.einsum("iab,ia->b", jacobians(Y_hat), dout)


# %% wrong: the Jacobians times dout, entry by entry -> wrong_shape
def softmax_backward(Y_hat, dout):
    return jacobians(Y_hat) * dout[:, np.newaxis, :]


# %% wrong: by central differences -> inaccurate
def softmax_backward(Y_hat, dout):
    with np.errstate(divide="ignore"):
        Z = np.log(Y_hat)
    h, dZ = 1e-5, np.zeros(Y_hat.shape)
    for k, unit in enumerate(np.eye(Y_hat.shape[1])):
        dZ[:, k] = ((softmax(Z + h * unit) - softmax(Z - h * unit)) * dout).sum(axis=1) / (2 * h)
    return dZ
