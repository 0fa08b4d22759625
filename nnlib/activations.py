"""Activation functions, each with its derivative with respect to z directly below it.

Those up to ELU act entry by entry on an array z of any shape and return a new array of that shape; maxout, softmax and
log-softmax act along the last axis. float32 stays float32 and float64 stays float64. None overflows: exponents are
never positive.
"""

import numpy as np

from nnlib.backend import array_module


def identity(z):
    """identity(z) = z."""
    return z * 1


def identity_derivative(z):
    """identity'(z) = 1."""
    return np.ones_like(z)


def step(z):
    """step(z) = 1 if z > 0 else 0; the course's choice at the jump is step(0) = 0."""
    return np.greater(z, 0).astype(np.result_type(z, 0.0))  # np.heaviside takes 30 times as long


def step_derivative(z):
    """step'(z) = 0 (at z = 0 there is no derivative; 0 by convention)."""
    return 0 * step(z)


def sigmoid(z):
    """σ(z) = 1 / (1 + e^(-z)), in (0, 1), written e^min(z, 0) / (1 + e^(-|z|))."""
    # e^z/(1 + e^z) is inf/inf at 1000, 1/(1 + e^(-z)) overflows at -1000: this is the first for z < 0, the second else
    return np.exp(np.minimum(z, 0)) / (1 + np.exp(-np.abs(z)))


def sigmoid_derivative(z):
    """σ'(z) = σ(z) (1 - σ(z)) = q / (1 + q)², q = e^(-|z|): this form does not cancel where σ(z) rounds to 1."""
    q = np.exp(-np.abs(z))
    return q / (1 + q) ** 2


def tanh(z):
    """tanh(z) = 2 σ(2z) - 1."""
    return np.tanh(z)


def tanh_derivative(z):
    """tanh'(z) = 1 - tanh²(z) = 4 σ'(2z) = 4q / (1 + q)², q = e^(-2|z|)."""
    q = np.exp(-2 * np.abs(z))
    return 4 * q / (1 + q) ** 2


def relu(z):
    """relu(z) = max(0, z)."""
    return np.maximum(z, 0)


def relu_derivative(z):
    """relu'(z) = step(z); at the kink relu'(0) = 0."""
    return step(z)


def leaky_relu(z, slope=0.1):
    """leaky_relu(z) = z if z > 0 else slope · z = max(z, slope · z), for a slope in [0, 1]."""
    return np.maximum(z, slope * z)


def leaky_relu_derivative(z, slope=0.1):
    """leaky_relu'(z) = 1 if z > 0 else slope."""
    return np.maximum(step(z), slope)


def softplus(z):
    """softplus(z) = log(1 + e^z) = max(z, 0) + log(1 + e^(-|z|))."""
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def softplus_derivative(z):
    """softplus'(z) = σ(z)."""
    return sigmoid(z)


def elu(z, alpha=1.0):
    """elu(z) = z if z > 0 else α (e^z - 1), written max(z, 0) + α (e^min(z, 0) - 1). Clevert et al., 2016."""
    return np.maximum(z, 0) + alpha * np.expm1(np.minimum(z, 0))


def elu_derivative(z, alpha=1.0):
    """elu'(z) = 1 if z > 0 else α e^z, written α e^min(z, 0) + (1 - α) step(z); at 0 it is α."""
    return alpha * np.exp(np.minimum(z, 0)) + (1 - alpha) * step(z)


def maxout(z):
    """maxout(z)_j = max_p z_jp over the last axis, the k pieces: (…, n, k) → (…, n). Goodfellow et al., 2013."""
    return z.max(axis=-1)


def maxout_derivative(z):
    """1 where z is the piece that won (the first of equal ones), else 0; shape of z."""
    pieces = array_module(z).arange(z.shape[-1])
    return (z.argmax(axis=-1)[..., None] == pieces).astype(z.dtype)


def softmax(z):
    """softmax(z)_k = e^(z_k) / Σ_j e^(z_j) along the last axis; unchanged by a shift, so the largest z is made 0."""
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def softmax_backward(a, dout):
    """dz = a (dout - Σ_k dout_k a_k) with a = softmax(z): dout times the Jacobian diag(a) - a aᵀ, row by row."""
    return a * (dout - (a * dout).sum(axis=-1, keepdims=True))


def log_softmax(z):
    """log softmax(z)_k = z_k - log Σ_j e^(z_j): finite where softmax rounds to 0."""
    shifted = z - z.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def log_softmax_backward(log_a, dout):
    """dz = dout - a Σ_k dout_k with log_a = log softmax(z), a = e^(log_a)."""
    return dout - np.exp(log_a) * dout.sum(axis=-1, keepdims=True)
