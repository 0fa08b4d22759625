"""What students wrote, drew and printed, shown in somebody else's browser."""

import base64
import html
import random
import re
import signal
import struct
import zlib
from html.parser import HTMLParser

import nbformat
import pytest
from nbconvert.filters import Highlight2HTML, ansi2html, markdown2html
from nbconvert.filters.markdown_mistune import InvalidNotebook, markdown2html_mistune
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

from autograder.notebook.showable import (
    ALL_IMAGE_BYTES,
    ALL_OUTPUTS,
    ALL_TEXT,
    MOST_IMAGE_BYTES,
    MOST_LINE,
    MOST_OUTPUTS,
    MOST_OWN,
    MOST_OWN_TEXT,
    MOST_SOURCE,
    MOST_SPACE,
    MOST_TEXT,
    clean_notebook,
    neutral,
)

FLAGS = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
ONE_PIXEL = zlib.compress(b"\0\0")


def png(width=1, height=1, pixels=ONE_PIXEL):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def encoded(data):
    return base64.b64encode(data).decode()


def shown(*cells, metadata=None):
    notebook = clean_notebook(new_notebook(cells=list(cells), metadata=metadata or {}))
    nbformat.validate(notebook)
    return notebook


def shown_outputs(*outputs):
    return shown(new_code_cell(outputs=list(outputs))).cells[0].outputs


def shown_data(**data):
    """The outputs that are left of one display of several forms; `text_html` stands for text/html."""
    bundle = {mime.replace("_", "/", 1): value for mime, value in data.items()}
    return shown_outputs(new_output("display_data", data=bundle))


DANGEROUS = set(  # commands of MathJax that set links and styles, load, define others, or paint over what is not theirs
    "href style class cssId data require unicode mmlToken bbox color textcolor colorbox fcolorbox rule Rule Space kern "
    "hskip mskip mkern hspace mspace raise lower smash llap rlap mathllap mathrlap phantom hphantom vphantom moveleft "
    "moveright vcenter skew sideset uproot leftroot above abovewithdelims genfrac buildrel mathchoice tiny Tiny "
    "scriptsize small large Large LARGE huge Huge def gdef edef let newcommand renewcommand providecommand "
    "newenvironment DeclareMathOperator csname char catcode verb includegraphics negthickspace raisebox".split()
)


class Danger(HTMLParser):
    """Collects what could run or load in a page."""

    SAFE = set("p a em strong code pre h1 h2 ul ol li blockquote br hr div span table thead tbody tr td th".split())

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.found = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        if tag not in self.SAFE:
            self.found.append(tag)
        for name, value in attrs:
            scheme = re.match(r"([a-z][a-z0-9+.-]*):", re.sub(r"[\x00-\x20]", "", value or "").lower())
            odd = scheme and scheme[1] not in ("http", "https", "mailto", "attachment")
            if name.startswith("on") or name == "style" or name in ("href", "src") and odd:
                self.found.append((tag, name, value))

    def handle_data(self, data):
        self.found += [name for name in re.findall(r"\\([A-Za-z]{2,})", data) if name in DANGEROUS]


HOSTILE = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<math><mtext></mtext><mglyph><style><img src=x onerror=alert(1)></style>",
    "<details open ontoggle=alert(1)>x</details>",
    "<a href='javascript:alert(1)'>x</a>",
    "<!--><script>alert(1)</script>-->",
    "<?xml version='1'?><script>alert(1)</script>",
    "</p><script>alert(1)</script>",
    "<style>@import '//evil.example/x.css';</style>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<form action=/formgrader/api/grade/1><input name=manual_score value=50></form>",
    "<base href=//evil.example/>",
    "<x onclick=alert(1)>x</x>",
    "<https://a.example/onmouseover=alert(1)//>",
    "<\x00script>alert(1)</script>",
    "`<script>alert(1)</script>",
    "```\n</code></pre><script>alert(1)</script>\n```",
    "    </code></pre><script>alert(1)</script>",
    "$</script><script>alert(1)</script>$",
    "$$\\text{<img src=x onerror=alert(1)>}$$",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x](<java\nscript:alert(1)>)",
    "[x](javascript\\:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](&#x6A;avascript:alert(1))",
    "[x](&#0000106avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](java&Tab;script:alert(1))",
    "[x](java&NewLine;script:alert(1))",
    "[x](&\\#106;avascript:alert(1))",
    "[x](&amp;#106;avascript:alert(1))",
    "[x](&#1;javascript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "![x](data:image/svg+xml;base64,PHN2Zy8+)",
    "[x][y]\n\n[y]: javascript:alert(1)",
    "[x][y]\n\n[y]: <javascript:alert(1)> 'title'",
    "<javascript:alert(1)>",
    "$\\href{javascript:alert(1)}{x}$",
    "$\\h&#114;ef{x}{y}$",
    "$&bsol;href{x}{y}$",
    "\\\\(\\\\href{x}{y}\\\\)",
    "$\\style{position:fixed;top:0}{x}$",
    "$\\class{btn-danger}{x}$ $\\cssId{save}{x}$",
    "$\\require{action}\\unicode[font]{65}$",
    "$\\mmlToken{mi}[onclick='alert(1)']{x}$",
    "$\\let\\a=\\href \\a{x}{y}$",
    "![x](https://evil.example/x.png)",
    "![x][y]\n\n[y]: https://evil.example/x.png",
    "![y]\n\n[y]: //evil.example/x.png",
    "![y](attachment:a b)\n\n[y]: //evil.example/x.png",
    "[![attachment:](/logout)](https://example.org)",
    *(f"[x]({scheme}:x)" for scheme in ("vscode", "ms-msdt", "file", "smb", "ftp", "tel", "steam", "x-custom+1.0")),
    "[x](VSCode:x)",
    "[x]( vscode:x)",
    "[x](\u00a0vscode:x)",
    "[x](\n  vscode:x)",
    "[x](<vscode:x>)",
    "[x](< vscode:x>)",
    "[x](vs&#99;ode:x)",
    "[x](vscode&colon;x)",
    "[x](vscode\\:x)",
    "[x](ms\\-msdt:x)",
    "[x](httpsx:x)",
    "[x](xhttps:x)",
    "[x](mailto-x:x)",
    "[x](file:///etc/passwd 'title')",
    "> [x](\n> vscode:x)",
    "- [a](\n  vscode:x)",
    "| a |\n|---|\n| [x](vscode:x) |",
    "[x][y]\n\n[y]: vscode:x",
    "[x][y]\n\n[y]:\n   <vscode:x> 'title'",
    "> [x][y]\n>\n> [y]:\n> vscode:x",
    "[x]\n\n[x]:vscode:x",
    "<vscode:x>",
    *(f"$\\{name}{{x}}{{y}}$" for name in sorted(DANGEROUS - {"hspace", "mspace"})),
    "$\\kern-9em x \\raise9em{x}$",
    "$$\\begin{array}{c@{\\hskip-9em}c}\\rlap{a}\\end{array}$$",
    "\\begin{align}\\raise 9em x\\end{align}",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_is_left_in_a_students_markdown(text):
    metadata = {"nbgrader": {**FLAGS, "grade": True, "solution": True, "grade_id": "why"}}
    for cell in shown(new_markdown_cell(text), new_markdown_cell(text, metadata=metadata), new_raw_cell(text)).cells:
        assert cell.cell_type == "markdown"
        assert not Danger(markdown2html(cell.source)).found
        assert not dangerous_characters(cell.source)


def dangerous_characters(text):
    """What the rules promise for any parser: also one that decodes entities twice and takes backslashes out first."""
    decoded = [html.unescape(text), html.unescape(html.unescape(text.replace("\\", "")))]
    schemes = [re.sub(r"[\x00-\x1f\\]", "", each) for each in decoded]
    return (
        re.search(r"<[A-Za-z/!?]", text)
        or not DANGEROUS.isdisjoint(re.findall(r"\\([A-Za-z]{2,})", decoded[0]))
        or any(re.search("(javascript|vbscript|data):", each, re.I) for each in schemes)
    )


@pytest.mark.parametrize("text", [HOSTILE[0], "[x](javascript:alert(1))", "$\\href{x}{y}$", "<a onclick=alert(1)>"])
def test_the_checks_of_this_file_see_what_is_hostile(text):
    assert Danger(markdown2html(text)).found
    assert dangerous_characters(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_cleaning_twice_changes_nothing_more(text):
    assert neutral(neutral(text)) == neutral(text)


@pytest.mark.parametrize(
    "text",
    [
        "Because *it* is **so**: see [the paper](https://example.org/a_b?c=1&d=2#e 'title').",
        "[a](http://a.example) [b](HTTPS://b.example:8080/x:y) [c](mailto:a@b.example) [d](#part:2) [e](/a:b) [f](.)",
        "[g](//g.example/x:y) [h](?a=b:c) [i](attachment:i.png) [j](j.html 'title: x') [k][l]\n\n[l]: https://l.example",
        "Note: `x[i]: int = 3`, d[k](a, b), {'a':1}, X[:,i:j], f:X, https://example.org, the dates: see [1]: it is so.",
        "$\\frac{\\partial J}{\\partial w} = X^\\top \\delta$ and $$\\begin{aligned} a &= b \\\\ c &< d$$",
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n- one\n- two\n\n> quoted",
        "```python\nif a < b and c > 2:\n    print('x &amp y', {'data': 3})\n```",
        "5 < 7 & 7 > 5, a<=b, x <- y, &lt;tag&gt;, caf&eacute;, 3&nbsp;kg, R&D",
        "a | b\n---|---\n1 | 2\n\n---\n\n- one\n\nC# and #3, x! and !x[i]",
    ],
)
def test_ordinary_markdown_is_left_alone(text):
    assert shown(new_markdown_cell(text)).cells[0].source == text


def test_what_must_change_stays_readable():
    assert neutral("$a<b$ and vector<int>, the data: 3") == "$a< b$ and vector< int>, the data : 3"


def test_cells_of_the_assignment_keep_their_html():
    locked = {"nbgrader": {**FLAGS, "locked": True, "grade_id": "intro"}, "deletable": False, "x": 1}
    cell = shown(new_markdown_cell("<b>Read this</b>", metadata=locked)).cells[0]
    assert cell.source == "<b>Read this</b>"
    assert cell.metadata == {"nbgrader": locked["nbgrader"], "deletable": False}


def test_metadata_is_reduced_to_what_is_known():
    cell = new_code_cell(metadata={"x": "<script>", "tags": ["a"]})
    metadata = {
        "kernelspec": {"name": "python3", "display_name": "<script>", "language": "python", "x": 3},
        "language_info": {"name": "python", "codemirror_mode": {"name": "<script>"}},
        "widgets": {"x": 1},
    }
    notebook = shown(cell, metadata=metadata)
    assert notebook.cells[0].metadata == {}
    kernel = {"name": "python3", "display_name": "?script?", "language": "python"}
    assert notebook.metadata == {"kernelspec": kernel, "language_info": {"name": "python"}}


def test_the_notebook_given_is_not_changed():
    code = new_code_cell(outputs=[new_output("stream", text="\x1b[K")])
    notebook = new_notebook(cells=[new_markdown_cell("<b>"), code])
    before = nbformat.writes(notebook)
    clean_notebook(notebook)
    assert nbformat.writes(notebook) == before


def test_a_raw_cell_becomes_a_quotation_it_cannot_leave():
    cell = shown(new_raw_cell("````\n# out", metadata={"raw_mimetype": "text/html"})).cells[0]
    assert (cell.cell_type, cell.source) == ("markdown", "`````\n````\n# \u200bout\n`````")


# --- headings: their text becomes their id in Formgrader's page, where the fields for marks have the names of cells


@pytest.mark.parametrize(
    "text",
    ["# why", "#why", "   ###### why ##", "> ## why", "- # why", "1. # why", "# **w**hy"]
    + ["why\n---", "> why\n> ===", "why \n="],
)
def test_a_heading_is_nobodys_name(text):
    assert "why" in ids(text)
    assert ids(neutral(text)) and "why" not in ids(neutral(text))


def ids(markdown):
    return re.findall(r'id="([^"]*)"', markdown2html(markdown))


def test_a_heading_stays_one():
    assert re.fullmatch("<h2[^>]*>&#8203;Why it is so<a.*</h2>", markdown2html(neutral("## Why it is so")).strip())


# --- attachments and images


def test_an_image_is_one_that_is_attached():
    cell = new_markdown_cell("![a](attachment:a.png) ![b](attachment:b.png) ![c](https://evil.example/c.png)")
    cell.attachments = {"a.png": {"image/png": encoded(png())}}
    shown_cell = shown(cell).cells[0]
    assert shown_cell.source == "![a](attachment:a.png) ! [b](attachment:b.png) ! [c](https://evil.example/c.png)"


def test_formgraders_page_can_be_made_of_an_image_that_is_missing():
    """nbconvert raises where an attachment is missing, and Formgrader then shows no page at all."""
    with pytest.raises(InvalidNotebook):
        markdown2html_mistune("![b](attachment:b.png)")
    assert markdown2html_mistune(neutral("![b](attachment:b.png)"))


def test_attachments_are_png_or_jpeg():
    cell = new_markdown_cell("x")
    jpeg = encoded(b"\xff\xd8\xff\xe0 picture")
    cell.attachments = {
        "a.png": {"image/png": encoded(png())},
        "b.jpg": {"image/jpeg": jpeg},
        "c.svg": {"image/svg+xml": "<svg onload=alert(1)>"},
        "d.png": {"image/png": encoded(b"<svg onload=alert(1)>")},
        '"><script>': {"image/png": encoded(png())},
    }
    assert shown(cell).cells[0].attachments == {"a.png": {"image/png": encoded(png())}, "b.jpg": {"image/jpeg": jpeg}}


def test_a_figure_is_kept():
    (output,) = shown_data(image_png=encoded(png()) + "\n", text_plain="<Figure size 640x480>")
    assert output.data == {"image/png": encoded(png()), "text/plain": "<Figure size 640x480>"}


@pytest.mark.parametrize(
    "image",
    [
        encoded(b"GIF89a"),
        '"><script>alert(1)</script>',
        encoded(png()) + '"><script>',
        encoded(b"\x89PNG\r\n\x1a\n"),
        encoded(png(60_000, 60_000)),
        encoded(png() + bytes(MOST_IMAGE_BYTES)),
    ],
    ids=["gif", "text", "text after", "signature alone", "bomb", "too long"],
)
def test_what_is_no_png_is_removed(image):
    (note,) = shown_data(image_png=image)
    assert note.text == "[output of type image/png removed]\n"


def test_the_images_of_a_cell_are_bounded_together():
    image = encoded(png(pixels=bytes(MOST_IMAGE_BYTES * 3 // 4 // 2)))
    outputs = shown_outputs(*(new_output("display_data", data={"image/png": image}) for _ in range(3)))
    assert [output.output_type for output in outputs] == ["display_data", "stream", "stream"]


def test_the_images_of_a_notebook_are_bounded_together():
    image = {"image/png": encoded(png(pixels=bytes(MOST_IMAGE_BYTES * 3 // 4 - 200)))}
    output = new_output("display_data", data=image)
    attached = new_markdown_cell("![a](attachment:a.png)", attachments={"a.png": image})
    kept = shown(*(new_code_cell(outputs=[output]) for _ in range(40)), attached).cells
    assert len(nbformat.writes(new_notebook(cells=kept))) < ALL_IMAGE_BYTES + 50_000
    assert kept[0].outputs == [output] and kept[1].outputs == [output]
    assert [one.text for one in kept[30].outputs] == ["[output of type image/png removed]\n"]
    assert kept[-1].source == "! [a](attachment:a.png)\n\n[attached images left out: 1]"
    assert "attachments" not in kept[-1]
    kept = shown(*[attached] * 4, new_code_cell(outputs=[output])).cells
    assert ["attachments" in cell for cell in kept] == [True, True, True, False, False]
    assert kept[-1].outputs[0].output_type == "stream"


def test_many_pixels_count_however_few_bytes_they_take():
    outputs = [new_output("display_data", data={"image/png": encoded(png(4_000, 4_000))}) for _ in range(3)]
    kept = shown(*(new_code_cell(outputs=outputs) for _ in range(5))).cells
    drawn = [sum(one.output_type == "display_data" for one in cell.outputs) for cell in kept]
    assert drawn == [2, 2, 2, 0, 0]
    assert shown_data(image_png=encoded(png(8_000, 8_000)))[0].text == "[output of type image/png removed]\n"


def test_the_text_and_the_number_of_all_outputs_are_bounded():
    texts = shown(*(new_code_cell(outputs=[new_output("stream", text="x" * MOST_TEXT)]) for _ in range(20))).cells
    assert sum(len(cell.outputs[0].text) for cell in texts) < ALL_TEXT + 200 * 20
    assert texts[0].outputs[0].text == "x" * MOST_TEXT and texts[-1].outputs[0].text == "[1 more outputs left out]\n"
    empty = new_output("display_data", data={"image/png": encoded(png())})
    many = shown(*(new_code_cell(outputs=[empty] * MOST_OUTPUTS) for _ in range(9))).cells
    assert sum(len(cell.outputs) for cell in many) < ALL_OUTPUTS + 9 + 1
    assert many[-1].outputs[0].text == f"[{MOST_OUTPUTS} more outputs left out]\n"


def test_what_stands_behind_an_image_is_cut_off():
    (output,) = shown_outputs(new_output("display_data", data={"image/png": encoded(png() + b"<script>")}))
    assert output.data["image/png"] == encoded(png())


# --- outputs


@pytest.mark.parametrize(
    ("mime", "value"),
    [
        ("image/svg+xml", "<svg onload=alert(1)>"),
        ("application/javascript", "alert(1)"),
        ("text/latex", "$\\href{javascript:alert(1)}{x}$"),
        ("text/markdown", "<script>alert(1)</script>"),
        ("image/jpeg", "AAAA"),
        ("application/json", {"a": 1}),
        ("application/vnd.jupyter.widget-view+json", {"model_id": "1"}),
    ],
)
def test_other_kinds_of_output_leave_a_note(mime, value):
    outputs = shown_data(text_plain="x", **{mime.replace("/", "_", 1): value})
    assert [output.get("text", output.get("data")) for output in outputs] == [
        {"text/plain": "x"},
        f"[output of type {mime} removed]\n",
    ]


def test_the_note_does_not_repeat_a_hostile_type():
    (note,) = shown_outputs(new_output("display_data", data={"text/<script>": "x"}))
    assert note.text == "[output of type unknown removed]\n"


def test_html_output_is_cleaned():
    table = "<table><tr><td>1 &lt; 2</td></tr></table>"
    hostile = (
        "<script>alert(1)</script><style>*{}</style><td onclick=alert(1) style='x'></td><img src=//evil.example/x>"
        "<a href='java\nscript:alert(1)'>x</a><svg onload=alert(1)></svg>$\\hr<!-- -->ef{x}{y} &#92;style{a}{b}$"
    )
    (output,) = shown_data(text_html=table + hostile, text_plain="t")
    page = output.data["text/html"]
    assert page.startswith("<table><tbody><tr><td>1 &lt; 2</td></tr></tbody></table>")
    assert "evil" not in page and "alert" not in page
    assert not Danger(page).found


def test_a_tag_that_mathjax_reads_over_hides_no_command():
    (output,) = shown_data(text_html="$\\r<wbr>ule{9em}{9em}$ \\sum")
    assert output.data["text/html"] == "$\\ rule{9em}{9em}$ \\sum"


def test_the_result_of_a_cell_keeps_its_number():
    (output,) = shown_outputs(new_output("execute_result", data={"text/plain": "3"}, execution_count=7))
    assert (output.execution_count, output.data) == (7, {"text/plain": "3"})


def test_only_colours_are_left_of_a_terminals_language():
    red = "\x1b[1;31mred\x1b[0m"
    link = "\x1b]8;;javascript:alert(1)\x07link\x1b]8;;\x07"
    text = f"{red}\x1b[2J\x1b[H{link}\x9b31m\x07\x1b(B\x1bP+q\x1b\\\x1b\x1b[Kend"
    (output,) = shown_outputs(new_output("stream", text=text))
    assert output.text == f"{red}link31mBend"


@pytest.mark.parametrize("colour", ["0", "", "1;31", "4;97;107", "38;5;208", "48;2;1;20;255", "1;38;5;9;48;5;0", "39"])
def test_colours_stay(colour):
    text = f"\x1b[{colour}mx\x1b[0m"
    (output,) = shown_outputs(new_output("stream", text=text))
    assert output.text == text and ansi2html(text)


@pytest.mark.parametrize("colour", ["38", "48", "0;38", "038", "1;48", "38;5", "38;2;1;2", "38;38", "38;5;38;48"])
def test_a_colour_that_formgraders_page_could_not_be_made_of_is_removed(colour):
    (output,) = shown_outputs(new_output("stream", text=f"a\x1b[{colour}mb"))
    assert output.text == "ab"


def test_whatever_is_printed_can_be_converted_for_formgrader():
    """nbconvert's ansi2html raises on an unfinished colour, and Formgrader then shows no page at all."""
    with pytest.raises(IndexError):
        ansi2html("\x1b[38m")
    rng = random.Random(0)
    parts = ["0", "1", "5", "2", "7", "38", "48", "038", "31", "255", "256", "9" * 30, "\u0663", "", ":", " ", "\n"]
    ends = ["m"] * 9 + ["K", "", "\x1b", "\x9b"]
    for _ in range(40):
        codes = (";".join(rng.choice(parts) for _ in range(rng.randrange(9))) for _ in range(MOST_OUTPUTS))
        texts = [f"a\x1b[{code}{rng.choice(ends)}b\x1b[{rng.choice(parts)}m" for code in codes]
        half = len(texts) // 2
        outputs = [new_output("stream", text=text * 2) for text in texts[:half]]
        outputs += [new_output("error", traceback=[text, text]) for text in texts[half:]]
        for output in shown_outputs(*outputs):
            kept = output.get("text") or "\n".join(output.traceback)
            assert ansi2html(kept) and ansi2html(f"{kept[: len(kept) // 2]}\n{kept}")


def test_lines_after_an_unfinished_sequence_are_kept():
    (output,) = shown_outputs(new_output("stream", text="\x1b]8;;x\r\nnext\rlast"))
    assert output.text == "\nnext\nlast"


def test_an_error_is_kept_as_text():
    lines = ["\x1b[31mline\x1b[0m", "\x1b[2Jtwo"]
    (output,) = shown_outputs(new_output("error", ename="Value\x1b[2JError", evalue="e" * 5000, traceback=lines))
    assert (output.ename, output.traceback) == ("ValueError", ["\x1b[31mline\x1b[0m", "two"])
    assert len(output.evalue) < 1100


def test_the_text_of_a_cells_outputs_is_bounded():
    outputs = shown_outputs(*(new_output("stream", text="x" * 60_000) for _ in range(5)))
    assert sum(len(output.text) for output in outputs) < MOST_TEXT + 200
    assert outputs[1].text.endswith("[cut here: 20,000 more characters]")
    assert outputs[2].text == "[3 more outputs left out]\n"


def test_the_number_of_outputs_is_bounded():
    outputs = shown_outputs(*(new_output("stream", text="x") for _ in range(MOST_OUTPUTS + 50)))
    assert len(outputs) == MOST_OUTPUTS + 1
    assert outputs[-1].text == "[50 more outputs left out]\n"


def test_a_huge_html_output_leaves_a_note():
    (output,) = shown_data(text_html="<p>" * MOST_TEXT)
    assert output.data["text/html"] == "[HTML output of 300,000 characters removed]"


@pytest.mark.parametrize("make", [new_markdown_cell, new_code_cell, new_raw_cell])
def test_a_students_text_is_bounded(make):
    text = shown(make("x\n" * (MOST_SOURCE // 2) + "y" * 7)).cells[0].source
    assert "[cut here: 7 more characters]" in text
    assert len(text) < MOST_SOURCE + 100


def test_long_lines_of_code_and_long_white_space_are_cut():
    text = shown(new_code_cell("x" * (MOST_LINE + 7) + "\nif x:\n    y" + "\t\n" * MOST_SPACE)).cells[0].source
    assert text.split("x" * MOST_LINE)[1].startswith(" [cut here: 7 more characters]\nif x:\n    y\t\n")
    assert text.endswith("[white space cut here] ") and text.count("\n") == 2 + MOST_SPACE // 2


def test_the_students_own_cells_are_bounded_and_the_assignments_are_not():
    answer = new_markdown_cell("last", metadata={"nbgrader": {**FLAGS, "solution": True, "grade_id": "why"}})
    kept = shown(*(new_code_cell(f"{at}") for at in range(MOST_OWN + 5)), answer).cells
    assert [cell.source for cell in kept[-3:]] == [f"{MOST_OWN - 1}", "last", "[5 more cells left out]"]
    kept = shown(*(new_markdown_cell("x" * MOST_SOURCE) for _ in range(9)), answer).cells
    assert sum(len(cell.source) for cell in kept) < MOST_OWN_TEXT + 100
    assert kept[-1].source == "[4 more cells left out]"


ENDLESS = {  # what the parsers of Formgrader's page read for minutes, or more than once
    "spaces": (new_markdown_cell, "a" + " " * 100_000 + "b"),
    "openings": (new_markdown_cell, "\\\\( " * 20_000),
    "environments": (new_markdown_cell, "\\begin{a}" * 10_000),
    "attributes": (new_code_cell, "a." * 50_000),
    "white space": (new_code_cell, "\t\n" * 50_000),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_what_students_write_is_shown_in_seconds(name):
    make, text = ENDLESS[name]
    rendered(make, shown(make(text)).cells[0].source, within=60)


@pytest.mark.parametrize("name", ["spaces", "white space"])
def test_uncleaned_it_would_not_be(name):
    with pytest.raises(TimeoutError):
        rendered(*ENDLESS[name], within=1)


def rendered(make, text, within):
    """Render a cell's text as Formgrader does; raises TimeoutError after `within` seconds."""

    def stop(*_):
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(within)
    try:
        return Highlight2HTML()(text) if make is new_code_cell else markdown2html(text)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def test_a_students_code_keeps_its_characters():
    code = "if a<b and c>d:\n\tprint('&#106;', f'<b>{x}</b>')  # \\href, data: 3"
    assert shown(new_code_cell(code)).cells[0].source == code
    assert shown(new_code_cell("a = '\x1b[2J\x00'")).cells[0].source == "a = '\ufffd[2J\ufffd'"
