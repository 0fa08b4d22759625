"""The honest corpus: right answers in the many ways that students write them. Every blank gets full marks."""

import copy
import re
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

from autograder.notebook import cells
from autograder.sandbox.limits import Limits
from tests.attacks.conftest import Class_


@pytest.fixture(scope="module")
def honest(tmp_path_factory, root):
    """A judge with the limits that students get."""
    made = Class_(root, tmp_path_factory.mktemp("honest"), limits=None)
    yield made
    made.judge.close()


@pytest.fixture(scope="module")
def hurried(tmp_path_factory, root):
    """A judge that waits less, for answers that would be waited for."""
    limits = Limits(cell_cpu=2, cell_wall=6, check_cpu=2, check_wall=6)
    made = Class_(root, tmp_path_factory.mktemp("hurried"), limits=limits)
    yield made
    made.judge.close()


def cell_of(notebook, name):
    return next(cell for cell in notebook.cells if cells.grade_id(cell) == name)


def corpus():
    """{title: {blank, "before" or "after": source}} of the right answers in honest.txt."""
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.glob("honest*.txt")))
    entries = (entry.split("\n--- ") for entry in re.split(r"^=== ", text, flags=re.MULTILINE)[1:])
    return {title: dict(part.split("\n", 1) for part in parts) for title, *parts in entries}


ANSWERS = corpus()


def split_with_helper_first(notebook):
    """JupyterLab's split copies the metadata; the function is in the second part."""
    at, cell = at_of(notebook, "row_gradients")
    first, second = copy.deepcopy(cell), copy.deepcopy(cell)
    first.source, first.id = "def mean(a):\n    return a.sum(axis=0) / len(a)", "first-part"
    second.source = "def row_gradients(X, delta):\n    return mean(X * delta[:, None]), mean(delta)"
    notebook.cells[at : at + 1] = [first, second]


def split_with_function_first(notebook):
    at, cell = at_of(notebook, "row_gradients")
    rest = copy.deepcopy(cell)
    rest.source, rest.id = "row_gradients(np.ones((2, 2)), np.ones(2))", "second-part"
    notebook.cells.insert(at + 1, rest)


def split_without_metadata(notebook):
    at, cell = at_of(notebook, "log_loss")
    cell.source = "def softplus(z):\n    return np.logaddexp(0, z)"
    notebook.cells.insert(at + 1, new_code_cell("def log_loss(y, z):\n    return np.mean(softplus(z) - y * z)"))


def extra_cells(notebook):
    notebook.cells[2:2] = [new_markdown_cell("# Notes\n<b>mine</b>"), new_raw_cell("raw"), new_code_cell("1 + 1")]
    notebook.cells += [
        new_code_cell(""),
        new_code_cell("   "),
        new_markdown_cell(""),
        new_code_cell("# only a comment"),
    ]


def own_cells_reordered(notebook):
    for source in ("second = first + 1", "first = 1"):
        notebook.cells.insert(3, new_code_cell(source))
    notebook.cells.insert(0, new_code_cell("third = second"))


def windows_line_ends_and_tabs(notebook):
    for cell in notebook.cells:
        cell.source = cell.source.replace("    ", "\t").replace("\n", "\r\n")


def stored_outputs(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.execution_count = 99
            cell.outputs = [new_output("stream", name="stderr", text="Traceback: an old error")]


def locked_cells_reworded(notebook):
    cell_of(notebook, "imports").source += "\nimport math"
    cell_of(notebook, "test_train").source = "print('tests switched off')"
    cell_of(notebook, "about_train").source = "My notes."


def cells_moved(notebook):
    at, cell = at_of(notebook, "gradient_step")
    notebook.cells.insert(3, notebook.cells.pop(at))


def at_of(notebook, name):
    return next((at, cell) for at, cell in enumerate(notebook.cells) if cells.grade_id(cell) == name)


EDITS = [
    split_with_helper_first,
    split_with_function_first,
    split_without_metadata,
    extra_cells,
    own_cells_reordered,
    windows_line_ends_and_tabs,
    stored_outputs,
    locked_cells_reworded,
    cells_moved,
]


def lost(verdict):
    """The blanks that did not get their full points, with what the student is told."""
    return {b.grade_id: [finding.message for finding in b.findings] for b in verdict.blanks if b.score != b.points}


SLOW = ("that another calls", "without end")


@pytest.mark.parametrize("what", ANSWERS)
def test_right_answers_get_full_marks(honest, hurried, what):
    answers = dict(ANSWERS[what])
    own = {place: answers.pop(place, "") for place in ("before", "after")}
    verdict = (hurried if any(words in what for words in SLOW) else honest).verdict(answers, **own, solved=True)
    assert lost(verdict) == {} and all("extended precision" in note for note in verdict.staff_notes)


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_right_notebooks_get_full_marks(honest, edit):
    notebook = honest.notebook(solved=True)
    edit(notebook)
    verdict = honest.judged(notebook)
    assert lost(verdict) == {} and verdict.staff_notes == ()


def test_the_corpus_is_large_and_each_answer_is_of_a_blank(honest):
    assert len(ANSWERS) + len(EDITS) >= 105
    assert {name for entry in ANSWERS.values() for name in entry} - {"before", "after"} <= set(honest.blanks)


def test_a_mark_that_is_lost_is_seen(honest):
    wrong = {"row_gradients": "def row_gradients(X, delta):\n    return X.T @ delta, delta.sum()"}
    assert "row_gradients" in lost(honest.verdict(wrong, solved=True))


OTHER_THAN_NUMBERS = {
    "perceptron": ("{0, 1}", "got a set, expected an array of shape (40,)."),
    "gate_weights": ("{1, 2}, 1", "w is a set, expected numbers."),
    "sigmoid": ("[sigmoid] * 9", "got a list with a function in it, expected an array of shape (9,)."),
    "log_loss": ("'J'", "got a str, expected a single number."),
    "row_gradients": ("{'dw': X[0], 'db': 0.0}", "row_gradients returned a dict, expected 2 values."),
    "gradient_step": ("Step()", "gradient_step returned a Step, expected 2 values."),
}


def test_what_is_returned_instead_of_numbers_is_named(honest):
    made = {
        name: f"class Step: pass\ndef {name}(X=0, *others):\n    return {value}"
        for name, (value, _) in OTHER_THAN_NUMBERS.items()
    }
    told = lost(honest.verdict(made, solved=True))
    for name, (_, sentence) in OTHER_THAN_NUMBERS.items():
        assert told[name][0].partition(": ")[2].startswith(sentence), told[name]
