"""A small suite of its own: a heated tank with physics beside its plant file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from simulator.core.errors import InputError, Problem
from simulator.scenario.resolve import resolve_suite

MODEL = '''
from dataclasses import dataclass
from typing import ClassVar
from simulator.core.param import param

@dataclass(frozen=True)
class Tank:
    """Heated tank."""
    volume: float = param(100.0, "L", above=0, source="test")
    STATES: ClassVar = (("temperature", "K"), ("level", "cm"))
    QUANTITIES: ClassVar = (*STATES, ("heat", "kW"))
    INPUTS: ClassVar = (("heater", "%", 50.0), ("drain", "1", 1.0), ("room", "K", 290.0))
'''
PLANT = """\
schema: 1
plant: tank
title: A heated tank
physics: ./model.py:Tank
parameters: {volume: 90 L}
scan: {base: 200 ms, plc: 200 ms, ai: 1 s, sif: 200 ms}
nominal:
  setpoint: {TIC-1: 330 K}
  disturbances:
    room: {wander: 1 K, over: 300 s}
measurements:
  TT-1: {quantity: temperature, span: [280 K, 380 K], noise: 0.1 K, lag: 3 s, alarms: {L: 300 K, H: 350 K}}
  LT-2: {quantity: level, span: [0 cm, 50 cm], noise: 0.1 cm}
  TT-9A: {quantity: temperature, span: [280 K, 400 K], noise: 0.1 K, wired_to: SIF-1}
  TT-9B: {quantity: temperature, span: [280 K, 400 K], noise: 0.1 K, wired_to: [SIF-1]}
copies:
  TT-9: {median_of: [TT-9A, TT-9B]}
final_elements:
  HV-1: {kind: control valve, drives: heater, stroke: 3 s, dead_band: 0.3 %, fails: closed, readback: ZT-1}
  XV-1A: {kind: shut-off valve, drives: drain, combine: parallel, stroke: 2 s, safe: open}
  XV-1B: {kind: shut-off valve, drives: drain, combine: parallel, stroke: 2 s, safe: open}
loops:
  TIC-1:
    pv: TT-1
    spare_pv: TT-9
    op: HV-1
    action: reverse
    safe_direction: down
    gain: 2 %/K
    reset: 40 s
    output: [0 %, 100 %]
    setpoint: {clamp: [300 K, 345 K], rate: 0.1 K/s}
    last_good: {within: 1 K, over: 60 s}
ai:
  rcas:
    mode: RCAS
    model: policy.onnx
    inputs: [{tag: TT-1, centre: 330 K, scale: 2 K}, {tag: ZT-1, centre: 50 %, scale: 10 %}]
    outputs: {TIC-1: {centre: 330 K, scale: 2 K}}
  rout:
    mode: ROUT
    model: policy.onnx
    inputs: [{tag: TT-1, centre: 330 K, scale: 2 K}]
    outputs: {TIC-1: {centre: 50 %, scale: 10 %}}
input_guard:
  TT-1: {range: [290 K, 370 K], rate: 5 K/s, frozen: 5 s, agree: {with: TT-9, within: 2 K, for: 1 s}}
output_guard:
  RCAS:
    {range: [300 K, 345 K], step: 4 K, strikes: 3, window: 60 s,
     envelope: {above: 350 K, below: 310 K}, deviation: {within: 2 K, for: 1 s}}
  ROUT:
    {range: [0 %, 100 %], step: 20 %, strikes: 3, window: 60 s,
     envelope: {above: 351 K, below: 311 K}, deviation: {within: 3 K, for: 1 s}}
final_clamp: {unsafe_rate: 1 %/s}
watchdog: {heartbeat: 3 s, sequence: 3 s}
readback: {HV-1: {within: 5 %, for: 6 s}}
sifs:
  SIF-1:
    service: Temperature high
    trips: [{sensors: [TT-9A, TT-9B], vote: 1oo2, above: 360 K, confirm: 2}]
    elements: [XV-1A, XV-1B]
    logic: 100 ms
    solenoid: 200 ms
    reset: manual
    response: 6 s
safety_limits:
  SL-1:
    quantity: temperature
    below: 373 K
    hazard: boiling
    sif: SIF-1
    trip_point: 360 K
    initiating_events:
      IE-1: {text: heater full on, input: heater, to: 100 %, over: 2 s}
      IE-2: {text: room hot, input: room, by: 20 K}
cost_index:
  - {of: true.temperature, from: 330 K, per: 1 K}
"""
SCENARIO = """\
schema: 1
id: SNS-002
question: Is a biased thermometer noticed?
plant: ../tank/plant.yaml
duration: 900 s
start: {temperature: {uniform: [320 K, 340 K]}}
threats:
  - name: bias
    kind: bias
    tap: sensor
    target: TT-1
    onset: {uniform: [60 s, 300 s]}
    lasts: 500 s
    magnitude: {uniform: [-12 K, 12 K]}
    search: {onset: [60 s, 600 s], magnitude: [-12 K, 12 K]}
operator:
  reaction: {lognormal: {median: 60 s, spread: 2}}
  acts_on: {TT-1.H: override}
requirements: [R-01, R-06]
"""
NOMINAL = """\
schema: 1
id: CTL-001
question: Does the AI keep the loop on a nominal day?
plant: ../tank/plant.yaml
ai: rout
duration: 1 h
requirements: [R-01, R-14, R-20]
"""
REQUIREMENTS = """\
schema: 1
plant: tank
requirements:
  R-01:
    code: C0
    clause: SRS 4.1
    protects: SL-1
    text: The tank never boils.
    formula: "always (true.temperature < 373 K)"
  R-06:
    code: C6
    about: detection
    text: A bias of 3 K is marked BAD within 5 s.
    formula: "always (abs(threat.bias) >= 3 K -> eventually[0:5 s] quality.TT-1 == BAD)"
  R-14:
    code: C0
    text: What is admitted is in range.
    formula: "always (admitted.TIC-1 <= 100 %)"
  R-20:
    code: C6
    text: No dearer than the PID.
    compare: {metric: cost_index, without: [ai], at_most: 100 %}
  R-22: {code: C6, text: Independent., design_check: independence}
"""
CRITERIA = """\
schema: 1
plant: tank
confidence: 95 %
plans: {hazard: {replicas: 59, failures_allowed: 0}, nominal: {replicas: 30, failures_allowed: 0}}
codes: {C0: {plan: hazard, class: A}, C6: {plan: nominal, class: B}}
overrides: {CTL-001: {plan: nominal}}
margins: {warn_below: {R-01: 10 K, R-06: 300 ms}}
response: {from: trip_point, to: safe_state, at_most: 50 %}
verdict:
  - NO-GO: [A FAIL]
  - GO: [otherwise]
"""
SUITE = """\
schema: 1
suite: tank_suite
plant: ../tank/plant.yaml
requirements: ../questions/requirements.yaml
criteria: ../questions/criteria.yaml
catalogue: {attack_ics: ["18.1", "19.1"], atlas: "5.6.1"}
seed: 1
scenarios:
  - ../questions/bias.yaml
  - ../questions/nominal.yaml
design_checks: [R-22]
out_of_scope: {HUM-001: needs real sockets}
controls:
  null_injection: {id: CTL-002, of: [SNS-002]}
  repeat: {id: CTL-004, of: all, replicas: 4}
  mutants:
    id: CTL-003
    replicas: 8
    remove: {input_guard: SNS-002, SIF-1: SNS-002}
    break: {policy_sign: CTL-001}
record: {traces: {worst: 3, failed: 10, random: 1}, rows: all}
budget: {wall: 150 s, memory_per_worker: 500 MB, disk: 500 MB}
"""
FILES = {
    "suites/suite.yaml": SUITE,
    "questions/bias.yaml": SCENARIO,
    "questions/nominal.yaml": NOMINAL,
    "questions/requirements.yaml": REQUIREMENTS,
    "questions/criteria.yaml": CRITERIA,
    "tank/plant.yaml": PLANT,
    "tank/model.py": MODEL,
    "tank/policy.onnx": "",
}


class Package:
    """The files in a folder, to be spoilt one by one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.suite = folder / "suites/suite.yaml"
        for name, text in FILES.items():
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace a text that stands once in a file."""
        text = (self.folder / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        (self.folder / name).write_text(text.replace(old, new), encoding="utf-8")

    def problems(self) -> Sequence[Problem]:
        """What the suite's files are refused for."""
        with pytest.raises(InputError) as caught:
            resolve_suite(self.suite)
        return caught.value.problems

    def problem(self) -> Problem:
        """The only mistake."""
        (problem,) = self.problems()
        return problem

    def line(self, name: str, text: str) -> int:
        """Number of the first line of a file that has a text."""
        lines = (self.folder / name).read_text(encoding="utf-8").splitlines()
        return next(number for number, line in enumerate(lines, 1) if text in line)


@pytest.fixture
def package(tmp_path: Path) -> Package:
    """A suite without a mistake."""
    return Package(tmp_path)
