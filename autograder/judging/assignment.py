"""What judges an assignment's submissions, as a value that can be sent to a worker, and the hashes that name it."""

import ast
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
from autograder.judging.check_modules import ChecksError, check_names, with_imports
from autograder.notebook import cells

PACKAGE = Path(__file__).parents[1]
OF_ASSIGNMENTS = "bank", "checks"  # folders whose files count where they are used
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
        """The hash (SHA-256, hex) of the notebook and its checks."""
        return _hash([("", self.source), *sorted(self.checks.items())])

    def provenance(self, seed: bytes) -> Provenance:
        """What a verdict of this assignment, with this seed of the hidden data, says of itself."""
        return Provenance(self.digest, self.grader, _versions() | {"sandbox": str(self.sandboxed)}, seed.hex())


def trusted(course: Course) -> tuple[Path, ...]:
    """Where checks/ and bank/ are looked for: the course's own folder, which may be private, then this package."""
    return course.root, PACKAGE


def load_assignment(course: Course, name: str, *, sandboxed: bool = True) -> Assignment:
    """A course's assignment, as it is now. Raises ChecksError, in one sentence, when it has no sound checks."""
    main = name.replace("-", "_")
    folders = [folder / "checks" for folder in trusted(course)]
    checks = dict(with_imports(main, folders))
    if main not in checks:
        expected = f"expected {main}.py in {folders[0]} or in the package"
        raise ChecksError(f"there are no checks for the assignment {name!r}: {expected}.")
    source = course.source(name).read_text(encoding="utf-8")
    _refuse_unchecked(name, source, checks[main])
    return Assignment(name, source, checks, grader_digest(), sandboxed)


def _refuse_unchecked(assignment: str, source: str, checks: str) -> None:
    """Raise ChecksError where a blank has no check: nobody's notebook has run yet."""
    named = check_names(ast.parse(checks))
    try:
        blanks = [name for name, _ in cells.blanks(nbformat.from_dict(json.loads(source)))]
    except (ValueError, AttributeError):
        raise ChecksError(f"the source notebook of {assignment} is no notebook that can be read.") from None
    if missing := [name for name in blanks if name not in named]:
        raise ChecksError(
            f"in {assignment}, the blank {missing[0]!r} has no check: write a check function of that name."
        )


@cache
def grader_digest() -> str:
    """The hash of this package's own code, of nnlib's formulas, and of the versions of what they compute with."""
    ours = [file for file in PACKAGE.rglob("*.py") if file.relative_to(PACKAGE).parts[0] not in OF_ASSIGNMENTS]
    files = [*ours, *(PACKAGE.parent / "nnlib").rglob("*.py")]
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
