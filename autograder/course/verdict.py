"""What judging comes to, as values: a Finding, a blank's verdict, a submission's verdict."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from practice.naming import Finding

PASSED, FAILED, UNDECIDED = "passed", "failed", "undecided"


@dataclass(frozen=True)
class BlankVerdict:
    """The outcome of one blank; `grade_id` is its name, its answer cell's grade_id and its check's name.

    `score` lies in [0, points]; it is None when, and only when, the outcome is undecided (staff must look).
    `sentence` is that of the `diagnosis`, which may stand in the blank's own file alone.
    `followed` names the prerequisites that were answered by the reference, where marks were earned that way.
    """

    grade_id: str
    points: float
    outcome: str
    score: float | None
    findings: tuple[Finding, ...] = ()
    diagnosis: str = ""
    title: str = ""
    followed: tuple[str, ...] = ()
    sentence: str = ""


@dataclass(frozen=True)
class Provenance:
    """What judged a submission: hashes (SHA-256, hex) of the assignment with its checks and of this grader with the
    packages it computes with, their versions, and the seed (hex) of the hidden data."""

    assignment: str
    grader: str
    versions: Mapping[str, str]
    seed: str


@dataclass(frozen=True)
class Verdict:
    """The outcome of one submission. `submission` is the SHA-256 of the submitted bytes, in hex.

    `notes` are about the file as a whole and shown to the student; `staff_notes` are not. `unanswered` names the
    written questions left as they were released.
    """

    assignment: str
    student: str
    submission: str
    blanks: tuple[BlankVerdict, ...]
    notes: tuple[str, ...] = ()
    staff_notes: tuple[str, ...] = ()
    unanswered: tuple[str, ...] = ()
    provenance: Provenance | None = None

    @property
    def score(self) -> float:
        """The automatic marks; an undecided blank counts nothing yet."""
        return sum(blank.score or 0.0 for blank in self.blanks)

    @property
    def points(self) -> float:
        """The most that the automatically graded blanks can give."""
        return sum(blank.points for blank in self.blanks)

    @property
    def unreadable(self) -> bool:
        """Whether the file handed in could not be opened; what the grader itself did not decide has notes for staff."""
        return not self.staff_notes and any(blank.outcome == UNDECIDED for blank in self.blanks)

    @property
    def grader_failed(self) -> bool:
        """Whether the grader itself, not the submission, left something undecided."""
        return bool(self.staff_notes) and any(blank.outcome == UNDECIDED for blank in self.blanks)

    def to_json(self) -> str:
        """The verdict as JSON, keys in a fixed order."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Verdict":
        """The verdict that `to_json` wrote. Raises ValueError, TypeError or KeyError for anything else."""
        data = json.loads(text)
        data["blanks"] = [_blank(blank) for blank in data["blanks"]]
        if data.get("provenance"):
            data["provenance"] = Provenance(**data["provenance"])
        return cls(**_tuples(data))


def _blank(data: dict) -> BlankVerdict:
    return BlankVerdict(**_tuples(data | {"findings": [Finding(**finding) for finding in data["findings"]]}))


def _tuples(data: dict) -> dict:
    """JSON has lists for our tuples."""
    return {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}
