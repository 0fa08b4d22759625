"""a1-neuron: notebook, checks and bank agree; every answer of the bank gets what it must, judged in this process.

`autograder verify a1-neuron` does the same in the sandbox, the looping answer included.
"""

from pathlib import Path

import nbformat
import numpy as np
import pytest

from autograder.authoring.bank import variants
from autograder.authoring.kernel import KernelGuest
from autograder.checks import a1_neuron_inputs, a1_neuron_mistakes, a1_neuron_right
from autograder.course.verdict import UNDECIDED
from autograder.judging.blank import Blank, verdict_on
from autograder.judging.catalogue import CATALOGUE
from autograder.judging.check_modules import checks_of
from autograder.judging.diagnosis import STRUCTURAL
from autograder.notebook import cells
from nnlib.gradcheck import numerical_gradient
from nnlib.losses import log_loss_from_logits

NOTEBOOK = nbformat.read(Path(__file__).parents[2] / "assignments/a1-neuron/a1-neuron.ipynb", as_version=4)
CHECKS = checks_of("a1-neuron")
BANK = variants("a1-neuron")
IMPORTS = "import numpy as np\nfrom nnlib.gradcheck import check_gradients, numerical_gradient\n"

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # some answers overflow, which costs no marks


def sources(kind):
    """{blank: text} of the notebook's answer or test cells."""
    prefix = "test_" if kind == cells.TEST else ""
    return {cells.grade_id(c).removeprefix(prefix): c.source for c in NOTEBOOK.cells if cells.kind(c) == kind}


def answered(**replaced):
    """The names a submission defines that holds the source's answers but for `replaced`."""
    namespace = {}
    exec(IMPORTS, namespace)
    for text in (sources(cells.ANSWER) | replaced).values():
        exec(text, namespace)
    return namespace


def judged(blank, code, seed=b"test"):
    return verdict_on(CHECKS[blank], KernelGuest(answered(**{blank: code})), seed)


def at_home(blank, code):
    """Run the tests a student can run."""
    exec(cells.without_hidden(sources(cells.TEST)[blank]), answered(**{blank: code}))


def named(blank, correct):
    return [variant for variant in BANK if variant.blank == blank and variant.correct == correct]


def test_notebook_checks_and_bank_have_the_same_blanks():
    assert sources(cells.ANSWER).keys() == sources(cells.TEST).keys() == CHECKS.keys() == {v.blank for v in BANK}


def test_points_of_a1():
    points = [cells.points(cell) for cell in NOTEBOOK.cells if cells.kind(cell) == cells.TEST]
    assert sum(points) == 40 and all(point == int(point) for point in points)


@pytest.mark.parametrize("blank", CHECKS)
def test_bank_is_large_enough_and_its_labels_are_unique(blank):
    right, wrong = named(blank, True), named(blank, False)
    assert len(right) >= 3 and len(wrong) >= 6
    assert len({variant.label for variant in right + wrong}) == len(right + wrong)


def test_every_diagnosis_is_in_the_catalogue_and_is_used():
    used = {variant.diagnosis for variant in BANK} - {""}
    assert used <= CATALOGUE.keys()
    assert CATALOGUE.keys() - used <= STRUCTURAL | {"modified_input"}


def test_catalogue_gives_sentences_and_no_code():
    assert all(text[0].isupper() and text.endswith((".", "?")) and len(text) < 130 for text in CATALOGUE.values())
    assert not [text for text in CATALOGUE.values() if "np." in text or "@" in text or ".T" in text]


@pytest.mark.parametrize("blank", CHECKS)
def test_no_property_outweighs_the_rest(blank):
    weights = CHECKS[blank].weights.values()
    assert sum(weights) == pytest.approx(1) and max(weights) <= 0.5


@pytest.mark.parametrize("blank", CHECKS)
def test_right_answers_get_everything_here_and_at_home(blank):
    for variant in named(blank, True):
        at_home(blank, variant.code)
        verdict = judged(blank, variant.code)
        assert verdict.score == 1 and not verdict.findings, (variant.label, verdict.findings)


@pytest.mark.parametrize("blank", CHECKS)
def test_wrong_answers_keep_and_are_told_what_the_bank_says(blank):
    for variant in named(blank, False):
        if variant.diagnosis != "timed_out":  # it would not end here
            verdict = judged(blank, variant.code)
            assert (verdict.score, verdict.diagnosis) == (variant.keeps, variant.diagnosis), (variant.label, verdict)


@pytest.mark.parametrize("blank", CHECKS)
def test_the_stub_fails_at_home(blank):
    stub = f"def {blank}(*arguments):\n    raise NotImplementedError()"
    with pytest.raises(NotImplementedError):
        at_home(blank, stub)


JUNK = ("[[1, 2], 3]", "{}", "('1', '2')", "object()", "(None, None, None)", "(1j, 2j)", "[[], []]", "np.nan")
HUGE = ("([10**400] * 2, 1)", "(np.array([np.inf, -np.inf]), np.nan)", "(True, 1e308)")


@pytest.mark.parametrize("junk", JUNK + HUGE)
@pytest.mark.parametrize("blank", CHECKS)
def test_no_answer_can_choose_to_be_undecided(blank, junk):
    verdict = judged(blank, f"def {blank}(*arguments):\n    return {junk}")
    assert verdict.outcome != UNDECIDED and verdict.score == 0 and verdict.findings


def test_mistakes_are_not_the_right_answer():
    """A catalogue entry equal to the truth on every kind of input could never be told from it."""
    X, delta = dict(a1_neuron_inputs.rows(np.random.default_rng(0)))["m = 6, n = 3"]
    wrong = a1_neuron_mistakes.mean_gradients(delta, X.shape[1], X)
    assert not [name for name, value in wrong.items() if np.array_equal(value, X.T @ delta / len(X))]


def test_random_gates_are_gates():
    rng = np.random.default_rng(0)
    for _ in range(200):
        for name, (w, theta) in a1_neuron_inputs.random_gates(rng).items():
            assert list(a1_neuron_right.CORNERS @ w > theta) == list(a1_neuron_right.TABLES[name])


def test_reference_descends_along_the_numerical_gradient():
    X, y, lr, _ = next(args for _, args in a1_neuron_inputs.training_sets(np.random.default_rng(1)))
    v = np.zeros(X.shape[1] + 1)
    for _ in range(5):
        v = v - lr * numerical_gradient(lambda v: log_loss_from_logits(y, X @ v[:-1] + v[-1]), v)
    w, b, _ = a1_neuron_right.train(X, y, lr, 5)
    assert np.allclose(v, [*w, b], rtol=1e-8)


def test_a_check_whose_reference_is_wrong_decides_nothing(monkeypatch):
    monkeypatch.setattr(a1_neuron_inputs, "SHAPES", (("m = 6, n = 3", 6, 3, 1),))
    gradient = Blank.gradient
    twice = lambda self, name, got, want, *rest: gradient(self, name, got, 2 * want, *rest)  # noqa: E731
    monkeypatch.setattr(Blank, "gradient", twice)
    with pytest.raises(AssertionError, match="is not dJ"):
        judged("row_gradients", sources(cells.ANSWER)["row_gradients"])
