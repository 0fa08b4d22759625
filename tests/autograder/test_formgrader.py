"""Formgrader's buttons, clicked in a real browser, and `autograder grade`, on the same submissions: equal in all."""

import shutil

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.course.course import Course
from autograder.gradebook.record import marks
from autograder.judging.check_modules import answers_of
from tests.a1_class import ASSIGNMENT, autograder, hand_in, released, solved, verdict
from tests.formgrader import chromium, jupyter
from tests.hostile import hostile

WRONG = ("sigmoid", "row_gradients", "gradient_step", "xor", "train")
STUDENTS = ("crashes", "cut", "hostile", "right", "wrong")


@pytest.fixture(scope="module")
def ours(root, tmp_path_factory):
    """A class graded by `autograder grade`, and beside it "copy/", the same class with nothing graded."""
    course = released(root, tmp_path_factory.mktemp("formgrader"))
    wrong = {one.blank: one.code for one in answers_of(ASSIGNMENT) if not one.right and one.blank in WRONG}
    hand_in(course, "right", solved(course))
    hand_in(course, "wrong", solved(course, **wrong))
    hand_in(course, "crashes", solved(course, sigmoid="import os\nos._exit(0)"))
    hand_in(course, "hostile", hostile(solved(course)))
    cut = hand_in(course, "cut", solved(course))
    cut.write_bytes(cut.read_bytes()[:-100])
    course.secret()
    shutil.copytree(course.root, course.root / "copy")
    run = autograder(root, course.root, "grade", ASSIGNMENT, "--feedback")
    assert run.returncode == 0, run.stderr
    return course


class Clicker:
    """Formgrader in a browser's tab."""

    def __init__(self, page, url):
        self.page, self.url = page, url

    def click(self, student, button):
        """Click a student's button on the page of submissions, and wait for what Formgrader says of it."""
        self.row(student).locator(f".{button} a").click()
        self.page.wait_for_selector(".modal.in .modal-title")
        said = self.page.inner_text(".modal.in .modal-title")
        self.page.click(".modal.in .modal-footer button")
        self.page.wait_for_selector(".modal", state="detached")
        return said

    def row(self, student):
        return self.page.locator("tr").filter(has=self.page.locator(f".student-id[data-order={student}]"))

    def submissions(self):
        """Go to the submissions as staff do: Formgrader, Manage Assignments, the number of submissions."""
        self.page.goto(f"{self.url}/formgrader")
        self.page.click("td.num-submissions a")
        self.page.wait_for_selector(".autograde a")


@pytest.fixture(scope="module")
def formgrader(root, ours):
    home = ours.root / "copy"
    with chromium() as browser, jupyter(root, home) as url:
        yield Clicker(browser.new_page(), url)


@pytest.fixture(scope="module")
def theirs(ours, formgrader):
    """The copy of the class, after staff clicked "autograde" and "generate feedback" for each student."""
    formgrader.submissions()
    for student in STUDENTS:
        for button in ("autograde", "generate-feedback"):
            assert formgrader.click(student, button) == "Success", (student, button)
    return Course(ours.root / "copy", ours.root / "copy" / "course")


def test_marks_and_comments_are_equal_cell_by_cell(ours, theirs):
    clicked = marks(theirs.db_url, ASSIGNMENT)
    assert clicked == marks(ours.db_url, ASSIGNMENT)
    assert len(clicked) == 13 * len(STUDENTS) and len({mark.auto for mark in clicked}) > 3
    assert {mark.student for mark in clicked if mark.comment} == {"crashes", "cut", "wrong"}


@pytest.mark.parametrize("student", STUDENTS)
def test_verdicts_notebooks_and_pages_are_equal(ours, theirs, student):
    for file in (Course.verdict, Course.feedback):
        assert file(ours, ASSIGNMENT, student).read_bytes() == file(theirs, ASSIGNMENT, student).read_bytes()
    notebooks = [nbformat.read(course.autograded(ASSIGNMENT, student), as_version=4) for course in (ours, theirs)]
    assert notebooks[0] == notebooks[1] and len(notebooks[0].cells) > 30  # nbgrader breaks its lines elsewhere


def test_the_class_is_marked_as_it_deserves(theirs):
    scores = {student: verdict(theirs, student).score for student in STUDENTS if student != "cut"}
    assert scores["right"] == scores["hostile"] == 40
    assert 15 < scores["wrong"] < 30 and 0 < scores["crashes"] < 40
    assert {blank.score for blank in verdict(theirs, "cut").blanks} == {None}


def test_formgrader_shows_these_marks(formgrader, theirs):
    formgrader.submissions()
    for student in STUDENTS:
        total = sum(mark.auto or 0 for mark in marks(theirs.db_url, ASSIGNMENT) if mark.student == student)
        assert formgrader.row(student).locator(".score").inner_text() == f"{round(total, 2):g} / 45"
        assert formgrader.row(student).locator(".status").inner_text() == "needs manual grading"


def test_after_the_buttons_nothing_is_left_to_grade(root, theirs):
    before = marks(theirs.db_url, ASSIGNMENT)
    run = autograder(root, theirs.root, "grade", ASSIGNMENT)
    assert "5 of 5 submissions are unchanged" in run.stdout, run.stdout + run.stderr
    assert marks(theirs.db_url, ASSIGNMENT) == before


def test_a_mark_given_in_formgrader_outlives_the_button(formgrader, theirs):
    """And so this file would see a mark that differs."""
    before = marks(theirs.db_url, ASSIGNMENT)
    formgrader.page.goto(f"{formgrader.url}/formgrader/submissions/{submission(theirs, 'wrong')}/")
    formgrader.page.wait_for_function("window.formgrader?.grades?.loaded")  # before that, a click is lost
    with formgrader.page.expect_response(lambda answer: answer.request.method == "PUT"):
        formgrader.page.locator(".nbgrader_cell:has(#convexity) .full-credit").click()
    formgrader.submissions()
    assert formgrader.click("wrong", "autograde") == formgrader.click("wrong", "generate-feedback") == "Success"
    (changed,) = set(marks(theirs.db_url, ASSIGNMENT)) - set(before)
    assert (changed.student, changed.cell, changed.auto, changed.manual) == ("wrong", "convexity", None, 5.0)
    assert "Marked by staff" in theirs.feedback(ASSIGNMENT, "wrong").read_text()


def submission(course, student):
    with Gradebook(course.db_url) as gradebook:
        return gradebook.find_submission_notebook(ASSIGNMENT, ASSIGNMENT, student).id
