"""Whole milliseconds on the base grid."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.core.clock import nearest, on_grid, show, to_tick


@pytest.mark.parametrize(
    ("time", "base", "tick"),
    [(0, 200, 0), (99, 200, 0), (100, 200, 200), (101, 200, 200),
     (299, 200, 200), (300, 200, 400), (1, 3, 0), (2, 3, 3)],
)  # fmt: skip
def test_a_time_rounds_to_the_nearest_tick_and_a_tie_to_the_later_one(time, base, tick):
    assert on_grid(time, base) == tick


def test_no_time_is_moved_by_more_than_half_a_tick():
    for base in (1, 2, 3, 200, 250, 1000):
        for time in range(5 * base):
            rounded = on_grid(time, base)
            assert rounded % base == 0
            assert 2 * abs(rounded - time) <= base
            assert on_grid(rounded, base) == rounded


def test_many_times_round_as_each_alone():
    times = np.array([0.0, 0.5, 1.5, 99.4, 99.6, 100.0, -0.5, 1e12 + 0.5])
    assert nearest(times, 200).tolist() == [on_grid(round(time), 200) for time in times.tolist()]


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf, 1e19])
def test_what_is_no_time_is_refused(wrong):
    with pytest.raises(ValueError, match="is no time"):
        nearest(np.array([1.0, wrong]), 200)


def test_seconds_become_whole_milliseconds():
    assert to_tick(0.2) == 200
    assert to_tick(0.1 + 0.2) == 300
    assert isinstance(to_tick(1.0), int)


@pytest.mark.parametrize(
    ("tick", "text"),
    [(3400, "3.4 s"), (300_000, "5 min"), (86_400_000, "24 h"), (0, "0 s"), (200, "0.2 s"), (90_000, "90 s")],
)
def test_a_duration_is_shown_in_its_largest_whole_unit(tick, text):
    assert show(tick) == text
