"""A judge for attackers, and what they get."""

from functools import cache

import pytest

from tests.a1_judged import Class_, shares
from tests.attacks.victims import A1


@pytest.fixture(scope="session")
def judges(tmp_path_factory, root):
    """`judges(assignment)`: a judge for a class of attackers, one warm process for all of them."""
    made = []

    @cache
    def judge(assignment):
        made.append(Class_(root, tmp_path_factory.mktemp("attacked"), assignment=assignment))
        return made[-1]

    yield judge
    for one in made:
        one.judge.close()


@pytest.fixture
def victim(request):
    """What is attacked: of a1-neuron, where a test does not say `each_victim`."""
    return getattr(request, "param", A1)


@pytest.fixture
def attacked(judges, victim):
    """The judge of the assignment that is attacked."""
    return judges(victim.assignment)


@pytest.fixture
def scores(attacked):
    """{blank: share of the points} of a submission."""
    return lambda *args, **kwargs: shares(attacked.verdict(*args, **kwargs))
