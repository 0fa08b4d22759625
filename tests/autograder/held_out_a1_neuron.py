"""The held-out answers to a1-neuron that are its own: what is given to a right answer distorted, and wrong gates."""

from functools import partial

import numpy as np

# What is given, distorted: f(generator, *arguments) -> arguments


def of_all(change, rng, *arrays):
    """The same change of the rows of every array."""
    return tuple(change(array) for array in arrays)


def drawn_again(rng, *arrays):
    rows = np.sort(rng.integers(len(arrays[0]), size=len(arrays[0]) + 3))
    return tuple(array[rows] for array in arrays)


BATCH = {
    "the first half of the examples": partial(of_all, lambda a: a[: (len(a) + 1) // 2]),
    "the first example alone": partial(of_all, lambda a: a[:1]),
    "the last example left out": partial(of_all, lambda a: a[: max(1, len(a) - 1)]),
    "the last example twice": partial(of_all, lambda a: np.append(a, a[-1:], axis=0)),
    "examples drawn with replacement": drawn_again,
}
PAIR = BATCH | {
    "X with its rows rotated": lambda rng, X, *more: (np.roll(X, 1, axis=0) + 0.01, *more),
    "X squared": lambda rng, X, *more: (X**2, *more),
    "X absolute": lambda rng, X, *more: (np.abs(X), *more),
    "X centred and shifted": lambda rng, X, *more: (X - X.mean() + 0.5, *more),
    "the error signals cubed": lambda rng, X, delta, *more: (X, delta**3, *more),
    "the error signals' signs": lambda rng, X, delta, *more: (X, np.sign(delta), *more),
    "the error signals clipped": lambda rng, X, delta, *more: (X, np.clip(delta, -0.05, 0.05), *more),
    "the error signals absolute": lambda rng, X, delta, *more: (X, np.abs(delta) + 0.01, *more),
    "the error signals centred": lambda rng, X, delta, *more: (X, delta - delta.mean() + 0.03, *more),
}
OF_Z = {
    "half of z": lambda rng, z: (z / 2,),
    "z shifted": lambda rng, z: (z + 0.5,),
    "|z|": lambda rng, z: (np.abs(z) + 0.1,),
    "z centred and shifted": lambda rng, z: (z - np.mean(z) + 0.2,),
    "z clipped": lambda rng, z: (np.clip(z, -1, 1) / 2,),
    "z rounded": lambda rng, z: (np.round(z) + 0.25,),
    "three times too steep": lambda rng, z: (3 * z,),
}
GIVEN = {
    "perceptron": {
        "theta halved and shifted": lambda rng, X, w, theta: (X, w, theta / 2 + 0.4),
        "weights negated": lambda rng, X, w, theta: (X, -w, theta),
        "weights drawn": lambda rng, X, w, theta: (X, rng.normal(size=len(w)), theta + rng.normal()),
        "inputs absolute": lambda rng, X, w, theta: (np.abs(X), w, theta - 0.5),
        "the first input alone": lambda rng, X, w, theta: (X[:, :1], w[:1], theta + 0.6),
    },
    "xor": {
        "inputs shifted": lambda rng, X, gates: (X + 0.4, gates),
        "inputs doubled": lambda rng, X, gates: (2 * X, gates),
        "one input twice": lambda rng, X, gates: (X[:, [0, 0]], gates),
        "one input negated": lambda rng, X, gates: (X * [1, -1], gates),
        "NAND for OR": lambda rng, X, gates: (X, gates | {"OR": gates["NAND"]}),
    },
    "sigmoid": OF_Z,
    "sigmoid_derivative": OF_Z,
    "log_loss": BATCH | {
        "labels as -1 and 1": lambda rng, y, z: (2 * y - 1, z),
        "labels smoothed": lambda rng, y, z: (0.9 * y + 0.05, z),
        "labels rotated and halved": lambda rng, y, z: (np.roll(y, 1) / 2, z),
        "labels all 1": lambda rng, y, z: (np.ones_like(y), z),
        "twice z": lambda rng, y, z: (y, 2 * z),
        "|z|": lambda rng, y, z: (y, np.abs(z) + 0.1),
        "z clipped": lambda rng, y, z: (y, np.clip(z, -1, 1)),
    },
    "signed_loss": {
        "labels as 0 and 1": lambda rng, t, z: ((1 + t) / 2, z),
        "labels halved": lambda rng, t, z: (t / 2, z),
        "labels rotated and halved": lambda rng, t, z: (np.roll(t, 1) / 2, z),
        "twice z": lambda rng, t, z: (t, 2 * z),
        "z shifted": lambda rng, t, z: (t, z + 0.3),
        "|z|": lambda rng, t, z: (t, np.abs(z) + 0.1),
        "z clipped": lambda rng, t, z: (t, np.clip(z, -1, 1)),
    },
    "row_gradients": PAIR,
    "weighted_gradients": PAIR | {
        "weights rooted": lambda rng, X, delta, s: (X, delta, np.sqrt(s)),
        "weights and one": lambda rng, X, delta, s: (X, delta, s + 1),
        "weights reversed": lambda rng, X, delta, s: (X, delta, s[::-1] + 0.01),
    },
    "gradient_step": {
        "half the rate": lambda rng, w, b, dw, db, lr: (w, b, dw, db, lr / 2),
        "the rate squared": lambda rng, w, b, dw, db, lr: (w, b, dw, db, lr**2),
        "a rate drawn": lambda rng, w, b, dw, db, lr: (w, b, dw, db, lr * rng.uniform(1.5, 1.9)),
        "gradients squared": lambda rng, w, b, dw, db, lr: (w, b, dw**2, db**2, lr),
        "gradients clipped": lambda rng, w, b, dw, db, lr: (w, b, np.clip(dw, -0.01, 0.01), np.clip(db, 0, 0.01), lr),
        "weight decay": lambda rng, w, b, dw, db, lr: (0.9 * w, 0.9 * b, dw, db, lr),
        "parameters negated": lambda rng, w, b, dw, db, lr: (-w, -b, dw, db, lr),
    },
    "train": {
        "half the rate": lambda rng, X, y, lr, steps: (X, y, lr / 2, steps),
        "a rate drawn": lambda rng, X, y, lr, steps: (X, y, lr * rng.uniform(1.2, 1.9), steps),
        "labels as -1 and 1": lambda rng, X, y, lr, steps: (X, 2 * y - 1.1, lr, steps),
        "labels smoothed": lambda rng, X, y, lr, steps: (X, 0.9 * y + 0.03, lr, steps),
        "inputs standardised": lambda rng, X, y, lr, steps: ((X - X.mean()) / (X.std() + 0.1), y, lr, steps),
        "inputs absolute": lambda rng, X, y, lr, steps: (np.abs(X) + 0.1, y, lr, steps),
        "two examples alone": lambda rng, X, y, lr, steps: (X[:2] + 0.1, y[:2], lr, steps),
    },
}  # fmt: skip
GIVEN["column_gradients"] = {
    name: lambda rng, X, delta, change=change: (lambda rows, *more: (rows.T, *more))(*change(rng, X.T, delta))
    for name, change in PAIR.items()
}

# The gates: what AND, OR and NAND are answered with.

ANSWERS = {
    "AND": ((1, 1), 1.5),
    "OR": ((1, 1), 0.5),
    "NAND": ((-1, -1), -1.5),
    "NOR": ((-1, -1), -0.5),
    "first": ((1, 0), 0.5),
    "not first": ((-1, 0), -0.5),
    "first only": ((1, -1), 0.5),
    "on": ((0, 0), -1),
    "off": ((0, 0), 1),
}
TABLES = [
    ("OR", "OR", "NAND"),
    ("AND", "AND", "NAND"),
    ("NAND", "OR", "NAND"),
    ("AND", "NAND", "NAND"),
    ("AND", "OR", "OR"),
    ("NOR", "OR", "NAND"),
    ("AND", "NOR", "NAND"),
    ("AND", "OR", "NOR"),
    ("first", "OR", "NAND"),
    ("AND", "first", "NAND"),
    ("AND", "OR", "not first"),
    ("on", "OR", "NAND"),
    ("AND", "on", "NAND"),
    ("AND", "OR", "off"),
    ("off", "off", "off"),
    ("on", "on", "on"),
    ("AND", "OR", "first only"),
    ("NAND", "AND", "OR"),
    ("OR", "AND", "AND"),
]


def _gate_weights(answers, rng, name):
    w, theta = ANSWERS[answers["AND OR NAND".split().index(name)]]
    size = rng.uniform(0.5, 2)
    return size * np.array(w), size * theta


# Answers of their own: f(generator, *arguments) -> value
WRITTEN = {"gate_weights": {", ".join(answers): partial(_gate_weights, answers) for answers in TABLES}}
