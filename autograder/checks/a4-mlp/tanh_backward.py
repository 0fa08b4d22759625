"""∂J/∂Z of a tanh, from ∂J/∂A and the signals Z."""

import numpy as np

from autograder.kit import EXACT, Check
from nnlib.layers import Tanh

from . import drawn


def signals(rng):
    """dout and Z of one shape."""
    shapes = (("as many examples as units (m = 3)", (3, 3)), ("one example (m = 1)", (1, 4)), ("one unit", (6, 1)))
    for label, shape in shapes:
        yield label, (drawn(rng, *shape), rng.uniform(-2, 2, shape).round(3))


def saturated(rng):
    """Signals so large that exp(|z|) is infinite in float64 (from 710 on), and zeros."""
    Z = rng.uniform(750, 1000, (5, 3)).round(1) * rng.choice([-1, 1], (5, 3))
    Z[rng.integers(5), :2] = 0
    yield "|z| up to 1000 (m = 5, 3 units)", (drawn(rng, 5, 3), Z)


def by_layer(dout, Z):
    """The same by nnlib's layer."""
    layer = Tanh()
    layer.forward(Z, training=True)
    return layer.backward(dout)


check = Check(
    inputs={"∂J/∂Z": signals, "∂J/∂Z for large |z|": saturated},
    returns={"∂J/∂Z": 0.5, "∂J/∂Z for large |z|": 0.5},
    witness=by_layer,
    rtol=EXACT,
)


# %% right: from the activation
def tanh_backward(dout, Z):
    return dout * (1 - np.tanh(Z) ** 2)


# %% right: a difference of squares
def tanh_backward(dout, Z):
    A = np.tanh(Z)
    return dout * (1 - A) * (1 + A)


# %% right: exponents never positive
def tanh_backward(dout, Z):
    e = np.exp(-2 * np.abs(Z))
    return dout * 4 * e / (1 + e) ** 2


# %% right: the hyperbolic cosine
def tanh_backward(dout, Z):
    return dout / np.cosh(np.clip(Z, -300, 300)) ** 2


# %% right: loops
def tanh_backward(dout, Z):
    dZ = np.empty(Z.shape)
    for index, z in np.ndenumerate(Z):
        dZ[index] = dout[index] - dout[index] * np.tanh(z) * np.tanh(z)
    return dZ


# %% right: by the sigmoid
def tanh_backward(dout, Z):
    e = np.exp(-2 * np.abs(Z))
    a = 1 / (1 + e)
    return 4 * a * (e * a) * dout


# %% wrong: activation_for_preactivation
def tanh_backward(dout, Z):
    return dout * (1 - Z**2)


# %% wrong: Z taken for A -> activation_for_preactivation
def tanh_backward(dout, Z):
    return dout * (1 - Z) * (1 + Z)


# %% wrong: tanh_twice
def tanh_backward(dout, Z):
    return dout * (1 - np.tanh(np.tanh(Z)) ** 2)


# %% wrong: the slope at the activation -> tanh_twice
def tanh_backward(dout, Z):
    return dout / np.cosh(np.tanh(Z)) ** 2


# %% wrong: sigmoid_slope
def tanh_backward(dout, Z):
    a = 1 / (1 + np.exp(-Z))
    return dout * a * (1 - a)


# %% wrong: the rule of the sigmoid, stable -> sigmoid_slope
def tanh_backward(dout, Z):
    e = np.exp(-np.abs(Z))
    return dout * e / (1 + e) ** 2


# %% wrong: sigmoid_rule "This is the rule of the sigmoid with the value of tanh put in: tanh has a rule of its own."
def tanh_backward(dout, Z):
    A = np.tanh(Z)
    return dout * A * (1 - A)


# %% wrong: A minus its square -> sigmoid_rule
def tanh_backward(dout, Z):
    return dout * (np.tanh(Z) - np.tanh(Z) ** 2)


# %% wrong: not_squared "The activation enters the slope, but not to the right power: check the slope at z and at -z."
def tanh_backward(dout, Z):
    return dout * (1 - np.tanh(Z))


# %% wrong: dout less dout times A -> not_squared
def tanh_backward(dout, Z):
    return dout - dout * np.tanh(Z)


# %% wrong: value_for_slope
def tanh_backward(dout, Z):
    return dout * np.tanh(Z)


# %% wrong: tanh by the sigmoid -> value_for_slope
def tanh_backward(dout, Z):
    e = np.exp(-2 * np.abs(Z))
    return dout * np.sign(Z) * (1 - e) / (1 + e)


# %% wrong: dout_missing
def tanh_backward(dout, Z):
    return 1 - np.tanh(Z) ** 2


# %% wrong: the local slope alone -> dout_missing
def tanh_backward(dout, Z):
    return (1 + np.tanh(Z)) * (1 - np.tanh(Z))


# %% wrong: slope_left_out
def tanh_backward(dout, Z):
    return dout.copy()


# %% wrong: the identity -> slope_left_out
def tanh_backward(dout, Z):
    return 1.0 * dout * np.ones(Z.shape)


# %% wrong: wrong_sign
def tanh_backward(dout, Z):
    return dout * (np.tanh(Z) ** 2 - 1)


# %% wrong: downhill -> wrong_sign
def tanh_backward(dout, Z):
    return -dout * (1 - np.tanh(Z)) * (1 + np.tanh(Z))


# %% wrong: exponentials that overflow -> not_finite keeps 0.5
def tanh_backward(dout, Z):
    A = (np.exp(Z) - np.exp(-Z)) / (np.exp(Z) + np.exp(-Z))
    return dout * (1 - A**2)


# %% wrong: on between -1 and 1 -> none keeps 0.5
def tanh_backward(dout, Z):
    return dout * (np.abs(Z) < 1)


# %% wrong: a product of matrices -> raised
def tanh_backward(dout, Z):
    return dout @ (1 - np.tanh(Z) ** 2)


# %% wrong: divided by m -> none
def tanh_backward(dout, Z):
    return dout * (1 - np.tanh(Z) ** 2) / len(Z)


# %% wrong: central differences -> inaccurate
def tanh_backward(dout, Z):
    h = 1e-5
    return dout * (np.tanh(Z + h) - np.tanh(Z - h)) / (2 * h)
