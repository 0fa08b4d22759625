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

from autograder import pipeline
from autograder.executor import workers
from tests.a1_class import ASSIGNMENT, autograder, environment, hand_in, released, solved
from tests.runs import state, ungraded

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
    """A scheduler and its workers."""

    def __init__(self, root: Path, folder: Path, certificates: dict):
        self.folder, self.environment = folder, environment(root, **certificates)
        self._processes = []
        listen = ("--protocol", "tls", "--port", "0", "--host", "127.0.0.1")
        self.scheduler = self._start(
            "scheduler", *listen, "--no-show", "--no-dashboard", "--scheduler-file", str(folder / "scheduler.json")
        )
        self.address = self._address()
        self.workers = [
            self._start(
                "worker",
                self.address,
                "--no-nanny",
                "--nthreads",
                "1",
                "--no-dashboard",
                "--local-directory",
                str(folder / f"scratch{k}"),
            )
            for k in range(2)
        ]

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
        raise TimeoutError((self.folder / "scheduler0.log").read_text())

    def stop(self):
        for process in self._processes:
            for child in psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []:
                child.kill()
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def certs(tmp_path_factory):
    return certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def dask(root, tmp_path, certs):
    (tmp_path / "dask").mkdir()
    made = Dask(root, tmp_path / "dask", certs)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def graded_here(root, tmp_path_factory):
    """A class graded by processes of this machine: what the cluster's marks must equal."""
    course = released(root, tmp_path_factory.mktemp("here") / "class")
    course.secret()
    for k in range(STUDENTS):
        answers = {"log_loss": "def log_loss(y, z):\n    return 0.0"} if k % 2 else {}
        hand_in(course, f"student{k}", solved(course, **answers, sigmoid=f"# {k}\n{SIGMOID}"))
    with workers() as pool:
        list(pipeline.grade(course, ASSIGNMENT, course.students(ASSIGNMENT), pool))
    return course


SIGMOID = "def sigmoid(z):\n    return 0.5 * (1 + np.tanh(z / 2))"


@pytest.fixture
def fresh(graded_here, tmp_path):
    return ungraded(graded_here, tmp_path / "class")


def begun(course, root, dask, certs) -> subprocess.Popen:
    """A run on the cluster that has written two verdicts."""
    command = [sys.executable, "-m", "autograder", "grade", ASSIGNMENT, "--scheduler", dask.address]
    run = subprocess.Popen(
        command,
        cwd=course.root,
        env=environment(root, **certs),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 120
    while len(list(course.directory.glob("verdicts/*/*.json"))) < 2 and time.monotonic() < deadline:
        assert run.poll() is None, run.communicate()
        time.sleep(0.02)
    return run


def test_one_worker_of_two_is_killed_and_nothing_is_lost(dask, fresh, graded_here, root, certs):
    run = begun(fresh, root, dask, certs)
    os.kill(dask.workers[0].pid, signal.SIGKILL)
    out, err = run.communicate(timeout=200)
    assert run.returncode == 0, out + err
    assert dask.workers[0].wait() == -signal.SIGKILL and dask.workers[1].poll() is None
    assert state(fresh, ASSIGNMENT) == state(graded_here, ASSIGNMENT)


def test_the_scheduler_goes_away_and_the_next_run_goes_on(dask, fresh, graded_here, root, certs):
    run = begun(fresh, root, dask, certs)
    dask.scheduler.kill()
    _, err = run.communicate(timeout=200)
    assert run.returncode == 2 and "the scheduler went away" in err, err
    kept = len(list(fresh.directory.glob("verdicts/*/*.json")))
    with workers() as pool:
        rest = [one for one in pipeline.grade(fresh, ASSIGNMENT, fresh.students(ASSIGNMENT), pool) if one.judged]
    assert 2 <= kept == STUDENTS - len(rest)
    assert state(fresh, ASSIGNMENT) == state(graded_here, ASSIGNMENT)


def test_a_worker_with_another_version_of_the_package_is_refused(dask, fresh, root, certs, tmp_path):
    """The client runs a copy of the package that differs by one line."""
    for name in ("autograder", "nnlib"):
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


def test_a_scheduler_that_is_not_there_is_one_sentence(fresh, root, certs):
    run = autograder(root, fresh.root, "grade", ASSIGNMENT, "--scheduler", "tls://127.0.0.1:9", **certs)
    assert run.returncode == 2 and len(run.stderr.strip().splitlines()) == 1, run.stderr
    assert "the scheduler tls://127.0.0.1:9 cannot be reached" in run.stderr
