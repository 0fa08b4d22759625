"""Mutants of a reference: each kind is made, none twice, none that is the reference; and one that survives is seen."""

from dataclasses import replace

import numpy as np
import pytest

from autograder.authoring import blank_trials, trials
from autograder.authoring.blank_trials import tried
from autograder.authoring.mutants import mutants
from autograder.authoring.trials import function_of, is_right
from autograder.notebook import cells
from tests.autograder.assignments import check, checks_of, texts

A1 = "a1-neuron"
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def lines(statement):
    """What becomes of a statement of a function f of x, y, w and k."""
    body = "\n    ".join(statement.split("\n"))
    return {mutant.line for mutant in mutants(f"def f(x, y, w, k):\n    {body}\n")}


@pytest.mark.parametrize(
    ("statement", "wanted"),
    [
        ("return x + y", {"return x - y", "return x", "return y"}),
        ("return x - y", {"return x + y", "return y - x", "return -y"}),
        ("return x * y", {"return x / y"}),
        ("return x / y", {"return x * y", "return y / x"}),
        ("return x ** 2", {"return x * 2", "return x ** 3", "return x ** 1"}),
        ("return 0.5 * x", {"return 1.0 * x", "return -0.5 * x"}),
        ("return 1 - x", {"return 0 - x", "return 0.5 - x", "return 2 - x"}),
        ("return x.shape[0]", {"return x.shape[1]"}),
        ("return x[1:]", {"return x[0:]", "return x[2:]", "return x[:]"}),
        ("return np.mean(x, axis=0)", {
            "return np.mean(x, axis=1)", "return np.mean(x)", "return np.sum(x, axis=0)", "return x"}),
        ("return x.sum()", {"return x.mean()", "return x"}),
        ("return x.T @ y", {"return x @ y", "return x.T * y", "return x.T @ np.atleast_2d(y).T"}),
        ("return x @ w", {"return np.atleast_2d(x).T @ w"}),
        ("return x < y", {"return x <= y", "return x > y"}),
        ("return x >= y", {"return x > y", "return x <= y"}),
        ("return x == y", {"return x != y"}),
        ("return -x", {"return x"}),
        ("return np.exp(x)", {"return x"}),
        ("return np.where(x > 0, y, w)", {
            "return np.where(x > 0, w, y)", "return y", "return w", "return np.where(x >= 0, y, w)"}),
        ("return x, y", {"return (y, x)"}),
        ("return w['a'] + w['b']", {"return w['b'] + w['b']", "return w['a'] + w['a']"}),
        ("w += x\nreturn w", {"without w += x", "w -= x"}),
        ("for _ in range(k):\n    w = w + x\nreturn w", {
            "for _ in range(k - 1):", "for _ in range(k + 1):", "stop when w is small"}),
        ("if x > 0:\n    return y\nreturn w", {"without if x > 0:", "if x >= 0:"}),
    ],
)  # fmt: skip
def test_each_kind_of_slip_is_made(statement, wanted):
    assert wanted <= lines(statement)


@pytest.mark.parametrize("blank", checks_of(A1))
def test_no_mutant_is_made_twice_and_none_is_the_reference(blank):
    code = next(variant for variant in check(A1, blank).variants if variant.right).code
    made = [mutant.code for mutant in mutants(code)]
    assert len({*made}) == len(made) > 4 and code not in made
    assert [*mutants(code)] == [*mutants(code)]


# what becomes of them


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(blank_trials, "SEEDS", 10)


def complaints(made):
    solution = texts(A1, cells.ANSWER)[made.name]
    stub = f"def {made.name}(*given):\n    raise NotImplementedError()\n"
    return [(row.kind, row.label, row.complaint) for row in tried(made, solution, stub) if row.complaint]


def shallow(make):
    """Inputs of which the last kind is left out."""
    return lambda rng: [*make(rng)][:-1]


def test_a_mutant_that_no_fresh_input_tells_is_seen(few):
    """`perceptron` without rows on the threshold lets > and >= be exchanged."""
    real = check(A1, "perceptron")
    assert complaints(real) == []
    blind = replace(real, inputs={**real.inputs, "step(0) = 0": real.inputs["output"]})
    found = [said for kind, _, said in complaints(blind) if kind == "mutant"]
    assert len(found) == 1 and "`return (X @ w >= theta).astype(float)`" in found[0] and "# %% same:" in found[0]


def test_a_mutant_that_surely_survives_is_asked_no_more(monkeypatch):
    asked = []
    monkeypatch.setattr(blank_trials, "is_right", lambda check, function, seed: asked.append(seed) or True)
    real = check(A1, "perceptron")
    passed = blank_trials._passed(real, real.variants[0].code, [b"seed"] * 200, listed=False)
    assert passed == 1.0 and len(asked) == 11


def test_where_whatever_passes_is_right_a_mutant_is_asked_once(monkeypatch):
    asked = []
    monkeypatch.setattr(
        blank_trials, "is_right", lambda check, function, seed: asked.append(function) or len(asked) > 4
    )
    real = replace(check(A1, "perceptron"), same={blank_trials.ANY: "Whatever passes is right."})
    kinds = [row.diagnosis for row in blank_trials._mutants(real, [b"seed"] * 200)]
    assert {*kinds} == {"killed", "equivalent"} and len(asked) == len({*asked}) <= len(kinds)


def test_a_reason_that_no_survivor_needs_is_seen(few):
    made = replace(check(A1, "gradient_step"), same={"return w + lr": "It is the same."})
    assert [(kind, label) for kind, label, _ in complaints(made)] == [("check", "return w + lr")]


def test_one_who_stops_when_little_moves_is_seen_on_thirty_sets_of_fresh_inputs():
    made = check(A1, "train")
    code = next(variant for variant in made.variants if variant.right).code
    for mutant in mutants(code):
        if mutant.line.startswith("stop when"):
            function = function_of(made, mutant.code)
            assert not any(is_right(made, function, b"%d" % k) for k in range(30)), mutant.line


def test_a_mutant_without_an_end_is_ended(monkeypatch):
    monkeypatch.setattr(trials, "SECONDS", 0.05)
    made = check(A1, "sigmoid")
    endless = function_of(
        made,
        "def sigmoid(z):\n    while True:\n        try:\n            z = z + 0\n        finally:\n            pass\n",
    )
    assert not is_right(made, endless, b"")
    assert is_right(made, made.reference, b"")


@pytest.mark.parametrize("call", ["open('here')", "exec('1')", "print(1)", "exit()"])
def test_a_mutant_reaches_nothing_outside(call):
    with pytest.raises(NameError):
        function_of(check(A1, "sigmoid"), f"def sigmoid(z):\n    return {call}\n")(np.zeros(1))
