"""Every kind of threat: without effect at zero, active for its time only, on its rows only."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from simulator.core.param import Param
from simulator.testing.kinds import complaints
from simulator.threats import AI_TAPS, KINDS, TAPS, WIRED_TAPS, Kind
from simulator.threats.bias import bias
from simulator.threats.strike import FOREVER, Strike, StrikeWires, Tap
from simulator.threats.wired import WIRED

BASE = 200
ROWS, N = 4, 3
CENTRE = 51.4
EFFECT = {"bias": {"magnitude": 3.0}, "step": {"magnitude": -2.5}, "force": {"value": 7.0},
          "negate": {"gain": 2.0}, "scale": {"factor": 1.8},
          "freeze": {}, "blank": {}, "halt": {}}  # fmt: skip
EXPECTED = {
    "bias": lambda now, _: now + 3.0,
    "step": lambda now, _: now - 2.5,
    "force": lambda now, _: np.full_like(now, 7.0),
    "negate": lambda now, _: CENTRE - 2.0 * (now - CENTRE),
    "scale": lambda now, _: 1.8 * now,
    "blank": lambda now, _: np.full_like(now, math.nan),
    "freeze": lambda _, before: before,
    "halt": lambda _, before: before,
}


PLAIN = list(EFFECT)
"""Kinds whose effect on a sample is a formula of that sample or of the last one."""


def strike(kind, values, onset=1000, end=2000, rows=(1, 2), period=BASE, blames=False, n=N):
    """A threat of a kind with these parameters, as a layer."""
    about = KINDS[kind]
    numbers = [np.full(n, values[name]) for name in about.parameters]
    told = numbers[list(about.parameters).index(about.tells)] if about.tells else np.ones(n)
    if about.at_centre:
        numbers += [np.full(n, CENTRE)] * len(rows)
    onset, end = (np.broadcast_to(np.asarray(t, np.int64), (n,)).copy() for t in (onset, end))
    return Strike(about.rule, rows, onset, end, np.array(numbers).reshape(-1, n), told, blames, period)


class Rig:
    """A tap with one threat; the carried signal changes at every tick."""

    def __init__(self, layer, n=N):
        self.layer, self.state = layer, layer.initial(n)
        self.before, self.after = np.zeros((ROWS, n)), np.full((ROWS, n), -1.0)
        self.truth, self.fault = np.full(n, -1.0), np.zeros(n, np.int8)

    def run(self, signal):
        """After each tick: the signal behind the tap, and what is told."""
        wires = StrikeWires(self.before, self.after, self.truth, self.fault)
        shown, told = [], []
        for k, values in enumerate(signal):
            self.before[:] = values
            self.layer.step(self.state, wires, wires, k * BASE)
            shown.append(self.after.copy())
            told.append(self.truth.copy())
        return np.array(shown), np.array(told)


def signal(ticks=15):
    """Anything a wire may carry, with a value that is none."""
    drawn = np.random.Generator(np.random.Philox(key=5)).normal(50.0, 5.0, (ticks, ROWS, N))
    drawn[3, 1, 0] = math.nan
    return drawn


@pytest.mark.parametrize("kind", PLAIN)
def test_a_threat_acts_from_its_onset_to_its_end_and_at_no_other_tick(kind):
    sent = signal()
    shown, told = Rig(strike(kind, EFFECT[kind])).run(sent)
    active = np.array([1000 <= k * BASE < 2000 for k in range(len(sent))])
    np.testing.assert_array_equal(shown[~active][:, 1:3], sent[~active][:, 1:3])
    assert (told[~active] == 0.0).all()
    for k in np.flatnonzero(active):
        expected = EXPECTED[kind](sent[k, 1:3], shown[k - 1, 1:3])
        np.testing.assert_allclose(shown[k, 1:3], expected, rtol=1e-14)
        assert (told[k] == (EFFECT[kind]["magnitude"] if KINDS[kind].tells else 1.0)).all()


@pytest.mark.parametrize("kind", PLAIN)
def test_a_threat_leaves_the_rows_that_it_does_not_strike_to_the_tap(kind):
    shown, _ = Rig(strike(kind, EFFECT[kind])).run(signal())
    assert (shown[:, [0, 3]] == -1.0).all()


@pytest.mark.parametrize("kind", [kind for kind in PLAIN if KINDS[kind].null])
def test_the_null_form_acts_and_leaves_the_signal_bit_for_bit(kind):
    sent = signal()
    shown, _ = Rig(strike(kind, dict(KINDS[kind].null), onset=0, end=FOREVER)).run(sent)
    assert shown[:, 1:3].tobytes() == sent[:, 1:3].tobytes()


@pytest.mark.parametrize("kind", [kind for kind in PLAIN if KINDS[kind].null])
@pytest.mark.parametrize("odd", [-0.0, math.inf, -math.inf, 5e-324, 1e308])
def test_the_null_form_leaves_even_odd_numbers_bit_for_bit(kind, odd):
    sent = np.full((1, ROWS, N), odd)
    with np.errstate(all="ignore"):
        shown, _ = Rig(strike(kind, dict(KINDS[kind].null), onset=0, end=FOREVER)).run(sent)
    assert shown[:, 1:3].tobytes() == sent[:, 1:3].tobytes()


@pytest.mark.parametrize("kind", PLAIN)
def test_a_threat_whose_onset_never_comes_leaves_the_signal_bit_for_bit(kind):
    sent = signal()
    shown, told = Rig(strike(kind, EFFECT[kind], onset=FOREVER, end=FOREVER)).run(sent)
    assert shown[:, 1:3].tobytes() == sent[:, 1:3].tobytes()
    assert (told == 0.0).all()


@pytest.mark.parametrize("kind", PLAIN)
def test_each_replica_is_struck_at_its_own_time(kind):
    sent = signal()
    _, told = Rig(strike(kind, EFFECT[kind], onset=[0, 1000, 2000], end=[400, 1400, 2400])).run(sent)
    found = [[k for k in range(len(sent)) if told[k, i]] for i in range(N)]
    assert found == [[0, 1], [5, 6], [10, 11]]


@pytest.mark.parametrize("kind", PLAIN)
@pytest.mark.parametrize("blames", [True, False])
def test_the_ai_is_blamed_from_the_onset_on_and_only_behind_its_taps(kind, blames):
    rig = Rig(strike(kind, EFFECT[kind], blames=blames))
    rig.run(signal(5))
    assert rig.fault.tolist() == [0] * N
    rig.run(signal(7))
    assert rig.fault.tolist() == [int(blames)] * N


@pytest.mark.parametrize("kind", PLAIN)
def test_the_first_threat_of_a_tick_that_blames_the_ai_ends_the_blame_with_itself(kind):
    rig = Rig(replace(strike(kind, EFFECT[kind], blames=True), leads=True))
    rig.run(signal(7))
    assert rig.fault.tolist() == [1] * N
    rig.run(signal(11))
    assert rig.fault.tolist() == [0] * N


def test_a_later_threat_of_the_tick_keeps_what_an_earlier_one_has_blamed():
    rig = Rig(strike("bias", EFFECT["bias"], blames=True))
    rig.fault[1] = 1
    rig.run(signal(5))
    assert rig.fault.tolist() == [0, 1, 0]


def test_a_tap_of_a_slower_signal_strikes_when_it_is_renewed_and_tells_at_every_tick():
    sent = signal()
    shown, told = Rig(strike("bias", {"magnitude": 3.0}, onset=400, period=1000)).run(sent)
    assert [bool(one.all()) for one in told > 0] == [2 <= k < 10 for k in range(15)]
    np.testing.assert_array_equal(shown[1:5, 1:3], np.repeat(shown[:1, 1:3], 4, axis=0))
    np.testing.assert_array_equal(shown[5, 1:3], sent[5, 1:3] + 3.0)


@pytest.mark.parametrize("kind", ["halt", "freeze"])
def test_a_frozen_signal_holds_the_last_value_from_before_the_onset(kind):
    sent = signal()
    shown, _ = Rig(strike(kind, {})).run(sent)
    for k in range(5, 10):
        np.testing.assert_array_equal(shown[k, 1:3], sent[4, 1:3])


def test_negate_turns_the_action_round_its_centre():
    rig = Rig(strike("negate", {"gain": 1.0}, onset=0, end=FOREVER))
    shown, _ = rig.run(np.full((1, ROWS, N), CENTRE + 2.0))
    np.testing.assert_allclose(shown[0, 1:3], CENTRE - 2.0)


def test_a_tap_carries_every_row_that_nothing_strikes_bit_for_bit():
    tap, before, after = Tap((0, 3), BASE), signal()[0], np.full((ROWS, N), -1.0)
    before[3, 2] = math.nan
    tap.step(tap.initial(N), before, after, 0)
    assert after[[0, 3]].tobytes() == before[[0, 3]].tobytes()
    assert (after[1:3] == -1.0).all()


def test_a_tap_of_a_slower_signal_carries_when_it_is_renewed_only():
    tap, after = Tap((0, 1), 1000), np.zeros((2, 1))
    for k, value in enumerate(range(12)):
        tap.step(tap.initial(1), np.full((2, 1), float(value)), after, k * BASE)
        assert after[0, 0] == 5 * (k // 5)


QUANTITIES = {"process", "sensor", "uplink", "input", "policy", "ai_write", "downlink", "actuator",
              "sif_sensor"}  # fmt: skip
CARRIED = {"operator", "config", "runtime", "guard", "heartbeat"}


@pytest.mark.parametrize(
    "kind", ["bias", "ramp", "noise", "spike", "force", "freeze", "blank", "scale", "replay"]
)
def test_a_threat_to_a_quantity_may_act_wherever_one_is_carried(kind):
    assert set(KINDS[kind].taps) == QUANTITIES == set(TAPS) - CARRIED - WIRED_TAPS


def test_every_kind_acts_on_known_taps_and_has_parameters_for_its_null_form():
    for kind in KINDS.values():
        assert set(kind.taps) <= set(TAPS)
        assert set(kind.null) <= set(kind.parameters)
        assert not kind.tells or kind.tells in kind.parameters
    assert set(TAPS) > AI_TAPS


@pytest.mark.parametrize("name", list(KINDS))
def test_every_kind_conforms_on_every_tap_that_it_names(name):
    assert list(complaints(KINDS[name])) == []


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (Kind(bias, ("sensor",), {"magnitude": Param("target")}, null={"magnitude": 0.0}), "no trial value"),
        (Kind(bias, ("sensor",), {"magnitude": Param("target")}, null={"magnitude": 1.0},
              trial={"magnitude": 3.0}), "its null form changes the signal"),
        (Kind(bias, ("sensor",), {"magnitude": Param("target")}, null={"magnitude": 0.0},
              trial={"magnitude": 0.0}), "its active form changes nothing"),
        (Kind(bias, ("elsewhere",), {"magnitude": Param("target")}, trial={"magnitude": 3.0}), "no tap"),
        (Kind(bias, ("sensor",), {"magnitude": Param("target", above=5)}, trial={"magnitude": 3.0}),
         "out of its own bounds"),
        (Kind(bias, ("sensor",), {"magnitude": Param("target")}, tells="size", trial={"magnitude": 3.0}),
         "tells a parameter"),
    ],
)  # fmt: skip
def test_a_kind_that_does_not_keep_the_rules_is_told_so(kind, told):
    assert any(told in one for one in complaints(kind))


def test_a_ramp_grows_at_its_rate_to_its_limit_and_tells_how_far_it_is():
    layer = replace(strike("ramp", {"limit": -1.0, "rate": 2.0}, end=FOREVER), looks_back=True,
                    growth=np.full(N, 2.0))  # fmt: skip
    shown, told = Rig(layer).run(np.full((15, ROWS, N), 350.0))
    grown = [0.0] * 5 + [0.0, 0.4, 0.8] + [1.0] * 7
    np.testing.assert_allclose(350.0 - shown[:, 1, 0], grown, atol=1e-12)
    np.testing.assert_allclose(-told[:, 0], grown, atol=1e-12)


def test_a_delayed_signal_shows_at_once_what_was_sent_that_long_ago():
    layer = replace(strike("delay", {"by": 600.0}), looks_back=True, depth=4)
    sent = signal()
    shown, _ = Rig(layer).run(sent)
    np.testing.assert_array_equal(shown[5:10, 1:3], sent[2:7, 1:3])
    np.testing.assert_array_equal(shown[10:, 1:3], sent[10:, 1:3])


def test_a_replay_plays_what_was_recorded_before_its_onset_again_and_again():
    layer = replace(strike("replay", {"length": 400.0}, end=FOREVER), looks_back=True, depth=2)
    sent = signal()
    shown, _ = Rig(layer).run(sent)
    for k in range(5, 15):
        np.testing.assert_array_equal(shown[k, 1:3], sent[3 + (k - 5) % 2, 1:3])


def test_a_replay_from_the_first_tick_on_has_nothing_to_play():
    layer = replace(strike("replay", {"length": 400.0}, onset=0), looks_back=True, depth=2)
    sent = signal()
    np.testing.assert_array_equal(Rig(layer).run(sent)[0][:, 1:3], sent[:, 1:3])


def test_a_sticking_valve_stays_inside_its_band_and_slips_past_it():
    sent = np.full((15, ROWS, N), 50.0)
    sent[6:, 1] = 53.0
    sent[8:, 1] = 59.0
    shown, _ = Rig(strike("stick", {"band": 5.0}, end=FOREVER)).run(sent)
    assert shown[:, 1, 0].tolist() == [50.0] * 8 + [59.0] * 7


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_a_threat_with_a_chance_acts_that_often_and_tells_when(share):
    about, n = KINDS["spike"], 40
    layer = replace(strike("spike", {"magnitude": 4.0, "probability": share}, end=FOREVER, n=n),
                    parameters=np.full((1, n), 4.0), chance=np.full(n, share), keys=(5, 6, 7))  # fmt: skip
    shown, told = Rig(layer, n).run(np.zeros((100, ROWS, n)))
    assert about.tells == "magnitude"
    np.testing.assert_array_equal(shown[5:, 1], told[5:])
    assert abs((told[5:] == 4.0).mean() - share) < 0.02


def test_a_forged_key_is_pressed_for_one_scan_and_again_after_its_time():
    layer = replace(strike("press", {"every": 600.0}, end=FOREVER), looks_back=True)
    shown, _ = Rig(layer).run(np.zeros((15, ROWS, N)))
    assert np.flatnonzero(shown[:, 1, 0]).tolist() == [5, 8, 11, 14]


def test_kinds_that_act_on_connections_stand_there_and_nowhere_else():
    taps = {tap for kind in WIRED.values() for tap in kind.taps}
    assert taps == WIRED_TAPS
    assert not set(WIRED) & set(KINDS)
    assert all(kind.tells in {*kind.parameters, ""} for kind in WIRED.values())


def test_ramps_go_from_where_the_signal_stood_to_each_level_at_their_rate():
    """A change between two scans of 200 ms is at most 1.0, whatever is asked for."""
    parameters = np.tile(np.array([1000.0, 5.0, 13.0, 8.0])[:, None], (1, N))
    onset, end = np.full(N, 1000), np.full(N, 3000)
    layer = Strike(
        KINDS["ramps"].rule, (1,), onset, end, parameters, np.ones(N), False, BASE, looks_back=True
    )
    shown, _ = Rig(layer).run(np.full((17, ROWS, N), 10.0))
    course = [10.0] * 5 + [11.0, 12.0, 13.0, 13.0, 13.0] + [12.0, 11.0, 10.0, 9.0, 8.0] + [10.0] * 2
    for row in shown[:, 1].T:
        np.testing.assert_allclose(row, course, rtol=1e-12)
