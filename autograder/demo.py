"""A class made up from the bank: right, wrong in named ways, and every way a file can go bad; and what each must get."""

import copy
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder import cells
from autograder.bank import Variant, variants
from autograder.course import Course
from autograder.verdict import Verdict
from autograder.verify import with_answers

ASSIGNMENT = "a1-neuron"

RUNTIME_WARNING = """\
def row_gradients(X, delta):
    np.log(np.zeros(1))  # a careless debugging line: NumPy warns, and nothing else is wrong
    m = len(X)
    return X.T @ delta / m, delta.sum() / m
"""
CRASHING = """\
def sigmoid(z):
    import os
    os._exit(1)
"""
LOOPING = """\
def sigmoid_derivative(z):
    while True:
        pass
"""


@dataclass(frozen=True)
class Student:
    """One made-up submission: the bank's variants it answers with, or its own code, what happens to the file, and the
    marks and diagnoses that differ from full marks: {blank: (share of the points or None for undecided, diagnosis)}."""

    name: str
    story: str
    variants: dict[str, str] = field(default_factory=dict)  # {blank: label in the bank}
    code: dict[str, str] = field(default_factory=dict)  # {blank: text}
    damage: Callable[[NotebookNode], bytes | None] | None = None
    expected: dict[str, tuple[float | None, str]] = field(default_factory=dict)
    everywhere: tuple[float | None, str] | None = None  # of every blank


def _as_bytes(notebook: NotebookNode) -> bytes:
    return nbformat.writes(notebook).encode()


def _bad_json(notebook: NotebookNode) -> bytes:
    return _as_bytes(notebook)[:-200]


def _copied_cell(notebook: NotebookNode) -> bytes:
    """A first, wrong try is left above its correction, with the same grade_id."""
    index = _index(notebook, "row_gradients")
    old = copy.deepcopy(notebook.cells[index])
    old.source, old.id = "def row_gradients(X, delta):\n    return X.T @ delta, delta.sum()", "first-try"
    notebook.cells.insert(index, old)
    return _as_bytes(notebook)


def _missing_cell(notebook: NotebookNode) -> bytes:
    del notebook.cells[_index(notebook, "gradient_step")]
    return _as_bytes(notebook)


def _index(notebook: NotebookNode, name: str) -> int:
    return next(index for index, cell in enumerate(notebook.cells) if cells.grade_id(cell) == name)
