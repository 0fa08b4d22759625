"""∂J/∂z of a sigmoid gate, from its output a = σ(z)."""

import numpy as np

from autograder.kit import Check
from nnlib.activations import sigmoid


def outputs(rng):
    """dout and a of one shape, a between 0 and 1 and not near 1/2, where the slope hardly changes."""
    for label, shape in (("a of shape (6,)", 6), ("a of shape (3, 2)", (3, 2)), ("one entry", 1)):
        a = np.abs(rng.choice([0, 1], size=shape) - rng.uniform(0.1, 0.4, size=shape)).round(3)
        yield label, (_messages(rng, shape), a)


def saturated(rng):
    """The same with outputs near 0, and exactly 0 and 1, as rounding makes them for a large |z|."""
    u, v, w, t = rng.uniform(0.5, 1, size=4).round(2)
    a = np.array([0.0, 1.0, u * 1e-3, 1 - v * 1e-3, w * 1e-6, t * 1e-9])
    yield "outputs near and at 0 and 1", (_messages(rng, 6), rng.permutation(a))
    yield "outputs 0 and 1 alone", (_messages(rng, (2, 2)), rng.permutation([0.0, 1.0, 1.0, 0.0]).reshape(2, 2))


def _messages(rng, shape):
    return (rng.choice([-1, 1], size=shape) * rng.uniform(0.3, 1.5, size=shape)).round(3)


def cost(dz, dout, a):
    """Σ dout ∘ σ(z + dz) where σ(z) = a."""
    with np.errstate(divide="ignore"):
        return np.sum(dout * sigmoid(np.log(a) - np.log1p(-a) + dz))


check = Check(
    inputs={"∂J/∂z": outputs, "∂J/∂z where the gate saturates": saturated},
    returns={"∂J/∂z": 0.5, "∂J/∂z where the gate saturates": 0.5},
    derivative_of=cost,
)


# %% right: as in the lecture's engine
def sigmoid_backward(dout, a):
    return dout * a * (1 - a)


# %% right: less a square
def sigmoid_backward(dout, a):
    return dout * (a - a**2)


# %% right: from the distance to one half
def sigmoid_backward(dout, a):
    return a * dout - a * (a * dout)


# %% right: loops
def sigmoid_backward(dout, a):
    dz = np.empty(a.shape)
    for index, slope in np.ndenumerate(a * (1 - a)):
        dz[index] = dout[index] * slope
    return dz


# %% right: einsum
def sigmoid_backward(dout, a):
    return np.einsum("...,...,...->...", dout, a, 1 - a)


# %% right: the Jacobian, a diagonal matrix
def sigmoid_backward(dout, a):
    jacobian = np.diag((a * (1 - a)).ravel())
    return (np.ravel(dout) @ jacobian).reshape(a.shape)


# %% wrong: sigmoid_once_more "The sigmoid was applied to a: that is its output already."
def sigmoid_backward(dout, a):
    s = 1 / (1 + np.exp(-a))
    return dout * s * (1 - s)


# %% wrong: the slope at a -> sigmoid_once_more
def sigmoid_backward(dout, a):
    return dout * (1 - np.tanh(a / 2) ** 2) / 4


# %% wrong: dout_missing
def sigmoid_backward(dout, a):
    return a * (1 - a)


# %% wrong: a less its square -> dout_missing
def sigmoid_backward(dout, a):
    return a - a * a


# %% wrong: dout_twice
def sigmoid_backward(dout, a):
    return dout**2 * a * (1 - a)


# %% wrong: dout times dout -> dout_twice
def sigmoid_backward(dout, a):
    return dout * (dout * (a - a**2))


# %% wrong: missing_factor
def sigmoid_backward(dout, a):
    return dout * (1 - a)


# %% wrong: dout less dout a -> missing_factor
def sigmoid_backward(dout, a):
    return dout - dout * a


# %% wrong: value_for_slope
def sigmoid_backward(dout, a):
    return dout * a


# %% wrong: the output entry by entry -> value_for_slope
def sigmoid_backward(dout, a):
    return np.array([d * value for d, value in zip(dout.ravel(), a.ravel())]).reshape(a.shape)


# %% wrong: tanh_derivative
def sigmoid_backward(dout, a):
    return dout * (1 - a**2)


# %% wrong: (1 - a)(1 + a) -> tanh_derivative
def sigmoid_backward(dout, a):
    return dout * (1 - a) * (1 + a)


# %% wrong: wrong_sign
def sigmoid_backward(dout, a):
    return dout * a * (a - 1)


# %% wrong: the square less a -> wrong_sign
def sigmoid_backward(dout, a):
    return dout * (a**2 - a)


# %% wrong: slope_divides "The slope divides dout: a local gradient is a factor."
def sigmoid_backward(dout, a):
    return dout / (a * (1 - a))


# %% wrong: a sum of reciprocals -> slope_divides
def sigmoid_backward(dout, a):
    return dout * (1 / a + 1 / (1 - a))


# %% wrong: by way of z, which 0 and 1 do not have -> not_finite keeps 0.5
def sigmoid_backward(dout, a):
    z = np.log(a / (1 - a))
    return dout * np.exp(-z) / (1 + np.exp(-z)) ** 2


# %% wrong: kept away from 0 and 1 -> inaccurate keeps 0.5
def sigmoid_backward(dout, a):
    a = np.clip(a, 1e-8, 1 - 1e-8)
    return dout * a * (1 - a)


# %% wrong: one slope for all -> none
def sigmoid_backward(dout, a):
    return dout * np.mean(a) * (1 - np.mean(a))


# %% wrong: summed -> wrong_shape
def sigmoid_backward(dout, a):
    return np.sum(dout * a * (1 - a))


# %% wrong: right at the ends alone -> none keeps 0.5
def sigmoid_backward(dout, a):
    small = np.minimum(a, 1 - a) < 0.01
    return np.where(small, dout * a * (1 - a), dout / 4)


# %% wrong: mean_once_more
def sigmoid_backward(dout, a):
    return dout * a * (1 - a) / len(a)


# %% wrong: dout divided by its rows -> mean_once_more
def sigmoid_backward(dout, a):
    return dout / dout.shape[0] * (a - a**2)
