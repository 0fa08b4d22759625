"""Which lines of a network's log are faulty, given what stands above them in the log."""

from functools import lru_cache

import numpy as np

from autograder.kit import View, check
from nnlib import activations, losses

LINES = ("Z1", "A1", "Z2", "Y_hat", "J", "dZ2", "dW2", "db2", "dZ1", "dW1", "v", "W1_new")
LOGS, EACH = 20, 7  # each line is faulty in so many of them: all right by chance once in 50,000 times, a line
USUAL, SMALLEST = ((4, 2, 4, 2), (7, 5, 6, 5)), ((3, 2, 3, 2), (4, 3, 4, 3))  # m, n, h, K from these, to below those
DECIMALS = 6  # of a log
HEALTHY, FAULTY = 1e-4, 0.02  # a line is off by less than this, or more, as a share of the largest right entry

RIGHT = {
    "Z1": lambda log: log["X"] @ log["W1"] + log["b1"],
    "A1": lambda log: activations.relu(log["Z1"]) * log["mask"],
    "Z2": lambda log: log["A1"] @ log["W2"] + log["b2"],
    "Y_hat": lambda log: activations.softmax(log["Z2"]),
    "J": lambda log: (
        -(log["Y"] * np.log(log["Y_hat"])).sum(axis=1).mean()
        + losses.l2_penalty(log["W1"], log["lam"])
        + losses.l2_penalty(log["W2"], log["lam"])
    ),
    "dZ2": lambda log: (log["Y_hat"] - log["Y"]) / len(log["X"]),
    "dW2": lambda log: log["A1"].T @ log["dZ2"] + losses.l2_penalty_gradient(log["W2"], log["lam"]),
    "db2": lambda log: log["dZ2"].sum(axis=0),
    "dZ1": lambda log: log["dZ2"] @ log["W2"].T * log["mask"] * activations.relu_derivative(log["Z1"]),
    "dW1": lambda log: log["X"].T @ log["dZ1"] + losses.l2_penalty_gradient(log["W1"], log["lam"]),
    "v": lambda log: log["rho"] * log["v_old"] - log["lr"] * log["dW1"],
    "W1_new": lambda log: log["W1"] + log["v"],
}
WRONG = {
    "Z1": (
        lambda log: log["X"] @ log["W1"],
        lambda log: log["X"] @ log["W1"] - log["b1"],
        lambda log: (log["X"] - log["X"].mean(axis=0)) @ log["W1"] + log["b1"],
    ),
    "A1": (
        lambda log: activations.relu(log["Z1"]),
        lambda log: activations.relu(log["Z1"]) * (log["mask"] > 0),
        lambda log: activations.relu(log["Z1"]) * (log["mask"] == 0) * log["mask"].max(),
        lambda log: log["Z1"] * log["mask"],
        lambda log: np.abs(log["Z1"]) * log["mask"],
        lambda log: activations.leaky_relu(log["Z1"]) * log["mask"],
    ),
    "Z2": (
        lambda log: log["A1"] @ log["W2"],
        lambda log: activations.relu(log["A1"] @ log["W2"] + log["b2"]),
        lambda log: activations.relu(log["Z1"]) @ log["W2"] + log["b2"],
    ),
    "Y_hat": (
        lambda log: activations.softmax(log["Z2"].T).T,
        lambda log: activations.sigmoid(log["Z2"]),
        lambda log: activations.softmax(log["Z2"] / 2),
        lambda log: activations.softmax(np.roll(log["Z2"], 1, axis=0)),
    ),
    "J": (
        lambda log: RIGHT["J"](log | {"lam": 0}),
        lambda log: RIGHT["J"](log | {"lam": 2 * log["lam"]}),
        lambda log: RIGHT["J"](log) + sum(losses.l2_penalty(log[bias], log["lam"]) for bias in ("b1", "b2")),
        lambda log: RIGHT["J"](log) - losses.l2_penalty(log["W1"], log["lam"]),
        lambda log: len(log["X"]) * RIGHT["J"](log),
        lambda log: RIGHT["J"](log | {"Y": np.roll(log["Y"], 1, axis=0)}),
    ),
    "dZ2": (
        lambda log: log["Y_hat"] - log["Y"],
        lambda log: (log["Y"] - log["Y_hat"]) / len(log["X"]),
        lambda log: (log["Y_hat"] - log["Y"]) * log["Y_hat"] * (1 - log["Y_hat"]) / len(log["X"]),
        lambda log: (log["Y_hat"] - np.eye(log["Y"].shape[1])[log["Y"].argmax(axis=1)]) / len(log["X"]),
    ),
    "dW2": (
        lambda log: log["A1"].T @ log["dZ2"],
        lambda log: log["A1"].T @ log["dZ2"] / len(log["X"]) + log["lam"] * log["W2"],
        lambda log: activations.relu(log["Z1"]).T @ log["dZ2"] + log["lam"] * log["W2"],
        lambda log: log["A1"].T @ log["dZ2"] - log["lam"] * log["W2"],
        lambda log: log["Z1"].T @ log["dZ2"] + log["lam"] * log["W2"],
    ),
    "db2": (
        lambda log: log["dZ2"].mean(axis=0),
        lambda log: log["dZ2"].sum(axis=0) + log["lam"] * log["b2"],
        lambda log: -log["dZ2"].sum(axis=0),
    ),
    "dZ1": (
        lambda log: log["dZ2"] @ log["W2"].T * activations.relu_derivative(log["Z1"]),
        lambda log: log["dZ2"] @ log["W2"].T * log["mask"],
        lambda log: log["dZ2"] @ log["W2"].T * (log["mask"] > 0) * activations.relu_derivative(log["Z1"]),
        lambda log: log["dZ2"] @ log["W2"].T * log["mask"] * activations.relu(log["Z1"]),
        lambda log: RIGHT["dZ1"](log) / len(log["X"]),
    ),
    "dW1": (
        lambda log: log["X"].T @ log["dZ1"],
        lambda log: log["X"].T @ log["dZ1"] + log["lam"] / 2 * log["W1"],
        lambda log: log["X"].T @ log["dZ1"] / len(log["X"]) + log["lam"] * log["W1"],
        lambda log: log["X"].T @ (log["dZ1"] * (log["mask"] == 0)) + log["lam"] * log["W1"],
    ),
    "v": (
        lambda log: log["rho"] * log["v_old"] - (1 - log["rho"]) * log["lr"] * log["dW1"],
        lambda log: log["rho"] * log["v_old"] + log["lr"] * log["dW1"],
        lambda log: log["v_old"] - log["lr"] * log["dW1"],
        lambda log: -log["lr"] * log["dW1"],
        lambda log: log["lr"] * (log["rho"] * log["v_old"] - log["dW1"]),
    ),
    "W1_new": (
        lambda log: log["W1"] - log["v"],
        lambda log: log["W1"] + log["v_old"],
        lambda log: log["W1"] - log["lr"] * log["dW1"],
        lambda log: log["W1"] + log["lr"] * log["v"],
        lambda log: log["W1"] + log["rho"] * log["v"],
    ),
}


def logs(rng):
    """One log each, a dictionary: what was given, then the lines. In the first nothing is faulty."""
    yield from _logs(rng.bit_generator.state["state"]["state"])


@lru_cache(maxsize=256)  # all right answers are tried on the same sets
def _logs(state):
    return [*_drawn(np.random.default_rng(state))]


def _drawn(rng):
    guilty = {line: {*(1 + rng.permutation(LOGS - 1)[:EACH])} for line in LINES}
    for number in range(LOGS):
        sizes = USUAL if number else SMALLEST  # the first call is short enough to be shown
        faulty = [line for line in LINES if number in guilty[line]]
        yield f"log {number + 1}", (planted(rng, faulty, sizes, is_other=number % 2 == 1),)


def planted(rng, guilty, sizes, is_other):
    """A log in which these lines are faulty so that it can be seen, and the others agree to rounding."""
    while True:
        log = given(rng, *map(int, rng.integers(*sizes)), is_other)
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            written = all(_written(rng, line, log, line in guilty) for line in LINES)
        if written and np.abs(log["Z1"]).min() > 1e-3:  # off the ReLU's kink
            return log


def _written(rng, line, log, faulty):
    """Whether a line could be written as it should be; one whose right entries are all small cannot be judged."""
    right = np.asarray(RIGHT[line](log))
    rules = [WRONG[line][k] for k in rng.permutation(len(WRONG[line]))] if faulty else [RIGHT[line]]
    for rule in rules:
        log[line] = np.round(rule(log), DECIMALS)
        share = _off(log[line], right)
        if share > FAULTY if faulty else share < HEALTHY:
            return True
    return False


def _off(got, right):
    largest = abs(right).max()
    return abs(got - right).max() / largest if 0.02 < largest < np.inf else np.nan


def given(rng, m, n, h, K, is_other):
    """What a log has above its lines. Where it `is_other` its scores are negative, its steps a tenth: what is off is a
    share of the largest entry, by its amount.
    """
    pace, shift = (0.1, -3) if is_other else (1, 0)
    p, Y = rng.choice([0.2, 0.25, 0.5]), rng.uniform(0.05, 1, size=(m, K))
    signs = rng.choice([-1, 1], size=h)
    return {
        "X": rng.normal(0.5, 1, size=(m, n)).round(2),
        "Y": np.round(Y / Y.sum(axis=1, keepdims=True), 6),
        "W1": rng.normal(0, 0.8, size=(n, h)).round(2),
        "b1": signs * rng.uniform(0.2, 0.8, size=h).round(2),
        "W2": rng.normal(0, 0.8, size=(h, K)).round(2),
        "b2": np.round(shift + rng.uniform(0.2, 0.9, size=K), 2),
        "mask": np.round((rng.random((m, h)) >= p) / (1 - p), DECIMALS),
        "lam": round(rng.uniform(0.05, 0.3), 2),
        "lr": round(pace * rng.uniform(0.2, 0.6), 3),
        "rho": round(rng.uniform(0.5, 0.9), 2),
        "v_old": np.round(pace * rng.normal(0, 0.4, size=(n, h)), 3),
    }


def judged(log):
    """1 for each line that is faulty, by the rules above."""
    return tuple(float(_off(log[line], np.asarray(RIGHT[line](log))) > 0.003) for line in LINES)


SAID = (
    "{!r} + (f' is judged {{got}}, expected 0 or 1.' if got != 1 - want else"
    " ' is faulty; you call it healthy.' if want else ' is healthy; you call it faulty.')"
)
NUMBERS = ", ".join(f"{line} + 0.0" for line in LINES)  # of True and False, too
JUDGED = View(NUMBERS, dict.fromkeys(LINES, ()), says=tuple(map(SAID.format, LINES)))


@check(weights={line: 0.5 / len(LINES) for line in LINES} | {"all lines": 0.5}, witness=judged, view=JUDGED)
def examined(blank):
    for case in blank.cases(logs):
        got = blank.view(blank.call("faulty_lines", *case.args, returns=len(LINES)))
        for line, ours, theirs in zip(LINES, got, blank.want(*case.args), strict=True):
            blank.close(line, ours, theirs, told=False)
            blank.close("all lines", ours, theirs, told=False)


# %% right: each line again from those above it
def faulty_lines(log):
    names = "X Y W1 b1 W2 b2 mask lam lr rho v_old Z1 A1 Z2 Y_hat J dZ2 dW2 db2 dZ1 dW1 v W1_new"
    X, Y, W1, b1, W2, b2, mask, lam, lr, rho, v_old, *lines = (log[name] for name in names.split())
    Z1, A1, Z2, Y_hat, _, dZ2, _, _, dZ1, dW1, v, _ = lines
    E = np.exp(Z2)
    right = [
        X @ W1 + b1,
        np.maximum(Z1, 0) * mask,
        A1 @ W2 + b2,
        E / E.sum(axis=1, keepdims=True),
        lam / 2 * (np.sum(W1**2) + np.sum(W2**2)) - np.sum(Y * np.log(Y_hat)) / len(X),
        (Y_hat - Y) / len(X),
        A1.T @ dZ2 + lam * W2,
        dZ2.sum(axis=0),
        dZ2 @ W2.T * mask * (Z1 > 0),
        X.T @ dZ1 + lam * W1,
        rho * v_old - lr * dW1,
        W1 + v,
    ]
    return tuple(float(np.abs(line - it).max() > 3e-3 * np.abs(it).max()) for line, it in zip(lines, right))


# %% right: example by example, true or false
def faulty_lines(log):
    L, m = log, len(log["X"])

    def same(line, right):
        return np.max(abs(L[line] - right)) < 2e-3 * np.max(abs(right))

    def softmax(z):
        e = np.exp(z - max(z))
        return e / sum(e)

    slope = (L["Z1"] > 0) * L["mask"]
    norms = np.sum(L["W1"] ** 2) + np.sum(L["W2"] ** 2)
    healthy = [
        same("Z1", np.array([x @ L["W1"] + L["b1"] for x in L["X"]])),
        same("A1", np.where(L["Z1"] > 0, L["Z1"], 0) * L["mask"]),
        same("Z2", np.array([a @ L["W2"] + L["b2"] for a in L["A1"]])),
        same("Y_hat", np.array([softmax(z) for z in L["Z2"]])),
        same("J", np.mean([-np.sum(y * np.log(p)) for y, p in zip(L["Y"], L["Y_hat"])]) + L["lam"] / 2 * norms),
        same("dZ2", (L["Y_hat"] - L["Y"]) / m),
        same("dW2", sum(np.outer(a, d) for a, d in zip(L["A1"], L["dZ2"])) + L["lam"] * L["W2"]),
        same("db2", sum(L["dZ2"])),
        same("dZ1", np.array([L["W2"] @ d for d in L["dZ2"]]) * slope),
        same("dW1", sum(np.outer(x, d) for x, d in zip(L["X"], L["dZ1"])) + L["lam"] * L["W1"]),
        same("v", L["rho"] * L["v_old"] - L["lr"] * L["dW1"]),
        same("W1_new", L["W1"] + L["v"]),
    ]
    return [not each for each in healthy]


# %% right: einsum and norms
def faulty_lines(log):
    order = "Z1 A1 Z2 Y_hat J dZ2 dW2 db2 dZ1 dW1 v W1_new".split()

    def again(line):
        g = log.get
        if line in ("Z1", "Z2"):
            k = line[1]
            return np.einsum("ij,jk->ik", g("X" if k == "1" else "A1"), g("W" + k)) + g("b" + k)
        if line == "A1":
            return (g("Z1") + abs(g("Z1"))) / 2 * g("mask")
        if line == "Y_hat":
            return np.exp(g("Z2") - np.logaddexp.reduce(g("Z2"), axis=1)[:, None])
        if line == "J":
            penalty = g("lam") / 2 * sum(np.linalg.norm(g(W)) ** 2 for W in ("W1", "W2"))
            return penalty - np.einsum("ik,ik", g("Y"), np.log(g("Y_hat"))) / len(g("Y"))
        if line == "dZ2":
            return (g("Y_hat") - g("Y")) / len(g("Y"))
        if line == "dW2":
            return np.einsum("ij,ik->jk", g("A1"), g("dZ2")) + g("lam") * g("W2")
        if line == "db2":
            return np.ones(len(g("dZ2"))) @ g("dZ2")
        if line == "dZ1":
            return np.einsum("ik,jk,ij,ij->ij", g("dZ2"), g("W2"), g("mask"), np.heaviside(g("Z1"), 0))
        if line == "dW1":
            return np.einsum("ij,ik->jk", g("X"), g("dZ1")) + g("lam") * g("W1")
        return g("rho") * g("v_old") - g("lr") * g("dW1") if line == "v" else g("W1") + g("v")

    return [int(np.linalg.norm(log[line] - again(line)) > 2e-3 * np.linalg.norm(again(line))) for line in order]


# %% right: a rule for each line
def faulty_lines(log):
    rules = {
        "Z1": lambda X, W1, b1, **_: X @ W1 + b1,
        "A1": lambda Z1, mask, **_: mask * Z1 * (Z1 > 0),
        "Z2": lambda A1, W2, b2, **_: A1 @ W2 + b2,
        "Y_hat": lambda Z2, **_: np.array([1 / np.exp(z - z[:, None]).sum(axis=1) for z in Z2]),
        "J": lambda Y, Y_hat, W1, W2, lam, **_: (
            np.mean((-Y * np.log(Y_hat)).sum(axis=1)) + lam / 2 * ((W1 * W1).sum() + (W2 * W2).sum())
        ),
        "dZ2": lambda Y, Y_hat, **_: (Y_hat - Y) / Y.shape[0],
        "dW2": lambda A1, dZ2, W2, lam, **_: (dZ2.T @ A1).T + lam * W2,
        "db2": lambda dZ2, **_: dZ2.mean(axis=0) * len(dZ2),
        "dZ1": lambda dZ2, W2, mask, Z1, **_: np.where(Z1 > 0, (W2 @ dZ2.T).T * mask, 0),
        "dW1": lambda X, dZ1, W1, lam, **_: (dZ1.T @ X).T + lam * W1,
        "v": lambda rho, v_old, lr, dW1, **_: rho * v_old - lr * dW1,
        "W1_new": lambda W1, v, **_: W1 + v,
    }
    found = []
    for line, rule in rules.items():
        right = np.asarray(rule(**log))
        found.append(1.0 if np.max(abs(log[line] - right)) / np.max(abs(right)) > 0.005 else 0.0)
    return found


# %% right: gradients of a cost by differences, where a line is one of weights or biases
def faulty_lines(log):
    def slope(f, at):
        steps = 1e-5 * np.eye(at.size).reshape(-1, *at.shape)
        return ((f(at + steps) - f(at - steps)) / 2e-5).reshape(at.shape)

    def penalty(W):
        return g["lam"] / 2 * np.sum(W**2, axis=(-1, -2))

    g = dict(log)
    Z2 = np.log(g["Y_hat"])
    e = np.exp(g["Z2"])
    is_on = (g["Z1"] > 0) * g["mask"]
    right = {
        "Z1": g["X"] @ g["W1"] + g["b1"],
        "A1": g["Z1"] * is_on,
        "Z2": g["A1"] @ g["W2"] + g["b2"],
        "Y_hat": e / e.sum(axis=1, keepdims=True),
        "J": penalty(g["W1"]) + penalty(g["W2"]) - np.sum(g["Y"] * Z2) / len(Z2),
        "dZ2": (np.exp(Z2) - g["Y"]) / len(Z2),
        "dW2": slope(lambda W: np.sum(g["A1"] @ W * g["dZ2"], axis=(1, 2)) + penalty(W), g["W2"]),
        "db2": slope(lambda b: np.sum((g["A1"] @ g["W2"] + b[:, None]) * g["dZ2"], axis=(1, 2)), g["b2"]),
        "dZ1": np.tensordot(g["dZ2"], g["W2"], (1, 1)) * is_on,
        "dW1": np.tensordot(g["X"], g["dZ1"], (0, 0)) + g["lam"] * g["W1"],
        "v": g["rho"] * g["v_old"] - g["lr"] * g["dW1"],
        "W1_new": g["W1"] + g["v"],
    }
    return tuple(np.abs(g[line] - right[line]).max() > 3e-3 * np.abs(right[line]).max() for line in right)


# %% same: (Z1 >= 0) "No signal of a log is 0."
# %% same: return (float(np.abs "A generator of twelve values is twelve values."
# %% same: tuple((np.abs(line "true and false are 1 and 0"
# %% same: >= 0.003 "Nothing is off by just so much."
# %% same: zip(right, lines) "The tolerance is then a share of what is logged: as good."
# %% same: > 0.003) for "Hardly any fault is smaller than 0.003."
# %% same: np.abs(it - line) "as it was"


# %% wrong: consequences blamed with their causes -> none keeps 0.0416666667
def faulty_lines(log):
    X, Y, W1, W2, mask, lam = (log[name] for name in ("X", "Y", "W1", "W2", "mask", "lam"))
    Z1 = X @ W1 + log["b1"]
    A1 = np.maximum(Z1, 0) * mask
    Z2 = A1 @ W2 + log["b2"]
    E = np.exp(Z2 - Z2.max(axis=1, keepdims=True))
    Y_hat = E / E.sum(axis=1, keepdims=True)
    J = lam / 2 * (np.sum(W1**2) + np.sum(W2**2)) - np.sum(Y * np.log(Y_hat)) / len(X)
    dZ2 = (Y_hat - Y) / len(X)
    dW2, db2 = A1.T @ dZ2 + lam * W2, dZ2.sum(axis=0)
    dZ1 = dZ2 @ W2.T * mask * (Z1 > 0)
    dW1 = X.T @ dZ1 + lam * W1
    v = log["rho"] * log["v_old"] - log["lr"] * dW1
    right = [Z1, A1, Z2, Y_hat, J, dZ2, dW2, db2, dZ1, dW1, v, W1 + v]
    lines = "Z1 A1 Z2 Y_hat J dZ2 dW2 db2 dZ1 dW1 v W1_new".split()
    return [np.max(np.abs(log[k] - value)) > 3e-3 * np.max(np.abs(value)) for k, value in zip(lines, right)]


# %% wrong: only the first fault blamed -> none keeps 0.0416666667
def faulty_lines(log):
    X, Y, W1, b1, W2, b2 = (log[name] for name in ("X", "Y", "W1", "b1", "W2", "b2"))
    Z1, A1, Z2, Y_hat, dZ2, dZ1 = (log[name] for name in ("Z1", "A1", "Z2", "Y_hat", "dZ2", "dZ1"))
    mask, lam = log["mask"], log["lam"]
    E = np.exp(Z2 - Z2.max(axis=1, keepdims=True))
    right = {
        "Z1": X @ W1 + b1,
        "A1": np.maximum(Z1, 0) * mask,
        "Z2": A1 @ W2 + b2,
        "Y_hat": E / E.sum(axis=1, keepdims=True),
        "J": lam / 2 * (np.sum(W1**2) + np.sum(W2**2)) - np.sum(Y * np.log(Y_hat)) / len(X),
        "dZ2": (Y_hat - Y) / len(X),
        "dW2": A1.T @ dZ2 + lam * W2,
        "db2": dZ2.sum(axis=0),
        "dZ1": dZ2 @ W2.T * mask * (Z1 > 0),
        "dW1": X.T @ dZ1 + lam * W1,
        "v": log["rho"] * log["v_old"] - log["lr"] * log["dW1"],
        "W1_new": W1 + log["v"],
    }
    found = [float(np.max(np.abs(log[line] - right[line])) > 1e-3 * np.max(np.abs(right[line]))) for line in right]
    return [float(found[k] and not any(found[:k])) for k in range(12)]


# %% wrong: equal to the last digit or faulty -> none
def faulty_lines(log):
    X, Y, W1, b1, W2, b2 = (log[name] for name in ("X", "Y", "W1", "b1", "W2", "b2"))
    Z1, A1, Z2, Y_hat, dZ2, dZ1 = (log[name] for name in ("Z1", "A1", "Z2", "Y_hat", "dZ2", "dZ1"))
    mask, lam = log["mask"], log["lam"]
    E = np.exp(Z2 - Z2.max(axis=1, keepdims=True))
    right = {
        "Z1": X @ W1 + b1,
        "A1": np.maximum(Z1, 0) * mask,
        "Z2": A1 @ W2 + b2,
        "Y_hat": E / E.sum(axis=1, keepdims=True),
        "J": lam / 2 * (np.sum(W1**2) + np.sum(W2**2)) - np.sum(Y * np.log(Y_hat)) / len(X),
        "dZ2": (Y_hat - Y) / len(X),
        "dW2": A1.T @ dZ2 + lam * W2,
        "db2": dZ2.sum(axis=0),
        "dZ1": dZ2 @ W2.T * mask * (Z1 > 0),
        "dW1": X.T @ dZ1 + lam * W1,
        "v": log["rho"] * log["v_old"] - log["lr"] * log["dW1"],
        "W1_new": W1 + log["v"],
    }
    return tuple(float(np.max(np.abs(log[line] - right[line])) > 0) for line in right)


# %% wrong: the penalty forgotten -> none keeps 0.375
def faulty_lines(log):
    X, Y, W1, b1, W2, b2 = (log[name] for name in ("X", "Y", "W1", "b1", "W2", "b2"))
    Z1, A1, Z2, Y_hat, dZ2, dZ1 = (log[name] for name in ("Z1", "A1", "Z2", "Y_hat", "dZ2", "dZ1"))
    mask, lam = log["mask"], 0.0
    E = np.exp(Z2 - Z2.max(axis=1, keepdims=True))
    right = {
        "Z1": X @ W1 + b1,
        "A1": np.maximum(Z1, 0) * mask,
        "Z2": A1 @ W2 + b2,
        "Y_hat": E / E.sum(axis=1, keepdims=True),
        "J": lam / 2 * (np.sum(W1**2) + np.sum(W2**2)) - np.sum(Y * np.log(Y_hat)) / len(X),
        "dZ2": (Y_hat - Y) / len(X),
        "dW2": A1.T @ dZ2 + lam * W2,
        "db2": dZ2.sum(axis=0),
        "dZ1": dZ2 @ W2.T * mask * (Z1 > 0),
        "dW1": X.T @ dZ1 + lam * W1,
        "v": log["rho"] * log["v_old"] - log["lr"] * log["dW1"],
        "W1_new": W1 + log["v"],
    }
    return tuple(float(np.max(np.abs(log[line] - right[line])) > 1e-3 * np.max(np.abs(right[line]))) for line in right)


# %% wrong: the penalty not halved in the cost, and on no gradient -> none keeps 0.375
def faulty_lines(log):
    X, Y, W1, b1, W2, b2 = (log[name] for name in ("X", "Y", "W1", "b1", "W2", "b2"))
    Z1, A1, Z2, Y_hat, dZ2, dZ1 = (log[name] for name in ("Z1", "A1", "Z2", "Y_hat", "dZ2", "dZ1"))
    mask, lam = log["mask"], log["lam"]
    E = np.exp(Z2 - Z2.max(axis=1, keepdims=True))
    right = {
        "Z1": X @ W1 + b1,
        "A1": np.maximum(Z1, 0) * mask,
        "Z2": A1 @ W2 + b2,
        "Y_hat": E / E.sum(axis=1, keepdims=True),
        "J": lam * (np.sum(W1**2) + np.sum(W2**2)) - np.sum(Y * np.log(Y_hat)) / len(X),
        "dZ2": (Y_hat - Y) / len(X),
        "dW2": A1.T @ dZ2,
        "db2": dZ2.sum(axis=0),
        "dZ1": dZ2 @ W2.T * mask * (Z1 > 0),
        "dW1": X.T @ dZ1,
        "v": log["rho"] * log["v_old"] - log["lr"] * log["dW1"],
        "W1_new": W1 + log["v"],
    }
    return tuple(float(np.max(np.abs(log[line] - right[line])) > 1e-3 * np.max(np.abs(right[line]))) for line in right)


# %% wrong: the mask forgotten -> none keeps 0.4166666667
def faulty_lines(log):
    X, Y, W1, b1, W2, b2 = (log[name] for name in ("X", "Y", "W1", "b1", "W2", "b2"))
    Z1, A1, Z2, Y_hat, dZ2, dZ1 = (log[name] for name in ("Z1", "A1", "Z2", "Y_hat", "dZ2", "dZ1"))
    mask, lam = log["mask"], log["lam"]
    E = np.exp(Z2 - Z2.max(axis=1, keepdims=True))
    right = {
        "Z1": X @ W1 + b1,
        "A1": np.maximum(Z1, 0),
        "Z2": A1 @ W2 + b2,
        "Y_hat": E / E.sum(axis=1, keepdims=True),
        "J": lam / 2 * (np.sum(W1**2) + np.sum(W2**2)) - np.sum(Y * np.log(Y_hat)) / len(X),
        "dZ2": (Y_hat - Y) / len(X),
        "dW2": A1.T @ dZ2 + lam * W2,
        "db2": dZ2.sum(axis=0),
        "dZ1": dZ2 @ W2.T * (Z1 > 0),
        "dW1": X.T @ dZ1 + lam * W1,
        "v": log["rho"] * log["v_old"] - log["lr"] * log["dW1"],
        "W1_new": W1 + log["v"],
    }
    return tuple(float(np.max(np.abs(log[line] - right[line])) > 1e-3 * np.max(np.abs(right[line]))) for line in right)


# %% wrong: a mask of zeros and ones -> none keeps 0.4166666667
def faulty_lines(log):
    X, Y, W1, b1, W2, b2 = (log[name] for name in ("X", "Y", "W1", "b1", "W2", "b2"))
    Z1, A1, Z2, Y_hat, dZ2, dZ1 = (log[name] for name in ("Z1", "A1", "Z2", "Y_hat", "dZ2", "dZ1"))
    mask, lam = log["mask"] > 0, log["lam"]
    E = np.exp(Z2 - Z2.max(axis=1, keepdims=True))
    right = {
        "Z1": X @ W1 + b1,
        "A1": np.maximum(Z1, 0) * mask,
        "Z2": A1 @ W2 + b2,
        "Y_hat": E / E.sum(axis=1, keepdims=True),
        "J": lam / 2 * (np.sum(W1**2) + np.sum(W2**2)) - np.sum(Y * np.log(Y_hat)) / len(X),
        "dZ2": (Y_hat - Y) / len(X),
        "dW2": A1.T @ dZ2 + lam * W2,
        "db2": dZ2.sum(axis=0),
        "dZ1": dZ2 @ W2.T * mask * (Z1 > 0),
        "dW1": X.T @ dZ1 + lam * W1,
        "v": log["rho"] * log["v_old"] - log["lr"] * log["dW1"],
        "W1_new": W1 + log["v"],
    }
    return tuple(float(np.max(np.abs(log[line] - right[line])) > 1e-3 * np.max(np.abs(right[line]))) for line in right)


# %% wrong: the mean taken twice -> none keeps 0.375
def faulty_lines(log):
    X, Y, W1, b1, W2, b2 = (log[name] for name in ("X", "Y", "W1", "b1", "W2", "b2"))
    Z1, A1, Z2, Y_hat, dZ2, dZ1 = (log[name] for name in ("Z1", "A1", "Z2", "Y_hat", "dZ2", "dZ1"))
    mask, lam = log["mask"], log["lam"]
    E = np.exp(Z2 - Z2.max(axis=1, keepdims=True))
    right = {
        "Z1": X @ W1 + b1,
        "A1": np.maximum(Z1, 0) * mask,
        "Z2": A1 @ W2 + b2,
        "Y_hat": E / E.sum(axis=1, keepdims=True),
        "J": lam / 2 * (np.sum(W1**2) + np.sum(W2**2)) - np.sum(Y * np.log(Y_hat)) / len(X),
        "dZ2": (Y_hat - Y) / len(X),
        "dW2": A1.T @ dZ2 / len(X) + lam * W2,
        "db2": dZ2.mean(axis=0),
        "dZ1": dZ2 @ W2.T * mask * (Z1 > 0),
        "dW1": X.T @ dZ1 / len(X) + lam * W1,
        "v": log["rho"] * log["v_old"] - log["lr"] * log["dW1"],
        "W1_new": W1 + log["v"],
    }
    return tuple(float(np.max(np.abs(log[line] - right[line])) > 1e-3 * np.max(np.abs(right[line]))) for line in right)


# %% wrong: error signals without their 1/m -> none keeps 0.4583333333
def faulty_lines(log):
    X, Y, W1, b1, W2, b2 = (log[name] for name in ("X", "Y", "W1", "b1", "W2", "b2"))
    Z1, A1, Z2, Y_hat, dZ2, dZ1 = (log[name] for name in ("Z1", "A1", "Z2", "Y_hat", "dZ2", "dZ1"))
    mask, lam = log["mask"], log["lam"]
    E = np.exp(Z2 - Z2.max(axis=1, keepdims=True))
    right = {
        "Z1": X @ W1 + b1,
        "A1": np.maximum(Z1, 0) * mask,
        "Z2": A1 @ W2 + b2,
        "Y_hat": E / E.sum(axis=1, keepdims=True),
        "J": lam / 2 * (np.sum(W1**2) + np.sum(W2**2)) - np.sum(Y * np.log(Y_hat)) / len(X),
        "dZ2": Y_hat - Y,
        "dW2": A1.T @ dZ2 + lam * W2,
        "db2": dZ2.sum(axis=0),
        "dZ1": dZ2 @ W2.T * mask * (Z1 > 0),
        "dW1": X.T @ dZ1 + lam * W1,
        "v": log["rho"] * log["v_old"] - log["lr"] * log["dW1"],
        "W1_new": W1 + log["v"],
    }
    return tuple(float(np.max(np.abs(log[line] - right[line])) > 1e-3 * np.max(np.abs(right[line]))) for line in right)


# %% wrong: the activation masks the way back -> none keeps 0.4583333333
def faulty_lines(log):
    X, Y, W1, b1, W2, b2 = (log[name] for name in ("X", "Y", "W1", "b1", "W2", "b2"))
    Z1, A1, Z2, Y_hat, dZ2, dZ1 = (log[name] for name in ("Z1", "A1", "Z2", "Y_hat", "dZ2", "dZ1"))
    mask, lam = log["mask"], log["lam"]
    E = np.exp(Z2 - Z2.max(axis=1, keepdims=True))
    right = {
        "Z1": X @ W1 + b1,
        "A1": np.maximum(Z1, 0) * mask,
        "Z2": A1 @ W2 + b2,
        "Y_hat": E / E.sum(axis=1, keepdims=True),
        "J": lam / 2 * (np.sum(W1**2) + np.sum(W2**2)) - np.sum(Y * np.log(Y_hat)) / len(X),
        "dZ2": (Y_hat - Y) / len(X),
        "dW2": A1.T @ dZ2 + lam * W2,
        "db2": dZ2.sum(axis=0),
        "dZ1": dZ2 @ W2.T * mask * (A1 > 0),
        "dW1": X.T @ dZ1 + lam * W1,
        "v": log["rho"] * log["v_old"] - log["lr"] * log["dW1"],
        "W1_new": W1 + log["v"],
    }
    return tuple(float(np.max(np.abs(log[line] - right[line])) > 1e-3 * np.max(np.abs(right[line]))) for line in right)


# %% wrong: momentum as a running mean -> none keeps 0.4583333333
def faulty_lines(log):
    X, Y, W1, b1, W2, b2 = (log[name] for name in ("X", "Y", "W1", "b1", "W2", "b2"))
    Z1, A1, Z2, Y_hat, dZ2, dZ1 = (log[name] for name in ("Z1", "A1", "Z2", "Y_hat", "dZ2", "dZ1"))
    mask, lam = log["mask"], log["lam"]
    E = np.exp(Z2 - Z2.max(axis=1, keepdims=True))
    right = {
        "Z1": X @ W1 + b1,
        "A1": np.maximum(Z1, 0) * mask,
        "Z2": A1 @ W2 + b2,
        "Y_hat": E / E.sum(axis=1, keepdims=True),
        "J": lam / 2 * (np.sum(W1**2) + np.sum(W2**2)) - np.sum(Y * np.log(Y_hat)) / len(X),
        "dZ2": (Y_hat - Y) / len(X),
        "dW2": A1.T @ dZ2 + lam * W2,
        "db2": dZ2.sum(axis=0),
        "dZ1": dZ2 @ W2.T * mask * (Z1 > 0),
        "dW1": X.T @ dZ1 + lam * W1,
        "v": log["rho"] * log["v_old"] - (1 - log["rho"]) * log["lr"] * log["dW1"],
        "W1_new": W1 + log["v"],
    }
    return tuple(float(np.max(np.abs(log[line] - right[line])) > 1e-3 * np.max(np.abs(right[line]))) for line in right)


# %% wrong: plain gradient descent -> none keeps 0.4166666667
def faulty_lines(log):
    X, Y, W1, b1, W2, b2 = (log[name] for name in ("X", "Y", "W1", "b1", "W2", "b2"))
    Z1, A1, Z2, Y_hat, dZ2, dZ1 = (log[name] for name in ("Z1", "A1", "Z2", "Y_hat", "dZ2", "dZ1"))
    mask, lam = log["mask"], log["lam"]
    E = np.exp(Z2 - Z2.max(axis=1, keepdims=True))
    right = {
        "Z1": X @ W1 + b1,
        "A1": np.maximum(Z1, 0) * mask,
        "Z2": A1 @ W2 + b2,
        "Y_hat": E / E.sum(axis=1, keepdims=True),
        "J": lam / 2 * (np.sum(W1**2) + np.sum(W2**2)) - np.sum(Y * np.log(Y_hat)) / len(X),
        "dZ2": (Y_hat - Y) / len(X),
        "dW2": A1.T @ dZ2 + lam * W2,
        "db2": dZ2.sum(axis=0),
        "dZ1": dZ2 @ W2.T * mask * (Z1 > 0),
        "dW1": X.T @ dZ1 + lam * W1,
        "v": -log["lr"] * log["dW1"],
        "W1_new": W1 - log["lr"] * log["dW1"],
    }
    return tuple(float(np.max(np.abs(log[line] - right[line])) > 1e-3 * np.max(np.abs(right[line]))) for line in right)


# %% wrong: softmax over the examples -> none keeps 0.4583333333
def faulty_lines(log):
    X, Y, W1, b1, W2, b2 = (log[name] for name in ("X", "Y", "W1", "b1", "W2", "b2"))
    Z1, A1, Z2, Y_hat, dZ2, dZ1 = (log[name] for name in ("Z1", "A1", "Z2", "Y_hat", "dZ2", "dZ1"))
    mask, lam = log["mask"], log["lam"]
    E = np.exp(Z2 - Z2.max(axis=0))
    right = {
        "Z1": X @ W1 + b1,
        "A1": np.maximum(Z1, 0) * mask,
        "Z2": A1 @ W2 + b2,
        "Y_hat": E / E.sum(axis=0),
        "J": lam / 2 * (np.sum(W1**2) + np.sum(W2**2)) - np.sum(Y * np.log(Y_hat)) / len(X),
        "dZ2": (Y_hat - Y) / len(X),
        "dW2": A1.T @ dZ2 + lam * W2,
        "db2": dZ2.sum(axis=0),
        "dZ1": dZ2 @ W2.T * mask * (Z1 > 0),
        "dW1": X.T @ dZ1 + lam * W1,
        "v": log["rho"] * log["v_old"] - log["lr"] * log["dW1"],
        "W1_new": W1 + log["v"],
    }
    return tuple(float(np.max(np.abs(log[line] - right[line])) > 1e-3 * np.max(np.abs(right[line]))) for line in right)


# %% wrong: the forward half alone -> none keeps 0.2083333333
def faulty_lines(log):
    X, Y, W1, b1, W2, b2 = (log[name] for name in ("X", "Y", "W1", "b1", "W2", "b2"))
    Z1, A1, Z2, Y_hat, dZ2, dZ1 = (log[name] for name in ("Z1", "A1", "Z2", "Y_hat", "dZ2", "dZ1"))
    mask, lam = log["mask"], log["lam"]
    E = np.exp(Z2 - Z2.max(axis=1, keepdims=True))
    right = {
        "Z1": X @ W1 + b1,
        "A1": np.maximum(Z1, 0) * mask,
        "Z2": A1 @ W2 + b2,
        "Y_hat": E / E.sum(axis=1, keepdims=True),
        "J": lam / 2 * (np.sum(W1**2) + np.sum(W2**2)) - np.sum(Y * np.log(Y_hat)) / len(X),
        "dZ2": (Y_hat - Y) / len(X),
        "dW2": A1.T @ dZ2 + lam * W2,
        "db2": dZ2.sum(axis=0),
        "dZ1": dZ2 @ W2.T * mask * (Z1 > 0),
        "dW1": X.T @ dZ1 + lam * W1,
        "v": log["rho"] * log["v_old"] - log["lr"] * log["dW1"],
        "W1_new": W1 + log["v"],
    }
    right |= {line: log[line] for line in "dZ2 dW2 db2 dZ1 dW1 v W1_new".split()}
    return tuple(float(np.max(np.abs(log[line] - right[line])) > 1e-3 * np.max(np.abs(right[line]))) for line in right)


# %% wrong: 1 for healthy -> none
def faulty_lines(log):
    X, Y, W1, b1, W2, b2 = (log[name] for name in ("X", "Y", "W1", "b1", "W2", "b2"))
    Z1, A1, Z2, Y_hat, dZ2, dZ1 = (log[name] for name in ("Z1", "A1", "Z2", "Y_hat", "dZ2", "dZ1"))
    mask, lam = log["mask"], log["lam"]
    E = np.exp(Z2 - Z2.max(axis=1, keepdims=True))
    right = {
        "Z1": X @ W1 + b1,
        "A1": np.maximum(Z1, 0) * mask,
        "Z2": A1 @ W2 + b2,
        "Y_hat": E / E.sum(axis=1, keepdims=True),
        "J": lam / 2 * (np.sum(W1**2) + np.sum(W2**2)) - np.sum(Y * np.log(Y_hat)) / len(X),
        "dZ2": (Y_hat - Y) / len(X),
        "dW2": A1.T @ dZ2 + lam * W2,
        "db2": dZ2.sum(axis=0),
        "dZ1": dZ2 @ W2.T * mask * (Z1 > 0),
        "dW1": X.T @ dZ1 + lam * W1,
        "v": log["rho"] * log["v_old"] - log["lr"] * log["dW1"],
        "W1_new": W1 + log["v"],
    }
    return tuple(float(np.max(np.abs(log[line] - right[line])) <= 1e-3 * np.max(np.abs(right[line]))) for line in right)


# %% wrong: nothing is ever faulty -> none
def faulty_lines(log):
    return [0] * 12


# %% wrong: guesses -> none
def faulty_lines(log):
    return np.random.default_rng(0).integers(2, size=12).tolist()


# %% wrong: guesses by how large entries are -> none
def faulty_lines(log):
    lines = "Z1 A1 Z2 Y_hat J dZ2 dW2 db2 dZ1 dW1 v W1_new".split()
    return [float(np.max(np.abs(log[line])) > 1) for line in lines]


# %% wrong: names of lines -> wrong_type
def faulty_lines(log):
    X, Y, W1, b1, W2, b2 = (log[name] for name in ("X", "Y", "W1", "b1", "W2", "b2"))
    Z1, A1, Z2, Y_hat, dZ2, dZ1 = (log[name] for name in ("Z1", "A1", "Z2", "Y_hat", "dZ2", "dZ1"))
    mask, lam = log["mask"], log["lam"]
    E = np.exp(Z2 - Z2.max(axis=1, keepdims=True))
    right = {
        "Z1": X @ W1 + b1,
        "A1": np.maximum(Z1, 0) * mask,
        "Z2": A1 @ W2 + b2,
        "Y_hat": E / E.sum(axis=1, keepdims=True),
        "J": lam / 2 * (np.sum(W1**2) + np.sum(W2**2)) - np.sum(Y * np.log(Y_hat)) / len(X),
        "dZ2": (Y_hat - Y) / len(X),
        "dW2": A1.T @ dZ2 + lam * W2,
        "db2": dZ2.sum(axis=0),
        "dZ1": dZ2 @ W2.T * mask * (Z1 > 0),
        "dW1": X.T @ dZ1 + lam * W1,
        "v": log["rho"] * log["v_old"] - log["lr"] * log["dW1"],
        "W1_new": W1 + log["v"],
    }
    return [
        line for line in right if float(np.max(np.abs(log[line] - right[line])) > 1e-3 * np.max(np.abs(right[line])))
    ]


# %% wrong: one array -> wrong_type
def faulty_lines(log):
    X, Y, W1, b1, W2, b2 = (log[name] for name in ("X", "Y", "W1", "b1", "W2", "b2"))
    Z1, A1, Z2, Y_hat, dZ2, dZ1 = (log[name] for name in ("Z1", "A1", "Z2", "Y_hat", "dZ2", "dZ1"))
    mask, lam = log["mask"], log["lam"]
    E = np.exp(Z2 - Z2.max(axis=1, keepdims=True))
    right = {
        "Z1": X @ W1 + b1,
        "A1": np.maximum(Z1, 0) * mask,
        "Z2": A1 @ W2 + b2,
        "Y_hat": E / E.sum(axis=1, keepdims=True),
        "J": lam / 2 * (np.sum(W1**2) + np.sum(W2**2)) - np.sum(Y * np.log(Y_hat)) / len(X),
        "dZ2": (Y_hat - Y) / len(X),
        "dW2": A1.T @ dZ2 + lam * W2,
        "db2": dZ2.sum(axis=0),
        "dZ1": dZ2 @ W2.T * mask * (Z1 > 0),
        "dW1": X.T @ dZ1 + lam * W1,
        "v": log["rho"] * log["v_old"] - log["lr"] * log["dW1"],
        "W1_new": W1 + log["v"],
    }
    return np.array(
        [float(np.max(np.abs(log[line] - right[line])) > 1e-3 * np.max(np.abs(right[line]))) for line in right]
    )


# %% wrong: a dictionary of lines -> wrong_type
def faulty_lines(log):
    X, Y, W1, b1, W2, b2 = (log[name] for name in ("X", "Y", "W1", "b1", "W2", "b2"))
    Z1, A1, Z2, Y_hat, dZ2, dZ1 = (log[name] for name in ("Z1", "A1", "Z2", "Y_hat", "dZ2", "dZ1"))
    mask, lam = log["mask"], log["lam"]
    E = np.exp(Z2 - Z2.max(axis=1, keepdims=True))
    right = {
        "Z1": X @ W1 + b1,
        "A1": np.maximum(Z1, 0) * mask,
        "Z2": A1 @ W2 + b2,
        "Y_hat": E / E.sum(axis=1, keepdims=True),
        "J": lam / 2 * (np.sum(W1**2) + np.sum(W2**2)) - np.sum(Y * np.log(Y_hat)) / len(X),
        "dZ2": (Y_hat - Y) / len(X),
        "dW2": A1.T @ dZ2 + lam * W2,
        "db2": dZ2.sum(axis=0),
        "dZ1": dZ2 @ W2.T * mask * (Z1 > 0),
        "dW1": X.T @ dZ1 + lam * W1,
        "v": log["rho"] * log["v_old"] - log["lr"] * log["dW1"],
        "W1_new": W1 + log["v"],
    }
    return {line: float(np.max(np.abs(log[line] - right[line])) > 1e-3 * np.max(np.abs(right[line]))) for line in right}


# %% wrong: largest entries of differences -> none
def faulty_lines(log):
    X, Y, W1, b1, W2, b2 = (log[name] for name in ("X", "Y", "W1", "b1", "W2", "b2"))
    Z1, A1, Z2, Y_hat, dZ2, dZ1 = (log[name] for name in ("Z1", "A1", "Z2", "Y_hat", "dZ2", "dZ1"))
    mask, lam = log["mask"], log["lam"]
    E = np.exp(Z2 - Z2.max(axis=1, keepdims=True))
    right = {
        "Z1": X @ W1 + b1,
        "A1": np.maximum(Z1, 0) * mask,
        "Z2": A1 @ W2 + b2,
        "Y_hat": E / E.sum(axis=1, keepdims=True),
        "J": lam / 2 * (np.sum(W1**2) + np.sum(W2**2)) - np.sum(Y * np.log(Y_hat)) / len(X),
        "dZ2": (Y_hat - Y) / len(X),
        "dW2": A1.T @ dZ2 + lam * W2,
        "db2": dZ2.sum(axis=0),
        "dZ1": dZ2 @ W2.T * mask * (Z1 > 0),
        "dW1": X.T @ dZ1 + lam * W1,
        "v": log["rho"] * log["v_old"] - log["lr"] * log["dW1"],
        "W1_new": W1 + log["v"],
    }
    return tuple(float(np.max(np.abs(log[line] - right[line]))) for line in right)


# %% wrong: the bias subtracted from the first signals -> none keeps 0.4583333333
def faulty_lines(log):
    names = "X Y W1 b1 W2 b2 mask lam lr rho v_old Z1 A1 Z2 Y_hat J dZ2 dW2 db2 dZ1 dW1 v W1_new"
    X, Y, W1, b1, W2, b2, mask, lam, lr, rho, v_old, *lines = (log[name] for name in names.split())
    Z1, A1, Z2, Y_hat, _, dZ2, _, _, dZ1, dW1, v, _ = lines
    E = np.exp(Z2)
    right = [
        X @ W1 - b1,
        np.maximum(Z1, 0) * mask,
        A1 @ W2 + b2,
        E / E.sum(axis=1, keepdims=True),
        lam / 2 * (np.sum(W1**2) + np.sum(W2**2)) - np.sum(Y * np.log(Y_hat)) / len(X),
        (Y_hat - Y) / len(X),
        A1.T @ dZ2 + lam * W2,
        dZ2.sum(axis=0),
        dZ2 @ W2.T * mask * (Z1 > 0),
        X.T @ dZ1 + lam * W1,
        rho * v_old - lr * dW1,
        W1 + v,
    ]
    return tuple(float(np.abs(line - it).max() > 3e-3 * np.abs(it).max()) for line, it in zip(lines, right))


# %% wrong: dropout on the way back alone -> none keeps 0.4583333333
def faulty_lines(log):
    names = "X Y W1 b1 W2 b2 mask lam lr rho v_old Z1 A1 Z2 Y_hat J dZ2 dW2 db2 dZ1 dW1 v W1_new"
    X, Y, W1, b1, W2, b2, mask, lam, lr, rho, v_old, *lines = (log[name] for name in names.split())
    Z1, A1, Z2, Y_hat, _, dZ2, _, _, dZ1, dW1, v, _ = lines
    E = np.exp(Z2)
    right = [
        X @ W1 + b1,
        np.maximum(Z1, 0),
        A1 @ W2 + b2,
        E / E.sum(axis=1, keepdims=True),
        lam / 2 * (np.sum(W1**2) + np.sum(W2**2)) - np.sum(Y * np.log(Y_hat)) / len(X),
        (Y_hat - Y) / len(X),
        A1.T @ dZ2 + lam * W2,
        dZ2.sum(axis=0),
        dZ2 @ W2.T * mask * (Z1 > 0),
        X.T @ dZ1 + lam * W1,
        rho * v_old - lr * dW1,
        W1 + v,
    ]
    return tuple(float(np.abs(line - it).max() > 3e-3 * np.abs(it).max()) for line, it in zip(lines, right))


# %% wrong: the ReLU on the scores, too -> none keeps 0.4583333333
def faulty_lines(log):
    names = "X Y W1 b1 W2 b2 mask lam lr rho v_old Z1 A1 Z2 Y_hat J dZ2 dW2 db2 dZ1 dW1 v W1_new"
    X, Y, W1, b1, W2, b2, mask, lam, lr, rho, v_old, *lines = (log[name] for name in names.split())
    Z1, A1, Z2, Y_hat, _, dZ2, _, _, dZ1, dW1, v, _ = lines
    E = np.exp(Z2)
    right = [
        X @ W1 + b1,
        np.maximum(Z1, 0) * mask,
        np.maximum(A1 @ W2 + b2, 0),
        E / E.sum(axis=1, keepdims=True),
        lam / 2 * (np.sum(W1**2) + np.sum(W2**2)) - np.sum(Y * np.log(Y_hat)) / len(X),
        (Y_hat - Y) / len(X),
        A1.T @ dZ2 + lam * W2,
        dZ2.sum(axis=0),
        dZ2 @ W2.T * mask * (Z1 > 0),
        X.T @ dZ1 + lam * W1,
        rho * v_old - lr * dW1,
        W1 + v,
    ]
    return tuple(float(np.abs(line - it).max() > 3e-3 * np.abs(it).max()) for line, it in zip(lines, right))


# %% wrong: the penalty on gradients alone -> none keeps 0.4583333333
def faulty_lines(log):
    names = "X Y W1 b1 W2 b2 mask lam lr rho v_old Z1 A1 Z2 Y_hat J dZ2 dW2 db2 dZ1 dW1 v W1_new"
    X, Y, W1, b1, W2, b2, mask, lam, lr, rho, v_old, *lines = (log[name] for name in names.split())
    Z1, A1, Z2, Y_hat, _, dZ2, _, _, dZ1, dW1, v, _ = lines
    E = np.exp(Z2)
    right = [
        X @ W1 + b1,
        np.maximum(Z1, 0) * mask,
        A1 @ W2 + b2,
        E / E.sum(axis=1, keepdims=True),
        -np.sum(Y * np.log(Y_hat)) / len(X),
        (Y_hat - Y) / len(X),
        A1.T @ dZ2 + lam * W2,
        dZ2.sum(axis=0),
        dZ2 @ W2.T * mask * (Z1 > 0),
        X.T @ dZ1 + lam * W1,
        rho * v_old - lr * dW1,
        W1 + v,
    ]
    return tuple(float(np.abs(line - it).max() > 3e-3 * np.abs(it).max()) for line, it in zip(lines, right))


# %% wrong: the last penalty gradient forgotten -> none keeps 0.4583333333
def faulty_lines(log):
    names = "X Y W1 b1 W2 b2 mask lam lr rho v_old Z1 A1 Z2 Y_hat J dZ2 dW2 db2 dZ1 dW1 v W1_new"
    X, Y, W1, b1, W2, b2, mask, lam, lr, rho, v_old, *lines = (log[name] for name in names.split())
    Z1, A1, Z2, Y_hat, _, dZ2, _, _, dZ1, dW1, v, _ = lines
    E = np.exp(Z2)
    right = [
        X @ W1 + b1,
        np.maximum(Z1, 0) * mask,
        A1 @ W2 + b2,
        E / E.sum(axis=1, keepdims=True),
        lam / 2 * (np.sum(W1**2) + np.sum(W2**2)) - np.sum(Y * np.log(Y_hat)) / len(X),
        (Y_hat - Y) / len(X),
        A1.T @ dZ2,
        dZ2.sum(axis=0),
        dZ2 @ W2.T * mask * (Z1 > 0),
        X.T @ dZ1 + lam * W1,
        rho * v_old - lr * dW1,
        W1 + v,
    ]
    return tuple(float(np.abs(line - it).max() > 3e-3 * np.abs(it).max()) for line, it in zip(lines, right))


# %% wrong: the biases averaged -> none keeps 0.4583333333
def faulty_lines(log):
    names = "X Y W1 b1 W2 b2 mask lam lr rho v_old Z1 A1 Z2 Y_hat J dZ2 dW2 db2 dZ1 dW1 v W1_new"
    X, Y, W1, b1, W2, b2, mask, lam, lr, rho, v_old, *lines = (log[name] for name in names.split())
    Z1, A1, Z2, Y_hat, _, dZ2, _, _, dZ1, dW1, v, _ = lines
    E = np.exp(Z2)
    right = [
        X @ W1 + b1,
        np.maximum(Z1, 0) * mask,
        A1 @ W2 + b2,
        E / E.sum(axis=1, keepdims=True),
        lam / 2 * (np.sum(W1**2) + np.sum(W2**2)) - np.sum(Y * np.log(Y_hat)) / len(X),
        (Y_hat - Y) / len(X),
        A1.T @ dZ2 + lam * W2,
        dZ2.mean(axis=0),
        dZ2 @ W2.T * mask * (Z1 > 0),
        X.T @ dZ1 + lam * W1,
        rho * v_old - lr * dW1,
        W1 + v,
    ]
    return tuple(float(np.abs(line - it).max() > 3e-3 * np.abs(it).max()) for line, it in zip(lines, right))


# %% wrong: the first penalty gradient halved -> none keeps 0.4583333333
def faulty_lines(log):
    names = "X Y W1 b1 W2 b2 mask lam lr rho v_old Z1 A1 Z2 Y_hat J dZ2 dW2 db2 dZ1 dW1 v W1_new"
    X, Y, W1, b1, W2, b2, mask, lam, lr, rho, v_old, *lines = (log[name] for name in names.split())
    Z1, A1, Z2, Y_hat, _, dZ2, _, _, dZ1, dW1, v, _ = lines
    E = np.exp(Z2)
    right = [
        X @ W1 + b1,
        np.maximum(Z1, 0) * mask,
        A1 @ W2 + b2,
        E / E.sum(axis=1, keepdims=True),
        lam / 2 * (np.sum(W1**2) + np.sum(W2**2)) - np.sum(Y * np.log(Y_hat)) / len(X),
        (Y_hat - Y) / len(X),
        A1.T @ dZ2 + lam * W2,
        dZ2.sum(axis=0),
        dZ2 @ W2.T * mask * (Z1 > 0),
        X.T @ dZ1 + lam / 2 * W1,
        rho * v_old - lr * dW1,
        W1 + v,
    ]
    return tuple(float(np.abs(line - it).max() > 3e-3 * np.abs(it).max()) for line, it in zip(lines, right))


# %% wrong: the velocity subtracted -> none keeps 0.4583333333
def faulty_lines(log):
    names = "X Y W1 b1 W2 b2 mask lam lr rho v_old Z1 A1 Z2 Y_hat J dZ2 dW2 db2 dZ1 dW1 v W1_new"
    X, Y, W1, b1, W2, b2, mask, lam, lr, rho, v_old, *lines = (log[name] for name in names.split())
    Z1, A1, Z2, Y_hat, _, dZ2, _, _, dZ1, dW1, v, _ = lines
    E = np.exp(Z2)
    right = [
        X @ W1 + b1,
        np.maximum(Z1, 0) * mask,
        A1 @ W2 + b2,
        E / E.sum(axis=1, keepdims=True),
        lam / 2 * (np.sum(W1**2) + np.sum(W2**2)) - np.sum(Y * np.log(Y_hat)) / len(X),
        (Y_hat - Y) / len(X),
        A1.T @ dZ2 + lam * W2,
        dZ2.sum(axis=0),
        dZ2 @ W2.T * mask * (Z1 > 0),
        X.T @ dZ1 + lam * W1,
        rho * v_old - lr * dW1,
        W1 - v,
    ]
    return tuple(float(np.abs(line - it).max() > 3e-3 * np.abs(it).max()) for line, it in zip(lines, right))
