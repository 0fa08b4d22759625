"""lectures/README.md says of the lectures what they say of themselves: its map and its coverage table."""

import re
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from docs import coverage_table

LECTURES = sorted(coverage_table.LECTURES.glob("*.ipynb"))
MAP = re.compile(
    r"^\| \[(\d+) · .+?\]\((.+?)\) \| .+? \| .+? \| (.*?) \| (\d+) \+ (\d+) \| (a\d-\w+).*? \|$", re.MULTILINE
)


def says(path: Path) -> tuple[set[int], int, int, str]:
    """What a lecture builds on, its minutes of reading and of trying, and its assignment, by its first cell."""
    opening = nbformat.read(path, as_version=4).cells[0].source
    needs = re.search(r"^You need:(.*?)(?=You need no|Time:|$)", opening, re.MULTILINE)[1]
    needs = re.sub(r"\$.*?\$|section \d+", "", needs)
    reading, trying = re.search(r"Time: (\d+) min reading, (\d+) min trying", opening).groups()
    assignment = re.search(r"Assignment: (a\d-\w+)", opening)[1]
    return {int(number) for number in re.findall(r"\d+", needs)}, int(reading), int(trying), assignment


def test_the_map_agrees_with_the_ten_lectures():
    rows = MAP.findall(coverage_table.README.read_text(encoding="utf-8"))
    assert [int(number) for number, *_ in rows] == list(range(1, 11))
    for (_, name, needs, reading, trying, assignment), path in zip(rows, LECTURES, strict=True):
        lectures = {int(number) for number in re.findall(r"\d+", needs)}
        assert (name, lectures, int(reading), int(trying), assignment) == (path.name, *says(path))


def test_the_coverage_table_is_up_to_date():
    text = coverage_table.README.read_text(encoding="utf-8")
    assert text == coverage_table.renewed(text, coverage_table.coverage()), "stale: run `python -m docs.coverage_table`"


@pytest.fixture
def small(tmp_path) -> Path:
    """A folder of one lecture that teaches two rows, one in two sections."""
    cells = [
        new_markdown_cell("# 1 · One", metadata={"tags": ["row:L1-a"]}),
        new_markdown_cell("In practice.\n\n## 1 · First", metadata={"tags": ["row:L1-b"]}),
        new_code_cell("x = 1", metadata={"tags": ["row:L1-b", "try"]}),
        new_markdown_cell("## 2 · Second *(optional)*"),
        new_code_cell("x = 2", metadata={"tags": ["row:L1-b"]}),
    ]
    nbformat.write(new_notebook(cells=cells), tmp_path / "01-one.ipynb")
    (tmp_path / "syllabus").mkdir()
    rows = '[[row]]\nid = "L1-a"\ntopic = "|z|"\ndeck = "SNU"\n[[row]]\nid = "L1-b"\ntopic = "b"\ndeck = "course"\n'
    (tmp_path / "syllabus" / "01.toml").write_text(rows)
    return tmp_path


def test_a_row_stands_with_the_sections_of_its_cells(small):
    table = coverage_table.coverage(small)
    assert "| \\|z\\| | opening | SNU |\n| b | 1 · First; 2 · Second (optional) | course |" in table
    assert "[Lecture 1](01-one.ipynb)" in table and "2 rows" in table


def test_a_moved_tag_makes_the_table_stale(small):
    text = f"before\n{coverage_table.BEGIN}\n\n{coverage_table.coverage(small)}\n\n{coverage_table.END}\nafter\n"
    assert text == coverage_table.renewed(text, coverage_table.coverage(small))
    notebook = nbformat.read(small / "01-one.ipynb", as_version=4)
    notebook.cells[3].metadata["tags"] = ["row:L1-a"]
    nbformat.write(notebook, small / "01-one.ipynb")
    anew = coverage_table.renewed(text, coverage_table.coverage(small))
    assert anew != text and anew.startswith("before\n") and anew.endswith("\nafter\n")
