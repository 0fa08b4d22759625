"""Slides of the lectures: nothing is lost, a slide holds what fits, and an author's own choice counts."""

import re
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from docs import slides
from tests.formgrader import chromium
from tests.pages import served

LECTURES = sorted((Path(__file__).resolve().parent.parent / "lectures").glob("*.ipynb"))
SHARE = 0.95  # of the slides, at least, fit; the rest scroll
SIZES = ((1280, 720), (1920, 1080))
TOO_HIGH = """async () => {
  await MathJax.startup.promise;
  return Reveal.getSlides().map(slide => {
    const {h, v} = Reveal.getIndices(slide);
    Reveal.slide(h, v);
    return slide.scrollHeight > slide.clientHeight + 1;
  });
}"""

every_lecture = pytest.mark.parametrize("path", LECTURES, ids=lambda path: path.stem)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("made") / "slides"
    slides.make(out)
    return out


def text(page) -> str:
    return re.sub(r"\s+", "", page.get_text())


@every_lecture
def test_a_lecture_becomes_slides_none_of_which_is_empty(folder, path):
    page = BeautifulSoup((folder / f"{path.stem}.slides.html").read_text("utf-8"), "html.parser")
    found, cells = page.select(".slides > section > section"), nbformat.read(path, as_version=4).cells
    sections = sum(
        len(re.findall(r"^##? ", cell.source, re.MULTILINE)) for cell in cells if cell.cell_type == "markdown"
    )
    assert len(page.select(".slides > section")) == sections < len(found)
    assert [slide for slide in found if not text(slide) and not slide.select("img")] == []
    alts = [
        kind["alt"] for cell in cells for out in cell.get("outputs", []) for kind in out.get("metadata", {}).values()
    ]
    assert [img["alt"] for img in page.select(".slides img")] == alts
    assert len(page.select(".slides .celltag_try")) == sum("try" in cell.metadata.get("tags", []) for cell in cells)


@every_lecture
def test_nothing_of_a_lecture_is_lost_or_changed_on_the_way(path):
    notebook = nbformat.read(path, as_version=4)
    whole = "".join(re.sub(r"\s+", "", cell.source) for cell in notebook.cells)
    code = [(cell.source, cell.outputs) for cell in notebook.cells if cell.cell_type == "code"]
    made = slides.dealt(notebook)
    assert "".join(re.sub(r"\s+", "", cell.source) for cell in made.cells) == whole
    assert [(cell.source, cell.outputs) for cell in made.cells if cell.cell_type == "code"] == code
    assert all(cell.metadata["slideshow"]["slide_type"] in ("slide", "subslide", "-") for cell in made.cells)


def slides_too_high(page) -> list[bool]:
    """For each slide, once all formulas are set: is there more of it than is seen?"""
    page.wait_for_function("window.MathJax?.startup?.promise && Reveal.isReady()")
    return page.evaluate(TOO_HIGH)


@every_lecture
def test_formulas_are_set_and_most_slides_fit_in_a_browser(folder, path):
    elsewhere, errors = [], []
    with served(folder) as address, chromium() as browser:
        page = browser.new_page()
        page.on("request", lambda request: request.url.startswith((address, "data:")) or elsewhere.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{address}{path.stem}.slides.html")
        for wide, high in SIZES:
            page.set_viewport_size({"width": wide, "height": high})
            too_high = slides_too_high(page)
            assert sum(too_high) <= (1 - SHARE) * len(too_high) + 1
            assert page.locator("mjx-merror").count() == 0
    assert elsewhere == [] and errors == []


def picture() -> nbformat.NotebookNode:
    return new_code_cell("show()", outputs=[new_output("display_data", {"image/svg+xml": "<svg/>"})])


def types(*cells) -> list[str]:
    """The slide types of these cells, after a heading and a line that fills most of the first slide."""
    first = new_markdown_cell("## 1 · One\n\n" + "words " * 250)
    return [
        cell.metadata["slideshow"]["slide_type"] for cell in slides.dealt(new_notebook(cells=[first, *cells])).cells[2:]
    ]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([new_markdown_cell("short")], ["-"]),
        ([new_markdown_cell("## 2 · Two")], ["slide"]),
        ([new_markdown_cell("### A part")], ["subslide"]),
        ([new_code_cell("# Try: a comment, no heading")], ["-"]),
        ([new_code_cell("x\n" * 10)], ["subslide"]),
        ([picture(), new_markdown_cell("*Figure 1. A caption.*\n\nwords")], ["subslide", "-", "-"]),
        (
            [new_markdown_cell("words " * 60 + "?\n\n<details><summary>Answer</summary>\n\nyes\n\n</details>")],
            ["subslide", "-"],
        ),
        ([new_markdown_cell("words " * 60 + ":\n\n$$x$$")], ["subslide", "-"]),
    ],
)
def test_where_a_slide_begins(cells, expected):
    assert types(*cells) == expected


def test_an_author_who_sets_a_slide_type_gets_it_and_the_cell_whole():
    own = {"slideshow": {"slide_type": "fragment"}}
    assert types(new_markdown_cell("one\n\ntwo", metadata=own)) == ["fragment"]
    skipped = new_code_cell("import x", metadata={"slideshow": {"slide_type": "skip"}})
    assert types(skipped) == ["skip"] and "folded" not in skipped.metadata


@pytest.mark.parametrize(
    ("source", "output", "folded"),
    [("import numpy", "", True), ("x = 1", "", False), ("x = 1", "line\n" * 40, True), ("x = 1\n" * 40, "", True)],
)
def test_code_is_folded_where_it_is_set_up_or_fills_the_slide(source, output, folded):
    cell = new_code_cell(source, outputs=[new_output("stream", text=output)] if output else [])
    assert slides.parts(cell)[0].metadata["folded"] == folded


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("a\n\nb", ["a", "b"]),
        ("a\nb", ["a\nb"]),
        ("- a\n\n  more of a\n\n- b", ["- a\n\n  more of a", "- b"]),
        ("$$x\n\n= y$$\n\nb", ["$$x\n\n= y$$", "b"]),
        ("```\na\n\nb\n```\n\nc", ["```\na\n\nb\n```", "c"]),
        ("a\n<details>\n\nb\n\n</details>\n\nc", ["a\n<details>\n\nb\n\n</details>", "c"]),
    ],
)
def test_text_is_cut_at_blank_lines_but_never_within_what_belongs_together(written, expected):
    assert slides.blocks(written) == expected


def test_a_slide_that_is_too_high_is_seen(folder):
    name = f"{LECTURES[0].stem}.slides.html"
    planted = (folder / name).read_text("utf-8").replace("</h1>", "</h1><p style='height: 2000px'>x</p>", 1)
    (folder / "planted.html").write_text(planted, "utf-8")
    with served(folder) as address, chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.goto(f"{address}planted.html")
        assert slides_too_high(page)[0]
