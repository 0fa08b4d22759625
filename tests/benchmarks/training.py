"""A training step of nnlib's layers against PyTorch, scikit-learn and JAX, on the course's networks.

    python -m tests.benchmarks.training

Each library trains the same multilayer perceptron (ReLU, softmax cross entropy) in float32 on the same contiguous
batches, in the same order, with a loss value read each step, and may use every core. Peers are used as their manuals
advise: PyTorch eager with fused optimizers, JAX jitted with donated parameters, scikit-learn with one `partial_fit`
over all batches. The repeats alternate; a library's time is their median. A row's `ratio` is nnlib's time over that of
the fastest peer; `of sgemm` is the share of this machine's matrix product rate, measured here, that nnlib's step
reaches. The last line is the worst row's ratio over its target. Exits 1 if it is above 1, 2 if no peer is installed.
Needs the `benchmarks` extra.

An OpenBLAS that does not know the processor takes older kernels, of half the rate (0.3.31, NumPy's, takes Haswell's on
Zen 5); the first line names those taken. Its manual's remedy is `OPENBLAS_CORETYPE=SkylakeX` before the command.
"""

import sys
from importlib.util import find_spec
from statistics import median
from time import perf_counter, sleep

import numpy as np

from nnlib.initializers import he_normal
from nnlib.layers import Linear, ReLU, Sequential
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.optimizers import SGD, Adam

#         layer sizes     batch  batches  highest ratio allowed
SIZES = (
    ((2, 16, 2), 32, 3000, {"SGD": 0.8, "Adam": 1.0}),
    ((64, 32, 10), 32, 2000, {"SGD": 0.8, "Adam": 1.0}),
    ((784, 50, 10), 64, 300, {"SGD": 0.8, "Adam": 1.0}),
    ((784, 512, 512, 10), 128, 40, {"SGD": 1.0, "Adam": 1.0}),
    ((784, 2048, 2048, 10), 256, 6, {"SGD": 1.0, "Adam": 1.0}),
)
REPEATS = 7
LR = {"SGD": 0.01, "Adam": 0.001}
SETTLE = 0.1  # seconds: a library's worker threads spin for a while after their last task


def weights(sizes):
    """He's W and b = 0, float32, from which every library starts."""
    rng = np.random.default_rng(1)
    return [(he_normal(a, b, rng).astype("f"), np.zeros(b, "f")) for a, b in zip(sizes, sizes[1:], strict=False)]


def batches(sizes, batch, number):
    """X (number · batch, n) and the labels, made by a rule that can be learned."""
    rng = np.random.default_rng(2)
    X = rng.standard_normal((number * batch, sizes[0]), dtype="f")
    return X, (X @ rng.standard_normal((sizes[0], sizes[-1]), dtype="f")).argmax(axis=1)


def split(X, y, batch):
    return [(X[k : k + batch], y[k : k + batch]) for k in range(0, len(y), batch)]


def nnlib(sizes, X, y, batch, optimizer):
    layers = []
    for W, _ in weights(sizes):
        layers += [Linear(*W.shape, rng=None, init=lambda *_, W=W: W, dtype=np.float32), ReLU()]
    model, loss = Sequential(*layers[:-1]), SoftmaxCrossEntropy()
    optimizer = {"SGD": SGD, "Adam": Adam}[optimizer](LR[optimizer])
    steps = split(X, y, batch)

    def epoch():
        for x, labels in steps:
            J = loss.forward(labels, model.forward(x, training=True))
            model.backward(loss.backward(), input_gradient=False)
            optimizer.step(model.theta, model.gradient)
        return J

    return epoch


def torch(sizes, X, y, batch, optimizer):
    import torch

    layers = []
    for W, b in weights(sizes):
        linear = torch.nn.Linear(*W.shape)
        linear.weight.data, linear.bias.data = torch.from_numpy(W.T.copy()), torch.from_numpy(b.copy())
        layers += [linear, torch.nn.ReLU()]
    model, cost = torch.nn.Sequential(*layers[:-1]), torch.nn.CrossEntropyLoss()
    optimizer = getattr(torch.optim, optimizer)(model.parameters(), lr=LR[optimizer], fused=True)
    steps = split(torch.from_numpy(X), torch.from_numpy(y), batch)

    def epoch():
        for x, labels in steps:
            optimizer.zero_grad()
            loss = cost(model(x), labels)
            loss.backward()
            optimizer.step()
            J = loss.item()
        return J

    return epoch


def jax(sizes, X, y, batch, optimizer):
    import jax
    import jax.numpy as jnp

    def cost(parameters, x, labels):
        for W, b in parameters[:-1]:
            x = jax.nn.relu(x @ W + b)
        W, b = parameters[-1]
        log_a = jax.nn.log_softmax(x @ W + b)
        return -jnp.take_along_axis(log_a, labels[:, None], axis=1).mean()

    def sgd(state, x, labels):
        J, gradients = jax.value_and_grad(cost)(state, x, labels)
        return jax.tree.map(lambda w, g: w - LR["SGD"] * g, state, gradients), J

    def adam(state, x, labels):
        parameters, m, v, t = state
        J, gradients = jax.value_and_grad(cost)(parameters, x, labels)
        t = t + 1
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, gradients)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, gradients)
        lr = LR["Adam"] * jnp.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        return (jax.tree.map(lambda w, m, v: w - lr * m / (jnp.sqrt(v) + 1e-8), parameters, m, v), m, v, t), J

    step = jax.jit({"SGD": sgd, "Adam": adam}[optimizer], donate_argnums=0)
    state = jax.tree.map(jnp.array, weights(sizes))
    if optimizer == "Adam":
        state = state, *(jax.tree.map(jnp.zeros_like, state) for _ in range(2)), jnp.float32(0)
    steps = [(jnp.array(x), jnp.array(labels)) for x, labels in split(X, y, batch)]

    def epoch():
        nonlocal state
        for x, labels in steps:
            state, loss = step(state, x, labels)
            J = float(loss)
        return J

    return epoch


def sklearn(sizes, X, y, batch, optimizer):
    from sklearn.neural_network import MLPClassifier

    model = MLPClassifier(
        sizes[1:-1],
        solver=optimizer.lower(),
        alpha=0,
        batch_size=batch,
        shuffle=False,
        momentum=0,
        nesterovs_momentum=False,
        learning_rate_init=LR[optimizer],
        random_state=0,
    )
    model.partial_fit(X[:batch], y[:batch], classes=np.arange(sizes[-1]))

    def epoch():
        model.partial_fit(X, y)  # the mean over the epoch's steps, not the last step's loss
        return None

    return epoch


PEERS = {"PyTorch": torch, "scikit-learn": sklearn, "JAX": jax}


def missing(peers):
    return [name for name, peer in peers.items() if find_spec(peer.__name__) is None]


def measure(epochs, number):
    """Median seconds a step of each library; checks first that all compute the same losses."""
    losses = {name: epoch() for name, epoch in epochs.items()}  # the first epoch compiles and fills caches
    for name, J in losses.items():
        if J is not None and abs(J - losses["nnlib"]) > 0.02 * abs(J):
            raise AssertionError(f"after an epoch {name} has a loss of {J}, nnlib {losses['nnlib']}: not the same task")
    times = {name: [] for name in epochs}
    for _ in range(REPEATS):
        for name, epoch in epochs.items():
            sleep(SETTLE)
            start = perf_counter()
            epoch()
            times[name].append((perf_counter() - start) / number)
    return {name: median(of_one) for name, of_one in times.items()}


def sgemm_rate():
    """Operations a second of the fastest of some float32 products, 1024 and 2048 square."""
    rates = []
    for n in 5 * [1024] + 3 * [2048]:
        a, out = np.ones((n, n), "f"), np.empty((n, n), "f")
        start = perf_counter()
        np.matmul(a, a, out=out)
        rates.append(2 * n**3 / (perf_counter() - start))
    return max(rates)


def kernels():
    """The processor whose kernels NumPy's OpenBLAS took."""
    if find_spec("threadpoolctl") is None:  # it comes with scikit-learn
        return "unknown"
    from threadpoolctl import threadpool_info

    libraries = (library for library in threadpool_info() if "numpy" in library["filepath"])
    return ", ".join(library["architecture"] for library in libraries) or "unknown"


def operations(sizes, batch):
    """Of the matrix products of one step: forward, ∂J/∂W, and ∂J/∂x but for the first layer."""
    products = [2 * batch * a * b for a, b in zip(sizes, sizes[1:], strict=False)]
    return 3 * sum(products) - products[0]


def verdict(rows):
    """(exit status, last line) of rows (ratio, target)."""
    worst = max(ratio / target for ratio, target in rows)
    return int(worst > 1), f"ratio {worst:.2f} target 1.00"


def measure_row(sizes, batch, number, optimizer, peers):
    """Median seconds a step of nnlib and each peer on one network with one optimizer."""
    X, y = batches(sizes, batch, number)
    makers = {"nnlib": nnlib, **peers}
    return measure({name: make(sizes, X, y, batch, optimizer) for name, make in makers.items()}, number)


def main(peers=PEERS):
    absent = missing(peers)
    for name in absent:
        print(f"{name} is not installed: left out")
    peers = {name: peer for name, peer in peers.items() if name not in absent}
    if not peers:
        print("no peer to compare with: pip install '.[benchmarks]'")
        return 2
    rate, rows = sgemm_rate(), []
    print(
        f"µs a step, median of {REPEATS} alternating repeats; sgemm here {rate / 1e9:.0f} Gflop/s, kernels: {kernels()}"
    )
    names = "".join(f"{name:>14}" for name in peers)
    print(f"{'network':22}{'batch':>5}  {'':5}{'nnlib':>9}{names}   ratio  target  of sgemm")
    for sizes, batch, number, targets in SIZES:
        for optimizer, target in targets.items():
            times = measure_row(sizes, batch, number, optimizer, peers)
            ratio = times["nnlib"] / min(times[name] for name in peers)
            rows.append((ratio, target))
            share = operations(sizes, batch) / times["nnlib"] / rate
            print(
                f"{'-'.join(map(str, sizes)):22}{batch:5}  {optimizer:5}{times['nnlib'] * 1e6:9.1f}",
                *(f"{times[name] * 1e6:13.1f}" for name in peers),
                f"{ratio:6.2f}  {target:6.2f}  {share:8.0%}",
                flush=True,
            )
    status, line = verdict(rows)
    print(line)
    return status


if __name__ == "__main__":
    sys.exit(main())
