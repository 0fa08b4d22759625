"""What checks are written with: points, cases, comparison, diagnosis, and what a student may see of it."""

import re
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from autograder.authoring.kernel import KernelGuest
from autograder.course.verdict import FAILED, PASSED
from autograder.judging.blank import Blank, verdict_on
from autograder.judging.catalogue import CATALOGUE
from autograder.judging.check import Check, check
from autograder.judging.check_modules import checks_of
from autograder.sandbox.fault import Reply, StudentFault
from practice.comparing import EXACT, RTOL
from practice.faults import View
from tests.autograder.made_up import knowing


def numbers(rng):
    for label, m in (("m = 4", 4), ("m = 1", 1)):
        yield label, (rng.uniform(1, 2, size=m),)


def judged(examine, function, *, weights=None, seed=b"secret", points=4.0, **mistakes):
    """The verdict of a check made of `examine(blank)`, that knows these mistakes, on a student's function `f`."""
    examine.__name__ = "f"
    namespace = {} if function is None else {"f": function}
    return verdict_on(knowing(check(weights or {"f": 1.0})(examine), **mistakes), KernelGuest(namespace), seed, points)


def doubling(make=numbers, **options):
    """A check that f(x) = 2 x."""

    def examine(blank):
        """Twice."""
        for case in blank.cases(make):
            (x,) = case.args
            blank.close("f", blank.call("f", x), 2 * x, **options)

    return examine


def wrong(function, make=numbers, **mistakes):
    """The one finding of a function that does not double."""
    verdict = judged(doubling(make), function, **mistakes)
    assert verdict.outcome == FAILED and verdict.score == 0 and len(verdict.findings) == 1
    assert verdict.diagnosis == verdict.findings[0].diagnosis
    return verdict.findings[0]


# points


def test_right_answers_pass_with_all_points_and_the_checks_title():
    verdict = judged(doubling(), lambda x: x + x)
    assert (verdict.grade_id, verdict.outcome, verdict.score, verdict.findings, verdict.diagnosis, verdict.title) == (
        "f",
        PASSED,
        4.0,
        (),
        "",
        "Twice.",
    )


@pytest.mark.parametrize("weights", [{"a": 0.5}, {"a": 0.5, "b": 0.6}, {}])
def test_weights_must_share_out_the_points(weights):
    with pytest.raises(ValueError, match="expected 1"):
        check(weights)(lambda blank: None)


@pytest.mark.parametrize(("passing", "score"), [("abc", 3.0), ("ab", 2.0), ("bc", 2.0), ("c", 1.0), ("", 0.0)])
def test_each_property_gives_its_share(passing, score):
    def examine(blank):
        for _ in blank.cases(numbers):
            for name in "abc":
                blank.true(name, name in passing, "is not so.")

    verdict = judged(examine, None, weights=dict.fromkeys("abc", 1 / 3), points=3.0)
    assert verdict.score == score
    assert [finding.property for finding in verdict.findings] == [name for name in "abc" if name not in passing]


def test_shares_add_up_exactly():
    def examine(blank):
        for _ in blank.cases(numbers):
            for name in "abc":
                blank.true(name, name != "c", "is not so.")

    assert judged(examine, None, weights={"a": 0.1, "b": 0.2, "c": 0.7}, points=1.0).score == 0.3


def test_a_property_that_failed_once_has_failed():
    def examine(blank):
        for case in blank.cases(numbers):
            blank.true("f", case.label != "m = 4" or not case.public, "is not so.")

    assert judged(examine, None).score == 0


def nothing(rng):
    yield from ()


def test_a_check_that_examines_nothing_decides_nothing():
    with pytest.raises(AssertionError, match="examined no case"):
        judged(doubling(make=nothing), lambda x: 2 * x)


def test_a_check_that_forgets_a_property_decides_nothing():
    with pytest.raises(AssertionError, match="'forgotten'"):
        judged(doubling(), lambda x: 2 * x, weights={"f": 0.5, "forgotten": 0.5})


def test_a_property_that_is_not_weighted_is_the_checks_fault():
    with pytest.raises(KeyError):
        judged(doubling(), lambda x: 2 * x, weights={"g": 1.0})


# cases


def drawn(seed=b"secret", name="f"):
    def examine(blank):
        seen.extend(blank.cases(numbers))
        blank.true("f", True, "")

    seen = []
    examine.__name__ = name
    verdict_on(check({"f": 1.0})(examine), KernelGuest({}), seed)
    return seen


def values(cases, public):
    return [case.args[0].tolist() for case in cases if case.public is public]


def test_every_kind_of_input_comes_public_first_and_then_hidden():
    seen = drawn()
    assert [(case.label, case.public) for case in seen] == [
        (label, p) for p in (True, False) for label in ("m = 4", "m = 1")
    ]
    assert [case.args[0].size for case in seen] == [4, 1, 4, 1]


def test_public_data_are_everybodys_and_hidden_data_the_submissions_own():
    one, again, other = drawn(b"one"), drawn(b"one"), drawn(b"other")
    assert values(one, True) == values(other, True)
    assert values(one, False) == values(again, False) != values(other, False)
    assert not {tuple(v) for v in values(one, True)} & {tuple(v) for v in values(one, False)}


def test_blanks_draw_their_own_data():
    assert values(drawn(name="f"), True) != values(drawn(name="g"), True)
    assert values(drawn(name="f"), False) != values(drawn(name="g"), False)


def test_kinds_that_differ_between_twins_are_the_checks_fault():
    lengths = iter((1, 2))

    def uneven(rng):
        for _ in range(next(lengths)):
            yield "m", (np.ones(2),)

    with pytest.raises(ValueError):
        judged(doubling(make=uneven), lambda x: 2 * x)


# comparison


@pytest.mark.parametrize("rtol", [RTOL, EXACT])
@pytest.mark.parametrize(("share", "outcome"), [(0.9, PASSED), (1.2, FAILED), (-0.9, PASSED), (-1.2, FAILED)])
def test_the_tolerance_is_relative_to_the_largest_entry(rtol, share, outcome):
    big = np.array([1e8, 1.0, 0.0])

    def examine(blank):
        for _ in blank.cases(numbers):
            blank.close("f", big + [0, 0, share * rtol * 1e8], big, rtol=rtol)

    assert judged(examine, None).outcome == outcome


def test_a_large_entry_does_not_hide_in_a_small_scale():
    assert wrong(lambda x: 2 * x + 1e-8).diagnosis == "inaccurate"
    assert wrong(lambda x: 2e-9 * x, make=tiny).diagnosis == ""


def tiny(rng):
    yield "tiny", (rng.uniform(1e-12, 2e-12, size=3),)


def test_zero_is_compared_absolutely():
    def examine(blank, off):
        for _ in blank.cases(numbers):
            blank.close("f", off, np.zeros(2))

    for off, outcome in ((np.full(2, 1e-10), PASSED), (np.full(2, 1e-8), FAILED)):
        assert judged(lambda blank, off=off: examine(blank, off), None).outcome == outcome


def test_integers_booleans_and_lists_of_the_right_numbers_are_right():
    for got in ([1, 0], (True, False), np.array([1, 0], np.int8), np.array([True, False]), [np.float64(1), 0]):

        def examine(blank, got=got):
            for _ in blank.cases(numbers):
                blank.close("f", got, [1.0, 0.0])

        assert judged(examine, None).outcome == PASSED


STRUCTURES = {
    "returned_none": lambda x: None,
    "wrong_shape": lambda x: (2 * x)[:, None],
    "wrong_dtype": lambda x: (2 * x).astype(np.float32),
    "not_finite": lambda x: np.full_like(x, np.nan),
    "wrong_type": lambda x: 2 * x + 0j,
    "raised": lambda x: 1 / 0,
    "inaccurate": lambda x: 2 * x * (1 + 1e-7),
}


@pytest.mark.parametrize("name", STRUCTURES)
def test_structural_diagnoses(name):
    assert wrong(STRUCTURES[name]).diagnosis == name


@pytest.mark.parametrize(
    "value",
    ["text", [], {}, {"a": 1.0}, [[1.0], [2.0, 3.0]], [None], object(), len, [1.0, "a"], 2j, ()],
    ids=lambda value: type(value).__name__,  # a repr may hold an address, and parallel tests need equal names
)
def test_values_that_are_no_numbers_are_wrong_and_never_an_error_of_ours(value):
    assert wrong(lambda x: value).diagnosis in ("wrong_type", "wrong_shape")


def test_a_number_for_an_array_of_one_is_the_wrong_shape():
    assert wrong(lambda x: 2 * x if x.size > 1 else float(2 * x[0])).diagnosis == "wrong_shape"


def test_infinity_of_the_wrong_sign_and_nan_for_a_number_fail():
    for bad in (np.inf, -np.inf, np.nan):
        assert wrong(lambda x, bad=bad: np.where(x == x.max(), bad, 2 * x)).diagnosis == "not_finite"


def test_failing_in_different_ways_has_no_name():
    finding = wrong(lambda x: np.full_like(x, np.nan) if x.size > 1 else np.zeros((1, 1)))
    assert finding.diagnosis == ""


def test_a_missing_function_and_one_that_is_none():
    def examine(blank):
        blank.call("f", 1)

    assert judged(examine, None).diagnosis == "not_defined"
    for namespace, name in (({}, "not_defined"), ({"f": 3}, "not_callable")):
        with pytest.raises(StudentFault) as fault:
            KernelGuest(namespace).call("f", ())
        assert fault.value.diagnosis == name


@pytest.mark.parametrize("value", [1.0, (1.0,), [1, 2, 3], np.zeros(2), None, {"a": 1, "b": 2}, "ab"], ids=repr)
def test_two_values_must_be_two(value):
    def examine(blank):
        for case in blank.cases(numbers):
            blank.call("f", *case.args, returns=2)

    verdict = judged(examine, lambda x: value)
    assert (verdict.score, len(verdict.findings)) == (0.0, 1)
    assert verdict.diagnosis == ("returned_none" if value is None else "wrong_type")


def test_a_fault_ends_the_check_and_costs_every_property():
    def examine(blank):
        for case in blank.cases(numbers):
            blank.true("first", True, "")
            blank.close("second", blank.call("f", *case.args), 0.0)

    verdict = judged(examine, lambda x: 1 / 0, weights={"first": 0.5, "second": 0.5})
    assert (verdict.score, verdict.diagnosis, [f.property for f in verdict.findings]) == (0.0, "raised", ["call"])


def test_an_argument_changed_in_place_is_said_and_costs_nothing():
    def spoil(x):
        x *= 2
        return x

    verdict = judged(doubling(), spoil)
    assert (verdict.outcome, verdict.score) == (PASSED, 4.0)
    (finding,) = verdict.findings
    assert finding.diagnosis == "modified_input"
    assert finding.message == f"f changed its argument 1. {CATALOGUE['modified_input']}"


class Claiming(KernelGuest):
    """Says that every argument was changed, and many that there are not."""

    def call(self, name, args):
        return Reply(super().call(name, args).value, tuple(range(16)))


def test_what_a_notebook_says_of_its_arguments_carries_no_fresh_number_out():
    def examine(blank):
        for case in blank.cases(numbers):
            blank.close("f", blank.call("f", *case.args, 3.0), 2 * case.args[0])

    examine.__name__ = "f"
    for public, told in ((True, ["f changed its argument 1."]), (False, [])):
        blank = Blank(check({"f": 1.0})(examine), b"s")
        blank.examine(Claiming({"f": lambda x, y: 2 * x}), public=public, singly=True)
        notes = [note.message.partition(" An argument")[0] for note in blank.notes]
        assert blank.is_right and notes == told


# gradients


def slope(reference, **how):
    """A check of a derivative, of which this is our own formula."""
    return Check(inputs=numbers, returns={"f": 1.0}, name="f", names={"f": reference}, **how)


def cubes(v, x):
    return np.sum((x + v) ** 3)


def test_a_gradient_must_be_as_exact_as_a_formula():
    def central(x, h=6e-6):
        return ((x + h) ** 3 - (x - h) ** 3) / (2 * h)

    made = slope(lambda x: 3 * x**2, derivative_of=cubes)
    assert verdict_on(made, KernelGuest({"f": lambda x: 3 * x * x}), b"").outcome == PASSED
    verdict = verdict_on(made, KernelGuest({"f": central}), b"")
    assert (verdict.score, verdict.diagnosis) == (0.0, "inaccurate")


def test_a_gradient_may_be_examined_on_several_kinds_of_inputs():
    inputs, returns = {"f": numbers, "f again": numbers}, {"f": 0.5, "f again": 0.5}
    made = replace(slope(lambda x: 3 * x**2, derivative_of=cubes), inputs=inputs, returns=returns)
    assert verdict_on(made, KernelGuest({"f": lambda x: 3 * x * x}), b"").outcome == PASSED
    wrong = replace(made, names={"f": lambda x: 2 * x**2})
    with pytest.raises(AssertionError, match="f: f is not dJ"):
        verdict_on(wrong, KernelGuest({"f": lambda x: 2 * x**2}), b"")


@pytest.mark.parametrize(
    ("witness", "said"),
    [
        ({"derivative_of": cubes}, "f: f is not dJ"),
        ({"witness": lambda x: 3 * x**2}, "f: the reference and its witness differ"),
        ({"witness": lambda x: (2 * x)[:, None]}, "f: the reference and its witness differ"),
    ],
)
def test_a_reference_that_its_witness_contradicts_decides_nothing(witness, said):
    with pytest.raises(AssertionError, match=said):
        verdict_on(slope(lambda x: 2 * x, **witness), KernelGuest({"f": lambda x: 2 * x}), b"")


# declared by what is returned


def test_a_function_of_several_values_is_asked_for_them_all_and_each_has_its_share():
    both = lambda x: (2 * x, x.sum())  # noqa: E731
    made = Check(inputs=numbers, returns={"twice": 0.25, "sum": 0.75}, name="f", names={"f": both})
    for function, score in ((both, 1.0), (lambda x: (2 * x, 0.0), 0.25), (lambda x: (x, x.sum()), 0.75)):
        assert verdict_on(made, KernelGuest({"f": function}), b"").score == score
    assert verdict_on(made, KernelGuest({"f": lambda x: 2 * x}), b"").diagnosis == "wrong_type"


def test_a_value_may_be_asked_for_on_several_kinds_of_inputs():
    made = Check(
        inputs={"some": numbers, "small": tiny}, returns={"some": 0.5, "small": 0.5}, name="f", names={"f": abs}
    )
    rounded = verdict_on(made, KernelGuest({"f": lambda x: np.round(x, 11) if x.max() < 1 else x}), b"")
    assert (rounded.score, [finding.property for finding in rounded.findings]) == (0.5, ["small"])


def test_a_reference_that_changes_its_arguments_changes_nothing():
    def spoiling(x):
        x *= 2
        return x

    assert verdict_on(slope(spoiling, witness=spoiling), KernelGuest({"f": lambda x: 2 * x}), b"").outcome == PASSED


def test_a_check_has_inputs_or_is_written_by_hand():
    for both in ({}, {"inputs": numbers, "by_hand": lambda blank: None}):
        with pytest.raises(ValueError, match="give one of the two"):
            Check(returns={"f": 1.0}, **both)


# diagnosis


SEVERAL = {"missing_mean": "2 * x * x.size", "wrong_sign": "-2 * x"}


def test_the_one_mistake_that_explains_everything_is_named():
    finding = wrong(lambda x: -2 * x, **SEVERAL)
    assert finding.diagnosis == "wrong_sign" and CATALOGUE["wrong_sign"] in finding.message


def test_a_mistake_shows_where_it_can():
    """For m = 1 the mean is the sum: this case is right, and does not contradict the name."""
    assert wrong(lambda x: 2 * x * x.size, **SEVERAL).diagnosis == "missing_mean"


def test_a_mistake_that_explains_some_failures_is_not_named():
    assert wrong(lambda x: -2 * x if x.size > 1 else 5 * x, **SEVERAL).diagnosis == ""
    assert wrong(lambda x: 2 * x * x.size if x.size > 1 else 5 * x, **SEVERAL).diagnosis == ""


def test_a_mistake_made_sometimes_is_not_named():
    assert wrong(lambda x: -2 * x if x.size > 1 else 2 * x, **SEVERAL).diagnosis == ""


def test_two_explanations_are_none():
    finding = wrong(lambda x: -2 * x, wrong_sign="-2 * x", ascent="-x - x", missing_mean="7 * x")
    assert finding.diagnosis == "" and not any(sentence in finding.message for sentence in CATALOGUE.values())


def test_explanations_that_part_in_another_case_leave_one():
    finding = wrong(lambda x: -2 * x, wrong_sign="-2 * x", ascent="-2 * x * x.size")
    assert finding.diagnosis == "wrong_sign"


def test_a_mistake_that_changes_nothing_for_a_failing_input_does_not_explain_it():
    finding = wrong(lambda x: 2 * x * (1 + 1.5e-9), missing_mean="2 * x * (1 + 0.9e-9)")
    assert finding.diagnosis == "inaccurate"


def test_a_mistake_with_nan_in_the_same_places_is_named():
    partly = "np.where(x > np.median(x), np.nan, x)"
    assert wrong(lambda x: eval(partly, {"np": np, "x": x}), overflow=partly).diagnosis == "overflow"


def test_not_a_number_alone_is_explained_by_what_explains_all_that_came():
    nan = lambda x: x * np.nan  # noqa: E731
    assert wrong(nan, overflow="x * np.nan").diagnosis == "overflow"
    both = judged(doubled_twice, lambda x: (x * np.nan, x), weights=HALVES, overflow="(x * np.nan, 2 * x)")
    assert [finding.diagnosis for finding in both.findings] == ["not_finite", ""]
    both = judged(doubled_twice, lambda x: (x, 3 * x), weights=HALVES, overflow="(x, 2 * x)")
    assert [finding.diagnosis for finding in both.findings] == ["overflow", ""]


HALVES = {"first": 0.5, "second": 0.5}


def doubled_twice(blank):
    for case in blank.cases(numbers):
        (x,) = case.args
        first, second = blank.call("f", x, returns=2)
        blank.close("first", first, 2 * x)
        blank.close("second", second, 2 * x)


def test_of_two_explanations_of_one_value_the_one_that_explains_the_others_is_told():
    two = {"wrong_sign": "(-2 * x, -2 * x)", "ascent": "(-2 * x, 3 * x)"}
    said = judged(doubled_twice, lambda x: (-2 * x, 3 * x), weights=HALVES, **two)
    assert [finding.diagnosis for finding in said.findings] == ["ascent", "ascent"]
    said = judged(doubled_twice, lambda x: (-2 * x, 2 * x), weights=HALVES, **two)
    assert [finding.diagnosis for finding in said.findings] == [""]
    said = judged(doubled_twice, lambda x: (-2 * x, 5 * x), weights=HALVES, **two)
    assert [finding.diagnosis for finding in said.findings] == ["", ""]


@pytest.mark.parametrize("answer", ["1 / 0", "x.nothing", "None", "(x, x, x)", "'text'"])
def test_a_mistake_that_gives_no_value_explains_nothing(answer):
    assert judged(doubled_twice, lambda x: (x, x), weights=HALVES, ascent=answer).diagnosis == ""


def test_a_mistake_that_gives_a_value_sometimes_explains_nothing_from_there_on():
    sometimes = "2 * x * x.size if x.size > 1 else 1 / 0"
    assert wrong(lambda x: 2 * x * x.size, missing_mean=sometimes).diagnosis == ""


def test_a_mistake_that_changes_its_arguments_spoils_no_other():
    spoiling = "x.__imul__(-2)"
    assert wrong(lambda x: -2 * x, wrong_sign=spoiling, missing_mean="2 * x * x.size").diagnosis == "wrong_sign"
    assert wrong(lambda x: 2 * x * x.size, wrong_sign=spoiling, missing_mean="2 * x * x.size").diagnosis


def test_no_mistake_is_tried_where_nothing_failed():
    tried = []

    def examine(blank):
        tried.append(type(blank).__name__)
        doubling()(blank)

    assert judged(examine, lambda x: 2 * x, wrong_sign="-2 * x").outcome == PASSED
    assert tried == ["Blank", "Blank"]
    assert judged(examine, lambda x: -2 * x, wrong_sign="-2 * x").diagnosis == "wrong_sign"
    assert tried[2:] == ["Blank", "Blank", "Twin", "Twin"]
    assert judged(examine, lambda x: 3 * x, wrong_sign="-2 * x").diagnosis == ""
    assert tried[6:] == ["Blank", "Blank", "Twin"]  # once it explains nothing, it is not asked again


def test_a_value_that_is_not_told_gets_no_name():
    def examine(blank):
        for case in blank.cases(numbers):
            got = blank.call("f", *case.args)
            blank.close("a", got, 2 * case.args[0], told=False)
            blank.close("b", got, 2 * case.args[0])

    said = judged(examine, lambda x: -2 * x, weights={"a": 0.5, "b": 0.5}, wrong_sign="-2 * x")
    assert [finding.diagnosis for finding in said.findings] == ["", "wrong_sign"]


def test_a_mistake_of_another_shape_is_named():
    assert wrong(lambda x: np.sum(2 * x), not_summed="np.sum(2 * x)").diagnosis == "not_summed"


def test_a_blank_is_named_after_its_mistake_rather_than_after_how_it_failed():
    def examine(blank):
        for case in blank.cases(numbers):
            (x,) = case.args
            first, second = blank.call("f", x, returns=2)
            blank.close("first", first, 2 * x)
            blank.close("second", second, 2 * x)

    student = lambda x: (np.zeros((3, 3)), -2 * x)  # noqa: E731
    verdict = judged(examine, student, weights={"first": 0.5, "second": 0.5}, wrong_sign="(-2 * x, -2 * x)")
    assert [finding.diagnosis for finding in verdict.findings] == ["wrong_shape", "wrong_sign"]
    assert verdict.diagnosis == "wrong_sign"


def test_each_property_keeps_its_own_name():
    def examine(blank):
        for case in blank.cases(numbers):
            (x,) = case.args
            blank.close("a", blank.call("f", x), 2 * x)
            blank.close("b", 2 * x, 2 * x)

    verdict = judged(examine, lambda x: -2 * x, weights={"a": 0.25, "b": 0.75}, wrong_sign="-2 * x")
    assert (verdict.score, [f.property for f in verdict.findings], verdict.diagnosis) == (3.0, ["a"], "wrong_sign")


# what a student sees


def remembering(x):
    """Right for the public data alone."""
    shown = [case.args[0] for case in drawn() if case.public]
    return 2 * x if any(np.array_equal(x, known) for known in shown) else 12345.678 * x


def test_of_hidden_data_neither_numbers_nor_an_example_are_shown():
    finding = wrong(remembering)
    assert finding.example == ""
    assert not re.search(r"\d", finding.message.replace("m = 4", "")), finding.message


def test_a_fault_on_hidden_data_shows_no_text_of_the_students_exception():
    """The exception's text may carry the hidden input."""

    def leaking(x):
        if not any(np.array_equal(x, case.args[0]) for case in drawn() if case.public):
            raise ValueError(f"hidden data: {x}")
        return 2 * x

    finding = wrong(leaking)
    assert (finding.example, finding.diagnosis) == ("", "raised")
    assert "hidden data" not in finding.message and not re.search(r"\d", finding.message.replace("m = 4", ""))


def test_the_public_finding_names_kind_entry_and_numbers():
    finding = wrong(lambda x: 2 * x + np.eye(x.size)[-1])
    x = drawn()[0].args[0]
    assert finding.message.startswith(f"For m = 4: entry [3] is {2 * x[3] + 1:.6g}, expected {2 * x[3]:.6g}.")


def everything(rng):
    """Arguments of every kind that checks send."""
    x = rng.normal(size=(3, 2))
    gate = (rng.normal(size=2), 0.1 + 0.2)
    yield (
        "all",
        (
            x,
            {"AND": gate, "OR": (np.array([1.0, 2.0]), -1)},
            (1,),
            [True, None, "σ'\n"],
            np.float64(1 / 3),
            7,
            x[0] > 0,
        ),
    )


def awkward(rng):
    x = np.array([np.nan, -np.inf, np.inf])
    yield (
        "awkward",
        (
            x,
            np.zeros((0, 3)),
            np.float32([0.1]),
            np.array(1.5),
            np.arange(3),
            np.zeros(0, int),
            float("inf"),
            np.array([[1e300, 1e-300]]),
            np.uint8([255]),
        ),
    )


def assert_same(ours, theirs):
    assert type(ours) is type(theirs) or isinstance(ours, np.generic)
    if isinstance(ours, np.ndarray):
        assert ours.dtype == theirs.dtype and ours.shape == theirs.shape and ours.tobytes() == theirs.tobytes()
    elif isinstance(ours, dict):
        assert ours.keys() == theirs.keys()
        [assert_same(ours[key], theirs[key]) for key in ours]
    elif isinstance(ours, list | tuple):
        [assert_same(a, b) for a, b in zip(ours, theirs, strict=True)]
    else:
        assert ours == theirs


@pytest.mark.parametrize("make", [everything, awkward])
def test_the_example_calls_the_function_with_the_public_case_again(make):
    sent, rerun = [], []

    def examine(blank):
        for case in blank.cases(make):
            if case.public:
                sent.extend(case.args)
            blank.true("f", blank.call("f", *case.args) == 1, "is not so.")

    (finding,) = judged(examine, lambda *args: 0.0).findings
    exec(finding.example, {"f": lambda *args: rerun.extend(args)})
    assert_same(sent, rerun)


def test_an_example_too_long_to_read_is_left_out():
    def large(rng):
        yield "large", (rng.normal(size=1000),)

    assert wrong(lambda x: x, make=large).example == ""


def test_the_checks_of_an_assignment_that_has_none():
    with pytest.raises(LookupError, match="no checks for the assignment 'a9-nothing'"):
        checks_of("a9-nothing")


# what is right is seen in one fork of all, on fresh inputs


@pytest.mark.parametrize("wrapped", [lambda array: array, lambda array: [array], lambda array: (array, [array])])
def test_large_values_are_not_kept_to_the_end(wrapped):
    @check(weights={"f": 1.0})
    def f(blank):
        """Zeros."""
        for case in blank.cases(lambda rng: ((f"{k}", (float(k),)) for k in range(12))):
            blank.close("f", blank.call("f", *case.args), 0.0)

    f = knowing(f, wrong_sign="1.0")

    tracemalloc.start()
    try:
        verdict = verdict_on(f, KernelGuest({"f": lambda x: wrapped(np.zeros(1_000_000))}), b"s")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert verdict.outcome == FAILED and peak < 60_000_000  # 24 of 8 MB came


# views


MEAN_AND_REST = View("np.mean(out), out - args[0]", {"out": "args[0].shape"})


def viewed(function):
    """The verdict on a function of which is compared the mean, and how far each entry is from that of its argument."""

    @check(weights={"mean": 0.5, "entries": 0.5}, view=MEAN_AND_REST)
    def f(blank):
        for case in blank.cases(numbers):
            mean, entries = blank.view((blank.call("f", *case.args),))
            blank.close("mean", mean, np.mean(case.args[0]))
            blank.close("entries", entries, np.zeros(len(case.args[0])))

    return verdict_on(f, KernelGuest({"f": function}), b"secret")


def test_a_view_reads_the_arguments_of_the_call_and_gives_several_arrays():
    assert viewed(lambda x: x).outcome == PASSED
    mean_only = viewed(lambda x: np.full(len(x), x.mean()))
    assert {finding.property for finding in mean_only.findings} == {"entries"}


@pytest.mark.parametrize(
    ("function", "way"),
    [(lambda x: x[None], "wrong_shape"), (lambda x: "x", "wrong_type"), (np.float32, "wrong_dtype")],
)
def test_a_view_of_no_such_array_is_a_fault_of_the_student(function, way):
    assert viewed(function).diagnosis == way
