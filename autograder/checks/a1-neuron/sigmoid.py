"""The sigmoid σ(z), also where the exponential overflows."""

from autograder.kit import Check
from nnlib import activations

from . import preactivations, saturated

check = Check(
    inputs={"σ(z)": preactivations, "σ(z) for large |z|": saturated},
    returns={"σ(z)": 0.5, "σ(z) for large |z|": 0.5},
    witness=activations.sigmoid,
)


# %% right: exponent never positive
def sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


# %% right: tanh
def sigmoid(z):
    return (1 + np.tanh(z / 2)) / 2


# %% right: warns of an overflow whose result is right
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


# %% right: two branches by mask
def sigmoid(z):
    a = np.empty_like(z)
    positive = z >= 0
    a[positive] = 1 / (1 + np.exp(-z[positive]))
    e = np.exp(z[~positive])
    a[~positive] = e / (1 + e)
    return a


# %% right: log-sum-exp
def sigmoid(z):
    return np.exp(-np.logaddexp(0, -z))


# %% right: clipped far out
def sigmoid(z):
    return 1 / (1 + np.exp(-np.clip(z, -500, 500)))


# %% right: entry by entry
import math


def sigmoid(z):
    def one(t):
        return 1 / (1 + math.exp(-t)) if t >= 0 else math.exp(t) / (1 + math.exp(t))

    return np.array([one(t) for t in z.ravel()]).reshape(z.shape)


# %% same: np.where(z > 0 "at z = 0 both forms are one half"


# %% wrong: overflow keeps 0.5
def sigmoid(z):
    return np.exp(z) / (1 + np.exp(z))


# %% wrong: one minus one over -> overflow keeps 0.5
def sigmoid(z):
    e = np.exp(z)
    return e * (1 / (1 + e))


# %% wrong: sign_of_z
def sigmoid(z):
    return 1 / (1 + np.exp(z))


# %% wrong: one minus it -> sign_of_z
def sigmoid(z):
    return (1 - np.tanh(z / 2)) / 2


# %% wrong: tanh_for_sigmoid
def sigmoid(z):
    return np.tanh(z)


# %% wrong: of exponentials -> tanh_for_sigmoid
def sigmoid(z):
    q = np.exp(-2 * np.abs(z))
    return np.sign(z) * (1 - q) / (1 + q)


# %% wrong: twice_too_steep
def sigmoid(z):
    return (1 + np.tanh(z)) / 2


# %% wrong: of 2 z -> twice_too_steep
def sigmoid(z):
    return 1 / (1 + np.exp(-2 * z))


# %% wrong: step_for_sigmoid
def sigmoid(z):
    return np.heaviside(z, 0)


# %% wrong: a comparison -> step_for_sigmoid
def sigmoid(z):
    return np.where(z > 0, 1.0, 0.0)


# %% wrong: clipped -> inaccurate keeps 0.5
def sigmoid(z):
    return np.clip(1 / (1 + np.exp(-z)), 1e-7, 1 - 1e-7)


# %% wrong: base 2 -> none
def sigmoid(z):
    return 1 / (1 + 2.0**-z)


# %% wrong: brackets -> not_finite
def sigmoid(z):
    return 1 / 1 + np.exp(-z)


# %% wrong: scalar exponential -> raised
import math


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


# %% wrong: branch on a whole array -> raised
def sigmoid(z):
    if z >= 0:
        return 1 / (1 + np.exp(-z))
    return np.exp(z) / (1 + np.exp(z))


# %% wrong: flattened -> wrong_shape keeps 0.5
def sigmoid(z):
    return np.array([1 / (1 + np.exp(-t)) for t in z.ravel()])
