"""A Dask scheduler and two workers, processes of their own that speak TLS, one of them killed during the run."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from autograder.course.course import Course
from tests.a1_class import autograder, environment
from tests.runs import state, ungraded
from tests.small_class import ASSIGNMENT, RIGHT, WRONG, hand_in

pytest.importorskip("distributed", reason="Dask is not installed: pip install 'neural-networks-course[dask]'")
if not shutil.which("openssl"):
    pytest.skip("openssl is not installed, and certificates are made with it", allow_module_level=True)

STUDENTS = 10


def certificates(folder: Path) -> dict[str, str]:
    """A certificate that signs itself, for scheduler, workers and client alike: Dask's settings, as its variables."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-keyout",
            key,
            "-out",
            cert,
            "-days",
            "2",
            "-subj",
            "/CN=grading",
        ],
        check=True,
        capture_output=True,
    )
    files = {
        f"{who}__{what.upper()}": str(path)
        for who in ("SCHEDULER", "WORKER", "CLIENT")
        for what, path in (("cert", cert), ("key", key))
    }
    files |= {"CA_FILE": str(cert)}
    prefix = "DASK_DISTRIBUTED__COMM__"
    return {f"{prefix}TLS__{name}": path for name, path in files.items()} | {f"{prefix}REQUIRE_ENCRYPTION": "True"}


class Dask:
    """A scheduler and its two workers, of which those that ended can be replaced."""

    def __init__(self, root: Path, folder: Path, certificates: dict):
        self.folder, self.environment = folder, environment(root, **certificates)
        self._processes, self.scheduler, self.workers = [], None, []

    def complete(self) -> None:
        """Start what is not there, or not any more; workers end with their scheduler."""
        if self.scheduler is None or self.scheduler.poll() is not None:
            self.stop()
            self.scheduler, self.workers = self._start_scheduler(), []
            self.address = self._address()
        self.workers = [worker for worker in self.workers if worker.poll() is None]
        self.workers += [self._start_worker() for _ in range(2 - len(self.workers))]

    def _start_scheduler(self) -> subprocess.Popen:
        file = self.folder / "scheduler.json"
        file.unlink(missing_ok=True)
        listen = ("--protocol", "tls", "--port", "0", "--host", "127.0.0.1")
        return self._start("scheduler", *listen, "--no-show", "--no-dashboard", "--scheduler-file", str(file))

    def _start_worker(self) -> subprocess.Popen:
        alone = ("--no-nanny", "--nthreads", "1", "--no-dashboard")
        scratch = ("--local-directory", str(self.folder / f"scratch{len(self._processes)}"))
        return self._start("worker", self.address, *alone, *scratch)

    def _start(self, what: str, *arguments: str) -> subprocess.Popen:
        command = [sys.executable, "-m", f"distributed.cli.dask_{what}", *arguments]
        with open(self.folder / f"{what}{len(self._processes)}.log", "w") as log:
            process = subprocess.Popen(command, cwd=self.folder, env=self.environment, stdout=log, stderr=log)
        self._processes.append(process)
        return process

    def _address(self) -> str:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                return json.loads((self.folder / "scheduler.json").read_text())["address"]
            except (OSError, ValueError):
                time.sleep(0.05)
        raise TimeoutError([path.read_text() for path in self.folder.glob("scheduler*.log")])

    def stop(self):
        for process in self._processes:
            for child in psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []:
                child.kill()
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def certs(tmp_path_factory):
    return certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def cluster(root, tmp_path_factory, certs):
    made = Dask(root, tmp_path_factory.mktemp("dask"), certs)
    yield made
    made.stop()


@pytest.fixture
def dask(cluster):
    """The cluster that these tests share, complete."""
    cluster.complete()
    return cluster


@pytest.fixture(scope="module")
def graded_here(released_class, tmp_path_factory, grade):
    """A class graded by a process of this machine: what the cluster's marks must equal. It takes a while to run."""
    home = tmp_path_factory.mktemp("here") / "class"
    shutil.copytree(released_class, home)
    course = Course(home, home / "course")
    course.secret()
    for k in range(STUDENTS):
        answers = RIGHT | WRONG if k % 2 else RIGHT
        hand_in(course, f"student{k}", answers | {"one": f"import time; time.sleep(0.3)\n{answers['one']}  # {k}"})
    grade(course)
    return course


@pytest.fixture
def fresh(graded_here, tmp_path):
    return ungraded(graded_here, tmp_path / "class")


def started(course, root, address, certs) -> subprocess.Popen:
    """A run on a cluster."""
    command = [sys.executable, "-m", "autograder", "grade", ASSIGNMENT, "--scheduler", address]
    here = {"cwd": course.root, "env": environment(root, **certs)}
    return subprocess.Popen(command, **here, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture(scope="module")
def knocking(graded_here, root, tmp_path_factory, certs):
    """A run whose scheduler is not there: it knocks for ten seconds, in which the other tests go on."""
    course = ungraded(graded_here, tmp_path_factory.mktemp("knocking") / "class")
    run = started(course, root, "tls://127.0.0.1:9", certs)
    yield run
    run.kill()
    run.communicate()


def begun(course, root, dask, certs) -> subprocess.Popen:
    """A run on the cluster that has written and recorded two verdicts."""
    run = started(course, root, dask.address, certs)
    deadline = time.monotonic() + 120
    while len(list(course.directory.glob("verdicts/*/*.recorded"))) < 2 and time.monotonic() < deadline:
        assert run.poll() is None, run.communicate()
        time.sleep(0.02)
    return run


def test_a_worker_with_another_version_of_the_package_is_refused(knocking, dask, fresh, root, certs, tmp_path):
    """The client runs a copy of the package that differs by one line."""
    for name in ("autograder", "nnlib", "practice"):
        shutil.copytree(root / name, tmp_path / "other" / name, ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / "other" / "autograder" / "judging" / "check.py").open("a") as file:
        file.write("\n# another version\n")
    run = autograder(tmp_path / "other", fresh.root, "grade", ASSIGNMENT, "--scheduler", dask.address, **certs)
    assert run.returncode == 2 and "runs another version of this package" in run.stderr, run.stderr
    assert f"from {root / 'autograder'}," in run.stderr and f"from {tmp_path / 'other' / 'autograder'}:" in run.stderr
    assert not (fresh.directory / "verdicts").exists()


def test_without_the_certificates_nothing_is_graded(dask, fresh, root):
    run = autograder(root, fresh.root, "grade", ASSIGNMENT, "--scheduler", dask.address)
    assert run.returncode == 2 and len(run.stderr.strip().splitlines()) == 1, run.stderr
    assert f"the scheduler {dask.address} cannot be reached" in run.stderr
    assert not (fresh.directory / "verdicts").exists()


def test_one_worker_of_two_is_killed_and_nothing_is_lost(dask, fresh, graded_here, root, certs):
    run = begun(fresh, root, dask, certs)
    os.kill(dask.workers[0].pid, signal.SIGKILL)
    out, err = run.communicate(timeout=200)
    assert run.returncode == 0, out + err
    assert dask.workers[0].wait() == -signal.SIGKILL and dask.workers[1].poll() is None
    assert state(fresh, ASSIGNMENT) == state(graded_here, ASSIGNMENT)


def test_the_scheduler_goes_away_and_the_next_run_goes_on(dask, fresh, graded_here, root, certs, grade):
    run = begun(fresh, root, dask, certs)
    dask.scheduler.kill()
    _, err = run.communicate(timeout=200)
    assert run.returncode == 2 and "the scheduler went away" in err, err
    kept = len(list(fresh.directory.glob("verdicts/*/*.json")))
    rest = [one for one in grade(fresh) if one.judged]
    assert 2 <= kept == STUDENTS - len(rest)
    assert state(fresh, ASSIGNMENT) == state(graded_here, ASSIGNMENT)


def test_a_scheduler_that_is_not_there_is_one_sentence(knocking):
    _, err = knocking.communicate(timeout=100)
    assert knocking.returncode == 2 and len(err.strip().splitlines()) == 1, err
    assert "the scheduler tls://127.0.0.1:9 cannot be reached" in err
