"""The beginning of an assignment, or of one more blank in it: small, and good enough to pass `autograder verify`."""

import keyword
import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.course.course import Course, write_whole
from autograder.judging.assignment import trusted
from autograder.notebook.cells import grade_id, is_overview, marked

EXAMPLE = "scaled"  # the blank of an assignment for which none is named
SHARED = '''"""What the blanks of {assignment} share."""

TELL = "diagnose"  # at home; "tell": right or wrong alone; "none": nothing
ALLOWED = ()  # nnlib modules this assignment may import
'''
CHECK = '''"""The product c x of an array and a factor."""

import numpy as np

from autograder.kit import Check


def vectors(rng):
    """x of several shapes, and a factor that is not near 0, 1 or 2."""
    for label, shape in (("x of shape (5,)", 5), ("x of shape (2, 3)", (2, 3)), ("one entry", 1)):
        yield label, (rng.normal(size=shape).round(3), round(rng.uniform(3, 5), 2))


def matrices(rng):
    """Entries in the thousands."""
    yield "entries in the thousands", (1000 * rng.normal(size=(2, 3)).round(3), round(rng.uniform(3, 5), 2))


check = Check(
    inputs={{"c x": vectors, "c x where x is large": matrices}},
    returns={{"c x": 0.5, "c x where x is large": 0.5}},
    witness=np.multiply,
)


# %% right: a product
def {blank}(x, c):
    return c * x


# %% right: a quotient
def {blank}(x, c):
    return x / (1 / c)


# %% right: entry by entry
def {blank}(x, c):
    return np.array([c * entry for entry in x.ravel()]).reshape(x.shape)


# %% wrong: factor_left_out "The factor does not enter."
def {blank}(x, c):
    return x


# %% wrong: times one -> factor_left_out
def {blank}(x, c):
    return x * c**0


# %% wrong: wrong_sign
def {blank}(x, c):
    return -c * x


# %% wrong: less than nothing -> wrong_sign
def {blank}(x, c):
    return 0 - x * c


# %% wrong: doubled
def {blank}(x, c):
    return 2 * c * x


# %% wrong: added to itself -> doubled
def {blank}(x, c):
    return c * x + c * x
'''
ABOUT = """\
## `{blank}` (2 points)

Say here what `{blank}(x, c)` takes and returns: the product $c\\,x$ of an array and a number."""
ANSWER = '''def {blank}(x, c):
    """c x, an array of the shape of x."""
    ### BEGIN SOLUTION
    return c * x
    ### END SOLUTION'''
TEST = """practice.check({blank})
assert np.array_equal({blank}(np.array([1.0, -2.0]), 3.0), [3.0, -6.0]), "3 times (1, -2) is (3, -6)"
### BEGIN HIDDEN TESTS
import autograder; autograder.check("{assignment}.{blank}", globals())
### END HIDDEN TESTS"""
IMPORTS = """\
import numpy as np
from nnlib import allow

allow.only("{assignment}")

import practice

practice.use("{assignment}")"""
TAKEN = ("np", "check", "practice", "allow", "vectors", "matrices", "overview")  # by the cells, or the file of a check
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


class NewError(Exception):
    """Why nothing is made, in one sentence."""


def new(course: Course, assignment: str, blank: str = "") -> list[Path]:
    """Make an assignment with one blank, or add a blank to it; the files that are new or longer. Raises NewError."""
    path = course.source(assignment)
    _refuse_names(assignment, blank)
    if path.exists() and not blank:
        raise NewError(
            f"there is an assignment {assignment!r} already: name a blank to add, "
            f"as in `autograder new {assignment} {EXAMPLE}`."
        )
    blank = blank or EXAMPLE
    notebook = _read(path) if path.exists() else _notebook(assignment)
    folders = [folder / assignment for folder in trusted(course)]
    folder = next((folder for folder in folders if folder.is_dir()), folders[0])
    check, shared = folder / f"{blank}.py", folder / "__init__.py"
    if blank in map(grade_id, notebook.cells) or check.exists():
        raise NewError(f"{assignment} has a blank {blank!r} already: nothing is overwritten.")
    place = next((k for k, cell in enumerate(notebook.cells) if is_overview(cell)), len(notebook.cells))
    notebook.cells[place:place] = _cells(assignment, blank)
    made = {path: nbformat.writes(notebook) + "\n", check: CHECK.format(blank=blank)}
    made |= {} if shared.exists() else {shared: SHARED.format(assignment=assignment)}
    for file, text in made.items():
        write_whole(file, text.encode())
    return [*made]


def _refuse_names(assignment: str, blank: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", assignment):
        raise NewError(
            f"an assignment cannot be called {assignment!r}: write small letters, digits and hyphens, as in a2-layers."
        )
    if blank and (not re.fullmatch(r"[a-z][a-z0-9_]*", blank) or keyword.iskeyword(blank) or blank in TAKEN):
        raise NewError(f"a blank cannot be called {blank!r}: write the name of a function, as in {EXAMPLE}.")


def _read(path: Path) -> NotebookNode:
    try:
        return nbformat.read(path, as_version=4)
    except (ValueError, AttributeError) as error:
        raise NewError(f"{path} is no notebook that can be read: {str(error).splitlines()[0]}.") from None


def _notebook(assignment: str) -> NotebookNode:
    title = new_markdown_cell(f"# {assignment}\n\nSay here what this assignment is about.")
    imports = marked(new_code_cell(IMPORTS.format(assignment=assignment)), "imports")
    overview = marked(new_code_cell("practice.overview()"), "overview")
    return new_notebook(cells=[title, imports, overview], metadata={"kernelspec": KERNEL})


def _cells(assignment: str, blank: str) -> list[NotebookNode]:
    names = {"assignment": assignment, "blank": blank}
    return [
        marked(new_markdown_cell(ABOUT.format(**names)), f"about_{blank}"),
        marked(new_code_cell(ANSWER.format(**names)), blank, solution=True, locked=False),
        marked(new_code_cell(TEST.format(**names)), f"test_{blank}", grade=True, points=2),
    ]
