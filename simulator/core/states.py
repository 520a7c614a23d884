"""Names of the numbers that state and reason signals carry: one table for engine and judge."""

from __future__ import annotations

from collections.abc import Mapping


def _numbered(*names: str) -> Mapping[str, int]:
    return {name: number for number, name in enumerate(names)}


MODE = _numbered("MAN", "AUTO", "RCAS", "ROUT")
MODE_GROUPS: Mapping[str, tuple[str, ...]] = {"AI": ("RCAS", "ROUT")}
QUALITY = _numbered("GOOD", "BAD")
SIF = _numbered("NORMAL", "TRIPPED", "BYPASSED")
PHASE = _numbered("RUN", "START", "LOAD", "SHUTDOWN", "TRIPPED")
"""Phases of a plant (ISA-106), and whether the AI may act is a matter of the phase."""
ALARM = _numbered("NORMAL", "UNACKNOWLEDGED", "ACKNOWLEDGED", "RETURNED")
"""ISA-18.2 alarm states: normal, in alarm unacknowledged and acknowledged, returned unacknowledged."""
INPUT_REASON = _numbered("NONE", "NOT_FINITE", "RANGE", "RATE", "FROZEN", "DISAGREES")
OUTPUT_REASON = _numbered("NONE", "NOT_FINITE", "RANGE", "STEP", "ENVELOPE", "DEVIATION", "STRIKES")
MODE_REASON = _numbered(
    "NONE",
    "STALE",
    "OUTPUT",
    "INPUT",
    "READBACK",
    "SIF",
    "OPERATOR",
    "PHASE",
    "LATE",
    "CONFIG",
    "NOVELTY",
    "GUARD",
)
GROUNDS: tuple[str, ...] = ("PHASE", "LATE", "STALE", "NOVELTY", "CONFIG", "GUARD")
"""Plant-wide grounds that take every loop from the AI, the gravest last; each is a mode reason too."""

# The same numbers as plain constants: compiled rules read these.
MAN, AUTO, RCAS, ROUT = 0, 1, 2, 3
GOOD, BAD = 0, 1
NORMAL, TRIPPED, BYPASSED = 0, 1, 2
GUARD_SCANS = 3
"""Scans in a row that an output guard may leave unanswered; ours: 600 ms at 200 ms a scan (SAF-004: 1 s)."""
START_BUMPLESS, START_LAST_GOOD = 0, 1
ACTIONS: tuple[str, ...] = ("override", "rearm", "reset", "start", "run", "load", "shutdown")
"""What an operator may do: take the loop, give it back, reset a trip, order a phase."""
NETWORK: tuple[str, ...] = ("attempts", "accepted", "changed", "alarm")
"""What came of other clients' writes: how many, how many were taken, registers changed, the PLC's alarm."""
TUNING: tuple[str, ...] = ("gain", "reset", "rate")
"""Words of one loop's tuning in the PLC's memory."""
