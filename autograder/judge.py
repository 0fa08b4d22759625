"""The judge: runs a sanitised notebook behind the walls and examines each blank; the verdict is reached out here."""

import ast
import re
import socket
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

import nbformat
import numpy as np
from nbformat import NotebookNode

from autograder import cells
from autograder.calls import SandboxGuest
from autograder.judgement import Blank, Check, StudentFault, allowed_modules, checks_of
from autograder.sandbox import Died, Limits, Sandbox, SandboxUnavailable, Submission
from autograder.verdict import FAILED, PASSED, UNDECIDED, BlankVerdict, Finding, Verdict

LONGEST_READ = 100_000  # characters of an answer that are looked through; parsing megabytes takes gigabytes
COMPLEX = re.compile(r"[0-9._][jJ]|complex|imag")  # what a complex number in source text has in it
AT_ONCE = 2.0  # seconds in which right answers may say so
MOST_SKIPPED = 3  # cells that may end the notebook's process before we give up on it
UNSAFE_NOTE = "Graded WITHOUT a sandbox: this mark is only as honest as the submission."


class Judge:
    """One assignment's checks and sandbox. Call it with a sanitised notebook; close it, or use it in a `with`."""

    def __init__(self, assignment: str, *, limits: Limits | None = None, unsafe_no_sandbox: bool = False,
                 control: socket.socket | None = None):  # fmt: skip
        """`control` is that of a warm process that was lent, for this assignment (see `Sandbox`).

        Raises what `checks_of` raises, and SandboxUnavailable when the walls cannot be put up.
        """
        self.assignment, self._unsafe = assignment, unsafe_no_sandbox
        self._checks = checks_of(assignment)
        self._order = {name: position for position, name in enumerate(self._checks)}
        self._box = Sandbox(allowed_modules(assignment), limits, unsafe_no_sandbox=unsafe_no_sandbox, control=control)
        try:
            self._self_test()
        except BaseException:
            self.close()
            raise

    def __call__(
        self, notebook: NotebookNode, *, student: str, submission: str, seed: bytes, notes: tuple[str, ...] = ()
    ) -> tuple[Verdict, NotebookNode]:
        """(the verdict, the notebook with the outputs it made). `submission` is the hash of the submitted bytes,
        `seed` that of the hidden data.

        Never raises for what a submission does; what goes wrong on our side makes blanks undecided, with the traceback
        as a staff note.
        """
        executed = NotebookNode(notebook, cells=[NotebookNode(cell) for cell in notebook.cells])
        staff_notes = _complex_steps(notebook)
        blanks = list(cells.blanks(notebook))
        try:
            with self._run(executed, blanks, seed) as (guest, seen, more_notes):
                notes += more_notes
                judged = self._blanks(guest, blanks, seen, seed, staff_notes)
        except Died as death:
            judged = [_dead(name, points, str(death)) for name, points in blanks]
        except Exception:  # ours, whatever it is: staff must look, and the class goes on
            staff_notes.append(traceback.format_exc())
            judged = [undecided(name, points) for name, points in blanks]
        if self._unsafe:
            notes += (UNSAFE_NOTE,)
        return Verdict(self.assignment, student, submission, tuple(judged), notes, tuple(staff_notes)), executed

    @contextmanager
    def _run(
        self, notebook: NotebookNode, blanks: list, seed: bytes
    ) -> Iterator[tuple[Submission, dict[str, BlankVerdict], tuple[str, ...]]]:
        """The submission, its cells run; what its blanks do at once; and what to tell of it.

        Where a cell ends the process, the notebook is run again with each test cell in a fork of its own, so that what
        an answer does there costs that answer only. A cell that still ends it is left out, thrice.
        """
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        apart, deaths, skipped = False, 0, {}
        begun = time.monotonic()
        while True:
            with self._box.submission() as guest:
                try:
                    results = guest.run([_task(cell, apart, index in skipped) for index, cell in enumerate(code)])
                except Died as death:
                    late = apart and time.monotonic() - begun > self._box.limits.wall / 2
                    if death.index in skipped or deaths >= MOST_SKIPPED or late:
                        raise
                    if apart:
                        skipped[death.index] = str(death)
                        deaths += 1
                    apart = True
                    continue
                seen = self._at_once(guest, blanks, seed)
                if guest.gone:
                    helpless = _others(code) - skipped.keys() if apart else set()
                    if helpless or not apart:
                        skipped |= dict.fromkeys(helpless, "it or another cell left the notebook unable to go on")
                        apart = True
                        continue
                for number, (cell, result) in enumerate(zip(code, results, strict=True), start=1):
                    cell.execution_count, cell.outputs = number, [*_outputs(result["outputs"])]
                yield guest, seen, (*_skip_notes(skipped), *_flood_notes(results))
                return

    def _blanks(self, guest: Submission, blanks: list, seen: dict[str, BlankVerdict], seed: bytes,
                staff_notes: list[str]) -> list[BlankVerdict]:  # fmt: skip
        """Each blank judged, after those that it needs; `seen` is what they did at once."""
        points, judged = dict(blanks), {}
        for name in sorted(points, key=lambda name: self._order.get(name, 0)):
            needs = self._checks[name].needs if name in self._checks else {}
            stand_ins = {of: right for of, right in needs.items() if of in judged and not _earned(judged[of])}
            judged[name] = self._judged(guest, name, points[name], seen.get(name), seed, staff_notes, stand_ins)
        return [judged[name] for name in points]

    def _judged(self, guest: Submission, name: str, points: float, seen: BlankVerdict | None, seed: bytes,
                staff_notes: list[str], stand_ins: Mapping[str, Callable]) -> BlankVerdict:  # fmt: skip
        """One blank; where it fails, once more with `stand_ins`: what is right for what it needs and failed."""
        if seen and _is_right(seen):
            return seen
        if seen and stand_ins and guest.has_time:  # nearly always that was the whole fault
            with guest.check(stand_ins, wall=AT_ONCE) as fork:
                again = self._seen(fork, name, points, seed)
            if again and _is_right(again):
                return replace(again, followed=tuple(stand_ins))
        blank = self._blank(guest, name, points, seed, staff_notes)
        if blank.outcome == FAILED and stand_ins and guest.has_time:
            again = self._blank(guest, name, points, seed, staff_notes, stand_ins)
            if (again.score or 0.0) > blank.score:
                return replace(again, followed=tuple(stand_ins))
        return blank

    def _at_once(self, guest: Submission, blanks: list, seed: bytes) -> dict[str, BlankVerdict]:
        """What each blank does on fresh inputs, all asked in one fork: a fork costs more than a check.

        What comes back is data that we compare: nothing that one check leaves behind can make another's values right.
        Whatever does not pass here is examined in a fork of its own, as if it had not been asked.
        """
        with guest.check(wall=AT_ONCE) as fork:
            seen = {name: self._seen(fork, name, points, seed) for name, points in blanks}
        return {name: verdict for name, verdict in seen.items() if verdict}

    def _seen(self, fork: SandboxGuest, name: str, points: float, seed: bytes) -> BlankVerdict | None:
        """What a blank does on fresh inputs up to its first failure; None where no answer came."""
        try:
            verdict = Blank(self._checks[name], fork, seed, fresh_only=True).verdict(points)
        except Exception:  # ours: it will come again, and be told
            return None
        return None if verdict.diagnosis in ("died", "timed_out") else verdict

    def _blank(self, guest: Submission, name: str, points: float, seed: bytes, staff_notes: list[str],
               stand_ins: Mapping[str, Callable] | None = None) -> BlankVerdict:  # fmt: skip
        try:
            verdict, stalled = self._examine(guest, self._checks[name], points, seed, stand_ins)
            if stalled and guest.has_time:
                verdict, _ = self._examine(guest, self._checks[name], points, seed, stand_ins)
            return verdict
        except Exception:  # the check's own fault or the host's
            staff_notes.append(f"{name}: {traceback.format_exc()}")
            return undecided(name, points)

    def _examine(self, guest: Submission, check: Check, points: float, seed: bytes,
                 stand_ins: Mapping[str, Callable] | None) -> tuple[BlankVerdict, bool]:  # fmt: skip
        """(the verdict, whether time ran out by the clock alone)."""
        with guest.check(stand_ins) as fork:
            return Blank(check, fork, seed).verdict(points), fork.stalled

    def _self_test(self) -> None:
        """Grade nothing in an environment that cannot run and call a correct function."""
        try:
            with self._box.submission() as guest:
                guest.run([{"source": "def double(x):\n    return 2 * x", "isolated": False}])
                with guest.check() as fork:
                    right = np.array_equal(fork.call("double", (np.arange(3.0),)).value, [0.0, 2.0, 4.0])
        except (Died, StudentFault) as error:
            raise SandboxUnavailable(f"the sandbox failed its self-test: {error}.") from None
        if not right:
            raise SandboxUnavailable("the sandbox failed its self-test: a correct function gave a wrong value.")

    def close(self) -> None:
        self._box.close()

    def __enter__(self) -> "Judge":
        return self

    def __exit__(self, *_) -> None:
        self.close()


def _is_right(verdict: BlankVerdict) -> bool:
    """Whether there is nothing more to say: no mark lost, nothing noted."""
    return verdict.outcome == PASSED and not verdict.findings


def _earned(verdict: BlankVerdict) -> bool:
    """Whether a blank passed without the help of stand-ins."""
    return verdict.outcome == PASSED and not verdict.followed


def undecided(
    name: str, points: float, message: str = "The grader could not decide this; staff will look at it."
) -> BlankVerdict:
    """A blank without a mark: not the student's doing, never a zero."""
    return BlankVerdict(name, points, UNDECIDED, None, (Finding("", message),))


def _dead(name: str, points: float, reason: str) -> BlankVerdict:
    message = f"The notebook could not be run to its end: {reason}."
    return BlankVerdict(name, points, FAILED, 0.0, (Finding("the notebook runs", message, "", "died"),), "died")


def _task(cell: NotebookNode, apart: bool, skip: bool) -> dict:
    """What the guest is to run: a cell without its hidden line; a test cell `apart` in a fork of its own."""
    isolated = apart and cells.is_test(cell) and not skip
    return {"source": "" if skip else cells.without_hidden(cell.source), "isolated": isolated}


def _others(code: list[NotebookNode]) -> set[int]:
    """The code cells after the first answer that are neither answers nor tests: what can be done without."""
    kinds = [cells.kind(cell) for cell in code]
    first = kinds.index(cells.ANSWER) if cells.ANSWER in kinds else 0
    return {index for index, kind in enumerate(kinds) if index > first and kind in (cells.OWN, cells.READ_ONLY)}


def _skip_notes(skipped: dict[int, str]) -> tuple[str, ...]:
    return tuple(f"Code cell {index + 1} was left out: while it ran, {why}." for index, why in sorted(skipped.items()))


def _flood_notes(results: list[dict]) -> tuple[str, ...]:
    floods = [(number, result["dropped"]) for number, result in enumerate(results, start=1) if result["dropped"] > 0]
    return tuple(f"Code cell {n} wrote more than is kept: {dropped:,} characters were cut." for n, dropped in floods)


def _outputs(raw: list[dict]) -> Iterator[NotebookNode]:
    """The guest's outputs as notebook outputs; what has another form is dropped."""
    for output in raw:
        match output:  # str(…): an array compares with a text entry by entry
            case {"output_type": str("stream"), "name": str("stdout" | "stderr" as name), "text": str(text)}:
                yield nbformat.v4.new_output("stream", name=name, text=text)
            case {"output_type": str("execute_result" | "display_data" as kind), "data": dict(data)}:
                texts = {k: v for k, v in data.items() if type(k) is str and type(v) is str}
                yield nbformat.v4.new_output(kind, data=texts)
            case {"output_type": str("error"), "ename": str(name), "evalue": str(value), "traceback": list(lines)}:
                yield nbformat.v4.new_output("error", ename=name, evalue=value, traceback=[*filter(_is_text, lines)])


def _is_text(value: object) -> bool:
    return type(value) is str


def _complex_steps(notebook: NotebookNode) -> list[str]:
    """A complex step cannot be told by its values; where the source has a complex number, staff may want to look."""
    found = [cell for cell in notebook.cells if cells.kind(cell) == cells.ANSWER and _has_complex(cell.source)]
    return [f"{cells.grade_id(cell)}: the answer uses complex numbers (a complex step?)" for cell in found]


def _has_complex(source: str) -> bool:
    if not COMPLEX.search(source):  # which spares parsing nearly every answer
        return False
    try:
        with warnings.catch_warnings(action="ignore"):  # of the student's odd escapes and comparisons
            nodes = list(ast.walk(ast.parse(source[:LONGEST_READ])))
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # the last is what a parser says of deep nesting
        return False
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    names |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    literals = any(isinstance(node, ast.Constant) and isinstance(node.value, complex) for node in nodes)
    return literals or not names.isdisjoint({"complex", "complex64", "complex128", "imag"})
