"""What is compared of returned values, where these may differ and be right, and the functions of public cases."""

import numpy as np
import pytest

import practice
from autograder.authoring.kernel import KernelGuest
from autograder.judging.blank import Blank
from autograder.judging.check_modules import checks_of
from autograder.judging.public_cases import _coded
from autograder.notebook import cells
from practice import faults
from practice.cases import _decoded
from practice.comparing import compare, wanted
from practice.faults import StudentFault, View
from practice.source import formula, source_of
from tests.autograder.assignments import answered, texts

A2 = "a2-backprop"
ENDS = View("np.append(order, n)[[0, -1]]", {"order": (None,)}, ("n",))
ORDERS = ([2, 0, 3, 1], [0, 2, 3, 1], (0, 2, 3, 1), np.array([2.0, 0.0, 3.0, 1.0]))
GRAPH = 4, np.array([[2, 3], [0, 3], [3, 1], [2, 1]]), 1


def test_a_view_may_use_the_arguments_and_take_any_length():
    assert [*ENDS.of(([5, 6, 7],), (9, "more"))] == [5, 9] and [*ENDS.of((np.arange(2.0),), (9,))] == [0, 9]


@pytest.mark.parametrize("value", [3, [[1, 2]], np.zeros((2, 2))])
def test_a_view_refuses_another_number_of_axes(value):
    with pytest.raises(StudentFault, match=r"expected \(any,\)") as fault:
        ENDS.of((value,), (9,))
    assert fault.value.diagnosis == "wrong_shape"


@pytest.mark.parametrize("value", [["a"], [None], {"a": 1}, [[1], [2, 3]]])
def test_a_view_refuses_what_is_no_numbers(value):
    with pytest.raises(StudentFault) as fault:
        ENDS.of((value,), (9,))
    assert fault.value.diagnosis == "wrong_type"


def test_an_expression_is_compiled_once():
    view, before = View("(lambda a: a * a)(out) + 41", {"out": "()"}), faults._compiled.cache_info().misses
    assert [view.of((k,), ()) for k in range(5)] == [41, 42, 45, 50, 57]
    assert faults._compiled.cache_info().misses - before == 2


def of_orders(order):
    return [*map(int, checks_of(A2)["topological_order"].view.of((order,), GRAPH))]


@pytest.mark.parametrize("order", ORDERS)
def test_every_order_in_which_inputs_come_first_is_the_same_to_its_check(order):
    assert of_orders(order) == [4, 1, 1, 1, 1, 0, 0, 0, 0]


WRONG = {
    "a node before its input": ([2, 0, 1, 3], [4, 1, 1, 1, 1, 0, 1, 0, 0]),
    "a node twice": ([2, 0, 2, 3, 1], [5, 1, 1, 2, 1, 0, 0, 0, 0]),
    "a node left out": ([2, 3, 1], [3, 0, 1, 1, 1, 0, 0, 0, 0]),
    "no node": ([2, 0, 3, 1, 7.5], [5, 1, 1, 1, 1, 0, 0, 0, 0]),
    "NaN": ([np.nan] * 4, [4, 0, 0, 0, 0, 0, 0, 0, 0]),
    "nothing": ([], [0, 0, 0, 0, 0, 0, 0, 0, 0]),
}


@pytest.mark.parametrize("name", WRONG)
def test_every_other_list_differs(name):
    order, seen = WRONG[name]
    assert of_orders(order) == seen


def test_a_list_of_a_million_numbers_is_looked_at_in_no_time():
    assert of_orders(np.zeros(1_000_000))[:2] == [1_000_000, 9999]


@pytest.mark.parametrize(
    "junk", ["[]", "[[]]", "[0] * 100_000", "[np.nan, np.inf]", "[2**70]", "None", "'0, 1'", "[True]"]
)
def test_no_list_makes_the_check_of_an_order_fail(junk):
    namespace = {"np": np}
    exec(f"def topological_order(n, edges, output):\n    return {junk}", namespace)
    blank = Blank(checks_of(A2)["topological_order"], b"seed")
    for public in (True, False):
        blank.examine(KernelGuest(namespace), public=public, singly=True)
    assert blank.share() == 0


def told_in_both_places(blank, code):
    """What the grader says of the public examples; at home it is the same, and no entries are shown as wrong."""
    check, names = checks_of(A2)[blank], answered(A2, **{blank: code})
    graded = Blank(check, b"")
    graded.examine(KernelGuest(names), public=True, singly=True)
    practice.use(A2)
    found = practice.examine(blank, names[blank], names)
    assert found.wrong is None
    assert [finding.message for finding in found.findings] == [f.message for f in graded.verdict(1.0).findings]
    return found.findings[0].message


SAID = {
    "return [*reversed(found)]": "For a gate that uses its input twice: node 1 stands before its input 2.",
    "return found + [output]": "For one node alone: node 0 comes 2 times.",
    "return found[1:]": "For one node alone: the list has 0 nodes, 1 are needed: node 0 is missing.",
    "return found if n < 14 else [*set(range(n)) - {*found}, *found]": "For nodes that the output does not need: "
    "the list has 14 nodes, 9 are needed: node 0 is not.",
    "return found + [n]": "For one node alone: the list has 2 numbers, 1 are needed: some are no numbers of nodes.",
}


@pytest.mark.parametrize("last", SAID)
def test_of_a_wrong_order_words_say_which_node_is_wrong_and_no_table_of_flags_is_shown(last):
    code = texts(A2, cells.ANSWER)["topological_order"].replace("return order", f"found = order\n    {last}")
    assert told_in_both_places("topological_order", code).startswith(SAID[last])


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("True", "you answered True, expected False."),
        ("0", "you answered False, expected True."),
        ("1.55", "1.55 came, expected True or False."),
        ("np.ones(2, bool)", "got an array of shape (2,), expected True or False."),
        ("'right'", "got a str, expected True or False."),
    ],
)
def test_where_yes_or_no_is_wanted_that_is_told_and_no_number(answer, said):
    assert said in told_in_both_places("check_gradient", f"def check_gradient(f, gradient, x):\n    return {answer}")


@pytest.mark.parametrize("value", [True, np.bool_(False)])
def test_yes_or_no_may_be_answered_with_one_or_zero_of_any_kind(value):
    for got in (bool(value), int(value), float(value), np.float64(value), np.array(value)):
        assert compare(got, wanted(value), 1e-9) == (None, "")
    assert compare(not value, wanted(value), 1e-9)[0] == "" and compare(np.nan, wanted(value), 1e-9)[0] == "not_finite"
    assert wanted([value]).dtype == np.float64  # several of them are numbers as before


def test_functions_of_public_cases_travel_as_their_source():
    again = _decoded(_coded(formula("lambda x: np.sum(x**2)")))
    assert again(np.arange(3.0)) == 5 and source_of("f", (again,)).endswith("f(lambda x: np.sum(x**2))")


def test_a_check_that_asks_with_functions_can_be_tried_at_home(capsys):
    practice.use(A2)
    namespace = answered(A2) | {"practice": practice}
    exec("practice.check(check_gradient)", namespace)
    assert capsys.readouterr().out == "✓ check_gradient: right on 26 public examples\n"
    exec("def check_gradient(f, gradient, x):\n    return True", namespace)
    with pytest.raises(practice.Wrong, match="Most likely: Every gradient was accepted: what is compared with what?"):
        exec("practice.check(check_gradient)", namespace)
    assert "check_gradient(\n    lambda x: 1.0 * np.sum(np.array([" in capsys.readouterr().out


@pytest.mark.parametrize("kind", [np.int8, np.bool_, np.uint8, np.int64])
def test_whole_numbers_of_few_bits_are_computed_with_as_numbers(kind):
    seen = View("np.mean(W**2 * n), 300 + W", {"W": (3,)}, ("n",)).of((np.ones(3, dtype=kind),), (1000,))
    assert seen[0] == 1000 and np.array_equal(seen[1], [301] * 3)
