"""The same threat in process and on the wire, and what acts on connections: both as repeatable as without."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from simulator.campaign.jobs import ABSENT, MAIN, NULL, Job
from simulator.campaign.opened import OPEN
from simulator.campaign.suite import Options, run_suite
from simulator.campaign.transport import Link, Transport
from simulator.campaign.work import Workshop
from simulator.core.errors import InputError
from simulator.core.quantity import Fixed, Uniform
from simulator.core.states import MODE
from simulator.scenario.resolve import resolve_suite
from simulator.scenario.schema.scenario import Threat
from simulator.testing.mutants import BROKEN

SUITE = Path(__file__).resolve().parents[3] / "scenarios" / "suites" / "cstr_modbus.yaml"
LENGTH = 30_000


@cache
def shop():
    """The questions about the network, with their threats brought forward."""
    suite = resolve_suite(SUITE, breaks={**BROKEN, **OPEN})
    return Workshop(replace(suite, scenarios={k: early(one) for k, one in suite.scenarios.items()}))


def early(scenario):
    found = []
    for k, threat in enumerate(scenario.spec.threats):
        changes = {"onset": Uniform(2_000.0 + 9_000.0 * k, 4_000.0 + 9_000.0 * k, "ms")}
        if threat.lasts:
            changes["lasts"] = Fixed(8_000.0, "ms")
        if threat.kind in ("rogue", "force_mode", "attack_sis"):
            changes["every"] = Fixed(3_000.0, "ms")
        found.append(threat.model_copy(update=changes))
    return replace(scenario, spec=scenario.spec.model_copy(update={"threats": tuple(found)}))


@pytest.fixture(scope="module")
def transport():
    with Transport(Link("tcp")) as opened:
        yield opened


@pytest.fixture(scope="module")
def wired(transport):
    return replace(shop(), transport=transport)


def job(key, variant=MAIN, n=1, duration=LENGTH, first=3):
    return Job(key, variant, first, n, duration)


def told(kind, tap, target=None, onset=3_000.0, **parameters):
    return Threat.model_construct(
        name="one", kind=kind, tap=tap, target=target, onset=Fixed(onset, "ms"), lasts=None, search={},
        _fields_set=None, **{k: Fixed(v, unit) for k, (v, unit) in parameters.items()},
    )  # fmt: skip


def asking(workshop, key, *threats):
    one = workshop.suite.scenarios[key]
    changed = replace(one, spec=one.spec.model_copy(update={"threats": threats}))
    return replace(workshop, suite=replace(workshop.suite, scenarios={key: changed}))


LIES = {
    "bias": told("bias", "input", "TT-101", magnitude=(3.0, "K")),
    "beyond": told("bias", "input", "TT-101", magnitude=(300.0, "K")),
    "ramp": told("ramp", "input", "TT-101", limit=(5.0, "K"), rate=(0.5, "K/s")),
    "noise": told("noise", "input", "TT-103", sd=(1.0, "K")),
    "blank": told("blank", "input", "FT-101"),
    "delay": told("delay", "input", "TT-101", by=(4_000.0, "ms")),
    "replay": told("replay", "input", "TT-101", onset=9_000.0, length=(5_000.0, "ms")),
    "freeze": told("freeze", "input", "ZT-101"),
}


@pytest.mark.parametrize("kind", list(LIES))
def test_a_lie_to_the_ai_through_the_relay_is_the_one_in_process_bit_for_bit(wired, kind):
    """CTL-005: the relay rewrites the PLC's answers with the rule that strikes in process."""
    noisy = told("noise", "uplink", "TT-104", sd=(1.0, "K")).model_copy(update={"name": "other"})
    called, relayed = (
        asking(workshop, "MBX-003", LIES[kind].model_copy(update={"name": "lie"}), noisy)
        .run(job("MBX-003"))
        .columns
        for workshop in (shop(), wired)
    )
    assert called["digest"].tolist() == relayed["digest"].tolist()
    truths = [name for name in called if name.endswith(".truth")]
    assert truths and all(called[name].tolist() == relayed[name].tolist() for name in truths)


@pytest.mark.parametrize("late", [200.0, 2_000.0, 4_000.0])
def test_a_late_line_has_the_verdict_of_the_same_delay_in_process(wired, late):
    """CTL-005: in process answers queue up, on the wire the AI waits for its own; the verdict is the same."""
    pair = [
        asking(
            workshop, "NET-005", told(kind, tap, by=(late, "ms")).model_copy(update={"name": "refused"})
        ).run(job("NET-005", n=2))
        for workshop, kind, tap in ((shop(), "delay", "heartbeat"), (wired, "slow", "link"))
    ]
    for name in ("R-01", "R-02", "R-04", "R-08"):
        one, other = (done.columns[f"{name}.truth"].tolist() for done in pair)
        assert one == other, name


QUESTIONS = (
    "NET-001", "NET-005", "NET-006", "NET-014", "MBX-001", "MBX-005", "MBX-010", "MBX-014", "MBX-017",
    "SAF-011", "HUM-001", "HUM-008",
)  # fmt: skip


@pytest.mark.parametrize("key", QUESTIONS)
def test_a_run_with_threats_on_connections_is_the_same_run_twice(wired, key):
    one, other = (wired.traces(job(key, duration=20_000), everything=True) for _ in range(2))
    assert one.complete.all()
    assert [name for name in one.data if one.data[name].tobytes() != other.data[name].tobytes()] == []
    threats = [name for name in one.data if name.startswith("threat.")]
    assert any(one.data[name].any() for name in threats)


@pytest.mark.parametrize("key", ["NET-005", "MBX-001", "MBX-017", "NET-001"])
def test_threats_on_connections_that_never_act_leave_no_trace(wired, key):
    null, absent = (wired.run(job(key, variant, duration=10_000)).columns for variant in (NULL, ABSENT))
    assert null["digest"].tolist() == absent["digest"].tolist()


@pytest.mark.parametrize(
    ("door", "key"), [("allowlist_off", "MBX-001"), ("roles_off", "MBX-010"), ("safety_writable", "MBX-014")]
)
def test_an_open_door_is_noticed_by_its_question_and_a_shut_one_is_not(wired, door, key):
    shut = wired.run(job(key)).columns
    opened = wired.run(job(key, f"break:{door}")).columns
    assert shut["R-75.truth"].tolist() == [1] and shut["R-75.exercised"].tolist() == [1]
    assert opened["R-75.truth"].tolist() == [-1]


def test_an_operator_at_a_panel_has_the_loop_in_the_same_scan(wired):
    data = wired.traces(job("HUM-001"), everything=True).data
    pressed = np.flatnonzero(data["operator.override"][:, 0])
    assert len(pressed) == 1
    manual = np.flatnonzero(data["mode.TIC-101"][:, 0] == MODE["MAN"])
    assert manual[0] == pressed[0] and (data["mode.TIC-101"][manual[0] :, 0] == MODE["MAN"]).all()


def test_writes_of_a_thief_with_the_ai_s_identity_reach_the_guard(wired):
    data = wired.traces(job("MBX-005"), everything=True).data
    acting = data["threat.usurper"][:, 0] > 0
    assert (data["target.TIC-101"][acting, 0] > 355.0).any()
    assert (data["admitted.TIC-101"][:, 0] <= 354.0).all()


def test_questions_about_connections_are_not_asked_in_process(tmp_path):
    with pytest.raises(InputError, match=r"NET-001.*, whose threats act on connections"):
        run_suite(shop().suite, Options(tmp_path, 1), lambda *_: None)
    assert list(tmp_path.iterdir()) == []
