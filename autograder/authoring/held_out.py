"""The held-out set: wrong answers, made from right ones, that no entry of the catalogue describes.

A kind distorts what a right answer returns; which kinds an answer gets follows from what it returns. No answer may get
the name of a mistake. A kind that fails in a way with a name of its own, like a NaN, says so in STRUCTURE: that name is
true, and the only one allowed.
"""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from practice.values import numeric

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
    "one entry wrong": lambda rng, a: one_entry(lambda value: value + 0.3 + abs(value) / 2, rng, a),
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
    "one sign": lambda rng, a: one_entry(lambda value: -value - np.copysign(0.1, value), rng, a),
}
STRUCTURE = {
    "noise far down": "inaccurate",
    "one entry NaN": "not_finite",
    "one entry infinite": "not_finite",
    "one axis more": "wrong_shape",
    "half precision": "wrong_dtype",
    "complex": "wrong_type",
}


def kinds(parts: list[np.ndarray]) -> dict[str, Callable]:
    """The kinds of distortion that make such values wrong."""
    real = any(np.any((part != 0) & (part != 1)) for part in parts)
    many = any(part.size > 1 for part in parts)
    return ANY | (REAL if real else {}) | (MANY if many else {})


def held_out(right: Callable, parts: list[np.ndarray], seed: int) -> Iterator[tuple[str, Callable, str]]:
    """(kind, wrong function, the structural name it must get or "") of a right one that returns such values."""
    for kind, change in kinds(parts).items():
        yield kind, partial(_after, right, change, kind in MANY, seed), STRUCTURE.get(kind, "")


def _after(right, change, few, seed, *arguments):
    return _changed(change, few, np.random.default_rng(seed), right(*arguments))


def _changed(change, few, rng, value):
    """The value with each of its arrays and numbers changed, but for numbers where `few` entries are no matter."""
    array = None if isinstance(value, tuple) else numeric(value)
    if array is not None:
        return change(rng, array.astype(float)) if not few or array.size > 1 else array.astype(float)[()]
    if isinstance(value, dict):
        return {name: _changed(change, few, rng, part) for name, part in value.items()}
    return type(value)(_changed(change, few, rng, part) for part in value)
