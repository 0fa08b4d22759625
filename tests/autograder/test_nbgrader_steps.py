"""Our steps inside nbgrader's own commands."""

import hashlib
import json
import os
import subprocess
import sys
import time
from datetime import datetime, timedelta

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell, new_output
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config

from autograder import pipeline, worker
from autograder.course import lock
from autograder.course.verdict import FAILED, PASSED, UNDECIDED, BlankVerdict, Finding, Verdict
from autograder.gradebook import late
from autograder.gradebook.record import marks, open_gradebook
from autograder.nbgrader_steps import steps
from autograder.nbgrader_steps.steps import RecordStep, configure
from autograder.notebook import cells

ASSIGNMENT = "a0-small"
WHEN = datetime(2026, 11, 3, 12, 30)


class Reader:
    """Judges by reading, and counts how often it is made: a blank passes when it returns the right number."""

    started, closed = [], []

    def __init__(self, assignment, *, unsafe_no_sandbox=False, control=None):
        Reader.started.append(assignment)

    def __call__(self, notebook, *, student, submission, seed, notes=()):
        if student == "crash":
            raise RuntimeError("the host's own fault")
        right = {"one": "return 1", "two": "return 2", "three": "return 3"}
        answers = {cells.grade_id(cell): cell.source for cell in notebook.cells}
        blanks = [self.blank(name, points, right[name] in answers[name]) for name, points in cells.blanks(notebook)]
        notebook.cells[0].source += "<script>"
        notebook.cells[1].outputs = [new_output("display_data", data={"image/svg+xml": "<svg>"})]
        return Verdict(ASSIGNMENT, student, submission, tuple(blanks), tuple(notes)), notebook

    def blank(self, name, points, passed):
        if passed:
            return BlankVerdict(name, points, PASSED, points)
        return BlankVerdict(name, points, FAILED, 0.0, (Finding("value", "is not right"),))

    def close(self):
        Reader.closed.append(self)


def watched(step, part):
    """The step, and whether a file is there when it ends."""

    def preprocess(self, nb, resources):
        try:
            return step(self, nb, resources)
        finally:
            preprocess.part_was_there.append(part.exists())

    preprocess.part_was_there = []
    return preprocess


@pytest.fixture
def nbgrader(course, monkeypatch):
    """nbgrader's API, as Formgrader uses it, configured for the small class, with the judge above."""
    worker.dismiss()
    monkeypatch.setattr(worker, "Judge", Reader)
    monkeypatch.setattr(Reader, "started", [])
    monkeypatch.setattr(Reader, "closed", [])
    yield NbGraderAPI(config=configure(Config(), course))
    worker.dismiss()


def hand_in(course, student, data):
    path = course.submission(ASSIGNMENT, student)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
    return path


def answered(release, **answers):
    for cell in release.cells:
        if (name := cells.grade_id(cell)) in answers:
            cell.source = answers[name]
    return release


def autograded(nbgrader, student):
    result = nbgrader.autograde(ASSIGNMENT, student)
    assert result["success"], result
    return {mark.cell: mark for mark in marks(nbgrader.coursedir.db_url, ASSIGNMENT) if mark.student == student}


def saved(course, student):
    return Verdict.from_json(course.verdict(ASSIGNMENT, student).read_text())


def test_marks_comments_verdict_and_notebook(course, nbgrader, release):
    path = hand_in(course, "ada", answered(release, one="def one():\n    return 1", two="no", why="Because."))
    rows = autograded(nbgrader, "ada")
    assert [rows[f"test_{name}"].auto for name in ("one", "two", "three")] == [2.0, 0.0, 0.0]
    assert rows["test_two"].comment == "0 of 3 points.\nvalue: is not right"
    assert (rows["why"].auto, rows["why"].needs_manual) == (None, True)
    verdict = saved(course, "ada")
    assert verdict.submission == hashlib.sha256(path.read_bytes()).hexdigest()
    assert verdict.score == 2.0
    notebook = nbformat.read(course.autograded(ASSIGNMENT, "ada"), as_version=4)
    tests = {cells.grade_id(cell): cells.hidden_check(cell) for cell in notebook.cells if cells.is_test(cell)}
    assert tests == {f"test_{name}": f"{ASSIGNMENT}.{name}" for name in ("one", "two", "three")}
    assert "return 1" in "".join(cell.source for cell in notebook.cells)


def test_an_unanswered_written_question_is_not_put_before_staff(course, nbgrader, release):
    hand_in(course, "ada", release)
    rows = autograded(nbgrader, "ada")
    assert (rows["why"].auto, rows["why"].needs_manual, rows["why"].comment) == (0.0, False, "No response.")


def test_what_is_written_is_clean(course, nbgrader, release):
    release.cells.append(new_markdown_cell("<img src=x onerror=alert(1)>"))
    hand_in(course, "ada", release)
    autograded(nbgrader, "ada")
    text = course.autograded(ASSIGNMENT, "ada").read_text()
    assert "<script>" not in text and "<img" not in text
    assert "[output of type image/svg+xml removed]" in text


def test_what_was_put_right_is_in_the_verdict(course, nbgrader, release):
    release.cells.append(release.cells[2])
    hand_in(course, "ada", release)
    autograded(nbgrader, "ada")
    assert saved(course, "ada").notes == ("The cell `one` was there 2 times; the last one is the one that counts.",)


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[]", b'{"nbformat": 3, "worksheets": []}'])
def test_a_file_nbgrader_cannot_open_is_undecided(course, nbgrader, data):
    hand_in(course, "ada", data)
    rows = autograded(nbgrader, "ada")
    assert {(mark.auto, mark.needs_manual) for mark in rows.values()} == {(None, True)}
    assert rows["test_one"].comment.startswith("Not decided yet")
    verdict = saved(course, "ada")
    assert {blank.outcome for blank in verdict.blanks} == {UNDECIDED}
    assert verdict.notes[0].startswith(f"{ASSIGNMENT}.ipynb ")
    assert verdict.submission == hashlib.sha256(data).hexdigest()


def test_no_solution_is_shown_for_a_file_that_cannot_be_read(course, nbgrader):
    hand_in(course, "ada", b"")
    autograded(nbgrader, "ada")
    text = course.autograded(ASSIGNMENT, "ada").read_text()
    assert "SOLUTION" not in text and "return 1" not in text
    assert text.count("Because") == text.count("> Because") == 1  # the model answer, quoted for staff


def test_a_fault_of_ours_is_undecided_and_the_class_goes_on(course, nbgrader, release):
    hand_in(course, "ada", answered(release, one="def one():\n    return 1"))
    hand_in(course, "crash", release)
    hand_in(course, "zoe", b"{")
    assert nbgrader.autograde(ASSIGNMENT, "*")["success"]
    rows = {(mark.student, mark.cell): mark for mark in marks(course.db_url, ASSIGNMENT)}
    assert rows["ada", "test_one"].auto == 2.0
    assert (rows["crash", "test_one"].auto, rows["crash", "test_one"].needs_manual) == (None, True)
    assert (rows["zoe", "test_one"].auto, rows["zoe", "test_one"].needs_manual) == (None, True)
    assert "the host's own fault" in saved(course, "crash").staff_notes[0]
    assert "host" not in " ".join(saved(course, "crash").notes)


def test_one_judge_serves_a_class_and_a_failing_one_is_replaced(course, nbgrader, release):
    for student in ("ada", "bob"):
        hand_in(course, student, release)
    hand_in(course, "al", b"not a notebook")
    assert nbgrader.autograde(ASSIGNMENT, "*")["success"]
    assert (len(Reader.started), len(Reader.closed)) == (1, 0)
    hand_in(course, "crash", release)
    autograded(nbgrader, "crash")
    assert (len(Reader.started), len(Reader.closed)) == (2, 1)
    autograded(nbgrader, "ada")
    assert len(Reader.started) == 2
    worker.dismiss()
    assert len(Reader.closed) == 2


def test_without_a_sandbox_nothing_is_recorded(course, nbgrader, release, monkeypatch):
    def refuse(*_, **__):
        raise RuntimeError("no sandbox here")

    monkeypatch.setattr(worker, "Judge", refuse)
    hand_in(course, "ada", release)
    result = nbgrader.autograde(ASSIGNMENT, "ada")
    assert not result["success"] and "no sandbox here" in result["log"]
    assert not course.verdict(ASSIGNMENT, "ada").exists()
    assert {mark.auto for mark in marks(course.db_url, ASSIGNMENT)} == {None}


def test_the_gradebook_is_backed_up_before_a_run(course, nbgrader, release):
    hand_in(course, "ada", release)
    autograded(nbgrader, "ada")
    autograded(nbgrader, "ada")
    assert len(list((course.directory / "backups").iterdir())) == 1


def test_and_once_a_day_where_a_server_runs_for_weeks(course, nbgrader, release):
    hand_in(course, "ada", release)
    autograded(nbgrader, "ada")
    steps._backed_up[course.db_url] -= timedelta(days=1)
    autograded(nbgrader, "ada")
    autograded(nbgrader, "ada")
    assert len(list((course.directory / "backups").iterdir())) == 2


def test_while_somebody_else_grades_nothing_is_recorded_and_no_file_of_theirs_removed(
    course, nbgrader, release, monkeypatch
):
    monkeypatch.setattr(lock, "PATIENCE", 0.2)
    hand_in(course, "ada", release)
    real = pipeline.judged_here

    def meanwhile(*args):
        part.parent.mkdir(parents=True, exist_ok=True)
        part.write_text("half of a notebook")
        return real(*args)

    part = course.autograded(ASSIGNMENT, "ada").with_name(f".{ASSIGNMENT}.ipynb.1.part")
    monkeypatch.setattr(pipeline, "judged_here", meanwhile)
    monkeypatch.setattr(RecordStep, "preprocess", recording := watched(RecordStep.preprocess, part))
    with lock.held(course):
        result = nbgrader.autograde(ASSIGNMENT, "ada")
    assert not result["success"] and "somebody else is grading the class" in result["log"]
    assert recording.part_was_there == [True] and not course.verdict(ASSIGNMENT, "ada").exists()
    assert {mark.auto for mark in marks(course.db_url, ASSIGNMENT)} == {None}


def test_it_waits_for_its_turn(course, nbgrader, release, monkeypatch):
    hand_in(course, "ada", release)
    other = lock.held(course)
    other.__enter__()
    monkeypatch.setattr(time, "sleep", lambda _: other.__exit__(None, None, None))  # they end while it waits
    autograded(nbgrader, "ada")
    assert course.verdict(ASSIGNMENT, "ada").exists()


def test_the_time_of_handing_in_stays_and_other_files_go(course, nbgrader, release):
    folder = hand_in(course, "ada", release).parent
    late.note(course, ASSIGNMENT, "ada", WHEN, "by nbgrader's exchange")
    (folder / "timestamp.txt").write_text("2000-01-01 00:00:00 UTC")
    (folder / "page.html").write_text("<script>alert(1)</script>")
    (folder / "deeper").mkdir()
    (folder / "deeper" / "page.svg").write_text("<svg onload=alert(1)>")
    autograded(nbgrader, "ada")
    there = [path.name for path in course.autograded(ASSIGNMENT, "ada").parent.rglob("*") if path.is_file()]
    assert sorted(there) == [f"{ASSIGNMENT}.ipynb", "submission_secret.txt", "timestamp.txt"]
    with Gradebook(course.db_url) as gradebook:
        assert gradebook.find_submission(ASSIGNMENT, "ada").timestamp.isoformat() == "2026-11-03T12:30:00"
    assert nbgrader.get_autograded_students(ASSIGNMENT) == {"ada"}


def test_the_classs_note_of_the_time_has_the_last_word_over_a_file_of_the_students(course, nbgrader, release):
    for student in ("ada", "bob"):
        (hand_in(course, student, release).parent / "timestamp.txt").write_text("2000-01-01 00:00:00 UTC")
    late.note(course, ASSIGNMENT, "ada", WHEN, "by nbgrader's exchange")
    autograded(nbgrader, "ada")
    autograded(nbgrader, "bob")
    with Gradebook(course.db_url) as gradebook:
        assert gradebook.find_submission(ASSIGNMENT, "ada").timestamp.isoformat() == "2026-11-03T12:30:00"
        assert gradebook.find_submission(ASSIGNMENT, "bob").timestamp is None
    assert nbgrader.get_autograded_students(ASSIGNMENT) == {"ada", "bob"}  # the files say the same
    there = sorted(path.name for path in course.submission(ASSIGNMENT, "bob").parent.iterdir())
    assert there == [f"{ASSIGNMENT}.ipynb", "timestamp.txt.unconfirmed"]


def test_what_nbgrader_left_read_only_is_replaced_by_our_own_route(course, nbgrader, release):
    hand_in(course, "ada", release)
    late.note(course, ASSIGNMENT, "ada", WHEN, "by nbgrader's exchange")
    autograded(nbgrader, "ada")
    there = course.autograded(ASSIGNMENT, "ada").with_name("timestamp.txt")
    there.chmod(0o444)  # as nbgrader's copy is: to open it for writing is refused to all but root
    late.note(course, ASSIGNMENT, "ada", WHEN.replace(minute=31), "by nbgrader's exchange")
    with open_gradebook(course.db_url) as gradebook:
        pipeline.settle(course, gradebook, saved(course, "ada"))
    assert there.stat().st_mode & 0o200 and there.read_text() == "2026-11-03 12:31:00.000000 UTC"


def test_late_penalties_are_nbgraders_own(course, release, monkeypatch):
    from nbgrader.plugins import LateSubmissionPlugin

    class OnePoint(LateSubmissionPlugin):
        def late_submission_penalty(self, student_id, score, total_seconds_late):
            return 1.0

    monkeypatch.setattr(worker, "Judge", Reader)
    config = configure(Config(), course)
    config.AssignLatePenalties.plugin_class = OnePoint
    with Gradebook(course.db_url) as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate="2026-11-01 00:00:00 UTC")
    hand_in(course, "ada", answered(release, one="def one():\n    return 1"))
    late.note(course, ASSIGNMENT, "ada", WHEN, "by nbgrader's exchange")
    autograded(NbGraderAPI(config=config), "ada")
    worker.dismiss()
    with Gradebook(course.db_url) as gradebook:
        assert gradebook.find_submission(ASSIGNMENT, "ada").late_submission_penalty == 1.0


def test_feedback_is_our_page(course, nbgrader, release):
    hand_in(course, "ada", answered(release, two="def two():\n    return 7"))
    autograded(nbgrader, "ada")
    result = nbgrader.generate_feedback(ASSIGNMENT, "ada")
    assert result["success"], result
    page = course.feedback(ASSIGNMENT, "ada").read_text()
    assert "is not right" in page and "default-src" in page
    assert "BEGIN HIDDEN" not in page and "autograder.check" not in page


def test_nbgrader_finds_the_grader_through_its_configuration_file(course, root, release):
    (course.root / "nbgrader_config.py").write_text((root / "nbgrader_config.py").read_text())
    hand_in(course, "ada", release)
    command = [sys.executable, "-m", "nbgrader", "autograde", ASSIGNMENT]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    run = subprocess.run(command, cwd=course.root, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert [blank.diagnosis for blank in saved(course, "ada").blanks] == ["not_begun"] * 3
