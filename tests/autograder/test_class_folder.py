"""Whose a class is: its folder is one account's, and another one is told so in one sentence."""

import json
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from nbgrader.api import Assignment, Gradebook
from nbgrader.api import Course as NamedCourse
from nbgrader.apps import NbGraderAPI

from autograder.authoring import release
from autograder.course import lock, verdicts
from autograder.course.course import Course, NoClass, NotWritten
from autograder.gradebook import record
from autograder.gradebook.record import path_to_alembic
from tests.small_class import ASSIGNMENT

SOMEBODY_ELSE = 54321


def as_somebody_else(ask):
    """What `ask()` says in a process of another account, which has imported what it needs."""
    if os.getuid() != 0:
        pytest.skip("only root can become somebody else")
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        os.setgid(SOMEBODY_ELSE)
        os.setuid(SOMEBODY_ELSE)
        try:
            said = ask()
        except BaseException as error:
            said = f"{type(error).__name__}: {error}"
        os.write(writing, str(said).encode())
        os._exit(0)
    os.close(writing)
    with open(reading) as answer:
        text = answer.read()
    os.waitpid(child, 0)
    return text


@pytest.fixture(scope="module")
def graded(released_class, tmp_path_factory, grade):
    """The small class, graded once."""
    home = tmp_path_factory.mktemp("graded") / "class"
    shutil.copytree(released_class, home)
    course = Course(home, home / "course")
    path = course.submission(ASSIGNMENT, "ada")
    path.parent.mkdir(parents=True)
    shutil.copy(course.directory / "release" / ASSIGNMENT / path.name, path)
    grade(course)
    return course


@pytest.fixture
def open_home(graded):
    """A copy of that class in a place that everybody can reach."""
    home = Path(tempfile.mkdtemp(prefix="home-"))
    shutil.copytree(graded.root, home, dirs_exist_ok=True)
    here = Course(home, home / "course")
    for folder in (home, here.directory):
        folder.chmod(0o755)
    yield here
    shutil.rmtree(home)


@pytest.fixture
def say(ask_warm):
    """What the command line says in a class: its exit code, its two streams."""

    def call(course, *arguments):
        ended = ask_warm(course.root, *arguments, COLUMNS="300")
        return f"{ended.returncode} {ended.stdout}{ended.stderr}"

    return call


def test_a_class_is_made_for_its_owner_alone(tmp_path):
    tmp_path.chmod(0o755)
    course = Course(tmp_path, tmp_path / "course" / "demo")
    course.secret()
    assert [folder.stat().st_mode & 0o777 for folder in (course.directory, course.directory.parent)] == [0o700] * 2
    assert tmp_path.stat().st_mode & 0o777 == 0o755


def test_a_release_makes_it_so(course, monkeypatch):
    shutil.rmtree(course.directory)
    release._generate(course, ASSIGNMENT)
    assert course.directory.stat().st_mode & 0o777 == 0o700


def test_a_class_that_others_can_look_into_is_said_to_be(open_home, say):
    said = say(open_home, "grade", ASSIGNMENT)
    assert f"other accounts of this machine can look into {open_home.directory}" in said and "chmod 700" in said
    for closed in (open_home.directory, open_home.root):
        before = closed.stat().st_mode
        closed.chmod(0o700)
        assert "other accounts" not in say(open_home, "grade", ASSIGNMENT)
        closed.chmod(before)


@pytest.mark.parametrize(
    ("mode", "command"),
    [
        (0o755, ("feedback", ASSIGNMENT)),
        (0o755, ("replay", "ada", ASSIGNMENT)),
        (0o700, ("feedback", ASSIGNMENT)),
        (0o700, ("replay", "ada", ASSIGNMENT)),
        (0o700, ("grade", ASSIGNMENT)),
    ],
)
def test_a_second_grader_of_the_class_is_told_in_one_sentence(open_home, say, mode, command):
    open_home.directory.chmod(mode)
    said = as_somebody_else(lambda: say(open_home, *command))
    assert said.startswith("2 autograder: ") and "belongs to root, and this is account 54321" in said
    assert said.count("\n") == 1


def test_nor_does_nbgrader_or_a_grading_run_begin_for_a_second_grader(open_home):
    def hold():
        with lock.held(open_home):
            pass

    assert as_somebody_else(hold).startswith("NoClass: ")
    assert as_somebody_else(lambda: verdicts.load(open_home, ASSIGNMENT, "ada")).startswith("PermissionError")


def test_a_class_that_cannot_be_written_is_one_sentence(open_home, say):
    for path in (open_home.root, *open_home.root.rglob("*")):
        os.chown(path, SOMEBODY_ELSE, SOMEBODY_ELSE)
    open_home.gradebook.chmod(0o600)
    for folder in ("feedback", "verdicts", "."):
        (open_home.directory / folder).mkdir(exist_ok=True)
        (open_home.directory / folder).chmod(0o555)
    said = as_somebody_else(lambda: say(open_home, "feedback", ASSIGNMENT))
    assert said.startswith("2 autograder: ") and "cannot be written: Permission denied" in said
    assert said.count("\n") == 1
    (open_home.directory / ".grading").unlink()

    def hold():
        with lock.held(open_home):
            pass

    assert "cannot be read or written: Permission denied; put that right" in as_somebody_else(hold)


@pytest.mark.parametrize("command", [("grade", ASSIGNMENT), ("feedback", ASSIGNMENT)])
def test_a_mistyped_class_is_said_not_to_be_there(course, say, command):
    said = say(course, *command, "--course", "coruse")
    assert said.startswith("2 autograder: There is no class ") and "coruse" in said and said.count("\n") == 1
    assert not (course.root / "coruse").exists()


def test_what_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(NotWritten, match="cannot be made: File exists"):
        Course(tmp_path, tmp_path / "file" / "course").make()
    with pytest.raises(NoClass):
        Course(tmp_path, tmp_path / "file").require()


# nbgrader's name of the course


def courses(course):
    with record.open_gradebook(course.db_url) as gradebook:
        return (
            [row.id for row in gradebook.db.query(NamedCourse)],
            [row.course_id for row in gradebook.db.query(Assignment)],
        )


@pytest.mark.parametrize("name", ["", "nn"])
def test_the_gradebook_has_the_one_course_that_is_configured(course, root, name, monkeypatch, grade):
    monkeypatch.chdir(course.root)
    text = (root / "nbgrader_config.py").read_text() + f"\nc.CourseDirectory.course_id = {name!r}\n"
    (course.root / "nbgrader_config.py").write_text(text)
    with Gradebook(course.db_url):  # as before: it has nbgrader's defaults
        pass
    path_to_alembic()
    release._generate(Course(course.root, course.directory), ASSIGNMENT)
    assert courses(course) == ([name], [name])
    path = course.submission(ASSIGNMENT, "ada")
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({}))
    grade(Course(course.root, course.directory))
    assert NbGraderAPI(config=Course(course.root, course.directory).settings).autograde(ASSIGNMENT, "ada")["success"]
    assert courses(course) == ([name], [name])
