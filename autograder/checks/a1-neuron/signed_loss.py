"""The cost of labels −1 and 1 that asks for a margin of 1, and the error signals δ."""

import numpy as np

from autograder.kit import check
from nnlib.losses import log_loss_from_logits, log_loss_from_logits_gradient


def signed_signals(rng):
    """Labels t (m,), each −1 or 1, and signals z (m,); the first example is always on its wrong side.

    So the largest error signal is above ½, and what other right forms round off stays small beside it.
    """
    yield "m = 8", _signed(rng, 8)
    yield "one example (m = 1)", _signed(rng, 1)
    yield "two examples", _signed(rng, 2)
    t, z = _signed(rng, 5)
    yield "some signals equal to their labels", (t, np.r_[z[:2], t[2:]])
    for label, side in (("sure and right, up to |z| = 1000", 1), ("sure and wrong, up to |z| = 1000", -1)):
        t, z = _signed(rng, 6)
        yield label, (t, np.r_[z[:3], side * t[3:] * rng.uniform(800, 1000, size=3).round(1)])


def _signed(rng, m):
    t = rng.permutation(np.resize([-1.0, 1.0], m)) * rng.choice([-1, 1])
    z = (rng.uniform(1.1, 5, size=m) * rng.choice([-1, 1], size=m)).round(3)
    z[0] = -t[0] * abs(z[0])
    return t, z


def shifted(t, z):
    """The same as a log loss with labels 0 and 1, of signals moved towards the wrong side by 1."""
    y = (1 + t) / 2
    return log_loss_from_logits(y, z - t), len(t) * log_loss_from_logits_gradient(y, z - t)


@check(weights={"J": 0.5, "δ": 0.5}, needs=("sigmoid", "log_loss"), witness=shifted)
def examined(blank):
    for case in blank.cases(signed_signals):
        J, delta = blank.call("signed_loss", *case.args, returns=2)
        want = blank.want(*case.args)
        blank.close("J", J, want[0])
        blank.close("δ", delta, want[1], rtol=blank.allowed(*case.args)[1])


# %% right: by the log loss of label 1
def signed_loss(t, z):
    beyond = t * z - 1
    return log_loss(np.ones(len(t)), beyond), -t * sigmoid(-beyond)


# %% right: logarithms of sums of exponentials
def signed_loss(t, z):
    u = 1 - t * z
    L = np.logaddexp(0, u)
    return L.mean(), -t * np.exp(u - L)


# %% right: one case for each label
def signed_loss(t, z):
    L = np.where(t > 0, np.logaddexp(0, 1 - z), np.logaddexp(0, 1 + z))
    return np.mean(L), np.where(t > 0, -1 / (1 + np.exp(z - 1)), 1 / (1 + np.exp(-1 - z)))


# %% right: labels 0 and 1, signals moved
def signed_loss(t, z):
    y, moved = (1 + t) / 2, z - t
    return log_loss(y, moved), sigmoid(moved) - y


# %% right: loop
import math


def signed_loss(t, z):
    J, delta = 0.0, []
    for t_i, z_i in zip(t, z):
        u = 1 - t_i * z_i
        e = math.exp(-abs(u))
        J += (max(u, 0) + math.log(1 + e)) / len(t)
        delta.append(-t_i * (1 if u >= 0 else e) / (1 + e))
    return J, delta


# %% right: the larger exponent taken out, and tanh
def signed_loss(t, z):
    u = np.subtract(1, np.multiply(t, z))
    softplus = np.maximum(u, 0) + np.log1p(np.exp(-np.abs(u)))
    return softplus.sum() / softplus.size, -(t + t * np.tanh(u / 2)) / 2


# %% wrong: missing_mean keeps 0.5
def signed_loss(t, z):
    u = 1 - t * z
    return np.logaddexp(0, u).sum(), -t * sigmoid(u)


# %% wrong: a loop that adds up -> missing_mean keeps 0.5
def signed_loss(t, z):
    J = 0.0
    for t_i, z_i in zip(t, z):
        J += np.logaddexp(0, 1 - t_i * z_i)
    return J, -t * sigmoid(1 - t * z)


# %% wrong: not_summed keeps 0.5
def signed_loss(t, z):
    u = 1 - t * z
    return np.logaddexp(0, u), -t * sigmoid(u)


# %% wrong: one loss an example, cut in two -> not_summed keeps 0.5
def signed_loss(t, z):
    u = 1 - t * z
    L = np.maximum(u, 0) + np.log1p(np.exp(-np.abs(u)))
    return L, -t * (1 + np.tanh(u / 2)) / 2


# %% wrong: error_averaged keeps 0.5
def signed_loss(t, z):
    u = 1 - t * z
    return np.logaddexp(0, u).mean(), -t * sigmoid(u) / len(t)


# %% wrong: the derivative of J -> error_averaged keeps 0.5
def signed_loss(t, z):
    y, moved = (1 + t) / 2, z - t
    return log_loss(y, moved), (sigmoid(moved) - y) / z.size


# %% wrong: wrong_sign keeps 0.5
def signed_loss(t, z):
    u = 1 - t * z
    return np.logaddexp(0, u).mean(), t * sigmoid(u)


# %% wrong: label minus prediction -> wrong_sign keeps 0.5
def signed_loss(t, z):
    y, moved = (1 + t) / 2, z - t
    return log_loss(y, moved), y - sigmoid(moved)


# %% wrong: labels_zero_one "This is the formula for labels 0 and 1, fed with labels -1 and 1."
def signed_loss(t, z):
    return np.mean(np.logaddexp(0, z) - t * z), sigmoid(z) - t


# %% wrong: two terms, fed with -1 and 1 -> labels_zero_one
def signed_loss(t, z):
    a = (1 + np.tanh(z / 2)) / 2
    return np.mean(t * np.logaddexp(0, -z) + (1 - t) * np.logaddexp(0, z)), a - t


# %% wrong: margin_of_zero "The 1 does not enter: this is the loss that asks for a margin of 0."
def signed_loss(t, z):
    return np.logaddexp(0, -t * z).mean(), -t * sigmoid(-t * z)


# %% wrong: labels 0 and 1, signals not moved -> margin_of_zero
def signed_loss(t, z):
    y = (1 + t) / 2
    return log_loss(y, z), sigmoid(z) - y


# %% wrong: margin_negated "The loss grows with the margin: an example far on its right side must cost next to nothing."
def signed_loss(t, z):
    u = 1 + t * z
    return np.logaddexp(0, u).mean(), t * sigmoid(u)


# %% wrong: labels exchanged -> margin_negated
def signed_loss(t, z):
    y, moved = (1 - t) / 2, z + t
    return log_loss(y, moved), sigmoid(moved) - y


# %% wrong: label_left_out keeps 0.5 "The label is missing: δ must have another sign for each of the two."
def signed_loss(t, z):
    u = 1 - t * z
    return np.logaddexp(0, u).mean(), -sigmoid(u)


# %% wrong: the derivative by the margin -> label_left_out keeps 0.5
def signed_loss(t, z):
    margin = t * z
    return log_loss(np.ones(len(t)), margin - 1), (np.tanh((margin - 1) / 2) - 1) / 2


# %% wrong: outer_alone keeps 0.5 "Only the outer derivative is there: on the exponent, z acts with a factor."
def signed_loss(t, z):
    u = 1 - t * z
    return np.logaddexp(0, u).mean(), sigmoid(u)


# %% wrong: the share of the exponential -> outer_alone keeps 0.5
def signed_loss(t, z):
    u = 1 - t * z
    L = np.logaddexp(0, u)
    return L.mean(), np.exp(u - L)


# %% wrong: sign_of_z keeps 0.5
def signed_loss(t, z):
    u = 1 - t * z
    return np.logaddexp(0, u).mean(), -t * sigmoid(-u)


# %% wrong: one minus the share -> sign_of_z keeps 0.5
def signed_loss(t, z):
    u = 1 - t * z
    return np.logaddexp(0, u).mean(), -t * (1 - np.tanh(u / 2)) / 2


# %% wrong: squared_error_signal keeps 0.5
def signed_loss(t, z):
    u = 1 - t * z
    return np.logaddexp(0, u).mean(), -t * sigmoid(u) * sigmoid(-u)


# %% wrong: the slope at the margin -> squared_error_signal keeps 0.5
def signed_loss(t, z):
    u = 1 - t * z
    return log_loss(np.ones(len(t)), -u), -t * (1 - np.tanh(u / 2) ** 2) / 4


# %% wrong: by_the_label keeps 0.5 "This is the derivative with respect to the label: z is the other factor."
def signed_loss(t, z):
    u = 1 - t * z
    return np.logaddexp(0, u).mean(), -z * sigmoid(u)


# %% wrong: z for t -> by_the_label keeps 0.5
def signed_loss(t, z):
    L = np.logaddexp(0, 1 - t * z)
    return np.mean(L), -z * np.exp(1 - t * z - L)


# %% wrong: doubled keeps 0.5
def signed_loss(t, z):
    u = 1 - t * z
    return np.logaddexp(0, u).mean(), -2 * t * sigmoid(u)


# %% wrong: labels two apart -> doubled keeps 0.5
def signed_loss(t, z):
    moved = z - t
    return log_loss((1 + t) / 2, moved), 2 * sigmoid(moved) - 1 - t


# %% wrong: log2 keeps 0.5
def signed_loss(t, z):
    u = 1 - t * z
    return np.logaddexp(0, u).mean() / np.log(2), -t * sigmoid(u)


# %% wrong: bits -> log2 keeps 0.5
def signed_loss(t, z):
    u = 1 - t * z
    return np.mean(np.logaddexp2(0, u / np.log(2))), -t * sigmoid(u)


# %% wrong: hinge "This loss has a corner and is 0 behind it: the one that is asked for is smooth, and nowhere 0."
def signed_loss(t, z):
    u = 1 - t * z
    return np.maximum(u, 0).mean(), -t * (u > 0)


# %% wrong: those within the margin -> hinge
def signed_loss(t, z):
    within = t * z < 1
    return np.sum(within * (1 - t * z)) / len(t), np.where(within, -t, 0.0)


# %% wrong: the exponential overflows -> not_finite keeps 0.5
def signed_loss(t, z):
    u = 1 - t * z
    return np.mean(np.log(1 + np.exp(u))), -t * sigmoid(u)


# %% wrong: infinity by infinity -> not_finite keeps 0.5
def signed_loss(t, z):
    e = np.exp(1 - t * z)
    return np.logaddexp(0, 1 - t * z).mean(), -t * e / (1 + e)


# %% wrong: both overflow -> not_finite
def signed_loss(t, z):
    e = np.exp(1 - t * z)
    return np.mean(np.log(1 + e)), -t * e / (1 + e)


# %% wrong: probabilities_clipped keeps 0.5
def signed_loss(t, z):
    p = np.clip(sigmoid(t * z - 1), 1e-15, 1 - 1e-15)
    return -np.mean(np.log(p)), -t * sigmoid(1 - t * z)


# %% wrong: a floor and a ceiling -> probabilities_clipped keeps 0.5
def signed_loss(t, z):
    u = 1 - t * z
    p = np.minimum(np.maximum(1 / (1 + np.exp(u)), 1e-15), 1 - 1e-15)
    return np.log(1 / p).mean(), -t * (1 + np.tanh(u / 2)) / 2


# %% wrong: a floor inside the logarithm -> none keeps 0.5
def signed_loss(t, z):
    p = sigmoid(t * z - 1)
    return -np.mean(np.log(p + 1e-8)), -t * (1 - p)


# %% wrong: the 1 outside of the logarithm -> none keeps 0.5
def signed_loss(t, z):
    return 1 + np.logaddexp(0, -t * z).mean(), -t * sigmoid(1 - t * z)


# %% wrong: without the 1 inside -> none keeps 0.5
def signed_loss(t, z):
    return np.mean(np.maximum(1 - t * z, -t * z)), -t * sigmoid(1 - t * z)


# %% wrong: central differences of the loss -> inaccurate keeps 0.5
def signed_loss(t, z):
    def L(z):
        return np.logaddexp(0, 1 - t * z)

    return L(z).mean(), (L(z + 6e-6) - L(z - 6e-6)) / 1.2e-5


# %% wrong: one error signal for all -> wrong_shape keeps 0.5
def signed_loss(t, z):
    u = 1 - t * z
    return np.logaddexp(0, u).mean(), np.mean(-t * sigmoid(u))


# %% wrong: the cost alone -> wrong_type
def signed_loss(t, z):
    return np.logaddexp(0, 1 - t * z).mean()


# %% wrong: exchanged on return -> wrong_shape
def signed_loss(t, z):
    u = 1 - t * z
    return -t * sigmoid(u), np.logaddexp(0, u).mean()


# %% wrong: a branch on an array -> raised
def signed_loss(t, z):
    if t == 1:
        return np.logaddexp(0, 1 - z).mean(), -sigmoid(1 - z)
    return np.logaddexp(0, 1 + z).mean(), sigmoid(1 + z)
