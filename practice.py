"""Hold your answers against public examples: what this says at home is what the feedback page says of them.

    import practice

    practice.use("a1-neuron")        # the cases in a1-neuron.cases.json, which lies beside the notebook
    practice.check(row_gradients)    # one line where it is right; where it is not, it says how and raises Wrong
    practice.overview()              # a table of all blanks

Marks come from inputs that are not here, so nothing is gained by knowing these by heart. It needs NumPy alone.
"""

import copy
import html
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import practice_words as words
from practice_words import Finding, Property, Seen, StudentFault, View

MODES = DIAGNOSE, TELL, NONE = "diagnose", "tell", "none"  # how much an assignment tells
MOST_SHOWN = 12  # rows, and columns, of a picture of where an array is wrong
MOST_MOVED = 16  # entries of an argument that are moved for the slope of one's own function
RIGHT, WRONG, NOT_BEGUN = "right", "wrong", "not begun"
SIGNS = {RIGHT: "✓", WRONG: "✗", NOT_BEGUN: "…"}


class Wrong(AssertionError):
    """An answer is not right; the text says how."""

    def _render_traceback_(self) -> list[str]:
        """What Jupyter shows in place of a traceback, which would end in this file."""
        return [f"Wrong: {self}"]


# ----------------------------------------------------------------------------------------------------------- the cases

_used: dict = {}  # what `use` read


def use(assignment: str) -> None:
    """Read the public cases of an assignment. Raises FileNotFoundError where they are neither here nor beside this."""
    places = (folder / f"{assignment}.cases.json" for folder in (Path.cwd(), Path(__file__).parent))
    if (file := next(filter(Path.is_file, places), None)) is not None:
        load(file.read_text(encoding="utf-8"))
    elif _used.get("assignment") != assignment:
        load(_from_the_grader(assignment))


def load(text: str) -> None:
    """Use the cases in this JSON text."""
    _used.clear()
    _used.update(json.loads(text, object_hook=_decoded))


def _decoded(node: dict) -> Any:
    match node:
        case {"$array": items, "dtype": dtype, "shape": shape}:
            return np.array(items, dtype=dtype).reshape(shape)
        case {"$array": items}:
            return np.array(items)
        case {"$tuple": items}:
            return tuple(items)
        case {"$dict": pairs}:
            return dict(pairs)
    return node


def _from_the_grader(assignment: str) -> str:
    """In its author's kernel a notebook has no file of cases beside it: they are made of the checks."""
    try:
        from autograder import public_cases
    except ImportError:
        here = f"put {assignment}.cases.json, which was handed out with the notebook, into the notebook's folder"
        raise FileNotFoundError(f"the examples of {assignment} are not here: {here}.") from None
    return public_cases(assignment)


# ------------------------------------------------------------------------------------------------------------- asking


@dataclass
class Examined:
    """What came of one blank's public examples."""

    name: str
    findings: list[Finding]
    likely: str  # the sentence of the one mistake, or way to fail, that explains it
    notes: list[str]  # which say nothing against it
    wrong: Seen | None  # the first array that came with entries that are wrong
    examples: int

    @property
    def state(self) -> str:
        begun = not any(finding.diagnosis == "not_begun" for finding in self.findings)
        return (WRONG if begun else NOT_BEGUN) if self.findings else RIGHT

    def lines(self) -> list[str]:
        """What is said of it, a line for each finding, in the words of the feedback page."""
        if not self.findings:
            return [f"right on {self.examples} public examples" if self.examples else "is examined when you hand in"]
        if _used["tell"] == TELL:
            return ["not right yet" if self.state == WRONG else self.state]
        said = [(finding.property, words.without(finding.message, self.likely)) for finding in self.findings]
        return [f"{property}: {message}" if property != "call" else message for property, message in said]

    def sentence(self) -> str:
        """All of it in one line."""
        likely = [f"Most likely: {self.likely}"] if self._tells and self.likely else []
        return " ".join([*self.lines(), *likely])

    @property
    def _tells(self) -> bool:
        return bool(self.findings) and _used["tell"] == DIAGNOSE

    @property
    def _example(self) -> str:
        return self.findings[0].example if self._tells and self.state == WRONG else ""

    def __repr__(self) -> str:
        text = [f"{SIGNS[self.state]} {self.name}: {self.lines()[0]}", *self.lines()[1:], *self.notes]
        if self._tells:
            text += [f"Most likely: {self.likely}"] if self.likely else []
            text += ["", "Run this to see it:", "", self._example] if self._example else []
            text += ["", f"Where {self.wrong.property} is wrong (✗):", "", drawn(self.wrong)] if self.wrong else []
        return "\n".join(text)

    def _repr_html_(self) -> str:
        first, *more = map(_html, self.lines())
        parts = [f"<p><strong>{SIGNS[self.state]} <code>{_html(self.name)}</code></strong> {first}</p>"]
        parts += [f"<p>{line}</p>" for line in [*more, *map(_html, self.notes)]]
        if self._tells:
            parts += [f"<p><strong>Most likely: {_html(self.likely)}</strong></p>"] if self.likely else []
            parts += [f"<p>Run this to see it:</p><pre>{html.escape(self._example)}</pre>"] if self._example else []
            parts += [drawn_in_html(self.wrong)] if self.wrong else []
        return "".join(parts)


def examine(name: str, function: Any, namespace: Mapping[str, Any]) -> Examined:
    """Ask the function of one blank for all its public examples. `namespace` has the other functions."""
    return _Asked(name, namespace).of(function)


class _Asked:
    """What one blank was asked, and what came."""

    def __init__(self, name: str, namespace: Mapping[str, Any]):
        self._name, self._namespace, self._blank = name, namespace, _used["blanks"][name]
        self._outcomes = {property: Property() for property in self._blank["properties"]}
        self._seen: list[Seen] = []
        self._given: list[dict] = []  # what each mistake gives, comparison by comparison
        self._moved: list[int] = []  # the arguments that were changed
        self._slopes: list[bool | None] = []  # whether it is the slope of one's own forward function

    def of(self, function: Any) -> Examined:
        """All that is said of this function."""
        ended, label = [], ""
        try:
            for case in self._blank["cases"]:
                label, args = case["label"], case["args"]
                self._ask(function, case)
        except StudentFault as fault:
            said = words.for_case(label, str(fault))
            ended = [Finding("call", said, words.source_of(self._name, args), fault.diagnosis)]
        findings = ended + self._failures()
        likely = _sentence(words.strongest(findings, _used["ways_to_fail"].keys()))
        wrong = next(filter(_has_a_picture, self._seen), None)
        return Examined(self._name, findings, likely, [*self._notes(findings)], wrong, len(self._blank["cases"]))

    def _ask(self, function: Any, case: dict) -> None:
        value, moved = _called(self._name, function, case["args"])
        self._moved = self._moved or moved
        values = words.parts_of(self._name, value, case["returns"])
        self._slopes.append(_is_slope_of(self._namespace.get(self._blank["forward"]), case["args"], values))
        for one in case["compared"]:
            got = View(**self._blank["view"]).of(values) if one["part"] is None else values[one["part"]]
            self._compare(got, one, case)

    def _compare(self, got: Any, one: dict, case: dict) -> None:
        property, rtol, want = one["property"], one["rtol"], np.asarray(one["want"], dtype=np.float64)
        kind, message = words.compare(got, want, rtol)
        self._seen.append(Seen(property, words.numeric(got), want, rtol, kind is not None, one["told"]))
        self._given.append(one["mistakes"])
        outcome = self._outcomes[property]
        if kind is not None and outcome.finding is None:
            example = words.source_of(self._name, case["args"])
            outcome.finding = Finding(property, words.for_case(case["label"], message), example)
        outcome.kinds += [] if kind is None else [kind]

    def _failures(self) -> list[Finding]:
        failed = {property: outcome for property, outcome in self._outcomes.items() if outcome.finding}
        if not failed:
            return []
        told = words.told_mistakes(self._seen, failed.keys(), _refuted(self._seen, self._given))
        return [outcome.named(told[property], _sentence) for property, outcome in failed.items()]

    def _notes(self, findings: list[Finding]) -> Iterator[str]:
        """What is said besides; nothing of it speaks against the function."""
        if self._moved:
            yield words.change_note(self._name, self._moved, _sentence("modified_input"))
        forward, slopes = self._blank["forward"], [each for each in self._slopes if each is not None]
        if slopes and all(slopes) and findings:
            yield f"It is the derivative of your own `{forward}`, though: look for the mistake there."
        elif slopes and not all(slopes) and not findings:
            yield f"But it is not the derivative of your own `{forward}`: check that one."
        for other in self._blank["needs"] if findings else ():
            if examine(other, self._namespace.get(other), self._namespace).findings:
                yield f"`{other}`, which it may call, is not right yet: begin there."


def _called(name: str, function: Any, args: tuple) -> tuple[Any, list[int]]:
    """(what the function returns for copies of the arguments, which of them it changed). Raises StudentFault."""
    if function is None:
        raise words.not_defined(name)
    if not callable(function):
        raise words.not_callable(name)
    copies = copy.deepcopy(args)
    try:
        value = words.plain(function(*copies))
    except Exception as error:  # the function may raise anything
        raise words.raised(name, type(error).__name__, str(error)) from error
    return value, [*words.changed(args, copies)]


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


def _sentence(name: str) -> str:
    return _used["sentences"].get(name) or _used["ways_to_fail"].get(name, "")


# ---------------------------------------------------------------------------------------------- one's own forward pass


def _is_slope_of(forward: Any, args: tuple, values: tuple) -> bool | None:
    """Whether the values are the derivatives of the sum of `forward(*args)` with respect to its first arguments.

    None where there is no such function, or nothing can be said.
    """
    if not callable(forward) or any(np.size(args[k]) > MOST_MOVED for k in range(len(values))):
        return None
    try:
        with np.errstate(all="ignore"):
            pairs = [(words.numeric(value), _slope(forward, args, k)) for k, value in enumerate(values)]
            near = [np.abs(value - slope) <= 1e-6 * max(1e-3, np.abs(slope).max()) for value, slope in pairs]
            return all(np.all(each) for each in near)
    except Exception:  # it is the student's function, and here only to be compared with
        return None


def _slope(forward: Callable, args: tuple, k: int) -> np.ndarray:
    """∂ sum(forward)/∂ args[k] by central differences."""
    at, slope = np.array(args[k], dtype=np.float64), np.zeros(np.shape(args[k]))
    for index in np.ndindex(at.shape):
        h = 6e-6 * max(1.0, abs(at[index]))
        sums = []
        for step in (h, -h):
            moved = at.copy()
            moved[index] += step
            sums.append(np.sum(forward(*args[:k], moved, *args[k + 1 :])))
        slope[index] = (sums[0] - sums[1]) / (2 * h)
    return slope


# ------------------------------------------------------------------------------------------------------------ pictures


def _has_a_picture(one: Seen) -> bool:
    """Whether an array of the right shape came in which entries are wrong."""
    return one.failed and one.got is not None and one.got.shape == one.want.shape and one.want.ndim > 0


def _entries(one: Seen) -> tuple[list[list[tuple[bool, float, float, float]]], bool]:
    """(rows of (wrong, how far off from 0 to 1, what came, what is wanted), whether that is not all of the array)."""
    got, want = (np.atleast_2d(array.reshape(-1, array.shape[-1])) for array in (one.got.astype(np.float64), one.want))
    error, scale = words.off(got, want)
    with np.errstate(all="ignore"):
        share = np.where(error <= one.rtol * scale, 0.0, np.clip(1 + np.log10(error / scale) / 4, 0.2, 1.0))
    cut = [array[:MOST_SHOWN, :MOST_SHOWN].tolist() for array in (share, got, want)]
    rows = [[(s > 0, s, g, w) for s, g, w in zip(*row, strict=True)] for row in zip(*cut, strict=True)]
    return rows, got.size > sum(map(len, rows))


def drawn(one: Seen) -> str:
    """The rows of an array, a sign for each entry, as text."""
    rows, more = _entries(one)
    lines = [" ".join("✗" if wrong else "·" for wrong, *_ in row) for row in rows]
    return "\n".join([*lines, *(["…"] if more else [])])


def drawn_in_html(one: Seen) -> str:
    """The same as a table: in stronger colour the further off, and each entry shows its number."""
    rows, more = _entries(one)
    body = "".join("<tr>" + "".join(_cell(*entry) for entry in row) + "</tr>" for row in rows)
    said = f"<p>Where {_html(one.property)} is wrong (✗), in stronger colour the further off:</p>"
    return f"{said}<table>{body}</table>" + ("<p>…</p>" if more else "")


def _cell(wrong: bool, share: float, got: float, want: float) -> str:
    style = f"text-align: right; border: 1px solid gray; background: rgba(213, 94, 0, {share / 2:.2f})"
    sign = "✗" if wrong else "·"
    return f'<td style="{style}" title="{got:.6g}, expected {want:.6g}">{sign} {got:.3g}</td>'


def _html(text: str) -> str:
    """Text as HTML, what stands between backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))


# ------------------------------------------------------------------------------------------------ what notebooks call


def check(function: Any) -> None:
    """Say whether the function of a blank is right on its public examples. Raises Wrong, with the sentence."""
    if _tells_nothing():
        return print(_tells_nothing())
    namespace = sys._getframe(1).f_globals
    name = _name_of(function, namespace)
    found = examine(name, function, namespace)
    if not found.findings:
        return print(found)
    _show(found)
    raise Wrong(f"{name}: {found.sentence()}") from None


def _tells_nothing() -> str:
    if not _used:
        return "Nothing can be checked yet: run the cell with `practice.use` first."
    return f"{_used['assignment']} does not tell at home what is right." if _used["tell"] == NONE else ""


def _name_of(function: Any, namespace: Mapping[str, Any]) -> str:
    """The blank that this is: by the name it has in the notebook, else by its own. Raises ValueError for none."""
    blanks = _used["blanks"]
    own = getattr(function, "__name__", "")
    name = next((name for name in blanks if namespace.get(name) is function), own)
    if name not in blanks:
        raise ValueError(f"{name or 'this'} is no blank of {_used['assignment']}: those are {', '.join(blanks)}.")
    return name


def _show(found: Any) -> None:
    """In a notebook with bold text and colours, elsewhere as text."""
    if "IPython" in sys.modules and sys.modules["IPython"].get_ipython() is not None:
        from IPython.display import display

        display(found)
    else:
        print(found)


class Overview(list):
    """All blanks as they are now, a table."""

    def __repr__(self) -> str:
        return "\n".join([f"{SIGNS[one.state]} {one.name}: {_briefly(one)}" for one in self] or [_tells_nothing()])

    def _repr_html_(self) -> str:
        rows = (f"<td>{SIGNS[one.state]} {one.state}</td><td><code>{_html(one.name)}</code></td>" for one in self)
        said = (f'<td style="text-align: left">{_html(_briefly(one))}</td>' for one in self)
        body = "".join(f"<tr>{row}{text}</tr>" for row, text in zip(rows, said, strict=True))
        return f"<table>{body}</table>" if self else f"<p>{_html(_tells_nothing())}</p>"


def _briefly(one: Examined) -> str:
    return NOT_BEGUN if one.state == NOT_BEGUN else one.sentence()


def overview() -> Overview:
    """A table of all blanks: right, wrong in which way, or not begun."""
    namespace = sys._getframe(1).f_globals
    blanks = {} if _tells_nothing() else _used["blanks"]
    defined = [name for name in namespace if name in blanks]  # in the order of the notebook
    return Overview(examine(name, namespace.get(name), namespace) for name in dict.fromkeys([*defined, *blanks]))
