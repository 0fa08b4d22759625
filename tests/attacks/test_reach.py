"""What a submission can reach: nothing of the course's, nothing of its siblings', no network, no privileges."""

import os
import textwrap

import numpy as np
import pytest

from autograder.sandbox.limits import Limits
from autograder.sandbox.sandbox import Sandbox


@pytest.fixture(scope="module")
def box():
    with Sandbox(("datasets",), Limits(check_cpu=3, check_wall=10)) as made:
        yield made


@pytest.fixture
def ask(box):
    """What a probe (Python source that defines `probe(*args)`) returns inside the sandbox."""

    def call(source, *args):
        with box.session() as session:
            session.run([{"source": textwrap.dedent(source), "isolated": False}])
            with session.fork() as fork:
                return fork.call("probe", args).value

    return call


READ = """
def probe(*paths):
    read = []
    for path in paths:
        try:
            with open(path, "rb") as file:
                file.read(1)
            read.append(path)
        except OSError:
            pass
    return read
"""


def test_the_course_and_the_machine_cannot_be_read(ask, root, tmp_path):
    secrets = [tmp_path / name for name in ("gradebook.db", "secret")]
    for path in secrets:
        path.write_text("x")
    repository = [
        "assignments/a1-neuron/a1-neuron.ipynb",
        "autograder/checks/a1-neuron/__init__.py",
        "assignments/a4-mlp/a4-mlp.ipynb",
        "autograder/checks/a4-mlp/train.py",
        "autograder/judging/check.py",
        "autograder/checks/a1-neuron/row_gradients.py",
        "nnlib/losses.py",
        "README.md",
    ]
    files = [
        *map(str, secrets),
        *(str(root / name) for name in repository),
        "/etc/passwd",
        "/etc/hostname",
        "/proc/1/maps",
        "/proc/self/mem",
        "/proc/self/environ",
        "/proc/cpuinfo",
        os.path.expanduser("~/.bashrc"),
    ]
    assert all(os.path.exists(path) for path in files[:10])
    assert ask(READ, *files) == []


def test_only_its_own_code_is_found_by_walking(ask):
    found = ask("""
        import os
        def probe():
            names = [os.path.join(top, name) for top, _, names in os.walk("/", onerror=None) for name in names]
            checks = [n for n in names if "checks" in n and ("neuron" in n or "mlp" in n)]
            return [n for n in names if n.endswith((".ipynb", ".db")) or n in checks][:20]
    """)
    assert [name for name in found if "site-packages" not in name and not name.startswith(("/site/", "/usr/"))] == []


def test_neither_root_nor_able_to_become_it(ask):
    uid, euid, setuid, unshare = ask("""
        import ctypes, os
        def probe():
            libc = ctypes.CDLL(None)
            return os.getuid(), os.geteuid(), libc.setuid(0), libc.unshare(0x10000000)
    """)
    assert uid != 0 and euid != 0 and setuid == -1 and unshare == -1


def test_doors_of_the_kernel_are_shut(ask):
    results = ask("""
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        def probe():
            attempts = {
                "mount": libc.mount(b"tmpfs", b"/tmp", b"tmpfs", 0, None),
                "umount": libc.umount(b"/proc"),
                "ptrace": libc.ptrace(0, 0, 0, 0),
                "memfd": libc.memfd_create(b"x", 0),
                "keyctl": libc.syscall(250, 0, 0, 0, 0),
                "bpf": libc.syscall(321, 0, 0, 0),
                "io_uring": libc.syscall(425, 8, 0),
                "userfaultfd": libc.syscall(323, 0),
                "clone a user namespace": libc.syscall(56, 0x10000000 | 17, 0, 0, 0, 0),
                "process_vm_readv": libc.syscall(310, 1, 0, 0, 0, 0, 0),
            }
            return {name: result for name, result in attempts.items() if result != -1}
    """)
    assert results == {}


def test_no_network_and_no_socket_of_the_hosts(ask):
    assert ask("""
        import socket
        def probe():
            reached = []
            for family, address in ((socket.AF_INET, ("127.0.0.1", 80)), (socket.AF_INET, ("10.0.0.1", 53)),
                                    (socket.AF_UNIX, "\\0dbus"), (socket.AF_UNIX, "/run/dbus/system_bus_socket")):
                with socket.socket(family, socket.SOCK_STREAM) as sock:
                    sock.settimeout(1)
                    try:
                        sock.connect(address)
                        reached.append(address)
                    except OSError:
                        pass
            return reached, [name for _, name in socket.if_nameindex()]
    """) == ([], ["lo"])


def test_only_its_own_processes_and_descriptors(ask):
    processes, descriptors = ask("""
        import os
        def probe():
            alive = []
            for pid in range(1, 400):
                try:
                    os.kill(pid, 0)
                    alive.append(pid)
                except ProcessLookupError:
                    pass
                except PermissionError:
                    alive.append(-pid)
            opened = []
            for descriptor in range(3, 300):
                try:
                    os.fstat(descriptor)
                    opened.append(descriptor)
                except OSError:
                    pass
            return len(alive), len(opened)
    """)
    assert processes == 2  # the submission and the fork that answers
    assert descriptors == 1  # its own socket


def test_nothing_can_be_written_but_a_small_private_folder(ask):
    written = ask("""
        import os
        def probe():
            written = []
            for top in ("/", "/usr", "/site", "/site/numpy", "/inside", "/course/nnlib", "/dev", "/etc", "/proc",
                        "/tmp", "/work", "/dev/shm", os.path.dirname(os.__file__), os.path.expanduser("~")):
                try:
                    with open(os.path.join(top, "left-behind"), "w") as file:
                        file.write("x")
                    written.append(top)
                except OSError:
                    pass
            return written
    """)
    assert set(written) <= {"/tmp", "/work", "/dev/shm"}


def test_what_one_submission_leaves_the_next_does_not_find(box):
    leave = "import os\nfor top in ('/tmp', '/work', '/dev/shm'):\n    open(top + '/note', 'w').write('answers')\n"
    look = "import os\ndef probe():\n    return [os.path.exists(t + '/note') for t in ('/tmp', '/work', '/dev/shm')]"
    with box.session() as first, box.session() as second:
        first.run([{"source": leave + look, "isolated": False}])
        second.run([{"source": look, "isolated": False}])
        for session, expected in ((first, [True] * 3), (second, [False] * 3)):
            with session.fork() as fork:
                assert fork.call("probe", ()).value == expected


def test_checks_do_not_see_each_others_state(box):
    with box.session() as session:
        session.run(
            [{"source": "seen = []\ndef probe():\n    seen.append(1)\n    return len(seen)", "isolated": False}]
        )
        for _ in range(2):
            with session.fork() as fork:
                assert fork.call("probe", ()).value == 1


def test_only_the_allowed_part_of_nnlib_is_there(ask):
    assert ask("""
        def probe():
            import nnlib.datasets
            missing = []
            for name in ("losses", "activations", "training", "plots"):
                try:
                    __import__("nnlib." + name)
                except ImportError:
                    missing.append(name)
            return missing
    """) == ["losses", "activations", "training", "plots"]


def test_disk_and_inodes_end(ask):
    size, files = ask("""
        import os
        def probe():
            total = files = 0
            try:
                for k in range(40):
                    with open(f"/work/{k}", "wb") as file:
                        total += file.write(b"x" * (8 << 20))
            except OSError:
                pass
            try:
                for k in range(100_000):
                    os.close(os.open(f"/tmp/{k}", os.O_CREAT | os.O_WRONLY))
                    files += 1
            except OSError:
                pass
            return total, files
    """)
    assert size <= 64 << 20 and files <= 2048


def test_arrays_survive_the_trip_exactly(ask):
    sent = (np.arange(6.0).reshape(2, 3)[:, ::-1], np.float32([1.5, np.nan]), np.array(True), np.zeros((0, 3)))
    came = ask("def probe(*args):\n    return list(args)", *sent)
    for ours, theirs in zip(sent, came, strict=True):
        np.testing.assert_array_equal(ours, theirs)
        assert ours.dtype == theirs.dtype


def test_environment_and_home_hold_nothing_of_the_hosts(ask):
    variables, home = ask("""
        import os
        def probe():
            return dict(os.environ), [name for name in os.listdir(os.path.expanduser("~")) if "." not in name]
    """)
    ours = {value for value in os.environ.values() if len(value) > 12}
    assert not ours & set(variables.values()) and set(home) <= {"matplotlib", "ipython"}
    told = {"PATH", "HOME", "TMPDIR", "LANG", "PWD", "MPLCONFIGDIR", "IPYTHONDIR", "AUTOGRADER_SANDBOX"}
    threads = {"OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"}
    assert variables["PWD"] == "/" and {name for name in variables if not name.startswith("MPL")} <= told | threads


def test_frames_and_the_collector_lead_to_no_check_and_no_reference(ask):
    modules, found = ask("""
        import gc, inspect, sys
        def probe():
            names = ("Blank", "Judge", "Check", "Variant", "examined", "Course", "catalogue", "numerical_gradient_of")
            frame, seen = sys._getframe(), []
            while frame is not None:
                seen += [*frame.f_locals, *frame.f_globals, frame.f_code.co_filename]
                frame = frame.f_back
            for item in gc.get_objects():
                if inspect.isfunction(item) or inspect.isclass(item):
                    seen.append(item.__module__ or "")
                    seen.append(item.__name__)
            return sorted(name for name in sys.modules if "autograder" in name), [n for n in seen if n in names]
    """)
    assert modules == [] and found == []


def test_text_of_one_submission_is_in_no_memory_of_the_next(box):
    mark = "0f3c-left-in-memory"
    look = f"""
import gc
def probe():
    gc.unfreeze()
    mark = "".join(reversed({mark[::-1]!r}))
    for item in gc.get_objects():
        for text in gc.get_referents(item):  # no generator here: its closure would hold the mark itself
            if type(text) is str and text == mark:
                return True
    return False
"""
    with box.session() as first, box.session() as second:
        first.run([{"source": look + f"kept = [{mark!r}]", "isolated": False}])
        second.run([{"source": look, "isolated": False}])
        answers = []
        for session in (first, second):
            with session.fork() as fork:
                answers.append(fork.call("probe", ()).value)
    assert answers == [True, False]


def test_no_process_memory_but_its_own_can_be_read(ask):
    assert (
        ask("""
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        def probe():
            read = []
            for pid in (0, 1, 2, 3, os.getppid()):
                for path in ("mem", "maps", "fd/0", "root/etc"):
                    path = os.path.join(f"/proc/{pid}", path)
                    read += [path] if os.path.exists(path) else []
                read += [pid] if libc.ptrace(16, pid, 0, 0) != -1 else []
                read += [pid] if libc.syscall(434, pid, 0) >= 0 and libc.syscall(438, pid, 0, 0) >= 0 else []
            return read
    """)
        == []
    )


def test_of_all_folders_and_files_only_private_ones_can_be_changed(ask):
    changed = ask("""
        import os, sys
        mine = ("/tmp", "/work", "/dev/shm")
        def probe():
            changed = []
            for top, folders, names in os.walk("/"):
                if top.startswith(mine) or top.startswith(("/proc", "/dev/pts")):
                    continue
                if os.access(top, os.W_OK):
                    changed.append(top)
                if top != "/dev":
                    changed += [path for name in names if os.access(path := os.path.join(top, name), os.W_OK)
                                and not os.path.islink(path)]
            for path in (os.__file__, sys.modules["numpy"].__file__, sys.modules["wire"].__file__,
                         sys.modules["wire"].__file__[:-3] + ".pyc", sys.executable):
                for act in (lambda: open(path, "r+b"), lambda: os.unlink(path), lambda: os.chmod(path, 0o777),
                            lambda: os.utime(path), lambda: os.rename(path, "/tmp/x"), lambda: os.link(path, "/tmp/y"),
                            lambda: os.mkdir(os.path.join(os.path.dirname(path), "__pycache__", "x"))):
                    try:
                        act()
                        changed.append(path)
                    except OSError:
                        pass
            return changed[:20]
    """)
    assert changed == []


def test_the_library_has_no_back_door_to_the_rest_of_it(ask):
    assert ask("""
        import importlib, importlib.util, os, pkgutil, subprocess, sys
        import nnlib, nnlib.datasets
        def probe():
            names = {module.name for module in pkgutil.iter_modules(nnlib.__path__)}
            found = [n for n in ("losses", "activations", "layers", "graph") if n in names
                     or importlib.util.find_spec("nnlib." + n) or "nnlib." + n in sys.modules]
            formulas = ("sigmoid", "log_loss", "softplus", "step")
            found += [f for m in list(sys.modules.values()) if getattr(m, "__name__", "").startswith("nnlib")
                      for f in formulas if hasattr(m, f)]
            pip = subprocess.run([sys.executable, "-m", "pip", "install", "torch"], capture_output=True).returncode
            return found, pip != 0
    """) == ([], True)


UNSEEN = """
import ctypes, mmap, os, socket, time
libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = libc.mmap.restype = ctypes.c_void_p
SIZE = 128 << 20

def filled(at):
    if at in (None, 2**64 - 1):
        raise OSError(ctypes.get_errno(), "no memory")
    ctypes.memset(at, 1, SIZE)
    return at

def segment():
    libc.shmdt(ctypes.c_void_p(filled(libc.shmat(libc.shmget(0, SIZE, 0o1600), None, 0))))
    return SIZE

def shared_map(descriptor, flags):
    at = filled(libc.mmap(None, ctypes.c_size_t(SIZE), 3, flags, descriptor, ctypes.c_size_t(0)))
    libc.munmap(ctypes.c_void_p(at + 4096), ctypes.c_size_t(SIZE - 4096))  # one page keeps all the others
    return SIZE

def queue():
    return -1 if libc.mq_open(b"/queue", os.O_CREAT | os.O_RDWR, 0o600, None) < 0 else SIZE

def messages():
    return -1 if libc.msgget(0, 0o1600) < 0 else SIZE

def semaphores():
    return -1 if libc.semget(0, 32000, 0o1600) < 0 else SIZE

def send_buffer():
    one, other = socket.socketpair()
    usual = one.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
    for option in (socket.SO_SNDBUF, 1 << 32 | socket.SO_SNDBUF, 32):
        libc.syscall(54, one.fileno(), ctypes.c_long(1), ctypes.c_long(option), ctypes.byref(ctypes.c_int(1 << 19)), 4)
    return one.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) - usual

def pages_in_a_pipe():
    page, (_, write) = ctypes.create_string_buffer(1 << 16), os.pipe()
    return libc.vmsplice(write, (ctypes.c_size_t * 2)(ctypes.addressof(page), 1 << 16), ctypes.c_size_t(1), 0)

ways = {
    "a System V segment": segment,
    "a map": lambda: len(mmap.mmap(-1, SIZE)),
    "a map that is unmapped": lambda: shared_map(-1, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS),
    "a map of zeros": lambda: shared_map(os.open("/dev/zero", os.O_RDWR), mmap.MAP_SHARED),
    "a map of zeros that are read": lambda: len(mmap.mmap(os.open("/dev/zero", os.O_RDONLY), SIZE, prot=1)),
    "a queue": queue,
    "a System V queue": messages,
    "semaphores": semaphores,
    "a large send buffer": send_buffer,
    "pages in a pipe": pages_in_a_pipe,
}

def probe():
    got = {}
    for name, way in ways.items():
        try:
            got[name] = way()
        except OSError:
            pass
    return {name: size for name, size in got.items() if size > 0}
"""


def test_memory_that_no_process_shows_is_not_to_be_had(ask):
    assert ask(UNSEEN) == {}


def test_what_a_notebook_shares_memory_with_works(ask):
    answer = ask("""
        import multiprocessing, sqlite3, subprocess, threading
        from multiprocessing.shared_memory import SharedMemory
        import numpy as np
        def square(x):
            return x * x
        def probe():
            fork = multiprocessing.get_context("fork")
            with fork.Pool(2) as pool:
                squares = pool.map(square, range(4))
            number, block = fork.Value("i", 3), SharedMemory(create=True, size=1 << 20)
            block.buf[:3] = b"abc"
            child = fork.Process(target=lambda: setattr(number, "value", bytes(block.buf[:3])[0]))
            child.start(), child.join()
            block.close(), block.unlink()
            threads = [threading.Thread(target=lambda: np.ones((300, 300)) @ np.ones((300, 300))) for _ in range(4)]
            [thread.start() for thread in threads], [thread.join() for thread in threads]
            said = subprocess.run(["echo", "yes"], capture_output=True, start_new_session=True).stdout
            with sqlite3.connect("a.db") as base:
                base.execute("pragma journal_mode=wal"), base.execute("create table t (x)")
            return squares, number.value, said.decode()
    """)
    assert answer == ([0, 1, 4, 9], ord("a"), "yes\n")


def test_of_socket_families_only_those_of_its_network_namespace_are_there(ask):
    assert ask("""
        import ctypes, socket
        libc = ctypes.CDLL(None)
        def probe():
            opened = set()
            for family in range(64):
                for kind in (1, 2, 3, 5):
                    for call, high in ((41, 0), (53, 0), (41, 1 << 32), (53, 1 << 32)):  # socket, socketpair
                        pair = (ctypes.c_int * 2)()
                        if libc.syscall(call, ctypes.c_long(high | family), kind, 0, pair) >= 0:
                            opened.add(family)
            audit = [p for p in range(1, 23) if libc.syscall(41, 16, 3, ctypes.c_long(p)) >= 0
                     or libc.syscall(41, 16, 3, ctypes.c_long(1 << 32 | p)) >= 0]
            return sorted(opened), audit
    """) == ([1, 2, 10, 16], [])


def test_system_calls_of_other_architectures_end_the_process(ask):
    ended = ask("""
        import ctypes, mmap, os
        libc = ctypes.CDLL(None)
        def old():  # getpid by the 32-bit door: mov eax, 20; int 0x80; ret
            page = mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, prot=7)
            page.write(bytes.fromhex("b814000000cd80c3"))
            os._exit(ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))() != os.getpid())
        def x32():
            os._exit(libc.syscall(0x40000000 + 39) != os.getpid())
        def probe():
            ends = []
            for door in (old, x32):
                if (child := os.fork()) == 0:
                    door()
                ends.append(os.WIFSIGNALED(os.waitpid(child, 0)[1]))
            return ends
    """)
    assert ended == [True, True]


def test_a_submission_stays_on_its_core(ask):
    cores, moved = ask("""
        import ctypes, os, subprocess
        libc = ctypes.CDLL(None)
        def tried(way):
            try:
                way()
            except OSError:
                pass
        def probe():
            every, mask = range(1024), ctypes.create_string_buffer(b"\\xff" * 128)
            before = os.sched_getaffinity(0)
            for process in (0, os.getpid(), 1):
                for cores in (every, {0}, {1}):
                    tried(lambda: os.sched_setaffinity(process, cores))
                libc.syscall(203, process, 128, mask)
            tried(lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)))
            tried(lambda: os.nice(-1))
            subprocess.run(["taskset", "-p", "ff", "1"], capture_output=True)
            with_child = subprocess.run(["nproc"], capture_output=True, text=True).stdout
            return len(before), (os.sched_getaffinity(0) != before, os.sched_getscheduler(0), int(with_child))
    """)
    assert cores == 1 and moved == (False, os.SCHED_OTHER, 1)
