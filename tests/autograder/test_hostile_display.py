"""Everything hostile in one submission, opened in a real browser where staff and students open it: nothing runs.

The same submission is first opened uncleaned, and there it does run: it gives itself points.
"""

import time
from contextlib import contextmanager
from typing import NamedTuple

import nbformat
import pytest
from nbformat.sign import NotebookNotary
from nbgrader.api import Gradebook

from autograder.gradebook.record import marks
from tests import hostile
from tests.a1_class import ASSIGNMENT, autograder, hand_in, released, solved
from tests.formgrader import chromium, jupyter, own_folders

MATHJAX = "https://cdnjs.cloudflare.com/ajax/libs/mathjax/"  # Formgrader's page asks for it; nothing answers here
# what runs for certain where nothing is cleaned; the rest needs MathJax or a renderer that is not installed
RUN_IN_FORMGRADER = {
    "script",
    "image",
    "svg",
    "frame",
    "frame_link",
    "details",
    "style",
    "stylesheet",
    "media",
    "object",
    "anchor",
    "scheme",
    "mixed_case",
    "entity",
    "named",
    "reference",
    "picture",
    "picture_reference",
    "output_script",
    "output_javascript",
    "output_markdown",
    "output_isolated",
    "output_width",
    "output_frame",
}
MOST_WAITING = 30  # seconds: a busy machine draws outputs late
RUN_IN_LAB = {"output_script", "output_image", "output_javascript", "output_frame", "output_markdown", "picture"}


class Seen(NamedTuple):
    """What a page did: the payloads that ran, hosts asked besides the server's, dialogs, and links that are odd."""

    ran: set[str]
    elsewhere: set[str]
    dialogs: list[str]
    links: list[str]
    page: object


ODD_LINKS = """[...document.querySelectorAll('a[href], area[href]')]
  .filter(a => !['http:', 'https:', 'mailto:', 'attachment:', location.protocol].includes(a.protocol))
  .map(a => a.href)"""
REACH = """Math.max(...[...document.querySelectorAll('mjx-container, mjx-container *')].map(part => {
  const [one, cell] = [part, part.closest('.jp-Cell')].map(element => element.getBoundingClientRect());
  return Math.max(cell.left - one.left, one.right - cell.right) }))"""
CLICK_ODD_LINKS = "document.querySelectorAll('a').forEach(a => /^javascript:/i.test(a.protocol) && a.click())"


class Traffic:
    """What the pages of a session ask for; that JupyterLab asks its server again and again how things are is left out.

    `requests` are all addresses so far, `open` the requests that have no answer yet.
    """

    def __init__(self, context):
        self.requests, self.open = [], set()
        context.on("request", self._asked)
        for answered in ("requestfinished", "requestfailed"):
            context.on(answered, lambda request: self.open.discard(request))

    def _asked(self, request):
        self.requests.append(request.url)
        if "/api/" not in request.url:
            self.open.add(request)

    def payloads(self):
        return {to.removeprefix(hostile.RAN) for to in self.requests if to.startswith(hostile.RAN)}

    def settle(self, page, sure=frozenset()):
        """Until every payload that is `sure` to run has, and for half a second nothing was asked for."""
        calm, until = 0, time.monotonic() + MOST_WAITING
        while (calm < 5 or not sure <= self.payloads()) and time.monotonic() < until:
            page.wait_for_timeout(100)
            calm = 0 if self.open else calm + 1


@contextmanager
def opened(browser, url, address, ready=None, sure=frozenset()):
    """Open a page of the server at `url` in a fresh session, click the links that would run, and say what happened.

    `sure` are payloads that are waited for.
    """
    context, dialogs = browser.new_context(), []
    traffic = Traffic(context)
    context.route(lambda to: to.startswith("http") and not to.startswith(url), lambda route: route.fulfill(status=204))
    page = context.new_page()
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.goto(address)
    if ready:
        page.wait_for_selector(ready)
    traffic.settle(page)
    links = page.evaluate(ODD_LINKS)
    page.evaluate(CLICK_ODD_LINKS)
    traffic.settle(page, sure)
    local = (url, hostile.RAN, MATHJAX, "data:", "blob:", "file:")
    yield Seen(traffic.payloads(), {to for to in traffic.requests if not to.startswith(local)}, dialogs, links, page)
    context.close()


@pytest.fixture(scope="module")
def course(root, tmp_path_factory):
    """A class of two who handed in the same hostile file: graded, and then one notebook put back as it was."""
    course = released(root, tmp_path_factory.mktemp("hostile"))
    notebook = hostile.hostile(solved(course))
    nbformat.validate(notebook)
    for student in ("cleaned", "planted"):
        hand_in(course, student, notebook)
    run = autograder(root, course.root, "grade", ASSIGNMENT, "--feedback")
    assert run.returncode == 0, run.stderr
    course.autograded(ASSIGNMENT, "planted").write_bytes(course.submission(ASSIGNMENT, "planted").read_bytes())
    return course


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def url(root, course, browser):
    with jupyter(root, course.root) as url:
        yield url


def submission_page(course, url, student):
    with Gradebook(course.db_url) as gradebook:
        return f"{url}/formgrader/submissions/{gradebook.find_submission_notebook(ASSIGNMENT, ASSIGNMENT, student).id}/"


def manual(course, student):
    return {mark.manual for mark in marks(course.db_url, ASSIGNMENT) if mark.student == student}


def fields(page):
    """Formgrader's fields for marks that are found by their names, as its own script looks for them."""
    return page.evaluate("[...document.querySelectorAll('input.score')].map(i => document.getElementById(i.id) === i)")


def test_its_code_is_right_and_gets_its_marks(course):
    rows = [mark for mark in marks(course.db_url, ASSIGNMENT) if mark.student == "cleaned"]
    assert sum(mark.auto or 0 for mark in rows) == 40
    assert [mark.cell for mark in rows if mark.needs_manual] == ["convexity"]


def test_uncleaned_it_gives_itself_points_in_formgrader(course, url, browser):
    assert manual(course, "planted") == {None}
    with opened(browser, url, submission_page(course, url, "planted"), sure=RUN_IN_FORMGRADER) as seen:
        assert RUN_IN_FORMGRADER <= seen.ran
        assert {"javascript", "vscode", "ms-msdt", "file", "smb"} <= {to.partition(":")[0] for to in seen.links}
        assert not all(fields(seen.page))
    assert manual(course, "planted") == {hostile.POINTS}


def test_in_formgrader_nothing_runs(course, url, browser):
    with opened(browser, url, submission_page(course, url, "cleaned")) as seen:
        assert (seen.ran, seen.elsewhere, seen.dialogs, seen.links) == (set(), set(), [], [])
        assert all(fields(seen.page)) and len(fields(seen.page)) == 13
        assert "convexity" in seen.page.inner_text("#notebook") and "new(Image)" in seen.page.inner_text("#notebook")
    assert manual(course, "cleaned") == {None}


def test_in_formgraders_lists_nothing_runs(course, url, browser):
    for address in (f"manage_submissions/{ASSIGNMENT}", f"manage_students/cleaned/{ASSIGNMENT}"):
        with opened(browser, url, f"{url}/formgrader/{address}") as seen:
            assert (seen.ran, seen.elsewhere, seen.dialogs, seen.links) == (set(), set(), [], [])


def in_lab(course, url, student):
    path = course.autograded(ASSIGNMENT, student).relative_to(course.root)
    return f"{url}/lab/tree/{path}?reset"


def trust(course, student):
    notary = NotebookNotary(data_dir=own_folders(course.root)["JUPYTER_DATA_DIR"])
    notary.sign(nbformat.read(course.autograded(ASSIGNMENT, student), as_version=4))


def reach(page):
    """How many pixels the formulas that JupyterLab's MathJax has drawn reach out of their cells at the sides."""
    page.wait_for_selector("mjx-container")
    return page.evaluate(REACH)


LAST_CELL = ".jp-Notebook .jp-Cell:last-child"


def test_uncleaned_and_trusted_it_runs_in_jupyterlab(course, url, browser):
    trust(course, "planted")
    with opened(browser, url, in_lab(course, url, "planted"), LAST_CELL, RUN_IN_LAB) as seen:
        assert RUN_IN_LAB <= seen.ran
        assert reach(seen.page) > 4_000


def test_in_jupyterlab_nothing_runs_even_where_it_is_trusted(course, url, browser):
    trust(course, "cleaned")
    with opened(browser, url, in_lab(course, url, "cleaned"), LAST_CELL) as seen:
        assert (seen.ran, seen.elsewhere, seen.dialogs, seen.links) == (set(), set(), [], [])
        assert reach(seen.page) < 100


def test_on_the_feedback_page_nothing_runs(course, url, browser):
    with opened(browser, url, course.feedback(ASSIGNMENT, "cleaned").as_uri()) as seen:
        assert (seen.ran, seen.elsewhere, seen.dialogs, seen.links) == (set(), set(), [], [])
        assert "new(Image)" in seen.page.inner_text("main")
