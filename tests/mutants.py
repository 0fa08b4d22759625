"""Do a lecture's checks bite? Each cell that checks a function is run again with that function wrong, and must fail.

    python -m tests.mutants lectures/02-logistic-regression.ipynb

With `--half`, as `make test` does it, each function is made wrong in two of the four ways, by turns these and those.

A cell says by tags which functions it checks: `check:sigmoid`. Its mutants return what the function returns with the
sign changed, doubled, transposed, or moved along the first axis; of a tuple or dict each part by itself. One that
changes nothing the cell sees (of a symmetric matrix, the transpose) is no mutant.
"""

import copy
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import cycle
from pathlib import Path

import matplotlib
import nbformat
import numpy as np
from IPython.core.interactiveshell import InteractiveShell

TAG = "check:"
HALVES = ("sign", "transpose"), ("factor", "axis")
SECONDS = 20  # in which a cell ends with a mutant, or never
MUTATIONS = {
    "sign": lambda value: -value,
    "factor": lambda value: 2 * value,
    "transpose": lambda value: value.T,
    "axis": lambda value: np.roll(value, 1, axis=0) if np.ndim(value) else value,
}


def survivors(path: Path, half: bool = False) -> Iterator[str]:
    """A line for each mutant that its cell does not see, each function that no mutant changes, each check untagged."""
    notebook = nbformat.read(path, as_version=4)
    os.chdir(path.parent)
    sys.path.insert(0, str(path.parent))
    matplotlib.use("Agg")
    _draw_nothing()
    shell, turns = InteractiveShell.instance(), cycle(HALVES if half else [MUTATIONS])
    for number, cell in enumerate(cell for cell in notebook.cells if cell.cell_type == "code"):
        before = _kept(shell.user_ns)
        result = shell.run_cell(cell.source, silent=True)
        result.raise_error()
        after = dict(shell.user_ns)
        for name in _checked(cell):
            unseen = _unseen(shell, cell, name, before, next(turns))
            yield from (f"{path.stem}, code cell {number + 1}: {line}" for line in unseen)
        shell.user_ns.clear()
        shell.user_ns.update(after)


def _draw_nothing() -> None:
    """Figures are made and not drawn, which takes most of a lecture's time."""
    import figures  # found beside the lecture
    import matplotlib.pyplot as plt

    figures.show = lambda figure, alt: plt.close(figure)


def _checked(cell) -> list[str]:
    return [tag.removeprefix(TAG) for tag in cell.metadata.get("tags", ()) if tag.startswith(TAG)]


def _kept(namespace: dict) -> dict:
    """The namespace as it is now: random generators are copied, for a cell moves them on."""
    return {n: copy.deepcopy(v) if isinstance(v, np.random.Generator) else v for n, v in namespace.items()}


def _unseen(shell: InteractiveShell, cell, name: str, before: dict, mutations: Iterable[str]) -> Iterator[str]:
    """The mutants of a function with which the cell comes to its end; a mutant that changes no value counts as none."""
    effective = 0
    for mutation in mutations:
        for part in range(8):
            changes = []
            ended = _ends(shell, cell, name, before, mutation, part, changes)
            if not changes:
                break
            effective += 1
            if ended:
                yield f"{name} with another {mutation}{f' of part {part}' if part else ''} passes"
    if not effective:
        yield f"{name} is not called by this cell, or returns no number"


def _ends(shell, cell, name: str, before: dict, mutation: str, part: int, changes: list) -> bool:
    """Whether the cell comes to its end although the function is a mutant."""
    shell.user_ns.clear()
    shell.user_ns.update(_kept(before))
    source = cell.source
    if name in before:
        shell.user_ns[name] = _mutant(before[name], mutation, part, changes)
    else:  # defined in this very cell: what is called there is the mutant, once it is defined
        marks = [k for k, line in enumerate(source.splitlines()) if line.startswith(f"def {name}(")]
        source = _wrapped(source, name, marks)
        shell.user_ns["__mutant__"] = lambda function: _mutant(function, mutation, part, changes)
    with open(os.devnull, "w") as nowhere:
        out, sys.stdout = sys.stdout, nowhere
        signal.signal(signal.SIGALRM, _too_long)
        signal.alarm(SECONDS)
        try:
            exec(compile(shell.transform_cell(source), "<mutant>", "exec"), shell.user_ns)
        except Exception:
            return False
        finally:
            signal.alarm(0)
            sys.stdout = out
            if plt := sys.modules.get("matplotlib.pyplot"):
                plt.close("all")
    return True


def _too_long(*_) -> None:
    raise TimeoutError  # a loop whose end depends on the function


def _wrapped(source: str, name: str, marks: list[int]) -> str:
    lines = source.splitlines()
    for k in reversed(marks):
        lines.insert(k, "@__mutant__")
    return "\n".join(lines)


def _mutant(function: Callable, mutation: str, part: int, changes: list) -> Callable:
    def wrong(*args, **kwargs):
        right = function(*args, **kwargs)
        value = _mutated(right, MUTATIONS[mutation], part)
        if value is not None:
            changes.append(True)
            return value
        return right

    return wrong


def _mutated(value, mutate: Callable, part: int):
    """The value with its part-th number or array mutated; None where it stays what it was.

    Raises IndexError where there is no such part: the cell need not go on.
    """
    if isinstance(value, dict):
        name = list(value)[part]
        inner = _mutated(value[name], mutate, 0)
        return None if inner is None else {**value, name: inner}
    if isinstance(value, list) and value and all(np.isscalar(item) for item in value):  # a curve: all of it, or nothing
        return None if part or mutate is MUTATIONS["axis"] else _changed(value, mutate, list)
    if isinstance(value, tuple | list):
        inner = _mutated(value[part], mutate, 0)
        return None if inner is None else type(value)([*value[:part], inner, *value[part + 1 :]])
    if part:
        raise IndexError(part)
    if isinstance(value, bool | str) or not np.issubdtype(np.asarray(value).dtype, np.number):
        return None
    return _changed(value, mutate, lambda other: other[()])


def _changed(value, mutate: Callable, made: Callable):
    """What is made of the mutated value; None where that stays what it was."""
    other = mutate(np.asarray(value))
    same = other.shape == np.shape(value) and np.allclose(other, value, rtol=1e-3, atol=0, equal_nan=True)
    return None if same else made(other)


if __name__ == "__main__":
    paths = [Path(path).resolve() for path in sys.argv[1:] if path != "--half"]
    found = [line for path in paths for line in survivors(path, half="--half" in sys.argv)]
    print("\n".join(found) or "every mutant is seen")
    sys.exit(bool(found))
