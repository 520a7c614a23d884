"""The operator: notices, takes his time, and does what the procedure says."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.control.operator import Operator, OperatorInputs, OperatorOut
from simulator.core.states import ACTIONS, ALARM

BASE = 200
OVERRIDE, REARM, RESET = range(3)


def acts(alarms, reaction=(1000,), duties=((0, OVERRIDE),)):
    """Times [ms] of (action, replica) pulses, for alarm states (n_ticks, n_alarms, n)."""
    alarms = np.asarray(alarms, np.int8)
    n = len(reaction)
    alarms = alarms.reshape(alarms.shape[0], -1, n)
    operator = Operator(tuple(duties), np.array(reaction, np.int64))
    state = operator.initial(n)
    out = OperatorOut(np.ones((len(ACTIONS), n), np.int8), np.ones(n, np.int8))
    found = {}
    for k, now in enumerate(alarms):
        operator.step(state, OperatorInputs(np.ascontiguousarray(now)), out, k * BASE)
        for action, replica in zip(*np.nonzero(out.actions), strict=True):
            found.setdefault((int(action), int(replica)), []).append(k * BASE)
            assert out.acknowledge[replica] == 1, "acting is acknowledging"
        assert out.acknowledge.sum() == (out.actions.sum(axis=0) > 0).sum()
    return found


def from_tick(first, n, state="UNACKNOWLEDGED"):
    return [ALARM[state] if k >= first else 0 for k in range(n)]


@pytest.mark.parametrize("reaction", [200, 1000, 30_000])
def test_the_operator_acts_his_reaction_time_after_he_sees_the_alarm(reaction):
    found = acts(from_tick(10, 200), (reaction,))
    assert found[OVERRIDE, 0][0] == 10 * BASE + reaction


def test_a_reaction_time_of_nothing_acts_at_once():
    assert acts(from_tick(10, 11), (0,)) == {(OVERRIDE, 0): [2000]}


def test_an_action_is_one_pulse_of_one_tick():
    alarms = [1] * 1 + [0] * 50
    assert acts(alarms) == {(OVERRIDE, 0): [1000]}


def test_the_operator_acts_even_when_the_alarm_has_returned_meanwhile():
    assert acts([0, 1, *[ALARM["RETURNED"]] * 40]) == {(OVERRIDE, 0): [1200]}


@pytest.mark.parametrize("state", ["NORMAL", "ACKNOWLEDGED", "RETURNED"])
def test_only_an_unacknowledged_alarm_calls_him(state):
    assert acts(from_tick(0, 100, state)) == {}


def test_an_alarm_that_stays_unacknowledged_calls_him_again():
    times = acts(from_tick(0, 30))[OVERRIDE, 0]
    assert times == [1000, 2200, 3400, 4600, 5800]


def test_each_duty_is_done_for_its_own_alarm():
    alarms = np.zeros((40, 2, 1), np.int8)
    alarms[5, 1] = 1
    assert acts(alarms, duties=((0, OVERRIDE), (1, REARM))) == {(REARM, 0): [2000]}


def test_each_replica_has_its_own_operator():
    alarms = np.zeros((60, 1, 3), np.int8)
    alarms[0, 0, :2] = 1
    assert acts(alarms, (1000, 4000, 200)) == {(OVERRIDE, 0): [1000], (OVERRIDE, 1): [4000]}


def test_pulses_of_before_are_cleared_although_nothing_happens():
    assert acts([0] * 10) == {}
