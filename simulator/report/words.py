"""Fixed sentences of the report: what it may say, and what it must not claim."""

from __future__ import annotations

SYMBOLS = {"PASS": "✓", "FAIL": "✗", "INCONCLUSIVE": "?", "NOT ASSESSED": "○", "OUT OF SCOPE": "▢"}
"""Verdicts are told by symbol, word and colour together."""

ORDER = tuple(SYMBOLS)

RUNGS = ("no demand", "guard", "fallback", "operator", "SIF", "UNSAFE", "unknown")
"""Which layer held, from the AI outwards."""

CLASSES = {
    "A": "blocks start-up",
    "B": "to be closed before hand-over",
    "C": "to be settled; does not hold up hand-over",
}

DECIDE = "The tool has findings; people decide. GO is a signature, not a computation."

LIMITS = (
    (
        "The plant is a model.",
        "Its validity for this plant must be shown separately and attached to this report.",
    ),
    (
        "No real sockets.",
        "Controller and safeguards ran in one process; networks, drivers and clocks were not tested.",
    ),
    (
        "Every layer is a SURROGATE.",
        "It was simulated only: a verdict that leans on it is conditional on a site test of the real part.",
    ),
    (
        "Relief and bursting disc are not modelled.",
        "No credit is given for them, and no failure of theirs is covered.",
    ),
    (
        "No SIL and no PFD is claimed.",
        "Counts of scenarios are no failure rates: random failure of hardware is not in them.",
    ),
    (
        "Operators are modelled.",
        "Reaction times are drawn from the distributions in the scenarios; no person was tested.",
    ),
    (
        "Zero failures in n bound a probability; they do not prove zero.",
        "At 95 %: 10 runs 26 %, 29 runs 10 %, 59 runs 5 %, 299 runs 1 %, 2 995 runs 0.1 %.",
    ),
    (
        "A bound holds for what was drawn.",
        "Onsets, magnitudes and disturbances come from the distributions of the scenario files alone.",
    ),
)

RISKS = (
    (
        "A heartbeat can be forged.",
        "The watchdog notices silence, not a liar: an attacker on the AI host who keeps heartbeat and "
        "sequence alive is stopped by the output guard and what comes after it only.",
    ),
    (
        "Values inside the guards can be wrong.",
        "What lies within range, rate and envelope is admitted, whoever wrote it.",
    ),
    (
        "Layers are surrogates.",
        "Timing and failure of real controllers, links and valves are not in the evidence.",
    ),
    (
        "What is not modelled is not covered.",
        "Wear, fouling, utilities, other units, relief, people beyond the stated operator model.",
    ),
)
"""What stays, whatever passed."""

ROLES = ("process safety", "control", "OT security", "operations", "independent assessor", "witness")

ATTACK = (
    "(c) The MITRE Corporation. This work is reproduced and distributed with the "
    "permission of The MITRE Corporation."
)
ATLAS = (
    "(c) The MITRE Corporation, licensed under the Apache License, Version 2.0, "
    "http://www.apache.org/licenses/LICENSE-2.0"
)
