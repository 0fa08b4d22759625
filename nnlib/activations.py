"""Activation functions, each with its derivative with respect to z directly below it.

All act element by element on an array z of any shape and return a new array of that shape. float32 stays float32 and
float64 stays float64. None overflows: exponents are never positive.
"""

from nnlib.backend import array_module


def identity(z):
    """identity(z) = z."""
    return array_module(z).array(z)


def identity_derivative(z):
    """identity'(z) = 1."""
    return array_module(z).ones_like(z)


def step(z):
    """step(z) = 1 if z > 0 else 0; the course's choice at the jump is step(0) = 0."""
    return array_module(z).heaviside(z, 0)


def step_derivative(z):
    """step'(z) = 0 (at z = 0 there is no derivative; 0 by convention)."""
    return 0 * step(z)


def sigmoid(z):
    """σ(z) = 1 / (1 + e^(-z)), in (0, 1), written e^min(z, 0) / (1 + e^(-|z|))."""
    xp = array_module(z)
    # e^z/(1 + e^z) is inf/inf at 1000, 1/(1 + e^(-z)) overflows at -1000: this is the first for z < 0, the second else
    return xp.exp(xp.minimum(z, 0)) / (1 + xp.exp(-xp.abs(z)))


def sigmoid_derivative(z):
    """σ'(z) = σ(z) (1 - σ(z)) = σ(z) σ(-z): the second form does not cancel where σ(z) rounds to 1."""
    return sigmoid(z) * sigmoid(-z)


def tanh(z):
    """tanh(z) = 2 σ(2z) - 1."""
    return array_module(z).tanh(z)


def tanh_derivative(z):
    """tanh'(z) = 1 - tanh²(z) = 4 σ'(2z)."""
    return 4 * sigmoid_derivative(2 * z)


def relu(z):
    """relu(z) = max(0, z)."""
    return array_module(z).maximum(z, 0)


def relu_derivative(z):
    """relu'(z) = step(z); at the kink relu'(0) = 0."""
    return step(z)


def softplus(z):
    """softplus(z) = log(1 + e^z) = max(z, 0) + log(1 + e^(-|z|))."""
    xp = array_module(z)
    return xp.maximum(z, 0) + xp.log1p(xp.exp(-xp.abs(z)))


def softplus_derivative(z):
    """softplus'(z) = σ(z)."""
    return sigmoid(z)
