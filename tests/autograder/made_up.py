"""Made-up assignments: checks without a file, notebooks that answer their blanks, judged behind the real walls."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from autograder.judging.check import Check
from autograder.judging.judge import Judge
from autograder.sandbox.limits import Limits
from tests.small_class import graded

SHORT = Limits(cell_cpu=1, cell_wall=4, check_cpu=1, check_wall=3, wall=60)


@contextmanager
def checks_of(assignment: str, **checks: Check) -> Iterator[None]:
    """Inside the block these are the checks of an assignment, as if its module of autograder.checks held them."""
    module = ModuleType(f"autograder.checks.{assignment.replace('-', '_')}")
    vars(module).update(ALLOWED=(), **checks)
    sys.modules[module.__name__] = module
    try:
        yield
    finally:
        del sys.modules[module.__name__]


@contextmanager
def judge_of(assignment: str, limits: Limits = SHORT, **checks: Check) -> Iterator[Judge]:
    """A judge of an assignment that has these checks."""
    with checks_of(assignment, **checks), Judge(assignment, limits=limits) as judge:
        yield judge


def numbers(rng):
    """The inputs of checks that care for no kind of input: one array of three."""
    yield "some numbers", (rng.uniform(1, 2, size=3),)


def cell_of_test(name: str, points: float = 2) -> NotebookNode:
    """The test cell of a blank; who judges looks at its name, not at what its hidden line calls."""
    line = f'import autograder; autograder.check("a0-made-up.{name}", globals())'
    source = f"print('visible {name}')\n### BEGIN HIDDEN TESTS\n{line}\n### END HIDDEN TESTS"
    return graded(source, f"test_{name}", grade=True, locked=True, points=points)


def notebook(*own: str, points: float = 2, **answers: str) -> NotebookNode:
    """A notebook that answers blanks, each of so many points, followed by cells of the student's own."""
    cells = ((graded(text, name, solution=True), cell_of_test(name, points)) for name, text in answers.items())
    return new_notebook(cells=[*(cell for pair in cells for cell in pair), *map(new_code_cell, own)])


def judged(judge: Judge, submitted: NotebookNode, seed: bytes = b"5eed"):
    """(verdict, {blank: verdict on it}, the notebook as it was run)."""
    verdict, executed = judge(submitted, student="ada", submission="5ub", seed=seed)
    return verdict, {blank.grade_id: blank for blank in verdict.blanks}, executed


def outcomes(blanks) -> dict:
    return {name: (blank.outcome, blank.score) for name, blank in blanks.items()}
