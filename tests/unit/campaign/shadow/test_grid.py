"""Samples on the grid of the scans: held, never interpolated, unknown when too old."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.campaign.shadow.grid import gridded, pace, stretches
from simulator.campaign.shadow.history import History, Series


def held(times, values, period=100, gap=None, length=1000):
    series = {"x": Series(np.array(times, np.int64), np.array(values, float))}
    return gridded(History(series, "0", length, ()), period, gap).values["x"].tolist()


def test_a_sample_is_held_until_the_next_and_never_interpolated():
    assert held([0, 300, 500], [1.0, 7.0, 3.0], gap=300, length=600) == [1, 1, 1, 7, 7, 3, 3]


def test_a_sample_that_is_too_old_is_unknown():
    got = held([0, 700], [1.0, 2.0], gap=250, length=800)
    np.testing.assert_array_equal(got, [1, 1, 1, np.nan, np.nan, np.nan, np.nan, 2, 2])


def test_before_the_first_sample_nothing_is_known():
    np.testing.assert_array_equal(held([250], [4.0], gap=500, length=400), [np.nan, np.nan, np.nan, 4, 4])


def test_a_bad_sample_is_unknown_until_the_next():
    got = held([0, 100, 300], [1.0, np.nan, 2.0], gap=1000, length=400)
    np.testing.assert_array_equal(got, [1, np.nan, np.nan, 2, 2])


def test_without_a_limit_three_usual_intervals_are_one():
    got = held([0, 100, 200, 900], [1.0, 2.0, 3.0, 4.0])
    np.testing.assert_array_equal(got, [1, 2, 3, 3, 3, 3, np.nan, np.nan, np.nan, 4, 4])


@pytest.mark.parametrize(
    ("intervals", "scan", "wanted"),
    [([200, 200], 200, 200), ([50], 200, 200), ([950, 1000], 200, 1000), ([1001], 200, 1200), ([], 200, 200)],
)
def test_the_pace_is_that_of_the_slowest_signal_in_whole_scans(intervals, scan, wanted):
    assert pace(intervals, scan) == wanted


def test_stretches_are_unbroken():
    assert stretches(np.array([1, 1, 0, 1, 0, 0, 1], bool)) == [(0, 2), (3, 4), (6, 7)]
    assert stretches(np.zeros(3, bool)) == []
