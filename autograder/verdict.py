"""What a judgement says, as values: a Finding, a blank's verdict, a submission's verdict."""

import json
from dataclasses import asdict, dataclass

PASSED, FAILED, UNDECIDED = "passed", "failed", "undecided"


@dataclass(frozen=True)
class Finding:
    """One thing a student is told: what was examined, one clear sentence, Python source to rerun it on public data."""

    property: str
    message: str
    example: str = ""
    diagnosis: str = ""  # a name in the catalogue of mistakes, or nothing


@dataclass(frozen=True)
class BlankVerdict:
    """The outcome of one blank; `grade_id` is its name, its answer cell's grade_id and its check's name.

    `score` lies in [0, points]; it is None when, and only when, the outcome is undecided (staff must look).
    """

    grade_id: str
    points: float
    outcome: str
    score: float | None
    findings: tuple[Finding, ...] = ()
    diagnosis: str = ""
    title: str = ""


@dataclass(frozen=True)
class Verdict:
    """The outcome of one submission. `submission` is the SHA-256 of the submitted bytes, in hex.

    `notes` are about the file as a whole and shown to the student; `staff_notes` are not.
    """

    assignment: str
    student: str
    submission: str
    blanks: tuple[BlankVerdict, ...]
    notes: tuple[str, ...] = ()
    staff_notes: tuple[str, ...] = ()

    @property
    def score(self) -> float:
        """The automatic marks; an undecided blank counts nothing yet."""
        return sum(blank.score or 0.0 for blank in self.blanks)

    @property
    def points(self) -> float:
        """The most that the automatically graded blanks can give."""
        return sum(blank.points for blank in self.blanks)

    def to_json(self) -> str:
        """The verdict as JSON, keys in a fixed order."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Verdict":
        """The verdict that `to_json` wrote."""
        data = json.loads(text)
        blanks = tuple(
            BlankVerdict(**{**blank, "findings": tuple(Finding(**finding) for finding in blank["findings"])})
            for blank in data.pop("blanks")
        )
        return cls(blanks=blanks, **{k: tuple(v) if isinstance(v, list) else v for k, v in data.items()})
