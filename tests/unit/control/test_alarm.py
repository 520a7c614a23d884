"""Alarms in the states of ISA-18.2, their dead band, and the count of the last ten minutes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.control.alarm import AlarmInputs, AlarmOut, Alarms, Limit
from simulator.control.annunciation import Annunciation, AnnunciationInputs, AnnunciationOut
from simulator.core.states import ALARM, MODE, MODE_REASON, SIF

STATES = {number: name for name, number in ALARM.items()}
# ANSI/ISA-18.2-2016, figure 3: state, condition, acknowledged -> state
ISA = {
    ("NORMAL", 0, 0): "NORMAL",
    ("NORMAL", 0, 1): "NORMAL",
    ("NORMAL", 1, 0): "UNACKNOWLEDGED",
    ("NORMAL", 1, 1): "UNACKNOWLEDGED",
    ("UNACKNOWLEDGED", 0, 0): "RETURNED",
    ("UNACKNOWLEDGED", 0, 1): "NORMAL",
    ("UNACKNOWLEDGED", 1, 0): "UNACKNOWLEDGED",
    ("UNACKNOWLEDGED", 1, 1): "ACKNOWLEDGED",
    ("ACKNOWLEDGED", 0, 0): "NORMAL",
    ("ACKNOWLEDGED", 0, 1): "NORMAL",
    ("ACKNOWLEDGED", 1, 0): "ACKNOWLEDGED",
    ("ACKNOWLEDGED", 1, 1): "ACKNOWLEDGED",
    ("RETURNED", 0, 0): "RETURNED",
    ("RETURNED", 0, 1): "NORMAL",
    ("RETURNED", 1, 0): "UNACKNOWLEDGED",
    ("RETURNED", 1, 1): "UNACKNOWLEDGED",
}


class Rig:
    """Two analogue limits on one PV (H 356, L 345, dead band 1) and some state alarms."""

    def __init__(self, causes=1):
        self.layer = Alarms((Limit(0, 356.0, True, 1.0), Limit(0, 345.0, False, 1.0)))
        self.state = self.layer.initial(1)
        rows = 2 + causes
        self.out = AlarmOut(np.zeros((rows, 1), np.int8), np.zeros((rows, 1), np.int8), np.zeros((1, 1)))
        self.causes = np.zeros((causes, 1), np.int8)

    def __call__(self, pv=350.0, cause=0, ack=0, now=0):
        self.causes[:] = np.asarray(cause, np.int8).reshape(-1, 1)
        wires = AlarmInputs(np.array([[pv]]), self.causes, np.array([ack], np.int8))
        self.layer.step(self.state, wires, self.out, now)
        return [STATES[int(one)] for one in self.out.alarms[:, 0]]

    @property
    def count(self):
        return float(self.out.flood[0, 0])

    @property
    def active(self):
        return self.out.active[:, 0].tolist()


@pytest.mark.parametrize(("before", "condition", "ack"), list(ISA))
def test_every_alarm_transition_is_that_of_isa_18_2(before, condition, ack):
    rig = Rig()
    rig.out.alarms[2, 0] = ALARM[before]
    assert rig(cause=condition, ack=ack)[2] == ISA[before, condition, ack]


@pytest.mark.parametrize(
    ("pv", "active"), [(356.0, [0, 0, 0]), (356.01, [1, 0, 0]), (345.0, [0, 0, 0]), (344.99, [0, 1, 0])]
)
def test_an_analogue_alarm_stands_beyond_its_limit(pv, active):
    rig = Rig()
    rig(pv)
    assert rig.active == active


@pytest.mark.parametrize(
    ("out", "inside", "back", "row"), [(357.0, 355.01, 355.0, 0), (344.0, 345.99, 346.0, 1)]
)
def test_an_alarm_resets_only_beyond_its_dead_band(out, inside, back, row):
    rig = Rig()
    rig(out)
    rig(inside)
    assert rig.active[row] == 1
    rig(back)
    assert rig.active[row] == 0
    rig(inside)
    assert rig.active[row] == 0, "inside the band it does not come back either"


@pytest.mark.parametrize("standing", [0, 1])
def test_a_pv_that_is_no_number_changes_no_alarm(standing):
    rig = Rig()
    rig(357.0 if standing else 350.0)
    rig(math.nan)
    assert rig.active[0] == standing


def test_an_alarm_counts_when_it_comes_and_not_while_it_stands():
    rig = Rig()
    for k in range(100):
        rig(357.0, now=200 * k)
    assert rig.count == 1


def test_a_chattering_alarm_counts_every_time():
    rig = Rig()
    for k in range(20):
        rig(cause=k % 2, now=200 * k)
    assert rig.count == 10


@pytest.mark.parametrize(("later", "count"), [(599_999, 1), (600_000, 0)])
def test_an_annunciation_is_forgotten_after_ten_minutes(later, count):
    rig = Rig()
    rig(cause=1, now=1000)
    rig(cause=1, now=1000 + later)
    assert rig.count == count


def test_the_count_is_that_of_a_sliding_window():
    rig = Rig()
    for k in range(200):
        rig(cause=k % 2, now=10_000 * k)
        expected = sum(1 for j in range(1, k + 1, 2) if 10_000 * j > 10_000 * k - 600_000)
        assert rig.count == expected


def test_more_than_64_alarms_in_ten_minutes_are_a_flood_of_at_least_64():
    rig = Rig(causes=100)
    rig(cause=np.ones(100), now=0)
    assert rig.count >= 64
    rig(cause=np.ones(100), now=599_800)
    assert rig.count >= 64
    rig(cause=np.ones(100), now=600_000)
    assert rig.count == 0


def test_the_newest_64_annunciations_are_the_ones_remembered():
    rig = Rig()
    for k in range(400):  # one annunciation every 2 s
        rig(cause=k % 2, now=1000 * k)
    assert rig.count == 64
    rig(cause=0, now=399_000 + 599_000)
    assert rig.count == 1


def test_after_a_flood_the_count_is_right_again():
    rig = Rig()
    for k in range(400):
        rig(cause=k % 2, now=1000 * k)
    rig(cause=0, now=2_000_000)
    assert rig.count == 0
    for k in range(6):
        rig(cause=k % 2, now=2_000_000 + 1000 * k)
    assert rig.count == 3


def gather(mode="AUTO", reason="NONE", mismatch=0, quality=(0, 0), status=("NORMAL",), **more):
    drift, deviating, changed = (
        more.get(k, d) for k, d in (("drift", ()), ("deviating", None), ("changed", 0))
    )
    deviating = [0] * len(status) if deviating is None else deviating
    causes = np.full((3 + len(quality) + 2 * len(status) + len(drift), 1), -1, np.int8)
    columns = (quality, [SIF[s] for s in status], drift, deviating)
    wires = AnnunciationInputs(
        *(np.array([[one]], np.int8) for one in (MODE[mode], MODE_REASON[reason], mismatch)),
        *(np.array(column, np.int8).reshape(-1, 1) for column in columns), np.array([changed], np.int8),
    )  # fmt: skip
    layer = Annunciation()
    layer.step(layer.initial(1), wires, AnnunciationOut(causes), 0)
    return causes[:, 0].tolist()


def test_a_shed_is_alarmed_until_the_loop_is_given_back():
    assert gather(mode="AUTO", reason="STALE")[0] == 1
    assert gather(mode="RCAS", reason="NONE")[0] == 0
    assert gather(mode="AUTO", reason="NONE")[0] == 0


def test_mismatches_bad_inputs_and_trips_are_alarmed_in_their_own_rows():
    assert gather(mismatch=1, quality=(0, 1), status=("TRIPPED", "NORMAL"))[:6] == [0, 1, 0, 1, 1, 0]


def test_a_bypassed_function_is_not_alarmed_as_a_trip():
    assert gather(status=("BYPASSED",))[4] == 0


def test_drifts_deviations_and_a_changed_configuration_are_alarmed_in_their_own_rows():
    assert gather(drift=(0, 1))[5:] == [0, 1, 0, 0]
    assert gather(deviating=(1,))[5:] == [1, 0]
    assert gather(changed=1)[5:] == [0, 1]
