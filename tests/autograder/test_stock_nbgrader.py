"""A stock nbgrader, without this course's configuration, gives no marks: a forgotten file must not grade a class.

It stops honest answers and attacks on the visible tests. Code in the student's own kernel that knows of the hidden line
can drop that line as well: against that, only this course's configuration helps.
"""

import nbformat
import pytest
from nbformat.v4 import new_code_cell
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config

from autograder.gradebook.record import marks
from tests.a1_class import ASSIGNMENT, hand_in, released, solved

DROP_ASSERTS = """\
import ast

class Drop(ast.NodeTransformer):
    def visit_Assert(self, node):
        return None

get_ipython().ast_transformers.append(Drop())"""
ALWAYS_CLOSE = "import numpy as np\nnp.allclose = np.array_equal = lambda *args, **kwargs: True"


@pytest.fixture(scope="module")
def stock(root, tmp_path_factory):
    """A class graded by nbgrader as it comes, with this package installed."""
    course = released(root, tmp_path_factory.mktemp("stock"))
    hand_in(course, "right", solved(course))
    for student, attack in (("drops-asserts", DROP_ASSERTS), ("always-close", ALWAYS_CLOSE)):
        notebook = solved(course, row_gradients="def row_gradients(X, delta):\n    return X.T @ delta, delta.sum()")
        notebook.cells.insert(0, new_code_cell(attack))
        hand_in(course, student, notebook)
    hand_in(course, "empty", b"")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(root))
        patch.chdir(course.root)
        NbGraderAPI(config=course.configure(Config())).autograde(ASSIGNMENT, "*", force=True)
    return course


@pytest.mark.parametrize("student", ["right", "drops-asserts", "always-close"])
def test_nobody_gets_marks(stock, student):
    rows = [mark for mark in marks(stock.db_url, ASSIGNMENT) if mark.student == student and mark.cell != "convexity"]
    assert len(rows) == 12 and {mark.auto for mark in rows} == {0.0}


def test_a_right_answer_is_told_why(stock):
    """Its visible tests pass; what stops it is the hidden line, with a sentence that says what is missing."""
    cells = nbformat.read(stock.autograded(ASSIGNMENT, "right"), as_version=4).cells
    errors = [output for cell in cells for output in cell.get("outputs", ()) if output.output_type == "error"]
    assert len(errors) == 12 and {error.ename for error in errors} == {"RuntimeError"}
    assert all("nbgrader_config.py; stock nbgrader gives no marks here" in error.evalue for error in errors)
