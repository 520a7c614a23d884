"""Plants that only benchmarks have: what the benchmarks say about them is true."""

from __future__ import annotations

import numpy as np
import pytest
from contest import Task, ours, random_heights
from reactor_loop import N_BIAS, N_FEED, Loop, hottest
from ringing_loop import PIECES, SUBSTEPS, Ringing


def test_the_reactor_stays_where_it_is_without_a_lie():
    """Seborg: 350 K at a coolant of 300 K, which is unstable without its controller."""
    middle = np.full((1, N_BIAS + N_FEED), 0.5)
    assert hottest(middle)[0] == pytest.approx(350.0, abs=0.01)
    warmer = middle + 0.1 * (np.arange(N_BIAS + N_FEED) >= N_BIAS)
    assert hottest(warmer, Loop(gain=0.0))[0] > 400.0
    assert hottest(warmer)[0] < 351.0


def test_a_reactor_does_not_depend_on_its_neighbours():
    points = np.random.Generator(np.random.Philox(3)).random((40, N_BIAS + N_FEED))
    np.testing.assert_array_equal(hottest(points, block=7), hottest(points))


def test_the_loop_rings_with_its_period():
    """Undamped frequency and damping give peaks one period apart, each exp(-2 pi zeta) of the last."""
    loop = Ringing(period=6.0, damping=0.02)
    pulse = np.zeros((1, PIECES))
    pulse[0, 0] = 1.0
    level = loop.levels(pulse)[:, 0]
    peaks = [k for k in range(1, len(level) - 1) if level[k - 1] < level[k] >= level[k + 1]]
    assert np.diff(peaks[1:]).mean() / SUBSTEPS == pytest.approx(6.0, rel=0.01)
    assert level[peaks[2]] / level[peaks[1]] == pytest.approx(np.exp(-2.0 * np.pi * 0.02), rel=0.02)


def test_the_worst_course_is_reached_and_by_no_other_exceeded():
    loop = Ringing(period=5.3, damping=0.05)
    responses = loop.levels(np.eye(PIECES))
    moment = np.abs(responses).sum(axis=1).argmax()
    course = np.where(responses[moment] > 0.0, 1.0, 0.0)
    assert loop.highest(course[None])[0] == pytest.approx(loop.worst())
    points = np.random.Generator(np.random.Philox(4)).random((500, PIECES)).round()
    assert loop.highest(points).max() < loop.worst()


def test_a_resonance_that_no_random_course_reaches_is_found():
    loop = Ringing(period=6.4, damping=0.03)
    task = Task("ringing_loop", {"period": 6.4, "damping": 0.03}, (PIECES,), 0.9 * loop.worst())
    assert random_heights(task, seed=1)[-1] < task.limit
    assert 0 < ours(task, seed=1) < 1000
