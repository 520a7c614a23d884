"""Attacks by the policy's gradient in the whole loop: the same bits over TCP and in any block."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from simulator.campaign.jobs import ABSENT, MAIN, NULL, Job
from simulator.campaign.transport import Link, Transport
from simulator.campaign.work import Workshop
from simulator.core.quantity import Uniform
from simulator.scenario.resolve import resolve_suite

SUITE = Path(__file__).resolve().parents[3] / "scenarios" / "suites" / "cstr_adversarial.yaml"
EARLY = Uniform(2_000.0, 6_000.0, "ms")
KINDS = {"adversary": "ADV-001.rcas", "greedy": "ADV-001", "spsa": "ADV-002", "stealthy": "ADV-004"}


@cache
def shop():
    """The suite with every onset brought forward into a short run, and one question searched greedily."""
    suite = resolve_suite(SUITE)
    found = {key: early(one) for key, one in suite.scenarios.items()}
    found["ADV-001"] = early(suite.scenarios["ADV-001"], kind="greedy")
    return Workshop(replace(suite, scenarios=found))


def early(scenario, **changes):
    threats = tuple(t.model_copy(update={"onset": EARLY, **changes}) for t in scenario.spec.threats)
    return replace(scenario, spec=scenario.spec.model_copy(update={"threats": threats}))


@pytest.mark.parametrize("kind", list(KINDS))
def test_an_attack_on_the_wire_is_the_one_in_process_bit_for_bit(kind):
    asked = Job(KINDS[kind], MAIN, 3, 2, 12_000)
    called = shop().traces(asked, everything=True)
    with Transport(Link("tcp")) as opened:
        wired = replace(shop(), transport=opened).traces(asked, everything=True)
        assert wired.complete.all() and opened.told() == ()
    assert [name for name in called.data if wired.data[name].tobytes() != called.data[name].tobytes()] == []
    absent = shop().traces(replace(asked, variant=ABSENT), everything=True)
    struck = called.data["target.TIC-101"][40:]
    assert (struck != absent.data["target.TIC-101"][40:]).mean() > 0.5, "what is compared has been attacked"


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_replica_alone_is_attacked_as_it_is_in_a_block(kind):
    together = shop().traces(Job(KINDS[kind], MAIN, 0, 5, 12_000), everything=True)
    alone = shop().traces(Job(KINDS[kind], MAIN, 3, 1, 12_000), everything=True)
    for name, samples in alone.data.items():
        assert samples[:, 0].tobytes() == np.ascontiguousarray(together.data[name][:, 3]).tobytes(), name


@pytest.mark.parametrize("kind", list(KINDS))
def test_an_attack_without_a_budget_leaves_no_trace(kind):
    one, other = (shop().traces(Job(KINDS[kind], variant, 0, 2, 12_000)) for variant in (NULL, ABSENT))
    for name in other.data:
        if not name.startswith(("threat.", "ai_fault")):
            assert one.data[name].tobytes() == other.data[name].tobytes(), name
