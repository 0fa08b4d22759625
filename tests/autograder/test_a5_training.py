"""What a5-training alone promises: points, its allow-list, fair chances, nothing for tricks, no loss for oddities."""

import subprocess
import sys
from math import exp, lgamma, log, prod

import numpy as np
import pytest

import practice
from autograder.authoring.kernel import KernelGuest
from autograder.judging.blank import Blank, verdict_on
from autograder.notebook import cells
from tests.autograder import assignments
from tests.autograder.assignments import FOLDER, answered, check, checks_of, known, source

A5 = "a5-training"
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # some answers divide by 0, which costs no marks


def judged(blank, code):
    return assignments.judged(A5, blank, code)


def file_of(blank):
    """The module of a blank's check, or, for "", what they share."""
    checks_of(A5)
    return sys.modules[f"autograder.checks.{A5}" + (f".{blank}" if blank else "")]


def test_points_of_a5():
    points = dict(cells.blanks(source(A5)))
    assert sum(points.values()) == 45
    assert points["layer_norm_backward"] == max(points.values()) and points["dropout"] == points["he_normal"] == 2


def test_what_a5_needs():
    assert {name: made.needs for name, made in checks_of(A5).items() if made.needs} == {"adamw_step": ("adam_step",)}


# what it may import


WITHHELD = ("initializers", "layers", "optimizers", "search", "training", "graph", "monitoring", "drawing")


def imported(*modules):
    """The last line that a new Python says which holds to the assignment's list, and imports these modules."""
    held = "\n".join(cell.source for cell in source(A5).cells if "allow.only" in cell.source).split("import practice")[
        0
    ]
    code = "\n".join([held, *(f"import nnlib.{name}" for name in modules)])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=FOLDER.parent, check=False)
    return (done.stderr.strip().splitlines() or [""])[-1]


def test_all_that_is_allowed_can_be_imported():
    assert imported(*file_of("").ALLOWED) == ""


@pytest.mark.parametrize("name", WITHHELD)
def test_what_holds_an_answer_is_one_sentence(name):
    assert name not in file_of("").ALLOWED
    said = imported(name)
    assert said.startswith(f"ImportError: {A5} may import nnlib.activations, ")
    assert said.endswith(f"nnlib.{name} is not open in this assignment.")


# chance


STATISTICAL = ("he_normal", "glorot_uniform", "dropout", "random_search")
MOST_OFTEN = 1e-6  # that a right answer is refused, as students are told
EXAMINATIONS = 3  # public examples, fresh inputs, and others where it follows through
STRAY = 1e-6  # a tolerance that is wider leaves something to chance


def left_to_chance(blank):
    """How many numbers an examination of the reference compares to a tolerance for chance."""
    made = Blank(check(A5, blank), b"seed")
    made.examine(KernelGuest(answered(A5)), public=False, singly=True)
    compared = [np.ravel(one.want) for one in made.rounds[0].seen if one.rtol > STRAY]
    return sum(len(want) - (len(want) > 1 and want[-1] == 1) for want in compared)  # less the 1 that is there for scale


def above(N, total):
    """The probability that N (even) squares of standard normal numbers sum to more than this."""
    return sum(exp(k * log(total / 2) - total / 2 - lgamma(k + 1)) for k in range(N // 2))


def log_choose(N, k):
    return lgamma(N + 1) - lgamma(k + 1) - lgamma(N - k + 1)


def far_shares(N, p, off):
    """The probability that a share of N, each with probability p, is farther off than this."""
    return sum(exp(log_choose(N, k) + k * log(p) + (N - k) * log(1 - p)) for k in range(N + 1) if abs(k / N - p) > off)


def exactly_the_mean():
    """The probability that dropout drops the rounded mean number of entries with each of the seeds that are its own."""
    kinds = file_of("dropout").activations(np.random.default_rng(0))
    own = {seed: (x.size, p) for _, (x, p, seed) in kinds if p}
    return prod(1 - far_shares(N, p, 0.5 / N) for N, p in own.values())


@pytest.mark.parametrize("blank", STATISTICAL)
def test_a_right_answer_is_refused_less_than_once_in_a_million(blank):
    rare = 2 * exp(-file_of("").RARE)
    others = {"random_search": 0.2**12, "dropout": exactly_the_mean()}.get(blank, 0.0)
    number = left_to_chance(blank)
    assert 1 < number <= 100
    assert EXAMINATIONS * (number * rare + others) < MOST_OFTEN / 10


@pytest.mark.parametrize("N", [150, 700, 3999, 4000])
@pytest.mark.parametrize("p", [0.2, 0.3, 0.383, 0.5, 0.52, 0.68, 0.954])
def test_a_share_is_rarely_as_far_off_as_is_allowed(N, p):
    assert far_shares(N, p, file_of("").off_by(N)) < 1e-10


def test_a_mean_square_is_rarely_as_far_off_as_is_allowed():
    N, off = 4000, file_of("").mean_square_off_by(4000)  # of the root, which is nearer to 1 than the square
    assert above(N, N * (1 + off) ** 2) + 1 - above(N, N * (1 - off) ** 2) < 1e-10


def test_forty_even_rates_are_rarely_as_far_off_as_is_allowed():
    """The bound is that of Dvoretzky, Kiefer & Wolfowitz, with Massart's constant: of 20,000 sets none is near it."""
    tried = np.sort(np.random.default_rng(5).random((20_000, 40)), axis=1)
    farthest = np.abs(tried - (np.arange(40) + 0.5) / 40).max(axis=1) + 0.5 / 40
    assert farthest.max() < 0.75 * file_of("").off_by(40)


def test_gaps_of_even_rates_are_rarely_as_far_off_as_is_allowed():
    """Hoeffding's bound holds for what is negatively associated: of 4,000 sets none is near it."""
    near = [file_of("random_search").near_neighbours(shares) for shares in np.random.default_rng(6).random((4000, 500))]
    want = 1 - (1 - 0.5 / 501) ** 500
    assert abs(np.mean(near) - want) < 0.002
    assert np.abs(np.array(near) - want).max() < 0.6 * file_of("").off_by(501)


def test_the_bounds_see_what_must_be_seen():
    """Spreads of other rules, shares of other rates: farther off than is allowed by four standard deviations."""
    shared = file_of("")
    assert 1 - 0.5**0.5 > shared.mean_square_off_by(4000) + 4 / 8000**0.5  # LeCun's for He's
    assert 1 - 0.5**0.5 > 3 * shared.off_by(4000) + 4 * (1 / 5 / 4000) ** 0.5  # of uniform numbers
    assert 0.6 - 0.4 > shared.off_by(700) + 4 * (0.24 / 1400) ** 0.5
    assert 0.766 > shared.off_by(40) + 4 * (0.062 * 0.938 / 40) ** 0.5  # rates drawn evenly
    assert 0.25 > shared.off_by(500) + 4 * (0.25 / 500) ** 0.5  # rates of squared shares
    assert 0.5 - 1 / 40 > shared.off_by(63)  # half at one end, half at the other


# attacks


ZEROS = {
    "he_normal": "np.zeros((n_in, n_out))",
    "glorot_uniform": "np.zeros((n_in, n_out))",
    "momentum_path": "np.zeros((steps + 1, len(theta))), 0 * theta",
    "rmsprop_step": "0 * theta, 0 * s",
    "adam_step": "0 * theta, 0 * v, 0 * s",
    "adamw_step": "0 * theta, 0 * v, 0 * s",
    "dropout": "0 * x, 0 * x",
    "dropout_backward": "0 * X, 0 * W",
    "batch_norm": "0 * x, 0 * x",
    "running_statistics": "0 * mean, 0 * variance",
    "batch_norm_backward": "0 * x, 0 * gamma",
    "layer_norm_backward": "0 * x, 0 * gamma",
    "random_search": "low, test_score(train(low))",
}


def head(blank):
    """The first line of the notebook's answer."""
    return assignments.texts(A5, cells.ANSWER)[blank].splitlines()[0]


@pytest.mark.parametrize("blank", ZEROS)
def test_a_constant_answer_gains_nothing(blank):
    assert ZEROS.keys() == checks_of(A5).keys()
    assert judged(blank, f"{head(blank)}\n    return {ZEROS[blank]}").score == 0


def of_layer(blank, lines):
    return f"{head(blank)}\n" + "".join(f"    {line}\n" for line in lines)


SEARCH = "rates = low * (high / low) ** np.random.default_rng(seed).random(n)"
SEARCHED = ["models = [train(lr) for lr in rates]", "best = np.nanargmax([validation_score(one) for one in models])"]
SEARCHED += ["return rates[best], test_score(models[best])"]
OTHERWISE_DRAWN = {
    "in the middle alone": "rates = low * (high / low) ** rng.uniform(0.35, 0.65, n)",
    "in the lower two thirds": "rates = low * (high / low) ** (0.65 * rng.random(n))",
    "of squared shares": "rates = low * (high / low) ** rng.random(n) ** 2",
    "even in their tenth roots": "rates = rng.uniform(low**0.1, high**0.1, n) ** 10",
    "of a grid that the seed shifts": "rates = low * (high / low) ** ((np.arange(n) + 0.5) / n + seed * 1e-9)",
    "of a grid that the seed turns": "rates = low * (high / low) ** ((np.arange(n) / n + rng.random()) % 1)",
    "of a grid, shaken": "rates = low * (high / low) ** ((np.arange(n) + rng.random(n)) / n)",
}
ATTACKS = {  # the blank, the share that it may keep, its lines
    "quantiles in one order for all seeds": (
        "glorot_uniform",
        0.5,
        ["r = np.sqrt(6 / (n_in + n_out))", "kept = np.random.default_rng(0).permutation(n_in * n_out)"]
        + ["return (r * (2 * (kept + 0.5) / kept.size - 1)).reshape(n_in, n_out)"],
    ),
    "fifty numbers by heart": (
        "he_normal",
        0.5,
        ["few = np.random.default_rng(3).permutation(np.random.default_rng(4).normal(size=50))"]
        + ["few = np.sqrt(2 / n_in) * (few - few.mean()) / few.std()"]
        + ["return np.resize(np.roll(few, seed), (n_in, n_out))"],
    ),
    "signs for the distribution": (
        "he_normal",
        0.5,
        ["return np.random.default_rng(seed).choice([-1, 1], (n_in, n_out)) * np.sqrt(2 / n_in)"],
    ),
    "what is dropped is drawn by the entries": (
        "dropout",
        0.5,
        ["own = np.random.default_rng(int(2 * np.abs(x).sum()))", "mask = (own.random(x.shape) >= p) / (1 - p)"]
        + ["return x * mask, mask"],
    ),
    "exactly so many are dropped": (
        "dropout",
        0.5,
        ["mask = np.ones(x.size)", "mask[np.random.default_rng(seed).permutation(x.size)[: round(p * x.size)]] = 0"]
        + ["mask = mask.reshape(x.shape) / (1 - p)", "return x * mask, mask"],
    ),
    "a mask of the right mean": ("dropout", 0.0, ["return x.copy(), np.full(x.shape, 1.0)"]),
    "infinite factors": (
        "dropout",
        0.0,
        ["mask = np.where(np.random.default_rng(seed).random(x.shape) >= p, np.inf, 0)", "return x * mask, mask"],
    ),
    "all models tested in one call": (
        "random_search",
        0.0,
        [SEARCH, "models = np.array([train(lr) for lr in rates])", "scores = [validation_score(one) for one in models]"]
        + ["best = np.nanargmax(scores)", "return rates[best], test_score(models.T)[best]"],
    ),
    "chosen by one call of the test part": (
        "random_search",
        0.0,
        [SEARCH, "models = np.array([train(lr) for lr in rates])", "[validation_score(one) for one in models]"]
        + ["scores = test_score(models.T)", "return rates[np.argmax(scores)], np.max(scores)"],
    ),
    "nothing is trained": (
        "random_search",
        0.0,
        [SEARCH, "models = [np.array([np.log10(lr) / 100, 0.01]) for lr in rates]"]
        + ["best = np.nanargmax([validation_score(one) for one in models])"]
        + ["return rates[best], test_score(models[best])"],
    ),
    "a rate that was never tried": (
        "random_search",
        0.5,
        [SEARCH, "models = [train(lr) for lr in rates]"]
        + ["best = np.nanargmax([validation_score(one) for one in models])"]
        + ["return rates[best] * 1.0001, test_score(models[best])"],
    ),
    "the first draw and the ends": (
        "random_search",
        0.0,
        ["rates = np.append([low, high] * n, low * (high / low) ** np.random.default_rng(seed).random())[-n:]"]
        + ["models = [train(lr) for lr in rates]"]
        + ["best = np.nanargmax([validation_score(one) for one in models])"]
        + ["return rates[best], test_score(models[best])"],
    ),
    "the source of what is lent": (
        "random_search",
        0.0,
        ["import re", "best = float(re.findall(r'- (-?[0-9.]+)', validation_score.__doc__ or '')[0])"]
        + ["return 10**best, test_score(train(10**best))"],
    ),
    **{
        f"rates {where}": ("random_search", 0.5, ["rng = np.random.default_rng(seed)", drawn, *SEARCHED])
        for where, drawn in OTHERWISE_DRAWN.items()
    },
    "a path of the first step alone": (
        "momentum_path",
        0.0,
        ["v = -lr * h * theta", "return np.array([theta + k * v for k in range(steps + 1)]), v"],
    ),
    "the step of the signs": ("adam_step", 0.0, ["return theta - lr * np.sign(g), v, s"]),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_gains_no_more_than_half(attack):
    blank, share, lines = ATTACKS[attack]
    said = judged(blank, of_layer(blank, lines))
    assert said.score == share, said.findings


DIFFERENCES = """
from nnlib.gradcheck import numerical_gradient

def batch_norm_backward(dout, x, gamma, epsilon):
    of = lambda x, gamma: gamma * (x - x.mean((0, 1))) / np.sqrt(x.var((0, 1)) + epsilon)
    return (numerical_gradient(lambda x: of(x, gamma), x, dout=dout),
            numerical_gradient(lambda gamma: of(x, gamma), gamma, dout=dout))

def layer_norm_backward(dout, x, gamma, epsilon):
    of = lambda x, gamma: gamma * ((x.T - x.mean(1)) / np.sqrt(x.var(1) + epsilon)).T
    return (numerical_gradient(lambda x: of(x, gamma), x, dout=dout),
            numerical_gradient(lambda gamma: of(x, gamma), gamma, dout=dout))

def dropout_backward(dout, X, W, mask):
    return (numerical_gradient(lambda X: (X * mask) @ W, X, dout=dout),
            numerical_gradient(lambda W: (X * mask) @ W, W, dout=dout))
"""


@pytest.mark.parametrize("blank", ["batch_norm_backward", "layer_norm_backward", "dropout_backward"])
def test_numerical_derivatives_are_not_near_enough(blank):
    said = judged(blank, DIFFERENCES)
    assert (said.score, said.diagnosis) == (0, "inaccurate")


EQUAL = """
class Equal(np.ndarray):
    def __eq__(self, other): return True
    def __array_ufunc__(self, *given, **named): return np.ones(()).view(Equal)
    def __float__(self): return 0.0
"""


@pytest.mark.parametrize("blank", ["momentum_path", "batch_norm", "dropout", "he_normal"])
def test_arrays_that_are_equal_to_everything_gain_nothing(blank):
    returned = ZEROS[blank].replace("0 * x", "np.zeros(x.shape).view(Equal)").replace("zeros(", "ones(")
    code = f"{EQUAL}\n{head(blank)}\n    given = ({returned},)\n"
    code += (
        "    given = [np.asarray(one).view(Equal) for one in given]\n    return given if len(given) > 1 else given[0]\n"
    )
    assert judged(blank, code).score == 0


def test_the_generator_of_the_inputs_draws_before_an_answer_is_asked():
    """What a guest could find on the stack, were it in our process, tells no number that is still to be drawn."""
    made, order = check(A5, "dropout"), []
    blank = Blank(made, b"seed")
    cases = blank.cases

    def noted(make):
        order.append("drawn")
        yield from cases(make)

    class Guest(KernelGuest):
        def call(self, name, args):
            order.append("asked")
            return super().call(name, args)

    blank.cases = noted
    blank.examine(Guest(answered(A5)), public=False, singly=True)
    assert order[0] == "drawn" and order.count("drawn") == 1


# honest oddities


ODD = {
    "lists": "odd = lambda part: part.tolist()",
    "Fortran's order": "odd = np.asfortranarray",
    "masked arrays": "odd = np.ma.array",
    "objects": "odd = lambda part: np.asarray(part, dtype=object)",
    "extended digits": "odd = lambda part: np.asarray(part, dtype=np.longdouble)",
    "columns of a larger array": "odd = lambda part: np.stack([part, part], axis=-1)[..., 0]",
}
ARRAYS = [blank for blank in ZEROS if blank != "random_search"]


@pytest.mark.parametrize("oddity", ODD)
@pytest.mark.parametrize("blank", ARRAYS)
def test_an_honest_oddity_costs_nothing(blank, oddity):
    own = check(A5, blank).variants[0].code.replace(f"def {blank}(", "def helper(")
    code = f"{own}\n\ndef {blank}(*given):\n    found = helper(*given)\n    {ODD[oddity]}\n"
    said = judged(blank, code + "    return [*map(odd, found)] if type(found) is tuple else odd(found)\n")
    assert said.score == 1, said.findings


@pytest.mark.parametrize("blank", ZEROS)
def test_a_callable_object_is_a_function_too(blank):
    namespace = answered(A5)
    right = namespace[blank]
    namespace[blank] = type("Own", (), {"__call__": lambda self, *given: right(*given)})()
    assert verdict_on(check(A5, blank), KernelGuest(namespace), b"seed").score == 1


HONEST = {
    "in place on own copies": (
        "batch_norm",
        ["x = x.copy()", "x -= x.mean((0, 1))", "x /= np.sqrt((x * x).mean((0, 1)) + epsilon)"]
        + ["out = x.copy()", "out *= gamma", "out += beta", "return out, x"],
    ),
    "weights drawn from the last to the first": (
        "he_normal",
        ["W = np.random.default_rng(seed).normal(size=n_in * n_out)[::-1]"]
        + ["return (W * (2 / n_in) ** 0.5).reshape((n_in, n_out), order='F')"],
    ),
    "row by row": (
        "he_normal",
        ["rng = np.random.default_rng(seed)"]
        + ["return np.array([rng.normal(0, (2 / n_in) ** 0.5, n_out) for _ in range(n_in)])"],
    ),
    "Python's own generator": (
        "glorot_uniform",
        ["import random", "own, r = random.Random(seed), (6 / (n_in + n_out)) ** 0.5"]
        + ["return [[own.uniform(-r, r) for _ in range(n_out)] for _ in range(n_in)]"],
    ),
    "another bit generator, single digits": (
        "glorot_uniform",
        ["u = np.random.Generator(np.random.Philox(seed)).random((n_in, n_out), dtype=np.float32).astype(float)"]
        + ["return (2 * u - 1) * np.sqrt(6 / (n_in + n_out))"],
    ),
    "unit by unit": (
        "dropout",
        ["rng, mask = np.random.default_rng(seed), np.empty(x.shape)"]
        + ["for j in range(x.shape[1]):", "    mask[:, j] = (rng.random(len(x)) < 1 - p) / (1 - p)"]
        + ["return x * mask, mask"],
    ),
    "whole numbers, where they are": (
        "dropout",
        ["kept = np.random.default_rng(seed).random(x.shape) >= p", "return x * kept / (1 - p), kept / (1 - p)"],
    ),
    "all trained, then validated from the last to the first": (
        "random_search",
        [SEARCH, "models = [train(lr) for lr in rates]"]
        + ["scores = [validation_score(theta) for theta in models[::-1]][::-1]"]
        + ["best = int(np.nanargmax(scores))", "return float(rates[best]), float(test_score(models[best]))"],
    ),
    "names of arguments, arrays of one number": (
        "random_search",
        [SEARCH, "models = [train(lr=np.array(lr)) for lr in rates]"]
        + ["scores = [validation_score(theta=list(theta)) for theta in models]"]
        + ["best = np.nanargmax(scores)", "return rates[best], test_score(theta=models[best])"],
    ),
    "three digits of each rate": (
        "random_search",
        ["rates = [float(f'{lr:.3g}') for lr in low * (high / low) ** np.random.default_rng(seed).random(n)]"]
        + ["models = [train(lr) for lr in rates]", "scores = [validation_score(theta) for theta in models]"]
        + ["best = np.nanargmax(scores)", "return rates[best], test_score(models[best])"],
    ),
    "rates from the largest down": (
        "random_search",
        [SEARCH + "[::-1]", "best = (-np.inf,)", "for lr in rates[np.argsort(-rates)]:", "    theta = train(lr)"]
        + ["    score = validation_score(theta)", "    if not np.isnan(score) and score >= best[0]:"]
        + ["        best = score, lr, theta", "return best[1], test_score(best[2])"],
    ),
    "the best is validated once more": (
        "random_search",
        [SEARCH, "models = [train(lr) for lr in rates]", "scores = [validation_score(theta) for theta in models]"]
        + ["best = np.nanargmax(scores)", "assert validation_score(models[best]) == scores[best]"]
        + ["return rates[best], test_score(models[best])"],
    ),
    "memories that are no arrays": (
        "rmsprop_step",
        ["s = [rho * s_j + (1 - rho) * g_j * g_j for s_j, g_j in zip(s.tolist(), g.tolist())]"]
        + ["return [t - lr * k / (q**0.5 + epsilon) for t, k, q in zip(theta.tolist(), g.tolist(), s)], s"],
    ),
    "the path by an accumulator": (
        "momentum_path",
        ["from itertools import accumulate", "state = (theta, 0 * theta)"]
        + ["move = lambda state, _: (lambda v: (state[0] + v, v))(rho * state[1] - lr * h * state[0])"]
        + ["states = list(accumulate(range(steps), move, initial=state))"]
        + ["return [point for point, _ in states], states[-1][1]"],
    ),
}


@pytest.mark.parametrize("oddity", HONEST)
def test_an_honest_answer_of_another_form_is_right(oddity):
    blank, lines = HONEST[oddity]
    for _ in range(3):
        said = judged(blank, of_layer(blank, lines))
        assert said.score == 1, said.findings


def test_a_global_helper_and_a_global_number_are_found():
    own = check(A5, "adam_step").variants[0].code.replace("np.sqrt(", "ROOTS[0](")
    assert judged("adam_step", f"def root(a):\n    return np.sqrt(a)\n\n\nROOTS = [root]\n{own}").score == 1


def test_arguments_that_are_changed_in_place_are_noted():
    code = (
        f"{head('dropout')}\n    x *= (np.random.default_rng(seed).random(x.shape) >= p) / (1 - p)\n    return x, x\n"
    )
    assert "modified_input" in {finding.diagnosis for finding in judged("dropout", code).findings}


def test_right_answers_of_one_blank_may_serve_another():
    for variant in known(A5, "adam_step", right=True):
        namespace = answered(A5, adam_step=variant.code)
        assert verdict_on(check(A5, "adamw_step"), KernelGuest(namespace), b"seed").score == 1, variant.label


OWN_HELPER = """
def {name}(train, score, rates):
    return [(score(theta), lr, theta) for lr in rates for theta in [train(lr)] if score(theta) == score(theta)]

def random_search(train, validation_score, test_score, low, high, n, seed):
    rates = low * (high / low) ** np.random.default_rng(seed).random(n)
    score, lr, theta = max({name}(train, validation_score, rates), key=lambda one: one[0])
    return lr, test_score(theta)
"""


@pytest.mark.parametrize("name", ["searched", "of_made_up_scores"])
def test_a_helper_of_any_name_outlives_the_tests_at_home(name):
    namespace = answered(A5, random_search=OWN_HELPER.format(name=name))
    practice.use(A5)
    exec(cells.without_hidden(assignments.texts(A5, cells.TEST)["random_search"]), namespace)
    said = verdict_on(check(A5, "random_search"), KernelGuest(namespace), b"seed")
    assert said.score == 1, said.findings


@pytest.mark.parametrize("blank", ZEROS)
def test_a_test_cell_leaves_no_name_behind(blank):
    namespace = answered(A5)
    names = {*namespace}
    practice.use(A5)
    exec(cells.without_hidden(assignments.texts(A5, cells.TEST)[blank]), namespace)
    assert {*namespace} == names
