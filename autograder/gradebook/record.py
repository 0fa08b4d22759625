"""Marks and comments in nbgrader's gradebook: the one file that asks its tables."""

import warnings
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import NamedTuple

import nbformat
from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    Notebook,
    SolutionCell,
    SourceCell,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.api import Course as NamedCourse
from nbgrader.utils import parse_utc
from sqlalchemy.exc import IntegrityError, SAWarning
from sqlalchemy.orm import joinedload
from traitlets.config import Config

from autograder.course.course import Course, GradebookError
from autograder.course.settings import path_to_alembic
from autograder.course.verdict import Verdict
from autograder.gradebook.comments import NO_RESPONSE as NO_RESPONSE
from autograder.gradebook.comments import comment_on as comment_on
from autograder.gradebook.comments import wanted
from autograder.gradebook.database import address, exists, opening, private, using
from autograder.gradebook.database import backup as backup
from autograder.gradebook.late import Late, changes, handed_in, has_policy, late_for, penalise
from autograder.notebook.cells import ANSWER, READ_ONLY, TEST, WRITTEN, blank_of, test_of
from autograder.notebook.layout import Cell, differences, graded, layout

PATIENCE = 60.0  # seconds to wait for another program that writes to an SQLite gradebook


class NotReleased(GradebookError):
    """The gradebook does not know the assignment, or knows other cells than the verdict or the source names."""


class Mark(NamedTuple):
    """One graded cell of one student, as the gradebook has it: what two routes must agree on to be equal."""

    student: str
    cell: str
    auto: float | None
    manual: float | None
    extra: float | None
    needs_manual: bool
    comment: str | None

    @property
    def score(self) -> float | None:
        """What nbgrader counts: a mark by hand before ours, and extra credit; None while there is no mark."""
        score = self.auto if self.manual is None else self.manual
        return None if score is None else score + (self.extra or 0.0)


@contextmanager
def open_gradebook(db_url: str, *, wait: float = PATIENCE) -> Iterator[Gradebook]:
    """nbgrader's gradebook at `db_url`, made if need be; opening costs more than recording, so keep it for a batch.

    Where another program holds SQLite's lock, everything done with it waits up to `wait` seconds. Raises GradebookBusy
    after that, GradebookUnreachable where there is no such database.
    """
    path_to_alembic()
    url = address(db_url, wait)
    with warnings.catch_warnings(), using(url):
        warnings.simplefilter("ignore", SAWarning)  # of nbgrader's own queries, harmless and in nobody's hands here
        with opening(url), private(url):
            gradebook = _OneCourse(url.render_as_string(hide_password=False))
        with gradebook:
            yield gradebook


class _OneCourse(Gradebook):
    def check_course(self, course_id: str = "", **kwargs) -> None:
        """Makes none: nbgrader's makes a "default_course" whenever a gradebook is opened without a name."""


def prepare(course: Course) -> None:
    """Make the class's gradebook where there is none, with the one course that nbgrader_config.py names.

    nbgrader never makes the nameless one, which SQLite overlooks and a server refuses; its other default goes.
    """
    with open_gradebook(course.db_url) as gradebook:
        database, name = gradebook.db, course.course_id
        if database.get(NamedCourse, name) is None:
            database.add(NamedCourse(id=name))
            database.flush()
        defaults = {"", "default_course"} - {name}
        of_defaults = database.query(Assignment).filter(Assignment.course_id.in_(defaults))
        of_defaults.update({"course_id": name}, synchronize_session=False)
        database.query(NamedCourse).filter(NamedCourse.id.in_(defaults)).delete(synchronize_session=False)
        database.commit()


def require_released(course: Course, assignment: str) -> None:
    """Raise NotReleased unless the gradebook knows the assignment, with the graded cells that its source has now."""
    released = released_cells(course, assignment)
    if released is None:
        raise NotReleased(f"The gradebook does not know {assignment}: run `autograder release {assignment}` first.")
    now = layout(nbformat.read(course.source(assignment), as_version=4))
    if changed := differences(graded(released[0]), graded(now)):
        raise NotReleased(
            f"{assignment} is not what was released, {', '.join(changed)}: undo that, or run `autograder release "
            f"{assignment}` again."
        )


def released_cells(course: Course, assignment: str) -> tuple[dict[str, Cell], int] | None:
    """(an assignment's cells as they were released, how many submissions are recorded); None where it was not."""
    if not exists(course.db_url):
        return None
    with open_gradebook(course.db_url) as gradebook:
        if not _knows(gradebook, assignment):
            return None
        submissions = gradebook.db.query(SubmittedAssignment.id).join(Assignment).filter(Assignment.name == assignment)
        return _cells(gradebook, assignment), submissions.count()


def _knows(gradebook: Gradebook, assignment: str) -> bool:
    return gradebook.db.query(Assignment.id).filter(Assignment.name == assignment).scalar() is not None


def _cells(gradebook: Gradebook, assignment: str) -> dict[str, Cell]:
    def rows(table: type, *columns) -> list:
        query = gradebook.db.query(table.name, *columns).join(Notebook, Notebook.id == table.notebook_id)
        return query.join(Assignment).filter(Assignment.name == assignment).all()

    found = {name: Cell(READ_ONLY) for (name,) in rows(SourceCell)}
    solutions = {name for (name,) in rows(SolutionCell)}
    found |= {name: Cell(ANSWER) for name in solutions}
    found |= {
        name: Cell(WRITTEN if name in solutions else TEST, points)
        for name, points in rows(GradeCell, GradeCell.max_score)
    }
    return found


def record(
    gradebook: Gradebook,
    verdict: Verdict,
    *,
    timestamp: datetime | None = None,
    resubmitted: bool = True,
    config: Config | None = None,
) -> bool:
    """Bring the gradebook to a verdict, in one transaction; returns whether anything in it was changed.

    A blank's mark goes to its test cell, its findings to its answer cell's comment (nbgrader keeps comments on
    solution cells alone); an undecided blank has no mark and waits for staff. A written question waits for staff too,
    but for the unanswered ones, which get 0 as nbgrader gives them. Manual marks, extra credit, extensions and manual
    comments stay. A cell is put before staff again, as nbgrader does, where its mark changes, and everywhere when the
    student has handed in something else (`resubmitted`). `timestamp` is when that was, None where nobody knows;
    `config` is nbgrader's, whose policy for late submissions is followed: without one, no penalty stays.
    Raises NotReleased when the gradebook lacks the assignment or a blank's cells, PolicyError, GradebookBusy,
    GradebookUnreachable.
    """
    with using(gradebook.engine.url):
        try:
            return _write(gradebook, verdict, timestamp, resubmitted, config)
        except IntegrityError:  # somebody made the same student or submission at the same time
            gradebook.db.rollback()
            return _write(gradebook, verdict, timestamp, resubmitted, config)
        finally:
            gradebook.db.rollback()  # of what was not committed


def foreseen(gradebook: Gradebook, course: Course, verdict: Verdict) -> Late:
    """What lateness would cost if a verdict were recorded; nothing is changed. Raises what `record` does."""
    noted = handed_in(course, verdict.assignment, verdict.student)
    with using(gradebook.engine.url):
        try:
            _enter(gradebook, verdict, noted and noted.when, False, course.settings)
            return lateness(gradebook, course, verdict.assignment, verdict.student)[verdict.student]
        finally:
            gradebook.db.rollback()


def _write(gradebook: Gradebook, *args) -> bool:
    changed = _enter(gradebook, *args)
    gradebook.db.commit()
    return changed


def _enter(gradebook: Gradebook, verdict: Verdict, timestamp: datetime | None, resubmitted: bool, config) -> bool:
    submission, grades, comments = _found(gradebook, verdict) or _made(gradebook, verdict)
    _refuse_unknown(verdict, grades, comments)
    submission.timestamp = parse_utc(timestamp)
    entries = wanted(verdict, grades, comments)
    for name, grade in grades.items():
        if resubmitted or grade.id is None or grade.auto_score != entries[name].score:
            grade.needs_manual_grade = entries[name].score is None or grade.manual_score is not None
        grade.auto_score = entries[name].score
    for name, comment in comments.items():
        comment.auto_comment = entries[name].comment
    changed = bool(gradebook.db.new) or any(map(gradebook.db.is_modified, gradebook.db.dirty))
    return penalise(gradebook.db, submission, config) or changed


def _found(gradebook: Gradebook, verdict: Verdict) -> tuple[SubmittedAssignment, dict, dict] | None:
    """(submission, its grades, its comments by the names of their cells); None where nothing was recorded yet."""
    query = gradebook.db.query(SubmittedAssignment).join(Assignment)
    submission = (
        query.options(joinedload(SubmittedAssignment.notebooks))
        .filter(Assignment.name == verdict.assignment, SubmittedAssignment.student_id == verdict.student)
        .one_or_none()
    )
    if submission is None:
        return None
    grades, comments = (dict(_rows(gradebook, table, submission.id)) for table in (Grade, Comment))
    return submission, grades, comments


def _rows(gradebook: Gradebook, table: type, submission: str) -> list:
    query = gradebook.db.query(BaseCell.name, table).join(table, table.cell_id == BaseCell.id)
    notebook = query.join(SubmittedNotebook, SubmittedNotebook.id == table.notebook_id)
    return notebook.filter(SubmittedNotebook.assignment_id == submission).all()


def _made(gradebook: Gradebook, verdict: Verdict) -> tuple[SubmittedAssignment, dict, dict]:
    """The same, new: what nbgrader's add_submission makes, in fewer queries and without a transaction of its own."""
    query = gradebook.db.query(BaseCell.notebook_id, BaseCell.type, BaseCell.name, BaseCell.id).join(Notebook)
    cells = query.join(Assignment).filter(Assignment.name == verdict.assignment).all()
    assignment = gradebook.db.query(Assignment).filter(Assignment.name == verdict.assignment).one_or_none()
    if assignment is None:
        raise NotReleased(f"The gradebook does not know {verdict.assignment}: release it first.")
    student = gradebook.db.get(Student, verdict.student) or Student(id=verdict.student)
    submission = SubmittedAssignment(assignment=assignment, student=student)
    notebooks = {each: SubmittedNotebook(notebook_id=each, assignment=submission) for each in {row[0] for row in cells}}

    def rows(table: type, *kinds: str) -> dict:
        return {
            name: table(cell_id=cell, notebook=notebooks[notebook])
            for notebook, kind, name, cell in cells
            if kind in kinds
        }

    grades, comments = rows(Grade, "GradeCell", "TaskCell"), rows(Comment, "SolutionCell", "TaskCell")
    gradebook.db.add(submission)
    return submission, grades, comments


def _refuse_unknown(verdict: Verdict, grades: Collection, comments: Collection) -> None:
    for blank in verdict.blanks:
        if test_of(blank.grade_id) not in grades or blank.grade_id not in comments:
            raise NotReleased(
                f"The gradebook has no cells {blank.grade_id} and {test_of(blank.grade_id)} in {verdict.assignment}: "
                "release the assignment again."
            )


def lacking(course: Course, assignment: str, verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Those verdicts of one assignment that the gradebook does not hold to the letter; asks for the class at once.

    Nor does it where the penalty for late work is another one by now: the deadline, an extension or the policy changed.
    """
    with open_gradebook(course.db_url) as gradebook:
        rows = {table: {} for table in (Grade, Comment)}
        for table, column in ((Grade, Grade.auto_score), (Comment, Comment.auto_comment)):
            for student, name, value in _table(gradebook, table, assignment, column):
                rows[table].setdefault(student, {})[name] = value
        query = gradebook.db.query(SubmittedAssignment.student_id, SubmittedAssignment.timestamp).join(Assignment)
        times = dict(query.filter(Assignment.name == assignment).all())
        mispenalised = set(_mispenalised(gradebook, assignment, course.settings))
    return [
        verdict
        for verdict in verdicts
        if not (
            _holds(verdict, rows[Grade].get(verdict.student, {}), rows[Comment].get(verdict.student, {}))
            and _when(course, verdict) == times[verdict.student]
            and verdict.student not in mispenalised
        )
    ]


def _holds(verdict: Verdict, scores: dict, comments: dict) -> bool:
    entries = wanted(verdict, scores, comments)
    return (
        bool(scores)
        and all(score == entries[name].score for name, score in scores.items())
        and all(comment == entries[name].comment for name, comment in comments.items())
        and entries.keys() == scores.keys() | comments.keys()
    )


def _when(course: Course, verdict: Verdict) -> datetime | None:
    noted = handed_in(course, verdict.assignment, verdict.student)
    return noted and noted.when


def _mispenalised(gradebook: Gradebook, assignment: str, config: Config) -> Iterator[str]:
    """The students whose penalties for late work are not those that the policy would give now."""
    if not has_policy(config):
        yield from (student for student, penalty in recorded_penalties(gradebook, assignment).items() if penalty)
        return
    submissions = gradebook.db.query(SubmittedAssignment).join(Assignment)
    for submission in submissions.filter(Assignment.name == assignment):
        if any(changes(gradebook.db, submission, config)):
            yield submission.student_id


def recorded_penalties(gradebook: Gradebook, assignment: str) -> dict[str, float]:
    """What lateness cost each student, as it was recorded."""
    query = gradebook.db.query(SubmittedAssignment.student_id, SubmittedAssignment.late_submission_penalty)
    return dict(query.join(Assignment).filter(Assignment.name == assignment).all())


def lateness(gradebook: Gradebook, course: Course, assignment: str, student: str | None = None) -> dict[str, Late]:
    """{student: when their work was due and handed in, and what lateness costs by the policy and the marks of now}."""
    query = gradebook.db.query(SubmittedAssignment, SubmittedAssignment.score).join(Assignment)
    query = query.filter(Assignment.name == assignment)
    if student is not None:
        query = query.filter(SubmittedAssignment.student_id == student)
    return {each.student_id: late_for(gradebook.db, each, score, course) for each, score in query}


def deadlines(db_url: str, assignment: str) -> tuple[datetime | None, dict[str, timedelta]]:
    """(when an assignment is due, UTC; the extensions of those students who have one)."""
    with open_gradebook(db_url) as gradebook:
        due = gradebook.db.query(Assignment.duedate).filter(Assignment.name == assignment).scalar()
        query = gradebook.db.query(SubmittedAssignment.student_id, SubmittedAssignment.extension).join(Assignment)
        extended = query.filter(Assignment.name == assignment, SubmittedAssignment.extension.is_not(None))
        return due, dict(extended.all())


def marks(db_url: str, assignment: str) -> list[Mark]:
    """Every graded cell of every submission of an assignment, sorted by student and cell."""
    with open_gradebook(db_url) as gradebook:
        return marks_in(gradebook, assignment)


def standing(course: Course, assignment: str, student: str | None = None) -> tuple[list[Mark], dict[str, Late]]:
    """(the same rows, what lateness costs by student); of one student, if one is named."""
    with open_gradebook(course.db_url) as gradebook:
        return marks_in(gradebook, assignment, student), lateness(gradebook, course, assignment, student)


def gradebook_of(course: Course, assignment: str) -> tuple[dict, list[Mark], dict[str, Late], dict[str, dict]]:
    """(points of an assignment's graded cells, its marks, its lateness, all students' names). Raises NotReleased."""
    if released_cells(course, assignment) is None:
        raise NotReleased(f"The gradebook {course.db_name} does not know {assignment}: it was not released.")
    with open_gradebook(course.db_url) as gradebook:
        found = _cells(gradebook, assignment)
        points = {name: cell.points for name, cell in found.items() if cell.kind in (TEST, WRITTEN)}
        names = {
            each.id: {"last_name": each.last_name, "first_name": each.first_name, "email": each.email}
            for each in gradebook.db.query(Student)
        }
        return points, marks_in(gradebook, assignment), lateness(gradebook, course, assignment), names


def marks_in(gradebook: Gradebook, assignment: str, student: str | None = None) -> list[Mark]:
    """The same in an open gradebook; of one student, if one is named.

    A blank's comment, which nbgrader keeps on its answer cell, stands in the row of its test cell.
    """
    found = _table(gradebook, Comment, assignment, Comment.comment, student=student)
    comments = {(who, name): text for who, name, text in found}
    rows = [
        Mark(
            who,
            name,
            grade.auto_score,
            grade.manual_score,
            grade.extra_credit,
            grade.needs_manual_grade,
            comments.get((who, name), comments.get((who, blank_of(name)))),
        )
        for who, name, grade in _table(gradebook, Grade, assignment, Grade, student=student)
    ]
    return sorted(rows, key=lambda mark: mark[:2])


def _table(gradebook: Gradebook, table: type, assignment: str, *columns, student: str | None = None) -> Iterator[tuple]:
    query = gradebook.db.query(SubmittedAssignment.student_id, BaseCell.name, *columns).select_from(SubmittedAssignment)
    joined = (
        query.join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(table, table.notebook_id == SubmittedNotebook.id)
        .join(BaseCell, BaseCell.id == table.cell_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
    )
    of_all = joined.filter(Assignment.name == assignment)
    return of_all.filter(SubmittedAssignment.student_id == student) if student is not None else of_all
