"""The path as wired: counters arrive, pulses are seen, threats reach what they strike."""

from __future__ import annotations

import numpy as np
import pytest
from plant_cases import build, case, every_channel, recorded, suite, threat, with_operator, with_threats

from simulator.control.ai.policy import Policy, PolicyInputs, PolicyOut
from simulator.core.states import MODE
from simulator.engine.board import Board
from simulator.engine.layer import Wire
from simulator.modbus.codec import LinkInputs, LinkOut
from simulator.scenario.build.control_parts import write_link
from simulator.scenario.build.names import Names, state_blocks
from simulator.scenario.checks.threat import targets
from simulator.testing.mutants import BROKEN, removable, removed

TWINS = ("cstr", "cstr_slow")


def whole(built):
    return recorded(built, every=True).data


@pytest.mark.parametrize("ai", ["rcas", "rout"])
def test_every_step_of_a_counter_is_seen_behind_the_write_link(ai):
    """The watchdog ages what has not moved: a step that the wire swallows looks like a silent AI."""
    about = suite().plants["cstr"]
    names = Names(about.spec, about.physics.owner(**about.parameters))
    link = write_link(names, about.spec.ai[ai])
    counters = np.arange(65536.0)
    sent = np.vstack([np.full_like(counters, 350.0), counters, counters, counters])
    got = np.zeros_like(sent)
    link.step(link.initial(counters.size), LinkInputs(sent), LinkOut(got), 0)
    assert (got[1] != np.roll(got[1], 1)).all()


@pytest.mark.parametrize("ai", ["rcas", "rout"])
def test_an_ai_that_writes_every_cycle_is_never_older_than_its_cycle(ai):
    """Counter steps behind the link, one a cycle, over a run of 30 cycles."""
    data = whole(case("CTL-001", ai=ai, duration=30_000))
    beats = data["mailbox.heartbeat"][::5, 0]
    assert (np.diff(beats) > 0).all()


@pytest.mark.parametrize("plant", TWINS)
@pytest.mark.parametrize("reaction", [2_000, 2_200, 2_400])
def test_an_operator_who_overrides_is_obeyed_at_the_next_scan_of_the_plc(plant, reaction):
    built = with_threats(case("CTL-001", plant, duration=120_000, early=False),
                         threat("one", "bias", "uplink", "TT-101", "20 s", magnitude="30 K"))  # fmt: skip
    data = whole(with_operator(built, reaction, TT_101__H="override"))
    pulses = np.flatnonzero(data["actions.override"][:, 0])
    assert pulses.size, "the alarm comes and the operator acts"
    modes = data["mode.TIC-101"][:, 0]
    scan = 5 if plant == "cstr_slow" else 1
    assert (modes[pulses[0] + scan :] == MODE["MAN"]).all()


@pytest.mark.parametrize("plant", TWINS)
def test_an_operator_who_acts_acknowledges_the_alarm(plant):
    built = with_threats(case("CTL-001", plant, duration=60_000, early=False),
                         threat("one", "bias", "uplink", "TT-101", "20 s", magnitude="30 K"))  # fmt: skip
    data = whole(with_operator(built, 2_000, TT_101__H="override"))
    assert 2.0 in data["alarms.TT-101.H"][:, 0], "acknowledged"


def reactor(*threats, plant="cstr", ai="rcas", duration=20_000):
    return whole(with_threats(case("CTL-001", plant, ai, duration=duration, early=False), *threats))


@pytest.mark.parametrize(
    ("tap", "target", "row"),
    [("sensor", "TT-101", "TT-101"), ("uplink", "TT-101", "TT-101"), ("input", "TT-101", "TT-101")],
)
def test_a_bias_shows_behind_its_tap_and_not_before_it(tap, target, row):
    before, after = {
        "sensor": ("sensed", "transmitted"),
        "uplink": ("field", "received"),
        "input": ("received", "host"),
    }[tap]
    renewed = slice(None, None, 5 if tap == "input" else 1)  # what goes to the AI, once in its cycle
    data = {
        name: samples[renewed]
        for name, samples in reactor(threat("one", "bias", tap, target, magnitude="3 K")).items()
    }
    apart = data[f"{after}.{row}"][:, 0] - data[f"{before}.{row}"][:, 0]
    onset = 4 if tap == "input" else 20
    np.testing.assert_allclose(apart[:onset], 0.0, atol=1e-9)
    np.testing.assert_allclose(apart[onset:], 3.0, atol=1e-3)
    others = [n for n in data if n.startswith(f"{after}.") and not n.endswith((row, "ZT-101"))]
    for name in others:
        np.testing.assert_array_equal(data[name], data[name.replace(after, before, 1)])


def test_a_lie_to_the_ai_is_no_lie_to_the_plc():
    data = reactor(threat("one", "bias", "input", "TT-101", magnitude="3 K"))
    np.testing.assert_array_equal(data["received.TT-101"], data["field.TT-101"])


def test_a_lie_to_the_control_system_is_no_lie_to_the_safety_functions():
    lied = reactor(threat("one", "bias", "sensor", "TT-101", magnitude="0.001 K"))
    assert np.array_equal(lied["sis_read.TT-111A"], lied["sis_sensed.TT-111A"])


@pytest.mark.parametrize("order", [1, -1])
def test_two_threats_on_one_signal_both_act(order):
    """The second must not undo the first, least of all while it is not active itself."""
    pair = (threat("one", "bias", "uplink", "TT-101", "4 s", magnitude="3 K"),
            threat("two", "bias", "uplink", "TT-101", "12 s", magnitude="5 K"))[::order]  # fmt: skip
    data = reactor(*pair)
    apart = data["received.TT-101"][:, 0] - data["field.TT-101"][:, 0]
    np.testing.assert_allclose(apart[20:60], 3.0, atol=1e-3)
    np.testing.assert_allclose(apart[60:], 8.0, atol=1e-3)


DRIVEN = {"coolant_valve", "feed_valve", "quench_valve"}
"""Inputs of the reactor that a final element drives."""


@pytest.mark.parametrize("plant", TWINS)
def test_every_input_that_the_checks_accept_reaches_the_plant_when_it_is_struck(plant):
    """A threat that the scenario checks accept must act; a valve's input is written after the tap."""
    about = suite().plants[plant]
    accepted, _ = targets(about, "process", None)
    inputs = {name: (unit, value) for name, unit, value in about.physics.owner.INPUTS}
    assert set(accepted) == set(inputs) - DRIVEN
    forced = {name: 0.97 * inputs[name][1] for name in accepted}
    strikes = [
        threat(name, "force", "process", name, value=f"{value} {inputs[name][0]}")
        if inputs[name][0] != "1"
        else threat(name, "force", "process", name, value=f"{100 * value} %")
        for name, value in forced.items()
    ]
    data = reactor(*strikes, plant=plant)
    for name, value in forced.items():
        assert not np.isclose(data[f"drive.{name}"][:20, 0], value, rtol=1e-6).any(), name
        np.testing.assert_allclose(data[f"drive.{name}"][20:, 0], value, rtol=1e-6, err_msg=name)


def test_an_input_that_is_struck_leaves_the_driven_inputs_to_their_valves():
    data = reactor(threat("one", "step", "process", "feed_temperature", magnitude="5 K"))
    np.testing.assert_array_equal(data["drive.coolant_valve"], data["position.TV-101"])


@pytest.mark.parametrize("plant", TWINS)
@pytest.mark.parametrize("tap", ["downlink", "actuator"])
def test_every_valve_that_the_checks_accept_goes_where_it_is_struck(plant, tap):
    """The valve of a loop and no other; a block valve has no such signal."""
    accepted, _ = targets(suite().plants[plant], tap, None)
    assert accepted == ["TV-101"]
    data = reactor(threat("one", "force", tap, "TV-101", value="90 %"), plant=plant)
    assert (data["demand.TV-101"][:20, 0] < 80.0).all()
    assert (data["demand.TV-101"][20:, 0] == 90.0).all()
    assert data["position.TV-101"][-1, 0] == pytest.approx(90.0, abs=0.3)


@pytest.mark.parametrize(("ai", "value"), [("rcas", "351 K"), ("rout", "61 %")])
def test_what_the_ai_writes_is_struck_at_the_policy_and_its_counters_are_not(ai, value):
    data = reactor(threat("one", "force", "policy", value=value), ai=ai)
    sent, answer = data["sent.TIC-101"][:, 0], data["answer.TIC-101"][:, 0]
    np.testing.assert_array_equal(sent[:20], answer[:20])
    assert (sent[20:] == float(value.split()[0])).all()
    assert (answer[20:] != sent[20:]).all()
    for counter in ("heartbeat", "sequence"):
        np.testing.assert_array_equal(data[f"sent.{counter}"], data[f"answer.{counter}"])
    assert data["ai_fault.flag"][20:, 0].all()


def test_an_ai_that_repeats_one_refused_value_is_shed_for_its_strikes():
    """The guard counts writes by the sequence number behind the link."""
    data = reactor(threat("one", "force", "policy", value="399 K"))
    shed = np.flatnonzero(data["shed.TIC-101"][:, 0])
    assert shed.size and shed[0] == 30, "the third write, 2 s after the first at 4 s"


def test_an_ai_that_writes_no_number_is_shed_and_no_such_number_reaches_the_valve():
    data = reactor(threat("one", "blank", "policy"), ai="rout")
    assert np.isnan(data["sent.TIC-101"][20:, 0]).all()
    assert np.isfinite(data["command.TV-101"]).all()
    assert data["mode.TIC-101"][-1, 0] == MODE["AUTO"]


def test_the_ai_is_no_longer_blamed_after_its_threat_has_ended():
    data = reactor(threat("one", "negate", "policy", onset="4 s", lasts="4 s", gain="1 rev"))
    assert data["threat.one"][20:40, 0].all()
    assert not data["threat.one"][40:, 0].any()
    assert data["ai_fault.flag"][20:40, 0].all()
    assert not data["ai_fault.flag"][40:, 0].any()


@pytest.mark.parametrize("order", [1, -1])
def test_the_ai_is_blamed_as_long_as_one_of_its_threats_acts(order):
    pair = (threat("one", "bias", "input", "TT-101", "4 s", "4 s", magnitude="3 K"),
            threat("two", "negate", "policy", None, "6 s", "6 s", gain="1 rev"))[::order]  # fmt: skip
    blamed = reactor(*pair)["ai_fault.flag"][:, 0].astype(bool)
    assert np.flatnonzero(blamed).tolist() == list(range(20, 60))


@pytest.mark.parametrize("ai", ["rcas", "rout"])
def test_every_layer_of_a_build_can_be_removed_and_what_is_left_still_runs(ai):
    sound = build(case("CTL-001", ai=ai))
    sifs = tuple(suite().plants["cstr"].spec.sifs)
    for name in removable(sound.path, sifs):
        built = build(case("CTL-001", ai=ai, duration=2_000, mutate=removed(name, sifs)))
        left = [one for one in built.path if one.name == name]
        assert all(isinstance(one.layer, Wire) for one in left)
        assert bool(left) is (name in ("output_guard", "final_clamp"))
        assert {one.name for one in sound.path} - {one.name for one in built.path} <= {name}
        built.run({})


@pytest.mark.parametrize("name", list(BROKEN))
def test_every_broken_build_differs_from_the_sound_one_in_one_layer(name):
    """In its rule, its parameters, its set-up arrays, or a wire that no longer comes from the board."""
    sound, built = build(case("CTL-001")), build(case("CTL-001", mutate=BROKEN[name]))
    changed = [a.name for a, b in zip(sound.path, built.path, strict=True) if different(a, b, built.board)]
    assert len(changed) == 1


def different(sound, built, board):
    """Whether a mutant has touched this layer."""
    if type(sound.layer) is not type(built.layer):
        return True
    if any(not same(getattr(sound.layer, k), v) for k, v in vars(built.layer).items() if is_plain(v)):
        return True
    if any(not same(a, b) for a, b in zip(arrays(sound.state), arrays(built.state), strict=True)):
        return True
    inputs = [a for a in arrays(built.inputs) if a.size]
    wired = [np.may_share_memory(a, m) for a in inputs for m in (board.reals, board.states)]
    return 2 * sum(wired) < len(wired)


def is_plain(value):
    return isinstance(value, int | float | str)


def same(one, other):
    return np.asarray(one).tobytes() == np.asarray(other).tobytes()  # bit for bit, NaN too


def arrays(parts):
    """Every array of a state or of wires."""
    if isinstance(parts, np.ndarray):
        return [parts]
    return [a for part in parts for a in arrays(part)] if isinstance(parts, tuple) else []


def test_channels_of_the_board_are_all_found():
    block = build(case("CTL-001"))
    assert len(every_channel(block)) >= block.board.reals.shape[0] + block.board.states.shape[0]


def test_with_two_loops_the_ai_writes_its_counters_into_the_last_two_registers():
    """Rows: one a loop, number of the question, heartbeat, sequence; the watchdog reads the last two."""
    policy = Policy(
        (0,), (0.0,), (1.0,), 1, (0,), ((10.0, 2.0),), lambda _: lambda: np.ones((1, 1), np.float32)
    )
    written = np.zeros((5, 1))
    inputs = PolicyInputs(np.zeros((1, 1)), np.full(1, 9.0), np.zeros(1, np.int8))
    policy.step(policy.initial(1), inputs, PolicyOut(written), 0)
    assert written[:, 0].tolist() == [12.0, 0.0, 9.0, 1.0, 1.0]


def test_the_row_of_a_group_of_one_valve_is_not_the_row_of_the_valve():
    """XV-101A alone: one row for the valve, one for its group, of different names."""
    about = suite().plants["cstr"]
    left = {tag: e for tag, e in about.spec.final_elements.items() if tag != "XV-101B"}
    spec = about.spec.model_copy(update={"final_elements": left})
    names = Names(spec, about.physics.owner(**about.parameters))
    assert names.groups == {"XV-101A.alone": ("XV-101A",), "XV-105": ("XV-105A", "XV-105B")}
    board = Board(1, {}, {"safe": state_blocks(names)["safe"]}, {})
    assert board.state("safe").shape == (5, 1)
