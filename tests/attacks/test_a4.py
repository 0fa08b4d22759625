"""What a4-mlp alone invites to try: its blanks call each other, and its last one is judged by what it achieves."""

import json

import pytest

from autograder.authoring.kernel import KernelGuest
from autograder.course.verdict import PASSED
from autograder.judging.blank import verdict_on
from autograder.judging.check_modules import checks_of
from tests.attacks.victims import A4

pytestmark = pytest.mark.parametrize("victim", [A4], indirect=True, ids=lambda victim: victim.assignment)


WITHHELD = (
    "from nnlib.layers import Linear as found",
    "from nnlib.activations import tanh_derivative as found",
    "from nnlib.losses import softmax_cross_entropy_gradient as found",
    "import nnlib.graph as found",
    "import nnlib.training as found",
    "from autograder.checks import a4 as found",
    "import scipy.special as found",
    "import sklearn.neural_network as found",
    "import torch as found",
    "from importlib import import_module; found = import_module('nnlib.layers')",
)


def test_answers_cannot_be_imported(attacked):
    """Each line in a blank of its own: it ends in an exception that says it."""
    answers = {
        name: f"def {name}(*args):\n    {line}\n    return found"
        for name, line in zip(attacked.blanks, WITHHELD, strict=False)
    }
    verdict = attacked.verdict(answers)
    assert verdict.score == 0 and len(answers) == len(WITHHELD)
    told = {blank.grade_id: blank.findings[0].message for blank in verdict.blanks}
    assert all("Error: " in told[name] for name in answers), told


def test_answers_found_in_memory_gain_nothing(scores):
    """Functions, stand-ins and expected values of that name, wherever they are."""
    code = """\
import gc, sys
def NAME(*args):
    for item in gc.get_objects():
        if callable(item) and getattr(item, "__name__", "") == "NAME" and item is not NAME:
            return item(*args)
    for case in sys.modules["practice"].cases.used["blanks"]["NAME"]["cases"]:
        found = tuple(one["want"] for one in case["compared"])
        if all(np.shape(one) == np.shape(arg) for one, arg in zip(found, args)):
            return found
    return args
"""
    names = ("linear_backward", "hidden_gradients", "forward", "backward", "shortcut_backward", "two_layer_backward")
    assert set(scores({name: code.replace("NAME", name) for name in names}).values()) == {0.0}


NUMERICAL = """\
def moved(cost, at, step=6e-6):
    gradient = np.zeros(np.shape(at))
    for index in np.ndindex(np.shape(at)):
        h = np.zeros(np.shape(at))
        h[index] = step
        gradient[index] = (cost(at + h) - cost(at - h)) / (2 * step)
    return gradient

def backward(X, Y, *parameters):
    def cost(k, array):
        Z = forward(X, *parameters[:k], array, *parameters[k + 1 :])[-1]
        return -np.mean(np.sum(Y * np.log(softmax(Z)), axis=1))
    return [moved(lambda array: cost(k, array), parameters[k]) for k in range(len(parameters))]
"""
SLOPES = """\
def tanh_backward(dout, Z):
    return dout * (np.tanh(Z + 6e-6) - np.tanh(Z - 6e-6)) / 1.2e-5
"""
SHORTCUT = """\
def shortcut_backward(dout, X, W, b):
    cost = lambda X, W, b: np.sum(dout * (X + np.tanh(X @ W + b)))
    dX = moved(lambda at: cost(at, W, b), X)
    return moved(lambda at: cost(X, at, b), W), moved(lambda at: cost(X, W, at), b), dX
"""


def test_numerical_derivatives_lose_on_accuracy(attacked):
    answers = {"backward": NUMERICAL, "tanh_backward": SLOPES, "shortcut_backward": SHORTCUT}
    given = {name: checks_of(A4.assignment)[name].variants[0].code for name in ("linear_forward", "forward")}
    verdict = attacked.verdict(given | answers, before=NUMERICAL.partition("def backward")[0])
    found = {blank.grade_id: blank for blank in verdict.blanks}
    for name in answers:
        assert found[name].score <= found[name].points / 2 and found[name].diagnosis == "inaccurate", found[name]


SHAPES = {
    "hidden_gradients": "A.shape == (1, 2) and A_before.shape == (1, 1)",
    "linear_backward": "X.shape == (2, 2) and W.shape == (2, 1)",
    "shortcut_backward": "len(X) == 1",
    "penalised": "dW.shape[0] != 1",
    "two_layer_backward": "len(X) > 1",
}


def test_right_for_some_shapes_alone_gains_nothing(attacked, scores):
    """Those of the examples in the statement, many examples, one."""
    answers = {}
    for name, shapes in SHAPES.items():
        check = checks_of(A4.assignment)[name]
        code = check.variants[0].code.replace(f"def {name}(", "def right(")
        arguments = code.partition("(")[2].partition(")")[0]
        answers[name] = (
            f"{code}def {name}({arguments}):\n    return right({arguments}) if {shapes} else 3 * np.ones(7)\n"
        )
    got = scores(answers, solved=True)
    assert {got[name] for name in answers} == {0.0}


CACHED = """
import os, pickle
right_NAME = NAME
def NAME(*args):
    first = pickle.load(open("/tmp/NAME", "rb")) if os.path.exists("/tmp/NAME") else {}
    value = first.setdefault(tuple(np.shape(arg) for arg in args), right_NAME(*args))
    pickle.dump(first, open("/tmp/NAME", "wb"))
    return value
"""


def test_the_first_answer_for_each_shape_returned_again_gains_nothing(attacked, scores):
    """Kept in a file: each examination has a process of its own."""
    spared = {"linear_forward", "forward", "backward", "train"}  # what train needs would be asked for long
    right = {name: checks_of(A4.assignment)[name].variants[0].code for name in attacked.blanks if name not in spared}
    got = scores({name: code + CACHED.replace("NAME", name) for name, code in right.items()}, solved=True)
    assert {got[name] for name in right} == {0.0}


def test_what_another_blank_left_behind_gains_nothing(scores):
    """The activations and gradients that the last call of another one computed, in a global name and in a file."""
    answers = {
        "forward": "def forward(X, *parameters):\n    global A\n    A = [X]\n"
        "    for W, b in zip(parameters[::2], parameters[1::2]):\n        A.append(np.tanh(A[-1] @ W + b))\n"
        "    A[-1] = A[-2] @ W + b\n    np.savez('/tmp/A', *A)\n    return A[1:]",
        "backward": "def backward(X, Y, *parameters):\n    try:\n        kept = A\n    except NameError:\n"
        "        kept = [*np.load('/tmp/A.npz').values()]\n    D = softmax(kept[-1]) - Y\n    G = []\n"
        "    for k in range(len(kept) - 2, -1, -1):\n        G = [kept[k].T @ D / len(X), D.mean(axis=0), *G]\n"
        "        D = D @ parameters[2 * k].T * (1 - kept[k] ** 2)\n    return G",
    }
    got = scores(answers, solved=True)
    assert got["backward"] == 0.0 and got["forward"] == 1.0


def test_a_prerequisite_made_wrong_to_fit_carries_no_wrong_answer(scores):
    """Where what is needed gives zeros, so does the reference with it: then the blank is asked again, with ours."""
    answers = {
        "linear_forward": "def linear_forward(X, W, b):\n    return np.zeros((len(X), W.shape[1]))",
        "tanh_backward": "def tanh_backward(dout, Z):\n    return np.zeros(Z.shape)",
        "linear_backward": "def linear_backward(dout, X, W):\n"
        "    return np.zeros(W.shape), np.zeros(W.shape[1]), np.zeros(X.shape)",
        "relu_backward": "def relu_backward(dout, Z):\n    return np.zeros(Z.shape)",
        "forward": "def forward(X, *parameters):\n    return [np.zeros((len(X), b.size)) for b in parameters[1::2]]",
        "backward": "def backward(X, Y, *parameters):\n    return [np.zeros(array.shape) for array in parameters]",
        "shortcut_backward": "def shortcut_backward(dout, X, W, b):\n"
        "    return np.zeros(W.shape), np.zeros(b.shape), dout",
        "two_layer_backward": "def two_layer_backward(X, y, W1, b1, w2, b2):\n"
        "    return np.zeros(W1.shape), np.zeros(b1.shape), np.zeros(w2.shape), 0.5 - y.mean()",
        "train": "def train(X, y, sizes, seed):\n"
        "    return [np.zeros(s) for n, k in zip(sizes, sizes[1:]) for s in ((n, k), (k,))]",
    }
    assert set(scores(answers).values()) == {0.0}


STORED = """\
import json
_known = json.loads('KNOWN')
def train(X, y, sizes, seed):
    for given, numbered, stored in _known:
        if np.array_equal(given, X) and np.array_equal(numbered, y):
            return [np.array(part) for part in stored]
    stored = [stored for _, _, stored in _known if len(stored) == 2 * len(sizes) - 2][0]
    return [np.array(part) for part in stored]
"""


def test_weights_computed_beforehand_gain_nothing(attacked):
    """On the public examples they are right; on fresh ones those of another submission are tried, numbered as well."""
    check, known = checks_of(A4.assignment)["train"], []

    def train(X, y, sizes, seed):
        known.append((X.tolist(), y.tolist(), [part.tolist() for part in check.reference(X, y, sizes, seed)]))
        return known[-1][-1]

    assert verdict_on(check, KernelGuest({**check.names, "train": train}), b"another").outcome == PASSED
    verdict = attacked.verdict({"train": STORED.replace("KNOWN", json.dumps(known[::-1]))}, solved=True)
    (blank,) = [blank for blank in verdict.blanks if blank.grade_id == "train"]
    assert blank.score == 0 and [f.message.count("the public example is right") for f in blank.findings] == [1, 1]
