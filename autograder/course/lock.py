"""Who may write a class's marks: one process at a time, for as long as it lives."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from autograder.course.course import Course, GradebookError, NoClass, denied

PATIENCE = 60.0  # seconds that one submission, graded through nbgrader, waits for its turn


class GradedElsewhere(GradebookError):
    """Another process grades this class; the text is one sentence."""


@contextmanager
def held(course: Course, wait: float = 0.0) -> Iterator[None]:
    """The class is ours alone until the block ends.

    Raises GradedElsewhere after `wait` seconds, and NoClass where, then or later, a file is another account's.

    The kernel lets go of a lock when its process ends, however that ends: no killed run leaves one behind.
    """
    deadline = time.monotonic() + wait
    try:
        with open(course.directory / ".grading", "w") as file:
            while not _locked(file):
                if time.monotonic() >= deadline:
                    raise GradedElsewhere(
                        f"somebody else is grading the class {course.directory}: run this again when they are done."
                    )
                time.sleep(0.05)
            yield
    except PermissionError as error:
        raise NoClass(denied(error)) from None


def _locked(file: TextIO) -> bool:
    import fcntl  # here, for Windows has none, and is told elsewhere that grading needs Linux

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
