"""Subset simulation on limit states whose probability is known."""

from __future__ import annotations

from math import hypot, log, sqrt

import numpy as np
import pytest

from simulator.assess.rare import judge
from simulator.campaign.rare.draws import Draws, to_uniform
from simulator.campaign.rare.kept import repeat_data
from simulator.campaign.rare.levels import BUDGET, REACHED, STANDSTILL, Plan, correlation
from simulator.campaign.rare.subset import climb, together
from simulator.core.quantity import inverse_normal

P = 5e-5
BETA = -float(inverse_normal(np.array([P]))[0])
RADIUS = sqrt(-2.0 * log(P))


def linear(z, noise):
    """A plane: fails with probability P."""
    return BETA - z.sum(axis=1) / sqrt(z.shape[1])


def round_about(z, noise):
    """Outside a circle: it fails in every direction, with probability P."""
    return RADIUS - np.hypot(z[:, 0], z[:, 1])


def answered(gen, limit):
    """Drive a repeat, or several, to the end; what was asked comes back too."""
    asked = [next(gen)]
    while True:
        try:
            asked.append(gen.send(limit(*asked[-1])))
        except StopIteration as stop:
            return stop.value, asked


def repeats(limit, axes, plan, many, seed=5):
    return answered(together([climb(axes, plan, Draws(seed, k)) for k in range(many)]), limit)[0]


@pytest.mark.parametrize(("limit", "axes"), [(linear, 1), (linear, 8), (round_about, 2)])
def test_a_known_probability_is_met_on_nine_of_ten_repeats_within_a_factor_of_two(limit, axes):
    found = repeats(limit, axes, Plan(1000, 5000), 40)
    ratio = np.array([one.probability for one in found]) / P
    assert ((ratio > 0.5) & (ratio < 2.0)).mean() >= 0.9
    assert ratio.mean() == pytest.approx(1.0, abs=0.17)  # three standard deviations of a mean of 40
    assert max(one.simulations for one in found) <= 5000
    assert {one.ended for one in found} == {REACHED}


def test_the_formula_within_a_run_is_near_the_scatter_of_the_repeats():
    found = repeats(linear, 4, Plan(500, 5000), 40)
    values = np.array([one.probability for one in found])
    scatter = values.std(ddof=1) / values.mean()
    assert np.mean([one.variation for one in found]) == pytest.approx(scatter, rel=0.35)


def test_a_frequent_failure_is_plain_monte_carlo():
    one = repeats(lambda z, noise: z[:, 0] + 0.5, 2, Plan(1000, 5000), 1)[0]
    assert (len(one.levels), one.simulations) == (1, 1000)
    assert one.probability == one.failed_first / 1000 == pytest.approx(0.3085, abs=0.05)


def test_noise_is_part_of_the_state():
    """What fails by the noise alone has its probability over noises, and over the axis beside it."""
    key = np.random.Generator(np.random.Philox(key=2)).integers(1, 2**62)

    def noisy(z, noise):
        draw = np.array([hash((int(n), int(key))) % 99_991 for n in noise]) / 99_991.0
        return draw + 0.2 * to_uniform(z[:, 0]) - 0.02

    exact = 0.02 * 0.1 / 2.0  # the triangle below draw + 0.2 u = 0.02
    found = repeats(noisy, 1, Plan(1000, 5000), 20)
    values = [one.probability for one in found]
    assert np.mean(values) == pytest.approx(exact, rel=0.2)


def test_no_two_runs_of_a_study_share_a_noise_but_those_of_one_chain():
    _, asked = answered(
        together([climb(2, Plan(100, 500), Draws(1, k)) for k in range(3)]),
        lambda z, noise: 6.0 - z[:, 0],
    )
    first = asked[0][1]
    assert len(set(first.tolist())) == 300
    later = np.concatenate([noise for _, noise in asked[1:]])
    renewed = later[~np.isin(later, first)]
    values, counts = np.unique(renewed, return_counts=True)
    assert len(values) > 300
    assert 0.4 < len(values) / len(later) < 0.6
    assert counts.max() < len(asked)


def test_repeats_side_by_side_are_the_repeats_alone():
    plan = Plan(200, 1000)
    several = repeats(linear, 3, plan, 3)
    for k, one in enumerate(several):
        alone = answered(climb(3, plan, Draws(5, k)), linear)[0]
        assert one.levels == alone.levels
        np.testing.assert_array_equal(one.population.z, alone.population.z)
    assert len({one.probability for one in several}) == 3


def test_a_population_keeps_to_its_level_and_its_size():
    one = repeats(linear, 3, Plan(300, 900), 1)[0]
    assert len(one.population) == 300
    assert one.population.margin.max() <= one.levels[-2].threshold
    np.testing.assert_array_equal(one.population.margin, linear(one.population.z, None))
    thresholds = [level.threshold for level in one.levels[:-1]]
    assert thresholds == sorted(thresholds, reverse=True)


def test_a_budget_that_ends_too_soon_says_so_and_bounds_from_above():
    one = repeats(linear, 2, Plan(200, 700), 1)[0]
    assert (one.ended, one.probability, one.simulations) == (BUDGET, 0.0, 560)
    assert one.ceiling == pytest.approx(0.01)


@pytest.mark.parametrize("margin", [5.0, np.inf])
def test_margins_that_give_nothing_to_climb_are_a_standstill(margin):
    one = repeats(lambda z, noise: np.full(len(z), margin), 2, Plan(200, 1000), 1)[0]
    assert (one.ended, one.probability) == (STANDSTILL, 0.0)


def test_what_decides_nothing_is_no_failure_and_is_counted():
    def hazy(z, noise):
        return np.where(z[:, 1] > 1.0, np.nan, BETA - z[:, 0])

    one = repeats(hazy, 2, Plan(500, 3000), 1)[0]
    assert one.undecided_first == pytest.approx(79, abs=30)
    assert one.undecided > one.undecided_first
    assert (one.failures.z[:, 1] <= 1.0).all()


def told_of(limit, plan):
    found = repeats(limit, 3, plan, 10)
    return judge([repeat_data(one) for one in found], ["a", "b", "c"], 1e-3, 0.95)["warnings"]


def test_ways_to_fail_that_not_every_repeat_knows_are_told():
    """Two far corners: a level of 100 loses one of them on the way, a level of 1000 keeps both."""

    def corners(z, noise):
        return BETA - np.abs(z[:, 0])

    assert any("different places of a" in text for text in told_of(corners, Plan(100, 1200)))
    assert told_of(corners, Plan(1000, 5000)) == []


def test_correlation_along_chains_is_that_of_copies():
    """Chains that stand still: the variance is that of one state a chain."""
    inside = np.repeat([True, False, True, False], 5)
    assert correlation(inside, np.repeat(np.arange(4), 5)) == pytest.approx(4.0)
    assert correlation(np.array([True, False] * 10), np.arange(20)) == 0.0


def test_points_of_a_space_stay_below_one():
    u = to_uniform(np.array([-40.0, 0.0, 9.0, 40.0]))
    assert u[1] == 0.5
    assert (u >= 0.0).all()
    assert (u < 1.0).all()
    assert to_uniform(np.array([hypot(0.0, 1.959964)]))[0] == pytest.approx(0.975, abs=1e-7)
