"""The hidden line in kernels that are not the grader's: the author's own, and a stock nbgrader's."""

import copy

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

import autograder
from autograder.authoring.kernel import CheckFailed
from autograder.judging.catalogue import CATALOGUE
from autograder.notebook import cells

ASSIGNMENT = "a1-neuron"


@pytest.fixture(scope="module")
def source(root):
    return nbformat.read(root / "assignments" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)


@pytest.fixture
def run(root, monkeypatch, tmp_path):
    """Run a notebook in a plain kernel that finds this checkout."""
    monkeypatch.setenv("PYTHONPATH", str(root))

    def execute(notebook):
        NotebookClient(
            notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
        ).execute()
        return notebook

    return execute


def test_the_source_runs_top_to_bottom_and_every_check_passes(source, run):
    ran = run(copy.deepcopy(source))
    tests = [cell for cell in ran.cells if cells.is_test(cell)]
    assert len(tests) == 12
    for cell in tests:
        printed = "".join(output.get("text", "") for output in cell.outputs if output.get("name") == "stdout")
        assert printed.endswith(f"{cells.blank_of(cells.grade_id(cell))}: passed\n")


def shortened(source, **answers):
    """The source's first cells up to the gradients' test, some answers replaced."""
    notebook = copy.deepcopy(source)
    wanted = {"imports", *answers, *(cells.test_of(name) for name in answers)}
    notebook.cells = [cell for cell in notebook.cells if cells.grade_id(cell) in wanted]
    for cell in notebook.cells:
        cell.source = answers.get(cells.grade_id(cell), cell.source)
        if cells.is_test(cell):
            cell.source = "\n".join(line for line in cell.source.splitlines() if "autograder" in line)
    return notebook


RIGHT = "def row_gradients(X, delta):\n    return X.T @ delta / len(X), delta.mean()"
SUMS = "def row_gradients(X, delta):\n    return X.T @ delta, delta.sum()"


def test_a_wrong_answer_stops_the_author_with_its_finding(source, run):
    with pytest.raises(CellExecutionError) as stopped:
        run(shortened(source, row_gradients=SUMS))
    assert stopped.value.ename == "CheckFailed"
    assert (
        "∂J/∂w: For m = 6, n = 3: entry" in stopped.value.evalue and CATALOGUE["missing_mean"] in stopped.value.evalue
    )


@pytest.mark.parametrize("answer", [RIGHT, SUMS], ids=["right", "wrong"])
def test_under_a_stock_autograde_even_a_right_answer_raises(source, run, monkeypatch, answer):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    with pytest.raises(CellExecutionError) as stopped:
        run(shortened(source, row_gradients=answer))
    assert stopped.value.ename == "RuntimeError" and "stock nbgrader gives no marks" in stopped.value.evalue


def test_a_call_in_this_process(capsys):
    namespace = {}
    exec(RIGHT, namespace)
    autograder.check("a1-neuron.row_gradients", namespace)
    assert capsys.readouterr().out == "row_gradients: passed\n"
    exec(SUMS, namespace)
    with pytest.raises(CheckFailed, match="not divided by their number"):
        autograder.check("a1-neuron.row_gradients", namespace)


class Tensor:
    def __init__(self, data):
        self.data = data

    def __array__(self):
        return np.array(self.data)


def test_numbers_in_other_clothes_pass_here_as_they_do_in_the_sandbox():
    row_gradients = lambda X, delta: map(Tensor, (X.T @ delta / len(X), delta.mean()))  # noqa: E731
    autograder.check("a1-neuron.row_gradients", {"row_gradients": row_gradients})


def test_a_check_that_does_not_exist_fails():
    with pytest.raises(CheckFailed, match="no check 'nothing' for the assignment 'a1-neuron'"):
        autograder.check("a1-neuron.nothing", {})
    with pytest.raises(LookupError, match="no checks for the assignment 'a9'"):
        autograder.check("a9.nothing", {})


def test_the_authors_arguments_are_copies():
    """An answer that changes what it is given cannot spoil the next case."""

    def spoil(X, delta):
        result = X.T @ delta / len(X), delta.mean()
        X[:], delta[:] = 0, 0
        return result

    autograder.check("a1-neuron.row_gradients", {"row_gradients": spoil})
