"""A plant behind its registers, scan by scan without a clock: what a client's writes do to the loops."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.campaign.pace import Lateness, Pace
from simulator.campaign.plc import Cycles, Plc
from simulator.core.states import MODE, MODE_REASON
from simulator.modbus.access import Role
from simulator.modbus.codec import decode
from simulator.modbus.image import Image
from simulator.modbus.register_map import Table
from simulator.scenario.resolve_plant import resolve_plant


@pytest.fixture(scope="module")
def reactor():
    return resolve_plant("cstr", as_commissioned=True)[0]


class Desk:
    """A PLC and its registers without a network, and a client that does something after every scan."""

    def __init__(self, plant, variant="rcas"):
        self.plc = Plc(plant, variant, 1)
        self.image = Image(self.plc.registers)

    def run(self, seconds, client=lambda desk, now: None):
        for now in self.plc.scans(1000 * seconds):
            for name, words in self.plc.shown().items():
                self.image.show(name, words, 0.0)
            client(self, now)
            self.plc.take(self.image)

    def loop(self, name):
        return self.word("loops", f"TIC-101.{name}")

    def word(self, block, name):
        address = self.plc.registers[block].addresses[name]
        return int(self.image.read(Table.INPUT, address, 1, 0.0)[0])


def answering(setpoint=350.0, behind=0):
    """An AI that answers every question, or the one before it."""
    count = 0

    def client(desk, now):
        nonlocal count
        count += 1
        first = desk.plc.registers["mailbox"].registers[0]
        value = round((setpoint - first.low) / first.resolution)
        words = [value, desk.word("host", "cycle") - behind, count, count]
        desk.image.write(Table.HOLDING, Role.AI, 0, words, 0.0)

    return client


def test_an_ai_that_answers_keeps_its_loop(reactor):
    desk = Desk(reactor)
    desk.run(20, answering())
    assert desk.loop("mode") == MODE["RCAS"]
    assert (desk.plc.cycles.asked, desk.plc.cycles.answered) == (20, 20)


def test_what_it_writes_becomes_the_setpoint(reactor):
    desk = Desk(reactor)
    desk.run(20, answering(350.5))  # longer, and novelty takes the loop
    register = desk.plc.registers["loops"].registers[6]
    assert decode(desk.loop("sp"), register.low, register.resolution) == pytest.approx(350.5, abs=0.01)


def test_without_a_client_the_loop_is_shed_as_stale(reactor):
    desk = Desk(reactor)
    desk.run(5)
    assert (desk.loop("mode"), desk.loop("mode_reason")) == (MODE["AUTO"], MODE_REASON["STALE"])
    assert desk.plc.cycles.answered == 0


def test_who_answers_the_question_before_is_late(reactor):
    desk = Desk(reactor)
    desk.run(20, answering(behind=1))
    assert (desk.loop("mode"), desk.loop("mode_reason")) == (MODE["AUTO"], MODE_REASON["LATE"])


def test_a_value_that_is_no_value_is_refused_by_the_guard(reactor):
    desk = Desk(reactor)

    def client(one, now):
        words = [65535, one.word("host", "cycle"), now // 200, now // 200]
        one.image.write(Table.HOLDING, Role.AI, 0, words, 0.0)

    desk.run(5, client)
    assert (desk.loop("mode"), desk.loop("mode_reason")) == (MODE["AUTO"], MODE_REASON["OUTPUT"])


def test_an_operator_takes_the_loop_by_one_press(reactor):
    desk = Desk(reactor)
    answer = answering()

    def client(one, now):
        answer(one, now)
        if now == 5000:
            one.image.write(Table.COIL, Role.OPERATOR, 0, [1], 0.0)

    desk.run(10, client)
    assert (desk.loop("mode"), desk.loop("mode_reason")) == (MODE["MAN"], MODE_REASON["OPERATOR"])
    assert desk.image.read(Table.COIL, 0, 1, 0.0)[0] == 0


def test_a_loop_that_was_shed_is_given_back_by_the_operator_and_by_nobody_else(reactor):
    desk = Desk(reactor)
    answer = answering()

    def client(one, now):
        if now >= 6000:
            answer(one, now)
        if now == 20_000:
            assert one.loop("mode") == MODE["AUTO"]
            one.image.write(Table.COIL, Role.OPERATOR, 1, [1], 0.0)

    desk.run(22, client)
    assert desk.loop("mode") == MODE["RCAS"]


def test_without_a_policy_the_fallback_has_the_loop_and_the_points_are_shown(reactor):
    desk = Desk(reactor, None)
    desk.run(5, answering())
    assert desk.loop("mode") == MODE["AUTO"]
    assert desk.word("host", "quality") == 0


def test_the_points_are_the_words_that_the_host_link_carries(reactor):
    desk, seen = Desk(reactor), 0

    def client(one, now):
        nonlocal seen
        if now % 1000 == 0 and now:
            link = one.plc._engine
            (carried,) = [b.state.words[:, 0] for b in link._path if b.name == "host_link"]
            shown = one.plc.shown()["host"][1:]
            np.testing.assert_array_equal(shown, carried)
            seen += 1

    desk.run(10, client)
    assert seen == 9


@pytest.mark.parametrize(("plant", "loops"), [("cstr_slow", 1), ("quadruple_tank", 2)])
def test_every_plant_can_be_served(plant, loops):
    found = resolve_plant(plant, as_commissioned=True)[0]
    plc = Plc(found, None, 1)
    next(plc.scans(found.spec.scan.plc))
    words = plc.shown()
    assert len(words["loops"]) == 4 * loops
    assert len(words["alarms"]) == len(plc.registers["alarms"].body)


def test_a_question_counts_once_however_often_it_is_answered():
    cycles = Cycles()
    for number in (1, 1, 2):
        cycles.ask(number)
        cycles.answer(number)
        cycles.answer(number)
    cycles.answer(1)
    assert (cycles.asked, cycles.answered) == (2, 2)


def test_one_missed_deadline_is_not_made_up_for():
    ledger = Lateness()
    assert not ledger.kept, "a run without a scan has shown nothing"
    for late in (0.001, 0.3, -0.1):
        ledger.add(late, 0.2)
    assert (ledger.scans, ledger.missed, ledger.worst) == (3, 1, 0.3)
    assert ledger.total == pytest.approx(0.301) and not ledger.kept


def test_the_plant_s_time_runs_at_its_speed():
    assert Pace(100.0, 10.0).due(5000) == pytest.approx(100.5)
