"""Commands in a copy of this process, which has imported what they need: to start one anew takes seconds."""

import os
import pty
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from nbgrader.apps.nbgraderapp import NbGraderApp

from autograder import worker


def nbgrader(home: Path, *arguments: str) -> subprocess.CompletedProcess:
    """`nbgrader …` in the course at `home`."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:

        def command() -> None:
            for number, file in ((1, out), (2, err)):
                os.dup2(file.fileno(), number)
            NbGraderApp.launch_instance([*arguments])

        child = _forked(command, home)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        said = [file.seek(0) or file.read() for file in (out, err)]
    return subprocess.CompletedProcess(arguments, code, *said)


def at_a_terminal(run: Callable[[], object], home: Path, answer: bytes) -> tuple[int, bytes]:
    """(exit code, what is shown) of `run()`, begun in `home` at a terminal where `answer` is typed."""
    ours, theirs = pty.openpty()
    os.write(ours, answer)

    def typed() -> None:
        for number in (0, 1, 2):
            os.dup2(theirs, number)
        run()

    child = _forked(typed, home)
    os.close(theirs)
    shown = b""
    with suppress(OSError), closing(os.fdopen(ours, "rb", 0)) as screen:  # an error tells that nobody writes any more
        while more := screen.read(1000):
            shown += more
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shown


def _forked(run: Callable[[], object], home: Path) -> int:
    """The number of a process that runs `run`, and ends with the exit code that a command would."""
    worker.dismiss()  # else both would speak to one warm process
    if child := os.fork():
        return child
    code = 1
    try:
        os.chdir(home)
        sys.path.insert(0, str(home))
        sys.stdin, sys.stdout, sys.stderr = (
            open(0, closefd=False),
            open(1, "w", closefd=False),
            open(2, "w", closefd=False),
        )
        run()
        code = 0
    except SystemExit as ended:
        code = ended.code or 0
    except BaseException:
        traceback.print_exc()
    finally:
        worker.dismiss()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
