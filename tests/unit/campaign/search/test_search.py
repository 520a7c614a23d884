"""The race of methods on functions whose worst points are known."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.campaign.search import Pattern, search


def bowl(centre: float, deep: float):
    """Margins of a sphere around a point with the same number on every axis; violated within `deep`."""
    return lambda points: ((points - centre) ** 2).sum(axis=1, keepdims=True) - deep


def valley(points):
    """Rosenbrock's function on [-2, 2], violated in the last thousandth."""
    x = 4.0 * points - 2.0
    rise = 100.0 * (x[:, 1:] - x[:, :-1] ** 2) ** 2 + (1.0 - x[:, :-1]) ** 2
    return rise.sum(axis=1)[:, None] - 1e-3


def test_a_worst_corner_is_found_among_the_first_points():
    found = search(bowl(1.0, 0.01), 12, 1, 3000, seed=1)
    assert found.best[0].violated
    assert found.best[0].method == "corners"
    assert found.first(0) < 50


def test_a_worst_corner_without_any_structure_is_found_whatever_the_seed():
    corner = np.array([1, 0, 0, 1, 0, 1, 1, 1, 0.0])
    for seed in range(5):
        found = search(lambda p: ((p - corner) ** 2).sum(axis=1, keepdims=True) - 0.01, 9, 1, 1000, seed)
        assert found.best[0].violated


@pytest.mark.parametrize("method", ["cross-entropy", "cma-es"])
def test_a_small_ball_inside_is_found(method):
    found = search(bowl(0.3, 1e-3), 9, 1, 3000, seed=2)
    assert found.best[0].violated
    assert dict(found.methods)[method] > 0


def test_a_curved_valley_is_followed_to_its_end():
    assert search(valley, 5, 1, 10_000, seed=3).best[0].violated


def test_the_nominal_point_is_the_first_and_tells_when_it_fails():
    found = search(bowl(0.5, 0.1), 4, 1, 100, seed=1)
    assert found.margins[0, 0] < 0.0
    assert found.evaluations == 1
    assert found.best[0].method == "nominal"


def test_requirements_with_different_worst_points_and_scales_are_all_violated():
    def three(points):
        return np.hstack([bowl(0.0, 0.1)(points), 1e6 * bowl(0.3, 1e-2)(points), bowl(1.0, 0.1)(points)])

    found = search(three, 6, 3, 3000, seed=4)
    assert all(best.violated for best in found.best)


def test_a_violated_requirement_leaves_its_budget_to_the_others():
    def two(points):
        return np.hstack([bowl(1.0, 0.1)(points), 1.0 + bowl(0.3, 0.0)(points)])

    found = search(two, 5, 2, 600, seed=5)
    alone = search(lambda points: two(points)[:, 1:], 5, 1, 600, seed=5)
    assert found.evaluations == 600
    assert not found.best[1].violated
    assert np.isclose(found.best[1].margin, alone.best[0].margin, atol=1e-3)


def test_what_is_not_decided_is_never_found_nor_the_least():
    def partly(points):
        margins = bowl(0.0, 0.01)(points)
        return np.where(points[:, :1] < 0.2, np.nan, margins)

    found = search(partly, 3, 1, 1000, seed=6)
    assert np.isnan(found.margins).any()
    assert not found.best[0].violated
    assert found.best[0].margin == pytest.approx(0.04 - 0.01, abs=1e-3)
    assert found.best[0].point[0] >= 0.2


def test_a_search_without_any_decided_point_says_so():
    found = search(lambda points: np.full((len(points), 1), np.nan), 3, 1, 200, seed=1)
    assert np.isnan(found.best[0].margin)
    assert found.best[0].evaluation == -1
    assert not found.best[0].violated
    assert found.evaluations == 200


def test_the_same_seed_asks_for_the_same_points_and_another_for_others():
    one, same, other = (search(bowl(0.3, 0.0), 6, 1, 800, seed) for seed in (7, 7, 8))
    np.testing.assert_array_equal(one.points, same.points)
    assert not np.array_equal(one.points, other.points)


@pytest.mark.parametrize("budget", [1, 2, 17, 333])
@pytest.mark.parametrize("patterns", [(), (Pattern((0, 1, 2, 3)),)])
def test_the_budget_is_never_exceeded_and_no_point_is_put_twice(budget, patterns):
    put = []

    def objective(points):
        put.extend(points)
        return bowl(0.3, 0.0)(points)

    found = search(objective, 6, 1, budget, seed=9, patterns=patterns)
    assert found.evaluations == len(put) == budget
    assert len(np.unique(np.array(put), axis=0)) == budget
    assert sum(n for _, n in found.methods) == budget


def test_points_lie_in_the_unit_cube_and_history_is_the_least_so_far():
    found = search(bowl(0.9, 0.0), 4, 1, 500, seed=10)
    assert found.points.min() >= 0.0
    assert found.points.max() <= 1.0
    np.testing.assert_array_equal(found.history[:, 0], np.minimum.accumulate(found.margins[:, 0]))
    best = found.best[0]
    assert found.margins[best.evaluation, 0] == best.margin == found.margins.min()
    np.testing.assert_array_equal(found.points[best.evaluation], best.point)


def test_how_points_are_divided_into_blocks_changes_nothing():
    def in_blocks(points):
        return np.vstack([valley(points[first : first + 5]) for first in range(0, len(points), 5)])

    whole, parts = search(valley, 4, 1, 1500, seed=11), search(in_blocks, 4, 1, 1500, seed=11)
    np.testing.assert_array_equal(whole.points, parts.points)


def test_without_stop_the_whole_budget_looks_for_deeper_violations():
    until = search(bowl(0.3, 0.05), 4, 1, 1000, seed=12)
    deeper = search(bowl(0.3, 0.05), 4, 1, 1000, seed=12, stop=False)
    assert until.evaluations < deeper.evaluations == 1000
    assert deeper.best[0].margin < until.best[0].margin < 0.0
    assert deeper.first(0) == until.first(0)


@pytest.mark.parametrize(
    ("d", "m", "budget", "patterns"),
    [
        (0, 1, 9, ()),
        (2, 0, 9, ()),
        (2, 1, 0, ()),
        (2, 1, 9, (Pattern((0, 2)),)),
        (2, 1, 9, (Pattern((0, 0)),)),
    ],
)
def test_nothing_to_search_is_refused(d, m, budget, patterns):
    with pytest.raises(ValueError, match=r"nothing to search|columns of patterns"):
        search(bowl(0.3, 0.0), d, m, budget, 1, patterns)


def test_margins_of_another_shape_are_refused():
    with pytest.raises(ValueError, match="got margins of shape"):
        search(lambda points: points[:, 0], 2, 1, 9, seed=1)
