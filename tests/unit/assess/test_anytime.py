"""Bounds under optional stopping, path by path: they hold where those for a fixed sample do not."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.assess.anytime import anytime
from simulator.assess.rates import proportion
from simulator.assess.statistics import upper_bound


def ever_missed(bounds, p, most):
    """Probability that at some n up to `most` the bounds leave `p` out, over all paths."""
    alive, missed = np.ones(1), 0.0
    for n in range(1, most + 1):
        moved = np.zeros(n + 1)
        moved[:-1] += alive * (1 - p)
        moved[1:] += alive * p
        out = np.array([not low <= p <= high for low, high in (bounds(k, n, 0.9) for k in range(n + 1))])
        missed, alive = missed + moved[out].sum(), np.where(out, 0.0, moved)
    return missed


@pytest.mark.parametrize("p", [0.02, 0.1, 0.4])
def test_they_are_left_at_any_time_with_no_more_than_the_risk(p):
    assert 0.0 < ever_missed(anytime, p, 80) <= 0.1


def test_clopper_pearson_is_left_far_more_often_by_one_who_may_stop():
    def fixed(k, n, confidence):
        found = proportion(k, n, confidence)
        return found.low, found.high

    assert ever_missed(fixed, 0.1, 60) > 0.15


def test_they_cost_more_than_those_of_a_fixed_sample_and_close_in_on_the_truth():
    low, high = anytime(3, 100, 0.95)
    assert low < 0.03 < upper_bound(3, 100, 0.95) < high
    wide, narrow = anytime(30, 300, 0.95), anytime(3000, 30000, 0.95)
    assert wide[0] < narrow[0] < 0.1 < narrow[1] < wide[1]
    assert narrow[1] - narrow[0] < 0.02


def test_the_ends_of_the_scale():
    assert anytime(0, 0, 0.95) == (0.0, 1.0)
    assert anytime(0, 50, 0.95)[0] == 0.0
    assert anytime(50, 50, 0.95)[1] == 1.0
    assert anytime(50, 50, 0.95)[0] == pytest.approx(1.0 - anytime(0, 50, 0.95)[1])
