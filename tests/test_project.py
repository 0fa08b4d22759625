"""What holds for the project as a whole: who imports whom in autograder, what is tracked, what is pinned."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from packaging.requirements import Requirement

# the rooms of autograder, and into which others each may look; files beside the rooms, which use them, stand last
ROOMS = {
    "terminal": set(),
    "course": {"terminal"},
    "notebook": {"terminal", "course"},
    "sandbox.inside": set(),
    "sandbox": {"sandbox.inside"},
    "judging": {"course", "notebook", "sandbox", "sandbox.inside"},
    "kit": {"judging", "sandbox"},
    "checks": {"kit"},
    "gradebook": {"course", "notebook"},
    "authoring": {"course", "notebook", "sandbox", "sandbox.inside", "judging", "gradebook"},
}
FILES = {"startup", "worker", "executor", "pipeline", "replay", "feedback", "report", "demo", "console", "cli"}
FILES |= {"__main__", "nbgrader_steps"}
STAGES = {"notebook.rebuild", "judging.judge", "gradebook.record", "feedback"}
INSIDE_IMPORTS = {"numpy", "matplotlib", "IPython", "traitlets", "practice"} | sys.stdlib_module_names
NBGRADER_METADATA = re.compile(r"""metadata(\.nbgrader\b|\[["']nbgrader["']\]|\.get\(["']nbgrader["'])""")

TOP_LEVEL = {
    *("README.md", "SECURITY.md", "CHANGELOG.md", "LICENSE", "requirements.txt", "pyproject.toml", "Makefile"),
    *("nbgrader_config.py", "nnlib", "lectures", "assignments", "practice", "autograder", "docs", "tests"),
    *(".ci", ".gitignore", ".gitattributes"),
}
# in parts, so that this file does not hold what it looks for
PLACES = rb"work|root|opt/pypi|home/[a-z]+"
SOMEONES_MACHINE = re.compile(rb"(?<![\w.~])/(" + PLACES + rb")/\w")
EXACT = re.compile(r"[A-Za-z0-9._-]+==\d[\w.]*")


def imports(path: Path) -> set[str]:
    """The dotted names that a file imports anywhere in it: `from a import b` counts as a.b, `from . import b` too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if node.level:
                module = ".".join([*path.parts[: -node.level], *filter(None, [module])]).rpartition("autograder.")[2]
                module = f"autograder.{module}"
            found |= {f"{module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "lazily":
            found |= {argument.value for argument in node.args if isinstance(argument, ast.Constant)}
    return found


def tops(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imports(path)}


def module_of(path: Path, package: Path) -> str:
    """A file's name from its package on: judging/judge.py is judging.judge."""
    return ".".join(path.relative_to(package).with_suffix("").parts)


def ours(path: Path, modules: set[str]) -> set[str]:
    """The modules of autograder that a file imports."""
    names = {name.removeprefix("autograder.") for name in imports(path) if name.startswith("autograder.")}
    return {next((m for m in (name, name.rpartition(".")[0]) if m in modules), name) for name in names}


def room_of(module: str) -> str:
    room = module.rpartition(".")[0] or module
    return "checks" if room.startswith("checks.") else room  # an assignment's folder


def autograder_faults(package: Path) -> Iterator[str]:
    files = {module_of(path, package): path for path in sorted(package.rglob("*.py"))}
    modules = {name.removesuffix(".__init__") for name in files}
    graph = {}
    for name, path in files.items():
        text, graph[name] = path.read_text(encoding="utf-8"), ours(path, modules) - {name.rpartition(".")[0]}
        yield from (f"{name} imports {other}" for other in sorted(wrong_rooms(name, graph[name])))
        if name in STAGES:
            yield from (f"{name} imports {other}" for other in sorted(graph[name] & STAGES))
        if room_of(name) == "sandbox.inside":
            beside = {module.rpartition(".")[2] for module in modules if room_of(module) == "sandbox.inside"}
            yield from (f"{name} imports {other}" for other in sorted(tops(path) - INSIDE_IMPORTS - beside))
        if name != "gradebook.record" and any(module.startswith("nbgrader.api") for module in imports(path)):
            yield f"{name} knows the gradebook"
        if name != "sandbox.walls" and "bwrap" in text:
            yield f"{name} knows the sandbox"
        if name != "notebook.cells" and NBGRADER_METADATA.search(text):
            yield f"{name} knows nbgrader's cell metadata"
        if room_of(name) == "checks":
            yield from (f"{name} imports {other}" for other in sorted(tops(path) - CHECKS_IMPORT))
            yield from (f"{name} imports {m}" for m in sorted(graph[name]) if room_of(m) not in ("checks", "kit"))
    try:
        [*TopologicalSorter(graph).static_order()]
    except CycleError as error:
        yield f"circle: {', '.join(sorted(set(error.args[1])))}"


CHECKS_IMPORT = {"autograder", "nnlib", "numpy"} | sys.stdlib_module_names


def wrong_rooms(module: str, imported: set[str]) -> set[str]:
    """Those of the modules that lie in rooms into which this one may not look."""
    room = room_of(module)
    if room not in ROOMS:
        return set()
    return {other for other in imported if room_of(other) not in ROOMS[room] | {room, "checks"}}


def test_rooms_import_in_one_direction_and_one_file_each_knows_nbgrader_the_gradebook_and_the_sandbox(root):
    assert list(autograder_faults(root / "autograder")) == []


def test_every_room_has_its_rule(root):
    rooms = {room_of(module_of(path, root / "autograder")) for path in (root / "autograder").rglob("*.py")}
    assert rooms == ROOMS.keys() | FILES | {"__init__"}


@pytest.mark.parametrize(
    ("file", "line", "fault"),
    [
        ("notebook/rebuild", "from autograder.gradebook import record", "notebook.rebuild imports gradebook.record"),
        ("feedback", "from autograder.judging.judge import Judge", "feedback imports judging.judge"),
        ("course/lock", "def f():\n    from autograder.sandbox import walls", "course.lock imports sandbox.walls"),
        ("gradebook/late", "from autograder import pipeline", "gradebook.late imports pipeline"),
        ("judging/blank", "from autograder.authoring.verify import Row", "judging.blank imports authoring.verify"),
        ("sandbox/memory", "from . import walls", ""),
        ("sandbox/memory", "from ..judging import blank", "sandbox.memory imports judging.blank"),
        ("course/verdict", "from autograder.course import verdicts", "circle: course.verdict, course.verdicts"),
        ("feedback", "pipeline = lazily('autograder.pipeline')", "circle: feedback, pipeline"),
        ("executor", "from autograder import pipeline", "circle: executor, pipeline"),
        ("sandbox/inside/wire", "import nbformat", "sandbox.inside.wire imports nbformat"),
        ("sandbox/inside/shell", "from autograder.judging import check", "sandbox.inside.shell imports autograder"),
        ("pipeline", "from nbgrader.api import Gradebook", "pipeline knows the gradebook"),
        ("demo", "COMMAND = 'bwrap'", "demo knows the sandbox"),
        ("authoring/release", "cell.metadata['nbgrader']", "authoring.release knows nbgrader's cell metadata"),
        ("checks/a1-neuron/xor", "import nbgrader", "checks.a1-neuron.xor imports nbgrader"),
        (
            "checks/a1-neuron/xor",
            "from autograder.sandbox import session",
            "checks.a1-neuron.xor imports sandbox.session",
        ),
        ("checks/a1-neuron/xor", "from autograder.judging import check", "checks.a1-neuron.xor imports judging.check"),
        ("kit", "from autograder.authoring import verify", "kit imports authoring.verify"),
        ("judging/check", "from autograder import kit", "judging.check imports kit"),
    ],
)
def test_a_wrong_import_in_autograder_is_seen(root, tmp_path, file, line, fault):
    planted(root / "autograder", tmp_path / "autograder", file, line)
    found = list(autograder_faults(tmp_path / "autograder"))
    assert any(each.startswith(fault) for each in found) if fault else found == []


def planted(package: Path, copy: Path, file: str, line: str) -> None:
    """A copy of a package in which one file has one more line at its end."""
    shutil.copytree(package, copy, ignore=shutil.ignore_patterns("__pycache__"))
    with (copy / f"{file}.py").open("a", encoding="utf-8") as source:
        source.write(f"\n{line}\n")


@pytest.fixture(scope="module")
def tracked(root) -> list[Path]:
    """The files that git tracks, relative to the checkout."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True)
    if listing.returncode:
        pytest.skip("not a git checkout: nothing is tracked")
    return [Path(name) for name in listing.stdout.split("\0") if name and (root / name).exists()]


def test_the_top_level_stays_sparse(tracked):
    assert {path.parts[0] for path in tracked} <= TOP_LEVEL


def test_assignments_hold_nothing_but_notebooks(tracked):
    """nbgrader copies every other file in these folders into the release. The author's guide is in none of them."""
    inside = {path for path in tracked if path.parts[0] == "assignments"} - {Path("assignments/README.md")}
    assert {path.suffix for path in inside} <= {".ipynb"}


def test_tracked_files_are_small(root, tracked):
    assert {str(path) for path in tracked if (root / path).stat().st_size >= 1_000_000} == set()


def test_no_tracked_file_names_a_path_of_someones_machine(root, tracked):
    found = {str(path): SOMEONES_MACHINE.search((root / path).read_bytes()) for path in tracked}
    assert {path: hit.group() for path, hit in found.items() if hit} == {}


@pytest.mark.parametrize("parts", [("", "work", "main"), ("", "root", "x"), ("file:", "", "", "home", "ada", "x")])
def test_a_path_of_someones_machine_is_seen(parts):
    assert SOMEONES_MACHINE.search(b"see " + "/".join(parts).encode())


def test_the_tests_that_security_md_names_exist(root):
    named = set(re.findall(r"`(test_\w+)`", (root / "SECURITY.md").read_text(encoding="utf-8")))
    sources = (path.read_text(encoding="utf-8") for path in (root / "tests").rglob("*.py"))
    assert len(named) > 30 and named <= {name for text in sources for name in re.findall(r"def (test_\w+)", text)}


def imported_tests(tests: Path) -> Iterator[str]:
    """The files below `tests` that import from a file of tests."""
    files = {path.stem for path in tests.rglob("test_*.py")}
    for path in sorted(tests.rglob("*.py")):
        found = {part for name in imports(path) for part in name.split(".")} & files
        yield from (f"{path.relative_to(tests)} imports {name}" for name in sorted(found))


def test_no_test_imports_from_another(root):
    """What two files of tests need stands in a plain module, else one cannot be read, run or changed alone."""
    assert list(imported_tests(root / "tests")) == []


@pytest.mark.parametrize(
    "line",
    [
        "from tests.autograder.test_judge import notebook",
        "from tests.autograder import test_judge",
        "import tests.autograder.test_judge as other",
        "def f():\n    from .test_judge import notebook",
    ],
)
def test_a_test_that_imports_from_another_is_seen(tmp_path, line):
    (tmp_path / "autograder").mkdir()
    (tmp_path / "autograder" / "test_judge.py").write_text("import pytest\n")
    (tmp_path / "autograder" / "test_late.py").write_text(f"import json\n\n{line}\n")
    assert list(imported_tests(tmp_path)) == ["autograder/test_late.py imports test_judge"]


def ruff(root: Path, *arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "ruff", *arguments, "--no-cache", "--config", str(root / "pyproject.toml")]
    return subprocess.run(command, cwd=root, capture_output=True, text=True)


def test_the_project_is_clean_under_its_own_lint_rules(root):
    for arguments in (["check", "."], ["format", "--check", "."]):
        run = ruff(root, *arguments)
        assert run.returncode == 0, run.stdout[-4000:]


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        ("import os\n", "F401"),
        ("def f(): ...\n\n\ndef f(): ...\n", "F811"),
        (f"x = '{120 * 'a'}'\n", "E501"),
    ],
)
def test_what_lint_is_for_is_seen(root, tmp_path, source, rule):
    (tmp_path / "planted.py").write_text(source)
    assert rule in ruff(root, "check", str(tmp_path)).stdout


def pins(path: Path) -> dict[str, str]:
    """Package → version of a requirements file, each line of which must be `package==version` and nothing more."""
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    assert [line for line in lines if not EXACT.fullmatch(line)] == []
    return {name.lower().replace("_", "-"): version for name, version in (line.split("==") for line in lines)}


@pytest.mark.parametrize("line", ["numpy", "numpy>=2", "numpy==2.*", "--index-url https://x", "x @ file:///x", "-e ."])
def test_a_requirement_that_is_not_exact_is_seen(tmp_path, line):
    (tmp_path / "requirements.txt").write_text(f"# comment\nnumpy==2.4.6\n{line}\n")
    with pytest.raises(AssertionError):
        pins(tmp_path / "requirements.txt")


def test_students_install_the_versions_of_the_course(root):
    assert pins(root / "lectures/requirements.txt").items() <= pins(root / "requirements.txt").items()


def test_the_pins_are_what_pyproject_asks_for(root):
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    pinned = pins(root / "requirements.txt")
    extras = project["optional-dependencies"]
    asked = [Requirement(line) for line in project["dependencies"] + extras["dev"] + extras["site"]]
    assert [str(need) for need in asked if not need.specifier.contains(pinned.get(need.name.lower(), "0"))] == []
