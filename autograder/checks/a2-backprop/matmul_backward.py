"""∂J/∂A and ∂J/∂B of a matrix product C = A B."""

import numpy as np

from autograder.kit import Check


def matrices(rng):
    """dout (m, k), A (m, n) and B (n, k) of several shapes; no sum nearly cancels."""
    for label, m, n, k in (
        ("m = 4, n = 3, k = 2", 4, 3, 2),
        ("all square (m = n = k = 3)", 3, 3, 3),
        ("one row (m = 1)", 1, 3, 2),
        ("one column in A (n = 1)", 3, 1, 4),
        ("one column in B (k = 1)", 4, 2, 1),
        ("one number each (m = n = k = 1)", 1, 1, 1),
        ("A square (m = n = 3)", 3, 3, 2),
    ):
        signs = rng.choice([-1, 1], size=3)
        dout, A, B = (s * rng.uniform(0.3, 2, size=shape) for s, shape in zip(signs, ((m, k), (m, n), (n, k))))
        yield label, (dout.round(3), A.round(3), B.round(3))


check = Check(
    inputs=matrices,
    returns={"∂J/∂A": 0.5, "∂J/∂B": 0.5},
    derivative_of=lambda dA, dB, dout, A, B: np.sum(dout * ((A + dA) @ (B + dB))),
)


# %% right: matrix products
def matmul_backward(dout, A, B):
    return dout @ B.T, A.T @ dout


# %% right: einsum
def matmul_backward(dout, A, B):
    return np.einsum("ik,jk->ij", dout, B), np.einsum("ij,ik->jk", A, dout)


# %% right: loops over every product in the sum
def matmul_backward(dout, A, B):
    dA, dB = np.zeros(A.shape), np.zeros(B.shape)
    for i, j in np.ndindex(A.shape):
        for k in range(B.shape[1]):
            dA[i, j] += dout[i, k] * B[j, k]
            dB[j, k] += dout[i, k] * A[i, j]
    return dA, dB


# %% right: sums of outer products
def matmul_backward(dout, A, B):
    dA = sum(np.outer(d, b) for d, b in zip(dout.T, B.T))
    dB = sum(np.outer(a, d) for a, d in zip(A, dout))
    return dA, dB


# %% right: products and sums with broadcasting
def matmul_backward(dout, A, B):
    dA = (dout[:, None, :] * B[None, :, :]).sum(axis=2)
    dB = (A[:, :, None] * dout[:, None, :]).sum(axis=0)
    return dA, dB


# %% right: the transposed product's messages
def matmul_backward(dout, A, B):
    return (B @ dout.T).T, (dout.T @ A).T


# %% right: tensordot
def matmul_backward(dout, A, B):
    return np.tensordot(dout, B, axes=(1, 1)), np.tensordot(A, dout, axes=(0, 0))


# %% right: row by row, with dot products
def matmul_backward(dout, A, B):
    dA = [[np.dot(d, b) for b in B] for d in dout]
    dB = [[np.dot(a, d) for d in dout.T] for a in A.T]
    return np.array(dA), np.array(dB)


# %% wrong: dout_missing
def matmul_backward(dout, A, B):
    ones = np.ones(dout.shape)
    return ones @ B.T, A.T @ ones


# %% wrong: row and column sums -> dout_missing
def matmul_backward(dout, A, B):
    dA = np.tile(B.sum(axis=1), (len(A), 1))
    dB = np.tile(A.sum(axis=0)[:, None], (1, B.shape[1]))
    return dA, dB


# %% wrong: dout_twice
def matmul_backward(dout, A, B):
    return dout**2 @ B.T, A.T @ dout**2


# %% wrong: einsum with dout and dout -> dout_twice
def matmul_backward(dout, A, B):
    return np.einsum("ik,ik,jk->ij", dout, dout, B), np.einsum("ij,ik,ik->jk", A, dout, dout)


# %% wrong: mean_once_more
def matmul_backward(dout, A, B):
    m = len(A)
    return dout @ B.T / m, A.T @ dout / m


# %% wrong: dout divided by its rows -> mean_once_more
def matmul_backward(dout, A, B):
    dout = dout / dout.shape[0]
    return np.einsum("ik,jk->ij", dout, B), np.einsum("ij,ik->jk", A, dout)


# %% wrong: the mean for B alone -> none keeps 0.5
def matmul_backward(dout, A, B):
    return dout @ B.T, np.mean(A[:, :, None] * dout[:, None, :], axis=0)


# %% wrong: wrong_sign
def matmul_backward(dout, A, B):
    return -dout @ B.T, -A.T @ dout


# %% wrong: zero less the products -> wrong_sign
def matmul_backward(dout, A, B):
    return 0 - np.einsum("ik,jk->ij", dout, B), 0 - np.einsum("ij,ik->jk", A, dout)


# %% wrong: not_added_up "Each entry has several users; the messages of only one of them were taken."
def matmul_backward(dout, A, B):
    return np.outer(dout[:, 0], B[:, 0]), np.outer(A[0], dout[0])


# %% wrong: the first user of each entry -> not_added_up
def matmul_backward(dout, A, B):
    return dout[:, :1] * B[:, :1].T, A[:1].T * dout[:1]


# %% wrong: averaged_over_users "The messages of an entry's users were averaged: they add up."
def matmul_backward(dout, A, B):
    return (dout[:, None, :] * B).mean(axis=2), (A[:, :, None] * dout[:, None, :]).mean(axis=0)


# %% wrong: divided by the number of users -> averaged_over_users
def matmul_backward(dout, A, B):
    (m, _), (_, k) = A.shape, B.shape
    return dout @ B.T / k, A.T @ dout / m


# %% wrong: own_factor "Each matrix got its own entries as the local gradient: it is the other's that count."
def matmul_backward(dout, A, B):
    return dout.sum(axis=1, keepdims=True) * A, dout.sum(axis=0) * B


# %% wrong: entries times the sum of their users' messages -> own_factor
def matmul_backward(dout, A, B):
    return np.einsum("ik,ij->ij", dout, A), np.einsum("ik,jk->jk", dout, B)


# %% wrong: not transposed -> raised
def matmul_backward(dout, A, B):
    return dout @ B, A @ dout


# %% wrong: not transposed where that fits -> none
def matmul_backward(dout, A, B):
    right = B if B.shape[0] == B.shape[1] else B.T
    left = A if A.shape[0] == A.shape[1] else A.T
    return dout @ right, left @ dout


# %% wrong: the products transposed -> none
def matmul_backward(dout, A, B):
    return B @ dout.T, dout.T @ A


# %% wrong: only A's right, B's of a product entry by entry -> none keeps 0.5
def matmul_backward(dout, A, B):
    return dout @ B.T, np.full(B.shape, np.sum(A)) * np.mean(dout)


# %% wrong: only B's right, A's with B not transposed where that fits -> none keeps 0.5
def matmul_backward(dout, A, B):
    return dout @ (B if B.shape[0] == B.shape[1] else B.T), A.T @ dout


# %% wrong: entry by entry -> raised
def matmul_backward(dout, A, B):
    return dout * B, dout * A


# %% wrong: messages_exchanged
def matmul_backward(dout, A, B):
    return A.T @ dout, dout @ B.T


# %% wrong: einsum, exchanged -> messages_exchanged
def matmul_backward(dout, A, B):
    dA, dB = np.einsum("ik,jk->ij", dout, B), np.einsum("ij,ik->jk", A, dout)
    return dB, dA
