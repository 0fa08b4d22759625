"""What students are told at home is what the feedback page says: every answer in the bank, both ways."""

from functools import cache

import numpy as np
import pytest

import practice
from autograder.authoring.kernel import KernelGuest
from autograder.course.verdict import FAILED
from autograder.judging.blank import Blank
from autograder.judging.check_modules import checks_of
from autograder.judging.public_cases import public_cases
from nnlib.gradcheck import check_gradients, numerical_gradient
from tests.autograder.assignments import ASSIGNMENTS

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # some answers overflow, which costs no marks
GIVEN = {"check_gradients": check_gradients, "numerical_gradient": numerical_gradient}
A1 = "a1-neuron"
ENDLESS = "timed_out"  # at home nobody stops a loop that has no end but the student
SUMS = "def row_gradients(X, delta):\n    return X.T @ delta, delta.sum()"


@cache
def cases(assignment):
    return public_cases(assignment)


@pytest.fixture(autouse=True)
def at_home():
    """A notebook's kernel knows the cases of one assignment."""
    practice.load(cases(A1))
    yield
    practice._used.clear()


def answered(check, code):
    """The names of a notebook in which one blank has this answer, the others their solutions."""
    namespace = {**check.names, **GIVEN}
    del namespace[check.name]
    exec(code, namespace)
    return namespace


def graded(check, namespace):
    """What the grader finds in the public examples."""
    blank = Blank(check, b"")
    blank._outcomes = {name: outcome for name, outcome in blank._outcomes.items()}
    with np.errstate(all="ignore"):
        blank.examine(KernelGuest(namespace), public=True, singly=True)
    for outcome in blank._outcomes.values():
        outcome.examined = True
    return blank.verdict(1.0)


BANK = [
    pytest.param(assignment, variant, id=f"{variant.blank}, {variant.label}")
    for assignment in ASSIGNMENTS
    for check in checks_of(assignment).values()
    for variant in check.variants
    if variant.diagnosis != ENDLESS
]


@pytest.mark.parametrize(("assignment", "variant"), BANK)
def test_the_sentences_at_home_are_those_of_the_grader(assignment, variant):
    practice.load(cases(assignment))
    check = checks_of(assignment)[variant.blank]
    namespace = answered(check, variant.code)
    verdict = graded(check, namespace)
    with np.errstate(all="ignore"):
        found = practice.examine(variant.blank, namespace.get(variant.blank), namespace)
    assert tuple(found.findings) == tuple(f for f in verdict.findings if f.diagnosis != "modified_input")
    assert found.likely == (check.sentence(verdict.diagnosis) if verdict.diagnosis else "")
    changed = [finding.message for finding in verdict.findings if finding.diagnosis == "modified_input"]
    assert [note for note in found.notes if "changed its argument" in note] == changed
    assert (
        found.state
        == {True: "not begun", False: "wrong" if verdict.outcome == FAILED else "right"}[
            verdict.diagnosis == "not_begun"
        ]
    )
