"""The error signals of a hidden layer of tanh units, and ∂J/∂W and ∂J/∂b of that layer."""

import numpy as np

from autograder.kit import Check

from . import drawn, errors

SIZES = (
    ("m = 5, from 2 to 3 units, 4 after them", 5, 2, 3, 4),
    ("all sizes equal (m = 3)", 3, 3, 3, 3),
    ("one example (m = 1)", 1, 3, 2, 4),
    ("one hidden unit, and one after it", 4, 2, 1, 1),
)


def layers(rng):
    """Delta of the next layer, its W, A of this layer and of the one before."""
    for label, m, before, here, after in SIZES:
        A = rng.uniform(0.1, 0.95, (m, here)).round(3) * rng.choice([-1, 1], (m, here))
        yield label, (errors(rng, m, after), drawn(rng, here, after), A, drawn(rng, m, before))


def carried(dZ, dW, db, Delta, W, A, A_before):
    """A cost whose derivatives at 0 are the three: the error signals without 1/m, the others with it."""
    Z = np.arctanh(A)
    of_signals = np.sum(Delta * (np.tanh(Z + dZ) @ W))
    return of_signals + np.sum(Delta * (np.tanh(Z + A_before @ dW + db) @ W)) / len(A)


SIGNALS, PARAMETERS = "Δ", "∂J/∂W[i, j] and ∂J/∂b[j]"
check = Check(
    inputs=layers,
    returns={SIGNALS: 0.5, PARAMETERS: 0.5},
    values=(SIGNALS, PARAMETERS, PARAMETERS),
    derivative_of=carried,
)


# %% right: three lines of matrices
def hidden_gradients(Delta, W, A, A_before):
    m = len(A)
    Delta = (Delta @ W.T) * (1 - A**2)
    return Delta, A_before.T @ Delta / m, Delta.sum(axis=0) / m


# %% right: einsum
def hidden_gradients(Delta, W, A, A_before):
    here = np.einsum("ik,jk,ij->ij", Delta, W, (1 - A) * (1 + A))
    return here, np.einsum("ij,ik->jk", A_before, here) / len(A), here.mean(axis=0)


# %% right: the mean of outer products
def hidden_gradients(Delta, W, A, A_before):
    here = np.array([(W @ d) * (1 - a * a) for d, a in zip(Delta, A)])
    return here, np.mean([np.outer(x, d) for x, d in zip(A_before, here)], axis=0), np.mean(here, axis=0)


# %% right: loops
def hidden_gradients(Delta, W, A, A_before):
    (m, s), n = A.shape, A_before.shape[1]
    here, dW, db = np.zeros((m, s)), np.zeros((n, s)), np.zeros(s)
    for k in range(m):
        for j in range(s):
            here[k, j] = sum(W[j, t] * Delta[k, t] for t in range(W.shape[1])) * (1 - A[k, j] ** 2)
            db[j] += here[k, j] / m
            for i in range(n):
                dW[i, j] += A_before[k, i] * here[k, j] / m
    return here, dW, db


# %% right: in columns
def hidden_gradients(Delta, W, A, A_before):
    columns = (W @ Delta.T) * (1 - A.T**2)
    return columns.T, (columns @ A_before / len(A)).T, columns.mean(axis=1)


# %% right: by the blank on linear layers
def hidden_gradients(Delta, W, A, A_before):
    _, _, dA = linear_backward(Delta, A, W)
    here = dA - dA * A**2
    dW, db, _ = linear_backward(here / len(A), A_before, np.zeros((A_before.shape[1], A.shape[1])))
    return here, dW, db


# %% wrong: missing_mean keeps 0.5
def hidden_gradients(Delta, W, A, A_before):
    Delta = (Delta @ W.T) * (1 - A**2)
    return Delta, A_before.T @ Delta, Delta.sum(axis=0)


# %% wrong: sums of outer products -> missing_mean keeps 0.5
def hidden_gradients(Delta, W, A, A_before):
    here = np.array([(W @ d) * (1 - a * a) for d, a in zip(Delta, A)])
    return here, sum(np.outer(x, d) for x, d in zip(A_before, here)), sum(here)


# %% wrong: divided_twice keeps 0.5
def hidden_gradients(Delta, W, A, A_before):
    m = len(A)
    Delta = (Delta @ W.T) * (1 - A**2)
    return Delta, A_before.T @ Delta / m**2, Delta.sum(axis=0) / m**2


# %% wrong: the mean of a mean -> divided_twice keeps 0.5
def hidden_gradients(Delta, W, A, A_before):
    here = np.einsum("ik,jk,ij->ij", Delta, W, 1 - A * A)
    return here, np.einsum("ij,ik->jk", A_before, here / len(A)) / len(A), (here / len(A)).mean(axis=0)


# %% wrong: bias_summed keeps 0.5 "The gradient of the biases is a sum over the examples: J is their mean."
def hidden_gradients(Delta, W, A, A_before):
    Delta = (Delta @ W.T) * (1 - A**2)
    return Delta, A_before.T @ Delta / len(A), Delta.sum(axis=0)


# %% wrong: the mean for the weights alone -> bias_summed keeps 0.5
def hidden_gradients(Delta, W, A, A_before):
    here = np.einsum("ik,jk,ij->ij", Delta, W, 1 - A * A)
    return here, np.einsum("ij,ik->jk", A_before, here) / len(A), sum(here)


# %% wrong: error_averaged keeps 0.5
def hidden_gradients(Delta, W, A, A_before):
    Delta = (Delta @ W.T) * (1 - A**2) / len(A)
    return Delta, A_before.T @ Delta, Delta.sum(axis=0)


# %% wrong: the mean in the error signals -> error_averaged keeps 0.5
def hidden_gradients(Delta, W, A, A_before):
    here = np.einsum("ik,jk,ij->ij", Delta / len(A), W, 1 - A * A)
    return here, np.einsum("ij,ik->jk", A_before, here), sum(here)


# %% wrong: the mean everywhere -> error_averaged
def hidden_gradients(Delta, W, A, A_before):
    m = len(A)
    Delta = (Delta @ W.T) * (1 - A**2) / m
    return Delta, A_before.T @ Delta / m, Delta.mean(axis=0)


# %% wrong: slope_left_out
def hidden_gradients(Delta, W, A, A_before):
    m = len(A)
    Delta = Delta @ W.T
    return Delta, A_before.T @ Delta / m, Delta.sum(axis=0) / m


# %% wrong: back to the activations alone -> slope_left_out
def hidden_gradients(Delta, W, A, A_before):
    here = np.array([W @ d for d in Delta])
    return here, np.mean([np.outer(x, d) for x, d in zip(A_before, here)], axis=0), here.mean(axis=0)


# %% wrong: tanh_twice
def hidden_gradients(Delta, W, A, A_before):
    m = len(A)
    Delta = (Delta @ W.T) * (1 - np.tanh(A) ** 2)
    return Delta, A_before.T @ Delta / m, Delta.sum(axis=0) / m


# %% wrong: the slope at the activation -> tanh_twice
def hidden_gradients(Delta, W, A, A_before):
    here = np.array([W @ d for d in Delta]) / np.cosh(A) ** 2
    return here, np.mean([np.outer(x, d) for x, d in zip(A_before, here)], axis=0), here.mean(axis=0)


# %% wrong: sigmoid_slope
def hidden_gradients(Delta, W, A, A_before):
    m = len(A)
    Delta = (Delta @ W.T) * A * (1 - A)
    return Delta, A_before.T @ Delta / m, Delta.sum(axis=0) / m


# %% wrong: A minus its square -> sigmoid_slope
def hidden_gradients(Delta, W, A, A_before):
    here = np.einsum("ik,jk,ij->ij", Delta, W, A - A * A)
    return here, np.einsum("ij,ik->jk", A_before, here) / len(A), here.mean(axis=0)


# %% wrong: value_for_slope
def hidden_gradients(Delta, W, A, A_before):
    m = len(A)
    Delta = (Delta @ W.T) * A
    return Delta, A_before.T @ Delta / m, Delta.sum(axis=0) / m


# %% wrong: times the activation -> value_for_slope
def hidden_gradients(Delta, W, A, A_before):
    here = np.array([(W @ d) * a for d, a in zip(Delta, A)])
    return here, np.mean([np.outer(x, d) for x, d in zip(A_before, here)], axis=0), here.mean(axis=0)


# %% wrong: slope_squared
def hidden_gradients(Delta, W, A, A_before):
    m = len(A)
    Delta = (Delta @ W.T) * (1 - A**2) ** 2
    return Delta, A_before.T @ Delta / m, Delta.sum(axis=0) / m


# %% wrong: the slope before and after -> slope_squared
def hidden_gradients(Delta, W, A, A_before):
    slope = (1 - A) * (1 + A)
    here = np.einsum("ik,jk,ij->ij", Delta, W, slope) * slope
    return here, np.einsum("ij,ik->jk", A_before, here) / len(A), here.mean(axis=0)


# %% wrong: wrong_sign
def hidden_gradients(Delta, W, A, A_before):
    m = len(A)
    Delta = (Delta @ W.T) * (A**2 - 1)
    return Delta, A_before.T @ Delta / m, Delta.sum(axis=0) / m


# %% wrong: everything downhill -> wrong_sign
def hidden_gradients(Delta, W, A, A_before):
    here = np.einsum("ik,jk,ij->ij", -Delta, W, 1 - A * A)
    return here, np.einsum("ij,ik->jk", A_before, here) / len(A), here.mean(axis=0)


# %% wrong: missing_upstream
def hidden_gradients(Delta, W, A, A_before):
    m = len(A)
    Delta = (np.ones(Delta.shape) @ W.T) * (1 - A**2)
    return Delta, A_before.T @ Delta / m, Delta.sum(axis=0) / m


# %% wrong: sums of weights -> missing_upstream
def hidden_gradients(Delta, W, A, A_before):
    here = W.sum(axis=1) * (1 - A * A)
    return here, np.einsum("ij,ik->jk", A_before, here) / len(A), here.mean(axis=0)


# %% wrong: bias_forgotten keeps 0.5
def hidden_gradients(Delta, W, A, A_before):
    Delta = (Delta @ W.T) * (1 - A**2)
    return Delta, A_before.T @ Delta / len(A), np.zeros(A.shape[1])


# %% wrong: no signal for the biases -> bias_forgotten keeps 0.5
def hidden_gradients(Delta, W, A, A_before):
    here = np.einsum("ik,jk,ij->ij", Delta, W, 1 - A * A)
    return here, np.einsum("ij,ik->jk", A_before, here) / len(A), 0 * here.mean(axis=0)


# %% wrong: Δ right to start with, then without its slope -> slope_left_out keeps 0.5
def hidden_gradients(Delta, W, A, A_before):
    back = Delta @ W.T
    return back * (1 - A**2), A_before.T @ back / len(A), back.mean(axis=0)


# %% wrong: gradients right, Δ without its slope -> slope_left_out keeps 0.5
def hidden_gradients(Delta, W, A, A_before):
    here = (Delta @ W.T) * (1 - A**2)
    return Delta @ W.T, A_before.T @ here / len(A), here.mean(axis=0)


# %% wrong: weights not transposed -> raised
def hidden_gradients(Delta, W, A, A_before):
    Delta = (Delta @ W) * (1 - A**2)
    return Delta, A_before.T @ Delta / len(A), Delta.mean(axis=0)


# %% wrong: a product of matrices for the slope -> raised
def hidden_gradients(Delta, W, A, A_before):
    Delta = (Delta @ W.T) @ (1 - A**2)
    return Delta, A_before.T @ Delta / len(A), Delta.mean(axis=0)


# %% wrong: the activations of the same layer -> none keeps 0.5
def hidden_gradients(Delta, W, A, A_before):
    here = (Delta @ W.T) * (1 - A**2)
    return here, A.T @ here / len(A), here.mean(axis=0, keepdims=True)


# %% wrong: divided by the number of inputs -> none keeps 0.5
def hidden_gradients(Delta, W, A, A_before):
    n = A_before.shape[1]
    here = (Delta @ W.T) * (1 - A**2)
    return here, A_before.T @ here / n, here.sum(axis=0) / n
