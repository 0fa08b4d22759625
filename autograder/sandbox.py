"""The one file that knows the sandbox: bubblewrap's walls, the seccomp filter, the warm process, and talking to it.

It fails closed: where the walls cannot be put up, `Sandbox` raises SandboxUnavailable and nothing is graded.
"""

import errno
import importlib
import importlib.metadata
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType

from packaging.requirements import Requirement

import nnlib
from autograder import wire
from autograder.judgement import Reply, StudentFault, not_callable, not_defined, raised

HERE = Path(__file__).parent
GUEST_PACKAGES = ("numpy", "matplotlib", "matplotlib-inline", "ipython")
# No notebook's business: new namespaces, mounts, other processes' memory, memory-backed files, kernel doors.
DENIED = """unshare setns mount umount2 pivot_root chroot move_mount open_tree fsopen fsconfig fsmount fspick
    mount_setattr ptrace process_vm_readv process_vm_writev pidfd_getfd kcmp bpf perf_event_open keyctl add_key
    request_key io_uring_setup io_uring_enter io_uring_register userfaultfd memfd_create memfd_secret
    init_module finit_module delete_module kexec_load reboot swapon swapoff acct quotactl name_to_handle_at
    open_by_handle_at personality""".split()
CLONE_NEWUSER = 0x10000000


class SandboxUnavailable(Exception):
    """The walls cannot be put up here; the text is one line that says why and what to do."""


@dataclass(frozen=True)
class Limits:
    """What a submission may use. Seconds are of CPU time (`*_cpu`) or of the clock (`*_wall`); sizes are bytes."""

    cell_cpu: float = 5
    cell_wall: float = 10
    check_cpu: int = 5
    check_wall: float = 15
    start_wall: float = 10  # from asking for a check to its first sign of life
    wall: float = 120  # the whole submission
    CPU: int = 120  # each process
    AS: int = 3 << 30  # address space, each process
    memory: int = 2 << 30  # resident, the whole tree
    NPROC: int = 64
    FSIZE: int = 32 << 20
    disk: int = 64 << 20


class Died(Exception):
    """The submission's process ended or hung while cell `index` ran; the text is one clause."""

    def __init__(self, index: int, reason: str):
        super().__init__(reason)
        self.index = index


# the walls


def _bwrap_arguments(allowed: tuple[str, ...], filter_descriptor: int) -> list[str]:
    """bubblewrap's command line: read-only system and interpreter, the guest's own code, the allowed part of nnlib."""
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        raise SandboxUnavailable("bubblewrap is not installed, and nothing is graded without it: install the package "
                                 "'bubblewrap' (Debian, Ubuntu: sudo apt-get install bubblewrap).")  # fmt: skip
    return [bwrap, *_namespaces(), *_system(), *_interpreter(), *_site(), *_course(allowed),
            "--perms", "0444", "--ro-bind-data", str(filter_descriptor), "/guest/seccomp.bpf",
            "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/"]  # fmt: skip


def _namespaces() -> list[str]:
    if os.getuid() == 0:  # the guest itself drops to an unprivileged uid: limits on processes do not hold for root
        walls = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try",
                 "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]  # fmt: skip
    else:
        walls = ["--unshare-all"]
    return [*walls, "--die-with-parent", "--new-session", "--clearenv", *_environment()]


def _environment() -> list[str]:
    variables = {
        "PATH": "/usr/bin:/bin", "HOME": "/tmp", "TMPDIR": "/tmp", "LANG": "C.UTF-8", "AUTOGRADER_SANDBOX": "1",
        "MPLCONFIGDIR": "/tmp/matplotlib", "IPYTHONDIR": "/tmp/ipython", "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }  # fmt: skip
    return [word for name, value in variables.items() for word in ("--setenv", name, value)]


def _system() -> list[str]:
    words = ["--ro-bind", "/usr", "/usr", "--proc", "/proc", "--dev", "/dev"]
    for top in ("/bin", "/lib", "/lib32", "/lib64"):
        if os.path.islink(top):
            words += ["--symlink", os.readlink(top), top]
        elif os.path.isdir(top):
            words += ["--ro-bind", top, top]
    words += ["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
    for directory in ("/work", "/site", "/guest", "/course"):
        words += ["--perms", "0755", "--dir", directory]
    return [*words, "--perms", "1777", "--size", str(64 << 20), "--tmpfs", "/tmp"]


def _interpreter() -> list[str]:
    """The base interpreter's prefix, without the packages installed there."""
    prefix = Path(sys.base_prefix).resolve()
    words = []
    if not prefix.is_relative_to("/usr"):
        words += [*_visible_parents(prefix), "--ro-bind", str(prefix), str(prefix)]
    for root in {prefix, Path("/usr"), Path("/usr/local")}:
        for packages in (*root.glob("lib/python3*/site-packages"), *root.glob("lib/python3*/dist-packages")):
            if packages.is_dir() and not packages.is_symlink():
                words += ["--perms", "0555", "--size", "4096", "--tmpfs", str(packages), "--remount-ro", str(packages)]
    return words


def _visible_parents(path: Path) -> list[str]:
    """bubblewrap would make them 0700, closed to the uid that the guest drops to."""
    return [word for parent in reversed(path.parents[:-1]) for word in ("--perms", "0755", "--dir", str(parent))]


def _site() -> list[str]:
    """NumPy, Matplotlib, IPython and what they need, and nothing else of the environment that we run in."""
    return [word for path in _guest_files() for word in ("--ro-bind", str(path), f"/site/{path.name}")]


def _guest_files() -> list[Path]:
    """The top-level files and folders of GUEST_PACKAGES and their requirements."""
    todo, done, paths = list(GUEST_PACKAGES), set(), set()
    while todo:
        name = todo.pop().lower().replace("_", "-")
        if name in done:
            continue
        done.add(name)
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # an optional requirement of this platform's
        requirements = map(Requirement, distribution.requires or ())
        todo += [r.name for r in requirements if r.marker is None or r.marker.evaluate({"extra": ""})]
        tops = {file.parts[0] for file in distribution.files or () if file.parts[0] not in ("..", "__pycache__")}
        paths |= {Path(distribution.locate_file(top)) for top in tops}
    return sorted(path for path in paths if path.exists())


def _course(allowed: tuple[str, ...]) -> list[str]:
    """The guest's code, and of nnlib only what the assignment may import."""
    words = ["--perms", "0755", "--dir", "/course/nnlib"]
    for name in ("guest.py", "shell.py", "wire.py"):
        words += ["--ro-bind", str(HERE / name), f"/guest/{name}"]
    package = Path(nnlib.__file__).parent
    for name in ("__init__.py", "allow.py", "backend.py", *(f"{module}.py" for module in allowed)):
        words += ["--ro-bind", str(package / name), f"/course/nnlib/{name}"]
    return [*words, "--ro-bind", str(package / "data"), "/course/nnlib/data"]


def _pyseccomp() -> ModuleType:
    """Imported on use: without it, the rest of the command line still works."""
    if sys.platform != "linux":
        raise SandboxUnavailable(f"the sandbox needs Linux, and this is {sys.platform}: grade on a Linux machine.")
    try:
        return importlib.import_module("pyseccomp")
    except (ImportError, RuntimeError) as error:  # the latter where the C library is missing
        raise SandboxUnavailable(f"the sandbox needs pyseccomp ({error}), and nothing is graded without it: install "
                                 "the packages 'pyseccomp' (pip) and 'libseccomp2' (apt-get).") from None  # fmt: skip


def _seccomp_filter() -> bytes:
    """The compiled filter: everything but DENIED; new user namespaces by clone denied, clone3 not implemented."""
    pyseccomp = _pyseccomp()
    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    for name in DENIED:
        rules.add_rule(pyseccomp.ERRNO(errno.EPERM), name)
    rules.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")  # its flags lie in memory, out of a filter's sight
    flag = pyseccomp.Arg(0, pyseccomp.MASKED_EQ, CLONE_NEWUSER, CLONE_NEWUSER)
    rules.add_rule(pyseccomp.ERRNO(errno.EPERM), "clone", flag)
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()


# the warm process


class Sandbox:
    """A warm process behind the walls, from which each submission is forked. A context manager."""

    def __init__(self, allowed: tuple[str, ...] = (), limits: Limits | None = None, *, unsafe_no_sandbox: bool = False):
        """`allowed` names the nnlib modules that may be imported. Raises SandboxUnavailable."""
        self.limits = limits or Limits()
        self._allowed, self._unsafe = allowed, unsafe_no_sandbox
        self._start()

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        entry = f"import sys; sys.path[:0] = {self._path()!r}; import guest; guest.main({theirs.fileno()})"
        python = [os.path.realpath(sys._base_executable), "-I", "-S", "-B", "-c", entry]
        with tempfile.TemporaryFile() as errors, theirs, tempfile.TemporaryFile() as compiled:
            command, keep = python, (theirs.fileno(),)
            if not self._unsafe:
                compiled.write(_seccomp_filter())
                compiled.seek(0)
                command = [*_bwrap_arguments(self._allowed, compiled.fileno()), *python]
                keep = (theirs.fileno(), compiled.fileno())
            self._process = subprocess.Popen(command, pass_fds=keep, stdin=subprocess.DEVNULL, stderr=errors,
                                             stdout=subprocess.DEVNULL, start_new_session=True)  # fmt: skip
            theirs.close()
            self._control = ours
            try:
                wire.receive(ours, time.monotonic() + 60)
            except wire.WireError:
                self.close()
                errors.seek(0)
                raise SandboxUnavailable(_explain(errors.read().decode(errors="replace"))) from None

    def _path(self) -> list[str]:
        if not self._unsafe:
            return ["/guest", "/site", "/course"]
        return [str(HERE), sysconfig.get_path("purelib"), str(Path(nnlib.__file__).parents[1])]

    @contextmanager
    def submission(self) -> Iterator["Submission"]:
        """Fork a submission; it and all its processes end with the block."""
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                if self._process.poll() is not None:
                    self._start()
                wire.send(self._control, "submission", "", asdict(self.limits), (theirs.fileno(),))
            submission = Submission(ours, _born(ours), self.limits)
            try:
                yield submission
            finally:
                submission.end()

    def close(self) -> None:
        """End the warm process and everything that it started."""
        self._control.close()
        self._process.kill()
        self._process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def _born(connection: socket.socket) -> int:
    """The pidfd of the submission forked on this connection, once all its walls stand. Raises SandboxUnavailable."""
    deadline = time.monotonic() + 30
    try:
        _, descriptors = wire.receive_with_descriptors(connection, 1, deadline)
        message = wire.receive(connection, deadline)
    except wire.WireError as error:
        raise SandboxUnavailable(f"the sandbox could not start a submission: {error}.") from None
    if message.kind != "walls":
        raise SandboxUnavailable(f"the sandbox could not close all its walls: {message.body}.")
    return descriptors[0]


def _explain(errors: str) -> str:
    last = (errors.strip().splitlines() or ["it said nothing"])[-1]
    hint = "allow unprivileged user namespaces (on Ubuntu: an AppArmor profile for bwrap), or use another machine"
    return f"bubblewrap cannot make a sandbox here ({last}), and nothing is graded without one: {hint}."


class Submission:
    """One submission behind the walls: run its cells, then call its functions check by check."""

    def __init__(self, connection: socket.socket, pidfd: int, limits: Limits):
        connection.settimeout(limits.check_wall)  # of a send; receives wait by deadline
        self._connection, self._pidfd, self._limits = connection, pidfd, limits
        self._ends = time.monotonic() + limits.wall
        self._over_memory = False
        self._gone = ""  # why the submission answers no more

    def run(self, cells: list[dict]) -> list[dict]:
        """Run cells ({"source", "isolated"}) in order; a dict {"outputs", "dropped"} each. Raises Died."""
        wire.send(self._connection, "cells", "", cells)
        results = []
        for index in range(len(cells)):
            deadline = min(self._ends, time.monotonic() + self._limits.cell_wall + 3)
            try:
                results.append(_checked(wire.receive(self._connection, deadline, self._watch).body))
            except wire.Expired:
                raise Died(index, "it did not end and could not be interrupted") from None
            except wire.WireError as error:
                raise Died(index, self._why(error)) from None
        return results

    @property
    def has_time(self) -> bool:
        """Whether the submission has time left for another check."""
        return time.monotonic() < self._ends

    @contextmanager
    def check(self) -> Iterator["SandboxGuest"]:
        """A fork of the notebook's state that answers calls until the block ends."""
        ours, theirs = socket.socketpair()
        with ours:
            ours.settimeout(self._limits.check_wall)
            with theirs:
                self._fork(ours, theirs)
            ends = min(time.monotonic() + self._limits.check_wall, self._ends)
            yield SandboxGuest(ours, self._limits, ends, self._gone, self._watch, self._why)

    def answers(self) -> bool:
        """Whether the notebook's process can still fork for a check."""
        with self.check():
            return not self._gone

    def _fork(self, ours: socket.socket, theirs: socket.socket) -> None:
        """Have the submission fork for a check; once it does not, it is `_gone` and no later check waits for it."""
        if self._gone:
            return
        try:
            wire.send(self._connection, "check", "", None, (theirs.fileno(),))
            theirs.close()
            wire.receive(ours, time.monotonic() + self._limits.start_wall, self._watch)
        except wire.WireError as error:
            self._gone = self._why(error)

    def _watch(self) -> None:
        """Kill a tree that uses more memory than it may."""
        if resident_bytes(_pid_of(self._pidfd)) > self._limits.memory:
            self._over_memory = True
            self.kill()

    def _why(self, error: wire.WireError) -> str:
        if self._over_memory:
            return f"it used more than {self._limits.memory >> 20} MB of memory"
        if isinstance(error, wire.Expired):
            return "its process does not react"
        return "its process ended" if isinstance(error, wire.Closed) else f"its reply could not be read ({error})"

    def kill(self) -> None:
        try:
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def end(self) -> None:
        """Kill the namespace's first process, and with it all the others."""
        self.kill()
        os.close(self._pidfd)


def _checked(body) -> dict:
    match body:
        case {"outputs": list(outputs), "dropped": int(dropped)} if all(isinstance(o, dict) for o in outputs):
            return {"outputs": outputs, "dropped": dropped}
    raise wire.WireError("a cell's outputs are malformed")


def _pid_of(pidfd: int) -> int:
    """The process behind a pidfd, as this process numbers it; -1 when it has ended."""
    text = Path(f"/proc/self/fdinfo/{pidfd}").read_text()
    return next((int(line.split()[1]) for line in text.splitlines() if line.startswith("Pid:")), -1)


def resident_bytes(pid: int) -> int:
    """The memory of a process and its descendants, in bytes; 0 for what has ended."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        children = [c for file in Path(f"/proc/{pid}/task").glob("*/children") for c in file.read_text().split()]
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") + sum(resident_bytes(int(child)) for child in children)


class SandboxGuest:
    """Calls functions of one fork of a submission; a reply malformed, late or unasked is the student's fault."""

    def __init__(self, connection: socket.socket, limits: Limits, ends: float, gone: str, watch, why):
        self._connection, self._limits, self._ends, self._gone = connection, limits, ends, gone
        self._watch, self._why, self._started = watch, why, time.monotonic()
        self.stalled = False  # out of time by the clock, not by computing: perhaps the machine was busy

    def call(self, name: str, args: tuple) -> Reply:
        """What `name(*args)` returns in the notebook. Raises StudentFault."""
        if self._gone:
            raise StudentFault("died", f"{name} could not be called: {self._gone}.")
        nonce = secrets.token_hex(16)
        try:
            wire.send(self._connection, "call", nonce, {"name": name, "args": args})
            message = wire.receive(self._connection, self._ends, self._watch)
        except wire.WireError as error:
            raise self._fault(name, error) from None
        if message.nonce != nonce:
            raise StudentFault("died", f"{name} gave a reply that was not asked for.")
        return _reply(name, message)

    def _fault(self, name: str, error: wire.WireError) -> StudentFault:
        late = time.monotonic() - self._started > self._limits.check_cpu - 0.5
        if isinstance(error, wire.Expired):
            self.stalled = True
            return StudentFault("timed_out", f"{name} did not return within {self._limits.check_wall:g} seconds.")
        if isinstance(error, wire.Closed) and late:
            return StudentFault(
                "timed_out", f"{name} did not return within {self._limits.check_cpu} seconds of computing."
            )
        return StudentFault("died", f"{name} gave no usable answer: {self._why(error)}.")


def _reply(name: str, message: wire.Message) -> Reply:
    match message.kind, message.body:
        case "value", {"value": value, "changed": list(changed)} if all(type(i) is int for i in changed):
            return Reply(value, tuple(changed[:16]))
        case "fault", {"fault": "not_defined"}:
            raise not_defined(name)
        case "fault", {"fault": "not_callable"}:
            raise not_callable(name)
        case "fault", {"fault": "raised", "type": str(kind), "message": str(text)}:
            raise raised(name, kind, text)
    raise StudentFault("died", f"{name} gave a reply that could not be read.")
