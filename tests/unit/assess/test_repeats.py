"""Intervals over repeats, against the tables of Student's t and by counting how often they hold."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest

from simulator.assess.repeats import student, summary


@pytest.mark.parametrize(
    ("freedom", "quantile"),
    [(1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (9, 2.262), (10, 2.228), (30, 2.042), (120, 1.980)],
)
def test_the_quantile_is_the_tabulated_one(freedom, quantile):
    assert student(0.975, freedom) == pytest.approx(quantile, abs=5e-4)


def test_mean_variation_and_interval_are_those_of_the_textbook():
    found = summary([1.0, 2.0, 3.0, 4.0], 0.95)
    assert (found.n, found.mean) == (4, 2.5)
    assert found.variation == pytest.approx(1.2909944 / 2.5)
    assert (found.low, found.high) == (
        pytest.approx(2.5 - 2.0542, abs=1e-3),
        pytest.approx(2.5 + 2.0542, abs=1e-3),
    )
    assert found.of_mean == pytest.approx(found.variation / 2.0)


def test_the_interval_holds_the_truth_as_often_as_it_says_for_estimates_as_skew_as_ours():
    """Lognormal estimates with a coefficient of variation of 0.33, ten at a time."""
    g = np.random.Generator(np.random.Philox(key=11))
    sets = np.exp(0.32 * g.normal(size=(2000, 10)) - 0.5 * 0.32**2)
    held = sum(found.low <= 1.0 <= found.high for found in (summary(one.tolist(), 0.95) for one in sets))
    assert 0.91 < held / 2000 < 0.96


def test_what_cannot_be_known_is_infinite():
    assert summary([0.5], 0.95).variation == inf
    assert summary([0.0, 0.0, 0.0], 0.95).high == inf
    assert summary([0.1, 5.0], 0.95).low == 0.0
