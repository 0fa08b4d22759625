"""One class graded by the real command line: many end as badly as they can, some hand in what is not theirs, one tries
for the marker's browser, and one is honest."""

import json
import os
import re
from html.parser import HTMLParser

import nbformat
import pytest
from nbformat.v4 import new_code_cell
from typer.testing import CliRunner

from autograder import cli
from autograder.course.verdict import UNDECIDED
from autograder.gradebook.record import marks
from autograder.notebook import cells
from tests.a1_class import ASSIGNMENT, autograder, hand_in, hurried, released, solved, verdict
from tests.attacks.endings import BOMBS, ENDINGS, HANGS, in_a_blank

FULL = 40.0
PRIVATE = "the-answers-of-another-student"

PICTURES = """\
import base64, os, struct, zlib
def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
header = chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 2, 8, 0, 0, 0, 0))
pixels = chunk(b"IDAT", os.urandom(2_900_000))
picture = base64.b64encode(b"\\x89PNG\\r\\n\\x1a\\n" + header + pixels + chunk(b"IEND", b"")).decode()
output = {"output_type": "display_data", "data": {"image/png": picture}, "metadata": {}}"""
SHOWS_PICTURE = "get_ipython().collected.items.append(output)"  # past what the sandbox itself would keep
IN_A_BLANK = {  # of 5 points, and no other answer calls it
    "segfault": ENDINGS["segfault"],
    "memory": ENDINGS["heap"],
    "unkillable": HANGS["signals blocked, timers stopped"],
    "bomb": BOMBS["fork bomb"],
}
IN_A_CELL = {  # after everything else, so that it can be left out
    "swallows": HANGS["swallowed interrupts"],
    "floods": ENDINGS["flood"],
    "exits": "import os; os._exit(0)",
}
SCRIPTS = """\
<script>document.title = 'x'</script> <img src=x onerror="alert(1)"> [go](javascript:alert(1))
<svg onload="alert(1)"><script>alert(1)</script></svg> $\\href{javascript:alert(1)}{x}$ <iframe srcdoc="x"></iframe>"""
SHOWS_SCRIPTS = f"""\
from IPython.display import HTML, SVG, Javascript, Markdown, display
display(HTML({SCRIPTS!r}), Markdown({SCRIPTS!r}), Javascript("alert(1)"))
display(SVG('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'))
class Sly:
    def _repr_html_(self):
        return "<details open ontoggle=alert(1)><style>@import 'x'</style><form action='javascript:alert(1)'>"
    def _repr_svg_(self):
        return "<svg onload='alert(1)'/>"
print("<script>alert(1)</script>")
Sly()"""


def _ends_in_a_blank(course, ending):
    return solved(course, **in_a_blank(ending))


def _ends_in_a_cell(course, ending):
    notebook = solved(course)
    notebook.cells.append(new_code_cell(ending))
    return notebook


def _exits_on_import(course):
    return solved(course, weighted_gradients="import os\nos._exit(0)\ndef weighted_gradients(X, delta, s):\n    pass")


def _shows_scripts(course):
    notebook = solved(course)
    next(cell for cell in notebook.cells if cells.kind(cell) == cells.WRITTEN).source = SCRIPTS
    notebook.cells.append(new_code_cell(SHOWS_SCRIPTS))
    return notebook


def _shows_pictures(course):
    notebook = solved(course)
    notebook.cells += [new_code_cell(PICTURES), *(new_code_cell(SHOWS_PICTURE) for _ in range(12))]
    return notebook


def _tie(course, student, how, target):
    """Hand in, in place of a file, a link made by `how`."""
    path = course.submission(ASSIGNMENT, student)
    path.parent.mkdir(parents=True)
    how(target, path)


def _borrow_folder(course, student):
    folder = course.submission(ASSIGNMENT, student).parent
    folder.parent.mkdir(parents=True)
    folder.symlink_to(course.submission(ASSIGNMENT, "honest").parent)


@pytest.fixture(scope="module")
def course(root, tmp_path_factory):
    course = released(root, tmp_path_factory.mktemp("hostile"))
    course.secret()
    honest = solved(course)
    honest.cells.append(new_code_cell(f"# {PRIVATE}"))
    hand_in(course, "honest", honest)
    for student, ending in IN_A_BLANK.items():
        hand_in(course, student, _ends_in_a_blank(course, ending))
    for student, ending in IN_A_CELL.items():
        hand_in(course, student, _ends_in_a_cell(course, ending))
    hand_in(course, "imports", _exits_on_import(course))
    hand_in(course, "scripts", _shows_scripts(course))
    hand_in(course, "pictures", _shows_pictures(course))
    hand_in(course, "broken", b'{"cells": [')
    secret = next(path for path in course.directory.iterdir() if path.name == "secret")
    _tie(course, "linked", os.symlink, secret)
    _tie(course, "hard", os.link, secret)
    _tie(course, "sibling", os.symlink, course.submission(ASSIGNMENT, "honest"))
    _tie(course, "device", os.symlink, "/dev/zero")
    _borrow_folder(course, "folder")
    return course


@pytest.fixture(scope="module")
def graded(root, course):
    options = ("--json", "--jobs", "4")  # most of them wait for a clock
    run = autograder(root, course.root, "grade", ASSIGNMENT, *options, PYTHONPATH=hurried(root))
    assert run.returncode == 0, run.stderr
    return {entry["student"]: entry for entry in json.loads(run.stdout)}


SCORES = {
    "honest": FULL,
    "scripts": FULL,
    **dict.fromkeys(IN_A_BLANK, FULL - 5),
    **dict.fromkeys(IN_A_CELL, FULL),
    "imports": FULL - 5,
    "pictures": FULL,
}
NO_FILE_OF_THEIRS = ("broken", "linked", "hard", "sibling", "device", "folder")


def test_everybody_gets_a_verdict(course, graded):
    assert set(graded) == {*SCORES, *NO_FILE_OF_THEIRS} == set(course.students(ASSIGNMENT))
    assert {mark.student for mark in marks(course.db_url, ASSIGNMENT)} == set(graded)


@pytest.mark.parametrize("student", SCORES)
def test_each_pays_for_what_is_theirs(course, graded, student):
    found = verdict(course, student)
    assert found.score == SCORES[student] and found.staff_notes == ()
    assert all(blank.score is not None for blank in found.blanks)


@pytest.mark.parametrize("student", NO_FILE_OF_THEIRS)
def test_what_is_no_file_of_theirs_waits_for_staff(course, graded, student):
    found = verdict(course, student)
    assert {blank.outcome for blank in found.blanks} == {UNDECIDED} and found.staff_notes == ()


def everything_written(course, root):
    run = autograder(root, course.root, "feedback", ASSIGNMENT)
    assert run.returncode == 0, run.stderr
    places = (course.directory / top for top in ("autograded", "feedback", "verdicts"))
    return {path: path.read_text() for top in places for path in top.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def written(course, graded, root):
    """The text of every file that grading and feedback wrote, by path."""
    return everything_written(course, root)


def test_the_secret_is_nowhere(course, written):
    secret = next(path for path in course.directory.iterdir() if path.name == "secret").read_bytes()
    spelled = (secret.hex(), secret.decode(errors="replace").strip())
    assert [path for path, text in written.items() if any(word in text for word in spelled)] == []


def test_what_is_written_of_one_submission_is_bounded(written):
    sizes = {path: len(text) for path, text in written.items() if "pictures" in path.parts and path.suffix != ".txt"}
    assert len(sizes) == 2 and max(sizes.values()) < 15_000_000
    assert any("data:image/png" in text for path, text in written.items() if path in sizes)


@pytest.mark.parametrize("student", NO_FILE_OF_THEIRS)
def test_anothers_work_is_not_shown(written, student):
    theirs = {path: text for path, text in written.items() if student in path.parts or path.stem == student}
    assert len(theirs) >= 3  # notebook, page and verdict
    assert [path for path, text in theirs.items() if PRIVATE in text] == []


class Running(HTMLParser):
    """What of some HTML would run or be fetched."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        if tag in ("script", "iframe", "form", "object", "embed", "base"):
            self.found.append(tag)
        for name, value in attributes:
            local = (value or "").strip().lower().startswith(("data:image/png", "data:,", "#"))
            if name.startswith("on") or name in ("src", "href", "action", "srcdoc", "xlink:href") and not local:
                self.found.append(f"{tag} {name}={value}")


def test_nothing_that_runs_is_kept_in_the_notebook_shown_to_staff(written):
    text = next(text for path, text in written.items() if "scripts" in path.parts and path.suffix == ".ipynb")
    notebook = nbformat.reads(text, as_version=4)
    answer = next(cell.source for cell in notebook.cells if cells.kind(cell) == cells.WRITTEN)
    html = [
        output.data["text/html"]
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if "text/html" in output.get("data", {})
    ]
    assert "alert(1)" in answer and len(html) >= 2
    assert not re.search(r"<[a-z/!?]|javascript:|\\href", answer, re.IGNORECASE), answer
    assert [Running(data).found for data in (answer, *html)] == [[]] * (1 + len(html))
    kinds = {kind for cell in notebook.cells for output in cell.get("outputs", ()) for kind in output.get("data", {})}
    assert kinds <= {"text/plain", "text/html", "image/png"}


def test_nothing_that_runs_is_kept_in_the_feedback_page(written):
    page = next(text for path, text in written.items() if "scripts" in path.parts and path.suffix == ".html")
    assert Running(page).found == [] and "default-src 'none'" in page


def test_what_runs_is_seen():
    assert len(Running(SCRIPTS).found) >= 7


@pytest.fixture
def refused(course, graded, monkeypatch):
    """What `autograder grade` says of arguments that it refuses."""

    def grade(*arguments):
        monkeypatch.chdir(course.root)
        run = CliRunner().invoke(cli.app, ["grade", *arguments])
        assert run.exit_code != 0 and isinstance(run.exception, SystemExit), run.exception
        return run.output

    return grade


@pytest.mark.parametrize("name", ["../submitted/honest", "..", "honest/../honest", "/etc", "*", ""])
def test_a_student_is_a_name_and_no_path(refused, name):
    assert "no submission" in refused(ASSIGNMENT, name)


@pytest.mark.parametrize("name", ["../submitted/honest/a1-neuron", "../assignments/a1-neuron", "/etc/passwd", "."])
def test_an_assignment_is_a_name_and_no_path(refused, name):
    assert name in refused(name)
