"""What an author gets wrong, in a source, its checks or answers, is one sentence, said before anything is judged."""

import shutil
from itertools import takewhile

import nbformat
import pytest
from typer.testing import CliRunner

from autograder import worker
from autograder.authoring import verify
from autograder.cli import app
from autograder.notebook.cells import grade_id
from tests.small_class import CHECKS

ASSIGNMENT = "a0-small"
ANSWERS = """
# %% right: {name}
def {name}():
    return {value}
# %% wrong: {mistake}
def {name}():
    return {wrong}
"""


@pytest.fixture
def course(course, root, monkeypatch):
    """The small class with one right and one wrong answer a blank, which a test makes worse."""
    for value, name in enumerate(("one", "two", "three"), start=1):
        answered(course, name, ANSWERS.format(name=name, value=value, mistake="wrong -> none", wrong=7))
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


def checks(course, name):
    return course.root / "checks" / ASSIGNMENT / f"{name}.py"


def answered(course, name, text):
    """Have this text, of answers, stand below a check."""
    checks(course, name).write_text(CHECKS[name] + text)


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
    checks(course, "three").rename(checks(course, "threee"))
    refused(command, "the blank 'three' has no check")
    assert judges == []


@pytest.mark.parametrize("command", ["release", "verify", "grade"])
def test_a_mistake_that_has_no_sentence_is_said_before_anything_runs(course, judges, command):
    answered(course, "two", ANSWERS.format(name="two", value=2, mistake="misssing_mean", wrong=7))
    refused(command, "two.py", "'misssing_mean'", "catalogue")
    assert judges == []


@pytest.mark.parametrize("command", ["release", "verify", "grade"])
def test_a_marker_that_cannot_be_read_is_one_sentence(course, judges, command):
    answered(course, "two", "# %% rihgt: typo\n")
    refused(command, "two.py", "is not a marker")
    assert judges == []


def test_a_check_that_never_comes_to_its_end_is_one_sentence(course, judges, monkeypatch):
    monkeypatch.setattr(verify, "LOADING", 0.3)
    checks(course, "two").write_text("while True:\n    pass\n")
    refused("verify", "two.py: TimeoutError: takes more than 0.3 s.")
    assert judges == []


def test_a_word_for_how_much_is_told_that_there_is_not_is_one_sentence(course, judges):
    checks(course, "__init__").write_text('ALLOWED = ()\nTELL = "all"\n')
    refused("verify", "TELL = 'all'", "'diagnose', 'tell', 'none'")
    assert judges == []


def complaints(course):
    """What `autograder verify` complains of, but for the numbers of answers, which are small here."""
    ended = ask("verify", ASSIGNMENT)
    assert ended.exit_code == 1 and "Traceback" not in ended.stdout
    said = takewhile(str.strip, ended.stdout.splitlines())  # the table is below
    return [line for line in said if "expected 3 or more" not in line and "6 or more" not in line]


def test_answers_to_a_blank_that_there_is_not_are_named(course):
    checks(course, "four").write_text(checks(course, "two").read_text().replace("two", "four"))
    assert complaints(course)[0] == "four, check: the notebook does not have this blank"


def test_a_mistake_that_has_the_name_of_its_file_alone_is_told(course):
    mistake = 'twice_too_large "It is twice as large as it should be."'
    again = "# %% wrong: added -> twice_too_large\ndef two():\n    return 2 + 2\n"
    answered(course, "two", ANSWERS.format(name="two", value=2, mistake=mistake, wrong=4) + again)
    assert complaints(course) == []
    answered(course, "two", ANSWERS.format(name="two", value=2, mistake=mistake, wrong=4) + again.replace("2 + 2", "5"))
    assert complaints(course) == ["two, added: diagnosed nothing, must be twice_too_large"]


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
