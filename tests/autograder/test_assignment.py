"""What is sent to the workers: a course's own checks, with every module of checks that they import, or one sentence;
and what identifies the grader, so that a verdict of another one is reached again.
"""

import json
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.course.verdict import Verdict
from autograder.judging import assignment as assignment_module
from autograder.judging.assignment import PACKAGE, grader_digest, load_assignment
from autograder.judging.check_modules import ChecksError
from tests.a1_class import autograder

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


# what identifies the grader

ROOT = PACKAGE.parent
CODE = sorted(p.relative_to(ROOT) for name in ("autograder", "nnlib") for p in (ROOT / name).rglob("*.py"))
OF_ASSIGNMENTS = [path for path in CODE if path.parts[1] in ("bank", "checks")]
ROOMS = sorted({path.parent for path in CODE if path not in OF_ASSIGNMENTS})


@pytest.fixture
def copied(root, tmp_path, monkeypatch) -> Path:
    """A copy of the package, with nnlib beside it, that is taken for the one that grades."""
    for name in ("autograder", "nnlib"):
        shutil.copytree(root / name, tmp_path / "copied" / name, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(assignment_module, "PACKAGE", tmp_path / "copied" / "autograder")
    return tmp_path / "copied"


def changed(path: Path) -> None:
    path.write_text(path.read_text() + "\n# read again\n")


def digests_of_changes(copied: Path, files: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """(file, what identifies the grader after a line was added to that file alone)."""
    for file in files:
        text = (copied / file).read_text()
        changed(copied / file)
        yield file, grader_digest.__wrapped__()
        (copied / file).write_text(text)


def unseen(copied: Path, files: Iterable[Path]) -> list[Path]:
    """The files of which a change leaves what identifies the grader as it was."""
    before = grader_digest.__wrapped__()
    return [file for file, digest in digests_of_changes(copied, files) if digest == before]


def in_room(room: Path) -> list[Path]:
    return [path for path in CODE if path.parent == room and path not in OF_ASSIGNMENTS]


def test_a_copy_of_the_grader_is_the_same_grader(copied):
    assert grader_digest.__wrapped__() == grader_digest()


@pytest.mark.parametrize("room", ROOMS, ids=str)
def test_a_change_in_any_file_of_any_room_makes_another_grader(copied, room):
    assert in_room(room) and unseen(copied, in_room(room)) == []
    before = grader_digest.__wrapped__()
    (copied / room / "one_more.py").write_text("")
    assert grader_digest.__wrapped__() != before


def test_a_grader_that_is_known_by_one_folder_alone_is_seen(copied, monkeypatch):
    monkeypatch.setattr(Path, "rglob", Path.glob)
    rooms = {str(room) for room in ROOMS if unseen(copied, in_room(room))}
    assert rooms == {str(room) for room in ROOMS} - {"autograder", "nnlib"} and "autograder/sandbox/inside" in rooms


def test_a_changed_bank_and_changed_checks_leave_the_grader_as_it_was(copied):
    assert len(OF_ASSIGNMENTS) > 10 and unseen(copied, OF_ASSIGNMENTS) == OF_ASSIGNMENTS


def test_an_assignment_is_identified_by_its_own_checks_alone(copied, root):
    """Those that its checks import are its own; the bank's answers, and what another assignment asks, are not."""
    course = Course(root, copied / "course")
    before = load_assignment(course, "a1-neuron")
    for file in OF_ASSIGNMENTS:
        text = (copied / file).read_text()
        changed(copied / file)
        same = load_assignment(course, "a1-neuron") == before
        assert same == (not (file.parent.name == "checks" and file.stem.startswith("a1_neuron"))), file
        (copied / file).write_text(text)
    (copied / "autograder" / "checks" / "a2_next.py").write_text("ALLOWED = ()\n")
    assert load_assignment(course, "a1-neuron") == before


def test_a_class_is_judged_again_by_another_grader_and_not_for_another_bank(course, copied):
    release = json.loads((course.directory / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text())
    path = course.submission(ASSIGNMENT, "ada")
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(release))
    (course.root / "bank" / ASSIGNMENT).mkdir(parents=True)
    assert "unchanged" not in said(copied, course)
    first = verdict(course)

    (course.root / "bank" / ASSIGNMENT / "one.py").write_text("# %% correct: one\ndef one():\n    return 1\n")
    for file in OF_ASSIGNMENTS:
        changed(copied / file)
    assert "1 of 1 submissions are unchanged since they were graded, nothing to grade" in said(copied, course)
    assert verdict(course) == first

    changed(copied / "autograder" / "notebook" / "png.py")
    assert "unchanged" not in said(copied, course)
    again = verdict(course)
    assert again.provenance.grader != first.provenance.grader and again.blanks == first.blanks


def said(copied: Path, course: Course) -> str:
    """What the copy's `autograder grade` says of the class."""
    run = autograder(copied, course.root, "grade", ASSIGNMENT)
    assert run.returncode == 0, run.stderr
    return run.stdout


def verdict(course: Course) -> Verdict:
    return Verdict.from_json(course.verdict(ASSIGNMENT, "ada").read_text())
