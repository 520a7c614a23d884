"""Exact binomial bounds, against published and independently computed numbers."""

from __future__ import annotations

from math import comb

import pytest

from simulator.assess.statistics import at_most, replicas_for, upper_bound


@pytest.mark.parametrize(("n", "percent"), [(10, 26), (29, 10), (59, 5), (299, 1), (2995, 0.1)])
def test_without_a_failure_n_runs_bound_the_probability_at_95_percent(n, percent):
    """The rule behind the sample sizes: 29 for 10 %, 59 for 5 %, 299 for 1 %."""
    bound = 100 * upper_bound(0, n, 0.95)
    assert bound <= percent
    assert bound == pytest.approx(percent, rel=0.025)
    assert 100 * upper_bound(0, n - 1, 0.95) > percent * (1 - 0.02 * (n == 10))


@pytest.mark.parametrize(
    ("failures", "n", "bound"),
    [
        # one-sided 95 % Clopper-Pearson: Beta(0.95; k + 1, n - k)
        (1, 10, 0.394163),
        (2, 10, 0.506901),
        (5, 10, 0.777559),
        (9, 10, 0.994884),
        (1, 59, 0.077913),
        (3, 100, 0.075713),
        (1, 93, 0.049975),
    ],
)
def test_with_failures_the_bound_is_the_tabulated_one(failures, n, bound):
    assert upper_bound(failures, n, 0.95) == pytest.approx(bound, abs=1e-4)


@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.95, 0.99])
@pytest.mark.parametrize(
    ("failures", "n"), [(0, 1), (0, 59), (1, 2), (1, 59), (3, 100), (50, 100), (99, 100), (7, 1000)]
)
def test_at_the_bound_so_few_failures_are_just_as_improbable_as_said(failures, n, confidence):
    """The definition, with exact integer binomials."""
    p = upper_bound(failures, n, confidence)
    mass = sum(comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(failures + 1))
    assert mass == pytest.approx(1.0 - confidence, rel=1e-6)


def test_no_runs_and_only_failures_bound_nothing():
    assert upper_bound(0, 0, 0.95) == 1.0
    assert upper_bound(5, 5, 0.95) == 1.0


def test_the_bound_grows_with_failures_and_falls_with_runs():
    grows = [upper_bound(k, 40, 0.95) for k in range(41)]
    falls = [upper_bound(2, n, 0.95) for n in range(3, 200)]
    assert grows == sorted(grows)
    assert falls == sorted(falls, reverse=True)
    assert all(bound > k / 40 for k, bound in enumerate(grows[:-1]))


@pytest.mark.parametrize(("k", "n", "p"), [(0, 10, 0.3), (3, 10, 0.3), (9, 10, 0.999), (2, 500, 0.01)])
def test_the_binomial_sum_is_exact(k, n, p):
    exact = sum(comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k + 1))
    assert at_most(k, n, p) == pytest.approx(exact, rel=1e-10)


@pytest.mark.parametrize(
    ("k", "n", "p", "mass"), [(0, 10, 0.0, 1.0), (3, 10, 1.0, 0.0), (10, 10, 1.0, 1.0), (10, 10, 0.5, 1.0)]
)
def test_the_binomial_sum_is_right_at_its_ends(k, n, p, mass):
    assert at_most(k, n, p) == mass


@pytest.mark.parametrize(("probability", "n"), [(0.1, 29), (0.05, 59), (0.01, 299), (0.001, 2995)])
def test_the_sample_size_for_a_bound_is_the_least_that_reaches_it(probability, n):
    assert replicas_for(probability, 0.95) == n
    assert upper_bound(0, n, 0.95) <= probability < upper_bound(0, n - 1, 0.95)
