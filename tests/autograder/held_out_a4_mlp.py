"""The held-out answers to a4-mlp that are its own: networks that are right of few new examples."""

import numpy as np


def drawn(rng, sizes):
    shapes = [shape for n, k in zip(sizes, sizes[1:], strict=False) for shape in ((n, k), k)]
    return [rng.normal(size=shape) for shape in shapes]


def one_class(rng, X, y, sizes, seed):
    """A network that answers the same for every example."""
    *parameters, b = drawn(rng, sizes)
    return (*parameters, b + 1e6 * (np.arange(len(b)) == rng.integers(len(b))))


def far_out(rng, X, y, sizes, seed):
    """Hidden units that are saturated wherever an example may be."""
    W, b, *others = drawn(rng, sizes)
    return (W, b + 100, *others)


GIVEN = {}
WRITTEN = {
    "train": {
        "weights drawn": lambda rng, X, y, sizes, seed: tuple(drawn(rng, sizes)),
        "all weights 0": lambda rng, X, y, sizes, seed: tuple(0 * array for array in drawn(rng, sizes)),
        "one class for all": one_class,
        "saturated units": far_out,
        "weights of one sign": lambda rng, X, y, sizes, seed: tuple(map(np.abs, drawn(rng, sizes))),
    },
}
