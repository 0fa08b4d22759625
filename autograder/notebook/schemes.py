"""The model answers and mark schemes of written questions, which staff read beside what a student wrote."""

from functools import lru_cache

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from autograder.notebook import cells

TITLE = "**For staff alone: the model answer, and what gives points**"


def with_schemes(notebook: NotebookNode, source: str) -> NotebookNode:
    """The notebook with a cell below each written answer that quotes the one of the source notebook (JSON text).

    It is for the autograded notebook, which Formgrader shows to staff; feedback pages show answers alone.
    """
    schemes, shown = _schemes(source), []
    for cell in notebook.cells:
        shown.append(cell)
        if scheme := schemes.get(cells.grade_id(cell)):
            shown.append(new_markdown_cell(scheme, id=f"scheme-{len(shown)}"))
    return NotebookNode(notebook, cells=shown)


@lru_cache(maxsize=4)
def _schemes(source: str) -> dict[str, str]:
    """{grade_id of a written question: what staff read}."""
    notebook = nbformat.reads(source, as_version=4)
    return {cells.grade_id(cell): _quoted(cell.source) for cell in notebook.cells if cells.kind(cell) == cells.WRITTEN}


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in [TITLE, "", *text.splitlines()])
