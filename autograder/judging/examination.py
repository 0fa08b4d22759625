"""All blanks of one submission examined: what each is asked, in which order, and what alone is asked again.

First the public examples, of all blanks: what is wrong there is what the student is told. Then fresh inputs, once: by
then the notebook has nothing more to say in words of its own. Then follow-through. A value that came is final; only
what died or ran out of time is asked again, on fresh inputs that were not shown before.
"""

import math
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import combinations, product

import numpy as np

from autograder.course.verdict import FAILED, PASSED, UNDECIDED, BlankVerdict, Finding
from autograder.judging.blank import Blank
from autograder.judging.check import Check
from autograder.judging.diagnosis import strongest
from autograder.judging.staff_notes import shifted_calls
from autograder.sandbox.session import Fork, Session
from autograder.sandbox.values import numeric

AT_ONCE = 2.0  # seconds in which all blanks together may answer in one fork; what does not is asked in one of its own
LAST = ""  # the state of the notebook after its last cell; others are called after the blank whose test cell ended them
GROWTH = 16  # times as many entries as its largest argument a prerequisite may return, to be computed with
# what a prerequisite can be found to do that keeps what calls it from returning anything
BROKEN = {
    "raised",
    "not_defined",
    "not_callable",
    "not_begun",
    "returned_none",
    "wrong_shape",
    "wrong_type",
    "not_finite",
    "timed_out",
    "died",
}


class Examination:
    """The blanks of one submission: `ask` the notebook, once more if its process ended, then read the `verdicts`."""

    def __init__(self, checks: Mapping[str, Check], points: Mapping[str, float], seed: bytes):
        """`checks` come in the order of what needs what; `points` are those of the notebook's blanks, in its order."""
        self.staff_notes: list[str] = []
        self._checks, self._points, self._seed = checks, points, seed
        self._blanks: dict[str, Blank] = {}
        self._judged: dict[str, BlankVerdict] = {}
        self._last: dict[str, Blank] = {}  # the same as the notebook stood at its end, where that was asked
        self._failed: set[str] = set()  # blanks with which the grader itself failed
        for name in points:
            with self._ours(name):
                self._blanks[name] = Blank(checks[name], seed, state=name)

    @contextmanager
    def _ours(self, name: str) -> Iterator[None]:
        """What goes wrong in here is the check's fault or the host's: the blank is undecided, and staff are told."""
        try:
            yield
        except Exception:
            self._failed.add(name)
            self.staff_notes.append(f"{name}: {traceback.format_exc()}")

    @property
    def unanswered(self) -> bool:
        """Whether there are blanks that died or ran out of time, or that the notebook's end kept from being asked."""
        return any(blank.unanswered(True) or blank.unanswered(False) for blank in self._blanks.values())

    def ask(self, session: Session) -> None:
        """Examine the blanks that have not answered before."""
        todo = [name for name, blank in self._blanks.items() if not blank.passes or self._open(name)]
        with session.fork(wall=AT_ONCE) as fork:
            self._ask(fork, todo, public=True)
            if calm := not any(self._blanks[name].unanswered(True) for name in todo):
                self._ask(fork, todo, public=False)
        if not calm:  # what says something in words is asked first, all of it
            self._ask_alone(session, todo, public=True)
            with session.fork(wall=AT_ONCE) as fork:
                self._ask(fork, todo, public=False)
        self._ask_alone(session, todo, public=False)

    def _open(self, name: str) -> bool:
        return any(map(self._blanks[name].unanswered, (True, False)))

    def follow(self, session: Session) -> None:
        """Sum up what was seen, and follow through where a blank failed by what it needs."""
        for name in self._points:
            if name not in self._failed:
                with self._ours(name):
                    self._judged[name] = self._blanks[name].verdict(self._points[name])
        for name in self._checks:
            if name in self._judged.keys() - self._failed:
                with self._ours(name):
                    self._follow(session, name)

    def verdicts(self) -> list[BlankVerdict]:
        """The verdicts, in the notebook's order."""
        return [
            undecided(name, points) if name in self._failed else self._judged[name]
            for name, points in self._points.items()
        ]

    # public examples and fresh inputs

    def _ask(self, fork: Fork, names: list[str], public: bool, singly: bool = False) -> None:
        """Ask those blanks that are not past that: fresh inputs are for what came to its end on the public ones."""
        for name in names:
            blank = self._blanks[name]
            if name in self._failed or not (public or blank.fault(public=True) is None):
                continue
            with self._ours(name):
                fork.state = blank.state
                blank.examine(fork, public=public, singly=singly)
                if public:
                    self._ask_last(fork, name, singly)

    def _ask_last(self, fork: Fork, name: str, singly: bool) -> None:
        """Where the public examples fail in the state of the notebook after the blank's test cell, and functions are
        others at its end, or a name was not there yet, see what they do at the end; fresh inputs are then asked in the
        better one of the two states, and there alone.
        """
        blank = self._blanks[name]
        if blank.state == LAST or blank.unanswered(True) or blank.is_right:
            return
        if blank.state not in fork.moved and not blank.lacks_a_name:
            return
        self._try_last(fork, name, singly)

    def _try_last(self, fork: Fork, name: str, singly: bool) -> None:
        blank = self._blanks[name]
        last = self._last.setdefault(name, Blank(blank.check, self._seed, state=LAST))
        last.shown = max(last.shown, blank.shown)
        fork.state = LAST
        last.examine(fork, public=True, singly=singly)
        if last.share() > blank.share() or (last.began and not blank.began):
            self._blanks[name] = last  # what it was found to do before counts, too

    def _ask_alone(self, session: Session, names: list[str], public: bool) -> None:
        """Ask each blank that did not answer in a fork of its own, and once more if it only waited (a busy machine)."""
        for name in names:
            for _ in range(2):
                if session.gone or not session.has_time or not self._blanks[name].unanswered(public):
                    break
                with session.fork() as fork:
                    self._ask(fork, [name], public, singly=public)
                if not fork.stalled:
                    break
            blank = self._blanks[name]
            if public and blank.unanswered(True) and blank.state != LAST and session.has_time and not session.gone:
                with session.fork() as fork, self._ours(name):  # a first version without end, corrected later
                    if blank.state in fork.moved:
                        self._try_last(fork, name, singly=True)

    # follow-through

    def _follow(self, session: Session, name: str) -> None:
        """One mistake costs once: where what a blank needs is wrong, judge it on new inputs with that put right.

        Nobody gets a second guess by it: the first values must be what the reference gives with the wrong ones, or
        there was none.
        """
        blank, plain = self._blanks[name], self._judged[name]
        needs = blank.check.needs
        wrong = tuple(of for of in needs if of in self._judged and not _earned(self._judged[of]))
        slow = "timed_out" in (blank.fault(True), blank.fault(False))
        helped = tuple(needs) if slow else wrong
        if plain.outcome == PASSED or not helped or not session.has_time or session.gone:
            return
        believed = self._believed(session, blank, wrong, slow)
        if round(plain.points * blank.check.share(believed), 10) <= plain.score:
            return
        again = Blank(blank.check, self._seed, state=blank.state, shown=blank.shown, helped=helped)
        for _ in range(2):
            with session.fork({of: needs[of] for of in helped}) as fork:
                fork.state = again.state
                again.examine(fork, public=False)
            self.staff_notes += shifted_calls(name, fork.shifted)
            if not (fork.stalled and again.unanswered(False) and session.has_time):
                break
        earned = again.passed() & believed
        score = round(plain.points * blank.check.share(earned), 10)
        if score > plain.score:
            told = plain if blank.fault(True) is None else again.verdict(plain.points)
            self._judged[name] = _followed(plain, told, earned, score, wrong, helped)

    def _believed(self, session: Session, blank: Blank, wrong: tuple[str, ...], slow: bool) -> set[str]:
        """The properties against which the first values say nothing that a wrong prerequisite does not explain."""
        ended = blank.fault(True) or blank.fault(False)
        if ended and not slow and not any(self._blanks[of].ways_to_fail & BROKEN for of in wrong):
            return set()
        best = blank.carried(blank.check.by[0], blank.check.needs)
        if len(best) == len(blank.check.weights):
            return best
        # they may call some of what they need, and write the others out
        some = (few for size in range(len(wrong), 0, -1) for few in combinations(wrong, size))
        for few, form in product(some, blank.check.by):
            if not session.has_time or session.gone:
                break
            with session.fork() as fork:
                fork.state = blank.state
                own = {of: partial(_value, fork, of) for of in few}
                found = blank.carried(form, {**blank.check.needs, **own})
            best = max(best, found, key=blank.check.share)
            if len(best) == len(blank.check.weights):
                break
        return best


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


def _earned(verdict: BlankVerdict) -> bool:
    """Whether a blank passed without the help of stand-ins."""
    return verdict.outcome == PASSED and not verdict.followed


def _followed(
    plain: BlankVerdict,
    told: BlankVerdict,
    earned: set[str],
    score: float,
    wrong: tuple[str, ...],
    helped: tuple[str, ...],
) -> BlankVerdict:
    """The verdict of what was judged with stand-ins: of what is `told`, what did not earn its marks by that."""
    findings = tuple(finding for finding in told.findings if finding.property not in earned)
    if score == plain.points:
        findings = () if wrong else (_slow(plain.grade_id, helped),)
    return replace(
        plain,
        score=score,
        outcome=PASSED if score == plain.points else FAILED,
        followed=wrong,
        findings=findings,
        diagnosis=strongest([finding.diagnosis for finding in findings if finding.diagnosis])
        if score < plain.points
        else "",
    )


def _slow(name: str, helped: tuple[str, ...]) -> Finding:
    own = " and ".join(helped)
    return Finding("time", f"{name} ran out of time with your own {own}. Judged with ours, which costs no marks.")


def undecided(
    name: str, points: float, message: str = "The grader could not decide this; staff will look at it."
) -> BlankVerdict:
    """A blank without a mark: not the student's doing, never a zero."""
    return BlankVerdict(name, points, UNDECIDED, None, (Finding("", message),))
