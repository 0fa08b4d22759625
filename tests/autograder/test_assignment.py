"""What is sent to the workers: a course's own checks, with every module of checks that they import, or one sentence."""

import pytest

from autograder.judging.assignment import load_assignment
from autograder.judging.check_modules import ChecksError

ASSIGNMENT = "a0-small"


@pytest.fixture
def checks(course):
    """The file of the small course's own checks."""
    return course.root / "checks" / "a0_small.py"


def refused(course) -> str:
    with pytest.raises(ChecksError) as error:
        load_assignment(course, ASSIGNMENT)
    assert str(error.value).endswith(".") and "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (b"\ndef (:\n", "are no Python (line 31): invalid syntax."),
        (b"# \xe9\n", "are not UTF-8 text (line 30): save them as UTF-8."),
        (b"# \0\n", "null bytes"),
    ],
    ids=["syntax", "latin-1", "null"],
)
def test_checks_that_are_no_python_are_one_sentence(course, checks, broken, said):
    checks.write_bytes(checks.read_bytes() + broken)
    sentence = refused(course)
    assert sentence.startswith(f"the checks {checks} ") and said in sentence


@pytest.mark.parametrize(
    "line",
    [
        "import autograder.checks.extra",
        "import json, autograder.checks.extra as extra",
        "import autograder.checks",
        "from . import extra",
        "from .extra import ONE",
        "from ..checks import extra",
        "from autograder import checks",
        "from autograder import *",
        "from autograder.checks import *",
        "def later():\n    import autograder.checks.extra",
    ],
)
def test_an_import_that_would_not_be_followed_is_refused(course, checks, line):
    (checks.parent / "extra.py").write_text("ONE = 1\n")
    checks.write_text(f"{line}\n{checks.read_text()}")
    number = 2 if "\n" in line else 1
    said = f"in a form that is not followed (line {number}): write `from autograder.checks import name`"
    assert said in refused(course)


@pytest.mark.parametrize(
    "line",
    [
        "from autograder.checks import extra",
        "from autograder.checks.extra import ONE",
        "def later():\n    from autograder.checks import extra as one",
    ],
)
def test_what_is_imported_is_sent_along(course, checks, line):
    (checks.parent / "extra.py").write_text("from autograder.checks import more, catalogue\nONE = 1\n")
    (checks.parent / "more.py").write_text("import autograder.judging.check\nimport autograder\n")
    checks.write_text(f"{line}\n{checks.read_text()}")
    assert set(load_assignment(course, ASSIGNMENT).checks) == {"a0_small", "extra", "more"}


def test_a_broken_module_that_is_imported_is_named(course, checks):
    (checks.parent / "extra.py").write_text("def (:\n")
    checks.write_text(f"from autograder.checks import extra\n{checks.read_text()}")
    assert str(checks.parent / "extra.py") in refused(course)
