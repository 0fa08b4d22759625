"""Submissions that try for marks without the answer: none gains any."""

import pytest

from autograder.notebook import cells
from tests.attacks.victims import each_victim

ALWAYS_EQUAL = """\
import numpy as np

class Yes(np.ndarray):
    def __array_ufunc__(self, *args, **kwargs):
        return True
    def __array_function__(self, *args, **kwargs):
        return True
    def __eq__(self, other):
        return True
    def __sub__(self, other):
        return 0.0
    __rsub__ = __sub__

def BLANK(*args):
    return tuple(part.view(Yes) for part in ZEROS)
"""

PATCHED = {
    "np.allclose and its family": """
import numpy as np
for name in ("allclose", "isclose", "array_equal", "array_equiv"):
    setattr(np, name, lambda *args, **kwargs: True)
np.testing.assert_allclose = lambda *args, **kwargs: None
""",
    "numpy's arithmetic": """
import numpy as np
np.max = np.abs = np.subtract = lambda *args, **kwargs: 0.0
""",
    "builtins": """
import builtins
builtins.abs = builtins.max = lambda *args, **kwargs: 0
builtins.isinstance = lambda *args: True
builtins.AssertionError = type("Nothing", (BaseException,), {})
""",
    "an AST transformer that drops asserts and calls of checks": """
import ast
class Drop(ast.NodeTransformer):
    def visit_Assert(self, node):
        return None
    def visit_Expr(self, node):
        return None if "check" in ast.dump(node) else node
get_ipython().ast_transformers.append(Drop())
""",
    "an input transformer that blanks later cells": """
get_ipython().input_transformers_post.append(lambda lines: ["pass\\n"])
""",
    "sys.modules with an autograder of one's own": """
import sys, types
fake = types.ModuleType("autograder")
fake.check = lambda *args: None
sys.modules["autograder"] = sys.modules["autograder.judging.check"] = fake
""",
    "display hooks that print full marks": """
import sys
sys.displayhook = lambda value: print("4.0")
get_ipython().display_formatter.format = lambda *args, **kwargs: ({"text/plain": "4.0"}, {})
""",
    "os.fork, so that checks run in the attacker's process": """
import os
os.fork = lambda: 0
""",
    "the guest's own code": """
import sys
main = sys.modules["processes"]
main._answer = lambda namespace, name, args: ("value", {"value": True, "changed": []})
import wire
wire.encode = lambda value, buffers, depth=0: True
""",
}


def aimed(code, victim, **more):
    """{blank: code} of an attack on a blank."""
    for name, text in {"BLANK": victim.blank, "ZEROS": victim.zeros, "RIGHT": victim.right, **more}.items():
        code = code.replace(name, text)
    return {victim.blank: code}


@each_victim
def test_the_unanswered_release_has_no_marks(scores):
    assert set(scores().values()) == {0.0}


@each_victim
@pytest.mark.parametrize("what", PATCHED)
def test_patching_gains_nothing(scores, victim, what):
    """Neither a blank that has no answer nor one that has a wrong one."""
    assert set(scores(victim.wrong, before=PATCHED[what]).values()) == {0.0}


@each_victim
def test_an_array_that_equals_everything_is_only_its_numbers(scores, victim):
    assert scores(aimed(ALWAYS_EQUAL, victim))[victim.blank] == 0.0


FORGERS = {
    "early": "sock.sendall(reply('') * 64)",
    "forged by a thread": "threading.Thread(target=flood, daemon=True).start()",
}

FORGE = """\
import gc, json, os, socket, struct, sys, threading, time

def reply(nonce):
    body = {"dict": [["value", 1.0], ["changed", {"list": []}]]}
    head = json.dumps({"kind": "value", "nonce": nonce, "body": body, "sizes": []}).encode()
    return struct.pack(">QQ", len(head), 0) + head

def sockets():
    for descriptor in range(3, 64):
        try:
            yield socket.socket(fileno=os.dup(descriptor))
        except OSError:
            pass

def flood():
    while True:
        for sock in sockets():
            try:
                sock.send(reply("0" * 32))
            except OSError:
                pass

def BLANK(*args):
    for sock in sockets():
        HOW
    return ZEROS
"""


@each_victim
@pytest.mark.parametrize("how", FORGERS)
def test_forged_replies_are_not_believed(scores, victim, how):
    assert scores(aimed(FORGE, victim, HOW=FORGERS[how]))[victim.blank] == 0.0


@each_victim
def test_a_reply_forged_before_the_checks_does_not_help_or_stop_anything(scores, victim):
    (forger,) = aimed(FORGE, victim, HOW="pass").values()
    assert set(scores(before=f"{forger}\nfor sock in sockets():\n    sock.sendall(reply('') * 8)").values()) == {0.0}


FINITE = """\
def row_gradients(X, delta):
    def J(theta):
        z = X @ theta[:-1] + theta[-1]
        return np.mean(delta * z)
    theta, h = np.ones(X.shape[1] + 1), 6e-6
    steps = h * np.eye(theta.size)
    gradient = np.array([(J(theta + step) - J(theta - step)) / (2 * h) for step in steps])
    return gradient[:-1], gradient[-1]
"""
FINITE_DERIVATIVE = """\
def sigmoid_derivative(z):
    s = lambda t: 0.5 * (1 + np.tanh(t / 2))
    h = 6e-6
    return (s(z + h) - s(z - h)) / (2 * h)
"""


def test_finite_differences_lose_on_accuracy(attacked):
    verdict = attacked.verdict({"row_gradients": FINITE, "sigmoid_derivative": FINITE_DERIVATIVE}, solved=True)
    found = {blank.grade_id: blank for blank in verdict.blanks}
    for name in ("row_gradients", "sigmoid_derivative"):
        assert found[name].score <= found[name].points / 2, found[name]
        assert found[name].diagnosis == "inaccurate", found[name]


def test_answers_of_the_visible_examples_alone_gain_nothing(scores):
    code = """\
import numpy as np
def sigmoid(z):
    known = {(0.0, 1.0, -1.0): [0.5, 0.7310585786300049, 0.2689414213699951]}
    return np.array(known.get(tuple(np.ravel(z)), np.full(np.shape(z), 0.5).tolist()), dtype=float)
"""
    assert scores({"sigmoid": code})["sigmoid"] == 0.0


@each_victim
def test_values_that_change_between_calls_gain_nothing(scores, victim):
    code = """\
import itertools
_n = itertools.count()
def BLANK(*args):
    n = next(_n) + 2
    return tuple(n * part for part in RIGHT)
"""
    assert scores(aimed(code, victim))[victim.blank] == 0.0


@pytest.mark.parametrize(
    "line",
    [
        "from nnlib.activations import sigmoid",
        "from nnlib.losses import log_loss",
        "import scipy.special",
        "import sklearn",
        "import torch",
        "import autograder.kit",
        "import nbgrader",
    ],
)
def test_answers_cannot_be_imported(scores, line):
    code = f"{line}\ndef sigmoid(z):\n    import sys\n    return eval({line.split()[-1]!r})(z)"
    assert scores({"sigmoid": code})["sigmoid"] == 0.0


@each_victim
def test_edited_tests_that_print_full_marks_gain_nothing(attacked, victim):
    notebook = attacked.notebook()
    for cell in notebook.cells:
        if cells.is_test(cell):
            cell.source = "4.0"
            cell.metadata.nbgrader.update(points=400, locked=False)
    verdict = attacked.judged(notebook)
    assert verdict.score == 0 and verdict.points == victim.points
