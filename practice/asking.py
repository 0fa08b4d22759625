"""A function is asked for the public examples of its blank, and what it returns is compared."""

import copy
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

import numpy as np

from practice.cases import DIAGNOSE, sentence, used
from practice.comparing import compare, wanted
from practice.examined import Examined, has_a_picture
from practice.faults import StudentFault, View, change_note, not_callable, not_defined, parts_of, raised, text_of
from practice.naming import Finding, Property, Seen, for_case, strongest, told_mistakes
from practice.source import source_of
from practice.values import changed, numeric, plain

MOST_MOVED = 16  # entries of an argument that are moved for the slope of one's own function


def examine(name: str, function: Any, namespace: Mapping[str, Any]) -> Examined:
    """Ask the function of one blank for all its public examples. `namespace` has the other functions."""
    return _Asked(name, namespace).of(function)


class _Asked:
    """What one blank was asked, and what came."""

    def __init__(self, name: str, namespace: Mapping[str, Any]):
        self._name, self._namespace, self._blank = name, namespace, used["blanks"][name]
        self._outcomes = {property: Property() for property in self._blank["properties"]}
        self._seen: list[Seen] = []
        self._given: list[dict] = []  # what each mistake gives, comparison by comparison
        self._moved: list[int] = []  # the arguments that were changed
        self._slopes: list[bool | None] = []  # whether it is the slope of one's own forward function

    def of(self, function: Any) -> Examined:
        """All that is said of this function."""
        findings = self.findings(function)
        diagnosis = strongest(findings, used["ways_to_fail"].keys())
        first = {finding.property: self._first_failure(finding.property) for finding in findings}
        wrong = next((seen for seen in first.values() if seen and has_a_picture(seen)), None)
        notes = [*self._notes(findings)] if used["tell"] == DIAGNOSE else []
        examples = sum(bool(case["compared"]) for case in self._blank["cases"])
        certain = diagnosis in used["ways_to_fail"]
        later = self._blank["later"]
        return Examined(self._name, findings, sentence(diagnosis), certain, notes, wrong, examples, later)

    def _first_failure(self, property: str) -> Seen | None:
        """The comparison of which the finding speaks."""
        return next((seen for seen in self._seen if seen.failed and seen.property == property), None)

    def findings(self, function: Any) -> list[Finding]:
        """What is said against it."""
        ended, label, args = [], "", None
        try:
            if not self._blank["cases"]:
                _refuse_none(self._name, function)
            for case in self._blank["cases"]:
                label, args = case["label"], case["args"]
                self._ask(function, case)
        except StudentFault as fault:
            said = for_case(label, str(fault), fault.diagnosis)
            example = "" if args is None else source_of(self._name, args)
            ended = [Finding("call", said, example, fault.diagnosis)]
        return ended + self._failures()

    def _ask(self, function: Any, case: dict) -> None:
        value, moved = _called(self._name, function, case["args"])
        self._moved = self._moved or moved
        values = parts_of(self._name, value, case["returns"])
        self._slopes.append(self._is_slope_of_forward(case["args"], values))
        for one in case["compared"]:
            got = self._viewed(values, case["args"])[one["viewed"]] if one["part"] is None else values[one["part"]]
            self._compare(got, one, case, values)

    def _viewed(self, values: tuple, args: tuple) -> tuple:
        viewed = View(**self._blank["view"]).of(values, args)
        return viewed if isinstance(viewed, tuple) else (viewed,)

    def _is_slope_of_forward(self, args: tuple, values: tuple) -> bool | None:
        return _is_slope_of(self._namespace.get(self._blank["forward"]), args, values, self._blank["forward_at"])

    def _compare(self, got: Any, one: dict, case: dict, values: tuple) -> None:
        property, rtol, want = one["property"], one["rtol"], wanted(one["want"])
        kind, message = compare(got, want, rtol)
        view = View(**self._blank["view"]) if kind is not None and one["part"] is None else None
        words = view.said(one["viewed"], got, want, values, case["args"]) if view else ""
        self._seen.append(Seen(property, numeric(got), want, rtol, kind is not None, one["told"], bool(words)))
        self._given.append(one["mistakes"])
        outcome = self._outcomes[property]
        if kind is not None and outcome.finding is None:
            example = source_of(self._name, case["args"])
            outcome.finding = Finding(property, for_case(case["label"], words or message), example)
        outcome.kinds += [] if kind is None else [kind]

    def _failures(self) -> list[Finding]:
        failed = {property: outcome for property, outcome in self._outcomes.items() if outcome.finding}
        if not failed:
            return []
        told = told_mistakes(self._seen, failed.keys(), _refuted(self._seen, self._given))
        return [outcome.named(told[property], sentence) for property, outcome in failed.items()]

    def _notes(self, findings: list[Finding]) -> Iterator[str]:
        """What is said besides; nothing of it speaks against the function."""
        if self._moved:
            yield change_note(self._name, self._moved, sentence("modified_input"))
        forward, slopes = self._blank["forward"], [each for each in self._slopes if each is not None]
        if slopes and all(slopes) and findings and self._is_wrong(forward):
            yield f"It is the derivative of your own `{forward}`, though: look for the mistake there."
        elif slopes and not all(slopes) and not findings:
            yield f"But it is not the derivative of your own `{forward}`: check that one."
        for other in self._blank["needs"] if findings else ():
            if self._is_wrong(other):
                yield f"`{other}` is not right yet: if yours calls it, begin there."

    def _is_wrong(self, other: str) -> bool:
        """Whether something is said against another function of the notebook."""
        return bool(_Asked(other, self._namespace).findings(self._namespace.get(other)))


def _refuse_none(name: str, function: Any) -> None:
    """Raise StudentFault where there is no function to call, or the one that was handed out."""
    if function is None:
        raise not_defined(name)
    if not callable(function):
        raise not_callable(name)
    if getattr(getattr(function, "__code__", None), "co_names", ()) == ("NotImplementedError",):
        raise raised(name, "NotImplementedError", "")


def _called(name: str, function: Any, args: tuple) -> tuple[Any, list[int]]:
    """(what the function returns for copies of the arguments, which of them it changed). Raises StudentFault."""
    _refuse_none(name, function)
    copies = copy.deepcopy(args)
    try:
        value = plain(function(*copies))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # the function may raise anything, SystemExit as well
        raise raised(name, type(error).__name__, text_of(error)) from error
    return value, [*changed(args, copies)]


def _refuted(seen: list[Seen], given: list[dict]) -> dict[str, set[str]]:
    """{mistake: the properties of which it does not give every value}."""
    names = {name for mistakes in given for name in mistakes}
    pairs = [*zip(seen, given, strict=True)]
    return {
        name: {
            one.property
            for one, mistakes in pairs
            if not (one.told and name in mistakes and one.explained_by(mistakes[name]))
        }
        for name in names
    }


# one's own forward pass


def _is_slope_of(forward: Any, args: tuple, values: tuple, at: int) -> bool | None:
    """Whether the values are the derivatives of the sum of `forward(*args)` with respect to its arguments from `at` on.

    None where there is no such function, or nothing can be said.
    """
    if not callable(forward) or any(np.size(args[at + k]) > MOST_MOVED for k in range(len(values))):
        return None
    try:
        with np.errstate(all="ignore"), redirect_stdout(StringIO()):  # it is called often, and may print
            return all(_near(numeric(value), forward, args, at + k) for k, value in enumerate(values))
    except Exception:  # it is the student's function, and here only to be compared with
        return None


def _near(value: np.ndarray, forward: Callable, args: tuple, k: int) -> bool:
    """Whether this is the slope, as far as differences tell: where values are large, those of two steps differ."""

    def by_differences(step: float) -> np.ndarray:  # in here, for it is the answer of a blank
        at, slope = np.array(args[k], dtype=np.float64), np.zeros(np.shape(args[k]))
        for index in np.ndindex(at.shape):
            h = step * max(1.0, abs(at[index]))
            sums = []
            for change in (h, -h):
                moved = at.copy()
                moved[index] += change
                sums.append(np.sum(_called("", forward, (*args[:k], moved, *args[k + 1 :]))[0]))
            slope[index] = (sums[0] - sums[1]) / (2 * h)
        return slope

    slope, other = map(by_differences, (6e-6, 3e-6))
    return bool(np.all(np.abs(value - slope) <= 2 * np.abs(slope - other) + 1e-6 * max(1e-3, np.abs(slope).max())))
