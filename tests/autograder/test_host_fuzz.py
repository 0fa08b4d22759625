"""The host against a guest that sends what it likes: always a finding, soon, in bounded memory, and never an exception.

A thread plays the submission over real sockets. What it is asked for comes from `Session` and `SandboxGuest`.
"""

import contextlib
import json
import os
import resource
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace

import nbformat
import numpy as np
import pytest

from autograder.course.verdict import FAILED, PASSED, Verdict
from autograder.gradebook.comments import comment_on
from autograder.judging.blank import Blank
from autograder.judging.check import check
from autograder.sandbox.inside import wire
from autograder.sandbox.limits import Limits
from autograder.sandbox.session import Died, Session
from tests.autograder.made_up import knowing

LIMITS = Limits(check_wall=5, cell_wall=2, start_wall=2)
SEEDS = 400
MOST_MEMORY = 320 << 20  # bytes that one reply may cost the host, the reply itself included


def numbers(rng):
    yield "numbers", (rng.uniform(1, 2, size=3),)


def total(x):
    """np.sum"""
    return np.sum(x)


@check({"first": 0.5, "second": 0.5})
def f(blank):
    """Twice, and the sum."""
    for case in blank.cases(numbers):
        (x,) = case.args
        first, second = blank.call("f", x, total, returns=2)
        blank.close("first", first, 2 * x)
        blank.close("second", second, x.sum())


f = knowing(f, "x, total", wrong_sign="(-2 * x, 0.0)")


def right(request):
    x = request.body["args"][0]
    return {"value": (2 * x, x.sum()), "changed": []}


@pytest.fixture(scope="module")
def process():
    """A process for the host to watch and to kill."""
    with subprocess.Popen(["sleep", "1000"]) as sleeping:
        yield sleeping.pid
        sleeping.kill()


@check({"double": 1.0})
def many(blank):
    """Twice, on inputs that are asked for in one message."""
    for case in blank.cases(lambda rng: ((str(k), (rng.uniform(1, 2, size=3),)) for k in range(3))):
        blank.close("double", blank.call("many", *case.args), 2 * case.args[0])


many = knowing(many, wrong_sign="-2 * x")


def verdict_on(process, script, limits=LIMITS, what=f, fresh=True):
    """The verdict on a guest that answers every request with script(connection, request)."""
    ours, theirs = socket.socketpair()
    guest = threading.Thread(target=_play, args=(theirs, script), daemon=True)
    guest.start()
    with ours:
        session = Session(ours, os.pidfd_open(process), limits)
        started = time.monotonic()
        with session.fork({"other": total}) as fork:
            blank = Blank(what, b"5eed")
            blank.examine(fork, public=True, singly=what is not many)
            if fresh and blank.fault(public=True) is None:
                blank.examine(fork, public=False)
            verdict = blank.verdict(4.0)
        assert time.monotonic() - started < limits.start_wall + limits.check_wall + 4
    os.close(session._pidfd)
    guest.join(10)
    assert verdict.outcome in (PASSED, FAILED) and 0 <= verdict.score <= 4
    whole = Verdict("a", "ada", "5ub", (verdict,))
    assert Verdict.from_json(json.dumps(json.loads(whole.to_json()))) == whole
    assert len(comment_on(verdict) or "") < 3_000
    return verdict


def _play(connection, script):
    with contextlib.suppress(wire.WireError, OSError), connection:
        _, (descriptor,) = wire.receive_with_descriptors(connection, 1)
        with socket.socket(fileno=descriptor) as ours:
            wire.send(ours, "ready", "", None)
            while True:
                script(ours, wire.receive(ours))


def frame(head, payload=b"", sizes=None):
    text = head if isinstance(head, bytes) else json.dumps(head).encode()
    return wire.PREFIX.pack(*(sizes or (len(text), len(payload)))) + text + payload


def header(nonce, body, kind="value", sizes=()):
    return {"kind": kind, "nonce": nonce, "body": body, "sizes": list(sizes)}


def tagged(value):
    """The node of {"value": value, "changed": []}, whose value is a node already."""
    return {"dict": [["value", value], ["changed", {"list": []}]]}


def array(index=0, dtype="<f8", shape=(1,), **more):
    return {"array": index, "dtype": dtype, "shape": list(shape), **more}


def test_a_guest_that_answers_rightly_passes(process):
    verdict = verdict_on(process, lambda ours, request: wire.send(ours, "value", request.nonce, right(request)))
    assert (verdict.outcome, verdict.score) == (PASSED, 4.0)


# one by one


def sends(make):
    """A script that sends the bytes make(nonce) and waits for the host to hang up."""

    def script(ours, request):
        ours.sendall(make(request.nonce))
        ours.shutdown(socket.SHUT_WR)

    return script


def calls(*bodies, nonce=None, then=True):
    """A script that calls the host with each body, and then answers rightly where it is let."""

    def script(ours, request):
        for body in bodies:
            wire.send(ours, "callback", request.nonce if nonce is None else nonce, body)
            wire.receive(ours)
        if then:
            wire.send(ours, "value", request.nonce, right(request))

    return script


def ask(*args, index=0, **named):
    return {"callback": index, "args": args, "named": named}


def value(node, payload=b""):
    return sends(lambda n: frame(header(n, tagged(node), sizes=[len(payload)] if payload else []), payload))


def fault(**fields):
    return lambda ours, request: wire.send(ours, "fault", request.nonce, fields)


def replies(kind, body, times=1):
    def script(ours, request):
        for _ in range(times):
            wire.send(ours, kind, request.nonce, body)

    return script


def with_descriptors(ours, request):
    with socket.socket() as one, socket.socket() as other:  # the host may hang up in the middle
        for _ in range(20):
            socket.send_fds(ours, [b"\0"], [one.fileno(), other.fileno()])
        ours.shutdown(socket.SHUT_WR)


HUGE = 2**63
DIGITS = int("9" * 4300)
SCRIPTS = {
    "nothing": sends(lambda n: b""),
    "a prefix cut short": sends(lambda n: b"\0" * 15),
    "a header of 2^63 bytes": sends(lambda n: frame({}, sizes=(HUGE, 0))),
    "buffers of 2^63 bytes": sends(lambda n: frame(header(n, 1), sizes=(60, HUGE))),
    "both of 2^64 - 1 bytes": sends(lambda n: b"\xff" * 4096),
    "a header of nothing": sends(lambda n: frame(b"")),
    "a header that is not UTF-8": sends(lambda n: frame(b"\xff\xfe{}")),
    "deep JSON": sends(lambda n: frame(b"[" * 100_000 + b"]" * 100_000)),
    "deep JSON objects": sends(lambda n: frame(b'{"list":[' * 50_000)),
    "a number of too many digits": sends(
        lambda n: frame(b'{"kind":"value","sizes":[],"nonce":"%s","body":%s}' % (n.encode(), b"9" * 5000))),
    "no fields": sends(lambda n: frame({})),
    "fields of other types": sends(lambda n: frame({"kind": 1, "nonce": [n], "body": 1, "sizes": {}})),
    "negative sizes": sends(lambda n: frame(header(n, 1, sizes=[-1, 1]))),
    "huge sizes": sends(lambda n: frame(header(n, 1, sizes=[HUGE, -HUGE]))),
    "sizes that are true": sends(lambda n: frame(header(n, 1, sizes=[True]), b"x")),
    "zero-size with giant dimensions": value(array(shape=[0, *[wire.MAX_BUFFERS] * 3]), b""),
    "an array that shares its buffer": value({"list": [array(shape=[2]), array(shape=[2])]}, bytes(16)),
    "an array of another size": value(array(shape=[HUGE, HUGE]), bytes(16)),
    "an array of negative shape": value(array(shape=[-1]), bytes(8)),
    "an array of objects": value(array(dtype="|O", shape=[1]), bytes(8)),
    "a wrong nonce": sends(lambda n: frame(header(n[::-1], tagged(1)))),
    "an empty nonce": sends(lambda n: frame(header("", tagged(1)))),
    "a nonce and more": sends(lambda n: frame(header(n + n, tagged(1)))),
    "an unknown kind": replies("passed", {"score": 4.0}),
    "ready, again": replies("ready", None),
    "a body of another form": replies("value", [1, 2]),
    "a body without its fields": replies("value", {"value": 1}),
    "positions that are none": replies("value", {"value": (1, 2), "changed": ["x"]}),
    "negative positions": replies("value", {"value": (1, 2), "changed": [-1]}),
    "positions without end": replies("value", {"value": (1, 2), "changed": [DIGITS]}),
    "positions that are arrays": replies("value", {"value": (1, 2), "changed": [np.zeros(2)]}),
    "very many positions": replies("value", {"value": (1, 2), "changed": [1] * 100_000}),
    "NaN and infinity": replies("value", {"value": (float("nan"), float("-inf")), "changed": []}),
    "an integer of 4300 digits": replies("value", {"value": (DIGITS, [DIGITS, 1.0]), "changed": []}),
    "text": replies("value", {"value": ("\ud800" * 1000, "x" * 100_000), "changed": []}),
    "long and short text": replies("value", {"value": (["x" * 1_000_000, *["y"] * 100_000], 1.0), "changed": []}),
    "a dict": replies("value", {"value": {k: {} for k in range(1000)}, "changed": []}),
    "a callback": replies("value", {"value": (wire.Callback(0), wire.Callback(DIGITS)), "changed": []}),
    "ragged": replies("value", {"value": ([[1.0], [2.0, 3.0]], [np.zeros(2), np.zeros(3)]), "changed": []}),
    "a fault of arrays": fault(fault=np.zeros(3), type="", message=""),
    "a fault without a message": fault(fault="raised", type="ValueError"),
    "a fault that is no text": fault(fault="raised", type=3, message=["x"]),
    "a fault of long text": fault(fault="raised", type="\ud800" * 10**6, message="<script>\0\x1b" * 10**5),
    "an unknown fault": fault(fault="passed", type="", message=""),
    "undecided": fault(fault="undecided", type="", message=""),
    "the reply twice": replies("value", {"value": (1.0, 1.0), "changed": []}, times=2),
    "a callback of an unknown index": calls(ask(index=2)),
    "a callback of a negative index": calls(ask(index=-1)),
    "a callback of a huge index": calls(ask(index=DIGITS)),
    "a callback by array": calls(ask(index=np.zeros(2))),
    "a callback of another form": calls([0]),
    "a callback without names": calls({"callback": 0, "args": ()}),
    "a callback with names that are no text": calls({"callback": 0, "args": (), "named": {1: 1}}),
    "a callback of a million arguments": calls(ask(*[1] * 200_000)),
    "a callback of another nonce": calls(ask(1.0), nonce="0" * 32),
    "too many bytes of callbacks": calls(*[ask(np.zeros(4_000_000 - k)) for k in range(3)]),
    "descriptors": with_descriptors,
}  # fmt: skip


@pytest.mark.parametrize("what", SCRIPTS)
def test_whatever_comes_is_a_finding(process, what):
    descriptors = len(os.listdir("/proc/self/fd"))
    verdict = verdict_on(process, SCRIPTS[what])
    assert (verdict.outcome, verdict.score) == (FAILED, 0.0) and verdict.findings
    assert len(os.listdir("/proc/self/fd")) == descriptors


@pytest.mark.parametrize("what", SCRIPTS)
def test_whatever_comes_for_many_calls_is_a_finding(process, what):
    verdict = verdict_on(process, SCRIPTS[what], what=many)
    assert (verdict.outcome, verdict.score) == (FAILED, 0.0) and verdict.findings


def answers(make):
    """A script that answers many calls with make(the right answers)."""

    def script(ours, request):
        right = [("value", {"value": 2 * x, "changed": []}) for (x,) in request.body["args"]]
        wire.send(ours, "answers", request.nonce, make(right))

    return script


OF_MANY = {
    "one too few": lambda a: a[:-1],
    "one too many": lambda a: [*a, a[0]],
    "none": lambda a: [],
    "a tuple": tuple,
    "a dict": lambda a: {"answers": a},
    "a number": lambda a: 3,
    "an array": lambda a: np.zeros(3),
    "in another order": lambda a: a[::-1],
    "the first thrice": lambda a: [a[0]] * 3,
    "no pairs": lambda a: [pair[1] for pair in a],
    "longer pairs": lambda a: [(*pair, 1) for pair in a],
    "text for a pair": lambda a: [*a[:-1], "va"],
    "an unknown kind": lambda a: [("passed", body) for _, body in a],
    "a kind that is no text": lambda a: [(np.zeros(2), body) for _, body in a],
    "many in one": lambda a: [("answers", a)] * 3,
    "a callback among them": lambda a: [*a[:-1], ("callback", {"callback": 0, "args": (), "named": {}})],
    "a fault in the last": lambda a: [*a[:-1], ("fault", {"fault": "raised", "type": "E", "message": "x"})],
    "an empty fault": lambda a: [*a[:-1], ("fault", {})],
    "a wrong position": lambda a: [*a[:-1], ("value", a[-1][1] | {"changed": [-1]})],
    "a handle": lambda a: [*a[:-1], ("value", {"value": wire.Handle("f", True), "changed": []})],
}


@pytest.mark.parametrize("what", OF_MANY)
def test_malformed_answers_to_many_calls_are_a_finding(process, what):
    verdict = verdict_on(process, answers(OF_MANY[what]), what=many)
    assert (verdict.outcome, verdict.score) == (FAILED, 0.0) and verdict.findings


def test_right_answers_to_many_calls_pass(process):
    assert verdict_on(process, answers(lambda right: right), what=many).score == 4.0


REFUSED = {
    "text": ("x",), "nothing": (None,), "objects": (wire.Handle("f", True),), "a callback": (wire.Callback(0),),
    "nested": ([[[1.0, "x"]]],), "complex": (np.zeros(2, complex),), "huge": (np.zeros(4_000_001, np.int8),),
    "huge of no rows": (np.zeros((0, 1 << 26)),), "two": (1, 2, 3, 4, 5), "a dict": ({},), "digits": (DIGITS,),
    "long and short text": (["x" * 1_000_000, *["y"] * 100_000],), "ragged": ([[1], [2, 3]],),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_a_callback_with_such_arguments_is_answered_with_a_fault(process, what):
    told = []

    def script(ours, request):
        wire.send(ours, "callback", request.nonce, ask(*REFUSED[what], index=1))
        told.append(wire.receive(ours).kind)
        wire.send(ours, "value", request.nonce, right(request))

    assert verdict_on(process, script).score == 4.0 and told == ["fault", "fault"]


def test_a_callback_while_nothing_is_asked_is_a_finding(process):
    """After the answer: the host finds it when it asks the next time."""

    def script(ours, request):
        wire.send(ours, "value", request.nonce, right(request))
        wire.send(ours, "callback", request.nonce, ask(1.0))

    verdict = verdict_on(process, script)
    assert verdict.score == 0.0 and verdict.diagnosis == "died"


@pytest.mark.parametrize("how", ["silence", "a drip", "callbacks that are not read", "callbacks at leisure"])
def test_the_deadline_holds(process, how):
    limits = replace(LIMITS, check_wall=0.6)

    def script(ours, request):
        ours.settimeout(3)
        if how == "silence":
            wire.receive(ours)
        elif how == "a drip":
            ours.sendall(wire.PREFIX.pack(wire.MAX_HEADER, 0))
            while ours.send(b" "):
                time.sleep(0.01)
        while True:
            wire.send(ours, "callback", request.nonce, ask(1.0))
            if how == "callbacks at leisure":
                wire.receive(ours)
                time.sleep(0.05)

    started = time.monotonic()
    verdict = verdict_on(process, script, limits)
    assert verdict.diagnosis == "timed_out" and verdict.score == 0
    assert time.monotonic() - started < limits.check_wall + 4


def test_a_drip_and_a_flood_do_not_blind_the_watch(process, monkeypatch):
    """Memory is looked at while bytes come, too."""
    looks = []
    monkeypatch.setattr("autograder.sandbox.session.uses_more", lambda pid, most: looks.append(pid))

    def script(ours, request):
        ours.sendall(wire.PREFIX.pack(wire.MAX_HEADER, 0))
        while ours.send(b" "):
            time.sleep(0.01)

    verdict_on(process, script, replace(LIMITS, check_wall=1))
    assert len(looks) >= 2


# at random


def test_at_random_there_is_a_verdict_and_no_marks(process):
    kinds = {"prefix": 0, "other": 0}
    for seed in range(SEEDS):
        verdict = verdict_on(process, at_random(np.random.default_rng(seed)))
        assert verdict.score < 4, seed
        kinds["other" if "reply" in verdict.findings[0].message else "prefix"] += 1
    assert min(kinds.values()) > SEEDS // 20  # some were read, some were not


def at_random(rng):
    """A script of a few messages: good ones spoiled, made of random nodes, callbacks; replayed, doubled, cut short."""

    def script(ours, request):
        sent = [_message(rng, request) for _ in range(rng.integers(1, 4))]
        data = b"".join(sent + sent[: rng.integers(2)])
        ours.sendall(data[: rng.integers(1, len(data) + 1)] if rng.random() < 0.3 else data)
        ours.shutdown(socket.SHUT_WR)

    return script


def _message(rng, request):
    kind = str(rng.choice(["value", "fault", "callback", "ready", ""]))
    nonce = request.nonce if rng.random() < 0.8 else str(rng.choice(["", request.nonce[:-1], "0" * 32]))
    match rng.integers(4):
        case 0:
            return frame(header(nonce, _node(rng), kind, [8] if rng.random() < 0.5 else []), bytes(8 * rng.integers(2)))
        case 1:
            node = tagged(_node(rng)) if rng.random() < 0.5 else {"dict": [["fault", _node(rng)], ["type", _node(rng)]]}
            return frame(header(nonce, node, kind, [8]), bytes(8))
        case 2:
            body = {"callback": int(rng.integers(-1, 3)), "args": (_plain(rng),) * int(rng.integers(3)), "named": {}}
            return wire.pack("callback", nonce, body)
    data = bytearray(wire.pack("value", nonce, {"value": (np.arange(3.0), 1.0), "changed": [0]}))
    for _ in range(rng.integers(1, 6)):
        data[rng.integers(len(data))] = rng.integers(256)
    return bytes(data)


def _plain(rng):
    values = [1.0, -1, DIGITS, "x", None, (), [], {}, np.zeros(3), np.zeros((0, 1 << 20)), np.float32(2), [[1.0], 2.0]]
    return values[rng.integers(len(values))]


def _node(rng, depth=0):
    """A random node: mostly of a form the wire knows, with something wrong in it."""
    leaves = [
        None,
        True,
        0,
        -1,
        DIGITS,
        0.5,
        float("nan"),
        float("inf"),
        "",
        "raised",
        "\ud800",
        [],
        {},
        {"list": 3},
        {"handle": "f", "callable": True},
        {"callback": 0},
        array(),
        array(1),
        array(shape=[0]),
        array(dtype="O"),
        array(shape=[1, 1, 1], scalar=True),
        array(shape=[HUGE]),
        array(dtype="|b1", shape=[2, 4]),
    ]
    if depth > 3 or rng.random() < 0.4:
        return leaves[rng.integers(len(leaves))]
    some = [_node(rng, depth + 1) for _ in range(rng.integers(4))]
    kind = str(rng.choice(["list", "tuple", "dict", "other"]))
    if kind == "dict":
        return {"dict": [[str(rng.choice(["value", "changed", "fault", "x"])), node] for node in some]}
    return {kind: some} if kind != "other" else some


# memory

BOMBS = ("{}", '{"dict":[]}', "257")


def bombs():
    """The largest headers of the smallest values, the largest buffer, text of uneven length, what broadcasts."""
    for unit in BOMBS:
        units = ",".join([unit] * ((wire.MAX_HEADER - 300) // (len(unit) + 1)))
        yield sends(
            lambda n, units=units: frame(
                f'{{"kind":"value","nonce":"{n}","sizes":[],"body":{{"list":[{units}]}}}}'.encode()
            )
        )
    zeros = ",".join("0" * ((wire.MAX_HEADER - 300) // 2))
    yield sends(lambda n: frame(f'{{"kind":"value","nonce":"{n}","sizes":[{zeros}],"body":1}}'.encode()))
    yield flood(1 << 30, 0)
    yield flood(len(frame(header("0" * 32, 1))) - 16, 1 << 30)
    yield value(array(dtype="|u1", shape=[wire.MAX_BUFFERS]), bytes(wire.MAX_BUFFERS))
    yield SCRIPTS["long and short text"]
    yield calls(*[ask(*REFUSED[name], index=1) for name in ("huge", "huge of no rows", "long and short text")])
    yield calls(ask(np.ones((4000, 1)), np.ones(1000), index=1), ask(np.ones((4000, 1)), np.ones(1001), index=1))
    yield SCRIPTS["zero-size with giant dimensions"]


def flood(header_size, payload_size):
    """A script that sends a gigabyte, unless the host hangs up on reading that it will."""

    def script(ours, request):
        ours.sendall(wire.PREFIX.pack(header_size, payload_size) + frame(header(request.nonce, 1))[16:])
        for _ in range(1024):
            ours.sendall(bytes(1 << 20))

    return script


def survive_bombs(pid):
    """Every bomb with so much address space and no more: what does not fit raises MemoryError, here."""
    made = list(bombs())
    page = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (page + MOST_MEMORY, page + MOST_MEMORY))
    for number, bomb in enumerate(made):
        verdict_on(pid, bomb, replace(LIMITS, check_wall=30), fresh=False)  # a bomb at a time
        print(number, flush=True)


def test_no_message_costs_more_memory_than_its_bound(root, process):
    code = f"from tests.autograder.test_host_fuzz import survive_bombs; survive_bombs({process})"
    one_heap = os.environ | {"MALLOC_ARENA_MAX": "1"}  # else the sender, a thread here, sets room aside for its own
    command = [sys.executable, "-c", code]
    run = subprocess.run(command, cwd=root, env=one_heap, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0 and run.stdout.split() == [*map(str, range(len(list(bombs()))))], run.stderr[-2000:]


# cells


def cells_of(process, *messages, count=2):
    """What the host makes of a submission that answers `count` cells with these raw messages."""
    ours, theirs = socket.socketpair()

    def play():
        with contextlib.suppress(wire.WireError, OSError), theirs:
            wire.receive(theirs)
            theirs.sendall(b"".join(messages))
            theirs.shutdown(socket.SHUT_WR)

    guest = threading.Thread(target=play, daemon=True)
    guest.start()
    with ours:
        session = Session(ours, os.pidfd_open(process), replace(LIMITS, cell_wall=0.1))
        try:
            return session.run([{"source": "", "isolated": False}] * count)
        except Died as death:
            assert 0 <= death.index < count and str(death)
            return death
        finally:
            os.close(session._pidfd)


def cell(index, outputs, dropped=0, kind="cell"):
    return wire.pack(kind, str(index), {"outputs": outputs, "dropped": dropped})


ERROR = {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["line"]}
EMPTY = np.zeros(0)  # the only arrays that may come
ODD = [
    {**ERROR, "traceback": ["line", 3, None, EMPTY, ["x"], {"a": 1}]}, {**ERROR, "ename": 3},
    {**ERROR, "ename": "\ud800", "evalue": "\ud800\0"}, {**ERROR, "traceback": "text"}, {**ERROR, "metadata": 3},
    {**ERROR, "traceback": [EMPTY] * 100}, {"output_type": EMPTY}, {"output_type": ["error"]},
    {"output_type": "stream", "name": EMPTY, "text": "x"}, {"output_type": "stream", "name": "stdout"},
    {"output_type": "stream", "name": "stdout", "text": "\ud800", "more": 1},
    {"output_type": "display_data", "data": []},
    {"output_type": "display_data", "data": {3: "x", "text/plain": 3, "text/html": "<b>"}, "metadata": EMPTY},
    {"output_type": "execute_result", "data": {"text/plain": "x"}, "execution_count": "none"}, {1: 2}, {(): ()},
]  # fmt: skip


def test_odd_outputs_become_sound_ones_or_none(process):
    (result,) = cells_of(process, cell(0, ODD), count=1)
    made = result["outputs"]
    cell_of_them = nbformat.v4.new_code_cell("", outputs=made, execution_count=1)
    nbformat.validate(nbformat.v4.new_notebook(cells=[cell_of_them]))
    assert [output.output_type for output in made] == [
        "error",
        "error",
        "error",
        "error",
        "stream",
        "display_data",
        "execute_result",
    ]
    assert made[0].traceback == ["line"]


FLOODS = {
    "text of four bytes a character": [{**ERROR, "evalue": "x" * (wire.MAX_HEADER - 1000) + "\U0001f600"}],
    "small things": [
        {**ERROR, "traceback": [f"{k:x}" for k in range(300_000)]},
        *[{"output_type": "display_data", "data": {f"{k:x}": "" for k in range(900)}}] * 20,
        *[{"output_type": "stream", "name": "stdout", "text": ""}] * 2_000,
    ],
    "arrays that no output shows": [{**ERROR, "metadata": [np.zeros(30 << 20, np.uint8)] * 2}],
}
MANY = 20  # cells


def survive_floods(pid):
    """Run submissions whose cells all answer so, with so much address space and no more."""
    page = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    for what in FLOODS:
        ours, theirs = socket.socketpair()
        if os.fork() == 0:
            ours.close()
            _flood(theirs, cell(0, FLOODS[what]))
        theirs.close()
        resource.setrlimit(resource.RLIMIT_AS, (page + MOST_MEMORY, resource.RLIM_INFINITY))
        session = Session(ours, os.pidfd_open(pid), LIMITS)
        try:
            results = session.run([{"source": "", "isolated": False}] * MANY)
            print(sum(result["dropped"] > 0 for result in results), flush=True)
        except Died:
            print("died", flush=True)
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2)
        ours.close()


def _flood(connection, first):
    """Send `first`, the answer to cell 0, as that to all cells."""
    size, _ = wire.PREFIX.unpack(first[:16])
    head, payload = first[16 : 16 + size], first[16 + size :]
    try:
        wire.receive(connection)
        for index in range(MANY):
            connection.sendall(frame(head.replace(b'"nonce": "0"', b'"nonce": "%d"' % index, 1), payload))
    finally:
        os._exit(0)


def test_what_all_cells_send_costs_no_more_memory_than_its_bound(root, process):
    code = f"from tests.autograder.test_host_fuzz import survive_floods; survive_floods({process})"
    run = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, timeout=200)
    assert run.returncode == 0, run.stderr[-2000:]
    *cut, last = run.stdout.split()
    assert last == "died" and len(cut) == len(FLOODS) - 1 and all(0 < int(number) < MANY for number in cut), cut


NO_ANSWERS = {
    "nothing": [],
    "zeros": [b"\0" * 40],
    "a number of many digits": [cell(0, [], DIGITS), cell(1, [])],
    "no dicts": [cell(0, [3]), cell(1, [])],
    "a text": [cell(0, "x"), cell(1, [])],
    "a word for a number": [cell(0, [], "many"), cell(1, [])],
    "exchanged": [cell(1, []), cell(0, [])],
    "doubled": [cell(0, []), cell(0, [])],
    "of another kind": [cell(0, []), cell(1, [], kind="value")],
    "cut short": [cell(0, []), cell(1, [])[:-1]],
    "None": [wire.pack("cell", "0", None), cell(1, [])],
    "arrays": [wire.pack("cell", "0", {"outputs": np.zeros(2), "dropped": np.zeros(2)}), cell(1, [])],
}


@pytest.mark.parametrize("what", NO_ANSWERS)
def test_what_is_no_answer_to_a_cell_ends_the_submission_and_nothing_else(process, what):
    assert isinstance(cells_of(process, *NO_ANSWERS[what]), Died)


def test_spoiled_answers_to_cells_are_answers_or_an_end(process):
    rng, ended = np.random.default_rng(3), 0
    good = cell(0, [ERROR, {"output_type": "stream", "name": "stdout", "text": "x"}], 3)
    for _ in range(200):
        data = bytearray(good)
        for _ in range(rng.integers(1, 4)):
            data[rng.integers(len(data))] = rng.choice(list(b'{}[]",:0123456789-eE.tfn\\u\0\xff'))
        result = cells_of(process, bytes(data), count=1)
        ended += isinstance(result, Died)
    assert 20 < ended < 200
