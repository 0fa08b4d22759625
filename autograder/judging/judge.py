"""The judge: runs a rebuilt notebook behind the walls and examines each blank; the verdict is reached out here."""

import socket
import time
import traceback

import numpy as np
from nbformat import NotebookNode

from autograder.course.verdict import FAILED, BlankVerdict, Finding, Verdict
from autograder.judging.causes import NOT_RUN, explained
from autograder.judging.check_modules import allowed_modules, checks_of
from autograder.judging.examination import Examination, undecided
from autograder.judging.public_cases import public_cases
from autograder.judging.runs import Runs
from autograder.judging.staff_notes import unusual_numbers
from autograder.notebook import cells
from autograder.sandbox.fault import StudentFault
from autograder.sandbox.limits import Limits
from autograder.sandbox.sandbox import Sandbox
from autograder.sandbox.session import Died
from autograder.sandbox.walls import SandboxUnavailable

UNSAFE_NOTE = "Graded WITHOUT a sandbox: this mark is only as honest as the submission."


class Judge:
    """One assignment's checks and sandbox. Call it with a rebuilt notebook; close it, or use it in a `with`."""

    def __init__(
        self,
        assignment: str,
        *,
        limits: Limits | None = None,
        unsafe_no_sandbox: bool = False,
        control: socket.socket | None = None,
    ):
        """`control` is that of a warm process that was lent, for this assignment (see `Sandbox`).

        Raises what `checks_of` raises, and SandboxUnavailable when the walls cannot be put up.
        """
        self.assignment, self._unsafe = assignment, unsafe_no_sandbox
        self._checks = checks_of(assignment)
        self._box = Sandbox(
            allowed_modules(assignment),
            limits,
            cases=lambda: public_cases(assignment),
            unsafe_no_sandbox=unsafe_no_sandbox,
            control=control,
        )
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
        points = dict(cells.blanks(notebook))
        examination = Examination(self._checks, points, seed)
        staff_notes = [*unusual_numbers(notebook)]
        try:
            notes += self._examined(examination, executed)
            judged = examination.verdicts()
        except Died as death:
            judged = [_dead(name, points[name], str(death)) for name in points]
        except Exception:  # ours, whatever it is: staff must look, and the class goes on
            staff_notes.append(traceback.format_exc())
            judged = [undecided(name, points[name]) for name in points]
        judged, causes = self._explained(judged, executed, staff_notes)
        notes += (*causes, *([UNSAFE_NOTE] if self._unsafe else ()))
        staff_notes += examination.staff_notes
        return Verdict(self.assignment, student, submission, tuple(judged), notes, tuple(staff_notes)), executed

    def _explained(self, judged: list[BlankVerdict], executed: NotebookNode, staff_notes: list[str]) -> tuple:
        try:
            return explained(judged, executed)
        except Exception:  # ours: what is said is poorer, the marks stand
            staff_notes.append(traceback.format_exc())
            return judged, ()

    def _examined(self, examination: Examination, notebook: NotebookNode) -> tuple[str, ...]:
        """Run the cells and ask the blanks; what to tell of the cells."""
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        wall = self._box.limits.wall
        runs = Runs(code, time.monotonic() + wall)
        while True:
            with self._box.session(runs.ends) as session:
                try:
                    results = session.run(runs.tasks())
                except Died as death:
                    runs.died(death, session, half_spent=time.monotonic() > runs.ends - wall / 2)
                    continue
                examination.ask(session)
                if examination.unanswered and runs.prepare_another(session):
                    continue
                examination.follow(session)
                for number, (cell, result) in enumerate(zip(code, results, strict=True), start=1):
                    cell.execution_count, cell.outputs = number, result["outputs"]
                return runs.notes(results)

    def _self_test(self) -> None:
        """Grade nothing in an environment that cannot run and call a correct function."""
        try:
            with self._box.session() as session:
                session.run([{"source": "def double(x):\n    return 2 * x", "isolated": False}])
                with session.fork() as fork:
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


def _dead(name: str, points: float, reason: str) -> BlankVerdict:
    message = f"The notebook could not be run to its end: {reason}."
    return BlankVerdict(name, points, FAILED, 0.0, (Finding("the notebook runs", message, "", NOT_RUN),), NOT_RUN)
