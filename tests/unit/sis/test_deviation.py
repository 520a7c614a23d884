"""Redundant sensors of a safety function against each other."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.sis.deviation import Deviation, DeviationInputs, DeviationOut, Group

PERIOD = 200
LIVE = ((263.0, 457.0),) * 3


def run(readings, scans=40):
    layer = Deviation((Group(1, (0, 1, 2), 3.0, 5000, LIVE),), PERIOD)
    state, out = layer.initial(1), DeviationOut(np.zeros((2, 1), np.int8))
    found = []
    for _ in range(scans):
        layer.step(state, DeviationInputs(np.array(readings, float).reshape(3, 1)), out, 0)
        assert out.deviating[0, 0] == 0, "another function's row"
        found.append(int(out.deviating[1, 0]))
    return found


@pytest.mark.parametrize("third", [350.0, 353.0, 347.0])
def test_sensors_within_the_tolerance_are_no_deviation(third):
    assert set(run([350.0, 350.0, third])) == {0}


@pytest.mark.parametrize("third", [353.1, 335.0, math.nan, math.inf, 263.0, 457.0])
def test_a_sensor_apart_or_dead_is_told_after_its_time(third):
    found = run([350.0, 350.0, third])
    assert found.index(1) == 25, "longer than 5 s"


def test_all_dead_is_told_too():
    assert run([math.nan] * 3)[-1] == 1
