"""An assignment of three blanks and a written question: its source and checks, what is handed in, marks by hand."""

from datetime import datetime
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.course.course import Course
from autograder.gradebook import late, record
from autograder.notebook import cells

ASSIGNMENT = "a0-small"
RIGHT = {name: f"def {name}():\n    return {k}" for k, name in enumerate(("one", "two", "three"), start=1)}
WRONG = {"two": "def two():\n    return 22"}
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


CHECK = '''"""{title}."""

from autograder.kit import check


def nothing(rng):
    yield "no arguments", ()


@check(weights={{"value": 1.0}})
def examined(blank):
    for case in blank.cases(nothing):
        blank.close("value", blank.call("{name}"), {value})
'''
CHECKS = {"__init__": "ALLOWED = ()\n"} | {
    name: CHECK.format(title=name.title(), name=name, value=k) for k, name in enumerate(RIGHT, start=1)
}


def write_checks(folder: Path, checks: dict[str, str] = CHECKS, assignment: str = ASSIGNMENT) -> None:
    """Write the checks of an assignment, {module: text}, where a course keeps them: in a folder checks/."""
    (folder / assignment).mkdir(parents=True)
    for name, text in checks.items():
        (folder / assignment / f"{name}.py").write_text(text)


def source_notebook():
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    made = [
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
    return new_notebook(cells=made, metadata={"kernelspec": kernel})


def hand_in(course: Course, student: str, answers: dict[str, str], written: str = "Because.") -> None:
    """Put the released notebook, answered so, where submissions lie, handed in on 3 November 2026."""
    notebook = nbformat.read(course.directory / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)
    for cell in notebook.cells:
        cell.source = answers.get(cells.grade_id(cell), cell.source)
        if cells.kind(cell) == cells.WRITTEN:
            cell.source = written
    path = course.submission(ASSIGNMENT, student)
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    path.with_name("timestamp.txt").write_text("2026-11-03 12:30:00 UTC")
    late.note(course, ASSIGNMENT, student, datetime(2026, 11, 3, 12, 30), "by nbgrader's exchange")


def by_hand(course: Course, student: str, cell: str, **values) -> None:
    """What a person enters into the gradebook."""
    with record.open_gradebook(course.db_url) as gradebook:
        grade = gradebook.find_grade(cell, ASSIGNMENT, ASSIGNMENT, student)
        for name, value in values.items():
            setattr(grade, name, value)
        gradebook.db.commit()


def row(course: Course, student: str, cell: str) -> record.Mark:
    """What the gradebook says of one cell."""
    return next(m for m in record.marks(course.db_url, ASSIGNMENT) if (m.student, m.cell) == (student, cell))
