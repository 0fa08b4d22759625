"""What judges an assignment's submissions, as a value that can be sent to a worker, and the hashes that name it."""

import hashlib
import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import metadata
from pathlib import Path

import nbformat

from autograder.course.course import Course
from autograder.course.verdict import Provenance
from autograder.judging.check_modules import ChecksError, blank_of, blanks_of, checks_in
from autograder.judging.variants import decisive
from autograder.notebook import cells

PACKAGE = Path(__file__).parents[1]
OF_ASSIGNMENTS = "checks"  # a folder whose files count where they are used
COMPUTED_WITH = ("numpy", "matplotlib", "ipython")


@dataclass(frozen=True)
class Assignment:
    """An assignment: its source notebook (JSON), the source text of its checks by module name, and whether to judge it
    behind walls. `grader` is the hash of the package that made this, and `place` where that lies: a worker with
    another one must refuse it.
    """

    name: str
    source: str
    checks: Mapping[str, str]
    grader: str
    sandboxed: bool = True
    place: str = str(PACKAGE)

    @cached_property
    def digest(self) -> str:
        """The hash (SHA-256, hex) of what decides a mark: the notebook, the checks, the right answers to its blanks."""
        texts = ((name, decisive(blank_of(self.name, name), text)) for name, text in self.checks.items())
        return _hash([("", self.source), *sorted(texts)])

    def provenance(self, seed: bytes) -> Provenance:
        """What a verdict of this assignment, with this seed of the hidden data, says of itself."""
        return Provenance(self.digest, self.grader, _versions() | {"sandbox": str(self.sandboxed)}, seed.hex())


def trusted(course: Course) -> tuple[Path, ...]:
    """Where checks are looked for: in the course's own folder, which may be private, then in this package."""
    return course.root / "checks", PACKAGE / "checks"


def load_assignment(course: Course, name: str, *, sandboxed: bool = True) -> Assignment:
    """A course's assignment, as it is now. Raises ChecksError, in one sentence, when it has no sound checks."""
    checks = checks_in(name, trusted(course))
    source = course.source(name).read_text(encoding="utf-8")
    _refuse_unchecked(name, source, blanks_of(name, checks))
    return Assignment(name, source, checks, grader_digest(), sandboxed)


def _refuse_unchecked(assignment: str, source: str, checked: list[str]) -> None:
    """Raise ChecksError where a blank has no check: nobody's notebook has run yet."""
    try:
        blanks = [name for name, _ in cells.blanks(nbformat.from_dict(json.loads(source)))]
    except (ValueError, AttributeError):
        raise ChecksError(f"the source notebook of {assignment} is no notebook that can be read.") from None
    if missing := [name for name in blanks if name not in checked]:
        raise ChecksError(
            f"in {assignment}, the blank {missing[0]!r} has no check: write it in checks/{assignment}/{missing[0]}.py."
        )


@cache
def grader_digest() -> str:
    """The hash of this package's own code, of what students get of it, of nnlib, and of what they compute with."""
    ours = [file for file in PACKAGE.rglob("*.py") if file.relative_to(PACKAGE).parts[0] != OF_ASSIGNMENTS]
    files = [*ours, *(PACKAGE.parent / "nnlib").rglob("*.py"), *(PACKAGE.parent / "practice").rglob("*.py")]
    texts = [(file.relative_to(PACKAGE.parent).as_posix(), file.read_text(encoding="utf-8")) for file in files]
    return _hash([*sorted(texts), *sorted(_versions().items())])


@cache
def _versions() -> dict[str, str]:
    return {"python": platform.python_version()} | {name: metadata.version(name) for name in COMPUTED_WITH}


def _hash(pairs: list[tuple[str, str]]) -> str:
    digest = hashlib.sha256()
    for pair in pairs:
        for text in pair:
            data = text.encode()
            digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()
