"""The files in which an assignment's checks are written: found and read without running them, then used.

They are modules of `autograder.checks`: the folder "a1-neuron" of its assignment, with what its blanks share in
`__init__.py`, a file in it for each blank, and files beside the folders that any of these import by name.
"""

import ast
import importlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.util import spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

import autograder.checks
from autograder.judging.check import Check
from autograder.judging.variants import MarkerError, Variant, check_part, same, variants
from practice.cases import DIAGNOSE, MODES

HOME = Path(autograder.checks.__file__).parent


class ChecksError(LookupError):
    """An assignment has no checks, or none that can be used; the text is one sentence."""


# found and read


def checks_in(assignment: str, folders: Iterable[Path] = (HOME,)) -> dict[str, str]:
    """{module: source text} of an assignment's checks and of what they import, from the first of `folders` that has
    them; other modules come from the first that has those. Nothing is run. Raises ChecksError.
    """
    folders = [*folders]
    home = next((folder / assignment for folder in folders if any((folder / assignment).glob("*.py"))), None)
    if home is None:
        expected = f"expected a folder {assignment} in {folders[0]} or in the package"
        raise ChecksError(f"there are no checks for the assignment {assignment!r}: {expected}.")
    todo = {_module_name(assignment, path): path for path in sorted(home.glob("*.py"))}
    found = {}
    while todo:
        name, path = todo.popitem()
        found[name], tree = _parsed(path, blank_of(assignment, name))
        for other in _imported(path, tree, inside=path.parent == home):
            beside = next((folder / f"{other}.py" for folder in folders if (folder / f"{other}.py").is_file()), None)
            if beside is not None and other not in found:
                todo[other] = beside
    return dict(sorted(found.items()))


def _module_name(assignment: str, path: Path) -> str:
    return assignment if path.stem == "__init__" else f"{assignment}.{path.stem}"


def blanks_of(assignment: str, checks: Mapping[str, str]) -> list[str]:
    """The blanks for which there is a file."""
    return [blank for name in checks if (blank := blank_of(assignment, name))]


def blank_of(assignment: str, name: str) -> str:
    """The blank that a module is of; "" where it is of none."""
    return name.removeprefix(f"{assignment}.") if name.startswith(f"{assignment}.") else ""


def _parsed(path: Path, blank: str) -> tuple[str, ast.Module]:
    """(the text of a module of checks, the syntax tree of what stands above its answers): it is not run."""
    try:
        text = path.read_text(encoding="utf-8-sig")  # some editors write a mark before the first line
        variants(blank, text)
        return text, ast.parse(check_part(text))
    except SyntaxError as error:
        raise ChecksError(f"the checks {path} are no Python (line {error.lineno}): {error.msg}.") from None
    except MarkerError as error:
        raise ChecksError(f"the checks {path} cannot be used: {error}.") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ChecksError(f"the checks {path} are not UTF-8 text (line {line}): save them as UTF-8.") from None
    except (OSError, ValueError) as error:  # it may not be read, or holds a null character
        raise ChecksError(f"the checks {path} cannot be read: {error}.") from None


def _imported(path: Path, tree: ast.Module, inside: bool) -> Iterator[str]:
    """The modules beside the folders that a module imports. Raises ChecksError at imports that hide their names."""
    for node in ast.walk(tree):
        if _hides_modules(node, inside):
            raise ChecksError(
                f"the checks {path} import a module in a form that is not followed (line {node.lineno}): write "
                "`from autograder.checks import name`, or `from autograder.checks.name import …`."
            )
        if isinstance(node, ast.ImportFrom) and node.module == "autograder.checks":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("autograder.checks."):
            yield node.module.split(".")[2]


def _hides_modules(node: ast.AST, inside: bool) -> bool:
    """Whether this is an import that may bring modules of checks along, but not by names that are followed.

    `inside` an assignment's folder, `from . import name` brings nothing along that is not there.
    """
    if isinstance(node, ast.Import):
        return any(f"{alias.name}.".startswith("autograder.checks.") for alias in node.names)
    if not isinstance(node, ast.ImportFrom):
        return False
    names = {alias.name for alias in node.names}
    return bool(
        node.level > inside
        or (node.module == "autograder" and names & {"checks", "*"})
        or (node.module == "autograder.checks" and "*" in names)
    )


# used


def use_checks(checks: Mapping[str, str]) -> None:
    """Make these modules (name to source text) those of `autograder.checks` in this process."""
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, _Texts)]
    _find(0, checks)


def _find(position: int, checks: Mapping[str, str]) -> None:
    """Have these modules found by the finder at this position, and none that was imported before."""
    sys.meta_path.insert(position, _Texts(checks))
    for name in checks:
        sys.modules.pop(f"autograder.checks.{name}", None)
        vars(autograder.checks).pop(name, None)  # else `from autograder.checks import …` finds the old one


class _Texts(MetaPathFinder, InspectLoader):
    """Imports modules of `autograder.checks` from their text, without the answers that stand in it."""

    def __init__(self, texts: Mapping[str, str]):
        self.texts = {f"autograder.checks.{name}": text for name, text in texts.items()}

    def find_spec(self, fullname, path=None, target=None):
        return spec_from_loader(fullname, self) if fullname in self.texts or self.is_package(fullname) else None

    def is_package(self, fullname: str) -> bool:
        return any(name.startswith(f"{fullname}.") for name in self.texts)

    def get_source(self, fullname: str) -> str:
        return check_part(self.texts.get(fullname, ""))


def _texts(assignment: str) -> dict[str, str]:
    """{module: source text} of an assignment's checks: those that are used, or the package's own."""
    finders = [finder for finder in sys.meta_path if isinstance(finder, _Texts)]
    used = next((finder.texts for finder in finders if finder.is_package(f"autograder.checks.{assignment}")), None)
    if used is None:
        _find(len(finders), checks_in(assignment))  # before those that read whole files
        return _texts(assignment)
    return {name.removeprefix("autograder.checks."): text for name, text in used.items()}


def checks_of(assignment: str) -> dict[str, Check]:
    """The checks of an assignment by name, each after those it needs.

    Raises ChecksError; they may not need what is no blank, or each other.
    """
    texts = _texts(assignment)
    blanks = blanks_of(assignment, texts)
    answers = {blank: variants(blank, texts[f"{assignment}.{blank}"]) for blank in blanks}
    _refuse_two_sentences(assignment, answers)
    names = _names(assignment, answers)
    checks = {}
    for blank in blanks:
        module = _module(assignment, f"{assignment}.{blank}")
        title = (module.__doc__ or "").strip()
        made = _check_in(assignment, module)
        checks[blank] = replace(made, name=blank, title=title, variants=answers[blank], names=names)
        checks[blank] = replace(checks[blank], same=same(texts[f"{assignment}.{blank}"]))
    return _in_order(assignment, checks)


def _refuse_two_sentences(assignment: str, answers: Mapping[str, tuple[Variant, ...]]) -> None:
    """A mistake that several files know says the same in all: at home there is one sentence of a name."""
    said = {}
    for variant in (variant for found in answers.values() for variant in found if variant.sentence):
        first = said.setdefault(variant.diagnosis, variant)
        if first.sentence != variant.sentence:
            raise ChecksError(
                f"in {assignment}, {variant.diagnosis!r} has one sentence in {first.blank}.py and another in "
                f"{variant.blank}.py: give one of them another name."
            )


def answers_of(assignment: str) -> list[Variant]:
    """The right and wrong answers to an assignment's blanks, by blank. Raises ChecksError."""
    return [variant for _, check in sorted(checks_of(assignment).items()) for variant in check.variants]


def _check_in(assignment: str, module: ModuleType) -> Check:
    found = [value for value in vars(module).values() if isinstance(value, Check)]
    if len(found) != 1:
        blank = module.__name__.rpartition(".")[2]
        raise ChecksError(
            f"the checks of {assignment} cannot be used: {blank}.py has {len(found)} checks, expected one."
        )
    return found[0]


def _names(assignment: str, answers: Mapping[str, tuple[Variant, ...]]) -> dict[str, Any]:
    """What answers find when they run here: NumPy, what the assignment's `__init__.py` has, and each blank's reference,
    which finds all of these, too.
    """
    shared = {"np": np}
    if assignment in _texts(assignment):
        own = vars(_module(assignment, assignment))
        # importing a blank's module makes it an attribute of its package
        shared |= {name: value for name, value in own.items() if not name.startswith("_") and name not in answers}
    references = {blank: _reference(assignment, shared, found) for blank, found in answers.items()}
    references = {blank: reference for blank, reference in references.items() if reference}
    for reference in references.values():
        for name, other in references.items():
            reference.__globals__.setdefault(name, other)
    return shared | references


def _reference(assignment: str, names: Mapping[str, Any], found: tuple[Variant, ...]) -> Callable | None:
    right = next((variant for variant in found if variant.right), None)
    try:
        return right and right.function(names)
    except Exception as error:  # it is a program
        said = f"{type(error).__name__}: {error}"
        raise ChecksError(
            f"in {assignment}, the first right answer to {right.blank} cannot be used: {said}."
        ) from error


def _in_order(assignment: str, checks: dict[str, Check]) -> dict[str, Check]:
    for name, made in checks.items():
        if unknown := sorted(set(made.needs) - checks.keys()):
            raise ChecksError(f"in {assignment}, {name} needs {', '.join(unknown)}: expected names of blanks.")
        if lacking := [of for of in made.needs if of not in made.names]:
            raise ChecksError(f"in {assignment}, {name} needs {', '.join(lacking)}, to which there is no right answer.")
    try:
        order = [*TopologicalSorter({name: made.needs for name, made in checks.items()}).static_order()]
    except CycleError as error:
        circle = " → ".join(error.args[1])
        raise ChecksError(f"in {assignment}, blanks need each other in a circle: {circle}.") from None
    return {name: checks[name] for name in order}


def allowed_modules(assignment: str) -> tuple[str, ...]:
    """The modules of nnlib that the assignment may import (ALLOWED in its `__init__.py`). Raises ChecksError."""
    allowed = getattr(_module(assignment, assignment), "ALLOWED", None) if assignment in _texts(assignment) else None
    if not isinstance(allowed, tuple) or not all(isinstance(name, str) for name in allowed):
        raise ChecksError(f"the checks of {assignment} lack ALLOWED: name the modules of nnlib it may import, or ().")
    return allowed


def telling(assignment: str) -> str:
    """How much is told at home (TELL in its `__init__.py`): "diagnose" where nothing is said. Raises ChecksError."""
    module = _module(assignment, assignment) if assignment in _texts(assignment) else None
    tell = getattr(module, "TELL", DIAGNOSE)
    if tell not in MODES:
        listed = ", ".join(map(repr, MODES))
        raise ChecksError(f"the checks of {assignment} have TELL = {tell!r}: expected one of {listed}.")
    return tell


def _module(assignment: str, name: str) -> ModuleType:
    try:
        return importlib.import_module(f"autograder.checks.{name}")
    except Exception as error:  # the module is a program
        file = f"{blank_of(assignment, name) or '__init__'}.py"
        raise ChecksError(f"the checks of {assignment} cannot be used: {file}: {_said(error)}.") from error


def _said(error: Exception) -> str:
    return str(error) if isinstance(error, ModuleNotFoundError) else f"{type(error).__name__}: {error}"
