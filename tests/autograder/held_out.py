"""The held-out set of a1-neuron: wrong answers, made from right ones, that no entry of the catalogue describes.

A kind distorts what a right answer returns, or what it is given; the gates have tables of their own. No answer may get
the name of a mistake. A kind that fails in a way with a name of its own, like a NaN, says so in STRUCTURE: that name is
true, and the only one allowed.
"""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

# What is returned, distorted: f(generator, value), value an array or a number.


def one_entry(change, rng, a):
    wrong = np.array(a, dtype=float)
    position = rng.integers(wrong.size)
    wrong.flat[position] = change(wrong.flat[position])
    return wrong


ANY = {
    "scaled by 1.1": lambda rng, a: 1.1 * a,
    "scaled at random": lambda rng, a: rng.uniform(1.2, 3) * a,
    "shifted": lambda rng, a: a + 0.1,
    "scaled and shifted": lambda rng, a: 0.7 * a - 0.2,
    "noise": lambda rng, a: a + 1e-2 * (1 + np.abs(a)) * rng.choice([-1, 1], np.shape(a)),
    "noise far down": lambda rng, a: a * (1 + 1e-6 * rng.uniform(1, 2, np.shape(a))) + 1e-7 * np.max(np.abs(a)) + 1e-8,
    "random": lambda rng, a: rng.normal(size=np.shape(a)),
    "random and positive": lambda rng, a: rng.uniform(size=np.shape(a)),
    "one entry wrong": lambda rng, a: one_entry(lambda value: 1.5 * value - 0.3, rng, a),
    "one entry NaN": partial(one_entry, lambda value: np.nan),
    "one entry infinite": partial(one_entry, lambda value: np.inf),
    "exponential": lambda rng, a: np.exp(np.clip(a, -9, 9)),
    "cosine": lambda rng, a: np.cos(a),
    "a constant": lambda rng, a: np.full(np.shape(a), 0.37),
    "one axis more": lambda rng, a: np.asarray(a)[..., None],
    "half precision": lambda rng, a: np.asarray(a).astype(np.float16),
    "complex": lambda rng, a: a + 0.1j,
}
REAL = {  # where values are more than 0 and 1
    "squared": lambda rng, a: a**2,
    "absolute and shifted": lambda rng, a: np.abs(a) + 0.01,
    "root": lambda rng, a: np.sqrt(np.abs(a)),
    "logarithm": lambda rng, a: np.log(np.abs(a) + 1e-3),
    "reciprocal": lambda rng, a: 1 / (np.abs(a) + 0.1),
    "tanh": lambda rng, a: np.tanh(2 * a),
    "sine": lambda rng, a: np.sin(2 * a),
    "clipped": lambda rng, a: np.clip(a, -0.05, 0.05),
    "rounded": lambda rng, a: np.round(3 * a, 1) / 3.1,
    "half its sign": lambda rng, a: np.sign(a) / 2,
}
MANY = {  # where entries are many; a number stays as it is, and keeps its share
    "reversed": lambda rng, a: a[::-1],
    "rotated": lambda rng, a: np.roll(a, 1),
    "permuted": lambda rng, a: np.roll(a[::-1], 1 + rng.integers(2)),
    "sorted": lambda rng, a: np.sort(a, axis=None).reshape(a.shape),
    "summed up to each": lambda rng, a: np.cumsum(a).reshape(a.shape),
    "the mean everywhere": lambda rng, a: np.full(a.shape, np.mean(a)),
    "the median everywhere": lambda rng, a: np.full(a.shape, np.median(a) + 0.01),
    "the largest less 0.1": lambda rng, a: np.full(a.shape, np.max(a) - 0.1),
    "one sign": lambda rng, a: one_entry(lambda value: -value - 0.1, rng, a),
}
STRUCTURE = {
    "noise far down": "inaccurate",
    "one entry NaN": "not_finite",
    "one entry infinite": "not_finite",
    "one axis more": "wrong_shape",
    "half precision": "wrong_dtype",
    "complex": "wrong_type",
}
AFTER = {
    "perceptron": ANY | MANY,
    "xor": ANY | MANY,
    "sigmoid": ANY | REAL | MANY,
    "sigmoid_derivative": ANY | REAL | MANY,
    "log_loss": ANY | REAL,
    "column_gradients": ANY | REAL | MANY,
    "row_gradients": ANY | REAL | MANY,
    "weighted_gradients": ANY | REAL | MANY,
    "gradient_step": ANY | REAL | MANY,
    "train": ANY | REAL | MANY,
}

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
BEFORE = {
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
BEFORE["column_gradients"] = {
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


# All of them.


def held_out(right: dict[str, Callable], seed: int) -> Iterator[tuple[str, str, Callable, str]]:
    """(blank, kind, wrong function, the structural name it must get or "") made of the right functions by blank."""
    for answers in TABLES:
        yield "gate_weights", ", ".join(answers), partial(_afresh, _gate_weights, seed, answers), ""
    for blank, kinds in AFTER.items():
        for kind, change in kinds.items():
            few = kind in MANY
            yield blank, kind, partial(_after, right[blank], change, few, seed), STRUCTURE.get(kind, "")
    for blank, kinds in BEFORE.items():
        for kind, change in kinds.items():
            yield blank, kind, partial(_before, right[blank], change, seed), ""


def _afresh(function, seed, answers, *arguments):
    return function(answers, np.random.default_rng(seed), *arguments)


def _after(function, change, few, seed, *arguments):
    rng = np.random.default_rng(seed)
    result = function(*arguments)
    if isinstance(result, tuple):
        return tuple(_changed(change, few, rng, np.array(part, dtype=float)) for part in result)
    return _changed(change, few, rng, np.array(result, dtype=float))


def _changed(change, few, rng, value):
    return value[()] if few and value.size < 2 else change(rng, value)


def _before(function, change, seed, *arguments):
    return function(*change(np.random.default_rng(seed), *arguments))
