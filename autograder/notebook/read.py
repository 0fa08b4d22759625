"""The bytes that a student handed in, read as a notebook: what can be opened is opened, and nothing foreign is kept."""

import json

from nbformat import NotebookNode, from_dict

from autograder.course.handed_in import LARGEST_FILE
from autograder.notebook import cells
from autograder.terminal import visible

MOST_CELLS = 5_000
MOST_MARKS = 2_000_000  # what is between them takes up to 100 bytes of memory, however short it is


class Unreadable(Exception):
    """The submitted file cannot be opened as a notebook; the text is one sentence for the student."""


def read_submission(data: bytes, name: str) -> NotebookNode:
    """The submitted bytes as a notebook of format 4.5 without outputs, execution counts and foreign metadata.

    Opens what can be opened: missing or repeated cell ids, broken outputs and older 4.x formats are no obstacle.
    Raises Unreadable, one sentence that names the file, what it holds, and what to hand in instead.
    """
    document = _parse(data, name)
    if not isinstance(document, dict) or not isinstance(document.get("cells", document.get("worksheets")), list):
        raise Unreadable(f"{name} is JSON but not a notebook: hand in the .ipynb file that JupyterLab saved.")
    if document.get("nbformat") != 4 or not isinstance(document.get("cells"), list):
        raise Unreadable(
            f"{name} is a notebook of format {_short(document.get('nbformat'))}, and format 4 is expected: "
            "open it in JupyterLab, save it and hand it in again."
        )
    if not all(isinstance(cell, dict) for cell in document["cells"]):
        raise Unreadable(f"{name} has cells that are not cells: open it in JupyterLab, save it and hand it in again.")
    if len(document["cells"]) > MOST_CELLS:
        raise Unreadable(f"{name} has {len(document['cells'])} cells, and at most {MOST_CELLS} are read: remove some.")
    read = [_read_cell(cell) for cell in document["cells"]]
    return notebook_of({"kernelspec": _kernel(document)}, read)


def _parse(data: bytes, name: str):
    if len(data) > LARGEST_FILE:
        raise Unreadable(
            f"{name} is larger than the {LARGEST_FILE / 1e6:.0f} MB that are read: "
            "clear its outputs and hand it in again."
        )
    if (marks := sum(map(data.count, (b"[", b"{", b",", b":")))) > MOST_MARKS:
        raise Unreadable(
            f"{name} has {marks} brackets, commas and colons, and at most {MOST_MARKS} are read: "
            "clear its outputs and hand it in again."
        )
    if not data.strip():
        raise Unreadable(f"{name} is empty: hand in the notebook itself.")
    try:
        return json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Unreadable(f"{name} is not UTF-8 text, so it is no notebook: hand in the .ipynb file.") from None
    except RecursionError:
        raise Unreadable(f"{name} is nested too deeply to be a notebook: hand in the .ipynb file.") from None
    except json.JSONDecodeError as error:
        raise Unreadable(
            f"{name} is not valid JSON (line {error.lineno}, column {error.colno}): "
            "open it in JupyterLab, save it and hand it in again."
        ) from None
    except ValueError:  # an integer of thousands of digits
        raise Unreadable(f"{name} is not valid JSON: open it in JupyterLab, save it and hand it in again.") from None


def _kernel(document: dict) -> dict:
    metadata = document.get("metadata")
    kernel = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    return {"name": _text(kernel.get("name"))} if isinstance(kernel, dict) else {"name": ""}


def _read_cell(cell: dict) -> NotebookNode:
    """The cell's type, text, id, name and grading settings, and images; whatever else it holds is left behind."""
    given = cells.grading_in(cell.get("metadata"))
    keys = ("grade_id", *cells.GRADING_KEYS)
    kept = {key: given[key] for key in keys if isinstance(given.get(key), str | int | float)}
    cell_type = cell["cell_type"] if cell.get("cell_type") in ("code", "markdown") else "raw"
    cell_id = cell["id"] if isinstance(cell.get("id"), str) else ""
    metadata = {"nbgrader": kept} if kept else {}
    return cell_of(cell_type, cell_id, _text(cell.get("source")), metadata, _images(cell.get("attachments")))


def notebook_of(metadata: dict, found: list[NotebookNode]) -> NotebookNode:
    return NotebookNode(nbformat=4, nbformat_minor=5, metadata=from_dict(metadata), cells=found)


def cell_of(cell_type: str, cell_id: str, text: str, metadata: dict, attachments: dict) -> NotebookNode:
    """A cell of format 4.5 (nbformat's own constructors validate each one, which is slow)."""
    cell = {"cell_type": cell_type, "id": cell_id, "metadata": metadata, "source": text}
    if cell_type == "code":
        cell |= {"execution_count": None, "outputs": []}
    elif attachments:
        cell |= {"attachments": attachments}
    return from_dict(cell)


def _text(value: object) -> str:
    """Notebook text (a string or a list of lines); lone surrogates, which no file can hold, become question marks."""
    if isinstance(value, list):
        value = "".join(line for line in value if isinstance(line, str))
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _images(attachments: object) -> dict:
    """The attachments that are images in base64: {name: {"image/png": text}}."""
    if not isinstance(attachments, dict):
        return {}
    kept = {}
    for name, of_kinds in attachments.items():
        data = of_kinds.items() if isinstance(of_kinds, dict) else ()
        if images := {_text(mime): _text(text) for mime, text in data if mime.startswith("image/") and _text(text)}:
            kept[_text(name)] = images
    return kept


def _short(value: object) -> str:
    return visible(str(value)[:20]) if isinstance(value, str | int | float) else "no number"
