"""Control valves and block valves: stroke, dead band, fail position, groups and safe flags."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.field.block_valve import (
    PARALLEL,
    SERIES,
    BlockValve,
    BlockValves,
    ElementInputs,
    ElementOut,
    Group,
)
from simulator.field.control_valve import ControlValve, ControlValves, ValveInputs, ValveOut

PERIOD = 200


def stroke(demands, start=50.0, **about):
    """Positions of one valve that is told `demands`, scan by scan."""
    valves = ControlValves((ControlValve(**about),), (1,), (2,), PERIOD)
    state = valves.initial(1)
    out = ValveOut(np.full((1, 1), start), np.zeros((2, 1)), np.zeros((3, 1)))
    found = []
    for k, demand in enumerate(demands):
        valves.step(state, ValveInputs(np.array([[demand]])), out, k * PERIOD)
        assert out.drive[1, 0] == out.position[0, 0] == out.sensed[2, 0]
        assert out.drive[0, 0] == out.sensed[0, 0] == out.sensed[1, 0] == 0.0
        found.append(out.position[0, 0])
    return np.array(found)


def test_a_full_stroke_takes_the_stroke_time_either_way():
    up = stroke([100.0] * 16, start=0.0, stroke=3000)
    assert up[13] < 100.0 - 1e-9
    assert up[14] == pytest.approx(100.0)  # 15 scans of 200 ms
    down = stroke([0.0] * 16, start=100.0, stroke=3000)
    assert down[13] > 1e-9
    assert down[14] == pytest.approx(0.0, abs=1e-9)


def test_a_valve_stops_where_it_is_wanted():
    assert stroke([53.0] * 5, stroke=3000)[-1] == 53.0


@pytest.mark.parametrize("gap", [0.3, -0.3, 0.29, -0.1])
def test_a_demand_within_the_dead_band_moves_nothing(gap):
    assert set(stroke([50.0 + gap] * 5, dead_band=0.3 + 1e-12)) == {50.0}


@pytest.mark.parametrize("gap", [0.31, -0.31])
def test_a_demand_beyond_the_dead_band_is_followed_whole(gap):
    assert stroke([50.0 + gap], dead_band=0.3)[-1] == pytest.approx(50.0 + gap)


@pytest.mark.parametrize(("demand", "start"), [(0.0, 0.2), (100.0, 99.8), (-5.0, 0.2), (105.0, 99.8)])
def test_the_ends_are_reached_whatever_the_dead_band(demand, start):
    assert stroke([demand], start=start, dead_band=0.3)[-1] == min(max(demand, 0.0), 100.0)


@pytest.mark.parametrize("lost", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("fail", [0.0, 100.0])
def test_a_lost_signal_sends_the_valve_to_its_fail_position_at_stroke_speed(lost, fail):
    found = stroke([lost] * 8, stroke=2000, fail_position=fail)
    assert abs(found[0] - 50.0) == pytest.approx(10.0)
    assert found[-1] == fail


def test_a_signal_that_comes_back_is_followed_again():
    assert stroke([math.nan] * 3 + [50.0] * 4, stroke=2000)[-1] == 50.0


def elements(n=1, strokes=(2000, 2000), **about):
    """Two block valves in one group, ready to step."""
    valves = tuple(BlockValve(one) for one in strokes)
    group = Group(tuple(range(len(valves))), row=0, **about)
    rig = BlockValves(valves, (group,), PERIOD)
    count = len(valves)
    out = ElementOut(np.zeros((count, n)), np.zeros((count + 1, n), np.int8), np.full((1, n), -1.0))
    return rig, rig.initial(n), out


def drive(rig, demanded, scans):
    layer, state, out = rig
    wanted = np.ascontiguousarray(np.array(demanded, np.int8).reshape(-1, out.travel.shape[1]))
    for k in range(scans):
        layer.step(state, ElementInputs(wanted), out, k * PERIOD)
    return out


def test_a_block_valve_is_safe_after_its_stroke_time_and_not_before():
    rig = elements(safe_open=False, combine=SERIES)
    assert drive(rig, [1, 1], 9).safe.tolist() == [[0], [0], [0]]
    assert drive(rig, [1, 1], 1).safe.tolist() == [[1], [1], [1]]


@pytest.mark.parametrize("time", [600, 1000, 1400, 2000, 3000])
def test_a_block_valve_reaches_either_end_exactly_in_its_stroke_time(time):
    """Although tenths do not add up to one."""
    scans = time // PERIOD
    rig = elements(strokes=(time,), safe_open=True, combine=PARALLEL)
    assert drive(rig, [1], scans - 1).travel[0, 0] < 1.0 - 1e-3
    assert drive(rig, [1], 1).travel[0, 0] == 1.0
    assert drive(rig, [0], scans - 1).travel[0, 0] > 1e-3
    assert drive(rig, [0], 1).travel[0, 0] == 0.0


def test_a_block_valve_comes_back_when_nothing_demands_it():
    rig = elements(safe_open=False, combine=SERIES)
    drive(rig, [1, 1], 11)
    out = drive(rig, [0, 0], 1)
    assert out.safe.sum() == 0
    out = drive(rig, [0, 0], 10)
    assert out.drive[0, 0] == 1.0
    assert out.travel.max() == 0.0


@pytest.mark.parametrize(
    ("safe_open", "combine", "demanded", "opening", "safe"),
    [
        (False, SERIES, (0, 0), 1.0, 0),
        (False, SERIES, (1, 0), 0.0, 1),  # one closed valve shuts the line
        (False, SERIES, (1, 1), 0.0, 1),
        (True, PARALLEL, (0, 0), 0.0, 0),
        (True, PARALLEL, (0, 1), 1.0, 1),  # one open valve opens the line
        (True, PARALLEL, (1, 1), 1.0, 1),
        (False, PARALLEL, (1, 0), 1.0, 0),  # the other still passes
        (False, PARALLEL, (1, 1), 0.0, 1),
        (True, SERIES, (1, 0), 0.0, 0),  # the other still blocks
        (True, SERIES, (1, 1), 1.0, 1),
    ],
)
def test_series_and_parallel_valves_combine_as_pipes_do(safe_open, combine, demanded, opening, safe):
    out = drive(elements(safe_open=safe_open, combine=combine), demanded, 11)
    assert out.drive[0, 0] == opening
    assert out.safe[2, 0] == safe
    assert tuple(out.safe[:2, 0]) == demanded


def test_while_travelling_the_most_closed_of_two_in_series_rules():
    out = drive(elements(strokes=(1000, 2000), safe_open=False, combine=SERIES), [1, 1], 2)
    assert out.drive[0, 0] == pytest.approx(1.0 - 0.4)


def test_while_travelling_the_most_open_of_two_in_parallel_rules():
    out = drive(elements(strokes=(1000, 2000), safe_open=True, combine=PARALLEL), [1, 1], 2)
    assert out.drive[0, 0] == pytest.approx(0.4)


def test_each_replica_has_its_own_travel():
    out = drive(elements(n=2, safe_open=True, combine=PARALLEL), [[1, 0], [0, 0]], 11)
    assert out.drive.tolist() == [[1.0, 0.0]]
