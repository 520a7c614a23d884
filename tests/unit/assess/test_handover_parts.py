"""A hand-over in five parts, and what is ruled of it."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.assess.handover import PARTS, Places, response, rule, transfer
from simulator.core.states import AUTO, RCAS
from simulator.core.traces import ArrayTraces, Signal
from simulator.core.verdict import Verdict

PLACES = Places(
    mode="mode", signs=("reason.output_guard",), timely="timely", grounds=("ground",), command="op",
    demand="demand", resolution=0.01, envelope={"true.t": (349.0, 351.0)}, settled=1000,
)  # fmt: skip
LENGTH = 60
"""Ticks of 200 ms."""


def traces(**changes):
    """Fault at tick 10, refused at 12, ground and shed at 17, at the valve at 18, back at 30."""
    plain = {
        "ai_fault": (10, 1.0), "reason.output_guard": (12, 1.0), "ground": (17, 1.0),
        "mode": (17, float(AUTO)), "op": (17, 60.0), "demand": (18, 60.0),
        "true.t": (20, 352.0), "timely": (LENGTH, 0.0),
    }  # fmt: skip
    start = {"mode": float(RCAS), "op": 50.0, "demand": 50.0, "true.t": 350.0, "timely": 1.0}
    data = {}
    for name, (tick, value) in (plain | changes).items():
        data[name] = np.full((LENGTH, 1), start.get(name, 0.0), np.float32)
        data[name][tick:] = value
    if "true.t" not in changes:
        data["true.t"][30:] = 350.0
    signals = {name: Signal(name) for name in data}
    return ArrayTraces(200, signals, data, np.ones(1, bool))


def test_the_five_parts_are_the_times_between_fault_sign_ground_mode_valve_and_envelope():
    found = transfer(traces(), PLACES)
    assert [round(float(found[part][0]), 6) for part in PARTS] == [0.4, 1.0, 0.0, 0.2, 2.4]
    assert found["onset"][0] == 2.0
    assert found["asked"][0]
    assert found["left"][0]
    assert round(float(response(found)[0]), 6) == 1.6


def test_a_sign_that_stood_before_the_fault_is_no_detection():
    found = transfer(traces(**{"reason.output_guard": (5, 1.0)}), PLACES)
    assert round(float(found["detect"][0]), 6) == 1.4  # the ground itself


def test_an_ai_that_had_lost_its_loop_before_is_not_asked():
    assert not transfer(traces(mode=(8, float(AUTO))), PLACES)["asked"][0]


def test_a_plant_that_stays_away_has_no_recovery():
    assert np.isnan(transfer(traces(**{"true.t": (20, 352.0)}), PLACES)["recover"][0])


def rows(n, **changes):
    plain = {"asked": True, "held": "fallback", "back": True, "left": False}
    plain |= dict.fromkeys(PARTS, 0.5) | changes
    return {name: np.full(n, value) for name, value in plain.items()}


@pytest.mark.parametrize(
    ("n", "changes", "verdict"),
    [
        (59, {}, Verdict.PASS),
        (58, {}, Verdict.INCONCLUSIVE),
        (59, {"detect": 2.0}, Verdict.FAIL),
        (59, {"held": "SIF"}, Verdict.FAIL),
        (59, {"recover": np.nan}, Verdict.FAIL),
        (59, {"held": "unknown"}, Verdict.INCONCLUSIVE),
        (59, {"asked": False}, Verdict.INCONCLUSIVE),
        (59, dict.fromkeys(PARTS, np.nan), Verdict.INCONCLUSIVE),
        (59, dict.fromkeys(PARTS, np.nan) | {"back": False}, Verdict.FAIL),
    ],
)
def test_a_failure_passes_only_with_enough_hand_overs_that_were_all_in_time(n, changes, verdict):
    assert rule(rows(n, **changes), 3.0, 59, 0.95).verdict is verdict
