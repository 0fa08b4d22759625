"""Which of several attempts `nbgrader collect` takes, from a real exchange directory."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.exchange.default import ExchangeCollect

from autograder.course import plain_files
from autograder.course.course import Course
from autograder.gradebook.late import handed_in
from autograder.nbgrader_steps.collect import BY_EXCHANGE, LINKED, when

ASSIGNMENT = "a0-small"
EARLY, LATER, DUE, LATE = (timedelta(minutes=minutes) for minutes in (3, 2, 1, 0))  # ago: believed, as it is not long


@pytest.fixture
def exchange(course, root, tmp_path, monkeypatch):
    """The class's nbgrader, with three attempts each of ada, bob (who has an extension) and late in its exchange.

    Due a minute ago; bob has three more, late handed in nothing in time.
    """
    now = datetime.now(UTC).replace(tzinfo=None)
    inbound = tmp_path / "exchange" / "nn" / "inbound"
    for student, times in {"ada": (EARLY, LATER, LATE), "bob": (EARLY, LATER, LATE), "late": (LATE,)}.items():
        for number, time in enumerate(now - ago for ago in times):
            attempt = inbound / f"{student}+{ASSIGNMENT}+{time} UTC+{number}"
            attempt.mkdir(parents=True)
            (attempt / "timestamp.txt").write_text(f"{time} UTC")
            (attempt / f"{ASSIGNMENT}.ipynb").write_text(json.dumps(number))
    with Gradebook(course.db_url) as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate=now - DUE)
        gradebook.add_student("bob")
        gradebook.add_submission(ASSIGNMENT, "bob")
        gradebook.grant_extension(ASSIGNMENT, "bob", minutes=3)
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
    students = course.students(ASSIGNMENT)
    return {student: json.loads(course.submission(ASSIGNMENT, student).read_text()) for student in students}


def test_the_last_attempt_in_time_counts_with_the_students_extension(exchange, course):
    assert collected(exchange(), course) == {"ada": 1, "bob": 2, "late": 0}
    ada, bob, late = (handed_in(course, ASSIGNMENT, student) for student in ("ada", "bob", "late"))
    assert bob == late == (ada.when + LATER, "by nbgrader's exchange")


def test_the_last_attempt_counts_where_the_course_says_so(exchange, course):
    assert collected(exchange("c.ExchangeCollect.before_duedate = False"), course) == {"ada": 2, "bob": 2, "late": 0}


def test_nbgraders_own_collect_would_ignore_the_extension(exchange, course):
    lines = [
        'c.ExchangeFactory.collect = "nbgrader.exchange.default.ExchangeCollect"',
        "c.ExchangeCollect.before_duedate = True",
    ]
    assert collected(exchange(*lines), course) == {"ada": 1, "bob": 1, "late": 0}


def test_an_extension_granted_or_taken_back_later_is_followed(exchange, course):
    api = exchange()
    collected(api, course)
    with Gradebook(course.db_url) as gradebook:
        gradebook.grant_extension(ASSIGNMENT, "bob")  # none
        gradebook.add_student("ada")
        gradebook.add_submission(ASSIGNMENT, "ada")
        gradebook.grant_extension(ASSIGNMENT, "ada", minutes=4)
    assert collected(api, course) == {"ada": 2, "bob": 1, "late": 0}


def test_without_a_deadline_the_last_attempt_counts(exchange, course):
    with Gradebook(course.db_url) as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate=None)
    assert collected(exchange(), course) == {"ada": 2, "bob": 2, "late": 0}


@pytest.mark.parametrize(("minutes", "believed"), [(4, True), (-4, True), (6, False), (-6, False), (10**7, False)])
def test_a_folders_name_is_believed_if_the_file_system_agrees_to_five_minutes(tmp_path, minutes, believed):
    now = datetime.now(UTC).replace(tzinfo=None)
    named = now - timedelta(minutes=minutes)
    attempt = tmp_path / f"ada+{ASSIGNMENT}+{named} UTC+x"
    attempt.mkdir()
    (attempt / "notes.txt").write_text("")
    assert (when(attempt).when == named) == (when(attempt).source == BY_EXCHANGE) == believed
    assert abs(when(attempt).when - now) <= timedelta(minutes=5)


def test_what_cannot_be_copied_leaves_no_earlier_attempts_time(exchange, course, monkeypatch):
    api = exchange()
    collected(api, course)
    before = handed_in(course, ASSIGNMENT, "ada").when
    with Gradebook(course.db_url) as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate=None)

    def unreadable(*_, **__):
        raise PermissionError("a file of mode 0")

    monkeypatch.setattr(ExchangeCollect, "do_copy", unreadable)
    assert not api.collect(ASSIGNMENT)["success"]
    assert handed_in(course, ASSIGNMENT, "ada").when == before + LATER


def test_files_that_change_while_they_are_copied_count_when_they_are_collected(exchange, course, monkeypatch):
    real = plain_files.copy

    def changing(source, target, most):
        left_out = real(source, target, most)
        (source / "later").symlink_to("/etc/hostname")
        return left_out

    monkeypatch.setattr(plain_files, "copy", changing)
    collected(exchange(), course)
    assert handed_in(course, ASSIGNMENT, "ada").source == LINKED
