"""Run lengths of CUSUM charts against published ones, and limits set by them."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.campaign.commission.arl import inflation, limit_for, measured, run_length, two_sided
from simulator.core.seeds import normals


@pytest.mark.parametrize(
    ("limit", "shift", "published"), [(4, 0, 168), (4, 1, 8.38), (5, 0, 465), (5, 1, 10.4), (5, 2, 4.01)]
)
def test_run_lengths_of_the_two_sided_chart_are_the_published_ones(limit, shift, published):
    """Montgomery, Introduction to Statistical Quality Control, 6th ed., table 9.3 (k = 0.5)."""
    assert two_sided(limit, shift) == pytest.approx(published, rel=0.005)


@pytest.mark.parametrize(("limit", "published"), [(4, 336), (5, 930)])
def test_one_side_alone_alarms_half_as_often(limit, published):
    assert run_length(limit) == pytest.approx(published, rel=0.005)


def test_a_limit_for_1500_samples_finds_a_shift_of_one_sigma_within_13():
    limit = limit_for(1500.0)
    assert two_sided(limit) == pytest.approx(1500.0, rel=0.001)
    assert two_sided(limit, 1.0) <= 13.0


def white(n_samples: int, n: int) -> np.ndarray:
    return np.array([normals(4, f"white/{t}", 0, n) for t in range(n_samples)])


def test_the_chain_agrees_with_charts_that_were_run():
    got, alarms = measured(white(2000, 100), 4.0)
    assert alarms > 1000
    assert got == pytest.approx(168.0, rel=0.07)


def test_samples_that_hang_together_need_a_wider_limit_and_get_the_run_length_back():
    """A moving sum has the variance of its parts and a long-run variance half as great again."""
    noise = white(2001, 200)
    tied = (noise[1:] + 0.25 * noise[:-1]) / np.sqrt(1.0 + 0.0625)
    factor = inflation(tied)
    assert 1.2 < factor < 1.7
    got, alarms = measured(tied, factor * limit_for(1500.0))
    assert alarms > 100
    assert got == pytest.approx(1500.0, rel=0.15)


def test_white_samples_need_no_wider_limit():
    assert inflation(white(1000, 300)) == pytest.approx(1.0, abs=0.05)


def test_a_chart_that_never_alarms_has_no_run_length():
    assert measured(np.zeros((50, 3)), 4.0) == (np.inf, 0)
