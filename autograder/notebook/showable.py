"""A judged notebook made safe to show: what a student wrote or drew cannot run in the browser of whoever marks it.

Formgrader renders Markdown with raw HTML and MathJax in the instructor's session, so this is done before the notebook
is written. The rules look at characters, not at parsed Markdown: they hold whatever parser comes later.
"""

import base64
import binascii
import html
import re
import struct
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import nh3
from nbformat import NotebookNode, from_dict

from autograder.notebook import cells
from autograder.notebook.formulas import ALLOWED
from autograder.notebook.png import SIGNATURE, image_bytes

MOST_SOURCE = 20_000  # characters shown of one cell; Formgrader's Markdown and Pygments take quadratic time
MOST_SPACE = 200  # characters of white space on end, for which Pygments takes cubic time
MOST_LINE = 2_000  # characters of a line of code
MOST_OWN = 200  # cells of the student's own that are shown, and
MOST_OWN_TEXT = 100_000  # characters of their text together
MOST_TEXT = 100_000  # characters of all outputs of one cell together
MOST_IMAGE_BYTES = 4_000_000  # of one cell, as base64; eight pixels count as a byte, at least
MOST_OUTPUTS = 200  # of one cell
MOST_NOTES = 5  # on one output: it can have a thousand forms
# of all cells together: what a notebook takes on disk, in Formgrader's page and in ours
ALL_TEXT = 1_000_000  # characters of outputs
ALL_IMAGE_BYTES = 12_000_000  # of outputs and attachments, as base64
ALL_OUTPUTS = 1_000

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")  # all but tab and line feed; and lone surrogates
ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)?|[^\x1b])?")
# colours whole: nbconvert's ansi2html raises where 38 or 48 stands last, and Formgrader then shows no page at all
CODE = r"(?:[34]8;(?:5|2;[0-9]{1,3};[0-9]{1,3});[0-9]{1,3}|(?!0*[34]8)[0-9]{0,3})"
COLOUR = re.compile(rf"\x1b\[{CODE}(?:;{CODE}){{0,9}}m")

TAG = re.compile(r"<(?=[A-Za-z/!?])")
ENTITY = re.compile(r"&(?=\\*([#A-Za-z][#A-Za-z0-9;\\]{0,60}))")
HARMLESS = {"<", ">", '"', "'"}  # an escaped character like these stays text
# browsers pass over tabs and line ends inside a scheme, Markdown takes backslashes out
SCHEMES = "|".join(r"[\t\n\\]*".join(word) for word in ("javascript", "vbscript", "data"))
SCHEME = re.compile(rf"({SCHEMES})(?=[\t\n\\]*:)", re.IGNORECASE)
# where a link's destination begins, unless it has one of four schemes, or none; group 1 stands before `(` or `:`
LINK = re.compile(r"(\])(?=[(:][\s<>]*+(?!(?:https?|mailto|attachment):)[^\s<>()/?#]{0,200}:)", re.IGNORECASE)
SHORT_SPACE = re.compile(r"\*?\{[0-9]{0,2}(?:\.[0-9]{1,2})?(?:em|ex|mu|pt|px|mm|cm)\}")
COMMAND = re.compile(r"\\(?=([A-Za-z]{2,}))")
# only an attached image loads nothing from elsewhere; group 1 is its name
IMAGE = re.compile(r"!(?=\[(?:[^\[\]\n]*\]\(attachment:([A-Za-z0-9_.-]+)\))?)")
# a heading's text becomes its id in the page: "# test_x" would take the place of the field for the mark of test_x
HEADING = re.compile(r"^((?:[ \t>*+-]|\d+[.)])*#+[ \t]*)(?=[^\s#\u200b])", re.MULTILINE)
UNDERLINED = re.compile(r"(?<=[^\s\u200b])(?=[ \t]*\n[ \t>*+-]*(?:=+|-+)[ \t]*$)", re.MULTILINE)
SPACE = re.compile(rf"(\s{{{MOST_SPACE}}})\s+")
LINE = re.compile(rf"^(.{{{MOST_LINE}}})(.+)$", re.MULTILINE)

HTML_TAGS = nh3.ALLOWED_TAGS - {"img", "map", "area", "wbr"}  # an image would call home; MathJax reads over a wbr
IMAGES = {"image/png", "image/jpeg"}


def clean_notebook(notebook: NotebookNode) -> NotebookNode:
    """A copy of an executed notebook that can be shown in Formgrader and kept: format 4.5, nbgrader's metadata kept.

    In the student's Markdown raw HTML, links that run or open programs, images from elsewhere and all but the ordinary
    commands of MathJax are broken by a space; raw cells become quoted text; of outputs text, PNG images and cleaned
    HTML stay, the rest leaves a note; sizes are bounded, so that Formgrader shows it within seconds.
    """
    kept = notebook.metadata.keys() & {"kernelspec", "language_info"}
    metadata = {key: _strings(notebook.metadata[key]) for key in sorted(kept)}
    room = _Room(ALL_TEXT, ALL_IMAGE_BYTES, ALL_OUTPUTS)
    found = [_cell(cell, room) for cell in _bounded(notebook.cells)]
    return NotebookNode(nbformat=4, nbformat_minor=5, metadata=from_dict(metadata), cells=found)


@dataclass
class _Room:
    """How much may still be shown: characters of outputs, of images as base64, and outputs."""

    text: int
    images: int
    outputs: int

    def within(self, most: "_Room") -> "_Room":
        return _Room(min(self.text, most.text), min(self.images, most.images), min(self.outputs, most.outputs))

    def take(self, text: int = 0, images: int = 0, outputs: int = 0) -> None:
        self.text, self.images, self.outputs = self.text - text, self.images - images, self.outputs - outputs


def _strings(given: dict) -> dict:
    """The settings that are plain words: name, display_name, language, version, …"""
    words = {key: value for key, value in given.items() if isinstance(value, str)}
    return {key: re.sub(r"[^\w .()+/-]", "?", value)[:80] for key, value in words.items()}


def _bounded(found: list[NotebookNode]) -> Iterator[NotebookNode]:
    """All cells of the assignment, and of the student's own the first ones; a note stands for the rest."""
    own, text, left_out = 0, 0, []
    for cell in found:
        if cells.grade_id(cell) is None:
            own, text = own + 1, text + min(len(cell.source), MOST_SOURCE)
            if own > MOST_OWN or text > MOST_OWN_TEXT:
                left_out.append(cell)
                continue
        yield cell
    if left_out:
        note = f"[{len(left_out):,} more cells left out]"
        yield from_dict({"cell_type": "markdown", "id": left_out[0].id, "metadata": {}, "source": note})


def _cell(cell: NotebookNode, room: _Room) -> NotebookNode:
    theirs = cells.students(cell)
    text = _readable(cell) if theirs else cell.source
    attached = cell.get("attachments", {}) if cell.cell_type == "markdown" else {}
    images = _attachments(attached, room)
    if left_out := len(attached) - len(images):
        text += f"\n\n[attached images left out: {left_out:,}]"
    clean = {"cell_type": cell.cell_type, "id": cell.id, "metadata": _metadata(cell), "source": text}
    if cell.cell_type == "code":
        clean |= {"execution_count": cell.execution_count, "outputs": list(_outputs(cell.outputs, room))}
    elif theirs:
        quoted = _fenced(text) if cell.cell_type == "raw" else text
        clean |= {"cell_type": "markdown", "source": neutral(quoted, images)}
    if images:
        clean["attachments"] = images
    return from_dict(clean)


def _metadata(cell: NotebookNode) -> dict:
    """nbgrader's metadata (the source notebook's own, for a cell of the assignment) and its two locks."""
    if cells.grade_id(cell) is None:
        return {}
    return {key: cell.metadata[key] for key in ("nbgrader", "deletable", "editable") if key in cell.metadata}


def _readable(cell: NotebookNode) -> str:
    """A student's text, with marks where it was cut: whoever shows it does so in seconds and not in hours."""
    text = CONTROL.sub("\N{REPLACEMENT CHARACTER}", _line_ends(cell.source))
    text = SPACE.sub(r"\1[white space cut here] ", text)
    if cell.cell_type == "code":
        text = LINE.sub(lambda match: f"{match[1]} [cut here: {len(match[2]):,} more characters]", text)
    return _cut(text, MOST_SOURCE)


def neutral(text: str, images: Collection[str] = ()) -> str:
    """Markdown in which no raw HTML, no link but to the web, to mail or within, no unusual MathJax command and no image
    but those attached is left.

    The rest reads as before: headings begin or end in a character of no width, so that they are no cell's name.
    """
    text = ENTITY.sub(_entity, text)
    text = LINK.sub(r"\1 ", SCHEME.sub(r"\1 ", TAG.sub("< ", COMMAND.sub(_command, text))))
    text = IMAGE.sub(lambda match: "!" if match[1] in images else "! ", text)
    return UNDERLINED.sub("\u200b", HEADING.sub("\\1\u200b", text))


def _command(match: re.Match) -> str:
    """`\\rule` -> `\\ rule`: only the commands of ordinary mathematics stay commands, and short spaces."""
    short = match[1] in ("hspace", "mspace") and SHORT_SPACE.match(match.string, match.end(1))
    return "\\" if match[1] in ALLOWED or short else "\\ "


def _entity(match: re.Match) -> str:
    """`&#106;` -> `& #106;`: an entity is broken when it spells ASCII that could be part of a scheme or a command.

    Backslashes are looked through, and `&amp;` is broken before a name, in case a parser decodes in several passes.
    """
    name = match[1].replace("\\", "")
    meaning = html.unescape("&" + name)[:1]
    if meaning == "&":
        return "& " if re.match("amp;?.", name, re.IGNORECASE) else "&"
    return "& " if meaning.isascii() and meaning not in HARMLESS else "&"


def _fenced(text: str) -> str:
    """Text as a Markdown code block, whatever back-ticks it holds."""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence}\n{text}\n{fence}"


def _line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _cut(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    return f"{text[:most]}\n[cut here: {len(text) - most:,} more characters]"


def _outputs(outputs: list, room: _Room) -> Iterator[dict]:
    """The outputs that can be shown, in order, within the bounds for one cell and the room in the notebook; what is
    left out leaves a note.
    """
    here = room.within(_Room(MOST_TEXT, MOST_IMAGE_BYTES, MOST_OUTPUTS))
    for number, output in enumerate(outputs):
        if here.outputs <= 0 or here.text <= 0:
            yield _note(f"[{len(outputs) - number:,} more outputs left out]")
            return
        clean, notes = _output(output, here.text, here.images)
        if clean is not None:
            yield clean
        image = (clean or {}).get("data", {}).get("image/png", "")
        for left in (here, room):
            left.take(_text_size(clean or {}), _weight(image), outputs=1)
        yield from map(_note, notes[:MOST_NOTES])


def _note(text: str) -> dict:
    return {"output_type": "stream", "name": "stdout", "text": text + "\n"}


def _text_size(output: dict) -> int:
    data = output.get("data", {})
    texts = [output.get("text", ""), data.get("text/plain", ""), data.get("text/html", "")]
    return sum(map(len, texts)) + sum(map(len, output.get("traceback", [])))


def _output(output: dict, text_left: int, image_left: int) -> tuple[dict | None, list[str]]:
    """(the output as it can be shown or None, notes on what was left out)."""
    kind = output.get("output_type")
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return {"output_type": kind, "name": name, "text": _cut(_plain(_text(output.get("text"))), text_left)}, []
    if kind == "error":
        lines = _cut(_plain("\n".join(map(_text, output.get("traceback", [])))), text_left).split("\n")
        name, value = (_cut(_plain(_text(output.get(key))), 1_000) for key in ("ename", "evalue"))
        return {"output_type": kind, "ename": name, "evalue": value, "traceback": lines}, []
    if kind not in ("execute_result", "display_data"):
        return None, ["[output of an unknown kind removed]"]
    data, notes = _data(output.get("data", {}), text_left, image_left)
    if not data:
        return None, notes
    clean = {"output_type": kind, "data": data, "metadata": {}}
    return clean | ({"execution_count": output.get("execution_count")} if kind == "execute_result" else {}), notes


def _data(data: dict, text_left: int, image_left: int) -> tuple[dict, list[str]]:
    """The forms of one output that can be shown, and a note for each that cannot."""
    shown, notes = {}, []
    for mime, value in data.items():
        if mime == "text/plain":
            shown[mime] = _cut(_plain(_text(value)), text_left)
        elif mime == "text/html":
            shown[mime] = _clean_html(_text(value), text_left)
        elif mime == "image/png" and (image := _image(mime, value, image_left)):
            shown[mime] = image
        else:
            notes.append(f"[output of type {_type(mime)} removed]")
    return shown, notes


def _type(mime: str) -> str:
    return mime if re.fullmatch(r"[\w.+/-]{1,80}", mime, re.ASCII) else "unknown"


def _text(value: object) -> str:
    if isinstance(value, list):
        value = "".join(line for line in value if isinstance(line, str))
    return value if isinstance(value, str) else ""


def _plain(text: str) -> str:
    """Terminal text with no control characters and no escape sequences but colours."""
    text = ESCAPE.sub(lambda match: match[0] if COLOUR.fullmatch(match[0]) else "", _line_ends(text))
    return CONTROL.sub(lambda match: match[0] if match[0] == "\x1b" else "", text)


def _clean_html(text: str, most: int) -> str:
    """HTML without scripts, styles, images and links that run, and, for MathJax reads it later, its commands broken."""
    if len(text) > most:
        return f"[HTML output of {len(text):,} characters removed]"
    clean = nh3.clean(CONTROL.sub("", text), tags=HTML_TAGS, url_schemes={"http", "https", "mailto"})
    return COMMAND.sub(_command, clean)


def _image(mime: str, value: object, most: int) -> str | None:
    """The image in canonical base64 if it is a sound PNG of sane size or a JPEG, and not too long."""
    text = _text(value)
    if len(text) > 2 * most:  # white space between its lines takes less
        return None
    image = base64.b64encode(image_bytes(text) if mime == "image/png" else _jpeg(text)).decode()
    return image if image and _weight(image) <= most else None


def _weight(image: str) -> int:
    """What an image in base64 counts for: its length, or, for a PNG of little but many pixels, an eighth of them."""
    head = base64.b64decode(image[:32])
    width, height = struct.unpack(">II", head[16:24]) if head.startswith(SIGNATURE) else (0, 0)
    return max(len(image), width * height // 8)


def _jpeg(text: str) -> bytes:
    """A JPEG's bytes, by its first ones (it unpacks to little more than its own size), or nothing."""
    try:
        image = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""
    return image if image.startswith(b"\xff\xd8\xff") else b""


def _attachments(attachments: dict, room: _Room) -> dict:
    """The attached PNG and JPEG images under plain names, while there is room."""
    kept, left = {}, min(MOST_IMAGE_BYTES, room.images)
    for name, of_kinds in attachments.items():
        for mime in IMAGES & of_kinds.keys():
            if re.fullmatch(r"[A-Za-z0-9_.-]{1,120}", name) and (image := _image(mime, of_kinds[mime], left)):
                kept.setdefault(name, {})[mime] = image
                left -= _weight(image)
                room.take(images=_weight(image))
    return kept
