"""The demo: a class whose every mark is known, released, graded and given feedback by the real command line."""

import json
import re

import nbformat
import pytest
from typer.testing import CliRunner

from autograder import cli
from autograder import demo as demo_module
from autograder.course.course import Course
from autograder.course.verdict import Verdict
from autograder.demo import CLASSES
from autograder.gradebook.record import marks
from autograder.notebook import cells
from autograder.notebook.schemes import TITLE
from tests.a1_class import ASSIGNMENT, demo, verdict


@pytest.fixture(scope="module")
def ran(root, tmp_path_factory):
    return demo(root, tmp_path_factory.getbasetemp())


@pytest.fixture(scope="module")
def rows(ran):
    return json.loads((ran.course.root / "course" / "demo.json").read_text())


def test_it_ends_well_and_says_so(ran):
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stderr == ""


def test_the_table_has_everybody_with_a_mark(ran):
    lines = ran.stdout.splitlines()
    for student, points in [(one, 40) for one in CLASSES[ASSIGNMENT]] + [(one, 50) for one in CLASSES["a4-mlp"]]:
        assert any(student.name in line and f" / {points}" in line for line in lines), student.name
    assert any("chloe" in line and "33 / 40" in line and "row_gradients: missing_mean" in line for line in lines)


def test_it_says_where_to_look_and_what_is_there(ran):
    said = dict(line.split(": ", 1) for line in ran.stdout.splitlines()[-9:])
    assert (ran.course.root / said["gradebook"].strip()) == ran.course.gradebook and ran.course.gradebook.exists()
    page = said["feedback pages"].strip().replace("<student>", "chloe").replace("<assignment>", ASSIGNMENT)
    assert (
        "missing_mean" in (ran.course.root / page).read_text() or "not divided" in (ran.course.root / page).read_text()
    )
    assert said["open the lectures in JupyterLab"].strip() == "make lab"
    assert ran.stdout.count("of 315 marks and diagnoses are what they must be: course/demo.json") == 1


def test_every_mark_and_diagnosis_is_as_expected(rows):
    assert [len(students) for students in CLASSES.values()] == [18, 9]
    assert len(rows) == len({(row["assignment"], row["student"], row["cell"]) for row in rows}) == 12 * 18 + 11 * 9
    for row in rows:
        assert row["as_expected"] is True
        assert (row["mark"], row["diagnosis"]) == (row["expected"], row["expected_diagnosis"])


def test_what_is_expected_is_not_all_the_same(rows):
    """A comparison of nothing with nothing would pass as well."""
    assert {row["mark"] is None for row in rows} == {True, False}
    assert sum(bool(row["diagnosis"]) for row in rows) > 20
    assert {row["mark"] / row["points"] for row in rows if row["mark"] is not None} >= {0.0, 0.5, 1.0}


def test_the_gradebook_has_the_same_marks(ran, rows):
    recorded = {(of, mark.student, mark.cell): mark for of in CLASSES for mark in marks(ran.course.db_url, of)}
    for row in rows:
        mark = recorded[row["assignment"], row["student"], f"test_{row['cell']}"]
        assert mark.auto == row["mark"] and mark.needs_manual is (row["mark"] is None)


def test_a_numpy_warning_costs_nothing(ran):
    omar = verdict(ran.course, "omar")
    assert omar.score == omar.points == 40
    assert "RuntimeWarning" in ran.course.autograded(ASSIGNMENT, "omar").read_text()


def test_those_who_loop_crash_copy_or_break_their_file_do_not_stop_the_batch(ran):
    troubled = {"kim": 37.0, "lena": 37.0, "marco": 40.0, "nina": 39.0, "priya": 0.0, "rosa": 33.0}
    assert {name: verdict(ran.course, name).score for name in troubled} == troubled
    for assignment, student in ((name, student) for name, students in CLASSES.items() for student in students):
        assert ran.course.feedback(assignment, student.name).is_file(), student.name


def test_nothing_is_left_undecided_but_the_unreadable_file(ran, rows):
    assert {row["student"] for row in rows if row["mark"] is None} == {"priya"}
    for student in CLASSES[ASSIGNMENT]:
        assert verdict(ran.course, student.name).staff_notes == ()


def test_staff_see_the_model_answer_below_a_written_one_and_the_student_does_not(ran):
    shown = nbformat.read(ran.course.autograded(ASSIGNMENT, "amara"), as_version=4).cells
    at = next(index for index, cell in enumerate(shown) if cells.grade_id(cell) == "convexity")
    assert TITLE in shown[at + 1].source and "whose second derivative in $z$" in shown[at + 1].source
    assert cells.kind(shown[at + 1]) == cells.OWN
    page = ran.course.feedback(ASSIGNMENT, "quinn").read_text()  # who handed in nothing: no model answer is theirs
    assert "For staff alone" not in page and "whose second derivative" not in page


def test_all_assignments_are_released_and_how_long_that_took_is_said(ran, root):
    names = Course(root, root / "course").assignments()
    assert len(names) == 6 and f"released {', '.join(names)}: " in ran.stdout
    assert [*map(str, sorted(path.stem for path in (ran.course.directory / "bundle").iterdir()))] == names
    assert all(re.search(rf"graded \d+ submissions of {name}: \d+ s", ran.stdout) for name in CLASSES)


# a difference is found


@pytest.fixture
def again(ran, monkeypatch):
    """`autograder demo` up to the comparison, on the verdicts that the demo reached; what it wrote goes nowhere."""

    def run(**changes):
        def told(assignment, student):
            text = ran.course.verdict(assignment, student).read_text()
            return Verdict.from_json(text.replace(*changes.get(student, ("", ""))))

        def grade_class(here, assignment):
            return (told(assignment, student.name) for student in CLASSES[assignment])

        monkeypatch.setattr(demo_module, "prepare", lambda here, verify: [*CLASSES])
        monkeypatch.setattr(demo_module, "grade_class", grade_class)
        monkeypatch.setattr(demo_module, "write", lambda here, rows: here.directory.parent / "demo.json")
        monkeypatch.chdir(ran.course.root)
        return CliRunner().invoke(cli.app, ["demo", "--json"])

    return run


def test_no_difference_is_no_fault(again):
    result = again()
    assert result.exit_code == 0 and all(row["as_expected"] for row in json.loads(result.stdout))


@pytest.mark.parametrize(
    "planted",
    [
        ('"score": 0.0', '"score": 2.0'),
        ('"score": 5.0', '"score": null'),
        ('"missing_mean"', '"wrong_sign"'),
    ],
    ids=["a mark", "an undecided blank", "a diagnosis"],
)
def test_a_difference_exits_with_1(again, planted):
    result = again(chloe=planted)
    assert result.exit_code == 1
    assert {row["student"] for row in json.loads(result.stdout) if not row["as_expected"]} == {"chloe"}
