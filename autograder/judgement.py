"""What a check is declared with, what it can say of a student, and the checks of an assignment.

`blank.Blank` is what a check is given, and examines with.
"""

import importlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol

from autograder.comparison import EXACT as EXACT  # checks find these here
from autograder.comparison import describe as describe
from autograder.comparison import numeric as numeric

if TYPE_CHECKING:
    from autograder.blank import Blank


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


@dataclass(frozen=True)
class Check:
    """A check: its name is the blank's grade_id, its docstring the title, its weights split the points.

    `needs` maps the blanks that this one may call to functions of ours that answer like them; `by` are the usual forms
    of the reference in terms of those.
    """

    name: str
    title: str
    weights: Mapping[str, float]
    examine: Callable[["Blank"], None]
    needs: Mapping[str, Callable] = field(default_factory=dict)
    by: tuple[Callable, ...] = ()

    def share(self, properties: Iterable[str]) -> float:
        """The share of the points that these properties give."""
        return sum(self.weights[name] for name in properties)


def check(
    weights: Mapping[str, float], needs: Mapping[str, Callable] | None = None, by: Iterable[Callable] = ()
) -> Callable[[Callable], Check]:
    """Declare a function as a check. `weights` maps each property examined to its share of the points (sum 1).

    `needs` names prerequisites: {blank: a right function with the parameters of its statement}. Never name a blank that
    computes what this one must compute. `by` are then the usual forms of the reference, with the parameters of this
    blank's statement and one for each prerequisite, by its name; the check asks for `blank.want(*args)`. A blank that
    fails while a prerequisite fails, too, is judged with the right ones in place of the wrong ones, if its first values
    are what one of the forms gives with the student's own.
    """
    if abs(sum(weights.values()) - 1) > 1e-12:
        raise ValueError(f"the weights of a check sum to {sum(weights.values())}, expected 1: {dict(weights)}")
    if bool(needs) != bool(by := tuple(by)):
        raise ValueError("a check that `needs` others gives `by`, the reference in terms of them, and no other does")
    return lambda f: Check(f.__name__, (f.__doc__ or "").strip(), weights, f, needs or {}, by)


class ChecksError(LookupError):
    """An assignment has no checks, or none that can be used; the text is one sentence."""


def checks_of(assignment: str) -> dict[str, Check]:
    """The checks of an assignment by name, each after those it needs.

    Raises ChecksError; they may not need what is no blank, or each other.
    """
    checks = {name: value for name, value in vars(_module(assignment)).items() if isinstance(value, Check)}
    for name, made in checks.items():
        if unknown := sorted(made.needs.keys() - checks.keys()):
            raise ChecksError(f"in {assignment}, {name} needs {', '.join(unknown)}: expected names of blanks.")
    try:
        order = [*TopologicalSorter({name: made.needs for name, made in checks.items()}).static_order()]
    except CycleError as error:
        circle = " → ".join(error.args[1])
        raise ChecksError(f"in {assignment}, blanks need each other in a circle: {circle}.") from None
    return {name: checks[name] for name in order}


def allowed_modules(assignment: str) -> tuple[str, ...]:
    """The modules of nnlib that the assignment may import (ALLOWED in its checks). Raises ChecksError."""
    allowed = getattr(_module(assignment), "ALLOWED", None)
    if not isinstance(allowed, tuple) or not all(isinstance(name, str) for name in allowed):
        raise ChecksError(f"the checks of {assignment} lack ALLOWED: name the modules of nnlib it may import, or ().")
    return allowed


def _module(assignment: str) -> ModuleType:
    name = f"autograder.checks.{assignment.replace('-', '_')}"
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise ChecksError(f"the checks of {assignment} cannot be used: {error}.") from error
        raise ChecksError(f"there are no checks for the assignment {assignment!r}.") from None
    except Exception as error:  # the module is a program
        raise ChecksError(f"the checks of {assignment} cannot be used: {type(error).__name__}: {error}.") from error
