"""A notebook run, and run again where a cell of it ends its process: what is left out then, and what is told of it."""

from nbformat import NotebookNode

from autograder.notebook import cells
from autograder.sandbox.session import Died, Session

MOST_SKIPPED = 3  # cells that may end the notebook's process before we give up on it


class Runs:
    """The runs of one notebook's code cells, in sessions of their own, which share the time of one submission.

    Where a cell ends the process, the notebook is run again with each test cell in a fork of its own, so that what an
    answer does there costs that answer only. A cell that still ends it is left out, thrice.
    """

    def __init__(self, code: list[NotebookNode], ends: float):
        """`ends` is when all sessions are over, of time.monotonic()."""
        self.ends = ends
        self._code, self._apart, self._deaths, self._skipped = code, False, 0, {}

    def tasks(self) -> list[dict]:
        """What the next session is to run."""
        return [self._task(cell, index in self._skipped) for index, cell in enumerate(self._code)]

    def _task(self, cell: NotebookNode, skip: bool) -> dict:
        """A cell without its hidden line. After a test cell the notebook's state is kept under its blank's name.

        The table of all blanks is for home: a function that never ends would be waited for once more.
        """
        test = cells.is_test(cell)
        state = cells.blank_of(cells.grade_id(cell)) if test else None
        source = "" if skip or cells.is_overview(cell) else cells.visible(cell)
        return {"source": source, "isolated": self._apart and test and not skip, "state": state}

    def died(self, death: Died, session: Session, half_spent: bool) -> None:
        """Leave out what ended the session. Raises `death` where there is nothing more to try."""
        give_up = death.index in self._skipped or self._deaths >= MOST_SKIPPED
        if give_up or (self._apart and half_spent) or not session.has_time:
            raise death
        if self._apart:
            self._skipped[death.index] = str(death)
            self._deaths += 1
        self._apart = True

    def prepare_another(self, session: Session) -> bool:
        """Prepare one more run, without what can be done without, for what this session could not be asked any more.

        False where there is nothing left to leave out.
        """
        if not session.gone or not session.has_time:
            return False
        dispensable = self._others() - self._skipped.keys() if self._apart else set()
        again = bool(dispensable) or not self._apart
        self._skipped |= dict.fromkeys(dispensable, "it or another cell left the notebook unable to go on")
        self._apart = True
        return again

    def _others(self) -> set[int]:
        """The code cells after the first answer that are neither answers nor tests: what can be done without."""
        kinds = [cells.kind(cell) for cell in self._code]
        first = kinds.index(cells.ANSWER) if cells.ANSWER in kinds else 0
        return {index for index, kind in enumerate(kinds) if index > first and kind in (cells.OWN, cells.READ_ONLY)}

    def notes(self, results: list[dict]) -> tuple[str, ...]:
        """What to tell of the cells: those left out, and those that wrote more than is kept."""
        left_out = (
            f"Code cell {index + 1} was left out: while it ran, {why}." for index, why in sorted(self._skipped.items())
        )
        dropped = ((number, result["dropped"]) for number, result in enumerate(results, start=1))
        floods = (
            f"Code cell {number} wrote more than is kept: {count:,} characters were cut."
            for number, count in dropped
            if count > 0
        )
        return (*left_out, *floods)
