"""The page a student gets back: one self-contained HTML file that runs nothing and loads nothing.

Everything on it that a student wrote is escaped; figures are PNG files whose bytes are checked here once more; the
page's Content-Security-Policy allows its own style sheet (by hash) and `data:` images, and nothing else.
"""

import base64
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from nbformat import NotebookNode, v4
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from autograder.course import receipt, verdicts
from autograder.course.course import Course, write_whole
from autograder.course.verdict import PASSED, UNDECIDED, BlankVerdict, Finding, Verdict
from autograder.gradebook.comments import NO_RESPONSE, comment_on, follow_through
from autograder.gradebook.late import Late, span
from autograder.judging.catalogue import CATALOGUE, STRUCTURAL
from autograder.notebook.cells import WRITTEN, grade_id, kind, points, test_of, without_hidden
from autograder.notebook.png import image_bytes
from practice.naming import without

LEXER, FORMATTER = PythonLexer(stripnl=False), HtmlFormatter(nowrap=True)
TEMPLATES = Path(__file__).parent / "templates"
LONGEST_TEXT = 20_000  # characters of one cell that are shown; highlighting more would hold up a class
MOST_FIGURES = 24


class Part(NamedTuple):
    """One graded part of the page: a blank, or a written question. `score` is None while it is not decided."""

    name: str
    title: str
    state: str  # a blank: passed | partly | failed | undecided; a written question: unread | marked | empty
    score: float | None
    points: float
    findings: tuple = ()
    diagnosis: str = ""
    certain: bool = False  # the diagnosis is a way to fail, not a mistake that was guessed
    followed: str = ""
    code: str = ""
    answer: str = ""
    comment: str = ""
    by_staff: bool = False
    figures: tuple = ()

    @property
    def written(self) -> bool:
        return self.state in ("unread", "marked", "empty")


class Figure(NamedTuple):
    """A PNG the student's code drew, and the nearest heading above the cell that drew it."""

    uri: str
    caption: str


def render(verdict: Verdict, notebook: NotebookNode | None, marks: Iterable = (), late: Late | None = None) -> str:
    """The page as one HTML string, a function of its arguments alone.

    `notebook` is the autograded notebook, None where there is none. `marks` are the gradebook's rows
    (`gradebook.record.Mark`): a mark or comment that staff set stands above ours. `late` says when it was handed in,
    and what lateness costs.
    """
    rows = {mark.cell: mark for mark in marks if mark.student == verdict.student}
    cells = list(notebook.cells) if notebook else []
    sources = {grade_id(cell): cell.source for cell in cells}
    under = list(zip(cells, _headings(cells), strict=True))
    blanks = [_blank(blank, sources.get(blank.grade_id, ""), under, rows) for blank in verdict.blanks]
    written = [_written(cell, heading, rows) for cell, heading in under if kind(cell) == WRITTEN]
    graded = {name for blank in verdict.blanks for name in (blank.grade_id, test_of(blank.grade_id))}
    figures, left_out = _figures(under, lambda cell: grade_id(cell) not in graded)
    page = _template().render(
        verdict=verdict,
        title=_title(cells) or verdict.assignment,
        parts=blanks + written,
        figures=figures,
        left_out=left_out,
        late=late,
        **_totals(blanks + written, late),
    )
    return page.encode("utf-8", "replace").decode()  # a lone surrogate in an answer has no UTF-8


def page(course: Course, assignment: str, student: str, marks: Iterable, late: Late | None = None) -> str:
    """The feedback page of one student, from the saved verdict, the autograded notebook and the gradebook's `marks`.

    Raises FileNotFoundError, in one sentence, where nothing was graded yet.
    """
    verdict = verdicts.load(course, assignment, student)
    if verdict is None:
        raise FileNotFoundError(f"{student} has no verdict for {assignment} yet: run `autograder grade {assignment}`.")
    file = course.autograded(assignment, student)
    notebook = v4.reads(file.read_text("utf-8")) if file.exists() else None  # ours: it needs no validation
    return render(verdict, notebook, marks, late)


def write_feedback(
    course: Course, assignment: str, marks: Iterable, late: dict[str, Late], students: Iterable[str] | None = None
) -> list[Path]:
    """Write the pages of `students` (default: all who have a verdict); returns the files, each replaced atomically."""
    if students is None:
        students = verdicts.students(course, assignment)
    of_student = defaultdict(list)
    for mark in marks:
        of_student[mark.student].append(mark)
    written = []
    for student in students:
        text = page(course, assignment, student, of_student[student], late.get(student))
        receipt.hand_on(course, assignment, student)
        written.append(write_whole(course.feedback(assignment, student), text.encode(), lasting=False))
    return written


# ---------------------------------------------------------------------------------------------------- marks and parts


def _blank(blank: BlankVerdict, source: str, under: list[tuple[NotebookNode, str]], rows: dict) -> Part:
    """A blank as shown, with the student's code: our verdict, unless staff set a mark for it by hand."""
    names = (blank.grade_id, test_of(blank.grade_id))
    mark = rows.get(names[1])
    manual, extra = (mark.manual, mark.extra) if mark else (None, None)
    diagnosis = blank.sentence or CATALOGUE.get(blank.diagnosis, "")
    by_staff = manual is not None or bool(extra)
    score = _plus(blank.score if manual is None else manual, extra)
    return Part(
        name=blank.grade_id,
        title=blank.title,
        state=_state(blank, score, by_staff),
        score=score,
        points=blank.points,
        findings=tuple(_without(finding, diagnosis) for finding in blank.findings),
        diagnosis=diagnosis,
        certain=blank.diagnosis in STRUCTURAL,
        followed=follow_through(blank.followed),
        code=_shown(source),
        comment=_comment(rows, names[1], comment_on(blank)),
        by_staff=by_staff,
        figures=tuple(_figures(under, lambda cell: grade_id(cell) in names)[0]),
    )


def _without(finding: Finding, diagnosis: str) -> Finding:
    """A finding that does not end in the diagnosis: the page says that once, above all findings."""
    return replace(finding, message=without(finding.message, diagnosis))


def _state(blank: BlankVerdict, score: float | None, by_staff: bool) -> str:
    """The word for an outcome: undecided is never shown as a failure, and a mark set by staff decides."""
    if score is None or (blank.outcome == UNDECIDED and not by_staff):
        return "undecided"
    if score >= blank.points and (by_staff or blank.outcome == PASSED):
        return "passed"
    return "partly" if score > 0 else "failed"


def _written(cell: NotebookNode, heading: str, rows: dict) -> Part:
    """A written question as shown: unread until staff gave it a mark."""
    name = grade_id(cell)
    mark = rows.get(name)
    auto, manual, extra = (mark.auto, mark.manual, mark.extra) if mark else (None, None, None)
    empty = manual is None and auto is not None  # left as it was handed out: nbgrader gives 0 at once
    score = _plus(auto if empty else manual, extra)
    return Part(
        name=name,
        title=heading or "Written question",
        state="empty" if empty else "unread" if score is None else "marked",
        score=score,
        points=points(cell),
        answer=_shown(cell.source),
        comment=_comment(rows, name, NO_RESPONSE),
        by_staff=manual is not None,
    )


def _plus(score: float | None, extra: float | None) -> float | None:
    """A score with its extra credit; what is not decided stays so."""
    return None if score is None else score + (extra or 0.0)


def _comment(rows: dict, name: str, ours: str | None) -> str:
    """What a person wrote beside this part. (The gradebook's comments hold our own findings too: not twice.)"""
    comment = rows[name].comment if name in rows else None
    return "" if comment == ours else (comment or "").strip()


def _totals(parts: list[Part], late: Late | None) -> dict:
    """The mark so far with what lateness costs, the points that can be had, and those that nobody has decided."""
    scores, penalty = [part.score for part in parts if part.score is not None], late.penalty if late else 0.0
    return {
        "score": max(0.0, sum(scores) - penalty),
        "marked": sum(scores) if scores else None,
        "points": sum(part.points for part in parts),
        "undecided": sum(part.points for part in parts if part.state == "undecided"),
        "unread": sum(part.points for part in parts if part.state == "unread"),
    }


# ------------------------------------------------------------------------------------------------ out of the notebook


def _shown(source: str) -> str:
    """A cell's text as shown: no hidden region, no control characters, cut where it is absurdly long."""
    text = re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "\N{REPLACEMENT CHARACTER}", without_hidden(source)).strip("\n")
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}\n… ({len(text):,} characters, cut here)"


def _figures(under: list[tuple[NotebookNode, str]], wanted) -> tuple[list[Figure], int]:
    """The first PNG figures of the wanted cells, each `under` a heading, and how many more there are; anything whose
    bytes are not a PNG is left out.
    """
    drawn = [
        (output.data["image/png"], heading)
        for cell, heading in under
        if wanted(cell)
        for output in cell.get("outputs", ())
        if "image/png" in output.get("data", ())
    ]
    figures = []
    for number, (data, heading) in enumerate(drawn):
        if len(figures) == MOST_FIGURES:
            return figures, len(drawn) - number
        if image := image_bytes(data):
            figures.append(Figure("data:image/png;base64," + base64.b64encode(image).decode(), heading))
    return figures, 0


def _title(cells: list[NotebookNode]) -> str:
    """The assignment's own title: the first heading of the notebook."""
    return next((heading for cell in cells for heading in _headings_in(cell)), "")


def _headings(cells: list[NotebookNode]) -> Iterator[str]:
    """For each cell the nearest markdown heading above it."""
    heading = ""
    for cell in cells:
        yield heading
        heading = [heading, *_headings_in(cell)][-1]


def _headings_in(cell: NotebookNode) -> Iterator[str]:
    """The headings of a markdown cell, without their markup."""
    for line in cell.source.splitlines() if cell.cell_type == "markdown" else ():
        if re.match(r"#{1,4} \S", line):
            yield line.lstrip("# ").replace("*", "").replace("`", "").replace("$", "")[:120]


# ------------------------------------------------------------------------------------------------------------ writing


def _number(value: float) -> str:
    """2, 1.5, 0.33: marks as people write them."""
    return f"{round(value, 2):g}"


def _date(when: datetime) -> str:
    """A moment (UTC) as people write it."""
    return f"{when.day} {when:%B %Y, %H:%M} UTC"


@lru_cache(maxsize=1000)  # a class makes the same mistakes, and gets the same examples
def _code(source: str) -> Markup:
    """Python as highlighted HTML; Pygments escapes what it is given."""
    return Markup(highlight(source, LEXER, FORMATTER).rstrip("\n"))


def _ticks(text: str) -> Markup:
    """A sentence with `code` between backticks set as code, all of it escaped."""
    pieces = str(text).split("`")
    if len(pieces) % 2 == 0:  # an unpaired backtick is only a backtick
        return escape(text)
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if at % 2 else escape(piece) for at, piece in enumerate(pieces)
    )


@lru_cache(maxsize=1)
def _template():
    """The page's template; the hash of its style sheet is what the page's policy allows."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(number=_number, code=_code, ticks=_ticks, date=_date, span=span)
    style = (TEMPLATES / "feedback.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    environment.globals.update(style=Markup(style), style_hash=f"sha256-{digest}")
    return environment.get_template("feedback.html.j2")
