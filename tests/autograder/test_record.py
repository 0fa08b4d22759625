"""Marks and comments in a real gradebook, and verdicts in files."""

import json
import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from nbgrader.api import Gradebook, MissingEntry

from autograder import record as recording
from autograder.course import Course
from autograder.record import Mark, NotReleased, backup, comment_on, marks, open_gradebook, record, save_verdict
from autograder.verdict import FAILED, PASSED, UNDECIDED, BlankVerdict, Finding, Verdict

ASSIGNMENT = "a0-small"
ONE = BlankVerdict("one", 2.0, PASSED, 2.0)
TWO = BlankVerdict("two", 3.0, FAILED, 1.5, (Finding("∂J/∂w", "is 3 times too large", "row_gradients(X, δ)"),))
THREE = BlankVerdict("three", 1.5, UNDECIDED, None, (Finding("", "The grader failed."),))


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


def test_the_time_of_handing_in_is_recorded_and_kept(course):
    when = datetime(2026, 11, 3, 12, 30, tzinfo=UTC)
    recorded(course, verdict())
    recorded(course, verdict(), timestamp=when)
    recorded(course, verdict())
    recorded(course, verdict(student="bob"), timestamp=when)
    with Gradebook(course.db_url) as gradebook:
        for student in ("ada", "bob"):
            assert gradebook.find_submission(ASSIGNMENT, student).timestamp == when.replace(tzinfo=None)


def test_the_time_of_handing_in_is_read_from_its_file(course):
    folder = course.submission(ASSIGNMENT, "ada").parent
    folder.mkdir(parents=True)
    assert recording.submitted_at(course, ASSIGNMENT, "ada") is None
    (folder / "timestamp.txt").write_text("2026-11-03 12:30:00 UTC")
    assert recording.submitted_at(course, ASSIGNMENT, "ada") == datetime(2026, 11, 3, 12, 30)


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


def test_recording_takes_few_queries(course):
    from sqlalchemy import event

    statements = []
    with open_gradebook(course.db_url) as gradebook:
        event.listen(gradebook.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
        record(gradebook, verdict())
        first = len(statements)
        record(gradebook, verdict())
    assert first < 35
    assert len(statements) - first < 8


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


def test_without_a_gradebook_there_is_nothing_to_back_up(tmp_path):
    assert backup(Course(tmp_path, tmp_path / "course")) is None
    assert not (tmp_path / "course").exists()


def test_a_saved_verdict_reads_back(course):
    saved = replace(verdict(), notes=("A \ud800 note.",))
    path = save_verdict(course, saved)
    assert path == course.verdict(ASSIGNMENT, "ada")
    assert Verdict.from_json(path.read_text(encoding="utf-8")) == saved


def test_nobody_reads_half_a_verdict(course):
    long = replace(verdict(), notes=("x" * 200_000,))
    path, stop, broken = save_verdict(course, long), threading.Event(), []

    def read():
        while not stop.is_set():
            try:
                json.loads(path.read_text(encoding="utf-8"))
            except ValueError as error:
                broken.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(30):
        save_verdict(course, long)
    stop.set()
    reader.join()
    assert not broken
    assert [file.name for file in path.parent.iterdir()] == ["ada.json"]
