"""Files as students really hand them in, all in one class: each gets one clear sentence, and nobody else suffers."""

import copy
import html
import json
import os
import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_output

from autograder.course.verdict import UNDECIDED
from autograder.gradebook.record import marks
from autograder.notebook import cells
from tests.a1_class import ASSIGNMENT, autograder, hand_in, released, solved, verdict

FULL = 40.0
ROW = "row_gradients"


def cell_of(notebook, name):
    return next(cell for cell in notebook.cells if cells.grade_id(cell) == name)


def _bad_json(notebook):
    return nbformat.writes(notebook).encode()[:-100]


def _text(notebook):
    return b"Dear teacher, my dog ate it."


def _no_notebook(notebook):
    return b'{"name": "amara", "answers": [1, 2, 3]}'


def _a_list(notebook):
    return b"[1, 2, 3]"


def _deep(notebook):
    return b"[" * 200_000


def _not_utf8(notebook):
    notebook.cells[0].source = "naïve"
    return nbformat.writes(notebook, ensure_ascii=False).encode("latin-1", "replace")


def _utf16(notebook):
    return nbformat.writes(notebook).encode("utf-16")


def _empty(notebook):
    return b""


def _blank_space(notebook):
    return b" \n\t\n"


def _too_large(notebook):
    return b" " * 20_000_001


def _many_lists(notebook):
    return b"[" + b"[]," * 6_000_000 + b"[]]"


def _old_format(notebook):
    return json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": []}]}).encode()


def _cells_of_numbers(notebook):
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [1, 2]}).encode()


UNREADABLE = {
    _bad_json: "is not valid JSON",
    _text: "is not valid JSON",
    _no_notebook: "is JSON but not a notebook",
    _a_list: "is JSON but not a notebook",
    _deep: "is nested too deeply",
    _not_utf8: "is not UTF-8 text",
    _utf16: "is not UTF-8 text",
    _empty: "is empty",
    _blank_space: "is empty",
    _too_large: "is larger than the 20 MB that are read",
    _many_lists: "has 12000002 brackets, commas and colons, and at most 2000000 are read",
    _old_format: "is a notebook of format 3, and format 4 is expected",
    _cells_of_numbers: "has cells that are not cells",
}


def _no_file(path):
    path.with_name("my neuron.ipynb").write_text("{}")
    os.close(os.open(os.fsencode(path.parent) + b"/\xff.ipynb", os.O_CREAT))


def _symlink(path):
    path.symlink_to(path.parents[4] / "assignments" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb")


def _fifo(path):
    os.mkfifo(path)


def _folder(path):
    path.mkdir()


def _nothing_at_all(path):
    pass


NO_FILE = {
    _no_file: "in what was handed in (found: my neuron.ipynb, \N{REPLACEMENT CHARACTER}.ipynb)",
    _symlink: "a1-neuron.ipynb is a link to another file",
    _fifo: "a1-neuron.ipynb is not a plain file",
    _folder: "a1-neuron.ipynb is not a plain file",
    _nothing_at_all: "There is no a1-neuron.ipynb in what was handed in (found: nothing)",
}


def _right(notebook):
    pass


def _wrong_kernel(notebook):
    notebook.metadata.kernelspec = {"name": "ir", "display_name": "R", "language": "R"}


def _no_metadata(notebook):
    notebook.metadata = nbformat.NotebookNode()


def _missing_answer(notebook):
    notebook.cells.remove(cell_of(notebook, ROW))


def _missing_tests(notebook):
    notebook.cells = [cell for cell in notebook.cells if not cells.is_test(cell)]


def _copied_right_last(notebook):
    first = copy.deepcopy(cell_of(notebook, ROW))
    first.source, first.id = f"def {ROW}(X, delta):\n    return 0, 0", "first"
    notebook.cells.insert(notebook.cells.index(cell_of(notebook, ROW)), first)


def _copied_wrong_last(notebook):
    last = copy.deepcopy(cell_of(notebook, ROW))
    last.source, last.id = f"def {ROW}(X, delta):\n    return X.T @ delta, delta.sum()", "last"
    notebook.cells.append(last)


def _reordered(notebook):
    test = cell_of(notebook, f"test_{ROW}")
    notebook.cells.remove(test)
    notebook.cells.insert(2, test)


def _reversed(notebook):
    notebook.cells.reverse()


def _points_edited(notebook):
    cell_of(notebook, f"test_{ROW}").metadata.nbgrader.points = 4000


def _flags_edited(notebook):
    cell_of(notebook, f"test_{ROW}").metadata.nbgrader.update(grade=False, solution=True, locked=False)


def _grade_id_edited(notebook):
    cell_of(notebook, ROW).metadata.nbgrader.grade_id = "my_gradients"


def _all_metadata_gone(notebook):
    for cell in notebook.cells:
        cell.metadata = nbformat.NotebookNode()


def _test_edited(notebook):
    cell_of(notebook, f"test_{ROW}").source = "4.0"


def _renamed_function(notebook):
    cell = cell_of(notebook, "gradient_step")  # `train` calls it, and is right
    cell.source = cell.source.replace("def gradient_step", "def step_of_gradient")


def _large_output_stored(notebook):
    cell = cell_of(notebook, "figure")
    cell.outputs = [new_output("stream", name="stdout", text="x" * 19_000_000)]


def _large_output_printed(notebook):
    notebook.cells.append(new_code_cell("print('x' * 50_000_000)"))


def _odd_characters(notebook):
    notebook.cells.append(new_code_cell("print('\\ud800\\x00\\x1b[31m'); raise ValueError('\\ud800\\x00')"))
    cell_of(notebook, "sigmoid").source = "def sigmoid(z):\n    raise ValueError('\\ud800\\x00<b>')"


def _nested_answer(notebook):
    cell_of(notebook, "log_loss").source = "def log_loss(y, z):\n    return " + "lambda: " * 3_000 + "0"


# what was done to the file: (the mark it gets, what its owner is told)
READABLE = {
    _right: (FULL, None),
    _wrong_kernel: (FULL, "The notebook asked for the kernel `ir`; it was run with `python3`."),
    _no_metadata: (FULL, None),
    _missing_answer: (33.0, f"The cell `{ROW}` was missing; it was restored empty."),  # `train` calls it, and is right
    _missing_tests: (FULL, f"The cell `test_{ROW}` was missing; it was restored."),
    _copied_right_last: (FULL, f"The cell `{ROW}` was there 2 times; the last one is the one that counts."),
    _copied_wrong_last: (None, f"The cell `{ROW}` was there 2 times; the last one is the one that counts."),
    _reordered: (FULL, "moved; the assignment's order was restored."),
    _reversed: (FULL, "moved; the assignment's order was restored."),
    _points_edited: (FULL, f"The settings of `test_{ROW}` had been edited (points); they were restored."),
    _flags_edited: (FULL, "had been edited (grade, solution, locked); they were restored."),
    _grade_id_edited: (FULL, "The cell `my_gradients` is not in this assignment; it was read as your own cell."),
    _all_metadata_gone: (None, f"The cell `{ROW}` was missing; it was restored empty."),
    _test_edited: (FULL, f"The cell `test_{ROW}` is read-only and had been edited; its text was restored."),
    _renamed_function: (39.0, "gradient_step is not defined: keep the function's name as it was given."),
    _large_output_stored: (FULL, None),
    _large_output_printed: (FULL, "wrote more than is kept: 49,900,001 characters were cut."),
    _odd_characters: (None, None),
    _nested_answer: (None, None),
}  # fmt: skip


def name_of(damage):
    return damage.__name__.strip("_")


@pytest.fixture(scope="module")
def course(root, tmp_path_factory):
    """The whole class, graded and given feedback by the real command line."""
    course = released(root, tmp_path_factory.mktemp("bad-input"))
    for damage in UNREADABLE:
        hand_in(course, name_of(damage), damage(solved(course)))
    for damage in NO_FILE:
        path = course.submission(ASSIGNMENT, name_of(damage))
        path.parent.mkdir(parents=True)
        damage(path)
    for damage in READABLE:
        notebook = solved(course)
        damage(notebook)
        hand_in(course, name_of(damage), notebook)
    return course


@pytest.fixture(scope="module")
def graded(root, course):
    return autograder(root, course.root, "grade", ASSIGNMENT, "--json")


@pytest.fixture(scope="module")
def pages(root, course, graded):
    run = autograder(root, course.root, "feedback", ASSIGNMENT)
    assert run.returncode == 0, run.stderr
    return {path.parents[1].name: path.read_text() for path in course.directory.glob("feedback/*/*/*.html")}


EVERYBODY = [name_of(damage) for damage in (*UNREADABLE, *NO_FILE, *READABLE)]


def test_the_whole_class_is_graded(course, graded):
    assert (graded.returncode, graded.stderr) == (0, "")
    assert sorted(entry["student"] for entry in json.loads(graded.stdout)) == sorted(EVERYBODY)
    recorded = {mark.student for mark in marks(course.db_url, ASSIGNMENT)}
    assert recorded == {path.stem for path in (course.directory / "verdicts" / ASSIGNMENT).iterdir()} == set(EVERYBODY)


@pytest.mark.parametrize("damage", [*UNREADABLE, *NO_FILE], ids=name_of)
def test_what_cannot_be_opened_is_undecided_and_says_why(course, graded, damage):
    found = verdict(course, name_of(damage))
    assert {(blank.outcome, blank.score) for blank in found.blanks} == {(UNDECIDED, None)}
    (note,) = found.notes
    assert (UNREADABLE | NO_FILE)[damage] in note
    assert re.fullmatch(r"[^\n]*: [^\n]*\.", note) and note.count(". ") == 0  # one sentence: what it is, what to do
    assert found.staff_notes == ()


@pytest.mark.parametrize("damage", [*UNREADABLE, *NO_FILE], ids=name_of)
def test_in_the_gradebook_it_waits_for_staff(course, graded, damage):
    rows = [mark for mark in marks(course.db_url, ASSIGNMENT) if mark.student == name_of(damage)]
    assert len(rows) == 13 and {(mark.auto, mark.needs_manual) for mark in rows} == {(None, True)}


@pytest.mark.parametrize("damage", [damage for damage in READABLE if READABLE[damage][0] is not None], ids=name_of)
def test_what_can_be_opened_gets_the_marks_it_deserves(course, graded, damage):
    found = verdict(course, name_of(damage))
    assert found.score == READABLE[damage][0], found
    assert UNDECIDED not in {blank.outcome for blank in found.blanks} and found.staff_notes == ()


@pytest.mark.parametrize("damage", READABLE, ids=name_of)
def test_what_was_put_right_is_told(course, graded, damage):
    told, found = READABLE[damage][1], verdict(course, name_of(damage))
    findings = [finding.message for blank in found.blanks for finding in blank.findings]
    if told is not None:
        assert any(told in sentence for sentence in (*found.notes, *findings)), (found.notes, findings)
    else:
        assert found.notes == () or damage is _odd_characters
    assert all(note.endswith(".") and "\n" not in note for note in found.notes)


def test_the_last_copy_counts_even_when_it_is_the_wrong_one(course, graded):
    blanks = {blank.grade_id: blank for blank in verdict(course, name_of(_copied_wrong_last)).blanks}
    assert (blanks[ROW].score, blanks[ROW].diagnosis) == (0.0, "missing_mean")
    for damage, text in ((_copied_wrong_last, "delta.sum()"), (_copied_right_last, "delta.sum() / m")):
        shown = nbformat.read(course.autograded(ASSIGNMENT, name_of(damage)), as_version=4)
        assert text in cell_of(shown, ROW).source


def test_a_notebook_without_any_grading_metadata_is_judged_by_its_functions(course, graded):
    """The student's cells stay, as cells of their own: nothing of what was handed in is lost."""
    found = verdict(course, name_of(_all_metadata_gone))
    assert UNDECIDED not in {blank.outcome for blank in found.blanks}


def test_characters_that_no_file_can_hold_cost_their_own_blank(course, graded):
    blanks = {blank.grade_id: blank for blank in verdict(course, name_of(_odd_characters)).blanks}
    assert (blanks["sigmoid"].score, blanks["sigmoid"].diagnosis) == (0.0, "raised")
    assert blanks[ROW].score == blanks[ROW].points


def test_an_answer_that_does_not_parse_is_wrong_and_not_undecided(course, graded):
    blanks = {blank.grade_id: blank for blank in verdict(course, name_of(_nested_answer)).blanks}
    assert blanks["log_loss"].score == 0 and blanks[ROW].score == blanks[ROW].points


def test_everybody_gets_a_page_that_says_it(course, pages):
    assert pages.keys() == set(EVERYBODY)
    for student, page in pages.items():
        for note in verdict(course, student).notes:
            shown = html.unescape(re.sub(r"</?\w+>", "`", page))
            assert note[:60].replace("`", "") in shown.replace("`", ""), (student, note)


def test_pages_and_notebooks_stay_small(course, pages):
    for student, page in pages.items():
        assert len(page) < 2_000_000 and course.autograded(ASSIGNMENT, student).stat().st_size < 2_000_000, student


def test_a_link_leads_nowhere(course, pages):
    """A link to the source notebook was handed in: nothing of the source may be shown."""
    shown = pages[name_of(_symlink)] + course.autograded(ASSIGNMENT, name_of(_symlink)).read_text()
    assert "BEGIN SOLUTION" not in shown and "np.logaddexp" not in shown
