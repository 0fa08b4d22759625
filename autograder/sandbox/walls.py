"""The one file that knows bubblewrap: what of the machine a submission may see, and which system calls it may make."""

import errno
import importlib
import importlib.metadata
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from packaging.requirements import Requirement

import nnlib
import practice

INSIDE = Path(__file__).parent / "inside"
INSIDE_PACKAGES = ("numpy", "matplotlib", "matplotlib-inline", "ipython")
# No notebook's business: new namespaces, mounts, other processes' memory, memory that no process shows, kernel doors,
# another core.
DENIED = """unshare setns mount umount2 pivot_root chroot move_mount open_tree fsopen fsconfig fsmount fspick
    mount_setattr ptrace process_vm_readv process_vm_writev pidfd_getfd kcmp bpf perf_event_open keyctl add_key
    request_key io_uring_setup io_uring_enter io_uring_register userfaultfd memfd_create memfd_secret
    shmget shmat shmctl shmdt semget semop semtimedop semctl msgget msgsnd msgrcv msgctl mq_open mq_unlink vmsplice
    init_module finit_module delete_module kexec_load reboot swapon swapoff acct quotactl name_to_handle_at
    open_by_handle_at personality sched_setaffinity sched_setscheduler sched_setparam sched_setattr""".split()
CLONE_NEWUSER = 0x10000000
SHARED_ANONYMOUS = 0x21  # MAP_SHARED | MAP_ANONYMOUS: pages that stay when no process has them mapped any more
SEND_BUFFERS = (7, 32)  # SO_SNDBUF, SO_SNDBUFFORCE
FAMILIES = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK)  # others lie outside the namespaces
INT = 0xFFFFFFFF  # the half of a register that the kernel reads where an argument is an int


class SandboxUnavailable(Exception):
    """The walls cannot be put up here; the text is one line that says why and what to do."""


def command(allowed: tuple[str, ...], filter_descriptor: int) -> list[str]:
    """bubblewrap's command line: read-only system and interpreter, our `inside/`, the allowed part of nnlib."""
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        raise SandboxUnavailable(
            "bubblewrap is not installed, and nothing is graded without it: install the package "
            "'bubblewrap' (Debian, Ubuntu: sudo apt-get install bubblewrap)."
        )
    return [
        bwrap,
        *_namespaces(),
        *_system(),
        *_interpreter(),
        *_site(),
        *_course(allowed),
        *("--perms", "0444", "--ro-bind-data", str(filter_descriptor), "/seccomp.bpf"),
        *("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/"),
    ]


def _namespaces() -> list[str]:
    if (
        os.getuid() == 0
    ):  # what runs inside drops to an unprivileged uid itself: limits on processes do not hold for root
        walls = [
            "--unshare-ipc",
            "--unshare-pid",
            "--unshare-net",
            "--unshare-uts",
            "--unshare-cgroup-try",
            "--cap-add",
            "CAP_SETUID",
            "--cap-add",
            "CAP_SETGID",
        ]
    else:
        walls = ["--unshare-all"]
    return [*walls, "--die-with-parent", "--new-session", "--clearenv", *_environment()]


def _environment() -> list[str]:
    variables = {
        "PATH": "/usr/bin:/bin",
        "HOME": "/tmp",
        "TMPDIR": "/tmp",
        "LANG": "C.UTF-8",
        "AUTOGRADER_SANDBOX": "1",
        "MPLCONFIGDIR": "/tmp/matplotlib",
        "IPYTHONDIR": "/tmp/ipython",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }
    return [word for name, value in variables.items() for word in ("--setenv", name, value)]


def _system() -> list[str]:
    words = ["--ro-bind", "/usr", "/usr", "--proc", "/proc", "--dev", "/dev"]
    for top in ("/bin", "/lib", "/lib32", "/lib64"):
        if os.path.islink(top):
            words += ["--symlink", os.readlink(top), top]
        elif os.path.isdir(top):
            words += ["--ro-bind", top, top]
    words += ["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
    for directory in ("/work", "/site", "/course"):
        words += ["--perms", "0755", "--dir", directory]
    words += ["--ro-bind", "/dev/null", "/dev/zero"]  # nodev, so shut: a map of it is memory that no process shows
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


def refuse_what_shows(*places: Path) -> None:
    """Raise SandboxUnavailable for a folder of the course's that lies where a submission can read."""
    for place in places:
        for top in (Path("/usr"), Path(sys.base_prefix)):
            if place.resolve().is_relative_to(top.resolve()):
                reason = f"{place} lies below {top}, which submissions can read"
                raise SandboxUnavailable(f"{reason}: move the course elsewhere.")


def _visible_parents(path: Path) -> list[str]:
    """bubblewrap would make them 0700, closed to the uid that is dropped to."""
    return [word for parent in reversed(path.parents[:-1]) for word in ("--perms", "0755", "--dir", str(parent))]


def _site() -> list[str]:
    """NumPy, Matplotlib, IPython and what they need, and nothing else of the environment that we run in."""
    return [word for path in _site_files() for word in ("--ro-bind", str(path), f"/site/{path.name}")]


def _site_files() -> list[Path]:
    """The top-level files and folders of INSIDE_PACKAGES and their requirements."""
    todo, done, paths = list(INSIDE_PACKAGES), set(), set()
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
        paths |= {Path(distribution.locate_file(top)) for top in _tops(distribution)}
    return sorted(path for path in paths if path.exists())


def _tops(distribution: importlib.metadata.Distribution) -> set[str]:
    """The first part of each of a distribution's files."""
    record = distribution.read_text("RECORD")  # `files` makes a Path of each line
    files = record.splitlines() if record else map(str, distribution.files or ())
    return {file.split(",")[0].split("/")[0] for file in files} - {"..", "__pycache__"}


def _course(allowed: tuple[str, ...]) -> list[str]:
    """Our code that runs inside, what students have at home, and of nnlib only what the assignment may import."""
    words = ["--ro-bind", str(INSIDE), "/inside", "--perms", "0755", "--dir", "/course/nnlib"]
    words += ["--ro-bind", str(Path(practice.__file__).parent), "/course/practice"]
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
        raise SandboxUnavailable(
            f"the sandbox needs pyseccomp ({error}), and nothing is graded without it: install "
            "the packages 'pyseccomp' (pip) and 'libseccomp2' (apt-get)."
        ) from None


def seccomp_filter() -> bytes:
    """The compiled filter: everything but DENIED, and what `_with_arguments` denies; clone3 is not implemented."""
    pyseccomp = _pyseccomp()
    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)  # system calls of other architectures end the process
    for name in DENIED:
        rules.add_rule(pyseccomp.ERRNO(errno.EPERM), name)
    rules.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")  # its flags lie in memory, out of a filter's sight
    for name, number, *arguments in _with_arguments(pyseccomp):
        rules.add_rule(pyseccomp.ERRNO(number), name, *arguments)
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()


def _with_arguments(pyseccomp: ModuleType) -> Iterator[tuple]:
    """(system call, error number, the arguments with which it is denied)."""

    def has(position: int, value: int, bits: int = INT):
        return pyseccomp.Arg(position, pyseccomp.MASKED_EQ, bits, value)

    yield "clone", errno.EPERM, has(0, CLONE_NEWUSER, CLONE_NEWUSER)
    yield "mmap", errno.EPERM, has(3, SHARED_ANONYMOUS, SHARED_ANONYMOUS)
    for option in SEND_BUFFERS:
        yield "setsockopt", errno.EPERM, has(1, socket.SOL_SOCKET), has(2, option)
    for call in ("socket", "socketpair"):
        yield call, errno.EAFNOSUPPORT, pyseccomp.Arg(0, pyseccomp.GT, max(FAMILIES))
        for family in set(range(max(FAMILIES))) - set(FAMILIES):
            yield call, errno.EAFNOSUPPORT, has(0, family)
        yield call, errno.EPROTONOSUPPORT, has(0, socket.AF_NETLINK), pyseccomp.Arg(2, pyseccomp.NE, 0)  # but routes


def explain(errors: str) -> str:
    """What bubblewrap said on its standard error, as one sentence with what to do."""
    last = (errors.strip().splitlines() or ["it said nothing"])[-1]
    hint = "allow unprivileged user namespaces (on Ubuntu: an AppArmor profile for bwrap), or use another machine"
    return f"bubblewrap cannot make a sandbox here ({last}), and nothing is graded without one: {hint}."
