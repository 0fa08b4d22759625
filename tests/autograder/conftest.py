"""A small class, released, for the tests that need nbgrader; a worker and a command line that need not be started."""

import functools
import shutil
import subprocess
from contextlib import nullcontext
from pathlib import Path

import nbformat
import nbgrader.api
import pytest
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config
from typer.testing import CliRunner

from autograder import cli, pipeline
from autograder.course.course import Course
from autograder.course.handed_in import submissions
from autograder.executor import workers
from autograder.gradebook.record import path_to_alembic
from tests.small_class import ASSIGNMENT, source_notebook, write_checks

# the same whenever a gradebook is made, and each time nbgrader starts a program to ask: 1.3 s
nbgrader.api.get_alembic_version = functools.cache(nbgrader.api.get_alembic_version)


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
    write_checks(root / "checks")
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


@pytest.fixture(scope="session")
def pool():
    """A worker that all tests share: until one can judge takes a second."""
    with workers(1) as made:
        yield made


@pytest.fixture(scope="session")
def grade(pool):
    """`grade(course, …)`: the small class, graded by that worker."""

    def graded(course: Course, **how) -> list[pipeline.Graded]:
        return list(pipeline.grade(course, ASSIGNMENT, submissions(course, ASSIGNMENT), pool, **how))

    return graded


@pytest.fixture
def ask(monkeypatch):
    """`ask(directory, *arguments, **environment)`: the command line in this process; to start one takes a second."""

    def call(directory: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
        monkeypatch.chdir(directory)
        ended = CliRunner().invoke(cli.app, arguments, env={"COLUMNS": "200", **environment}, prog_name="autograder")
        assert ended.exception is None or isinstance(ended.exception, SystemExit), ended.exception
        return subprocess.CompletedProcess(arguments, ended.exit_code, ended.stdout, ended.stderr)

    return call


@pytest.fixture
def ask_warm(ask, pool, monkeypatch):
    """The same, where `grade` starts no workers but has the one that all tests share."""
    monkeypatch.setattr(cli, "_warm", lambda *_: nullcontext(pool))
    return ask
