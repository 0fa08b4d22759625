"""∂J/∂A of G = A Aᵀ, one gate that uses its input twice."""

import numpy as np

from autograder.kit import Check

SHAPES = (
    ("m = 3, n = 4", 3, 4),
    ("m = 4, n = 2", 4, 2),
    ("A square (m = n = 3)", 3, 3),
    ("one column (n = 1)", 3, 1),
    ("two rows (m = 2)", 2, 5),
)


def any_dout(rng):
    """dout (m, m), not symmetric, and A (m, n)."""
    for label, m, n in SHAPES:
        lower = np.tril(rng.uniform(0.8, 2, size=(m, m)))
        yield label, ((lower + 0.3 * np.triu(lower.T, 1)).round(3), _filled(rng, m, n))


def symmetric_dout(rng):
    """The same with a symmetric dout, as a cost makes it in which G[i, j] and G[j, i] count alike."""
    for label, m, n in (("symmetric dout, m = 3, n = 4", 3, 4), ("one row (m = 1)", 1, 3), ("m = n = 1", 1, 1)):
        dout = rng.uniform(0.3, 1, size=(m, m)).round(3)
        yield label, (dout + dout.T, _filled(rng, m, n))


def _filled(rng, m, n):
    return (rng.choice([-1, 1]) * rng.uniform(0.3, 2, size=(m, n))).round(3)


check = Check(
    inputs={"∂J/∂A": any_dout, "∂J/∂A where dout is symmetric": symmetric_dout},
    returns={"∂J/∂A": 0.5, "∂J/∂A where dout is symmetric": 0.5},
    derivative_of=lambda dA, dout, A: np.sum(dout * ((A + dA) @ (A + dA).T)),
    needs=("matmul_backward",),
)


# %% right: the messages of both uses
def gram_backward(dout, A):
    to_left, to_right = matmul_backward(dout, A, A.T)
    return to_left + to_right.T


# %% right: both uses in one product
def gram_backward(dout, A):
    return (dout + dout.T) @ A


# %% right: einsum, index by index
def gram_backward(dout, A):
    return np.einsum("ij,jk->ik", dout, A) + np.einsum("ij,ik->jk", dout, A)


# %% right: loops
def gram_backward(dout, A):
    dA = np.zeros(A.shape)
    for i, j in np.ndindex(dout.shape):
        dA[i] += dout[i, j] * A[j]
        dA[j] += dout[i, j] * A[i]
    return dA


# %% right: twice the symmetric part
def gram_backward(dout, A):
    return 2 * ((dout + dout.T) / 2) @ A


# %% right: by two products of matrices
def gram_backward(dout, A):
    return np.dot(dout, A) + np.dot(A.T, dout).T


# %% wrong: one_use_only "A is used twice in this gate, and the message of only one use came back."
def gram_backward(dout, A):
    return dout @ A


# %% wrong: the left factor's message -> one_use_only
def gram_backward(dout, A):
    return np.einsum("ij,jk->ik", dout, A)


# %% wrong: other_use_only "Only the message of the right factor came back: A is the left factor, too."
def gram_backward(dout, A):
    return dout.T @ A


# %% wrong: the right factor's message -> other_use_only
def gram_backward(dout, A):
    return (A.T @ dout).T


# %% wrong: symmetric_assumed keeps 0.5 "The two uses were taken to send the same message: dout need not be symmetric."
def gram_backward(dout, A):
    return 2 * dout @ A


# %% wrong: one message twice -> symmetric_assumed keeps 0.5
def gram_backward(dout, A):
    message = np.einsum("ij,jk->ik", dout, A)
    return message + message


# %% wrong: dout_missing
def gram_backward(dout, A):
    ones = np.ones(dout.shape)
    return (ones + ones) @ A


# %% wrong: twice the column sums -> dout_missing
def gram_backward(dout, A):
    return np.tile(2 * A.sum(axis=0), (len(A), 1))


# %% wrong: uses_averaged "The messages of the two uses were averaged: they add up."
def gram_backward(dout, A):
    return (dout + dout.T) @ A / 2


# %% wrong: the symmetric part alone -> uses_averaged
def gram_backward(dout, A):
    return np.mean([dout @ A, dout.T @ A], axis=0)


# %% wrong: wrong_sign
def gram_backward(dout, A):
    return -(dout + dout.T) @ A


# %% wrong: both uses from nothing -> wrong_sign
def gram_backward(dout, A):
    return 0 - dout @ A - dout.T @ A


# %% wrong: uses_subtracted "The messages of the two uses were subtracted: they add up."
def gram_backward(dout, A):
    return (dout - dout.T) @ A


# %% wrong: the left less the right -> uses_subtracted
def gram_backward(dout, A):
    return dout @ A - (A.T @ dout).T


# %% wrong: dout_twice
def gram_backward(dout, A):
    return (dout**2 + dout.T**2) @ A


# %% wrong: dout times dout -> dout_twice
def gram_backward(dout, A):
    weighted = dout * dout
    return weighted @ A + weighted.T @ A


# %% wrong: the right factor's message not transposed -> raised
def gram_backward(dout, A):
    return dout @ A + A.T @ dout


# %% wrong: as if the rows were columns -> raised
def gram_backward(dout, A):
    return A @ (dout + dout.T)


# %% wrong: the diagonal alone -> none
def gram_backward(dout, A):
    return 2 * np.diag(dout)[:, None] * A


# %% wrong: both messages, side by side -> none
def gram_backward(dout, A):
    return dout @ A, A.T @ dout


# %% wrong: doubled unless dout is symmetric -> none keeps 0.5
def gram_backward(dout, A):
    if np.array_equal(dout, dout.T):
        return dout @ A
    return (dout + dout.T) @ A
