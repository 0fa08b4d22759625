"""All blanks of one submission examined: what each is asked, in which order, and what alone is asked again.

First the public examples, of all blanks: what is wrong there is what the student is told. Then fresh inputs, once: by
then the notebook has nothing more to say in words of its own. Then follow-through. A value that came is final; only
what died or ran out of time is asked again, on fresh inputs that were not shown before.
"""

import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from autograder.course.verdict import UNDECIDED, BlankVerdict, Finding
from autograder.judging.blank import Blank
from autograder.judging.check import Check
from autograder.judging.follow_through import FollowThrough
from autograder.sandbox.session import Fork, Session

AT_ONCE = 2.0  # seconds in which all blanks together may answer in one fork; what does not is asked in one of its own
LAST = ""  # the state of the notebook after its last cell; others are called after the blank whose test cell ended them


class Examination:
    """The blanks of one submission: `ask` the notebook, once more if its process ended, then read the `verdicts`."""

    def __init__(self, checks: Mapping[str, Check], points: Mapping[str, float], seed: bytes):
        """`checks` come in the order of what needs what; `points` are those of the notebook's blanks, in its order."""
        self.staff_notes: list[str] = []
        self._checks, self._points, self._seed = checks, points, seed
        self._blanks: dict[str, Blank] = {}
        self._verdicts: dict[str, BlankVerdict] = {}
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
        return any(map(self._open, self._blanks))

    def ask(self, session: Session) -> None:
        """Examine the blanks that have not answered before."""
        todo = [name for name, blank in self._blanks.items() if not blank.rounds or self._open(name)]
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
                    self._verdicts[name] = self._blanks[name].verdict(self._points[name])
        for name in self._checks:
            if name in self._verdicts.keys() - self._failed:
                with self._ours(name):
                    self._follow(session, name)

    def _follow(self, session: Session, name: str) -> None:
        again = FollowThrough(session, name, self._blanks, self._verdicts)
        try:
            self._verdicts[name] = again.verdict()
        finally:
            self.staff_notes += again.staff_notes

    def verdicts(self) -> list[BlankVerdict]:
        """The verdicts, in the notebook's order."""
        return [
            undecided(name, points) if name in self._failed else self._verdicts[name]
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
                if not session.answers or not self._blanks[name].unanswered(public):
                    break
                with session.fork() as fork:
                    self._ask(fork, [name], public, singly=public)
                if not fork.stalled:
                    break
            if public:
                self._ask_corrected(session, name)

    def _ask_corrected(self, session: Session, name: str) -> None:
        """Ask a blank whose first version has no end, and which was corrected later, as it is at the notebook's end."""
        blank = self._blanks[name]
        if blank.unanswered(True) and blank.state != LAST and session.answers:
            with session.fork() as fork, self._ours(name):
                if blank.state in fork.moved:
                    self._try_last(fork, name, singly=True)


def undecided(name: str, points: float) -> BlankVerdict:
    """A blank without a mark: not the student's doing, never a zero."""
    finding = Finding("", "The grader could not decide this; staff will look at it.")
    return BlankVerdict(name, points, UNDECIDED, None, (finding,))
