"""Sphinx's settings for the site that `docs.site` stages and builds."""

import re

import nnlib

project = "Neural networks from first principles"
copyright = "the course authors"
version = release = nnlib.__version__

extensions = [
    *("myst_nb", "sphinx.ext.autodoc", "sphinx.ext.viewcode"),
    "sphinx-mathjax-offline",  # MathJax comes along: the site asks no other server for anything
]
nb_execution_mode = "off"
# what Jupyter reads as text is text: roles, targets, comments and blocks are MyST's alone
myst_disable_syntax = ["myst_role", "myst_target", "myst_line_comment", "myst_block_break"]
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_dmath_double_inline = True
myst_heading_anchors = 3
autodoc_default_options = {"members": True, "member-order": "bysource", "show-inheritance": True}
smartquotes = False  # f'(x) is a derivative
autodoc_preserve_defaults = True

html_theme = "sphinx_book_theme"
html_title = project
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_theme_options = {
    "footer_content_items": ["copyright.html"],
    "navbar_persistent": [],  # the sidebar has the search
    "show_toc_level": 2,
    "use_download_button": False,
}
html_context = {"default_mode": "auto"}


def as_rst(text: str) -> str:
    """A docstring of nnlib, which is plain text, as reStructuredText: `code` as code, what is indented as it stands."""
    blocks = re.split(r"\n\n+", text.strip("\n"))
    return "\n\n".join(_as_it_stands(block) if block.startswith("  ") else _as_prose(block) for block in blocks)


def _as_it_stands(block: str) -> str:
    return ".. code-block:: text\n\n" + "\n".join("   " + line for line in block.splitlines())


def _as_prose(block: str) -> str:
    parts = re.split(r"(`[^`]+`)", block)
    return "".join(f"`{part}`" if k % 2 else re.sub(r"([\\*|_])", r"\\\1", part) for k, part in enumerate(parts))


def setup(app):
    def process(app, what, name, thing, options, lines):
        lines[:] = as_rst("\n".join(lines)).splitlines()

    app.connect("autodoc-process-docstring", process)
