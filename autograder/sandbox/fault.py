"""What a call of a student's function comes to: a reply, or a fault of the student's own."""

from dataclasses import dataclass
from typing import Any, Protocol

from practice.faults import StudentFault as StudentFault


@dataclass(frozen=True)
class Reply:
    """What a call returned, as plain data, and which arguments (by position) the callee reports to have changed."""

    value: Any
    changed: tuple[int, ...] = ()


class Guest(Protocol):
    """Whoever can call a function of the student's notebook: the sandbox, or an author's own kernel."""

    def call(self, name: str, args: tuple) -> Reply: ...

    def calls(self, name: str, many: tuple[tuple, ...]) -> list[Reply | StudentFault]: ...
