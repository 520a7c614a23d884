"""Controllers that are not ours: late, silent, dead, lying. Each run ends, and none passes for a good one."""

from __future__ import annotations

import os
import signal
import socket
import struct
import threading
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from simulator.campaign.controller import Controller
from simulator.campaign.jobs import MAIN, Job
from simulator.campaign.transport import Link, Transport
from simulator.campaign.work import Workshop
from simulator.core.errors import Interrupted
from simulator.core.states import MODE
from simulator.modbus.client import Client, Excepted, LinkLost
from simulator.modbus.register_map import HEADER
from simulator.scenario.resolve import resolve_suite

SUITE = Path(__file__).resolve().parents[3] / "scenarios" / "suites" / "cstr_predeployment.yaml"
KEY, LENGTH = "CTL-001", 20_000
BUDGET, AMPLE = 2.0, 60.0
"""Seconds that an answer may take: where none comes, and where each comes."""


@cache
def shop():
    return Workshop(resolve_suite(SUITE))


def job(n=1, duration=LENGTH):
    return Job(KEY, MAIN, 3, n, duration)


class Scripted(Transport):
    """A run whose controller is a script of the test: one call a connection, in a thread of its own.

    Parameters
    ----------
    script : callable
        Takes a client and the controller that would answer rightly.
    begin : float
        Seconds for the first answer of each replica.
    """

    def __init__(self, script, begin=AMPLE, patience=BUDGET):
        super().__init__(Link("tcp", "external", begin=begin, patience=patience))
        self.script, self.threads, self.faults = script, [], []

    def _start(self, plant, variant, place):
        super()._start(plant, variant, place)
        thread = threading.Thread(target=self._attend, args=(place.port, plant, variant))
        thread.start()
        self.threads.append(thread)

    def _attend(self, port, plant, variant):
        try:
            with Client("127.0.0.1", port, AMPLE) as client:
                self.script(client, Controller(plant, variant))
        except LinkLost:
            pass
        except Exception as fault:
            self.faults.append(fault)

    def close(self):
        super().close()
        for thread in self.threads:
            thread.join(20.0)


@pytest.fixture(scope="module", autouse=True)
def compiled():
    """Every kernel of both sides, so that no budget is used up by compiling them."""
    in_process()
    controller = Controller(shop().suite.scenarios[KEY].plant, shop().suite.scenarios[KEY].variant)
    for question in range(3):
        controller.answer(np.full(controller._count - len(HEADER), 30_000 + question, np.uint16))


def asked(client, controller):
    """The question that is shown next: its number, and what the AI sees."""
    return client.read(controller._from, controller._count)[len(HEADER) :]


def answering(change=lambda words: words, times=10**9):
    """A script that answers as our own AI would, but for a change, and leaves after some answers."""

    def script(client, controller):
        for _ in range(times):
            client.write(controller._to, change(controller.answer(asked(client, controller)).copy()))

    return script


def played(script, n=1):
    """Traces and incidents of a run with a script."""
    with Scripted(script, patience=AMPLE) as transport:
        traces = replace(shop(), transport=transport).traces(job(n), everything=True)
        told = transport.told()
    assert transport.faults == [] and not any(thread.is_alive() for thread in transport.threads)
    return traces, told


@cache
def in_process():
    return shop().traces(job(), everything=True)


def differing(one, other):
    return [name for name in one.data if one.data[name].tobytes() != other.data[name].tobytes()]


def test_a_foreign_controller_that_answers_rightly_is_the_run_in_process():
    traces, told = played(answering())
    assert told == () and traces.complete.all()
    assert differing(in_process(), traces) == []


def earlier(words):
    """The answer, under the number of the question before."""
    words[-3] -= np.uint16(1)
    return words


def test_answers_to_an_old_question_are_refused_by_their_number_in_every_run_alike():
    """The AI loses the loop as one that has not answered, though its values are those that were wanted."""
    one, other = played(answering(earlier)), played(answering(earlier))
    assert one[1] == other[1] == () and one[0].complete.all()
    assert differing(one[0], other[0]) == []
    mode = one[0].data["mode.TIC-101"][:, 0]
    begun = in_process().data["mode.TIC-101"][:, 0]
    assert (begun == MODE["RCAS"]).all() and mode[-1] == MODE["AUTO"]


def test_the_one_who_never_answers_ends_the_run_within_its_budget():
    with (
        Scripted(asked, begin=BUDGET) as transport,
        pytest.raises(Interrupted, match=rf"no answer within {BUDGET:g} s; nothing was ever answered"),
    ):
        replace(shop(), transport=transport).traces(job())
    assert not any(thread.is_alive() for thread in transport.threads)


def falls_silent(client, controller):
    """Four answers, then none, and the connection stays open."""
    answering(times=4)(client, controller)
    asked(client, controller)
    asked(client, controller)  # held back until the PLC has ended the connection


def garbage(client, controller):
    """Four answers, then bytes that are no Modbus."""
    answering(times=4)(client, controller)
    asked(client, controller)
    client._socket.sendall(struct.pack(">HHHB", 1, 7, 2, 1) + b"\xff" * 40)


@pytest.mark.parametrize(
    "script", [answering(times=4), falls_silent, garbage], ids=["dies", "silent", "garbage"]
)
def test_the_record_ends_where_the_answers_end_and_what_it_leaves_open_is_undecided(script):
    with Scripted(script) as transport:
        done = replace(shop(), transport=transport).run(job())
    (incident,) = done.incidents
    assert incident == f"{KEY} 3 at 4 s: no answer within {BUDGET:g} s"
    for name in ("R-01.truth", "R-02.truth", "R-11.truth"):
        assert done.columns[name].tolist() == [0]


def test_a_foreign_controller_that_was_met_and_does_not_come_back_ends_the_run():
    """Each replica without it would cost the whole budget of the beginning, and show nothing."""

    class Once(Scripted):
        def _start(self, plant, variant, place):
            if self.threads:
                self.link = replace(self.link, begin=BUDGET)
                Transport._start(self, plant, variant, place)
            else:
                super()._start(plant, variant, place)

    with (
        Once(answering(times=4)) as transport,
        pytest.raises(Interrupted, match=f"{KEY} 4: no answer .*; nothing was ever answered"),
    ):
        replace(shop(), transport=transport).traces(job(3))


def test_writes_beside_the_mailbox_are_refused_and_leave_no_trace():
    refused = []

    def script(client, controller):
        beyond = controller._to + len(controller.registers["mailbox"].registers)
        places = {block.base for block in controller.registers.blocks} - {controller._to} | {beyond}
        while True:
            words = asked(client, controller)
            for address in sorted(places):
                try:
                    client.write(address, np.array([1], np.uint16))
                except Excepted as told:
                    refused.append(told.code)
                else:
                    refused.append(0)
            client.write(controller._to, controller.answer(words))

    traces, told = played(script)
    assert told == () and differing(in_process(), traces) == []
    assert len(refused) > 100 and set(refused) == {2}


def no_number(words):
    words[0] = 0xFFFF
    return words


def far_out(words):
    """Another extreme each time; number, heartbeat and sequence are right."""
    words[0] = 0xFFFE if words[-1] % 2 else 0
    return words


@pytest.mark.parametrize("change", [no_number, far_out])
def test_values_that_cannot_be_are_the_guard_s_matter(change):
    traces, told = played(answering(change))
    assert told == () and traces.complete.all()
    assert (traces.data["admitted.TIC-101"][:, 0] <= 354.0).all()
    assert (traces.data["admitted.TIC-101"][:, 0] >= 340.0).all()
    assert traces.data["mode.TIC-101"][-1, 0] == MODE["AUTO"], "the AI has lost the loop"
    assert np.isfinite(traces.data["true.reactor_temperature"]).all()


class Freezes(Transport):
    """Stops its controller in the middle of a run, so that it is there and does nothing."""

    answered = 0
    frozen = None

    async def _play(self, block, channels, route, place, name):
        take = route.take

        def taken():
            take()
            self.answered += 1
            if self.answered == 4:
                self.frozen = place.host.pid
                os.kill(self.frozen, signal.SIGSTOP)

        route.take = taken
        return await super()._play(block, channels, route, place, name)


def test_our_own_controller_that_hangs_is_ended_and_the_next_replica_has_a_new_one():
    with Freezes(Link("tcp", patience=BUDGET)) as transport:
        traces = replace(shop(), transport=transport).traces(job(2, 10_000))
        (incident,) = transport.told()
        with pytest.raises(ProcessLookupError):
            os.kill(transport.frozen, 0)
    assert incident == f"{KEY} 3 at 4 s: no answer within {BUDGET:g} s"
    assert traces.complete.tolist() == [False, True]


def test_who_connects_and_goes_again_without_a_word_is_nobody():
    """A port scanner beside the AI host: the run waits for the one that answers."""

    def script(client, controller):
        host, port = client._socket.getpeername()
        socket.create_connection((host, port), 5.0).close()
        answering()(client, controller)

    traces, told = played(script)
    assert told == () and differing(in_process(), traces) == []
