"""The wire: every plain value survives it exactly; whatever else comes is a WireError, soon and in little memory."""

import collections
import contextlib
import json
import socket
import threading
import time
import tracemalloc

import numpy as np
import pytest

from autograder.sandbox.inside import wire
from autograder.sandbox.inside.wire import Closed, Expired, Handle, Message, WireError


def through(value):
    """What arrives of `value` at the other end of a socket."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        sender = threading.Thread(target=wire.send, args=(ours, "value", "n", value))
        sender.start()
        message = wire.receive(theirs, time.monotonic() + 10)
        sender.join()
    assert (message.kind, message.nonce) == ("value", "n")
    return message.body


def frame(header, payload=b"", sizes=None):
    """A frame of a header (text or something to dump) and a payload, with sizes that may lie."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return wire.PREFIX.pack(*(sizes or (len(text), len(payload)))) + text + payload


def header(body, sizes=()):
    return {"kind": "value", "nonce": "n", "body": body, "sizes": list(sizes)}


def received(data, seconds=5.0, close=True):
    """What `receive` makes of raw bytes."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        sender = threading.Thread(target=_pour, args=(ours, data, close))
        sender.start()
        try:
            return wire.receive(theirs, time.monotonic() + seconds)
        finally:
            theirs.close()
            sender.join()


def _pour(connection, data, close):
    with contextlib.suppress(OSError):
        connection.sendall(data)
        if close:
            connection.shutdown(socket.SHUT_RDWR)


# what survives

PLAIN = (
    None,
    True,
    False,
    0,
    -1,
    2**63,
    -(10**400),
    0.0,
    -0.0,
    1e-320,
    float("inf"),
    -float("inf"),
    "",
    "σ′(z) \0 \U0001f600",
    "\ud800",
    [],
    (),
    {},
    [1, [2, (3, {"a": [None]})]],
    ([], ((),)),
    {"w": 1.0, 2: "b", (1, 2): [3], None: False, 1.5: {}},
)


@pytest.mark.parametrize("value", PLAIN, ids=repr)
def test_plain_values_survive_with_their_types(value):
    came = through(value)
    assert came == value and type(came) is type(value) and repr(came) == repr(value)


def test_nan_survives():
    came = through([float("nan"), np.float64("nan")])
    assert np.isnan(came[0]) and type(came[0]) is float
    assert np.isnan(came[1]) and type(came[1]) is np.float64


@pytest.mark.parametrize("shape", [(), (0,), (1,), (3,), (2, 3), (0, 3), (3, 0, 2), (1,) * 32], ids=str)
@pytest.mark.parametrize("dtype", sorted(wire.DTYPES))
def test_arrays_survive_with_dtype_and_shape(dtype, shape):
    sent = np.random.default_rng(0).integers(0, 2, size=shape).astype(dtype)
    came = through(np.asarray(sent))
    assert type(came) is np.ndarray and came.dtype == np.dtype(dtype) and came.shape == shape
    assert came.tobytes() == sent.tobytes() and came.flags.writeable


@pytest.mark.parametrize("dtype", sorted(wire.DTYPES))
def test_numpy_scalars_stay_scalars(dtype):
    came = through(np.dtype(dtype).type(1))
    assert type(came) is np.dtype(dtype).type and came == 1


def test_nan_bits_infinity_and_negative_zero_survive_in_arrays():
    sent = np.array([np.nan, np.inf, -np.inf, -0.0, 5e-324, np.finfo(float).max])
    assert through(sent).tobytes() == sent.tobytes()


@pytest.mark.parametrize("order", ["F", "reversed", "strided", "big-endian", "read-only"])
def test_memory_layout_does_not_matter(order):
    sent = np.arange(24.0).reshape(4, 6)
    views = {
        "F": np.asfortranarray(sent),
        "reversed": sent[::-1, ::-1],
        "strided": sent[1::2, ::3],
        "big-endian": sent.astype(">f8"),
        "read-only": np.broadcast_to(sent[0], (4, 6)),
    }
    came = through(views[order])
    assert came.dtype == np.dtype("<f8") and np.array_equal(came, views[order])


def test_a_complex_number_becomes_a_numpy_scalar():
    came = through(1 + 2j)
    assert type(came) is np.complex128 and came == 1 + 2j


def test_a_callback_survives_and_what_it_stands_for_does_not_travel():
    sent = wire.replaced({"f": [len, (len, 1)]}, lambda leaf: wire.Callback(3) if leaf is len else leaf)
    assert through(sent) == sent == {"f": [wire.Callback(3), (wire.Callback(3), 1)]}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("ValueError", ValueError),
        ("KeyError", KeyError),
        ("LinAlgError", Exception),
        ("UnicodeDecodeError", Exception),
        ("SystemExit", Exception),
        ("print", Exception),
    ],
)
def test_an_exception_of_the_other_side_keeps_name_and_text(name, kind):
    error = wire.exception(name, "said so")
    assert isinstance(error, kind) and type(error).__name__ == name and error.args == ("said so",)


def test_many_arrays_of_one_message_keep_their_places():
    sent = [np.full(k % 4, k, dtype="<i4") for k in range(300)]
    assert [a.tolist() for a in through({"all": sent})["all"]] == [a.tolist() for a in sent]


def test_an_array_named_twice_arrives_twice():
    array = np.ones(3)
    first, second = through((array, array))
    first[0] = 7
    assert second[0] == 1


# what does not survive: subclasses, objects, functions


class LoudFloat(float):
    def __eq__(self, other):
        return True

    __hash__ = float.__hash__


class Yes(np.ndarray):
    def __eq__(self, other):
        return True


class Box(dict):
    pass


class Record(list):
    def __iter__(self):
        raise AssertionError("asked")


def test_an_array_subclass_arrives_as_a_plain_array():
    came = through(np.zeros(3).view(Yes))
    assert type(came) is np.ndarray and not (came == 1).any()


def test_of_a_masked_array_its_data_arrive():
    came = through(np.ma.array([1.0, 2.0], mask=[True, False]))
    assert type(came) is np.ndarray and came.tolist() == [1.0, 2.0]


@pytest.mark.parametrize("value", [Record([1, 2]), collections.namedtuple("Pair", "a b")(1, 2)])
def test_a_list_or_tuple_of_another_name_is_a_plain_one(value):
    came = through(value)
    assert came == [1, 2] and type(came) is list or came == (1, 2) and type(came) is tuple


@pytest.mark.parametrize(
    "value",
    [LoudFloat(1), Box(a=1), np.float64, len, lambda: 0, object(), b"x", {1}, range(3)],
    ids=lambda v: type(v).__name__,
)
def test_anything_else_is_a_handle_that_says_its_type(value):
    assert through([value]) == [Handle(type(value).__name__, callable(value))]


@pytest.mark.parametrize(
    "array",
    [
        np.array([1, None]),
        np.array(["a"]),
        np.zeros(2, "M8[s]"),
        np.zeros(2, [("a", "f8")]),
        np.zeros(2, np.longdouble),
    ],
    ids=lambda a: a.dtype.kind,
)
def test_arrays_of_other_dtypes_are_handles(array):
    if array.dtype.str in wire.DTYPES:
        pytest.skip("long double is double here")
    came = through(array)
    assert came == Handle(f"array of dtype {array.dtype}", False)


def test_a_structure_without_end_is_cut_off():
    endless = []
    endless.append(endless)
    came = through(endless)
    for _ in range(wire.MAX_DEPTH + 1):
        (came,) = came
    assert came == Handle("value nested too deeply", False)


def test_a_dict_too_large_to_rebuild_safely_is_a_handle():
    assert len(through(dict.fromkeys(range(wire.MAX_ENTRIES)))) == wire.MAX_ENTRIES
    assert through(dict.fromkeys(range(wire.MAX_ENTRIES + 1))) == Handle("dict", False)


# what is malformed


def array(index=0, dtype="<f8", shape=(1,), **more):
    return {"array": index, "dtype": dtype, "shape": list(shape), **more}


BODIES = {
    "a bare list": [1],
    "an unknown tag": {"pickle": "gASVBAAA"},
    "an empty tag": {},
    "two tags": {"list": [], "tuple": []},
    "a tag of the wrong kind": {"list": 3},
    "a dict of something else": {"dict": {"a": 1}},
    "an entry of one": {"dict": [[1]]},
    "an entry of three": {"dict": [[1, 2, 3]]},
    "an entry that is no list": {"dict": ["ab"]},
    "a list as a key": {"dict": [[{"list": []}, 1]]},
    "a dict as a key": {"dict": [[{"dict": []}, 1]]},
    "an array as a key": {"dict": [[array(), 1]]},
    "a tuple with a list as a key": {"dict": [[{"tuple": [{"list": []}]}, 1]]},
    "a handle without its field": {"handle": "f"},
    "a handle that is no text": {"handle": 1, "callable": True},
    "a handle callable as 1": {"handle": "f", "callable": 1},
    "a callback of a callback": {"callback": {"callback": 0}},
    "a callback with more": {"callback": 0, "callable": True},
    "a missing buffer": array(1),
    "a negative buffer": array(-1),
    "a buffer called true": array(True),
    "a buffer of a fraction": array(0.0),
    "an object array": array(dtype="|O"),
    "a text array": array(dtype="<U2"),
    "a void array": array(dtype="|V8"),
    "a record array": array(dtype="f8,f8"),
    "a date array": array(dtype="<M8[s]"),
    "a big-endian array": array(dtype=">f8"),
    "a smaller dtype": array(dtype="<f4"),
    "too large a shape": array(shape=(2,)),
    "too small a shape": array(shape=(0,)),
    "two negative sizes": array(shape=(-1, -1)),
    "a negative size": array(shape=(-1,)),
    "a shape of fractions": array(shape=(1.0,)),
    "a shape of booleans": array(shape=(True,)),
    "33 dimensions": array(shape=(1,) * 33),
    "a huge shape": array(shape=(2**62, 2**62)),
    "a buffer used twice": {"list": [array(), array()]},
    "too deep": json.loads('{"list": [' * 40 + "]}" * 40),
    "integers of equal hash as keys": {"dict": [[k * (2**61 - 1), 0] for k in range(60_000)]},
}


@pytest.mark.parametrize("what", BODIES)
def test_a_malformed_value_is_refused(what):
    start = time.process_time()
    with pytest.raises(WireError):
        received(frame(header(BODIES[what], [8]), b"\0" * 8))
    assert time.process_time() - start < 5


def test_an_empty_array_of_impossible_dimensions_is_refused():
    body = array(shape=(0, *[wire.MAX_BUFFERS] * 3))
    with pytest.raises(WireError):
        received(frame(header(body, [0])))


HEADERS = {
    "no JSON": b"{",
    "nothing": b"",
    "not UTF-8": b"\xff\xfe{}",
    "a list": b"[]",
    "a number": b"3",
    "a field missing": b'{"kind": "v", "nonce": "", "body": 1}',
    "a kind that is no text": json.dumps(header(1) | {"kind": 1}).encode(),
    "a nonce that is no text": json.dumps(header(1) | {"nonce": None}).encode(),
    "sizes that are no list": json.dumps(header(1) | {"sizes": {}}).encode(),
    "a size below 0": json.dumps(header(1, [8, -8])).encode(),
    "a size of a fraction": json.dumps(header(1, [0.0])).encode(),
    "a size of true": json.dumps(header(1, [True])).encode(),
    "sizes that do not add up": json.dumps(header(1, [1])).encode(),
    "sizes beyond any memory": json.dumps(header(1, [2**70, -(2**70)])).encode(),
    "an integer of 5000 digits": b'{"body": ' + b"9" * 5000 + b"}",
    "a bomb of lists": b"[" * 500_000,
    "a bomb of dicts": b'{"a":' * 500_000,
    "two values": b"{} {}",
}


@pytest.mark.parametrize("what", HEADERS)
def test_a_malformed_header_is_refused(what):
    with pytest.raises(WireError):
        received(frame(HEADERS[what]))


def test_a_field_given_twice_counts_once():
    message = received(frame(b'{"kind": "a", "nonce": "x", "nonce": "n", "body": 1, "sizes": []}'))
    assert message == Message("a", "n", 1)


# what lies about its size, stops, drips or never ends


TOO_LARGE = [(wire.MAX_HEADER + 1, 0), (10, wire.MAX_BUFFERS + 1), (2**64 - 1, 2**64 - 1)]


@pytest.mark.parametrize("sizes", TOO_LARGE, ids=str)
def test_a_message_too_large_is_refused_before_it_is_read(sizes):
    tracemalloc.start()
    with pytest.raises(WireError, match="too large"):
        received(frame(header(1), sizes=sizes), close=False)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1 << 20


def test_arrays_are_refused_where_none_may_come():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(wire.pack("cell", "0", 1.5) + wire.pack("cell", "1", np.float64(1.5))[: wire.PREFIX.size])
        assert wire.receive(theirs, time.monotonic() + 5, most_buffers=0).body == 1.5
        with pytest.raises(WireError, match="too large"):
            wire.receive(theirs, time.monotonic() + 5, most_buffers=0)


def test_no_more_memory_is_taken_than_bytes_have_come():
    tracemalloc.start()
    with pytest.raises(Closed):
        received(frame(header(1), sizes=(wire.MAX_HEADER, wire.MAX_BUFFERS)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 << 20


def test_a_small_message_cannot_become_large_values():
    """Ten thousand arrays that all point at one buffer of a megabyte."""
    payload = b"\0" * (1 << 20)
    data = frame(header({"list": [array(0, shape=(1 << 17,))] * 10_000}, [len(payload)]), payload)
    tracemalloc.start()
    with pytest.raises(WireError):
        wire.unpack(data[16 : -len(payload)], payload)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 64 << 20


@pytest.mark.parametrize("kept", [0, 1, 15, 16, 17, 60, -1])
def test_a_message_cut_short_is_closed(kept):
    whole = wire.pack("value", "n", [np.ones(3), "x"])
    with pytest.raises(Closed):
        received(whole[:kept])


def test_silence_ends_at_the_deadline():
    start = time.monotonic()
    with pytest.raises(Expired):
        received(b"", seconds=0.3, close=False)
    assert 0.25 < time.monotonic() - start < 2


def test_a_message_that_drips_ends_at_the_deadline():
    ours, theirs = socket.socketpair()
    stop = threading.Event()

    def drip():
        while not stop.wait(0.01):
            ours.sendall(b"\0")

    sender = threading.Thread(target=drip)
    sender.start()
    ours.sendall(wire.PREFIX.pack(wire.MAX_HEADER, 0))
    start = time.monotonic()
    with pytest.raises(Expired):
        wire.receive(theirs, time.monotonic() + 0.4)
    assert time.monotonic() - start < 2
    stop.set()
    sender.join()
    ours.close()
    theirs.close()


def test_waiting_ticks_and_may_end_the_wait():
    class Enough(Exception):
        pass

    def tick():
        raise Enough

    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(Enough):
        wire.receive(theirs, time.monotonic() + 10, tick)


def test_a_timeout_that_a_notebook_gave_to_all_new_sockets_ends_no_connection():
    socket.setdefaulttimeout(0.01)
    try:
        ours, theirs = socket.socketpair()
    finally:
        socket.setdefaulttimeout(None)
    with ours, theirs:
        later = threading.Timer(0.2, wire.send, (ours, "value", "n", 1))
        later.start()
        assert wire.receive(theirs, time.monotonic() + 10).body == 1
        later.join()


def test_sending_to_nobody_is_closed_and_to_a_sleeper_expires():
    ours, theirs = socket.socketpair()
    ticks = []
    with ours, theirs, pytest.raises(Expired):
        wire.send(ours, "value", "", np.zeros(1 << 20), deadline=time.monotonic() + 0.3, tick=lambda: ticks.append(1))
    assert len(ticks) > 1
    ours, theirs = socket.socketpair()
    theirs.close()
    with ours, pytest.raises(Closed):
        wire.send(ours, "value", "", 1)


def test_a_connection_reset_while_descriptors_are_awaited_is_closed():
    """Closing with unread data resets the connection: the other side then reads an error, not an end."""
    ours, theirs = socket.socketpair()
    ours.sendall(b"unread")
    theirs.close()
    with ours, pytest.raises(Closed):
        wire.receive_with_descriptors(ours, 1, time.monotonic() + 2)


# noise

FRAMES = 3_000


def _spoiled(rng):
    """A good frame with a few bytes changed, cut, or repeated; sometimes noise behind a right prefix."""
    kind = rng.integers(4)
    if kind == 0:
        noise = rng.bytes(int(rng.integers(0, 200)))
        return wire.PREFIX.pack(len(noise), 0) + noise
    data = bytearray(wire.pack("value", "n", {"value": [np.arange(4.0), (1, "x", None)], "changed": [0], "f": len}))
    for _ in range(int(rng.integers(1, 5))):
        at = int(rng.integers(16 if kind == 1 else 0, len(data)))
        data[at] = int(rng.choice(list(b'{}[]",:0123456789-eE.tfn\\u\x00\xff')))
    if kind == 2:
        data = data[: int(rng.integers(len(data)))]
    return bytes(data)


def test_noise_is_a_message_or_a_wire_error_and_nothing_else():
    rng, understood = np.random.default_rng(7), 0
    for _ in range(FRAMES):
        data = _spoiled(rng)
        sizes = wire.PREFIX.unpack(data[:16].ljust(16, b"\0"))
        cut = 16 + min(sizes[0], 1 << 16)
        try:
            assert isinstance(wire.unpack(data[16:cut], data[cut:]), Message)
            understood += 1
        except WireError:
            pass
    assert 50 < understood < FRAMES / 2  # both outcomes were tried


def test_noise_on_a_socket_neither_hangs_nor_escapes():
    rng, start = np.random.default_rng(8), time.monotonic()
    for _ in range(300):
        with contextlib.suppress(WireError):
            received(_spoiled(rng), seconds=1)
    assert time.monotonic() - start < 60
