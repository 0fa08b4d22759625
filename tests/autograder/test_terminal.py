"""What students named or wrote, in the terminal of whoever grades: nothing of it steers it, or a spreadsheet."""

import json
import logging
import re
import shutil
import unicodedata

import pytest
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config

from autograder.course.handed_in import NothingToGrade, left_out, submission, submissions
from autograder.course.settings import configure
from autograder.course.verdict import FAILED, BlankVerdict, Verdict
from autograder.gradebook.record import marks
from autograder.notebook.read import Unreadable, read_submission
from autograder.report import marks_table, row
from autograder.terminal import SPELLED, visible
from tests.a1_class import autograder
from tests.forked import nbgrader
from tests.small_class import ASSIGNMENT

CLEAR, TITLE, UPWARDS = "\x1b[2J", "\x1b]0;owned\x07", "\x9b1A"  # what terminals obey
STEERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
FORMULA = '=HYPERLINK("\\\\evil.example","marks")'
NAMES = (f"e{CLEAR}ve", f"two\nlines{UPWARDS}", "\u202eevil", "=1+2", "+1", "-1", "@sum", "\uff1d1", "\ttab", FORMULA)


@pytest.fixture
def handed_in(course, root, release):
    """A class of five: an honest one, and others whose names and files steer terminals."""

    def hand_in(student, data, name=f"{ASSIGNMENT}.ipynb"):
        path = course.submission(ASSIGNMENT, student)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_name(name).write_bytes(data)

    ours = json.dumps(release).encode()
    shutil.copyfile(root / "nbgrader_config.py", course.root / "nbgrader_config.py")
    hand_in("ada", ours)
    hand_in("bob", json.dumps({"nbformat": f"{CLEAR}{UPWARDS}", "cells": []}).encode())
    hand_in("cleo", ours, f"not{TITLE}\nit.ipynb")
    hand_in("dan", ours)
    hand_in("dan", b"", f"picture{TITLE}.png")
    for name in NAMES:
        hand_in(name, ours)
    return course


def test_what_steers_a_terminal_is_spelled_out():
    assert visible(f"a{CLEAR}\n\t{UPWARDS}\udcff\u202e") == "a\\x1b[2J\\n\\t\\x9b1A\\udcff\\u202e"
    assert visible("Zoë d'Arc [x] 李 🙂 …") == "Zoë d'Arc [x] 李 🙂 …"
    for at in range(0x110000):
        if unicodedata.category(chr(at)) in ("Cc", "Cs", "Zl", "Zp"):
            assert visible(chr(at)).isprintable() and visible(chr(at)).isascii()


def test_a_message_names_a_format_or_a_file_without_its_escape_sequences(handed_in):
    for data in ({"nbformat": f"{CLEAR}4", "cells": []}, {"nbformat": UPWARDS, "worksheets": []}):
        with pytest.raises(Unreadable, match=r"format \\x[19]b") as refused:
            read_submission(json.dumps(data).encode(), "a.ipynb")
        assert not STEERS.search(str(refused.value))
    said = submission(handed_in, ASSIGNMENT, "cleo").data
    assert "(found: not\\x1b]0;owned\\x07\\nit.ipynb)" in said


def test_a_row_of_the_report_holds_nothing_that_steers():
    blank = BlankVerdict("one", 2.0, FAILED, 0.0, (), CLEAR)
    verdict = Verdict("a", f"e{CLEAR}", "", (blank,), (f"a note{UPWARDS}",), (f"Traceback\n  …\nValueError: {TITLE}",))
    one = row(verdict, Verdict("a", "e", "", (BlankVerdict(f"two{CLEAR}", 2.0, FAILED, 1.0),)))
    for text in (one.student, one.findings, *one.for_staff, one.change):
        assert not STEERS.search(text), text
    assert one.findings.splitlines() == ["one: \\x1b[2J", "a note\\x9b1A"]
    assert marks_table([one]).row_count == 1


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_would_mislead_is_left_out_and_the_class_goes_on(handed_in, name):
    assert submissions(handed_in, ASSIGNMENT) == ["ada", "bob", "cleo", "dan"]
    assert len(left_out(handed_in, ASSIGNMENT)) == len(NAMES)
    with pytest.raises(NothingToGrade, match="^the folder .* in .*submitted has a name .*: rename it.$") as refused:
        submissions(handed_in, ASSIGNMENT, ["ada", name])
    assert visible(name) in str(refused.value) and not STEERS.search(str(refused.value))


def test_where_all_names_mislead_there_is_nothing_to_grade(handed_in):
    for student in ("ada", "bob", "cleo", "dan"):
        shutil.rmtree(handed_in.directory / "submitted" / student)
    with pytest.raises(NothingToGrade, match="rename it"):
        submissions(handed_in, ASSIGNMENT)


def test_nobody_of_a_misleading_name_is_named_raw_where_somebody_is_missing(handed_in):
    with pytest.raises(NothingToGrade, match="no submission of a0-small by zoe") as refused:
        submissions(handed_in, ASSIGNMENT, ["zoe"])
    assert not STEERS.search(str(refused.value))


def test_grading_says_whom_it_leaves_out_and_prints_nothing_that_steers(handed_in, ask_warm, root):
    for more in ((), ("--diff",), ("--json",), ("zoe",), (NAMES[0],)):
        run = (
            ask_warm(handed_in.root, "grade", ASSIGNMENT, *more)
            if more
            else autograder(root, handed_in.root, "grade", ASSIGNMENT)  # all that its processes print
        )
        said = run.stdout + run.stderr
        assert not STEERS.search(said), said
        assert run.returncode == (2 if more in (("zoe",), (NAMES[0],)) else 0)
        if run.returncode == 0:
            lines = [line for line in run.stderr.splitlines() if "rename it" in line]
            assert len(lines) == len(NAMES) and any("e\\x1b[2Jve" in line for line in lines)
    for arguments in (("replay", NAMES[0], ASSIGNMENT), ("feedback", ASSIGNMENT, NAMES[0])):
        run = ask_warm(handed_in.root, *arguments)
        assert run.returncode == 2 and "e\\x1b[2Jve" in run.stderr and not STEERS.search(run.stderr)
    assert {mark.student for mark in marks(handed_in.db_url, ASSIGNMENT)} == {"ada", "bob", "cleo", "dan"}


def test_nbgrader_leaves_the_same_out_and_prints_nothing_that_steers(handed_in):
    (handed_in.directory / "submitted" / f"none{CLEAR}" / ASSIGNMENT).mkdir(parents=True)
    run = nbgrader(handed_in.root, "autograde", ASSIGNMENT)
    assert not STEERS.search(run.stdout + run.stderr), run.stderr
    assert "No notebooks were matched" in run.stderr and "none\\x1b[2J" in run.stderr
    assert run.stderr.count("rename it") == len(NAMES)
    assert {mark.student for mark in marks(handed_in.db_url, ASSIGNMENT)} >= {"ada", "bob", "dan"}
    assert not {mark.student for mark in marks(handed_in.db_url, ASSIGNMENT)} & set(NAMES)
    assert not {path.name for path in (handed_in.directory / "autograded").iterdir()} & set(NAMES)


def test_what_formgrader_does_is_spelled_out_in_the_servers_log(handed_in, caplog):
    api = NbGraderAPI(config=configure(Config(), handed_in))
    result = api.autograde(ASSIGNMENT, "dan")
    assert result["success"]
    assert not STEERS.search(result["log"] + caplog.text)
    result = api.autograde(ASSIGNMENT, NAMES[0])
    assert not result["success"] and "rename it" in result["log"] and not STEERS.search(result["log"] + caplog.text)


def test_nbgrader_asked_for_one_of_them_grades_nobody(handed_in):
    run = nbgrader(handed_in.root, "autograde", ASSIGNMENT, "--student", "=1+2")
    assert run.returncode != 0 and "rename it" in run.stderr and "Traceback" not in run.stderr
    assert marks(handed_in.db_url, ASSIGNMENT) == []


def test_a_log_keeps_its_lines_and_its_numbers(caplog):
    log = logging.getLogger("spelled")
    log.addFilter(SPELLED)
    log.warning("%s\n\tand %d", CLEAR, 3)
    assert caplog.messages == ["\\x1b[2J\n\tand 3"]
