"""The stages of grading, in order: read → sanitise → judge (run, check) → write notebook and verdict → record."""

import hashlib
import os
import shutil
import stat
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder import feedback, record, walls
from autograder.course import Course, write_whole
from autograder.display import clean_notebook
from autograder.judge import Judge
from autograder.sanitise import LARGEST_FILE, Unreadable, read_submission, restored, sanitise, undecided
from autograder.verdict import Verdict

TIMESTAMP = "timestamp.txt"  # nbgrader's


class NothingToGrade(Exception):
    """There is no such assignment or no submission of it; the text is one sentence."""


def submissions(course: Course, assignment: str, students: Iterable[str] = ()) -> list[str]:
    """The students to grade: those named, or all who handed in. Raises NothingToGrade."""
    if not course.source(assignment).exists():
        known = ", ".join(sorted(path.parent.name for path in course.sources.glob("*/*.ipynb"))) or "none"
        raise NothingToGrade(f"there is no assignment {assignment!r} in {course.sources}; known: {known}.")
    present = course.students(assignment)
    if not present:
        place = course.directory / "submitted" / "<student>" / assignment / f"{assignment}.ipynb"
        raise NothingToGrade(f"nobody has handed in {assignment}: submissions are expected as {place}.")
    missing = sorted(set(students) - set(present))
    if missing:
        raise NothingToGrade(
            f"no submission of {assignment} by {', '.join(missing)}; handed in by {', '.join(present)}."
        )
    return sorted(students) or present


def grade(
    course: Course, assignment: str, students: Iterable[str], *, unsafe_no_sandbox: bool = False
) -> Iterator[Verdict]:
    """Grade students one by one: notebook, verdict and marks are written before each verdict is yielded.

    Raises NotReleased or SandboxUnavailable before anything is touched; after that no submission can stop the batch.
    """
    record.require_released(course, assignment)
    source = nbformat.read(course.source(assignment), as_version=4)
    if not unsafe_no_sandbox:
        walls.refuse_what_shows(course.root, course.directory)
    with Judge(assignment, unsafe_no_sandbox=unsafe_no_sandbox) as judge:
        record.backup(course)
        with record.open_gradebook(course.db_url) as gradebook:
            for student in students:
                verdict, notebook = judged(judge, course, source, assignment, student)
                _write_notebook(course, assignment, student, notebook)
                record.save_verdict(course, verdict)
                timestamp = record.submitted_at(course, assignment, student)
                record.record(gradebook, verdict, timestamp=timestamp)
                yield verdict


def judged(judge: Judge, course: Course, source: NotebookNode, assignment: str, student: str):
    """(the verdict, the notebook to show) of one submission; never raises for it."""
    identity = {"assignment": assignment, "student": student, "submission": ""}
    try:
        data = _read(course.submission(assignment, student))
        identity["submission"] = hashlib.sha256(data).hexdigest()
        sanitised = sanitise(source, read_submission(data, f"{assignment}.ipynb"))
        seed = course.seed(assignment, identity["submission"])
        verdict, executed = judge(sanitised.notebook, student=student, submission=identity["submission"], seed=seed,
                                  notes=sanitised.notes)  # fmt: skip
        return replace(verdict, unanswered=sanitised.unanswered), clean_notebook(executed)
    except Unreadable as error:
        return undecided(source, note=str(error), **identity), restored(source)
    except Exception:  # ours: staff must look, and the class goes on
        note = "The grader could not deal with this file; staff will look at it."
        return undecided(source, note=note, staff_note=traceback.format_exc(), **identity), restored(source)


def _read(path: Path) -> bytes:
    """The bytes of a submitted file. Raises Unreadable for what is not a plain file of a sensible size."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        names = (os.fsencode(p.name).decode(errors="replace") for p in path.parent.iterdir())
        raise Unreadable(
            f"There is no {path.name} in what was handed in (found: {', '.join(sorted(names)[:5]) or 'nothing'}): "
            "hand it in under that name."
        ) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Unreadable(f"{path.name} is not a plain file: hand in the .ipynb file that JupyterLab saved.")
    with os.fdopen(descriptor, "rb") as file:
        return file.read(LARGEST_FILE + 1)


def _write_notebook(course: Course, assignment: str, student: str, notebook: NotebookNode) -> None:
    """Write the autograded notebook, and beside it, as Formgrader expects, when it was handed in."""
    path = write_whole(course.autograded(assignment, student), f"{nbformat.writes(notebook)}\n".encode())
    timestamp = course.submission(assignment, student).with_name(TIMESTAMP)
    if timestamp.is_file() and not timestamp.is_symlink():
        path.with_name(TIMESTAMP).unlink(missing_ok=True)  # nbgrader leaves it read-only
        shutil.copyfile(timestamp, path.with_name(TIMESTAMP))


def feedback_page(course: Course, assignment: str, student: str) -> str:
    """One student's feedback page. Raises FileNotFoundError, in one sentence, where nothing was graded yet."""
    return feedback.page(course, assignment, student, record.marks(course.db_url, assignment))


def write_feedback(course: Course, assignment: str, students: Iterable[str] | None = None) -> list[Path]:
    """Write the feedback pages of `students` (default: all who were graded); returns the files.

    Raises FileNotFoundError, in one sentence, where nothing was graded yet.
    """
    if not any(course.verdict(assignment, "").parent.glob("*.json")):
        raise FileNotFoundError(
            f"nothing of {assignment} has been graded in {course.directory}: run `autograder grade {assignment}`."
        )
    return feedback.write_feedback(course, assignment, record.marks(course.db_url, assignment), students)
