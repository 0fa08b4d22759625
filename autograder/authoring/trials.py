"""Answers judged in this process, which is no place for a student's: the author's own, mutants, generated ones."""

import builtins
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograder.authoring.kernel import KernelGuest
from autograder.course.verdict import BlankVerdict
from autograder.judging.blank import Blank, verdict_on
from autograder.judging.check import Check

SECONDS = 2  # of this process's own time that one examination may take: a loop of a mutant need not end
OUTSIDE = ("open", "input", "exec", "eval", "compile", "breakpoint", "exit", "quit", "print")  # not for mutants


def function_of(check: Check, code: str) -> Callable:
    """The function that a text defines where it finds what answers find, and nothing that reaches outside."""
    inside = {name: value for name, value in vars(builtins).items() if name not in OUTSIDE}
    names = {**check.names, "__builtins__": inside}
    exec(compile(code, f"<{check.name}>", "exec"), names)
    return names[check.name]


def is_right(check: Check, function: Callable, seed: bytes) -> bool:
    """Whether a function passes on the fresh inputs of this seed; not if it raises, or takes too long."""
    try:
        return examined(check, {check.name: function}, seed, public=False).is_right
    except TimeoutError:
        return False


def examined(check: Check, functions: Mapping[str, Any], seed: bytes, *, public: bool) -> Blank:
    """The blank after one examination of these functions, beside the references of the others."""
    blank = Blank(check, seed)
    with np.errstate(all="ignore"), limited():
        blank.examine(KernelGuest({**check.names, **functions}), public=public, singly=True)
    return blank


@contextmanager
def limited(seconds: float | None = None) -> Iterator[None]:
    """What runs longer than SECONDS, or than this, inside of an answer raises there; the process's own time counts, not
    the clock.
    """
    seconds = seconds or SECONDS

    def end(*_) -> None:
        raise TimeoutError(f"takes more than {seconds} s")

    signal.signal(signal.SIGVTALRM, end)  # for good: where nobody answers, the signal ends the process
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, 0.1)  # and again, should an answer catch it
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def judged(check: Check, function: Callable, seed: bytes) -> BlankVerdict:
    """The verdict on a function, as `verdict_on` gives it."""
    with np.errstate(all="ignore"), limited():
        return verdict_on(check, KernelGuest({**check.names, check.name: function}), seed)
