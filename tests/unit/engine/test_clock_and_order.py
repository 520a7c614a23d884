"""Within a tick the tuple's order rules; across ticks each layer runs at its own period."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from plant_cases import case, every_channel, recorded, threat, with_operator, with_threats

from simulator.engine.board import Board
from simulator.engine.layer import Bound
from simulator.engine.run import Engine
from simulator.scenario.build import Threats, build

ALWAYS = ("procedure", "disturbances", "program", "sensors", "analysers", "copies", "uplink", "input_guard",
          "config_check", "pid")  # fmt: skip
WATCHED = (*ALWAYS[:-2], "monitor", *ALWAYS[-2:])
"""With an AI on a plant that is commissioned."""
OF_THE_AI = ("cycle", "host_link", "ai", "answer_link", "write_link", "watchdog", "deadline",
             "novelty", "output_guard", "guard_watch")  # fmt: skip
AFTER = ("modes", "final_clamp", "moves", "downlink", "valves", "readback", "annunciation", "alarms",
         "sis_sensors", "deviation", "sifs", "elements", "plant")  # fmt: skip
TAPPED_BEFORE = {
    "process": "sensors", "sensor": "uplink", "uplink": "input_guard", "input": "host_link",
    "policy": "write_link", "heartbeat": "write_link", "downlink": "valves", "actuator": "valves",
    "sif_sensor": "deviation",
}  # fmt: skip
STRIKES = {
    "process": threat("one", "step", "process", "feed_temperature", magnitude="1 K"),
    "sensor": threat("one", "bias", "sensor", "TT-101", magnitude="1 K"),
    "uplink": threat("one", "bias", "uplink", "TT-101", magnitude="1 K"),
    "input": threat("one", "bias", "input", "TT-101", magnitude="1 K"),
    "policy": threat("one", "negate", "policy", gain="1 rev"),
    "heartbeat": threat("one", "halt", "heartbeat"),
    "downlink": threat("one", "force", "downlink", "TV-101", value="1 %"),
    "actuator": threat("one", "force", "actuator", "TV-101", value="1 %"),
    "sif_sensor": threat("one", "bias", "sif_sensor", "TT-111A", magnitude="1 K"),
}


def names_of(built):
    return tuple(bound.name for bound in build(built).path)


@pytest.mark.parametrize("ai", ["rcas", "rout"])
def test_the_order_of_a_tick_is_the_golden_one(ai):
    assert names_of(case("CTL-001", ai=ai)) == (*WATCHED, *OF_THE_AI, *AFTER)


def test_without_an_ai_nothing_of_it_is_on_the_path():
    assert names_of(case("CTL-001", with_ai=False)) == (*ALWAYS, *AFTER)


def test_the_operator_acts_before_everything_else():
    assert names_of(case("NET-003"))[0] == "operator"


@pytest.mark.parametrize("ai", ["rcas", "rout"])
@pytest.mark.parametrize("tap", list(STRIKES))
def test_a_threat_stands_at_its_tap_just_before_the_layer_that_reads_it(tap, ai):
    found = names_of(with_threats(case("CTL-001", ai=ai), STRIKES[tap]))
    place = found.index("tap.one")
    assert found[place : place + 3] == ("tap.one", "threat.one", TAPPED_BEFORE[tap])
    without = tuple(name for name in found if name not in ("tap.one", "threat.one", "tapped_link"))
    assert ("tapped_link" in found) == (tap == "input"), "who lies to the AI finds words on the wire"
    assert without == (*WATCHED, *OF_THE_AI, *AFTER)


def test_threats_at_one_tap_have_a_stage_each_in_the_order_of_the_file():
    pair = [STRIKES["uplink"].model_copy(update={"name": name}) for name in ("two", "one")]
    found = names_of(with_threats(case("CTL-001"), *pair))
    place = found.index("uplink") + 1
    assert found[place : place + 5] == ("tap.two", "threat.two", "tap.one", "threat.one", "input_guard")


def test_threats_that_are_absent_leave_no_layer():
    built = replace(with_threats(case("CTL-001"), STRIKES["sensor"]), threats=Threats.ABSENT)
    assert names_of(built) == (*WATCHED, *OF_THE_AI, *AFTER)


@pytest.mark.parametrize(("plant", "plc", "ai"), [("cstr", 200, 1000), ("cstr_slow", 1000, 10_000)])
def test_every_layer_runs_at_the_period_of_its_place(plant, plc, ai):
    periods = {bound.name: bound.period for bound in build(case("CTL-001", plant)).path}
    of_plc = ("procedure", "program", "uplink", "input_guard", "config_check", "pid", "watchdog", "deadline",
              "output_guard", "guard_watch", "modes", "final_clamp", "moves", "downlink", "readback",
              "annunciation", "alarms")  # fmt: skip
    of_ai = ("disturbances", "cycle", "host_link", "ai", "answer_link", "write_link")
    watched = {"novelty": ai, "monitor": plc} if plant == "cstr" else {}
    expected = dict.fromkeys(periods, 200) | dict.fromkeys(of_plc, plc) | dict.fromkeys(of_ai, ai) | watched
    assert periods == expected


@pytest.mark.parametrize(("plant", "plc"), [("cstr", 200), ("cstr_slow", 1000)])
def test_the_operator_acts_at_the_pace_of_the_plc(plant, plc):
    """Else a press that lasts one base tick falls between two scans."""
    built = with_operator(case("CTL-001", plant), 2_000, TT_101__H="override")
    assert {bound.name: bound.period for bound in build(built).path}["operator"] == plc


@dataclass(frozen=True)
class Toy:
    """Writes down when it was called."""

    name: str
    book: list

    def initial(self, _):
        return None

    def calls(self, *_):
        return (lambda now: self.book.append((now, self.name, type(now))),)


def play(periods, base, until):
    """Calls of toy layers a, b, c.. with these periods, in order."""
    book = []
    path = [Bound(chr(97 + k), Toy(chr(97 + k), book), None, None, None, p) for k, p in enumerate(periods)]
    engine = Engine(path, base)
    engine.run(until)
    return engine, book


@pytest.mark.parametrize(
    "periods", [(200, 1000, 400, 200, 1000), (1000, 400, 200), (400, 1000), (600, 400, 1000, 200)]
)
def test_at_common_ticks_all_due_layers_run_once_in_the_tuples_order(periods):
    _, book = play(periods, 200, 12_000)
    expected = [
        (now, chr(97 + k)) for now in range(0, 12_000, 200) for k, p in enumerate(periods) if now % p == 0
    ]
    assert [(now, name) for now, name, _ in book] == expected


def test_time_is_a_whole_number_of_milliseconds():
    engine, book = play((200, 1000), 200, 5_000)
    assert {kind for _, _, kind in book} == {int}
    assert isinstance(engine.environment.now, int)
    assert engine.environment.now == 5_000


def test_the_tick_at_the_end_does_not_run():
    assert play((200,), 200, 1_000)[1][-1][0] == 800


@pytest.mark.parametrize("uneven", [100, 300, 250, 1, 999])
def test_a_period_that_is_no_multiple_of_the_base_tick_is_refused(uneven):
    with pytest.raises(ValueError, match="no multiples of the base tick"):
        play((200, uneven), 200, 1_000)


def test_a_layer_may_be_slower_than_every_other_one():
    assert [now for now, name, _ in play((200, 86_400_000), 200, 2_000)[1] if name == "b"] == [0]


@pytest.mark.parametrize("duration", [60_000, 60_200])
def test_a_run_records_every_tick_that_begins_before_its_end(duration):
    traces = recorded(case("CTL-001", duration=duration))
    assert len(traces.times()) == duration // 200
    assert np.isfinite(traces.data["TT-101"]).all()


@pytest.mark.parametrize("duration", [60_100, 60_001, 100])
def test_a_run_that_is_no_whole_number_of_base_ticks_is_refused(duration):
    block = build(case("CTL-001", duration=duration))
    with pytest.raises(ValueError, match="no whole number of"):
        block.run({})


def test_a_tick_is_recorded_after_its_last_layer():
    """The record of a tick holds what the plant came to in it."""
    block = build(case("CTL-001"))
    traces = block.run(every_channel(block))
    last = np.concatenate([block.board.quantity("true")[:, 0]])
    found = [traces.data[f"true.{name}"][-1, 0] for name in block.board.names("true")]
    np.testing.assert_array_equal(found, last.astype(np.float32))


def board(**aliases):
    return Board(2, {"a": ("x", "y"), "b": ("x", "y")}, {"s": ("p",)}, aliases)


def test_blocks_of_a_board_do_not_overlap():
    one = board()
    one.quantity("a")[:], one.quantity("b")[:], one.state("s")[:] = 1.0, 2.0, 3
    assert one.reals.tolist() == [[1.0, 1.0]] * 2 + [[2.0, 2.0]] * 2
    assert one.states.tolist() == [[3, 3]]
    assert one.place("b", "y") == (False, 3)
    assert one.place("s", "p") == (True, 0)


def test_an_alias_is_one_signal_under_two_names():
    one = board(b="a")
    one.quantity("b")[1] = 7.0
    assert one.quantity("a")[1].tolist() == [7.0, 7.0]
    assert one.place("b", "y") == one.place("a", "y")
    assert one.reals.shape == (2, 2)


@pytest.mark.parametrize("kind", ["quantities", "states"])
def test_two_rows_of_one_name_are_refused(kind):
    """Else a view is shorter than its block, and a kernel writes past its end."""
    blocks = {"quantities": {}, "states": {}} | {kind: {"safe": ("XV-1", "XV-2", "XV-1")}}
    with pytest.raises(ValueError, match="block 'safe' names a row twice"):
        Board(1, **blocks, aliases={})


@pytest.mark.parametrize(("ai", "cycle"), [("rcas", 1000), ("rout", 200)])
def test_an_ai_is_asked_at_its_own_cycle_and_the_day_does_not_depend_on_it(ai, cycle):
    periods = {bound.name: bound.period for bound in build(case("NET-003", "cstr", ai)).path}
    assert periods["ai"] == periods["host_link"] == periods["write_link"] == cycle
    assert periods["disturbances"] == 1000


@pytest.mark.parametrize("period", [200, 400, 1000])
def test_a_tick_stands_still_before_what_waits_and_then_goes_on_in_order(period):
    """A run in two halves calls what a run in one does, and stands once in each tick of what waits."""
    book = []
    path = [Bound(name, Toy(name, book), None, None, None, p, waits=name == "b")
            for name, p in (("a", 200), ("b", period), ("c", 400))]  # fmt: skip
    stood = [(now, len(book)) for now in Engine(path, 200).questions(4_000)]
    whole = play((200, period, 400), 200, 4_000)[1]
    assert book == whole
    assert stood == [(now, k) for k, (now, name, _) in enumerate(whole) if name == "b"]


def test_a_run_that_is_left_while_it_waits_calls_nothing_more():
    book = []
    path = [Bound("a", Toy("a", book), None, None, None, 200, waits=True)]
    for now in Engine(path, 200).questions(4_000):
        if now == 1_000:
            break
    assert [now for now, _, _ in book] == [0, 200, 400, 600, 800]
