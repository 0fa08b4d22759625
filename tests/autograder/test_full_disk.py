"""A disk without room, and runs that were killed there: nothing half-written is taken for the whole."""

import resource
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from autograder.course.course import Course, NotWritten, SecretError, write_whole
from autograder.gradebook.database import GradebookUnreachable, backup


@contextmanager
def room_for(size):
    """No file can grow beyond `size` bytes: a write then fails in the kernel, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def empty(tmp_path):
    """A class in which nothing was done yet."""
    return Course(tmp_path, tmp_path / "course")


def files(course):
    return sorted(path.name for path in course.directory.rglob("*") if path.is_file())


# the secret


def test_the_secret_is_made_once_for_its_owner(empty):
    assert len(secret := empty.secret()) == 32 and empty.secret() == secret
    assert stat.S_IMODE((empty.directory / "secret").stat().st_mode) == 0o600
    assert files(empty) == ["secret"]


def test_a_full_disk_leaves_no_empty_secret(empty):
    with room_for(10), pytest.raises(SecretError, match="^The class's secret .* cannot be made or read: .*\\.$"):
        empty.secret()
    assert files(empty) == []
    assert len(empty.secret()) == 32


@pytest.mark.parametrize("left", [b"", b"x" * 31, b"x" * 33])
def test_a_secret_that_is_none_is_refused(empty, left):
    empty.directory.mkdir()
    (empty.directory / "secret").write_bytes(left)
    with pytest.raises(SecretError, match=f"has {len(left)} bytes, expected 32") as refused:
        empty.seed("a0", "ff")
    assert "\n" not in str(refused.value)
    assert (empty.directory / "secret").read_bytes() == left


def test_many_at_once_have_one_secret(empty):
    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(lambda _: empty.secret(), range(64)))) == 1
    assert files(empty) == ["secret"]


KILLED = """
import os, sys
from pathlib import Path
from autograder.course.course import Course
os.fsync = lambda file: os._exit(9)
Course(Path("."), Path(sys.argv[1])).secret()
"""


def test_a_run_killed_while_it_wrote_the_secret_left_none(empty, root):
    command = [sys.executable, "-c", KILLED, empty.directory]
    assert subprocess.run(command, cwd=root, check=False).returncode == 9
    assert not (empty.directory / "secret").exists()
    assert len(empty.secret()) == 32


# files


def test_what_there_is_no_room_for_leaves_the_old_file(tmp_path):
    path = write_whole(tmp_path / "ada.json", b"old")
    with room_for(100), pytest.raises(NotWritten, match=r"^.*/ada\.json cannot be written: File too large\. .*\.$"):
        write_whole(path, b"x" * 1000)
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["ada.json"]


def test_where_nothing_can_be_written_it_says_so(tmp_path):
    (tmp_path / "verdicts").write_text("a file, where a folder is wanted")
    with pytest.raises(NotWritten, match="verdicts/ada.json cannot be written: "):
        write_whole(tmp_path / "verdicts" / "ada.json", b"x")
    with pytest.raises(NotWritten, match="ada.json cannot be written: "):
        write_whole(tmp_path / "verdicts" / "a1" / "ada.json", b"x")


# backups


@pytest.mark.parametrize("room", [0, 50_000])
def test_a_backup_without_room_is_one_sentence_and_no_file(course, room):
    assert course.gradebook.stat().st_size > room
    with room_for(room), pytest.raises(GradebookUnreachable) as refused:
        backup(course)
    assert str(course.gradebook) in str(refused.value) and str(refused.value).endswith("run this again.")
    assert "\n" not in str(refused.value)
    assert list((course.directory / "backups").iterdir()) == []
    assert backup(course).stat().st_size == course.gradebook.stat().st_size


def test_a_gradebook_that_is_none_is_one_sentence_and_no_file(course):
    course.gradebook.write_bytes(b"no database " * 1000)
    with pytest.raises(GradebookUnreachable, match="is not a database"):
        backup(course)
    assert list((course.directory / "backups").iterdir()) == []
