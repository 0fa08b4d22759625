"""Marks for a spreadsheet, and what waits for staff: what has no mark yet is never a zero, and always said."""

import csv
import io
import json
import shutil
from functools import partial

import pytest
from nbgrader.api import Gradebook

from autograder.course.course import Course
from tests.forked import nbgrader
from tests.small_class import ASSIGNMENT, RIGHT, WRONG, by_hand, hand_in

FORMULAS = ("=1+1", "@x", "-2", "+3")


@pytest.fixture(scope="module")
def done(released_class, tmp_path_factory, root, grade):
    """A graded class: ada's all marked, ben's file broken, cleo's answer unread, zoe without a submission."""
    home = tmp_path_factory.mktemp("export") / "class"
    shutil.copytree(released_class, home)
    shutil.copyfile(root / "nbgrader_config.py", home / "nbgrader_config.py")
    course = Course(home, home / "course")
    course.secret()
    for student in ("cleo", "ada", "ben", *FORMULAS):
        hand_in(course, student, RIGHT if student != "ben" else RIGHT | WRONG)
    course.submission(ASSIGNMENT, "ben").write_text('{"cells": [')
    grade(course)
    by_hand(course, "ada", "why", manual_score=3.5, extra_credit=0.25, needs_manual_grade=False)
    with Gradebook(course.db_url) as gradebook:
        gradebook.add_student("zoe", last_name="=HYPERLINK(1)", first_name="Zo\x1b[31më", email="zoe@example.org")
    hand_in(course, "dan", RIGHT)  # and not graded yet
    return course


@pytest.fixture
def staff(done, ask_warm):
    """What the command line says to staff in the class."""
    return partial(ask_warm, done.root)


def table(text):
    return {row["student"]: row for row in csv.DictReader(io.StringIO(text))}


def test_what_has_no_mark_is_empty_and_a_column_says_why(staff):
    ended = staff("export", ASSIGNMENT)
    rows = table(ended.stdout)
    assert [rows["ada"][name] for name in ("one", "why", "marks", "late_penalty", "total", "max", "missing")] == [
        "2",
        "3.75",
        "10.25",
        "0",
        "10.25",
        "10.5",
        "",
    ]
    assert [rows["cleo"][name] for name in ("one", "why", "marks", "total")] == ["2", "", "", ""]
    assert rows["cleo"]["missing"] == "written: why not read yet"
    assert rows["ben"]["missing"] == "undecided: one, three, two; written: why not read yet"
    assert rows["dan"]["missing"] == "not graded yet" and rows["zoe"]["missing"] == "nothing handed in"
    for student in ("ben", "dan", "zoe"):
        assert {rows[student][name] for name in ("one", "why", "marks", "late_penalty", "total")} == {""}
    assert ended.stderr == "9 rows, 8 without a total: see the column `missing`\n"


def test_rows_are_in_the_order_of_names(staff):
    assert list(table(staff("export", ASSIGNMENT).stdout)) == sorted(
        ["ada", "ben", "cleo", "dan", "zoe", *(f"'{name}" for name in FORMULAS)], key=lambda name: name.lstrip("'")
    )


def test_no_name_is_a_formula_or_moves_the_cursor(staff):
    text = staff("export", ASSIGNMENT).stdout
    rows = table(text)
    assert {f"'{name}" for name in FORMULAS} <= rows.keys()
    assert rows["zoe"]["last_name"] == "'=HYPERLINK(1)"
    assert rows["zoe"]["first_name"] == "Zo\N{REPLACEMENT CHARACTER}[31më"
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows.values() for cell in row.values())
    assert "\x1b" not in text


def test_it_is_written_whole_to_a_file_and_as_json(staff, tmp_path):
    path = tmp_path / "marks.csv"
    ended = staff("export", ASSIGNMENT, "--to", str(path))
    assert ended.stdout == "" and f"9 rows in {path}, 8 without a total" in ended.stderr
    assert path.read_text() == staff("export", ASSIGNMENT).stdout
    rows = {row["student"]: row for row in json.loads(staff("export", ASSIGNMENT, "--json").stdout)}
    assert rows["cleo"]["questions"] == {"one": 2.0, "two": 3.0, "three": 1.5, "why": None}
    assert (rows["ben"]["total"], rows["ada"]["total"]) == (None, 10.25)
    ended = staff("export", ASSIGNMENT, "--to", str(tmp_path / "marks.csv" / "deeper"))
    assert ended.returncode == 2 and "cannot be written" in ended.stderr and len(ended.stderr.splitlines()) == 1


def test_an_unknown_assignment_is_one_sentence(staff):
    ended = staff("export", ASSIGNMENT, "a9-nothing")
    assert ended.returncode == 2 and ended.stdout == ""
    assert ended.stderr.startswith("autograder: The gradebook ") and "does not know a9-nothing" in ended.stderr


def test_nbgraders_own_export_is_what_it_was_with_a_warning_beside_it(done):
    run = nbgrader(done.root, "export", "--to", "theirs.csv")
    assert run.returncode == 0, run.stderr
    (warning,) = [line for line in run.stderr.splitlines() if "WARNING" in line]
    assert "5 marks of 2 students are undecided or not read yet, and count as 0 here" in warning
    assert f"`autograder export {ASSIGNMENT}`" in warning
    stock = nbgrader(done.root, "export", "--to", "stock.csv", "--exporter", "nbgrader.plugins.CsvExportPlugin")
    assert stock.returncode == 0 and "WARNING" not in stock.stderr
    assert (done.root / "theirs.csv").read_text() == (done.root / "stock.csv").read_text()


def test_what_waits_for_staff_is_listed_after_every_grade_in_the_order_of_names(staff):
    for _ in range(2):
        told = staff("grade", ASSIGNMENT, "cleo", "ben", "ada").stdout
        assert "nothing to grade" in told
        ben, cleo = told.index("undecided: one, three, two; written: why not read yet"), told.index("│ cleo")
        assert ben < cleo and "│ ada" not in told
        assert "2 of 3 students' marks wait for staff" in told


def test_a_mark_by_hand_that_is_to_be_looked_at_again_waits_too(done, staff):
    by_hand(done, "ada", "why", needs_manual_grade=True)
    try:
        assert "marked by hand, and changed since: why" in staff("grade", ASSIGNMENT, "ada").stdout
        assert table(staff("export", ASSIGNMENT).stdout)["ada"]["total"] == "10.25"  # it is a mark
    finally:
        by_hand(done, "ada", "why", needs_manual_grade=False)
    assert "wait for staff" not in staff("grade", ASSIGNMENT, "ada").stdout
