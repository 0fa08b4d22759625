"""Marks for a spreadsheet: what has no mark yet is an empty cell with a reason, never a zero."""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable

from autograder.course.course import Course
from autograder.gradebook import record
from autograder.gradebook.late import Late
from autograder.gradebook.waiting import missing
from autograder.notebook.cells import blank_of

# the columns before the questions' own, and after them
BEFORE = ("assignment", "student", "last_name", "first_name", "email", "handed_in")
AFTER = ("marks", "late_penalty", "total", "max", "missing", "late")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # with which a spreadsheet takes a text for one


def rows(course: Course, assignments: Iterable[str]) -> list[dict]:
    """A row a student and assignment, sorted by both; None where there is no mark yet, and `missing` then says why.

    Everybody whom the gradebook knows has one, and so has who handed in. Raises NotReleased.
    """
    found = []
    for assignment in assignments:
        points, marks, late, names = record.gradebook_of(course, assignment)
        of_student = defaultdict(list)
        for mark in marks:
            of_student[mark.student].append(mark)
        handed_in = set(course.students(assignment))
        for student in sorted(names.keys() | handed_in):
            why = "not graded yet" if student in handed_in else "nothing handed in"
            about = {"assignment": assignment, "student": student, **names.get(student, {})}
            found.append(about | _marked(of_student[student], late.get(student), points, why))
    return found


def _marked(marks: list, late: Late | None, points: dict[str, float], why: str) -> dict:
    """One student's part of a row; `why` says why there is nothing where there are no `marks`."""
    marked = {blank_of(mark.cell): mark.score for mark in marks}
    why = missing(marks) if marks else why
    total = None if why else sum(marked.values())
    penalty = None if why or late is None else late.penalty
    return {
        "handed_in": f"{late.handed_in.when:%F %T} UTC" if late and late.handed_in else None,
        "questions": {blank_of(cell): marked.get(blank_of(cell)) for cell in points},
        "marks": total,
        "late_penalty": penalty,
        "total": None if why else max(0.0, total - (penalty or 0.0)),
        "max": sum(points.values()),
        "missing": why,
        "late": late.said if late and late.penalty else "",
    }


def as_csv(found: list[dict]) -> str:
    """The rows as a table; no text of a student's is a formula in it, or moves a terminal's cursor."""
    questions = list(dict.fromkeys(name for row in found for name in row["questions"]))
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([*BEFORE, *map(_plain, questions), *AFTER])
    for row in found:
        values = [*map(row.get, BEFORE), *map(row["questions"].get, questions), *map(row.get, AFTER)]
        writer.writerow(["" if value is None else _plain(value) for value in values])
    return file.getvalue()


def _plain(value: str | float) -> str:
    if not isinstance(value, str):
        return f"{value:.12g}"
    text = re.sub(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", value)
    return f"'{text}" if value.startswith(FORMULA) else text
