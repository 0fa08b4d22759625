"""One mistake costs once: a blank that fails by what it needs is judged again with that put right.

Nobody gets a second guess by it: the first values must be what the reference gives with the student's own wrong
prerequisites, or there was none; and it is judged on inputs that were not shown before.
"""

import copy
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from itertools import combinations, product
from typing import Any

import numpy as np

from autograder.course.verdict import FAILED, PASSED, BlankVerdict, Finding
from autograder.judging.blank import Blank
from autograder.judging.catalogue import STRUCTURAL
from autograder.judging.staff_notes import shifted_calls
from autograder.sandbox.fault import Reply, StudentFault
from autograder.sandbox.session import Fork, Session
from practice.comparing import EXACT
from practice.naming import strongest
from practice.values import numeric

ROUNDED = 1e-5  # of what is made of others' values in another form
GROWTH = 16  # times as many entries as its largest argument a prerequisite may return, to be computed with
# what a prerequisite can be found to do that keeps what calls it from returning anything
BROKEN = {"raised", "not_defined", "not_callable", "not_begun", "returned_none", "wrong_shape", "wrong_type"}
BROKEN |= {"not_finite", "timed_out", "died"}


class FollowThrough:
    """One blank of a submission, judged again where what it needs is wrong. `staff_notes` tell what was unusual."""

    def __init__(self, session: Session, name: str, blanks: Mapping[str, Blank], verdicts: Mapping[str, BlankVerdict]):
        """`blanks` have been asked, `verdicts` sum up what was seen; those of what is needed come before."""
        self._session, self._blanks = session, blanks
        self._blank, self._plain = blanks[name], verdicts[name]
        self._needs, self._names = self._blank.check.needs, self._blank.check.names
        self._wrong = tuple(of for of in self._needs if of in verdicts and not _earned(verdicts[of]))
        self._slow = "timed_out" in (self._blank.fault(True), self._blank.fault(False))
        self._helped = tuple(self._needs) if self._slow else self._wrong
        self.staff_notes: list[str] = []

    def verdict(self) -> BlankVerdict:
        """The verdict that there was, or a better one."""
        if self._plain.outcome == PASSED or not self._helped or not self._session.answers:
            return self._plain
        believed = self._believed()
        if self._score(believed) <= self._plain.score:
            return self._plain
        again = self._asked_again()
        earned = again.passed() & believed
        return self._followed(again, earned) if self._score(earned) > self._plain.score else self._plain

    def _score(self, properties: set[str]) -> float:
        return round(self._plain.points * self._blank.check.share(properties), 10)

    def _asked_again(self) -> Blank:
        """The blank on inputs of its own, with the right prerequisites in place of the wrong ones."""
        blank = self._blank
        again = Blank(blank.check, blank.seed, state=blank.state, shown=blank.shown, helped=self._helped)
        for _ in range(2):
            with self._session.fork({of: self._names[of] for of in self._helped}) as fork:
                fork.state = again.state
                again.examine(fork, public=False)
            self.staff_notes += shifted_calls(blank.check.name, fork.shifted)
            if not (fork.stalled and again.unanswered(False) and self._session.has_time):
                break
        return again

    def _believed(self) -> set[str]:
        """The properties against which the first values say nothing that a wrong prerequisite does not explain."""
        blank, check = self._blank, self._blank.check
        ended = blank.fault(True) or blank.fault(False)
        if ended and not self._slow and not any(self._blanks[of].ways_to_fail & BROKEN for of in self._wrong):
            return set()
        best = carried(blank, check.reference)
        # they may call some of what they need, and write the others out
        some = (few for size in range(len(self._wrong), 0, -1) for few in combinations(self._wrong, size))
        for few, form in product(some, check.forms):
            if len(best) == len(check.weights) or not self._session.answers:
                break
            if all(map(form.calls, few)):
                with self._session.fork() as fork:
                    fork.state = blank.state
                    own = {of: partial(_value, fork, of) for of in few}
                    best = max(best, carried(blank, form.function({**self._names, **own})), key=check.share)
        return best

    def _followed(self, again: Blank, earned: set[str]) -> BlankVerdict:
        """The verdict where these properties earned their marks: of what is told, what did not."""
        plain, score = self._plain, self._score(earned)
        told = plain if self._blank.fault(True) is None else again.verdict(plain.points)
        whole = score == plain.points
        findings = tuple(finding for finding in told.findings if finding.property not in earned)
        if whole:
            findings = () if self._wrong else (_slow_finding(plain.grade_id, self._helped),)
        diagnosis = "" if whole else strongest(findings, STRUCTURAL)
        outcome = PASSED if whole else FAILED
        named = {"diagnosis": diagnosis, "sentence": self._blank.check.sentence(diagnosis)}
        return replace(plain, score=score, outcome=outcome, followed=self._wrong, findings=findings, **named)


def _earned(verdict: BlankVerdict) -> bool:
    """Whether a blank passed without the help of stand-ins."""
    return verdict.outcome == PASSED and not verdict.followed


def _slow_finding(name: str, helped: tuple[str, ...]) -> Finding:
    own = " and ".join(helped)
    return Finding("time", f"{name} ran out of time with your own {own}. Judged with ours, which costs no marks.")


def _value(fork: Fork, name: str, *args):
    """What a prerequisite of the student's gives for arguments of ours. Raises ValueError for what is no numbers, or
    many more than went in: our reference would make arrays of it.
    """
    value = fork.call(name, args).value
    several = isinstance(value, list | tuple) and numeric(value) is None
    parts = value if several else (value,)
    plain = [math.nan if part is None else numeric(part) for part in parts]
    most = GROWTH * max(np.size(argument) for argument in args)
    if len(plain) > len(args) or any(part is None or np.size(part) > most for part in plain):
        raise ValueError(f"{name} gave something that no reference can compute with")
    return tuple(plain) if several else plain[0]


# error carried forward


class Unexplained(Exception):
    """The reference gives nothing with the prerequisites that it was given."""


def carried(blank: Blank, form: Callable) -> set[str]:
    """The properties of which no value so far differs from what this form of the reference gives.

    A call without a value says nothing against a property. The blank's own function is not asked again.
    """
    twin = _Carried(blank, form)
    try:
        with np.errstate(all="ignore"):
            for round in blank.rounds:
                twin.shown = round.shown
                twin.examine(_Replayed(round.replies), public=round.public, singly=True)
    except Unexplained:
        return set()
    return twin.not_refuted()


def _compare_carried(got: Any, want: np.ndarray, rtol: float) -> tuple[str | None, str]:
    """As `compare`, whatever `rtol`: (None, "") when `got` is `want` but for rounding, which adds up in other ways in
    another form (float32 among what it is made of, even), and not finite where that is not; ("", "") else.
    """
    array, finite = numeric(got), np.isfinite(want)
    if array is None or array.shape != want.shape or np.any(np.isfinite(array) != finite):
        return "", ""
    scale = np.max(np.abs(want), initial=0.0, where=finite) or 1.0
    off = np.abs(array.astype(np.float64) - want, where=finite, out=np.zeros(want.shape))
    return (None if np.all(off <= ROUNDED * scale) else ""), ""


class _Carried(Blank):
    """A blank of which is wanted what a form of the reference gives on prerequisites that may be anybody's."""

    compare = staticmethod(_compare_carried)

    def __init__(self, blank: Blank, form: Callable):
        super().__init__(blank.check, blank.seed)
        self._form = form

    def allowed(self, *args: Any) -> tuple[float, ...]:
        return (EXACT,) * (len(self._last) if isinstance(self._last, tuple) else 1)  # `_compare_carried` has its own

    def want(self, *args: Any) -> Any:
        self._last = self._given(*args)
        return self._last

    def _given(self, *args: Any) -> Any:
        try:
            found = self._form(*copy.deepcopy(args))
            return tuple(map(_floats, found)) if isinstance(found, tuple | list) else _floats(found)
        except Exception as error:  # of theirs, or of ours on what theirs gave
            raise Unexplained(str(error)) from error


class _Replayed:
    """A guest that answers as another one did before, call by call."""

    def __init__(self, replies: list[Reply | StudentFault]):
        self._replies = iter(replies)

    def call(self, name: str, args: tuple) -> Reply:
        reply = next(self._replies)
        if isinstance(reply, StudentFault):
            raise reply
        return reply


def _floats(value: Any) -> np.ndarray:
    return np.asarray(value, dtype=np.float64)
