"""The hidden line of a source notebook, run in its author's kernel: the same checks on the functions defined there."""

import copy
import os
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from autograder.course.course import Course
from autograder.course.verdict import FAILED
from autograder.judging.assignment import load_assignment
from autograder.judging.blank import verdict_on
from autograder.judging.check_modules import checks_of, use_checks
from autograder.sandbox.callbacks import Callbacks
from autograder.sandbox.fault import Reply, StudentFault
from autograder.sandbox.inside import wire
from practice.faults import not_callable, not_defined, raised
from practice.values import changed, plain


class CheckFailed(AssertionError):
    """A check found something; the text is its findings."""


def check_in_kernel(name: str, namespace: dict) -> None:
    """Run the check "<assignment>.<blank>" on `namespace`; print one line when it passes, else raise CheckFailed."""
    if os.environ.get("NBGRADER_EXECUTION"):
        raise RuntimeError("This course is graded by its own nbgrader_config.py; stock nbgrader gives no marks here.")
    assignment, _, blank = name.partition(".")
    use_own_checks(assignment)
    check = checks_of(assignment).get(blank)
    if check is None:
        raise CheckFailed(f"there is no check {blank!r} for the assignment {assignment!r}")
    verdict = verdict_on(check, KernelGuest(namespace), os.urandom(32))
    if verdict.outcome == FAILED:
        raise CheckFailed("\n".join(f"{finding.property}: {finding.message}" for finding in verdict.findings))
    print(f"{blank}: passed")


def use_own_checks(assignment: str) -> None:
    """Where the notebook lies in a course that has checks of its own, those are the ones."""
    here = Path.cwd()
    root = next((folder for folder in (here, *here.parents) if (folder / "assignments").is_dir()), here)
    if (root / "checks").is_dir():
        use_checks(load_assignment(Course(root, root / "course"), assignment).checks)


class KernelGuest:
    """Calls functions of a namespace in this process, on copies, and brings back what the wire would."""

    def __init__(self, namespace: dict):
        self._namespace, self._callbacks, self._fault = namespace, Callbacks(), None

    def call(self, name: str, args: tuple) -> Reply:
        """What `namespace[name](*args)` returns. Raises StudentFault when there is no such function or it raises."""
        function = self._namespace.get(name)
        if function is None:
            raise not_defined(name)
        if not callable(function):
            raise not_callable(name)
        copies = wire.replaced(copy.deepcopy(self._callbacks.lend(name, args)), self._function)
        try:
            value = plain(function(*copies))
        except Exception as error:  # the student's code may raise anything
            raise self._fault or raised(name, type(error).__name__, str(error)) from error
        if self._fault:  # caught by the code that was called
            raise self._fault
        return Reply(_through_the_wire(value), changed(args, copies))

    def _function(self, lent: Any) -> Any:
        """A plain function for a `Callback`; anything else is itself."""
        return partial(self._answer, lent.index) if type(lent) is wire.Callback else lent

    def _answer(self, index: int, *args: Any, **named: Any) -> Any:
        try:
            kind, value = self._callbacks.answer(_asked(index, args, named))
        except StudentFault as fault:
            self._fault = fault
            raise
        if kind == "fault":
            raise wire.exception(**value)
        return _through_the_wire(value)


def _asked(index: int, args: tuple, named: dict) -> Any:
    """The message of a call to a function of the host."""
    if named or not all(map(_is_simple, args)):
        return _through_the_wire(plain({"callback": index, "args": args, "named": named}))
    return {"callback": index, "args": tuple(map(_through_the_wire, args)), "named": {}}


def _is_simple(value: Any) -> bool:
    """Whether it is a number or an array that comes over the wire as it is."""
    return type(value) in (float, np.float64) or (type(value) is np.ndarray and value.dtype == np.float64)


def _through_the_wire(value: Any) -> Any:
    if _is_simple(value):  # such come by the hundred thousand
        return np.array(value, order="C") if type(value) is np.ndarray else value
    buffers: list[bytes] = []
    node = wire.encode(value, buffers)
    return wire.decode(node, buffers)
