"""What students handed in: who, and the bytes of their files."""

import errno
import hashlib
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from autograder.course.course import Course
from autograder.terminal import visible

LARGEST_FILE = 20_000_000  # bytes
LONGEST_NAME = 128  # characters, in nbgrader's gradebook
LONGEST_FILE_NAME = 200  # bytes: most file systems allow 255, and names are made of it
FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")  # what a spreadsheet's formula begins with; the same at full width


class NothingToGrade(Exception):
    """There is no such assignment, no submission of it, or one by nobody; the text is one sentence."""


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
    """The students to grade: those named, or all who handed in but those `left_out`. Raises NothingToGrade, NoClass."""
    if not course.source(assignment).exists():
        known = ", ".join(sorted(path.parent.name for path in course.sources.glob("*/*.ipynb"))) or "none"
        raise NothingToGrade(f"there is no assignment {assignment!r} in {course.sources}; known: {known}.")
    course.require()
    present = course.students(assignment)
    if not present:
        place = course.directory / "submitted" / "<student>" / assignment / f"{assignment}.ipynb"
        raise NothingToGrade(f"nobody has handed in {assignment}: submissions are expected as {place}.")
    missing = sorted(set(students) - set(present))
    if missing:
        raise NothingToGrade(f"no submission of {assignment} by {_listed(missing)}; handed in by {_listed(present)}.")
    misleading = left_out(course, assignment)
    found = sorted(set(students)) or [student for student in present if student not in misleading]
    for student in found:
        if why := refusal(course, student):
            raise NothingToGrade(why)
    if not found:
        raise NothingToGrade(next(iter(misleading.values())))
    return found


def left_out(course: Course, assignment: str) -> dict[str, str]:
    """The students whose folders' names would mislead whoever reads them in a terminal or a spreadsheet, each with a
    sentence: they are left out of the class, which goes on.
    """
    return {name: refusal(course, name) for name in course.students(assignment) if _misleads(name)}


def refusal(course: Course, student: str) -> str:
    """Why nobody of this name can be in the gradebook, in a sentence; "" where there is no reason."""
    why = _no_name(student) or _misleads(student)
    shown = visible(os.fsencode(student).decode(errors="backslashreplace"))
    shown = shown if len(shown) < 80 else f"{shown[:60]}…"
    return f"the folder {shown} in {course.directory / 'submitted'} {why}: rename it." if why else ""


def _no_name(student: str) -> str:
    """Why a folder's name can stand in no gradebook, or in the names of no files."""
    name = os.fsencode(student)
    if name.decode(errors="backslashreplace") != student:
        return "has a name that is not UTF-8"
    if len(student) > LONGEST_NAME or len(name) > LONGEST_FILE_NAME:
        longest = f"at most {LONGEST_NAME} and {LONGEST_FILE_NAME} can be"
        return f"has a name of {len(student)} characters, {len(name)} bytes; {longest}"
    return ""


def _misleads(student: str) -> str:
    """Why a folder's name should not be printed: nbgrader exports it as it is."""
    if visible(student) != student and not _no_name(student):
        return "has a name with control characters"
    return "has a name that a spreadsheet takes for a formula" if student.startswith(FORMULA) else ""


def _listed(students: Iterable[str]) -> str:
    return ", ".join(map(visible, students))


def submission(course: Course, assignment: str, student: str) -> Submission:
    """A student's submission as it lies there now."""
    data = _read(course.submission(assignment, student))
    digest = hashlib.sha256(data).hexdigest() if isinstance(data, bytes) else ""
    return Submission(assignment, student, data, digest, course.seed(assignment, digest))


def _read(path: Path) -> bytes | str:
    """The bytes of a plain file of a sensible size, or a sentence that says what is there instead."""
    try:
        if path.parent.is_symlink() or path.parent.parent.is_symlink():  # perhaps to somebody else's work
            return f"{path.parent.name} is a link to another folder: hand in the file itself."
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            return f"{path.name} is not a plain file: hand in the .ipynb file that JupyterLab saved."
        with os.fdopen(descriptor, "rb") as file:
            return file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        found = ", ".join(_names(path.parent)[:5]) or "nothing"
        return f"There is no {path.name} in what was handed in (found: {found}): hand it in under that name."
    except OSError as error:
        if error.errno == errno.ELOOP:
            return f"{path.name} is a link to another file: hand in the file itself."
        return f"{path.name} is there but cannot be read ({error.strerror}): hand it in again, or ask the staff."


def _names(folder: Path) -> list[str]:
    """What a folder holds, fit to be printed, sorted; nothing, where it is gone or cannot be listed."""
    try:
        return sorted(visible(os.fsencode(path.name).decode(errors="replace")) for path in folder.iterdir())
    except OSError:
        return []
