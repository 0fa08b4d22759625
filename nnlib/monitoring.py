"""Is training healthy? Gradient sizes and outputs of each layer, by the layer's place and class: "0 Linear", "1 Tanh".

Gradients that grow from layer to layer make training diverge, ones that shrink make it crawl; outputs that are all but
0, or all at the ends of a saturating activation, let no gradient through (Glorot & Bengio, 2010).
"""

from math import sqrt
from typing import NamedTuple

import numpy as np


class Summary(NamedTuple):
    """Of all numbers in an array; std divides by their count."""

    mean: float
    std: float
    lower_quartile: float
    median: float
    upper_quartile: float


def activations(model, X):
    """Yields (layer's name, its output) layer by layer for the rows X, as at prediction (dropout off)."""
    for name, layer in layers(model).items():
        X = layer.forward(X)
        yield name, X


def activation_statistics(model, X):
    """dict of layer → `Summary` of its outputs for the rows X, as at prediction."""
    return {name: summary(out) for name, out in activations(model, X)}


def gradient_norms(model):
    """dict of layer → ‖∇J‖ over its parameters, for the last backward; layers without parameters are left out."""
    return {name: norm(layer.gradient) for name, layer in layers(model).items() if layer.gradient.size}


def summary(values):
    """The `Summary` of an array of any shape, on any device."""
    quartiles = (float(q) for q in np.percentile(values, (25, 50, 75)))
    return Summary(float(values.mean()), float(values.std()), *quartiles)


def norm(*gradients):
    """‖∇J‖, over all the arrays together."""
    return sqrt(sum(float((gradient * gradient).sum()) for gradient in gradients))


def layers(model):
    """dict of name → layer of a `Sequential`; any other layer is its own only one."""
    return {f"{k} {type(layer).__name__}": layer for k, layer in enumerate(getattr(model, "layers", [model]))}
