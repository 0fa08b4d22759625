"""The honest corpus: right answers in the many ways that students write them. Every blank gets full marks."""

import copy
import re
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

from autograder.notebook import cells
from autograder.sandbox.limits import Limits
from tests.a1_judged import WRONG, Class_
from tests.attacks.victims import A4, each_victim


@pytest.fixture(scope="module")
def judges(tmp_path_factory, root):
    """`judges(assignment)`: a judge with the limits that students get."""
    made = {}

    def judge(assignment):
        if assignment not in made:
            made[assignment] = Class_(root, tmp_path_factory.mktemp("honest"), limits=None, assignment=assignment)
        return made[assignment]

    yield judge
    for one in made.values():
        one.judge.close()


@pytest.fixture
def honest(judges, victim):
    """That of the assignment a test is about."""
    return judges(victim.assignment)


def cell_of(notebook, name):
    return next(cell for cell in notebook.cells if cells.grade_id(cell) == name)


def corpus(*files):
    """{title: {blank, "before" or "after": source}} of the right answers in these files."""
    text = "".join((Path(__file__).parent / file).read_text(encoding="utf-8") for file in files)
    entries = (entry.split("\n--- ") for entry in re.split(r"^=== ", text, flags=re.MULTILINE)[1:])
    return {title: dict(part.split("\n", 1) for part in parts) for title, *parts in entries}


ANSWERS = corpus("honest.txt", "honest_names.txt")
ANSWERS_A4 = corpus("honest_a4.txt")
SLOW = corpus("honest_slow.txt")  # what a clock has to stop, or what waits by itself


def split_with_helper_first(notebook, victim):
    """JupyterLab's split copies the metadata; the function is in the second part."""
    at, cell = at_of(notebook, victim.blank)
    first, second = copy.deepcopy(cell), copy.deepcopy(cell)
    (first.source, second.source), first.id = victim.parts, "first-part"
    notebook.cells[at : at + 1] = [first, second]


def split_with_function_first(notebook, victim):
    at, cell = at_of(notebook, victim.blank)
    rest = copy.deepcopy(cell)
    rest.source, rest.id = f"print({victim.blank})", "second-part"
    notebook.cells.insert(at + 1, rest)


def split_without_metadata(notebook, victim):
    at, cell = at_of(notebook, victim.blank)
    cell.source, function = victim.parts
    notebook.cells.insert(at + 1, new_code_cell(function))


def extra_cells(notebook, _):
    notebook.cells[2:2] = [new_markdown_cell("# Notes\n<b>mine</b>"), new_raw_cell("raw"), new_code_cell("1 + 1")]
    notebook.cells += [
        new_code_cell(""),
        new_code_cell("   "),
        new_markdown_cell(""),
        new_code_cell("# only a comment"),
    ]


def own_cells_reordered(notebook, _):
    for source in ("second = first + 1", "first = 1"):
        notebook.cells.insert(3, new_code_cell(source))
    notebook.cells.insert(0, new_code_cell("third = second"))


def windows_line_ends_and_tabs(notebook, _):
    for cell in notebook.cells:
        cell.source = cell.source.replace("    ", "\t").replace("\n", "\r\n")


def stored_outputs(notebook, _):
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.execution_count = 99
            cell.outputs = [new_output("stream", name="stderr", text="Traceback: an old error")]


def locked_cells_reworded(notebook, _):
    cell_of(notebook, "imports").source += "\nimport math"
    cell_of(notebook, "test_train").source = "print('tests switched off')"
    cell_of(notebook, "about_train").source = "My notes."


def cells_moved(notebook, victim):
    at, _ = at_of(notebook, victim.blank)
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


def handed_in(judge, entry):
    """The solution with the answers, and the cells, of an entry of the corpus."""
    answers = dict(entry)
    own = {place: answers.pop(place, "") for place in ("before", "after")}
    return judge.notebook(answers, **own, solved=True)


@pytest.mark.parametrize("what", ANSWERS)
def test_right_answers_get_full_marks(honest, what):
    verdict = honest.judged(handed_in(honest, ANSWERS[what]))
    assert lost(verdict) == {} and all("extended precision" in note for note in verdict.staff_notes)


@pytest.mark.parametrize("victim", [A4], indirect=True, ids=lambda victim: victim.assignment)
@pytest.mark.parametrize("what", ANSWERS_A4)
def test_right_answers_to_another_assignment_get_full_marks(honest, what):
    verdict = honest.judged(handed_in(honest, ANSWERS_A4[what]))
    assert lost(verdict) == {} and verdict.staff_notes == ()


@pytest.fixture(scope="module")
def waited(tmp_path_factory, root):
    """{title: the verdict} of the slow ones, by a judge that waits less."""
    limits = Limits(cell_cpu=1, cell_wall=2, check_cpu=1, check_wall=2)
    made = Class_(root, tmp_path_factory.mktemp("waited"), limits=limits)
    verdicts = made.judged_at_once(handed_in(made, entry) for entry in SLOW.values())
    made.judge.close()
    return dict(zip(SLOW, verdicts, strict=True))


@pytest.mark.parametrize("what", SLOW)
def test_right_answers_that_take_long_get_full_marks(waited, what):
    assert lost(waited[what]) == {} and waited[what].staff_notes == ()


@pytest.mark.parametrize("what", [what for what in SLOW if "that another calls" in what])
def test_who_calls_a_slow_answer_is_judged_with_ours(waited, what):
    """So these do run out of the time that there is."""
    told = {blank.grade_id: [finding.message for finding in blank.findings] for blank in waited[what].blanks}
    assert any("train ran out of time with your own" in message for message in told["train"]), told


@each_victim
@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_right_notebooks_get_full_marks(honest, victim, edit):
    notebook = honest.notebook(solved=True)
    edit(notebook, victim)
    verdict = honest.judged(notebook)
    assert lost(verdict) == {} and verdict.staff_notes == ()


def test_the_corpus_is_large_and_each_answer_is_of_a_blank(honest):
    assert len(ANSWERS) + len(SLOW) + len(EDITS) >= 105
    named = {name for entry in (ANSWERS | SLOW).values() for name in entry}
    assert named - {"before", "after"} <= set(honest.blanks)


def test_a_mark_that_is_lost_is_seen(honest):
    assert "row_gradients" in lost(honest.verdict(WRONG, solved=True))


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
