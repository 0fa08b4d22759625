"""dJ/dT of the mean cross entropy of softmax(Z/T)."""

import numpy as np

from autograder.kit import Check
from nnlib.losses import softmax_cross_entropy

from . import ONE_EXAMPLE, SHAPES, probabilities


def with_temperature(rng):
    """Y (m, K), Z (m, K), T; all of a size at which rounding stays small in dJ/dT."""
    for label, m, K in SHAPES + ONE_EXAMPLE:
        yield f"{label}, soft targets", _not_flat(rng, probabilities(rng, m, K), m, 1.2, 3)
    yield "one-hot targets, m = 6, K = 3", _not_flat(rng, np.eye(3)[rng.integers(3, size=6)], 6, 1.2, 3)
    yield "a temperature below 1", _not_flat(rng, probabilities(rng, 4, 3), 4, 0.4, 0.8)
    Y, Z, T = _not_flat(rng, probabilities(rng, 5, 4), 5, 1.2, 3)
    yield "scores in the thousands, a temperature in the hundreds", (Y, 500 * Z, 500 * T)


def with_large_scores(rng):
    """Y, Z and T such that e^(z/T) is infinite or 0; the targets ask for the least likely class."""
    for label, K in (("scaled scores from -1000 to 1000", 4), ("scaled scores from -1000 to 1000, K = 2", 2)):
        T = round(rng.uniform(40, 80), 1)
        Z = rng.permuted(T * rng.uniform(800, 1000, size=(3, K)) * np.linspace(-1, 1, K), axis=1).round()
        yield label, (np.eye(K)[Z.argmin(axis=1)], Z, T)


def _not_flat(rng, Y, m, low, high):
    """Y, Z and T at which dJ/dT and its parts are not near 0."""
    while True:
        Z, T = rng.normal(scale=1.5, size=Y.shape).round(2), round(rng.uniform(low, high), 2)
        e = np.exp(Z / T)
        difference = (e / e.sum(axis=1, keepdims=True) - Y) * Z
        if abs(difference.sum()) > 0.2 * np.abs(difference).sum() and abs(difference.sum()) > 0.05 * m:
            return Y, Z, T


check = Check(
    inputs={"dJ/dT": with_temperature, "dJ/dT for large scores": with_large_scores},
    returns={"dJ/dT": 0.5, "dJ/dT for large scores": 0.5},
    derivative_of=lambda t, Y, Z, T: softmax_cross_entropy(Y, Z / (T + t)),
    needs=("softmax", "cross_entropy_gradient"),
)


# %% right: of the gradient with respect to the scaled scores
def temperature_gradient(Y, Z, T):
    return -np.sum(cross_entropy_gradient(Y, Z / T) * Z) / T**2


# %% right: error signals times scores
def temperature_gradient(Y, Z, T):
    delta = softmax(Z / T) - Y
    return -np.mean((delta * Z).sum(axis=1)) / T**2


# %% right: mean scores under targets and under predictions
def temperature_gradient(Y, Z, T):
    Y_hat = softmax(Z / T)
    under_targets, under_predictions = np.einsum("ik,ik->i", Y, Z), np.einsum("ik,ik->i", Y_hat, Z)
    return (under_targets - under_predictions).sum() / (len(Z) * T * T)


# %% right: loops
import math


def temperature_gradient(Y, Z, T):
    slope = 0.0
    for y, z in zip(Y, Z):
        e = [math.exp((z_k - max(z)) / T) for z_k in z]
        slope += sum((y_k - e_k / sum(e)) * z_k for y_k, e_k, z_k in zip(y, e, z))
    return slope / (T * T) / len(Z)


# %% right: by the factor 1/T
def temperature_gradient(Y, Z, T):
    factor = 1 / T
    by_factor = np.vdot(cross_entropy_gradient(Y, factor * Z), Z)
    return -by_factor * factor**2


# %% right: differences to the largest score
def temperature_gradient(Y, Z, T):
    S = (Z - Z.max(axis=1, keepdims=True)) / T
    e = np.exp(S)
    delta = e / e.sum(axis=1, keepdims=True) - Y
    return -(delta * S).sum() / (len(S) * T)


# %% wrong: overflow keeps 0.5
def temperature_gradient(Y, Z, T):
    e = np.exp(Z / T)
    return -np.sum((e / e.sum(axis=1, keepdims=True) - Y) * Z) / len(Z) / T**2


# %% wrong: einsum of the formula as it stands -> overflow keeps 0.5
def temperature_gradient(Y, Z, T):
    e = np.exp(Z / T)
    shares = np.einsum("ik,i->ik", e, 1 / np.einsum("ik->i", e))
    return np.einsum("ik,ik->", Y - shares, Z) / (len(Z) * T * T)


# %% wrong: the likeliest class taken for sure -> none keeps 0.5
def temperature_gradient(Y, Z, T):
    return np.mean((Y * Z).sum(axis=1) - Z.max(axis=1)) / T**2


# %% wrong: missing_mean
def temperature_gradient(Y, Z, T):
    return -np.sum((softmax(Z / T) - Y) * Z) / T**2


# %% wrong: a dot product without the mean -> missing_mean
def temperature_gradient(Y, Z, T):
    return np.vdot(Y - softmax(Z / T), Z) / (T * T)


# %% wrong: divided_twice
def temperature_gradient(Y, Z, T):
    return -np.mean((cross_entropy_gradient(Y, Z / T) * Z).sum(axis=1)) / T**2


# %% wrong: by m squared -> divided_twice
def temperature_gradient(Y, Z, T):
    return np.vdot(Y - softmax(Z / T), Z) / (T * len(Z)) ** 2


# %% wrong: divided_by_K
def temperature_gradient(Y, Z, T):
    return -np.mean((softmax(Z / T) - Y) * Z) / T**2


# %% wrong: by all entries -> divided_by_K
def temperature_gradient(Y, Z, T):
    return np.einsum("ik,ik->", Y - softmax(Z / T), Z) / (Z.size * T * T)


# %% wrong: wrong_sign
def temperature_gradient(Y, Z, T):
    return np.sum(cross_entropy_gradient(Y, Z / T) * Z) / T**2


# %% wrong: error signals times scores, positive -> wrong_sign
def temperature_gradient(Y, Z, T):
    return np.mean(np.einsum("ik,ik->i", softmax(Z / T) - Y, Z / T)) / T


# %% wrong: slope_of_the_factor "This is the derivative with respect to a factor on the scores: T divides them."
def temperature_gradient(Y, Z, T):
    return np.sum(cross_entropy_gradient(Y, Z / T) * Z)


# %% wrong: error signals times scores alone -> slope_of_the_factor
def temperature_gradient(Y, Z, T):
    return np.mean(((softmax(Z / T) - Y) * Z).sum(axis=1))


# %% wrong: temperature_once "A power of T is missing: differentiate Z/T with respect to T once more, on paper."
def temperature_gradient(Y, Z, T):
    return -np.sum(cross_entropy_gradient(Y, Z / T) * Z) / T


# %% wrong: error signals times scaled scores -> temperature_once
def temperature_gradient(Y, Z, T):
    S = Z / T
    return -np.mean(((softmax(S) - Y) * S).sum(axis=1))


# %% wrong: temperature_ignored keeps 0.5 "The predictions do not depend on T here: they are those at T."
def temperature_gradient(Y, Z, T):
    return -np.sum(cross_entropy_gradient(Y, Z) * Z) / T**2


# %% wrong: error signals at T = 1 -> temperature_ignored keeps 0.5
def temperature_gradient(Y, Z, T):
    return np.vdot(Y - softmax(Z), Z) / (len(Z) * T * T)


# %% wrong: scores_multiplied "The scores were multiplied by T: a high temperature must make the predictions more even."
def temperature_gradient(Y, Z, T):
    return np.sum(cross_entropy_gradient(Y, Z * T) * Z)


# %% wrong: error signals of hotter scores -> scores_multiplied
def temperature_gradient(Y, Z, T):
    return np.vdot(softmax(T * Z) - Y, Z) / len(Z)


# %% wrong: target_left_out
def temperature_gradient(Y, Z, T):
    return -np.mean((softmax(Z / T) * Z).sum(axis=1)) / T**2


# %% wrong: a mean score under the predictions -> target_left_out
def temperature_gradient(Y, Z, T):
    return -np.vdot(softmax(Z / T), Z) / (T * T) / len(Z)


# %% wrong: predictions_left_out "Only the mean score under the targets enters: the log-sum-exp depends on T, too."
def temperature_gradient(Y, Z, T):
    return np.mean((Y * Z).sum(axis=1)) / T**2


# %% wrong: a mean score under the targets -> predictions_left_out
def temperature_gradient(Y, Z, T):
    return np.vdot(Y, Z) / (T * T) / len(Z)


# %% wrong: error signals alone, which add up to 0 -> none
def temperature_gradient(Y, Z, T):
    return -np.sum(cross_entropy_gradient(Y, Z / T)) / T**2


# %% wrong: scaled_scores "The scores were divided by T once too often."
def temperature_gradient(Y, Z, T):
    return -np.sum(cross_entropy_gradient(Y, Z / T) * Z / T) / T**2


# %% wrong: error signals times scaled scores over the square -> scaled_scores
def temperature_gradient(Y, Z, T):
    return np.vdot(Y - softmax(Z / T), Z) / (len(Z) * T**3)


# %% wrong: not_summed
def temperature_gradient(Y, Z, T):
    return -((softmax(Z / T) - Y) * Z).sum(axis=1) / T**2


# %% wrong: einsum, one each -> not_summed
def temperature_gradient(Y, Z, T):
    return np.einsum("ik,ik->i", Y - softmax(Z / T), Z) / (T * T)


# %% wrong: one each entry -> wrong_shape
def temperature_gradient(Y, Z, T):
    return -cross_entropy_gradient(Y, Z / T) * Z / T**2


# %% wrong: averaged separately -> none
def temperature_gradient(Y, Z, T):
    return -np.sum((softmax(Z / T) - Y).mean(axis=0) * Z.mean(axis=0)) / T**2


# %% wrong: the target rounded -> none keeps 0.5
def temperature_gradient(Y, Z, T):
    hard = np.eye(Y.shape[1])[Y.argmax(axis=1)]
    return -np.sum((softmax(Z / T) - hard) * Z) / (len(Z) * T**2)


# %% wrong: by central differences of the cost -> inaccurate
def temperature_gradient(Y, Z, T):
    h = 6e-6 * T
    return (cross_entropy(Y, Z / (T + h)) - cross_entropy(Y, Z / (T - h))) / (2 * h)


# %% wrong: the Jacobian, too -> none
def temperature_gradient(Y, Z, T):
    a = softmax(Z / T)
    return -np.sum(a * (1 - a) * (a - Y) * Z) / (len(Z) * T**2)


# %% wrong: mean_of_the_mean "A mean over all entries was taken of what holds the mean already: add the entries up."
def temperature_gradient(Y, Z, T):
    return -np.mean(cross_entropy_gradient(Y, Z / T) * Z) / T**2


# %% wrong: error signals times scores over m times all -> mean_of_the_mean
def temperature_gradient(Y, Z, T):
    return np.vdot(Y - softmax(Z / T), Z) / (len(Z) * Z.size * T * T)
