"""All gradients of a network of two layers: ReLU units, and one sigmoid neuron with the log loss."""

import numpy as np

from autograder.kit import Check

from . import drawn

SIZES = (
    ("m = 6, 3 inputs, 4 hidden units", 6, 3, 4),
    ("all sizes equal (m = 3)", 3, 3, 3),
    ("one hidden unit", 5, 2, 1),
    ("one example, one input (m = n = 1)", 1, 1, 4),
)


def networks(rng):
    """X (m, n), soft labels y (m,), W1 (n, k), b1 (k,), w2 (k,) and b2; none near the kink, or its label."""
    for label, m, n, k in SIZES:
        while True:
            X, W1, b1, w2 = drawn(rng, m, n), drawn(rng, n, k), drawn(rng, k), drawn(rng, k)
            # the labels lean to 0 and the outputs to 1, so that sums of error signals do not nearly cancel
            y, b2 = rng.uniform(0, 0.4, m).round(2), float(rng.uniform(0.2, 1).__round__(2))
            Z1 = X @ W1 + b1
            y_hat = 1 / (1 + np.exp(-np.maximum(0, Z1) @ w2 - b2))
            if np.abs(Z1).min() > 0.02 and (Z1.max(axis=0) > 0).all() and np.abs(y_hat - y).min() > 0.02:
                break
        yield label, (X, y, W1, b1, w2, b2)


def cost(dW1, db1, dw2, db2, X, y, W1, b1, w2, b2):
    """The mean log loss of the network whose parameters are moved by so much."""
    z = np.maximum(0, X @ (W1 + dW1) + b1 + db1) @ (w2 + dw2) + b2 + db2
    return np.mean(np.logaddexp(0, z) - y * z)


HIDDEN, OUTPUT = "the hidden layer, W1[i, j] and b1[j]", "the output neuron, w2[j] and b2"
check = Check(
    inputs=networks,
    returns={HIDDEN: 0.5, OUTPUT: 0.5},
    values=(HIDDEN, HIDDEN, OUTPUT, OUTPUT),
    derivative_of=cost,
    needs=("linear_forward", "relu_backward", "linear_backward"),
)


# %% right: of the parts above
def two_layer_backward(X, y, W1, b1, w2, b2):
    Z1 = linear_forward(X, W1, b1)
    A1 = np.maximum(0, Z1)
    delta = (1 / (1 + np.exp(-(A1 @ w2 + b2))) - y) / len(X)
    dW1, db1, _ = linear_backward(relu_backward(np.outer(delta, w2), Z1), X, W1)
    return dW1, db1, A1.T @ delta, delta.sum()


# %% right: everything written out
def two_layer_backward(X, y, W1, b1, w2, b2):
    m = len(X)
    Z1 = X @ W1 + b1
    A1 = Z1 * (Z1 > 0)
    delta = 1 / (1 + np.exp(-A1 @ w2 - b2)) - y
    Delta = delta[:, np.newaxis] * w2 * (Z1 > 0)
    return X.T @ Delta / m, Delta.mean(axis=0), A1.T @ delta / m, delta.mean()


# %% right: columns of one unit
def two_layer_backward(X, y, W1, b1, w2, b2):
    Z1, W2 = linear_forward(X, W1, b1), w2.reshape(-1, 1)
    A1 = np.maximum(Z1, 0)
    Z2 = linear_forward(A1, W2, np.array([b2]))
    dZ2 = (0.5 + 0.5 * np.tanh(Z2 / 2) - y[:, np.newaxis]) / len(y)
    dW2, db2, dA1 = linear_backward(dZ2, A1, W2)
    dW1, db1, _ = linear_backward(relu_backward(dA1, Z1), X, W1)
    return dW1, db1, dW2[:, 0], db2[0]


# %% right: the mean of one example's gradients
def two_layer_backward(X, y, W1, b1, w2, b2):
    dW1, db1, dw2, db2 = np.zeros(W1.shape), np.zeros(len(b1)), np.zeros(len(w2)), 0.0
    for x, label in zip(X, y):
        z1 = x @ W1 + b1
        a1 = np.where(z1 > 0, z1, 0)
        d = 1 / (1 + np.exp(-(a1 @ w2 + b2))) - label
        hidden = d * w2 * (z1 > 0)
        dW1, db1 = dW1 + np.outer(x, hidden) / len(X), db1 + hidden / len(X)
        dw2, db2 = dw2 + d * a1 / len(X), db2 + d / len(X)
    return dW1, db1, dw2, db2


# %% right: einsum
def two_layer_backward(X, y, W1, b1, w2, b2):
    Z1 = np.einsum("ij,jk->ik", X, W1) + b1
    on = np.heaviside(Z1, 0)
    a = 1 / (1 + np.exp(-np.einsum("ik,ik,k->i", Z1, on, w2) - b2))
    d = (a - y) / len(y)
    return (
        np.einsum("ij,i,k,ik->jk", X, d, w2, on),
        np.einsum("i,k,ik->k", d, w2, on),
        np.einsum("i,ik,ik->k", d, Z1, on),
        d.sum(),
    )


# %% right: the biases as weights of a constant
def two_layer_backward(X, y, W1, b1, w2, b2):
    ones = np.ones((len(X), 1))
    X, W = np.hstack([X, ones]), np.vstack([W1, b1])
    A = np.hstack([np.maximum(0, X @ W), ones])
    delta = (1 / (1 + np.exp(-A @ np.append(w2, b2))) - y) / len(X)
    hidden, out = X.T @ (np.outer(delta, w2) * (A[:, :-1] > 0)), A.T @ delta
    return hidden[:-1], hidden[-1], out[:-1], out[-1]


# %% wrong: missing_mean
def two_layer_backward(X, y, W1, b1, w2, b2):
    Z1 = X @ W1 + b1
    A1 = np.maximum(0, Z1)
    delta = 1 / (1 + np.exp(-(A1 @ w2 + b2))) - y
    Delta = np.outer(delta, w2) * (Z1 > 0)
    return X.T @ Delta, Delta.sum(axis=0), A1.T @ delta, delta.sum()


# %% wrong: of the parts, without the mean -> missing_mean
def two_layer_backward(X, y, W1, b1, w2, b2):
    Z1 = linear_forward(X, W1, b1)
    A1 = Z1 * (Z1 > 0)
    delta = 0.5 + 0.5 * np.tanh((A1 @ w2 + b2) / 2) - y
    dW1, db1, _ = linear_backward(relu_backward(np.outer(delta, w2), Z1), X, W1)
    return dW1, db1, delta @ A1, sum(delta)


# %% wrong: divided_twice
def two_layer_backward(X, y, W1, b1, w2, b2):
    m = len(X)
    Z1 = X @ W1 + b1
    A1 = np.maximum(0, Z1)
    delta = (1 / (1 + np.exp(-(A1 @ w2 + b2))) - y) / m
    Delta = np.outer(delta, w2) * (Z1 > 0)
    return X.T @ Delta / m, Delta.mean(axis=0), A1.T @ delta / m, delta.mean()


# %% wrong: of the parts, with two means -> divided_twice
def two_layer_backward(X, y, W1, b1, w2, b2):
    Z1 = linear_forward(X, W1, b1)
    A1 = Z1 * (Z1 > 0)
    delta = (0.5 + 0.5 * np.tanh((A1 @ w2 + b2) / 2) - y) / len(y) ** 2
    dW1, db1, _ = linear_backward(relu_backward(np.outer(delta, w2), Z1), X, W1)
    return dW1, db1, delta @ A1, sum(delta)


# %% wrong: the mean twice in the hidden layer -> divided_twice keeps 0.5
def two_layer_backward(X, y, W1, b1, w2, b2):
    m = len(X)
    Z1 = X @ W1 + b1
    A1 = np.maximum(0, Z1)
    delta = (1 / (1 + np.exp(-(A1 @ w2 + b2))) - y) / m
    Delta = np.outer(delta, w2) * (Z1 > 0)
    return X.T @ Delta / m, Delta.mean(axis=0), A1.T @ delta, delta.sum()


# %% wrong: slope_left_out keeps 0.5
def two_layer_backward(X, y, W1, b1, w2, b2):
    A1 = np.maximum(0, X @ W1 + b1)
    delta = (1 / (1 + np.exp(-(A1 @ w2 + b2))) - y) / len(X)
    Delta = np.outer(delta, w2)
    return X.T @ Delta, Delta.sum(axis=0), A1.T @ delta, delta.sum()


# %% wrong: what reaches the activations -> slope_left_out keeps 0.5
def two_layer_backward(X, y, W1, b1, w2, b2):
    A1 = np.maximum(0, linear_forward(X, W1, b1))
    delta = (0.5 + 0.5 * np.tanh((A1 @ w2 + b2) / 2) - y) / len(y)
    dW1, db1, _ = linear_backward(np.outer(delta, w2), X, W1)
    return dW1, db1, delta @ A1, sum(delta)


# %% wrong: sigmoid_slope keeps 0.5
def two_layer_backward(X, y, W1, b1, w2, b2):
    A1 = np.maximum(0, X @ W1 + b1)
    delta = (1 / (1 + np.exp(-(A1 @ w2 + b2))) - y) / len(X)
    Delta = np.outer(delta, w2) * A1 * (1 - A1)
    return X.T @ Delta, Delta.sum(axis=0), A1.T @ delta, delta.sum()


# %% wrong: the activation less its square -> sigmoid_slope keeps 0.5
def two_layer_backward(X, y, W1, b1, w2, b2):
    A1 = np.maximum(0, linear_forward(X, W1, b1))
    delta = (0.5 + 0.5 * np.tanh((A1 @ w2 + b2) / 2) - y) / len(y)
    dW1, db1, _ = linear_backward(np.outer(delta, w2) * (A1 - A1**2), X, W1)
    return dW1, db1, delta @ A1, sum(delta)


# %% wrong: sigmoid_units "The hidden units came out sigmoids: here they are ReLU."
def two_layer_backward(X, y, W1, b1, w2, b2):
    A1 = 1 / (1 + np.exp(-(X @ W1 + b1)))
    delta = (1 / (1 + np.exp(-(A1 @ w2 + b2))) - y) / len(X)
    Delta = np.outer(delta, w2) * A1 * (1 - A1)
    return X.T @ Delta, Delta.sum(axis=0), A1.T @ delta, delta.sum()


# %% wrong: the network of the lecture -> sigmoid_units
def two_layer_backward(X, y, W1, b1, w2, b2):
    t = np.tanh(linear_forward(X, W1, b1) / 2)
    A1 = 0.5 + 0.5 * t
    delta = (0.5 + 0.5 * np.tanh((A1 @ w2 + b2) / 2) - y) / len(y)
    dW1, db1, _ = linear_backward(np.outer(delta, w2) * (1 - t * t) / 4, X, W1)
    return dW1, db1, delta @ A1, sum(delta)


# %% wrong: bias_left_out
def two_layer_backward(X, y, W1, b1, w2, b2):
    Z1 = X @ W1
    A1 = np.maximum(0, Z1)
    delta = (1 / (1 + np.exp(-(A1 @ w2))) - y) / len(X)
    Delta = np.outer(delta, w2) * (Z1 > 0)
    return X.T @ Delta, Delta.sum(axis=0), A1.T @ delta, delta.sum()


# %% wrong: weights alone on the way forward -> bias_left_out
def two_layer_backward(X, y, W1, b1, w2, b2):
    Z1 = np.einsum("ij,jk->ik", X, W1)
    A1 = Z1 * (Z1 > 0)
    delta = (0.5 + 0.5 * np.tanh(A1 @ w2 / 2) - y) / len(y)
    dW1, db1, _ = linear_backward(relu_backward(np.outer(delta, w2), Z1), X, W1)
    return dW1, db1, delta @ A1, sum(delta)


# %% wrong: labels_rounded
def two_layer_backward(X, y, W1, b1, w2, b2):
    Z1 = X @ W1 + b1
    A1 = np.maximum(0, Z1)
    delta = (1 / (1 + np.exp(-(A1 @ w2 + b2))) - (y > 0.5)) / len(X)
    Delta = np.outer(delta, w2) * (Z1 > 0)
    return X.T @ Delta, Delta.sum(axis=0), A1.T @ delta, delta.sum()


# %% wrong: yes or no alone -> labels_rounded
def two_layer_backward(X, y, W1, b1, w2, b2):
    Z1 = linear_forward(X, W1, b1)
    A1 = Z1 * (Z1 > 0)
    delta = (0.5 + 0.5 * np.tanh((A1 @ w2 + b2) / 2) - np.round(y)) / len(y)
    dW1, db1, _ = linear_backward(relu_backward(np.outer(delta, w2), Z1), X, W1)
    return dW1, db1, delta @ A1, sum(delta)


# %% wrong: output_weights_left_out keeps 0.5 "The error signal reached the hidden units without the weights between."
def two_layer_backward(X, y, W1, b1, w2, b2):
    Z1 = X @ W1 + b1
    A1 = np.maximum(0, Z1)
    delta = (1 / (1 + np.exp(-(A1 @ w2 + b2))) - y) / len(X)
    Delta = delta[:, np.newaxis] * (Z1 > 0)
    return X.T @ Delta, Delta.sum(axis=0), A1.T @ delta, delta.sum()


# %% wrong: every unit blamed alike -> output_weights_left_out keeps 0.5
def two_layer_backward(X, y, W1, b1, w2, b2):
    Z1 = linear_forward(X, W1, b1)
    A1 = Z1 * (Z1 > 0)
    delta = (0.5 + 0.5 * np.tanh((A1 @ w2 + b2) / 2) - y) / len(y)
    dW1, db1, _ = linear_backward(relu_backward(np.outer(delta, np.ones(len(w2))), Z1), X, W1)
    return dW1, db1, delta @ A1, sum(delta)


# %% wrong: squared_error_signal
def two_layer_backward(X, y, W1, b1, w2, b2):
    Z1 = X @ W1 + b1
    A1 = np.maximum(0, Z1)
    a = 1 / (1 + np.exp(-(A1 @ w2 + b2)))
    delta = (a - y) * a * (1 - a) / len(X)
    Delta = np.outer(delta, w2) * (Z1 > 0)
    return X.T @ Delta, Delta.sum(axis=0), A1.T @ delta, delta.sum()


# %% wrong: through the sigmoid once more -> squared_error_signal
def two_layer_backward(X, y, W1, b1, w2, b2):
    Z1 = linear_forward(X, W1, b1)
    A1 = Z1 * (Z1 > 0)
    t = np.tanh((A1 @ w2 + b2) / 2)
    delta = (0.5 + 0.5 * t - y) * (1 - t * t) / 4 / len(y)
    dW1, db1, _ = linear_backward(relu_backward(np.outer(delta, w2), Z1), X, W1)
    return dW1, db1, delta @ A1, sum(delta)


# %% wrong: sigmoid_left_out
def two_layer_backward(X, y, W1, b1, w2, b2):
    Z1 = X @ W1 + b1
    A1 = np.maximum(0, Z1)
    delta = (A1 @ w2 + b2 - y) / len(X)
    Delta = np.outer(delta, w2) * (Z1 > 0)
    return X.T @ Delta, Delta.sum(axis=0), A1.T @ delta, delta.sum()


# %% wrong: a linear output -> sigmoid_left_out
def two_layer_backward(X, y, W1, b1, w2, b2):
    Z1 = linear_forward(X, W1, b1)
    A1 = Z1 * (Z1 > 0)
    delta = (linear_forward(A1, w2.reshape(-1, 1), b2)[:, 0] - y) / len(y)
    dW1, db1, _ = linear_backward(relu_backward(np.outer(delta, w2), Z1), X, W1)
    return dW1, db1, delta @ A1, sum(delta)


# %% wrong: wrong_sign
def two_layer_backward(X, y, W1, b1, w2, b2):
    Z1 = X @ W1 + b1
    A1 = np.maximum(0, Z1)
    delta = (y - 1 / (1 + np.exp(-(A1 @ w2 + b2)))) / len(X)
    Delta = np.outer(delta, w2) * (Z1 > 0)
    return X.T @ Delta, Delta.sum(axis=0), A1.T @ delta, delta.sum()


# %% wrong: label less output -> wrong_sign
def two_layer_backward(X, y, W1, b1, w2, b2):
    Z1 = linear_forward(X, W1, b1)
    A1 = Z1 * (Z1 > 0)
    delta = (y - 0.5 - 0.5 * np.tanh((A1 @ w2 + b2) / 2)) / len(y)
    dW1, db1, _ = linear_backward(relu_backward(np.outer(delta, w2), Z1), X, W1)
    return dW1, db1, delta @ A1, sum(delta)


# %% wrong: signals_for_activations keeps 0.5
def two_layer_backward(X, y, W1, b1, w2, b2):
    Z1 = X @ W1 + b1
    A1 = np.maximum(0, Z1)
    delta = (1 / (1 + np.exp(-(A1 @ w2 + b2))) - y) / len(X)
    Delta = np.outer(delta, w2) * (Z1 > 0)
    return X.T @ Delta, Delta.sum(axis=0), Z1.T @ delta, delta.sum()


# %% wrong: the output neuron reads signals -> signals_for_activations keeps 0.5
def two_layer_backward(X, y, W1, b1, w2, b2):
    Z1 = linear_forward(X, W1, b1)
    A1 = Z1 * (Z1 > 0)
    delta = (0.5 + 0.5 * np.tanh((A1 @ w2 + b2) / 2) - y) / len(y)
    dW1, db1, _ = linear_backward(relu_backward(np.outer(delta, w2), Z1), X, W1)
    return dW1, db1, delta @ Z1, sum(delta)


# %% wrong: hidden_left_linear "The hidden units came out linear: their activation is missing on the way forward."
def two_layer_backward(X, y, W1, b1, w2, b2):
    A1 = X @ W1 + b1
    delta = (1 / (1 + np.exp(-(A1 @ w2 + b2))) - y) / len(X)
    Delta = np.outer(delta, w2)
    return X.T @ Delta, Delta.sum(axis=0), A1.T @ delta, delta.sum()


# %% wrong: two layers that are one -> hidden_left_linear
def two_layer_backward(X, y, W1, b1, w2, b2):
    Z1 = linear_forward(X, W1, b1)
    delta = (0.5 + 0.5 * np.tanh((Z1 @ w2 + b2) / 2) - y) / len(y)
    dW1, db1, _ = linear_backward(np.outer(delta, w2), X, W1)
    return dW1, db1, delta @ Z1, sum(delta)


# %% wrong: moved_weights keeps 0.5
def two_layer_backward(X, y, W1, b1, w2, b2):
    Z1 = X @ W1 + b1
    A1 = np.maximum(0, Z1)
    delta = (1 / (1 + np.exp(-(A1 @ w2 + b2))) - y) / len(X)
    dw2 = A1.T @ delta
    Delta = np.outer(delta, w2 - dw2) * (Z1 > 0)
    return X.T @ Delta, Delta.sum(axis=0), dw2, delta.sum()


# %% wrong: a step inside of the backward pass -> moved_weights keeps 0.5
def two_layer_backward(X, y, W1, b1, w2, b2):
    Z1 = linear_forward(X, W1, b1)
    A1 = Z1 * (Z1 > 0)
    delta = (0.5 + 0.5 * np.tanh((A1 @ w2 + b2) / 2) - y) / len(y)
    dw2 = delta @ A1
    w2 = w2 - 1.0 * dw2
    dW1, db1, _ = linear_backward(relu_backward(np.outer(delta, w2), Z1), X, W1)
    return dW1, db1, dw2, sum(delta)


# %% wrong: bias_forgotten
def two_layer_backward(X, y, W1, b1, w2, b2):
    Z1 = X @ W1 + b1
    A1 = np.maximum(0, Z1)
    delta = (1 / (1 + np.exp(-(A1 @ w2 + b2))) - y) / len(X)
    Delta = np.outer(delta, w2) * (Z1 > 0)
    return X.T @ Delta, np.zeros(len(b1)), A1.T @ delta, 0.0


# %% wrong: nothing for the biases -> bias_forgotten
def two_layer_backward(X, y, W1, b1, w2, b2):
    Z1 = linear_forward(X, W1, b1)
    A1 = Z1 * (Z1 > 0)
    delta = (0.5 + 0.5 * np.tanh((A1 @ w2 + b2) / 2) - y) / len(y)
    dW1, db1, _ = linear_backward(relu_backward(np.outer(delta, w2), Z1), X, W1)
    return dW1, 0 * db1, delta @ A1, 0 * sum(delta)


# %% wrong: the slope of all hidden units where one is on -> none keeps 0.5
def two_layer_backward(X, y, W1, b1, w2, b2):
    Z1 = X @ W1 + b1
    A1 = np.maximum(0, Z1)
    delta = (1 / (1 + np.exp(-(A1 @ w2 + b2))) - y) / len(X)
    Delta = np.outer(delta, w2) * (X[:, :1] > 0)
    return X.T @ Delta, Delta.sum(axis=0), A1.T @ delta, delta.sum()


# %% wrong: sums over all pairs of examples -> none
def two_layer_backward(X, y, W1, b1, w2, b2):
    Z1 = X @ W1 + b1
    A1 = np.maximum(0, Z1)
    delta = (1 / (1 + np.exp(-(A1 @ w2.reshape(-1, 1) + b2))) - y) / len(X)
    delta = delta.sum(axis=1)
    Delta = np.outer(delta, w2) * (Z1 > 0)
    return X.T @ Delta, Delta.sum(axis=0), A1.T @ delta, delta.sum()


# %% wrong: the output as a column -> wrong_shape keeps 0.5
def two_layer_backward(X, y, W1, b1, w2, b2):
    Z1 = X @ W1 + b1
    A1 = np.maximum(0, Z1)
    delta = (1 / (1 + np.exp(-(A1 @ w2 + b2))) - y).reshape(-1, 1) / len(X)
    Delta = delta @ w2.reshape(1, -1) * (Z1 > 0)
    return X.T @ Delta, Delta.sum(axis=0), A1.T @ delta, delta.sum(axis=0)


# %% wrong: the hidden layer turned -> wrong_shape keeps 0.5
def two_layer_backward(X, y, W1, b1, w2, b2):
    Z1 = X @ W1 + b1
    A1 = np.maximum(0, Z1)
    delta = (1 / (1 + np.exp(-(A1 @ w2 + b2))) - y) / len(X)
    Delta = np.outer(delta, w2) * (Z1 > 0)
    return (X.T @ Delta)[np.newaxis], Delta.sum(axis=0), A1.T @ delta, delta.sum()


# %% wrong: an example for a product of matrices -> raised
def two_layer_backward(X, y, W1, b1, w2, b2):
    Z1 = X @ W1 + b1
    A1 = np.maximum(0, Z1)
    delta = 1 / (1 + np.exp(-(A1 @ w2 + b2))) - y
    Delta = (delta @ w2.T) * (Z1 > 0)
    return X.T @ Delta / len(X), Delta.mean(axis=0), A1.T @ delta / len(X), delta.mean()


# %% wrong: three of four -> wrong_type
def two_layer_backward(X, y, W1, b1, w2, b2):
    Z1 = X @ W1 + b1
    A1 = np.maximum(0, Z1)
    delta = (1 / (1 + np.exp(-(A1 @ w2 + b2))) - y) / len(X)
    Delta = np.outer(delta, w2) * (Z1 > 0)
    return X.T @ Delta, Delta.sum(axis=0), A1.T @ delta
