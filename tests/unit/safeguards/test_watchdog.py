"""Freshness of the mailbox: heartbeat and sequence, each on its own."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.safeguards.watchdog import Watchdog, WatchdogInputs, WatchdogOut

PERIOD = 200


def stale(beats, writes, **about):
    """Whether the AI is stale, scan by scan."""
    dog = Watchdog(PERIOD, **({"heartbeat": 3000, "sequence": 3000} | about))
    state, out = dog.initial(1), WatchdogOut(np.zeros(1, np.int8))
    found = []
    for k, (beat, write) in enumerate(zip(beats, writes, strict=True)):
        dog.step(state, WatchdogInputs(np.array([beat], float), np.array([write], float)), out, k * PERIOD)
        found.append(int(out.stale[0]))
    return found


def cycles(n, every=5, start=1):
    """A counter that moves every five scans."""
    return [(start + k // every) % 65536 for k in range(n)]


def test_a_writer_that_writes_every_second_is_never_stale():
    assert set(stale(cycles(500), cycles(500))) == {0}


@pytest.mark.parametrize("which", ["heartbeat", "sequence", "both"])
def test_a_counter_that_stands_still_is_stale_just_after_its_limit(which):
    moving, dead = cycles(40), [*cycles(10), *[2] * 30]
    beats = dead if which != "sequence" else moving
    writes = dead if which != "heartbeat" else moving
    found = stale(beats, writes)
    # the counter last moved at scan 5; 15 scans later its age is 3.0 s, one more makes it stale
    assert found.index(1) == 21
    assert set(found[21:]) == {1}


@pytest.mark.parametrize(("limit", "first"), [("heartbeat", 16), ("sequence", 16)])
def test_each_counter_has_its_own_limit(limit, first):
    beats = [*cycles(6), *[2] * 54]
    found = stale(beats, beats, **{"heartbeat": 9000, "sequence": 9000, limit: 2000})
    assert found.index(1) == first


def test_a_writer_that_comes_back_is_fresh_at_once():
    beats = [1] * 30 + [2] * 5
    assert stale(beats, beats)[29:31] == [1, 0]


def test_a_counter_that_wraps_at_65536_is_not_stale():
    counter = cycles(100, start=65530)
    assert 65535 in counter
    assert 0 in counter
    assert set(stale(counter, counter)) == {0}


@pytest.mark.parametrize("which", [0, 1])
def test_a_counter_that_is_no_number_has_not_moved(which):
    counters = [cycles(40), cycles(40)]
    counters[which] = [1.0, *[math.nan] * 39]
    assert stale(*counters)[17:] == [1] * 23


def test_a_counter_that_alternates_with_no_number_ages():
    """NaN differs from everything, itself too, and is still no sign of life."""
    assert stale(cycles(40), [1.0, *[math.nan] * 39])[-1] == 1


def test_a_counter_that_never_moved_from_zero_is_stale_after_its_limit():
    assert stale([0] * 20, [0] * 20).index(1) == 15


def test_a_dead_writer_stays_stale_for_a_day():
    dog = Watchdog(PERIOD)
    state, out = dog.initial(1), WatchdogOut(np.zeros(1, np.int8))
    zero = np.zeros(1)
    for k in range(20_000):
        dog.step(state, WatchdogInputs(zero, zero), out, k * PERIOD)
    assert out.stale[0] == 1
