"""∂J/∂w and ∂J/∂b of a minibatch whose examples are rows."""

import numpy as np

from autograder.kit import Check, minibatches

# every cost with these error signals has these gradients at w = 0, b = 0; this is one
check = Check(
    inputs=minibatches,
    returns={"∂J/∂w": 0.5, "∂J/∂b": 0.5},
    derivative_of=lambda w, b, X, delta: np.mean((X @ w + b + delta) ** 2) / 2,
)


# %% right: matrix product
def row_gradients(X, delta):
    m = len(X)
    return X.T @ delta / m, delta.sum() / m


# %% right: einsum
def row_gradients(X, delta):
    return np.einsum("ij,i->j", X, delta) / len(X), delta.mean()


# %% right: a mean of outer products
def row_gradients(X, delta):
    return (X * delta[:, np.newaxis]).mean(axis=0), np.average(delta)


# %% right: loops
def row_gradients(X, delta):
    m, n = X.shape
    dw = np.array([sum(X[i, j] * delta[i] for i in range(m)) for j in range(n)]) / m
    return dw, sum(delta) / m


# %% right: the design matrix with a column of ones
def row_gradients(X, delta):
    m = len(X)
    *dw, db = delta / m @ np.hstack([X, np.ones((m, 1))])
    return np.array(dw), db


# %% right: by the column form
def row_gradients(X, delta):
    return column_gradients(X.T, delta)


# %% right: a list of weights' gradients
def row_gradients(X, delta):
    return [float(np.dot(column, delta)) / len(delta) for column in X.T], float(np.mean(delta))


# %% wrong: missing_mean
def row_gradients(X, delta):
    return X.T @ delta, delta.sum()


# %% wrong: einsum without the mean -> missing_mean
def row_gradients(X, delta):
    return np.einsum("ij,i->j", X, delta), np.einsum("i->", delta)


# %% wrong: weights not averaged -> missing_mean keeps 0.5
def row_gradients(X, delta):
    return X.T @ delta, delta.mean()


# %% wrong: divided_twice
def row_gradients(X, delta):
    m = len(X)
    delta = delta / m
    return X.T @ delta / m, delta.mean()


# %% wrong: by m squared -> divided_twice
def row_gradients(X, delta):
    return delta @ X / len(X) ** 2, np.sum(delta) / len(X) ** 2


# %% wrong: divided_by_n
def row_gradients(X, delta):
    m = X.shape[1]
    return X.T @ delta / m, delta.sum() / m


# %% wrong: a mean over the wrong axis -> divided_by_n
def row_gradients(X, delta):
    n = X.shape[1]
    return np.sum(X * (delta / n)[:, None], axis=0), np.sum(delta / n)


# %% wrong: wrong_sign
def row_gradients(X, delta):
    m = len(X)
    return X.T @ -delta / m, -delta.mean()


# %% wrong: label minus output -> wrong_sign
def row_gradients(X, delta):
    return -(delta @ X) / len(X), -np.average(delta)


# %% wrong: missing_upstream
def row_gradients(X, delta):
    return X.mean(axis=0), 1.0


# %% wrong: delta all ones -> missing_upstream
def row_gradients(X, delta):
    ones = np.ones(len(X))
    return ones @ X / len(X), ones @ ones / len(X)


# %% wrong: averaged_separately keeps 0.5
def row_gradients(X, delta):
    return X.mean(axis=0) * delta.mean(), delta.mean()


# %% wrong: an outer product of means -> averaged_separately keeps 0.5
def row_gradients(X, delta):
    m = len(X)
    return np.sum(X, axis=0) / m * (np.sum(delta) / m), np.sum(delta) / m


# %% wrong: not_summed
def row_gradients(X, delta):
    m = len(X)
    return X * delta[:, None] / m, delta / m


# %% wrong: one row an example -> not_summed
def row_gradients(X, delta):
    m = len(X)
    return np.array([x * d for x, d in zip(X, delta)]) / m, np.array(list(delta)) / m


# %% wrong: doubled
def row_gradients(X, delta):
    return 2 * X.T @ delta / len(X), 2 * delta.mean()


# %% wrong: delta and delta -> doubled
def row_gradients(X, delta):
    return (delta + delta) @ X / len(X), np.mean(delta + delta)


# %% wrong: halved
def row_gradients(X, delta):
    m = len(X)
    return X.T @ delta / (2 * m), delta.sum() / (2 * m)


# %% wrong: half of the mean -> halved
def row_gradients(X, delta):
    return 0.5 * np.mean(X * delta[:, None], axis=0), 0.5 * delta.mean()


# %% wrong: delta_squared
def row_gradients(X, delta):
    return X.T @ (delta * delta) / len(X), np.mean(delta * delta)


# %% wrong: delta times delta -> delta_squared
def row_gradients(X, delta):
    return delta @ (X * delta[:, None]) / len(X), delta @ delta / len(X)


# %% wrong: bias_forgotten keeps 0.5
def row_gradients(X, delta):
    return X.T @ delta / len(X), 0.0


# %% wrong: a bias without inputs -> bias_forgotten keeps 0.5
def row_gradients(X, delta):
    return np.mean(X * delta[:, None], axis=0), np.sum(0 * delta)


# %% wrong: columns taken for rows -> raised
def row_gradients(X, delta):
    m = len(delta)
    return X @ delta / m, delta.sum() / m


# %% wrong: transposed where it fits -> none keeps 0.5
def row_gradients(X, delta):
    m = len(delta)
    rows = X if X.shape[0] == X.shape[1] else X.T
    return rows @ delta / m, delta.sum() / m


# %% wrong: rounded -> inaccurate
def row_gradients(X, delta):
    return np.round(X.T @ delta / len(X), 6), round(float(delta.mean()), 6)


# %% wrong: a row vector -> wrong_shape keeps 0.5
def row_gradients(X, delta):
    m = len(X)
    return delta.reshape(1, m) @ X / m, delta.mean()


# %% wrong: one array for both -> wrong_type
def row_gradients(X, delta):
    return np.append(X.T @ delta, delta.sum()) / len(X)


# %% wrong: divided by m - 1 -> none
def row_gradients(X, delta):
    m = len(X)
    return X.T @ delta / (m - 1), delta.sum() / np.float64(m - 1)
