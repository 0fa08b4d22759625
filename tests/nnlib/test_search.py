"""The search: settings drawn as said, the best found first, narrowed around it, and nothing but scores looked at."""

from math import nan

import numpy as np
import pytest

from nnlib.search import LogUniform, Uniform, coarse_to_fine, grid, narrowed, random_settings, search, table

SPACE = {"lr": LogUniform(1e-6, 10), "drop": Uniform(0, 0.5), "width": [32, 64, 128]}


def peak(lr, drop, width):
    """Best at lr = 0.01, drop = 0.2, width = 64."""
    return -((np.log10(lr) + 2) ** 2) - (drop - 0.2) ** 2 - (width != 64)


def test_a_grid_holds_every_combination_once():
    settings = grid({"lr": [0.1, 1.0], "width": [8, 16, 32]})
    assert len(settings) == 6 and settings[:2] == [{"lr": 0.1, "width": 8}, {"lr": 0.1, "width": 16}]
    assert {tuple(setting.values()) for setting in settings} == {(a, b) for a in (0.1, 1.0) for b in (8, 16, 32)}


def test_a_grid_of_a_range_is_refused():
    with pytest.raises(ValueError, match="lr, drop is a range; a grid needs a list"):
        grid(SPACE)


def test_every_factor_of_ten_is_as_likely(rng):
    draws = np.array([LogUniform(1e-6, 10).sample(rng) for _ in range(7000)])
    counts = np.histogram(np.log10(draws), bins=np.arange(-6, 2))[0]
    assert counts.sum() == 7000 and abs(counts - 1000).max() < 5 * np.sqrt(1000 * 6 / 7)
    assert draws.min() >= 1e-6 and draws.max() <= 10


def test_draws_stay_in_the_space_and_depend_on_the_generator_alone(rng):
    settings = random_settings(SPACE, 200, rng)
    assert all(1e-6 <= s["lr"] <= 10 and 0 <= s["drop"] <= 0.5 for s in settings)
    assert {s["width"] for s in settings} == {32, 64, 128}
    again = [random_settings(SPACE, 5, np.random.default_rng(seed)) for seed in (1, 1, 2)]
    assert again[0] == again[1] != again[2]


def test_the_best_row_is_first_ties_keep_their_order_and_nan_is_last():
    scores = {"a": 0.5, "b": nan, "c": 0.9, "d": 0.5}
    rows = search(lambda name: scores[name], [{"name": name} for name in scores])
    assert [row["name"] for row in rows] == ["c", "a", "d", "b"] and rows[0] == {"score": 0.9, "name": "c"}


def test_a_space_shrinks_to_the_rows_and_a_margin():
    rows = [{"lr": 1e-3, "drop": 0.1, "width": 64}, {"lr": 1e-2, "drop": 0.12, "width": 64}]
    space = narrowed(SPACE, rows, margin=1 / 7)
    assert np.isclose(space["lr"].low, 1e-4) and np.isclose(space["lr"].high, 1e-1)  # a decade at both ends
    assert np.isclose(space["drop"].low, 0.1 - 0.5 / 7) and np.isclose(space["drop"].high, 0.12 + 0.5 / 7)
    assert space["width"] == [64] and narrowed(SPACE, []) == SPACE


def test_a_space_never_grows():
    ends = [{"lr": end, "drop": end / 20, "width": 32} for end in (1e-6, 10)]
    space = narrowed(SPACE, ends)
    assert space["drop"] == SPACE["drop"]
    assert 1e-6 <= space["lr"].low < 1.000001e-6 and 9.99999 < space["lr"].high <= 10


def test_coarse_to_fine_comes_closer_than_as_many_draws_at_once():
    def distances(seed):
        rng = np.random.default_rng(seed)
        fine = coarse_to_fine(peak, SPACE, rng, rounds=3, draws=10)
        return fine[0]["score"], search(peak, random_settings(SPACE, 30, rng))[0]["score"], len(fine)

    fine, blind, tried = np.array([distances(seed) for seed in range(20)]).T
    assert set(tried) == {30} and np.median(fine) > np.median(blind) / 4  # scores are negative: four times nearer


def test_a_search_where_everything_fails_ends():
    rows = coarse_to_fine(lambda **setting: nan, SPACE, np.random.default_rng(0), rounds=2, draws=3)
    assert len(rows) == 6 and all(np.isnan(row["score"]) for row in rows)


def test_the_table_is_aligned_with_the_best_first():
    rows = search(lambda lr, width: lr, grid({"lr": [0.001, 0.5], "width": [8, 128]}))
    lines = table(rows).split("\n")
    assert lines[0].split() == ["score", "lr", "width"] and lines[1].split() == ["0.5", "0.5", "8"]
    assert len(lines) == 5 and len({len(line) for line in lines}) == 1
    assert table([]) == "no settings were tried"


@pytest.mark.parametrize(("make", "low", "high"), [(LogUniform, 0, 1), (LogUniform, 2, 1), (Uniform, 2, 1)])
def test_an_empty_range_is_refused(make, low, high):
    with pytest.raises(ValueError, match=f"the range is {low} … {high}"):
        make(low, high)
