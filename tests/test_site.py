"""The site of the lectures: complete, nothing broken, nothing fetched from elsewhere, readable on a phone."""

import importlib
import inspect
import json
import pkgutil
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import nnlib
from docs.site import described
from tests.formgrader import chromium
from tests.pages import served

ROOT = Path(__file__).resolve().parent.parent
LECTURES = sorted((ROOT / "lectures").glob("*.ipynb"))
MODULES = [f"nnlib.{module.name}" for module in pkgutil.iter_modules(nnlib.__path__)]
WIDTHS = (400, 1400)  # pixels: a phone, a laptop

every_lecture = pytest.mark.parametrize("path", LECTURES, ids=lambda path: path.stem)


def build(out: Path, root: Path = ROOT) -> subprocess.CompletedProcess:
    """As `make site` does, but into `out`; in a process of its own, for autodoc imports nnlib anew."""
    code = "import sys; from pathlib import Path; from docs.site import build; out, root = map(Path, sys.argv[1:]); "
    code += "sys.exit(build(out, '-W', '--keep-going', root=root))"
    command = [sys.executable, "-c", code, str(out), str(root)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("built") / "site"
    out.mkdir()
    (out / "old.html").touch()
    run = build(out)
    assert run.returncode == 0 and not run.stderr, run.stderr[-4000:]
    assert not (out / "old.html").exists()
    return out


@pytest.fixture(scope="module")
def pages(site) -> dict[str, BeautifulSoup]:
    """Every page by its path below the site."""
    return read(site)


def read(site: Path) -> dict[str, BeautifulSoup]:
    found = sorted(path for path in site.rglob("*.html") if "_static" not in path.parts)  # the theme's templates
    return {str(path.relative_to(site)): BeautifulSoup(path.read_text("utf-8"), "html.parser") for path in found}


def broken(site: Path, pages: dict[str, BeautifulSoup]) -> Iterator[str]:
    """Links, pictures, styles and scripts that lead nowhere or, but for links, to another server."""
    ids = {name: {tag["id"] for tag in page.find_all(id=True)} for name, page in pages.items()}
    for name, page in pages.items():
        for tag in page.find_all(["a", "img", "link", "script"]):
            target = urlsplit(tag.get("href") or tag.get("src") or "")
            if target.scheme or target.netloc:
                if tag.name != "a" and target.scheme != "data":
                    yield f"{name} fetches {target.geturl()}"
                continue
            path = (site / name).parent / unquote(target.path) if target.path else site / name
            if not path.resolve().is_file():
                yield f"{name} leads to {target.path}, which is not there"
            elif target.fragment and unquote(target.fragment) not in ids.get(str(path.resolve().relative_to(site)), ()):
                yield f"{name} leads to {target.geturl()}, an anchor that is not there"


def alts(page: BeautifulSoup) -> list[str]:
    return [img.get("alt", "") for img in page.select("article img")]


def stored_alts(path: Path) -> list[str]:
    outputs = [out for cell in nbformat.read(path, as_version=4).cells for out in cell.get("outputs", [])]
    pictures = [(out, kind) for out in outputs for kind in out.get("data", {}) if kind.startswith("image/")]
    return [out.metadata[kind]["alt"] for out, kind in pictures]


def public(module: str) -> list[str]:
    """The functions and classes of a module, and the methods of these that have a docstring."""
    own = [
        thing for thing in vars(importlib.import_module(module)).values() if getattr(thing, "__module__", "") == module
    ]
    things = [thing for thing in own if inspect.isfunction(thing) or inspect.isclass(thing)]
    names = [thing.__qualname__ for thing in things if "<" not in thing.__qualname__]
    for thing in filter(inspect.isclass, things):
        names += [
            f"{thing.__name__}.{key}"
            for key, method in vars(thing).items()
            if inspect.isfunction(method) and method.__doc__
        ]
    return [f"{module}.{name}" for name in names if not any(part.startswith("_") for part in name.split("."))]


def test_the_contents_lead_to_all_ten_lectures_in_their_order(pages):
    names = [f"{path.stem}.html" for path in LECTURES]
    for area in ("article table", "nav.bd-links"):
        links = [link["href"] for link in pages["index.html"].select(f"{area} a[href]")]
        assert [name for name in dict.fromkeys(links) if name in names] == names
    assert len(names) == 10


@every_lecture
def test_a_lecture_is_there_whole_with_its_stored_outputs(pages, path):
    cells = nbformat.read(path, as_version=4).cells
    page = pages[f"{path.stem}.html"]
    code = [cell for cell in cells if cell.cell_type == "code"]
    assert len(page.select("div.cell")) == len(code)
    assert len(page.select("div.cell.tag_try")) == sum("try" in cell.metadata.get("tags", []) for cell in code)
    printed = [out.text for cell in code for out in cell.outputs if out.output_type == "stream"]
    assert [out.get_text().strip() for out in page.select(".cell_output .stream pre")] == [
        text.strip() for text in printed
    ]
    answers = sum(cell.source.count("<details") for cell in cells)
    assert len(page.select("article details")) == answers and not page.select("article details[open]")


def test_nothing_on_the_site_leads_nowhere_or_is_fetched_from_elsewhere(site, pages):
    assert [*broken(site, pages)] == []


@every_lecture
def test_every_figure_has_the_alt_text_that_is_stored_with_it(pages, path):
    found = alts(pages[f"{path.stem}.html"])
    assert found == stored_alts(path) and all(len(alt) > 20 for alt in found)


@pytest.mark.parametrize("module", MODULES)
def test_every_public_name_of_nnlib_is_documented(pages, module):
    page = pages[f"api/{module.removeprefix('nnlib.')}.html"]
    documented = {tag["id"] for tag in page.select("dt[id]")}
    assert public(module) and [name for name in public(module) if name not in documented] == []


def test_docstrings_arrive_as_they_are_written(pages):
    text = pages["api/activations.html"].select_one("article").get_text()
    assert "e^min(z, 0) / (1 + e^(-|z|))" in text and "relu'(z)" in text and "`" not in text


def test_the_search_knows_lectures_and_library(site):
    index = json.loads((site / "searchindex.js").read_text().removeprefix("Search.setIndex(").removesuffix(")"))
    names = index["docnames"]

    def found(word: str) -> set[str]:
        numbers = [index[kind].get(word, []) for kind in ("terms", "titleterms")]
        return {names[k] for each in numbers for k in (each if isinstance(each, list) else [each])}

    assert "07-backpropagation" in found("blame") and "08-training-deep-networks" in found("momentum")
    assert "api/optimizers" in found("momentum")
    assert "Momentum" in {each[-1] for each in index["objects"]["nnlib.optimizers"]}


@pytest.fixture(scope="module")
def window(site):
    """A browser's page, the address of the site, and what the browser asked other servers for."""
    with served(site) as address, chromium() as browser:
        page, elsewhere = browser.new_page(), []
        page.on("request", lambda request: request.url.startswith((address, "data:")) or elsewhere.append(request.url))
        yield page, address, elsewhere


def faults_in_sight(page, address: str) -> Iterator[str]:
    """What a reader would complain about on a page: formulas not set, and a page wider than the window."""
    page.goto(address)
    page.wait_for_function("window.MathJax?.startup?.promise")
    page.evaluate("MathJax.startup.promise.then(() => null)")
    if page.locator("mjx-merror").count() or page.locator(".math:not(:has(mjx-container))").count():
        yield "a formula is not set"
    yield from (f"wider than {width} pixels" for width in WIDTHS if is_wider(page, width))


def is_wider(page, width: int) -> bool:
    page.set_viewport_size({"width": width, "height": 900})
    return page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


@pytest.mark.parametrize("name", ["index", *(path.stem for path in LECTURES)])
def test_formulas_are_set_and_the_page_is_not_wider_than_the_window(window, name):
    page, address, elsewhere = window
    assert [*faults_in_sight(page, f"{address}{name}.html")] == [] and elsewhere == []


def test_no_page_of_the_library_is_wider_than_the_window(window, pages):
    page, address, elsewhere = window
    for name in (name for name in pages if name.startswith(("api", "_modules/nnlib"))):
        page.goto(address + name, wait_until="domcontentloaded")
        assert [width for width in WIDTHS if is_wider(page, width)] == [], name
    assert elsewhere == []


def test_a_folded_answer_opens_when_it_is_asked_for(window):
    page, address, _ = window
    page.goto(f"{address}07-backpropagation.html")
    answer = page.locator("article details").first
    assert not answer.locator("p").first.is_visible()
    answer.locator("summary").click()
    assert answer.locator("p").first.is_visible()


@pytest.mark.parametrize(
    ("words", "result"),
    [("momentum", "8 · Why does deeper not"), ("cosine_decay", "nnlib.optimizers.cosine_decay")],
)
def test_a_reader_finds_what_they_search_for(window, words, result):
    page, address, elsewhere = window
    page.goto(f"{address}search.html?q={words}")
    page.locator("#search-results li a", has_text=result).first.wait_for(timeout=20_000)
    assert elsewhere == []


# the checks see what they are for


def test_a_link_that_leads_nowhere_stops_the_build_which_leaves_the_old_site(tmp_path):
    lectures = tmp_path / "course/lectures"
    lectures.mkdir(parents=True)
    (lectures / "README.md").write_text("# Lectures\n\n[1](01-one.ipynb), [2](02-two.ipynb) and [here](#nowhere)\n")
    shutil.copy(LECTURES[0], lectures / "01-one.ipynb")
    (tmp_path / "site").mkdir()
    (tmp_path / "site/old.html").touch()
    run = build(tmp_path / "site", tmp_path / "course")
    assert run.returncode and "02-two.ipynb" in run.stderr and "nowhere" in run.stderr
    assert "01-one" not in run.stderr.replace("source/01-one.ipynb", "")
    assert (tmp_path / "site/old.html").exists() and len([*tmp_path.iterdir()]) == 2


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('<a href="#here">x</a>', ""),
        ('<a href="https://example.org/x">x</a>', ""),
        ('<a href="two.html">x</a>', "one.html leads to two.html"),
        ('<a href="#there">x</a>', "one.html leads to #there"),
        ('<img src="_images/x.png">', "one.html leads to _images/x.png"),
        ('<script src="https://example.org/x.js"></script>', "one.html fetches https://example.org/x.js"),
        ('<link href="//example.org/x.css">', "one.html fetches //example.org/x.css"),
    ],
)
def test_what_leads_nowhere_is_seen(tmp_path, line, fault):
    (tmp_path / "one.html").write_text(f'<p id="here">{line}</p>')
    found = [*broken(tmp_path, read(tmp_path))]
    assert len(found) == bool(fault) and all(each.startswith(fault) for each in found)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (r"\(x\)", []),
        (r"\(\frac{1}\)", ["a formula is not set"]),
        (r"\(x\)" + '<p style="width: 700px">wide</p>', ["wider than 400 pixels"]),
    ],
)
def test_what_a_reader_would_complain_about_is_seen(window, site, body, fault):
    page, address, _ = window
    planted = site / f"planted{len(body)}.html"  # names of their own, for the browser remembers pages
    script = '<script defer src="_static/mathjax/tex-chtml.js"></script>'
    planted.write_text(f'<!doctype html>{script}<span class="math">{body}</span>')
    assert [*faults_in_sight(page, address + planted.name)] == fault


def test_the_alt_text_of_a_figure_moves_to_its_cell():
    figure = new_output("display_data", {"image/png": "iVBO"}, metadata={"image/png": {"alt": "A line that falls."}})
    notebook = described(new_notebook(cells=[new_markdown_cell("# One"), new_code_cell("show()", outputs=[figure])]))
    assert notebook.cells[1].metadata["mystnb"] == {"image": {"alt": "A line that falls."}}
    assert "mystnb" not in notebook.cells[0].metadata
