"""Calls of a fork of a submission: what comes back is no more than data, and anything else is the student's fault."""

import secrets
import socket
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from autograder import wire
from autograder.callbacks import Callbacks
from autograder.judgement import Reply, StudentFault, not_callable, not_defined, raised

if TYPE_CHECKING:
    from autograder.sandbox import Limits

MOST_ARGUMENTS = 16


class SandboxGuest:
    """Calls functions of one fork of a submission; a reply malformed, late or unasked is the student's fault."""

    def __init__(self, connection: socket.socket, callbacks: Callbacks, limits: "Limits", ends: float, gone: str,
                 moved: frozenset[str], watch, why):  # fmt: skip
        self._connection, self._callbacks, self._limits = connection, callbacks, limits
        self._ends, self._gone, self._watch, self._why = ends, gone, watch, why
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
        return _reply(name, self._asked("call", name, args))

    def calls(self, name: str, many: tuple[tuple, ...]) -> list[Reply | StudentFault]:
        """What `name(*args)` returns for each `args` of `many`, called in this order and asked for in one message.

        Raises StudentFault where nothing is learned of any.
        """
        match self._asked("calls", name, many):
            case wire.Message("answers", _, list(answers)) if len(answers) == len(many):
                return [_one_of_many(name, answer) for answer in answers]
        raise _unreadable(name)

    def _asked(self, kind: str, name: str, args: tuple) -> wire.Message:
        """What comes back for a request. Raises StudentFault."""
        if self._gone:
            raise StudentFault("died", f"{name} could not be called: {self._gone}.")
        nonce = secrets.token_hex(16)
        request = {"name": name, "args": self._callbacks.lend(name, args), "state": self.state,
                   "stand_ins": self._callbacks.stand_ins}  # fmt: skip
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
        return wire.send(self._connection, kind, nonce, body, deadline=self._ends, tick=self._watch)

    def _receive(self, name: str, nonce: str) -> wire.Message:
        message = wire.receive(self._connection, self._ends, self._watch)
        if message.nonce != nonce:
            raise StudentFault("died", f"{name} gave a reply that was not asked for.")
        return message

    def _fault(self, name: str, error: wire.WireError) -> StudentFault:
        late = time.monotonic() - self._started > self._limits.check_cpu - 0.5
        if isinstance(error, wire.Expired):
            self.stalled = True
            return StudentFault("timed_out", f"{name} did not return within {self._limits.check_wall:g} seconds.")
        if isinstance(error, wire.Closed) and late:
            return StudentFault(
                "timed_out", f"{name} did not return within {self._limits.check_cpu} seconds of computing."
            )
        return StudentFault("died", f"{name} gave no usable answer: {self._why(error)}.")


def _one_of_many(name: str, answer: Any) -> Reply | StudentFault:
    try:
        match answer:
            case (str(kind), body):
                return _reply(name, wire.Message(kind, "", body))
    except StudentFault as fault:
        return fault
    return _unreadable(name)


def _reply(name: str, message: wire.Message) -> Reply:
    match message.kind, message.body:  # str(…): an array compares with a text entry by entry
        case "value", {"value": value, "changed": list(changed)} if all(map(_is_position, changed)):
            return Reply(value, tuple(sorted(set(changed))))
        case "fault", {"fault": str("not_defined")}:
            raise not_defined(name)
        case "fault", {"fault": str("not_callable")}:
            raise not_callable(name)
        case "fault", {"fault": str("raised"), "type": str(kind), "message": str(text)}:
            raise raised(name, kind, text)
    raise _unreadable(name)


def _unreadable(name: str) -> StudentFault:
    return StudentFault("died", f"{name} gave a reply that could not be read.")


def _is_position(value: Any) -> bool:
    return type(value) is int and 0 <= value < MOST_ARGUMENTS
