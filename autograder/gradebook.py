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

from autograder.course import Course, GradebookError, db_name


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


def backup(course: Course) -> Path | None:
    """A copy of the class's gradebook, taken whole even while others write to it; None where there is nothing to copy.

    PostgreSQL is copied by its own pg_dump, for pg_restore. Without that program, or where it fails, one line on
    standard error says so, and the server's own backups must do.
    """
    url = address(course.db_url, 0)
    return _copied(Path(url.database), course) if url.get_backend_name() == "sqlite" else _dumped(url, course)


def _target(course: Course, suffix: str) -> Path:
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    target = course.directory / "backups" / f"gradebook-{now}{suffix}"
    target.parent.mkdir(parents=True, exist_ok=True)
    return target


def _copied(gradebook: Path, course: Course) -> Path | None:
    if not gradebook.exists():
        return None
    target = _target(course, ".db")
    with closing(sqlite3.connect(gradebook)) as ours, closing(sqlite3.connect(target)) as copy:
        ours.backup(copy)
    return target


def _dumped(url: URL, course: Course) -> Path | None:
    program = shutil.which("pg_dump")
    if program is None:
        return _not_dumped(course, "the program pg_dump is not on PATH")
    target = _target(course, ".dump")
    password = url.password or url.query.get("password")
    query = {key: value for key, value in url.query.items() if key != "password"}
    place = URL.create("postgresql", url.username, None, url.host, url.port, url.database, query).render_as_string()
    secret = {"PGPASSWORD": str(password)} if password else {}  # anybody can read a command line
    command = [program, "--format=custom", f"--file={target}", f"--dbname={place}"]
    done = subprocess.run(command, env=os.environ | secret, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return target
    target.unlink(missing_ok=True)
    return _not_dumped(course, (done.stderr.strip().splitlines() or ["pg_dump failed"])[0])


def _not_dumped(course: Course, why: str) -> None:
    print(f"{course.db_name} is not backed up by this program, only by its server: {why}", file=sys.stderr)
