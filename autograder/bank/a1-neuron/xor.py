"""Answers to a1-neuron.xor, right and wrong."""
# %% correct: AND of NAND and OR
def xor(X, gates):
    hidden = np.column_stack([perceptron(X, *gates["NAND"]), perceptron(X, *gates["OR"])])
    return perceptron(hidden, *gates["AND"])


# %% correct: the step written out
def xor(X, gates):
    (w_and, t_and), (w_or, t_or), (w_nand, t_nand) = gates["AND"], gates["OR"], gates["NAND"]
    H = np.array([X @ w_nand > t_nand, X @ w_or > t_or], dtype=float).T
    return np.where(H @ w_and > t_and, 1, 0)


# %% correct: one weight matrix a layer
def xor(X, gates):
    W = np.stack([gates["NAND"][0], gates["OR"][0]], axis=1)
    H = np.heaviside(X @ W - [gates["NAND"][1], gates["OR"][1]], 0)
    return np.heaviside(H @ gates["AND"][0] - gates["AND"][1], 0)


# %% correct: row by row
def xor(X, gates):
    def fires(x, gate):
        w, theta = gate
        return 1.0 if w[0] * x[0] + w[1] * x[1] > theta else 0.0

    return [fires([fires(x, gates["NAND"]), fires(x, gates["OR"])], gates["AND"]) for x in X]


# %% wrong: not_composed keeps 0.5
def xor(X, gates):
    return (X[:, 0] != X[:, 1]).astype(float)


# %% wrong: rounding first -> none keeps 0.5
def xor(X, gates):
    bits = X > 0.5
    return (bits[:, 0] ^ bits[:, 1]).astype(float)


# %% wrong: or_for_xor
def xor(X, gates):
    return perceptron(X, *gates["OR"])


# %% wrong: and_for_xor
def xor(X, gates):
    return perceptron(X, *gates["AND"])


# %% wrong: always_on
def xor(X, gates):
    hidden = np.column_stack([perceptron(X, *gates["AND"]), perceptron(X, *gates["NAND"])])
    return perceptron(hidden, *gates["OR"])


# %% wrong: inverted
def xor(X, gates):
    hidden = np.column_stack([perceptron(X, *gates["NAND"]), perceptron(X, *gates["OR"])])
    return 1 - perceptron(hidden, *gates["AND"])


# %% wrong: a number for one row -> wrong_shape keeps 0.5
def xor(X, gates):
    hidden = np.column_stack([perceptron(X, *gates["NAND"]), perceptron(X, *gates["OR"])])
    return np.squeeze(perceptron(hidden, *gates["AND"]))


# %% wrong: own gates instead of the given -> none keeps 0.5
def xor(X, gates):
    nand, either = X @ [-0.5, -0.5] > -0.7, X @ [0.5, 0.5] > 0.2
    return np.logical_and(nand, either).astype(float)


# %% wrong: OR of AND and OR -> none
def xor(X, gates):
    hidden = np.column_stack([perceptron(X, *gates["AND"]), perceptron(X, *gates["OR"])])
    return perceptron(hidden, *gates["NAND"])


# %% wrong: layers not stacked into columns -> raised
def xor(X, gates):
    hidden = np.array([perceptron(X, *gates["NAND"]), perceptron(X, *gates["OR"])])
    return perceptron(hidden, *gates["AND"])


# %% wrong: wrong key -> raised
def xor(X, gates):
    return perceptron(X, *gates["XOR"])


# %% wrong: last row only -> wrong_shape
def xor(X, gates):
    for x in X:
        hidden = np.column_stack([perceptron(x[None], *gates["NAND"]), perceptron(x[None], *gates["OR"])])
        y_hat = perceptron(hidden, *gates["AND"])
    return float(y_hat[0])


# %% wrong: forgot return -> returned_none
def xor(X, gates):
    hidden = np.column_stack([perceptron(X, *gates["NAND"]), perceptron(X, *gates["OR"])])
    perceptron(hidden, *gates["AND"])
