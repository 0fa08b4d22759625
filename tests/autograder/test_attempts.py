"""Which of several attempts `nbgrader collect` takes, from a real exchange directory."""

import json

import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI

from autograder.course import Course
from autograder.record import submitted_at

ASSIGNMENT = "a0-small"
EARLY, LATER, LATE = "2026-11-01 10:00:00", "2026-11-02 10:00:00", "2026-11-05 10:00:00"


@pytest.fixture
def exchange(course, root, tmp_path, monkeypatch):
    """The class's nbgrader, with three attempts each of ada, bob (who has an extension) and late in its exchange.

    Due on 3 November; bob has three days more, late handed in nothing in time.
    """
    inbound = tmp_path / "exchange" / "nn" / "inbound"
    for student, times in {"ada": (EARLY, LATER, LATE), "bob": (EARLY, LATER, LATE), "late": (LATE,)}.items():
        for number, time in enumerate(times):
            attempt = inbound / f"{student}+{ASSIGNMENT}+{time} UTC+{number}"
            attempt.mkdir(parents=True)
            (attempt / "timestamp.txt").write_text(f"{time}.000000 UTC")
            (attempt / f"{ASSIGNMENT}.ipynb").write_text(json.dumps(f"{student}, attempt {number}"))
    with Gradebook(course.db_url) as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate="2026-11-03 00:00:00 UTC")
        gradebook.add_student("bob")
        gradebook.add_submission(ASSIGNMENT, "bob")
        gradebook.grant_extension(ASSIGNMENT, "bob", days=3)
    monkeypatch.chdir(course.root)
    monkeypatch.setenv("AUTOGRADER_COURSE", str(course.directory))

    def api(*lines):
        text = (root / "nbgrader_config.py").read_text()
        more = [f"c.Exchange.root = {str(tmp_path / 'exchange')!r}", "c.CourseDirectory.course_id = 'nn'", *lines]
        (course.root / "nbgrader_config.py").write_text("\n".join([text, *more]))
        return NbGraderAPI(config=Course.here().settings)

    return api


def collected(api, course):
    result = api.collect(ASSIGNMENT)
    assert result["success"], result
    return {student: submitted_at(course, ASSIGNMENT, student).day for student in course.students(ASSIGNMENT)}


def test_the_last_attempt_in_time_counts_with_the_students_extension(exchange, course):
    assert collected(exchange(), course) == {"ada": 2, "bob": 5, "late": 5}
    assert json.loads(course.submission(ASSIGNMENT, "ada").read_text()) == "ada, attempt 1"


def test_the_last_attempt_counts_where_the_course_says_so(exchange, course):
    assert collected(exchange("c.ExchangeCollect.before_duedate = False"), course) == {"ada": 5, "bob": 5, "late": 5}


def test_nbgraders_own_collect_would_ignore_the_extension(exchange, course):
    lines = ['c.ExchangeFactory.collect = "nbgrader.exchange.default.ExchangeCollect"',
             "c.ExchangeCollect.before_duedate = True"]  # fmt: skip
    assert collected(exchange(*lines), course) == {"ada": 2, "bob": 2, "late": 5}


def test_an_extension_granted_or_taken_back_later_is_followed(exchange, course):
    api = exchange()
    collected(api, course)
    with Gradebook(course.db_url) as gradebook:
        gradebook.grant_extension(ASSIGNMENT, "bob")  # none
        gradebook.add_student("ada")
        gradebook.add_submission(ASSIGNMENT, "ada")
        gradebook.grant_extension(ASSIGNMENT, "ada", days=4)
    assert collected(api, course) == {"ada": 5, "bob": 2, "late": 5}


def test_without_a_deadline_the_last_attempt_counts(exchange, course):
    with Gradebook(course.db_url) as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate=None)
    assert collected(exchange(), course) == {"ada": 5, "bob": 5, "late": 5}
