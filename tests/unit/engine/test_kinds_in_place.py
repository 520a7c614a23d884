"""Every kind of threat at every tap that it names, in a whole build: it acts, and at zero leaves no trace."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from plant_cases import case, recorded, threat, with_operator, with_threats

from simulator.core.param import of_target
from simulator.core.quantity import Fixed
from simulator.engine.taps import TAPPED
from simulator.scenario.build import Threats
from simulator.scenario.schema.scenario import Threat
from simulator.testing.mutants import removed
from simulator.threats import KINDS

TARGET = {
    "operator": "override", "process": "feed_temperature", "sensor": "TT-101", "uplink": "TT-101",
    "config": "TIC-101.gain", "input": "TT-101", "downlink": "TV-101", "actuator": "TV-101",
    "sif_sensor": "TT-111A",
}  # fmt: skip
BEHIND = {
    "operator": "pressed", "process": "drive", "sensor": "transmitted", "uplink": "received",
    "config": "tuning", "input": "host", "runtime": "answer", "policy": "sent", "heartbeat": "write",
    "ai_write": "mailbox", "guard": "answered", "downlink": "commanded", "actuator": "demand",
    "sif_sensor": "sis_read",
}  # fmt: skip
PLACES = [(name, tap) for name, kind in KINDS.items() for tap in kind.taps]
WIRES = {block for pair in TAPPED.values() for block in pair if pair[0] != pair[1]} | {"threat", "ai_fault"}
"""Both sides of a tap: one row without a threat, two with it, which a valve may write between two scans."""
UNITS = {"downlink": "%", "actuator": "%"}


def struck(kind, tap):
    """One threat with the trial values of its kind, 4 s after the start."""
    about, unit = KINDS[kind], UNITS.get(tap, "K")
    fixed = {k: Fixed(v, of_target(about.parameters[k].unit, unit)) for k, v in about.trial.items()}
    if about.many:
        fixed[about.many] = (fixed[about.many],)
    onset = Fixed(4000.0, "ms")
    return Threat.model_construct(
        name="one", kind=kind, tap=tap, target=TARGET.get(tap) if about.needs_target else None, onset=onset,
        lasts=None, search={}, _fields_set=None, **fixed,
    )  # fmt: skip


@cache
def built():
    """Ten seconds; the operator presses keys, so that there is something to mute."""
    with_a_bias = with_threats(case("CTL-001", duration=10_000, n=2, early=False))
    return with_operator(with_a_bias, 400, TT_101__H="override")


@cache
def untouched():
    return recorded(replace(built(), threats=Threats.ABSENT), every=True).data


@pytest.mark.parametrize(("kind", "tap"), PLACES)
def test_a_threat_acts_at_its_tap_and_at_zero_leaves_no_trace_on_the_board(kind, tap):
    one = with_threats(built(), struck(kind, tap))
    null = recorded(replace(one, threats=Threats.NULL), every=True).data
    changed = [
        name
        for name, samples in untouched().items()
        if name.split(".")[0] not in WIRES and null[name].tobytes() != samples.tobytes()
    ]
    assert changed == []
    if kind == "mute":
        return  # nobody presses on a quiet day; the next test has somebody
    # the configuration check would put a changed tuning back before anybody runs it
    active = recorded(replace(one, mutate=removed("config_check", ())), every=True).data
    behind = [name for name in untouched() if name.startswith(BEHIND[tap] + ".")]
    assert any(active[name].tobytes() != untouched()[name].tobytes() for name in behind)
    assert active["threat.one"].any()
    assert (active["ai_fault.flag"].any()) == (tap in ("input", "runtime", "policy", "heartbeat", "ai_write"))


def test_an_operator_who_is_muted_presses_and_is_not_obeyed():
    hot = threat("hot", "bias", "uplink", "TT-101", magnitude="30 K")
    data = recorded(with_threats(built(), hot, struck("mute", "operator")), every=True).data
    assert data["actions.override"].any()
    assert not data["pressed.override"].any()


def test_an_exception_of_the_runtime_is_an_answer_that_is_no_number_where_it_was_raised():
    data = recorded(with_threats(built(), struck("raise", "runtime")), every=True).data
    failing = data["failing.flag"][::5] == 1
    assert failing.any() and not failing.all()
    np.testing.assert_array_equal(np.isnan(data["answer.TIC-101"][::5]), failing)


def test_a_late_answer_brings_the_number_of_the_question_that_it_answers():
    data = recorded(with_threats(built(), struck("late", "policy")), every=True).data
    behind = data["cycle.count"][::5] - data["mailbox.cycle"][::5]
    assert set(np.unique(behind)) == {0.0, 2.0}
    np.testing.assert_array_equal(behind == 2.0, data["threat.one"][::5] == 1.0)
