"""The real thing: a bundle opened in JupyterLab in a browser, and the feedback page of the same submission."""

import shutil
import time
import zipfile
from types import SimpleNamespace

import nbformat
import pytest

from autograder.authoring.release import release
from autograder.authoring.verify import with_answers
from autograder.course.course import Course
from tests.a1_class import ASSIGNMENT, autograder, hand_in
from tests.formgrader import chromium, jupyter

SUMS = "def row_gradients(X, delta):\n    return X.T @ delta, delta.sum()"
SENTENCE = "For m = 6, n = 3: entry [0] is -1.01598, expected -0.169331."
LIKELY = "Most likely: The sum over the examples was not divided by their number."


@pytest.fixture(scope="module")
def course(root, tmp_path_factory):
    """A course that has released its assignment."""
    home = tmp_path_factory.mktemp("course")
    for name in ("assignments", "lectures", "nnlib"):
        shutil.copytree(root / name, home / name, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
    shutil.copyfile(root / "nbgrader_config.py", home / "nbgrader_config.py")
    course = Course(home, home / "course")
    course.make()
    release(course, ASSIGNMENT, verify=lambda assignment: SimpleNamespace(ok=True))
    return course


@pytest.fixture(scope="module")
def bundle(course, tmp_path_factory):
    """A student's folder, all answers right but one."""
    home = tmp_path_factory.mktemp("student")
    with zipfile.ZipFile(course.directory / "bundle" / f"{ASSIGNMENT}.zip") as archive:
        archive.extractall(home)
    folder = home / ASSIGNMENT
    source = nbformat.read(course.source(ASSIGNMENT), as_version=4)
    nbformat.write(with_answers(source, {"row_gradients": SUMS}), folder / f"{ASSIGNMENT}.ipynb")
    return folder


def ran(page, url):
    """Run All, as a student does, until the first error stops it."""
    page.goto(f"{url}/lab/tree/{ASSIGNMENT}.ipynb")
    page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=60_000)
    page.get_by_text("| Idle").wait_for(timeout=60_000)  # where there is no kernel yet, running asks for one
    error = page.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.stderr']")
    until = time.monotonic() + 120
    while not error.count() and time.monotonic() < until:  # what is run before the kernel is there is not run
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        page.wait_for_timeout(5_000)
    return page.locator(".jp-Notebook").inner_text()


def test_the_sentence_at_home_is_that_of_the_feedback_page(root, course, bundle, tmp_path):
    hand_in(course, "ada", (bundle / f"{ASSIGNMENT}.ipynb").read_bytes())
    graded = autograder(root, course.root, "grade", ASSIGNMENT, "--feedback")
    assert graded.returncode == 0, graded.stderr
    with chromium() as browser, jupyter(root, bundle) as url:
        page = browser.new_page(viewport={"width": 1100, "height": 900})
        shown = ran(page, url)
        assert SENTENCE in shown and LIKELY in shown and "✗ -1.02" in shown
        assert "Wrong: row_gradients: ∂J/∂w: " + SENTENCE in " ".join(shown.split()) and "Traceback" not in shown
        assert "✓ sigmoid: right on 6 public examples" in shown and "right on 7 public examples" not in shown
        page.locator(".jp-OutputArea table").scroll_into_view_if_needed()
        page.screenshot(path=tmp_path / "home.png")
        page.goto(course.feedback(ASSIGNMENT, "ada").as_uri())
        page.screenshot(path=tmp_path / "feedback.png", full_page=True)
        fed_back = page.locator("main").inner_text()
        assert SENTENCE in fed_back and LIKELY in fed_back
