"""`autograder new` makes an assignment, and blanks, that pass `autograder verify` as they are."""

import subprocess
import sys

import nbformat
import pytest

from autograder.authoring.new import NewError, new
from autograder.authoring.verify import verify
from autograder.course.course import Course
from autograder.notebook.cells import blanks, grade_id, is_test


@pytest.fixture
def course(tmp_path):
    return Course(tmp_path, tmp_path / "course")


def test_what_is_made_passes_verify_as_it_is(course):
    assert len(new(course, "a2-mine")) == 3
    new(course, "a2-mine", "halved")
    report = verify(course, "a2-mine")
    assert report.complaints == [] and report.blanks == ["halved", "scaled"]
    assert [name for name, _ in blanks(nbformat.read(course.source("a2-mine"), 4))] == ["scaled", "halved"]


def test_its_notebook_runs_and_shows_the_check_at_home_and_a_table_of_all_blanks(course, monkeypatch):
    new(course, "a2-mine")
    new(course, "a2-mine", "halved")
    notebook = nbformat.read(course.source("a2-mine"), 4)
    assert grade_id(notebook.cells[-1]) == "overview"
    assert [cell.source.splitlines()[0] for cell in notebook.cells if is_test(cell)] == [
        "practice.check(scaled)",
        "practice.check(halved)",
    ]
    monkeypatch.chdir(course.source("a2-mine").parent)
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    code = code.replace("practice.overview()", "print(practice.overview())")
    asked = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert asked.returncode == 0, asked.stderr
    assert (
        asked.stdout.count("scaled") == asked.stdout.count("halved") == 3
    )  # at home, by the hidden line, in the table


def test_nothing_is_overwritten(course):
    new(course, "a2-mine", "scaled")
    before = {path: path.read_bytes() for path in course.root.rglob("*") if path.is_file()}
    for blank, said in (("", "name a blank"), ("scaled", "has a blank 'scaled' already")):
        with pytest.raises(NewError, match=said):
            new(course, "a2-mine", blank)
    assert before == {path: path.read_bytes() for path in course.root.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("assignment", "blank"),
    [
        ("../a2", ""),
        ("A2", ""),
        ("a2_x", ""),
        ("", ""),
        ("a2", "1st"),
        ("a2", "a-b"),
        ("a2", "def"),
        ("a2", "np"),
        ("a2", "vectors"),
        ("a2", "practice"),
    ],
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
