"""What makes a lecture a pleasure: its size, alt text, things to do, answers that are folded, checks that bite."""

import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

LECTURES = sorted((Path(__file__).resolve().parent.parent / "lectures").glob("*.ipynb"))
MOST_CELLS, MOST_WORDS = 35, 4_500  # code cells and words of the main line
MOST_OPTIONAL_CELLS, MOST_OPTIONAL_WORDS = 12, 1_500
SHORTEST_ALT = 20  # characters
FEWEST_PLAYS, FEWEST_CHECKS, FEWEST_EXERCISES = 2, 8, 3

every_lecture = pytest.mark.parametrize("path", LECTURES, ids=lambda path: path.stem)


def tags(cell: NotebookNode) -> list[str]:
    return cell.metadata.get("tags", [])


def sections(notebook: NotebookNode) -> dict[str, list[NotebookNode]]:
    """The cells under each heading of the second level, by its text; "" for what stands above the first."""
    found, heading = {"": []}, ""
    for cell in notebook.cells:
        texts = (
            re.split(r"^(?=## )", cell.source, flags=re.MULTILINE) if cell.cell_type == "markdown" else [cell.source]
        )
        for text in texts:
            if cell.cell_type == "markdown" and text.startswith("## "):
                heading = text.partition("\n")[0].removeprefix("## ")
                found[heading] = []
            found[heading].append(NotebookNode(cell, source=text))
    return found


def is_optional(heading: str) -> bool:
    return "(optional)" in heading


def size(cells: list[NotebookNode]) -> tuple[int, int]:
    """(code cells, words of text)."""
    words = sum(len(cell.source.split()) for cell in cells if cell.cell_type == "markdown")
    return sum(cell.cell_type == "code" for cell in cells), words


def faults(notebook: NotebookNode) -> Iterator[str]:
    parts = sections(notebook)
    for optional, most in ((False, (MOST_CELLS, MOST_WORDS)), (True, (MOST_OPTIONAL_CELLS, MOST_OPTIONAL_WORDS))):
        found = size([cell for heading, cells in parts.items() if is_optional(heading) == optional for cell in cells])
        if any(a > b for a, b in zip(found, most, strict=True)):
            part = "optional sections" if optional else "the main line"
            yield f"{part}: {found} code cells and words, at most {most}"
    yield from (f"section {heading!r} has nothing to try" for heading in untried(parts))
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    yield from (f"a figure without alt text: {cell.source.splitlines()[-1]!r}" for cell in cells if lacks_alt(cell))
    plays = sum("play" in cell.source for cell in cells if cell.outputs and re.search(r"play\w*\(", cell.source))
    if plays < FEWEST_PLAYS:
        yield f"{plays} places to play, at least {FEWEST_PLAYS}"
    checks = sum(any(tag.startswith("check:") for tag in tags(cell)) for cell in cells)
    if checks < FEWEST_CHECKS:
        yield f"{checks} cells with checks, at least {FEWEST_CHECKS}"
    yield from unfolded(notebook, parts)


def untried(parts: dict[str, list[NotebookNode]]) -> list[str]:
    """The numbered sections of the main line in which no cell is the student's to edit."""
    numbered = {name: cells for name, cells in parts.items() if re.match(r"\d+ ·", name) and not is_optional(name)}
    return [name for name, cells in numbered.items() if not any("try" in tags(cell) for cell in cells)]


def lacks_alt(cell: NotebookNode) -> bool:
    images = [(out, kind) for out in cell.outputs for kind in out.get("data", {}) if kind.startswith("image/")]
    return any(len(out.metadata.get(kind, {}).get("alt", "")) < SHORTEST_ALT for out, kind in images)


def unfolded(notebook: NotebookNode, parts: dict[str, list[NotebookNode]]) -> Iterator[str]:
    """Predictions and exercises whose answers are not folded, or would not stay so."""
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    for text in texts:
        for asked in re.split(r"^\*\*Predict", text, flags=re.MULTILINE)[1:]:
            if "<details>" not in asked:
                yield f"a prediction without a folded answer: {asked[:60]!r}"
        for item in re.findall(r"^ *(\d+\. .*)\n *<details>", text, re.MULTILINE):
            yield f"an answer within an item of a list, which a page closes early: {item[:60]!r}"
    exercises = "\n".join(cell.source for name, cells in parts.items() if "Exercises" in name for cell in cells)
    if exercises.count("<details>") < FEWEST_EXERCISES or "★★★" not in exercises:
        yield f"exercises need stars, up to ★★★, and at least {FEWEST_EXERCISES} have folded answers"


@every_lecture
def test_a_lecture_keeps_its_budget_and_gives_its_reader_something_to_do(path):
    assert list(faults(nbformat.read(path, as_version=4))) == []


@every_lecture
def test_every_row_of_the_syllabus_has_its_cell(path):
    rows = tomllib.loads((path.parent / "syllabus" / f"{path.stem[:2]}.toml").read_text(encoding="utf-8"))["row"]
    assert all(row.keys() == {"id", "topic", "deck"} for row in rows) and len({row["id"] for row in rows}) == len(rows)
    cells = nbformat.read(path, as_version=4).cells
    found = Counter(tag.removeprefix("row:") for cell in cells for tag in tags(cell) if tag.startswith("row:"))
    assert found.keys() == {row["id"] for row in rows}


@every_lecture
def test_every_check_of_a_lecture_bites(path):
    command = [sys.executable, "-m", "tests.mutants", "--half", str(path)]
    run = subprocess.run(command, cwd=path.parents[1], capture_output=True, text=True, timeout=280)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-2000:]


FOLDED = "**Predict, then run.** What?\n\n<details><summary>Answer</summary>\n\nThat.\n</details>"


def lecture(*, alt="A line that falls from left to right.", last="tested(2)", tag="check:tested") -> NotebookNode:
    """A lecture of one numbered section in good form, but for what is asked for."""
    figure = new_output("display_data", {"image/png": "iVBO"}, metadata={"image/png": {"alt": alt}})
    play = new_code_cell("figures.play(draw)", outputs=[figure], metadata={"tags": ["try"]})
    checks = [new_code_cell(last, metadata={"tags": [tag]}) for _ in range(FEWEST_CHECKS)]
    exercises = "## Exercises" + 3 * "\n\n★★★ Why?\n\n<details><summary>Answer</summary>\n\nSo.\n</details>"
    return new_notebook(
        cells=[
            new_markdown_cell("## 1 · One"),
            play,
            play,
            new_markdown_cell(FOLDED),
            *checks,
            new_markdown_cell(exercises),
        ]
    )


def test_a_lecture_in_good_form_has_no_faults():
    assert list(faults(lecture())) == []


def without(notebook: NotebookNode, *positions: int) -> NotebookNode:
    notebook.cells = [cell for k, cell in enumerate(notebook.cells) if k not in positions]
    return notebook


def with_cells(*cells: NotebookNode) -> NotebookNode:
    notebook = lecture()
    notebook.cells = [*notebook.cells[:-1], *cells, notebook.cells[-1]]
    return notebook


@pytest.mark.parametrize(
    ("notebook", "fault"),
    [
        (lecture(alt=""), "without alt text"),
        (lecture(tag="other"), "0 cells with checks"),
        (without(lecture(), 1, 2), "nothing to try"),
        (without(lecture(), 1), "1 places to play"),
        (without(lecture(), -1 + len(lecture().cells)), "exercises"),
        (with_cells(*(new_code_cell("x = 1") for _ in range(40))), "the main line"),
        (with_cells(new_markdown_cell("word " * 4_600)), "the main line"),
        (with_cells(new_markdown_cell("## 2 · More *(optional)*\n" + "word " * 1_600)), "optional sections"),
        (with_cells(new_markdown_cell("**Predict, then run.** What?")), "a prediction"),
        (with_cells(new_markdown_cell(f"{FOLDED}\n\n**Predict, then run.** And then?")), "a prediction"),
        (with_cells(new_markdown_cell("1. What?\n   <details><summary>Answer</summary>")), "within an item of a list"),
        (with_cells(new_markdown_cell("## 2 · Two\ntext")), "section '2 · Two' has nothing to try"),
    ],
)
def test_a_lecture_in_bad_form_is_seen(notebook, fault):
    assert any(fault in found for found in faults(notebook))


def test_a_check_that_cannot_fail_is_seen(tmp_path):
    """One cell asserts something of a function, another only calls it; a third's function is not called."""
    (tmp_path / "figures.py").write_text("def show(figure, alt): ...\n")
    sources = {
        "def doubled(x):\n    return 2 * x": "",
        "assert doubled(3) == 6": "check:doubled",
        "print(doubled(3))": "check:doubled",
        "x = 1": "check:doubled",
    }
    cells = [new_code_cell(source, metadata={"tags": [tag] if tag else []}) for source, tag in sources.items()]
    nbformat.write(new_notebook(cells=cells), tmp_path / "00-toy.ipynb")
    command = [sys.executable, "-m", "tests.mutants", str(tmp_path / "00-toy.ipynb")]
    run = subprocess.run(command, cwd=LECTURES[0].parents[1], capture_output=True, text=True)
    assert run.returncode == 1 and "code cell 2" not in run.stdout, run.stdout + run.stderr
    assert (
        "code cell 3: doubled with another sign passes" in run.stdout and "cell 4: doubled is not called" in run.stdout
    )
