"""The catalogue of diagnoses: every name is reached by an answer that makes that mistake, and by no other answer.

Answers are judged by the real checks in this process; `autograder verify` judges the bank in the sandbox.
"""

from collections import defaultdict

import pytest

from autograder.authoring.kernel import KernelGuest
from autograder.checks import a1_neuron_mistakes
from autograder.course.verdict import FAILED, PASSED
from autograder.judging.blank import Blank, verdict_on
from autograder.judging.catalogue import CATALOGUE
from autograder.judging.diagnosis import STRUCTURAL, UnknownMistake
from autograder.sandbox.fault import StudentFault
from tests.autograder.held_out import ANY, TABLES, held_out
from tests.autograder.test_a1_checks import BANK, CHECKS, answered, judged

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # some answers overflow, which costs no marks

OF_THE_PROCESS = ("died", "timed_out", "not_run", "cell_failed")
SEEDS = (1, 2)


def wrong(**wanted):
    """Wrong answers of the bank that end, with these attributes."""
    ending = [variant for variant in BANK if not variant.correct and variant.diagnosis != "timed_out"]
    return [v for v in ending if all(getattr(v, name) == value for name, value in wanted.items())]


def _mapping(mistakes):
    return mistakes() if callable(mistakes) else mistakes or {}


# every name is reached


def examined():
    """{blank: names of mistakes its check can explain}, as its comparisons of right answers pass them."""
    names, close = defaultdict(set), Blank.close

    def recording(self, property, got, want, mistakes=None, **options):
        names[self.check.name] |= set(_mapping(mistakes))
        close(self, property, got, want, mistakes, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Blank, "close", recording)
        for check in CHECKS.values():
            assert verdict_on(check, KernelGuest(answered()), b"").outcome == PASSED
    return names


EXPLAINED = [(blank, name) for blank, names in examined().items() for name in sorted(names)]


@pytest.mark.parametrize(("blank", "name"), EXPLAINED)
def test_every_mistake_a_check_knows_is_told_to_who_makes_it(blank, name):
    answers = wrong(blank=blank, diagnosis=name)
    assert answers, f"the bank has no answer to {blank} that makes this mistake"
    for variant in answers:
        told = [finding.message for finding in judged(blank, variant.code).findings if finding.diagnosis == name]
        assert told and all(message.endswith(CATALOGUE[name]) for message in told), variant.label


def test_every_name_that_describes_a_mistake_is_used_by_a_check_and_every_name_used_has_a_sentence():
    assert {name for _, name in EXPLAINED} == CATALOGUE.keys() - STRUCTURAL - {"modified_input"}
    assert len(EXPLAINED) >= 70 and len({blank for blank, _ in EXPLAINED}) == len(CHECKS)


@pytest.mark.parametrize("name", sorted(STRUCTURAL - set(OF_THE_PROCESS)))
def test_every_way_to_fail_is_told(name):
    answers = wrong(diagnosis=name)
    assert answers, "the bank has no answer that fails in this way"
    for variant in answers:
        verdict = judged(variant.blank, variant.code)
        assert verdict.outcome == FAILED and verdict.diagnosis == name, variant.label
        assert any(finding.diagnosis == name and _is_told(finding) for finding in verdict.findings), variant.label


def _is_told(finding):
    """A call that ended early says in its own words how; what a comparison found ends in the catalogue's sentence."""
    return finding.property == "call" or finding.message.endswith(CATALOGUE[finding.diagnosis])


class Ending:
    """A guest whose every call ends in one fault."""

    def __init__(self, name):
        self.fault = StudentFault(name, "The call ended.")

    def call(self, name, args):
        raise self.fault

    calls = call


@pytest.mark.parametrize("name", OF_THE_PROCESS)
@pytest.mark.parametrize("blank", CHECKS)
def test_a_call_whose_process_ends_is_a_failure_of_that_name(blank, name):
    verdict = verdict_on(CHECKS[blank], Ending(name), b"", 3.0)
    assert (verdict.outcome, verdict.score, verdict.diagnosis) == (FAILED, 0.0, name)
    assert [(finding.property, finding.diagnosis) for finding in verdict.findings] == [("call", name)]


def test_changing_an_argument_in_place_is_told_and_costs_nothing():
    changing = "def gradient_step(w, b, dw, db, lr):\n    w -= lr * dw\n    return w, b - lr * db"
    verdict = judged("gradient_step", changing)
    assert (verdict.outcome, verdict.score, verdict.diagnosis) == (PASSED, 1.0, "")
    assert [finding.diagnosis for finding in verdict.findings] == ["modified_input"]
    assert "in place" in verdict.findings[0].message and "no marks" in verdict.findings[0].message


# planted: what the tests above must see


def test_a_mistake_renamed_in_a_check_is_seen(monkeypatch):
    steps = a1_neuron_mistakes.gradient_step
    monkeypatch.setattr(a1_neuron_mistakes, "gradient_step", lambda *case: _renamed(steps(*case), "ascent", "uphill"))
    assert "uphill" in examined()["gradient_step"] and "ascent" not in examined()["gradient_step"]
    with pytest.raises(UnknownMistake, match="uphill"):  # no sentence, no verdict
        judged("gradient_step", wrong(blank="gradient_step", diagnosis="ascent")[0].code)


def _renamed(mistakes, old, new):
    return {new if name == old else name: value for name, value in mistakes.items()}


def test_two_mistakes_that_give_the_same_array_have_no_name(monkeypatch):
    steps = a1_neuron_mistakes.gradient_step
    twice = lambda *case: steps(*case) | {"wrong_sign": steps(*case)["ascent"]}  # noqa: E731
    monkeypatch.setattr(a1_neuron_mistakes, "gradient_step", twice)
    verdict = judged("gradient_step", wrong(blank="gradient_step", label="ascent")[0].code)
    assert (verdict.outcome, verdict.score, verdict.diagnosis) == (FAILED, 0.0, "")
    assert not [f for f in verdict.findings if f.diagnosis or any(text in f.message for text in CATALOGUE.values())]
    assert judged("gradient_step", wrong(label="lr_forgotten", blank="gradient_step")[0].code).diagnosis != ""


@pytest.mark.parametrize("blank", CHECKS)
def test_no_two_mistakes_of_a_blank_give_the_same_answers_everywhere(blank):
    """Else neither could ever be named: their answers in the bank would get no diagnosis."""
    names = [name for of, name in EXPLAINED if of == blank]
    got = {name: judged(blank, wrong(blank=blank, diagnosis=name)[0].code).diagnosis for name in names}
    assert got == {name: name for name in names}


# no other answer is


def failures(blank, seed):
    """(kind, verdict, the structural name it must get or "") for each held-out answer to a blank."""
    for of, kind, function, must in held_out(answered(), seed):
        if of == blank:
            yield kind, verdict_on(CHECKS[blank], KernelGuest({blank: function}), b"%d" % seed), must


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("blank", CHECKS)
def test_an_answer_the_catalogue_does_not_describe_loses_half_at_least_and_gets_no_name(blank, seed):
    for kind, verdict, must in failures(blank, seed):
        assert verdict.outcome == FAILED and verdict.score <= 0.5, kind
        assert verdict.diagnosis == must, (kind, verdict.findings)
        assert {finding.diagnosis for finding in verdict.findings} <= {must, ""}, (kind, verdict.findings)


def test_the_held_out_set_is_large():
    blanks = [blank for blank, *_ in held_out(answered(), SEEDS[0])]
    assert min(blanks.count(blank) for blank in CHECKS) >= 19 == len(TABLES) and len(blanks) >= 440


def test_not_a_number_says_nothing_of_its_cause():
    assert judged("log_loss", "def log_loss(y, z):\n    return np.nan").diagnosis == "not_finite"


@pytest.mark.parametrize("blank", sorted(CHECKS.keys() - {"gate_weights"}))
def test_the_held_out_set_sees_a_name_given_wrongly(blank, monkeypatch):
    """A catalogue entry that describes one of its kinds is noticed."""
    monkeypatch.setitem(CATALOGUE, "planted", "Planted.")
    close = Blank.close

    def planted(self, property, got, want, mistakes=None, **options):
        close(self, property, got, want, _mapping(mistakes) | {"planted": ANY["scaled by 1.1"](None, want)}, **options)

    monkeypatch.setattr(Blank, "close", planted)
    named = {kind for kind, verdict, _ in failures(blank, SEEDS[0]) if verdict.diagnosis == "planted"}
    assert named == {"scaled by 1.1"}


# points


TOGETHER = {"gate_weights": {"all three"}}  # properties that one mistake costs at once


def lost(variant):
    """The properties a wrong answer loses; its score is what the others give."""
    verdict, weights = judged(variant.blank, variant.code), CHECKS[variant.blank].weights
    failed = {finding.property for finding in verdict.findings}
    failed = set(weights) if "call" in failed else failed & weights.keys()
    assert verdict.score == pytest.approx(sum(w for name, w in weights.items() if name not in failed))
    return failed


@pytest.mark.parametrize("blank", CHECKS)
def test_each_property_can_be_lost_while_the_others_are_kept(blank):
    losses = [lost(variant) for variant in wrong(blank=blank)]
    for property in CHECKS[blank].weights:
        others = [failed - {property} for failed in losses if property in failed]
        assert any(rest <= TOGETHER.get(blank, set()) for rest in others) or property == "all three", property


@pytest.mark.parametrize("blank", CHECKS)
def test_no_wrong_answer_keeps_more_than_half(blank):
    for variant in wrong(blank=blank):
        assert judged(blank, variant.code).score <= 0.5, variant.label


@pytest.mark.parametrize("returned", ["w * 0, b", "w, 0.0"])
def test_training_with_one_parameter_wrong_keeps_half_at_most(returned):
    right = next(variant.code for variant in BANK if variant.blank == "train" and variant.correct)
    assert right.count("return w, b") == 1
    assert judged("train", right.replace("return w, b", f"return {returned}")).score <= 0.5


CODE = ("np.", "@", ".T", "*", "=", "sum(", "mean(", "exp(", "1/m", "/ m", "[", "lambda")


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_sentence_says_where_to_look_and_no_formula(name):
    text = CATALOGUE[name]
    assert text[0].isupper() and text[-1] in ".?" and len(text) <= 120
    assert sum(text.count(end) for end in (". ", "? ", "! ")) <= 1, "two short sentences at most"
    assert not [code for code in CODE if code in text]
