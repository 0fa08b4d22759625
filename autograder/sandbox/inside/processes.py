"""What runs in the sandbox: a warm process that forks once a submission, and submissions that fork once a check.

    zygote ── fork ── keeper (new namespaces) ── fork ── submission ── fork ── test cell
      │                                                     └───────── fork ── check
      └─ holds no submission's data; never runs student code

The host's socket ends tell them apart: `control` (zygote), one for each submission, one for each check. Nothing the
guest says is trusted. It imports the standard library, NumPy, Matplotlib and IPython, and of ours `display`,
`shell` and `wire`, and what students have at home, too.
"""

import ctypes
import gc
import os
import resource
import selectors
import signal
import socket
from functools import partial

import numpy as np
import wire

from practice.cases import load
from practice.faults import text_of
from practice.values import changed, plain

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV = 1, 2, 4
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 1, 4, 22, 2
SANDBOXED = os.environ.get("AUTOGRADER_SANDBOX") == "1"
WORK = "/work"

libc = ctypes.CDLL(None, use_errno=True)


def must(result: int, what: str) -> None:
    """Fail closed: a wall that cannot be put up ends the process."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


# zygote


def main(descriptor: int, cases: int, modules: tuple[str, ...]) -> None:
    """Warm up, import `modules`, then fork a keeper for each request until the host that started us goes.

    Requests come on `descriptor`, and on the sockets that it lent to other processes of the host. From the file
    `cases` is read what `practice` knows here.
    """
    if os.getuid() == 0 and SANDBOXED:
        _become_nobody()
    control = socket.socket(fileno=descriptor)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # keepers are not waited for
    import shell  # the warm part: NumPy, Matplotlib, IPython, one figure, one traceback

    shell.warm_up(modules)
    with open(cases, encoding="utf-8") as file:
        if known := file.read():
            load(known)
    wire.send(control, "ready", "", None)
    with selectors.DefaultSelector() as hosts:
        hosts.register(control, selectors.EVENT_READ)
        while control.fileno() >= 0:  # it is closed when the host that started us has gone
            for ready, _ in hosts.select():
                _answer_host(ready.fileobj, hosts)


def _answer_host(control: socket.socket, hosts: selectors.BaseSelector) -> None:
    """One request of one of the `hosts`: for a submission, or to listen to one more."""
    try:
        request, descriptors = wire.receive_with_descriptors(control, 1)
    except wire.Closed:
        hosts.unregister(control)
        control.close()
        return
    connection = socket.socket(fileno=descriptors[0])
    if request.kind == "lend":
        hosts.register(connection, selectors.EVENT_READ)
        return
    if os.fork() == 0:
        _keep(connection, request.body)
    connection.close()


def _become_nobody() -> None:
    """Never judge as uid 0: limits on processes do not hold for it."""
    os.setgroups([])
    os.setresgid(65534, 65534, 65534)
    os.setresuid(65534, 65534, 65534)
    must(libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0), "prctl")  # else /proc/self stays root's and uid_map cannot be written


# keeper


def _keep(connection: socket.socket, limits: dict) -> None:
    """Make the namespaces, fork the submission into them, hand the host its pidfd, and end when it ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    status = 1
    try:
        _close_all_but(connection.fileno())  # among them what other hosts hold the ends of
        if SANDBOXED:
            _new_namespaces()
        go_read, go_write = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(go_write)
            os.read(go_read, 1)  # until the host holds our pidfd
            os.close(go_read)
            _submission(connection, limits)
        wire.send(connection, "born", "", None, (os.pidfd_open(child),))
        connection.close()
        os.write(go_write, b"g")
        _, status = os.waitpid(child, 0)
    finally:
        os._exit(1 if status else 0)


def _close_all_but(descriptor: int) -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    os.closerange(3, descriptor)
    os.closerange(descriptor + 1, 4096)


def _new_namespaces() -> None:
    uid, gid = os.getuid(), os.getgid()
    flags = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS
    must(libc.unshare(flags), "unshare")
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{uid} {uid} 1")
    _write("/proc/self/gid_map", f"{gid} {gid} 1")


def _write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)


# submission


def _submission(connection: socket.socket, limits: dict) -> None:
    """Put up the last walls, run the cells, then answer each check from a fork of that state."""
    try:
        os.setsid()  # a signal to the process group must not reach the warm process
        _walls(connection, limits)
        import shell

        cells = wire.receive(connection).body
        kernel = shell.Kernel()
        for index, cell in enumerate(cells):
            outputs = kernel.run_apart(cell, limits) if cell["isolated"] else kernel.run(cell["source"], limits)
            kernel.keep(cell.get("state"))
            wire.send(connection, "cell", str(index), outputs)
        kernel.keep("")
        _serve(connection, kernel, limits)
    finally:
        os._exit(0)


def _walls(connection: socket.socket, limits: dict) -> None:
    try:
        must(libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "prctl")
        if SANDBOXED:
            _private_mounts(limits)
            _drop_capabilities()
        _limit(limits)
        if SANDBOXED:
            os.chdir(WORK)
            _seccomp()
    except Exception as error:
        wire.send(connection, "no walls", "", f"{type(error).__name__}: {error}")
        raise
    wire.send(connection, "walls", "", None)


def _private_mounts(limits: dict) -> None:
    """Nothing of /proc, and small private file systems where a notebook may write: gone with the submission."""
    options = f"size={limits['disk']},nr_inodes=2048,mode=0700".encode()
    flags = MS_NOSUID | MS_NODEV
    for target in (WORK, "/tmp", "/dev/shm"):
        must(libc.mount(b"tmpfs", target.encode(), b"tmpfs", flags, options), f"mount {target}")
    must(libc.mount(b"tmpfs", b"/proc", b"tmpfs", flags | MS_RDONLY, b"size=4k,nr_inodes=2"), "mount /proc")


def _drop_capabilities() -> None:
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3, this process
    must(libc.capset(header, (ctypes.c_uint32 * 6)()), "capset")


def _limit(limits: dict) -> None:
    if limits["core"] is not None:  # what it starts stays there: the filter denies moving
        os.sched_setaffinity(0, {limits["core"]})
    names = ["AS", "FSIZE", "CPU"]
    if SANDBOXED:  # elsewhere it counts every process of the user
        names.append("NPROC")
    for name in names:
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (limits[name], limits[name]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


def _seccomp() -> None:
    """Install the filter that the host compiled: no namespaces, mounts, tracing, memfd … from here on."""
    with open("/seccomp.bpf", "rb") as file:
        code = file.read()
    program = _Program(len(code) // 8, code)
    must(libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0), "seccomp")


# checks


def _serve(connection: socket.socket, kernel, limits: dict) -> None:
    """Fork for each check that the host asks for; the next request ends the one before, and all that it started."""
    import shell

    moved = kernel.moved()
    gc.freeze()  # as in the warm process: what a check does not touch need not be copied
    child = 0
    while True:
        _, descriptors = wire.receive_with_descriptors(connection, 1)
        if child:
            shell.end(child)
        child = os.fork()
        if child == 0:
            connection.close()
            _fork(socket.socket(fileno=descriptors[0]), kernel, moved, limits)
        os.close(descriptors[0])


def _fork(connection: socket.socket, kernel, moved: list[str], limits: dict) -> None:
    """Answer calls until the host closes the socket, each in the state of the notebook that is asked for."""
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (limits["check_cpu"], limits["check_cpu"]))
        host = _Host(connection)
        wire.send(connection, "ready", "", moved)
        namespace, state = kernel.namespace, ""
        while True:
            request = wire.receive(connection)
            host.nonce = request.nonce
            asked = wire.replaced(request.body, host.function)
            if state != asked["state"]:
                state = asked["state"]
                kernel.restore(state)
            namespace.update(asked["stand_ins"])
            if request.kind == "calls":
                kind, value = "answers", [_answer(namespace, asked["name"], args) for args in asked["args"]]
            else:
                kind, value = _answer(namespace, asked["name"], asked["args"])
            wire.send(connection, kind, request.nonce, value)
    finally:
        os._exit(0)


class _Host:
    """The other end of a check's socket, whose functions may be called while a request is open."""

    def __init__(self, connection: socket.socket):
        self._connection, self.nonce = connection, ""

    def function(self, lent):
        """A plain function for a `Callback`; anything else is itself."""
        return partial(self._call, lent.index) if type(lent) is wire.Callback else lent

    def _handed_back(self, value):
        """The `Callback` again of which this is the function; anything else is itself."""
        return wire.Callback(value.args[0]) if type(value) is partial and value.func == self._call else value

    def _call(self, index: int, *args, **named):
        body = plain(wire.replaced({"callback": index, "args": args, "named": named}, self._handed_back))
        wire.send(self._connection, "callback", self.nonce, body)
        reply = wire.receive(self._connection)
        if reply.kind == "fault":
            raise wire.exception(**reply.body)
        return reply.body


def _answer(namespace: dict, name: str, args: tuple):
    """("value", {"value", "changed"}) or ("fault", {"fault", "type", "message"})."""
    function = namespace.get(name)
    if not callable(function):
        return "fault", {"fault": "not_defined" if function is None else "not_callable", "type": "", "message": ""}
    before = [np.array(argument) if isinstance(argument, np.ndarray) else None for argument in args]
    try:
        value = plain(function(*args))
    except BaseException as error:
        return "fault", {"fault": "raised", "type": type(error).__name__, "message": text_of(error)}
    return "value", {"value": value, "changed": list(changed(before, args))}
