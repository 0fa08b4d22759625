"""Weights and thresholds that make a perceptron AND, OR and NAND."""

import numpy as np

from autograder.kit import View, check

TABLES = {"AND": np.array([0, 0, 0, 1]), "OR": np.array([0, 1, 1, 1]), "NAND": np.array([1, 1, 1, 0])}
FIRES = View("np.array([[0, 0], [0, 1], [1, 0], [1, 1]]) @ w > theta", {"w": (2,), "theta": ()})


def gates(rng):
    """The three gates; there is nothing to draw."""
    yield from ((f"{name} on the inputs 00, 01, 10, 11", (name,)) for name in TABLES)


@check(weights={"AND": 0.125, "OR": 0.125, "NAND": 0.25, "all three": 0.5}, view=FIRES)
def examined(blank):
    for case in blank.cases(gates):
        (name,) = case.args
        outputs = blank.view(blank.call("gate_weights", name, returns=2))
        blank.close(name, outputs, TABLES[name], told=False)  # one gate alone could be wrong for many reasons
        blank.close("all three", outputs, TABLES[name])


# %% right: as in the deck
def gate_weights(name):
    gates = {"AND": ([0.5, 0.5], 0.7), "OR": ([0.5, 0.5], 0.2), "NAND": ([-0.5, -0.5], -0.7)}
    return gates[name]


# %% right: NAND from AND
def gate_weights(name):
    if name == "NAND":
        w, theta = gate_weights("AND")
        return -w, -theta
    return np.ones(2), 1.5 if name == "AND" else 0.5


# %% right: unequal weights, integers
def gate_weights(name):
    if name == "AND":
        return (2, 3), 4
    elif name == "OR":
        return (2, 3), 1
    else:
        return (-2, -3), -4


# %% right: AND exactly on its threshold, step(0) = 0
def gate_weights(name):
    return {"AND": ([1, 1], 1), "OR": ([1, 1], 0), "NAND": ([-1, -1], -2)}[name]


# %% same: 'OR': ([1.0, 0.5] "OR fires for one input alone, and then for both, whatever its weights are above 0.2"
# %% same: 'OR': ([1.5, 0.5] "as above"
# %% same: 'OR': ([0.5, 1.0] "as above"
# %% same: 'OR': ([0.5, 1.5] "as above"


# %% right: a search
from itertools import product


def gate_weights(name):
    table = {"AND": [0, 0, 0, 1], "OR": [0, 1, 1, 1], "NAND": [1, 1, 1, 0]}[name]
    for first, second, theta in product((-1, 1), (-1, 1), (-1.5, -0.5, 0.5, 1.5)):
        if [first * i + second * j > theta for i, j in product((0, 1), repeat=2)] == table:
            return [first, second], theta


# %% wrong: gates_swapped keeps 0.25
def gate_weights(name):
    return {"AND": ([0.5, 0.5], 0.2), "OR": ([0.5, 0.5], 0.7), "NAND": ([-0.5, -0.5], -0.7)}[name]


# %% wrong: sums of ones -> gates_swapped keeps 0.25
def gate_weights(name):
    return {"AND": ([1, 1], 0.5), "OR": ([1, 1], 1.5), "NAND": ([-1, -1], -1.5)}[name]


# %% wrong: nand_not_negated keeps 0.25
def gate_weights(name):
    return {"AND": ([0.5, 0.5], 0.7), "OR": ([0.5, 0.5], 0.2), "NAND": ([0.5, 0.5], 0.7)}[name]


# %% wrong: NAND is AND -> nand_not_negated keeps 0.25
def gate_weights(name):
    return (np.ones(2), 0.5) if name == "OR" else (np.ones(2), 1.5)


# %% wrong: threshold_sign
def gate_weights(name):
    return {"AND": ([0.5, 0.5], -0.7), "OR": ([0.5, 0.5], -0.2), "NAND": ([-0.5, -0.5], 0.7)}[name]


# %% wrong: a bias for the threshold -> threshold_sign
def gate_weights(name):
    sign = -1 if name == "NAND" else 1
    return sign * np.ones(2), -sign * (0.5 if name == "OR" else 1.5)


# %% wrong: inverted
def gate_weights(name):
    return {"AND": ([-0.5, -0.5], -0.7), "OR": ([-0.5, -0.5], -0.2), "NAND": ([0.5, 0.5], 0.7)}[name]


# %% wrong: all negated -> inverted
def gate_weights(name):
    w, theta = {"AND": (1, 1.5), "OR": (1, 0.5), "NAND": (-1, -1.5)}[name]
    return np.full(2, -w), -theta


# %% wrong: AND fires for one input -> none keeps 0.375
def gate_weights(name):
    return {"AND": ([0.8, 0.5], 0.7), "OR": ([0.5, 0.5], 0.2), "NAND": ([-0.5, -0.5], -0.7)}[name]


# %% wrong: OR needs both inputs -> none keeps 0.375
def gate_weights(name):
    return {"AND": ([0.5, 0.5], 0.7), "OR": ([0.5, 0.5], 0.5), "NAND": ([-0.5, -0.5], -0.7)}[name]


# %% wrong: bias among the weights -> wrong_shape
def gate_weights(name):
    return {"AND": ([-0.7, 0.5, 0.5], 0), "OR": ([-0.2, 0.5, 0.5], 0), "NAND": ([0.7, -0.5, -0.5], 0)}[name]


# %% wrong: one flat list -> wrong_type
def gate_weights(name):
    return {"AND": [0.5, 0.5, 0.7], "OR": [0.5, 0.5, 0.2], "NAND": [-0.5, -0.5, -0.7]}[name]


# %% wrong: weights as text -> wrong_type
def gate_weights(name):
    return ("w1", "w2"), "theta"


# %% wrong: no NAND -> raised
def gate_weights(name):
    return {"AND": ([0.5, 0.5], 0.7), "OR": ([0.5, 0.5], 0.2)}[name]


# %% wrong: returns nothing for NAND -> returned_none
def gate_weights(name):
    if name == "AND":
        return [0.5, 0.5], 0.7
    if name == "OR":
        return [0.5, 0.5], 0.2
