"""A judge for attackers, and what they get."""

import pytest

from tests.a1_judged import Class_, shares


@pytest.fixture(scope="session")
def attacked(tmp_path_factory, root):
    """A judge for a class of attackers, one warm process for all of them."""
    made = Class_(root, tmp_path_factory.mktemp("attacked"))
    yield made
    made.judge.close()


@pytest.fixture
def scores(attacked):
    """{blank: share of the points} of a submission."""
    return lambda *args, **kwargs: shares(attacked.verdict(*args, **kwargs))
