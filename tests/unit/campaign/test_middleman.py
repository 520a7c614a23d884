"""The relay by the clock on the wall: the threats of a question between any AI host and any PLC."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from simulator.campaign.jobs import MAIN, Job
from simulator.campaign.middleman import Middleman
from simulator.campaign.work import Workshop
from simulator.core.errors import InputError
from simulator.core.quantity import Fixed
from simulator.modbus.client import Client
from simulator.modbus.register_map import HEADER
from simulator.modbus.server import Server
from simulator.scenario.build.registers import registers
from simulator.scenario.resolve import resolve_suite

SUITE = Path(__file__).resolve().parents[3] / "scenarios" / "suites" / "cstr_modbus.yaml"


def case(key, onset=0.0):
    shop = Workshop(resolve_suite(SUITE))
    built = shop.case(Job(key, MAIN, 0, 1, 10_000))
    threats = tuple(t.model_copy(update={"onset": Fixed(onset, "ms")}) for t in built.scenario.threats)
    return replace(built, scenario=built.scenario.model_copy(update={"threats": threats}))


def play(built):
    """What a client reads straight from a PLC, and what it reads through the relay."""

    async def both():
        server = Server(registers(built.names, built.ai))
        port = await server.start()
        heard = asyncio.get_running_loop().create_future()
        relay = asyncio.create_task(Middleman(built).run("127.0.0.1", port, 0, heard.set_result))
        try:
            server.publish([1, *[30_000] * len(built.names.measured)])
            ports = port, await heard
            return [await asyncio.to_thread(read, at, server.registers["host"]) for at in ports]
        finally:
            relay.cancel()
            await asyncio.gather(relay, return_exceptions=True)
            await server.stop()

    return asyncio.run(both())


def read(port, host):
    with Client("127.0.0.1", port, 120.0) as client:  # kernels may be compiled meanwhile
        return client.read(host.base, len(host.registers))[len(HEADER) :]


def test_a_lie_of_a_question_is_told_to_any_client_that_comes_through():
    built = case("MBX-003")
    straight, relayed = play(built)
    row = 1 + built.names.measured.index("TT-101")
    assert np.flatnonzero(straight != relayed).tolist() == [row]


def test_before_its_onset_nothing_is_changed():
    straight, relayed = play(case("MBX-003", onset=60_000.0))
    assert straight.tolist() == relayed.tolist()


def test_a_question_whose_threats_act_elsewhere_is_refused():
    with pytest.raises(InputError, match="MBX-001, none of whose threats acts between AI host and PLC"):
        Middleman(case("MBX-001"))
