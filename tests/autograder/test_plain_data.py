"""Numbers in other clothes: made plain where there is one way to read them, and named to the student where not."""

import array
import itertools
from collections import OrderedDict, UserList, deque, namedtuple
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction

import numpy as np
import pytest

from autograder.sandbox.inside import wire
from practice.comparing import compare
from practice.values import MOST_ITEMS, describe, numeric, plain

WANT = np.array([0.5, -1.0, 3.0])
NUMBERS = [0.5, -1.0, 3.0]


class Says:
    """An object that is an array when asked."""

    def __init__(self, numbers):
        self.numbers = numbers

    def __array__(self):
        return np.array(self.numbers)


class SaysOne:
    def __float__(self):
        return 0.5


class Unpacks:
    def __iter__(self):
        yield from NUMBERS


class BySubscript:
    def __getitem__(self, at):
        return NUMBERS[at]


Three = namedtuple("Three", "a b c")
Sign = IntEnum("Sign", {"PLUS": 1})


def objects(*items):
    made = np.empty(len(items), dtype=object)
    made[:] = items
    return made


VECTORS = {
    "longdouble": WANT.astype(np.longdouble),
    "a list of longdouble": list(WANT.astype(np.longdouble)),
    "fractions": [Fraction(1, 2), -1, 3],
    "decimals": (Decimal("0.5"), Decimal(-1), Decimal("3.0")),
    "objects": WANT.astype(object),
    "objects of every kind": objects(Fraction(1, 2), np.float64(-1), np.array(3)),
    "a deque": deque(NUMBERS),
    "array.array": array.array("d", NUMBERS),
    "memoryview": memoryview(WANT),
    "UserList": UserList(NUMBERS),
    "values of a dict": dict(enumerate(NUMBERS)).values(),
    "a generator": (x for x in NUMBERS),
    "map": map(float, ["0.5", "-1", "3"]),
    "__array__": Says(NUMBERS),
    "__array__ of objects": Says([Fraction(1, 2), Decimal(-1), 3]),
    "__iter__": Unpacks(),
    "__getitem__": BySubscript(),
    "numbers within": [SaysOne(), Fraction(-1), np.array(3, dtype=object)],
    "a named tuple": Three(*NUMBERS),
    "masked, nothing masked": np.ma.array(NUMBERS),
    "a field": np.array([(0.5, 1), (-1.0, 2), (3.0, 3)], dtype=[("cost", float), ("step", int)])["cost"],
}  # fmt: skip


def sent(value):
    """What arrives of a value that a student's function returned."""
    return wire.unpack(*parts(wire.pack("value", "", plain(value)))).body


def parts(frame):
    size, _ = wire.PREFIX.unpack(frame[: wire.PREFIX.size])
    return frame[wire.PREFIX.size : wire.PREFIX.size + size], frame[wire.PREFIX.size + size :]


@pytest.mark.parametrize("what", VECTORS)
def test_numbers_in_other_clothes_are_the_same_numbers(what):
    assert compare(sent(VECTORS[what]), WANT, 1e-15) == (None, "")


@pytest.mark.parametrize(
    "value",
    [
        Fraction(1, 2),
        Decimal("0.5"),
        SaysOne(),
        np.longdouble(0.5),
        objects(0.5)[0],
        np.array(Fraction(1, 2)),
        Says(0.5),
    ],
)
def test_one_number_in_other_clothes_is_that_number(value):
    assert compare(sent(value), np.array(0.5), 0.0) == (None, "")


def test_whole_numbers_too_large_for_numpy_are_floats():
    assert sent([10**30, -(2**63) - 1, 2**63 - 1]) == [1e30, -float(2**63), 2**63 - 1]
    assert sent(range(3)) == [0, 1, 2] and sent(bytearray(b"\0\1")) == [0, 1] and sent(Sign.PLUS) == 1


def test_pairs_of_any_kind_are_pairs():
    both = WANT, 0.5
    record = np.zeros((), dtype=[("dw", float, 3), ("db", float)])
    record["dw"], record["db"] = both
    for pair in (objects(*both), record[()], dict(dw=WANT, db=0.5).values(), iter(both), deque(both)):
        dw, db = sent(pair)
        assert np.array_equal(dw, WANT) and db == 0.5


def test_what_is_plain_already_stays_the_object_it_was():
    for value in (np.float64(1), 3, 0.5, True, None, "text"):
        assert plain(value) is value
    assert type(sent(OrderedDict(a=deque([1])))["a"]) is list


@pytest.mark.parametrize("value", [WANT, np.zeros(2, dtype=np.float32), np.ones((1, 0))])
def test_an_array_stays_as_it_was_whatever_is_written_into_it_later(value):
    room = value.copy()
    kept = plain(room)
    room[...] = 7
    assert np.array_equal(kept, value) and kept.dtype == value.dtype


def test_a_result_in_single_precision_stays_one():
    for value in (WANT.astype(np.float32), list(WANT.astype(np.float32)), WANT.astype(np.float16)):
        assert compare(sent(value), WANT, 1e-3)[0] == "wrong_dtype"


NAMED = {
    "a set": {0.5, 1.0}, "a str": "0.5", "a bytes": b"12", "a dict": {"dw": 1}, "a function": describe, "a type": Says,
    "a count": itertools.count(), "an object": object(), "an int": 10**400, "a list with a str in it": [1, "2"],
    "a tuple with a set in it": (1, {2}), "a list of unequal parts": [[1], [2, 3]],
    "a list with a tuple with a dict in it in it": [1, (2, {})], "a complex128": 1j, "a NoneType": None,
    "an array of dtype complex128": np.ones(2, dtype=complex), "an array of dtype <U1": np.array(["a"]),
}  # fmt: skip


@pytest.mark.parametrize("words", NAMED)
def test_what_cannot_be_read_as_numbers_is_named(words):
    got = sent(NAMED[words])
    assert numeric(got) is None
    assert describe(got) == words
    assert compare(got, WANT, 1e-9) == ("wrong_type", f"got {describe(got)}, expected an array of shape (3,).")


def test_a_type_is_named_in_plain_letters():
    odd = type("\x1b[31m<b>\n" + "x" * 100, (), {})()
    assert describe(sent(odd)) == "a ??31m<b>?" + "x" * 71


def test_what_has_no_end_ends():
    assert isinstance(sent(itertools.count()), wire.Handle)
    assert len(sent(iter(range(MOST_ITEMS)))) == MOST_ITEMS
    deep = []
    for _ in range(100):
        deep = deque([deep])
    assert numeric(sent(deep)) is None


def test_what_a_conversion_raises_is_the_students_own_error():
    def fails():
        yield 1.0
        raise TypeError("mine")

    with pytest.raises(TypeError, match="mine"):
        plain(fails())
