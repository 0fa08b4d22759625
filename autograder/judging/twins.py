"""What a mistake gives is what the wrong answer of that name returns, on the very inputs that a student's was asked.

The check is run again with that answer in the student's place, here: it is the author's own code. The k-th comparison
of the student's examination is explained if the k-th of its twin got the same value.
"""

import copy
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from autograder.judging.check import Check
from autograder.judging.variants import Variant
from autograder.sandbox.fault import StudentFault
from practice.comparing import EXACT
from practice.naming import Seen
from practice.naming import told_mistakes as named
from practice.values import plain


class Ended(Exception):
    """There is nothing more to compare."""


def told_mistakes(check: Check, rounds: Iterable, failed: Iterable[str]) -> dict[str, str]:
    """{failed property: the one mistake that explains every value that came of it; "" for none, or several}."""
    rounds, failed = [*rounds], {*failed}
    refuted = {mistake.diagnosis: _refuted(check, mistake, rounds, failed) for mistake in check.mistakes if failed}
    return named([*_seen(rounds)], failed, refuted)


def _seen(rounds: list) -> Iterator[Seen]:
    return (seen for round in rounds for seen in round.seen)


def _refuted(check: Check, mistake: Variant, rounds: list, failed: set[str]) -> set[str]:
    """The properties of which this mistake does not give every value; it is asked until none of `failed` is left."""
    refuted = {seen.property for seen in _seen(rounds) if not seen.told}
    for round in rounds:
        if failed <= refuted:
            break
        twin = Twin(check, mistake, round, failed, refuted)
        try:
            with np.errstate(all="ignore"):
                check.examine(twin)
        except (Ended, StudentFault):
            pass
        refuted |= {seen.property for seen in twin.left}
    return refuted


class Twin:
    """What a check is given in the place of a `blank.Blank`: the same inputs, and a mistake's answers to them."""

    def __init__(self, check: Check, mistake: Variant, round: Any, failed: set[str], refuted: set[str]):
        self._check = check
        self._namespace = {**check.names, check.name: mistake.function(check.names)}
        self._failed, self._refuted = failed, refuted
        self._cases, self._wanted, self.left = iter(round.cases), iter(round.wanted), iter(round.seen)

    def cases(self, make) -> Iterator:
        yield from _next(self._cases)

    def call(self, name: str, *args: Any, returns: int = 1) -> Any:
        """What the wrong answer returns. Raises StudentFault where that is no value, or not so many."""
        self._args = args
        try:
            value = plain(self._namespace[name](*copy.deepcopy(args)))
        except Exception as error:  # a wrong answer may raise anything
            raise StudentFault("raised", str(error)) from error
        if value is None or (returns > 1 and (not isinstance(value, list | tuple) or len(value) != returns)):
            raise StudentFault("wrong_type", f"{name} does not return {returns} values")
        return value

    def view(self, values: tuple) -> np.ndarray | tuple[np.ndarray, ...]:
        return self._check.view.of(values, self._args)

    def want(self, *args: Any) -> Any:
        self._last = _next(self._wanted)
        return self._last

    def allowed(self, *args: Any) -> tuple[float, ...]:
        """What a mistake gives is compared with what came, as near as that was."""
        return (EXACT,) * (len(self._last) if isinstance(self._last, tuple) else 1)

    def close(self, property: str, got: Any, *_, **__) -> None:
        seen = _next(self.left)
        if not seen.told:
            return
        if seen.property != property or not seen.explained_by(got):
            self._refuted.add(seen.property)
        if self._failed <= self._refuted:
            raise Ended

    def true(self, *_) -> None:
        _next(self.left)


def _next(values: Iterator) -> Any:
    for value in values:
        return value
    raise Ended
