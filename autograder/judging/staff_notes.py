"""What staff may want to look at in answers whose values are right: how a number was computed, values do not tell."""

import ast
import re
import warnings
from collections.abc import Iterator, Mapping

from nbformat import NotebookNode

from autograder.notebook import cells

MANY = 8  # calls at shifted arguments: a check has several inputs, and a right answer may be asked at z and at -z
LONGEST_READ = 100_000  # characters of an answer that are looked through; parsing megabytes takes gigabytes
COMPLEX = frozenset({"complex", "complex64", "complex128", "complex256", "clongdouble", "csingle", "cdouble", "imag"})
EXTENDED = frozenset(
    {
        "longdouble",
        "float128",
        "float96",
        "clongdouble",
        "complex256",
        "Decimal",
        "Fraction",
        "decimal",
        "fractions",
        "getcontext",
        "localcontext",
    }
)
# what source text has in it that uses any of them: looking for that spares parsing nearly every answer
HINTS = re.compile("|".join([r"[0-9._][jJ]", *sorted(COMPLEX | EXTENDED)]))


def unusual_numbers(notebook: NotebookNode) -> Iterator[str]:
    """A note for each answer that uses complex numbers or more digits than float64 has.

    With either, differences of a function come as near to its derivative as a formula does. No mark depends on it.
    """
    for cell in notebook.cells:
        if cells.kind(cell) == cells.ANSWER and HINTS.search(cell.source):
            found = _names(cell.source)
            if found & COMPLEX:
                yield f"{cells.grade_id(cell)}: the answer uses complex numbers (a complex step?)"
            if found & EXTENDED:
                yield f"{cells.grade_id(cell)}: the answer uses extended precision (a numerical derivative?)"


def shifted_calls(name: str, shifted: Mapping[str, int]) -> Iterator[str]:
    """A note where a blank called what it needs many times at shifted arguments."""
    for of, times in shifted.items():
        if times >= MANY:
            yield f"{name}: the answer called {of} {times} times at shifted arguments (a numerical derivative?)"


def _names(source: str) -> set[str]:
    """The names, attributes, imported modules and texts of a piece of Python, and "complex" for a complex number."""
    try:
        with warnings.catch_warnings(action="ignore"):  # of the student's odd escapes and comparisons
            nodes = list(ast.walk(ast.parse(source[:LONGEST_READ])))
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # the last is what a parser says of deep nesting
        return set()
    return {name for node in nodes for name in _of_node(node)}


def _of_node(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Constant(value=str(name)):
            yield name
        case ast.Constant(value=complex()):
            yield "complex"
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            yield from (alias.name for alias in names)
            yield getattr(node, "module", None) or ""
