"""Phases: what ends them, what they drive, and when the AI may have its loops."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.control.phase import EVENTS, NEXT, InputProgram, LoopProgram, Phase
from simulator.control.procedure import Procedure, ProcedureInputs, ProcedureOut
from simulator.core.states import ACTIONS, BYPASSED, PHASE, TRIPPED

PERIOD = 200
NAMES = {number: name for name, number in PHASE.items()}
# What each event does in each phase, written out again: the doctrine, not the code.
DOCTRINE = {
    "RUN": {"TRIP": "TRIPPED", "LOAD": "LOAD", "SHUTDOWN": "SHUTDOWN"},
    "START": {"TRIP": "TRIPPED", "DONE": "RUN", "SHUTDOWN": "SHUTDOWN"},
    "LOAD": {"TRIP": "TRIPPED", "RUN": "RUN", "SHUTDOWN": "SHUTDOWN"},
    "SHUTDOWN": {"TRIP": "TRIPPED", "START": "START"},
    "TRIPPED": {"TRIP": "TRIPPED", "START": "START"},
}
FREE = LoopProgram(math.nan, 0.0, 340.0, 354.0)
CLIMB = LoopProgram(350.0, 0.05, 320.0, 351.0)
PHASES = (
    Phase(True, (FREE,), {}),
    Phase(False, (CLIMB,), {}, (0,), 1.0, 1000),
    Phase(True, (FREE,), {1: InputProgram(-5.0, 0.5)}),
    Phase(False, (LoopProgram(340.0, 0.05, 320.0, 354.0),), {1: InputProgram(-100.0, 0.5)}, (0,)),
    Phase(False, (FREE,), {}),
)


class Rig:
    """One loop, two inputs, one safety function, one permissive (row 0 at least 38)."""

    def __init__(self, phase="RUN", pv=325.0):
        self.layer = Procedure(PHASES, ((0, 38.0, math.inf),), 2, 1, PHASE[phase], PERIOD)
        self.state = self.layer.initial(1)
        self.inputs = ProcedureInputs(
            np.zeros((1, 1), np.int8), np.zeros((len(ACTIONS), 1), np.int8), np.full((1, 1), pv),
            np.full((1, 1), 40.0),
        )  # fmt: skip
        one = np.zeros(1, np.int8)
        self.out = ProcedureOut(
            one.copy(), one.copy(), one.copy(), np.zeros((1, 1), np.int8), np.full((1, 1), 350.0),
            np.zeros((1, 1)), np.zeros((1, 1)), np.zeros((2, 1)),
        )  # fmt: skip
        self.now = 0

    def scan(self, *orders, n=1):
        """Scans with the orders in the first of them; returns the phase."""
        for k in range(n):
            self.inputs.actions[:] = 0
            for order in orders if k == 0 else ():
                self.inputs.actions[ACTIONS.index(order)] = 1
            self.layer.step(self.state, self.inputs, self.out, self.now)
            self.now += PERIOD
        return NAMES[int(self.out.phase[0])]


@pytest.mark.parametrize("phase", list(DOCTRINE))
@pytest.mark.parametrize("event", EVENTS)
def test_every_event_in_every_phase_leads_where_the_doctrine_says(phase, event):
    assert NAMES[int(NEXT[PHASE[phase], EVENTS.index(event)])] == DOCTRINE[phase].get(event, phase)


@pytest.mark.parametrize("phase", list(DOCTRINE))
def test_a_trip_ends_every_phase_whatever_is_ordered(phase):
    rig = Rig(phase)
    rig.inputs.status[:] = TRIPPED
    assert rig.scan("start", "run", "load", "shutdown") == "TRIPPED"


def test_nothing_leaves_a_trip_by_itself():
    rig = Rig("TRIPPED")
    assert rig.scan(n=10_000) == "TRIPPED"


@pytest.mark.parametrize("level", [37.9, math.nan, -math.inf])
def test_a_start_up_without_its_permissive_is_refused(level):
    rig = Rig("TRIPPED")
    rig.inputs.received[:] = level
    assert rig.scan("start") == "TRIPPED"
    rig.inputs.received[:] = 38.0
    assert rig.scan("start") == "START"


@pytest.mark.parametrize(
    ("phase", "level", "status", "forbidden"),
    [("RUN", 40.0, 0, 0), ("LOAD", 40.0, 0, 0), ("START", 40.0, 0, 1), ("SHUTDOWN", 40.0, 0, 1),
     ("TRIPPED", 40.0, 0, 1), ("RUN", 37.0, 0, 1), ("RUN", math.nan, 0, 1), ("RUN", 40.0, BYPASSED, 1),
     ("LOAD", 40.0, BYPASSED, 1), ("RUN", 40.0, TRIPPED, 1)],
)  # fmt: skip
def test_the_ai_is_allowed_only_in_its_phases_with_the_permissive_and_no_bypass(
    phase, level, status, forbidden
):
    rig = Rig(phase)
    rig.inputs.received[:], rig.inputs.status[:] = level, status
    rig.scan()
    assert rig.out.forbidden[0] == forbidden


def test_a_led_setpoint_climbs_from_where_the_plant_is_at_its_rate_and_stops_at_its_target():
    rig = Rig("START", pv=325.0)
    rig.scan()
    assert rig.out.preset[0, 0] == pytest.approx(325.0 + 0.05 * 0.2)
    assert rig.out.follow[0] == 1
    rig.scan(n=99)
    assert rig.out.preset[0, 0] == pytest.approx(326.0)
    rig.scan(n=5000)
    assert rig.out.preset[0, 0] == 350.0


@pytest.mark.parametrize(("pv", "begins"), [(300.0, 320.0), (400.0, 351.0)])
def test_a_led_setpoint_never_begins_outside_the_clamp_of_its_phase(pv, begins):
    rig = Rig("START", pv)
    rig.scan()
    assert rig.out.preset[0, 0] == pytest.approx(begins, abs=0.011)
    assert (rig.out.low[0, 0], rig.out.high[0, 0]) == (320.0, 351.0)


def test_a_start_up_is_done_when_the_pv_has_stood_at_the_target_for_its_time():
    rig = Rig("START", pv=348.9)
    assert rig.scan(n=100) == "START", "1.1 K away"
    rig.inputs.pv[:] = 349.0
    assert rig.scan(n=5) == "START"
    assert rig.scan() == "RUN", "a second at 1 K"
    assert rig.out.follow[0] == 0


def test_a_start_up_that_cannot_see_its_pv_is_never_done():
    rig = Rig("START", pv=math.nan)
    assert rig.scan(n=1000) == "START"


def test_a_load_change_moves_its_input_and_leaves_it_there():
    rig = Rig()
    rig.scan("load")
    assert rig.out.offset[:, 0].tolist() == [0.0, pytest.approx(-0.1)]
    rig.scan(n=200)
    assert rig.out.offset[1, 0] == -5.0
    assert rig.scan("run") == "RUN"
    rig.scan(n=10)
    assert rig.out.offset[1, 0] == -5.0


@pytest.mark.parametrize(("phase", "asked"), [("RUN", 0), ("START", 1), ("SHUTDOWN", 1), ("TRIPPED", 0)])
def test_the_start_up_override_is_asked_for_in_its_phases_only(phase, asked):
    rig = Rig(phase)
    rig.scan()
    assert rig.out.bypass[0, 0] == asked
