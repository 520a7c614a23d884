"""What the PLC admits from the AI, and when it takes the loop away."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.core.states import OUTPUT_REASON
from simulator.safeguards.output_guard import OutputCheck, OutputGuard, OutputGuardInputs, OutputGuardOut

PERIOD = 200
REASONS = {number: name for name, number in OUTPUT_REASON.items()}


class Rig:
    """One loop's guard; the last admitted value is 350 at the start."""

    def __init__(self, admitted=350.0, n=1, **about):
        limits = {"low": 340.0, "high": 354.0, "step": 4.0} | about
        self.guard = OutputGuard((OutputCheck(**limits),), PERIOD)
        self.state, self.now, self.n, self.sequence = self.guard.initial(n), 0, n, 0
        self.out = OutputGuardOut(
            np.full((1, n), admitted),
            np.zeros((1, n), np.int8),
            np.zeros((1, n), np.int8),
            np.zeros((1, n)),
            np.zeros(n),
        )

    def __call__(self, value, pv=350.0, sp=350.0, active=1, scans=1, writes=1, timely=1, killed=0):
        """Admitted value, shed flag and reason after some scans of one write (or of one that stands)."""
        self.sequence = (self.sequence + writes) % 65536
        for _ in range(scans):
            wires = OutputGuardInputs(
                np.full((1, self.n), value, float),
                np.full(self.n, self.sequence, float),
                np.full(self.n, timely, np.int8),
                *(np.full((1, self.n), one, float) for one in (pv, sp)),
                np.full((1, self.n), active, np.int8),
                *(np.full(self.n, 7.0 + late) for late in (0, not timely)),
                np.full(self.n, 3.0),
                np.full(self.n, killed, np.int8),
            )
            self.guard.step(self.state, wires, self.out, self.now)
            self.now += PERIOD
        return self.out.admitted[0, 0], int(self.out.shed[0, 0]), REASONS[self.out.reason[0, 0]]


@pytest.mark.parametrize("value", [340.0, 346.0, 350.0, 354.0])
def test_a_value_within_range_and_step_is_admitted_unchanged(value):
    assert Rig(admitted=max(350.0, value - 4.0) if value > 350 else value + 4.0)(value) == (value, 0, "NONE")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (math.nan, "NOT_FINITE"),
        (math.inf, "NOT_FINITE"),
        (-math.inf, "NOT_FINITE"),
        (354.001, "RANGE"),
        (339.999, "RANGE"),
        (345.9, "STEP"),
        (-1e300, "RANGE"),
    ],
)
def test_a_refused_value_is_told_and_the_last_admitted_one_kept(value, reason):
    assert Rig()(value) == (350.0, 0, reason)


def test_the_step_is_measured_from_the_last_admitted_value_not_the_last_write():
    rig = Rig()
    assert rig(345.0)[2] == "STEP"
    assert rig(344.0)[2] == "STEP", "near the refused write, far from the admitted value"
    assert rig(347.0) == (347.0, 0, "NONE")


@pytest.mark.parametrize("bad", [360.0, math.nan, math.inf])
def test_a_refusal_that_stands_in_the_mailbox_is_one_strike_not_one_a_scan(bad):
    rig = Rig(strikes=2)
    assert rig(bad, scans=100)[1] == 0
    assert rig(bad)[1] == 1, "and the next write of it is the second"


@pytest.mark.parametrize("bad", [360.0, 345.0])
def test_the_same_refused_value_strikes_again_with_every_write(bad):
    rig = Rig(strikes=3)
    assert [rig(bad, scans=5)[1] for _ in range(3)] == [0, 0, 1]


def test_a_value_that_changes_without_a_write_is_no_strike():
    rig = Rig(strikes=2)
    rig(360.0)
    assert rig(361.0, writes=0)[1] == 0


def test_a_write_whose_sequence_number_wraps_round_is_a_write():
    rig = Rig(strikes=2)
    rig(360.0, writes=65535)
    assert rig(360.0, writes=1)[1] == 1


def test_a_bad_write_from_before_the_ai_had_the_loop_is_no_strike():
    rig = Rig(strikes=1)
    rig(360.0, active=0)
    assert rig(360.0, writes=0, scans=5)[1] == 0
    assert rig(360.0)[1] == 1


def test_the_third_refused_write_takes_the_loop():
    rig = Rig(strikes=3)
    assert [rig(value)[1] for value in (360.0, 361.0, 362.0)] == [0, 0, 1]
    assert rig(350.0) == (350.0, 1, "STRIKES"), "and a good write does not give it back"


@pytest.mark.parametrize("strikes", [1, 2, 8])
def test_the_number_of_strikes_is_the_one_that_was_set(strikes):
    rig = Rig(strikes=strikes)
    shed = [rig(360.0 + k)[1] for k in range(strikes)]
    assert shed == [0] * (strikes - 1) + [1]


def test_the_second_write_in_a_row_that_is_no_number_sheds():
    assert [Rig(strikes=8)(math.nan, scans=5)[1]] == [0], "one is held"
    rig = Rig(strikes=8)
    assert [rig(value)[1] for value in (math.nan, 350.0, math.nan, math.nan)] == [0, 0, 0, 1]


def test_a_write_that_is_late_is_never_admitted_however_good_it_looks():
    rig = Rig()
    assert rig(351.0, timely=0)[0] == 350.0
    assert rig(351.0)[0] == 351.0


def test_strikes_further_apart_than_the_window_do_not_add_up():
    rig = Rig(strikes=3, window=10_000)
    for k in range(20):
        rig(360.0 + k)  # one strike every 5.2 s: never three within 10 s
        assert rig(350.0, scans=25)[1] == 0


def test_strikes_exactly_a_window_apart_do_add_up():
    rig = Rig(strikes=2, window=10_000)
    rig(360.0)
    rig(350.0, scans=49)
    assert rig(361.0)[1] == 1, "10.0 s after the first"


def test_a_strike_is_forgotten_after_the_window():
    rig = Rig(strikes=2, window=10_000)
    rig(360.0)
    rig(350.0, scans=50)
    assert rig(361.0)[1] == 0, "10.2 s after the first"


def test_a_loop_that_was_struck_out_stays_out_only_for_the_window():
    rig = Rig(strikes=2, window=2_000)
    rig(360.0)
    assert rig(361.0)[1] == 1
    assert rig(350.0, scans=9)[1] == 1
    assert rig(350.0, scans=2)[1] == 0


@pytest.mark.parametrize(("pv", "shed"), [(356.0, 0), (356.01, 1), (344.0, 0), (343.99, 1), (math.nan, 1)])
def test_a_plant_out_of_the_envelope_takes_the_loop_at_once(pv, shed):
    admitted, found, reason = Rig(above=356.0, below=344.0)(350.0, pv=pv)
    assert (found, reason) == ((1, "ENVELOPE") if shed else (0, "NONE"))
    assert admitted == 350.0


@pytest.mark.parametrize("pv", [352.01, 347.99, math.nan])
def test_a_deviation_takes_the_loop_only_after_it_has_lasted(pv):
    rig = Rig(within=2.0, lasting=1000, above=1e300, below=-1e300)
    found = [rig(350.0, pv=pv) for _ in range(6)]
    if math.isnan(pv):
        assert found[0][1:] == (1, "ENVELOPE"), "a PV that is no number is outside every envelope"
        return
    assert [one[1] for one in found] == [0] * 5 + [1]
    assert found[-1][2] == "DEVIATION"


def test_a_return_to_the_setpoint_starts_the_deviation_timer_again():
    rig = Rig(within=2.0, lasting=1000)
    for _ in range(5):
        assert rig(350.0, pv=353.0, scans=5)[1] == 0
        assert rig(350.0, pv=352.0)[1] == 0


def test_the_deviation_is_from_the_working_setpoint():
    rig = Rig(within=2.0, lasting=0)
    assert rig(350.0, pv=353.0, sp=353.0)[1] == 0
    assert rig(350.0, pv=350.0, sp=353.0)[1] == 1


def test_without_the_loop_nothing_is_a_strike_and_nothing_sheds():
    rig = Rig(strikes=1, above=356.0, below=344.0)
    for value in (360.0, math.nan, 361.0):
        assert rig(value, pv=400.0, active=0)[1] == 0
    assert rig(350.0)[1] == 0


def test_without_the_loop_an_unfit_value_is_still_not_admitted():
    rig = Rig()
    for value in (math.nan, 360.0, -math.inf):
        assert rig(value, active=0)[0] == 350.0


def test_without_the_loop_the_guard_follows_a_fit_value_however_far():
    """Else the AI's first write after a re-arm would be a leap."""
    assert Rig()(341.0, active=0)[0] == 341.0


def test_what_is_admitted_is_within_range_whatever_is_written():
    rig = Rig(strikes=8)
    source = np.random.Generator(np.random.Philox(key=3))
    values = source.choice([math.nan, math.inf, -math.inf, 0.0, 1e300, *np.linspace(330.0, 364.0, 69)], 2000)
    for k, value in enumerate(values):
        admitted = rig(float(value), active=int(k % 7 != 0))[0]
        assert 340.0 <= admitted <= 354.0


def test_replicas_are_struck_one_by_one():
    rig = Rig(n=2, strikes=1)
    values = np.array([[350.0, 360.0]])
    fine, on = np.full((1, 2), 350.0), np.ones((1, 2), np.int8)
    one = np.ones(2)
    wires = OutputGuardInputs(
        values, one, one.astype(np.int8), fine, fine, on, one, one, one, np.zeros_like(one, np.int8)
    )
    rig.guard.step(rig.state, wires, rig.out, 0)
    assert rig.out.shed.tolist() == [[0, 1]]


def test_the_age_of_what_is_admitted_is_told_and_a_late_answer_changes_neither():
    rig = Rig()
    rig(351.0)
    assert rig(352.0, timely=0)[0] == 351.0
    assert rig.out.age[0, 0] == 0.0


def test_a_guard_that_is_killed_changes_nothing_and_answers_nothing():
    rig = Rig()
    rig(352.0)
    assert rig.out.answered[0] == 3.0
    rig.out.answered[:] = 9.0
    assert rig(999.0, pv=400.0, killed=1) == (352.0, 0, "NONE")
    assert rig.out.answered[0] == 9.0
