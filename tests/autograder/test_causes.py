"""What is said where the cause of a failure lies in the blank's cell, in another one, or in none: it was not begun."""

import pytest

from autograder.gradebook.comments import comment_on
from autograder.judging.catalogue import CATALOGUE
from autograder.notebook import cells
from tests.a1_judged import SHORT, Class_


@pytest.fixture(scope="module")
def class_(tmp_path_factory, root):
    made = Class_(root, tmp_path_factory.mktemp("causes"), limits=SHORT)
    yield made
    made.judge.close()


def told(class_, **submitted):
    """({blank: the one finding of what failed}, the notes on the whole) of a solved notebook but for what is given."""
    own = {place: submitted.pop(place, "") for place in ("before", "after")}
    verdict = class_.verdict(submitted, **own, solved=True)
    assert verdict.staff_notes == ()
    return {b.grade_id: b.findings[0] for b in verdict.blanks if b.score != b.points}, verdict.notes


IN_ITS_CELL = {
    "a missing colon": ("def sigmoid(z)\n    return z", "SyntaxError: expected ':' (line 1)."),
    "wrong indentation": ("def sigmoid(z):\nreturn z", "IndentationError: expected an indented block after function "
                          "definition on line 1 (line 2)."),
    "a bracket left open": ("def sigmoid(z):\n    return (z", "SyntaxError: incomplete input (line 2)."),
    "a library that is not here": ("import torch\ndef sigmoid(z):\n    return torch.sigmoid(z)",
                                   "ModuleNotFoundError: torch is not available here and not needed."),
    "part of one": ("from scipy.special import expit\ndef sigmoid(z):\n    return expit(z)",
                    "ModuleNotFoundError: scipy is not available here and not needed."),
    "nnlib's own answer": ("from nnlib.activations import sigmoid", "ImportError: a1-neuron may import "),
    "a name that is not there": ("size = unknown + 1\ndef sigmoid(z):\n    return z", "NameError: name 'unknown'"),
}  # fmt: skip


@pytest.mark.parametrize("what", IN_ITS_CELL)
def test_what_happened_in_its_cell_is_said(class_, what):
    code, sentence = IN_ITS_CELL[what]
    found, notes = told(class_, sigmoid=code)
    assert found["sigmoid"].message.startswith(f"The cell of this blank ended in {sentence}")
    assert (found["sigmoid"].diagnosis, set(found)) == ("cell_failed", {"sigmoid"})
    assert "keep the name" not in found["sigmoid"].message and notes == ()


def test_a_name_that_was_changed_is_still_called_so(class_):
    found, _ = told(class_, sigmoid="def Sigmoid(z):\n    return 1 / (1 + np.exp(-z))")
    assert found["sigmoid"].diagnosis == "not_defined" and "keep the function's name" in found["sigmoid"].message


def test_a_blank_left_as_it_was_is_not_begun(class_):
    untouched = "def sigmoid(z):\n    raise NotImplementedError()"
    found, notes = told(class_, row_gradients=cells.CODE_STUB, sigmoid=untouched)
    assert found["sigmoid"].diagnosis == "not_begun"
    assert found["sigmoid"].message.endswith(
        "sigmoid is not begun: its cell, or that of a function it calls, still raises NotImplementedError."
    )
    assert found["row_gradients"].diagnosis in ("not_begun", "cell_failed") and notes == ()


def test_nobody_is_told_above_all_blanks_that_none_is_begun(class_):
    verdict = class_.verdict()
    assert {b.diagnosis for b in verdict.blanks} == {"not_begun"} and verdict.notes == ()


def test_one_cause_of_twelve_failures_is_said_once(class_):
    answers = {name: f"def {name}(*args):\n    return helper(*args)" for name in class_.blanks}
    found, notes = told(class_, **answers, before="import torch\ndef helper(*args):\n    return torch.zeros(1)")
    first, shared = notes
    assert first == "Code cell 1 ended in ModuleNotFoundError: torch is not available here and not needed."
    assert shared == "12 of 12 blanks failed for one reason: they raised NameError: name 'helper' is not defined."
    assert len(found) == 12 and all("the notes on the whole notebook" in finding.message for finding in found.values())
    assert not any("NameError" in finding.message for finding in found.values()) and found["sigmoid"].example


def test_a_notebook_that_does_not_come_to_its_end_says_so_once(class_):
    ends = "import os\nos._exit(1)"
    verdict = class_.verdict({name: ends for name in class_.blanks}, solved=True)
    assert verdict.score == 0 and {blank.diagnosis for blank in verdict.blanks} == {"not_run"}
    (note,) = [note for note in verdict.notes if "one reason" in note]
    assert note.startswith("12 of 12 blanks failed for one reason: The notebook could not be run to its end: ")


def test_a_library_that_all_cells_import_is_named_once(class_):
    answers = {name: f"import torch\ndef {name}(*args):\n    return torch.zeros(1)" for name in class_.blanks}
    found, notes = told(class_, **answers)
    reason = "their cells ended in ModuleNotFoundError: torch is not available here and not needed."
    assert notes == (f"12 of 12 blanks failed for one reason: {reason}",)
    assert {finding.diagnosis for finding in found.values()} == {"cell_failed"} and len(found) == 12


def test_two_that_fail_alike_are_told_each(class_):
    wrong = "def {}(*args):\n    raise ValueError('the same')"
    found, notes = told(class_, **{name: wrong.format(name) for name in ("sigmoid", "gate_weights")})
    assert notes == () and len(found) == 2
    assert all("raised ValueError: the same" in finding.message for finding in found.values())


def test_what_no_blank_failed_by_is_not_told(class_):
    found, notes = told(class_, before="import torch", after="1 / 0")
    assert (found, notes) == ({}, ())


def test_a_forged_error_is_cut_before_it_is_looked_through(class_):
    """A pattern would take an hour for this one."""
    forged = {"output_type": "error", "ename": "E" * 10_000, "evalue": "(<" * 1_000_000, "traceback": []}
    added = f"get_ipython().collected.items.append({forged!r})"
    found, _ = told(class_, sigmoid=f"{added}\nsigmoid = 3")
    assert found["sigmoid"].diagnosis == "not_callable" and len(found["sigmoid"].message) < 1_000


def test_each_diagnosis_has_a_sentence(class_):
    found, _ = told(class_, sigmoid="def sigmoid(z)\n    return z")
    assert found["sigmoid"].message.endswith(CATALOGUE["cell_failed"])
    assert comment_on(class_.verdict({"sigmoid": "def sigmoid(z)\n    return z"}, solved=True).blanks[3])
