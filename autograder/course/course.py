"""Where a course keeps its files: the source notebooks, and the running class beside them."""

import errno
import hashlib
import hmac
import os
import secrets
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from traitlets.config import Config

from autograder.course.settings import settings

SECRET_BYTES = 32


class GradebookError(Exception):
    """The gradebook cannot be used; the text is one sentence."""


class SecretError(GradebookError):
    """The class's secret cannot be used, and so nothing can be judged or recorded."""


class NotWritten(GradebookError):
    """A file of the class cannot be written: no room, or no right to."""


class NoClass(GradebookError):
    """There is no such folder, or this account has no right to it; the text is one sentence."""


@dataclass(frozen=True)
class Course:
    """`root` holds assignments/; `directory` is a class: release, submitted, autograded, feedback, gradebook.

    `given` is nbgrader's configuration where nbgrader has read it already; otherwise it is read when it is asked for.
    """

    root: Path
    directory: Path
    given: Config | None = field(default=None, compare=False, repr=False)  # may hold a password

    @classmethod
    def here(cls, directory: str | Path | None = None) -> "Course":
        """The course of the working directory; the class is `directory`, else $AUTOGRADER_COURSE, else course/."""
        root = Path.cwd()
        return cls(root, (root / (directory or os.environ.get("AUTOGRADER_COURSE") or "course")).absolute())

    def make(self) -> None:
        """Make the class's folder, where there is none, for this account alone: students may have one here, too.

        Raises NotWritten.
        """
        try:
            for folder in reversed([self.directory, *self.directory.parents]):
                if not folder.is_dir():
                    folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise NotWritten(f"The class's folder {self.directory} cannot be made: {error.strerror}.") from None

    def require(self) -> None:
        """Raise NoClass where there is no such folder, or none that this account may read."""
        try:
            os.listdir(self.directory)
        except PermissionError as error:
            raise NoClass(denied(error)) from None
        except OSError:
            raise NoClass(
                f"There is no class {self.directory}: `autograder release` makes it, --course or $AUTOGRADER_COURSE "
                "names another."
            ) from None

    def open_to_others(self) -> bool:
        """Whether other accounts of this machine can look into the class's folder, through those above it."""
        if not hasattr(os, "getuid") or not self.directory.is_dir():  # Windows has other rights than these
            return False
        above = [folder.stat().st_mode for folder in self.directory.parents]
        return any(
            self.directory.stat().st_mode & 7 * whose and all(mode & whose for mode in above)
            for whose in (stat.S_IXGRP, stat.S_IXOTH)
        )

    @property
    def course_id(self) -> str:
        """nbgrader's name of the course, in its exchange and its gradebook; "" where nbgrader_config.py gives none."""
        return str(self.settings.CourseDirectory.get("course_id", "")).strip()

    @property
    def sources(self) -> Path:
        return self.root / "assignments"

    def assignments(self) -> list[str]:
        """Those that have a source notebook, sorted."""
        return sorted(path.stem for path in self.sources.glob("*/*.ipynb") if path.stem == path.parent.name)

    def source(self, assignment: str) -> Path:
        """The source notebook of an assignment (one notebook an assignment, of the same name)."""
        return self.sources / assignment / f"{assignment}.ipynb"

    def submission(self, assignment: str, student: str) -> Path:
        return self.directory / "submitted" / student / assignment / f"{assignment}.ipynb"

    def autograded(self, assignment: str, student: str) -> Path:
        return self.directory / "autograded" / student / assignment / f"{assignment}.ipynb"

    def feedback(self, assignment: str, student: str) -> Path:
        return self.directory / "feedback" / student / assignment / f"{assignment}.html"

    def verdict(self, assignment: str, student: str) -> Path:
        return self.directory / "verdicts" / assignment / f"{student}.json"

    def handed_in(self, assignment: str, student: str) -> Path:
        """The class's note of when a submission was handed in: not among the files that the student hands in."""
        return self.directory / "handed_in" / assignment / f"{student}.txt"

    def students(self, assignment: str) -> list[str]:
        """Those who handed in this assignment, sorted; a folder whose name starts with a dot is no student's."""
        found = (self.directory / "submitted").glob(f"*/{assignment}")
        return sorted(path.parent.name for path in found if path.is_dir() and not path.parent.name.startswith("."))

    @property
    def gradebook(self) -> Path:
        """Where the gradebook is, unless nbgrader_config.py names another: `db_url` is what counts."""
        return self.directory / "gradebook.db"

    @cached_property
    def settings(self) -> Config:
        """nbgrader's configuration of this course; copy it before changing it. Raises SettingsError."""
        return self.given or settings(self)

    @property
    def db_url(self) -> str:
        """The gradebook's address for SQLAlchemy, passwords and all: print `db_name` instead."""
        return self.settings.CourseDirectory.db_url

    @property
    def db_name(self) -> str:
        """The gradebook in words: the file of an SQLite database, the address without its password of another."""
        return db_name(self.db_url)

    def secret(self) -> bytes:
        """The class's secret, from which hidden data is drawn; made on first use, readable by its owner only.

        Raises SecretError.
        """
        path = self.directory / "secret"
        try:
            if not path.exists():
                self.make()
                _make_secret(path)
            secret = path.read_bytes()
        except OSError as error:
            raise SecretError(f"The class's secret {path} cannot be made or read: {error.strerror}.") from error
        if len(secret) != SECRET_BYTES:  # of a known secret, anybody can compute the hidden data
            raise SecretError(
                f"The class's secret {path} has {len(secret)} bytes, expected {SECRET_BYTES}: put the file back from a "
                "backup, or delete it, and everybody is judged again with a new one."
            )
        return secret

    def seed(self, assignment: str, submission: str) -> bytes:
        """The seed of the hidden data for one submission, given by its hash."""
        return hmac.digest(self.secret(), f"{assignment} {submission}".encode(), hashlib.sha256)

    def configure(self, config: Config) -> Config:
        """Point nbgrader at this course's directories, and at the gradebook there if `config` names none."""
        config.CourseDirectory.root = str(self.root)
        config.CourseDirectory.source_directory = str(self.sources)
        config.CourseDirectory.release_directory = str(self.directory / "release")
        config.CourseDirectory.submitted_directory = str(self.directory / "submitted")
        config.CourseDirectory.autograded_directory = str(self.directory / "autograded")
        config.CourseDirectory.feedback_directory = str(self.directory / "feedback")
        config.CourseDirectory.setdefault("db_url", f"sqlite:///{self.gradebook}")
        return config


def _make_secret(path: Path) -> None:
    """A new secret, whole or not there; another process's, if that one was first."""
    descriptor, part = tempfile.mkstemp(prefix=".secret.", dir=path.parent)  # for its owner only
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(SECRET_BYTES))
            file.flush()
            os.fsync(file.fileno())
        os.link(part, path)  # unlike a rename, never over a secret that is there
    except FileExistsError:
        pass
    finally:
        os.unlink(part)


def db_name(db_url: str) -> str:
    """A database's address as it can be printed: an SQLite file's path, otherwise the address without passwords."""
    if db_url.startswith("sqlite:///"):
        return db_url.removeprefix("sqlite:///").partition("?")[0]
    from sqlalchemy.engine import make_url  # here, for few commands need it

    return make_url(db_url).set(query={}).render_as_string(hide_password=True)


def denied(error: OSError) -> str:
    """In one sentence, why the system refused a file of a class: it is another account's, or cannot be written."""
    place = Path(error.filename or ".").absolute()
    if error.errno != errno.EROFS and (whose := _owner(place)) != os.geteuid():
        return (
            f"{place} belongs to {_account(whose)}, and this is {_account(os.geteuid())}: a class is graded by one "
            "account; run this as that one."
        )
    return f"{place} cannot be read or written: {error.strerror}; put that right, and run this again."


def _owner(path: Path) -> int:
    """The account that owns a file, or the nearest folder above it that can be asked."""
    for place in (path, *path.parents):
        with suppress(OSError):
            return place.stat().st_uid
    return os.geteuid()


def _account(number: int) -> str:
    import pwd  # here, for Windows has none

    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"account {number}"


def write_whole(path: Path, data: bytes, mode: int = 0o666, lasting: bool = True) -> Path:
    """Write a file so that a reader sees the old one or the new one and never half of one.

    So does whoever comes after a power failure, unless `lasting` is False: for what can be made again, in less time.
    Raises NotWritten; the old file is then as it was.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
            file.write(data)
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise NotWritten(
            f"{path} cannot be written: {error.strerror}. What was judged before is kept; put that right, and run this "
            "again."
        ) from None
    return path
