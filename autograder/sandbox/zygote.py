"""The warm process behind the walls, as the host sees it: started, lent to other processes, ended.

`inside/` is what runs in it. One is enough for all workers of a machine: it holds no submission's data.
"""

import os
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

import nnlib
from autograder.sandbox import walls
from autograder.sandbox.inside import wire
from autograder.sandbox.walls import SandboxUnavailable

SECONDS = 60  # to be ready


class Zygote:
    """A process that has imported what notebooks import; whoever holds a `control` of it can ask for a fork."""

    def __init__(self, allowed: tuple[str, ...] = (), *, cases: str = "", unsafe_no_sandbox: bool = False):
        """Start it and do not wait; `allowed` names the modules of nnlib that may be imported, `cases` is what
        `practice` knows there (JSON).

        Raises SandboxUnavailable when the walls cannot be put up at all.
        """
        self.control, theirs = socket.socketpair()
        self._errors = tempfile.TemporaryFile()
        with theirs, tempfile.TemporaryFile() as compiled, tempfile.TemporaryFile() as known:
            known.write(cases.encode())
            known.seek(0)
            keep = (theirs.fileno(), known.fileno())
            command = _python(allowed, keep, unsafe_no_sandbox)
            if not unsafe_no_sandbox:
                compiled.write(walls.seccomp_filter())
                compiled.seek(0)
                command = [*walls.command(allowed, compiled.fileno()), *command]
                keep = (*keep, compiled.fileno())
            self._process = subprocess.Popen(
                command,
                pass_fds=keep,
                stdin=subprocess.DEVNULL,
                stderr=self._errors,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )

    def wait(self) -> None:
        """Until it is ready. Raises SandboxUnavailable, which says why it is not."""
        try:
            wire.receive(self.control, time.monotonic() + SECONDS)
        except wire.WireError:
            self._errors.seek(0)
            raise SandboxUnavailable(walls.explain(self._errors.read().decode(errors="replace"))) from None

    def close(self) -> None:
        """End it and everything that it started."""
        self.control.close()
        self._process.kill()
        self._process.wait()
        self._errors.close()

    def __enter__(self) -> "Zygote":
        return self

    def __exit__(self, *_) -> None:
        self.close()


def borrowed(control: socket.socket) -> socket.socket | None:
    """A control of one's own, which works as long as its owner's; None when the warm process has ended already.

    Several processes may ask over one control: a message this small is written, and so read, as a whole.
    """
    ours, theirs = socket.socketpair()
    with theirs:
        try:
            wire.send(control, "lend", "", None, (theirs.fileno(),))
        except wire.Closed:
            ours.close()
            return None
    return ours


def _python(allowed: tuple[str, ...], descriptors: tuple[int, int], unsafe_no_sandbox: bool) -> list[str]:
    modules = tuple(f"nnlib.{name}" for name in ("allow", *allowed))  # imported once, not by every submission
    path = ["/inside", "/site", "/course"]
    if unsafe_no_sandbox:
        path = [str(walls.INSIDE), sysconfig.get_path("purelib"), str(Path(nnlib.__file__).parents[1])]
    entry = f"import sys; sys.path[:0] = {path!r}; import processes; processes.main(*{descriptors!r}, {modules!r})"
    return [os.path.realpath(sys._base_executable), "-I", "-S", "-B", "-c", entry]
