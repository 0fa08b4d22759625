"""One blank under examination: cases, calls into the student's notebook, what is examined, and its verdict.

Everything here runs where no student code can: values come in over a wire as plain data and are compared by us.
"""

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.course.verdict import FAILED, PASSED, BlankVerdict, Finding
from autograder.judging.catalogue import CATALOGUE, STRUCTURAL
from autograder.judging.check import Check, Inputs
from autograder.judging.twins import told_mistakes
from autograder.sandbox.fault import Guest, Reply, StudentFault
from practice.comparing import RTOL, compare, wanted
from practice.faults import change_note, parts_of
from practice.naming import Property, Seen, for_case, strongest
from practice.source import source_of
from practice.values import numeric

MOST_KEPT = 1 << 20  # bytes of an array that came, for the diagnosis: all comparisons of a check are kept to its end
MOST_PARTS = 16  # of what a function returns


@dataclass(frozen=True)
class Round:
    """One examination: on public examples or not, which set of fresh inputs, and all that came of it, in order."""

    public: bool
    shown: int
    cases: list[list["Case"]] = field(default_factory=list)  # loop by loop
    replies: list[Reply | StudentFault] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    wanted: list[Any] = field(default_factory=list)


@dataclass(frozen=True)
class Case:
    """One input of a check: its kind in words, the arguments, and whether it may be shown to the student."""

    label: str
    args: tuple
    public: bool


class Blank:
    """One blank under examination. Checks call its methods; `examine` runs its check, `verdict` sums up.

    Whatever value came counts, once it came: another examination adds to what was seen and takes nothing back.
    """

    compare = staticmethod(compare)

    def __init__(self, check: Check, seed: bytes, *, state: str = "", shown: int = 0, helped: tuple[str, ...] = ()):
        """`state` names the state of the notebook in which its functions are called, `shown` counts the sets of fresh
        inputs that were drawn from `seed` and shown before; `helped` are prerequisites that we answer for.
        """
        self.check, self.state, self.helped = check, state, helped
        self.shown = shown
        self.notes: list[Finding] = []
        self.rounds: list[Round] = []
        self.seed = seed
        self._outcomes = {name: Property() for name in check.weights}
        self._faults: dict[bool, Finding] = {}  # by whether it was a public example
        self._labels: list[list[str]] = []  # of the public cases, loop by loop
        self._viewed: tuple = ()  # what is compared of the values of a call, and these
        self._values: tuple = ()

    def _begin(self, public: bool, singly: bool) -> None:
        self._public, self._singly = public, singly
        self._case, self._call = Case("", (), public), ("", ())
        self._ahead: list[Case] = []  # the cases of the loop that is under way, where all are asked at once
        self._replies: dict[str, dict[int, Reply | StudentFault]] = {}
        self.rounds.append(Round(public, self.shown))

    # asking

    def examine(self, guest: Guest, *, public: bool, singly: bool = False) -> None:
        """Run the check on the public examples, or on fresh inputs: new ones each time this is called.

        All cases of a loop are asked for in one message, unless `singly`: then it is seen which one went wrong.
        """
        self._guest = guest
        self._begin(public, singly)
        if not public:
            self.shown += 1
        self._faults.pop(public, None)
        try:
            self.check.examine(self)
        except StudentFault as fault:
            self._faults[public] = self._finding("call", str(fault), fault.diagnosis)
        finally:
            self._ahead, self._replies = [], {}  # what came and was not looked at may be large

    def fault(self, public: bool) -> str | None:
        """The diagnosis of what ended the last examination, on public examples or fresh inputs; None for nothing."""
        return self._faults[public].diagnosis if public in self._faults else None

    def unanswered(self, public: bool) -> bool:
        """Whether the last examination ended without an answer: the process died, or ran out of time."""
        return self.fault(public) in ("died", "timed_out")

    @property
    def began(self) -> bool:
        """Whether there is a function of this name that somebody has written something into."""
        return self.fault(public=True) not in ("not_defined", "not_callable", "not_begun")

    @property
    def lacks_a_name(self) -> bool:
        """Whether the public examples ended because a name was not there: the function's own, or one that it uses."""
        return not self.began or (True in self._faults and " raised NameError: " in self._faults[True].message)

    @property
    def ways_to_fail(self) -> set[str]:
        """How calls ended and values differed: structural names of the catalogue, "" where numbers are just others."""
        kinds = {kind for outcome in self._outcomes.values() for kind in outcome.kinds}
        return kinds | {fault.diagnosis for fault in self._faults.values()}

    def passed(self) -> set[str]:
        """The properties examined of which no value was wrong; none where a call ended the check."""
        if self._faults:
            return set()
        return {name for name, outcome in self._outcomes.items() if outcome.examined and not outcome.kinds}

    def not_refuted(self) -> set[str]:
        """The properties of which no value was wrong, however a call ended."""
        return {name for name, outcome in self._outcomes.items() if not outcome.kinds}

    def share(self) -> float:
        """The share of the points that `passed` gives."""
        return self.check.share(self.passed())

    @property
    def is_right(self) -> bool:
        """Whether everything was right, as far as it was asked."""
        return self.passed() == self.check.weights.keys()

    def cases(self, make: Inputs) -> Iterator[Case]:
        """The cases of this examination, one for each kind of input that `make(rng)` yields as (label, args)."""
        cases = [*self._made(make)]
        self.rounds[-1].cases.append(cases)
        self._ahead, self._replies = [] if self._singly else cases, {}
        for case in cases:
            self._case = case
            yield case

    def _made(self, make: Inputs) -> Iterator[Case]:
        loop = len(self.rounds[-1].cases)
        name = self.check.name.encode()
        again = (str(self.shown).encode(),) if self.shown > 1 else ()
        seed = _digest(b"public", name) if self._public else _digest(self.seed, name, *again)
        made = self.check.drawn(make, seed, (self._public, loop))
        labels = [label for label, _ in made]
        if self._public:
            self._labels[loop:] = [labels]
        elif loop < len(self._labels) and len(labels) != len(self._labels[loop]):
            raise ValueError(f"the check {self.check.name} has other kinds of fresh inputs than of public ones")
        elif loop < len(self._labels):
            labels = self._labels[loop]
        yield from (Case(label, args, self._public) for label, (_, args) in zip(labels, made, strict=True))

    def call(self, name: str, *args: Any, returns: int = 1) -> Any:
        """What the student's function `name` returns for `args`, as plain data; a tuple when `returns` > 1.

        A function among `args` stays here, and the student's code may call it: what it is called with reaches it as
        float64. Its docstring, where it has one, is its Python source in the example that a student may see.

        Raises StudentFault (which ends the check) when there is no usable value.
        """
        self._call = name, args
        reply = self._ask(name, args)
        if self.check.needs:
            self.rounds[-1].replies.append(_kept(reply))
        if isinstance(reply, StudentFault):  # a new one: with its own frames it would keep itself, and what came, alive
            raise StudentFault(reply.diagnosis, str(reply))
        if self._public:  # of fresh inputs it would be a way to carry numbers out
            self._note_changed(name, [k for k in reply.changed if k < len(args) and isinstance(args[k], np.ndarray)])
        parts_of(name, reply.value, returns)
        return reply.value

    def _ask(self, name: str, args: tuple) -> Reply | StudentFault:
        """The reply to a call. All cases to come are asked for with the first: most of a call's time goes into telling
        it and its answer.
        """
        try:
            if not self._ahead or not _are(args, self._case.args):
                return self._guest.call(name, args)
            if self._case is self._ahead[0] and name not in self._replies:
                replies = self._guest.calls(name, tuple(case.args for case in self._ahead))
                self._replies[name] = dict(zip(map(id, self._ahead), replies, strict=True))
            return self._replies.get(name, {}).pop(id(self._case), None) or self._guest.call(name, args)
        except StudentFault as fault:
            return fault

    # comparing

    def view(self, values: tuple) -> np.ndarray | tuple[np.ndarray, ...]:
        """What is compared of the values of the last call, as the check declares it. Raises StudentFault where there is
        no such.
        """
        viewed = self.check.view.of(values, self._call[1])
        self._viewed, self._values = viewed if isinstance(viewed, tuple) else (viewed,), values
        return viewed

    def want(self, *args: Any) -> Any:
        """What the blank's reference returns for `args`. Raises AssertionError where its witness says otherwise."""
        self.rounds[-1].wanted.append(self.check.wanted(args))
        return self.rounds[-1].wanted[-1]

    def allowed(self, *args: Any) -> tuple[float, ...]:
        """How far off each value of those that were wanted last may be for rounding alone, as `rtol` of `close`."""
        return self.check.allowed(args, self.rounds[-1].wanted[-1])

    def close(self, property: str, got: Any, want: Any, rtol: float = RTOL, told: bool = True):
        """Examine that `got` has the shape of `want` and equals it to `rtol` of its largest entry.

        Where it does not, and `told`, the student is told the mistake that gives what came, if one does.
        """
        want = wanted(want)
        kind, message = self.compare(got, want, rtol)
        words = self._in_words(got, want) if kind is not None else ""
        self.rounds[-1].seen.append(Seen(property, _small(got), want, rtol, kind is not None, told, bool(words)))
        self._record(property, kind, words or message)

    def _in_words(self, got: Any, want: np.ndarray) -> str:
        """How what was viewed differs, where the check's view says it."""
        k = position(got, self._viewed)
        return "" if k is None else self.check.view.said(k, got, want, self._values, self._call[1])

    def true(self, property: str, condition: bool, message: str, diagnosis: str = ""):
        """Examine a condition the host has computed itself; `message` says what was expected instead."""
        self.rounds[-1].seen.append(Seen(property, None, np.empty(0), RTOL, not condition, False))
        self._record(property, None if condition else diagnosis, message)

    def _record(self, property: str, kind: str | None, message: str):
        outcome = self._outcomes[property]
        outcome.examined = True
        if kind is None:
            return
        outcome.kinds.append(kind)
        if outcome.finding is None:
            outcome.finding = self._finding(property, message)

    # summing up

    def _finding(self, property: str, message: str, diagnosis: str = "") -> Finding:
        if self.helped:
            message = "with what it needs put right, fresh inputs are not right either."
        elif not self._public:  # numbers of hidden data are never shown; its public twin passed
            message = "the public example is right, fresh inputs of the same kind are not."
        return Finding(property, for_case(self._case.label, message, diagnosis), self._example(), diagnosis)

    def _example(self) -> str:
        """Source of the last call, where it may be shown."""
        return source_of(*self._call) if self._public and self._call[0] else ""

    def _note_changed(self, name: str, changed: list[int]):
        message = change_note(name, changed, CATALOGUE["modified_input"])
        if changed and not self.notes:
            self.notes.append(Finding("inputs unchanged", message, self._example(), "modified_input"))

    def verdict(self, points: float) -> BlankVerdict:
        """What was seen, summed up: points times the weights of the properties that passed on every case."""
        unexamined = [name for name, outcome in self._outcomes.items() if not outcome.examined]
        if unexamined and not self._faults:
            raise AssertionError(f"the check {self.check.name} examined no case of {unexamined}")
        findings = [finding for _, finding in sorted(self._faults.items(), reverse=True)][:1]
        failed = {name: outcome for name, outcome in self._outcomes.items() if outcome.finding}
        told = told_mistakes(self.check, self.rounds, failed)
        findings += [outcome.named(told[name], self.check.sentence) for name, outcome in failed.items()]
        diagnosis = strongest(findings, STRUCTURAL)
        return BlankVerdict(
            self.check.name,
            points,
            FAILED if findings else PASSED,
            round(points * self.share(), 10),
            tuple(findings + self.notes),
            diagnosis,
            self.check.title,
            sentence=self.check.sentence(diagnosis),
        )


def verdict_on(check: Check, guest: Guest, seed: bytes, points: float = 1.0) -> BlankVerdict:
    """The verdict of one check on the functions of a guest that answers every call."""
    blank = Blank(check, seed)
    blank.examine(guest, public=True, singly=True)
    if blank.fault(public=True) is None:
        blank.examine(guest, public=False, singly=True)
    return blank.verdict(points)


def position(one: Any, values: tuple) -> int | None:
    """Which of the values this very object is; None for none."""
    return next((k for k, value in enumerate(values) if value is one), None)


def _small(value: Any) -> np.ndarray | None:
    """The value as an array that can be kept to the end; None for what is too large, or no numbers."""
    array = numeric(value)
    return None if array is None or array.nbytes > MOST_KEPT else array


def _kept(reply: Reply | StudentFault) -> Reply | StudentFault:
    """The reply as it is kept to the end: numbers, or a tuple of them; what is neither, or too large, is no number."""
    if isinstance(reply, StudentFault):
        return StudentFault(reply.diagnosis, str(reply))  # which holds no frames, and what is in them
    if reply.value is None:
        return reply
    several = isinstance(reply.value, list | tuple) and numeric(_nan_for_none(reply.value)) is None
    parts = reply.value if several and len(reply.value) <= MOST_PARTS else [reply.value]
    kept = tuple(_small(_nan_for_none(part)) for part in parts)
    return Reply(kept if several else kept[0] if kept[0] is not None else "")


def _nan_for_none(value: Any) -> Any:
    """What a function without a return statement gave, among numbers, is NaN as it is in an array."""
    return [math.nan if item is None else item for item in value] if isinstance(value, list | tuple) else value


def _are(some: tuple, others: tuple) -> bool:
    """Whether these are the very same objects."""
    return len(some) == len(others) and all(a is b for a, b in zip(some, others, strict=True))


def _digest(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha256(b"\0".join(parts)).digest(), "big")
