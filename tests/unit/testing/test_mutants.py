"""Mutants: each replaces entries of the tuple as it says, and leaves all others alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import pytest

from simulator.control.mode import LoopModes, Modes
from simulator.control.transitions import table
from simulator.core.states import AUTO, RCAS, ROUT, START_BUMPLESS
from simulator.engine.layer import Bound, Wire
from simulator.safeguards.output_guard import OutputCheck, OutputGuard, OutputGuardInputs, OutputGuardOut
from simulator.safeguards.watchdog import Watchdog
from simulator.sis.sif import SafetyFunctions, SifInputs, SifOut, Trip
from simulator.testing.mutants import BROKEN, removable, removed

PERIOD = 200
SIFS = ("SIF-101", "SIF-102")


class Carried(NamedTuple):
    value: Any
    admitted: Any


@dataclass(frozen=True)
class Nothing:
    """A layer that does nothing."""

    def initial(self, _):
        return None

    def calls(self, *_):
        return ()


def bound(name, layer=None, inputs=None, out=None, passes=()):
    layer = layer or Nothing()
    return Bound(name, layer, layer.initial(1), inputs, out, PERIOD, passes)


def guard():
    layer = OutputGuard((OutputCheck(340.0, 354.0),), PERIOD)
    one = np.full((1, 1), 350.0)
    inputs = OutputGuardInputs(
        np.full((1, 1), 999.0),
        np.ones(1),
        np.ones(1, np.int8),
        one,
        one,
        np.ones((1, 1), np.int8),
        np.ones(1),
        np.ones(1),
        np.ones(1),
        np.zeros(1, np.int8),
    )
    out = OutputGuardOut(
        one.copy(), np.zeros((1, 1), np.int8), np.zeros((1, 1), np.int8), np.zeros((1, 1)), np.zeros(1)
    )
    return bound("output_guard", layer, inputs, out, (("value", "admitted"), ("asked", "answered")))


def sifs():
    trips = tuple(Trip(k, (k,), 1, 360.0, True, 1, -1, ((300.0, 450.0),)) for k in range(2))
    layer = SafetyFunctions(trips, (0, 0), ((0,), (1,)), 2, PERIOD)
    inputs = SifInputs(
        np.full((2, 1), 370.0), np.zeros((2, 1), np.int8), np.zeros(1, np.int8), np.zeros((2, 1), np.int8)
    )
    return bound("sifs", layer, inputs, SifOut(np.zeros((2, 1), np.int8), np.zeros((2, 1), np.int8)))


def path():
    modes = Modes((LoopModes(RCAS, 100.0, 2.0, ()),), *table())
    return (
        bound("operator"),
        bound("watchdog", Watchdog(PERIOD, 3000, 4000)),
        guard(),
        bound("modes", modes),
        sifs(),
    )


def step(one, scans=1):
    for k in range(scans):
        one.layer.step(one.state, one.inputs, one.out, k * PERIOD)


def changed(before, after):
    """Names whose entry is not the same object any more; the tuple keeps its order."""
    assert [b.name for b in before] == [b.name for b in after]
    return {a.name for a, b in zip(before, after, strict=True) if a is not b}


def pick(built, name):
    return next(one for one in built if one.name == name)


def test_a_layer_that_no_signal_passes_is_dropped():
    built = path()
    for name in ("operator", "watchdog", "modes", "sifs"):
        found = removed(name, SIFS)(built)
        assert found == tuple(one for one in built if one.name != name)


def test_a_layer_that_signals_pass_becomes_wires_and_decides_nothing():
    built = path()
    found = removed("output_guard", SIFS)(built)
    assert [b for b in found if b.name != "output_guard"] == [b for b in built if b.name != "output_guard"]
    wires = [b for b in found if b.name == "output_guard"]
    assert all(isinstance(wire.layer, Wire) for wire in wires)
    for wire in wires:
        step(wire)
    assert wires[0].out.admitted[0, 0] == 999.0
    assert wires[0].out.answered[0] == wires[0].inputs.asked[0] == 1.0
    assert wires[0].out.shed[0, 0] == 0


def test_a_layer_that_two_signals_pass_becomes_two_wires():
    pair = (("target_sp", "sp"), ("selected", "op"))
    found = removed("final_clamp", SIFS)((bound("final_clamp", passes=pair),))
    assert [(one.layer.source, one.layer.target) for one in found] == list(pair)


def test_removing_a_safety_function_silences_it_and_no_other():
    built = path()
    for k, name in enumerate(SIFS):
        found = removed(name, SIFS)(built)
        assert changed(built, found) == {"sifs"}
        one = pick(found, "sifs")
        step(one, 100)
        assert one.out.status[:, 0].tolist() == [int(j != k) for j in range(2)]
        one.out.status[:] = one.out.demanded[:] = 0


def test_removing_a_function_leaves_the_sound_build_untouched():
    built = path()
    removed("SIF-101", SIFS)(built)
    one = pick(built, "sifs")
    step(one)
    assert one.out.status[:, 0].tolist() == [1, 1]


def test_every_layer_and_every_function_is_removable():
    assert removable(path(), SIFS) == ("operator", "watchdog", "output_guard", "modes", "sifs", *SIFS)


def test_a_mutant_of_an_absent_layer_changes_nothing():
    built = path()[:1]
    for mutation in (removed("output_guard", SIFS), *BROKEN.values()):
        assert mutation(built) == built


@pytest.mark.parametrize(
    ("name", "layer"),
    [("guard_returns_rejected", "output_guard"), ("watchdog_doubled", "watchdog"),
     ("sif_latch_leaks", "sifs"),
     ("shed_bumpless", "modes"), ("handover_kicks", "modes"), ("shed_ignored", "modes")],
)  # fmt: skip
def test_a_broken_build_replaces_one_layer(name, layer):
    built = path()
    assert changed(built, BROKEN[name](built)) == {layer}


def test_a_guard_that_returns_what_it_rejected_still_says_that_it_rejected():
    one = pick(BROKEN["guard_returns_rejected"](path()), "output_guard")
    step(one)
    assert one.out.admitted[0, 0] == 999.0
    assert one.out.reason[0, 0] != 0


def test_a_doubled_watchdog_is_twice_as_patient():
    layer = pick(BROKEN["watchdog_doubled"](path()), "watchdog").layer
    assert (layer.heartbeat, layer.sequence) == (6000, 8000)


def test_a_latch_that_leaks_comes_back_without_a_reset():
    one = pick(BROKEN["sif_latch_leaks"](path()), "sifs")
    step(one)
    assert one.out.status[:, 0].tolist() == [1, 1]
    one.inputs.read[:] = 350.0
    step(one)
    assert one.out.status[:, 0].tolist() == [0, 0]


def test_the_wrong_sign_turns_the_answer_round_its_centre_and_leaves_the_counters():
    class State(NamedTuple):
        writes: Any
        origin: Any

    class Out(NamedTuple):
        written: Any

    @dataclass(frozen=True)
    class Answers:
        writes: tuple[int, ...]

        def initial(self, _):
            return State(np.array(self.writes), np.full(len(self.writes), 350.0))

        def calls(self, _, __, out):
            return (lambda _: np.copyto(out.written, [[351.5], [352.0], [7.0], [8.0]]),)

    for writes, expected in (((0,), [348.5, 352.0]), ((1,), [351.5, 348.0]), ((0, 1), [348.5, 348.0])):
        (one,) = BROKEN["policy_sign"]((bound("ai", Answers(writes), None, Out(np.zeros((4, 1)))),))
        step(one)
        assert one.out.written[:, 0].tolist() == [*expected, 7.0, 8.0]


def test_a_bumpless_shed_forgets_the_last_good_start_and_keeps_the_transitions():
    built = path()
    state = pick(BROKEN["shed_bumpless"](built), "modes").state
    assert (state.starts == START_BUMPLESS).all()
    assert pick(built, "modes").state.starts.any(), "the sound build keeps its own"
    np.testing.assert_array_equal(state.after, pick(built, "modes").state.after)


def test_a_kicking_hand_over_moves_the_loop_that_changes_by_ten_percent_and_no_other():
    class Out(NamedTuple):
        selected: Any
        changed: Any

    @dataclass(frozen=True)
    class Chooses:
        def initial(self, _):
            return None

        def calls(self, _, __, out):
            return (lambda _: np.copyto(out.selected, 52.0),)

    out = Out(np.zeros((2, 1)), np.array([[1], [0]], np.int8))
    (one,) = BROKEN["handover_kicks"]((bound("modes", Chooses(), None, out),))
    step(one, 2)
    assert out.selected[:, 0].tolist() == [42.0, 52.0]


def test_an_ignored_shed_keeps_the_ai_and_lets_the_other_modes_move():
    built = path()
    after, sound = (pick(p, "modes").state.after for p in (BROKEN["shed_ignored"](built), built))
    assert (after[RCAS] == RCAS).all()
    assert (after[ROUT] == ROUT).all()
    np.testing.assert_array_equal(after[: AUTO + 1], sound[: AUTO + 1])
    assert (sound[RCAS] != RCAS).any()


def test_a_mutant_of_a_mutant_has_both_faults():
    found = BROKEN["watchdog_doubled"](removed("operator", SIFS)(path()))
    assert [one.name for one in found] == ["watchdog", "output_guard", "modes", "sifs"]
    assert found[0].layer == replace(path()[1].layer, heartbeat=6000, sequence=8000)


def test_a_swapped_pairing_exchanges_what_the_loops_propose_and_what_is_fed_back():
    class In(NamedTuple):
        op: Any

    class Out(NamedTuple):
        proposed: Any
        restart: Any

    class Bank:
        def initial(self, _):
            return None

        def calls(self, _, inputs, out):
            def solve(_):
                out.proposed[:], out.restart[:] = np.add(inputs.op, [[1.0], [2.0]]), [[10.0], [20.0]]

            return (solve,)

    out = Out(np.zeros((2, 1)), np.zeros((2, 1)))
    (one,) = BROKEN["pairing_swapped"]((bound("pid", Bank(), In(np.array([[30.0], [70.0]])), out),))
    step(one)
    assert out.proposed[:, 0].tolist() == [32.0, 71.0], "each follows the output that it moves"
    assert out.restart[:, 0].tolist() == [20.0, 10.0]
