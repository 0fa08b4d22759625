"""A judge for attackers, and what they get."""

import pytest

from tests.a1_judged import Class_


@pytest.fixture(scope="session")
def attacked(tmp_path_factory, root):
    """A judge for a class of attackers, one warm process for all of them."""
    made = Class_(root, tmp_path_factory.mktemp("attacked"))
    yield made
    made.judge.close()


def shares(verdict):
    """{blank: share of the points}; undecided may not be chosen by a student, so it fails the test."""
    assert not verdict.staff_notes or all("complex" in note for note in verdict.staff_notes), verdict.staff_notes
    assert all(blank.score is not None for blank in verdict.blanks)
    return {blank.grade_id: blank.score / blank.points for blank in verdict.blanks}


@pytest.fixture
def scores(attacked):
    """{blank: share of the points} of a submission."""
    return lambda *args, **kwargs: shares(attacked.verdict(*args, **kwargs))
