"""Build the site, `build/site`: the lectures with their stored outputs, none of which is run, and nnlib's API.

    python -m docs.site            what follows goes to sphinx-build: python -m docs.site -W

Sphinx reads one folder, in which `stage` lays out what it needs: the lectures side by side, as in `lectures/`, so that
the links between them hold.
"""

import importlib
import pkgutil
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbformat import NotebookNode
from sphinx.cmd.build import build_main

import nnlib

ROOT = Path(__file__).resolve().parent.parent
CONTENTS = """
```{{toctree}}
:hidden:
:caption: Lectures

{lectures}
```

```{{toctree}}
:hidden:
:caption: Library

api
```
"""
API = """# The library nnlib

```{{eval-rst}}
.. automodule:: nnlib
```

| module | |
|---|---|
{rows}

```{{toctree}}
:hidden:

{pages}
```
"""
MODULE = """# nnlib.{name}

```{{eval-rst}}
.. automodule:: nnlib.{name}
```
"""


def build(out: Path, *arguments: str, root: Path = ROOT) -> int:
    """Make `out` the site of the lectures of `root`; returns sphinx-build's exit status, 0 unless it failed.

    Where it fails, what was in `out` stays.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=out.parent) as work:  # not in `out`: myst-nb writes figures beside the site
        source, site = stage(root / "lectures", Path(work, "source")), Path(work, "site")
        settings = ["-q", "-c", str(ROOT / "docs"), "-d", str(Path(work, "doctrees"))]
        failed = build_main([*settings, *arguments, str(source), str(site)])
        if not failed:
            shutil.rmtree(out, ignore_errors=True)
            site.rename(out)
    return failed


def stage(lectures: Path, source: Path) -> Path:
    """Lay out in `source` what the site is made of; returns `source`."""
    (source / "api").mkdir(parents=True)
    for path in lectures.glob("*.py"):  # lectures/README.md links to them
        shutil.copy(path, source)
    notebooks = sorted(lectures.glob("*.ipynb"))
    for path in notebooks:
        nbformat.write(described(nbformat.read(path, as_version=4)), source / path.name)
    start = (lectures / "README.md").read_text(encoding="utf-8")
    pages = {"index": start + CONTENTS.format(lectures="\n".join(path.stem for path in notebooks))} | api_pages()
    for name, text in pages.items():
        (source / f"{name}.md").write_text(text, encoding="utf-8")
    return source


def described(notebook: NotebookNode) -> NotebookNode:
    """The same notebook with the alt text of a figure where myst-nb looks for it: at its cell, not at the output."""
    for cell in notebook.cells:
        kinds = [kind for out in cell.get("outputs", []) for kind in out.get("metadata", {}).values()]
        alt = " ".join(kind["alt"] for kind in kinds if "alt" in kind)
        if alt:
            cell.metadata["mystnb"] = {"image": {"alt": alt}}
    return notebook


def api_pages() -> dict[str, str]:
    """A page for each module of nnlib, by its name, and one that lists them with the first line of each."""
    names = [module.name for module in pkgutil.iter_modules(nnlib.__path__)]
    first = {name: importlib.import_module(f"nnlib.{name}").__doc__.splitlines()[0] for name in names}
    rows = "\n".join(f"| [nnlib.{name}](api/{name}.md) | {line} |" for name, line in first.items())
    pages = "\n".join(f"api/{name}" for name in names)
    return {"api": API.format(rows=rows, pages=pages)} | {f"api/{name}": MODULE.format(name=name) for name in names}


if __name__ == "__main__":
    sys.exit(build(ROOT / "build" / "site", *sys.argv[1:]))
