"""What lies in a submitted folder beside the notebook, where nbgrader would copy it, follow it or wait for it."""

import os
import socket
import subprocess

import pytest

from autograder.gradebook.record import marks
from tests.a1_class import ASSIGNMENT, autograder, hand_in, nbgrader_in_turn, released, solved

PRIVATE = "what-only-staff-may-read"


def _linked(folder, private):
    (folder / "shadow").symlink_to(private / "file")
    (folder / "folder").symlink_to(private)


def _piped(folder, private):
    os.mkfifo(folder / "pipe")


def _large(folder, private):
    with open(folder / "large", "wb") as file:
        file.truncate(50_000_000)


def _bound(folder, private):
    before = os.getcwd()
    os.chdir(folder)  # the path of a socket must be short
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("s")
    os.chdir(before)


def _deep(folder, private):
    path = folder / "/".join(["d"] * 200)
    path.mkdir(parents=True)
    (path / "page.html").write_text("<script>alert(1)</script>")


def _time_linked(folder, private):
    (folder / "timestamp.txt").symlink_to(private / "file")


def _time_piped(folder, private):
    os.mkfifo(folder / "timestamp.txt")


def _time_bad(folder, private):
    (folder / "timestamp.txt").write_bytes(b"the day before yesterday \xff")


def _time_folder(folder, private):
    (folder / "timestamp.txt").mkdir()


BESIDE = {
    "linked": _linked,
    "piped": _piped,
    "large": _large,
    "bound": _bound,
    "deep": _deep,
    "time-linked": _time_linked,
    "time-piped": _time_piped,
    "time-bad": _time_bad,
    "time-folder": _time_folder,
}
STUDENTS = [*BESIDE, "honest"]


@pytest.fixture(scope="module")
def course(root, tmp_path_factory):
    """A class in which everybody answered alike, and many put something beside the notebook."""
    course = released(root, tmp_path_factory.mktemp("folders"))
    private = tmp_path_factory.mktemp("private")
    (private / "file").write_text(PRIVATE)
    empty = solved(course)
    empty.cells = empty.cells[:1]
    for student in STUDENTS:
        folder = hand_in(course, student, empty).parent
        BESIDE.get(student, lambda *_: None)(folder, private)
    return course


def marks_of(course):
    found = {}
    for mark in marks(course.db_url, ASSIGNMENT):
        found.setdefault(mark.student, []).append(mark[1:])
    return found


def files(course, *steps):
    return {
        path.relative_to(course.directory)
        for step in steps
        for path in (course.directory / step).rglob("*")
        if not path.is_dir()
    }


@pytest.fixture(scope="module")
def graded(root, course):
    """`nbgrader autograde`, twice, for then it compares times; and the pages."""
    grade = f"autograde {ASSIGNMENT}"
    try:
        run = nbgrader_in_turn(root, course.root, grade, f"{grade} --force", grade, f"generate_feedback {ASSIGNMENT}")
    except subprocess.TimeoutExpired as late:
        pytest.fail(f"nbgrader hangs: {(late.stderr or b'').decode()[-3000:]}")
    assert run.returncode == 0, run.stderr[-3000:]
    return marks_of(course)


def test_nobody_holds_up_nbgraders_batch_and_all_get_the_same_marks(graded):
    assert sorted(graded) == sorted(STUDENTS)
    assert all(graded[student] == graded["honest"] for student in STUDENTS)


def test_nothing_beside_the_notebook_is_copied_to_where_formgrader_serves_it(course, graded):
    beside = {"submission_secret.txt", "timestamp.txt"}
    assert {path.name for path in files(course, "autograded")} == {f"{ASSIGNMENT}.ipynb", *beside}
    assert {path.name for path in files(course, "feedback")} == {f"{ASSIGNMENT}.html", *beside}
    for path in files(course, "autograded", "feedback"):
        assert PRIVATE.encode() not in (course.directory / path).read_bytes()


def test_our_own_route_gives_the_same(root, course, graded):
    assert autograder(root, course.root, "grade", ASSIGNMENT, "--again").returncode == 0
    assert marks_of(course) == graded
