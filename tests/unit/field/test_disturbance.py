"""A nominal day's wander: stationary, of the stated size and correlation time; and sensor copies."""

from __future__ import annotations

import math
from itertools import permutations

import numpy as np
import pytest

from simulator.field.copies import Copies, CopyInputs, CopyOut
from simulator.field.disturbance import DisturbanceOut, Disturbances, Wander

PERIOD = 1000


def wander(n, scans, names=("feed",), first=0, seed=1, period=PERIOD):
    """Inputs over time, shape (n_scans, n_names, n)."""
    layer = Disturbances(
        wanders=dict.fromkeys(names, Wander(2.0, 20_000)),
        rows={name: k for k, name in enumerate(names)},
        rest=dict.fromkeys(names, 350.0),
        period=period,
        seed=seed,
        replicas=np.arange(first, first + n),
    )
    state, drive = layer.initial(n), np.zeros((len(names), n))
    found = []
    for k in range(scans):
        layer.step(state, None, DisturbanceOut(drive), k * period)
        found.append(drive.copy())
    return np.array(found)


def test_the_wander_reaches_its_stated_standard_deviation_and_stays_there():
    late = wander(3000, 241)[[120, 240], 0] - 350.0  # six and twelve correlation times
    for row in late:
        assert row.std() == pytest.approx(2.0, rel=4 * 6000**-0.5)
        assert abs(row.mean()) < 4 * 2.0 * 3000**-0.5


@pytest.mark.parametrize("lag", [5, 20, 40])
def test_the_wander_forgets_with_its_correlation_time(lag):
    found = wander(3000, 121 + lag)[:, 0] - 350.0
    correlation = np.mean(found[120] * found[120 + lag]) / 4.0
    assert correlation == pytest.approx(math.exp(-lag / 20.0), abs=4 * 3000**-0.5)


def test_the_wander_does_not_depend_on_the_scan_period_in_size():
    late = wander(3000, 25, period=10_000)[-1, 0] - 350.0
    assert late.std() == pytest.approx(2.0, rel=4 * 6000**-0.5)


def test_the_wander_starts_at_rest():
    first = wander(2000, 1)[0, 0] - 350.0
    assert first.std() == pytest.approx(2.0 * math.sqrt(1.0 - math.exp(-0.1)), rel=0.1)


def test_two_inputs_wander_independently():
    late = wander(4000, 101, names=("feed", "coolant"))[-1] - 350.0
    assert abs(np.corrcoef(late)[0, 1]) < 4 * 4000**-0.5


def test_a_replica_wanders_alike_alone_and_in_a_block():
    block = wander(9, 30, names=("feed", "coolant"))
    np.testing.assert_array_equal(wander(1, 30, names=("feed", "coolant"), first=6)[:, :, 0], block[:, :, 6])


def test_the_wander_of_an_input_does_not_depend_on_its_neighbours():
    np.testing.assert_array_equal(wander(2, 9, ("feed", "coolant"))[:, 1], wander(2, 9, ("coolant",))[:, 0])


def test_another_seed_wanders_otherwise():
    assert not np.isin(wander(3, 5, seed=1), wander(3, 5, seed=2)).any()


def copied(values):
    layer = Copies(((0, 1, 2),), (1,))
    sensed = np.full((3, 1), -1.0)
    layer.step(layer.initial(1), CopyInputs(np.array(values, float).reshape(3, 1)), CopyOut(sensed), 0)
    assert sensed[0, 0] == sensed[2, 0] == -1.0
    return sensed[1, 0]


@pytest.mark.parametrize("values", list(permutations((349.0, 350.0, 420.0))))
def test_a_copy_is_the_median_of_three(values):
    assert copied(values) == 350.0


@pytest.mark.parametrize("values", list(permutations((349.0, 350.0, math.nan))))
def test_a_copy_with_one_dead_sensor_is_that_of_a_live_one_or_no_number(values):
    found = copied(values)
    assert math.isnan(found) or found in (349.0, 350.0)


def test_a_copy_of_three_dead_sensors_is_no_number():
    assert math.isnan(copied((math.nan,) * 3))
