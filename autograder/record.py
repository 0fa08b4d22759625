"""Marks and comments in nbgrader's gradebook, and verdicts in files: the one file that knows nbgrader's `Gradebook`."""

import os
import sqlite3
import sys
import warnings
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from nbgrader.api import Assignment, BaseCell, Comment, Grade, Gradebook, SubmittedAssignment, SubmittedNotebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import parse_utc
from sqlalchemy.exc import SAWarning
from traitlets.config import Config

from autograder.cells import blank_of, test_of
from autograder.comments import NO_RESPONSE, comment_on
from autograder.course import Course, write_whole
from autograder.verdict import Verdict


class NotReleased(Exception):
    """The gradebook does not know the assignment, or knows other cells than the verdict names."""


class Mark(NamedTuple):
    """One graded cell of one student, as the gradebook has it: what two routes must agree on to be equal."""

    student: str
    cell: str
    auto: float | None
    manual: float | None
    extra: float | None
    needs_manual: bool
    comment: str | None


def path_to_alembic() -> None:
    """Put this interpreter's programs first on PATH: nbgrader starts `alembic` from there to make a gradebook."""
    programs = str(Path(sys.executable).parent)
    if os.environ.get("PATH", "").split(os.pathsep)[0] != programs:
        os.environ["PATH"] = os.pathsep.join([programs, os.environ.get("PATH", "")])


@contextmanager
def open_gradebook(db_url: str) -> Iterator[Gradebook]:
    """nbgrader's gradebook at `db_url`, made if need be; opening costs more than recording, so keep it for a batch."""
    path_to_alembic()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)  # of nbgrader's own queries, harmless and in nobody's hands here
        with Gradebook(db_url) as gradebook:
            yield gradebook


def require_released(course: Course, assignment: str) -> None:
    """Raise NotReleased where the class has no gradebook yet, or one that does not know the assignment."""
    known = False
    if course.gradebook.exists():
        with open_gradebook(course.db_url) as gradebook:
            known = _knows(gradebook, assignment)
    if not known:
        raise NotReleased(f"The gradebook does not know {assignment}: run `autograder release {assignment}` first.")


def _knows(gradebook: Gradebook, assignment: str) -> bool:
    return gradebook.db.query(Assignment.id).filter(Assignment.name == assignment).scalar() is not None


def record(gradebook: Gradebook, verdict: Verdict, *, timestamp: datetime | None = None) -> None:
    """Write a verdict's marks and comments, in one transaction after student and submission exist.

    A blank's mark goes to its test cell, its findings to its answer cell's comment (nbgrader keeps comments on
    solution cells alone); an undecided blank has no mark and waits for staff. A written question waits for staff too,
    but for the unanswered ones, which get 0 as nbgrader gives them. Manual marks, extra credit and manual comments
    stay; a cell marked by hand is put before staff again, as nbgrader does. `timestamp` is when it was handed in.
    Raises NotReleased when the gradebook lacks the assignment or a blank's cells.
    """
    submission = _submission(gradebook, verdict, timestamp)
    grades, comments = _rows(gradebook, submission)
    blanks = {blank.grade_id: blank for blank in verdict.blanks}
    _refuse_unknown(verdict, grades, comments)
    for name, grade in grades.items():
        grade.auto_score = _auto_score(name, comments, blanks, verdict.unanswered)
        grade.needs_manual_grade = grade.auto_score is None or grade.manual_score is not None
    for name, comment in comments.items():
        comment.auto_comment = comment_on(blanks[name]) if name in blanks else _no_response(name, verdict.unanswered)
    gradebook.db.commit()


def _submission(gradebook: Gradebook, verdict: Verdict, timestamp: datetime | None) -> str:
    """The id of the student's submission, both made if need be."""
    found = gradebook.db.query(SubmittedAssignment.id).join(Assignment).filter(
        Assignment.name == verdict.assignment, SubmittedAssignment.student_id == verdict.student
    )
    handed_in = {} if timestamp is None else {"timestamp": timestamp}
    if (submission := found.scalar()) is None:
        if not _knows(gradebook, verdict.assignment):
            raise NotReleased(f"The gradebook does not know {verdict.assignment}: release it first.")
        gradebook.update_or_create_student(verdict.student)
        return gradebook.add_submission(verdict.assignment, verdict.student, **handed_in).id
    if timestamp is not None:
        changed = gradebook.db.query(SubmittedAssignment).filter(SubmittedAssignment.id == submission)
        changed.update({"timestamp": parse_utc(timestamp)}, synchronize_session=False)
    return submission


def _rows(gradebook: Gradebook, submission: str) -> tuple[dict[str, Grade], dict[str, Comment]]:
    """The grades and the comments of a submission's notebook, by the names of their cells."""
    rows = []
    for table in (Grade, Comment):
        query = gradebook.db.query(BaseCell.name, table).join(table, table.cell_id == BaseCell.id)
        notebook = query.join(SubmittedNotebook, SubmittedNotebook.id == table.notebook_id)
        rows.append(dict(notebook.filter(SubmittedNotebook.assignment_id == submission).all()))
    return rows[0], rows[1]


def _refuse_unknown(verdict: Verdict, grades: dict, comments: dict) -> None:
    for blank in verdict.blanks:
        if test_of(blank.grade_id) not in grades or blank.grade_id not in comments:
            raise NotReleased(
                f"The gradebook has no cells {blank.grade_id} and {test_of(blank.grade_id)} in {verdict.assignment}: "
                "release the assignment again."
            )


def _auto_score(name: str, comments: dict, blanks: dict, unanswered: Collection[str]) -> float | None:
    if name in comments:  # graded and a solution: a written question
        return 0.0 if name in unanswered else None
    blank = blanks.get(blank_of(name))
    return None if blank is None else blank.score


def _no_response(name: str, unanswered: Collection[str]) -> str | None:
    return NO_RESPONSE if name in unanswered else None


def marks(db_url: str, assignment: str) -> list[Mark]:
    """Every graded cell of every submission of an assignment, sorted by student and cell.

    A blank's comment, which nbgrader keeps on its answer cell, stands in the row of its test cell.
    """
    with open_gradebook(db_url) as gradebook:
        comments = {(who, name): comment.comment for who, name, comment in _table(gradebook, Comment, assignment)}
        rows = [
            Mark(who, name, grade.auto_score, grade.manual_score, grade.extra_credit, grade.needs_manual_grade,
                 comments.get((who, name), comments.get((who, blank_of(name)))))
            for who, name, grade in _table(gradebook, Grade, assignment)
        ]
    return sorted(rows, key=lambda mark: mark[:2])


def _table(gradebook: Gradebook, table: type, assignment: str) -> Iterator[tuple]:
    query = gradebook.db.query(SubmittedAssignment.student_id, BaseCell.name, table)
    joined = (
        query.join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(table, table.notebook_id == SubmittedNotebook.id)
        .join(BaseCell, BaseCell.id == table.cell_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
    )
    return joined.filter(Assignment.name == assignment)


def submitted_at(course: Course, assignment: str, student: str) -> datetime | None:
    """When a submission was handed in, from the timestamp.txt that nbgrader's collect writes; None without one."""
    folder = course.submission(assignment, student).parent
    return CourseDirectory(config=course.configure(Config())).get_existing_timestamp(str(folder))


def backup(course: Course) -> Path | None:
    """A copy of the class's gradebook, taken whole even while others write to it; None where there is no gradebook."""
    if not course.gradebook.exists():
        return None
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    target = course.directory / "backups" / f"gradebook-{now}.db"
    target.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(course.gradebook)) as ours, closing(sqlite3.connect(target)) as copy:
        ours.backup(copy)
    return target


def save_verdict(course: Course, verdict: Verdict) -> Path:
    """Write a verdict to its file, which only its owner may read: it holds the staff's notes too."""
    # a lone surrogate, which UTF-8 cannot hold, becomes JSON's own escape for it
    data = verdict.to_json().encode("utf-8", "backslashreplace")
    return write_whole(course.verdict(verdict.assignment, verdict.student), data, mode=0o600)
