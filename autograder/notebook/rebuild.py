"""A submitted file made into the notebook that is judged: the assignment's cells, the student's text in the answers.

Nothing a student can edit outside the answers survives: text, metadata and order of the assignment's cells come from
the source notebook. What had to be put right is said in notes, one sentence each.
"""

import re
from dataclasses import dataclass, field

from nbformat import NotebookNode

from autograder.notebook import cells
from autograder.notebook.cells import ANSWER, OWN, WRITTEN, grade_id
from autograder.notebook.read import cell_of, notebook_of

MOST_NOTES = 40
MISSING = "# This cell was missing from the submission."  # no code: it must not overwrite what is defined elsewhere
VALID_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


@dataclass(frozen=True)
class Rebuilt:
    """The notebook to judge, what was put right in it, and the written questions left as they were released."""

    notebook: NotebookNode
    notes: tuple[str, ...] = ()
    unanswered: tuple[str, ...] = ()


def rebuild(source: NotebookNode, submitted: NotebookNode) -> Rebuilt:
    """Rebuild `submitted` (from `read_submission`) on the assignment's `source` notebook.

    Locked and test cells are the source's; answers and written questions have the student's text under the source's
    metadata; the student's own cells follow the assignment's cell they followed. Of cells copied under one name the
    last one is graded and the others stay where they were, as the student's own.
    """
    return _Rebuild(source, submitted).result()


@dataclass
class _Rebuild:
    """One rebuilding: the source's cells by name, and what was found in the submission so far."""

    source: NotebookNode
    submitted: NotebookNode
    notes: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)

    def __post_init__(self):
        self.known = {grade_id(cell): cell for cell in self.source.cells if cells.kind(cell) != OWN}
        self.order = {name: at for at, name in enumerate(self.known)}
        self.copies: dict[str, int] = {}
        self.found: dict[str, NotebookNode] = {}  # the graded copy of each known cell
        self.own: dict[str, list[NotebookNode]] = {"": []}  # the student's cells by the known cell they follow

    def result(self) -> Rebuilt:
        self._sort()
        self._note_copies()
        self._note_order()
        rebuilt = list(self.own[""])
        for name, cell in self.known.items():
            rebuilt.append(self._known_cell(name, cell, self.found.get(name)))
            rebuilt.extend(self.own.get(name, ()))
        notebook = notebook_of(self._metadata(), _with_ids(rebuilt))
        return Rebuilt(notebook, _bounded(self.notes), tuple(self.unanswered))

    def _sort(self) -> None:
        """Split the submission into the graded copies of known cells and the student's own cells."""
        graded = {name: at for at, cell in enumerate(self.submitted.cells) if (name := self._name(cell))}
        anchor = ""
        for at, cell in enumerate(self.submitted.cells):
            name = self._name(cell)
            if name is not None:
                self.copies[name] = self.copies.get(name, 0) + 1
            if name is not None and graded[name] == at:
                self.found[name] = cell
                anchor = name
            else:
                self._note_stranger(cell)
                self.own.setdefault(anchor, []).append(_own(cell))

    def _name(self, cell: NotebookNode) -> str | None:
        """The known cell this is, if it can be: an answer in code must still be code."""
        name = grade_id(cell)
        known = self.known.get(name)
        if known is None or (cells.kind(known) in (ANSWER, WRITTEN) and known.cell_type == "code" != cell.cell_type):
            return None
        return name

    def _note_stranger(self, cell: NotebookNode) -> None:
        name = grade_id(cell)
        if name is None:
            return
        if name not in self.known:
            self.notes.append(f"The cell `{_quote(name)}` is not in this assignment; it was read as your own cell.")
        elif self._name(cell) is None:
            self.notes.append(
                f"The answer cell `{name}` was turned from code into {cell.cell_type}; it was not read as your answer."
            )

    def _note_copies(self) -> None:
        for name in self.known:
            if self.copies.get(name, 0) > 1:
                self.notes.append(
                    f"The cell `{name}` was there {self.copies[name]} times; the last one is the one that counts."
                )

    def _note_order(self) -> None:
        """Name the cells that stood after one that comes later in the assignment (a copy is already reported)."""
        moved, latest = [], -1
        for name in self.found:
            if self.copies[name] > 1:
                continue
            if self.order[name] < latest:
                moved.append(f"`{name}`")
            latest = max(latest, self.order[name])
        if moved:
            cells_were = "cell {} was" if len(moved) == 1 else "cells {} were"
            self.notes.append(f"The {cells_were.format(', '.join(moved))} moved; the assignment's order was restored.")

    def _metadata(self) -> NotebookNode:
        kernel = self.source.metadata.get("kernelspec", {}).get("name", "python3")
        given = self.submitted.metadata.get("kernelspec", {}).get("name", "")
        if given and given != kernel:
            self.notes.append(f"The notebook asked for the kernel `{_quote(given)}`; it was run with `{kernel}`.")
        return self.source.metadata

    def _known_cell(self, name: str, source: NotebookNode, found: NotebookNode | None) -> NotebookNode:
        kind = cells.kind(source)
        theirs = kind in (ANSWER, WRITTEN)
        if found is None:
            self._note_missing(name, theirs)
        else:
            self._note_metadata(name, source, found)
            self._note_text(name, source, found, theirs)
        if kind == WRITTEN and self._is_unanswered(name, source, found):
            self.unanswered.append(name)
        return _answer(source, found) if theirs else _copy(source)

    def _note_text(self, name: str, source: NotebookNode, found: NotebookNode, theirs: bool) -> None:
        if theirs and found.cell_type != source.cell_type:
            self.notes.append(f"The cell `{name}` was turned into {found.cell_type}; its text was read as your answer.")
        elif not theirs and (
            found.cell_type != source.cell_type or not _same(found.source, cells.without_hidden(source.source))
        ):
            self.notes.append(f"The cell `{name}` is read-only and had been edited; its text was restored.")

    def _note_metadata(self, name: str, source: NotebookNode, found: NotebookNode) -> None:
        ours, given = cells.grading(source), cells.grading(found)
        edited = [key for key in cells.GRADING_KEYS if (ours.get(key) or 0) != (given.get(key) or 0)]
        if edited:
            self.notes.append(f"The settings of `{name}` had been edited ({', '.join(edited)}); they were restored.")

    def _note_missing(self, name: str, theirs: bool) -> None:
        if any(grade_id(cell) == name for cell in self.submitted.cells):
            return  # there, but no longer code: said already
        put_back = "it was restored empty" if theirs else "it was restored"
        self.notes.append(f"The cell `{name}` was missing; {put_back}.")

    def _is_unanswered(self, name: str, source: NotebookNode, found: NotebookNode | None) -> bool:
        if found is None:
            return all(grade_id(cell) != name for cell in self.submitted.cells)
        return not found.source.strip() and not found.get("attachments") or _same(found.source, cells.released(source))


def _copy(source: NotebookNode) -> NotebookNode:
    return cell_of(
        source.cell_type, source.get("id", ""), source.source, source.metadata, source.get("attachments", {})
    )


def _answer(source: NotebookNode, found: NotebookNode | None) -> NotebookNode:
    """An answer or written cell: the student's text under the source's metadata; a comment where there is none."""
    missing = MISSING if source.cell_type == "code" else f"*{MISSING.removeprefix('# ')}*"
    text = missing if found is None else found.source
    images = {} if found is None else found.get("attachments", {})
    return cell_of(source.cell_type, source.get("id", ""), text, source.metadata, images)


def _own(cell: NotebookNode) -> NotebookNode:
    return cell_of(cell.cell_type, cell.id, cell.source, {}, cell.get("attachments", {}))


def _with_ids(found: list[NotebookNode]) -> list[NotebookNode]:
    """The cells with ids that are valid and unique; the assignment's cells keep theirs first."""
    taken: set[str] = set()
    for cell in sorted(found, key=lambda cell: cells.kind(cell) == OWN):
        if not VALID_ID.fullmatch(cell.id) or cell.id in taken:
            cell.id = _new_id(taken, len(found))
        taken.add(cell.id)
    return found


def _new_id(taken: set[str], most: int) -> str:
    return next(name for number in range(2 * most + 1) if (name := f"cell-{number}") not in taken)


def _same(text: str, other: str) -> bool:
    """Equal but for white space at the ends of lines and of the text."""
    return _lines(text) == _lines(other)


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]


def _bounded(notes: list[str]) -> tuple[str, ...]:
    left_out = len(notes) - MOST_NOTES
    return tuple(notes) if left_out <= 0 else (*notes[:MOST_NOTES], f"{left_out} more notes were left out.")


def _quote(name: str) -> str:
    """A name out of the student's file, fit to stand in a sentence."""
    return re.sub(r"[^\w.@ -]", "?", name)[:60]


def restored(source: NotebookNode) -> NotebookNode:
    """The assignment with every answer empty: what is kept and shown in place of a file that could not be read."""
    return rebuild(source, notebook_of({}, [])).notebook
