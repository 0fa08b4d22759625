"""Marks and comments in a real gradebook, and verdicts in files."""

import json
import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from nbformat.v4 import new_notebook
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import parse_utc
from traitlets.config import Config

from autograder import pipeline
from autograder.course import verdicts
from autograder.course.course import Course
from autograder.course.verdict import FAILED, PASSED, UNDECIDED, BlankVerdict, Finding, Verdict
from autograder.gradebook.late import NoTime, handed_in, moment, note, show
from autograder.gradebook.record import (
    Mark,
    NotReleased,
    backup,
    comment_on,
    lacking,
    marks,
    open_gradebook,
    record,
)

ASSIGNMENT = "a0-small"
ONE = BlankVerdict("one", 2.0, PASSED, 2.0)
TWO = BlankVerdict("two", 3.0, FAILED, 1.5, (Finding("∂J/∂w", "is 3 times too large", "row_gradients(X, δ)"),))
WHEN = datetime(2026, 11, 3, 12, 30, tzinfo=UTC)
THREE = BlankVerdict("three", 1.5, UNDECIDED, None, (Finding("", "The grader failed."),))


def noted(course, student, when=WHEN):
    return note(course, ASSIGNMENT, student, when, "by nbgrader's exchange")


def verdict(*blanks, student="ada"):
    return Verdict(ASSIGNMENT, student, "0" * 64, blanks or (ONE, TWO, THREE))


def recorded(course, *verdicts, **how):
    with open_gradebook(course.db_url) as gradebook:
        for one in verdicts:
            record(gradebook, one, **how)
    return {(mark.student, mark.cell): mark for mark in marks(course.db_url, ASSIGNMENT)}


def by_hand(course, cell, **values):
    with Gradebook(course.db_url) as gradebook:
        grade = gradebook.find_grade(cell, ASSIGNMENT, ASSIGNMENT, "ada")
        for name, value in values.items():
            setattr(grade, name, value)
        gradebook.db.commit()


def rows_of(course):
    with closing(sqlite3.connect(course.gradebook)) as gradebook:
        return list(gradebook.iterdump())


def test_three_outcomes_and_a_written_question(course):
    rows = recorded(course, verdict())
    assert [rows["ada", f"test_{name}"].auto for name in ("one", "two", "three")] == [2.0, 1.5, None]
    assert [rows["ada", f"test_{name}"].needs_manual for name in ("one", "two", "three")] == [False, False, True]
    assert rows["ada", "why"] == Mark("ada", "why", None, None, None, True, None)


def test_findings_are_the_comment_on_the_answer_cell(course):
    recorded(course, verdict())
    with Gradebook(course.db_url) as gradebook:
        comment = gradebook.find_comment("two", ASSIGNMENT, ASSIGNMENT, "ada")
        assert comment.auto_comment == "1.5 of 3 points.\n∂J/∂w: is 3 times too large"
        assert gradebook.find_comment("one", ASSIGNMENT, ASSIGNMENT, "ada").auto_comment is None


def test_nbgrader_sees_the_same_totals(course):
    recorded(course, verdict())
    with Gradebook(course.db_url) as gradebook:
        submission = gradebook.find_submission(ASSIGNMENT, "ada")
        assert (submission.score, submission.max_score, submission.needs_manual_grade) == (3.5, 10.5, True)


def test_an_unanswered_written_question_gets_nothing_without_staff(course):
    rows = recorded(course, replace(verdict(), unanswered=("why",)))
    assert rows["ada", "why"] == Mark("ada", "why", 0.0, None, None, False, "No response.")
    assert recorded(course, verdict())["ada", "why"] == Mark("ada", "why", None, None, None, True, None)


def test_a_second_verdict_replaces_the_first(course):
    recorded(course, verdict())
    rows = recorded(course, verdict(ONE, replace(TWO, outcome=PASSED, score=3.0, findings=()), THREE))
    assert rows["ada", "test_two"] == Mark("ada", "test_two", 3.0, None, None, False, None)
    assert len(rows) == 4


def test_a_blank_no_longer_decided_loses_its_mark(course):
    recorded(course, verdict())
    rows = recorded(course, verdict(replace(ONE, outcome=UNDECIDED, score=None), TWO, THREE))
    assert (rows["ada", "test_one"].auto, rows["ada", "test_one"].needs_manual) == (None, True)


def test_a_test_cell_without_a_verdict_is_undecided(course):
    rows = recorded(course, verdict(ONE, TWO))
    assert (rows["ada", "test_three"].auto, rows["ada", "test_three"].needs_manual) == (None, True)


def test_what_staff_entered_survives_and_comes_before_them_again(course):
    recorded(course, verdict())
    by_hand(course, "test_two", manual_score=2.5, extra_credit=0.5, needs_manual_grade=False)
    with Gradebook(course.db_url) as gradebook:
        gradebook.find_comment("two", ASSIGNMENT, ASSIGNMENT, "ada").manual_comment = "Nearly."
        gradebook.db.commit()
    rows = recorded(course, verdict(ONE, replace(TWO, score=0.0), THREE))
    assert rows["ada", "test_two"] == Mark("ada", "test_two", 0.0, 2.5, 0.5, True, "Nearly.")


def test_students_do_not_touch_one_another(course):
    bobs = verdict(replace(ONE, outcome=FAILED, score=0.5), TWO, student="bob")
    rows = recorded(course, verdict(), bobs, verdict(replace(ONE, outcome=FAILED, score=0.0)))
    assert (rows["ada", "test_one"].auto, rows["bob", "test_one"].auto) == (0.0, 0.5)
    assert (rows["ada", "test_two"].auto, rows["bob", "test_two"].auto) == (None, 1.5)
    assert list(rows) == sorted(rows)


def test_the_time_of_handing_in_is_recorded_and_goes_where_nobody_knows_it(course):
    recorded(course, verdict())
    recorded(course, verdict(), timestamp=WHEN)
    recorded(course, verdict(student="bob"), timestamp=WHEN)
    recorded(course, verdict(student="bob"))  # nbgrader may have written there what the student's file says
    with Gradebook(course.db_url) as gradebook:
        assert gradebook.find_submission(ASSIGNMENT, "ada").timestamp == WHEN.replace(tzinfo=None)
        assert gradebook.find_submission(ASSIGNMENT, "bob").timestamp is None


def test_the_time_of_handing_in_is_read_from_the_classs_note_alone(course):
    folder = course.submission(ASSIGNMENT, "ada").parent
    folder.mkdir(parents=True)
    (folder / "timestamp.txt").write_text("2026-11-03 12:30:00 UTC")  # the student's
    assert handed_in(course, ASSIGNMENT, "ada") is None
    noted(course, "ada")
    assert handed_in(course, ASSIGNMENT, "ada") == (datetime(2026, 11, 3, 12, 30), "by nbgrader's exchange")
    course.handed_in(ASSIGNMENT, "ada").write_text("2026-11-03 14:30 +0200")
    assert handed_in(course, ASSIGNMENT, "ada") == (datetime(2026, 11, 3, 12, 30), "noted by staff")


def test_the_time_is_shown_to_nbgrader_and_whatever_is_in_the_way_is_put_aside(tmp_path):
    path = tmp_path / "ada" / ASSIGNMENT / "timestamp.txt"
    path.mkdir(parents=True)
    (path / "deeper").mkdir()
    show(path, None, keep=True)
    assert [each.name for each in path.parent.iterdir()] == ["timestamp.txt.unconfirmed"]
    for make in (path.mkdir, lambda: path.symlink_to("/dev/zero"), lambda: path.write_text("2000-01-01 00:00:00 UTC")):
        make()
        show(path, WHEN.replace(tzinfo=None), keep=True)
        assert path.read_text() == "2026-11-03 12:30:00.000000 UTC" and not path.is_symlink()
        show(path, None, keep=True)
        assert not path.exists()


def test_nothing_is_written_through_a_folder_that_is_a_link(tmp_path):
    elsewhere = tmp_path / "elsewhere" / ASSIGNMENT
    elsewhere.mkdir(parents=True)
    (elsewhere / "timestamp.txt").write_text("another's")
    (tmp_path / "ada").symlink_to(elsewhere.parent)
    (tmp_path / "bob").mkdir()
    (tmp_path / "bob" / ASSIGNMENT).symlink_to(elsewhere)
    for student in ("ada", "bob"):
        for when in (None, WHEN.replace(tzinfo=None)):
            show(tmp_path / student / ASSIGNMENT / "timestamp.txt", when, keep=True)
    assert [(each.name, each.read_text()) for each in elsewhere.iterdir()] == [("timestamp.txt", "another's")]


def test_an_assignment_that_was_not_released_is_refused(course):
    with pytest.raises(NotReleased, match="does not know a9: release it first"):
        recorded(course, replace(verdict(), assignment="a9"))
    with Gradebook(course.db_url) as gradebook, pytest.raises(MissingEntry):
        gradebook.find_student("ada")


def test_a_blank_the_gradebook_does_not_know_is_refused(course):
    with pytest.raises(NotReleased, match="no cells four and test_four in a0-small"):
        recorded(course, verdict(ONE, BlankVerdict("four", 1.0, PASSED, 1.0)))


def test_a_comment_can_be_kept_and_shown(course):
    hostile = BlankVerdict("one", 2.0, FAILED, 0.0, (Finding("f", "\x1b[31m<script>\ud800\x00</script>" + "x" * 9000),))
    text = recorded(course, verdict(hostile))["ada", "test_one"].comment
    assert text.startswith("0 of 2 points.\nf: \ufffd[31m< script>\ufffd\ufffd< /script>xx")
    assert len(text) < 2100 and text.endswith("[…]")


def test_an_undecided_blank_says_so():
    assert comment_on(THREE) == "Not decided yet: a member of staff will look at this answer.\nThe grader failed."


# recorded again


def test_recording_the_same_again_changes_nothing(course):
    with open_gradebook(course.db_url) as gradebook:
        assert record(gradebook, verdict(), timestamp=WHEN)
        before = rows_of(course)
        assert not record(gradebook, verdict(), timestamp=WHEN)
        assert not record(gradebook, verdict(), timestamp=WHEN, resubmitted=False)
    assert rows_of(course) == before


@pytest.mark.parametrize(
    "change",
    [
        {"blanks": (ONE, replace(TWO, score=1.25), THREE)},
        {"blanks": (ONE, replace(TWO, findings=()), THREE)},
        {"blanks": (ONE, TWO, replace(THREE, score=0.0, outcome=FAILED))},
        {"unanswered": ("why",)},
    ],
    ids=["mark", "comment", "decided", "unanswered"],
)
def test_whatever_differs_is_a_change(course, change):
    with open_gradebook(course.db_url) as gradebook:
        record(gradebook, verdict())
        assert record(gradebook, replace(verdict(), **change), resubmitted=False)
        assert not record(gradebook, replace(verdict(), **change), resubmitted=False)


def test_another_time_of_handing_in_is_a_change(course):
    with open_gradebook(course.db_url) as gradebook:
        record(gradebook, verdict(), timestamp=WHEN)
        assert record(gradebook, verdict(), timestamp=WHEN.replace(minute=31), resubmitted=False)


def marked_by_staff(course):
    """ada's submission, in which staff have marked a blank and a written question and want to see neither again."""
    recorded(course, verdict())
    for cell in ("test_two", "why"):
        by_hand(course, cell, manual_score=2.5, extra_credit=0.5, needs_manual_grade=False)


@pytest.mark.parametrize(
    ("score", "resubmitted", "again"),
    [(1.5, False, []), (1.25, False, ["test_two"]), (1.5, True, ["test_two", "why"])],
    ids=["unchanged", "other mark", "handed in again"],
)
def test_staff_see_again_what_changed(course, score, resubmitted, again):
    marked_by_staff(course)
    rows = recorded(course, verdict(ONE, replace(TWO, score=score), THREE), resubmitted=resubmitted)
    assert [cell for cell in ("test_two", "why") if rows["ada", cell].needs_manual] == again
    assert {(rows["ada", cell].manual, rows["ada", cell].extra) for cell in ("test_two", "why")} == {(2.5, 0.5)}


def test_what_the_gradebook_lacks_is_found_for_a_class_at_once(course):
    ada, bob, cleo = (verdict(student=name) for name in ("ada", "bob", "cleo"))
    recorded(course, ada, bob)
    assert lacking(course, ASSIGNMENT, [ada, bob, cleo]) == [cleo]
    other = [replace(ada, unanswered=("why",)), replace(bob, blanks=(ONE, replace(TWO, findings=()), THREE))]
    assert lacking(course, ASSIGNMENT, other) == other
    assert lacking(course, ASSIGNMENT, [verdict(replace(ONE, score=1.0), TWO, THREE)]) != []
    noted(course, "ada")
    assert lacking(course, ASSIGNMENT, [ada, bob]) == [ada]
    recorded(course, ada, timestamp=handed_in(course, ASSIGNMENT, "ada").when)
    assert lacking(course, ASSIGNMENT, [ada, bob]) == []


HUGE = "99999999999999999999\N{ARABIC-INDIC DIGIT ONE}99999999999999999999m00"  # ends in a decimal.InvalidOperation


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "9" * 5000,
        "99999999-01-01 00:00:00",
        HUGE,
        "12:30",
        "10",
        "Monday",
        "2026-11",
        "3 Nov 12:30",
        "Nov 3 2026",
    ],
)
def test_a_time_that_is_no_whole_date_is_none_and_in_a_note_one_sentence(course, text):
    assert moment(text) is None
    noted(course, "ada").write_text(text)
    with pytest.raises(NoTime, match="ada.txt begins with '.*', expected a date and a time, like 2027-01-31 22:15 UTC"):
        handed_in(course, ASSIGNMENT, "ada")


def test_a_note_that_cannot_be_read_is_one_sentence(course):
    course.handed_in(ASSIGNMENT, "ada").mkdir(parents=True)
    with pytest.raises(NoTime, match="ada.txt, which says when ada handed in, cannot be read: Is a directory."):
        handed_in(course, ASSIGNMENT, "ada")
    course.handed_in(ASSIGNMENT, "bob").write_bytes(b"\xff\xfe2\x000\x00")
    with pytest.raises(NoTime, match="bob.txt begins with"):
        handed_in(course, ASSIGNMENT, "bob")


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2026-11-03 12:30:00.000000 UTC", 12),
        ("2026-11-03 12:30:00", 12),
        ("2026-11-03 12:30:00 Europe/Berlin", 11),
        ("2026-11-03T12:30:00+02:00", 10),
        ("3 Nov 2026 12:30", 12),
    ],
)
def test_a_whole_date_is_read_as_nbgrader_reads_it(text, hour):
    assert moment(text) == parse_utc(text) == datetime(2026, 11, 3, hour, 30)


@pytest.mark.parametrize("offset", ["+0200", "+02:00"])
def test_a_time_zone_in_digits_is_hours_and_an_unknown_one_no_time(offset):
    """nbgrader takes +0200 for 200 seconds, and a word that it does not know for UTC."""
    assert moment(f"2026-11-03 12:30 {offset}") == datetime(2026, 11, 3, 10, 30)
    assert moment("2026-11-03 12:30 MESZ") is None


# late


class HalfAPointADay(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return total_seconds_late / 86400 / 2


def due(course, days):
    """The assignment was due so many days before WHEN."""
    with Gradebook(course.db_url) as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate=WHEN - timedelta(days=days))


def penalty(course, config, when=WHEN):
    recorded(course, verdict(), timestamp=when, config=config)
    with Gradebook(course.db_url) as gradebook:
        submission = gradebook.find_submission(ASSIGNMENT, "ada")
        assert submission.score == 3.5
        return submission.notebooks[0].late_submission_penalty


def policy(**how):
    return Config(AssignLatePenalties=how)


@pytest.mark.parametrize("days", [-1, 0, 3, 100])
def test_penalties_are_what_nbgraders_own_step_gives(course, days):
    due(course, days)
    ours = penalty(course, policy(plugin_class=HalfAPointADay))
    names = {"notebook": ASSIGNMENT, "assignment": ASSIGNMENT, "student": "ada", "db_url": course.db_url}
    AssignLatePenalties(config=policy(plugin_class=HalfAPointADay)).preprocess(new_notebook(), {"nbgrader": names})
    with Gradebook(course.db_url) as gradebook:
        theirs = gradebook.find_submission(ASSIGNMENT, "ada").notebooks[0].late_submission_penalty
    assert ours == theirs == {-1: None, 0: None, 3: 1.5, 100: 3.5}[days]


def test_nbgraders_zero_takes_everything(course):
    due(course, 1)
    assert penalty(course, Config(LateSubmissionPlugin={"penalty_method": "zero"})) == 3.5


def test_an_extension_puts_the_deadline_off(course):
    due(course, 3)
    recorded(course, verdict(), timestamp=WHEN)
    with Gradebook(course.db_url) as gradebook:
        gradebook.grant_extension(ASSIGNMENT, "ada", days=2)
    assert penalty(course, policy(plugin_class=HalfAPointADay)) == 0.5
    with Gradebook(course.db_url) as gradebook:
        assert gradebook.find_submission(ASSIGNMENT, "ada").extension == timedelta(days=2)


def test_a_penalty_follows_the_policy_and_goes_with_it(course):
    due(course, 3)
    assert penalty(course, None) is None
    assert penalty(course, policy(plugin_class=HalfAPointADay)) == 1.5
    assert penalty(course, Config()) is None  # as nbgrader's own step does: there is no other hand that enters one
    with open_gradebook(course.db_url) as gradebook:
        half, early = policy(plugin_class=HalfAPointADay), WHEN - timedelta(days=4)
        assert record(gradebook, verdict(), timestamp=WHEN, config=half)
        assert not record(gradebook, verdict(), timestamp=WHEN, config=half)
        assert record(gradebook, verdict(), timestamp=early, config=half)
    assert penalty(course, half, when=early) is None


def test_the_policy_of_nbgrader_config_is_that_of_a_grading_run(course, root, monkeypatch):
    due(course, 3)
    noted(course, "ada")
    (course.root / "policy_of_this_course.py").write_text(
        "from nbgrader.plugins import LateSubmissionPlugin\n\n\nclass OnePoint(LateSubmissionPlugin):\n"
        "    def late_submission_penalty(self, student_id, score, total_seconds_late):\n        return 1.0\n"
    )
    line = 'c.AssignLatePenalties.plugin_class = "policy_of_this_course.OnePoint"\n'
    (course.root / "nbgrader_config.py").write_text((root / "nbgrader_config.py").read_text() + line)
    monkeypatch.chdir(course.root)
    verdicts.save(course, verdict())
    with open_gradebook(course.db_url) as gradebook:
        pipeline.settle(Course.here(), gradebook, verdict())
        assert gradebook.find_submission(ASSIGNMENT, "ada").late_submission_penalty == 1.0


def extend(course):
    with Gradebook(course.db_url) as gradebook:
        gradebook.grant_extension(ASSIGNMENT, "ada", days=2)


@pytest.mark.parametrize(
    "change",
    [extend, lambda course: due(course, 1), lambda course: due(course, -1),
     lambda course: course.settings.AssignLatePenalties.update(plugin_class="nbgrader.plugins.LateSubmissionPlugin"),
     lambda course: course.settings.pop("AssignLatePenalties")],
    ids=["extension", "deadline", "no longer late", "policy", "no policy"],
)  # fmt: skip
def test_a_penalty_that_is_another_one_by_now_is_lacking(course, change):
    due(course, 3)
    course.settings.merge(policy(plugin_class=HalfAPointADay))
    recorded(course, verdict(), verdict(student="bob"), timestamp=WHEN, config=course.settings)
    recorded(course, verdict(student="cleo"), timestamp=WHEN - timedelta(days=9), config=course.settings)
    graded = [verdict(student=name) for name in ("ada", "bob", "cleo")]
    noted(course, "ada")
    noted(course, "bob")
    noted(course, "cleo", WHEN - timedelta(days=9))
    before = rows_of(course)
    assert lacking(course, ASSIGNMENT, graded) == []
    assert rows_of(course) == before
    change(course)
    affected = lacking(course, ASSIGNMENT, graded)
    assert [one.student for one in affected] == (["ada"] if change is extend else ["ada", "bob"])
    recorded(course, *affected, timestamp=WHEN, config=course.settings)
    assert lacking(course, ASSIGNMENT, graded) == []


def test_an_extension_without_a_deadline_is_not_late(course):
    recorded(course, verdict(), timestamp=WHEN)
    with Gradebook(course.db_url) as gradebook:
        gradebook.grant_extension(ASSIGNMENT, "ada", days=2)
    assert penalty(course, policy(plugin_class=HalfAPointADay)) is None


# speed, backups, files


def test_recording_takes_few_queries(course):
    from sqlalchemy import event

    statements = []
    with open_gradebook(course.db_url) as gradebook:
        event.listen(gradebook.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
        record(gradebook, verdict())
        first = len(statements)
        record(gradebook, verdict())
    assert first < 16
    assert len(statements) - first < 4


def test_a_backup_is_whole_while_others_write(course):
    recorded(course, verdict())
    with open_gradebook(course.db_url) as gradebook:
        record(gradebook, verdict(replace(ONE, score=0.0, outcome=FAILED)))
        copy = backup(course)
    saved = marks(f"sqlite:///{copy}", ASSIGNMENT)
    assert [mark.auto for mark in saved if mark.cell == "test_one"] == [0.0]
    with closing(sqlite3.connect(copy)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert backup(course) != copy


def test_a_backup_is_for_its_owner_and_so_is_a_new_gradebook(course, tmp_path):
    course.gradebook.chmod(0o644)
    assert backup(course).stat().st_mode & 0o777 == 0o600
    for path, mode in ((course.gradebook, 0o644), (tmp_path / "new.db", 0o600)):
        with open_gradebook(f"sqlite:///{path}"):
            assert path.stat().st_mode & 0o777 == mode


def test_without_a_gradebook_there_is_nothing_to_back_up(tmp_path):
    assert backup(Course(tmp_path, tmp_path / "course")) is None
    assert not (tmp_path / "course").exists()


def test_a_saved_verdict_reads_back(course):
    saved = replace(verdict(), notes=("A \ud800 note.",))
    path = verdicts.save(course, saved)
    assert path == course.verdict(ASSIGNMENT, "ada")
    assert Verdict.from_json(path.read_text(encoding="utf-8")) == saved


def test_nobody_reads_half_a_verdict(course):
    long = replace(verdict(), notes=("x" * 200_000,))
    path, stop, broken = verdicts.save(course, long), threading.Event(), []

    def read():
        while not stop.is_set():
            try:
                json.loads(path.read_text(encoding="utf-8"))
            except ValueError as error:
                broken.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(30):
        verdicts.save(course, long)
    stop.set()
    reader.join()
    assert not broken
    assert [file.name for file in path.parent.iterdir()] == ["ada.json"]
