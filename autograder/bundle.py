"""What judges an assignment's submissions, as a value that can be sent to a worker, and the hashes that name it."""

import ast
import hashlib
import json
import platform
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import metadata
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.util import spec_from_loader
from pathlib import Path

import nbformat

import autograder.checks
from autograder import cells
from autograder.course import Course
from autograder.judgement import ChecksError
from autograder.verdict import Provenance

HERE = Path(__file__).parent
COMPUTED_WITH = ("numpy", "matplotlib", "ipython")


@dataclass(frozen=True)
class Bundle:
    """An assignment: its source notebook (JSON), the source text of its checks by module name, and whether to judge it
    behind walls. `grader` is the hash of the package that made the bundle, and `place` where that lies: a worker with
    another one must refuse it.
    """

    assignment: str
    source: str
    checks: Mapping[str, str]
    grader: str
    sandboxed: bool = True
    place: str = str(HERE)

    @cached_property
    def digest(self) -> str:
        """The hash (SHA-256, hex) of the notebook and its checks."""
        return _hash([("", self.source), *sorted(self.checks.items())])

    def provenance(self, seed: bytes) -> Provenance:
        """What a verdict of this bundle, with this seed of the hidden data, says of itself."""
        return Provenance(self.digest, self.grader, _versions() | {"sandbox": str(self.sandboxed)}, seed.hex())


def trusted(course: Course) -> tuple[Path, ...]:
    """Where checks/ and bank/ are looked for: the course's own folder, which may be private, then this package."""
    return course.root, HERE


def bundle(course: Course, assignment: str, *, sandboxed: bool = True) -> Bundle:
    """The bundle of a course's assignment. Raises ChecksError, in one sentence, when it has no sound checks."""
    main = assignment.replace("-", "_")
    folders = [folder / "checks" for folder in trusted(course)]
    checks = dict(_with_imports(main, folders))
    if main not in checks:
        expected = f"expected {main}.py in {folders[0]} or in the package"
        raise ChecksError(f"there are no checks for the assignment {assignment!r}: {expected}.")
    source = course.source(assignment).read_text(encoding="utf-8")
    _refuse_unchecked(assignment, source, checks[main])
    return Bundle(assignment, source, checks, grader_digest(), sandboxed)


def _refuse_unchecked(assignment: str, source: str, checks: str) -> None:
    """Raise ChecksError where a blank has no check: nobody's notebook has run yet."""
    named = set()
    for node in ast.parse(checks).body:
        if isinstance(node, ast.FunctionDef):
            named.add(node.name)
        elif isinstance(node, ast.ImportFrom):
            named |= {alias.asname or alias.name for alias in node.names}
    try:
        blanks = [name for name, _ in cells.blanks(nbformat.from_dict(json.loads(source)))]
    except (ValueError, AttributeError):
        raise ChecksError(f"the source notebook of {assignment} is no notebook that can be read.") from None
    if missing := [name for name in blanks if name not in named]:
        raise ChecksError(
            f"in {assignment}, the blank {missing[0]!r} has no check: write a check function of that name."
        )


def _with_imports(name: str, folders: list[Path]) -> Iterator[tuple[str, str]]:
    """(name, source text) of a module of checks and of those that it imports; a course's own come first."""
    todo, done = [name], {"catalogue"}  # the catalogue is the grader's own
    while todo:
        if (name := todo.pop()) in done:
            continue
        done.add(name)
        path = next((folder / f"{name}.py" for folder in folders if (folder / f"{name}.py").is_file()), None)
        if path is not None:
            text, tree = parsed(path)
            yield name, text
            todo += _imported(path, tree)


def parsed(path: Path) -> tuple[str, ast.Module]:
    """(the text of a module of checks, its syntax tree): it is not run. Raises ChecksError."""
    try:
        text = path.read_text(encoding="utf-8")
        return text, ast.parse(text)
    except SyntaxError as error:
        raise ChecksError(f"the checks {path} are no Python (line {error.lineno}): {error.msg}.") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ChecksError(f"the checks {path} are not UTF-8 text (line {line}): save them as UTF-8.") from None
    except (OSError, ValueError) as error:  # it may not be read, or holds a null character
        raise ChecksError(f"the checks {path} cannot be read: {error}.") from None


def _imported(path: Path, tree: ast.Module) -> Iterator[str]:
    """The modules of autograder.checks that a module imports. Raises ChecksError at imports that hide their names."""
    for node in ast.walk(tree):
        if _hides_modules(node):
            raise ChecksError(
                f"the checks {path} import a module in a form that is not followed (line {node.lineno}): write "
                "`from autograder.checks import name`, or `from autograder.checks.name import …`."
            )
        if isinstance(node, ast.ImportFrom) and node.module == "autograder.checks":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("autograder.checks."):
            yield node.module.split(".")[2]


def _hides_modules(node: ast.AST) -> bool:
    """Whether this is an import that may bring modules of checks along, but not by the names that a bundle follows."""
    if isinstance(node, ast.Import):
        return any(f"{alias.name}.".startswith("autograder.checks.") for alias in node.names)
    if not isinstance(node, ast.ImportFrom):
        return False
    names = {alias.name for alias in node.names}
    return bool(node.level or (node.module == "autograder" and names & {"checks", "*"})
                or (node.module == "autograder.checks" and "*" in names))  # fmt: skip


def use_checks(checks: Mapping[str, str]) -> None:
    """Make these modules (name to source text) those of `autograder.checks` in this process."""
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, _Texts)]
    sys.meta_path.insert(0, _Texts(checks))
    for name in checks:
        sys.modules.pop(f"autograder.checks.{name}", None)
        vars(autograder.checks).pop(name, None)  # else `from autograder.checks import …` finds the old one


class _Texts(MetaPathFinder, InspectLoader):
    """Imports modules of `autograder.checks` from their text: nothing of them is written to a disk."""

    def __init__(self, texts: Mapping[str, str]):
        self._texts = {f"autograder.checks.{name}": text for name, text in texts.items()}

    def find_spec(self, fullname, path=None, target=None):
        return spec_from_loader(fullname, self) if fullname in self._texts else None

    def get_source(self, fullname: str) -> str:
        return self._texts[fullname]


@cache
def grader_digest() -> str:
    """The hash of this package's own code, of nnlib's formulas, and of the versions of what they compute with."""
    files = [*HERE.glob("*.py"), HERE / "checks" / "catalogue.py", *(HERE.parent / "nnlib").glob("*.py")]
    texts = [(f"{file.parent.name}/{file.name}", file.read_text(encoding="utf-8")) for file in files]
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
