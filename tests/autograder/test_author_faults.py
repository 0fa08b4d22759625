"""What an author gets wrong, in a source, its checks or the bank, is one sentence, said before anything is judged."""

import shutil

import nbformat
import pytest
from typer.testing import CliRunner

from autograder import worker
from autograder.authoring import verify
from autograder.cli import app
from autograder.notebook.cells import grade_id

ASSIGNMENT = "a0-small"
BANK = """# %% correct: {name}
def {name}():
    return {value}
# %% wrong: {mistake}
def {name}():
    return {wrong}
"""


@pytest.fixture
def course(course, root, monkeypatch):
    """The small class with a bank of one right and one wrong answer a blank, which a test makes worse."""
    for value, name in enumerate(("one", "two", "three"), start=1):
        bank(course, name, BANK.format(name=name, value=value, mistake="wrong -> none", wrong=7))
    shutil.copytree(root / "lectures", course.root / "lectures")
    monkeypatch.chdir(course.root)
    submission = course.submission(ASSIGNMENT, "ada")
    submission.parent.mkdir(parents=True)
    submission.write_text("{}")
    return course


@pytest.fixture
def judges(monkeypatch):
    """How often a judge was made: none may be where the fault can be read."""
    made = []

    class Counted(verify.Judge):
        def __init__(self, *args, **kw):
            made.append(args)
            super().__init__(*args, **kw)

    monkeypatch.setattr(verify, "Judge", Counted)
    monkeypatch.setattr(worker, "Judge", Counted)
    return made


def bank(course, name, text):
    path = course.root / "bank" / ASSIGNMENT / f"{name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def checks(course):
    return course.root / "checks" / "a0_small.py"


def ask(*arguments):
    ended = CliRunner().invoke(app, arguments, env={"COLUMNS": "400"}, prog_name="autograder")
    assert ended.exception is None or isinstance(ended.exception, SystemExit), ended.exception
    return ended


def refused(command, *words):
    ended = ask(command, ASSIGNMENT)
    assert ended.exit_code == 2 and ended.stderr.startswith("autograder: ") and ended.stderr.count("\n") == 1
    for word in words:
        assert word in ended.stderr


def edited(course, name, change):
    source = nbformat.read(course.source(ASSIGNMENT), as_version=4)
    cell = next(cell for cell in source.cells if grade_id(cell) == name)
    cell.source = change(cell.source)
    nbformat.write(source, course.source(ASSIGNMENT))


@pytest.mark.parametrize("command", ["release", "verify", "grade"])
def test_a_blank_without_a_check_is_said_before_anything_runs(course, judges, command):
    checks(course).write_text(checks(course).read_text().replace("def three(", "def threee("))
    refused(command, "the blank 'three' has no check")
    assert judges == []


@pytest.mark.parametrize("command", ["release", "verify"])
def test_a_mistake_of_the_bank_that_has_no_sentence_is_said_before_anything_runs(course, judges, command):
    bank(course, "two", BANK.format(name="two", value=2, mistake="misssing_mean", wrong=7))
    refused(command, "two.py", "'misssing_mean'", "catalogue")
    assert judges == []


def test_a_bank_that_cannot_be_read_is_one_sentence(course):
    bank(course, "two", "# %% rihgt: typo\n")
    refused("verify", "two.py", "is not a marker")


def test_a_mistake_of_a_check_that_has_no_sentence_is_named(course):
    text = checks(course).read_text().replace('blank.call("two"), 2)', 'blank.call("two"), 2, {"tow": 7})')
    checks(course).write_text(text)
    ended = ask("verify", ASSIGNMENT)
    (line,) = (line for line in ended.stdout.splitlines() if line.startswith("two, wrong: undecided: "))
    assert ended.exit_code == 1 and "the check names the mistake 'tow'" in line and "catalogue" in line
    assert "Traceback" not in ended.stdout


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.split("\n")[0],
        lambda text: text.replace(f"{ASSIGNMENT}.two", f"{ASSIGNMENT}.one"),
    ],
    ids=["without it", "another blank's"],
)
def test_a_test_cell_without_its_hidden_line_is_not_verified(course, judges, change):
    edited(course, "test_two", change)
    refused("verify", "the hidden line of 'test_two'")
    assert judges == []
