"""PLC input validation: every reason, its timers, and the way back to GOOD."""

from __future__ import annotations

import math
from itertools import count

import numpy as np
import pytest

from simulator.core.states import INPUT_REASON, QUALITY
from simulator.safeguards.input_guard import InputCheck, InputGuard, InputGuardInputs, InputGuardOut

PERIOD = 200
GOOD, BAD = QUALITY["GOOD"], QUALITY["BAD"]
REASONS = {number: name for name, number in INPUT_REASON.items()}


def judged(samples, spare=None, **about):
    """(quality, reason) of TT-1 scan by scan; `spare` is the instrument it must agree with."""
    check = InputCheck(**({"low": 310.0, "high": 410.0, "recover": 0} | about))
    guard = InputGuard((check,), ((0, 1 if spare is not None else -1),), PERIOD)
    state = guard.initial(1)
    out = InputGuardOut(np.zeros((2, 1), np.int8), np.zeros((2, 1), np.int8))
    found = []
    for k, sample in enumerate(samples):
        other = spare[k] if spare is not None else 0.0
        guard.step(state, InputGuardInputs(np.array([[sample], [other]])), out, k * PERIOD)
        assert out.quality[1, 0] == out.reason[1, 0] == 0, "an instrument that is not checked"
        found.append((out.quality[0, 0], REASONS[out.reason[0, 0]]))
    return found


def wandering(start=350.0, step=0.01):
    """A live signal: never twice the same value."""
    return (start + step * (-1) ** k + step * 1e-3 * k for k in count())


def live(n, start=350.0):
    source = wandering(start)
    return [next(source) for _ in range(n)]


def test_a_live_signal_within_its_limits_is_good():
    assert set(judged(live(100), frozen=5000, rate=5.0)) == {(GOOD, "NONE")}


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_value_that_is_no_number_is_bad_at_once(value):
    assert judged([350.0, value])[1] == (BAD, "NOT_FINITE")


@pytest.mark.parametrize("value", [309.99, 410.01, -1e9])
def test_a_value_out_of_range_is_bad_at_once(value):
    assert judged([350.0, value])[1] == (BAD, "RANGE")


@pytest.mark.parametrize("value", [310.0, 410.0])
def test_the_ends_of_the_range_belong_to_it(value):
    assert judged([value])[0] == (GOOD, "NONE")


def test_a_value_that_is_bad_on_the_very_first_scan_is_bad():
    assert judged([500.0])[0] == (BAD, "RANGE")


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_jump_faster_than_the_rate_is_bad_and_one_at_the_rate_is_not(sign):
    assert judged([350.0, 350.0 + sign * 1.001], rate=5.0)[1] == (BAD, "RATE")
    assert judged([350.0, 350.0 + sign * 0.999], rate=5.0)[1] == (GOOD, "NONE")


def test_the_first_scan_has_no_rate():
    assert judged([400.0], rate=5.0)[0] == (GOOD, "NONE")


def test_a_frozen_value_is_bad_once_it_has_stood_for_its_time():
    found = judged([*live(5), *[350.5] * 30], frozen=5000, rate=1e300)
    first = next(k for k, (quality, _) in enumerate(found) if quality == BAD)
    assert first == 5 + 25  # the value is new at scan 5; 25 repeats of 200 ms make 5 s
    assert found[first] == (BAD, "FROZEN")


def test_a_value_that_moves_in_its_last_bit_is_not_frozen():
    samples = [350.0, float(np.nextafter(350.0, 400.0))] * 40
    assert set(judged(samples, frozen=1000)) == {(GOOD, "NONE")}


def test_zero_switches_the_frozen_check_off():
    assert set(judged([350.0] * 100, frozen=0)) == {(GOOD, "NONE")}


def test_disagreement_is_bad_only_after_it_has_lasted():
    samples = live(20)
    spare = [s - 3.0 for s in samples]
    found = judged(samples, spare, within=2.0, lasting=1000)
    assert found[4] == (GOOD, "NONE")  # five scans of 200 ms are not more than 1 s
    assert found[5] == (BAD, "DISAGREES")


def test_an_agreement_in_between_starts_the_timer_again():
    samples = live(20)
    spare = [s - (0.0 if k % 5 == 4 else 3.0) for k, s in enumerate(samples)]
    assert set(judged(samples, spare, within=2.0, lasting=1000)) == {(GOOD, "NONE")}


@pytest.mark.parametrize("off", [2.001, -2.001])
def test_disagreement_counts_both_ways(off):
    samples = live(10)
    assert judged(samples, [s + off for s in samples], within=2.0, lasting=0)[0] == (BAD, "DISAGREES")
    near = [s + off / 1.01 for s in samples]
    assert judged(samples, near, within=2.0, lasting=0)[9] == (GOOD, "NONE")


def test_an_instrument_without_a_spare_never_disagrees():
    assert set(judged(live(20), within=1e-9, lasting=0)) == {(GOOD, "NONE")}


@pytest.mark.parametrize("dead", [math.nan, math.inf, -math.inf])
def test_a_cross_check_with_a_dead_spare_is_not_silently_passed(dead):
    """A detector fed NaN never alarms: agreement with nothing is no agreement."""
    found = judged(live(20), [dead] * 20, within=2.0, lasting=1000)
    assert found[4] == (GOOD, "NONE")  # it must last, as any other disagreement
    assert set(found[5:]) == {(BAD, "DISAGREES")}


@pytest.mark.parametrize("spoilt", [math.nan, 500.0])
def test_a_value_must_be_fine_for_the_recovery_time_before_it_is_good_again(spoilt):
    found = judged([*live(5), spoilt, *live(20)], recover=2000)
    assert [quality for quality, _ in found[:5]] == [GOOD] * 5, "GOOD until shown otherwise"
    assert [quality for quality, _ in found[5:15]] == [BAD] * 10
    assert [quality for quality, _ in found[15:]] == [GOOD] * 11  # ten fine scans of 200 ms


def test_a_second_fault_while_recovering_starts_the_recovery_again():
    found = judged([350.0, 500.0, *live(9), 500.0, *live(20)], recover=2000)
    assert [quality for quality, _ in found[1:21]] == [BAD] * 20
    assert found[21][0] == GOOD


def test_the_reason_stands_while_the_value_recovers_and_goes_with_it():
    found = judged([350.0, 500.0, *live(12)], recover=2000)
    assert {reason for quality, reason in found if quality == BAD} == {"RANGE"}
    assert found[-1] == (GOOD, "NONE")


def test_the_gravest_reason_is_told():
    spare = [340.0] * 3
    assert judged([350.0, math.nan, 350.0], spare, rate=1e-9, within=0.1, lasting=0)[1][1] == "NOT_FINITE"
    assert judged([350.0, 500.0, 350.0], spare, rate=1e-9, within=0.1, lasting=0)[1][1] == "RANGE"
    assert judged([350.0, 351.0, 350.0], spare, rate=1e-9, within=0.1, lasting=0)[1][1] == "RATE"


def test_one_replica_that_is_bad_leaves_its_neighbours_good():
    guard = InputGuard((InputCheck(310.0, 410.0),), ((0, -1),), PERIOD)
    out = InputGuardOut(np.zeros((1, 3), np.int8), np.zeros((1, 3), np.int8))
    guard.step(guard.initial(3), InputGuardInputs(np.array([[350.0, 500.0, 351.0]])), out, 0)
    assert out.quality.tolist() == [[GOOD, BAD, GOOD]]
