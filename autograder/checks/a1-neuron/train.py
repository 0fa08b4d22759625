"""Logistic regression by full-batch gradient descent from zero: w, b and the cost before each step."""

import numpy as np

from autograder.kit import check
from nnlib.losses import log_loss_from_logits, log_loss_from_logits_gradient


def training_sets(rng):
    """X (m, n), labels y (m,), learning rate, number of steps.

    Labels lean to 1 and depend on X, so that neither w nor b stays near 0, where rounding would count.
    """
    yield "m = 12, n = 3, 20 steps", (*_labelled(rng, rng.permutation(np.arange(12) % 4 > 0), 3), 0.1, 20)
    yield "soft labels, 15 steps", (*_labelled(rng, rng.uniform(0.4, 1, size=8).round(2), 2), 0.1, 15)
    yield "one example (m = 1)", (*_one_example(rng), 0.2, 10)
    yield "one input (n = 1), one step", (*_labelled(rng, np.array([0, 1, 1, 0, 1]), 1), 0.8, 1)
    yield "50 steps, to the minimum", (*_round_bowl(rng), 2.2, 50)


def _labelled(rng, y, n):
    X = rng.normal(size=(len(y), n))
    X[:, 0] = (2 * y - 1) * rng.uniform(0.3, 2, size=len(y))
    return X.round(2), y.astype(float)


def _one_example(rng):
    """X (1, 2) and its label 1. Its two entries differ in sign: w, which moves along it, is not merely shifted."""
    return rng.uniform(0.3, 2, size=(1, 2)).round(2) * [1, -1], np.ones(1)


def _round_bowl(rng):
    """X (4, 2) and soft labels whose cost has nearly the same curvature in all directions: few steps reach its minimum,
    and the gradient gets as small as anybody may take for zero.
    """
    X = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]]) * rng.uniform(0.8, 1, size=(4, 2)).round(2)
    return X, np.array([0.9, 0.7, 0.8, 0.5]) + rng.uniform(-0.05, 0.05, size=4).round(3)


def descended(X, y, lr, steps):
    """The same with one vector of parameters, the bias its last, and nnlib's loss and gradient."""
    A, v, costs = np.column_stack([X, np.ones(len(X))]), np.zeros(X.shape[1] + 1), []
    for _ in range(steps):
        z = A @ v
        costs.append(log_loss_from_logits(y, z))
        v = v - lr * A.T @ log_loss_from_logits_gradient(y, z)
    return v[:-1], v[-1], costs


@check(
    weights={"w and b": 0.5, "costs": 0.5},
    needs=("sigmoid", "log_loss", "row_gradients", "gradient_step"),
    witness=descended,
)
def examined(blank):
    for case in blank.cases(training_sets):
        got, want = blank.call("train", *case.args, returns=3), blank.want(*case.args)
        allowed = blank.allowed(*case.args)
        for k, property in enumerate(("w and b", "w and b", "costs")):
            blank.close(property, got[k], want[k], rtol=allowed[k])


# %% right: of the parts above
def train(X, y, lr, steps):
    w, b, costs = np.zeros(X.shape[1]), 0.0, []
    for _ in range(steps):
        z = X @ w + b
        costs.append(log_loss(y, z))
        dw, db = row_gradients(X, sigmoid(z) - y)
        w, b = gradient_step(w, b, dw, db, lr)
    return w, b, costs


# %% right: everything written out
def train(X, y, lr, steps):
    m, n = X.shape
    w, b, costs = np.zeros(n), 0.0, np.empty(steps)
    for k in range(steps):
        z = np.dot(X, w) + b
        costs[k] = np.sum(np.logaddexp(0, z) - y * z) / m
        delta = 1 / (1 + np.exp(-z)) - y
        w -= lr * np.dot(delta, X) / m
        b -= lr * np.sum(delta) / m
    return w, b, costs


# %% right: the bias as one more weight
def train(X, y, lr, steps):
    extended = np.column_stack([X, np.ones(len(X))])
    v, costs = np.zeros(extended.shape[1]), []
    while len(costs) < steps:
        z = extended @ v
        costs += [log_loss(y, z)]
        v = v + lr * extended.T @ (y - sigmoid(z)) / len(y)
    return v[:-1], v[-1], np.array(costs)


# %% right: loops
def train(X, y, lr, steps):
    m, n = X.shape
    w, b, costs = [0.0] * n, 0.0, []
    for _ in range(steps):
        z = np.array([sum(w[j] * X[i, j] for j in range(n)) + b for i in range(m)])
        costs.append(float(log_loss(y, z)))
        delta = sigmoid(z) - y
        w = [w[j] - lr * sum(delta[i] * X[i, j] for i in range(m)) / m for j in range(n)]
        b = b - lr * sum(delta) / m
    return np.array(w), b, costs


# %% right: recursion
def train(X, y, lr, steps):
    if steps == 0:
        return np.zeros(X.shape[1]), 0.0, []
    w, b, costs = train(X, y, lr, steps - 1)
    z = X.dot(w) + b
    delta = (np.tanh(z / 2) + 1) / 2 - y
    return w - lr * np.mean(X.T * delta, axis=1), b - lr * delta.mean(), [*costs, np.mean(np.logaddexp(0, z) - y * z)]


# %% wrong: missing_mean
def train(X, y, lr, steps):
    w, b, costs = np.zeros(X.shape[1]), 0.0, []
    for _ in range(steps):
        z = X @ w + b
        costs.append(log_loss(y, z))
        delta = sigmoid(z) - y
        w, b = w - lr * X.T @ delta, b - lr * delta.sum()
    return w, b, costs


# %% wrong: one vector, missing mean -> missing_mean
def train(X, y, lr, steps):
    A, v, costs = np.column_stack([X, np.ones(len(X))]), np.zeros(X.shape[1] + 1), []
    for _ in range(steps):
        z = A @ v
        costs.append(log_loss(y, z))
        v = v - lr * A.T @ (sigmoid(z) - y)
    return v[:-1], v[-1], costs


# %% wrong: ascent
def train(X, y, lr, steps):
    w, b, costs = np.zeros(X.shape[1]), 0.0, []
    for _ in range(steps):
        z = X @ w + b
        costs.append(log_loss(y, z))
        dw, db = row_gradients(X, y - sigmoid(z))
        w, b = gradient_step(w, b, dw, db, lr)
    return w, b, costs


# %% wrong: one vector, ascent -> ascent
def train(X, y, lr, steps):
    A, v, costs = np.column_stack([X, np.ones(len(X))]), np.zeros(X.shape[1] + 1), []
    for _ in range(steps):
        z = A @ v
        costs.append(log_loss(y, z))
        v = v + lr * A.T @ (sigmoid(z) - y) / len(y)
    return v[:-1], v[-1], costs


# %% wrong: lr_forgotten
def train(X, y, lr, steps):
    w, b, costs = np.zeros(X.shape[1]), 0.0, []
    for _ in range(steps):
        z = X @ w + b
        costs.append(log_loss(y, z))
        dw, db = row_gradients(X, sigmoid(z) - y)
        w, b = w - dw, b - db
    return w, b, costs


# %% wrong: one vector, lr forgotten -> lr_forgotten
def train(X, y, lr, steps):
    A, v, costs = np.column_stack([X, np.ones(len(X))]), np.zeros(X.shape[1] + 1), []
    for _ in range(steps):
        z = A @ v
        costs.append(log_loss(y, z))
        v = v - A.T @ (sigmoid(z) - y) / len(y)
    return v[:-1], v[-1], costs


# %% wrong: bias_not_updated
def train(X, y, lr, steps):
    w, b, costs = np.zeros(X.shape[1]), 0.0, []
    for _ in range(steps):
        z = X @ w + b
        costs.append(log_loss(y, z))
        dw, db = row_gradients(X, sigmoid(z) - y)
        w = w - lr * dw
    return w, b, costs


# %% wrong: no column of ones -> bias_not_updated
def train(X, y, lr, steps):
    w, costs = np.zeros(X.shape[1]), []
    for _ in range(steps):
        costs.append(log_loss(y, X @ w))
        w = w - lr * X.T @ (sigmoid(X @ w) - y) / len(y)
    return w, 0.0, costs


# %% wrong: mixed_update
def train(X, y, lr, steps):
    w, b, costs = np.zeros(X.shape[1]), 0.0, []
    for _ in range(steps):
        costs.append(log_loss(y, X @ w + b))
        w = w - lr * row_gradients(X, sigmoid(X @ w + b) - y)[0]
        b = b - lr * row_gradients(X, sigmoid(X @ w + b) - y)[1]
    return w, b, costs


# %% wrong: weights in place -> mixed_update
def train(X, y, lr, steps):
    w, b, costs = np.zeros(X.shape[1]), 0.0, []
    for _ in range(steps):
        costs.append(log_loss(y, X @ w + b))
        w -= lr * (sigmoid(X @ w + b) - y) @ X / len(y)
        b -= lr * np.mean(sigmoid(X @ w + b) - y)
    return w, b, costs


# %% wrong: costs_after_update keeps 0.5
def train(X, y, lr, steps):
    w, b, costs = np.zeros(X.shape[1]), 0.0, []
    for _ in range(steps):
        dw, db = row_gradients(X, sigmoid(X @ w + b) - y)
        w, b = gradient_step(w, b, dw, db, lr)
        costs.append(log_loss(y, X @ w + b))
    return w, b, costs


# %% wrong: one vector, costs after update -> costs_after_update keeps 0.5
def train(X, y, lr, steps):
    A, v, costs = np.column_stack([X, np.ones(len(X))]), np.zeros(X.shape[1] + 1), []
    for _ in range(steps):
        z = A @ v
        v = v - lr * A.T @ (sigmoid(z) - y) / len(y)
        costs.append(log_loss(y, A @ v))
    return v[:-1], v[-1], costs


# %% wrong: one_step_short
def train(X, y, lr, steps):
    w, b, costs = np.zeros(X.shape[1]), 0.0, []
    for _ in range(1, steps):
        z = X @ w + b
        costs.append(log_loss(y, z))
        dw, db = row_gradients(X, sigmoid(z) - y)
        w, b = gradient_step(w, b, dw, db, lr)
    return w, b, costs


# %% wrong: one vector, one step short -> one_step_short
def train(X, y, lr, steps):
    A, v, costs = np.column_stack([X, np.ones(len(X))]), np.zeros(X.shape[1] + 1), []
    for _ in range(steps - 1):
        z = A @ v
        costs.append(log_loss(y, z))
        v = v - lr * A.T @ (sigmoid(z) - y) / len(y)
    return v[:-1], v[-1], costs


# %% wrong: one_step_too_many
def train(X, y, lr, steps):
    w, b, costs = np.zeros(X.shape[1]), 0.0, []
    for _ in range(steps + 1):
        z = X @ w + b
        costs.append(log_loss(y, z))
        dw, db = row_gradients(X, sigmoid(z) - y)
        w, b = gradient_step(w, b, dw, db, lr)
    return w, b, costs


# %% wrong: one vector, one step too many -> one_step_too_many
def train(X, y, lr, steps):
    A, v, costs = np.column_stack([X, np.ones(len(X))]), np.zeros(X.shape[1] + 1), []
    for _ in range(1 + steps):
        z = A @ v
        costs.append(log_loss(y, z))
        v = v - lr * A.T @ (sigmoid(z) - y) / len(y)
    return v[:-1], v[-1], costs


# %% wrong: cost_summed keeps 0.5
def train(X, y, lr, steps):
    w, b, costs = np.zeros(X.shape[1]), 0.0, []
    for _ in range(steps):
        z = X @ w + b
        costs.append(len(y) * log_loss(y, z))
        dw, db = row_gradients(X, sigmoid(z) - y)
        w, b = gradient_step(w, b, dw, db, lr)
    return w, b, costs


# %% wrong: one vector, cost summed -> cost_summed keeps 0.5
def train(X, y, lr, steps):
    A, v, costs = np.column_stack([X, np.ones(len(X))]), np.zeros(X.shape[1] + 1), []
    for _ in range(steps):
        z = A @ v
        costs.append(np.sum(np.logaddexp(0, z) - y * z))
        v = v - lr * A.T @ (sigmoid(z) - y) / len(y)
    return v[:-1], v[-1], costs


# %% wrong: log2 keeps 0.5
def train(X, y, lr, steps):
    w, b, costs = np.zeros(X.shape[1]), 0.0, []
    for _ in range(steps):
        a = sigmoid(X @ w + b)
        costs.append(-np.mean(y * np.log2(a) + (1 - y) * np.log2(1 - a)))
        dw, db = row_gradients(X, a - y)
        w, b = gradient_step(w, b, dw, db, lr)
    return w, b, costs


# %% wrong: one vector, log2 -> log2 keeps 0.5
def train(X, y, lr, steps):
    A, v, costs = np.column_stack([X, np.ones(len(X))]), np.zeros(X.shape[1] + 1), []
    for _ in range(steps):
        z = A @ v
        costs.append(log_loss(y, z) / np.log(2))
        v = v - lr * A.T @ (sigmoid(z) - y) / len(y)
    return v[:-1], v[-1], costs


# %% wrong: sigmoid_left_out
def train(X, y, lr, steps):
    w, b, costs = np.zeros(X.shape[1]), 0.0, []
    for _ in range(steps):
        z = X @ w + b
        costs.append(log_loss(y, z))
        dw, db = row_gradients(X, z - y)
        w, b = gradient_step(w, b, dw, db, lr)
    return w, b, costs


# %% wrong: one vector, sigmoid left out -> sigmoid_left_out
def train(X, y, lr, steps):
    A, v, costs = np.column_stack([X, np.ones(len(X))]), np.zeros(X.shape[1] + 1), []
    for _ in range(steps):
        z = A @ v
        costs.append(log_loss(y, z))
        v = v + lr * (y - z) @ A / len(y)
    return v[:-1], v[-1], costs


# %% wrong: squared_error_signal
def train(X, y, lr, steps):
    w, b, costs = np.zeros(X.shape[1]), 0.0, []
    for _ in range(steps):
        z = X @ w + b
        costs.append(log_loss(y, z))
        dw, db = row_gradients(X, (sigmoid(z) - y) * sigmoid_derivative(z))
        w, b = gradient_step(w, b, dw, db, lr)
    return w, b, costs


# %% wrong: one vector, squared error signal -> squared_error_signal
def train(X, y, lr, steps):
    A, v, costs = np.column_stack([X, np.ones(len(X))]), np.zeros(X.shape[1] + 1), []
    for _ in range(steps):
        z = A @ v
        costs.append(log_loss(y, z))
        a = sigmoid(z)
        v = v - lr * A.T @ ((a - y) * a * (1 - a)) / len(y)
    return v[:-1], v[-1], costs


# %% wrong: cost_of_activation keeps 0.5
def train(X, y, lr, steps):
    w, b, costs = np.zeros(X.shape[1]), 0.0, []
    for _ in range(steps):
        z = X @ w + b
        costs.append(log_loss(y, sigmoid(z)))
        dw, db = row_gradients(X, sigmoid(z) - y)
        w, b = gradient_step(w, b, dw, db, lr)
    return w, b, costs


# %% wrong: one vector, cost of activation -> cost_of_activation keeps 0.5
def train(X, y, lr, steps):
    A, v, costs = np.column_stack([X, np.ones(len(X))]), np.zeros(X.shape[1] + 1), []
    for _ in range(steps):
        z = A @ v
        a = sigmoid(z)
        costs.append(np.mean(np.logaddexp(0, a) - y * a))
        v = v - lr * A.T @ (sigmoid(z) - y) / len(y)
    return v[:-1], v[-1], costs


# %% wrong: stale_gradient
def train(X, y, lr, steps):
    w, b, costs = np.zeros(X.shape[1]), 0.0, []
    dw, db = row_gradients(X, sigmoid(X @ w + b) - y)
    for _ in range(steps):
        costs.append(log_loss(y, X @ w + b))
        w, b = gradient_step(w, b, dw, db, lr)
    return w, b, costs


# %% wrong: one vector, stale gradient -> stale_gradient
def train(X, y, lr, steps):
    A, v, costs = np.column_stack([X, np.ones(len(X))]), np.zeros(X.shape[1] + 1), []
    for _ in range(steps):
        z = A @ v
        costs.append(log_loss(y, z))
        v = v - lr * A.T @ (0.5 - y) / len(y)
    return v[:-1], v[-1], costs


# %% wrong: w from before the last step -> none keeps 0.5
def train(X, y, lr, steps):
    w, b, costs = np.zeros(X.shape[1]), 0.0, []
    for _ in range(steps):
        old = w
        z = X @ w + b
        costs.append(log_loss(y, z))
        w, b = gradient_step(w, b, *row_gradients(X, sigmoid(z) - y), lr)
    return old, b, costs


# %% wrong: gradients by central differences -> inaccurate
def train(X, y, lr, steps):
    def J(v):
        return log_loss(y, X @ v[:-1] + v[-1])

    v, costs = np.zeros(X.shape[1] + 1), []
    for _ in range(steps):
        costs.append(J(v))
        v = v - lr * numerical_gradient(J, v)
    return v[:-1], v[-1], costs


# %% wrong: result and costs made up -> none
def train(X, y, lr, steps):
    return np.ones(X.shape[1]), 1.0, np.log(2) * 0.9 ** np.arange(steps)


# %% wrong: stops early when the cost is low -> wrong_shape
def train(X, y, lr, steps):
    w, b, costs = np.zeros(X.shape[1]), 0.0, []
    for _ in range(steps):
        z = X @ w + b
        cost = log_loss(y, z)
        costs.append(cost)
        if cost < 0.69:
            break
        dw, db = row_gradients(X, sigmoid(z) - y)
        w, b = gradient_step(w, b, dw, db, lr)
    return w, b, costs


# %% wrong: stops where the gradient is small -> wrong_shape
def train(X, y, lr, steps):
    w, b, costs = np.zeros(X.shape[1]), 0.0, []
    for _ in range(steps):
        z = X @ w + b
        costs.append(log_loss(y, z))
        dw, db = row_gradients(X, sigmoid(z) - y)
        w, b = gradient_step(w, b, dw, db, lr)
        if np.linalg.norm(dw) < 0.05:
            break
    return w, b, costs


# %% wrong: stands still where the gradient is small -> inaccurate
def train(X, y, lr, steps):
    w, b, costs = np.zeros(X.shape[1]), 0.0, []
    for _ in range(steps):
        z = X @ w + b
        costs.append(log_loss(y, z))
        dw, db = row_gradients(X, sigmoid(z) - y)
        if max(np.abs(dw).max(), abs(db)) > 1e-5:
            w, b = gradient_step(w, b, dw, db, lr)
    return w, b, costs


# %% wrong: random start -> none
def train(X, y, lr, steps):
    w, b, costs = np.random.default_rng(0).normal(size=X.shape[1]), 0.0, []
    for _ in range(steps):
        z = X @ w + b
        costs.append(log_loss(y, z))
        dw, db = row_gradients(X, sigmoid(z) - y)
        w, b = gradient_step(w, b, dw, db, lr)
    return w, b, costs


# %% wrong: one example at a time -> none
def train(X, y, lr, steps):
    w, b, costs = np.zeros(X.shape[1]), 0.0, []
    for k in range(steps):
        costs.append(log_loss(y, X @ w + b))
        i = k % len(y)
        delta = sigmoid(X[i : i + 1] @ w + b) - y[i : i + 1]
        dw, db = row_gradients(X[i : i + 1], delta)
        w, b = gradient_step(w, b, dw, db, lr)
    return w, b, costs


# %% wrong: returns inside the loop -> wrong_shape
def train(X, y, lr, steps):
    w, b, costs = np.zeros(X.shape[1]), 0.0, []
    for _ in range(steps):
        z = X @ w + b
        costs.append(log_loss(y, z))
        dw, db = row_gradients(X, sigmoid(z) - y)
        w, b = gradient_step(w, b, dw, db, lr)
        return w, b, costs


# %% wrong: parameters from before the last step -> one_step_short keeps 0.5
def train(X, y, lr, steps):
    w, b, costs = np.zeros(X.shape[1]), 0.0, []
    for _ in range(steps):
        old = w, b
        z = X @ w + b
        costs.append(log_loss(y, z))
        w, b = gradient_step(w, b, *row_gradients(X, sigmoid(z) - y), lr)
    return *old, costs


# %% wrong: no costs -> wrong_type
def train(X, y, lr, steps):
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(steps):
        dw, db = row_gradients(X, sigmoid(X @ w + b) - y)
        w, b = gradient_step(w, b, dw, db, lr)
    return w, b


# %% wrong: waits for a cost of zero -> timed_out
def train(X, y, lr, steps):
    w, b, costs = np.zeros(X.shape[1]), 0.0, [np.log(2)]
    while costs[-1] > 0:
        dw, db = row_gradients(X, sigmoid(X @ w + b) - y)
        w, b = gradient_step(w, b, dw, db, lr)
        costs[-1] = log_loss(y, X @ w + b)
    return w, b, costs
