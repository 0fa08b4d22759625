"""`nbgrader autograde` and `autograder grade` on one class: equal cell by cell, with the real judge and sandbox."""

import copy
import shutil

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config

from autograder import pipeline, worker
from autograder.course.course import Course
from autograder.course.handed_in import submissions
from autograder.course.verdict import Verdict
from autograder.executor import workers
from autograder.gradebook.record import marks
from autograder.judging.check_modules import answers_of
from autograder.nbgrader_steps.steps import configure
from autograder.notebook import cells
from tests.a1_class import ASSIGNMENT, demo, hand_in, hurried, nbgrader_in_turn, released


def files(release):
    """A small class: one known answer each, right or wrong, and files that are broken in different ways."""
    answers = answers_of(ASSIGNMENT)
    correct = {variant.blank: variant.code for variant in answers if variant.right}
    wrong = {variant.blank: variant.code for variant in answers if not variant.right}
    yield "right", filled(release, correct)
    yield "wrong", filled(release, wrong)
    yield "untouched", release
    copied = filled(release, correct)
    copied.cells.append(copy.deepcopy(next(cell for cell in copied.cells if cells.kind(cell) == cells.ANSWER)))
    yield "copied", copied
    missing = filled(release, correct)
    missing.cells = [cell for cell in missing.cells if cells.grade_id(cell) not in ("sigmoid", "test_sigmoid")]
    yield "missing", missing
    died = filled(release, {**correct, "sigmoid": "import os\ndef sigmoid(z):\n    os._exit(0)"})
    yield "died", died
    yield "broken", b'{"cells": ['
    yield "empty", b""


def filled(release, answers):
    notebook = copy.deepcopy(release)
    for cell in notebook.cells:
        if cells.kind(cell) == cells.ANSWER:
            cell.source = answers.get(cells.grade_id(cell), cell.source)
        elif cells.kind(cell) == cells.WRITTEN:
            cell.source = "Because <script>alert(1)</script>."
    return notebook


@pytest.fixture(scope="module")
def classes(root, tmp_path_factory):
    """The same class twice, graded by our own pipeline and through nbgrader."""
    ours = released(root, tmp_path_factory.mktemp("routes"))
    theirs = Course(ours.root, ours.root / "theirs")
    ours.secret()
    release = nbformat.read(ours.directory / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)
    for student, file in files(release):
        hand_in(ours, student, file)
    shutil.copytree(ours.directory, theirs.directory)
    with workers() as pool:
        list(pipeline.grade(ours, ASSIGNMENT, submissions(ours, ASSIGNMENT), pool))
    result = NbGraderAPI(config=configure(Config(), theirs)).autograde(ASSIGNMENT, "*")
    worker.dismiss()
    assert result["success"], result
    return ours, theirs


def test_marks_and_comments_are_equal_cell_by_cell(classes):
    ours, theirs = (marks(course.db_url, ASSIGNMENT) for course in classes)
    assert ours == theirs
    assert len(ours) > 50


def test_verdicts_are_equal(classes):
    for student in classes[0].students(ASSIGNMENT):
        ours, theirs = (Verdict.from_json(course.verdict(ASSIGNMENT, student).read_text()) for course in classes)
        assert ours == theirs


def test_notebooks_are_equal(classes):
    for student in classes[0].students(ASSIGNMENT):
        ours, theirs = (nbformat.read(course.autograded(ASSIGNMENT, student), as_version=4) for course in classes)
        assert [cell.source for cell in ours.cells] == [cell.source for cell in theirs.cells]


def test_the_class_is_marked_as_it_deserves(classes):
    verdicts = {
        student: Verdict.from_json(classes[1].verdict(ASSIGNMENT, student).read_text())
        for student in classes[1].students(ASSIGNMENT)
    }
    full = verdicts["right"].points
    assert verdicts["right"].score == verdicts["copied"].score == full
    assert verdicts["wrong"].score <= full / 2
    assert verdicts["untouched"].score == 0
    assert 0 < verdicts["missing"].score < full
    assert 0 < verdicts["died"].score < full
    for student in ("broken", "empty"):
        assert {blank.score for blank in verdicts[student].blanks} == {None}


def test_nothing_a_student_wrote_runs_in_either_notebook(classes):
    for course in classes:
        assert "<script>" not in course.autograded(ASSIGNMENT, "right").read_text()


# the demo's class, through the commands that people type


@pytest.fixture(scope="module")
def demo_class(root, tmp_path_factory):
    """The demo as `autograder demo` graded it, and the same files graded by `nbgrader autograde a1-neuron`."""
    ran = demo(root, tmp_path_factory.getbasetemp())
    assert ran.returncode == 0, ran.stderr
    home = tmp_path_factory.mktemp("demo-again")
    shutil.copytree(ran.course.root / "assignments", home / "assignments")
    shutil.copyfile(root / "nbgrader_config.py", home / "nbgrader_config.py")
    course = Course(home, home / "class")
    forget = shutil.ignore_patterns("verdicts", "autograded", "feedback", "backups")
    shutil.copytree(ran.course.directory, course.directory, ignore=forget)
    with Gradebook(course.db_url) as gradebook:
        for student in ran.course.students(ASSIGNMENT):
            gradebook.remove_submission(ASSIGNMENT, student)
    assert marks(course.db_url, ASSIGNMENT) == []
    commands = f"autograde {ASSIGNMENT}", f"generate_feedback {ASSIGNMENT}"
    run = nbgrader_in_turn(root, home, *commands, AUTOGRADER_COURSE="class", PYTHONPATH=hurried(root))
    assert run.returncode == 0, run.stderr
    return ran.course, course


def test_the_demo_class_gets_equal_marks_through_nbgraders_command(demo_class):
    ours, theirs = (marks(course.db_url, ASSIGNMENT) for course in demo_class)
    assert ours == theirs
    assert len({mark.student for mark in ours}) >= 12 and len(ours) == 13 * len({mark.student for mark in ours})
    assert len({mark.auto for mark in ours}) > 5  # not all alike: something was compared


def test_the_demo_class_gets_our_page_through_nbgraders_command(demo_class):
    for student in demo_class[0].students(ASSIGNMENT):
        ours, theirs = (course.feedback(ASSIGNMENT, student).read_text() for course in demo_class)
        assert ours == theirs and "default-src" in ours, student


def test_a_difference_between_the_routes_would_be_seen(demo_class, tmp_path):
    ours, theirs = demo_class
    shutil.copyfile(theirs.gradebook, tmp_path / "gradebook.db")
    db_url = f"sqlite:///{tmp_path / 'gradebook.db'}"
    with Gradebook(db_url) as gradebook:
        grade = gradebook.find_grade("test_row_gradients", ASSIGNMENT, ASSIGNMENT, "chloe")
        grade.auto_score = 1.0
        gradebook.db.commit()
    different = set(marks(ours.db_url, ASSIGNMENT)) ^ set(marks(db_url, ASSIGNMENT))
    assert {(mark.student, mark.cell) for mark in different} == {("chloe", "test_row_gradients")}
