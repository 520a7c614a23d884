"""The AI as a process of its own, over Modbus TCP in lock step: the same bits as called in process."""

from __future__ import annotations

import os
import socket
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from simulator.campaign.jobs import MAIN, Job
from simulator.campaign.transport import Link, Transport
from simulator.campaign.work import Workshop
from simulator.core.errors import InputError, Interrupted
from simulator.core.quantity import Uniform
from simulator.scenario.resolve import resolve_suite

SUITES = Path(__file__).resolve().parents[3] / "scenarios" / "suites"
EARLY = Uniform(2_000.0, 10_000.0, "ms")
LENGTH = 20_000
REACTOR = ("CTL-001", "NET-003", "SNS-002", "MDL-001", "MDL-002", "MDL-007", "MDL-008", "NET-003.rout")
TANK = ("CTL-001", "NET-003", "SNS-002", "MDL-003", "MDL-008", "SNS-008")
QUESTIONS = [("cstr", key) for key in REACTOR] + [("quadruple_tank", key) for key in TANK]


@cache
def shop(plant):
    """The suite of a plant with every threat brought forward into a short run."""
    suite = resolve_suite(SUITES / f"{plant}_predeployment.yaml")
    return Workshop(replace(suite, scenarios={k: early(one) for k, one in suite.scenarios.items()}))


def early(scenario):
    threats = tuple(t.model_copy(update={"onset": EARLY}) for t in scenario.spec.threats)
    return replace(scenario, spec=scenario.spec.model_copy(update={"threats": threats}))


@pytest.fixture(scope="module")
def transport():
    with Transport(Link("tcp")) as opened:
        yield opened


def job(key, n=2, duration=LENGTH):
    return Job(key, MAIN, 3, n, duration)


@pytest.mark.parametrize(("plant", "key"), QUESTIONS)
def test_a_trace_over_tcp_is_the_one_in_process_bit_for_bit(transport, plant, key):
    called = shop(plant).traces(job(key), everything=True)
    wired = replace(shop(plant), transport=transport).traces(job(key), everything=True)
    assert wired.complete.all() and transport.told() == ()
    assert list(wired.data) == list(called.data)
    assert [name for name in called.data if wired.data[name].tobytes() != called.data[name].tobytes()] == []
    threats = [name for name in called.data if name.startswith("threat.")]
    assert all(called.data[name].any() for name in threats), "what is compared has its threats in it"


def test_the_ai_is_another_process_that_is_gone_when_the_transport_is_closed():
    with Transport(Link("tcp")) as opened:
        replace(shop("cstr"), transport=opened).traces(job("CTL-001", 1, 2_000))
        (place,) = opened._places.values()
        pid = place.host.pid
        assert pid != os.getpid()
        os.kill(pid, 0)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


class Quits(Transport):
    """Ends its controller in the middle of a run."""

    answered = 0

    async def _play(self, block, channels, route, place, name):
        take = route.take

        def taken():
            take()
            self.answered += 1
            if self.answered == 4:
                place.host._process.kill()
                place.host._process.wait()

        route.take = taken
        return await super()._play(block, channels, route, place, name)


def test_when_the_controller_dies_the_record_ends_there_and_the_next_replica_has_a_new_one():
    with Quits(Link("tcp")) as opened:
        wired = replace(shop("cstr"), transport=opened).traces(job("CTL-001", 2, 10_000))
        (incident,) = opened.told()
    assert "CTL-001 3 at 4 s: the controller ended with code -9" in incident
    assert wired.complete.tolist() == [False, True]
    shown = wired.data["true.reactor_temperature"]
    assert np.isfinite(shown[:20, 0]).all() and np.isnan(shown[20:, 0]).all()
    assert np.isfinite(shown[:, 1]).all()


def test_a_replica_that_the_wall_clock_entered_is_inconclusive_and_never_a_pass():
    with Quits(Link("tcp")) as opened:
        done = replace(shop("cstr"), transport=opened).run(job("CTL-001", 1, 10_000))
    assert done.incidents
    for column in ("R-01.truth", "R-02.truth", "R-11.truth"):
        assert done.columns[column].tolist() == [0]


def test_without_any_answer_the_run_stops_and_says_so():
    with (
        Transport(Link("tcp", "external", begin=0.3)) as opened,
        pytest.raises(Interrupted, match=r"CTL-001 3: no answer within 0.3 s; nothing was ever answered"),
    ):
        replace(shop("cstr"), transport=opened).traces(job("CTL-001", 1, 2_000))


def test_a_port_in_use_is_told_with_what_to_do():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with (
            Transport(Link("tcp", port=port)) as opened,
            pytest.raises(InputError, match=rf"port {port}: .*, wanted a port that is free"),
        ):
            replace(shop("cstr"), transport=opened).traces(job("CTL-001", 1, 2_000))
