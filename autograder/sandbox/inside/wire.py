"""What passes between host and guest: one frame a message, data only.

A frame is a fixed prefix (two big-endian unsigned 64-bit sizes: header, buffers), a JSON header
{"kind", "nonce", "body", "sizes"} and raw array buffers. Values are None, booleans, integers, floats, strings, lists,
tuples, dicts, arrays and NumPy scalars of plain dtypes; a function that the host lends travels as a `Callback`, and
anything else as an opaque `Handle`. Sizes are bounded before anything is read. Nothing is unpickled, and no subclass
survives the trip.
"""

import builtins
import json
import math
import re
import select
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

__builtins__ = dict(vars(builtins))  # a notebook may put functions of its own among those of the whole process
PREFIX = struct.Struct(">QQ")
MAX_HEADER = 4 << 20  # bytes
MAX_BUFFERS = 64 << 20  # bytes, all arrays of one message together
MAX_DEPTH = 32
MAX_ENTRIES = 1_000  # of a dict: integers of equal hash make a larger one take minutes to build
DTYPES = frozenset({"|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f2", "<f4", "<f8", "<c8", "<c16"})


class WireError(Exception):
    """The other side broke the protocol: malformed, oversized or unexpected."""


class Closed(WireError):
    """The other side has gone."""


class Expired(WireError):
    """The deadline passed before a whole message came."""


@dataclass(frozen=True)
class Handle:
    """An object that stays in the guest: all that is known of it here is what it says of itself."""

    type: str
    callable: bool

    def __describe__(self) -> str:
        """Its type's name, which is the student's own."""
        return re.sub(r"[^\w .<>]", "?", self.type)


@dataclass(frozen=True)
class Callback:
    """A function of the host that the guest may call while a request is open, by its number in that request."""

    index: int


@dataclass(frozen=True)
class Message:
    """`size` is that of the frame it came in, in bytes."""

    kind: str
    nonce: str
    body: Any
    size: int = field(default=0, compare=False)


def replaced(value: Any, swap: Callable[[Any], Any]) -> Any:
    """`value` with swap(leaf) in place of every leaf of its lists, tuples and dicts."""
    if type(value) in (list, tuple):
        return type(value)(replaced(item, swap) for item in value)
    if type(value) is dict:
        return {key: replaced(item, swap) for key, item in value.items()}
    return swap(value)


def exception(type_name: str, message: str) -> Exception:
    """An exception of that name and text, for the caller of a function that failed on the other side."""
    known = getattr(builtins, type_name, None)
    try:
        if issubclass(known, Exception):
            return known(message)
    except TypeError:  # not a class, or one that wants more than a text
        pass
    return type(type_name, (Exception,), {})(message)


# values to JSON-able nodes and back


def encode(value: Any, buffers: list[bytes], depth: int = 0) -> Any:
    """The node for `value`; arrays append to `buffers`. Exact types only: a subclass is opaque or made plain."""
    if depth > MAX_DEPTH:
        return {"handle": "value nested too deeply", "callable": False}
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, np.ndarray | np.generic):
        return _encode_array(value, buffers)
    if isinstance(value, list | tuple):  # a named tuple is a tuple; its own __iter__ is not asked
        kind = list if isinstance(value, list) else tuple
        return {kind.__name__: [encode(item, buffers, depth + 1) for item in kind.__iter__(value)]}
    if type(value) is dict and len(value) <= MAX_ENTRIES:
        return {"dict": [[encode(item, buffers, depth + 1) for item in pair] for pair in value.items()]}
    if type(value) is complex:
        return _encode_array(np.complex128(value), buffers)
    if type(value) is Callback:
        return {"callback": value.index}
    return {"handle": type(value).__name__, "callable": callable(value)}


def _encode_array(value: Any, buffers: list[bytes]) -> Any:
    plain = np.array(value, order="C", subok=False)
    plain = plain.astype(plain.dtype.newbyteorder("<"), copy=False)
    if plain.dtype.str not in DTYPES:
        return {"handle": f"array of dtype {plain.dtype}", "callable": False}
    buffers.append(plain.tobytes())
    node = {"array": len(buffers) - 1, "dtype": plain.dtype.str, "shape": list(plain.shape)}
    return node if isinstance(value, np.ndarray) else {**node, "scalar": True}


def decode(node: Any, buffers: list[bytes | None], depth: int = 0) -> Any:
    """The value of a node; a buffer that is read becomes None. Raises WireError for what `encode` would not write."""
    if depth > MAX_DEPTH + 1:  # where `encode` puts a handle for what lies deeper
        raise WireError("a value is nested too deeply")
    if node is None or type(node) in (bool, int, float, str):
        return node
    if type(node) is not dict:
        raise WireError("a value is not tagged")
    match node:
        case {"list": list(items), **rest} if not rest:
            return [decode(item, buffers, depth + 1) for item in items]
        case {"tuple": list(items), **rest} if not rest:
            return tuple(decode(item, buffers, depth + 1) for item in items)
        case {"dict": list(pairs), **rest} if not rest and len(pairs) <= MAX_ENTRIES:
            return dict(_decode_pair(pair, buffers, depth) for pair in pairs)
        case {"handle": str(kind), "callable": bool(callable_), **rest} if not rest:
            return Handle(kind[:80], callable_)
        case {"callback": int(index), **rest} if not rest:
            return Callback(index)
        case {"array": int(), "dtype": str(), "shape": list()}:
            return _decode_array(node, buffers)
    raise WireError("a value has an unknown tag")


def _decode_pair(pair: Any, buffers: list[bytes | None], depth: int) -> tuple:
    if type(pair) is not list or len(pair) != 2:
        raise WireError("a dict entry is not a pair")
    key, value = (decode(item, buffers, depth + 1) for item in pair)
    try:
        hash(key)
    except TypeError:
        raise WireError("a dict key is not hashable") from None
    return key, value


def _decode_array(node: dict, buffers: list[bytes | None]) -> Any:
    index, dtype, shape = node["array"], node["dtype"], node["shape"]
    if dtype not in DTYPES or type(index) is not int or not 0 <= index < len(buffers):
        raise WireError("an array has an unknown dtype or buffer")
    if buffers[index] is None:  # a small header must not make many copies of a large buffer
        raise WireError("two arrays share a buffer")
    if len(shape) > 32 or not all(type(n) is int and 0 <= n <= MAX_BUFFERS for n in shape):
        raise WireError("an array has an impossible shape")
    if math.prod(shape) * np.dtype(dtype).itemsize != len(buffers[index]):
        raise WireError("an array's shape does not fit its bytes")
    try:
        array = np.frombuffer(buffers[index], dtype=dtype).reshape(shape).copy()
    except ValueError:  # NumPy bounds the other dimensions of an empty array too
        raise WireError("an array has an impossible shape") from None
    buffers[index] = None
    return array[()] if node.get("scalar") is True and not shape else array


# frames


def pack(kind: str, nonce: str, value: Any) -> bytes:
    """One frame."""
    buffers: list[bytes] = []
    body = encode(value, buffers)
    header = {"kind": kind, "nonce": nonce, "body": body, "sizes": [len(buffer) for buffer in buffers]}
    text = json.dumps(header).encode("ascii")
    return b"".join([PREFIX.pack(len(text), sum(map(len, buffers))), text, *buffers])


def unpack(header: bytes, payload: bytes) -> Message:
    """The message of a frame's two parts. Raises WireError."""
    try:
        head = json.loads(header)
    except (ValueError, RecursionError):
        raise WireError("a header is not JSON") from None
    match head:
        case {"kind": str(kind), "nonce": str(nonce), "body": body, "sizes": list(sizes)}:
            pass
        case _:
            raise WireError("a header lacks its fields")
    if not all(type(size) is int and size >= 0 for size in sizes) or sum(sizes) != len(payload):
        raise WireError("the buffers do not have the declared sizes")
    buffers = [payload[a:b] for a, b in pairwise(accumulate(sizes, initial=0))]
    return Message(kind, nonce, decode(body, buffers), PREFIX.size + len(header) + len(payload))


def send(
    connection: socket.socket,
    kind: str,
    nonce: str,
    value: Any,
    descriptors: tuple[int, ...] = (),
    deadline: float | None = None,
    tick=None,
) -> int:
    """Send one frame; open file descriptors travel with its first byte. Returns the frame's size in bytes.

    Raises Closed, or Expired when the other side has not read it by `deadline`; see `receive` for that and `tick`.
    """
    frame = memoryview(pack(kind, nonce, value))
    sent = 0
    _no_timeout(connection)
    try:
        if descriptors:
            sent = socket.send_fds(connection, [frame], list(descriptors), socket.MSG_DONTWAIT)
        while sent < len(frame):
            _look(deadline, tick)
            some = _send_some(connection, frame[sent : sent + (1 << 16)])
            sent += some
            if not some:
                _wait(connection, select.POLLOUT, deadline, tick)
    except TimeoutError:
        raise Expired("the other side does not read") from None
    except OSError as error:
        raise Closed(str(error)) from None
    return sent


def _no_timeout(connection: socket.socket) -> None:
    """A notebook may have given one to all new sockets of its process."""
    if connection.gettimeout() is not None:
        connection.settimeout(None)


def _send_some(connection: socket.socket, part: memoryview) -> int:
    try:
        return connection.send(part, socket.MSG_DONTWAIT)
    except BlockingIOError:
        return 0


def receive(
    connection: socket.socket, deadline: float | None = None, tick=None, most_buffers: int = MAX_BUFFERS
) -> Message:
    """The next message. Raises Closed at the end of the stream, Expired after `deadline` (time.monotonic()).

    `tick()` is called before each part, and at least four times a second; of arrays `most_buffers` bytes may come.
    """
    message, _ = receive_with_descriptors(connection, 0, deadline, tick, most_buffers)
    return message


def receive_with_descriptors(
    connection: socket.socket, most: int, deadline: float | None = None, tick=None, most_buffers: int = MAX_BUFFERS
):
    """(the next message, the descriptors that came with it, `most` at most)."""
    descriptors: list[int] = []
    first = b""
    _no_timeout(connection)
    if most:
        _wait(connection, select.POLLIN, deadline, tick)
        try:
            first, descriptors, _, _ = socket.recv_fds(connection, PREFIX.size, most)
        except OSError as error:
            raise Closed(str(error)) from None
        if not first:
            raise Closed("the connection closed")
    prefix = first + _read(connection, PREFIX.size - len(first), deadline, tick)
    header_size, payload_size = PREFIX.unpack(prefix)
    if header_size > MAX_HEADER or payload_size > most_buffers:
        raise WireError("a message is too large")
    header = _read(connection, header_size, deadline, tick)
    return unpack(header, _read(connection, payload_size, deadline, tick)), descriptors


def _read(connection: socket.socket, size: int, deadline: float | None, tick) -> bytes:
    parts, missing = [], size
    while missing:
        _look(deadline, tick)
        try:
            part = connection.recv(min(missing, 1 << 20), socket.MSG_DONTWAIT)
        except BlockingIOError:
            _wait(connection, select.POLLIN, deadline, tick)
            continue
        except OSError as error:
            raise Closed(str(error)) from None
        if not part:
            raise Closed("the connection closed")
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def _wait(connection: socket.socket, event: int, deadline: float | None, tick) -> None:
    """Until there is something to read (POLLIN), or room to write (POLLOUT)."""
    poll = select.poll()  # not select(): descriptors may exceed 1024
    poll.register(connection, event)
    while not poll.poll(min(_look(deadline, tick), 0.25) * 1000):
        pass


def _look(deadline: float | None, tick) -> float:
    """The seconds left; calls `tick`, and raises Expired when there are none."""
    if tick:
        tick()
    left = math.inf if deadline is None else deadline - time.monotonic()
    if left <= 0:
        raise Expired("the deadline passed")
    return left
