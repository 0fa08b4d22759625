"""Is a check sound in itself? Its reference is the solution and has a witness; each mistake has two answers."""

import ast
import os
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from autograder.authoring.generated import same as same_values
from autograder.authoring.kernel import KernelGuest
from autograder.authoring.trials import limited
from autograder.judging.blank import Blank
from autograder.judging.check import Check
from practice.comparing import EXACT, same

DRAW = "draw them from the generator that is passed in"
SEEDS = 20  # sets of fresh inputs
AT_LEAST_RIGHT, AT_LEAST_WRONG = 3, 6  # answers to each blank


def faults(check: Check, solution: str) -> Iterator[str]:
    """What is wrong with a check whose blank's cell has this text in the source notebook, a sentence each.

    The author's own code runs here: the check, its answers, the solution.
    """
    yield from _too_few(check)
    yield from (f"no other answer is told {name}: write one in other algebra" for name in _told_once(check))
    if not any(variant.right for variant in check.variants):
        return
    try:
        with np.errstate(all="ignore"):
            wrong = next(_unsound(check), None) or next(_differences(check, solution), None)
    except TimeoutError as error:
        wrong = f"one set of its inputs {error}"
    yield from [wrong] if wrong else []


def _too_few(check: Check) -> Iterator[str]:
    for kind, right, least in (("right", True, AT_LEAST_RIGHT), ("wrong", False, AT_LEAST_WRONG)):
        found = sum(variant.right == right for variant in check.variants)
        if found < least:
            yield f"there are {found} {kind} answers, expected {least} or more"


def _told_once(check: Check) -> list[str]:
    """The mistakes that only the answer gets that defines them: that is a circle."""
    again = {variant.diagnosis for variant in check.variants if not variant.defines}
    return [mistake.diagnosis for mistake in check.mistakes if mistake.diagnosis not in again]


def _unsound(check: Check) -> Iterator[str]:
    """Where the reference is not held to a witness, differs from it, or fails; where inputs are not drawn anew."""
    before = None
    for _ in range(SEEDS):
        seed = os.urandom(32)
        try:
            blank, again = (_examined(replace(check), check.reference, seed) for _ in range(2))  # what each draws anew
        except AssertionError as error:  # what a witness says of fresh inputs
            yield f"{error}" or "it ends in an AssertionError without a word"
            return
        yield from _not_drawn(blank, again, before)
        before = blank
        if any(round.wanted for round in blank.rounds) and not (check.witness or check.derivative_of):
            yield "its reference has no witness: give `witness` or `derivative_of`"
        if check.witness and not any(round.wanted for round in blank.rounds):
            yield "its witness is never asked: compare with what `blank.want` returns"
        if not blank.is_right:
            yield "its reference, the first right answer, is not right"


def _not_drawn(blank: Blank, again: Blank, before: Blank | None) -> Iterator[str]:
    """Where its seed gives `again` other inputs, or another seed gave the same `before`."""
    if not same_values(_drawn(blank) + _wanted(blank), _drawn(again) + _wanted(again)):
        yield f"its inputs, or what it wants, differ from one run to the next: {DRAW}"
    elif before and _drawn(blank) and same_values(_drawn(blank), _drawn(before)):
        yield f"its fresh inputs are the same every time: {DRAW}"


def _drawn(blank: Blank) -> list:
    """The numbers among its fresh inputs; a name, or a function, is not drawn."""
    arguments = [one for cases in blank.rounds[-1].cases for case in cases for one in case.args]
    return [one for one in arguments if isinstance(one, np.ndarray | float | dict | list | tuple)]


def _wanted(blank: Blank) -> list[np.ndarray]:
    return [seen.want for seen in blank.rounds[-1].seen]


def _differences(check: Check, solution: str) -> Iterator[str]:
    """Where the notebook's solution returns other values than the reference."""
    reference = next(variant for variant in check.variants if variant.right)
    if _bare(solution) == _bare(reference.code):
        return
    try:
        names = dict(check.names)
        exec(solution, names)
    except Exception as error:
        yield f"the notebook's solution does not run beside the references: {type(error).__name__}: {error}"
        return
    for _ in range(SEEDS):
        seed = os.urandom(32)
        ours, theirs = (_values(check, function, seed) for function in (check.reference, names[check.name]))
        if len(ours) != len(theirs) or not all(map(_equal, ours, theirs)):
            yield "its reference, the first right answer, is not the notebook's solution"


def _examined(check: Check, function: Callable, seed: bytes) -> Blank:
    blank, guest = Blank(check, seed), KernelGuest({**check.names, check.name: function})
    for public in (True, False):
        with limited():
            blank.examine(guest, public=public, singly=True)
    return blank


def _values(check: Check, function: Callable, seed: bytes) -> list:
    return [seen.got for round in _examined(check, function, seed).rounds for seen in round.seen]


def _equal(some: np.ndarray | None, others: np.ndarray | None) -> bool:
    return some is others or (others is not None and same(some, others.astype(np.float64), EXACT))


def _bare(code: str) -> str:
    """What code does: comments, among them the marks of a solution, and docstrings do nothing."""
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
    return ast.dump(tree)
