"""What students handed in: who, and the bytes of their files."""

import hashlib
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from autograder.course import Course

LARGEST_FILE = 100_000_000  # bytes


class NothingToGrade(Exception):
    """There is no such assignment or no submission of it; the text is one sentence."""


@dataclass(frozen=True)
class Submission:
    """A submitted file: `data` are its bytes, or the sentence that says why there are none; `digest` is their SHA-256
    (hex, "" without bytes), `seed` that of its hidden data.
    """

    assignment: str
    student: str
    data: bytes | str
    digest: str
    seed: bytes


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


def submission(course: Course, assignment: str, student: str) -> Submission:
    """A student's submission as it lies there now."""
    data = _read(course.submission(assignment, student))
    digest = hashlib.sha256(data).hexdigest() if isinstance(data, bytes) else ""
    return Submission(assignment, student, data, digest, course.seed(assignment, digest))


def _read(path: Path) -> bytes | str:
    """The bytes of a plain file of a sensible size, or a sentence that says what is there instead."""
    if path.parent.is_symlink() or path.parent.parent.is_symlink():  # perhaps to somebody else's work
        return f"{path.parent.name} is a link to another folder: hand in the file itself."
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        names = (os.fsencode(p.name).decode(errors="replace") for p in path.parent.iterdir())
        found = ", ".join(sorted(names)[:5]) or "nothing"
        return f"There is no {path.name} in what was handed in (found: {found}): hand it in under that name."
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return f"{path.name} is not a plain file: hand in the .ipynb file that JupyterLab saved."
    with os.fdopen(descriptor, "rb") as file:
        return file.read(LARGEST_FILE + 1)
