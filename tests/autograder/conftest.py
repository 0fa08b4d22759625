"""A small class for the tests that need nbgrader: one assignment of three blanks and a written question, released."""

import shutil
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config

from autograder.course.course import Course
from autograder.gradebook.record import path_to_alembic

ASSIGNMENT = "a0-small"
FLAGS = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}


def graded(source, grade_id, make=new_code_cell, **flags):
    return make(source, metadata={"nbgrader": {**FLAGS, "grade_id": grade_id, **flags}})


def answer(name, value):
    source = f"def {name}():\n    ### BEGIN SOLUTION\n    return {value}\n    ### END SOLUTION"
    return graded(source, name, solution=True)


def check(name, points):
    line = f'import autograder; autograder.check("{ASSIGNMENT}.{name}", globals())'
    source = f"assert {name}() is not None\n### BEGIN HIDDEN TESTS\n{line}\n### END HIDDEN TESTS"
    return graded(source, f"test_{name}", grade=True, locked=True, points=points)


CHECKS = """
from autograder.judging.check import check

ALLOWED = ()


def nothing(rng):
    yield "no arguments", ()


@check(weights={"value": 1.0})
def one(blank):
    \"""One.\"""
    for case in blank.cases(nothing):
        blank.close("value", blank.call("one"), 1)


@check(weights={"value": 1.0})
def two(blank):
    \"""Two.\"""
    for case in blank.cases(nothing):
        blank.close("value", blank.call("two"), 2)


@check(weights={"value": 1.0})
def three(blank):
    \"""Three.\"""
    for case in blank.cases(nothing):
        blank.close("value", blank.call("three"), 3)
"""


def source_notebook():
    cells = [
        new_markdown_cell("# A small assignment\nWith $a<b$."),
        graded("import math", "imports", locked=True),
        answer("one", 1),
        check("one", 2),
        new_markdown_cell("And now two."),
        answer("two", 2),
        check("two", 3),
        answer("three", 3),
        check("three", 1.5),
        graded("Because it is so.", "why", make=new_markdown_cell, grade=True, solution=True, points=4),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


@pytest.fixture
def source():
    """The source notebook of the small assignment."""
    return source_notebook()


@pytest.fixture(scope="session")
def released_class(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("released")
    course = Course(root, root / "course")
    course.source(ASSIGNMENT).parent.mkdir(parents=True)
    nbformat.write(source_notebook(), course.source(ASSIGNMENT))
    (root / "checks").mkdir()
    (root / "checks" / "a0_small.py").write_text(CHECKS)
    (root / "course").mkdir()
    path_to_alembic()
    result = NbGraderAPI(config=course.configure(Config())).generate_assignment(ASSIGNMENT)
    assert result["success"], result
    return root


@pytest.fixture
def course(released_class, tmp_path) -> Course:
    """A class of one released assignment, "a0-small", in a folder of its own."""
    shutil.copytree(released_class, tmp_path / "class")
    return Course(tmp_path / "class", tmp_path / "class" / "course")


@pytest.fixture
def release(course):
    """The notebook a student of the small class receives."""
    path = course.directory / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    return nbformat.read(path, as_version=4)
