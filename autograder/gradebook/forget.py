"""What a class holds of one student goes: files, verdicts and rows of the gradebook; or the name alone, marks kept."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from autograder.course import lock, plain_files
from autograder.course.course import Course
from autograder.course.receipt import LONGEST_SECRET, SECRET
from autograder.gradebook import database, record

STEPS = "submitted", "autograded", "feedback"
EXCHANGE = "/usr/local/share/nbgrader/exchange"  # nbgrader's default


class NobodyOfThatName(Exception):
    """The class holds nothing of such a student, or that can be no student's name; the text is one sentence."""


@dataclass(frozen=True)
class Forgotten:
    """What was done: the files and folders removed, the number of submissions in the gradebook that went or lost their
    name, and the places that hold the student still.
    """

    student: str
    removed: tuple[str, ...]
    submissions: int
    marks_kept: bool
    left: tuple[str, ...]


def forget(course: Course, student: str, *, keep_marks: bool = False) -> Forgotten:
    """Remove all that the class holds of a student; or keep the marks, without comments, under a name made up now.

    That name is kept nowhere. No link is followed. Raises NobodyOfThatName, and what `lock.held` raises.
    """
    require(course, student)
    with lock.held(course):
        paths, left = _files(course, student), _beyond(course, student)
        for path in paths:
            plain_files.remove(path)
        name = f"anonymous-{secrets.token_hex(8)}" if keep_marks else None
        submissions = _in_gradebook(course, student, name)
        if not database.compact(course):
            left.append(f"the free space of {course.db_name}")
    removed = tuple(str(path.relative_to(course.directory)) for path in paths)
    return Forgotten(student, removed, submissions, keep_marks, tuple(left))


def require(course: Course, student: str) -> None:
    """Raise NobodyOfThatName unless the class holds something of this student."""
    course.require()
    if not student or student.startswith(".") or "/" in student or "\0" in student:
        raise NobodyOfThatName(f"{student!r} is not a student's name: give the name of a folder in submitted/.")
    if not _files(course, student) and not _known(course, student):
        raise NobodyOfThatName(f"there is nothing of {student!r} in the class {course.directory}.")


def _files(course: Course, student: str) -> list[Path]:
    """The student's folders, and files among the verdicts and the notes of the time, half-written ones too."""
    folders = [course.directory / step / student for step in STEPS]
    names = f"{student}.json", f"{student}.recorded", f"{student}.txt"
    notes = [
        path
        for kind in ("handed_in", "verdicts")
        for path in (course.directory / kind).glob("*/*")
        if path.name in names or path.name.endswith(".part") and path.name[1:].startswith(names)
    ]
    return [path for path in folders if os.path.lexists(path)] + sorted(notes)


def _known(course: Course, student: str) -> bool:
    if not database.exists(course.db_url):
        return False
    with record.open_gradebook(course.db_url) as book:
        return any(one.id == student for one in book.students)


def _in_gradebook(course: Course, student: str, name: str | None) -> int:
    """Remove a student from the gradebook; with a new `name`, the marks get that. Returns the number of submissions."""
    if not _known(course, student):
        return 0
    with record.open_gradebook(course.db_url) as book:
        submissions = list(book.find_student(student).submissions)
        count = len(submissions)
        if name:
            somebody = book.add_student(name)
            for submission in submissions:
                submission.student = somebody
                for comment in (comment for notebook in submission.notebooks for comment in notebook.comments):
                    comment.auto_comment = comment.manual_comment = None
            book.db.commit()
        book.remove_student(student)
        return count


def _beyond(course: Course, student: str) -> list[str]:
    """Where else the student is, which others share or staff have put aside."""
    left = sorted(map(str, (course.directory / "backups").glob("gradebook-*")))
    left += [f"{course.root / 'downloaded'}"] if (course.root / "downloaded").exists() else []
    if not course.db_url.startswith("sqlite"):
        left.append(f"the backups and logs of the server of {course.db_name}")
    exchange = Path(course.settings.Exchange.get("root", EXCHANGE)) / course.course_id
    if course.course_id and exchange.is_dir():
        inbound = exchange / "inbound"
        names = sorted(os.listdir(inbound)) if os.access(inbound, os.R_OK) else []
        left += [str(inbound / name) for name in names if name.startswith(f"{student}+")]
        left += [str(page) for page in _released(course, student, exchange / "feedback") if page.exists()]
    return left


def _released(course: Course, student: str, folder: Path) -> list[Path]:
    """The pages that `nbgrader release_feedback` may have put into the exchange, under names that tell of nobody."""
    from nbgrader.utils import notebook_hash  # here, for it takes long to import

    pages = (course.directory / "feedback" / student).glob("*/*.html")
    found = ((plain_files.read(page.with_name(SECRET), LONGEST_SECRET), page.stem) for page in pages)
    hashes = (notebook_hash(secret=secret.decode(), notebook_id=name) for secret, name in found if secret)
    return [folder / f"{name}.html" for name in hashes]
