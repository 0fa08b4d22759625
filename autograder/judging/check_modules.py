"""The modules in which an assignment's checks are written: found and read without running them, then used."""

import ast
import importlib
import sys
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.util import spec_from_loader
from pathlib import Path
from types import ModuleType

import autograder.checks
from autograder.judging.check import Check


class ChecksError(LookupError):
    """An assignment has no checks, or none that can be used; the text is one sentence."""


def with_imports(name: str, folders: list[Path]) -> Iterator[tuple[str, str]]:
    """(name, source text) of a module of checks and of those that it imports; a course's own come first."""
    todo, done = [name], set()
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


def check_names(tree: ast.Module) -> set[str]:
    """What a module of checks defines or imports by name at its top: among it are its checks."""
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    imports = (alias for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names)
    return functions | {alias.asname or alias.name for alias in imports}


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
    """Whether this is an import that may bring modules of checks along, but not by names that are followed."""
    if isinstance(node, ast.Import):
        return any(f"{alias.name}.".startswith("autograder.checks.") for alias in node.names)
    if not isinstance(node, ast.ImportFrom):
        return False
    names = {alias.name for alias in node.names}
    return bool(
        node.level
        or (node.module == "autograder" and names & {"checks", "*"})
        or (node.module == "autograder.checks" and "*" in names)
    )


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


def checks_of(assignment: str) -> dict[str, Check]:
    """The checks of an assignment by name, each after those it needs.

    Raises ChecksError; they may not need what is no blank, or each other.
    """
    checks = {name: value for name, value in vars(_module(assignment)).items() if isinstance(value, Check)}
    for name, made in checks.items():
        if unknown := sorted(made.needs.keys() - checks.keys()):
            raise ChecksError(f"in {assignment}, {name} needs {', '.join(unknown)}: expected names of blanks.")
    try:
        order = [*TopologicalSorter({name: made.needs for name, made in checks.items()}).static_order()]
    except CycleError as error:
        circle = " → ".join(error.args[1])
        raise ChecksError(f"in {assignment}, blanks need each other in a circle: {circle}.") from None
    return {name: checks[name] for name in order}


def allowed_modules(assignment: str) -> tuple[str, ...]:
    """The modules of nnlib that the assignment may import (ALLOWED in its checks). Raises ChecksError."""
    allowed = getattr(_module(assignment), "ALLOWED", None)
    if not isinstance(allowed, tuple) or not all(isinstance(name, str) for name in allowed):
        raise ChecksError(f"the checks of {assignment} lack ALLOWED: name the modules of nnlib it may import, or ().")
    return allowed


def _module(assignment: str) -> ModuleType:
    name = f"autograder.checks.{assignment.replace('-', '_')}"
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise ChecksError(f"the checks of {assignment} cannot be used: {error}.") from error
        raise ChecksError(f"there are no checks for the assignment {assignment!r}.") from None
    except Exception as error:  # the module is a program
        raise ChecksError(f"the checks of {assignment} cannot be used: {type(error).__name__}: {error}.") from error
