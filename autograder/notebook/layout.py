"""How an assignment's cells differ from those that were released, in words."""

from collections.abc import Iterator
from typing import NamedTuple

from nbformat import NotebookNode

from autograder.notebook.cells import OWN, READ_ONLY, blank_of, grade_id, kind, points


class Cell(NamedTuple):
    """What nbgrader knows of a cell: its kind (of `cells`) and the points that it carries."""

    kind: str
    points: float = 0.0


def layout(notebook: NotebookNode) -> dict[str, Cell]:
    """The cells of a source notebook that nbgrader keeps track of, by name."""
    return {grade_id(cell): Cell(kind(cell), points(cell)) for cell in notebook.cells if kind(cell) != OWN}


def graded(cells: dict[str, Cell]) -> dict[str, Cell]:
    """Those cells that are answered, examined or marked."""
    return {name: cell for name, cell in cells.items() if cell.kind != READ_ONLY}


def pointless(cells: dict[str, Cell]) -> dict[str, Cell]:
    """The same cells, whatever points they carry."""
    return {name: Cell(cell.kind) for name, cell in cells.items()}


def differences(released: dict[str, Cell], now: dict[str, Cell]) -> list[str]:
    """A phrase for each cell that is gone, new, or not what it was; a blank speaks for its test cell."""
    gone, new = released.keys() - now.keys(), now.keys() - released.keys()
    return [
        *(f"{name} is gone" for name in _spoken(gone)),
        *(f"{name} is new" for name in _spoken(new)),
        *(phrase for name in now if name in released for phrase in _changed(name, released[name], now[name])),
    ]


def _spoken(names: set[str]) -> list[str]:
    return sorted(name for name in names if blank_of(name) == name or blank_of(name) not in names)


def _changed(name: str, then: Cell, now: Cell) -> Iterator[str]:
    if then.kind != now.kind:
        yield f"{name} is a cell of another kind ({now.kind}, was {then.kind})"
    elif then.points != now.points:
        yield f"{name} is worth {now.points:g} points (was {then.points:g})"
