"""One submission behind the walls: its cells are run in it, and forks of it answer calls."""

import os
import secrets
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from autograder.sandbox.callbacks import Callbacks
from autograder.sandbox.fault import Reply, StudentFault
from autograder.sandbox.inside import wire
from autograder.sandbox.limits import Limits
from autograder.sandbox.memory import uses_more
from autograder.sandbox.outputs import Allowance
from autograder.sandbox.replies import one_of_many, reply, unreadable


class Died(Exception):
    """The submission's process ended or hung while cell `index` ran; the text is one clause."""

    def __init__(self, index: int, reason: str):
        super().__init__(reason)
        self.index = index


class Session:
    """One submission behind the walls: run its cells, then call its functions in forks of it."""

    def __init__(self, connection: socket.socket, pidfd: int, limits: Limits, ends: float | None = None):
        self._connection, self._pidfd, self.limits = connection, pidfd, limits
        self._ends = ends or time.monotonic() + limits.wall
        self._over_memory, self._looked = False, time.monotonic()
        self.gone = ""  # why the submission answers no more

    def run(self, cells: list[dict]) -> list[dict]:
        """Run cells ({"source", "isolated", "state"}) in order; what `Allowance.kept` returns of each. Raises Died."""
        try:
            wire.send(self._connection, "cells", "", cells, deadline=self._ends, tick=self.watch)
        except wire.WireError as error:
            raise Died(0, self.why(error)) from None
        results, allowance = [], Allowance()
        for index in range(len(cells)):
            deadline = min(self._ends, time.monotonic() + self.limits.cell_wall + 3)
            message = None
            try:
                message = wire.receive(self._connection, deadline, self.watch, most_buffers=0)
                results.append(allowance.kept(message, index))
            except wire.Expired:
                raise Died(index, "it did not end and could not be interrupted") from None
            except wire.WireError as error:
                raise Died(_sender(message, index), self.why(error)) from None
        return results

    @property
    def has_time(self) -> bool:
        """Whether the submission has time left for another check."""
        return time.monotonic() < self._ends

    @property
    def answers(self) -> bool:
        """Whether another fork of it can be asked."""
        return self.has_time and not self.gone

    @contextmanager
    def fork(self, stand_ins: Mapping[str, Callable] | None = None, wall: float | None = None) -> Iterator["Fork"]:
        """A fork of the notebook's state that answers calls until the block ends, or `wall` seconds have passed.

        In it our `stand_ins` answer, by callback, for the notebook's functions of those names.
        """
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                moved = self._forked(ours, theirs)
            ends = min(time.monotonic() + (wall or self.limits.check_wall), self._ends)
            callbacks = Callbacks(stand_ins)
            yield Fork(self, ours, callbacks, ends, moved)

    def _forked(self, ours: socket.socket, theirs: socket.socket) -> frozenset[str]:
        """Have the submission fork for a check; once it does not, it is `gone` and no later check waits for it.

        Returns the names of its states in which, it says, functions are others than at its end.
        """
        if self.gone:
            return frozenset()
        try:
            wire.send(self._connection, "check", "", None, (theirs.fileno(),))
            theirs.close()
            moved = wire.receive(ours, time.monotonic() + self.limits.start_wall, self.watch).body
        except wire.WireError as error:
            self.gone = self.why(error)
            return frozenset()
        return frozenset(name for name in moved if isinstance(name, str)) if isinstance(moved, list) else frozenset()

    def watch(self) -> None:
        """Four times a second at most: kill a tree that uses more memory than it may."""
        if time.monotonic() < self._looked + 0.24:
            return
        self._looked = time.monotonic()
        if uses_more(_pid_of(self._pidfd), self.limits.memory):
            self._over_memory = True
            self.kill()

    def why(self, error: wire.WireError) -> str:
        if self._over_memory:
            return f"it used more than {self.limits.memory >> 20} MB of memory"
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


class Fork:
    """Calls functions of one fork of a submission; a reply malformed, late or unasked is the student's fault."""

    def __init__(
        self, session: Session, connection: socket.socket, callbacks: Callbacks, ends: float, moved: frozenset[str]
    ):
        self._session, self._connection, self._callbacks, self._ends = session, connection, callbacks, ends
        self._started = time.monotonic()
        self.moved = moved  # the states in which, the notebook says, functions are others than at its end
        self.state = ""  # that in which functions are called: after the test cell of a blank of this name, or the last
        self.stalled = False  # out of time by the clock, not by computing: perhaps the machine was busy

    @property
    def shifted(self) -> Mapping[str, int]:
        """How often each stand-in was called as numerical derivatives call a function."""
        return self._callbacks.shifted

    def call(self, name: str, args: tuple) -> Reply:
        """What `name(*args)` returns in the notebook; functions among `args` are answered here. Raises StudentFault."""
        return reply(name, self._asked("call", name, args))

    def calls(self, name: str, many: tuple[tuple, ...]) -> list[Reply | StudentFault]:
        """What `name(*args)` returns for each `args` of `many`, called in this order and asked for in one message.

        Raises StudentFault where nothing is learned of any.
        """
        match self._asked("calls", name, many):
            case wire.Message("answers", _, list(answers)) if len(answers) == len(many):
                return [one_of_many(name, answer) for answer in answers]
        raise unreadable(name)

    def _asked(self, kind: str, name: str, args: tuple) -> wire.Message:
        """What comes back for a request. Raises StudentFault."""
        if self._session.gone:
            raise StudentFault("died", f"{name} could not be called: {self._session.gone}.")
        nonce = secrets.token_hex(16)
        request = {
            "name": name,
            "args": self._callbacks.lend(name, args),
            "state": self.state,
            "stand_ins": self._callbacks.stand_ins,
        }
        try:
            self._send(kind, nonce, request)
            while (message := self._receive(name, nonce)).kind == "callback":
                self._callbacks.spend(message.size)
                answered, value = self._callbacks.answer(message.body)
                self._callbacks.spend(self._send(answered, nonce, value))
        except wire.WireError as error:
            raise self._fault(name, error) from None
        return message

    def _send(self, kind: str, nonce: str, body: Any) -> int:
        return wire.send(self._connection, kind, nonce, body, deadline=self._ends, tick=self._session.watch)

    def _receive(self, name: str, nonce: str) -> wire.Message:
        message = wire.receive(self._connection, self._ends, self._session.watch)
        if message.nonce != nonce:
            raise StudentFault("died", f"{name} gave a reply that was not asked for.")
        return message

    def _fault(self, name: str, error: wire.WireError) -> StudentFault:
        late = time.monotonic() - self._started > self._session.limits.check_cpu - 0.5
        if isinstance(error, wire.Expired):
            self.stalled = True
            return StudentFault(
                "timed_out", f"{name} did not return within {self._session.limits.check_wall:g} seconds."
            )
        if isinstance(error, wire.Closed) and late:
            return StudentFault(
                "timed_out", f"{name} did not return within {self._session.limits.check_cpu} seconds of computing."
            )
        return StudentFault("died", f"{name} gave no usable answer: {self._session.why(error)}.")


def _sender(message: wire.Message | None, index: int) -> int:
    """The cell to blame for a message that is not that of cell `index`: one that answers again has forked."""
    numbers = {str(number): number for number in range(index)}
    return numbers.get(message.nonce, index) if message else index


def _pid_of(pidfd: int) -> int:
    """The process behind a pidfd, as this process numbers it; -1 when it has ended."""
    text = Path(f"/proc/self/fdinfo/{pidfd}").read_text()
    return next((int(line.split()[1]) for line in text.splitlines() if line.startswith("Pid:")), -1)
