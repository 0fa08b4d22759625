"""What a submission sends back: early, forged, replayed and doubled replies, bombs, and objects that are not values."""

import pytest

from tests.attacks.victims import A4, each_victim

HELD = """
import sys
_wire = sys.modules["wire"]
_send = _wire.send
_kept = []
ANSWERS = ("value", "answers")
def _forge(connection, kind, nonce, value, *rest, **named):
    HOW
_wire.send = _forge
"""

REPLIES = {
    "replayed": """
    if kind in ANSWERS:
        _kept.append((nonce, value))
        nonce, value = _kept[0]
    return _send(connection, kind, nonce, value, *rest, **named)""",
    "doubled": """
    _send(connection, kind, nonce, value, *rest, **named)
    if kind in ANSWERS:
        _send(connection, kind, nonce, value, *rest, **named)""",
    "many before one": """
    if kind in ANSWERS:
        for _ in range(50):
            _send(connection, kind, "0" * 32, value)
    return _send(connection, kind, nonce, value, *rest, **named)""",
    "of another kind": """
    return _send(connection, "passed" if kind in ANSWERS else kind, nonce, value, *rest, **named)""",
    "with a verdict": """
    if kind in ANSWERS:
        passed = {"score": 4.0, "passed": True, "outcome": "passed"}
        value = {**value, **passed} if kind == "value" else [("value", {**one[1], **passed}) for one in value]
    return _send(connection, kind, nonce, value, *rest, **named)""",
    "of every kind at once": """
    if kind in ANSWERS:
        for other in ("ready", "walls", "born", "cell", "fault", "callback", "value", "answers", "passed"):
            _send(connection, other, nonce, {"callback": 0, "args": (), "named": {}})
    return _send(connection, kind, nonce, value, *rest, **named)""",
}


@each_victim
@pytest.mark.parametrize("how", REPLIES)
def test_replies_sent_another_way_gain_nothing(scores, victim, how):
    """Neither a blank that has no answer nor one that has a wrong one."""
    assert set(scores(victim.wrong, before=HELD.replace("\n    HOW", REPLIES[how])).values()) == {0.0}


@each_victim
@pytest.mark.parametrize("how", ["replayed", "doubled"])
def test_a_reply_sent_twice_or_again_is_refused_even_when_it_is_right(scores, victim, how):
    """So the two ways above do reach the host."""
    assert scores(before=HELD.replace("\n    HOW", REPLIES[how]), solved=True)[victim.blank] == 0.0


BOMBS = {
    "zeros without end": "np.broadcast_to(0.0, (10**12,))",
    "a large array": "np.zeros(9 << 20)",
    "many arrays": "[np.zeros(10**6)] * 100",
    "a list without end": "(lambda a: a.append(a) or a)([])",
    "a list of ten million": "[0] * 10**7",
    "a long text": "'x' * (5 << 20)",
    "a number of a hundred thousand digits": "10**100_000",
    "a dict whose keys collide": "{k * (2**61 - 1): 0 for k in range(1000)}",
    "a generator without end": "__import__('itertools').count()",
    "an object that holds itself": "type('Both', (), {'__iter__': lambda self: iter((self, self))})()",
    "a whole number no float holds": "np.array([10**5000, 1], dtype=object)",
    "a ragged list": "([[1.0], [2.0, 3.0]], [])",
    "empty arrays of impossible shapes": "np.zeros((0, 2**40, 2**20))",
    "no numbers": "(float('nan'), float('inf'))",
    "a deep tuple": "__import__('functools').reduce(lambda a, _: (a,), range(10**5), ())",
}


@pytest.mark.parametrize("what", BOMBS)
def test_a_bomb_costs_its_own_blank(scores, what):
    bomb = f"def weighted_gradients(X, delta, s):\n    return {BOMBS[what]}"
    got = scores({"weighted_gradients": bomb}, solved=True)
    assert got.pop("weighted_gradients") == 0.0
    assert set(got.values()) == {1.0}, got


@pytest.mark.parametrize("victim", [A4], indirect=True, ids=lambda victim: victim.assignment)
def test_bombs_in_every_blank_that_none_needs_cost_these_alone(scores):
    blanks = ("relu_backward", "hidden_gradients", "penalised", "shortcut_backward", "two_layer_backward", "train")
    bombs = dict(zip(blanks, [*BOMBS.values()][-len(blanks) :], strict=True))
    got = scores({name: f"def {name}(*args):\n    return {bomb}" for name, bomb in bombs.items()}, solved=True)
    assert {got.pop(name) for name in bombs} == {0.0} and set(got.values()) == {1.0}


# what looks like a value, and gives one when it is sent, or none
LAZY = {
    "__array__": "class Late:\n    def __array__(self, *args, **kwargs):\n        return np.zeros(3)",
    "__float__": "class Late(float):\n    def __float__(self):\n        return 0.0\n    __array_priority__ = 1e9",
    "__iter__": "class Late(list):\n    def __iter__(self):\n        return iter((np.zeros(3), 0.0))\n"
    "    def __len__(self):\n        return 2",
    "__eq__": "class Late(tuple):\n    def __eq__(self, other):\n        return True\n    __hash__ = None\n"
    "    __ge__ = __le__ = __sub__ = __rsub__ = __eq__",
    "__getattribute__": "class Late(np.ndarray):\n    def __new__(cls):\n        return np.zeros(3).view(cls)\n"
    "    def __getattribute__(self, name):\n        return True if name != '__class__' else np.ndarray",
    "__array_interface__": "class Late:\n    __array_interface__ = {'shape': (3,), 'typestr': '<f8', 'version': 3,\n"
    "                           'data': (1, False)}",
    "__reduce__": "class Late:\n    def __reduce__(self):\n        return eval, ('print(1)',)",
    "__buffer__": "import ctypes\nclass Late(ctypes.Structure):\n    _fields_ = [('x', ctypes.c_double)]",
    "__del__": "import os\nclass Late:\n    def __del__(self):\n        os._exit(0)",
}


@pytest.mark.parametrize("how", LAZY)
def test_an_object_that_computes_later_gains_nothing(scores, how):
    code = f"{LAZY[how]}\ndef row_gradients(X, delta):\n    return (Late(), Late())"
    bare = f"{LAZY[how]}\ndef weighted_gradients(X, delta, s):\n    return Late()"
    got = scores({"row_gradients": code, "weighted_gradients": bare}, solved=True)
    assert got["row_gradients"] == got["weighted_gradients"] == 0.0
    assert {got[name] for name in got if name not in ("row_gradients", "weighted_gradients", "train")} == {1.0}, got


@pytest.mark.parametrize("victim", [A4], indirect=True, ids=lambda victim: victim.assignment)
def test_objects_that_compute_later_gain_nothing_in_any_blank(attacked, scores):
    answers = {
        name: f"{late}\ndef {name}(*args, Late=Late):\n    return tuple(Late() for _ in range(COUNT))"
        for name, late in zip(attacked.blanks, [*LAZY.values(), *LAZY.values()], strict=False)
    }
    for count in (1, 3):
        given = {name: code.replace("COUNT", str(count)) for name, code in answers.items()}
        assert set(scores(given).values()) == {0.0}
