"""What is sent to the workers: a course's own checks, with every module of checks that they import, or one sentence;
and what identifies the grader, so that a verdict of another one is reached again.
"""

import json
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from autograder.authoring import release as release_module
from autograder.course.course import Course
from autograder.course.verdict import Verdict
from autograder.judging import assignment as assignment_module
from autograder.judging import check_modules
from autograder.judging.assignment import PACKAGE, grader_digest, load_assignment
from autograder.judging.check_modules import ChecksError, checks_of, use_checks
from tests.a1_class import autograder
from tests.small_class import ASSIGNMENT, CHECKS, RIGHT


@pytest.fixture
def checks(course):
    """The file of one blank of the small course's own checks."""
    return course.root / "checks" / ASSIGNMENT / "one.py"


def refused(course) -> str:
    with pytest.raises(ChecksError) as error:
        load_assignment(course, ASSIGNMENT)
    assert str(error.value).endswith(".") and "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (b"\ndef (:\n", "are no Python (line 15): invalid syntax."),
        (b"# \xe9\n", "are not UTF-8 text (line 14): save them as UTF-8."),
        (b"# \0\n", "null bytes"),
    ],
    ids=["syntax", "latin-1", "null"],
)
def test_checks_that_are_no_python_are_one_sentence(course, checks, broken, said):
    checks.write_bytes(checks.read_bytes() + broken)
    sentence = refused(course)
    assert sentence.startswith(f"the checks {checks} ") and said in sentence


@pytest.mark.parametrize(
    "line",
    [
        "import autograder.checks.extra",
        "import json, autograder.checks.extra as extra",
        "import autograder.checks",
        "from .. import extra",
        "from ..extra import ONE",
        "from ...checks import extra",
        "from autograder import checks",
        "from autograder import *",
        "from autograder.checks import *",
        "def later():\n    import autograder.checks.extra",
    ],
)
def test_an_import_that_would_not_be_followed_is_refused(course, checks, line):
    (checks.parents[1] / "extra.py").write_text("ONE = 1\n")
    checks.write_text(f"{line}\n{checks.read_text()}")
    number = 2 if "\n" in line else 1
    said = f"in a form that is not followed (line {number}): write `from autograder.checks import name`"
    assert said in refused(course)


@pytest.mark.parametrize(
    "line",
    [
        "from autograder.checks import extra",
        "from autograder.checks.extra import ONE",
        "def later():\n    from autograder.checks import extra as one",
    ],
)
def test_what_is_imported_is_sent_along(course, checks, line):
    (checks.parents[1] / "extra.py").write_text("from autograder.checks import more, catalogue\nONE = 1\n")
    (checks.parents[1] / "more.py").write_text("import autograder.judging.check\nimport autograder\n")
    checks.write_text(f"{line}\n{checks.read_text()}")
    assert set(load_assignment(course, ASSIGNMENT).checks) == OWN | {"extra", "more"}


OWN = {ASSIGNMENT, *(f"{ASSIGNMENT}.{name}" for name in RIGHT)}


def test_a_broken_module_that_is_imported_is_named(course, checks):
    (checks.parents[1] / "extra.py").write_text("def (:\n")
    checks.write_text(f"from autograder.checks import extra\n{checks.read_text()}")
    assert str(checks.parents[1] / "extra.py") in refused(course)


@pytest.mark.parametrize(
    "line", ["from . import TWICE", "from .two import TWICE", "from . import two\nTWICE = two.TWICE"]
)
def test_what_stands_in_the_folder_may_be_imported_from_there(course, checks, line):
    for file in ("__init__.py", "two.py"):
        with (checks.parent / file).open("a") as shared:
            shared.write("TWICE = 2\n")
    checks.write_text(f"{checks.read_text()}\n{line}\nassert TWICE == 2\n")
    assert set(used(course)) == set(RIGHT)


def test_a_courses_own_folder_stands_in_the_place_of_the_whole_folder_of_the_package(course, root):
    home = course.root / "checks" / "a1-neuron"
    shutil.copytree(root / "autograder" / "checks" / "a1-neuron", home)
    shutil.copytree(root / "assignments" / "a1-neuron", course.root / "assignments" / "a1-neuron")
    (home / "xor.py").write_text((home / "xor.py").read_text().replace("of the three gates", "of any gates"))
    kept = list(sys.meta_path)
    use_checks(load_assignment(course, "a1-neuron").checks)
    assert checks_of("a1-neuron")["xor"].title == "XOR as two layers of any gates."
    sys.meta_path[:] = [finder for finder in kept if not isinstance(finder, check_modules._Texts)]
    assert checks_of("a1-neuron")["xor"].title == "XOR as two layers of the three gates."
    (home / "xor.py").unlink()
    with pytest.raises(ChecksError, match="in a1-neuron, the blank 'xor' has no check: write it in checks/a1-neuron/x"):
        load_assignment(course, "a1-neuron")


# one file a blank

ANSWERS = """
# %% right: it
side_effect = seen.append("right")


def one():
    return two() // 2


# %% wrong: uphill "It rises."
def one():
    return np.float64(two() * 2) + MORE


# %% wrong: it does not compile -> raised
def one(:
"""


def used(course) -> dict:
    """The checks of the small course, as a judge uses them."""
    kept = list(sys.meta_path)
    use_checks(load_assignment(course, ASSIGNMENT).checks)
    try:
        return checks_of(ASSIGNMENT)
    finally:
        sys.meta_path[:] = kept


def test_answers_do_not_run_when_a_check_is_loaded(course, checks):
    checks.write_text(checks.read_text() + "\nseen = []\n" + ANSWERS.replace("right: it", "wrong: it -> none"))
    (checks.parent / "__init__.py").write_text("ALLOWED = ()\n")
    made = used(course)["one"]
    module = sys.modules[f"autograder.checks.{ASSIGNMENT}.one"]
    assert module.seen == [] and not hasattr(module, "one") and not hasattr(module, "side_effect")
    assert [variant.label for variant in made.variants] == ["it", "uphill", "it does not compile"]
    assert (made.name, made.title) == ("one", "One.")


def test_answers_find_numpy_what_the_blanks_share_and_each_others_references(course, checks):
    checks.write_text(checks.read_text() + ANSWERS.replace('side_effect = seen.append("right")', ""))
    two = checks.with_name("two.py")
    two.write_text(two.read_text() + "\n# %% right: it\ndef two():\n    return 2\n")
    (checks.parent / "__init__.py").write_text("ALLOWED = ()\nMORE = 0.5\n")
    for _ in range(2):  # the second time, the package has its blanks' modules as attributes
        made = used(course)["one"]
        assert made.reference() == 1 and [mistake.function(made.names)() for mistake in made.mistakes] == [4.5]
        assert made.sentence("uphill") == "It rises." and made.sentence("raised") != ""


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("# %% rihgt: it", "'# %% rihgt: it' is not a marker"),
        ("#%% right: it", "'#%% right: it' is not a marker"),
        ("# % right: it", "'# % right: it' is not a marker"),
        ("# %% right it", "'# %% right it' is not a marker"),
        ("# %% right: it -> ascent", "is not a marker"),
        ("# %% wrong: by hand -> ascent keeps half", "is not a marker"),
        ('# %% wrong: by hand -> uphill "It rises."', "is not a marker"),
        ("# %% wrong: the first -> ascent", "2 answers are called 'the first': rename one"),
        ("# %% right: broken\ndef one(:", "the answer 'broken' is no Python: invalid syntax"),
        (
            "# %% wrong: ascent\ndef one():\n\treturn 1\n        return 2",
            "the answer 'ascent' is no Python: inconsistent use of tabs",
        ),
        ("# %% same: z > 0", "'# %% same: z > 0' is not a marker: write '# %% same: part of its line"),
        ('# %% same: z > 0 "Why."\nx = 1', "and nothing below it"),
        ("# %% wrong: misssing_mean", "the mistake 'misssing_mean' has no sentence"),
        ("# %% wrong: by hand -> misssing_mean", "the mistake 'misssing_mean' has no sentence"),
        ('# %% wrong: ascent "It rises."', "the sentence of 'ascent' is given twice, here and in the catalogue"),
        (
            '# %% wrong: up "It rises."\n# %% wrong: up "It goes up."',
            "of 'up' is given twice, here and in the same file",
        ),
    ],
)
@pytest.mark.parametrize("command", [load_assignment, lambda course, name: release_module._checks(course, name)])
def test_a_marker_that_says_nothing_known_is_one_sentence(course, checks, command, line, said):
    checks.write_text(f"{checks.read_text()}\n# %% right: the first\ndef one():\n    return 1\n\n\n{line}\n")
    with pytest.raises(ChecksError) as error:
        command(course, ASSIGNMENT)
    assert said in str(error.value) and str(checks) in str(error.value) and "\n" not in str(error.value)


def test_an_answer_below_a_marker_that_is_none_is_seen(course, checks):
    two_answers = "# %% right: it\ndef one():\n    return 1\n\n\n# wrong: ascent\ndef one():\n    return 2\n"
    checks.write_text(f"{checks.read_text()}\n{two_answers}")
    assert "below '# %% right: it' stands one twice: is the marker between them misspelt" in refused(course)
    checks.write_text(CHECKS["one"] + two_answers.replace("# %%", "#").replace("# wrong", "# %% wrong"))
    assert "above its first answer stands one" in refused(course)


@pytest.mark.parametrize("change", [lambda b: b"\xef\xbb\xbf" + b, lambda b: b.replace(b"\n", b"\r\n")])
def test_a_file_may_be_saved_as_windows_does(course, checks, change):
    checks.write_text(checks.read_text() + ANSWERS)
    before = load_assignment(course, ASSIGNMENT)
    checks.write_bytes(change(checks.read_bytes()))
    assert load_assignment(course, ASSIGNMENT) == before


def test_a_name_has_one_sentence_in_all_files(course, checks):
    two = checks.with_name("two.py")
    answer = '\n# %% wrong: uphill "It {}."\ndef {}():\n    return 7\n'
    checks.write_text(checks.read_text() + answer.format("rises", "one"))
    two.write_text(two.read_text() + answer.format("rises", "two"))
    assert used(course)
    two.write_text(two.read_text().replace("rises", "goes up"))
    with pytest.raises(ChecksError, match="'uphill' has one sentence in one.py and another in two.py: give one"):
        used(course)


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ('returns={"a": 1.5, "b": -0.5}, inputs=print', "each above 0"),
        ('returns={"a": float("nan")}, inputs=print', "each above 0"),
        ('returns={"a": 1.0}, inputs={"b": print}', r"the inputs are for \['b'\], and the points for \['a'\]"),
        ('returns={"a": 1.0}, inputs=print, rtol=0', "rtol is 0, expected a number between 0 and 1"),
        ('returns={"a": 1.0}, inputs=print, rtol=float("nan")', "rtol is nan"),
        ('returns={"a": 1.0}, inputs=print, rtol=float("inf")', "rtol is inf"),
    ],
)
def test_a_check_that_cannot_be_meant_is_one_sentence(course, checks, declared, said):
    checks.write_text(f"from autograder.kit import Check\ncheck = Check({declared})\n")
    with pytest.raises(ChecksError, match=f"the checks of a0-small cannot be used: one.py: ValueError: .*{said}"):
        used(course)


@pytest.mark.parametrize("number", [0, 2])
def test_a_file_has_one_check(course, checks, number):
    check = CHECKS["one"].partition("@check")[0] + "".join(
        f"check_{k} = check(weights={{'value': 1.0}})(lambda blank: None)\n" for k in range(number)
    )
    checks.write_text(check)
    with pytest.raises(ChecksError, match=f"one.py has {number} checks, expected one"):
        used(course)


def test_a_right_answer_that_cannot_run_is_one_sentence(course, checks):
    checks.write_text(checks.read_text() + "# %% right: it\ndef one():\n    return nothing\n\n\nnothing = missing\n")
    said = "the first right answer to one cannot be used: NameError: name 'missing' is not defined."
    with pytest.raises(ChecksError, match=said):
        used(course)


# what identifies the grader

ROOT = PACKAGE.parent
CODE = sorted(p.relative_to(ROOT) for name in ("autograder", "nnlib", "practice") for p in (ROOT / name).rglob("*.py"))
OF_ASSIGNMENTS = [path for path in CODE if path.parts[1] == "checks"]
ROOMS = sorted({path.parent for path in CODE if path not in OF_ASSIGNMENTS})


@pytest.fixture
def copied(root, tmp_path, monkeypatch) -> Path:
    """A copy of the package, with nnlib and practice beside it, that is taken for the one that grades."""
    for name in ("autograder", "nnlib", "practice"):
        shutil.copytree(root / name, tmp_path / "copied" / name, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(assignment_module, "PACKAGE", tmp_path / "copied" / "autograder")
    return tmp_path / "copied"


def changed(path: Path) -> None:
    path.write_text(path.read_text() + "\n# read again\n")


def digests_of_changes(copied: Path, files: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """(file, what identifies the grader after a line was added to that file alone)."""
    for file in files:
        text = (copied / file).read_text()
        changed(copied / file)
        yield file, grader_digest.__wrapped__()
        (copied / file).write_text(text)


def unseen(copied: Path, files: Iterable[Path]) -> list[Path]:
    """The files of which a change leaves what identifies the grader as it was."""
    before = grader_digest.__wrapped__()
    return [file for file, digest in digests_of_changes(copied, files) if digest == before]


def in_room(room: Path) -> list[Path]:
    return [path for path in CODE if path.parent == room and path not in OF_ASSIGNMENTS]


def test_a_copy_of_the_grader_is_the_same_grader(copied):
    assert grader_digest.__wrapped__() == grader_digest()


@pytest.mark.parametrize("room", ROOMS, ids=str)
def test_a_change_in_any_file_of_any_room_makes_another_grader(copied, room):
    assert in_room(room) and unseen(copied, in_room(room)) == []
    before = grader_digest.__wrapped__()
    (copied / room / "one_more.py").write_text("")
    assert grader_digest.__wrapped__() != before


def test_a_grader_that_is_known_by_one_folder_alone_is_seen(copied, monkeypatch):
    monkeypatch.setattr(Path, "rglob", Path.glob)
    rooms = {str(room) for room in ROOMS if unseen(copied, in_room(room))}
    others = {str(room) for room in ROOMS} - {"autograder", "nnlib", "practice"}
    assert rooms == others and "autograder/sandbox/inside" in rooms


def test_changed_checks_leave_the_grader_as_it_was(copied):
    assert len(OF_ASSIGNMENTS) > 10 and unseen(copied, OF_ASSIGNMENTS) == OF_ASSIGNMENTS


def above(path: Path) -> None:
    """Change the check that stands above the first answer."""
    path.write_text("# read again\n" + path.read_text())


def test_an_assignment_is_identified_by_what_decides_a_mark_alone(copied, root):
    """That is its checks, those that they import, and right answers; no wrong one, and not what another one asks."""
    course = Course(root, copied / "course")
    before = load_assignment(course, "a1-neuron").digest
    for file in OF_ASSIGNMENTS:
        text = (copied / file).read_text()
        assert ("# %%" in text) == (file.name != "__init__.py")
        for change, counts in ((above, True), (changed, file.name == "__init__.py")):  # the last answer is a wrong one
            change(copied / file)
            same = load_assignment(course, "a1-neuron").digest == before
            assert same == (not counts or file.parent.name != "a1-neuron"), (file, change)
            (copied / file).write_text(text)
    (copied / "autograder" / "checks" / "a2-next").mkdir()
    (copied / "autograder" / "checks" / "a2-next" / "__init__.py").write_text("ALLOWED = ()\n")
    assert load_assignment(course, "a1-neuron").digest == before


@pytest.mark.parametrize(
    ("old", "new", "counts"),
    [
        ("# %% right: einsum\n", "# %% right: by einsum\n", False),
        ("# %% wrong: missing_mean\n", "# %% wrong: without the mean -> missing_mean\n", False),
        ("return X.T @ delta, delta.sum()\n", "return X.T @ delta, np.sum(delta)\n", False),
        ("# %% wrong: missing_mean\n", '# %% wrong: no_mean "No mean."\n', False),
        ('return np.einsum("ij,i->j"', 'return np.einsum("ij,i"', True),
        ("# %% right: einsum\n", "# %% right: by name\nrow_gradients = by_name\n\n\n# %% right: einsum\n", True),
        ('"∂J/∂w": 0.5, "∂J/∂b": 0.5', '"∂J/∂w": 0.4, "∂J/∂b": 0.6', True),
    ],
)
def test_a_wrong_answer_and_a_label_regrade_nobody_and_a_right_one_does(copied, root, old, new, counts):
    course, file = Course(root, copied / "course"), copied / "autograder" / "checks" / "a1-neuron" / "row_gradients.py"
    before = load_assignment(course, "a1-neuron")
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))
    after = load_assignment(course, "a1-neuron")
    assert (after.digest != before.digest) == counts and after != before  # a worker takes the new texts all the same


def test_a_class_is_judged_again_by_another_grader_and_not_for_a_wrong_answer_more(course, copied):
    release = json.loads((course.directory / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text())
    path = course.submission(ASSIGNMENT, "ada")
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(release))
    assert "unchanged" not in said(copied, course)
    first = verdict(course)

    with (course.root / "checks" / ASSIGNMENT / "one.py").open("a") as file:
        file.write("\n\n# %% wrong: one too many -> none\ndef one():\n    return 2\n")
    for file in OF_ASSIGNMENTS:
        changed(copied / file)
    assert "1 of 1 submissions are unchanged since they were graded, nothing to grade" in said(copied, course)
    assert verdict(course) == first

    changed(copied / "autograder" / "notebook" / "png.py")
    assert "unchanged" not in said(copied, course)
    again = verdict(course)
    assert again.provenance.grader != first.provenance.grader and again.blanks == first.blanks


def said(copied: Path, course: Course) -> str:
    """What the copy's `autograder grade` says of the class."""
    run = autograder(copied, course.root, "grade", ASSIGNMENT)
    assert run.returncode == 0, run.stderr
    return run.stdout


def verdict(course: Course) -> Verdict:
    return Verdict.from_json(course.verdict(ASSIGNMENT, "ada").read_text())
