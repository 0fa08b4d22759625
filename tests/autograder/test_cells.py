"""The kinds of cells, the hidden line, and what a student receives."""

import copy

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.preprocessors import ClearSolutions

from autograder.notebook import cells

FLAGS = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
LINE = 'import autograder; autograder.check("a1-neuron.row_gradients", globals())'


def cell(source="", grade_id="x", make=new_code_cell, **flags):
    return make(source, metadata={"nbgrader": {**FLAGS, "grade_id": grade_id, **flags}})


def hidden(line):
    source = f"assert 1 == 1\n### BEGIN HIDDEN TESTS\n{line}\n### END HIDDEN TESTS"
    return cell(source, grade=True, locked=True, points=1)


@pytest.mark.parametrize(
    ("flags", "kind", "students"),
    [
        ({"solution": True}, cells.ANSWER, True),
        ({"grade": True, "points": 2}, cells.TEST, False),
        ({"grade": True, "solution": True, "points": 2}, cells.WRITTEN, True),
        ({"locked": True}, cells.READ_ONLY, False),
        ({"task": True}, cells.READ_ONLY, False),
        ({}, cells.OWN, True),
    ],
)
def test_the_kind_of_a_cell(flags, kind, students):
    assert cells.kind(cell(**flags)) == kind
    assert cells.students(cell(**flags)) is students


@pytest.mark.parametrize("metadata", [{}, {"nbgrader": "no dictionary"}, {"nbgrader": {"grade_id": 3, "grade": True}}])
def test_a_cell_without_a_name_is_the_students_own(metadata):
    assert cells.kind(new_code_cell(metadata=metadata)) == cells.OWN
    assert cells.grade_id(new_code_cell(metadata=metadata)) is None


def test_points_count_for_graded_cells_only():
    assert cells.points(cell(grade=True, points=2)) == 2.0
    assert cells.points(cell(solution=True, points=2)) == 0.0


def test_a_blank_and_its_test_cell():
    assert cells.test_of("row_gradients") == "test_row_gradients"
    assert cells.blank_of("test_row_gradients") == "row_gradients"
    assert cells.blank_of("latest_result") == "latest_result"


def test_the_blanks_and_written_questions_of_a_notebook():
    notebook = new_notebook(
        cells=[
            cell(grade_id="a", solution=True),
            cell(grade_id="test_a", grade=True, points=2),
            cell(grade_id="why", make=new_markdown_cell, grade=True, solution=True, points=3),
            cell(grade_id="test_b", grade=True, points=1),
        ]
    )
    assert list(cells.blanks(notebook)) == [("a", 2.0), ("b", 1.0)]


def test_the_hidden_region_is_cut_out_with_its_marks():
    assert cells.without_hidden(hidden(LINE).source) == "assert 1 == 1"
    assert cells.without_hidden("a = 1\nb = 2") == "a = 1\nb = 2"


def test_a_students_own_text_is_whole_whatever_words_it_holds():
    text = f"x = 1\n### {cells.BEGIN_HIDDEN}?\ny = 2"
    theirs = cell(text), cell(text, grade_id="a", solution=True), cell(text, grade_id="w", grade=True, solution=True)
    assert [cells.visible(made) for made in theirs] == [text] * 3
    assert cells.visible(hidden(LINE)) == "assert 1 == 1"
    assert cells.visible(cell(text, grade_id="locked", locked=True)) == "x = 1"


def test_the_hidden_line_is_recognised():
    assert cells.hidden_check(hidden(LINE)) == "a1-neuron.row_gradients"


@pytest.mark.parametrize(
    "line",
    [
        "autograder.check('a1-neuron.row_gradients', globals())",
        "import autograder; autograder.check('a1-neuron.row_gradients', {})",
        "import autograder; autograder.check(name, globals())",
        "import autograder; autograder.check('a', globals()); x = 1",
        "import os; autograder.check('a', globals())",
        "import autograder; autograder.check()",
        "import autograder; (",
        "",
    ],
)
def test_anything_else_is_not_the_hidden_line(line):
    assert cells.hidden_check(hidden(line)) is None


def test_a_line_outside_the_hidden_region_is_not_the_hidden_line():
    assert cells.hidden_check(cell(LINE, grade=True)) is None
    assert cells.hidden_check(cell(LINE, make=new_markdown_cell)) is None


def test_what_a_student_receives_of_an_answer():
    region = "def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION"
    source = cell(region, solution=True)
    assert cells.released(source) == "def f():\n    # YOUR CODE HERE\n    raise NotImplementedError()"
    assert source.source == region
    assert cells.released(cell("Because.", make=new_markdown_cell, solution=True, grade=True)) == "YOUR ANSWER HERE"


def test_a_whole_solution_is_replaced_by_nbgraders_own_stubs():
    for make in (new_code_cell, new_markdown_cell):
        source = cell("all of it", make=make, solution=True, grade=make is new_markdown_cell)
        theirs = copy.deepcopy(source)
        ClearSolutions().preprocess_cell(theirs, {"language": "python"}, 0)
        assert cells.released(source) == theirs.source != source.source
