"""∂J/∂Z of a ReLU, from ∂J/∂A and the signals Z."""

import numpy as np

from autograder.kit import EXACT, Check
from nnlib.layers import ReLU

from . import drawn


def signals(rng):
    """dout and Z of one shape, no signal of Z near 0."""
    for label, shape in (("m = 4, 3 units", (4, 3)), ("one example (m = 1)", (1, 4))):
        yield label, _opened(rng, rng.choice([-1, 1], shape))
    dead = np.array([[-1, 1, 1], [-1, 1, -1], [-1, -1, 1]])
    yield "a unit that is off for all examples", _opened(rng, dead)
    large = 1000 * rng.choice([-1, 1], (6, 1)) * rng.uniform(1, 2, (6, 1))
    yield "one unit, signals in the thousands", (drawn(rng, 6, 1), large)


def _opened(rng, signs):
    return drawn(rng, *signs.shape), signs * rng.uniform(0.05, 2, signs.shape).round(3)


def touching(rng):
    """dout and Z whose signals are 0 or above."""
    Z = rng.uniform(0.05, 2, (4, 3)).round(3)
    Z.flat[rng.permutation(Z.size)[: Z.size // 2]] = 0
    yield "some signals 0", (drawn(rng, 4, 3), Z)


def by_layer(dout, Z):
    """The same by nnlib's layer."""
    layer = ReLU()
    layer.forward(Z, training=True)
    return layer.backward(dout)


check = Check(
    inputs={"∂J/∂Z": signals, "∂J/∂Z where signals are 0": touching},
    returns={"∂J/∂Z": 0.5, "∂J/∂Z where signals are 0": 0.5},
    witness=by_layer,
    rtol=EXACT,
)


# %% right: a product with a condition
def relu_backward(dout, Z):
    return dout * (Z > 0)


# %% right: where
def relu_backward(dout, Z):
    return np.where(Z > 0, dout, 0.0)


# %% right: a copy, some entries cleared
def relu_backward(dout, Z):
    dZ = dout.copy()
    dZ[Z <= 0] = 0
    return dZ


# %% right: loops
def relu_backward(dout, Z):
    return np.array([[d if z > 0 else 0.0 for d, z in zip(ds, zs)] for ds, zs in zip(dout, Z)])


# %% right: the step function
def relu_backward(dout, Z):
    return dout * np.heaviside(Z, 0.0)


# %% right: from the activation
def relu_backward(dout, Z):
    return dout * np.sign(np.maximum(Z, 0))


# %% wrong: on_at_zero keeps 0.5 "Wrong where a signal is exactly 0: what does the statement say of the slope there?"
def relu_backward(dout, Z):
    return dout * (Z >= 0)


# %% wrong: off below 0 alone -> on_at_zero keeps 0.5
def relu_backward(dout, Z):
    return np.where(Z < 0, 0.0, dout)


# %% wrong: half_at_zero keeps 0.5 "Half of what arrives passes where a signal is 0: the statement chose otherwise."
def relu_backward(dout, Z):
    return dout * np.heaviside(Z, 0.5)


# %% wrong: the mean of both sides -> half_at_zero keeps 0.5
def relu_backward(dout, Z):
    return dout * (1 + np.sign(Z)) / 2


# %% wrong: sign_for_slope keeps 0.5 "The sign of the signal stands where the slope belongs: what is the slope below 0?"
def relu_backward(dout, Z):
    return dout * np.sign(Z)


# %% wrong: the slope of |z| -> sign_for_slope keeps 0.5
def relu_backward(dout, Z):
    return np.where(Z > 0, dout, -dout) * (Z != 0)


# %% wrong: value_for_slope
def relu_backward(dout, Z):
    return dout * np.maximum(Z, 0)


# %% wrong: relu times dout -> value_for_slope
def relu_backward(dout, Z):
    return np.where(Z > 0, Z, 0) * dout


# %% wrong: dout_missing
def relu_backward(dout, Z):
    return (Z > 0).astype(float)


# %% wrong: the local slope alone -> dout_missing
def relu_backward(dout, Z):
    return np.where(Z > 0, 1.0, 0.0)


# %% wrong: mask_of_dout "What arrives was compared with 0, not the signal."
def relu_backward(dout, Z):
    return dout * (dout > 0)


# %% wrong: relu of what arrives -> mask_of_dout
def relu_backward(dout, Z):
    return np.maximum(dout, 0)


# %% wrong: mask_inverted "It passes exactly where it should not: at which signals is a ReLU on?"
def relu_backward(dout, Z):
    return dout * (Z <= 0)


# %% wrong: passes below 0 -> mask_inverted
def relu_backward(dout, Z):
    return dout - np.where(Z > 0, dout, 0)


# %% wrong: slope_left_out
def relu_backward(dout, Z):
    return dout.copy()


# %% wrong: the identity -> slope_left_out
def relu_backward(dout, Z):
    return 1.0 * dout * np.ones(Z.shape)


# %% wrong: wrong_sign
def relu_backward(dout, Z):
    return -dout * (Z > 0)


# %% wrong: downhill -> wrong_sign
def relu_backward(dout, Z):
    return np.where(Z > 0, -dout, 0.0)


# %% wrong: leaky -> none keeps 0.5
def relu_backward(dout, Z):
    return dout * np.where(Z >= 0, Z > 0, 0.1)


# %% wrong: divided by m -> none
def relu_backward(dout, Z):
    return dout * (Z > 0) / (len(Z) + 1)


# %% wrong: one mask for the whole row -> none
def relu_backward(dout, Z):
    return dout * (Z > 0).all(axis=1, keepdims=True)


# %% wrong: booleans -> wrong_type
def relu_backward(dout, Z):
    return str(Z > 0)
