"""The held-out answers to a2-backprop that are its own: what is given to a right answer distorted, and wrong orders."""

import numpy as np

# What is given, distorted: f(generator, *arguments) -> arguments

OF_TWO = {
    "dout cubed": lambda rng, dout, *inputs: (dout**3, *inputs),
    "dout's signs": lambda rng, dout, *inputs: (0.3 * np.sign(dout), *inputs),
    "dout centred and shifted": lambda rng, dout, *inputs: (dout - np.mean(dout) + 0.4, *inputs),
}
GIVEN = {
    "add_backward": OF_TWO,
    "multiply_backward": OF_TWO | {"b shifted": lambda rng, dout, a, b: (dout, a + 0.2, b + 0.3)},
    "matmul_backward": OF_TWO | {"B rotated": lambda rng, dout, A, B: (dout, A + 0.1, np.roll(B, 1, axis=0) + 0.01)},
    "gram_backward": OF_TWO | {"A squared": lambda rng, dout, A: (dout, A**2)},
    "max_backward": {
        "dout cubed": OF_TWO["dout cubed"],
        "X drawn": lambda rng, dout, X: (dout, rng.normal(size=X.shape)),
    },
    "sigmoid_backward": OF_TWO | {"half of a": lambda rng, dout, a: (dout, a / 2 + 0.1)},
    "error_signals": {
        "local gradients squared": lambda rng, n, edges, local, output: (n, edges, local**2, output),
        "local gradients halved": lambda rng, n, edges, local, output: (n, edges, local / 2, output),
        "another output": lambda rng, n, edges, local, output: (n, edges, local, (output + 1) % n),
    },
}


# Written for one blank: f(generator, *arguments) -> what it returns


def ordered(n, edges, output):
    """A right order."""
    needed = {output}
    for _ in range(n):
        needed |= {int(source) for source, user in edges if user in needed}
    order = []
    while needed:
        order += [node for node in needed if not needed & {int(source) for source, user in edges if user == node}]
        needed -= {*order}
    return order


def first_to_last(rng, n, edges, output):
    order = ordered(n, edges, output)
    return [*order[1:], order[0], order[0] + 1]


WRITTEN = {
    "topological_order": {
        "drawn": lambda rng, n, edges, output: rng.permutation(n + 1),
        "drawn, some twice": lambda rng, n, edges, output: rng.integers(n + 1, size=n + 2),
        "all numbers one too large": lambda rng, *graph: [node + 1 for node in ordered(*graph)],
        "the first node last, and one more": first_to_last,
        "nothing": lambda rng, *graph: [],
        "halves": lambda rng, *graph: [node + 0.5 for node in ordered(*graph)],
    },
}
