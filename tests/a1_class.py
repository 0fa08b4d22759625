"""Classes of a1-neuron for tests that start the command line: a copy of the course, submissions, and one demo run."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config

from autograder.authoring.verify import with_answers
from autograder.course.course import Course
from autograder.course.verdict import Verdict
from autograder.gradebook.record import path_to_alembic

ASSIGNMENT = "a1-neuron"
UNCHECKED = {"check": False, "capture_output": True, "text": True, "timeout": 280}


def environment(root: Path, **more: str) -> dict:
    """The environment of a command that is to find this checkout's packages."""
    return {**os.environ, "PYTHONPATH": str(root), "COLUMNS": "200", **more}


def hurried(root: Path) -> str:
    """The PYTHONPATH of a command that finds this checkout's packages, and has the clocks of a submission go fast."""
    return os.pathsep.join([str(root / "tests" / "hurried"), str(root)])


def autograder(root: Path, home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess:
    """Run `python -m autograder …` in the course at `home`."""
    command = [sys.executable, "-m", "autograder", *arguments]
    return subprocess.run(command, cwd=home, env=environment(root, **more), **UNCHECKED)


def nbgrader(root: Path, home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess:
    """Run `python -m nbgrader …` in the course at `home`."""
    command = [sys.executable, "-m", "nbgrader", *arguments]
    return subprocess.run(command, cwd=home, env=environment(root, **more), **UNCHECKED)


def nbgrader_in_turn(root: Path, home: Path, *commands: str, **more: str) -> subprocess.CompletedProcess:
    """Run `nbgrader …` for each command, one after another: as processes of their own, but nbgrader is imported once.

    It ends with the first command that fails.
    """
    command = [sys.executable, "-c", IN_TURN, *commands]
    return subprocess.run(command, cwd=home, env=environment(root, **more), **UNCHECKED)


IN_TURN = """
import os, sys
import autograder.nbgrader_steps.steps
from nbgrader.apps.nbgraderapp import NbGraderApp
for command in sys.argv[1:]:
    child = os.fork()
    if child == 0:
        sys.exit(NbGraderApp.launch_instance(command.split()))
    if status := os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
        sys.exit(status)
"""


def released(root: Path, home: Path, assignment: str = ASSIGNMENT) -> Course:
    """A course at `home` with an assignment released, and nobody's submission."""
    shutil.copytree(Path(_released_once(root, assignment).name, "home"), home, dirs_exist_ok=True)
    return Course(home, home / "course")


@cache
def _released_once(root: Path, assignment: str) -> tempfile.TemporaryDirectory:
    """nbgrader takes seconds to release an assignment, and releases the same each time."""
    made = tempfile.TemporaryDirectory()
    home = Path(made.name, "home")
    shutil.copytree(root / "assignments" / assignment, home / "assignments" / assignment)
    shutil.copyfile(root / "nbgrader_config.py", home / "nbgrader_config.py")
    course = Course(home, home / "course")
    course.directory.mkdir()
    path_to_alembic()
    assert NbGraderAPI(config=course.configure(Config())).generate_assignment(assignment)["success"]
    return made


def solved(course: Course, **answers: str):
    """A submission that answers every blank as the source does, but for those named."""
    return with_answers(nbformat.read(course.source(ASSIGNMENT), as_version=4), answers)


def hand_in(course: Course, student: str, file, assignment: str = ASSIGNMENT) -> Path:
    """Put a notebook, or bytes, where submissions lie."""
    path = course.submission(assignment, student)
    path.parent.mkdir(parents=True)
    path.write_bytes(file if isinstance(file, bytes) else json.dumps(file).encode())
    return path


def verdict(course: Course, student: str) -> Verdict:
    return Verdict.from_json(course.verdict(ASSIGNMENT, student).read_text())


class Demo(NamedTuple):
    """A demo that ran: where, and how it ended."""

    course: Course
    returncode: int
    stdout: str
    stderr: str


def demo(root: Path, basetemp: Path) -> Demo:
    """The demo, run once by whoever asks first: parallel workers share the run."""
    shared = basetemp.parent if "PYTEST_XDIST_WORKER" in os.environ else basetemp
    home, ended = shared / "demo-home", shared / "demo-home.json"
    with open(shared / "demo-home.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ended.exists():
            ended.write_text(json.dumps(_run_demo(root, home)))
    return Demo(Course(home, home / "course" / "demo"), *json.loads(ended.read_text()))


def _run_demo(root: Path, home: Path) -> tuple:
    for name in ("assignments", "lectures", "nnlib"):
        shutil.copytree(root / name, home / name, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
    shutil.copyfile(root / "nbgrader_config.py", home / "nbgrader_config.py")
    run = autograder(root, home, "demo", PYTHONPATH=hurried(root))
    return run.returncode, run.stdout, run.stderr
