"""The graph engine against the same network in nnlib's layers: the loss and all gradients of one batch.

    python -m tests.benchmarks.graph

784-512-512-10, ReLU, softmax cross entropy, batch 128, float32. The graph is built anew each time, as a training step
does. Repeats alternate; a time is the median. Exits 1 if the ratio is above its target.
"""

import sys
from statistics import median
from time import perf_counter

import numpy as np

from nnlib import graph
from nnlib.initializers import he_normal
from nnlib.layers import Linear, ReLU, Sequential
from nnlib.losses import SoftmaxCrossEntropy

SIZES, BATCH, TARGET = (784, 512, 512, 10), 128, 3.0
REPEATS, WARM_UP = 40, 5


def network():
    """A `Sequential`, a batch X, and its labels."""
    rng = np.random.default_rng(1)
    layers = []
    for n_in, n_out in zip(SIZES, SIZES[1:], strict=False):
        layers += [Linear(n_in, n_out, rng=rng, init=he_normal, dtype=np.float32), ReLU()]
    X = rng.standard_normal((BATCH, SIZES[0]), dtype="f")
    return Sequential(*layers[:-1]), X, rng.integers(SIZES[-1], size=BATCH)


def by_layers(model, X, y):
    loss = SoftmaxCrossEntropy()

    def step():
        J = loss.forward(y, model.forward(X, training=True))
        model.backward(loss.backward(), input_gradient=False)
        return J, model.gradients

    return step


def by_graph(model, X, y):
    def J(**nodes):
        z = X @ nodes["0.W"] + nodes["0.b"]
        for k in range(2, len(model.layers), 2):
            z = graph.relu(z) @ nodes[f"{k}.W"] + nodes[f"{k}.b"]
        return graph.softmax_cross_entropy(y, z)

    return lambda: graph.value_and_gradients(J, model.parameters)


def times(steps):
    """Median seconds of each of the steps, taken in turns."""
    taken = [[] for _ in steps]
    for repeat in range(WARM_UP + REPEATS):
        for step, of_step in zip(steps, taken, strict=True):
            start = perf_counter()
            step()
            if repeat >= WARM_UP:
                of_step.append(perf_counter() - start)
    return [median(of_step) for of_step in taken]


def main():
    model, X, y = network()
    layers, of_graph = by_layers(model, X, y), by_graph(model, X, y)
    (J, want), (J_graph, got) = layers(), of_graph()
    np.testing.assert_allclose(J_graph, J, rtol=1e-5)
    for name in want:
        np.testing.assert_allclose(got[name], want[name], rtol=1e-3, atol=1e-6)
    in_layers, in_graph = times([layers, of_graph])
    print(f"{'-'.join(map(str, SIZES))} batch {BATCH}: layers {in_layers * 1e6:.0f} µs, graph {in_graph * 1e6:.0f} µs")
    ratio = in_graph / in_layers
    print(f"ratio {ratio:.2f} target {TARGET:.2f}")
    return int(ratio > TARGET)


if __name__ == "__main__":
    sys.exit(main())
