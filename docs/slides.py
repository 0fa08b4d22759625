"""Make slides of the lectures, `build/slides`: nbconvert's, on reveal.js, from the stored outputs.

    python -m docs.slides

`dealt` decides where a slide begins. A cell with slide metadata of its own (JupyterLab: Property Inspector, Slide Type)
keeps it, and is neither cut nor folded.
"""

import importlib
import re
import shutil
import struct
from base64 import b64decode
from importlib.resources import files
from math import ceil
from pathlib import Path

import nbformat
from nbconvert import SlidesExporter
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = Path(__file__).parent / "slides_template"
WIDTH, HEIGHT, PADDING = 1280, 720, 44  # of a slide, in pixels; so are the sizes below: they follow slides.css
LINE, CODE_LINE, ROW, FORMULA, GAP = 33, 21, 41, 80, 14
CHARACTERS = 96  # of text on a line
PICTURE = (1200, 450)  # at most
BROKEN_BY = (("$$", "$$"), ("```", "```"), ("<details>", "</details>"))


def make(out: Path, root: Path = ROOT) -> list[Path]:
    """Write a page of slides for each lecture of `root` into the folder `out`; returns their paths."""
    exporter = SlidesExporter(template_name=TEMPLATE.name, extra_template_basedirs=[str(TEMPLATE.parent)])
    exporter.reveal_url_prefix, exporter.reveal_theme, exporter.reveal_number = "reveal.js", "white", "h.v"
    exporter.reveal_width, exporter.reveal_height = str(WIDTH), str(HEIGHT)
    shutil.rmtree(out, ignore_errors=True)
    copy_assets(out)
    pages = {path: out / f"{path.stem}.slides.html" for path in sorted((root / "lectures").glob("*.ipynb"))}
    for path, page in pages.items():
        text, _ = exporter.from_notebook_node(
            dealt(nbformat.read(path, as_version=4)), {"metadata": {"name": path.stem}}
        )
        page.write_text(text, encoding="utf-8")
    return [*pages.values()]


def copy_assets(out: Path) -> None:
    """MathJax, reveal.js and the style sheet, beside the pages: they ask no other server for anything."""
    mathjax = Path(importlib.import_module("sphinx-mathjax-offline").__file__).parent / "static/mathjax"
    shutil.copytree(mathjax, out / "mathjax")
    shutil.copytree(files("sphinx_revealjs") / "_static/revealjs", out / "reveal.js")
    shutil.copy(TEMPLATE / "slides.css", out)


def dealt(notebook: NotebookNode) -> NotebookNode:
    """The same notebook cut into slides: a section is a slide, and goes on below it while it is long."""
    cells, room = [], 0.0
    for unit in units(part for cell in notebook.cells for part in parts(cell)):
        needed = sum(height(cell) for cell in unit)
        types = [slide_type(unit[0], needed > room)] + ["-"] * (len(unit) - 1)
        for cell, kind in zip(unit, types, strict=True):
            cell.metadata.setdefault("slideshow", {"slide_type": kind})
        begins = unit[0].metadata["slideshow"].get("slide_type") in ("slide", "subslide")
        room = (HEIGHT - PADDING if begins else room) - needed
        cells += unit
    return NotebookNode(notebook, cells=cells)


def slide_type(first: NotebookNode, is_full: bool) -> str:
    if heading(first) in (1, 2):
        return "slide"
    return "subslide" if is_full or heading(first) else "-"


def parts(cell: NotebookNode) -> list[NotebookNode]:
    """A cell of text as a cell for each block; a cell of code, folded where a figure or the slide wants the room."""
    if "slideshow" in cell.metadata:
        return [cell]
    if cell.cell_type == "markdown":
        return [new_markdown_cell(block) for block in blocks(cell.source)]
    imports = not cell.outputs and cell.source.startswith(("import ", "from "))
    cell.metadata["folded"] = imports or has_picture(cell) or height(cell) > HEIGHT - PADDING
    return [cell]


def blocks(text: str) -> list[str]:
    """Text cut at its blank lines, but not within a formula, a fence, a folded answer or an item of a list."""
    found: list[str] = []
    for block in re.split(r"\n\s*?\n", text.strip()):
        if found and (block[:1].isspace() or any(is_open(found[-1], *marks) for marks in BROKEN_BY)):
            found[-1] += "\n\n" + block
        else:
            found.append(block)
    return found


def is_open(text: str, begin: str, end: str) -> bool:
    return bool(text.count(begin) % 2) if begin == end else text.count(begin) > text.count(end)


def units(cells) -> list[list[NotebookNode]]:
    """Cells that belong on one slide: heading and next, figure and caption, question and answer."""
    found: list[list[NotebookNode]] = []
    for cell in cells:
        if found and belongs(cell, found[-1][-1]):
            found[-1].append(cell)
        else:
            found.append([cell])
    return found


def belongs(cell: NotebookNode, before: NotebookNode) -> bool:
    if heading(cell) or "slideshow" in cell.metadata:
        return False
    caption = has_picture(before) and re.match(r"\*Figure \d", cell.source)
    said = before.cell_type == "markdown" and before.source.endswith((":", ","))
    return bool(heading(before) or caption or said or cell.source.startswith("<details>"))


def heading(cell: NotebookNode) -> int:
    """The level of the heading that a cell begins with, 0 for none."""
    found = re.match(r"(#+) ", cell.source) if cell.cell_type == "markdown" else None
    return len(found[1]) if found else 0


def has_picture(cell: NotebookNode) -> bool:
    return any(kind.startswith("image/") for out in cell.get("outputs", []) for kind in out.get("data", {}))


def height(cell: NotebookNode) -> float:
    """About how many pixels of a slide a cell takes."""
    if cell.cell_type != "code":
        return text_height(cell.source)
    code = LINE if cell.metadata.get("folded") else CODE_LINE * (cell.source.count("\n") + 1) + 2 * GAP
    return code + sum(output_height(out) for out in cell.outputs)


def text_height(text: str) -> float:
    """Of one block: a heading, a table, or lines with formulas; a folded answer is a line."""
    text, answers = re.subn(r"<details>.*?</details>", "", text, flags=re.DOTALL)
    if text.startswith("#"):
        return 62
    if text.startswith("|"):
        return ROW * text.count("\n") + GAP
    formulas = re.findall(r"\$\$(.*?)\$\$", text, flags=re.DOTALL)
    words = re.sub(r"\\[a-zA-Z]+|[{}$*\\]", "", re.sub(r"\$\$.*?\$\$", "\n", text, flags=re.DOTALL))
    lines = sum(ceil(len(line) / CHARACTERS) for line in words.splitlines())
    return (
        LINE * lines + GAP + (LINE + 2 * GAP) * answers + sum(FORMULA + LINE * each.count(r"\\") for each in formulas)
    )


def output_height(out: NotebookNode) -> float:
    if "image/png" in out.get("data", {}):
        wide, high = struct.unpack(">II", b64decode(out.data["image/png"])[16:24])  # from the picture's header
        return high * min(1, PICTURE[0] / wide, PICTURE[1] / high) + GAP
    return PICTURE[1] if "data" in out else CODE_LINE * (out.get("text", "").count("\n") + 1) + GAP


if __name__ == "__main__":
    make(ROOT / "build" / "slides")
