"""First values of a layer's weights: init(fan_in, fan_out, rng) → W of shape (fan_in, fan_out), float64.

A sum of fan_in products of independent, centred terms has the variance fan_in · Var(W) · mean(x²). Each rule below
picks Var(W) so that signals keep their size through the layers; they differ in what they assume of the activation.
rng is a NumPy Generator; `zeros` and `constant` draw nothing from it.
"""

from math import sqrt

import numpy as np


def zeros(fan_in, fan_out, rng=None):
    """W = 0: for biases. All units of a layer of zero weights stay equal for ever."""
    return np.zeros((fan_in, fan_out))


def constant(value):
    """The initializer W = value."""
    return lambda fan_in, fan_out, rng=None: np.full((fan_in, fan_out), float(value))


def normal(std):
    """The initializer W ~ N(0, std²), whatever the layer's size."""
    return lambda fan_in, fan_out, rng: std * rng.standard_normal((fan_in, fan_out))


def lecun_normal(fan_in, fan_out, rng):
    """W ~ N(0, 1/fan_in): keeps the variance of z = x W for x of variance 1. LeCun et al., 1998."""
    return rng.standard_normal((fan_in, fan_out)) / sqrt(fan_in)


def xavier_normal(fan_in, fan_out, rng):
    """W ~ N(0, 2/(fan_in + fan_out)): between 1/fan_in (forward) and 1/fan_out (backward). Glorot & Bengio, 2010."""
    return sqrt(2 / (fan_in + fan_out)) * rng.standard_normal((fan_in, fan_out))


def xavier_uniform(fan_in, fan_out, rng):
    """W ~ U(-r, r), r = √(6/(fan_in + fan_out)): the same variance, r²/3. Glorot & Bengio, 2010, equation 16."""
    r = sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-r, r, (fan_in, fan_out))


def he_normal(fan_in, fan_out, rng):
    """W ~ N(0, 2/fan_in): a ReLU lets half of mean(z²) through, the 2 makes up for it. He et al., 2015."""
    return sqrt(2 / fan_in) * rng.standard_normal((fan_in, fan_out))
