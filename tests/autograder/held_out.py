"""The held-out answers to a blank: those that are made of any right one, and those of its assignment alone.

What an assignment alone can have, as what is given to its functions, distorted, stands in `held_out_<module of its
checks>.py`, if that is there.
"""

from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from importlib.util import find_spec

import numpy as np

from autograder.authoring import held_out as of_any
from autograder.authoring.held_out import ANY as ANY
from autograder.notebook import cells
from tests.autograder.assignments import answered, is_unique, returned, texts


def held_out(assignment: str, blank: str, seed: int) -> Iterator[tuple[str, Callable, str]]:
    """(kind, wrong function, the structural name it must get or "") of a blank.

    What is returned is not distorted where another value may be right as well.
    """
    right = answered(assignment)[blank]
    if is_unique(assignment, blank):
        parts = returned(assignment, blank, texts(assignment, cells.ANSWER)[blank])
        yield from of_any.held_out(right, parts, seed)
    for kind, change in _own(assignment, "GIVEN", blank).items():
        yield kind, partial(_before, right, change, seed), ""
    for kind, function in _own(assignment, "WRITTEN", blank).items():
        yield kind, partial(_afresh, function, seed), ""


def _own(assignment: str, table: str, blank: str) -> dict[str, Callable]:
    """The kinds that an assignment alone has for a blank."""
    name = f"tests.autograder.held_out_{assignment.replace('-', '_')}"
    return getattr(import_module(name), table).get(blank, {}) if find_spec(name) else {}


def _before(right, change, seed, *arguments):
    return right(*change(np.random.default_rng(seed), *arguments))


def _afresh(function, seed, *arguments):
    return function(np.random.default_rng(seed), *arguments)
