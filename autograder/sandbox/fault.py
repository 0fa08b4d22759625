"""What a call of a student's function comes to: a reply, or a fault of the student's own."""

from dataclasses import dataclass
from typing import Any, Protocol


class StudentFault(Exception):
    """The one exception for what is the student's doing: `diagnosis` is a catalogue name, the text a sentence."""

    def __init__(self, diagnosis: str, message: str):
        super().__init__(message)
        self.diagnosis = diagnosis


def not_defined(name: str) -> StudentFault:
    return StudentFault("not_defined", f"{name} is not defined: keep the function's name as it was given.")


def not_callable(name: str) -> StudentFault:
    return StudentFault("not_callable", f"{name} is not a function.")


def raised(name: str, type_name: str, message: str) -> StudentFault:
    if type_name == "NotImplementedError":  # what stands in a blank that nobody touched
        return StudentFault("not_begun", f"{name} is not begun: its cell still raises NotImplementedError.")
    return StudentFault("raised", f"{name} raised {type_name}: {message}"[:500])


@dataclass(frozen=True)
class Reply:
    """What a call returned, as plain data, and which arguments (by position) the callee reports to have changed."""

    value: Any
    changed: tuple[int, ...] = ()


class Guest(Protocol):
    """Whoever can call a function of the student's notebook: the sandbox, or an author's own kernel."""

    def call(self, name: str, args: tuple) -> Reply: ...

    def calls(self, name: str, many: tuple[tuple, ...]) -> list[Reply | StudentFault]: ...
