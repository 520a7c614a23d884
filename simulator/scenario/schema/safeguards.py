"""plant.yaml, its safeguards: guards, final clamp, watchdog, readback."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from simulator.scenario.schema.fields import (
    Amount,
    Duration,
    Name,
    Pair,
    Period,
    Positive,
    Strict,
    refuse,
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
    frozen: Duration = 0
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
    not_finite: Positive = 2
    window: Period
    envelope: Envelope
    deviation: Deviation


class FinalClamp(Strict):
    """Rate limit of an AI output in the unsafe direction."""

    unsafe_rate: Amount


class Late(Strict):
    """So many of the last so many cycles may go unanswered, not more."""

    count: Positive
    of: Annotated[int, Field(ge=1, le=32)]

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.count > self.of:
            refuse(str(self.count), f"at most the {self.of} cycles that are counted", at=("count",))
        return self


class Watchdog(Strict):
    """Limits of silence [ms], and of lateness [cycles]."""

    heartbeat: Period
    sequence: Period
    late: Late | None = None


class ConfigCheck(Strict):
    """How often the PLC's tuning is compared with the approved image [ms]."""

    every: Period


class Readback(Strict):
    """How far a valve may be from its command, for how long."""

    within: Amount
    for_: Duration = Field(alias="for")
