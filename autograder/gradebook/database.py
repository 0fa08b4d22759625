"""The gradebook's database: its address, what can go wrong with it in one sentence, and a copy of it before a run."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

from autograder.course.course import Course, GradebookError, db_name


class GradebookBusy(GradebookError):
    """Another program kept the gradebook locked. What was judged is on disk: the next run records it."""


class GradebookUnreachable(GradebookError):
    """There is no database at the gradebook's address, or none that can be used."""


def address(db_url: str, wait: float) -> URL:
    """A gradebook's address; an SQLite file then waits up to `wait` seconds while another program writes to it."""
    try:
        url = make_url(db_url)
    except (ArgumentError, ValueError):  # not shown: there may be a password in it
        raise GradebookUnreachable(
            "The gradebook's address cannot be read: c.CourseDirectory.db_url in nbgrader_config.py must look like "
            "postgresql://user@host/database or sqlite:////folder/gradebook.db."
        ) from None
    return url.update_query_dict({"timeout": f"{wait:g}"}) if url.get_backend_name() == "sqlite" else url


@contextmanager
def private(url: URL) -> Iterator[None]:
    """An SQLite file that is made meanwhile is for its owner only; one that was there keeps its mode."""
    file = Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None
    new = file is not None and not file.exists()
    yield
    if new and file.exists():
        file.chmod(0o600)


def exists(db_url: str) -> bool:
    """Whether there is a database already; True for a server, which must be asked."""
    url = address(db_url, 0)
    return url.get_backend_name() != "sqlite" or Path(url.database).exists()


@contextmanager
def opening(url: URL) -> Iterator[None]:
    """Whatever keeps a gradebook from being opened becomes GradebookBusy or GradebookUnreachable."""
    try:
        with using(url):
            yield
    except DatabaseError as error:
        raise _unreachable(str(error.orig), url) from None
    except ArgumentError as error:  # no such kind of database
        raise _unreachable(str(error), url) from None
    except ModuleNotFoundError as error:
        raise _unreachable(f"{error}, which pip install 'psycopg[binary]' would bring", url) from None


@contextmanager
def using(url: URL) -> Iterator[None]:
    """A lock that is not released becomes GradebookBusy, a lost connection GradebookUnreachable."""
    try:
        yield
    except OperationalError as error:
        if "database is locked" not in str(error.orig):
            raise _unreachable(str(error.orig), url) from None
        raise GradebookBusy(
            f"The gradebook {_name(url)} is locked: another program, Formgrader perhaps, has been writing to it for "
            f"{url.query['timeout']} s. Close it and run this again: what was judged is kept, and is recorded then."
        ) from None


def _name(url: URL) -> str:
    return db_name(url.render_as_string(hide_password=False))


def _unreachable(reason: str, url: URL) -> GradebookUnreachable:
    reason = (reason.strip().splitlines() or ["it gives no reason"])[0].rstrip(".")
    if password := url.password or url.query.get("password"):
        reason = reason.replace(str(password), "***")
    return GradebookUnreachable(
        f"The gradebook {_name(url)} cannot be used: {reason}. See c.CourseDirectory.db_url in nbgrader_config.py."
    )


def compact(course: Course) -> bool:
    """Write an SQLite gradebook anew, without what was deleted from it; False where that cannot be done."""
    url = address(course.db_url, 0)
    if url.get_backend_name() != "sqlite" or not Path(url.database).exists():
        return True  # a server sees to that itself
    try:
        with closing(sqlite3.connect(url.database, timeout=10)) as database:
            database.execute("VACUUM")
    except sqlite3.Error:
        return False
    return True


def backup(course: Course) -> Path | None:
    """A copy of the class's gradebook, taken whole even while others write to it; None where there is nothing to copy.

    PostgreSQL is copied by its own pg_dump, for pg_restore. Without that program, or where it fails, one line on
    standard error says so, and the server's own backups must do. Raises GradebookUnreachable where an SQLite file
    cannot be copied, for want of room perhaps: then nothing half-copied is left.
    """
    url = address(course.db_url, 0)
    return _copied(Path(url.database), course) if url.get_backend_name() == "sqlite" else _dumped(url, course)


def _target(course: Course, suffix: str) -> Path:
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    return course.directory / "backups" / f"gradebook-{now}{suffix}"


def _copied(gradebook: Path, course: Course) -> Path | None:
    if not gradebook.exists():
        return None
    target = _target(course, ".db")
    try:
        with _part(target) as part, closing(sqlite3.connect(gradebook)) as ours, closing(sqlite3.connect(part)) as copy:
            ours.backup(copy)
    except (sqlite3.Error, OSError) as error:
        raise GradebookUnreachable(
            f"The gradebook {gradebook} cannot be copied to {target.parent} before it is written to: {error}. Put that "
            "right and run this again."
        ) from None
    return target


@contextmanager
def _part(target: Path) -> Iterator[Path]:
    """An empty file that only its owner may read; what is written to it becomes `target`, or goes with an error."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield part
        os.replace(part, target)
    finally:
        for left in (part, part.with_name(f"{part.name}-journal")):
            left.unlink(missing_ok=True)


def _dumped(url: URL, course: Course) -> Path | None:
    program = shutil.which("pg_dump")
    if program is None:
        return _not_dumped(course, "the program pg_dump is not on PATH")
    target = _target(course, ".dump")
    password = url.password or url.query.get("password")
    query = {key: value for key, value in url.query.items() if key != "password"}
    place = URL.create("postgresql", url.username, None, url.host, url.port, url.database, query).render_as_string()
    secret = {"PGPASSWORD": str(password)} if password else {}  # anybody can read a command line
    command = [program, "--format=custom", f"--dbname={place}"]
    try:
        with _part(target) as part:
            command.append(f"--file={part}")
            subprocess.run(command, env=os.environ | secret, capture_output=True, text=True, check=True)
    except subprocess.CalledProcessError as error:
        return _not_dumped(course, (error.stderr.strip().splitlines() or ["pg_dump failed"])[0])
    except OSError as error:
        return _not_dumped(course, str(error))
    return target


def _not_dumped(course: Course, why: str) -> None:
    print(f"{course.db_name} is not backed up by this program, only by its server: {why}", file=sys.stderr)
