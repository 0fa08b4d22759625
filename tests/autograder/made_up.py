"""Made-up assignments: checks without a file, notebooks that answer their blanks, judged behind the real walls."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from types import ModuleType

import numpy as np
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from autograder.judging.check import Check
from autograder.judging.check_modules import use_checks
from autograder.judging.judge import Judge
from autograder.judging.variants import Variant
from autograder.sandbox.limits import Limits
from tests.small_class import graded

SHORT = Limits(cell_cpu=1, cell_wall=4, check_cpu=1, check_wall=3, wall=60)


@contextmanager
def checks_of(assignment: str, answers: Mapping[str, str] | None = None, **checks: Check) -> Iterator[None]:
    """Inside the block these are the checks of an assignment, as if its files held them, with right answers to some."""
    answers = answers or {}
    modules = {
        f"{assignment}.{name}": f"# %% right: it\n{answers[name]}\n" if name in answers else "" for name in checks
    }
    kept = list(sys.meta_path)
    use_checks({assignment: "ALLOWED = ()\n", **modules})
    for name, made in checks.items():
        module = ModuleType(f"autograder.checks.{assignment}.{name}")
        vars(module).update(check=made, __doc__=made.title)
        sys.modules[module.__name__] = module
    try:
        yield
    finally:
        sys.meta_path[:] = kept
        for name in (assignment, *modules):
            sys.modules.pop(f"autograder.checks.{name}", None)


@contextmanager
def judge_of(
    assignment: str, limits: Limits = SHORT, answers: Mapping[str, str] | None = None, **checks: Check
) -> Iterator[Judge]:
    """A judge of an assignment that has these checks, and right answers to some of its blanks."""
    with checks_of(assignment, answers, **checks), Judge(assignment, limits=limits) as judge:
        yield judge


def knowing(made: Check, arguments: str = "x", **mistakes: str) -> Check:
    """A check that knows mistakes: wrong answers of these names, which return what these expressions give."""
    code = f"def {made.name}({arguments}):\n    return "
    more = tuple(Variant(made.name, name, False, name, 0.0, code + value) for name, value in mistakes.items())
    return replace(made, variants=made.variants + more, names={"np": np, **made.names})


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
