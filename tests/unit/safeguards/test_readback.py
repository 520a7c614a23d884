"""Does the valve follow? Command against measured position, with patience."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.safeguards.readback import Readback, ReadbackCheck, ReadbackInputs, ReadbackOut

PERIOD = 200


def mismatch(pairs, within=5.0, lasting=6000):
    """Flag per scan; the valve's position stands in row 1."""
    layer = Readback((ReadbackCheck(within, lasting),), (1,), PERIOD)
    state, out = layer.initial(1), ReadbackOut(np.zeros((1, 1), np.int8))
    found = []
    for k, (op, position) in enumerate(pairs):
        layer.step(state, ReadbackInputs(np.array([[op]]), np.array([[-99.0], [position]])), out, k * PERIOD)
        found.append(int(out.mismatch[0, 0]))
    return found


@pytest.mark.parametrize("position", [44.9, 55.1, math.nan, math.inf])
def test_a_valve_that_does_not_follow_is_told_just_after_its_time(position):
    found = mismatch([(50.0, 50.0)] * 5 + [(50.0, position)] * 40)
    assert found.index(1) == 5 + 30  # 31 scans of 200 ms are more than 6 s
    assert set(found[35:]) == {1}


@pytest.mark.parametrize("position", [45.0, 55.0])
def test_the_tolerance_itself_is_following(position):
    assert set(mismatch([(50.0, position)] * 60)) == {0}


def test_a_valve_that_catches_up_starts_the_timer_again():
    assert set(mismatch(([(50.0, 0.0)] * 30 + [(50.0, 50.0)]) * 4)) == {0}


def test_the_mismatch_clears_when_the_valve_follows_again():
    assert mismatch([(50.0, 0.0)] * 40 + [(50.0, 48.0)])[-2:] == [1, 0]


def test_a_command_that_is_no_number_is_a_mismatch():
    assert mismatch([(math.nan, 50.0)] * 40)[-1] == 1
