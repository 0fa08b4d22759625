"""What the blanks of a1-neuron (lectures 1, 2 and 4) share."""

import numpy as np

TELL = "diagnose"  # at home; "tell": right or wrong alone; "none": nothing
ALLOWED = ("datasets", "gradcheck", "metrics", "plots", "preprocess")  # nnlib modules this assignment may import


def preactivations(rng):
    """Weighted sums of ordinary size, in several shapes."""
    for label, shape in (("z of shape (9,)", 9), ("z of shape (4, 3)", (4, 3)), ("z of shape (1,)", 1)):
        yield label, (rng.uniform(-3, 3, size=shape).round(3),)
    yield "z near 0", (np.array([0.0, -1e-6, 1e-6, -0.01, 0.01]) * (1 + rng.uniform(size=5).round(3)),)


def saturated(rng):
    """Weighted sums so large that exp(|z|) is infinite in float64 (from 710 on), among ordinary ones."""
    for label, largest in (("|z| up to 800", 800), ("|z| up to 1000", 1000)):
        z = rng.uniform(750, largest, size=4).round(1) * [-1, 1, -1, 1]
        yield label, (np.r_[z, rng.uniform(-3, 3, size=4).round(3)],)
