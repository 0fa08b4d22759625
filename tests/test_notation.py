"""One letter, one meaning, in all ten lectures: what the glossary of lectures/README.md promises."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from lectures import figures

HERE = Path(figures.__file__).parent
README = (HERE / "README.md").read_text(encoding="utf-8")
LECTURES = sorted(HERE.glob("*.ipynb"))
RULES = tomllib.loads((Path(__file__).parent / "clashes.toml").read_text(encoding="utf-8"))["clash"]
OTHERS_LETTERS = {"row:L1-rosetta", "row:L7-csc321-pass"}  # cells that show how the decks write it
NEVER_BORROWED = {"H", "J", "L", "m"}  # and the Greek letters but θ

every_lecture = pytest.mark.parametrize("path", LECTURES, ids=lambda path: path.stem)

# letters in a formula

NAMES = re.compile(r"\\(?:text|operatorname|mathrm|mathit|begin|end)\*?\s*\{[^{}]*\}|_\{(?:in|out|[A-Z]{2})\}")
GREEK = (
    r"\\(?:alpha|beta|gamma|[dD]elta|(?:var)?epsilon|eta|theta|kappa|lambda|mu|xi|pi|rho|sigma|tau|(?:var)?phi|psi|omega"
    r"|ell)"
)
LETTER = re.compile(rf"({GREEK})(?![a-zA-Z])|\\mathbb\s*\{{?\s*([A-Z])|\\[a-zA-Z]+|([a-zA-Z])")


def formulas(text: str) -> list[str]:
    without_code = re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL)
    return [a or b for a, b in re.findall(r"\$\$(.+?)\$\$|\$(.+?)\$", without_code, re.DOTALL)]


def letters(tex: str) -> set[str]:
    r"""The letters of a formula, bare of accents and indices: \hat y_k has y and k."""
    found = LETTER.findall(NAMES.sub(" ", tex.replace(r"\epsilon", r"\varepsilon")))
    return {greek or (board and rf"\mathbb {board}") or latin for greek, board, latin in found} - {""}


def texts(notebook: NotebookNode) -> list[tuple[str, str, str]]:
    """(id, type, source) of the cells that speak in the course's own notation."""
    cells = [cell for cell in notebook.cells if not OTHERS_LETTERS & set(cell.metadata.get("tags", []))]
    return [(cell.get("id", "?"), cell.cell_type, cell.source) for cell in cells]


def formulas_of(notebook: NotebookNode) -> list[str]:
    return [tex for _, kind, source in texts(notebook) if kind == "markdown" for tex in formulas(source)]


# the glossary


def table(header: str) -> list[list[str]]:
    """The rows of README's table that begins with this header."""
    lines = README.partition(f"\n{header}")[2].splitlines()[2:]
    rows = lines[: next(k for k, line in enumerate(lines) if not line.startswith("|"))]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def defined(text: str) -> list[str]:
    """The symbols that stand in formulas before an equals sign, or alone."""
    parts = [part for tex in formulas(text) for part in tex.split(",")]
    return [re.split(r"=|\\triangleq", part)[0].strip() for part in parts]


def bare(symbol: str) -> str:
    r"""Without indices: W_{ij} is W, \hat y stays."""
    return re.split(r"[_^]", symbol)[0].strip()


GLOSSARY = {row[0].strip("$"): row[1:] for row in table("| symbol |")}  # symbol: name, code, shape, colour, lecture
LOCAL = {int(number): set().union(*map(letters, defined(said))) for number, said in table("| lecture | letters")}
USUAL = set().union(*map(letters, formulas(re.search(r"Usual mathematics: (.*)", README)[1])))


def base(symbol: str) -> str:
    return next(iter(letters(symbol.partition("_")[0].partition("^")[0])))


INDEXED = {
    r"\varepsilon_0": r"\\varepsilon_0",
    r"\varepsilon_\text{mach}": r"\\varepsilon_\\text\{mach",
    "A^{(l)}": r"A\^\{\(",
    "s_l": r"(?<!\w)s_\{?l",
    r"\hat y": r"\\hat\s*\{?\s*y",
}


def stands(symbol: str, tex: str) -> bool:
    r"""Whether a formula has this symbol: \varepsilon only without an index, A^{(l)} with any layer."""
    if symbol in INDEXED:
        return bool(re.search(INDEXED[symbol], tex))
    return base(symbol) in letters(re.sub(r"\\varepsilon_(0|\\text\{mach\})|\\(hat|bar|tilde)\s*\{?\s*\\?\w+", "", tex))


# the rules


def clashes(notebook: NotebookNode, lecture: int) -> Iterator[str]:
    """Letters and words that stand for something else than the glossary says, with their cell."""
    for identifier, _, source in texts(notebook):
        for rule in RULES:
            if lecture not in rule.get("lectures", ()):
                for hit in re.finditer("|".join(rule["finds"]), source, re.MULTILINE):
                    yield f"{identifier}: {rule['name']}: …{around(source, hit)}…"


def around(text: str, hit: re.Match) -> str:
    return text[max(0, hit.start() - 25) : hit.end() + 25]


def strangers(notebook: NotebookNode, lecture: int) -> set[str]:
    """Letters of a lecture's formulas that neither the glossary nor its list for this lecture explains."""
    known = set(map(base, GLOSSARY)) | USUAL | LOCAL.get(lecture, set())
    return set().union(*map(letters, formulas_of(notebook))) - known


def misnamed(notebook: NotebookNode) -> Iterator[str]:
    """Rows of a lecture's own tables of symbols that share no word with the glossary's name."""
    for identifier, kind, source in texts(notebook):
        if kind == "markdown" and re.search(r"^\| symbol \|", source, re.MULTILINE):
            for symbols, meaning in re.findall(r"^\| (.*?\$.*?) \| (.*?) \|", source, re.MULTILINE):
                for symbol in defined(symbols):
                    name = GLOSSARY.get(symbol, GLOSSARY.get(bare(symbol), [meaning]))[0]
                    if not beginnings(name) & beginnings(meaning):
                        yield f"{identifier}: {symbol} is {meaning!r}, in the glossary {name!r}"


def beginnings(text: str) -> set[str]:
    """The first four letters of its words: bias and biases are one."""
    return set(re.findall(r"\b[a-z]{4}", text.lower()))


@every_lecture
def test_a_letter_or_word_has_one_meaning(path):
    assert list(clashes(nbformat.read(path, as_version=4), int(path.name[:2]))) == []


@every_lecture
def test_a_letter_has_the_same_meaning_in_figures(path):
    drawn = new_notebook(cells=[new_code_cell((HERE / f"figures_{path.name[:2]}.py").read_text(encoding="utf-8"))])
    assert list(clashes(drawn, int(path.name[:2]))) == []


@every_lecture
def test_every_letter_of_a_formula_is_explained(path):
    assert strangers(nbformat.read(path, as_version=4), int(path.name[:2])) == set()


@every_lecture
def test_a_lecture_s_own_table_of_symbols_says_what_the_glossary_says(path):
    assert list(misnamed(nbformat.read(path, as_version=4))) == []


@pytest.mark.parametrize("symbol", GLOSSARY)
def test_a_symbol_comes_first_in_the_lecture_that_the_glossary_names(symbol):
    said = int(GLOSSARY[symbol][-1])
    having = [
        int(path.name[:2])
        for path in LECTURES
        if any(stands(symbol, tex) for tex in formulas_of(nbformat.read(path, 4)))
    ]
    borrowed = [lecture for lecture in having if symbol == bare(symbol) and base(symbol) in LOCAL[lecture]]
    assert min(set(having) - set(borrowed)) == said


def test_the_glossary_s_colours_are_those_of_figures():
    known = {name for name in vars(figures) if name.isupper()} | set(figures.MATRIX_FILL)
    assert {word for entry in GLOSSARY.values() for word in re.findall(r"`(\w+)`", entry[3])} <= known


def test_the_glossary_s_names_are_those_of_the_code():
    cells = [cell for path in LECTURES for cell in nbformat.read(path, as_version=4).cells]
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    names = {name for entry in GLOSSARY.values() for name in re.findall(r"`([\w.]+)[`(]", entry[1])}
    assert [name for name in names if not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", code)] == []


def test_reserved_letters_are_not_borrowed():
    reserved = {base(symbol) for symbol in GLOSSARY if base(symbol).startswith("\\") and base(symbol) != r"\theta"}
    assert not (reserved | NEVER_BORROWED) & set().union(*LOCAL.values())
    assert len(table("| symbol |")) == len(GLOSSARY)  # no symbol twice


def lecture_of(*sources: str, code: str = "x = 1") -> NotebookNode:
    return new_notebook(cells=[*map(new_markdown_cell, sources), new_code_cell(code)])


def cases(key: str) -> list:
    """Each rule with each of its words that are `caught` or `fine`, and a lecture to put them in."""
    lectures = {"caught": lambda rule: 1, "fine": lambda rule: rule.get("lectures", [1])[0]}
    return [
        pytest.param(rule["name"], text, lectures[key](rule), id=f"{rule['name']}: {text}")
        for rule in RULES
        for text in rule[key]
    ]


@pytest.mark.parametrize(("name", "text", "lecture"), cases("caught"))
def test_a_clash_is_seen(name, text, lecture):
    for notebook in (lecture_of(text), lecture_of(code=text)):
        assert any(f": {name}: " in found for found in clashes(notebook, lecture))


@pytest.mark.parametrize(("name", "text", "lecture"), cases("fine"))
def test_a_right_use_is_no_clash(name, text, lecture):
    assert not any(f": {name}: " in found for found in clashes(lecture_of(text), lecture))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["name"])
def test_each_pattern_of_a_rule_finds_something(rule):
    assert [pattern for pattern in rule["finds"] if not any(re.search(pattern, text) for text in rule["caught"])] == []


def test_a_letter_that_nobody_explains_is_seen():
    assert strangers(lecture_of(r"$Q = \omega X$"), 1) == {"Q", r"\omega"}
    assert strangers(lecture_of(r"$z = w^\top x + b$, `Q`, $\operatorname{relu}(z)$"), 1) == set()


def test_a_table_that_names_a_letter_otherwise_is_seen():
    head = "| symbol | meaning |\n|---|---|\n"
    assert list(misnamed(lecture_of(head + r"| $\varepsilon$ | the small number under a root |")))
    assert list(misnamed(lecture_of(head + r"| $x, \lambda$ | an input; an eigenvalue |")))
    assert not list(misnamed(lecture_of(head + r"| $\varepsilon$, `lr` | learning rate |")))
