"""∂J/∂w and ∂J/∂b of a minibatch whose examples are columns."""

import numpy as np

from autograder.kit import Check, minibatches


def columns(rng):
    """X (n, m) and error signals delta (m,)."""
    for label, (X, delta) in minibatches(rng):
        yield label, (X.T.copy(), delta)


# every cost with these error signals has these gradients at w = 0, b = 0; this is one
check = Check(
    inputs=columns,
    returns={"∂J/∂w": 0.5, "∂J/∂b": 0.5},
    derivative_of=lambda w, b, X, delta: np.mean((w @ X + b + delta) ** 2) / 2,
)


# %% right: matrix product
def column_gradients(X, delta):
    m = X.shape[1]
    return X @ delta / m, delta.sum() / m


# %% right: a mean over the columns
def column_gradients(X, delta):
    return np.mean(X * delta, axis=1), np.mean(delta)


# %% right: einsum
def column_gradients(X, delta):
    return np.einsum("ji,i->j", X, delta) / len(delta), np.einsum("i->", delta) / len(delta)


# %% right: loops
def column_gradients(X, delta):
    n, m = X.shape
    dw, db = np.zeros(n), 0.0
    for i in range(m):
        dw += X[:, i] * delta[i] / m
        db += delta[i] / m
    return dw, db


# %% right: the bias as one more row, a list of two
def column_gradients(X, delta):
    m = len(delta)
    gradient = np.vstack([X, np.ones(m)]) @ (delta / m)
    return [gradient[:-1], gradient[-1]]


# %% wrong: missing_mean
def column_gradients(X, delta):
    return X @ delta, delta.sum()


# %% wrong: products added up -> missing_mean
def column_gradients(X, delta):
    return (X * delta).sum(axis=1), np.ones(len(delta)) @ delta


# %% wrong: divided_twice
def column_gradients(X, delta):
    m = X.shape[1]
    return (X * delta).mean(axis=1) / m, delta.mean() / m


# %% wrong: a mean of a mean -> divided_twice
def column_gradients(X, delta):
    m = len(delta)
    return X @ (delta / m) / m, np.mean(delta / m)


# %% wrong: divided_by_n
def column_gradients(X, delta):
    m = len(X)
    return X @ delta / m, delta.sum() / m


# %% wrong: a mean over the inputs -> divided_by_n
def column_gradients(X, delta):
    n = X.shape[0]
    return np.einsum("ji,i->j", X, delta / n), np.sum(delta / n)


# %% wrong: wrong_sign
def column_gradients(X, delta):
    m = X.shape[1]
    return -X @ delta / m, -delta.sum() / m


# %% wrong: of minus delta -> wrong_sign
def column_gradients(X, delta):
    return np.mean(X * -delta, axis=1), -np.mean(delta)


# %% wrong: missing_upstream
def column_gradients(X, delta):
    return X.mean(axis=1), 1.0


# %% wrong: delta all ones -> missing_upstream
def column_gradients(X, delta):
    ones = np.ones(X.shape[1])
    return X @ ones / len(ones), ones.mean()


# %% wrong: averaged_separately keeps 0.5
def column_gradients(X, delta):
    return X.mean(axis=1) * delta.mean(), delta.mean()


# %% wrong: sums of each -> averaged_separately keeps 0.5
def column_gradients(X, delta):
    m = len(delta)
    return X.sum(axis=1) * delta.sum() / m**2, delta.sum() / m


# %% wrong: not_summed
def column_gradients(X, delta):
    m = X.shape[1]
    return (X * delta / m).T, delta / m


# %% wrong: loops that collect -> not_summed
def column_gradients(X, delta):
    m = X.shape[1]
    return [X[:, i] * delta[i] / m for i in range(m)], [delta[i] / m for i in range(m)]


# %% wrong: bias_forgotten keeps 0.5
def column_gradients(X, delta):
    return X @ delta / X.shape[1], 0.0


# %% wrong: minus nothing -> bias_forgotten keeps 0.5
def column_gradients(X, delta):
    dw = np.mean(X * delta, axis=1)
    return dw, 0 * dw[0]


# %% wrong: bias not averaged -> missing_mean keeps 0.5
def column_gradients(X, delta):
    return X @ delta / X.shape[1], delta.sum()


# %% wrong: doubled
def column_gradients(X, delta):
    return 2 * X @ delta / X.shape[1], 2 * delta.mean()


# %% wrong: the derivative of a square -> doubled
def column_gradients(X, delta):
    m = X.shape[1]
    return X @ (delta + delta) / m, (delta + delta).mean()


# %% wrong: halved
def column_gradients(X, delta):
    m = X.shape[1]
    return X @ delta / (2 * m), delta.sum() / (2 * m)


# %% wrong: a mean of halves -> halved
def column_gradients(X, delta):
    return np.mean(X * delta / 2, axis=1), np.mean(delta / 2)


# %% wrong: delta_squared
def column_gradients(X, delta):
    m = X.shape[1]
    return X @ delta**2 / m, (delta**2).sum() / m


# %% wrong: delta times delta -> delta_squared
def column_gradients(X, delta):
    m = X.shape[1]
    return (X * delta) @ delta / m, delta @ delta / m


# %% wrong: rows taken for columns -> raised
def column_gradients(X, delta):
    m = len(X)
    return X.T @ delta / m, delta.sum() / m


# %% wrong: a column vector -> wrong_shape keeps 0.5
def column_gradients(X, delta):
    m = X.shape[1]
    return X @ delta.reshape(m, 1) / m, delta.sum() / m


# %% wrong: the bias in an array -> wrong_shape keeps 0.5
def column_gradients(X, delta):
    m = X.shape[1]
    return X @ delta / m, np.ones((1, m)) @ delta / m


# %% wrong: only one value -> wrong_type
def column_gradients(X, delta):
    return X @ delta / X.shape[1]


# %% wrong: renamed -> not_defined
def columns_gradients(X, delta):
    return X @ delta / X.shape[1], delta.mean()
