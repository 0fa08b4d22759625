"""What verifying found: a row for each trial, and a table with a line for each blank."""

from collections.abc import Iterable
from dataclasses import dataclass

from autograder.judging.variants import Variant

MOST_KEPT = 0.5  # of its points, by a wrong answer
WHOLE = ("source", "release")  # notebooks as they are


@dataclass(frozen=True)
class Row:
    """What one trial gave, and, where that is not what it must give, the complaint.

    `kind` is "source" or "release" (the whole notebook), "check", "right" or "wrong" (an answer in the blank's file),
    "seeds" (a right one on many fresh inputs), "mutant", "generated" or "held-out". The diagnosis of a mutant is
    "killed", "equivalent" or "survives"; the share is that of the points, or of fresh inputs on which it passed.
    """

    blank: str
    label: str
    kind: str
    share: float | None
    diagnosis: str
    complaint: str = ""


@dataclass(frozen=True)
class Report:
    """The outcome of a verification; `ok` when nothing is to complain of. `remembered` blanks were judged before."""

    assignment: str
    rows: tuple[Row, ...]
    remembered: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return bool(self.rows) and not self.complaints

    @property
    def complaints(self) -> list[Row]:
        return [row for row in self.rows if row.complaint]

    def count(self, kind: str) -> int:
        return sum(row.kind == kind for row in self.rows)

    def summary(self) -> str:
        """One line of counts."""
        source, release = (next((row.share for row in self.rows if row.kind == kind), None) for kind in WHOLE)
        known = sum(blank in self.remembered for blank in self.blanks)
        blanks = f"{len(self.blanks)} blank{'s' * (len(self.blanks) != 1)}"
        return (
            f"{self.assignment}: source {percent(source)}, release {percent(release)}, "
            f"{self.count('right')} right and {self.count('wrong')} wrong variants of {blanks}"
            f"{f' ({known} tried before, and unchanged)' if known else ''}, {len(self.complaints)} not as they must be"
        )

    @property
    def blanks(self) -> list[str]:
        return [*dict.fromkeys(row.blank for row in self.rows if row.blank)]

    def table(self) -> list[dict[str, str]]:
        """A line for each blank, {column: text}: how many are as they must be, of how many."""
        return [self._line(blank) for blank in self.blanks]

    def _line(self, blank: str) -> dict[str, str]:
        return {"blank": blank} | _counts([row for row in self.rows if row.blank == blank])


def totals(reports: list[Report]) -> list[dict[str, str]]:
    """A line for each assignment, {column: text}, and one for all of them."""
    lines = [(report.assignment, len(report.blanks), report.rows) for report in reports]
    lines.append(("all", sum(n for _, n, _ in lines), [row for *_, rows in lines for row in rows]))
    return [{"assignment": name, "blanks": f"{n}"} | _counts(rows) for name, n, rows in lines]


def _counts(rows: Iterable[Row]) -> dict[str, str]:
    of = {}
    for row in rows:
        of.setdefault(row.kind, []).append(row)
    wrong, mutants = of.get("wrong", []) + of.get("generated", []), of.get("mutant", [])
    seeds, held_out = of.get("seeds", []), of.get("held-out", [])
    killed, equivalent = (sum(row.diagnosis == kind for row in mutants) for kind in ("killed", "equivalent"))
    return {
        "right": _good(of.get("right", [])),
        "wrong": _good(wrong),
        "named": _good(row for row in wrong if row.diagnosis),
        "mutants": f"{killed}/{len(mutants)}",
        "same": f"{equivalent}",
        "false fails": f"{sum(row.share < 1 for row in seeds)}/{len(seeds)}",
        "wrong name": f"{sum(bool(row.complaint) for row in held_out)}/{len(held_out)}",
    }


def _good(rows: Iterable[Row]) -> str:
    rows = [*rows]
    return f"{sum(not row.complaint for row in rows)}/{len(rows)}"


def complaint(variant: Variant, share: float, diagnosis: str) -> str:
    """What is wrong with this share of the points and diagnosis of an answer; "" for nothing."""
    if abs(share - variant.keeps) > 1e-9:
        return f"got {percent(share)}, must get {percent(variant.keeps)}"
    if not variant.right and share > MOST_KEPT:
        return f"a wrong answer keeps {percent(share)}, at most half is allowed"
    if not variant.right and diagnosis != variant.diagnosis:
        return f"diagnosed {diagnosis or 'nothing'}, must be {variant.diagnosis or 'nothing'}"
    return ""


def percent(share: float | None) -> str:
    return "undecided" if share is None else f"{100 * share:.4g} %"
