"""The hidden line of a source notebook, run in its author's kernel: the same checks on the functions defined there."""

import copy
import os
from typing import Any

from autograder import wire
from autograder.judgement import Blank, Reply, changed, checks_of, not_callable, not_defined, raised
from autograder.verdict import FAILED


class CheckFailed(AssertionError):
    """A check found something; the text is its findings."""


def check_in_kernel(name: str, namespace: dict) -> None:
    """Run the check "<assignment>.<blank>" on `namespace`; print one line when it passes, else raise CheckFailed."""
    if os.environ.get("NBGRADER_EXECUTION"):
        raise RuntimeError("This course is graded by its own nbgrader_config.py; stock nbgrader gives no marks here.")
    assignment, _, blank = name.partition(".")
    check = checks_of(assignment).get(blank)
    if check is None:
        raise CheckFailed(f"there is no check {blank!r} for the assignment {assignment!r}")
    verdict = Blank(check, KernelGuest(namespace), os.urandom(32)).verdict(1.0)
    if verdict.outcome == FAILED:
        raise CheckFailed("\n".join(f"{finding.property}: {finding.message}" for finding in verdict.findings))
    print(f"{blank}: passed")


class KernelGuest:
    """Calls functions of a namespace in this process, on copies, and brings back what the wire would."""

    def __init__(self, namespace: dict):
        self._namespace = namespace

    def call(self, name: str, args: tuple) -> Reply:
        """What `namespace[name](*args)` returns. Raises StudentFault when there is no such function or it raises."""
        function = self._namespace.get(name)
        if function is None:
            raise not_defined(name)
        if not callable(function):
            raise not_callable(name)
        copies = copy.deepcopy(args)
        try:
            value = function(*copies)
        except Exception as error:  # the student's code may raise anything
            raise raised(name, type(error).__name__, str(error)) from error
        return Reply(_through_the_wire(value), changed(args, copies))


def _through_the_wire(value: Any) -> Any:
    buffers: list[bytes] = []
    node = wire.encode(value, buffers)
    return wire.decode(node, buffers)
