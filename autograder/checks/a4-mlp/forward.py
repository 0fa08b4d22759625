"""The activations of every layer of a network: tanh in hidden layers, none in the last."""

import numpy as np

from autograder.kit import EXACT, check
from nnlib.layers import Linear, Sequential, Tanh

from . import drawn, network

SIZES = (
    ("m = 4, layers of 3, 2 and 4 units", 4, (3, 2, 4)),
    ("three layers, all of 3 units (m = 3)", 3, (3, 3, 3, 3)),
    ("one unit between two layers", 5, (2, 1, 3)),
    ("four layers, one example (m = 1)", 1, (1, 2, 4, 3, 2)),
    ("hidden signals near 0", 3, (2, 3, 4)),
)


def networks(rng):
    """X (m, s_0), W1, b1, …"""
    for label, m, sizes in SIZES:
        W, b, *others = network(rng, *sizes)
        size = 0.005 if "near 0" in label else 1
        yield label, (drawn(rng, m, sizes[0]), (size * W).round(5), (size * b).round(5), *others)


def by_layers(X, *parameters):
    """The same by nnlib: each activation is the output of a network that ends there."""
    outputs, last = [], len(parameters) // 2
    for depth in range(1, last + 1):
        sizes = [X.shape[1], *(b.size for b in parameters[1 : 2 * depth : 2])]
        layers = [one for n, k in zip(sizes, sizes[1:]) for one in (Linear(n, k, rng=np.random.default_rng(0)), Tanh())]
        model = Sequential(*layers[: -1 if depth == last else None])
        model.theta = np.concatenate([array.ravel() for array in parameters[: 2 * depth]])
        outputs.append(model.forward(X))
    return tuple(outputs)


@check(weights={"hidden activations": 0.5, "output": 0.5}, needs=("linear_forward",), witness=by_layers)
def examined(blank):
    for case in blank.cases(networks):
        got, want = blank.call("forward", *case.args, returns=len(case.args) // 2), blank.want(*case.args)
        for ours, theirs in zip(got[:-1], want, strict=False):
            blank.close("hidden activations", ours, theirs, rtol=EXACT)
        blank.close("output", got[-1], want[-1], rtol=EXACT)


# %% right: layer by layer
def forward(X, *parameters):
    A, outputs = X, ()
    for k in range(0, len(parameters), 2):
        Z = linear_forward(A, parameters[k], parameters[k + 1])
        A = Z if k + 2 == len(parameters) else np.tanh(Z)
        outputs = (*outputs, A)
    return outputs


# %% right: pairs of parameters
def forward(X, *parameters):
    A = [X]
    for W, b in zip(parameters[::2], parameters[1::2]):
        A.append(np.tanh(A[-1] @ W + b))
    A[-1] = A[-2] @ parameters[-2] + parameters[-1]
    return A[1:]


# %% right: the first layer, then the rest
def forward(X, W, b, *others):
    Z = X @ W + b
    return (np.tanh(Z), *forward(np.tanh(Z), *others)) if others else (Z,)


# %% right: one example after the other
def forward(X, *parameters):
    outputs = []
    for k in range(len(parameters) // 2):
        W, b = parameters[2 * k : 2 * k + 2]
        X = np.array([[sum(x[i] * W[i, j] for i in range(len(x))) + b[j] for j in range(len(b))] for x in X])
        X = np.tanh(X) if 2 * k + 2 < len(parameters) else X
        outputs.append(X)
    return outputs


# %% right: einsum and exponentials
def forward(X, *parameters):
    rest, outputs = list(parameters), []
    while rest:
        W, b = rest.pop(0), rest.pop(0)
        Z = np.einsum("ij,jk->ik", X, W) + b
        e = np.exp(-2 * np.abs(Z))
        X = np.sign(Z) * (1 - e) / (1 + e) if rest else Z
        outputs.append(X)
    return tuple(outputs)


# %% wrong: activated_output keeps 0.5 "The last layer has an activation here: its output are the signals themselves."
def forward(X, *parameters):
    A, outputs = X, ()
    for W, b in zip(parameters[::2], parameters[1::2]):
        A = np.tanh(A @ W + b)
        outputs = (*outputs, A)
    return outputs


# %% wrong: tanh in every layer -> activated_output keeps 0.5
def forward(X, W, b, *others):
    A = np.tanh(linear_forward(X, W, b))
    return (A, *forward(A, *others)) if others else (A,)


# %% wrong: signals_returned keeps 0.5 "The signals of the hidden layers came back, not their activations."
def forward(X, *parameters):
    A, outputs = X, ()
    for W, b in zip(parameters[::2], parameters[1::2]):
        Z = A @ W + b
        A = np.tanh(Z)
        outputs = (*outputs, Z)
    return outputs


# %% wrong: what the tanh is given -> signals_returned keeps 0.5
def forward(X, W, b, *others):
    Z = linear_forward(X, W, b)
    return (Z, *forward(np.tanh(Z), *others)) if others else (Z,)


# %% wrong: all_linear "No layer has an activation: then the network is one linear layer."
def forward(X, *parameters):
    outputs = ()
    for W, b in zip(parameters[::2], parameters[1::2]):
        X = X @ W + b
        outputs = (*outputs, X)
    return outputs


# %% wrong: a product of matrices -> all_linear
def forward(X, W, b, *others):
    Z = linear_forward(X, W, b)
    return (Z, *forward(Z, *others)) if others else (Z,)


# %% wrong: bias_left_out
def forward(X, *parameters):
    A, outputs = X, ()
    for W in parameters[::2]:
        Z = A @ W
        A = np.tanh(Z)
        outputs = (*outputs, A)
    return (*outputs[:-1], Z)


# %% wrong: weights alone -> bias_left_out
def forward(X, W, b, *others):
    Z = linear_forward(X, W, 0 * b)
    return (np.tanh(Z), *forward(np.tanh(Z), *others)) if others else (Z,)


# %% wrong: relu_for_tanh "The hidden units are ReLU here: the statement asks for another activation."
def forward(X, *parameters):
    A, outputs = X, ()
    for W, b in zip(parameters[::2], parameters[1::2]):
        Z = A @ W + b
        A = np.maximum(0, Z)
        outputs = (*outputs, A)
    return (*outputs[:-1], Z)


# %% wrong: units that are off below 0 -> relu_for_tanh
def forward(X, W, b, *others):
    Z = linear_forward(X, W, b)
    A = Z * (Z > 0)
    return (A, *forward(A, *others)) if others else (Z,)


# %% wrong: sigmoid_for_tanh "The hidden units are sigmoids here: the statement asks for another activation."
def forward(X, *parameters):
    A, outputs = X, ()
    for W, b in zip(parameters[::2], parameters[1::2]):
        Z = A @ W + b
        A = 1 / (1 + np.exp(-Z))
        outputs = (*outputs, A)
    return (*outputs[:-1], Z)


# %% wrong: units between 0 and 1 -> sigmoid_for_tanh
def forward(X, W, b, *others):
    Z = linear_forward(X, W, b)
    A = 0.5 + 0.5 * np.tanh(Z / 2)
    return (A, *forward(A, *others)) if others else (Z,)


# %% wrong: softmax_on_output keeps 0.5 "The output came back as probabilities: asked are the scores."
def forward(X, *parameters):
    A, outputs = X, ()
    for W, b in zip(parameters[::2], parameters[1::2]):
        Z = A @ W + b
        A = np.tanh(Z)
        outputs = (*outputs, A)
    return (*outputs[:-1], softmax(Z))


# %% wrong: rows that sum to 1 -> softmax_on_output keeps 0.5
def forward(X, W, b, *others):
    Z = linear_forward(X, W, b)
    e = np.exp(Z)
    return (np.tanh(Z), *forward(np.tanh(Z), *others)) if others else (e / e.sum(axis=1, keepdims=True),)


# %% wrong: tanh_twice
def forward(X, *parameters):
    A, outputs = X, ()
    for W, b in zip(parameters[::2], parameters[1::2]):
        Z = A @ W + b
        A = np.tanh(np.tanh(Z))
        outputs = (*outputs, A)
    return (*outputs[:-1], Z)


# %% wrong: the activation of an activation -> tanh_twice
def forward(X, W, b, *others):
    Z = linear_forward(X, W, b)
    A = np.tanh(Z)
    return (np.tanh(A), *forward(np.tanh(A), *others)) if others else (Z,)


# %% wrong: the first layer without an activation -> none
def forward(X, W, b, *others):
    A, outputs = X @ W + b, (X @ W + b,)
    for W, b in zip(others[::2], others[1::2]):
        Z = A @ W + b
        A = np.tanh(Z)
        outputs = (*outputs, A)
    return (*outputs[:-1], Z)


# %% wrong: every layer reads the examples -> raised
def forward(X, *parameters):
    return tuple(np.tanh(X @ W + b) for W, b in zip(parameters[::2], parameters[1::2]))


# %% wrong: one layer short -> wrong_type
def forward(X, *parameters):
    A, outputs = X, ()
    for W, b in zip(parameters[:-2:2], parameters[1:-2:2]):
        A = np.tanh(A @ W + b)
        outputs = (*outputs, A)
    return outputs if len(outputs) > 1 else (*outputs,)


# %% wrong: the examples among them -> wrong_type
def forward(X, *parameters):
    A = [X]
    for W, b in zip(parameters[::2], parameters[1::2]):
        Z = A[-1] @ W + b
        A.append(np.tanh(Z))
    return (*A[:-1], Z)


# %% wrong: the output alone -> wrong_type
def forward(X, *parameters):
    for W, b in zip(parameters[::2], parameters[1::2]):
        Z = X @ W + b
        X = np.tanh(Z)
    return Z


# %% wrong: in columns -> none
def forward(X, *parameters):
    A, outputs = X, ()
    for W, b in zip(parameters[::2], parameters[1::2]):
        Z = A @ W + b
        A = np.tanh(Z)
        outputs = (*outputs, A)
    return tuple(A.T for A in (*outputs[:-1], Z))
