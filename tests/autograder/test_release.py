"""Releasing: nbgrader's release, the students' zip, and a leak of each kind planted and refused."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from datetime import date, datetime, time
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.apps import NbGraderAPI

from autograder.authoring import leaks
from autograder.authoring.leaks import TRUSTED
from autograder.authoring.release import ReleaseError, release
from autograder.course.course import Course
from autograder.gradebook import record
from autograder.judging.check_modules import ChecksError
from tests.small_class import write_checks

FLAGS = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
SOLUTION = "return sum(weights[i] * x[i] for i in range(len(x))) - threshold"
ANSWER_LINE = "total_of_all_inputs = functools.reduce(operator.add, x)"
ANSWER = f"def gate(weights, x, threshold):\n    ### BEGIN SOLUTION\n    {SOLUTION}\n    ### END SOLUTION"
ANSWERS = f"""
# %% right: reduce
def gate(weights, x, threshold):
    {ANSWER_LINE}
    scaled_by_the_first = total_of_all_inputs * weights[0]
    return scaled_by_the_first - threshold * 1.0
# %% wrong: raised
def gate(weights, x, threshold):
    raise NotImplementedError()
# %% wrong: no_step
def gate(weights, x, threshold):
    return weights @ x
# %% wrong: without a colon -> raised
def gate(weights, x, threshold)
    return a_line_that_does_not_even_parse
"""
CHECK = '''"""The title of the gate, which students read."""
from autograder.kit import check

@check(weights={"output": 0.5, "sign of the threshold": 0.5})
def examined(blank):
    """Of everything that students may read."""
    for case in blank.cases(make_inputs_for_gates):
        blank.close("output", blank.call("gate", *case.args), want=case.secret_reference)
        blank.true("sign of the threshold", case.third_distinctive_line, "mind it")
'''


def hidden(name="toy.gate"):
    return f'### BEGIN HIDDEN TESTS\nimport autograder; autograder.check("{name}", globals())\n### END HIDDEN TESTS'


def cell(source, grade_id, make=new_code_cell, **flags):
    return make(source, metadata={"nbgrader": {**FLAGS, "grade_id": grade_id, **flags}})


def answer(source=ANSWER, name="gate"):
    return cell(source, name, solution=True)


def test_cell(name="test_gate", check="toy.gate", points=2, hide=hidden):
    return cell(f"assert gate([1], [1], 0) == 1\n{hide(check)}", name, grade=True, locked=True, points=points)


test_cell.__test__ = False


def toy(*cells):
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=[new_markdown_cell("# A toy"), *cells], metadata={"kernelspec": kernel})


def verified(assignment):
    return SimpleNamespace(ok=True)


@pytest.fixture(scope="session")
def empty_gradebook(tmp_path_factory):
    """A gradebook of nbgrader's, made once: making one takes seconds."""
    path = tmp_path_factory.mktemp("gradebook") / "gradebook.db"
    with record.open_gradebook(f"sqlite:///{path}"):
        return path


@pytest.fixture
def course(root, tmp_path, monkeypatch, empty_gradebook):
    """A course of one assignment, one lecture and the real nnlib, with checks of its own."""
    trusted = tmp_path / "trusted"
    write_checks(trusted / "checks", {"gate": CHECK + ANSWERS}, "toy")
    monkeypatch.setattr(leaks, "TRUSTED", trusted)
    shutil.copytree(root / "nnlib", tmp_path / "nnlib", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "lectures").mkdir()
    (tmp_path / "lectures" / "requirements.txt").write_text("numpy\n")
    (tmp_path / "lectures" / "figures.py").write_text("WIDTH = 4\n")
    (tmp_path / "lectures" / "style.mplstyle").write_text("font.size: 11\n")
    course = Course(tmp_path, tmp_path / "course")
    course.directory.mkdir()
    shutil.copy(empty_gradebook, course.gradebook)
    lecture(course, new_markdown_cell("# A lecture"), new_code_cell("1 + 1"))
    write(course, answer(), test_cell())
    return course


def write(course, *cells):
    course.source("toy").parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(toy(*cells), course.source("toy"))


def lecture(course, *cells):
    nbformat.write(new_notebook(cells=list(cells)), course.root / "lectures" / "01-neuron.ipynb")


def refused(course, assignment="toy", verify=verified):
    """The sentence with which a release is refused; no bundle is left."""
    with pytest.raises(ReleaseError) as error:
        release(course, assignment, verify=verify)
    assert not list(course.directory.glob("bundle/*"))
    assert "\n" not in str(error.value)
    return str(error.value)


# what is handed out


def test_the_release_is_in_the_folder_the_gradebook_and_the_bundle(course):
    course.gradebook.unlink()  # it is made where there is none
    done = release(course, "toy", verify=verified)
    assert done.directory == course.directory / "release" / "toy"
    assert done.bundle == course.directory / "bundle" / "toy.zip"
    assert {path.name for path in done.directory.iterdir()} >= {"practice", "toy.cases.json"}
    released = nbformat.read(done.directory / "toy.ipynb", as_version=4)
    assert "raise NotImplementedError()" in released.cells[1].source and "autograder" not in released.cells[2].source
    with record.open_gradebook(course.db_url) as gradebook:
        assert [cell.max_score for cell in gradebook.find_notebook("toy", "toy").grade_cells] == [2.0]
    expected = {
        "README.txt",
        "requirements.txt",
        "toy.ipynb",
        *("practice/__init__.py", "practice/comparing.py", "toy.cases.json"),
        "01-neuron.ipynb",
        "figures.py",
        "style.mplstyle",
        "nnlib/__init__.py",
    }
    assert expected <= set(done.files)
    assert not [name for name in done.files if "autograder" in name or "__pycache__" in name or "checks" in name]


def test_the_bundle_says_how_to_start(course):
    with zipfile.ZipFile(release(course, "toy", verify=verified).bundle) as archive:
        readme = archive.read("toy/README.txt").decode()
    for expected in ("toy.ipynb", "pip install -r requirements.txt", "jupyter lab", "Windows", "Restart Kernel"):
        assert expected in readme


@pytest.mark.parametrize(
    ("tell", "said"),
    [
        ("diagnose", "right on public examples, in the words of the feedback page.\n"),
        ("tell", "right on public examples.\n"),
        ("none", "Test cells do not say at home what is right.\n"),
    ],
)
def test_the_bundle_says_how_much_is_told_at_home(course, tell, said):
    (leaks.TRUSTED / "checks" / "toy" / "__init__.py").write_text(f"ALLOWED = ()\nTELL = {tell!r}\n")
    with zipfile.ZipFile(release(course, "toy", verify=verified).bundle) as archive:
        readme, cases = archive.read("toy/README.txt").decode(), archive.read("toy/toy.cases.json").decode()
    assert said in readme and "Keep the folder practice and toy.cases.json beside the notebook." in readme
    assert json.loads(cases)["tell"] == tell and (tell == "diagnose" or '"sentences":{}' in cases)


def test_nnlib_is_imported_from_the_unzipped_bundle(course, tmp_path):
    bundle = release(course, "toy", verify=verified).bundle
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(tmp_path / "home")
    program = "import nnlib, nnlib.datasets; print(nnlib.__file__, nnlib.datasets.load_breast_cancer().X.shape)"
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    home = tmp_path / "home" / "toy"
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == f"{home}/nnlib/__init__.py (569, 30)", done.stderr


def test_the_files_in_the_bundle_are_of_the_day_of_the_release(course):
    before = date.today()
    with zipfile.ZipFile(release(course, "toy", verify=verified).bundle) as archive:
        days = {datetime(*entry.date_time) for entry in archive.infolist()}
    (day,) = days
    assert before <= day.date() <= date.today() and day.time() == time.min


def test_the_bundle_is_the_same_byte_for_byte(course):
    first = release(course, "toy", verify=verified).bundle.read_bytes()
    os.utime(course.root / "nnlib" / "__init__.py", (1, 1))
    assert release(course, "toy", verify=verified).bundle.read_bytes() == first


def files_in(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_nbgraders_own_command_generates_the_same_files(course):
    ours = files_in(release(course, "toy", verify=verified).directory)
    assert {"toy.cases.json", "practice/__init__.py", "practice/values.py"} < ours.keys()
    shutil.rmtree(course.directory / "release")
    assert NbGraderAPI(config=course.settings).generate_assignment("toy", force=True)["success"]
    assert files_in(course.directory / "release" / "toy") == ours


@pytest.mark.parametrize("first", [True, False])
def test_steps_of_a_courses_own_stand_beside_ours_and_in_place_of_ours_are_refused(course, monkeypatch, first):
    lines = ["configure(c, Course.here())", 'c.GenerateAssignment.preprocessors = ["nbgrader.preprocessors.LockCells"]']
    ours = "from autograder.course.course import Course\nfrom autograder.course.settings import configure\n"
    text = "\n".join([ours, "c = get_config()", *(reversed(lines) if first else lines)])
    (course.root / "nbgrader_config.py").write_text(text)
    monkeypatch.chdir(course.root)
    if first:
        assert len(course.settings.GenerateAssignment.preprocessors) == 2
    else:
        assert refused(course).startswith("Students would lack toy.cases.json: in nbgrader_config.py append to ")


def test_what_has_no_checks_is_generated_by_nbgrader_as_ever(course):
    shutil.rmtree(leaks.TRUSTED / "checks" / "toy")
    assert NbGraderAPI(config=course.settings).generate_assignment("toy")["success"]
    assert files_in(course.directory / "release" / "toy").keys() == {"toy.ipynb"}


# what is refused


def test_an_unknown_assignment_lists_those_there_are(course):
    assert refused(course, "tyo") == "There is no assignment 'tyo'; this course has: toy."


def test_failing_checks_refuse_the_release(course):
    sentence = refused(course, verify=lambda assignment: SimpleNamespace(ok=False))
    assert sentence == "toy is not released: its checks fail; see `autograder verify toy`."
    assert not (course.directory / "release").exists()


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([answer()], "no cell is graded"),
        ([answer(), test_cell(), answer(), test_cell()], "2 cells share the grade_id 'gate'"),
        ([answer(), test_cell("check_gate")], "must stand its test cell 'test_gate'"),
        ([answer(), new_markdown_cell("so"), test_cell()], "must stand its test cell 'test_gate'"),
        ([new_markdown_cell("so"), test_cell()], "before the test cell 'test_gate' must be the answer cell 'gate'"),
        ([answer(name="door"), test_cell("test_door", "toy.door")], "the blank 'door' has no check"),
        ([answer(), test_cell(points=0)], "'test_gate' is worth 0 points"),
        ([answer(), test_cell(check="toy.door")], "the hidden line of 'test_gate' names 'toy.door'"),
        ([answer(), test_cell(hide=lambda name: "")], "the hidden line of 'test_gate' is missing"),
        ([answer(), test_cell(hide=lambda name: hidden(name).replace("import ", ""))], "is not that one call"),
    ],
    ids=["none", "copied", "misnamed", "not next", "alone", "no check", "no points", "other line", "no line", "half"],
)
def test_a_source_that_cannot_be_graded_is_refused(course, cells, expected):
    write(course, *cells)
    assert expected in refused(course)
    assert not (course.directory / "release").exists()


def test_a_source_that_is_no_notebook_is_refused(course):
    course.source("toy").write_text("{not json")
    assert refused(course).startswith("toy.ipynb is not a valid notebook: ")
    broken = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"x": 1}]}
    course.source("toy").write_text(json.dumps(broken))
    assert refused(course).startswith("toy.ipynb is not a valid notebook: ")


def test_an_assignment_without_checks_is_refused(course):
    shutil.rmtree(leaks.TRUSTED / "checks" / "toy")
    assert refused(course) == f"toy has no checks: write them in {course.root / 'checks' / 'toy'}."


def test_a_courses_own_checks_are_as_good_and_as_secret(course):
    shutil.move(leaks.TRUSTED / "checks", course.root / "checks")
    release(course, "toy", verify=verified)
    shutil.copyfile(course.root / "checks" / "toy" / "gate.py", course.root / "lectures" / "extra.py")
    leaked(course, "extra.py: it is a copy of checks/toy/gate.py")


def test_what_nbgrader_refuses_is_one_sentence(course):
    book = nbformat.read(course.source("toy"), as_version=4)
    book.cells[1].source = "### BEGIN SOLUTION\npass"  # nbgrader wants the end of a region as well
    nbformat.write(book, course.source("toy"))
    assert refused(course).startswith("nbgrader could not generate toy: RuntimeError: no end solution statement found")


def submitted(course):
    """toy, released, with one submission in the gradebook that a member of staff has marked."""
    release(course, "toy", verify=verified)
    with record.open_gradebook(course.db_url) as gradebook:
        gradebook.add_student("ada")
        gradebook.add_submission("toy", "ada")
        grade = gradebook.find_grade("test_gate", "toy", "toy", "ada")
        grade.auto_score, grade.manual_score = 1.0, 1.5
        gradebook.db.commit()


def everything(course):
    """All that releasing writes: the files handed out, and the gradebook's rows."""
    handed_out = [course.directory / "release" / "toy" / "toy.ipynb", course.directory / "bundle" / "toy.zip"]
    files = [path.read_bytes() for path in handed_out]
    with closing(sqlite3.connect(course.gradebook)) as gradebook:
        return files, list(gradebook.iterdump())


NEW_QUESTION = cell("Because.", "why", make=new_markdown_cell, grade=True, solution=True, points=3)
GONE = "toy is not released: submissions of its earlier release are recorded (1), and since then "


@pytest.mark.parametrize(
    ("cells", "changed"),
    [
        ([answer(name="door"), test_cell("test_door", "toy.door")], "gate is gone, door is new"),
        ([answer(), test_cell(), NEW_QUESTION], "why is new"),
        ([answer(), test_cell(), cell("Read on.", "on", make=new_markdown_cell, locked=True)], "on is new"),
    ],
    ids=["renamed", "more", "read-only"],
)
def test_cells_that_submissions_are_recorded_for_stay_what_they_were(course, cells, changed):
    submitted(course)
    before = everything(course)
    (leaks.TRUSTED / "checks" / "toy" / "door.py").write_text(CHECK)
    write(course, *cells)
    with pytest.raises(ReleaseError) as error:
        release(course, "toy", verify=verified)
    assert str(error.value) == GONE + (
        f"{changed}; restore those cells and their names, or release this under another name."
    )
    assert everything(course) == before


def test_other_points_and_another_text_are_released_over_submissions(course):
    submitted(course)
    write(course, new_markdown_cell("# Better explained"), answer(), test_cell(points=3))
    with pytest.raises(record.NotReleased) as error:
        record.require_released(course, "toy")
    assert str(error.value) == (
        "toy is not what was released, test_gate is worth 3 points (was 2): undo that, or run `autograder release toy` "
        "again."
    )
    release(course, "toy", verify=verified)
    record.require_released(course, "toy")
    assert [(mark.auto, mark.manual) for mark in record.marks(course.db_url, "toy")] == [(1.0, 1.5)]
    with record.open_gradebook(course.db_url) as gradebook:
        assert gradebook.find_submission("toy", "ada").max_score == 3


def test_a_source_that_is_not_what_was_released_is_not_graded(course):
    release(course, "toy", verify=verified)
    record.require_released(course, "toy")
    write(course, answer(name="door"), test_cell("test_door", "toy.door"), NEW_QUESTION)
    with pytest.raises(record.NotReleased, match="released, gate is gone, door is new, why is new: "):
        record.require_released(course, "toy")
    write(
        course,
        new_markdown_cell("Only prose is new, and a read-only cell:"),
        answer(),
        test_cell(),
        cell("Read on.", "on", make=new_markdown_cell, locked=True),
    )
    record.require_released(course, "toy")


# leaks, each planted


def leaked(course, *expected):
    """A leak is refused, named with file and place, and takes bundle and release with it, also those of last time."""
    release_before = course.directory / "bundle" / "toy.zip"
    release_before.parent.mkdir(parents=True, exist_ok=True)
    release_before.write_bytes(b"of last time")
    sentence = refused(course)
    assert "students would see what they must not" in sentence
    for words in expected:
        assert words in sentence
    assert not (course.directory / "release" / "toy").exists()


def test_a_solution_line_in_a_lectures_prose(course):
    lecture(course, new_markdown_cell(f"# A lecture\n\nHint: `{SOLUTION}`"))
    leaked(course, "01-neuron.ipynb, cell 1, line 3", SOLUTION, "the solution of gate in toy")


def test_a_solution_line_in_a_stored_output(course):
    lecture(course, new_code_cell("print(it)", outputs=[new_output("stream", text=f"so:\n{SOLUTION}\n")]))
    leaked(course, "01-neuron.ipynb, output of cell 1, line 2", "the solution of gate in toy")


def test_a_solution_line_in_the_assignments_own_text(course):
    write(course, new_markdown_cell(f"Write {SOLUTION}"), answer(), test_cell())
    leaked(course, "toy.ipynb, cell 2, line 1", "the solution of gate in toy")


def test_a_file_of_checks_copied_into_the_lectures(course):
    (course.root / "lectures" / "extra.py").write_text(CHECK + ANSWERS)
    leaked(course, "extra.py: it is a copy of autograder/checks/toy/gate.py", "extra.py, line 7")


def test_the_answers_below_a_check_copied_into_the_lectures(course):
    (course.root / "lectures" / "extra.py").write_text(ANSWERS)
    leaked(course, "extra.py, line 4", ANSWER_LINE, "autograder/checks/toy/gate.py")


def test_a_known_answer_pasted_into_a_lectures_code(course):
    lecture(course, new_code_cell("import operator, functools\n" + "\n".join(ANSWERS.splitlines()[2:6])))
    leaked(course, "01-neuron.ipynb, cell 1, line 3", ANSWER_LINE, "autograder/checks/toy/gate.py")


def test_a_known_answer_that_does_not_parse_is_secret_too(course):
    lecture(course, new_markdown_cell("return a_line_that_does_not_even_parse"))
    leaked(course, "01-neuron.ipynb, cell 1, line 1", "autograder/checks/toy/gate.py")


def test_a_line_of_a_check_in_prose(course):
    (course.root / "nnlib" / "NOTES.md").write_text("for case in blank.cases(make_inputs_for_gates):\n")
    leaked(course, "nnlib/NOTES.md, line 1", "autograder/checks/toy/gate.py")


@pytest.mark.parametrize("marker", leaks.MARKERS)
def test_a_marker_anywhere(course, marker):
    (course.root / "lectures" / "figures.py").write_text(f"WIDTH = 4\n# {marker}\n")
    leaked(course, f"figures.py, line 2: `{marker}`")


def test_a_folder_of_the_autograder(course):
    (course.root / "nnlib" / "autograder").mkdir()
    (course.root / "nnlib" / "autograder" / "notes.txt").write_text("x")
    leaked(course, "nnlib/autograder/notes.txt: nothing of autograder/ belongs here")


# and what is none


def test_what_students_may_see_is_no_leak(course):
    lecture(
        course,
        new_markdown_cell("The title of the gate, which students read."),
        new_code_cell("import functools\n\n\ndef other(weights, x):\n    " + ANSWER_LINE),  # one line is coincidence
        new_markdown_cell(f"and in words: `{ANSWER_LINE}`"),
    )
    assert release(course, "toy", verify=verified).bundle.exists()


def test_a_formula_of_nnlib_is_no_secret(course):
    write(course, answer(ANSWER.replace(SOLUTION, f"x = 1\n    {SOLUTION}")), test_cell())
    (course.root / "nnlib" / "gates.py").write_text(f"def gate(weights, x, threshold):\n    {SOLUTION}\n")
    assert release(course, "toy", verify=verified).bundle.exists()


def test_the_real_checks_are_what_is_searched_for():
    assert TRUSTED.name == "autograder" and (TRUSTED / "checks").is_dir()


# what a course of one's own may lack


def test_without_what_students_need_nothing_is_released(course):
    shutil.rmtree(course.root / "nnlib")
    assert "Students would lack nnlib/__init__.py, of which there is none in" in refused(course)
    (course.root / "lectures" / "requirements.txt").unlink()
    assert "Students would lack lectures/requirements.txt and nnlib/__init__.py," in refused(course)
    assert not (course.directory / "release").exists()


@pytest.mark.parametrize("broken", [b"def (:\n", b"# \xe9\n"], ids=["syntax", "bytes"])
def test_checks_that_are_no_python_are_one_sentence(course, broken):
    path = leaks.TRUSTED / "checks" / "toy" / "gate.py"
    path.write_bytes(broken + path.read_bytes())
    with pytest.raises(ChecksError) as error:
        release(course, "toy", verify=verified)
    assert str(path) in str(error.value) and "\n" not in str(error.value)
