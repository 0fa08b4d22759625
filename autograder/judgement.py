"""What a check is written with: cases, calls into the student's notebook, what is examined, diagnosis.

Everything here runs where no student code can: values come in over a wire as plain data and are compared by us.
"""

import hashlib
import importlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from types import ModuleType
from typing import Any, Protocol

import numpy as np

from autograder.checks.catalogue import CATALOGUE
from autograder.comparison import EXACT, RTOL, compare, describe
from autograder.comparison import numeric as numeric  # checks find it here
from autograder.diagnosis import MOST_KEPT, Mistakes, Outcome, Seen, named, strongest
from autograder.example import source_of
from autograder.verdict import FAILED, PASSED, BlankVerdict, Finding
from nnlib.gradcheck import numerical_gradient


class StudentFault(Exception):
    """The one exception for what is the student's doing: `diagnosis` is a catalogue name, the text a sentence."""

    def __init__(self, diagnosis: str, message: str):
        super().__init__(message)
        self.diagnosis = diagnosis


def not_defined(name: str) -> StudentFault:
    return StudentFault("not_defined", f"{name} is not defined: keep the function's name as it was given.")


def not_callable(name: str) -> StudentFault:
    return StudentFault("not_callable", f"{name} is not a function.")


def raised(name: str, type_name: str, message: str) -> StudentFault:
    return StudentFault("raised", f"{name} raised {type_name}: {message}"[:500])


@dataclass(frozen=True)
class Reply:
    """What a call returned, as plain data, and which arguments (by position) the callee reports to have changed."""

    value: Any
    changed: tuple[int, ...] = ()


class Guest(Protocol):
    """Whoever can call a function of the student's notebook: the sandbox, or an author's own kernel."""

    def call(self, name: str, args: tuple) -> Reply: ...

    def calls(self, name: str, many: tuple[tuple, ...]) -> list[Reply | StudentFault]: ...


@dataclass(frozen=True)
class Case:
    """One input of a check: its kind in words, the arguments, and whether it may be shown to the student."""

    label: str
    args: tuple
    public: bool


@dataclass(frozen=True)
class Check:
    """A check: its name is the blank's grade_id, its docstring the title, its weights split the points.

    `needs` maps the blanks that this one may call to functions of ours that answer like them.
    """

    name: str
    title: str
    weights: Mapping[str, float]
    examine: Callable[["Blank"], None]
    needs: Mapping[str, Callable] = field(default_factory=dict)


def check(weights: Mapping[str, float], needs: Mapping[str, Callable] | None = None) -> Callable[[Callable], Check]:
    """Declare a function as a check. `weights` maps each property examined to its share of the points (sum 1).

    `needs` names prerequisites: {blank: a right function with the parameters of its statement}. A blank that fails
    while one of them fails, too, is judged again with that function in its place. Never name a blank that computes
    what this one must compute.
    """
    if abs(sum(weights.values()) - 1) > 1e-12:
        raise ValueError(f"the weights of a check sum to {sum(weights.values())}, expected 1: {dict(weights)}")
    return lambda function: Check(function.__name__, (function.__doc__ or "").strip(), weights, function, needs or {})


class ChecksError(LookupError):
    """An assignment has no checks, or none that can be used; the text is one sentence."""


def checks_of(assignment: str) -> dict[str, Check]:
    """The checks of an assignment by name, each after those it needs.

    Raises ChecksError; they may not need what is no blank, or each other.
    """
    checks = {name: value for name, value in vars(_module(assignment)).items() if isinstance(value, Check)}
    for name, made in checks.items():
        if unknown := sorted(made.needs.keys() - checks.keys()):
            raise ChecksError(f"in {assignment}, {name} needs {', '.join(unknown)}: expected names of blanks.")
    try:
        order = [*TopologicalSorter({name: made.needs for name, made in checks.items()}).static_order()]
    except CycleError as error:
        circle = " → ".join(error.args[1])
        raise ChecksError(f"in {assignment}, blanks need each other in a circle: {circle}.") from None
    return {name: checks[name] for name in order}


def allowed_modules(assignment: str) -> tuple[str, ...]:
    """The modules of nnlib that the assignment may import (ALLOWED in its checks). Raises ChecksError."""
    allowed = getattr(_module(assignment), "ALLOWED", None)
    if not isinstance(allowed, tuple) or not all(isinstance(name, str) for name in allowed):
        raise ChecksError(f"the checks of {assignment} lack ALLOWED: name the modules of nnlib it may import, or ().")
    return allowed


def _module(assignment: str) -> ModuleType:
    name = f"autograder.checks.{assignment.replace('-', '_')}"
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise ChecksError(f"the checks of {assignment} cannot be used: {error}.") from error
        raise ChecksError(f"there are no checks for the assignment {assignment!r}.") from None
    except Exception as error:  # the module is a program
        raise ChecksError(f"the checks of {assignment} cannot be used: {type(error).__name__}: {error}.") from error


class Blank:
    """One blank under examination. Checks call its methods; `verdict` reads the result."""

    def __init__(self, check: Check, guest: Guest, seed: bytes, *, fresh_only: bool = False):
        """`fresh_only` leaves the public examples out and ends at the first failure, which gets no diagnosis: enough to
        see what is right, not to say what is wrong.
        """
        self._check, self._guest, self._fresh_only = check, guest, fresh_only
        self._outcomes = {name: Outcome() for name in check.weights}
        self._notes: list[Finding] = []
        self._case, self._call = Case("", (), True), ("", ())
        self._ahead: list[Case] = []  # the cases of the loop that is under way, where all are asked at once
        self._replies: dict[str, dict[int, Reply | StudentFault]] = {}
        self._seeds = {True: _digest(b"public", check.name.encode()), False: _digest(seed, check.name.encode())}
        if fresh_only:
            del self._seeds[True]

    def cases(self, make: Callable[[np.random.Generator], Iterator[tuple[str, tuple]]]) -> Iterator[Case]:
        """For each kind of input that `make(rng)` yields as (label, args): the public case, then its hidden twin."""
        cases = self._made(make)
        if self._fresh_only:
            cases = self._ahead = [*cases]
            self._replies = {}
        for case in cases:
            self._case = case
            yield case

    def _made(self, make: Callable[[np.random.Generator], Iterator[tuple[str, tuple]]]) -> Iterator[Case]:
        made = {public: make(np.random.default_rng(seed)) for public, seed in self._seeds.items()}
        for twins in zip(*made.values(), strict=True):
            label = twins[0][0]
            yield from (Case(label, args, public) for public, (_, args) in zip(made, twins, strict=True))

    def call(self, name: str, *args: Any, returns: int = 1) -> Any:
        """What the student's function `name` returns for `args`, as plain data; a tuple when `returns` > 1.

        A function among `args` stays here, and the student's code may call it: what it is called with reaches it as
        float64. Its docstring, where it has one, is its Python source in the example that a student may see.

        Raises StudentFault (which ends the check) when there is no usable value.
        """
        self._call = name, args
        reply = self._ask(name, args)
        if reply.changed:
            self._note_changed(name, reply.changed)
        if reply.value is None:
            raise StudentFault("returned_none", f"{name} returned None: is a return statement missing?")
        if returns > 1 and (not isinstance(reply.value, list | tuple) or len(reply.value) != returns):
            raise StudentFault("wrong_type", f"{name} returned {describe(reply.value)}, expected {returns} values.")
        return reply.value

    def _ask(self, name: str, args: tuple) -> Reply:
        """The reply to a call. On fresh inputs all cases to come are asked for with the first: most of a call's time
        goes into telling it and its answer. Raises StudentFault.
        """
        if not self._ahead or not _are(args, self._case.args):
            return self._guest.call(name, args)
        if self._case is self._ahead[0] and name not in self._replies:
            replies = self._guest.calls(name, tuple(case.args for case in self._ahead))
            self._replies[name] = dict(zip(map(id, self._ahead), replies, strict=True))
        reply = self._replies.get(name, {}).pop(id(self._case), None) or self._guest.call(name, args)
        if isinstance(reply, StudentFault):
            raise reply
        return reply

    def close(self, property: str, got: Any, want: Any, mistakes: Mistakes = None, rtol: float = RTOL):
        """Examine that `got` has the shape of `want` and equals it to `rtol` of its largest entry.

        `mistakes` maps names of the catalogue to what each mistake would give for this input; where that takes time, it
        is a function that returns such a mapping, called only when the property has failed.
        """
        want = np.asarray(want, dtype=np.float64)
        kind, message = compare(got, want, rtol)
        kept = None if isinstance(got, np.ndarray) and got.nbytes > MOST_KEPT else got
        self._outcomes[property].seen.append(Seen(kept, want, mistakes, rtol, kind is not None))
        self._record(property, kind, message)

    def gradient(self, property: str, got: Any, want: Any, cost: Callable, at: Any, mistakes: Mistakes = None):
        """Examine a gradient against the analytic `want`, itself held to the numerical derivative of `cost` at `at`.

        Raises AssertionError when `want` is not the derivative of `cost`: the check is wrong, nobody's mark is decided.
        """
        differences = np.asarray(numerical_gradient(cost, np.asarray(at, dtype=np.float64)))
        scale = max(np.max(np.abs(differences), initial=0.0), 1e-3)
        if not np.all(np.abs(differences - want) <= 1e-5 * scale):
            raise AssertionError(f"{self._check.name}: {property} is not dJ")
        self.close(property, got, want, mistakes, rtol=EXACT)

    def true(self, property: str, condition: bool, message: str, diagnosis: str = ""):
        """Examine a condition the host has computed itself; `message` says what was expected instead."""
        self._outcomes[property].seen.append(Seen(None, np.empty(0), None, RTOL, not condition))
        self._record(property, None if condition else diagnosis, message)

    def _record(self, property: str, kind: str | None, message: str):
        outcome = self._outcomes[property]
        outcome.examined = True
        if kind is None:
            return
        if self._fresh_only:
            raise StudentFault(kind, message)
        outcome.kinds.append(kind)
        if outcome.finding is None:
            outcome.finding = self._finding(property, message)

    def _finding(self, property: str, message: str, diagnosis: str = "") -> Finding:
        where = f"For {self._case.label}: " if self._case.label else ""
        if not self._case.public:  # numbers of hidden data are never shown; its public twin passed
            message = "the public example is right, fresh inputs of the same kind are not."
        return Finding(property, where + message, self._example(), diagnosis)

    def _example(self) -> str:
        """Source of the last call, where it may be shown."""
        return source_of(*self._call) if self._case.public and self._call[0] else ""

    def _note_changed(self, name: str, changed: tuple[int, ...]):
        which = ", ".join(str(position + 1) for position in changed)
        note = Finding(
            "inputs unchanged",
            f"{name} changed its argument {which}. {CATALOGUE['modified_input']}",
            self._example(),
            "modified_input",
        )
        if not self._notes:
            self._notes.append(note)

    def verdict(self, points: float) -> BlankVerdict:
        """Examine everything and sum up: points times the weights of the properties that passed on every case."""
        fault = None
        try:
            self._check.examine(self)
        except StudentFault as error:
            fault = self._finding("call", str(error), error.diagnosis)
        unexamined = [name for name, outcome in self._outcomes.items() if not outcome.examined]
        if unexamined and not fault:
            raise AssertionError(f"the check {self._check.name} examined no case of {unexamined}")
        passed = {name for name, outcome in self._outcomes.items() if not outcome.kinds} if not fault else set()
        findings = [fault] if fault else []
        findings += [named(outcome) for outcome in self._outcomes.values() if outcome.finding]
        score = points * sum(self._check.weights[name] for name in passed)
        diagnoses = [finding.diagnosis for finding in findings if finding.diagnosis]
        return BlankVerdict(
            self._check.name,
            points,
            FAILED if findings else PASSED,
            round(score, 10),
            tuple(findings + self._notes),
            strongest(diagnoses),
            self._check.title,
        )


def _are(some: tuple, others: tuple) -> bool:
    """Whether these are the very same objects."""
    return len(some) == len(others) and all(a is b for a, b in zip(some, others, strict=True))


def _digest(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha256(b"\0".join(parts)).digest(), "big")
