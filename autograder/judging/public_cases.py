"""What students get of the checks: the public cases of an assignment, as the JSON text that `practice` reads.

Values alone: arguments, what is wanted, tolerances, what each named mistake gives, and the sentences of those mistakes.
No check is in it, no reference and no answer.
"""

import json
import warnings
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import numpy as np

from autograder.judging.blank import Blank, position
from autograder.judging.catalogue import STRUCTURAL_SENTENCES
from autograder.judging.check import Check, parts
from autograder.judging.check_modules import checks_of, telling
from autograder.judging.twins import Ended, Twin
from autograder.sandbox.fault import Reply, StudentFault
from practice.cases import DIAGNOSE, NONE
from practice.values import numeric, plain

MOST_CALLED = 1 << 14  # characters of a call that is made at home though nothing that came of it is compared there


def public_cases(assignment: str) -> str:
    """The public cases of an assignment's blanks (JSON). Raises ChecksError."""
    tell = telling(assignment)
    checks = {} if tell == NONE else checks_of(assignment)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of mistakes
        blanks = {name: _public(check, told=tell == DIAGNOSE) for name, check in checks.items()}
    names = {name for blank in blanks.values() for name in _named(blank)}
    sentences = {name: check.sentence(name) for check in checks.values() for name in _own(check, names)}
    cases = {"assignment": assignment, "tell": tell, "ways_to_fail": STRUCTURAL_SENTENCES if tell == DIAGNOSE else {}}
    return json.dumps(cases | {"sentences": sentences, "blanks": blanks}, ensure_ascii=False, separators=(",", ":"))


def _named(blank: dict) -> Iterator[str]:
    """The mistakes of which a value is given."""
    yield from (name for case in blank["cases"] for one in case["compared"] for name in one["mistakes"])


def _own(check: Check, names: set[str]) -> set[str]:
    return names & {mistake.diagnosis for mistake in check.mistakes}


def _public(check: Check, told: bool) -> dict:
    """One blank: its title, its cases, and what of returned values is compared; no cases where there cannot be any."""
    try:
        blank = _blank(check, told)
        json.dumps(blank)  # arguments may be what JSON does not know
        return blank
    except Exception:  # `verify` says what is wrong with it, and so does judging, which it must not stop for the others
        return _of(check)


def _of(check: Check) -> dict:
    """What is told of a blank without examining it."""
    about = {"title": check.title, "properties": [*check.weights], "needs": check.needs}
    return about | {"forward": "", "forward_at": 0, "view": None, "later": [*check.weights], "cases": []}


def _blank(check: Check, told: bool) -> dict:
    right = _Right(check)
    right.examine(_References(check), public=True, singly=True)
    (round,) = right.rounds
    mistakes = {mistake.diagnosis: _given(check, mistake, round) for mistake in check.mistakes if told}
    for case in right.noted:
        for one in case["compared"]:
            k = one.pop("k")
            one["mistakes"] = {name: _coded(given[k]) for name, given in mistakes.items() if given.get(k) is not None}
            one["told"] = one["told"] and one["property"] not in right.beyond
    view = check.view and asdict(check.view)
    later = [property for property in check.weights if property in right.beyond]
    forward = {"forward": check.forward, "forward_at": check.forward_at}
    cases = [case for case in right.noted if case["compared"] or len(json.dumps(case)) < MOST_CALLED]
    return _of(check) | forward | {"view": view, "later": later, "cases": cases}


class _References:
    """A guest that answers with the references."""

    def __init__(self, check: Check):
        self._names = check.names

    def call(self, name: str, args: tuple) -> Reply:
        return Reply(plain(self._names[name](*args)))


class _Right(Blank):
    """A right answer under examination, of which is noted what was asked and which part of a value is compared.

    What cannot be followed (a value that the check makes of what came, a condition) students are told when their
    answer is graded; no mistake is named for such a property at home.
    """

    def __init__(self, check: Check):
        super().__init__(check, b"")
        self.noted: list[dict] = []
        self.beyond: set[str] = set()
        self._came: tuple = ()

    def call(self, name: str, *args: Any, returns: int = 1) -> Any:
        value = super().call(name, *args, returns=returns)
        if returns > 1:  # each an object of its own: the parts 0 and 0 of a value are told apart by that
            value = tuple(np.array(part) if isinstance(part, int | float) else part for part in value)
        if name == self.check.name and all(argument.__doc__ for argument in args if callable(argument)):
            self._came = parts(value, returns)
            case = {"label": self._case.label, "args": _coded(args), "returns": returns, "compared": []}
            self.noted.append(case)
        else:
            self._came = ()
        return value

    def close(self, property: str, got: Any, want: Any, *args: Any, **named: Any) -> None:
        super().close(property, got, want, *args, **named)
        seen = self.rounds[-1].seen[-1]
        part, viewed = position(got, self._came), position(got, self._viewed)
        if not self._came or part is viewed is None:
            self.beyond.add(property)
            return
        of = {"property": property, "part": part, "viewed": viewed}
        one = of | {"want": _coded(seen.want), "rtol": seen.rtol, "told": seen.told}
        self.noted[-1]["compared"].append(one | {"k": len(self.rounds[-1].seen) - 1})

    def true(self, property: str, *args: Any, **named: Any) -> None:
        super().true(property, *args, **named)
        self.beyond.add(property)


def _given(check: Check, mistake: Any, round: Any) -> dict[int, np.ndarray]:
    """{comparison: what this mistake gives}, as far as it gives numbers."""
    twin = _Twin(check, mistake, round)
    try:
        check.examine(twin)
    except (Ended, StudentFault):
        pass
    return {k: array for k, value in enumerate(twin.given) if (array := numeric(value)) is not None}


class _Twin(Twin):
    """A mistake's answers to the same inputs, noted and not compared."""

    def __init__(self, check: Check, mistake: Any, round: Any):
        super().__init__(check, mistake, round, set(), set())
        self.given: list[Any] = []

    def close(self, property: str, got: Any, *_, **__) -> None:
        self.given.append(got)

    def true(self, *_) -> None:
        self.given.append(None)


def _coded(value: Any) -> Any:
    """A value as JSON that `practice` reads back."""
    if isinstance(value, np.ndarray):
        return _coded_array(value)
    if isinstance(value, np.generic):
        return value.item()
    if callable(value):
        return {"$function": value.__doc__}
    if isinstance(value, tuple):
        return {"$tuple": [*map(_coded, value)]}
    if isinstance(value, dict):
        return {"$dict": [[*map(_coded, pair)] for pair in value.items()]}
    return [*map(_coded, value)] if isinstance(value, list) else value


def _coded_array(array: np.ndarray) -> Any:
    if not array.ndim:
        return array.item()
    again = np.array(array.tolist())
    usual = array.dtype in (np.float64, np.bool_)  # whole numbers are shorter on Windows
    if usual and (again.dtype, again.shape) == (array.dtype, array.shape):
        return {"$array": array.tolist()}
    return {"$array": array.ravel().tolist(), "dtype": array.dtype.str, "shape": array.shape}
