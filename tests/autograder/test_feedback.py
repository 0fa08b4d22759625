"""The feedback page: what it says, what it must never say, and that nothing written on it runs."""

import base64
import dataclasses
import html
import io
import re
import struct
import sys
import zlib
from datetime import datetime, timedelta

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograder.course import verdicts
from autograder.course.verdict import FAILED, PASSED, UNDECIDED, BlankVerdict, Finding, Verdict
from autograder.feedback import MOST_FIGURES, render
from autograder.gradebook import record
from autograder.gradebook.late import HandedIn, Late
from autograder.judging.catalogue import CATALOGUE
from autograder.pipeline import feedback_page, write_feedback
from tests.formgrader import chromium
from tests.runs import words

FLAGS = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
PAYLOADS = (
    "<script>document.title = 'owned'</script>",
    "<img src=x onerror=\"document.title = 'owned'\">",
    "<svg onload=\"document.title = 'owned'\"><script>alert(1)</script></svg>",
    "\"'></pre></code></title></style><script>document.title = 'owned'</script>",
    "`<iframe srcdoc=\"<script>parent.document.title = 'owned'</script>\">`",
    '<meta http-equiv="refresh" content="0;url=http://127.0.0.1:9/"><link rel=stylesheet href=http://127.0.0.1:9/a>',
)
HOSTILE = " ".join(PAYLOADS)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def a_png(width=2, height=2, extra=b""):
    """A grey PNG; `extra` chunks stand between header and pixels."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\x00\x80\x80" * 2))
    return b"\x89PNG\r\n\x1a\n" + header + extra + pixels + chunk(b"IEND", b"")


def drawing(data):
    text = base64.b64encode(data).decode() if isinstance(data, bytes) else data
    return new_output("display_data", data={"image/png": text})


def cell(source, name, make=new_code_cell, **flags):
    return make(source, metadata={"nbgrader": {**FLAGS, "grade_id": name, **flags}})


def notebook(code="def one():\n    return 1", answer="Because.", figures=(), heading="# One neuron"):
    hidden = "### BEGIN HIDDEN TESTS\nimport autograder; autograder.check('a.one', globals())\n### END HIDDEN TESTS"
    return new_notebook(
        cells=[
            new_markdown_cell(heading),
            cell(code, "one", solution=True),
            cell(f"assert one() == 1\n{hidden}", "test_one", grade=True, locked=True, points=2),
            new_code_cell("plot()", outputs=[drawing(figure) for figure in figures]),
            cell(answer, "why", make=new_markdown_cell, grade=True, solution=True, points=4),
        ]
    )


def verdict(outcome=FAILED, score=0.0, findings=(), diagnosis="", notes=(), student="ada", title="It is one."):
    blank = BlankVerdict("one", 2.0, outcome, score, tuple(findings), diagnosis, title)
    return Verdict("a", student, "ab" * 32, (blank,), tuple(notes))


def mark(name, auto=None, manual=None, extra=None, comment=None, student="ada"):
    return record.Mark(student, name, auto, manual, extra, manual is None and auto is None, comment)


# what it says


def test_a_failed_blank_shows_mark_finding_example_diagnosis_and_code():
    name, sentence = next(iter(CATALOGUE.items()))
    finding = Finding("∂J/∂w", "Entry `[1]` is 3, not 1.", "print(one())", name)
    failed = verdict(score=0.5, findings=[finding], diagnosis=name, notes=["The cell was copied."])
    seen = words(render(failed, notebook()))
    for expected in (
        "One neuron",
        "ada",
        "0.5 of 2",
        "Partly right",
        "It is one.",
        "∂J/∂w",
        "Entry [1] is 3, not 1.",
        "print(one())",
        "def one():",
        "The cell was copied.",
        sentence,
    ):
        assert expected in seen


def test_a_diagnosis_and_an_example_are_said_once():
    name, sentence = next(iter(CATALOGUE.items()))
    findings = [Finding(part, f"The {part} is 3. {sentence}", "print(one())", name) for part in ("first", "second")]
    seen = words(render(verdict(findings=findings, diagnosis=name), notebook()))
    assert seen.count(sentence) == 1 and seen.count("print(one())") == 1 and "The same call as above" in seen
    assert "The first is 3." in seen and "The second is 3." in seen


@pytest.mark.parametrize(
    ("outcome", "score", "word"),
    [
        (PASSED, 2.0, "Passed"),
        (FAILED, 1.0, "Partly right"),
        (FAILED, 0.0, "Not right yet"),
        (UNDECIDED, None, "Not decided yet"),
    ],
)
def test_every_outcome_is_said_in_a_word(outcome, score, word):
    seen = words(render(verdict(outcome, score), notebook()))
    assert seen.count(word) == 2  # at a glance, and beside the blank
    assert ("2 points are not decided yet. That is not a zero" in seen) == (outcome == UNDECIDED)


def test_a_file_that_cannot_be_read_is_said_to_be_that_once_and_not_our_fault():
    why = "a.ipynb is not valid JSON (line 1, column 12): open it in JupyterLab, save it and hand it in again."
    broken = verdict(UNDECIDED, None, [Finding("the submission", why)], notes=[why])
    seen = words(render(broken, notebook()))
    assert "2 points are not decided yet. That is not a zero: your file could not be read." in seen
    assert "our side" not in seen and "We could not decide" not in seen
    assert seen.count(why) == 1 and "The file could not be read. It is not marked as wrong" in seen
    assert "Your code" not in seen and "Your answer" not in seen  # what is there is the release's
    assert "– of 6 points so far" in seen
    ours = dataclasses.replace(broken, staff_notes=("Traceback: KeyError",))
    seen = words(render(ours, notebook()))
    assert "That is not a zero: something went wrong on our side" in seen and "could not be read" not in seen
    assert "We could not decide this one." in seen and "Traceback" not in seen


def test_when_it_was_handed_in_and_what_lateness_costs_stand_at_the_top():
    when = datetime(2026, 11, 3, 12, 30)
    noted = HandedIn(when, HOSTILE)
    due = when - timedelta(hours=3)
    text = render(verdict(PASSED, 2.0), notebook(), [], Late(noted, due, 2.0, 0.5, "Half<b>"))
    seen = words(text)
    assert "1.5 of 6 points so far" in seen and "Handed in 3 h late: 2 − 0.5 points." in seen
    assert "It was due on 3 November 2026, 09:30 UTC" in seen and "Half&lt;b&gt;" in text
    assert "Handed in on 3 November 2026, 12:30 UTC (" in seen and "<script>" not in text
    for costless in ((noted, due, 2.0, 0.0, ""), (noted, when, 2.0, 0.0, "Half"), (None, due, 2.0, 0.0, "Half")):
        seen = words(render(verdict(PASSED, 2.0), notebook(), [], Late(*costless)))
        assert "2 of 6 points so far" in seen and "late" not in seen


def test_marks_earned_by_follow_through_say_so():
    done = verdict(PASSED, 2.0)
    names = ("log_loss", HOSTILE)
    followed = dataclasses.replace(done, blanks=(dataclasses.replace(done.blanks[0], followed=names),))
    seen = words(render(followed, notebook()))
    assert "Follow-through. Judged with a correct log_loss and" in seen and "one mistake costs once." in seen
    assert "<script>" not in render(followed, notebook())
    assert "Follow-through" not in words(render(done, notebook()))


def test_undecided_is_no_zero():
    seen = words(render(verdict(UNDECIDED, None), notebook()))
    assert "undecided of 2" in seen and "0 of 2" not in seen and "Not right yet" not in seen


def test_a_mark_by_staff_stands_above_ours():
    row = mark("test_one", manual=2.0, comment="Fine, after all.")
    seen = words(render(verdict(UNDECIDED, None), notebook(), [row]))
    assert "2 of 2" in seen and "Staff set this mark by hand." in seen and "Fine, after all." in seen
    assert "Not decided yet" not in seen
    seen = words(render(verdict(PASSED, 2.0), notebook(), [mark("test_one", auto=2.0, extra=0.5)]))
    assert "2.5 of 2" in seen


def test_our_own_comment_is_not_repeated_as_if_staff_had_written_it():
    failed = verdict(findings=[Finding("value", "It is 3.")])
    ours = record.comment_on(failed.blanks[0])
    assert "Comment from staff" not in words(render(failed, notebook(), [mark("test_one", auto=0.0, comment=ours)]))


def test_a_written_answer_is_unread_then_marked_then_part_of_the_total():
    seen = words(render(verdict(PASSED, 2.0), notebook(), [mark("why")]))
    assert "Not read yet" in seen and "2 of 6 points so far" in seen and "4 points for written answers" in seen
    seen = words(render(verdict(PASSED, 2.0), notebook(), [mark("why", manual=3.0, comment="Nearly.")]))
    assert "Marked by staff" in seen and "5 of 6 points" in seen and "so far" not in seen and "Nearly." in seen
    seen = words(render(verdict(PASSED, 2.0), notebook(), [mark("why", auto=0.0, comment=record.NO_RESPONSE)]))
    assert "No answer" in seen and "0 of 4" in seen and "Comment from staff" not in seen


def test_marks_of_other_students_do_not_reach_the_page():
    seen = words(render(verdict(), notebook(), [mark("test_one", manual=2.0, comment="for bob", student="bob")]))
    assert "for bob" not in seen and "by hand" not in seen


def test_a_file_that_nobody_could_open_has_a_page_without_code():
    seen = words(render(verdict(UNDECIDED, None, notes=["It is not a notebook."]), None))
    assert "It is not a notebook." in seen and "Not decided yet" in seen and "Your code" not in seen


# what it must never say


def test_hidden_lines_and_tests_are_not_on_the_page():
    code = "def one():\n    return 1\n### BEGIN HIDDEN TESTS\nsecret()\n### END HIDDEN TESTS"
    text = render(verdict(), notebook(code))
    for hidden in ("autograder.check", "HIDDEN", "secret()", "assert one"):
        assert hidden not in words(text)


# figures


def test_figures_are_png_data_only_and_lose_what_is_not_image():
    text = render(verdict(), notebook(figures=[a_png(extra=chunk(b"tEXt", b"Comment\0planted"))]))
    (uri,) = re.findall(r'<img src="data:image/png;base64,([^"]+)"', text)
    assert base64.b64decode(uri) == a_png()


@pytest.mark.parametrize(
    "bad",
    [
        b"GIF89a not a png",
        a_png()[:-6],
        a_png()[:40] + b"\x00" + a_png()[41:],
        a_png(width=100_000),
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"") + chunk(b"IEND", b""),
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>",
        '"><script>1</script>',
        "\u00e9",
        a_png(extra=chunk(b"tEXt", b"") * 300_000),
    ],
    ids=["gif", "cut short", "wrong checksum", "gigapixels", "no size", "svg", "markup", "not base64", "chunks"],
)
def test_what_is_no_sound_png_is_left_out(bad):
    assert "<img" not in render(verdict(), notebook(figures=[bad]))


def test_a_real_figure_survives():
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots()
    axes.plot([1, 2, 3])
    buffer = io.BytesIO()
    figure.savefig(buffer)
    plt.close(figure)
    text = render(verdict(), notebook(figures=[buffer.getvalue()]))
    assert text.count("<img") == 1


def test_the_first_figures_are_shown_and_the_others_counted():
    text = render(verdict(), notebook(figures=[b"no PNG", *[a_png()] * 800]))
    assert text.count("<img") == MOST_FIGURES and f"{800 - MOST_FIGURES} more in your notebook." in words(text)
    assert text.count("From your notebook") == 0 and text.count("<figcaption>One neuron") == MOST_FIGURES
    assert "more in your notebook" not in words(render(verdict(), notebook(figures=[a_png()] * MOST_FIGURES)))


def test_a_figure_has_the_nearest_heading_above_it():
    book = notebook(heading="no heading")
    drawn = new_code_cell("plot()", outputs=[drawing(a_png())])
    book.cells += [drawn, new_markdown_cell("# `First` *one*\n\n## Second"), drawn, new_markdown_cell("text"), drawn]
    book.cells.append(cell("Why?", "last", make=new_markdown_cell, grade=True, solution=True, points=1))
    text = render(verdict(), book)
    assert re.findall("<figcaption>(.*?)</figcaption>", text) == ["From your notebook", "Second", "Second"]
    assert "<h1>First one</h1>" in text and "Second" in words(text.split("At a glance")[1].split("</ol>")[0])


def test_the_work_for_figures_does_not_grow_with_the_text_above_them():
    def work(figures, lines):
        """How many functions are called to make a page."""
        book, count = notebook(figures=[a_png()] * figures), 0
        book.cells.insert(1, new_markdown_cell("x\n" * lines))

        def called(*_):
            nonlocal count
            count += 1

        sys.setprofile(called)
        try:
            render(verdict(), book)
        finally:
            sys.setprofile(None)
        return count

    work(1, 1)  # the template is compiled once
    few, many = work(MOST_FIGURES, 1_000), work(MOST_FIGURES + 500, 1_000)
    assert many - few < 500 * 20
    assert work(MOST_FIGURES + 500, 5_000) - many < 4_000 * 20


# nothing on it runs, nothing is loaded


def hostile_page():
    finding = Finding(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    bad = verdict(findings=[finding], diagnosis=HOSTILE, notes=[HOSTILE], student=HOSTILE, title=HOSTILE)
    bad = dataclasses.replace(bad, assignment=HOSTILE, submission=HOSTILE)
    book = notebook(code=HOSTILE, answer=HOSTILE, figures=[HOSTILE, a_png()], heading=f"# {HOSTILE}")
    rows = [("test_one", 1.0), ("why", None)]
    return render(bad, book, [mark(name, manual=manual, comment=HOSTILE, student=HOSTILE) for name, manual in rows])


def test_every_field_is_escaped():
    text = hostile_page()
    assert not re.search(r"<(script|img src=x|iframe|svg onload|meta http-equiv=\"refresh|link rel=stylesheet)", text)
    assert " style=" not in re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL).replace(HOSTILE, "")
    assert text.count("&lt;script&gt;") >= 10


def test_the_policy_allows_this_style_sheet_and_data_images_only():
    text = render(verdict(), notebook())
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', html.unescape(text))
    digest, rest = r"style-src 'sha256-[\w+/=]{44}'", "img-src data:; base-uri 'none'; form-action 'none'"
    assert re.fullmatch(f"default-src 'none'; {digest}; {rest}", policy)
    assert "<script" not in text and "http://" not in text and "https://" not in text


def test_a_lone_surrogate_and_control_characters_do_not_stop_the_page():
    assert render(verdict(findings=[Finding("x", "\ud800")]), notebook(code="a = '\x00\x1b'")).encode()


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


def opened(browser, path, text):
    """Open a page; what happened in it: (its title, dialogs, requests other than itself)."""
    path.write_text(text, "utf-8")
    tab, dialogs, requests = browser.new_page(), [], []
    tab.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    tab.on("request", lambda request: requests.append(request.url))
    tab.goto(path.as_uri(), wait_until="load")
    tab.wait_for_timeout(300)
    seen = tab.title(), dialogs, [url for url in requests if url != path.as_uri() and not url.startswith("data:")]
    tab.close()
    return seen


def test_in_a_browser_nothing_planted_runs_or_is_fetched(browser, tmp_path):
    title, dialogs, requests = opened(browser, tmp_path / "page.html", hostile_page())
    assert title.startswith("Feedback: ") and not dialogs and not requests


def test_the_browser_test_sees_what_it_looks_for(browser, tmp_path):
    raw = f"<title>Feedback: </title>{''.join(PAYLOADS[:3])}"
    title, dialogs, requests = opened(browser, tmp_path / "raw.html", raw)
    assert title == "owned" and dialogs and requests


def test_the_policy_stops_what_escaping_would_have_missed(browser, tmp_path):
    text = render(verdict(), notebook()).replace("<main>", f"<main>{''.join(PAYLOADS[:5])}", 1)
    title, dialogs, requests = opened(browser, tmp_path / "unescaped.html", text)
    assert title.startswith("Feedback: ") and not dialogs and not [url for url in requests if url.startswith("http")]


@pytest.mark.parametrize("width", [320, 390, 900])
def test_it_fits_a_phone_and_its_style_sheet_applies(browser, tmp_path, width):
    (tmp_path / "page.html").write_text(hostile_page(), "utf-8")
    tab = browser.new_page(viewport={"width": width, "height": 800})
    tab.goto((tmp_path / "page.html").as_uri())
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.evaluate("getComputedStyle(document.querySelector('article')).borderTopWidth") == "1px"
    tab.close()


CONTRAST = """() => {
  const channel = v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4 };
  const rgb = s => s.match(/[\\d.]+/g).map(Number);
  const light = c => .2126 * channel(c[0]) + .7152 * channel(c[1]) + .0722 * channel(c[2]);
  const behind = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c } return [255, 255, 255] };
  const low = [];
  for (const e of document.querySelectorAll('body *')) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
    const [a, b] = [light(rgb(getComputedStyle(e).color)), light(behind(e))];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) low.push([e.className, e.textContent.slice(0, 30), ratio]);
  }
  return low;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("outcome", [(PASSED, 2.0), (FAILED, 1.0), (FAILED, 0.0), (UNDECIDED, None)])
def test_all_text_has_contrast(browser, tmp_path, scheme, outcome):
    name = next(iter(CATALOGUE))
    finding = Finding("`x`", "It is `3`.", "import math  # so\nprint(one('a'), 1.5)")
    judged, rows = verdict(*outcome, [finding], name, ["A `note`."]), [mark("why", comment="Read.")]
    when = datetime(2026, 11, 3, 12, 30)
    late = Late(HandedIn(when, "by nbgrader's exchange"), when - timedelta(days=1), 2.0, 1.0, "Half")
    text = render(judged, notebook(figures=[a_png()]), rows, late)
    (tmp_path / "page.html").write_text(text, "utf-8")
    tab = browser.new_page(color_scheme=scheme)
    tab.goto((tmp_path / "page.html").as_uri())
    assert tab.evaluate(CONTRAST) == []
    tab.close()


# written for a class


def graded(course, student, score):
    blanks = tuple(
        BlankVerdict(name, points, PASSED if score else FAILED, points if score else 0.0)
        for name, points in (("one", 2.0), ("two", 3.0), ("three", 1.5))
    )
    found = Verdict("a0-small", student, "cd" * 32, blanks)
    verdicts.save(course, found)
    with record.open_gradebook(course.db_url) as gradebook:
        record.record(gradebook, found)


def test_pages_are_written_for_all_or_for_some(course, source):
    graded(course, "ada", 1)
    graded(course, "bob", 0)
    course.autograded("a0-small", "ada").parent.mkdir(parents=True)
    nbformat.write(source, course.autograded("a0-small", "ada"))
    assert write_feedback(course, "a0-small") == [course.feedback("a0-small", name) for name in ("ada", "bob")]
    assert write_feedback(course, "a0-small", ["bob"]) == [course.feedback("a0-small", "bob")]
    ada = words(course.feedback("a0-small", "ada").read_text("utf-8"))
    assert "6.5 of 10.5 points so far" in ada and "Not read yet" in ada
    there = sorted(path.name for path in course.feedback("a0-small", "bob").parent.iterdir())
    assert there == ["a0-small.html", "submission_secret.txt", "timestamp.txt"]  # nbgrader's exchange needs the two


def test_a_manual_mark_in_the_gradebook_reaches_the_page(course):
    graded(course, "ada", 0)
    with record.open_gradebook(course.db_url) as gradebook:
        submitted = gradebook.find_submission_notebook("a0-small", "a0-small", "ada")
        next(grade for grade in submitted.grades if grade.name == "test_two").manual_score = 2.5
        gradebook.db.commit()
    assert "2.5 of 3" in words(feedback_page(course, "a0-small", "ada"))


def test_nothing_graded_yet_is_one_clear_sentence(course):
    with pytest.raises(FileNotFoundError, match="eve has no verdict for a0-small yet: run `autograder grade a0-small`"):
        feedback_page(course, "a0-small", "eve")
