"""The public cases of an assignment, which lie in a file beside its notebook."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from practice.source import formula

MODES = DIAGNOSE, TELL, NONE = "diagnose", "tell", "none"  # how much an assignment tells

PARTS = {"assignment", "tell", "ways_to_fail", "sentences", "blanks"}  # of a file of cases

used: dict = {}  # what `use` read


def use(assignment: str) -> None:
    """Read the public cases of an assignment.

    Raises FileNotFoundError where they are neither here nor beside this, ValueError where the file is not theirs.
    """
    places = (folder / f"{assignment}.cases.json" for folder in (Path.cwd(), Path(__file__).parents[1]))
    if (file := next(filter(Path.is_file, places), None)) is not None:
        _read(file, assignment)
    elif used.get("assignment") != assignment:
        load(_from_the_grader(assignment))


def _read(file: Path, assignment: str) -> None:
    used.clear()
    try:
        load(file.read_text(encoding="utf-8-sig"))  # some editors begin with a byte order mark
    except (ValueError, TypeError):  # cut off, or something else altogether
        pass
    if used.get("assignment") != assignment or not used.keys() >= PARTS:
        used.clear()
        again = "copy it again out of the zip that the notebook came in"
        raise ValueError(f"{file.name} is no whole file of examples of {assignment}: {again}.")


def load(text: str) -> None:
    """Use the cases in this JSON text."""
    used.clear()
    used.update(json.loads(text, object_hook=_decoded))


def _decoded(node: dict) -> Any:
    match node:
        case {"$array": items, "dtype": dtype, "shape": shape}:
            return np.array(items, dtype=dtype).reshape(shape)
        case {"$array": items}:
            return np.array(items)
        case {"$tuple": items}:
            return tuple(items)
        case {"$function": source}:
            return formula(source)
        case {"$dict": pairs}:
            return dict(pairs)
    return node


def _from_the_grader(assignment: str) -> str:
    """In its author's kernel a notebook has no file of cases beside it: they are made of the checks."""
    try:
        from autograder import public_cases
    except ImportError:
        here = f"put {assignment}.cases.json, which was handed out with the notebook, into the notebook's folder"
        raise FileNotFoundError(f"the examples of {assignment} are not here: {here}.") from None
    return public_cases(assignment)


def sentence(name: str) -> str:
    return used["sentences"].get(name) or used["ways_to_fail"].get(name, "")


def tells_nothing() -> str:
    if not used:
        return "Nothing can be checked yet: run the cell with `practice.use` first."
    return f"{used['assignment']} does not tell at home what is right." if used["tell"] == NONE else ""
