"""Every assignment in assignments/: its notebook, its checks, and answers to its blanks judged in this process.

Tests of what holds of all assignments are parametrised with `each_assignment` and `each_blank`.
"""

from dataclasses import replace
from functools import cache
from pathlib import Path
from types import FunctionType

import nbformat
import numpy as np
import pytest
from nbformat import NotebookNode

import practice
from autograder.authoring.kernel import KernelGuest
from autograder.course.verdict import BlankVerdict
from autograder.judging import check_modules
from autograder.judging.blank import Blank, verdict_on
from autograder.judging.check import Check
from autograder.judging.variants import Variant
from autograder.notebook import cells
from nnlib import allow
from tests.autograder.guests import Recording

FOLDER = Path(__file__).parents[2] / "assignments"
ASSIGNMENTS = sorted(path.stem for path in FOLDER.glob("*/*.ipynb"))
SEED = b"test"

checks_of, answers_of = cache(check_modules.checks_of), cache(check_modules.answers_of)
BLANKS = [(assignment, blank) for assignment in ASSIGNMENTS for blank in checks_of(assignment)]
each_assignment = pytest.mark.parametrize("assignment", ASSIGNMENTS)
each_blank = pytest.mark.parametrize(("assignment", "blank"), BLANKS)


@cache
def source(assignment: str) -> NotebookNode:
    return nbformat.read(FOLDER / assignment / f"{assignment}.ipynb", as_version=4)


def check(assignment: str, blank: str) -> Check:
    return checks_of(assignment)[blank]


def before(assignment: str, blank: str) -> list[str]:
    """The blank and all that it needs, directly or not, each after those it needs."""
    wanted = {blank}
    for name in reversed(checks_of(assignment)):
        wanted |= {*check(assignment, name).needs} if name in wanted else set()
    return [name for name in checks_of(assignment) if name in wanted]


# answers


@cache
def texts(assignment: str, kind: str) -> dict[str, str]:
    """{blank: text} of the notebook's answer or test cells."""
    prefix = "test_" if kind == cells.TEST else ""
    found = [cell for cell in source(assignment).cells if cells.kind(cell) == kind]
    return {cells.grade_id(cell).removeprefix(prefix): cell.source for cell in found}


def imports(assignment: str) -> list[NotebookNode]:
    """The code cells before the first answer."""
    kinds = [cells.kind(cell) for cell in source(assignment).cells]
    return [cell for cell in source(assignment).cells[: kinds.index(cells.ANSWER)] if cell.cell_type == "code"]


@cache
def _imported(assignment: str) -> dict:
    """What those cells define; they may import all of nnlib here."""
    namespace = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(allow, "only", lambda *names: None)
        for cell in imports(assignment):
            exec(cells.without_hidden(cell.source), namespace)
    return namespace


def answered(assignment: str, **replaced: str) -> dict:
    """The names a submission defines that holds the source's answers but for `replaced`."""
    given, namespace = _imported(assignment), {}
    for name, value in given.items():
        ours = getattr(value, "__globals__", None) is given  # a function that is to find the answers
        namespace[name] = FunctionType(value.__code__, namespace, name, value.__defaults__) if ours else value
    for text in (texts(assignment, cells.ANSWER) | replaced).values():
        exec(text, namespace)
    return namespace


def at_home(assignment: str, blank: str, code: str) -> None:
    """Run the tests a student can run."""
    practice.use(assignment)
    exec(cells.without_hidden(texts(assignment, cells.TEST)[blank]), answered(assignment, **{blank: code}))


def judged(assignment: str, blank: str, code: str) -> BlankVerdict:
    """The verdict on one answer among right ones."""
    return verdict_on(check(assignment, blank), KernelGuest(answered(assignment, **{blank: code})), SEED)


# the answers below the checks


def known(assignment: str, blank: str, **wanted) -> list[Variant]:
    """The answers to a blank that stand below its check, and have these attributes."""
    found = check(assignment, blank).variants
    return [variant for variant in found if all(getattr(variant, name) == value for name, value in wanted.items())]


def wrong(assignment: str, blank: str, **wanted) -> list[Variant]:
    """Those that are wrong; one that never ends is not among them, for here nobody would end it."""
    return [v for v in known(assignment, blank, right=False, **wanted) if v.diagnosis != "timed_out"]


@cache
def verdict(assignment: str, variant: Variant) -> BlankVerdict:
    """The verdict on a known answer, judged once for all tests that ask."""
    return judged(assignment, variant.blank, variant.code)


# what checks can say, and what right answers return


def explained(assignment: str) -> dict[str, set[str]]:
    """{blank: names of mistakes that its check can tell}."""
    return {blank: names_told(assignment, blank) for blank in checks_of(assignment)}


def unwitnessed(assignment: str, blank: str) -> Check:
    """The check, whose reference is not held to its witness: that is for tests to say, not while they are collected."""
    return replace(check(assignment, blank), witness=None, derivative_of=None)


@cache
def names_told(assignment: str, blank: str) -> set[str]:
    """Those that a wrong answer defines, and those that the check says itself while a right answer is judged."""
    names, true = {mistake.diagnosis for mistake in check(assignment, blank).mistakes}, Blank.true

    def deciding(self, property, condition, message, diagnosis=""):
        names.update({diagnosis} - {""})
        true(self, property, condition, message, diagnosis)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Blank, "true", deciding)
        verdict_on(unwitnessed(assignment, blank), KernelGuest(answered(assignment)), SEED)
    return names


@cache
def returned(assignment: str, blank: str, code: str) -> list[np.ndarray]:
    """The numbers that a right answer returns, call by call and part by part."""
    guest = Recording(answered(assignment, **{blank: code}), blank)
    with np.errstate(all="ignore"):  # this is asked before any test begins
        verdict_on(unwitnessed(assignment, blank), guest, SEED)
    return guest.returned


@cache
def is_unique(assignment: str, blank: str) -> bool:
    """Whether all known right answers return the same numbers: else another number is not yet a wrong one."""
    right = [returned(assignment, blank, variant.code) for variant in known(assignment, blank, right=True)]
    right = [np.concatenate([part.ravel() for part in parts]) for parts in right if parts]
    return bool(right) and all(one.shape == right[0].shape and np.allclose(one, right[0]) for one in right)


UNIQUE = [(assignment, blank) for assignment, blank in BLANKS if is_unique(assignment, blank)]
each_unique_blank = pytest.mark.parametrize(("assignment", "blank"), UNIQUE)
