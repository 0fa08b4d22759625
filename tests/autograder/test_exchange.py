"""A whole round through nbgrader's own exchange: from the release to the page that the student fetches."""

import json
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from nbgrader.apps import NbGraderAPI
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default import ExchangeFetchAssignment, ExchangeFetchFeedback, ExchangeSubmit
from traitlets.config import Config

from autograder.course.course import Course
from autograder.gradebook.record import marks
from tests.forked import nbgrader
from tests.small_class import ASSIGNMENT

COURSE = "nn"
OURS = {"grade": ("autograder", "grade"), "feedback": ("autograder", "feedback")}
THEIRS = {"grade": ("nbgrader", "autograde"), "feedback": ("nbgrader", "generate_feedback")}
ROUTES = {
    "autograder alone": (OURS["grade"], OURS["feedback"]),
    "nbgrader alone": (THEIRS["grade"], THEIRS["feedback"]),
    "graded by autograder, pages by nbgrader": (OURS["grade"], THEIRS["feedback"]),
    "graded by nbgrader, pages by autograder": (THEIRS["grade"], OURS["feedback"]),
}
SECRET, TIMESTAMP = "submission_secret.txt", "timestamp.txt"


class Hub:
    """A class and its exchange: what staff type, and what students do."""

    def __init__(self, root, course, exchange, autograder):
        self.course, self.exchange, self._programs = course, exchange, {"autograder": autograder, "nbgrader": nbgrader}
        text = (root / "nbgrader_config.py").read_text()
        more = (f"c.Exchange.root = {str(exchange)!r}", f"c.CourseDirectory.course_id = {COURSE!r}")
        (course.root / "nbgrader_config.py").write_text("\n".join([text, *more]))

    def staff(self, program, command):
        run = self._programs[program](self.course.root, command, ASSIGNMENT)
        assert run.returncode == 0, run.stdout + run.stderr

    def api(self):
        return NbGraderAPI(config=Course(self.course.root, self.course.directory).settings)

    def student(self, name, step):
        """One of nbgrader's student commands, in a home of the student's own."""
        home = self.exchange.parent / "homes" / name
        home.mkdir(parents=True, exist_ok=True)
        config = Config(
            {
                "Exchange": {"root": str(self.exchange), "cache": str(home / "cache"), "assignment_dir": str(home)},
                "CourseDirectory": {
                    "course_id": COURSE,
                    "assignment_id": ASSIGNMENT,
                    "root": str(home),
                    "student_id": name,
                },
            }
        )
        who = Authenticator(config=config)
        step(coursedir=CourseDirectory(config=config), authenticator=who, config=config).start()
        return home

    def hand_in(self, name, text="return 1"):
        """Fetch the assignment if need be, answer the first blank, submit; returns the folder in the exchange."""
        notebook = self.exchange.parent / "homes" / name / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        if not notebook.exists():
            self.student(name, ExchangeFetchAssignment)
        content = json.loads(notebook.read_text())
        content["cells"][2]["source"] = f"def one():\n    {text}"
        notebook.write_text(json.dumps(content))
        self.student(name, ExchangeSubmit)
        inbound = self.exchange / COURSE / "inbound"
        return max(inbound.glob(f"{name}+*"), key=lambda path: path.name.split("+")[2])

    def fetched(self, name):
        """The feedback pages that a student gets, by the time of the attempt."""
        home = self.student(name, ExchangeFetchFeedback)
        return {path.parent.name: path.read_text() for path in home.glob(f"{ASSIGNMENT}/feedback/*/*.html")}


@pytest.fixture
def hub(root, course, ask_warm):
    """The small class at a hub: the assignment is in the exchange."""
    home = Path(tempfile.mkdtemp(prefix="hub-"))
    home.chmod(0o755)
    exchange = home / "exchange"
    exchange.mkdir()
    exchange.chmod(0o777)
    hub = Hub(root, course, exchange, ask_warm)
    assert hub.api().release_assignment(ASSIGNMENT)["success"]
    yield hub
    shutil.rmtree(home)


def collect(hub):
    result = hub.api().collect(ASSIGNMENT)
    assert result["success"], result
    return result["log"]


def release_feedback(hub):
    result = hub.api().release_feedback(ASSIGNMENT)
    assert result["success"], result


@pytest.mark.parametrize("route", ROUTES)
def test_the_page_reaches_the_student(hub, route):
    hub.hand_in("ada")
    hub.hand_in("bob", "return 2")
    collect(hub)
    for program, command in ROUTES[route]:
        hub.staff(program, command)
    release_feedback(hub)
    (ada,), (bob,) = hub.fetched("ada").values(), hub.fetched("bob").values()
    assert "default-src" in ada and "default-src" in bob and ada != bob


def test_the_page_belongs_to_the_last_attempt_though_its_notebook_is_the_same(hub):
    (grade, feedback) = ROUTES["autograder alone"]
    for _ in range(2):
        last = hub.hand_in("ada").name.split("+")[2]
        collect(hub)
        hub.staff(*grade)
    hub.staff(*feedback)
    release_feedback(hub)
    assert list(hub.fetched("ada")) == [last]


@pytest.mark.parametrize("route", ["autograder alone", "nbgrader alone"])
def test_a_student_without_the_exchanges_files_or_with_others_does_not_hold_up_the_rest(hub, route):
    def left_out(path):
        path.unlink()

    def filled(data):
        return lambda path: path.write_bytes(data)

    def pipe(path):
        path.unlink()
        os.mkfifo(path)

    damage = {
        "alone": left_out,
        "empty": filled(b""),
        "bytes": filled(b"\xff\xfe" * 50),
        "huge": filled(b"x" * 9_999_999),
        "pipe": pipe,
    }
    for name in damage:
        hub.hand_in(name)
    hub.hand_in("zoe")
    collect(hub)
    for name, do in damage.items():
        for file in (SECRET, TIMESTAMP):
            do(hub.course.submission(ASSIGNMENT, name).with_name(file))
    for program, command in ROUTES[route]:
        hub.staff(program, command)
    release_feedback(hub)
    assert len(hub.fetched("zoe")) == 1
    assert [hub.fetched(name) for name in ("alone", "empty", "bytes", "pipe")] == [{}] * 4
    released = hub.exchange / COURSE / "feedback"
    assert len(list(released.glob("*.html"))) == 6
    assert all(path.stat().st_size < 2000 for path in (hub.course.directory / "feedback").rglob("*.txt"))


def _solutions(hub, attempt):
    """The notebook is a link to the source, which whoever collects can read."""
    (attempt / f"{ASSIGNMENT}.ipynb").unlink()
    (attempt / f"{ASSIGNMENT}.ipynb").symlink_to(hub.course.source(ASSIGNMENT))


def _folder_of_solutions(hub, attempt):
    shutil.rmtree(attempt)
    attempt.symlink_to(hub.course.source(ASSIGNMENT).parent)


def _beside(hub, attempt):
    """Beside the notebook are links, a pipe, more bytes than nbgrader takes, and no date."""
    (attempt / "link").symlink_to(hub.course.source(ASSIGNMENT))
    (attempt / "folder").symlink_to(hub.course.source(ASSIGNMENT).parent)
    os.mkfifo(attempt / "pipe")
    os.truncate(attempt / TIMESTAMP, 0)
    (attempt / TIMESTAMP).write_text("yesterday")
    with open(attempt / "large", "wb") as file:
        file.truncate(200_000_000)


def test_a_link_in_the_exchange_hands_in_nothing_and_stops_no_collection(hub):
    for name, do in {"copies": _solutions, "takes": _folder_of_solutions, "untidy": _beside}.items():
        do(hub, hub.hand_in(name))
    hub.hand_in("zoe")
    assert all(f"Left out {name!r}" in said for said in [collect(hub)] for name in ("pipe", "link", "folder", "large"))
    collect(hub)  # once more: nbgrader then compares times
    there = {path.name for path in (hub.course.directory / "submitted" / "untidy" / ASSIGNMENT).iterdir()}
    assert there == {f"{ASSIGNMENT}.ipynb", SECRET, TIMESTAMP}
    for program, command in ROUTES["autograder alone"]:
        hub.staff(program, command)
    collected = hub.course.directory / "submitted"
    solution = hub.course.source(ASSIGNMENT).read_bytes()
    assert all(path.read_bytes() != solution for path in collected.rglob("*") if path.is_file())
    scores = {mark.student: mark.auto for mark in marks(hub.course.db_url, ASSIGNMENT) if mark.cell == "test_one"}
    assert scores == {"copies": None, "takes": None, "untidy": 2.0, "zoe": 2.0}
    release_feedback(hub)
    assert "Because it is so" not in "".join(hub.fetched("copies").values())
