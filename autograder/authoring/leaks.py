"""What must never reach students, and a search for it in the files they are about to receive.

Secret are the solution and hidden regions of every source notebook, and the lines of every check and of every right or
wrong answer below it. A line counts when it is distinctive: 20 characters or more, no import, and not one that students
are meant to read anyway (stubs, visible tests, nnlib).
"""

import ast
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode

from autograder.notebook.cells import ANSWER, grade_id, kind, released, without_hidden

TRUSTED = Path(__file__).parents[1]
SHORTEST = 20  # characters of a line that can be told from chance
PROSE, CODE, TAUGHT = "prose", "code", "taught"
STRING = re.compile(r'"(?:[^"\\]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"')  # of JSON
MARKERS = ("### BEGIN SOLUTION", "### BEGIN HIDDEN", "### BEGIN MARK SCHEME", "autograder.check")


class Block(NamedTuple):
    """One secret text, such as a solution region or a check, as its distinctive lines."""

    owner: str
    lines: frozenset[str]


class Blocks:
    """Blocks, and where their lines are found, by their first characters: thousands are looked for at once."""

    def __init__(self, blocks: list[Block]):
        self.all = blocks
        self._lines: dict[str, set[str]] = {}
        self._of_line: dict[str, list[int]] = {}
        for number, block in enumerate(blocks):
            for line in block.lines:
                self._lines.setdefault(line[:SHORTEST], set()).add(line)
                self._of_line.setdefault(line, []).append(number)

    def found_in(self, text: str) -> Iterator[tuple[Block, list[str]]]:
        """(a block, its lines that stand in the text), for each block of which there are any."""
        starts = {text[k : k + SHORTEST] for k in range(len(text) - SHORTEST + 1)}
        lines = [line for start in self._lines.keys() & starts for line in self._lines[start] if line in text]
        found: dict[int, list[str]] = {}
        for line in lines:
            for number in self._of_line[line]:
                found.setdefault(number, []).append(line)
        yield from ((self.all[number], found[number]) for number in sorted(found))


class Secrets(NamedTuple):
    blocks: Blocks
    digests: dict[str, str]  # SHA-256 of a trusted file -> its name


class Passage(NamedTuple):
    """A stretch of text in a file for students: a cell, its output, or the file itself."""

    file: str
    place: str
    text: str
    nature: str  # PROSE | CODE of an assignment, or of practice | TAUGHT: any other code


def secrets(sources: dict[str, NotebookNode], public: dict[str, bytes], folders: Iterable[Path] = ()) -> Secrets:
    """All that is secret: in the source notebooks (assignment -> notebook), the checks and the answers beside them.

    `folders` may hold checks/ beside this package's.

    `public` are nnlib's files, name -> bytes: a formula that stands there is no secret (an assignment's allow-list, not
    secrecy, keeps it out of the answers).
    """
    cells = [(name, cell) for name, notebook in sources.items() for cell in notebook.cells]
    shown = [data.decode("utf-8") for name, data in public.items() if name.endswith(".py")]
    shown += [_shown(cell) for _, cell in cells if cell.cell_type == "code"]
    found = [(f"the solution of {grade_id(cell) or 'a cell'} in {name}", _inside(cell.source)) for name, cell in cells]
    files = {name: path.read_bytes() for folder in (*folders, TRUSTED) for name, path in _trusted(folder)}
    for name, data in files.items():
        found += _pieces(name, data.decode("utf-8", "replace"))
    shown = "\n".join(shown)
    blocks = [Block(owner, frozenset(line for line in _lines(text) if line not in shown)) for owner, text in found]
    digests = {_digest(data): name for name, data in files.items() if data}
    return Secrets(Blocks([block for block in blocks if block.lines]), digests)


def _trusted(folder: Path) -> Iterator[tuple[str, Path]]:
    """(name, file) of the checks in a folder."""
    for path in sorted((folder / "checks").rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            name = path.relative_to(folder).as_posix()
            yield f"autograder/{name}" if folder == TRUSTED else name, path


def leaks(files: dict[str, bytes], secret: Secrets) -> Iterator[str]:
    """Each leak in `files` (name -> bytes) as "file, where: what"."""
    passages = [passage for name, data in sorted(files.items()) for passage in _passages(name, data)]
    taught = "\n".join(passage.text for passage in passages if passage.nature == TAUGHT)
    for name, data in sorted(files.items()):
        if _digest(data) in secret.digests:
            yield f"{name}: it is a copy of {secret.digests[_digest(data)]}"
        elif "autograder" in Path(name).parts:
            yield f"{name}: nothing of autograder/ belongs here"
    for passage in passages:
        yield from _markers(passage)
        for block, found in secret.blocks.found_in(passage.text):
            yield from _copied(passage, block, found, taught)


def _markers(passage: Passage) -> Iterator[str]:
    for number, line in enumerate(passage.text.splitlines(), 1):
        for marker in MARKERS:
            if marker in line:
                yield f"{passage.file}, {passage.place}line {number}: `{marker}`"


def _copied(passage: Passage, block: Block, found: list[str], taught: str) -> Iterator[str]:
    """A block's lines that were found in a passage.

    One line is a leak, except in a lecture's code: a gradient step is everybody's, so there it takes three lines and
    half of the block. What a lecture's code teaches may stand in prose as well.
    """
    if passage.nature == PROSE:
        found = [line for line in found if line not in taught]
    if passage.nature == TAUGHT and (len(found) < 3 or 2 * len(found) < len(block.lines)):
        return
    if found:
        line = min(found, key=passage.text.index)
        number = passage.text[: passage.text.index(line)].count("\n") + 1
        yield f"{passage.file}, {passage.place}line {number}: `{line}` is from {block.owner}"


def _passages(name: str, data: bytes) -> Iterator[Passage]:
    """The text of a file, piece by piece; a file that is no text has none."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return
    if name.startswith("practice/"):
        yield Passage(name, "", text, CODE)
        return
    if not name.endswith(".ipynb"):
        text = "\n".join([text, *_strings(name, text)])
        yield Passage(name, "", text, TAUGHT if name.endswith(".py") else PROSE)
        return
    for at, cell in enumerate(nbformat.reads(text, as_version=4).cells, 1):
        nature = PROSE if cell.cell_type != "code" else CODE if grade_id(cell) else TAUGHT
        yield Passage(name, f"cell {at}, ", cell.source, nature)
        yield Passage(name, f"output of cell {at}, ", _printed(cell), PROSE)


def _strings(name: str, text: str) -> list[str]:
    """All strings in a file of JSON, where a quotation mark is not written as such."""
    return [json.loads(string, strict=False) for string in STRING.findall(text)] if name.endswith(".json") else []


def _printed(cell: NotebookNode) -> str:
    """All text in a cell's outputs."""
    texts = []
    for output in cell.get("outputs", ()):
        texts += [output.get("text", ""), *output.get("traceback", ())]
        texts += [text for text in output.get("data", {}).values() if isinstance(text, str)]
    return "\n".join(texts)


def _inside(source: str) -> str:
    """The solution and hidden regions of a cell."""
    return "\n".join(re.findall(r"### BEGIN [A-Z ]+\n(.*?)### END ", source, re.DOTALL))


def _shown(cell: NotebookNode) -> str:
    """A cell of a source notebook as students receive it."""
    return released(cell) if kind(cell) == ANSWER else without_hidden(cell.source)


def _pieces(name: str, text: str) -> Iterator[tuple[str, str]]:
    """A trusted file as (owner, text): each answer, each top-level statement of a check."""
    for chunk in re.split(r"^# %% .*\n", text, flags=re.MULTILINE):
        try:
            statements = ast.parse(chunk).body if name.endswith(".py") else None
        except SyntaxError:  # an answer may be wrong in this way too
            statements = None
        if statements is None:
            yield name, chunk
        else:
            yield from ((name, _code(chunk, statement)) for statement in statements)


def _code(text: str, statement: ast.stmt) -> str:
    """A statement's source; without its docstring, since a check's is the title that students see."""
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        return "\n".join(_code(text, part) for part in statement.body)
    return "" if _is_docstring(statement) else ast.get_source_segment(text, statement) or ""


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _lines(text: str) -> set[str]:
    """The distinctive lines of a text."""
    lines = {line.strip() for line in text.splitlines()}
    return {line for line in lines if len(line) >= SHORTEST and not re.match(r"(import|from) \w", line)}


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
