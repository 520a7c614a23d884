"""Demands per year from counts: exact where parts are in proportion, and erring outwards where not."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest

from simulator.assess.demand import Event, Quiet, against, of_quiet, of_year, plain
from simulator.assess.rates import Bounded, proportion, rate


def quiet(share=1.0, exposure=3.0, demands=0, doubtful=0.0, phase="RUN"):
    return Quiet(share, phase, exposure, doubtful, {"any": demands, "SIF-1": demands})


def event(frequency=0.1, runs=1000, demands=0, doubtful=0, phase="RUN"):
    return Event(frequency, phase, runs, doubtful, {"any": demands})


def test_kinds_of_quiet_time_in_proportion_are_one_poisson_count():
    found = of_quiet([quiet(0.75, 3.0, 2), quiet(0.25, 1.0, 3)], 0.95)
    assert found == rate(5, 4.0, 0.95)


def test_kinds_out_of_proportion_err_outwards():
    even, uneven = (of_quiet([quiet(0.5, 2.0, 2), quiet(0.5, e, 2)], 0.95) for e in (2.0, 1.0))
    assert uneven.high == pytest.approx(2 * even.high)
    assert uneven.low == pytest.approx(even.low)
    assert uneven.estimate == pytest.approx(4 / 3)


def test_runs_that_nobody_knows_raise_the_upper_end():
    sure, doubtful = (of_quiet([quiet(1.0, 4.0, 1, d)], 0.95) for d in (0.0, 3.0))
    assert doubtful.high == pytest.approx(4 * sure.high)
    assert of_quiet([quiet(1.0, 4.0, 0, 4.0)], 0.95).high == inf
    assert event(runs=10, demands=0, doubtful=10).rate(0.95).high == pytest.approx(0.1)


def test_an_event_is_its_frequency_times_its_probability_of_a_demand():
    found = event(0.1, 200, 50).rate(0.95)
    assert found == proportion(50, 200, 0.95) * 0.1
    assert event(0.1, 200, 200).rate(0.95).high == pytest.approx(0.1)


def test_a_year_adds_its_parts_and_the_errors_of_each():
    parts = [event(0.1, 100, 40), event(0.2, 100, 10)]
    found = of_year([quiet(1.0, 3.0, 4)], parts, 0.95)
    assert found.estimate == pytest.approx(4 / 3 + 0.1 * 0.4 + 0.2 * 0.1)
    each = [rate(4, 3.0, 0.975), *(one.rate(1 - 0.025 / 2) for one in parts)]
    assert found.high == pytest.approx(sum(one.high for one in each))
    assert found.low == pytest.approx(sum(one.low for one in each))


def test_the_interval_of_a_year_covers_what_it_should():
    """2,000 campaigns of a plant whose rate is known: 0.8 a year quiet, and events of 0.09 a year."""
    rng = np.random.Generator(np.random.Philox(key=5))
    truth, missed = 0.8 + 0.1 * 0.5 + 0.2 * 0.2, 0
    for _ in range(2000):
        demands = (int(rng.poisson(0.8 * 3)), int(rng.binomial(60, 0.5)), int(rng.binomial(60, 0.2)))
        events = [event(0.1, 60, demands[1]), event(0.2, 60, demands[2])]
        found = of_year([quiet(1.0, 3.0, demands[0])], events, 0.9)
        missed += not found.low <= truth <= found.high
    assert missed / 2000 <= 0.1


def test_a_safety_function_that_was_never_called_upon_is_bounded_all_the_same():
    found = of_year([quiet(1.0, 3.0, 4)], [event(0.1, 100, 40)], 0.95, "SIF-9")
    assert found.estimate == 0.0
    assert found.high > rate(0, 3.0, 0.95).high


def test_the_ratio_of_two_years_goes_from_end_to_end():
    found = against(Bounded(2.0, 1.0, 4.0), Bounded(1.0, 0.5, 2.0))
    assert found == Bounded(2.0, 0.5, 8.0)
    nothing = Bounded(0.0, 0.0, 1.0)
    assert plain(against(nothing, nothing)) == {"estimate": None, "low": 0.0, "high": None}
    assert against(Bounded(1.0, 0.5, 2.0), nothing).estimate == inf
