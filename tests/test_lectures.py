"""Lectures run from top to bottom, print what is stored in them, and keep the form that makes comparing worth while."""

import copy
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

LECTURES = sorted((Path(__file__).resolve().parent.parent / "lectures").glob("*.ipynb"))
LARGEST = 600_000  # bytes of a notebook, its figures included
TIMING_CELLS = 3  # at most, in one lecture
UNCOMPARED = {"nbval-ignore-output", "nbval-skip"}
UNCOMPARED_COMMENT = re.compile(r"#\s*(NBVAL_\w+|PYTEST_VALIDATE_IGNORE_OUTPUT)")
# reads the clock, or shows what a cell above measured with it, with its unit
TIMES = re.compile(r"perf_counter|timeit|%time|µs\b|\bms\b|\bseconds\b")
DECIMAL = re.compile(r"(?<![\w.])(\d+\.\d+)(?:[eE][+-]?\d+)?(?![\w.]*\d)")
CHANGES = re.compile(r"0x[0-9a-f]{6,}|/tmp/|ipykernel_\d+")

every_lecture = pytest.mark.parametrize("path", LECTURES, ids=lambda path: path.stem)


class Compared(NamedTuple):
    """What nbval said of notebooks: the outcomes of each one's code cells, by the file's name, and its words."""

    cells: dict[str, list[str]]
    said: str


def nbval(*paths: Path) -> Compared:
    """Run notebooks, each in a kernel of its own, and compare every cell with what is stored; nothing is forgiven."""
    options = ["--nbval", "--nbval-current-env", "-q", "-rA", "--rootdir=/", "-p", "no:cacheprovider", "-p", "no:xdist"]
    command = [sys.executable, "-m", "pytest", *options, *map(str, paths)]
    run = subprocess.run(command, cwd=LECTURES[0].parent, capture_output=True, text=True, timeout=900)
    assert run.returncode in (0, 1), run.stdout[-4000:] + run.stderr
    found = re.findall(r"^([A-Z]+) (?:.*/)?([^/\n]+\.ipynb)::Cell (\d+)", run.stdout, re.MULTILINE)
    cells = {path.name: [] for path in paths}
    for outcome, name, _ in sorted(found, key=lambda one: int(one[2])):
        cells[name].append(outcome)
    return Compared(cells, run.stdout)


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def uncompared(cell: NotebookNode) -> bool:
    """Whether nbval lets this cell print anything."""
    return bool(UNCOMPARED & set(cell.metadata.get("tags", ())) or UNCOMPARED_COMMENT.search(cell.source))


def printed(cell: NotebookNode) -> str:
    """The text a cell shows: its streams and the text of its values."""
    return "\n".join(out.get("text") or out.get("data", {}).get("text/plain", "") for out in cell.outputs)


def draws(cell: NotebookNode) -> bool:
    return any(kind.startswith("image/") for out in cell.outputs for kind in out.get("data", {}))


def significant(decimal: str) -> int:
    return len(decimal.replace(".", "").lstrip("0"))


def cell_faults(cell: NotebookNode) -> Iterator[str]:
    lines = [line for line in cell.source.splitlines() if line.strip()]
    if len(lines) > 20:
        yield f"{len(lines)} lines, at most 20 are read"
    if uncompared(cell):
        if not TIMES.search(cell.source):
            yield "its output is not compared, and it is not a timing"
        return
    text = printed(cell)
    yield from (f"prints {number}, at most 5 digits" for number in DECIMAL.findall(text) if significant(number) > 5)
    yield from (f"prints {word}, which changes with every run" for word in CHANGES.findall(text))


def lecture_faults(notebook: NotebookNode) -> list[str]:
    """What keeps a lecture from being read with ease and compared exactly, each named with its cell's first line."""
    cells = code_cells(notebook)
    faults = [f"{cell.source.partition(chr(10))[0]!r}: {fault}" for cell in cells for fault in cell_faults(cell)]
    if [cell.execution_count for cell in cells] != list(range(1, len(cells) + 1)):
        faults.append("its cells were not run once each from top to bottom in a fresh kernel")
    if sum(map(uncompared, cells)) > TIMING_CELLS:
        faults.append(f"{sum(map(uncompared, cells))} cells are not compared, at most {TIMING_CELLS} timings are")
    for cell, after in zip(notebook.cells, [*notebook.cells[1:], None], strict=True):
        if cell.cell_type == "code" and draws(cell) and not is_caption(after):
            faults.append(f"{cell.source.partition(chr(10))[0]!r}: no caption follows its figure")
    return faults


def is_caption(cell: NotebookNode | None) -> bool:
    """A sentence, not a heading, stands first in the cell."""
    return cell is not None and cell.cell_type == "markdown" and bool(re.match(r"\s*[^#\s][^\n]*\w", cell.source))


def test_the_first_lectures_are_there():
    assert {"02-logistic-regression", "04-minibatches"} <= {path.stem for path in LECTURES}


@every_lecture
def test_a_lecture_keeps_the_form(path):
    assert lecture_faults(nbformat.read(path, as_version=4)) == []
    assert path.stat().st_size < LARGEST


def with_another_number(notebook: NotebookNode) -> NotebookNode:
    """The notebook up to the first cell whose compared text holds a number, that number's last digit changed."""
    notebook = copy.deepcopy(notebook)
    for position, cell in enumerate(notebook.cells):
        if cell.cell_type != "code" or uncompared(cell):
            continue
        for out in cell.outputs:
            holder, key = (out, "text") if out.output_type == "stream" else (out.get("data", {}), "text/plain")
            if found := re.search(r"\d(?!.*\d)", holder.get(key, "")):
                start = found.start()
                other = str((int(found.group()) + 1) % 10)
                holder[key] = holder[key][:start] + other + holder[key][start + 1 :]
                notebook.cells = notebook.cells[: position + 1]
                return notebook
    raise AssertionError("no number is stored in this lecture")


def two_cells() -> NotebookNode:
    cells = [new_code_cell("x = 0.5", execution_count=1), new_code_cell("print(x)", execution_count=2)]
    cells[1].outputs = [new_output("stream", name="stdout", text="0.5\n")]
    return new_notebook(cells=cells)


@pytest.fixture(scope="module")
def compared(request, tmp_path_factory) -> Compared:
    """The lectures asked for, each also with a number changed, and so a lecture of two cells, in one nbval: it takes a
    second to start.
    """
    asked = [item.callspec.params for item in request.session.items if hasattr(item, "callspec")]
    lectures = sorted({params["path"] for params in asked if params.get("path") in LECTURES})
    home = tmp_path_factory.mktemp("lectures")
    figures = shutil.ignore_patterns("*.ipynb", "__pycache__")
    shutil.copytree(LECTURES[0].parent, home, ignore=figures, dirs_exist_ok=True)
    nbformat.write(two_cells(), home / "true.ipynb")
    notebooks = {path.name: nbformat.read(path, as_version=4) for path in lectures} | {"true.ipynb": two_cells()}
    for name, notebook in notebooks.items():
        nbformat.write(with_another_number(notebook), home / f"changed-{name}")
    return nbval(*lectures, home / "true.ipynb", *sorted(home.glob("changed-*")))


@every_lecture
def test_a_lecture_prints_what_is_stored(path, compared):
    assert set(compared.cells[path.name]) == {"PASSED"}, compared.said


@every_lecture
def test_a_changed_number_is_seen(path, compared):
    """It is in the last cell of those that are run."""
    *before, last = compared.cells[f"changed-{path.name}"]
    assert (set(before), last) == ({"PASSED"}, "FAILED"), compared.said


def test_nbval_sees_a_number_changed_in_a_lecture_of_two_cells(compared):
    assert compared.cells["true.ipynb"] == ["PASSED", "PASSED"]
    assert compared.cells["changed-true.ipynb"] == ["PASSED", "FAILED"]


def cell(source: str, text: str = "", tags: tuple[str, ...] = ()) -> NotebookNode:
    outputs = [new_output("stream", name="stdout", text=text)] if text else []
    return new_code_cell(source, execution_count=1, outputs=outputs, metadata={"tags": list(tags)})


def figure() -> NotebookNode:
    return new_code_cell("draw()", execution_count=1, outputs=[new_output("display_data", {"image/png": "iVBO"})])


TIMING = ("nbval-ignore-output",)


@pytest.mark.parametrize(
    "cells",
    [
        [cell("print(x)", "J = 0.69315, m = 569, 1.2345e-07, 2.4.6, 0.00012345, 123456")],
        [cell("t = perf_counter()", "took 0.123456789 s", TIMING)],
        [cell("print(f'{t} µs an update')", "12.3456789 µs an update", TIMING)],
        [figure(), new_markdown_cell("Figure 1. The cost falls.")],
        [cell("\n".join(["x = 1", ""] * 20))],
    ],
    ids=["five digits", "a timing", "a time measured above", "a captioned figure", "twenty lines"],
)
def test_a_lecture_in_good_form_has_no_faults(cells):
    assert lecture_faults(new_notebook(cells=cells)) == []


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ([cell("print(x)", "J = 0.693147")], "prints 0.693147"),
        ([cell("print(x)", "[1234.56 2.0]")], "prints 1234.56"),
        ([cell("f", "<function f at 0x7f3a2b1c>")], "changes with every run"),
        ([cell("print(loss)", "0.5", TIMING)], "not a timing"),
        ([cell("print(loss)  # NBVAL_IGNORE_OUTPUT", "0.5")], "not a timing"),
        ([cell("train()", tags=("nbval-skip",))], "not a timing"),
        ([cell("x = 1\n" * 21)], "21 lines"),
        ([figure()], "no caption"),
        ([figure(), cell("x = 1")], "no caption"),
        ([figure(), new_markdown_cell("## Next")], "no caption"),
        ([cell("x = 1"), cell("y = 2")], "not run once each"),
        ([cell("perf_counter()", "1", TIMING) for _ in range(4)], "4 cells are not compared"),
    ],
)
def test_a_lecture_in_bad_form_is_seen(cells, fault):
    assert any(fault in found for found in lecture_faults(new_notebook(cells=cells)))
