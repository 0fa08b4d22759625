"""At home practice is used in every wrong way: it says what the grader would, or one sentence; it never breaks."""

import json
import subprocess
import sys
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import practice
from autograder.authoring.kernel import KernelGuest
from autograder.course.verdict import Verdict
from autograder.feedback import render
from autograder.judging.blank import Blank, verdict_on
from autograder.judging.public_cases import public_cases
from tests.autograder.assignments import checks_of
from tests.runs import words

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
A1 = "a1-neuron"
SUMS = "def row_gradients(X, delta):\n    return X.T @ delta, delta.sum()"


@cache
def cases(assignment):
    return public_cases(assignment)


@pytest.fixture(autouse=True)
def at_home():
    """A notebook's kernel knows the cases of one assignment."""
    practice.cases.load(cases(A1))
    yield
    practice.cases.used.clear()


def notebook(blank, code):
    """The names of a notebook in which one blank has this answer, the others their solutions."""
    namespace = {**checks_of(A1)[blank].names, "practice": practice}
    del namespace[blank]
    exec(code, namespace)
    return namespace


def examined(blank, code):
    namespace = notebook(blank, code)
    with np.errstate(all="ignore"):
        return practice.examine(blank, namespace.get(blank), namespace)


def graded(blank, code):
    """What the grader finds in the public examples."""
    examination = Blank(checks_of(A1)[blank], b"")
    with np.errstate(all="ignore"):
        examination.examine(KernelGuest(notebook(blank, code)), public=True, singly=True)
    return examination.verdict(1.0).findings


# a sentence of the blank's own file

OWN = "One was added where none was asked for."


@pytest.fixture
def own_sentence(monkeypatch):
    """a1-neuron, where one mistake's sentence stands in its blank's file alone."""
    made = dict(checks_of(A1))
    answers = made["row_gradients"].variants
    renamed = (replace(v, label="own", diagnosis="own", sentence=OWN) for v in answers if v.defines == "missing_mean")
    made["row_gradients"] = replace(made["row_gradients"], variants=(answers[0], *renamed))
    monkeypatch.setattr("autograder.judging.public_cases.checks_of", lambda assignment: made)
    return made["row_gradients"]


def test_the_page_says_the_sentence_of_a_blanks_own_file_as_practice_does(own_sentence):
    practice.cases.load(public_cases(A1))
    assert examined("row_gradients", SUMS).likely == OWN
    verdict = verdict_on(own_sentence, KernelGuest(notebook("row_gradients", SUMS)), b"")
    assert (verdict.diagnosis, verdict.sentence) == ("own", OWN)
    page = words(render(Verdict(A1, "ada", "ab" * 32, (verdict,)), None))
    assert f"Most likely: {OWN}" in page and page.count(OWN) == 1


# what a notebook may have set


@pytest.mark.parametrize("options", [{"precision": 2, "sign": "+"}, {"legacy": "1.13"}], ids=["sign", "legacy"])
def test_the_call_that_is_shown_is_the_same_however_the_notebook_prints_arrays(options):
    nothing = "def log_loss(y, z):\n    return 0.0"
    usual = examined("log_loss", nothing).findings
    with np.printoptions(**options):
        assert examined("log_loss", nothing).findings == usual


# functions of every kind

ODD = {
    "lists in lists without end": "def sigmoid(z):\n    a = []\n    a.append(a)\n    return a",
    "an object that can be nothing": "class O:\n    def __eq__(self, other): raise ValueError('eq')\n"
    "    def __float__(self): raise KeyError('float')\ndef sigmoid(z):\n    return O()",
    "a generator": "def sigmoid(z):\n    yield from z",
    "a generator without end": "def sigmoid(z):\n    while True:\n        yield 1.0",
    "calling itself": "def sigmoid(z):\n    return sigmoid(z)",
    "another class": "class sigmoid:\n    def __init__(self, z): self.z = z",
    "complex": "def sigmoid(z):\n    return 1j * z",
    "None among numbers": "def sigmoid(z):\n    return [None for _ in z]",
}


@pytest.mark.parametrize("code", ODD.values(), ids=ODD)
def test_of_odd_values_it_says_what_the_grader_says(code):
    assert (*examined("sigmoid", code).findings,) == graded("sigmoid", code)


ENDING = {
    "SystemExit: 3": "raise SystemExit(3)",
    "GeneratorExit: ": "raise GeneratorExit",
    "Silent: ": "raise Silent()",
}
SILENT = "class Silent(Exception):\n    def __str__(self):\n        raise ValueError('no')\n\n\n"


@pytest.mark.parametrize("said", ENDING)
def test_a_function_that_ends_the_program_ends_neither_the_check_nor_the_table(said):
    code = f"{SILENT}def sigmoid(z):\n    {ENDING[said]}"
    assert examined("sigmoid", code).findings[0].message == f"For z of shape (9,): sigmoid raised {said}"
    table = eval("practice.overview()", notebook("sigmoid", code))
    assert {one.state for one in table if one.name == "xor"} == {"right"}


def test_an_interrupt_ends_the_check():
    with pytest.raises(KeyboardInterrupt):
        examined("sigmoid", "def sigmoid(z):\n    raise KeyboardInterrupt")


def test_a_forward_function_that_changes_its_arguments_leaves_the_examples_as_they_are():
    practice.cases.used["blanks"]["gradient_step"]["forward"] = "cost"
    spoils = "def cost(w, b, dw, db, rate):\n    dw[...] = 0\n    return w.sum() + b"
    before = repr(practice.cases.used)
    examined("gradient_step", f"{checks_of(A1)['gradient_step'].variants[0].code}\n\n\n{spoils}")
    assert repr(practice.cases.used) == before


def test_float32_whose_numbers_are_right_gets_no_picture_of_what_is_wrong():
    right = checks_of(A1)["xor"].variants[0].code
    found = examined("xor", f"{right}\n\n\nours = xor\n\n\ndef xor(X, gates):\n    return ours(X, gates).astype(np.float32)")
    assert "got dtype float32" in found.sentence() and "Where" not in repr(found)


def test_no_function_at_all_is_told_so():
    with pytest.raises(ValueError, match="^this is no blank of a1-neuron: "):
        exec("practice.check(print())", {"practice": practice})


def test_a_forward_function_that_prints_is_not_heard_while_its_slope_is_taken(capsys):
    code = checks_of(A1)["sigmoid_derivative"].variants[0].code
    examined("sigmoid_derivative", f"{code}\n\n\ndef sigmoid(z):\n    print('here')\n    return 1 / (1 + np.exp(-z))")
    assert capsys.readouterr().out.count("here") <= 6
