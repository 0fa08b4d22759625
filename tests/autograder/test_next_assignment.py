"""Another assignment beside a1-neuron needs no test of its own: what holds of all is asked of it, and faults are seen.

A copy of the course gets four more, alike but for what is wrong with three of them, and the tests that are for all
assignments run there as they are.
"""

import ast
import re
import shutil
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tests.a1_class import environment
from tests.small_class import graded, write_checks

TESTS = ("test_checks", "test_catalogue")
OTHERS = ("assignments", "guests", "held_out", "held_out_a1_neuron", "held_out_a2_backprop")
SENTENCES = """

CATALOGUE |= {
    "factor_forgotten": "The factor does not enter.",
    "factor_squared": "The factor enters twice.",
    "idle": "No answer makes this mistake.",
}
"""
CHECK = '''"""A factor times an array."""

from autograder.kit import Check


def vectors(rng):
    yield "a vector", (rng.normal(size=3), rng.uniform(2, 3))


def matrices(rng):
    yield "a matrix", (rng.normal(size=(2, 3)), rng.uniform(2, 3))


check = Check(
    inputs={"vector": vectors, "matrix": matrices},
    returns={"vector": 0.5, "matrix": 0.5},
    witness=lambda x, c: x / (1 / c),
)

'''
ANSWERS = {
    "right: as a product": "c * x",
    "right: row by row": "np.array([c * row for row in x])",
    "right: by name": "np.multiply(x, c)",
    "wrong: factor_forgotten": "x",
    "wrong: factor_squared": "c**2 * x",
    'wrong: minus_c "The sign of the factor was changed."': "-c * x",
    "wrong: minus x -> minus_c": "c * np.negative(x)",
    "wrong: divided by itself -> factor_forgotten": "x * (c / c)",
    "wrong: twice -> factor_squared": "c * (c * x)",
    "wrong: matrices lack it -> factor_forgotten keeps 0.5": "c * x if x.ndim == 1 else x",
    "wrong: vectors are moved -> none keeps 0.5": "c * x if x.ndim == 2 else x + 1",
    "wrong: returned_none": "None",
    "wrong: wrong_shape": "np.sum(c * x)",
}
ANSWERED = "".join(f"# %% {label}\ndef scaled(x, c):\n    return {value}\n" for label, value in ANSWERS.items())
# assignment: what is replaced in its file; whether its notebook asks for one blank more
PLANTED = {
    "a2-sound": ("", "", False),
    "a3-mislabelled": ("wrong: vectors are moved -> none", "wrong: vectors are moved -> factor_squared", False),
    "a4-wrong-reference": ("return c * x\n", "return c * x + 1\n", False),
    "a5-unchecked": ("", "", True),
}


def notebook(assignment, *blanks):
    """An assignment's source: each blank is a product."""
    only = f'import numpy as np\nfrom nnlib import allow\n\nallow.only("{assignment}", "datasets")'
    cells = [graded(only, "imports", locked=True)]
    for blank in blanks:
        hidden = f'import autograder; autograder.check("{assignment}.{blank}", globals())'
        test = f"assert {blank}(np.ones(2), 3.0)[0] == 3\n### BEGIN HIDDEN TESTS\n{hidden}\n### END HIDDEN TESTS"
        answer = f"def {blank}(x, c):\n    ### BEGIN SOLUTION\n    return c * x\n    ### END SOLUTION"
        cells.append(graded(answer, blank, solution=True))
        cells.append(graded(test, f"test_{blank}", grade=True, locked=True, points=4))
    return new_notebook(cells=[*cells, new_code_cell("1 / 0")])


@pytest.fixture(scope="module")
def home(root, tmp_path_factory):
    """A copy of the course, and of the tests that are for all assignments, with four assignments more."""
    home = tmp_path_factory.mktemp("next")
    for name in ("autograder", "nnlib", "practice", "assignments"):
        shutil.copytree(root / name, home / name, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
    (home / "tests" / "autograder").mkdir(parents=True)
    for name in (
        "pyproject.toml",
        "tests/conftest.py",
        *(f"tests/autograder/{name}.py" for name in TESTS + OTHERS),
    ):
        shutil.copyfile(root / name, home / name)
    with (home / "autograder" / "judging" / "catalogue.py").open("a") as file:
        file.write(SENTENCES)
    for assignment, (old, new, more) in PLANTED.items():
        text = CHECK + ANSWERED
        assert old in text
        texts = {"__init__": 'ALLOWED = ("datasets",)\n', "scaled": text.replace(old, new, 1) if old else text}
        write_checks(home / "autograder" / "checks", texts, assignment)
        (home / "assignments" / assignment).mkdir()
        source = notebook(assignment, "scaled", *(["halved"] if more else []))
        nbformat.write(source, home / "assignments" / assignment / f"{assignment}.ipynb")
    return home


@pytest.fixture(scope="module")
def ran(home):
    """(outcome, test, what it was asked of) of each test there that concerns the four or the whole catalogue."""
    asked = [f"tests/autograder/{name}.py" for name in TESTS]
    which = " or ".join([*PLANTED, "every_sentence_is_used"])
    command = [sys.executable, "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider", "-k", which, *asked]
    quick = environment(home, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")  # half of the time is theirs
    run = subprocess.run(command, cwd=home, env=quick, capture_output=True, text=True, timeout=120)
    assert run.returncode == 1, run.stdout + run.stderr
    found = re.findall(r"^(PASSED|FAILED) tests/autograder/\w+\.py::(test_\w+)(?:\[([^\]]*)\])?", run.stdout, re.M)
    return found, run.stdout


def of(ran, outcome, assignment):
    """The tests that ended like this for an assignment."""
    return {test for ended, test, asked in ran[0] if ended == outcome and asked.startswith(assignment)}


def test_whatever_is_asked_of_an_assignment_is_asked_of_the_next_and_right_there(ran, home):
    trees = [ast.parse((home / "tests" / "autograder" / f"{name}.py").read_text()) for name in TESTS]
    functions = [node for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef)]
    tests = [function for function in functions if function.name.startswith("test_")]
    of_all = {test.name for test in tests if any(argument.arg == "assignment" for argument in test.args.args)}
    assert of(ran, "PASSED", "a2-sound") == of_all and len(of_all) > 12 and not of(ran, "FAILED", "a2-sound")


def test_a_label_that_is_wrong_is_seen(ran):
    assert of(ran, "FAILED", "a3-mislabelled") == {
        "test_wrong_answers_keep_half_at_most_and_are_told_what_their_markers_say",
        "test_every_mistake_a_check_knows_is_told_to_who_makes_it",
    }


def test_a_reference_that_its_witness_contradicts_is_seen(ran):
    assert "test_right_answers_get_everything_here_and_at_home" in of(ran, "FAILED", "a4-wrong-reference")


def test_a_blank_without_a_check_is_seen(ran):
    assert of(ran, "FAILED", "a5-unchecked") == {"test_notebook_and_checks_have_the_same_blanks"}


def test_sentences_of_the_next_assignment_belong_there_and_one_that_nobody_uses_is_seen(ran):
    (ended,) = (ended for ended, test, _ in ran[0] if "every_sentence_is_used" in test)
    assert ended == "FAILED" and "assert ['idle is used by no answer'] == []" in ran[1]
