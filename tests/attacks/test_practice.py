"""What students hold of the checks is worth nothing to a cheat: the public cases, and the module that compares."""

import json

import numpy as np
import pytest

import practice
from autograder.judging.public_cases import public_cases
from tests.attacks import victims
from tests.attacks.victims import each_victim

A1 = "a1-neuron"
SUMS = "def row_gradients(X, delta):\n    return X.T @ delta, delta.sum()"

# the values that the file of cases expects, looked up by the arguments
BY_HEART = """
import json, numpy as np
_known = json.loads({known!r})
def _coded(value):
    return json.dumps(value, default=lambda array: array.tolist())
def {name}(*args):
    values = _known[_coded([np.asarray(argument).tolist() for argument in args])]
    return values[0] if len(values) == 1 else tuple(map(np.array, values))
"""


def by_heart(name, assignment=A1):
    """An answer that knows the public cases and nothing else."""
    cases = json.loads(public_cases(assignment))["blanks"][name]["cases"]
    known = {}
    for case in cases:
        args = [arg["$array"] if isinstance(arg, dict) else arg for arg in case["args"]["$tuple"]]
        wants = [one["want"] for one in case["compared"]]
        known[json.dumps(args)] = [want["$array"] if isinstance(want, dict) else want for want in wants]
    return BY_HEART.format(known=json.dumps(known), name=name)


@pytest.mark.parametrize("name", ["row_gradients", "column_gradients", "weighted_gradients", "gradient_step"])
def test_the_public_cases_by_heart_earn_nothing(attacked, name):
    verdict = attacked.verdict({name: by_heart(name)}, solved=True)
    (blank,) = [blank for blank in verdict.blanks if blank.grade_id == name]
    assert blank.score == 0 and "raised KeyError" not in blank.findings[0].message  # at home it is right


@pytest.mark.parametrize("victim", [victims.A4], indirect=True, ids=lambda victim: victim.assignment)
def test_nor_do_those_of_all_blanks_at_once(attacked):
    known = {name: by_heart(name, attacked.assignment) for name in attacked.blanks if name != "train"}
    verdict = attacked.verdict(known)
    assert verdict.score == 0 and len(known) == 10
    told = [finding.message for blank in verdict.blanks if blank.grade_id in known for finding in blank.findings[:1]]
    assert not [message for message in told if "raised KeyError" in message]  # at home all are right


def outputs(attacked, notebook):
    """(the verdict, what the cells printed or raised) of a submission."""
    from autograder.notebook.rebuild import rebuild

    verdict, executed = attacked.judge(
        rebuild(attacked.source, notebook).notebook, student="attacker", submission="practice", seed=b"practice"
    )
    return verdict, [output for cell in executed.cells for output in cell.get("outputs", ())]


def shown(found):
    return "".join(str(output) for output in found)


def test_test_cells_say_in_the_sandbox_what_they_say_at_home(attacked):
    verdict, found = outputs(attacked, attacked.notebook({"row_gradients": SUMS}, solved=True))
    sentence = "row_gradients: ∂J/∂w: For m = 6, n = 3: entry [0] is -1.01598, expected -0.169331. "
    assert [output.evalue for output in found if output.output_type == "error"][0].startswith(sentence)
    assert "Most likely: The sum over the examples was not divided by their number." in shown(found)
    assert "✓ sigmoid: right on 6 public examples" in shown(found)
    assert verdict.staff_notes == ()


OVERWRITING = {
    "its functions": "import practice, practice.asking, practice.comparing\n"
    "practice.check = practice.examine = practice.asking.examine = lambda *args: None\n"
    "practice.asking.compare = practice.comparing.compare = practice.comparing.same = lambda *args: (None, '')",
    "its cases": "import practice\npractice.cases.used['blanks'].clear()",
    "the expected values": "import practice\n"
    "for blank in practice.cases.used['blanks'].values():\n"
    "    for case in blank['cases']:\n        case['compared'].clear()",
    "its file": "open('a1-neuron.cases.json', 'w').write('{}')\nimport practice\npractice.cases.load('{}')",
    "what plain values are": "import practice.values, processes\n"
    "practice.values.plain = processes.plain = lambda value, depth=0: value",
    "the modules": "import sys\nsys.modules['practice'] = sys.modules['practice.values'] = sys",
}


@each_victim
@pytest.mark.parametrize("before", OVERWRITING.values(), ids=OVERWRITING)
def test_a_submission_that_overwrites_practice_changes_nothing(scores, victim, before):
    code = before.replace(A1, victim.assignment)
    got = scores(victim.wrong, before=code, solved=True)
    assert got.pop(victim.blank) == 0 and set(got.values()) == {1.0}
    (helper, answer) = victim.parts
    assert set(scores({victim.blank: f"{helper}\n{answer}"}, before=code, solved=True).values()) == {1.0}


def test_the_table_of_all_blanks_is_not_asked_for_in_the_sandbox(attacked):
    """There a function that never ends would be waited for once more."""
    _, found = outputs(attacked, attacked.notebook({"row_gradients": SUMS}, solved=True))
    assert shown(found).count("right on 6 public examples") == 4  # those of four test cells


ODD = {
    "perceptron": "class Silent(Exception):\n    def __str__(self):\n        raise ValueError('no')\n\n\n"
    "def perceptron(X, w, threshold):\n    raise Silent()",
    "sigmoid": "def sigmoid(z):\n    raise SystemExit(3)",
    "log_loss": "def log_loss(y, z):\n    lists = []\n    lists.append(lists)\n    return lists",
    "row_gradients": "def row_gradients(X, delta):\n    yield from (X, delta)",
    "column_gradients": "def column_gradients(X, delta):\n    X[...] = 0\n    return {1, 2}, 'three'",
    "gradient_step": "class gradient_step:\n    def __init__(self, *args):\n        self.args = args",
}


def test_of_odd_answers_the_page_says_what_is_said_at_home(attacked):
    verdict = attacked.verdict(ODD, solved=True)
    judged = {blank.grade_id: blank for blank in verdict.blanks}
    practice.cases.load(public_cases(A1))
    assert verdict.staff_notes == ()
    for name, code in ODD.items():
        namespace = {"np": np}
        exec(code, namespace)
        found = practice.examine(name, namespace[name], namespace)
        assert (*found.findings,) == tuple(f for f in judged[name].findings if f.diagnosis != "modified_input"), name
        assert found.likely == judged[name].sentence != ""
    practice.cases.used.clear()
