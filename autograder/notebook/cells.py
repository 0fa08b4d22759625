"""What nbgrader's cell metadata says: a cell is an answer, a test, a written question, read-only, or the student's."""

import ast
import re
from collections.abc import Iterator

from nbformat import NotebookNode

ANSWER, TEST, WRITTEN, READ_ONLY, OWN = "answer", "test", "written", "read-only", "own"

GRADING_KEYS = ("grade", "solution", "locked", "task", "points")  # what a student could edit to their gain

# nbgrader's own marks, and what it puts in place of a whole solution
BEGIN_HIDDEN, END_HIDDEN, BEGIN_SOLUTION = "BEGIN HIDDEN TESTS", "END HIDDEN TESTS", "BEGIN SOLUTION"
CODE_STUB, TEXT_STUB = "# YOUR CODE HERE\nraise NotImplementedError()", "YOUR ANSWER HERE"


def grading(cell: NotebookNode) -> dict:
    """nbgrader's metadata of a cell; empty where there is none, or none that is a dictionary."""
    return grading_in(cell.metadata)


def grading_in(metadata: object) -> dict:
    """The same, of a cell's metadata as they came out of a file."""
    found = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return found if isinstance(found, dict) else {}


def grade_id(cell: NotebookNode) -> str | None:
    """The cell's name in the assignment, or None."""
    name = grading(cell).get("grade_id")
    return name if isinstance(name, str) and name else None


def kind(cell: NotebookNode) -> str:
    """One of ANSWER, TEST, WRITTEN (graded by hand), READ_ONLY, OWN (anything nbgrader does not know)."""
    flags = grading(cell)
    if grade_id(cell) is None:
        return OWN
    if flags.get("solution"):
        return WRITTEN if flags.get("grade") else ANSWER
    if flags.get("grade"):
        return TEST
    return READ_ONLY if flags.get("locked") or flags.get("task") else OWN


def marked(cell: NotebookNode, name: str, **flags) -> NotebookNode:
    """The cell, which nbgrader from now on knows under this name: read-only, or what else the flags say."""
    usual = {"schema_version": 3, "grade": False, "solution": False, "locked": True, "task": False}
    cell.metadata["nbgrader"] = {**usual, "grade_id": name, **flags}
    return cell


def is_test(cell: NotebookNode) -> bool:
    """Whether this cell carries the points of a blank that is graded automatically."""
    return kind(cell) == TEST


def is_overview(cell: NotebookNode) -> bool:
    """Whether this locked cell asks all blanks once more, at home, and does nothing else."""
    return kind(cell) == READ_ONLY and cell.source.strip() == "practice.overview()"


def students(cell: NotebookNode) -> bool:
    """Whether the student wrote this cell's text."""
    return kind(cell) in (ANSWER, WRITTEN, OWN)


def points(cell: NotebookNode) -> float:
    """The most a graded cell can give; 0 for a cell that is not graded."""
    return float(grading(cell).get("points", 0)) if grading(cell).get("grade") else 0.0


def test_of(blank: str) -> str:
    """The grade_id of the test cell of a blank."""
    return f"test_{blank}"


def blank_of(name: str) -> str:
    """The blank whose points the test cell called `name` carries."""
    return name.removeprefix("test_")


def blanks(notebook: NotebookNode) -> Iterator[tuple[str, float]]:
    """Each automatically graded blank of a source notebook with its points, in order."""
    for cell in notebook.cells:
        if is_test(cell):
            yield blank_of(grade_id(cell)), points(cell)


def without_hidden(source: str) -> str:
    """The text of a cell as students receive it: without its hidden region and the two lines that mark it."""
    kept, hidden = [], False
    for line in source.split("\n"):
        if BEGIN_HIDDEN in line:
            hidden = True
        elif END_HIDDEN in line:
            hidden = False
        elif not hidden:
            kept.append(line)
    return "\n".join(kept)


def visible(cell: NotebookNode) -> str:
    """The text of a cell that may be run and shown: whole where it is the student's, whatever words it holds."""
    return cell.source if students(cell) else without_hidden(cell.source)


def hidden_check(cell: NotebookNode) -> str | None:
    """The check, "assignment.name", that the one hidden line of a test cell calls; None where there is no such line."""
    if cell.cell_type != "code":
        return None
    hidden = re.findall(rf"{BEGIN_HIDDEN}[^\n]*\n(.*?)\n[^\n]*{END_HIDDEN}", cell.source, re.DOTALL)
    return _checked(hidden[0]) if len(hidden) == 1 else None


def _checked(line: str) -> str | None:
    """The argument of `import autograder; autograder.check("a1-neuron.row_gradients", globals())` and nothing else."""
    try:
        statements = ast.parse(line.strip()).body
    except SyntaxError:
        return None
    if len(statements) != 2 or ast.unparse(statements[0]) != "import autograder" or not _is_check(statements[1]):
        return None
    name = statements[1].value.args[0]
    return name.value if isinstance(name, ast.Constant) and isinstance(name.value, str) else None


def _is_check(statement: ast.stmt) -> bool:
    call = statement.value if isinstance(statement, ast.Expr) else None
    return (
        isinstance(call, ast.Call)
        and ast.unparse(call.func) == "autograder.check"
        and not call.keywords
        and [ast.unparse(argument) for argument in call.args[1:]] == ["globals()"]
    )


def released(cell: NotebookNode) -> str:
    """A source notebook's answer or written cell as students receive it: nbgrader's stub for the solution."""
    if BEGIN_SOLUTION not in cell.source:
        return CODE_STUB if cell.cell_type == "code" else TEXT_STUB
    from nbgrader.preprocessors import ClearSolutions  # here, for it takes longer to import than to grade a submission

    copy = NotebookNode(cell_type=cell.cell_type, metadata=cell.metadata, source=cell.source)
    ClearSolutions().preprocess_cell(copy, {"language": "python"}, 0)
    return copy.source
