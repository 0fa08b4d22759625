"""What a6-project alone promises: devices, planted faults, a threshold that right answers pass, attacks that fail."""

import json
import re
import sys

import numpy as np
import pytest

from autograder.authoring.kernel import KernelGuest
from autograder.course.course import Course
from autograder.judging.blank import Blank, verdict_on
from autograder.judging.public_cases import public_cases
from autograder.notebook import cells
from autograder.sandbox.inside import wire
from nnlib.stand_in import in_place_of_cupy, where_it_runs
from tests.autograder import assignments
from tests.autograder.assignments import answered, at_home, check, checks_of, known, source, texts

A6 = "a6-project"
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def judged(blank, code):
    return assignments.judged(A6, blank, code)


def file_of(blank):
    """The module of a blank's check."""
    checks_of(A6)
    return sys.modules[f"autograder.checks.{A6}.{blank}"]


def test_points_of_a6():
    assert sum(points for _, points in cells.blanks(source(A6))) == 36


# devices

ON_ONE_STACK = {
    "stacked_outputs": (np.ones((5, 3)), np.linspace(-1, 1, 52).reshape(2, 26), (3, 4, 2)),
    "stacked_costs": (np.linspace(-2, 2, 30).reshape(2, 5, 3), np.array([0, 2, 1, 1, 0])),
    "stacked_gradients": (
        np.linspace(-1, 1, 10).reshape(5, 2),
        np.array([0, 1, 1, 0, 1]),
        np.linspace(-1, 1, 34).reshape(2, 17) + 0.01,
        (2, 3, 2),
        np.array([0.1, 0.3]),
    ),
}


@pytest.mark.parametrize("blank", ON_ONE_STACK)
def test_the_solutions_run_where_their_arrays_lie(blank):
    told = where_it_runs(answered(A6)[blank], *ON_ONE_STACK[blank])
    assert told.endswith("it runs there, with NumPy's numbers"), told


@pytest.mark.parametrize(
    ("blank", "label"),
    [("stacked_costs", "one-hot rows"), ("stacked_gradients", "einsum"), ("stacked_outputs", "example by example")],
)
def test_a_right_answer_that_makes_arrays_from_nothing_is_refused_elsewhere_and_keeps_its_marks(blank, label):
    (variant,) = known(A6, blank, label=label)
    told = where_it_runs(answered(A6, **{blank: variant.code})[blank], *ON_ONE_STACK[blank])
    assert not told.endswith("it runs there, with NumPy's numbers")
    assert judged(blank, variant.code).score == 1


@pytest.mark.parametrize("blank", ON_ONE_STACK)
def test_the_cell_says_where_it_ran(blank, capsys):
    """As on a laptop without a GPU, and where one answers: there the stand-in is in its place."""
    at_home(A6, blank, texts(A6, cells.ANSWER)[blank])
    assert "no GPU: ran on NumPy\non a strict stand-in for CuPy (worth no points): it runs" in capsys.readouterr().out
    with in_place_of_cupy():
        at_home(A6, blank, texts(A6, cells.ANSWER)[blank])
    said = capsys.readouterr().out
    assert "on the GPU (CuPy): it runs there, with NumPy's numbers" in said and "no GPU" not in said


@pytest.mark.parametrize(
    ("blank", "old", "new", "told"),
    [
        ("stacked_outputs", "A = np.maximum(Z, 0)", "A = np.maximum(Z, np.zeros(Z.shape))", "refused, TypeError"),
        ("stacked_outputs", "return Z", "return np.array(Z.tolist())", "it left the device"),
        ("stacked_costs", "array_module(y).arange", "np.arange", "refused, TypeError"),
        ("stacked_gradients", "array_module(y).arange", "np.arange", "refused, TypeError"),
        ("stacked_gradients", "- Y) / len(X)", "- Y) / np.full((len(X), 1), len(X))", "refused, TypeError"),
    ],
)
def test_what_would_break_on_a_gpu_is_told_and_costs_nothing(blank, old, new, told):
    assert old in texts(A6, cells.ANSWER)[blank]
    code = texts(A6, cells.ANSWER)[blank].replace(old, new)
    assert told in where_it_runs(answered(A6, **{blank: code})[blank], *ON_ONE_STACK[blank])
    assert judged(blank, code).score == 1


# the hunt


def handed_in(course, submission):
    """The logs that a submission with this hash is asked about."""
    blank = Blank(check(A6, "faulty_lines"), course.seed(A6, submission))
    blank.examine(KernelGuest(answered(A6)), public=False, singly=True)
    return [case.args[0] for case in blank.rounds[-1].cases[0]]


def faults_of(logs):
    return [file_of("faulty_lines").judged(log) for log in logs]


def test_faults_are_drawn_anew_for_each_submission_and_are_the_same_when_it_is_graded_again(tmp_path):
    course, another = Course(tmp_path, tmp_path / "course"), Course(tmp_path, tmp_path / "another")
    first = handed_in(course, "1" * 64)
    file_of("faulty_lines")._logs.cache_clear()
    again = handed_in(course, "1" * 64)
    assert all(np.array_equal(one[line], two[line]) for one, two in zip(first, again, strict=True) for line in one)
    others = [faults_of(handed_in(course, f"{k:064}")) for k in range(3)] + [faults_of(handed_in(another, "1" * 64))]
    assert faults_of(first) not in others and len({str(one) for one in others}) == 4


@pytest.mark.parametrize("known_lines", [1, 2, 6, 11, 12])
def test_each_line_has_its_own_mark(known_lines):
    """Who finds the faults of so many lines gets as many twelfths of the half that is for lines."""
    lines = np.random.default_rng(known_lines).permutation(12)[:known_lines].tolist()
    code = texts(A6, cells.ANSWER)["faulty_lines"].replace("def faulty_lines", "def all_lines")
    code += (
        f"\n\ndef faulty_lines(log):\n    return [v if k in {lines} else 1 - v for k, v in enumerate(all_lines(log))]"
    )
    said = judged("faulty_lines", code)
    assert said.score == pytest.approx(1 if known_lines == 12 else known_lines / 24)
    hunt = file_of("faulty_lines")
    missed = {line for k, line in enumerate(hunt.LINES) if k not in lines}
    assert {finding.property for finding in said.findings} - {"all lines"} == missed


GUESSES = {
    "all are faulty": "[1] * 12",
    "none is": "[0] * 12",
    "by chance": "rng.integers(2, size=12).tolist()",
    "as often as they are": "(rng.random(12) < 7 / 20).astype(int).tolist()",
    "the first log's, then by chance": "[0] * 12 if len(asked) == 1 else rng.integers(2, size=12).tolist()",
    "large entries": "[np.max(np.abs(log[line])) > 1 for line in list(log)[-12:]]",
    "not a number": "[np.nan] * 12",
}


@pytest.mark.parametrize("guess", GUESSES)
def test_guesses_earn_nothing(guess):
    code = "rng, asked = np.random.default_rng(5), []\n\n\ndef faulty_lines(log):\n    asked.append(log)\n"
    function = answered(A6, faulty_lines=f"{code}    return {GUESSES[guess]}")["faulty_lines"]
    for seed in range(8):
        blank = Blank(check(A6, "faulty_lines"), b"%d" % seed)
        blank.examine(KernelGuest(answered(A6) | {"faulty_lines": function}), public=False, singly=True)
        assert blank.share() == 0


def test_nothing_that_students_get_says_what_a_fault_is():
    public = json.loads(public_cases(A6))
    hunt = public["blanks"]["faulty_lines"]
    compared = [one for case in hunt["cases"] for one in case["compared"]]
    assert len(hunt["cases"]) == 20 and not any(one["mistakes"] or one["told"] for one in compared)
    assert [case["label"] for case in hunt["cases"]] == [f"log {k}" for k in range(1, 21)]
    names = {pair[0] for case in hunt["cases"] for pair in case["args"]["$tuple"][0]["$dict"]}
    assert names == set(file_of("faulty_lines").planted(np.random.default_rng(0), [], ((3,) * 4, (4,) * 4), False))


def test_what_is_said_of_a_wrong_line_names_the_line_alone():
    (variant,) = known(A6, "faulty_lines", label="the penalty on gradients alone")
    said = judged("faulty_lines", variant.code)
    assert {finding.property for finding in said.findings} == {"J", "all lines"} and not said.diagnosis
    for finding in said.findings:
        assert re.fullmatch(r"For log \d+: J is (faulty|healthy); you call it (faulty|healthy)\.", finding.message)


def test_just_the_planted_lines_are_faulty():
    hunt, rng = file_of("faulty_lines"), np.random.default_rng(0)
    for _ in range(60):
        guilty = [line for line in hunt.LINES if rng.random() < 0.4]
        log = hunt.planted(rng, guilty, hunt.USUAL, is_other=rng.random() < 0.5)
        assert check(A6, "faulty_lines").reference(log) == tuple(float(line in guilty) for line in hunt.LINES)


def test_each_line_is_faulty_in_the_same_number_of_logs_and_other_ones_for_another_submission():
    hunt = file_of("faulty_lines")
    truths = [[hunt.judged(log) for _, (log,) in hunt.logs(np.random.default_rng(seed))] for seed in (1, 2)]
    assert np.all(np.sum(truths, axis=1) == hunt.EACH) and len(truths[0]) >= 20
    assert not any(truths[0][0]) and truths[0] != truths[1]


def test_each_fault_can_be_planted_and_seen():
    hunt = file_of("faulty_lines")
    for line, rules in hunt.WRONG.items():
        for rule in rules:
            seen = 0
            for seed in range(20):
                log = hunt.given(np.random.default_rng(seed), 5, 3, 4, 3, is_other=seed % 2 == 1)
                for earlier in hunt.LINES[: hunt.LINES.index(line) + 1]:
                    right = np.asarray(hunt.RIGHT[earlier](log))
                    log[earlier] = np.round(rule(log) if earlier == line else right, hunt.DECIMALS)
                seen += hunt._off(log[line], right) > hunt.FAULTY
            assert seen >= 5, (line, rule)


# the classifier


def share_read(code, seed):
    """The share of new images that the network of this answer reads."""
    train = file_of("train_network")
    ((_, given),) = train.sets(np.random.default_rng([99, seed]))
    theta, sizes = train.network(*answered(A6, train_network=code)["train_network"](*given))
    return train.share_read(theta, sizes, *train.new_images(*given))


def test_right_answers_are_far_above_the_threshold():
    """By four standard deviations of 20 seeds and splits: a right answer fails less than once in a thousand."""
    for variant in known(A6, "train_network", right=True):
        shares = [share_read(variant.code, seed) for seed in range(20)]
        assert np.mean(shares) - 4 * np.std(shares) > file_of("train_network").GOOD, (variant.label, shares)


def test_a_network_of_other_images_reads_none():
    """Pixels and classes have other numbers in each set: parameters cannot be brought along."""
    train = file_of("train_network")
    ((_, given),) = train.sets(np.random.default_rng(0))
    theta, sizes = check(A6, "train_network").reference(*given)
    learned = f"np.array({theta.round(3).tolist()}), {sizes}"
    assert share_read(f"def train_network(X, y, seed):\n    return {learned}", 1) < 0.3
    assert judged("train_network", f"def train_network(X, y, seed):\n    return {learned}").score == 0


TWO_HIDDEN_LAYERS = """def train_network(X, y, seed):
    rng, sizes, Y = np.random.default_rng(seed), (64, 48, 32, 10), np.eye(10)[y]
    layers = [np.vstack([rng.normal(0, np.sqrt(2 / n), (n, k)), np.zeros(k)]) for n, k in zip(sizes, sizes[1:])]
    velocities = [0 * Wb for Wb in layers]
    for rate in np.linspace(0.08, 0.008, 6):
        for batch in np.array_split(rng.permutation(len(X)), 20):
            inputs = [X[batch]]
            for Wb in layers:
                Z = inputs[-1] @ Wb[:-1] + Wb[-1]
                inputs.append(np.maximum(Z, 0))
            E = np.exp(Z - Z.max())
            dZ = (E / E.sum(axis=1, keepdims=True) - Y[batch]) / len(batch)
            for k in (2, 1, 0):
                velocities[k] *= 0.9
                velocities[k][:-1] -= rate * inputs[k].T @ dZ
                velocities[k][-1] -= rate * dZ.sum(axis=0)
                dZ = dZ @ layers[k][:-1].T * (inputs[k] > 0)
                layers[k] = layers[k] + velocities[k]
    return np.concatenate([Wb.ravel() for Wb in layers]), sizes
"""


def test_a_network_of_two_hidden_layers_is_read_as_its_student_means_it():
    assert min(share_read(TWO_HIDDEN_LAYERS, seed) for seed in range(5)) > 0.88
    assert judged("train_network", TWO_HIDDEN_LAYERS).score == 1


def test_a_network_without_a_hidden_layer_is_far_below_it():
    (linear,) = known(A6, "train_network", label="no hidden layer")
    assert max(share_read(linear.code, seed) for seed in range(10)) < 0.45


def test_the_new_images_do_not_travel():
    train = file_of("train_network")
    ((_, (X, y, seed)),) = train.sets(np.random.default_rng(0))
    buffers = []
    wire.encode((X, y, seed), buffers)
    assert sum(map(len, buffers)) == X.nbytes + y.nbytes


@pytest.mark.parametrize(
    ("returned", "diagnosis"),
    [
        ("np.zeros(10**6), (64, 10**5, 10)", "wrong_shape"),
        ("np.zeros(650), (64, 0, 10)", "wrong_shape"),
        ("np.zeros(650), (64.5, 10)", "wrong_type"),
        ("np.zeros(650), (64, -3, 10)", "wrong_shape"),
        ("np.zeros(650), [[64, 10]]", "wrong_type"),
        ("np.zeros(650), (64, np.nan)", "wrong_type"),
        ("np.full(650, np.nan), (64, 10)", "not_finite"),
        ("np.zeros(650) + 1j, (64, 10)", "wrong_type"),
    ],
)
def test_what_is_no_network_is_said_in_one_sentence(returned, diagnosis):
    said = judged("train_network", f"def train_network(X, y, seed):\n    return {returned}")
    assert (said.score, said.diagnosis) == (0, diagnosis)


# attacks and oddities

ATTACKS = {
    "nothing faulty": ("faulty_lines", "def faulty_lines(log):\n    return [0] * 12"),
    "all faulty": ("faulty_lines", "def faulty_lines(log):\n    return [1] * 12"),
    "halves": ("faulty_lines", "def faulty_lines(log):\n    return [0.5] * 12"),
    "an array equal to everything": (
        "faulty_lines",
        "class Equal(np.ndarray):\n    def __eq__(self, other):\n        return True\n\n\n"
        "def faulty_lines(log):\n    return [np.ones(()).view(Equal)] * 12",
    ),
    "a copy of what is asked": ("stacked_outputs", "def stacked_outputs(X, theta, sizes):\n    return theta"),
    "zeros of the right shape": (
        "stacked_gradients",
        "def stacked_gradients(X, y, theta, sizes, lam):\n    return np.zeros_like(theta)",
    ),
    "the penalty alone": (
        "stacked_gradients",
        "def stacked_gradients(X, y, theta, sizes, lam):\n    return lam[:, None] * theta",
    ),
    "special cases by shape": (
        "stacked_costs",
        "def stacked_costs(Z, y):\n    return np.full(len(Z), {5: 1.7, 4: 1.3, 1: 1.1, 6: 0.9}.get(len(y), 1.5))",
    ),
    "the images by heart": (
        "train_network",
        "def train_network(X, y, seed):\n"
        "    known = datasets.load_digits()\n"
        "    means = np.array([(known.X[known.y == k] / 8 - 1).mean(axis=0) for k in range(10)])\n"
        "    return np.append(means.T.ravel(), np.zeros(10)), (64, 10)",
    ),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_gains_nothing(attack):
    assert judged(*ATTACKS[attack]).score == 0


HONEST = {
    "Fortran's order": "np.asfortranarray(found)",
    "lists": "found.tolist()",
    "a tuple of arrays": "tuple(found)",
    "a masked array": "np.ma.array(found)",
    "a matrix of rows kept elsewhere": "kept.setdefault(0, found) if kept.clear() is None else found",
}


@pytest.mark.parametrize("oddity", HONEST)
def test_an_honest_oddity_costs_nothing(oddity):
    reference = check(A6, "stacked_gradients").variants[0].code.replace("def stacked_gradients", "def own")
    code = f"kept = {{}}\n{reference}\n\ndef stacked_gradients(*given):\n    found = own(*given)\n"
    code += f"    return {HONEST[oddity]}"
    assert judged("stacked_gradients", code).score == 1


@pytest.mark.parametrize(
    ("blank", "returned"),
    [
        ("faulty_lines", "[bool(value) for value in found]"),
        ("faulty_lines", "[np.bool_(value) for value in found]"),
        ("faulty_lines", "[np.array(value) for value in found]"),
        ("faulty_lines", "tuple(map(int, found))"),
        ("train_network", "[found[0].tolist(), list(found[1])]"),
        ("train_network", "(found[0].astype(np.float32), np.array(found[1]))"),
        ("train_network", "(found[0], tuple(map(float, found[1])))"),
        ("stacked_costs", "list(found)"),
        ("stacked_outputs", "[list(map(list, scores)) for scores in found]"),
    ],
)
def test_other_forms_of_the_same_values_cost_nothing(blank, returned):
    code = texts(A6, cells.ANSWER)[blank].replace(f"def {blank}", "def own")
    code += f"\n\ndef {blank}(*given):\n    found = own(*given)\n    return {returned}"
    assert judged(blank, code).score == 1


def test_a_callable_object_is_a_function_too():
    namespace = answered(A6)
    outputs = namespace["stacked_outputs"]
    namespace["stacked_outputs"] = type("Network", (), {"__call__": lambda self, *given: outputs(*given)})()
    assert verdict_on(check(A6, "stacked_outputs"), KernelGuest(namespace), b"seed").score == 1
