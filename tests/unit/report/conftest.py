"""A results folder small enough to read: one plant, one scenario, four replicas, two traces."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from simulator.assess.marks import FAN
from simulator.core.traces import ArrayTraces, Signal
from simulator.record.layout import Layout
from simulator.record.writer import put_json, put_manifest, put_rows, put_trace, sha256

HOSTILE = "<script>alert('plant')</script>"
"""A text from a stranger's file."""


def plant() -> dict[str, Any]:
    """A plant with one loop, one guard and one safety function."""
    trip = {"sensors": ["LT-2"], "vote": "1oo1", "above": "16 cm"}
    return {
        "plant": "tank", "title": "Tank", "scan": {"base": 100, "plc": 100},
        "nominal": {"setpoint": {"LIC-1": "10 cm"}},
        "ai": {"rcas": {"mode": "RCAS", "model": "p.onnx", "inputs": [{"tag": "LT-1"}],
                        "outputs": {"LIC-1": {}}}},
        "loops": {"LIC-1": {"pv": "LT-1", "op": "LV-1", "reset": 50_000}},
        "policies": {"rcas": "tank__p.onnx"}, "file": "tank__plant.yaml",
        "readback": {"LV-1": {"within": "5 %", "for": 6000}},
        "final_elements": {"LV-1": {"kind": "control valve"}, "XV-1": {"kind": "shut-off valve"}},
        "output_guard": {"RCAS": {"range": ["5 cm", "15 cm"], "strikes": 3, "envelope": {"above": "14 cm"}}},
        "watchdog": {"heartbeat": 3000},
        "measurements": {"LT-1": {"quantity": "level", "alarms": {"H": "13 cm"}},
                         "LT-2": {"quantity": "level"}},
        "sifs": {"SIF-1": {"service": HOSTILE, "trips": [trip], "elements": ["XV-1"]}},
        "safety_limits": {"SL-1": {"quantity": "level", "below": "20 cm", "sif": "SIF-1"}},
        "findings": ["/home/somebody/plants/tank.yaml:3  the watchdog is slow"],
    }  # fmt: skip


def resolved() -> dict[str, Any]:
    """What assess and report read of the input."""
    scenario = {
        "id": "S-1", "question": f"Does it hold? {HOSTILE}", "plant": "tank",
        "ai": "rcas", "mode": "RCAS", "loops": ["LIC-1"], "duration": 60_000, "period": 100,
        "requirements": ["R-1"], "replicas": 4,
        "catalogue": {"title": "spill", "attack_ics": {"18.1": ["T0836"], "19.1": ["T0836"]},
                      "atlas": ["AML.T0029"]},
        "threats": [{"kind": "bias", "tap": "sensor", "target": "LT-1", "lasts": None,
                     "onset": {"uniform": ["10000 ms", "60000 ms"]}, "parameters": {"magnitude": "-5 cm"}}],
        "operator": {"reaction": {"lognormal": {"median": "30000 ms", "spread": 2.0}},
                     "acts_on": {"shed.LIC-1": "rearm"}},
        "formulas": {"R-1": {"text": "always (true.level < 20 cm)", "unit": "cm", "implies": False}},
        "plans": {"R-1": {"replicas": 4, "failures_allowed": 0}}, "findings": [],
        "signals": {"true.level": {"unit": "cm"}},
    }  # fmt: skip
    checks = [
        {"VOID": ["control failed"]},
        {"NO-GO": ["A FAIL"]},
        {"NOT READY": ["A INCONCLUSIVE"]},
        {"GO": ["otherwise"]},
    ]
    return {
        "format": 1,
        "suite": {
            "suite": "small", "design_checks": [],
            "catalogue": {"attack_ics": ["18.1", "19.1"], "atlas": "5.6.1"},
            "controls": {
                "null_injection": {"id": "CTL-2", "of": ["S-1"]},
                "repeat": {"id": "CTL-4", "of": "all"},
                "mutants": {"id": "CTL-3", "remove": {"SIF-1": "S-1"}},
            }, "out_of_scope": {"MBX-1": "needs real sockets"},
        },
        "requirements": {"R-1": {"code": "C0", "clause": "SRS 1", "text": "The tank never spills."}},
        "criteria": {
            "confidence": 0.95, "margins": {}, "codes": {"C0": {"class": "A"}},
            "response": {"at_most": 0.5}, "verdict": checks,
        },
        "plants": {"tank": plant()}, "scenarios": {"S-1": scenario}, "findings": [],
        "techniques": {"attack_ics": {"18.1": {"T0836": "Modify Parameter"}}, "atlas": {},
                       "iec_62443_3_3": {"T0836": ["SR 2.1", "SR 1.1"]}},
        "files": {"suite": "suite.yaml"},
        "mode_table": {"STALE": {"after": {"MAN": "MAN", "RCAS": "AUTO"}, "start": "bumpless"},
                       "LATE": {"after": {"MAN": "MAN", "RCAS": "AUTO"}, "start": "bumpless"}},
    }  # fmt: skip


def _trace(peak: float) -> ArrayTraces:
    level = np.full((600, 1), 10.0, np.float32)
    level[400, 0] = peak
    threat, mode, sif = (np.zeros((600, 1), np.float32) for _ in range(3))
    threat[200:], mode[:300], mode[300:], sif[410:] = 1.0, 2.0, 1.0, 1.0
    data = {"true.level": level, "threat.bias": threat, "mode.LIC-1": mode, "sif.SIF-1": sif}
    return ArrayTraces(100, {name: Signal(name) for name in data}, data, np.array([True]))


def moments() -> dict[str, np.ndarray]:
    """What rows tell beside the verdicts: the AI is shed in three of four, in two for silence."""
    never = np.nan
    shed = np.array([30.0, 31.0, 34.0, never])
    return {
        "at.onset": np.full(4, 20.0), "at.fault": np.full(4, 20.0), "at.bad": np.full(4, never),
        "at.hold": np.full(4, never), "at.shed": shed, "at.alarm": shed + 1.0,
        "at.trip.SIF-1": np.array([41.0, never, never, never]), "fallback": shed - 20.0,
        "shed.reason": np.array([1.0, 1.0, 2.0, never]), "alarms": np.array([1.0, 2.0, 12.0, 0.0]),
        "bump.LV-1": np.array([0.5, 1.0, 30.0, 0.0]), "bump.LV-1.reason": np.array([1.0, 1.0, 2.0, never]),
        "rearm.orders": np.array([2.0, 0.0, 0.0, 0.0]), "rearm.refused": np.array([1.0, 0.0, 0.0, 0.0]),
        "rearm.effect": np.array([0.2, never, never, never]),
        "rearm.reason": np.array([1.0, never, never, never]), "override.effect": np.full(4, never),
        **{f"fan.SL-1.{k:02d}": np.array([10.0, 11.0, 12.0, 13.0]) for k in range(len(FAN) - 1)},
    }  # fmt: skip


def build(root: Path, failed: int = 1, marked: bool = True) -> Layout:
    """Write the folder: the first `failed` of four replicas spill; `marked` rows have the moments too."""
    layout = Layout(root / "0001-1a2b3c4d")
    layout.inputs.mkdir(parents=True)
    (layout.inputs / "suite.yaml").write_text("suite: small\n")
    start = {
        "suite": "small",
        "seed": 7,
        "digest": "1a2b3c4d",
        "commit": {"id": "c0ffee", "dirty": True},
        "exploratory": False,
    }
    put_json(layout.start, start | {"inputs": {"suite.yaml": sha256(layout.inputs / "suite.yaml")}})
    put_json(layout.resolved, resolved())
    spilt = np.arange(4) < failed
    margin = np.where(spilt, -1.5, 4.0)
    columns = {
        "replica": np.arange(4), "complete": np.ones(4, int), "digest": np.array(["d"] * 4),
        "held": np.where(spilt, "UNSAFE", "SIF"), "peak.SL-1": 20.0 - margin,
        "R-1.truth": np.where(spilt, -1, 1),
        "R-1.margin": margin, "R-1.witness": np.full(4, 40_000), "R-1.exercised": np.ones(4, int),
        "R-1.time_margin": np.full(4, np.nan), "R-1.latency": np.full(4, np.nan),
    }  # fmt: skip
    put_rows(layout.rows("S-1", "main", 0), columns | (moments() if marked else {}))
    put_trace(layout.trace("S-1", 0), _trace(21.5), 0, "failed" if failed else "worst")
    put_trace(layout.trace("S-1", 2), _trace(16.0), 0, "random")
    done = {"name": "S-1", "scenario": "S-1", "behaved": True, "n": 4, "why": "bit-identical"}
    behaved = {kind: [done] for kind in ("null_injection", "repeat", "mutants")}
    behaved["mutants"] = [done | {"name": "without SIF-1"}]
    put_json(layout.controls, behaved | {"unchallenged": ["operator"]})
    event = {
        "id": "IE-1",
        "text": "drain shut",
        "pst": 20.0,
        "to_trip": 10.0,
        "left": 10.0,
        "share": 0.6,
        "spare": 3.0,
        "peak": 18.0,
    }
    never = {"id": "IE-2", "text": "drizzle", "to_trip": None} | dict.fromkeys(
        ("pst", "left", "share", "spare", "peak")
    )
    head = {
        "limit": "SL-1",
        "quantity": "level",
        "value": "20 cm",
        "hazard": "spill",
        "sif": "SIF-1",
        "trip_point": "16 cm",
    }
    adequate = head | {
        "budget": {"scan": 0.2, "stroke": 5.8},
        "response": 6.0,
        "allowed": 7.0,
        "events": [event, never],
    }
    put_json(layout.adequacy, {"tank": adequate})
    put_json(layout.stop, {"format": 1})
    put_manifest(layout)
    return layout


@pytest.fixture
def small() -> SimpleNamespace:
    """What the folder is made with, for a test that needs another one."""
    return SimpleNamespace(build=build, resolved=resolved)


@pytest.fixture
def folder(tmp_path: Path) -> Layout:
    """A finished run in which one of four replicas violates a class A requirement."""
    return build(tmp_path)


@pytest.fixture
def sound(tmp_path: Path) -> Layout:
    """A finished run without any finding."""
    return build(tmp_path, failed=0)


@pytest.fixture
def older(tmp_path: Path) -> Layout:
    """A run of a version that did not record moments of all replicas."""
    return build(tmp_path, marked=False)
