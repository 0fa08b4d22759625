"""One table of accuracies on the digits grows from lecture 5 to 10: a row has the same numbers wherever it stands."""

import re
from collections import defaultdict

import nbformat
import pytest

from docs.coverage_table import LECTURES

DIGITS = {int(path.name[:2]): path for path in sorted(LECTURES.glob("*.ipynb")) if int(path.name[:2]) >= 5}
HEAD = re.compile(r"^test accuracy, split((?:\s+\d)+)(?!\d)")


def rows(notebook) -> dict[str, list[float]]:
    """The accuracies on splits 0, 1, … that a lecture prints, by the model's name."""
    found = {}
    printed = [out.text for cell in notebook.cells for out in cell.get("outputs", []) if "text" in out]
    for text in filter(HEAD.match, printed):
        splits = len(HEAD.match(text)[1].split())
        for line in text.splitlines()[1:]:
            if row := re.match(rf"(\S.*?)((?:\s+0\.\d{{3}}){{{splits}}})\s", line):
                found[row[1]] = [float(share) for share in row[2].split()]
    return found


def disagreements(lectures: dict[int, dict[str, list[float]]]) -> list[str]:
    """Models with other accuracies on a split than an earlier lecture has."""
    found, first = [], defaultdict(dict)
    for number, table in sorted(lectures.items()):
        for name, shares in table.items():
            for split, share in enumerate(shares):
                before = first[name].setdefault(split, (number, share))
                if before[1] != share:
                    found.append(f"{name}, split {split}: {share} in lecture {number}, {before[1]} in {before[0]}")
    return found


def unfounded(closing: str, lectures: dict[int, dict[str, list[float]]]) -> list[str]:
    """Rows `| lecture | model | accuracies |` with a model or a number, of one split or the mean, that is not there."""
    found = []
    for number, model, said in re.findall(r"^\| (\d+) \| (.+?) \| (.*) \|$", closing, re.MULTILINE):
        shares = lectures.get(int(number), {}).get(model, [])
        known = {round(share, 3) for share in (*shares, *([mean(shares)] if shares else []))}
        numbers = re.findall(r"0\.\d{3}", said)
        found += [f"lecture {number}, {model}: {share}" for share in numbers if float(share) not in known]
        found += [] if shares else [f"lecture {number} has no {model!r}"]
    return found


def mean(shares: list[float]) -> float:
    return sum(shares) / len(shares)


@pytest.fixture(scope="module")
def printed() -> dict[int, dict[str, list[float]]]:
    return {number: rows(nbformat.read(path, as_version=4)) for number, path in DIGITS.items()}


def test_a_model_has_the_same_accuracies_in_every_lecture(printed):
    assert {"softmax regression"} <= set.intersection(*(set(printed[number]) for number in (5, 6, 7, 8, 9)))
    assert disagreements(printed) == []


def test_the_closing_table_quotes_what_the_lectures_found(printed):
    last = nbformat.read(DIGITS[10], as_version=4)
    closing = next(cell.source for cell in last.cells if cell.source.startswith("| lecture | model |"))
    of_others = re.sub(r"^\| 10 \|.*", "", closing, flags=re.MULTILINE)  # its own line it asserts itself
    assert unfounded(of_others, printed) == []


def test_a_row_that_changed_on_its_way_is_seen():
    before = {5: {"softmax regression": [0.953, 0.972]}}
    assert disagreements(before | {6: {"softmax regression": [0.953, 0.972], "MLP": [0.964]}}) == []
    assert len(disagreements(before | {6: {"softmax regression": [0.953, 0.975]}})) == 1


def test_a_number_that_no_lecture_found_is_seen():
    found = {5: {"softmax regression": [0.953, 0.972, 0.989]}}
    assert unfounded("| 5 | softmax regression | 0.953 to 0.989, mean 0.971 |", found) == []
    assert unfounded("| 5 | softmax regression | 0.958 to 0.972 |", found) == ["lecture 5, softmax regression: 0.958"]
    assert unfounded("| 5 | softmax | high |", found) == ["lecture 5 has no 'softmax'"]
    assert len(unfounded("| 7 | softmax regression | 0.953 |", found)) == 2
