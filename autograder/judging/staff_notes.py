"""What staff may want to look at in answers whose values are right: how a number was computed, values do not tell."""

import ast
import re
import warnings
from collections.abc import Iterator, Mapping

from nbformat import NotebookNode

from autograder.notebook import cells

MANY = 8  # calls at shifted arguments: a check has several inputs, and a right answer may be asked at z and at -z
LONGEST_READ = 100_000  # characters of an answer that are looked through; parsing megabytes takes gigabytes
COMPLEX = {"complex", "complex64", "complex128", "complex256", "clongdouble", "csingle", "cdouble", "imag", "cmath"}
COMPLEX |= {"complex_step_gradient", "emath", "scimath"}
EXTENDED = {"longdouble", "float128", "float96", "clongdouble", "complex256", "Decimal", "Fraction", "decimal"}
EXTENDED |= {"fractions", "getcontext", "localcontext"}
HOME = {"practice"}
# what source text has in it that uses any of them: looking for that spares parsing nearly every answer
WORDS = sorted(COMPLEX | EXTENDED | HOME)
HINTS = re.compile("|".join([r"[0-9._][jJ]", r"""["'][gGD]["']""", r"\*\*\s*[(.0-9]", *WORDS]))


def unusual_numbers(notebook: NotebookNode) -> Iterator[str]:
    """A note for each answer that uses complex numbers or more digits than float64 has.

    With either, differences of a function come as near to its derivative as a formula does. And where it uses what
    stands beside it for practising. No mark depends on it.
    """
    for cell in notebook.cells:
        if cells.kind(cell) == cells.ANSWER and HINTS.search(cell.source):
            found = _names(cell.source)
            if found & COMPLEX:
                yield f"{cells.grade_id(cell)}: the answer uses complex numbers (a complex step?)"
            if found & EXTENDED:
                yield f"{cells.grade_id(cell)}: the answer uses extended precision (a numerical derivative?)"
            if found & HOME:
                yield f"{cells.grade_id(cell)}: the answer uses `practice`"


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
        case ast.Constant(value="D" | "G"):  # NumPy's codes of types
            yield "complex"
        case ast.Constant(value="g"):
            yield "longdouble"
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Constant(value=str(name)):
            yield name
        case ast.Constant(value=complex()):
            yield "complex"
        case ast.BinOp(left=ast.UnaryOp(op=ast.USub()), op=ast.Pow(), right=power) if not _is_whole(power):
            yield "complex"
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            yield from (alias.name for alias in names)
            yield from (getattr(node, "module", None) or "").split(".")


def _is_whole(power: ast.AST) -> bool:
    """Whether an exponent is written as a whole number, or is none that can be read: -1 to the k, too."""
    return not (isinstance(power, ast.Constant) and isinstance(power.value, float) and power.value % 1)
