"""∂J/∂w and ∂J/∂b of a weighted mean cost over the rows of a minibatch."""

import numpy as np

from autograder.kit import Check, minibatch, weighted_minibatches


def weighted_rows(rng):
    """X (m, n), delta (m,) and weights s (m,) of the examples."""
    yield from ((label, case) for label, *case in weighted_minibatches(rng))
    yield "one example with weight 0", minibatch(rng, 4, 3, weights=np.array([0.0, 2.0, 1.0, 3.0]))


check = Check(
    inputs=weighted_rows,
    returns={"∂J/∂w": 0.5, "∂J/∂b": 0.5},
    derivative_of=lambda w, b, X, delta, s: np.average((X @ w + b + delta) ** 2, weights=s) / 2,
)


# %% right: shares of the weights
def weighted_gradients(X, delta, s):
    share = s / s.sum()
    return X.T @ (share * delta), share @ delta


# %% right: np.average
def weighted_gradients(X, delta, s):
    return np.average(X * delta[:, None], axis=0, weights=s), np.average(delta, weights=s)


# %% right: a diagonal matrix
def weighted_gradients(X, delta, s):
    S = np.diag(s)
    return X.T @ S @ delta / np.trace(S), np.ones(len(X)) @ S @ delta / np.trace(S)


# %% right: loops
def weighted_gradients(X, delta, s):
    dw, db, total = np.zeros(X.shape[1]), 0.0, 0.0
    for x_i, delta_i, s_i in zip(X, delta, s):
        dw = dw + s_i * delta_i * x_i
        db += s_i * delta_i
        total += s_i
    return dw / total, db / total


# %% right: row_gradients on rescaled error signals
def weighted_gradients(X, delta, s):
    return row_gradients(X, len(s) * s * delta / np.sum(s))


# %% wrong: weights_ignored
def weighted_gradients(X, delta, s):
    return row_gradients(X, delta)


# %% wrong: a mean of products -> weights_ignored
def weighted_gradients(X, delta, s):
    return np.mean(X * delta[:, None], axis=0), np.mean(delta)


# %% wrong: unnormalised_weights
def weighted_gradients(X, delta, s):
    return X.T @ (s * delta), s @ delta


# %% wrong: a sum of products -> unnormalised_weights
def weighted_gradients(X, delta, s):
    return np.sum(X * (s * delta)[:, None], axis=0), np.sum(s * delta)


# %% wrong: weights_divided_by_m
def weighted_gradients(X, delta, s):
    return row_gradients(X, s * delta)


# %% wrong: a mean of weighted products -> weights_divided_by_m
def weighted_gradients(X, delta, s):
    return np.mean(X * (s * delta)[:, None], axis=0), np.mean(s * delta)


# %% wrong: weights_squared
def weighted_gradients(X, delta, s):
    return X.T @ (s * s * delta) / s.sum(), (s * s) @ delta / s.sum()


# %% wrong: weighted twice by np.average -> weights_squared
def weighted_gradients(X, delta, s):
    sd = s * delta
    return np.average(X * sd[:, None], axis=0, weights=s), np.average(sd, weights=s)


# %% wrong: weights_normalised_twice
def weighted_gradients(X, delta, s):
    return row_gradients(X, s * delta / s.sum())


# %% wrong: a mean with shares -> weights_normalised_twice
def weighted_gradients(X, delta, s):
    share = s / s.sum()
    return np.mean(X * (share * delta)[:, None], axis=0), np.mean(share * delta)


# %% wrong: wrong_sign
def weighted_gradients(X, delta, s):
    share = -s / s.sum()
    return X.T @ (share * delta), share @ delta


# %% wrong: np.average of minus delta -> wrong_sign
def weighted_gradients(X, delta, s):
    return np.average(-X * delta[:, None], axis=0, weights=s), np.average(-delta, weights=s)


# %% wrong: missing_upstream
def weighted_gradients(X, delta, s):
    share = s / s.sum()
    return X.T @ share, share.sum()


# %% wrong: np.average of the inputs -> missing_upstream
def weighted_gradients(X, delta, s):
    return np.average(X, axis=0, weights=s), np.average(np.ones(len(s)), weights=s)


# %% wrong: not_summed
def weighted_gradients(X, delta, s):
    share = s / s.sum()
    return X * (share * delta)[:, None], share * delta


# %% wrong: one row an example -> not_summed
def weighted_gradients(X, delta, s):
    total = s.sum()
    return [s_i * d_i * x_i / total for s_i, d_i, x_i in zip(s, delta, X)], s * delta / total


# %% wrong: bias_forgotten keeps 0.5
def weighted_gradients(X, delta, s):
    return X.T @ (s * delta) / s.sum(), 0.0


# %% wrong: a bias without inputs -> bias_forgotten keeps 0.5
def weighted_gradients(X, delta, s):
    return np.average(X * delta[:, None], axis=0, weights=s), np.sum(0 * delta)


# %% wrong: only the bias is weighted -> weights_ignored keeps 0.5
def weighted_gradients(X, delta, s):
    return X.T @ delta / len(X), s @ delta / s.sum()


# %% wrong: bias without the weights -> weights_ignored keeps 0.5
def weighted_gradients(X, delta, s):
    return X.T @ (s * delta) / s.sum(), delta.mean()


# %% wrong: divided by the largest weight -> none
def weighted_gradients(X, delta, s):
    return X.T @ (s * delta) / s.max(), s @ delta / s.max()


# %% wrong: divided by the number of nonzero weights -> none
def weighted_gradients(X, delta, s):
    m = np.count_nonzero(s)
    return X.T @ (s * delta) / m, s @ delta / m


# %% wrong: weights as columns -> raised
def weighted_gradients(X, delta, s):
    return (X * s).T @ delta / s.sum(), s @ delta / s.sum()


# %% wrong: divides by each weight -> none
def weighted_gradients(X, delta, s):
    share = (1 / np.maximum(s, 1e-9)) / np.sum(1 / np.maximum(s, 1e-9))
    return X.T @ (share * delta), share @ delta


# %% wrong: a matrix for the bias -> wrong_shape keeps 0.5
def weighted_gradients(X, delta, s):
    share = (s / s.sum()).reshape(1, -1)
    return ((share * delta) @ X)[0], share @ delta
