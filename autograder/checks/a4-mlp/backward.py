"""All gradients of a network of any number of layers: tanh units, softmax and cross entropy."""

import numpy as np

from autograder.kit import check
from nnlib import graph

from . import drawn, network

SIZES = (
    ("m = 4, layers of 3, 4 and 2 units", 4, (3, 4, 2)),
    ("three layers, all of 3 units (m = 3)", 3, (3, 3, 3, 3)),
    ("one layer", 5, (2, 3)),
    ("one unit between two layers", 5, (2, 1, 3)),
    ("four layers, one example (m = 1)", 1, (2, 3, 2, 3, 2)),
    ("weak weights after the hidden layer", 4, (2, 3, 3)),
)
LAST, BEFORE, ALL = "the last layer, W[i, j] and b[j]", "the layer before it, W[i, j] and b[j]", "all layers"


def networks(rng):
    """X (m, s_0), soft targets Y (m, K), W1, b1, …; targets lean to the first class and outputs to the others."""
    for label, m, sizes in SIZES:
        Y = rng.uniform(0.6, 0.9, m).round(2)
        Y = np.column_stack([Y, *[(1 - Y) / (sizes[-1] - 1)] * (sizes[-1] - 1)])
        *parameters, W, b = network(rng, *sizes)
        W = (0.02 * W).round(4) if "weak" in label else W
        yield label, (drawn(rng, m, sizes[0]), Y, *parameters, W, b - 2 * (np.arange(len(b)) == 0))


def by_graph(X, Y, *parameters):
    """The same by nnlib's graph, which is given the forward pass alone."""
    nodes, A = [graph.variable(array) for array in parameters], X
    for k in range(0, len(nodes), 2):
        Z = A @ nodes[k] + nodes[k + 1]
        A = graph.tanh(Z)
    return tuple(graph.gradients(graph.softmax_cross_entropy(Y, Z), nodes))


@check(
    weights={LAST: 0.25, BEFORE: 0.25, ALL: 0.5},
    needs=("forward", "linear_backward", "tanh_backward", "hidden_gradients"),
    witness=by_graph,
)
def examined(blank):
    for case in blank.cases(networks):
        got = blank.call("backward", *case.args, returns=len(case.args) - 2)
        want, allowed = blank.want(*case.args), blank.allowed(*case.args)
        for k, (ours, theirs, rtol) in enumerate(zip(got, want, allowed, strict=True)):
            layer = LAST if k >= len(want) - 2 else BEFORE if k >= len(want) - 4 else ""
            for property in filter(None, (layer, ALL)):
                blank.close(property, ours, theirs, rtol=rtol)


# %% right: back through the layers
def backward(X, Y, *parameters):
    A = [X, *forward(X, *parameters)]
    Delta, gradients = softmax(A[-1]) - Y, ()
    for k in reversed(range(len(A) - 1)):
        gradients = (A[k].T @ Delta / len(X), Delta.sum(axis=0) / len(X), *gradients)
        if k > 0:
            Delta = (Delta @ parameters[2 * k].T) * (1 - A[k] ** 2)
    return gradients


# %% same: if k >= 0 "The error signals of the examples themselves are computed as well, and nobody uses them."
# %% same: if k > -1 "as above"


# %% right: by the blank on hidden layers
def backward(X, Y, *parameters):
    A = [X, *forward(X, *parameters)]
    Delta = softmax(A[-1]) - Y
    gradients = [A[-2].T @ Delta / len(X), Delta.mean(axis=0)]
    for k in range(len(A) - 2, 0, -1):
        Delta, dW, db = hidden_gradients(Delta, parameters[2 * k], A[k], A[k - 1])
        gradients = [dW, db] + gradients
    return gradients


# %% right: by the blanks on linear layers and tanh
def backward(X, Y, *parameters):
    inputs, Z = [X], []
    for W, b in zip(parameters[::2], parameters[1::2]):
        Z.append(inputs[-1] @ W + b)
        inputs.append(np.tanh(Z[-1]))
    dZ, gradients = (softmax(Z[-1]) - Y) / len(X), []
    for k in range(len(Z) - 1, -1, -1):
        dW, db, dA = linear_backward(dZ, inputs[k], parameters[2 * k])
        gradients[:0] = [dW, db]
        dZ = tanh_backward(dA, Z[k - 1]) if k else None
    return tuple(gradients)


# %% right: the first layer calls the rest
def backward(X, Y, *parameters):
    def back(A, W, b, *others):
        Z = A @ W + b
        if others:
            dA, *gradients = back(np.tanh(Z), *others)
            dZ = dA * (1 - np.tanh(Z)) * (1 + np.tanh(Z))
        else:
            e = np.exp(Z - Z.max(axis=1, keepdims=True))
            dZ, gradients = (e / e.sum(axis=1, keepdims=True) - Y) / len(Y), []
        return dZ @ W.T, A.T @ dZ, dZ.sum(axis=0), *gradients

    return back(X, *parameters)[1:]


# %% right: the mean of one example's gradients
def backward(X, Y, *parameters):
    total = [np.zeros(array.shape) for array in parameters]
    for x, y in zip(X, Y):
        a = [x]
        for W, b in zip(parameters[::2], parameters[1::2]):
            z = a[-1] @ W + b
            a.append(np.tanh(z))
        e = np.exp(z - z.max())
        d = e / e.sum() - y
        for k in range(len(parameters) - 2, -1, -2):
            total[k] += np.outer(a[k // 2], d) / len(X)
            total[k + 1] += d / len(X)
            d = (parameters[k] @ d) * (1 - a[k // 2] ** 2)
    return total


# %% right: einsum
def backward(X, Y, *parameters):
    A = [X, *forward(X, *parameters)]
    D, gradients = (softmax(A[-1]) - Y) / len(Y), []
    for k in range(len(A) - 2, -1, -1):
        gradients = [np.einsum("ij,ik->jk", A[k], D), np.einsum("ik->k", D)] + gradients
        D = np.einsum("ik,jk,ij->ij", D, parameters[2 * k], 1 - A[k] * A[k])
    return gradients


# %% wrong: missing_mean
def backward(X, Y, *parameters):
    A = [X, *forward(X, *parameters)]
    Delta, gradients = softmax(A[-1]) - Y, ()
    for k in reversed(range(len(A) - 1)):
        gradients = (A[k].T @ Delta, Delta.sum(axis=0), *gradients)
        Delta = (Delta @ parameters[2 * k].T) * (1 - A[k] ** 2)
    return gradients


# %% wrong: of the parts, without the mean -> missing_mean
def backward(X, Y, *parameters):
    A = [X, *forward(X, *parameters)]
    D, gradients = softmax(A[-1]) - Y, []
    for k in range(len(A) - 2, -1, -1):
        dW, db, dA = linear_backward(D, A[k], parameters[2 * k])
        gradients = [dW, db] + gradients
        D = dA - dA * A[k] * A[k]
    return gradients


# %% wrong: divided_twice
def backward(X, Y, *parameters):
    A = [X, *forward(X, *parameters)]
    Delta, gradients = (softmax(A[-1]) - Y) / len(X), ()
    for k in reversed(range(len(A) - 1)):
        gradients = (A[k].T @ Delta / len(X), Delta.mean(axis=0), *gradients)
        Delta = (Delta @ parameters[2 * k].T) * (1 - A[k] ** 2)
    return gradients


# %% wrong: of the parts, with two means -> divided_twice
def backward(X, Y, *parameters):
    A = [X, *forward(X, *parameters)]
    D, gradients = (softmax(A[-1]) - Y) / len(X) ** 2, []
    for k in range(len(A) - 2, -1, -1):
        dW, db, dA = linear_backward(D, A[k], parameters[2 * k])
        gradients = [dW, db] + gradients
        D = dA - dA * A[k] * A[k]
    return gradients


# %% wrong: mean_in_each_layer keeps 0.25 "The mean was taken again in each layer on the way back: it enters once."
def backward(X, Y, *parameters):
    A = [X, *forward(X, *parameters)]
    Delta, gradients = (softmax(A[-1]) - Y) / len(X), ()
    for k in reversed(range(len(A) - 1)):
        gradients = (A[k].T @ Delta, Delta.sum(axis=0), *gradients)
        Delta = (Delta @ parameters[2 * k].T) * (1 - A[k] ** 2) / len(X)
    return gradients


# %% wrong: every layer divides -> mean_in_each_layer keeps 0.25
def backward(X, Y, *parameters):
    A = [X, *forward(X, *parameters)]
    D, gradients = softmax(A[-1]) - Y, []
    for k in range(len(A) - 2, -1, -1):
        dW, db, dA = linear_backward(D / len(X), A[k], parameters[2 * k])
        gradients = [dW, db] + gradients
        D = dA - dA * A[k] * A[k]
    return gradients


# %% wrong: mean_passed_on keeps 0.25 "The mean was taken once more in the hidden layers: is it in what you pass on?"
def backward(X, Y, *parameters):
    A = [X, *forward(X, *parameters)]
    Delta = (softmax(A[-1]) - Y) / len(X)
    gradients = [A[-2].T @ Delta, Delta.sum(axis=0)]
    for k in range(len(A) - 2, 0, -1):
        Delta, dW, db = hidden_gradients(Delta, parameters[2 * k], A[k], A[k - 1])
        gradients = [dW, db] + gradients
    return gradients


# %% wrong: the last layer has its mean already -> mean_passed_on keeps 0.25
def backward(X, Y, *parameters):
    A = [X, *forward(X, *parameters)]
    D, gradients, last = (softmax(A[-1]) - Y) / len(X), [], len(A) - 2
    for k in range(last, -1, -1):
        dW, db, dA = linear_backward(D, A[k], parameters[2 * k])
        gradients = ([dW, db] if k == last else [dW / len(X), db / len(X)]) + gradients
        D = dA - dA * A[k] * A[k]
    return gradients


# %% wrong: slope_left_out keeps 0.25
def backward(X, Y, *parameters):
    A = [X, *forward(X, *parameters)]
    Delta, gradients = softmax(A[-1]) - Y, ()
    for k in reversed(range(len(A) - 1)):
        gradients = (A[k].T @ Delta / len(X), Delta.sum(axis=0) / len(X), *gradients)
        Delta = Delta @ parameters[2 * k].T
    return gradients


# %% wrong: linear layers one after the other -> slope_left_out keeps 0.25
def backward(X, Y, *parameters):
    A = [X, *forward(X, *parameters)]
    D, gradients = (softmax(A[-1]) - Y) / len(X), []
    for k in range(len(A) - 2, -1, -1):
        dW, db, D = linear_backward(D, A[k], parameters[2 * k])
        gradients = [dW, db] + gradients
    return gradients


# %% wrong: tanh_twice keeps 0.25
def backward(X, Y, *parameters):
    A = [X, *forward(X, *parameters)]
    Delta, gradients = softmax(A[-1]) - Y, ()
    for k in reversed(range(len(A) - 1)):
        gradients = (A[k].T @ Delta / len(X), Delta.sum(axis=0) / len(X), *gradients)
        Delta = (Delta @ parameters[2 * k].T) * (1 - np.tanh(A[k]) ** 2)
    return gradients


# %% wrong: the slope at the activations -> tanh_twice keeps 0.25
def backward(X, Y, *parameters):
    A = [X, *forward(X, *parameters)]
    D, gradients = (softmax(A[-1]) - Y) / len(X), []
    for k in range(len(A) - 2, -1, -1):
        dW, db, dA = linear_backward(D, A[k], parameters[2 * k])
        gradients = [dW, db] + gradients
        D = tanh_backward(dA, A[k])
    return gradients


# %% wrong: sigmoid_slope keeps 0.25
def backward(X, Y, *parameters):
    A = [X, *forward(X, *parameters)]
    Delta, gradients = softmax(A[-1]) - Y, ()
    for k in reversed(range(len(A) - 1)):
        gradients = (A[k].T @ Delta / len(X), Delta.sum(axis=0) / len(X), *gradients)
        Delta = (Delta @ parameters[2 * k].T) * A[k] * (1 - A[k])
    return gradients


# %% wrong: A less its square -> sigmoid_slope keeps 0.25
def backward(X, Y, *parameters):
    A = [X, *forward(X, *parameters)]
    D, gradients = (softmax(A[-1]) - Y) / len(X), []
    for k in range(len(A) - 2, -1, -1):
        dW, db, dA = linear_backward(D, A[k], parameters[2 * k])
        gradients = [dW, db] + gradients
        D = dA * A[k] - dA * A[k] ** 2
    return gradients


# %% wrong: softmax_left_out
def backward(X, Y, *parameters):
    A = [X, *forward(X, *parameters)]
    Delta, gradients = A[-1] - Y, ()
    for k in reversed(range(len(A) - 1)):
        gradients = (A[k].T @ Delta / len(X), Delta.sum(axis=0) / len(X), *gradients)
        Delta = (Delta @ parameters[2 * k].T) * (1 - A[k] ** 2)
    return gradients


# %% wrong: scores less targets -> softmax_left_out
def backward(X, Y, *parameters):
    A = [X, *forward(X, *parameters)]
    D, gradients = (A[-1] - Y) / len(X), []
    for k in range(len(A) - 2, -1, -1):
        dW, db, dA = linear_backward(D, A[k], parameters[2 * k])
        gradients = [dW, db] + gradients
        D = dA - dA * A[k] * A[k]
    return gradients


# %% wrong: slope_at_output "The output has a slope of its own here: softmax and cross entropy have it in already."
def backward(X, Y, *parameters):
    A = [X, *forward(X, *parameters)]
    P = softmax(A[-1])
    Delta, gradients = (P - Y) * P * (1 - P), ()
    for k in reversed(range(len(A) - 1)):
        gradients = (A[k].T @ Delta / len(X), Delta.sum(axis=0) / len(X), *gradients)
        Delta = (Delta @ parameters[2 * k].T) * (1 - A[k] ** 2)
    return gradients


# %% wrong: through the softmax once more -> slope_at_output
def backward(X, Y, *parameters):
    A = [X, *forward(X, *parameters)]
    P = softmax(A[-1])
    D, gradients = (P - Y) * (P - P * P) / len(X), []
    for k in range(len(A) - 2, -1, -1):
        dW, db, dA = linear_backward(D, A[k], parameters[2 * k])
        gradients = [dW, db] + gradients
        D = dA - dA * A[k] * A[k]
    return gradients


# %% wrong: wrong_sign
def backward(X, Y, *parameters):
    A = [X, *forward(X, *parameters)]
    Delta, gradients = Y - softmax(A[-1]), ()
    for k in reversed(range(len(A) - 1)):
        gradients = (A[k].T @ Delta / len(X), Delta.sum(axis=0) / len(X), *gradients)
        Delta = (Delta @ parameters[2 * k].T) * (1 - A[k] ** 2)
    return gradients


# %% wrong: targets less outputs -> wrong_sign
def backward(X, Y, *parameters):
    A = [X, *forward(X, *parameters)]
    D, gradients = (Y - softmax(A[-1])) / len(X), []
    for k in range(len(A) - 2, -1, -1):
        dW, db, dA = linear_backward(D, A[k], parameters[2 * k])
        gradients = [dW, db] + gradients
        D = dA - dA * A[k] * A[k]
    return gradients


# %% wrong: moved_weights keeps 0.25
def backward(X, Y, *parameters):
    A = [X, *forward(X, *parameters)]
    Delta, gradients = softmax(A[-1]) - Y, ()
    for k in reversed(range(len(A) - 1)):
        dW = A[k].T @ Delta / len(X)
        gradients = (dW, Delta.sum(axis=0) / len(X), *gradients)
        Delta = (Delta @ (parameters[2 * k] - dW).T) * (1 - A[k] ** 2)
    return gradients


# %% wrong: steps in the loop -> moved_weights keeps 0.25
def backward(X, Y, *parameters):
    A = [X, *forward(X, *parameters)]
    D, gradients, parameters = (softmax(A[-1]) - Y) / len(X), [], [1.0 * array for array in parameters]
    for k in range(len(A) - 2, -1, -1):
        dW, db, _ = linear_backward(D, A[k], parameters[2 * k])
        gradients = [dW, db] + gradients
        parameters[2 * k] -= dW
        D = (D @ parameters[2 * k].T) * (1 - A[k] * A[k])
    return gradients


# %% wrong: bias_forgotten
def backward(X, Y, *parameters):
    A = [X, *forward(X, *parameters)]
    Delta, gradients = softmax(A[-1]) - Y, ()
    for k in reversed(range(len(A) - 1)):
        gradients = (A[k].T @ Delta / len(X), np.zeros(Delta.shape[1]), *gradients)
        Delta = (Delta @ parameters[2 * k].T) * (1 - A[k] ** 2)
    return gradients


# %% wrong: nothing for the biases -> bias_forgotten
def backward(X, Y, *parameters):
    A = [X, *forward(X, *parameters)]
    D, gradients = (softmax(A[-1]) - Y) / len(X), []
    for k in range(len(A) - 2, -1, -1):
        dW, db, dA = linear_backward(D, A[k], parameters[2 * k])
        gradients = [dW, 0 * db] + gradients
        D = dA - dA * A[k] * A[k]
    return gradients


# %% wrong: two_layers_at_most keeps 0.5 "Layers further back than the last two learn nothing: the error signals go on."
def backward(X, Y, *parameters):
    A = [X, *forward(X, *parameters)]
    Delta = softmax(A[-1]) - Y
    gradients = [np.zeros(array.shape) for array in parameters]
    gradients[-2:] = [A[-2].T @ Delta / len(X), Delta.mean(axis=0)]
    if len(A) > 2:
        Delta = (Delta @ parameters[-2].T) * (1 - A[-2] ** 2)
        gradients[-4:-2] = [A[-3].T @ Delta / len(X), Delta.mean(axis=0)]
    return gradients


# %% wrong: the way back ends early -> two_layers_at_most keeps 0.5
def backward(X, Y, *parameters):
    A = [X, *forward(X, *parameters)]
    D, gradients = (softmax(A[-1]) - Y) / len(X), []
    for k in range(len(A) - 2, -1, -1):
        dW, db, dA = linear_backward(D, A[k], parameters[2 * k])
        gradients = [dW, db] + gradients
        D = (dA - dA * A[k] * A[k]) * (k == len(A) - 2)
    return gradients


# %% wrong: the last layer alone -> none keeps 0.25
def backward(X, Y, *parameters):
    A = [X, *forward(X, *parameters)]
    Delta = softmax(A[-1]) - Y
    gradients = [np.zeros(array.shape) for array in parameters]
    gradients[-2:] = [A[-2].T @ Delta / len(X), Delta.mean(axis=0)]
    return gradients


# %% wrong: the last layer without its mean -> missing_mean keeps 0.25
def backward(X, Y, *parameters):
    A = [X, *forward(X, *parameters)]
    Delta, gradients = softmax(A[-1]) - Y, ()
    for k in reversed(range(len(A) - 1)):
        m = 1 if k == len(A) - 2 else len(X)
        gradients = (A[k].T @ Delta / m, Delta.sum(axis=0) / m, *gradients)
        Delta = (Delta @ parameters[2 * k].T) * (1 - A[k] ** 2)
    return gradients


# %% wrong: layers_reversed "The gradients come in reverse order: return them in that of the parameters."
def backward(X, Y, *parameters):
    A = [X, *forward(X, *parameters)]
    Delta, gradients = softmax(A[-1]) - Y, []
    for k in reversed(range(len(A) - 1)):
        gradients += [A[k].T @ Delta / len(X), Delta.sum(axis=0) / len(X)]
        Delta = (Delta @ parameters[2 * k].T) * (1 - A[k] ** 2)
    return gradients


# %% wrong: as they are computed -> layers_reversed
def backward(X, Y, *parameters):
    A = [X, *forward(X, *parameters)]
    D, gradients = (softmax(A[-1]) - Y) / len(X), []
    for k in range(len(A) - 2, -1, -1):
        dW, db, dA = linear_backward(D, A[k], parameters[2 * k])
        gradients += [dW, db]
        D = dA - dA * A[k] * A[k]
    return gradients


# %% wrong: tanh_on_scores "The scores came through a slope of tanh: the last layer has no activation."
def backward(X, Y, *parameters):
    A = [X, *forward(X, *parameters)]
    Delta, gradients = (softmax(A[-1]) - Y) * (1 - A[-1] ** 2), ()
    for k in reversed(range(len(A) - 1)):
        gradients = (A[k].T @ Delta / len(X), Delta.sum(axis=0) / len(X), *gradients)
        Delta = (Delta @ parameters[2 * k].T) * (1 - A[k] ** 2)
    return gradients


# %% wrong: a slope in every layer -> tanh_on_scores
def backward(X, Y, *parameters):
    A = [X, *forward(X, *parameters)]
    dA, gradients = (softmax(A[-1]) - Y) / len(X), []
    for k in range(len(A) - 2, -1, -1):
        dW, db, dA = linear_backward(dA - dA * A[k + 1] * A[k + 1], A[k], parameters[2 * k])
        gradients = [dW, db] + gradients
    return gradients


# %% wrong: weights of the layer before -> raised
def backward(X, Y, *parameters):
    A = [X, *forward(X, *parameters)]
    Delta, gradients = softmax(A[-1]) - Y, ()
    for k in reversed(range(len(A) - 1)):
        gradients = (A[k].T @ Delta / len(X), Delta.sum(axis=0) / len(X), *gradients)
        Delta = (Delta @ parameters[2 * k - 2].T) * (1 - A[k] ** 2)
    return gradients


# %% wrong: pairs -> wrong_type
def backward(X, Y, *parameters):
    A = [X, *forward(X, *parameters)]
    Delta, gradients = softmax(A[-1]) - Y, []
    for k in reversed(range(len(A) - 1)):
        gradients.insert(0, (A[k].T @ Delta / len(X), Delta.sum(axis=0) / len(X)))
        Delta = (Delta @ parameters[2 * k].T) * (1 - A[k] ** 2)
    return gradients


# %% wrong: central differences -> inaccurate
def backward(X, Y, *parameters):
    def J(*parameters):
        return -np.mean(np.sum(Y * np.log(softmax(forward(X, *parameters)[-1])), axis=1))

    gradients = [np.zeros(array.shape) for array in parameters]
    for k, array in enumerate(parameters):
        for index in np.ndindex(array.shape):
            up, down = array.copy(), array.copy()
            up[index] += 1e-5
            down[index] -= 1e-5
            after = J(*parameters[:k], up, *parameters[k + 1 :])
            gradients[k][index] = (after - J(*parameters[:k], down, *parameters[k + 1 :])) / 2e-5
    return gradients
