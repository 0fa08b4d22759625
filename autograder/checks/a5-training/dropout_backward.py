"""∂J/∂X and ∂J/∂W of a linear layer with dropout before it."""

import numpy as np

from autograder.kit import Check


def layers_with_masks(rng):
    """∂J/∂Z (m, n_out), X (m, n_in), W (n_in, n_out) and a mask (m, n_in) of 0 and 1/(1 − p)."""
    kinds = ("m = 5, 4 inputs, 3 units", 5, 4, 3, 0.5), ("as many of each", 4, 4, 4, 0.2)
    kinds += ("one example (m = 1)", 1, 5, 3, 0.6), ("one unit", 4, 3, 1, 0.2), ("one input", 6, 1, 2, 0.6)
    kinds += (("nothing dropped (p = 0)", 3, 2, 2, 0.0),)
    for label, m, n_in, n_out, p in kinds:
        X, W, dout = rng.normal(size=(m, n_in)), rng.normal(size=(n_in, n_out)), rng.normal(size=(m, n_out))
        kept = rng.random((m, n_in)) >= p
        kept.flat[0], kept.flat[-1] = True, not p  # one of each
        yield label, (dout.round(2), X.round(2), W.round(2), kept / (1 - p))


check = Check(
    inputs=layers_with_masks,
    returns={"∂J/∂X": 0.5, "∂J/∂W": 0.5},
    derivative_of=lambda dX, dW, dout, X, W, mask: np.sum(dout * ((X + dX) * mask @ (W + dW))),
)


# %% right: matrix products
def dropout_backward(dout, X, W, mask):
    return dout @ W.T * mask, (X * mask).T @ dout


# %% right: einsum
def dropout_backward(dout, X, W, mask):
    return np.einsum("ik,jk,ij->ij", dout, W, mask), np.einsum("ij,ij,ik->jk", X, mask, dout)


# %% right: example by example
def dropout_backward(dout, X, W, mask):
    dX, dW = np.zeros(X.shape), np.zeros(W.shape)
    for i in range(len(X)):
        dX[i] = mask[i] * (W @ dout[i])
        dW += np.outer(mask[i] * X[i], dout[i])
    return dX, dW


# %% right: the layers one after the other
def dropout_backward(dout, X, W, mask):
    out = X * mask
    d_out, dW = np.dot(dout, np.transpose(W)), np.dot(np.transpose(out), dout)
    return np.multiply(d_out, mask), dW


# %% right: only what was kept
def dropout_backward(dout, X, W, mask):
    dX = np.zeros(X.shape)
    dX[mask > 0] = (dout @ W.T)[mask > 0] * mask.max()
    return dX, np.where(mask > 0, X * mask.max(), 0).T @ dout


# %% wrong: mask_left_out "Dropout does not enter: what was dropped has had no influence on the cost."
def dropout_backward(dout, X, W, mask):
    return dout @ W.T, X.T @ dout


# %% wrong: a linear layer alone -> mask_left_out
def dropout_backward(dout, X, W, mask):
    return np.einsum("ik,jk->ij", dout, W), np.einsum("ij,ik->jk", X, dout)


# %% wrong: weights_see_all keeps 0.5 "The weights have seen the inputs after dropout, not those before."
def dropout_backward(dout, X, W, mask):
    return dout @ W.T * mask, X.T @ dout


# %% wrong: the weights of a linear layer alone -> weights_see_all keeps 0.5
def dropout_backward(dout, X, W, mask):
    return np.einsum("ik,jk,ij->ij", dout, W, mask), np.einsum("ij,ik->jk", X, dout)


# %% wrong: inputs_see_all keeps 0.5 "The gradient of the inputs ignores the mask: what was dropped gets none."
def dropout_backward(dout, X, W, mask):
    return dout @ W.T, (X * mask).T @ dout


# %% wrong: stopped behind dropout -> inputs_see_all keeps 0.5
def dropout_backward(dout, X, W, mask):
    return np.einsum("ik,jk->ij", dout, W), np.einsum("ij,ij,ik->jk", X, mask, dout)


# %% wrong: scale_left_out "Zeros are where they must be, but what survives lacks the factor that went forward."
def dropout_backward(dout, X, W, mask):
    kept = mask > 0
    return dout @ W.T * kept, (X * kept).T @ dout


# %% wrong: a mask of ones -> scale_left_out
def dropout_backward(dout, X, W, mask):
    return np.where(mask, dout @ W.T, 0), np.where(mask, X, 0).T @ dout


# %% wrong: mask_twice "The mask enters twice: once forward means once backward."
def dropout_backward(dout, X, W, mask):
    return dout @ W.T * mask**2, (X * mask**2).T @ dout


# %% wrong: masked before and after -> mask_twice
def dropout_backward(dout, X, W, mask):
    out, d_out = X * mask, dout @ W.T * mask
    return d_out * mask, (out * mask).T @ dout


# %% wrong: mask_inverted "The gradient goes to what was dropped: the mask is inverted."
def dropout_backward(dout, X, W, mask):
    other = mask.max() - mask
    return dout @ W.T * other, (X * other).T @ dout


# %% wrong: zeros where something was kept -> mask_inverted
def dropout_backward(dout, X, W, mask):
    factor = np.max(mask)
    return np.where(mask > 0, 0, factor * (dout @ W.T)), np.where(mask > 0, 0, factor * X).T @ dout


# %% wrong: divided_by_m "A mean over the examples was taken: dout carries their number already."
def dropout_backward(dout, X, W, mask):
    m = len(X)
    return dout @ W.T * mask / m, (X * mask).T @ dout / m


# %% wrong: means of products -> divided_by_m
def dropout_backward(dout, X, W, mask):
    dout = dout / len(dout)
    return np.einsum("ik,jk,ij->ij", dout, W, mask), np.einsum("ij,ij,ik->jk", X, mask, dout)


# %% wrong: wrong_sign
def dropout_backward(dout, X, W, mask):
    return -dout @ W.T * mask, -(X * mask).T @ dout


# %% wrong: of minus the upstream gradient -> wrong_sign
def dropout_backward(dout, X, W, mask):
    return np.einsum("ik,jk,ij->ij", -dout, W, mask), np.einsum("ij,ij,ik->jk", X, mask, -dout)


# %% wrong: divided by the mask -> none keeps 0.5
def dropout_backward(dout, X, W, mask):
    return dout @ W.T / np.where(mask > 0, mask, 1), (X * mask).T @ dout


# %% wrong: the mean mask of each input -> none keeps 0.5
def dropout_backward(dout, X, W, mask):
    return dout @ W.T * mask.mean(axis=0), (X * mask).T @ dout


# %% wrong: upstream left out -> none
def dropout_backward(dout, X, W, mask):
    one = np.ones(dout.shape)
    return one @ W.T * mask, (X * mask).T @ one


# %% wrong: exchanged on return -> none
def dropout_backward(dout, X, W, mask):
    return (X * mask).T @ dout, dout @ W.T * mask


# %% wrong: the weights' gradient turned -> none keeps 0.5
def dropout_backward(dout, X, W, mask):
    return dout @ W.T * mask, dout.T @ (X * mask)


# %% wrong: W not turned -> raised
def dropout_backward(dout, X, W, mask):
    return dout @ W * mask, (X * mask).T @ dout


# %% wrong: the mask before the product -> raised
def dropout_backward(dout, X, W, mask):
    return (dout * mask) @ W.T, (X * mask).T @ dout


# %% wrong: the inputs alone -> wrong_type
def dropout_backward(dout, X, W, mask):
    return [*(dout @ W.T * mask), 0]
