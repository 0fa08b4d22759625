"""The catalogue of diagnoses: every name is reached by an answer that makes that mistake, and by no other answer.

Answers to every assignment are judged by the real checks in this process; `autograder verify` judges them in the
sandbox.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import autograder
from autograder.authoring.generated import generated
from autograder.authoring.kernel import KernelGuest
from autograder.course.verdict import FAILED
from autograder.judging.blank import verdict_on
from autograder.judging.catalogue import CATALOGUE, STRUCTURAL, STRUCTURAL_SENTENCES
from autograder.judging.variants import Variant
from autograder.sandbox.fault import StudentFault
from tests.autograder.assignments import (
    ASSIGNMENTS,
    BLANKS,
    answered,
    answers_of,
    check,
    each_blank,
    each_unique_blank,
    explained,
    is_unique,
    verdict,
    wrong,
)
from tests.autograder.guests import Ending
from tests.autograder.held_out import ANY, held_out

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # some answers overflow, which costs no marks

OF_THE_PROCESS = ("died", "timed_out", "not_run", "cell_failed")
SEEDS = (1, 2)
EXPLAINED = [(*of, name) for of in BLANKS for name in sorted(explained(of[0])[of[1]])]


# every name is reached


@pytest.mark.parametrize(("assignment", "blank", "name"), EXPLAINED)
def test_every_mistake_a_check_knows_is_told_to_who_makes_it(assignment, blank, name):
    answers = wrong(assignment, blank, diagnosis=name)
    assert answers, f"no known answer to {blank} makes this mistake"
    for variant in answers:
        found = verdict(assignment, variant).findings
        told = [finding.message for finding in found if finding.diagnosis == name]
        sentence = check(assignment, blank).sentence(name)
        assert told and all(message.endswith(sentence) for message in told), variant.label


@each_blank
def test_no_two_mistakes_of_a_blank_give_the_same_answers_everywhere(assignment, blank):
    """Else neither could ever be named: answers that make them would get no diagnosis."""
    names = [name for *of, name in EXPLAINED if of == [assignment, blank]]
    got = {name: verdict(assignment, wrong(assignment, blank, diagnosis=name)[0]).diagnosis for name in names}
    assert got == {name: name for name in names}


def made_for(assignment, blank, name):
    """The answers that every blank gets and that must be told this."""
    made = generated(check(assignment, blank), f"def {blank}(*given):\n    raise NotImplementedError()\n")
    return [one.variant for one in made if one.variant.diagnosis == name and not one.walled and not one.given]


@pytest.mark.parametrize("name", sorted(STRUCTURAL - set(OF_THE_PROCESS)))
def test_every_way_to_fail_is_told(name):
    answers = [(assignment, v) for assignment, blank in BLANKS for v in wrong(assignment, blank, diagnosis=name)]
    answers += [(assignment, v) for assignment, blank in BLANKS for v in made_for(assignment, blank, name)]
    assert answers, "no known answer fails in this way"
    for assignment, variant in answers:
        said = verdict(assignment, variant)
        assert said.outcome == FAILED and said.diagnosis == name, variant.label
        assert any(finding.diagnosis == name and _is_told(finding) for finding in said.findings), variant.label


def _is_told(finding):
    """A call that ended early says in its own words how; what a comparison found ends in the catalogue's sentence."""
    return finding.property == "call" or finding.message.endswith(CATALOGUE[finding.diagnosis])


@pytest.mark.parametrize("name", OF_THE_PROCESS)
@each_blank
def test_a_call_whose_process_ends_is_a_failure_of_that_name(assignment, blank, name):
    said = verdict_on(check(assignment, blank), Ending(name), b"", 3.0)
    assert (said.outcome, said.score, said.diagnosis) == (FAILED, 0.0, name)
    assert [(finding.property, finding.diagnosis) for finding in said.findings] == [("call", name)]


# a sentence for every name, a use of every sentence


def catalogue_faults(sentences: Mapping[str, str], answers: Iterable[str], judge: Iterable[str]) -> Iterator[str]:
    """What is wrong with the sentences, where all known answers, and the judge's own code, use these names."""
    yield from (f"{name} has no sentence" for name in sorted({*answers} - sentences.keys()))
    for name in sentences:
        if name not in (judge if name in STRUCTURAL_SENTENCES else answers):
            yield f"{name} is used by no {'judge' if name in STRUCTURAL_SENTENCES else 'answer'}"


def nodes(package: Path, *but: str) -> Iterator[ast.AST]:
    """What the code of a package, and what students get of it, is made of, but for these folders and files."""
    ours = (path for path in package.rglob("*.py") if path.relative_to(package).parts[0] not in but)
    for path in [*ours, *(package.parent / "practice").rglob("*.py")]:
        if path.name not in but:
            yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def raised(package: Path) -> set[str]:
    """The names that a package raises StudentFault with, its checks included."""
    calls = (node for node in nodes(package) if isinstance(node, ast.Call) and node.args)
    named = [call.args[0] for call in calls if ast.unparse(call.func) == StudentFault.__name__]
    return {name.value for name in named if isinstance(name, ast.Constant)}


@cache
def used() -> tuple[set[str], set[str]]:
    """The names that all known answers use, but those of one file alone, and every text of the judge's own code."""
    package = Path(autograder.__file__).parent
    answers = [variant for assignment in ASSIGNMENTS for variant in answers_of(assignment)]
    own = {(variant.blank, variant.diagnosis) for variant in answers if variant.sentence}
    names = {v.diagnosis for v in answers if (v.blank, v.diagnosis) not in own} - {""}
    texts = (node for node in nodes(package, "checks", "catalogue.py") if isinstance(node, ast.Constant))
    return names | {name for *_, name in EXPLAINED if name in CATALOGUE} | raised(package), {n.value for n in texts}


def test_every_name_used_has_a_sentence_and_every_sentence_is_used_by_some_assignment_or_by_the_judge():
    assert [*catalogue_faults(CATALOGUE, *used())] == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda found: found[0].update(idle="Nobody's."), "idle is used by no answer"),
        (lambda found: found[1].discard("ascent"), "ascent is used by no answer"),
        (lambda found: found[1].add("uphill"), "uphill has no sentence"),
        (lambda found: found[0].pop("not_begun"), "not_begun has no sentence"),
    ],
)
def test_a_name_without_a_sentence_and_a_sentence_without_a_use_are_seen(change, fault):
    change(found := [dict(CATALOGUE), *map(set, used())])
    assert [*catalogue_faults(*found)] == [fault]


def test_a_sentence_that_the_judge_no_longer_needs_is_seen(monkeypatch):
    monkeypatch.setitem(STRUCTURAL_SENTENCES, "melted", "It melted.")
    assert [*catalogue_faults(CATALOGUE | STRUCTURAL_SENTENCES, *used())] == ["melted is used by no judge"]


def test_a_name_that_only_an_exception_of_a_check_has_is_seen(tmp_path):
    (tmp_path / "checks" / "a2-next").mkdir(parents=True)
    (tmp_path / "checks" / "a2-next" / "f.py").write_text(
        "def f(blank):\n    raise StudentFault('uphill', 'It rises.')\n"
    )
    assert raised(tmp_path) == {"uphill"}


def sentences() -> Iterator[tuple[str, str]]:
    """(a name, the sentence of that name), those that one file alone has included."""
    yield from CATALOGUE.items()
    known = (variant for assignment in ASSIGNMENTS for variant in answers_of(assignment))
    yield from ((variant.diagnosis, variant.sentence) for variant in known if variant.sentence)


CODE = ("np.", "@", ".T", "*", "=", "sum(", "mean(", "exp(", "1/m", "/ m", "[", "lambda")


@pytest.mark.parametrize(("name", "text"), [*sentences()])
def test_a_sentence_says_where_to_look_and_no_formula(name, text):
    assert text[0].isupper() and text[-1] in ".?" and len(text) <= 120
    assert sum(text.count(end) for end in (". ", "? ", "! ")) <= 1, "two short sentences at most"
    assert not [code for code in CODE if code in text]


# no other answer is


def failures(made, assignment, seed, kinds=None):
    """(kind, verdict, the structural name it must get or "") for each held-out answer to a blank, or for some kinds."""
    for kind, function, must in held_out(assignment, made.name, seed):
        if kinds is None or kind in kinds:
            guest = KernelGuest(answered(assignment) | {made.name: function})
            yield kind, verdict_on(made, guest, b"%d" % seed), must


@pytest.mark.parametrize("seed", SEEDS)
@each_blank
def test_an_answer_the_catalogue_does_not_describe_loses_half_at_least_and_gets_no_name(assignment, blank, seed):
    for kind, said, must in failures(check(assignment, blank), assignment, seed):
        assert said.outcome == FAILED and said.score <= 0.5, kind
        assert said.diagnosis == must, (kind, said.findings)
        assert {finding.diagnosis for finding in said.findings} <= {must, ""}, (kind, said.findings)


WITHOUT_HINTS = {("a6-project", "faulty_lines")}  # a bug hunt


@each_unique_blank
def test_the_held_out_set_sees_a_name_given_wrongly(assignment, blank):
    """A wrong answer that describes one of its kinds is noticed."""
    code = f"""def {blank}(*arguments):
    right = {blank}_of_ours(*arguments)
    return tuple(map(distorted, right)) if type(right) is tuple else distorted(right)
"""
    made = check(assignment, blank)
    distorted = lambda part: ANY["scaled by 1.1"](None, np.asarray(part))  # noqa: E731
    names = {**made.names, f"{blank}_of_ours": answered(assignment)[blank], "distorted": distorted}
    planted = Variant(blank, "planted", False, "planted", 0.0, code, "Planted.")
    made = replace(made, variants=(*made.variants, planted), names=names)
    named = {kind for kind, said, _ in failures(made, assignment, SEEDS[0], ANY) if said.diagnosis == "planted"}
    assert named == ({"scaled by 1.1"} if (assignment, blank) not in WITHOUT_HINTS else set())


def _spoiled(value, rng):
    if isinstance(value, tuple | list):
        return type(value)(_spoiled(item, rng) for item in value)
    return value + rng.normal(size=np.shape(value)) * (1 + np.max(np.abs(value)))


@each_unique_blank
def test_random_wrong_values_get_no_name(assignment, blank):
    """A dozen wrong answers outside the catalogue for every blank: nobody is told of a mistake not made."""
    right = answered(assignment)[blank]
    for number in range(12):
        rng = np.random.default_rng([3, number])
        guest = KernelGuest({blank: lambda *args, rng=rng: _spoiled(right(*args), rng)})
        said = verdict_on(check(assignment, blank), guest, bytes([number]))
        assert (said.score, said.diagnosis) == (0.0, ""), (number, said.findings)
        assert not any(sentence in f.message for f in said.findings for sentence in CATALOGUE.values())


def test_a_blank_with_several_right_answers_has_wrong_ones_that_were_written_for_it():
    several = [of for of in BLANKS if not is_unique(*of)]
    assert [of for of in several if not [*held_out(*of, SEEDS[0])]] == []
