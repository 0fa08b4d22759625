"""Which lecture and section teaches each row of the syllabus: the coverage table of README.md.

    python -m docs.coverage_table        writes the table anew, between its two markers

A row stands in syllabus/NN.toml, and its id is the tag `row:ID` of the cell that teaches it.
"""

import json
import re
import tomllib
from pathlib import Path

LECTURES = Path(__file__).resolve().parents[1] / "lectures"
README = LECTURES / "README.md"
BEGIN = "<!-- coverage: written by `python -m docs.coverage_table` from syllabus/*.toml and the cells' tags -->"
END = "<!-- end of coverage -->"
HEADING = re.compile(r"^## (.+)$", re.MULTILINE)


def sections(notebook: Path) -> dict[str, list[str]]:
    """The sections that teach each row of a lecture, in order; what stands above the first is the "opening"."""
    found, section = {}, "opening"
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        headings = HEADING.findall("".join(cell["source"])) if cell["cell_type"] == "markdown" else []
        section = headings[0] if headings else section
        for tag in cell["metadata"].get("tags", []):
            if tag.startswith("row:") and section not in found.setdefault(tag.removeprefix("row:"), []):
                found[tag.removeprefix("row:")].append(section)
        section = headings[-1] if headings else section
    return found


def escaped(text: str) -> str:
    """Text that Markdown shows as it is, in a cell of a table."""
    return re.sub(r"([\\`*_<\[\]|$])", r"\\\1", text)


def coverage(folder: Path = LECTURES) -> str:
    """The table, a folded part for each lecture."""
    parts = []
    for notebook in sorted(folder.glob("*.ipynb")):
        number, taught = int(notebook.name[:2]), sections(notebook)
        rows = tomllib.loads((folder / "syllabus" / f"{number:02d}.toml").read_text(encoding="utf-8"))["row"]
        lines = [f"<details><summary>Lecture {number}: {len(rows)} rows</summary>\n"]
        lines += [f"[Lecture {number}]({notebook.name})\n", "| row | section | deck |", "|---|---|---|"]
        for row in rows:
            where = "; ".join(section.replace("*", "") for section in taught[row["id"]])
            lines.append(f"| {escaped(row['topic'])} | {escaped(where)} | {row['deck']} |")
        parts.append("\n".join([*lines, "\n</details>"]))
    return "\n\n".join(parts)


def renewed(text: str, table: str) -> str:
    """The text with this table between the markers."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{table}\n\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    README.write_text(renewed(README.read_text(encoding="utf-8"), coverage()), encoding="utf-8")
