"""Reading what was handed in, and rebuilding it on the assignment's own notebook."""

import copy
import json
import subprocess
import sys
import time

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

from autograder.course.handed_in import Submission
from autograder.course.verdict import UNDECIDED
from autograder.notebook import cells
from autograder.notebook.read import Unreadable, read_submission
from autograder.notebook.rebuild import MISSING, MOST_NOTES, rebuild, restored
from autograder.worker import undecided_file

NAME = "a0-small.ipynb"


def file_of(notebook) -> bytes:
    return json.dumps(notebook).encode()


def rebuilt(source, notebook):
    """The rebuilt notebook; it must be valid whatever was handed in, and the source must not have been touched."""
    before = copy.deepcopy(source)
    result = rebuild(source, read_submission(file_of(notebook), NAME))
    assert len({cell.id for cell in result.notebook.cells}) == len(result.notebook.cells)  # validate would repair it
    nbformat.validate(result.notebook)
    assert source == before
    return result


def at(notebook, name) -> int:
    return next(i for i, cell in enumerate(notebook.cells) if cells.grade_id(cell) == name)


def named(notebook, name):
    return notebook.cells[at(notebook, name)]


def texts(notebook):
    return [cell.source for cell in notebook.cells]


def names(notebook):
    return [name for cell in notebook.cells if (name := cells.grade_id(cell))]


# --- what cannot be opened


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", f"{NAME} is empty: hand in the notebook itself."),
        (b" \n", f"{NAME} is empty: hand in the notebook itself."),
        (b"\xff\xfe{\x00}\x00", f"{NAME} is not UTF-8 text, so it is no notebook: hand in the .ipynb file."),
        (
            b'{"cells": [\n}',
            f"{NAME} is not valid JSON (line 2, column 1): open it in JupyterLab, save it and hand it in again.",
        ),
        (b"1" * 5000, f"{NAME} is not valid JSON: open it in JupyterLab, save it and hand it in again."),
        (b"[1, 2]", f"{NAME} is JSON but not a notebook: hand in the .ipynb file that JupyterLab saved."),
        (b'{"nbformat": 4}', f"{NAME} is JSON but not a notebook: hand in the .ipynb file that JupyterLab saved."),
        (
            b'{"cells": "none", "nbformat": 4}',
            f"{NAME} is JSON but not a notebook: hand in the .ipynb file that JupyterLab saved.",
        ),
        (
            b'{"worksheets": [], "nbformat": 3}',
            f"{NAME} is a notebook of format 3, and format 4 is expected: "
            "open it in JupyterLab, save it and hand it in again.",
        ),
        (
            b'{"cells": [], "nbformat": [5]}',
            f"{NAME} is a notebook of format no number, and format 4 is expected: "
            "open it in JupyterLab, save it and hand it in again.",
        ),
        (
            b'{"cells": [1], "nbformat": 4}',
            f"{NAME} has cells that are not cells: open it in JupyterLab, save it and hand it in again.",
        ),
        (
            b'{"nbformat": 4, "cells": [' + b"{}," * 5000 + b"{}]}",
            f"{NAME} has 5001 cells, and at most 5000 are read: remove some.",
        ),
        (b"[" * 200_000, f"{NAME} is nested too deeply to be a notebook: hand in the .ipynb file."),
        (
            b" " * 20_000_001,
            f"{NAME} is larger than the 20 MB that are read: clear its outputs and hand it in again.",
        ),
        (
            b'{"nbformat": 4, "cells": [], "x": [' + b"[]," * 6_000_000 + b"[]]}",
            f"{NAME} has 12000009 brackets, commas and colons, and at most 2000000 are read: "
            "clear its outputs and hand it in again.",
        ),
    ],
    ids=lambda value: None if isinstance(value, str) else value[:16].decode("latin-1"),
)
def test_what_cannot_be_opened_gets_one_sentence(data, sentence):
    with pytest.raises(Unreadable) as raised:
        read_submission(data, NAME)
    assert str(raised.value) == sentence


@pytest.mark.parametrize("depth", [300, 900, 990])
def test_depth_that_json_still_reads_does_no_harm(source, depth):
    deep = "[" * depth + "]" * depth
    text = (
        '{"nbformat": 4, "metadata": {"kernelspec": DEEP}, "x": DEEP, "cells": [{"cell_type": DEEP, "source": DEEP, '
        '"id": DEEP, "attachments": DEEP, "metadata": {"nbgrader": {"grade_id": DEEP, "points": DEEP}, "x": DEEP}}]}'
    )
    try:
        notebook = read_submission(text.replace("DEEP", deep).encode(), NAME)
    except Unreadable:
        return
    nbformat.validate(rebuild(source, notebook).notebook)


# --- what can


def test_an_older_format_without_cell_ids_is_brought_up_to_date(source, release):
    release["nbformat_minor"] = 2
    for cell in release.cells:
        del cell["id"]
    result = rebuilt(source, release)
    assert (result.notebook.nbformat, result.notebook.nbformat_minor) == (4, 5)
    assert result.notes == ()


def test_broken_parts_that_do_not_matter_are_passed_over(source, release):
    release.metadata = {"kernelspec": "python", "language_info": 3}
    answer = named(release, "one")
    answer["outputs"], answer["execution_count"] = "none", "many"
    answer["source"] = ["def one():\n", 5, "    return 1"]
    for cell in release.cells:
        cell["id"] = "same"
    release.cells += [{"cell_type": "heading", "source": None, "metadata": 3, "id": "no good!"}, {}]
    result = rebuilt(source, release)
    assert named(result.notebook, "one").source == "def one():\n    return 1"
    assert result.notes == ()


def test_a_byte_order_mark_is_no_obstacle(release):
    assert texts(read_submission(b"\xef\xbb\xbf" + file_of(release), NAME)) == texts(release)


def test_text_no_file_can_hold_is_replaced(source, release):
    named(release, "one").source = "x = '\ud800'"
    result = rebuilt(source, release)
    assert named(result.notebook, "one").source == "x = '?'"
    nbformat.writes(result.notebook).encode()


def test_a_stored_output_of_19_mb_is_dropped_quickly(source, release):
    named(release, "one").outputs = [new_output("stream", text="x" * 19_000_000)]
    data = file_of(release)
    start = time.process_time()
    notebook = rebuild(source, read_submission(data, NAME)).notebook
    assert time.process_time() - start < 5
    assert len(nbformat.writes(notebook)) < 20_000


def test_outputs_counts_metadata_and_attachments_that_are_no_images_go(source, release):
    own = new_markdown_cell("![a](attachment:a)", metadata={"x": 1})
    own.attachments = {"a": {"image/png": "AAAA", "text/html": "<p>"}, "b": {"text/html": "<script>"}, "c": 3}
    release.cells.append(own)
    named(release, "one").update(execution_count=7, outputs=[new_output("stream", text="hello")])
    named(release, "one").metadata["x"] = 1
    result = rebuilt(source, release)
    assert result.notebook.cells[-1].attachments == {"a": {"image/png": "AAAA"}}
    assert result.notebook.cells[-1].metadata == {}
    answer = named(result.notebook, "one")
    assert (answer.outputs, answer.execution_count) == ([], None)
    assert answer.metadata == named(source, "one").metadata


# --- an honest submission


def test_an_unmodified_release_yields_no_notes(source, release):
    result = rebuilt(source, release)
    assert result.notes == ()
    assert result.unanswered == ("why",)
    assert names(result.notebook) == names(source)
    assert result.notebook.metadata == source.metadata


def test_the_order_of_an_unmodified_release_is_kept(source, release):
    notebook = rebuilt(source, release).notebook
    assert [cells.without_hidden(text) for text in texts(notebook)] == texts(release)


def test_answers_are_the_students_and_the_rest_is_the_sources(source, release):
    named(release, "one").source = "def one():\n    return 1.0\n\n"
    named(release, "why").source = "Because."
    named(release, "test_one").source += "\n  \n"
    named(release, "imports").source += "  \n"
    result = rebuilt(source, release)
    assert result.notes == ()
    assert result.unanswered == ()
    assert named(result.notebook, "one").source == "def one():\n    return 1.0\n\n"
    assert named(result.notebook, "why").source == "Because."
    assert named(result.notebook, "test_one").source == named(source, "test_one").source
    assert cells.hidden_check(named(result.notebook, "test_one")) == "a0-small.one"
    assert named(result.notebook, "imports").source == "import math"


@pytest.mark.parametrize("text", ["YOUR ANSWER HERE", "YOUR ANSWER HERE\n", "", "  \n"])
def test_a_written_question_left_alone_is_unanswered(source, release, text):
    named(release, "why").source = text
    assert rebuilt(source, release).unanswered == ("why",)


def test_an_answer_that_is_a_picture_is_an_answer(source, release):
    named(release, "why").source = ""
    named(release, "why").attachments = {"a": {"image/png": "AAAA"}}
    result = rebuilt(source, release)
    assert result.unanswered == ()
    assert named(result.notebook, "why").attachments == {"a": {"image/png": "AAAA"}}


def test_the_students_own_cells_stay_behind_the_cell_they_followed(source, release):
    release.cells.insert(0, new_code_cell("first = 0"))
    release.cells.insert(at(release, "one") + 1, new_code_cell("after_one = 1"))
    release.cells.insert(at(release, "test_one") + 1, new_raw_cell("after the test"))
    release.cells.append(new_code_cell("last = 9"))
    result = rebuilt(source, release)
    assert [cells.without_hidden(text) for text in texts(result.notebook)] == texts(release)
    assert result.notes == ()


# --- what has to be put right


def test_the_last_copy_of_a_cell_counts_and_the_others_stay(source, release):
    first = named(release, "one")
    first.source = "def helper():\n    return 1"
    second = copy.deepcopy(first)
    second.source = "def one():\n    return helper()"
    release.cells.insert(at(release, "one") + 1, second)
    result = rebuilt(source, release)
    where = at(result.notebook, "one")
    assert result.notebook.cells[where].source == second.source
    assert result.notebook.cells[where - 1].source == first.source
    assert cells.kind(result.notebook.cells[where - 1]) == cells.OWN
    assert result.notes == ("The cell `one` was there 2 times; the last one is the one that counts.",)


def test_a_copied_test_cell_is_restored_from_the_source(source, release):
    release.cells.append(copy.deepcopy(named(release, "test_one")))
    result = rebuilt(source, release)
    assert names(result.notebook) == names(source)
    assert result.notes == ("The cell `test_one` was there 2 times; the last one is the one that counts.",)


def test_a_missing_answer_is_restored_empty(source, release):
    del release.cells[at(release, "one")]
    release.cells.insert(0, new_code_cell("def one():\n    return 1"))
    result = rebuilt(source, release)
    assert named(result.notebook, "one").source == MISSING
    assert compile(MISSING, "cell", "exec").co_names == ()
    assert result.notes == ("The cell `one` was missing; it was restored empty.",)


@pytest.mark.parametrize("name", ["imports", "test_two"])
def test_missing_cells_of_ours_are_restored(source, release, name):
    del release.cells[at(release, name)]
    result = rebuilt(source, release)
    assert names(result.notebook) == names(source)
    assert named(result.notebook, name).source == named(source, name).source
    assert result.notes == (f"The cell `{name}` was missing; it was restored.",)


def test_a_missing_written_question_is_unanswered(source, release):
    del release.cells[at(release, "why")]
    result = rebuilt(source, release)
    assert named(result.notebook, "why").source == "*This cell was missing from the submission.*"
    assert result.unanswered == ("why",)


@pytest.mark.parametrize("name", ["imports", "test_two"])
def test_edited_text_of_ours_is_restored(source, release, name):
    named(release, name).source += "\nimport numpy"
    result = rebuilt(source, release)
    assert named(result.notebook, name).source == named(source, name).source
    assert result.notes == (f"The cell `{name}` is read-only and had been edited; its text was restored.",)


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [
        ("test_one", "points", 200),
        ("test_one", "grade", False),
        ("test_one", "solution", True),
        ("imports", "locked", False),
        ("one", "solution", False),
        ("why", "grade", False),
        ("one", "task", True),
    ],
)
def test_edited_settings_are_restored(source, release, name, key, value):
    named(release, name).metadata.nbgrader[key] = value
    result = rebuilt(source, release)
    assert named(result.notebook, name).metadata == named(source, name).metadata
    assert result.notes == (f"The settings of `{name}` had been edited ({key}); they were restored.",)


def test_a_renamed_cell_is_the_students_own_and_the_real_one_is_missing(source, release):
    named(release, "one").source = "def one():\n    return 1"
    named(release, "one").metadata.nbgrader.grade_id = "uno<b>"
    result = rebuilt(source, release)
    assert named(result.notebook, "one").source == MISSING
    assert "def one():\n    return 1" in texts(result.notebook)
    assert result.notes == (
        "The cell `uno?b?` is not in this assignment; it was read as your own cell.",
        "The cell `one` was missing; it was restored empty.",
    )


@pytest.mark.parametrize("make", [new_markdown_cell, new_raw_cell])
def test_an_answer_that_is_no_longer_code_is_not_run(source, release, make):
    where = at(release, "one")
    release.cells[where] = make("def one(): ...", metadata=release.cells[where].metadata)
    result = rebuilt(source, release)
    assert named(result.notebook, "one").source == MISSING
    assert named(result.notebook, "one").cell_type == "code"
    kind = release.cells[where].cell_type
    assert result.notes == (f"The answer cell `one` was turned from code into {kind}; it was not read as your answer.",)


def test_a_written_answer_turned_into_code_is_still_read(source, release):
    where = at(release, "why")
    release.cells[where] = new_code_cell("Because.", metadata=release.cells[where].metadata)
    result = rebuilt(source, release)
    assert (named(result.notebook, "why").cell_type, named(result.notebook, "why").source) == ("markdown", "Because.")
    assert result.notes == ("The cell `why` was turned into code; its text was read as your answer.",)


def test_moved_cells_are_put_back_in_order(source, release):
    release.cells.append(release.cells.pop(at(release, "imports")))
    release.cells.append(release.cells.pop(at(release, "one")))
    result = rebuilt(source, release)
    assert names(result.notebook) == names(source)
    assert result.notes == ("The cells `imports`, `one` were moved; the assignment's order was restored.",)


def test_another_kernel_is_replaced(source, release):
    release.metadata.kernelspec = {"name": "julia-1.9", "display_name": "Julia", "language": "julia"}
    result = rebuilt(source, release)
    assert result.notebook.metadata.kernelspec.name == "python3"
    assert result.notes == ("The notebook asked for the kernel `julia-1.9`; it was run with `python3`.",)


def test_another_display_name_of_the_same_kernel_is_not_worth_a_note(source, release):
    release.metadata.kernelspec["display_name"] = "Python 3 (ipykernel)"
    assert rebuilt(source, release).notes == ()


def test_the_notes_do_not_grow_without_bound(source, release):
    stranger = {"nbgrader": {"grade_id": "stranger", "locked": True}}
    release.cells += [new_code_cell(metadata=stranger) for _ in range(100)]
    notes = rebuilt(source, release).notes
    assert len(notes) == MOST_NOTES + 1
    assert notes[-1] == "60 more notes were left out."


def test_an_empty_notebook_becomes_the_assignment(source):
    result = rebuilt(source, nbformat.v4.new_notebook())
    assert names(result.notebook) == names(source)
    assert len(result.notes) == len(names(source))


PEAK = """
import re, sys
from autograder.notebook.read import read_submission
data = sys.stdin.buffer.read()
print(len(read_submission(data, "x.ipynb").cells))
print(re.search(r"VmHWM:\\s+([0-9]+) kB", open("/proc/self/status").read())[1])
"""


@pytest.mark.parametrize(
    "costly",
    [
        lambda: ",".join(f'"{n:x}\U0001f600":1.5' for n in range(999_980)),
        lambda: '"y":[' + ",".join(['"\U0001f600ab"'] * 1_999_980) + "]",
        lambda: '"y":[' + ",".join(['{"":[]}'] * 499_980) + "]",
        lambda: '"y":"' + "\U0001f600" + "x" * 19_999_000 + '"',
    ],
    ids=["keys", "strings", "objects", "one string"],
)
def test_the_costliest_file_that_is_read_takes_less_than_500_MB(root, costly):
    data = f'{{"nbformat":4,"metadata":{{}},"cells":[{{}}],"x":{{{costly()}}}}}'.encode()
    run = subprocess.run([sys.executable, "-c", PEAK], input=data, cwd=root, capture_output=True, check=True)
    cells_read, peak = map(int, run.stdout.split())
    assert cells_read == 1
    assert 50_000 < peak < 500_000  # kB


# --- what could not be judged at all


def test_a_file_that_cannot_be_read_leaves_every_blank_undecided(source):
    verdict = undecided_file(source, Submission("a0-small", "ada", "It is empty.", "ff", b""), "It is empty.")
    assert [(blank.grade_id, blank.points, blank.outcome, blank.score) for blank in verdict.blanks] == [
        ("one", 2.0, UNDECIDED, None),
        ("two", 3.0, UNDECIDED, None),
        ("three", 1.5, UNDECIDED, None),
    ]
    assert (verdict.student, verdict.submission, verdict.notes) == ("ada", "ff", ("It is empty.",))
    assert verdict.blanks[0].findings[0].message == "It is empty."


def test_what_stands_in_for_an_unreadable_file_holds_no_solution(source):
    notebook = restored(source)
    nbformat.validate(notebook)
    assert names(notebook) == names(source)
    assert [named(notebook, name).source for name in ("one", "two", "three")] == [MISSING] * 3
    assert "Because" not in named(notebook, "why").source
