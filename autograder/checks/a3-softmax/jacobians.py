"""The Jacobians ∂ŷ/∂z of softmax, one for each row of Ŷ."""

import numpy as np

from autograder.kit import EXACT, Check
from nnlib import activations

from . import predictions, single_predictions


def row_by_row(Y_hat):
    """Row a of each Jacobian is what comes back for an upstream gradient that is 1 at ŷ_a and 0 elsewhere."""
    m, K = Y_hat.shape
    return np.stack([activations.softmax_backward(Y_hat, np.tile(unit, (m, 1))) for unit in np.eye(K)], axis=1)


check = Check(
    inputs={"∂ŷ/∂z": predictions, "∂ŷ/∂z of one example": single_predictions},
    returns={"∂ŷ/∂z": 0.5, "∂ŷ/∂z of one example": 0.5},
    witness=row_by_row,
    rtol=EXACT,
)


# %% right: broadcasting
def jacobians(Y_hat):
    ones = np.eye(Y_hat.shape[1])
    return Y_hat[:, :, np.newaxis] * (ones - Y_hat[:, np.newaxis, :])


# %% right: a diagonal less an outer product, for each row
def jacobians(Y_hat):
    return np.array([np.diag(y_hat) - np.outer(y_hat, y_hat) for y_hat in Y_hat])


# %% right: einsum
def jacobians(Y_hat):
    ones = np.eye(Y_hat.shape[1])
    return np.einsum("ia,ab->iab", Y_hat, ones) - np.einsum("ia,ib->iab", Y_hat, Y_hat)


# %% right: entry by entry
def jacobians(Y_hat):
    m, K = Y_hat.shape
    jacobian = np.empty((m, K, K))
    for i in range(m):
        for a in range(K):
            for b in range(K):
                y_a, y_b = Y_hat[i, a], Y_hat[i, b]
                jacobian[i, a, b] = y_a * (1 - y_a) if a == b else -y_a * y_b
    return jacobian


# %% right: the outer product, then its diagonal
def jacobians(Y_hat):
    jacobian = -Y_hat[:, :, None] * Y_hat[:, None, :]
    k = np.arange(Y_hat.shape[1])
    jacobian[:, k, k] += Y_hat
    return jacobian


# %% right: products of matrices
def jacobians(Y_hat):
    columns = Y_hat[..., np.newaxis]
    return np.stack([np.diag(y_hat) for y_hat in Y_hat]) - columns @ columns.transpose(0, 2, 1)


# %% wrong: diagonal_alone
def jacobians(Y_hat):
    return np.array([np.diag(y_hat * (1 - y_hat)) for y_hat in Y_hat])


# %% wrong: broadcasting, the diagonal alone -> diagonal_alone
def jacobians(Y_hat):
    return np.eye(Y_hat.shape[1]) * (Y_hat - Y_hat**2)[:, :, np.newaxis]


# %% wrong: diagonal_forgotten "The diagonal is wrong: a score stands in the numerator of its own probability, too."
def jacobians(Y_hat):
    return -Y_hat[:, :, None] * Y_hat[:, None, :]


# %% wrong: outer products alone -> diagonal_forgotten
def jacobians(Y_hat):
    return np.array([np.outer(-y_hat, y_hat) for y_hat in Y_hat])


# %% wrong: denominator_forgotten
def jacobians(Y_hat):
    return np.array([np.diag(y_hat) for y_hat in Y_hat])


# %% wrong: einsum without the denominator -> denominator_forgotten
def jacobians(Y_hat):
    return np.einsum("ia,ab->iab", Y_hat, np.eye(Y_hat.shape[1]))


# %% wrong: wrong_sign
def jacobians(Y_hat):
    return np.array([np.outer(y_hat, y_hat) - np.diag(y_hat) for y_hat in Y_hat])


# %% wrong: broadcasting, negated -> wrong_sign
def jacobians(Y_hat):
    return Y_hat[:, :, np.newaxis] * (Y_hat[:, np.newaxis, :] - np.eye(Y_hat.shape[1]))


# %% wrong: others_rise "Off the diagonal the sign is wrong: when one score rises, the other probabilities fall."
def jacobians(Y_hat):
    return np.abs([np.diag(y_hat) - np.outer(y_hat, y_hat) for y_hat in Y_hat])


# %% wrong: entry by entry, all positive -> others_rise
def jacobians(Y_hat):
    K = Y_hat.shape[1]
    return np.array([[[y[a] * (1 - y[a] if a == b else y[b]) for b in range(K)] for a in range(K)] for y in Y_hat])


# %% wrong: outer_added "The diagonal is wrong, and off it the sign: check what each row of a Jacobian sums to."
def jacobians(Y_hat):
    return np.array([np.diag(y_hat) + np.outer(y_hat, y_hat) for y_hat in Y_hat])


# %% wrong: broadcasting with a plus -> outer_added
def jacobians(Y_hat):
    return Y_hat[:, :, np.newaxis] * (np.eye(Y_hat.shape[1]) + Y_hat[:, np.newaxis, :])


# %% wrong: softmax_twice
def jacobians(Y_hat):
    again = softmax(Y_hat)
    return np.array([np.diag(a) - np.outer(a, a) for a in again])


# %% wrong: probabilities taken for scores -> softmax_twice
def jacobians(Y_hat):
    e = np.exp(Y_hat)
    a = e / e.sum(axis=1, keepdims=True)
    return a[:, :, None] * (np.eye(a.shape[1]) - a[:, None, :])


# %% wrong: first_row_alone keeps 0.5 "All Jacobians are that of the first example: each row has its own."
def jacobians(Y_hat):
    y_hat = Y_hat[0]
    return np.tile(np.diag(y_hat) - np.outer(y_hat, y_hat), (len(Y_hat), 1, 1))


# %% wrong: broadcasting the first row -> first_row_alone keeps 0.5
def jacobians(Y_hat):
    first = Y_hat[:1].T * (np.eye(Y_hat.shape[1]) - Y_hat[:1])
    return np.array([first for _ in Y_hat])


# %% wrong: ones_for_the_diagonal "The identity stands for the diagonal matrix of the probabilities."
def jacobians(Y_hat):
    return np.array([np.eye(len(y_hat)) - np.outer(y_hat, y_hat) for y_hat in Y_hat])


# %% wrong: einsum with ones -> ones_for_the_diagonal
def jacobians(Y_hat):
    return np.eye(Y_hat.shape[1])[np.newaxis] - np.einsum("ia,ib->iab", Y_hat, Y_hat)


# %% wrong: an axis of length 1 dropped -> wrong_shape keeps 0.5
def jacobians(Y_hat):
    return np.squeeze([np.diag(y_hat) - np.outer(y_hat, y_hat) for y_hat in Y_hat])


# %% wrong: the diagonals as rows -> wrong_shape
def jacobians(Y_hat):
    return Y_hat * (1 - Y_hat)


# %% wrong: the mean of all Jacobians -> wrong_shape
def jacobians(Y_hat):
    return np.mean([np.diag(y_hat) - np.outer(y_hat, y_hat) for y_hat in Y_hat], axis=0)


# %% wrong: one of a flat Ŷ -> wrong_shape
def jacobians(Y_hat):
    flat = Y_hat.ravel()
    return np.diag(flat) - np.outer(flat, flat)


# %% wrong: divided by m -> none
def jacobians(Y_hat):
    return np.array([np.diag(y_hat) - np.outer(y_hat, y_hat) for y_hat in Y_hat]) / (len(Y_hat) + 1)


# %% wrong: examples for classes -> wrong_shape
def jacobians(Y_hat):
    return np.array([np.diag(column) - np.outer(column, column) for column in Y_hat.T])


# %% wrong: by central differences -> inaccurate
def jacobians(Y_hat):
    Z, h = np.log(np.maximum(Y_hat, 1e-300)), 1e-5
    moved = [(softmax(Z + h * unit) - softmax(Z - h * unit)) / (2 * h) for unit in np.eye(Y_hat.shape[1])]
    return np.stack(moved, axis=2)


# %% wrong: the square of the diagonal -> none
def jacobians(Y_hat):
    return np.array([np.diag(y_hat**2) - np.outer(y_hat, y_hat) for y_hat in Y_hat])


# %% wrong: outer_summed keeps 0.5 "The outer products of all examples were added up: each example has its own."
def jacobians(Y_hat):
    return np.eye(Y_hat.shape[1]) * Y_hat[:, :, np.newaxis] - Y_hat.T @ Y_hat


# %% wrong: diagonals less one sum of outer products -> outer_summed keeps 0.5
def jacobians(Y_hat):
    together = sum(np.outer(y_hat, y_hat) for y_hat in Y_hat)
    return np.array([np.diag(y_hat) - together for y_hat in Y_hat])


# %% wrong: one product for all examples -> wrong_shape
def jacobians(Y_hat):
    return Y_hat.T @ Y_hat
