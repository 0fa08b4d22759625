"""Answers that every blank gets without a line of its author's, each with the diagnosis that it must get.

They are texts, as a student's are: the reference, and below it a function of its name that does something with what it
returns. Some find more than other answers do (`given`), and can be judged here alone.
"""

import ast
import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.authoring.trials import examined
from autograder.judging.check import Check, several
from autograder.judging.variants import Variant

BELOW = """

{blank}_of_ours = {blank}


def each(change, value):
    return tuple(each(change, part) for part in value) if isinstance(value, tuple) else change(value)


def {blank}(*given):
"""
EACH = "    return each(lambda part: np.asarray(part){}, {{blank}}_of_ours(*given))\n"
CHANGED = """\
    value = copied({blank}_of_ours(*given))
    for one in given:
        if isinstance(one, np.ndarray):
            one += one.dtype.type(1)  # which booleans can, too
    return value


def copied(value):
    return each(lambda part: list(part) if isinstance(part, list) else np.array(part), value)
"""
MEMORISED = """\
    for seen, value in public:
        if same(seen, given):
            return value
    return each(lambda part: 0.9 * np.asarray(part) + 0.05, {blank}_of_ours(*given))
"""
DIFFERENCES = """\
    value = {blank}_of_ours(*given)
    several = value if isinstance(value, tuple) else (value,)
    at = [np.zeros(np.shape(part)) for part in several]
    found = tuple(slopes(lambda v, k=k: cost(*at[:k], v, *at[k + 1 :], *given), point) for k, point in enumerate(at))
    return found if isinstance(value, tuple) else found[0]


def slopes(J, point):
    slope = np.zeros(point.shape)
    for index in np.ndindex(point.shape):
        unit = np.zeros(point.shape)
        unit[index] = 1
        slope[index] = scheme(lambda h: (J(point + h * unit) - J(point - h * unit)) / (2 * h))
    return slope[()]
"""
SCHEMES = {
    "central differences": lambda D: D(6e-6),
    "differences of fourth order": lambda D: (4 * D(1e-3) - D(2e-3)) / 3,
    "Richardson's extrapolation": lambda D: (64 * D(0.01) - 20 * D(0.02) + D(0.04)) / 45,
}


@dataclass(frozen=True)
class Generated:
    """An answer; `noted` is what a finding says that costs nothing; `walled`: it is judged in the sandbox.

    `coarse`: its steps may cross a kink of the cost, and its values are then anywhere.
    """

    variant: Variant
    noted: str = ""
    walled: bool = False
    coarse: bool = False
    given: Mapping[str, Any] = field(default_factory=dict)


def generated(check: Check, stub: str) -> Iterator[Generated]:
    """The answers to a blank that is released with this text. Its check's inputs are drawn."""
    yield from of_any(check, stub)
    public = examined(check, {}, b"", public=True)
    arguments = [case.args for cases in public.rounds[0].cases for case in cases]
    if any(isinstance(one, np.ndarray) for args in arguments for one in args):
        yield _wrapped(check, "changes its arguments", CHANGED, right=True, noted="modified_input")
    if public.rounds[0].wanted:  # else other values may be right as well
        yield from _of_values(check, arguments)


def of_any(check: Check, stub: str) -> Iterator[Generated]:
    """Those that are written without a look at what the blank computes."""
    name, reference = check.name, next(variant for variant in check.variants if variant.right).code
    nothing = _without_return(reference, name)
    endless = f"def {name}(*given):\n    while True:\n        pass\n"
    yield Generated(Variant(name, "the blank as it was", False, "not_begun", 0.0, stub))
    yield Generated(Variant(name, "a forgotten return", False, "returned_none", 0.0, nothing))
    text = f"def {name}(*given):\n    return 'junk'\n"
    yield Generated(Variant(name, "text for a number", False, "wrong_type", 0.0, text), walled=True)
    yield Generated(Variant(name, "an endless loop", False, "timed_out", 0.0, endless), walled=True)


def _of_values(check: Check, arguments: list[tuple]) -> Iterator[Generated]:
    """Those that are told by the values they return, and differences of the cost where there is one."""
    yield _wrapped(check, "float32", "    return each(np.float32, {blank}_of_ours(*given))\n", "wrong_dtype")
    yield _wrapped(check, "one axis more", EACH.format("[..., None]"), "wrong_shape")
    yield _wrapped(check, "lists for arrays", EACH.format(".tolist()"), right=True)
    memory = [(args, check.reference(*copy.deepcopy(args))) for args in arguments]
    yield _wrapped(check, "the public examples by heart", MEMORISED, given={"public": memory, "same": same})
    low = bool(check.derivative_of) and _of_low_degree(check, arguments[0])
    for kind, scheme in SCHEMES.items() if check.derivative_of else ():
        if kind == "central differences" or not low:  # those of a square with large steps are the derivative itself
            given = {"cost": check.derivative_of, "scheme": scheme}
            coarse = kind != "central differences"
            yield _wrapped(check, kind, DIFFERENCES, "inaccurate", given=given, coarse=coarse)


def _wrapped(check: Check, label: str, body: str, diagnosis: str = "", right: bool = False, **more) -> Generated:
    """The reference, and in its place what has this body."""
    reference = next(variant for variant in check.variants if variant.right).code
    code = reference + (BELOW + body).replace("{blank}", check.name)
    return Generated(Variant(check.name, label, right, diagnosis, 1.0 * right, code), **more)


def _without_return(reference: str, blank: str) -> str:
    """The reference, whose function computes what it should and returns nothing."""
    tree = ast.parse(reference)
    todo = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == blank]
    while todo:
        node = todo.pop()
        for name in ("body", "orelse"):
            block = getattr(node, name, [])
            block[:] = [ast.Expr(one.value) if isinstance(one, ast.Return) and one.value else one for one in block]
            todo += [one for one in block if not isinstance(one, ast.FunctionDef)]
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"


def _of_low_degree(check: Check, args: tuple) -> bool:
    """Whether differences with large steps are the derivative itself: the cost is a polynomial of degree 2 at most."""
    at = [np.zeros(np.shape(part)) for part in several(check.reference(*copy.deepcopy(args)))]
    step = [np.full(point.shape, 0.5) for point in at]
    J = lambda t: check.derivative_of(*(t * s for s in step), *args)  # noqa: E731
    one, two = (J(1.0) - J(-1.0)) / 2, (J(2.0) - J(-2.0)) / 4
    return bool(abs(one - two) <= 1e-12 * max(abs(one), abs(J(0.0)), 1e-300))


def same(some: Any, others: Any) -> bool:
    """Whether two arguments are equal, entry by entry: NaN is NaN, and functions, made anew each time, are not told."""
    if type(some) is not type(others):
        return False
    if isinstance(some, np.ndarray):
        return np.array_equal(some, others, equal_nan=some.dtype.kind == "f")
    if isinstance(some, dict):
        return some.keys() == others.keys() and all(same(some[name], others[name]) for name in some)
    if isinstance(some, list | tuple):
        return len(some) == len(others) and all(map(same, some, others))
    return callable(some) or bool(some == others or some != some)
