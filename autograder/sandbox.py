"""The submissions behind the walls, each forked from a warm process, and the host's side of talking to them.

It fails closed: where the walls cannot be put up, `Sandbox` raises SandboxUnavailable and nothing is graded.
"""

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from autograder import wire
from autograder.callbacks import Callbacks
from autograder.calls import SandboxGuest
from autograder.memory import uses_more
from autograder.outputs import Allowance
from autograder.pinning import core_of_its_own
from autograder.walls import SandboxUnavailable
from autograder.zygote import Zygote

START_WALL = 60  # seconds from asking for a submission to its walls: the warm process may just have been started


@dataclass(frozen=True)
class Limits:
    """What a submission may use. Seconds are of CPU time (`*_cpu`) or of the clock (`*_wall`); sizes are bytes."""

    cell_cpu: float = 5
    cell_wall: float = 10
    check_cpu: int = 5
    check_wall: float = 15
    start_wall: float = 10  # from asking for a check to its first sign of life
    wall: float = 120  # the whole submission
    CPU: int = 120  # each process
    AS: int = 2 << 30  # address space, each process: one that swells ends before `memory` ends the whole submission
    memory: int = 2 << 30  # resident, the whole tree
    NPROC: int = 64
    FSIZE: int = 32 << 20
    disk: int = 64 << 20


class Died(Exception):
    """The submission's process ended or hung while cell `index` ran; the text is one clause."""

    def __init__(self, index: int, reason: str):
        super().__init__(reason)
        self.index = index


class Sandbox:
    """Submissions behind the walls, each forked from a warm process. A context manager."""

    def __init__(self, allowed: tuple[str, ...] = (), limits: Limits | None = None, *, unsafe_no_sandbox: bool = False,
                 control: socket.socket | None = None):  # fmt: skip
        """`allowed` names the nnlib modules that may be imported; `control` is that of a warm process that was lent.

        Raises SandboxUnavailable.
        """
        self.limits = limits or Limits()
        self._allowed, self._unsafe = allowed, unsafe_no_sandbox
        self._zygote, self._control = None, control
        if control is None:
            self._start()

    def _start(self) -> None:
        """Start a warm process of our own in place of the one there was."""
        self.close()
        self._zygote = Zygote(self._allowed, unsafe_no_sandbox=self._unsafe)
        self._control = self._zygote.control
        try:
            self._zygote.wait()
        except SandboxUnavailable:
            self.close()
            raise

    @contextmanager
    def submission(self, ends: float | None = None) -> Iterator["Submission"]:
        """Fork a submission, on a core of its own; it and all its processes end with the block.

        It has until `ends`, of time.monotonic(), instead of `Limits.wall`.
        """
        with core_of_its_own() as core:
            connection, pidfd = self._forked(core)
            with connection:
                submission = Submission(connection, pidfd, self.limits, ends)
                try:
                    yield submission
                finally:
                    submission.end()

    def _forked(self, core: int | None) -> tuple[socket.socket, int]:
        """(a connection to a new submission, its pidfd), once all its walls stand."""
        try:
            return self._fork(core)
        except wire.Closed:  # the warm process has ended
            self._start()
        try:
            return self._fork(core)
        except wire.Closed as error:
            raise SandboxUnavailable(f"the sandbox could not start a submission: {error}.") from None

    def _fork(self, core: int | None) -> tuple[socket.socket, int]:
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                limits = asdict(self.limits) | {"core": core}
                wire.send(self._control, "submission", "", limits, (theirs.fileno(),))
            return ours, _born(ours)
        except BaseException:
            ours.close()
            raise

    def close(self) -> None:
        """End the warm process and everything that it started, or give back the one that was lent."""
        if self._zygote:
            self._zygote.close()
        elif self._control:
            self._control.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def _born(connection: socket.socket) -> int:
    """The pidfd of the submission forked on this connection. Raises SandboxUnavailable, wire.Closed."""
    deadline = time.monotonic() + START_WALL
    try:
        _, descriptors = wire.receive_with_descriptors(connection, 1, deadline)
        message = wire.receive(connection, deadline)
    except wire.Closed:
        raise
    except wire.WireError as error:
        raise SandboxUnavailable(f"the sandbox could not start a submission: {error}.") from None
    if message.kind != "walls":
        raise SandboxUnavailable(f"the sandbox could not close all its walls: {message.body}.")
    return descriptors[0]


class Submission:
    """One submission behind the walls: run its cells, then call its functions check by check."""

    def __init__(self, connection: socket.socket, pidfd: int, limits: Limits, ends: float | None = None):
        self._connection, self._pidfd, self._limits = connection, pidfd, limits
        self._ends = ends or time.monotonic() + limits.wall
        self._over_memory, self._looked = False, time.monotonic()
        self.gone = ""  # why the submission answers no more

    def run(self, cells: list[dict]) -> list[dict]:
        """Run cells ({"source", "isolated", "state"}) in order; what `Allowance.kept` returns of each. Raises Died."""
        try:
            wire.send(self._connection, "cells", "", cells, deadline=self._ends, tick=self._watch)
        except wire.WireError as error:
            raise Died(0, self._why(error)) from None
        results, allowance = [], Allowance()
        for index in range(len(cells)):
            deadline = min(self._ends, time.monotonic() + self._limits.cell_wall + 3)
            try:
                message = wire.receive(self._connection, deadline, self._watch, most_buffers=0)
                results.append(allowance.kept(message, index))
            except wire.Expired:
                raise Died(index, "it did not end and could not be interrupted") from None
            except wire.WireError as error:
                raise Died(index, self._why(error)) from None
        return results

    @property
    def has_time(self) -> bool:
        """Whether the submission has time left for another check."""
        return time.monotonic() < self._ends

    @contextmanager
    def check(
        self, stand_ins: Mapping[str, Callable] | None = None, wall: float | None = None
    ) -> Iterator[SandboxGuest]:
        """A fork of the notebook's state that answers calls until the block ends, or `wall` seconds have passed.

        In it our `stand_ins` answer, by callback, for the notebook's functions of those names.
        """
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                moved = self._fork(ours, theirs)
            ends = min(time.monotonic() + (wall or self._limits.check_wall), self._ends)
            callbacks = Callbacks(stand_ins)
            yield SandboxGuest(ours, callbacks, self._limits, ends, self.gone, moved, self._watch, self._why)

    def _fork(self, ours: socket.socket, theirs: socket.socket) -> frozenset[str]:
        """Have the submission fork for a check; once it does not, it is `gone` and no later check waits for it.

        Returns the names of its states in which, it says, functions are others than at its end.
        """
        if self.gone:
            return frozenset()
        try:
            wire.send(self._connection, "check", "", None, (theirs.fileno(),))
            theirs.close()
            moved = wire.receive(ours, time.monotonic() + self._limits.start_wall, self._watch).body
        except wire.WireError as error:
            self.gone = self._why(error)
            return frozenset()
        return frozenset(name for name in moved if isinstance(name, str)) if isinstance(moved, list) else frozenset()

    def _watch(self) -> None:
        """Four times a second at most: kill a tree that uses more memory than it may."""
        if time.monotonic() < self._looked + 0.24:
            return
        self._looked = time.monotonic()
        if uses_more(_pid_of(self._pidfd), self._limits.memory):
            self._over_memory = True
            self.kill()

    def _why(self, error: wire.WireError) -> str:
        if self._over_memory:
            return f"it used more than {self._limits.memory >> 20} MB of memory"
        if isinstance(error, wire.Expired):
            return "its process does not react"
        return "its process ended" if isinstance(error, wire.Closed) else f"its reply could not be read ({error})"

    def kill(self) -> None:
        try:
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def end(self) -> None:
        """Kill the namespace's first process, and with it all the others."""
        self.kill()
        os.close(self._pidfd)


def _pid_of(pidfd: int) -> int:
    """The process behind a pidfd, as this process numbers it; -1 when it has ended."""
    text = Path(f"/proc/self/fdinfo/{pidfd}").read_text()
    return next((int(line.split()[1]) for line in text.splitlines() if line.startswith("Pid:")), -1)
