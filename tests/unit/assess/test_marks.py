"""Moments, sizes and the fan are those of the record, and never is not a time."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.assess.ladder import Limit
from simulator.assess.marks import FAN, marks
from simulator.core.states import AUTO, BAD, MAN, MODE_REASON, RCAS, TRIPPED
from simulator.core.traces import ArrayTraces, Signal

TICKS = 1000
LIMITS = {"SL-1": Limit("true.level", 20.0, below=True)}


def record(**channels: np.ndarray) -> ArrayTraces:
    """A block of two replicas at 100 ms; names with `__` for a dot; rising parts are (tick, value)."""
    data = {}
    for name, parts in channels.items():
        samples = np.zeros((TICKS, 2), np.float32)
        for replica, changes in enumerate(parts):
            for tick, value in changes:
                samples[tick:, replica] = value
        data[name.replace("__", ".")] = samples
    return ArrayTraces(100, {name: Signal(name) for name in data}, data, np.ones(2, bool))


def found(traces: ArrayTraces, *names: str) -> list[list[float]]:
    columns = marks(traces, LIMITS, "LIC")
    return [columns[name].tolist() for name in names]


def test_the_fallback_counts_from_the_fault_to_the_first_shed_after_it():
    traces = record(
        ai_fault=[[(100, 1)], []],
        threat__x=[[(90, 5)], [(200, 1)]],
        mode__LIC=[[(0, RCAS), (40, AUTO), (60, RCAS), (130, AUTO)], [(0, RCAS), (210, MAN)]],
        reason__mode=[[(130, 1)], [(210, 6)]],
    )
    assert found(traces, "at.onset", "at.shed", "fallback", "shed.reason") == [
        [9.0, 20.0], [13.0, 21.0], [3.0, 1.0], [1.0, 6.0],
    ]  # fmt: skip


def test_what_never_happened_or_was_not_recorded_is_no_number():
    traces = record(mode__LIC=[[(0, RCAS)], [(0, AUTO)]], sif__S=[[], [(500, TRIPPED)]])
    columns = marks(traces, LIMITS, "LIC")
    for name in ("at.onset", "at.shed", "at.bad", "at.alarm", "fallback", "alarms", "rearm.refused"):
        assert np.isnan(columns[name]).all(), name
    np.testing.assert_array_equal(columns["at.trip.S"], [np.nan, 50.0])
    assert np.isnan(columns["fan.SL-1.00"]).all()


def test_a_lost_record_is_no_shed():
    traces = record(mode__LIC=[[(0, RCAS), (500, np.nan)], [(0, RCAS)]])
    assert np.isnan(marks(traces, LIMITS, "LIC")["at.shed"]).all()


def test_alarms_inputs_and_refused_outputs_count_only_from_the_onset():
    traces = record(
        threat__x=[[(100, 1)], []],
        alarm__a=[[(50, 1), (60, 0), (140, 1)], []],
        alarm__stands=[[(20, 1)], [(0, 1)]],
        quality__t=[[(120, BAD)], []],
        reason__output_guard=[[(130, 2)], []],
        alarms__in_10_min=[[(60, 4), (70, 1)], []],
    )
    told = found(traces, "at.alarm", "at.bad", "at.hold", "alarms")
    np.testing.assert_array_equal(told, [[14.0, np.nan], [12.0, np.nan], [13.0, np.nan], [4.0, 0.0]])


def test_the_largest_bump_is_told_with_its_reason():
    bump = [[(100, 7), (101, 0), (300, 2), (301, 0)], []]
    traces = record(bump__V=bump, reason__mode=[[(100, 2), (300, 6)], []])
    told = found(traces, "bump.V", "bump.V.reason")
    np.testing.assert_array_equal(told, [[7.0, 0.0], [MODE_REASON["OUTPUT"], np.nan]])


def test_orders_are_granted_or_refused():
    pulses = [[(200, 1), (201, 0), (400, 1), (401, 0)], []]
    traces = record(
        mode__LIC=[[(0, RCAS), (100, AUTO), (403, RCAS)], [(0, RCAS), (203, MAN)]],
        operator__rearm=pulses,
        operator__override=[[], [(200, 1), (201, 0)]],
        reason__mode=[[(100, 1)], []],
    )
    names = ("rearm.orders", "rearm.refused", "rearm.reason", "rearm.effect", "override.effect")
    told = found(traces, *names)
    np.testing.assert_allclose(
        told, [[2, 0], [1, 0], [1, np.nan], [0.3, np.nan], [np.nan, 0.3]], equal_nan=True
    )


@pytest.mark.parametrize(("below", "spike"), [(True, 15.0), (False, -15.0)])
def test_the_fan_keeps_the_value_nearest_to_the_limit_in_each_stretch(below, spike):
    level = [[(530, spike), (531, 1)], [(530, spike), (531, 1)]]
    traces = record(true__level=level, threat__x=[[(500, 1)], [(520, 1)]])
    columns = marks(traces, {"SL-1": Limit("true.level", 20.0 if below else -20.0, below)}, "LIC")
    fan = np.array([columns[f"fan.SL-1.{k:02d}"] for k in range(len(FAN) - 1)])
    after = np.array(FAN[:-1]) * TICKS, np.array(FAN[1:]) * TICKS
    for replica, since in enumerate((30, 10)):
        (k,) = np.flatnonzero(fan[:, replica] == spike)
        assert round(after[0][k]) <= since < round(after[1][k])
    assert np.isnan(fan[-1]).all()
