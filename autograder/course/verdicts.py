"""Verdicts in files, each with a note of the submission that the gradebook holds: read and written here alone."""

from pathlib import Path

from autograder.course.course import Course, write_whole
from autograder.course.verdict import Verdict

NOT_YET = ""  # a note of no submission


def load(course: Course, assignment: str, student: str) -> Verdict | None:
    """The verdict on disk; None where there is none, or none of this version's form. Raises PermissionError."""
    try:
        return Verdict.from_json(course.verdict(assignment, student).read_text(encoding="utf-8"))
    except PermissionError:  # another account's: not to be judged once more
        raise
    except (OSError, ValueError, TypeError, KeyError):
        return None


def save(course: Course, verdict: Verdict) -> Path:
    """Write a verdict to its file, which only its owner may read: it holds the staff's notes too."""
    # a lone surrogate, which UTF-8 cannot hold, becomes JSON's own escape for it
    data = verdict.to_json().encode("utf-8", "backslashreplace")
    return write_whole(course.verdict(verdict.assignment, verdict.student), data, mode=0o600)


def students(course: Course, assignment: str) -> list[str]:
    """Those who have a verdict, sorted."""
    return sorted(path.stem for path in course.verdict(assignment, "x").parent.glob("*.json"))


def noted(course: Course, verdict: Verdict) -> str | None:
    """The hash of the submission that was recorded last; None where none was noted."""
    path = _note_file(course, verdict)
    return path.read_text() if path.exists() else None


def note(course: Course, verdict: Verdict, submission: str) -> None:
    """Note that the gradebook holds this submission."""
    write_whole(_note_file(course, verdict), submission.encode(), mode=0o600, lasting=False)


def _note_file(course: Course, verdict: Verdict) -> Path:
    return course.verdict(verdict.assignment, verdict.student).with_name(f"{verdict.student}.recorded")
