"""plant.yaml, its safeguards: guards, final clamp, watchdog, readback."""

from __future__ import annotations

from pydantic import Field

from simulator.scenario.schema.fields import (
    Amount,
    Duration,
    Name,
    Pair,
    Period,
    Positive,
    Strict,
)


class Agree(Strict):
    """A second measurement that must agree."""

    with_: Name = Field(alias="with")
    within: Amount
    for_: Duration = Field(alias="for")


class InputGuard(Strict):
    """Validation of one measurement before AI and PID use it."""

    range: Pair
    rate: Amount
    frozen: Period
    recover: Duration = 2000
    agree: Agree | None = None


class Envelope(Strict):
    """PV limits outside which the AI loses the loop."""

    above: Amount
    below: Amount


class Deviation(Strict):
    """How far, and how long, the PV may be from the setpoint."""

    within: Amount
    for_: Duration = Field(alias="for")


class OutputGuard(Strict):
    """Checks of what the AI writes, in one mode."""

    range: Pair
    step: Amount
    strikes: Positive
    window: Period
    envelope: Envelope
    deviation: Deviation


class FinalClamp(Strict):
    """Rate limit of an AI output in the unsafe direction."""

    unsafe_rate: Amount


class Watchdog(Strict):
    """Limits of silence [ms]."""

    heartbeat: Period
    sequence: Period


class Readback(Strict):
    """How far a valve may be from its command, for how long."""

    within: Amount
    for_: Duration = Field(alias="for")
