"""What the blanks of a2-backprop (lecture 3) share."""

import numpy as np

ALLOWED = ("datasets", "metrics", "plots", "preprocess")  # nnlib modules this assignment may import

BROADCAST = (
    ("a row b, a of shape (4, 3)", (4, 3), (3,)),
    ("a column a, b of shape (3, 3)", (3, 1), (3, 3)),
    ("a column a and a row b", (4, 1), (2,)),
    ("a of shape (1, 3), b a column", (1, 3), (5, 1)),
    ("equal shapes (3, 2)", (3, 2), (3, 2)),
    ("equal square shapes (3, 3)", (3, 3), (3, 3)),
    ("one row: a of shape (1, 3), b of shape (3,)", (1, 3), (3,)),
    ("a number b", (2, 3), ()),
    ("a number a", (), (4,)),
    ("three axes: b of shape (2, 1)", (3, 2, 4), (2, 1)),
)


def broadcasting(rng):
    """dout, a and b of all kinds of shapes that NumPy brings together; no sum over dout nearly cancels."""
    for label, *shapes in BROADCAST:
        a, b = (_filled(rng.choice([-1, 1]) * rng.uniform(0.5, 2, size=shape).round(3)) for shape in shapes)
        dout = rng.choice([-1, 1]) * rng.uniform(0.3, 1.5, size=np.broadcast_shapes(*shapes)).round(3)
        yield label, (_filled(dout), a, b)


def _filled(array):
    """The array; a number where it has no axis."""
    return array if np.ndim(array) else float(array)


def small_graphs(rng):
    """The number of nodes n, edges (E, 2) with rows (input, user), the output: numbers and rows in any order."""
    yield "one node alone", _shuffled(rng, 1, [], 0)
    yield "a gate that uses its input twice", _shuffled(rng, 3, [(0, 1), (0, 1), (1, 2)], 2)
    yield "two paths that meet again", _shuffled(rng, 5, [(0, 1), (0, 2), (1, 3), (2, 3), (3, 4), (0, 4)], 4)
    yield "one neuron", _shuffled(rng, 9, NEURON, 8)
    yield "nodes that the output does not need", _shuffled(rng, 14, [*NEURON, *NOT_NEEDED], 8)
    yield "12 nodes", _shuffled(rng, 12, _random_edges(rng, 12), 11)


NEURON = [(0, 4), (1, 4), (2, 5), (3, 5), (4, 6), (5, 6), (6, 7), (7, 8), (6, 8)]  # two products, a sum, σ, a product
NOT_NEEDED = [(8, 9), (9, 10), (4, 10), (11, 12), (12, 13), (8, 13), (11, 9)]  # users of the output, and a stranger


def large_graphs(rng):
    """The same with many nodes, or many paths."""
    chain, direct = [(k, k + 1) for k in range(39)], [(k, 19) for k in range(18)]
    yield "a chain of 40 nodes", _shuffled(rng, 40, chain, 39)
    yield "a chain of 20 nodes that the output uses, too", _shuffled(rng, 20, chain[:19] + direct, 19)
    yield "7 doublings, 128 paths", _shuffled(rng, 8, doublings(7), 7)


def doublings(n):
    """The edges of 2ⁿ x by n sums of a node with itself."""
    return [(k, k + 1) for k in range(n) for _ in range(2)]


def _random_edges(rng, n):
    """Each node but the first uses one or two of the four before it, the last node every node that nobody else uses."""
    edges = [(int(source), k) for k in range(1, n - 1) for source in rng.integers(max(0, k - 4), k, 1 + k % 2)]
    used = {source for source, _ in edges}
    return edges + [(source, n - 1) for source in range(n - 1) if source not in used]


def _shuffled(rng, n, edges, output):
    number = rng.permutation(n)
    rows = np.array(edges, dtype=np.int64).reshape(-1, 2)
    return n, rng.permutation(number[rows]), int(number[output])


def sines(rng, shape, size=1.0, rate=1.0, offset=0.0, place=1.0, hardly=None):
    """f(x) = offset + Σ C sin(rate x + S) as Python source, that of its derivative, and x of this shape.

    x is of the size `place`, the derivative of the size `size`; the entry `hardly`, where given, counts 1e-9 as much.
    """
    x = (place * rng.choice([-1, 1], size=shape) * rng.uniform(0.3, 2, size=shape)).round(3)
    phase = rng.choice([-1, 1], size=shape) * rng.uniform(0.3, 1.1, size=shape)  # far from where sine or cosine is 0
    S, C = (phase - rate * x).round(3), rng.uniform(0.5, 2, size=shape).round(2)
    C.flat[1::2] *= -1
    if hardly is not None:
        C.flat[hardly] *= 1e-9
    C, S, more = written(C), written(S), f"{offset!r} + " if offset else ""
    inside = f"np.{{}}({rate!r} * x + {S})"
    return (
        f"lambda x: {more}{size / rate!r} * np.sum({C} * {inside.format('sin')})",
        f"lambda x: {size!r} * {C} * {inside.format('cos')}",
        x,
    )


def log_sum_exp(rng):
    """f(x) = log Σ exp(x + S) as source, its derivative, x (3,): each entry of it depends on all of x."""
    x, S = rng.uniform(-1, 1, size=3).round(3), written(rng.uniform(-1, 1, size=3).round(3))
    terms = f"np.exp(x + {S})"
    return f"lambda x: np.log(np.sum({terms}))", f"lambda x: {terms} / np.sum({terms})", x


def quadratic(rng):
    """f(x) = xᵀ Q x / 2 + cos x₀ as source, its derivative, x (2,)."""
    Q = rng.uniform(0.5, 2, size=(2, 2)).round(2)
    x, Q = rng.uniform(0.5, 2, size=2).round(3), written(Q + Q.T)
    return f"lambda x: x @ {Q} @ x / 2 + np.cos(x[0])", f"lambda x: {Q} @ x - np.array([np.sin(x[0]), 0])", x


def written(array):
    """An array as Python source."""
    return f"np.array({array.tolist()})"
