"""Another program holds the gradebook's lock, as Formgrader does while it saves a mark: a real second process."""

import subprocess
import sys

import pytest

from autograder.course.verdict import PASSED, BlankVerdict, Verdict
from autograder.gradebook.database import GradebookBusy
from autograder.gradebook.record import marks, open_gradebook, record

ASSIGNMENT = "a0-small"
BLANKS = tuple(BlankVerdict(name, 2.0, PASSED, 2.0) for name in ("one", "two", "three"))
ADA, BOB = (Verdict(ASSIGNMENT, name, "0" * 64, BLANKS) for name in ("ada", "bob"))
HOLDER = """
import sqlite3, sys, time
gradebook = sqlite3.connect(sys.argv[1], isolation_level=None)
gradebook.execute(sys.argv[2])
print("held", flush=True)
time.sleep(float(sys.argv[3]))
gradebook.execute("COMMIT")
"""


@pytest.fixture
def holder(course):
    """Starts a process that takes the lock, and returns once it has it."""
    started = []

    def start(seconds, lock="BEGIN IMMEDIATE"):
        command = [sys.executable, "-c", HOLDER, course.gradebook, lock, str(seconds)]
        started.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        assert started[-1].stdout.readline() == "held\n"
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("lock", ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"])
def test_recording_waits_until_the_lock_is_let_go(course, holder, lock):
    with open_gradebook(course.db_url) as gradebook:
        process = holder(0.7, lock)
        assert record(gradebook, ADA)
        process.wait()
        assert record(gradebook, BOB)
    assert {mark.student for mark in marks(course.db_url, ASSIGNMENT)} == {"ada", "bob"}


def test_a_lock_never_let_go_ends_in_one_sentence_and_the_next_run_records(course, holder):
    with open_gradebook(course.db_url, wait=0.3) as gradebook:
        assert record(gradebook, ADA)
        process = holder(600)
        for verdict in (BOB, BOB):
            with pytest.raises(GradebookBusy) as error:
                record(gradebook, verdict)
        assert str(error.value) == (
            f"The gradebook {course.gradebook} is locked: another program, Formgrader perhaps, has been writing to it "
            "for 0.3 s. Close it and run this again: what was judged is kept, and is recorded then."
        )
        process.kill()
        process.wait()
        assert record(gradebook, BOB)  # the same connection is of use again
    assert {mark.student: mark.auto for mark in marks(course.db_url, ASSIGNMENT)}.keys() == {"ada", "bob"}


def test_what_is_unchanged_needs_no_lock(course, holder):
    with open_gradebook(course.db_url, wait=0.3) as gradebook:
        record(gradebook, ADA)
        holder(600)
        assert not record(gradebook, ADA)
    assert len(marks(course.db_url, ASSIGNMENT)) == 4


def test_a_gradebook_locked_to_readers_is_not_opened(course, holder):
    holder(600, "BEGIN EXCLUSIVE")
    with pytest.raises(GradebookBusy, match="0.2 s"), open_gradebook(course.db_url, wait=0.2):
        pass
