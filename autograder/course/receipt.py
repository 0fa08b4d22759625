"""What nbgrader's exchange needs beside a graded notebook and beside its page: when the work was handed in, and the
secret that names the page, so that only its student can fetch it.

Both come out of the submitted folder, whose owner can put anything there, or nothing; `nbgrader release_feedback` stops
for everybody where one student's are missing. Here they are always there, and short.
"""

from datetime import datetime
from pathlib import Path

from autograder.course import plain_files
from autograder.course.course import Course, write_whole

SECRET, TIMESTAMP = "submission_secret.txt", "timestamp.txt"  # nbgrader's names
LONGEST_SECRET = 1000  # bytes; nbgrader writes 128


def keep(course: Course, assignment: str, student: str, handed_in: datetime | None) -> None:
    """Write both beside a graded notebook; the time is empty where none is known."""
    secret = _secret(course, assignment, student, course.submission(assignment, student).parent)
    _write(course.autograded(assignment, student).parent, secret, _text(handed_in))


def hand_on(course: Course, assignment: str, student: str) -> None:
    """Write both beside a page: those of the submission that was graded, perhaps not of the one that lies there now."""
    graded = course.autograded(assignment, student).parent
    time = plain_files.read(graded / TIMESTAMP, 100) or b""
    _write(course.feedback(assignment, student).parent, _secret(course, assignment, student, graded), time)


def _text(time: datetime | None) -> bytes:
    return f"{time:%Y-%m-%d %H:%M:%S.%f} UTC".encode() if time else b""


def _secret(course: Course, assignment: str, student: str, folder: Path) -> bytes:
    """The exchange's secret of a submission; where there is none that can be used, one that nobody can guess."""
    found = plain_files.read(folder / SECRET, LONGEST_SECRET) or b""
    if found.strip() and found.isascii():
        return found
    return course.seed(assignment, f"page of {student}").hex().encode()  # the same on every run: one page, not many


def _write(folder: Path, secret: bytes, time: bytes) -> None:
    write_whole(folder / SECRET, secret, mode=0o600, lasting=False)
    write_whole(folder / TIMESTAMP, time, lasting=False)
