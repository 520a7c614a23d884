"""The last limits: they bind the AI in the unsafe direction only, and never the fallback."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.core.states import MODE
from simulator.safeguards.final_clamp import Clamp, ClampInputs, ClampOut, FinalClamp

PERIOD = 200
MODES = tuple(MODE)
FALLBACK = ("MAN", "AUTO", "RCAS")


class Rig:
    """One loop at 50 % and 350 K."""

    def __init__(self, op=50.0, sp=350.0, **about):
        limits = {"sp_rate": 0.05, "op_low": 5.0, "unsafe_rate": 1.0}
        self.layer = FinalClamp((Clamp(**(limits | about)),), PERIOD)
        self.state = self.layer.initial(1)
        self.out = ClampOut(np.full((1, 1), sp), np.full((1, 1), op))

    def __call__(self, selected=50.0, mode="ROUT", target=350.0, scans=1):
        low, high = np.array([[340.0]]), np.array([[354.0]])
        wires = ClampInputs(
            np.array([[MODE[mode]]], np.int8), np.array([[target]]), low, high, np.array([[selected]])
        )
        for k in range(scans):
            self.layer.step(self.state, wires, self.out, k * PERIOD)
        return float(self.out.op[0, 0])


@pytest.mark.parametrize(("safe_up", "wanted"), [(1.0, 5.0), (-1.0, 100.0)])
def test_an_ai_moves_the_output_to_the_unsafe_side_at_the_rate_only(safe_up, wanted):
    rig = Rig(safe_up=safe_up)
    assert rig(wanted) == pytest.approx(50.0 - safe_up * 0.2)  # 1 %/s for 200 ms
    assert rig(wanted, scans=49) == pytest.approx(50.0 - safe_up * 10.0)


@pytest.mark.parametrize(("safe_up", "wanted"), [(1.0, 100.0), (-1.0, 5.0)])
def test_nothing_slows_a_move_to_the_safe_side(safe_up, wanted):
    assert Rig(safe_up=safe_up)(wanted) == wanted


@pytest.mark.parametrize("mode", FALLBACK)
@pytest.mark.parametrize("safe_up", [1.0, -1.0])
@pytest.mark.parametrize("wanted", [5.0, 100.0])
def test_nothing_slows_the_fallback_either_way(mode, safe_up, wanted):
    assert Rig(safe_up=safe_up)(wanted, mode=mode) == wanted


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("wanted", "held"), [(-20.0, 5.0), (130.0, 100.0), (1e300, 100.0)])
def test_the_output_stays_in_its_range_in_every_mode(mode, wanted, held):
    assert Rig()(wanted, mode=mode, scans=1000) == pytest.approx(held)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("lost", [math.nan, math.inf, -math.inf])
def test_an_output_that_is_no_number_keeps_the_last_one(mode, lost):
    rig = Rig(op=47.3)
    assert rig(lost, mode=mode, scans=3) == 47.3


@pytest.mark.parametrize("target", [354.0, 340.0])
@pytest.mark.parametrize("mode", MODES)
def test_the_setpoint_moves_at_its_rate_either_way(target, mode):
    rig = Rig()
    rig(mode=mode, target=target, scans=100)
    assert float(rig.out.sp[0, 0]) == pytest.approx(350.0 + math.copysign(1.0, target - 350.0))


@pytest.mark.parametrize(("target", "held"), [(400.0, 354.0), (300.0, 340.0)])
def test_the_setpoint_stays_within_its_clamp(target, held):
    rig = Rig(sp_rate=1e300)
    rig(target=target)
    assert float(rig.out.sp[0, 0]) == held


@pytest.mark.parametrize("lost", [math.nan, math.inf, -math.inf])
def test_a_setpoint_that_is_no_number_keeps_the_last_one(lost):
    rig = Rig(sp=351.2)
    rig(target=lost, scans=5)
    assert float(rig.out.sp[0, 0]) == 351.2
