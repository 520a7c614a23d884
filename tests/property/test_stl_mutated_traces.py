"""Evidence that was spoiled never passes: 200 records that did pass, each damaged once."""

import math
import random

import numpy as np
import pytest

from simulator.assess.stl import evaluate, parse
from simulator.core.traces import ArrayTraces, Signal, catalogue, flag
from simulator.core.verdict import Verdict

PERIOD, TICKS, MUTANTS = 500, 400, 200
SIGNALS = catalogue(
    [
        Signal("true.reactor_temperature", "K"),
        Signal("bump.TV-101", "K"),
        Signal("threat.bias", "K"),
        Signal("alarms.in_10_min"),
        Signal("mode.TIC-101", states={"MAN": 0, "AUTO": 1, "RCAS": 2}, groups={"AI": ("RCAS",)}),
        Signal("sif.SIF-101", states={"NORMAL": 0, "TRIPPED": 1}),
        Signal("quality.TT-101", states={"GOOD": 0, "BAD": 1}),
        flag("ai_fault"),
        flag("operator.rearm"),
    ]
)
FORMULAS = [
    "always (true.reactor_temperature < 400 K)",
    "always (not true.reactor_temperature >= 400 K)",
    "always (sif.SIF-101 == NORMAL)",
    "always (sif.SIF-101 != TRIPPED)",
    "always (ai_fault -> eventually[0:4 s] mode.TIC-101 != AI)",
    "always (bump.TV-101 <= 1.2 K)",
    "always (true.reactor_temperature > 353 K -> eventually[0:60 s] always[0:30 s] "
    "true.reactor_temperature <= 353 K)",
    "always (abs(threat.bias) >= 4.5 K -> eventually[0:60 s] quality.TT-101 == BAD)",
    "always (alarms.in_10_min <= 10)",
    "always (rise(mode.TIC-101 == AI) -> operator.rearm)",
    "always (true.reactor_temperature < 370 K until[0:20 s] true.reactor_temperature > 340 K)",
    "always[0 s:150 s] (true.reactor_temperature > 300 K and alarms.in_10_min < 11)",
]


def clean():
    """A day on which everything is asked for once and answered in time."""
    tick = np.arange(TICKS)
    shapes = {
        "true.reactor_temperature": 350 + 5.0 * ((tick > 80) & (tick < 120)),
        "bump.TV-101": 0.4 * (tick == 63),
        "threat.bias": 4.5 * (tick > 60),
        "alarms.in_10_min": 3 * (tick > 70),
        "mode.TIC-101": 2 - ((tick > 64) & (tick < 300)),
        "sif.SIF-101": 0 * tick,
        "quality.TT-101": 1 * (tick > 90),
        "ai_fault": 1 * ((tick > 60) & (tick < 290)),
        "operator.rearm": 1 * (tick == 300),
    }
    return {name: shape.astype(np.float32).reshape(-1, 1) for name, shape in shapes.items()}


def judge(text, data, complete=True):
    formula = parse(text, SIGNALS)
    (verdict,) = evaluate(formula, ArrayTraces(PERIOD, SIGNALS, data, np.array([complete]))).verdicts
    return verdict


def needed(text):
    """How many of the first samples the formula's claim rests on."""
    return 300 if text.startswith("always[") else TICKS


def spoil(rng, text, data):
    """Damage one used signal inside the evidence; returns what was done and the record."""
    name = rng.choice(sorted(parse(text, SIGNALS).signals))
    at = rng.randrange(needed(text))
    damage = rng.choice(["nan", "+inf", "-inf", "gap", "no such state", "truncated", "single", "empty"])
    if damage in ("truncated", "single", "empty"):
        kept = {"truncated": max(at, 2), "single": 1, "empty": 0}[damage]
        return damage, {key: column[:kept] for key, column in data.items()}, damage == "empty"
    column = data[name].copy()
    wrong = {"nan": math.nan, "+inf": math.inf, "-inf": -math.inf, "gap": math.nan, "no such state": 77}
    if damage == "no such state" and not SIGNALS[name].states:
        damage = "nan"
    column[at : at + (rng.randrange(2, 50) if damage == "gap" else 1)] = wrong[damage]
    return f"{damage} in {name} at {at}", {**data, name: column}, True


@pytest.mark.parametrize("text", FORMULAS)
def test_the_undamaged_record_passes(text):
    assert judge(text, clean()) is Verdict.PASS


def test_no_damaged_record_passes():
    rng = random.Random(31)
    seen = set()
    for index in range(MUTANTS):
        text = FORMULAS[index % len(FORMULAS)]
        damage, data, complete = spoil(rng, text, clean())
        assert judge(text, data, complete) is Verdict.INCONCLUSIVE, (text, damage)
        seen.add(damage.split(" in ")[0])
    assert len(seen) == 8


@pytest.mark.parametrize("damage", [math.nan, math.inf, -math.inf])
def test_a_violation_before_the_damage_stays_one(damage):
    data = clean()
    data["true.reactor_temperature"][30] = 401
    data["true.reactor_temperature"][31:] = damage
    for complete in (True, False):
        assert judge(FORMULAS[0], data, complete) is Verdict.FAIL
    data["true.reactor_temperature"][29] = damage
    assert judge(FORMULAS[0], data) is Verdict.INCONCLUSIVE
