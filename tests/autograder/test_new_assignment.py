"""`autograder new` makes an assignment, and blanks, that pass `autograder verify` as they are."""

import nbformat
import pytest

from autograder.authoring.new import NewError, new
from autograder.authoring.verify import verify
from autograder.course.course import Course
from autograder.notebook.cells import blanks


@pytest.fixture
def course(tmp_path):
    return Course(tmp_path, tmp_path / "course")


def test_what_is_made_passes_verify_as_it_is(course):
    assert len(new(course, "a2-mine")) == 3
    new(course, "a2-mine", "halved")
    report = verify(course, "a2-mine")
    assert report.complaints == [] and report.blanks == ["halved", "scaled"]
    assert [name for name, _ in blanks(nbformat.read(course.source("a2-mine"), 4))] == ["scaled", "halved"]


def test_nothing_is_overwritten(course):
    new(course, "a2-mine", "scaled")
    before = {path: path.read_bytes() for path in course.root.rglob("*") if path.is_file()}
    for blank, said in (("", "name a blank"), ("scaled", "has a blank 'scaled' already")):
        with pytest.raises(NewError, match=said):
            new(course, "a2-mine", blank)
    assert before == {path: path.read_bytes() for path in course.root.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("assignment", "blank"),
    [("../a2", ""), ("A2", ""), ("a2_x", ""), ("", ""), ("a2", "1st"), ("a2", "a-b"), ("a2", "def"), ("a2", "np")],
)
def test_a_bad_name_is_one_sentence_and_makes_nothing(course, assignment, blank):
    with pytest.raises(NewError, match="cannot be called") as said:
        new(course, assignment, blank)
    assert str(said.value).endswith(".") and not [*course.root.iterdir()]


def test_the_command_says_what_it_made_and_why_not(ask, tmp_path):
    made = ask(tmp_path, "new", "a2-mine")
    assert made.returncode == 0 and "checks/a2-mine/scaled.py" in made.stdout
    refused = ask(tmp_path, "new", "a2 mine")
    assert refused.returncode == 2 and refused.stderr.count("\n") == 1 and "cannot be called" in refused.stderr
