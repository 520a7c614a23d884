"""Exact intervals against published figures, and against sums of the distributions that define them."""

from __future__ import annotations

from math import exp, inf, isnan, lgamma, log

import pytest

from simulator.assess.incomplete import beta, gamma
from simulator.assess.rates import Bounded, proportion, rate, ratio
from simulator.assess.statistics import at_most, lower_bound, upper_bound


def poisson_at_most(k, mean):
    return sum(exp(i * log(mean) - mean - lgamma(i + 1)) for i in range(k + 1))


@pytest.mark.parametrize(("k", "mean"), [(0, 0.3), (2, 7.5), (40, 33.0), (900, 950.0)])
def test_gamma_is_the_upper_tail_of_a_poisson_count(k, mean):
    assert gamma(k + 1, mean) == pytest.approx(1 - poisson_at_most(k, mean), abs=1e-10)


@pytest.mark.parametrize(("k", "n", "p"), [(0, 59, 0.05), (7, 20, 0.3), (400, 1000, 0.41), (998, 1000, 0.99)])
def test_beta_is_the_upper_tail_of_a_binomial_count(k, n, p):
    assert beta(k + 1, n - k, p) == pytest.approx(1 - at_most(k, n, p), abs=1e-10)


def test_garwoods_interval_is_the_published_one():
    """Garwood 1936, table of 95 % limits: 0 (0, 3.689), 1 (0.0253, 5.572), 10 (4.795, 18.39)."""
    for events, low, high in ((0, 0.0, 3.689), (1, 0.0253, 5.572), (10, 4.795, 18.390)):
        found = rate(events, 1.0, 0.95)
        assert (found.low, found.high) == pytest.approx((low, high), abs=5e-4)


def test_each_end_of_a_rate_leaves_half_of_the_error_beyond():
    found = rate(17, 4.0, 0.9)
    assert poisson_at_most(17, found.high * 4.0) == pytest.approx(0.05)
    assert 1 - poisson_at_most(16, found.low * 4.0) == pytest.approx(0.05)


def test_doubtful_exposure_raises_the_upper_end_alone():
    sure, doubtful = rate(2, 4.0, 0.95), rate(2, 4.0, 0.95, surely=2.0)
    assert doubtful.high == pytest.approx(2 * sure.high)
    assert (doubtful.low, doubtful.estimate) == (sure.low, sure.estimate)
    assert rate(0, 0.0, 0.95).high == inf


def test_a_proportion_agrees_with_the_one_sided_bounds():
    found = proportion(3, 59, 0.95)
    assert found.high == pytest.approx(upper_bound(3, 59, 0.975))
    assert found.low == pytest.approx(lower_bound(3, 59, 0.975))
    assert proportion(0, 0, 0.95) == Bounded(0.0, 0.0, 1.0)
    assert (proportion(0, 9, 0.95).low, proportion(9, 9, 0.95).high) == (0.0, 1.0)


def test_what_nobody_knows_counts_as_hits_above_and_as_none_below():
    found = proportion(3, 59, 0.95, doubtful=4)
    assert found.high == pytest.approx(proportion(7, 59, 0.95).high)
    assert found.low == pytest.approx(proportion(3, 59, 0.95).low)
    assert proportion(0, 5, 0.95, doubtful=5).high == 1.0


def test_a_ratio_covers_one_when_both_counts_are_alike_and_leaves_it_when_not():
    alike, apart = ratio(20, 20, 0.95), ratio(40, 10, 0.95)
    assert alike.low < 1 < alike.high
    assert apart.low > 1
    assert ratio(40, 10, 0.95, exposures=4.0).estimate == pytest.approx(1.0)
    nothing = ratio(0, 0, 0.95)
    assert isnan(nothing.estimate)
    assert (nothing.low, nothing.high) == (0.0, inf)
    assert ratio(3, 0, 0.95).high == inf


def test_counts_of_a_large_campaign_are_bounded_without_running_out_of_digits():
    assert proportion(12_345, 29_956, 0.95).high == pytest.approx(0.41770, abs=1e-5)
    assert rate(100_000, 1.0, 0.95).high == pytest.approx(100_621.8, abs=1.0)
