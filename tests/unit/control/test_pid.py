"""The conventional controller: actions, limits, tracking, and the spare instrument."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.control.mode import LoopModes, ModeInputs, ModeOut, Modes
from simulator.control.pid import Pid, PidBank, PidInputs, PidOut
from simulator.control.transitions import table
from simulator.core.states import GROUNDS, MODE, START_BUMPLESS, START_LAST_GOOD

PERIOD = 200


class Rig:
    """One loop at PV 350, SP 350, OP 50; the spare PV stands in row 1."""

    def __init__(self, spare=True, **about):
        tuning = {"gain": 8.0, "reset": 50_000} | about
        self.bank = PidBank((Pid(**tuning),), ((0, 1 if spare else -1),), PERIOD)
        self.state, self.tuning = self.bank.initial(1), self.bank.image()[:, None]
        self.out = PidOut(np.full((1, 1), 350.0), np.full((1, 1), 50.0), np.full((1, 1), 50.0))
        self.op = 50.0

    def __call__(self, pv=350.0, sp=350.0, op=None, charge=1, start=START_BUMPLESS, bad=0, spare=350.0):
        """One scan; in charge, the proposal becomes the output."""
        inputs = PidInputs(
            np.array([[pv], [spare]]), np.array([[bad], [0]], np.int8), np.array([[sp]]),
            np.array([[self.op if op is None else op]]), np.array([[charge]], np.int8),
            np.array([[start]], np.int8), self.tuning,
        )  # fmt: skip
        self.bank.step(self.state, inputs, self.out, 0)
        found = float(self.out.proposed[0, 0])
        self.op = found if charge else (self.op if op is None else op)
        return found

    @property
    def restart(self):
        return float(self.out.restart[0, 0])

    @property
    def pv(self):
        return float(self.out.pv[0, 0])


def settled(**about):
    """A loop that has stood at its setpoint for a while."""
    rig = Rig(**about)
    for _ in range(5):
        assert rig() == pytest.approx(50.0)
    return rig


def test_a_loop_at_its_setpoint_keeps_its_output():
    rig = settled()
    assert all(rig() == pytest.approx(50.0) for _ in range(100))


@pytest.mark.parametrize(("direct", "sign"), [(1.0, 1.0), (-1.0, -1.0)])
def test_a_deviation_moves_the_output_by_the_gain_at_once(direct, sign):
    found = settled(direct=direct)(pv=351.0)
    assert found == pytest.approx(50.0 + sign * 8.0 * (1.0 + 200 / 50_000))


def test_the_integral_repeats_the_proportional_action_once_every_reset_time():
    rig = settled()
    rig(pv=351.0)
    first = rig.op
    for _ in range(250):  # 50 s
        rig(pv=351.0)
    assert rig.op - first == pytest.approx(8.0)


def test_the_derivative_acts_on_the_pv_and_not_on_the_setpoint():
    plain, quick = settled(), settled(rate=8000, rate_filter=1000)
    assert quick(sp=349.0) == pytest.approx(plain(sp=349.0))
    assert quick(pv=350.5, sp=349.0) > plain(pv=350.5, sp=349.0) + 1.0


def test_the_derivative_of_a_ramp_is_the_gain_times_rate_times_slope():
    plain, quick = settled(), settled(rate=8000, rate_filter=1000)
    for k in range(100):
        pv = 350.0 + 0.01 * k  # 0.05 K/s
        one, other = plain(pv=pv), quick(pv=pv)
    assert other - one == pytest.approx(8.0 * 8.0 * 0.05, rel=0.01)


def test_the_filter_shows_63_percent_of_a_step_after_its_time():
    rig = settled(pv_filter=3000)
    for _ in range(15):
        rig(pv=351.0)
    assert rig.pv - 350.0 == pytest.approx(1.0 - math.exp(-1.0))


@pytest.mark.parametrize(("pv", "limit"), [(365.0, 100.0), (335.0, 5.0)])
def test_the_proposal_stays_within_its_limits(pv, limit):
    rig = settled(low=5.0)
    assert [rig(pv=pv) for _ in range(50)] == [limit] * 50
    assert 5.0 <= rig.restart <= 100.0


@pytest.mark.parametrize(("far", "back", "limit"), [(370.0, 349.9, 100.0), (330.0, 350.1, 0.0)])
def test_an_hour_at_a_limit_does_not_wind_the_integral_up(far, back, limit):
    rig, fresh = settled(), settled()
    for _ in range(18_000):
        assert rig(pv=far) == limit
    fresh(pv=far)
    # freed, the loop leaves the limit as if it had been there for one scan
    assert rig(pv=back) == pytest.approx(fresh(pv=back), abs=0.1)


@pytest.mark.parametrize("pv", [350.0, 350.7, 349.2])
@pytest.mark.parametrize("op", [20.0, 50.0, 93.0])
def test_a_loop_that_tracks_takes_over_within_one_integral_step_of_the_output(pv, op):
    rig = settled()
    for _ in range(20):
        rig(pv=pv, op=op, charge=0)
    step = 8.0 * 200 / 50_000 * abs(pv - 350.0)
    assert abs(rig(pv=pv, op=op, charge=1) - op) <= 2 * step + 1e-9


def test_a_loop_that_tracks_does_not_wind_up():
    rig = settled()
    for _ in range(5000):
        rig(pv=352.0, op=50.0, charge=0)
    assert rig(pv=352.0, op=50.0, charge=1) == pytest.approx(50.0, abs=0.2)


def stale_if(event):
    """Grounds on which the AI may lose its loop: none, or that it is stale."""
    return np.array([[int(event and ground == "STALE")] for ground in GROUNDS], np.int8)


def hand_over(home, op_of_ai, event):
    """A PID bank and mode logic in one scan: what a hand-over in plant order moves."""
    pid = settled()
    modes = Modes((LoopModes(MODE[home], 100.0, 2.0, ()),), *table())
    state = modes.initial(1)
    pv, sp = 350.6, 350.2
    for _ in range(30):
        pid(pv=pv, sp=sp, op=op_of_ai if home == "ROUT" else None, charge=int(home == "RCAS"))
    flag = np.zeros((1, 1), np.int8)
    one = {name: np.zeros((1, 1), np.int8) for name in ("shed", "quality", "mismatch", "status")}
    inputs = ModeInputs(
        grounds=stale_if(event), **one, override=flag[0].copy(), rearm=flag[0].copy(), follow=flag[0].copy(),
        preset=np.array([[350.0]]),
        admitted=np.array([[op_of_ai if home == "ROUT" else sp]]), pv=np.array([[pv]]),
        proposed=pid.out.proposed, restart=pid.out.restart, sp=np.array([[sp]]), op=np.array([[pid.op]]),
    )  # fmt: skip
    out = ModeOut(
        np.full((1, 1), MODE[home], np.int8), *(flag.copy() for _ in range(4)), np.array([[sp]]),
        np.zeros((1, 1)), flag.copy(),
    )  # fmt: skip
    modes.step(state, inputs, out, 0)
    assert out.mode[0, 0] == MODE["AUTO"]
    assert out.changed[0, 0] == 1
    return abs(float(out.selected[0, 0]) - pid.op)


def test_a_healthy_hand_over_from_rcas_to_auto_moves_nothing():
    assert hand_over("RCAS", None, event=True) <= 1e-9


@pytest.mark.parametrize("op", [30.0, 50.0, 80.0])
def test_a_healthy_hand_over_from_rout_to_auto_moves_at_most_one_integral_step(op):
    assert hand_over("ROUT", op, event=True) <= 8.0 * 200 / 50_000 * 0.4 + 1e-9


def test_after_a_bad_output_the_loop_starts_from_the_last_good_output():
    rig = settled(good_over=1000)
    for _ in range(100):
        rig(op=50.0, charge=0)
    for pv in (352.0, 354.0, 356.0):  # the AI drives the valve shut, the plant leaves its setpoint
        rig(pv=pv, op=5.0, charge=0)
    assert rig.restart == pytest.approx(min(50.0 + 8.0 * 6.0, 100.0), abs=1e-6)
    assert rig(pv=356.0, op=5.0, charge=1, start=START_LAST_GOOD) == pytest.approx(50.0 + 8.0 * 6.0, abs=0.5)


def test_a_bad_output_while_the_pv_is_away_is_not_remembered_as_good():
    rig = settled(good_within=1.0, good_over=1000)
    for _ in range(1000):
        rig(pv=351.01, op=5.0, charge=0)
    assert rig.restart == pytest.approx(50.0 + 8.0 * 1.01)


def test_a_good_output_is_remembered_with_its_time_constant():
    rig = settled(good_over=10_000)
    for _ in range(50):
        rig(op=60.0, charge=0)
    assert rig.restart == pytest.approx(60.0 - 10.0 * math.exp(-1.0))


def test_the_spare_pv_is_used_while_the_main_one_is_bad():
    rig = settled()
    rig(pv=410.0, spare=350.4, bad=1)
    assert rig.pv == 350.4
    rig(pv=350.1, spare=355.0, bad=0)
    assert rig.pv == 350.1


@pytest.mark.parametrize("lost", [math.nan, math.inf, -math.inf])
def test_a_spare_that_shows_nothing_does_not_take_the_place_of_a_bad_pv(lost):
    rig = settled()
    rig(pv=350.4, spare=lost, bad=1)
    assert rig.pv == 350.4
    rig(pv=350.9, spare=350.2, bad=1)
    assert rig.pv == 350.2


def test_without_a_spare_a_bad_pv_is_used_all_the_same():
    rig = Rig(spare=False)
    rig(pv=351.0, bad=1)
    assert rig.pv == 351.0


@pytest.mark.parametrize("lost", [math.nan, math.inf, -math.inf])
def test_with_nothing_to_measure_the_output_goes_to_its_safe_side_and_the_loop_recovers(lost):
    """Holding an output is no safe state of an open-loop-unstable plant."""
    rig = settled(safe=90.0)
    rig(pv=350.3)
    for _ in range(10):
        assert rig(pv=lost, spare=lost, bad=1) == 90.0
        assert rig.restart == 90.0
        assert rig.pv == 350.3
    assert rig(pv=350.1) == pytest.approx(90.0 + 8.0 * 0.1, abs=0.1)
    assert rig.pv == 350.1


def test_the_first_scan_takes_over_the_present_output():
    rig = Rig()
    rig.op = 73.0
    assert rig() == 73.0
