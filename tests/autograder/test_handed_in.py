"""Who handed in, and what is read of it: a folder that is nobody's, or gone by now, stops no class."""

import os
import shutil
import socket
import stat
from contextlib import contextmanager

import pytest

from autograder import pipeline
from autograder.course.handed_in import NothingToGrade, submission, submissions
from autograder.executor import workers

ASSIGNMENT = "a0-small"


def hand_in(course, *students):
    for student in students:
        path = course.submission(ASSIGNMENT, student)
        path.parent.mkdir(parents=True)
        shutil.copyfile(course.directory / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", path)


# who


def test_a_student_named_twice_counts_once(course):
    hand_in(course, "zoe", "ada")
    assert submissions(course, ASSIGNMENT, ["zoe", "ada", "zoe"]) == ["ada", "zoe"]
    assert submissions(course, ASSIGNMENT) == ["ada", "zoe"]


def test_a_hidden_folder_is_no_student(course):
    hand_in(course, "zoe", ".ipynb_checkpoints", "..x")
    assert submissions(course, ASSIGNMENT) == ["zoe"]
    with pytest.raises(NothingToGrade, match="no submission of a0-small by .ipynb_checkpoints"):
        submissions(course, ASSIGNMENT, [".ipynb_checkpoints"])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (os.fsdecode(b"zo\xff"), r"^the folder zo\\xff in .*submitted has a name that is not UTF-8: rename it.$"),
        ("n" * 129, "the folder n{60}… in .* has a name of 129 characters, 129 bytes; at most 128 and 200 can be: "),
        ("ü" * 101, "has a name of 101 characters, 202 bytes"),
    ],
    ids=["bytes", "long", "long in UTF-8"],
)
def test_a_name_that_can_be_nobodys_is_refused_before_anybody_is_judged(course, name, said):
    hand_in(course, "zoe", name)
    with pytest.raises(NothingToGrade, match=said) as refused:
        submissions(course, ASSIGNMENT)
    str(refused.value).encode()
    assert "\n" not in str(refused.value)
    assert submissions(course, ASSIGNMENT, ["zoe"]) == ["zoe"]


def test_the_longest_names_are_graded_like_any_other(course):
    longest = ["n" * 128, "ü" * 100, "zoë d'Arc [x]"]
    hand_in(course, *longest)
    with workers(1) as pool:
        graded = pipeline.grade(course, ASSIGNMENT, submissions(course, ASSIGNMENT), pool, pages=True)
        assert sorted(one.verdict.student for one in graded) == sorted(longest)


# what


def test_a_folder_that_is_gone_by_now_is_a_sentence_and_the_class_goes_on(course):
    hand_in(course, "ada", "bob", "cleo")
    names = submissions(course, ASSIGNMENT)
    shutil.rmtree(course.directory / "submitted" / "bob")
    with workers(1) as pool:
        graded = {one.verdict.student: one.verdict for one in pipeline.grade(course, ASSIGNMENT, names, pool)}
    assert sorted(graded) == names
    assert graded["bob"].notes == (
        "There is no a0-small.ipynb in what was handed in (found: nothing): hand it in under that name.",
    )
    assert graded["cleo"].notes == () and graded["bob"].staff_notes == ()


def test_what_is_there_but_cannot_be_read_is_not_said_to_be_missing(course):
    path = course.submission(ASSIGNMENT, "ada")
    path.parent.mkdir(parents=True)
    with socket.socket(socket.AF_UNIX) as one:  # which even root cannot open
        here = os.open(path.parent, os.O_RDONLY)
        one.bind(f"/proc/self/fd/{here}/{path.name}")  # a socket's own path may be short only
        os.close(here)
        data = submission(course, ASSIGNMENT, "ada").data
    why = "No such device or address"
    assert data == f"a0-small.ipynb is there but cannot be read ({why}): hand it in again, or ask the staff."


@contextmanager
def as_nobody(*folders):
    """This process as one without rights, to whom these folders are open."""
    modes = [(folder, stat.S_IMODE(folder.stat().st_mode)) for folder in folders]
    for folder, mode in modes:
        folder.chmod(mode | 0o055)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
        for folder, mode in modes:
            folder.chmod(mode)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
@pytest.mark.parametrize("forbidden", [0, 1, 2], ids=["file", "folder", "student's folder"])
def test_what_may_not_be_read_says_so(course, forbidden, tmp_path):
    hand_in(course, "ada")
    course.secret()
    (course.directory / "secret").chmod(0o644)
    path = course.submission(ASSIGNMENT, "ada")
    [path, *path.parents][forbidden].chmod(0)
    with as_nobody(course.directory, course.root, tmp_path, *list(tmp_path.parents)[:-2]):
        data = submission(course, ASSIGNMENT, "ada").data
    why = "Permission denied"
    assert data == f"a0-small.ipynb is there but cannot be read ({why}): hand it in again, or ask the staff."
