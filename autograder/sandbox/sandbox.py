"""The submissions behind the walls, each forked from a warm process.

It fails closed: where the walls cannot be put up, `Sandbox` raises SandboxUnavailable and nothing is graded.
"""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict

from autograder.sandbox.inside import wire
from autograder.sandbox.limits import Limits
from autograder.sandbox.pinning import core_of_its_own
from autograder.sandbox.session import Session
from autograder.sandbox.walls import SandboxUnavailable
from autograder.sandbox.zygote import Zygote

START_WALL = 60  # seconds from asking for a submission to its walls: the warm process may just have been started


class Sandbox:
    """Submissions behind the walls, each forked from a warm process. A context manager."""

    def __init__(
        self,
        allowed: tuple[str, ...] = (),
        limits: Limits | None = None,
        *,
        cases: Callable[[], str] = str,
        unsafe_no_sandbox: bool = False,
        control: socket.socket | None = None,
    ):
        """`allowed` names the nnlib modules that may be imported, `cases()` is what `practice` knows; `control` is that
        of a warm process that was lent.

        Raises SandboxUnavailable.
        """
        self.limits = limits or Limits()
        self._allowed, self._cases, self._unsafe = allowed, cases, unsafe_no_sandbox
        self._zygote, self._control = None, control
        if control is None:
            self._start()

    def _start(self) -> None:
        """Start a warm process of our own in place of the one there was."""
        self.close()
        self._zygote = Zygote(self._allowed, cases=self._cases(), unsafe_no_sandbox=self._unsafe)
        self._control = self._zygote.control
        try:
            self._zygote.wait()
        except SandboxUnavailable:
            self.close()
            raise

    @contextmanager
    def session(self, ends: float | None = None) -> Iterator[Session]:
        """Fork a submission, on a core of its own; it and all its processes end with the block.

        It has until `ends`, of time.monotonic(), instead of `Limits.wall`.
        """
        with core_of_its_own() as core:
            connection, pidfd = self._forked(core)
            with connection:
                session = Session(connection, pidfd, self.limits, ends)
                try:
                    yield session
                finally:
                    session.end()

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
